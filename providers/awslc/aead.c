/* SPDX-License-Identifier: MIT */
/*
 * The key is expanded on the stack for each message, as keys of MLS serve for
 * one.  AWS-LC writes plaintext before it knows that the tag is genuine, and
 * then erases it.
 */
#include "private.h"

#include <openssl/aead.h>
#include <openssl/mem.h>

#include "common/algs.h"
#include "common/aside.h"

#define TAG 16
#define NONCE 12
#define AEADS 3

static bool
start(EVP_AEAD_CTX *c, uint16_t aead, const uint8_t *key)
{
	static const EVP_AEAD *(*const type[AEADS])(void) = {
		EVP_aead_aes_128_gcm, EVP_aead_aes_256_gcm,
		EVP_aead_chacha20_poly1305 };
	const EVP_AEAD *t = type[aead - 1]();

	return EVP_AEAD_CTX_init(c, t, key, EVP_AEAD_key_length(t), TAG,
	    NULL) == 1;
}

static void
end(EVP_AEAD_CTX *c)
{
	EVP_AEAD_CTX_cleanup(c);
	OPENSSL_cleanse(c, sizeof(*c));
}

int
mls__aws_aead_seal(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt, uint8_t *ct)
{
	EVP_AEAD_CTX c;
	size_t n;
	int rc = MLS_P_NOMEM;

	(void)ctx;
	if (aead == 0 || aead > AEADS)
		return MLS_P_UNSUPPORTED;
	if (!mls__aead_fits(aead, pt.len))
		return MLS_P_ARGUMENT;
	if (start(&c, aead, key) && EVP_AEAD_CTX_seal(&c, ct, &n,
	    pt.len + TAG, nonce, NONCE, pt.data, pt.len, aad.data,
	    aad.len) == 1)
		rc = MLS_P_OK;
	end(&c);
	return rc;
}

static int
open_to(uint8_t *pt, const struct mls_sealed *s)
{
	EVP_AEAD_CTX c;
	int rc = MLS_P_NOMEM;

	errno = 0;
	if (start(&c, s->aead, s->key))
		rc = EVP_AEAD_CTX_open_gather(&c, pt, s->nonce, NONCE,
		    s->ct.data, s->ct.len, s->ct.data + s->ct.len, TAG,
		    s->aad.data, s->aad.len) == 1 ? MLS_P_OK :
		    mls__refused(MLS_P_VERIFY);
	end(&c);
	return rc;
}

int
mls__aws_aead_open(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct, uint8_t *pt)
{
	struct mls_sealed s = { aead, key, nonce, aad, ct };

	(void)ctx;
	if (aead == 0 || aead > AEADS)
		return MLS_P_UNSUPPORTED;
	if (ct.len < TAG || !mls__aead_fits(aead, ct.len - TAG))
		return MLS_P_VERIFY;
	s.ct.len -= TAG;
	return mls__open_aside(pt, open_to, &s);
}
