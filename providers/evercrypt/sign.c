/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <string.h>

#include <EverCrypt_Ed25519.h>
#include <Hacl_P256.h>

#include "common/ecdsa.h"
#include "common/rfc6979.h"

#define ED25519 0x0807
#define ED25519_SIGNATURE 64
#define HALF 32 /* of a signature */

static int
ed25519_sign(const struct mls_key *key, struct mls_buf msg, uint8_t *sig,
    size_t *len)
{
	if (*len < ED25519_SIGNATURE)
		return MLS_P_SPACE;
	EverCrypt_Ed25519_sign_expanded(sig,
	    lend_octets(key->secret + key->alg->secret_len),
	    (uint32_t)msg.len, lend(msg));
	mls__ever_burn();
	*len = ED25519_SIGNATURE;
	return MLS_P_OK;
}

/* r and s.  The nonce comes from key and message, so that no signature rests
 * on a generator; one that makes r or s 0 does not serve. */
static int
make(uint8_t *made, void *ctx, const struct mls_key *key,
    const uint8_t *digest)
{
	uint8_t nonce[MLS_CURVE_MAX];
	struct mls_rfc6979 d;
	bool done = false;
	int rc;

	rc = mls__rfc6979_start(&d, key->curve, mls__ever_hmac, ctx,
	    key->secret, digest);
	while (rc == MLS_P_OK && !done) {
		rc = mls__rfc6979_next(nonce, &d);
		if (rc == MLS_P_OK)
			done = Hacl_P256_ecdsa_sign_p256_without_hash(made,
			    HALF, lend_octets(digest),
			    lend_octets(key->secret), nonce);
		mls__ever_burn();
	}
	mls__rfc6979_end(&d);
	mls__module_wipe(nonce, sizeof(nonce));
	return rc;
}

static int
ecdsa_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len)
{
	uint8_t digest[HALF], made[2 * HALF];
	int rc;

	rc = mls__ever_hash(ctx, key->curve->kdf, &msg, 1, digest);
	if (rc == MLS_P_OK)
		rc = make(made, ctx, key, digest);
	if (rc == MLS_P_OK)
		rc = mls__ecdsa_encode(sig, len, key->curve, made,
		    made + HALF);
	return rc;
}

int
mls__ever_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len)
{
	if (key->alg->role != MLS_ROLE_SIGN || msg.len > MLS_EVER_LONGEST)
		return MLS_P_ARGUMENT;
	return key->curve != NULL ? ecdsa_sign(ctx, key, msg, sig, len) :
	    ed25519_sign(key, msg, sig, len);
}

static int
ecdsa_verify(const struct mls_curve *curve, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig)
{
	uint8_t r[MLS_CURVE_MAX], s[MLS_CURVE_MAX];
	int rc;

	rc = mls__ever_soft.check(NULL, curve, pub.data);
	if (rc == MLS_P_OK)
		rc = mls__ecdsa_decode(r, s, curve, sig);
	if (rc == MLS_P_OK && !Hacl_P256_ecdsa_verif_p256_sha2(
	    (uint32_t)msg.len, lend(msg), lend_octets(pub.data + 1), r, s))
		rc = MLS_P_VERIFY;
	return rc;
}

/* An Ed25519 key that is no point shows itself only here, as a signature that
 * does not hold. */
int
mls__ever_verify(void *ctx, uint16_t scheme, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig)
{
	const struct mls_alg *alg = mls__soft_find(ctx, MLS_ROLE_VERIFY,
	    scheme);

	if (alg == NULL)
		return MLS_P_UNSUPPORTED;
	if (pub.len != alg->public_len || msg.len > MLS_EVER_LONGEST)
		return MLS_P_ARGUMENT;
	if (scheme != ED25519)
		return ecdsa_verify(mls__curve_of(scheme), pub, msg, sig);
	if (sig.len != ED25519_SIGNATURE || !EverCrypt_Ed25519_verify(
	    lend(pub), (uint32_t)msg.len, lend(msg), lend(sig)))
		return MLS_P_VERIFY;
	return MLS_P_OK;
}
