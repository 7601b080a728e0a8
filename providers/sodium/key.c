/* SPDX-License-Identifier: MIT */
/* Private keys, and what is done with them: X25519 and Ed25519. */
#include "private.h"

#include <stdlib.h>
#include <string.h>

/* The private half, then the public one: what libsodium signs with. */
struct mls_key {
	uint16_t role;
	uint8_t pair[2 * KEY_LEN];
};

static bool
offered(uint16_t role, uint16_t id)
{
	return (role == MLS_ROLE_KEM && id == KEM_X25519) ||
	    (role == MLS_ROLE_SIGN && id == SIG_ED25519);
}

/* Every string of the right length is a key of either kind. */
static int
key_new(struct mls_key **out, uint16_t role, const uint8_t *secret)
{
	struct mls_key *key = malloc(sizeof(*key));
	int failed;

	if (key == NULL)
		return MLS_P_NOMEM;
	key->role = role;
	if (role == MLS_ROLE_KEM) {
		memcpy(key->pair, secret, KEY_LEN);
		failed = crypto_scalarmult_curve25519_base(key->pair + KEY_LEN,
		    secret);
	} else {
		failed = crypto_sign_ed25519_seed_keypair(key->pair + KEY_LEN,
		    key->pair, secret);
	}
	if (failed) {
		mls__sodium_key_release(NULL, key);
		return MLS_P_ARGUMENT;
	}
	*out = key;
	return MLS_P_OK;
}

/* There are no opaque keys here. */
int
mls__sodium_key_generate(void *ctx, uint16_t role, uint16_t id,
    struct mls_key **out)
{
	(void)ctx, (void)role, (void)id, (void)out;
	return MLS_P_UNSUPPORTED;
}

int
mls__sodium_key_derive(void *ctx, uint16_t kem, struct mls_buf ikm,
    struct mls_key **out)
{
	uint8_t secret[KEY_LEN];
	int rc;

	if (!offered(MLS_ROLE_KEM, kem))
		return MLS_P_UNSUPPORTED;
	rc = mls__dhkem_derive(secret, mls__dhkem_find(kem), mls__sodium_hmac,
	    ctx, ikm);
	if (rc == MLS_P_OK)
		rc = key_new(out, MLS_ROLE_KEM, secret);
	sodium_memzero(secret, sizeof(secret));
	return rc;
}

int
mls__sodium_key_import(void *ctx, uint16_t role, uint16_t id,
    struct mls_buf priv, struct mls_key **out)
{
	(void)ctx;
	if (!offered(role, id))
		return MLS_P_UNSUPPORTED;
	if (priv.len != KEY_LEN)
		return MLS_P_ARGUMENT;
	return key_new(out, role, priv.data);
}

/* The blob is what key_import takes, so that key_load is key_import. */
int
mls__sodium_key_save(void *ctx, const struct mls_key *key, uint32_t *kind,
    uint8_t *blob, size_t *len)
{
	(void)ctx;
	if (*len < KEY_LEN)
		return MLS_P_SPACE;
	*len = KEY_LEN;
	memcpy(blob, key->pair, KEY_LEN);
	*kind = MLS_KEY_RAW;
	return MLS_P_OK;
}

int
mls__sodium_key_public(void *ctx, const struct mls_key *key, uint8_t *pub,
    size_t *len)
{
	(void)ctx;
	if (*len < KEY_LEN)
		return MLS_P_SPACE;
	*len = KEY_LEN;
	memcpy(pub, key->pair + KEY_LEN, KEY_LEN);
	return MLS_P_OK;
}

int
mls__sodium_key_destroy(void *ctx, struct mls_key *key)
{
	mls__sodium_key_release(ctx, key);
	return MLS_P_OK;
}

void
mls__sodium_key_release(void *ctx, struct mls_key *key)
{
	(void)ctx;
	if (key == NULL)
		return;
	sodium_memzero(key, sizeof(*key));
	free(key);
}

/* libsodium refuses the all-zero result, RFC 7748 §6.1. */
static int
dh(uint8_t *out, const uint8_t *secret, struct mls_buf pub)
{
	if (pub.len != KEY_LEN ||
	    crypto_scalarmult_curve25519(out, secret, pub.data) != 0)
		return MLS_P_ARGUMENT;
	return MLS_P_OK;
}

int
mls__sodium_kem_encap(void *ctx, uint16_t kem, struct mls_buf pub,
    const uint8_t *seed, uint8_t *enc, uint8_t *shared)
{
	const struct mls_dhkem *k = mls__dhkem_find(kem);
	struct mls_buf ikm = { seed, KEY_LEN };
	uint8_t secret[KEY_LEN], result[KEY_LEN];
	int rc;

	if (!offered(MLS_ROLE_KEM, kem))
		return MLS_P_UNSUPPORTED;
	rc = mls__dhkem_derive(secret, k, mls__sodium_hmac, ctx, ikm);
	if (rc == MLS_P_OK &&
	    crypto_scalarmult_curve25519_base(enc, secret) != 0)
		rc = MLS_P_ARGUMENT;
	if (rc == MLS_P_OK)
		rc = dh(result, secret, pub);
	if (rc == MLS_P_OK)
		rc = mls__dhkem_shared(shared, k, mls__sodium_hmac, ctx,
		    result, enc, pub.data);
	sodium_memzero(secret, sizeof(secret));
	sodium_memzero(result, sizeof(result));
	return rc;
}

int
mls__sodium_kem_decap(void *ctx, const struct mls_key *key,
    struct mls_buf enc, uint8_t *shared)
{
	uint8_t result[KEY_LEN];
	int rc;

	if (key->role != MLS_ROLE_KEM)
		return MLS_P_ARGUMENT;
	rc = dh(result, key->pair, enc);
	if (rc == MLS_P_OK)
		rc = mls__dhkem_shared(shared, mls__dhkem_find(KEM_X25519),
		    mls__sodium_hmac, ctx, result, enc.data,
		    key->pair + KEY_LEN);
	sodium_memzero(result, sizeof(result));
	return rc;
}

/* By RFC 7748 §5 every string of the right length is a public key; those of
 * small order fail in dh. */
int
mls__sodium_kem_check_public(void *ctx, uint16_t kem, struct mls_buf pub)
{
	(void)ctx;
	if (!offered(MLS_ROLE_KEM, kem))
		return MLS_P_UNSUPPORTED;
	return pub.len == KEY_LEN ? MLS_P_OK : MLS_P_ARGUMENT;
}

int
mls__sodium_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len)
{
	(void)ctx;
	if (key->role != MLS_ROLE_SIGN)
		return MLS_P_ARGUMENT;
	if (*len < crypto_sign_ed25519_BYTES)
		return MLS_P_SPACE;
	if (crypto_sign_ed25519_detached(sig, NULL, octets(msg), msg.len,
	    key->pair) != 0)
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
	if (!offered(MLS_ROLE_SIGN, scheme))
		return MLS_P_UNSUPPORTED;
	if (pub.len != KEY_LEN)
		return MLS_P_ARGUMENT;
	if (sig.len != crypto_sign_ed25519_BYTES)
		return MLS_P_VERIFY;
	return crypto_sign_ed25519_verify_detached(sig.data, octets(msg),
	    msg.len, pub.data) == 0 ? MLS_P_OK : MLS_P_VERIFY;
}
