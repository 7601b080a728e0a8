/* SPDX-License-Identifier: MIT */
#include <sodium.h>

#include "bare.h"

static bool
open_state(void **out)
{
	*out = NULL;
	return sodium_init() >= 0;
}

static void
close_state(void *state)
{
	(void)state;
}

static bool
exchange(void *state, uint16_t kem, const uint8_t *pub, uint8_t *enc,
    uint8_t *dh)
{
	uint8_t k[32];

	(void)state;
	if (kem != 0x20)
		return false;
	randombytes_buf(k, sizeof(k));
	return crypto_scalarmult_curve25519_base(enc, k) == 0 &&
	    crypto_scalarmult_curve25519(dh, k, pub) == 0;
}

static bool
hmac(void *state, const uint8_t *key, size_t key_len, const uint8_t *a,
    size_t a_len, const uint8_t *b, size_t b_len, uint8_t *out)
{
	crypto_auth_hmacsha256_state h;

	(void)state;
	crypto_auth_hmacsha256_init(&h, key, key_len);
	crypto_auth_hmacsha256_update(&h, a, a_len);
	crypto_auth_hmacsha256_update(&h, b, b_len);
	crypto_auth_hmacsha256_final(&h, out);
	return true;
}

static bool
aead(void *state, uint16_t id, const uint8_t *key, const uint8_t *nonce,
    const uint8_t *pt, size_t len, uint8_t *ct)
{
	(void)state;
	return id == 3 && crypto_aead_chacha20poly1305_ietf_encrypt(ct, NULL,
	    pt, len, NULL, 0, NULL, nonce, key) == 0;
}

static bool
seal(void *state, uint16_t suite, const uint8_t *pub, const uint8_t *context,
    size_t context_len, const uint8_t *pt, size_t len, uint8_t *enc,
    uint8_t *ct)
{
	static const struct bare_library lib = { exchange, hmac, aead };

	return bare_seal(&lib, state, suite, pub, context, context_len, pt,
	    len, enc, ct);
}

const struct mls_bare mls_bare = { open_state, close_state, seal };
