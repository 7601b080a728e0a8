/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <openssl/digest.h>
#include <openssl/hmac.h>
#include <openssl/mem.h>
#include <openssl/sha.h>

static void
sha256(uint8_t *out, const struct mls_buf *in, size_t n)
{
	SHA256_CTX c;

	SHA256_Init(&c);
	for (; n > 0; n--, in++)
		SHA256_Update(&c, in->data, in->len);
	SHA256_Final(out, &c);
	OPENSSL_cleanse(&c, sizeof(c));
}

static void
sha512(uint8_t *out, bool is_384, const struct mls_buf *in, size_t n)
{
	SHA512_CTX c;

	if (is_384)
		SHA384_Init(&c);
	else
		SHA512_Init(&c);
	for (; n > 0; n--, in++)
		SHA512_Update(&c, in->data, in->len);
	if (is_384)
		SHA384_Final(out, &c);
	else
		SHA512_Final(out, &c);
	OPENSSL_cleanse(&c, sizeof(c));
}

int
mls__aws_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	(void)ctx;
	if (mls__hash_len(kdf) == 0)
		return MLS_P_UNSUPPORTED;
	if (kdf == 1)
		sha256(out, in, n);
	else
		sha512(out, kdf == 2, in, n);
	return MLS_P_OK;
}

int
mls__aws_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out)
{
	static const EVP_MD *(*const type[])(void) = { NULL, EVP_sha256,
		EVP_sha384, EVP_sha512 };
	HMAC_CTX c;
	bool ok;

	(void)ctx;
	if (mls__hash_len(kdf) == 0)
		return MLS_P_UNSUPPORTED;
	HMAC_CTX_init(&c);
	ok = HMAC_Init_ex(&c, key.data, key.len, type[kdf](), NULL) == 1;
	for (; ok && n > 0; n--, in++)
		ok = HMAC_Update(&c, in->data, in->len) == 1;
	ok = ok && HMAC_Final(&c, out, NULL) == 1;
	HMAC_CTX_cleanup(&c);
	return ok ? MLS_P_OK : MLS_P_NOMEM;
}

int
mls__aws_hkdf_expand(void *ctx, uint16_t kdf, struct mls_buf prk,
    struct mls_buf info, uint8_t *out, size_t len)
{
	return mls__hkdf_expand_by(out, len, mls__aws_hmac, ctx, kdf, prk,
	    &info, 1);
}
