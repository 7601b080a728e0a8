/* SPDX-License-Identifier: MIT */
/* Handles are wiped by libgcrypt when they are closed. */
#include "private.h"

#include <string.h>

/* By KDF id; 0 where there is none. */
static int
algo(uint16_t kdf)
{
	static const int algos[] = { 0, GCRY_MD_SHA256, GCRY_MD_SHA384,
		GCRY_MD_SHA512 };

	return kdf < sizeof(algos) / sizeof(algos[0]) ? algos[kdf] : 0;
}

static void
feed(gcry_md_hd_t h, const struct mls_buf *in, size_t n)
{
	for (; n > 0; n--, in++)
		if (in->len > 0)
			gcry_md_write(h, in->data, in->len);
}

static int
open_hmac(gcry_md_hd_t *out, uint16_t kdf, struct mls_buf key)
{
	gcry_md_hd_t h;

	if (algo(kdf) == 0)
		return MLS_P_UNSUPPORTED;
	if (gcry_md_open(&h, algo(kdf), GCRY_MD_FLAG_HMAC) != 0)
		return MLS_P_NOMEM;
	if (gcry_md_setkey(h, key.len > 0 ? (const void *)key.data : "",
	    key.len) != 0) {
		gcry_md_close(h);
		return MLS_P_NOMEM;
	}
	*out = h;
	return MLS_P_OK;
}

int
mls__gcry_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	gcry_md_hd_t h;

	(void)ctx;
	if (algo(kdf) == 0)
		return MLS_P_UNSUPPORTED;
	if (gcry_md_open(&h, algo(kdf), 0) != 0)
		return MLS_P_NOMEM;
	feed(h, in, n);
	memcpy(out, gcry_md_read(h, 0), mls__hash_len(kdf));
	gcry_md_close(h);
	return MLS_P_OK;
}

int
mls__gcry_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out)
{
	gcry_md_hd_t h;
	int rc = open_hmac(&h, kdf, key);

	(void)ctx;
	if (rc != MLS_P_OK)
		return rc;
	feed(h, in, n);
	memcpy(out, gcry_md_read(h, 0), mls__hash_len(kdf));
	gcry_md_close(h);
	return MLS_P_OK;
}

/* RFC 5869 §2.3, with one keyed handle for all blocks. */
int
mls__gcry_hkdf_expand(void *ctx, uint16_t kdf, struct mls_buf prk,
    struct mls_buf info, uint8_t *out, size_t len)
{
	uint8_t block[MLS_DHKEM_MAX_HASH], counter = 0;
	size_t nh = mls__hash_len(kdf), step;
	struct mls_buf in[] = { { block, 0 }, info, { &counter, 1 } };
	gcry_md_hd_t h;
	int rc;

	(void)ctx;
	if (nh != 0 && len > 255 * nh)
		return MLS_P_ARGUMENT;
	rc = open_hmac(&h, kdf, prk);
	if (rc != MLS_P_OK)
		return rc;
	for (; len > 0; len -= step, out += step) {
		counter++;
		if (in[0].len > 0)
			gcry_md_reset(h);
		feed(h, in, 3);
		memcpy(block, gcry_md_read(h, 0), nh);
		in[0].len = nh;
		step = len < nh ? len : nh;
		memcpy(out, block, step);
	}
	mls__module_wipe(block, sizeof(block));
	gcry_md_close(h);
	return MLS_P_OK;
}
