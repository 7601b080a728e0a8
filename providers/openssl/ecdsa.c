/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <openssl/bn.h>

#include <string.h>

#include "common/ecdsa.h"

int
mls__ossl_ecdsa_key(EVP_PKEY **out, const struct instance *in,
    const struct mls_key *key)
{
	const int len = key->alg->secret_len;
	uint8_t native[MLS_DHKEM_MAX_SECRET], point[MLS_DHKEM_MAX_PUBLIC];
	char name[8];
	OSSL_PARAM p[4];
	EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(in->lib, "EC", NULL);
	BIGNUM *d = BN_bin2bn(key->secret, len, NULL);
	EVP_PKEY *made = NULL;
	int ok;

	memcpy(point, key->public, key->alg->public_len);
	OPENSSL_strlcpy(name, curve_in(in, key->curve)->name, sizeof(name));
	p[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
	    name, 0);
	p[1] = OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_PRIV_KEY, native,
	    (size_t)len);
	p[2] = OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY,
	    point, key->alg->public_len);
	p[3] = OSSL_PARAM_construct_end();
	ok = c != NULL && d != NULL &&
	    BN_bn2nativepad(d, native, len) == len &&
	    EVP_PKEY_fromdata_init(c) == 1 &&
	    EVP_PKEY_fromdata(c, &made, EVP_PKEY_KEYPAIR, p) == 1;
	OPENSSL_cleanse(native, sizeof(native));
	BN_clear_free(d);
	EVP_PKEY_CTX_free(c);
	if (!ok)
		return MLS_P_NOMEM;
	*out = made;
	return MLS_P_OK;
}

int
mls__ossl_ecdsa_sign(struct instance *in, const struct mls_key *key,
    struct mls_buf msg, uint8_t *sig, size_t *len)
{
	const struct mls_curve *curve = key->curve;
	uint8_t sum[EVP_MAX_MD_SIZE], raw[MLS_ECDSA_MAX];
	uint8_t r[MLS_CURVE_MAX], s[MLS_CURVE_MAX];
	struct mls_buf der = { raw, sizeof(raw) };
	EVP_PKEY_CTX *c;
	int rc;

	rc = mls__ossl_hash(in, curve->kdf, &msg, 1, sum);
	if (rc != MLS_P_OK)
		return rc;
	c = EVP_PKEY_CTX_new_from_pkey(in->lib, key->own, NULL);
	rc = MLS_P_NOMEM;
	/* For want of memory it can succeed with a length of -1 and nothing
	 * written. */
	if (c != NULL && EVP_PKEY_sign_init(c) == 1 &&
	    EVP_PKEY_sign(c, raw, &der.len, sum,
	    mls__hash_len(curve->kdf)) == 1 && der.len <= sizeof(raw))
		rc = mls__ecdsa_decode(r, s, curve, der);
	EVP_PKEY_CTX_free(c);
	if (rc == MLS_P_OK)
		rc = mls__ecdsa_encode(sig, len, curve, r, s);
	return rc;
}

/* A public key out of a copy of the curve's parameters, at a fifth of the cost
 * of naming the curve again.  ARGUMENT unless the point is uncompressed and on
 * the curve. */
static int
public_key(EVP_PKEY **out, const struct instance *in,
    const struct mls_curve *curve, struct mls_buf pub)
{
	EVP_PKEY *key;

	if (pub.len != 1 + 2 * (size_t)curve->len ||
	    pub.data[0] != POINT_CONVERSION_UNCOMPRESSED)
		return MLS_P_ARGUMENT;
	key = EVP_PKEY_dup(curve_in(in, curve)->params);
	if (key == NULL)
		return MLS_P_NOMEM;
	if (EVP_PKEY_set1_encoded_public_key(key, pub.data, pub.len) != 1) {
		EVP_PKEY_free(key);
		return mls__refused(MLS_P_ARGUMENT);
	}
	*out = key;
	return MLS_P_OK;
}

int
mls__ossl_ecdsa_verify(struct instance *in, const struct mls_curve *curve,
    struct mls_buf pub, struct mls_buf msg, struct mls_buf sig)
{
	uint8_t sum[EVP_MAX_MD_SIZE], r[MLS_CURVE_MAX], s[MLS_CURVE_MAX];
	EVP_PKEY *key = NULL;
	EVP_PKEY_CTX *c = NULL;
	int rc;

	rc = public_key(&key, in, curve, pub);
	if (rc == MLS_P_OK)
		rc = mls__ecdsa_decode(r, s, curve, sig);
	if (rc == MLS_P_OK)
		rc = mls__ossl_hash(in, curve->kdf, &msg, 1, sum);
	if (rc != MLS_P_OK)
		goto out;
	rc = MLS_P_NOMEM;
	c = EVP_PKEY_CTX_new_from_pkey(in->lib, key, NULL);
	if (c == NULL || EVP_PKEY_verify_init(c) != 1)
		goto out;
	/* Numbers of a forger's choice can make this -1 as well as 0. */
	rc = EVP_PKEY_verify(c, sig.data, sig.len, sum,
	    mls__hash_len(curve->kdf)) == 1 ? MLS_P_OK : mls__refused(MLS_P_VERIFY);
out:
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(key);
	return rc;
}
