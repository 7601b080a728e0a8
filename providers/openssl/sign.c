/* SPDX-License-Identifier: MIT */
#include "private.h"

/* EdDSA takes the message whole, so that the pieces of EVP_DigestSign cannot
 * serve. */
static int
eddsa_sign(struct instance *in, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len)
{
	size_t n = key->alg->output_len;
	EVP_MD_CTX *c;
	int rc = MLS_P_NOMEM;

	if (*len < n)
		return MLS_P_SPACE;
	c = EVP_MD_CTX_new();
	if (c != NULL &&
	    EVP_DigestSignInit_ex(c, NULL, NULL, in->lib, NULL, key->own,
	    NULL) == 1 &&
	    EVP_DigestSign(c, sig, &n, msg.data, msg.len) == 1) {
		*len = n;
		rc = MLS_P_OK;
	}
	EVP_MD_CTX_free(c);
	return rc;
}

/* A key that is no point shows itself only here, as a signature that does not
 * hold. */
static int
eddsa_verify(struct instance *in, const struct mls_alg *alg,
    struct mls_buf pub, struct mls_buf msg, struct mls_buf sig)
{
	EVP_PKEY *key;
	EVP_MD_CTX *c;
	int rc = MLS_P_NOMEM;

	if (pub.len != alg->public_len)
		return MLS_P_ARGUMENT;
	key = EVP_PKEY_new_raw_public_key_ex(in->lib, mls__ossl_name(alg->id),
	    NULL, pub.data, pub.len);
	c = EVP_MD_CTX_new();
	if (key != NULL && c != NULL &&
	    EVP_DigestVerifyInit_ex(c, NULL, NULL, in->lib, NULL, key,
	    NULL) == 1)
		rc = EVP_DigestVerify(c, sig.data, sig.len, msg.data,
		    msg.len) == 1 ? MLS_P_OK : mls__refused(MLS_P_VERIFY);
	EVP_MD_CTX_free(c);
	EVP_PKEY_free(key);
	return rc;
}

int
mls__ossl_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len)
{
	int rc;

	if (key->alg->role != MLS_ROLE_SIGN)
		return MLS_P_ARGUMENT;
	quiet_begin();
	if (key->curve != NULL)
		rc = mls__ossl_ecdsa_sign(ctx, key, msg, sig, len);
	else
		rc = eddsa_sign(ctx, key, msg, sig, len);
	quiet_end();
	return rc;
}

int
mls__ossl_verify(void *ctx, uint16_t scheme, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig)
{
	const struct mls_alg *alg = mls__soft_find(ctx, MLS_ROLE_VERIFY,
	    scheme);
	const struct mls_curve *curve = mls__curve_of(scheme);
	int rc;

	if (alg == NULL)
		return MLS_P_UNSUPPORTED;
	quiet_begin();
	if (curve != NULL)
		rc = mls__ossl_ecdsa_verify(ctx, curve, pub, msg, sig);
	else
		rc = eddsa_verify(ctx, alg, pub, msg, sig);
	quiet_end();
	return rc;
}
