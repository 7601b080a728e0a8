/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <openssl/mem.h>
#include <openssl/sha.h>

#include "common/hmac.h"

static void
sha256(uint8_t *out, struct mls_buf prefix, const struct mls_buf *in, size_t n)
{
	SHA256_CTX c;

	SHA256_Init(&c);
	SHA256_Update(&c, prefix.data, prefix.len);
	for (; n > 0; n--, in++)
		SHA256_Update(&c, in->data, in->len);
	SHA256_Final(out, &c);
	OPENSSL_cleanse(&c, sizeof(c));
}

static void
sha512(uint8_t *out, bool is_384, struct mls_buf prefix,
    const struct mls_buf *in, size_t n)
{
	SHA512_CTX c;

	if (is_384)
		SHA384_Init(&c);
	else
		SHA512_Init(&c);
	SHA512_Update(&c, prefix.data, prefix.len);
	for (; n > 0; n--, in++)
		SHA512_Update(&c, in->data, in->len);
	if (is_384)
		SHA384_Final(out, &c);
	else
		SHA512_Final(out, &c);
	OPENSSL_cleanse(&c, sizeof(c));
}

/* AWS-LC's hashes cannot fail. */
static bool
digest(void *kdf, struct mls_buf prefix, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	const uint16_t id = *(uint16_t *)kdf;

	if (id == 1)
		sha256(out, prefix, in, n);
	else
		sha512(out, id == 2, prefix, in, n);
	return true;
}

int
mls__aws_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	struct mls_buf none = { NULL, 0 };

	(void)ctx;
	if (mls__hash_len(kdf) == 0)
		return MLS_P_UNSUPPORTED;
	digest(&kdf, none, in, n, out);
	return MLS_P_OK;
}

/* AWS-LC's own HMAC copies and erases contexts of all hashes that it has. */
int
mls__aws_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out)
{
	(void)ctx;
	if (mls__hash_len(kdf) == 0)
		return MLS_P_UNSUPPORTED;
	mls__hmac_by(out, digest, &kdf, kdf, key, in, n);
	return MLS_P_OK;
}

int
mls__aws_hkdf_expand(void *ctx, uint16_t kdf, struct mls_buf prk,
    struct mls_buf info, uint8_t *out, size_t len)
{
	return mls__hkdf_expand_by(out, len, mls__aws_hmac, ctx, kdf, prk,
	    &info, 1);
}
