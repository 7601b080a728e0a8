/* SPDX-License-Identifier: MIT */
/* What is done with keys: X25519 and Ed25519. */
#include "private.h"

#include <string.h>

/* Every string of the right length is a key of either kind.  libsodium signs
 * with the seed and the public half in one. */
static int
set(void *ctx, struct mls_key *key)
{
	uint8_t seed[KEY_LEN];
	int failed;

	(void)ctx;
	if (key->alg->role == MLS_ROLE_KEM) {
		failed = crypto_scalarmult_curve25519_base(key->public,
		    key->secret);
	} else {
		memcpy(seed, key->secret, KEY_LEN);
		failed = crypto_sign_ed25519_seed_keypair(key->public,
		    key->secret, seed);
		sodium_memzero(seed, sizeof(seed));
	}
	return failed ? MLS_P_ARGUMENT : MLS_P_OK;
}

/* libsodium refuses the all-zero result, RFC 7748 §6.1. */
static int
dh(void *ctx, const struct mls_key *key, const uint8_t *pub, uint8_t *out)
{
	(void)ctx;
	return crypto_scalarmult_curve25519(out, key->secret, pub) == 0 ?
	    MLS_P_OK : MLS_P_ARGUMENT;
}

const struct mls_soft_ops mls__sodium_soft = {
	.hmac = mls__sodium_hmac,
	.set = set,
	.dh = dh,
};

int
mls__sodium_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len)
{
	(void)ctx;
	if (key->alg->role != MLS_ROLE_SIGN)
		return MLS_P_ARGUMENT;
	if (*len < crypto_sign_ed25519_BYTES)
		return MLS_P_SPACE;
	if (crypto_sign_ed25519_detached(sig, NULL, octets(msg), msg.len,
	    key->secret) != 0)
		return MLS_P_ARGUMENT;
	*len = crypto_sign_ed25519_BYTES;
	return MLS_P_OK;
}

/* A key that is no point shows itself only here, as a signature that does not
 * hold. */
int
mls__sodium_verify(void *ctx, uint16_t scheme, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig)
{
	(void)ctx;
	if (scheme != SIG_ED25519)
		return MLS_P_UNSUPPORTED;
	if (pub.len != KEY_LEN)
		return MLS_P_ARGUMENT;
	if (sig.len != crypto_sign_ed25519_BYTES)
		return MLS_P_VERIFY;
	return crypto_sign_ed25519_verify_detached(sig.data, octets(msg),
	    msg.len, pub.data) == 0 ? MLS_P_OK : MLS_P_VERIFY;
}
