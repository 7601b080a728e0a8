/* SPDX-License-Identifier: MIT */
/* Keys, and Diffie-Hellman with them. */
#include "private.h"

int
mls__gcry_usable(const struct mls_key *key)
{
	return gcry_is_secure(key->secret) ? MLS_P_OK : MLS_P_GONE;
}

/* X25519 or X448; u NULL: the base point.  An all-zero result is no error here;
 * mls__dhkem_shared refuses it. */
static int
multiply(uint8_t *out, const struct mls_alg *alg, const uint8_t *k,
    const uint8_t *u)
{
	if (alg->public_len == 56) {
		mls__gcry_x448(out, k, u);
		return MLS_P_OK;
	}
	return gcry_ecc_mul_point(GCRY_ECC_CURVE25519, out, k, u) == 0 ?
	    MLS_P_OK : MLS_P_NOMEM;
}

/* X25519, X448 and EdDSA: every string of the right length is a key. */
static int
set(void *ctx, struct mls_key *key)
{
	int rc = mls__gcry_usable(key);

	(void)ctx;
	if (rc != MLS_P_OK)
		return rc;
	if (key->curve != NULL)
		return mls__gcry_ec_public(key->public, key->curve,
		    key->secret);
	if (key->alg->role == MLS_ROLE_SIGN)
		return mls__gcry_eddsa_public(key->public, key->alg,
		    key->secret);
	return multiply(key->public, key->alg, key->secret, NULL);
}

static int
dh(void *ctx, const struct mls_key *key, const uint8_t *pub, uint8_t *out)
{
	int rc = mls__gcry_usable(key);

	(void)ctx;
	if (rc != MLS_P_OK)
		return rc;
	if (key->curve != NULL)
		return mls__gcry_ec_dh(out, key->curve, key->secret, pub);
	return multiply(out, key->alg, key->secret, pub);
}

static int
check(void *ctx, const struct mls_curve *c, const uint8_t *pub)
{
	(void)ctx;
	return mls__gcry_ec_check(c, pub);
}

const struct mls_soft_ops mls__gcry_soft = {
	.hmac = mls__gcry_hmac,
	.set = set,
	.dh = dh,
	.check = check,
	.calloc = gcry_calloc_secure,
	.free = gcry_free,
};
