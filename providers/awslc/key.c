/* SPDX-License-Identifier: MIT */
/*
 * What keys are to AWS-LC, and Diffie-Hellman with them.  Its
 * ECDH_compute_shared_secret looks a second time at a point that
 * EC_POINT_oct2point has found on its curve.
 */
#include "private.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/curve25519.h>
#include <openssl/ec_key.h>
#include <openssl/mem.h>

const EC_GROUP *
mls__aws_group_of(const struct mls_curve *c)
{
	static const EC_GROUP *(*const group[MLS_CURVES])(void) = {
		EC_group_p256, EC_group_p384, EC_group_p521 };

	return group[c - mls__curves]();
}

/* An EC_KEY of the private half is kept; the public half costs signing and
 * Diffie-Hellman nothing when it is not there. */
static int
set_nist(struct mls_key *key)
{
	const EC_GROUP *group = mls__aws_group_of(key->curve);
	BIGNUM *k = BN_bin2bn(key->secret, key->alg->secret_len, NULL);
	EC_POINT *p = EC_POINT_new(group);
	EC_KEY *own = EC_KEY_new();
	size_t len = key->alg->public_len;
	bool ok;

	key->own = own;
	ok = k != NULL && p != NULL && own != NULL &&
	    EC_KEY_set_group(own, group) == 1 &&
	    EC_KEY_set_private_key(own, k) == 1 &&
	    EC_POINT_mul(group, p, k, NULL, NULL, NULL) == 1 &&
	    EC_POINT_point2oct(group, p, POINT_CONVERSION_UNCOMPRESSED,
	    key->public, len, NULL) == len;
	EC_POINT_free(p);
	BN_clear_free(k);
	return ok ? MLS_P_OK : MLS_P_NOMEM;
}

/* X25519 and Ed25519: every string of the right length is a key.  AWS-LC signs
 * with the seed and the public half in one. */
static int
set(void *ctx, struct mls_key *key)
{
	uint8_t seed[ED25519_SEED_LEN];

	(void)ctx;
	if (key->curve != NULL)
		return set_nist(key);
	if (key->alg->role == MLS_ROLE_KEM) {
		X25519_public_from_private(key->public, key->secret);
	} else {
		memcpy(seed, key->secret, sizeof(seed));
		ED25519_keypair_from_seed(key->public, key->secret, seed);
		OPENSSL_cleanse(seed, sizeof(seed));
	}
	return MLS_P_OK;
}

static void
clear(struct mls_key *key)
{
	EC_KEY_free(key->own); /* wipes */
}

/* The infinite point has another length than the uncompressed form. */
int
mls__aws_point(EC_POINT **out, const struct mls_curve *c, const uint8_t *pub)
{
	const EC_GROUP *group = mls__aws_group_of(c);
	EC_POINT *p;

	if (pub[0] != POINT_CONVERSION_UNCOMPRESSED)
		return MLS_P_ARGUMENT;
	errno = 0;
	p = EC_POINT_new(group);
	if (p == NULL)
		return MLS_P_NOMEM;
	if (EC_POINT_oct2point(group, p, pub, 1 + 2 * (size_t)c->len,
	    NULL) != 1) {
		EC_POINT_free(p);
		return mls__refused(MLS_P_ARGUMENT);
	}
	*out = p;
	return MLS_P_OK;
}

static int
nist_dh(uint8_t *x, const struct mls_key *key, const uint8_t *pub)
{
	const EC_GROUP *group = mls__aws_group_of(key->curve);
	const BIGNUM *k = EC_KEY_get0_private_key(key->own);
	BIGNUM *n = BN_new();
	EC_POINT *p = NULL;
	int rc;

	rc = mls__aws_point(&p, key->curve, pub);
	if (rc == MLS_P_OK && (n == NULL ||
	    EC_POINT_mul(group, p, NULL, p, k, NULL) != 1 ||
	    EC_POINT_get_affine_coordinates_GFp(group, p, n, NULL, NULL) !=
	    1 || BN_bn2bin_padded(x, key->curve->len, n) != 1))
		rc = MLS_P_NOMEM;
	EC_POINT_free(p);
	BN_clear_free(n);
	return rc;
}

/* AWS-LC refuses the all-zero result of X25519, RFC 7748 §6.1. */
static int
dh(void *ctx, const struct mls_key *key, const uint8_t *pub, uint8_t *out)
{
	(void)ctx;
	if (key->curve != NULL)
		return nist_dh(out, key, pub);
	return X25519(out, key->secret, pub) == 1 ? MLS_P_OK : MLS_P_ARGUMENT;
}

static int
check(void *ctx, const struct mls_curve *c, const uint8_t *pub)
{
	EC_POINT *p = NULL;
	int rc;

	(void)ctx;
	rc = mls__aws_point(&p, c, pub);
	EC_POINT_free(p);
	return rc;
}

const struct mls_soft_ops mls__aws_soft = {
	.hmac = mls__aws_hmac,
	.set = set,
	.clear = clear,
	.dh = dh,
	.check = check,
};
