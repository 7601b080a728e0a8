/* SPDX-License-Identifier: MIT */
#define _DEFAULT_SOURCE /* getentropy */
#include <string.h>
#include <unistd.h>

#include <EverCrypt_AEAD.h>
#include <EverCrypt_AutoConfig2.h>
#include <EverCrypt_Curve25519.h>
#include <EverCrypt_HMAC.h>
#include <Hacl_P256.h>

#include "bare.h"

#define UNCOMPRESSED 4

/* Its headers know no const, and no octets may not lie at NULL. */
static uint8_t *
lend(const uint8_t *p)
{
	static const uint8_t none[1];

	return (uint8_t *)(uintptr_t)(p != NULL ? p : none);
}

static bool
open_state(void **out)
{
	EverCrypt_AutoConfig2_init();
	*out = NULL;
	return true;
}

static void
close_state(void *state)
{
	(void)state;
}

static bool
exchange_p256(const uint8_t *pub, uint8_t *enc, uint8_t *dh)
{
	uint8_t k[32], point[64];

	do {
		if (getentropy(k, sizeof(k)) != 0)
			return false;
	} while (!Hacl_P256_dh_initiator(enc + 1, k));
	enc[0] = UNCOMPRESSED;
	if (!Hacl_P256_dh_responder(point, lend(pub + 1), k))
		return false;
	memcpy(dh, point, 32);
	return true;
}

static bool
exchange(void *state, uint16_t kem, const uint8_t *pub, uint8_t *enc,
    uint8_t *dh)
{
	uint8_t k[32];

	(void)state;
	if (kem != 0x20)
		return exchange_p256(pub, enc, dh);
	if (getentropy(k, sizeof(k)) != 0)
		return false;
	EverCrypt_Curve25519_secret_to_public(enc, k);
	return EverCrypt_Curve25519_ecdh(dh, k, lend(pub));
}

/* EverCrypt takes one piece. */
static bool
hmac(void *state, const uint8_t *key, size_t key_len, const uint8_t *a,
    size_t a_len, const uint8_t *b, size_t b_len, uint8_t *out)
{
	uint8_t both[512];

	(void)state;
	memcpy(both, a, a_len);
	if (b_len > 0)
		memcpy(both + a_len, b, b_len);
	EverCrypt_HMAC_compute(Spec_Hash_Definitions_SHA2_256, out, lend(key),
	    (uint32_t)key_len, both, (uint32_t)(a_len + b_len));
	return true;
}

static bool
aead(void *state, uint16_t id, const uint8_t *key, const uint8_t *nonce,
    const uint8_t *pt, size_t len, uint8_t *ct)
{
	(void)state;
	return EverCrypt_AEAD_encrypt_expand(id == 1 ?
	    Spec_Agile_AEAD_AES128_GCM : Spec_Agile_AEAD_CHACHA20_POLY1305,
	    lend(key), lend(nonce), 12, lend(NULL), 0, lend(pt),
	    (uint32_t)len, ct, ct + len) == EverCrypt_Error_Success;
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
