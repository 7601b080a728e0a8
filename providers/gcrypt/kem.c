/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <string.h>

static int
curve_id(const struct key_type *t)
{
	return t->public_len == 32 ? GCRY_ECC_CURVE25519 : GCRY_ECC_CURVE448;
}

int
mls__gcry_x_public(uint8_t *pub, const struct key_type *t, const uint8_t *k)
{
	return gcry_ecc_mul_point(curve_id(t), pub, k, NULL) == 0 ? MLS_P_OK :
	    MLS_P_NOMEM;
}

/* libgcrypt 1.10's X448 comes to wrong results for some points next to 0 and to
 * the prime (u = 185 is one).  An honest key is among those refused here with a
 * chance of 2^-191. */
static bool
doubtful(const struct key_type *t, const uint8_t *u)
{
	unsigned none = 0, all = 0xff;
	size_t i;

	if (t->public_len != 56)
		return false;
	for (i = 32; i < 56; i++) {
		none |= u[i];
		all &= u[i];
	}
	return none == 0 || all == 0xff;
}

/* An all-zero result is no error to libgcrypt; mls__dhkem_shared refuses it. */
static int
dh(uint8_t *out, const struct mls_key *key, struct mls_buf pub)
{
	const struct key_type *t = key->type;

	if (pub.len != t->public_len)
		return MLS_P_ARGUMENT;
	if (t->curve >= 0)
		return mls__gcry_ec_dh(out, t, key->secret, pub);
	if (doubtful(t, pub.data))
		return MLS_P_ARGUMENT;
	return gcry_ecc_mul_point(curve_id(t), out, key->secret,
	    pub.data) == 0 ? MLS_P_OK : MLS_P_NOMEM;
}

int
mls__gcry_kem_encap(void *ctx, uint16_t kem, struct mls_buf pub,
    const uint8_t *seed, uint8_t *enc, uint8_t *shared)
{
	const struct mls_dhkem *k = mls__dhkem_find(kem);
	struct mls_buf ikm = { seed, 0 };
	uint8_t result[MAX_PRIVATE];
	struct mls_key *eph = NULL;
	int rc;

	if (k == NULL)
		return MLS_P_UNSUPPORTED;
	ikm.len = k->secret_len;
	rc = mls__gcry_key_derive(ctx, kem, ikm, &eph);
	if (rc != MLS_P_OK)
		return rc;
	rc = dh(result, eph, pub);
	if (rc == MLS_P_OK)
		rc = mls__dhkem_shared(shared, k, mls__gcry_hmac, ctx, result,
		    eph->public, pub.data);
	if (rc == MLS_P_OK)
		memcpy(enc, eph->public, k->public_len);
	mls__gcry_key_release(ctx, eph);
	mls__module_wipe(result, sizeof(result));
	return rc;
}

int
mls__gcry_kem_decap(void *ctx, const struct mls_key *key, struct mls_buf enc,
    uint8_t *shared)
{
	uint8_t result[MAX_PRIVATE];
	int rc;

	if (key->type->role != MLS_ROLE_KEM)
		return MLS_P_ARGUMENT;
	rc = dh(result, key, enc);
	if (rc == MLS_P_OK)
		rc = mls__dhkem_shared(shared, mls__dhkem_find(key->type->id),
		    mls__gcry_hmac, ctx, result, enc.data, key->public);
	mls__module_wipe(result, sizeof(result));
	return rc;
}

/* X25519 and X448: by RFC 7748 §5 every string of the right length is a public
 * key; those of small order fail when they are used. */
int
mls__gcry_kem_check_public(void *ctx, uint16_t kem, struct mls_buf pub)
{
	const struct key_type *t = mls__gcry_key_type(MLS_ROLE_KEM, kem);

	(void)ctx;
	if (t == NULL)
		return MLS_P_UNSUPPORTED;
	if (pub.len != t->public_len)
		return MLS_P_ARGUMENT;
	return t->curve >= 0 ? mls__gcry_ec_check(t, pub) : MLS_P_OK;
}
