/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <string.h>

/* X25519 or X448; u NULL: the base point.  An all-zero result is no error here;
 * mls__dhkem_shared refuses it. */
static int
multiply(uint8_t *out, const struct key_type *t, const uint8_t *k,
    const uint8_t *u)
{
	if (t->public_len == 56) {
		mls__gcry_x448(out, k, u);
		return MLS_P_OK;
	}
	return gcry_ecc_mul_point(GCRY_ECC_CURVE25519, out, k, u) == 0 ?
	    MLS_P_OK : MLS_P_NOMEM;
}

int
mls__gcry_x_public(uint8_t *pub, const struct key_type *t, const uint8_t *k)
{
	return multiply(pub, t, k, NULL);
}

static int
dh(uint8_t *out, const struct mls_key *key, struct mls_buf pub)
{
	const struct key_type *t = key->type;

	if (pub.len != t->public_len)
		return MLS_P_ARGUMENT;
	if (t->curve >= 0)
		return mls__gcry_ec_dh(out, t, key->secret, pub);
	return multiply(out, t, key->secret, pub.data);
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
