/* SPDX-License-Identifier: MIT */
/*
 * Handles are kept, as opening one costs more than sealing a short message.
 * A key of zeros replaces the last one before a handle becomes idle.
 *
 * aead_open must not write plaintext before the tag has proved genuine.  What
 * fits in the scratch room is decrypted there and copied; what does not is
 * decrypted twice, first piece by piece into the scratch room for the sake of
 * the tag, then into place.
 */
#include "private.h"

#include <errno.h>
#include <string.h>

#include "common/algs.h"

#define TAG 16
#define NONCE 12
#define SCRATCH 8192

struct worker {
	gcry_cipher_hd_t h;
	uint8_t scratch[SCRATCH];
};

static const struct {
	int algo, mode;
	size_t key_len;
} kinds[AEADS] = {
	{ GCRY_CIPHER_AES128, GCRY_CIPHER_MODE_GCM, 16 },
	{ GCRY_CIPHER_AES256, GCRY_CIPHER_MODE_GCM, 32 },
	{ GCRY_CIPHER_CHACHA20, GCRY_CIPHER_MODE_POLY1305, 32 },
};

static void
worker_free(struct worker *w)
{
	gcry_cipher_close(w->h); /* wipes */
	gcry_free(w);
}

void
mls__gcry_aead_fini(struct instance *in)
{
	struct worker *w;
	int i;

	for (i = 0; i < AEADS; i++)
		while ((w = mls__pool_take(&in->aead[i])) != NULL)
			worker_free(w);
}

/* libgcrypt tests a cipher when it gets its first key, and never uses one
 * again whose test failed, were it for want of memory: so that is now, and not
 * in the midst of things. */
int
mls__gcry_aead_init(void)
{
	static const uint8_t zero[32];
	gcry_cipher_hd_t h;
	int i;

	errno = 0;
	for (i = 0; i < AEADS; i++) {
		if (gcry_cipher_open(&h, kinds[i].algo, kinds[i].mode, 0) != 0)
			continue;
		(void)gcry_cipher_setkey(h, zero, kinds[i].key_len);
		gcry_cipher_close(h);
	}
	return errno == ENOMEM ? MLS_P_NOMEM : MLS_P_OK;
}

static struct worker *
worker_open(struct instance *in, uint16_t aead)
{
	struct worker *w = mls__pool_take(&in->aead[aead - 1]);

	if (w != NULL)
		return w;
	w = gcry_malloc(sizeof(*w));
	if (w == NULL)
		return NULL;
	if (gcry_cipher_open(&w->h, kinds[aead - 1].algo,
	    kinds[aead - 1].mode, 0) != 0) {
		gcry_free(w);
		return NULL;
	}
	return w;
}

static void
worker_close(struct worker *w, struct instance *in, uint16_t aead)
{
	static const uint8_t zero[32];

	if (gcry_cipher_reset(w->h) != 0 ||
	    gcry_cipher_setkey(w->h, zero, kinds[aead - 1].key_len) != 0 ||
	    !mls__pool_put(&in->aead[aead - 1], w))
		worker_free(w);
}

static bool
start(struct worker *w, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad)
{
	return gcry_cipher_setkey(w->h, key, kinds[aead - 1].key_len) == 0 &&
	    gcry_cipher_setiv(w->h, nonce, NONCE) == 0 &&
	    (aad.len == 0 ||
	    gcry_cipher_authenticate(w->h, aad.data, aad.len) == 0);
}

int
mls__gcry_aead_seal(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt, uint8_t *ct)
{
	struct worker *w;
	int rc = MLS_P_NOMEM;

	if (aead == 0 || aead > AEADS)
		return MLS_P_UNSUPPORTED;
	if (!mls__aead_fits(aead, pt.len))
		return MLS_P_ARGUMENT;
	w = worker_open(ctx, aead);
	if (w == NULL)
		return MLS_P_NOMEM;
	if (start(w, aead, key, nonce, aad) && (pt.len == 0 ||
	    gcry_cipher_encrypt(w->h, ct, pt.len, pt.data, pt.len) == 0) &&
	    gcry_cipher_gettag(w->h, ct + pt.len, TAG) == 0)
		rc = MLS_P_OK;
	worker_close(w, ctx, aead);
	return rc;
}

static int
finish(struct worker *w, const uint8_t *tag)
{
	switch (gcry_err_code(gcry_cipher_checktag(w->h, tag, TAG))) {
	case GPG_ERR_NO_ERROR:
		return MLS_P_OK;
	case GPG_ERR_CHECKSUM:
		return MLS_P_VERIFY;
	default:
		return MLS_P_NOMEM;
	}
}

/* Decrypts into the scratch room, over and over, and checks the tag. */
static int
check(struct worker *w, const uint8_t *ct, size_t len)
{
	size_t step;

	for (; len > 0; len -= step, ct += step) {
		step = len < SCRATCH ? len : SCRATCH;
		if (gcry_cipher_decrypt(w->h, w->scratch, step, ct, step) != 0)
			return MLS_P_NOMEM;
	}
	return finish(w, ct);
}

int
mls__gcry_aead_open(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct, uint8_t *pt)
{
	struct worker *w;
	size_t len;
	int rc = MLS_P_NOMEM;

	if (aead == 0 || aead > AEADS)
		return MLS_P_UNSUPPORTED;
	if (ct.len < TAG || !mls__aead_fits(aead, ct.len - TAG))
		return MLS_P_VERIFY;
	len = ct.len - TAG;
	w = worker_open(ctx, aead);
	if (w == NULL)
		return MLS_P_NOMEM;
	if (start(w, aead, key, nonce, aad))
		rc = check(w, ct.data, len);
	if (rc == MLS_P_OK && len > SCRATCH)
		rc = start(w, aead, key, nonce, aad) &&
		    gcry_cipher_decrypt(w->h, pt, len, ct.data, len) == 0 ?
		    MLS_P_OK : MLS_P_NOMEM;
	else if (rc == MLS_P_OK && len > 0)
		memcpy(pt, w->scratch, len);
	mls__module_wipe(w->scratch, len < SCRATCH ? len : SCRATCH);
	worker_close(w, ctx, aead);
	return rc;
}
