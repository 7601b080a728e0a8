/* SPDX-License-Identifier: MIT */
/* Keys, and Diffie-Hellman with them. */
#include "private.h"

static int
curve_id(const struct mls_alg *alg)
{
	return alg->public_len == 32 ? GCRY_ECC_CURVE25519 : GCRY_ECC_CURVE448;
}

/* X25519, X448 and EdDSA: every string of the right length is a key. */
static int
set(void *ctx, struct mls_key *key)
{
	(void)ctx;
	if (key->curve != NULL)
		return mls__gcry_ec_public(key->public, key->curve,
		    key->secret);
	if (key->alg->role == MLS_ROLE_SIGN)
		return mls__gcry_eddsa_public(key->public, key->alg,
		    key->secret);
	return gcry_ecc_mul_point(curve_id(key->alg), key->public, key->secret,
	    NULL) == 0 ? MLS_P_OK : MLS_P_NOMEM;
}

/* libgcrypt 1.10's X448 comes to wrong results for some points next to 0 and to
 * the prime (u = 185 is one).  An honest key is among those refused here with a
 * chance of 2^-191. */
static bool
doubtful(const struct mls_alg *alg, const uint8_t *u)
{
	unsigned none = 0, all = 0xff;
	size_t i;

	if (alg->public_len != 56)
		return false;
	for (i = 32; i < 56; i++) {
		none |= u[i];
		all &= u[i];
	}
	return none == 0 || all == 0xff;
}

/* An all-zero result is no error to libgcrypt; mls__dhkem_shared refuses it. */
static int
dh(void *ctx, const struct mls_key *key, const uint8_t *pub, uint8_t *out)
{
	(void)ctx;
	if (key->curve != NULL)
		return mls__gcry_ec_dh(out, key->curve, key->secret, pub);
	if (doubtful(key->alg, pub))
		return MLS_P_ARGUMENT;
	return gcry_ecc_mul_point(curve_id(key->alg), out, key->secret,
	    pub) == 0 ? MLS_P_OK : MLS_P_NOMEM;
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
