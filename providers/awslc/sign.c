/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <openssl/curve25519.h>
#include <openssl/ec_key.h>
#include <openssl/ecdsa.h>

#include "common/ecdsa.h"

static int
ecdsa_sign(const struct mls_key *key, struct mls_buf msg, uint8_t *sig,
    size_t *len)
{
	const struct mls_curve *curve = key->curve;
	uint8_t sum[MLS_DHKEM_MAX_HASH], raw[MLS_ECDSA_MAX];
	uint8_t r[MLS_CURVE_MAX], s[MLS_CURVE_MAX];
	unsigned n;
	int rc;

	rc = mls__aws_hash(NULL, curve->kdf, &msg, 1, sum);
	if (rc == MLS_P_OK && ECDSA_sign(0, sum, mls__hash_len(curve->kdf),
	    raw, &n, key->own) != 1)
		rc = MLS_P_NOMEM;
	if (rc == MLS_P_OK)
		rc = mls__ecdsa_decode(r, s, curve,
		    (struct mls_buf){ raw, n });
	if (rc == MLS_P_OK)
		rc = mls__ecdsa_encode(sig, len, curve, r, s);
	return rc;
}

static int
ed25519_sign(const struct mls_key *key, struct mls_buf msg, uint8_t *sig,
    size_t *len)
{
	if (*len < ED25519_SIGNATURE_LEN)
		return MLS_P_SPACE;
	if (ED25519_sign(sig, msg.data, msg.len, key->secret) != 1)
		return MLS_P_NOMEM;
	*len = ED25519_SIGNATURE_LEN;
	return MLS_P_OK;
}

int
mls__aws_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len)
{
	(void)ctx;
	if (key->alg->role != MLS_ROLE_SIGN)
		return MLS_P_ARGUMENT;
	return key->curve != NULL ? ecdsa_sign(key, msg, sig, len) :
	    ed25519_sign(key, msg, sig, len);
}

static EC_KEY *
public_key(const struct mls_curve *curve, const EC_POINT *point)
{
	EC_KEY *key = EC_KEY_new();

	if (key != NULL &&
	    EC_KEY_set_group(key, mls__aws_group_of(curve)) == 1 &&
	    EC_KEY_set_public_key(key, point) == 1)
		return key;
	EC_KEY_free(key);
	return NULL;
}

static int
ecdsa_verify(const struct mls_curve *curve, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig)
{
	uint8_t sum[MLS_DHKEM_MAX_HASH], r[MLS_CURVE_MAX], s[MLS_CURVE_MAX];
	EC_POINT *point = NULL;
	EC_KEY *key = NULL;
	int rc;

	rc = mls__aws_point(&point, curve, pub.data);
	if (rc == MLS_P_OK)
		rc = mls__ecdsa_decode(r, s, curve, sig);
	if (rc == MLS_P_OK)
		rc = mls__aws_hash(NULL, curve->kdf, &msg, 1, sum);
	if (rc != MLS_P_OK)
		goto out;
	rc = MLS_P_NOMEM;
	key = public_key(curve, point);
	if (key == NULL)
		goto out;
	errno = 0;
	rc = ECDSA_verify(0, sum, mls__hash_len(curve->kdf), sig.data,
	    sig.len, key) == 1 ? MLS_P_OK : mls__refused(MLS_P_VERIFY);
out:
	EC_KEY_free(key);
	EC_POINT_free(point);
	return rc;
}

/* An Ed25519 key that is no point shows itself only here, as a signature that
 * does not hold. */
int
mls__aws_verify(void *ctx, uint16_t scheme, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig)
{
	const struct mls_alg *alg = mls__soft_find(ctx, MLS_ROLE_VERIFY,
	    scheme);
	const struct mls_curve *curve = mls__curve_of(scheme);

	if (alg == NULL)
		return MLS_P_UNSUPPORTED;
	if (pub.len != alg->public_len)
		return MLS_P_ARGUMENT;
	if (curve != NULL)
		return ecdsa_verify(curve, pub, msg, sig);
	return sig.len == ED25519_SIGNATURE_LEN && ED25519_verify(msg.data,
	    msg.len, sig.data, pub.data) == 1 ? MLS_P_OK : MLS_P_VERIFY;
}
