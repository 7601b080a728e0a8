/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <stdlib.h>
#include <string.h>

#include <EverCrypt_HMAC.h>
#include <EverCrypt_Hash.h>

static const Spec_Hash_Definitions_hash_alg algs[] = { 0,
	Spec_Hash_Definitions_SHA2_256, Spec_Hash_Definitions_SHA2_384,
	Spec_Hash_Definitions_SHA2_512 };

/* Pieces as the one that EverCrypt takes: a copy, unless there is but one. */
struct whole {
	uint8_t *data;
	size_t len;
	uint8_t *copy; /* or NULL */
	uint8_t room[1024];
};

static int
whole_open(struct whole *w, const struct mls_buf *in, size_t n)
{
	size_t i;
	uint8_t *p;

	w->copy = NULL;
	w->len = 0;
	for (i = 0; i < n; i++) {
		if (in[i].len > MLS_EVER_LONGEST - w->len)
			return MLS_P_ARGUMENT;
		w->len += in[i].len;
	}
	if (n == 1) {
		w->data = lend(in[0]);
		return MLS_P_OK;
	}
	w->copy = w->len <= sizeof(w->room) ? w->room : malloc(w->len);
	if (w->copy == NULL)
		return MLS_P_NOMEM;
	w->data = p = w->copy;
	for (; n > 0; n--, p += in->len, in++)
		if (in->len > 0)
			memcpy(p, in->data, in->len);
	return MLS_P_OK;
}

static void
whole_close(struct whole *w)
{
	if (w->copy == NULL)
		return;
	mls__module_wipe(w->copy, w->len);
	if (w->copy != w->room)
		free(w->copy);
}

int
mls__ever_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	struct whole w;
	int rc;

	(void)ctx;
	if (mls__hash_len(kdf) == 0)
		return MLS_P_UNSUPPORTED;
	rc = whole_open(&w, in, n);
	if (rc != MLS_P_OK)
		return rc;
	EverCrypt_Hash_Incremental_hash(algs[kdf], out, w.data,
	    (uint32_t)w.len);
	mls__ever_burn();
	whole_close(&w);
	return MLS_P_OK;
}

int
mls__ever_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out)
{
	struct whole w;
	int rc;

	(void)ctx;
	if (mls__hash_len(kdf) == 0)
		return MLS_P_UNSUPPORTED;
	if (key.len > MLS_EVER_LONGEST)
		return MLS_P_ARGUMENT;
	rc = whole_open(&w, in, n);
	if (rc != MLS_P_OK)
		return rc;
	EverCrypt_HMAC_compute(algs[kdf], out, lend(key), (uint32_t)key.len,
	    w.data, (uint32_t)w.len);
	mls__ever_burn();
	whole_close(&w);
	return MLS_P_OK;
}

int
mls__ever_hkdf_expand(void *ctx, uint16_t kdf, struct mls_buf prk,
    struct mls_buf info, uint8_t *out, size_t len)
{
	return mls__hkdf_expand_by(out, len, mls__ever_hmac, ctx, kdf, prk,
	    &info, 1);
}
