/* SPDX-License-Identifier: MIT */
/*
 * The sodium provider: cryptography by libsodium, 1.0.18 and later.
 *
 * It serves what libsodium has on every machine: X25519, ChaCha20-Poly1305,
 * SHA-256, SHA-512 and Ed25519.  That is the suite 0x0003 whole.  libsodium's
 * AES-256-GCM runs on some processors only, and it has no SHA-384; other suites
 * can take single roles from here.
 *
 * There is no state but the keys, so that any operation may run on any
 * thread.
 */
#ifndef MLS_SODIUM_PRIVATE_H
#define MLS_SODIUM_PRIVATE_H

#include <sodium.h>

#include "common/soft.h"
#include "libmls/provider.h"

#define AEAD_CHACHA 3
#define SIG_ED25519 0x0807
#define KEY_LEN 32 /* of every key, private and public */

/* The octets of b at a place that is not NULL, as libsodium wants them even
 * where there are none. */
static inline const uint8_t *
octets(struct mls_buf b)
{
	static const uint8_t none[1];

	return b.len > 0 ? b.data : none;
}

/* key.c: the keys and the KEM. */
extern const struct mls_soft_ops mls__sodium_soft;

/* The operations; see struct mls_crypto_ops. */
int mls__sodium_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len);
int mls__sodium_verify(void *ctx, uint16_t scheme, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig);

int mls__sodium_hash(void *ctx, uint16_t kdf, const struct mls_buf *in,
    size_t n, uint8_t *out);
int mls__sodium_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out);

int mls__sodium_aead_seal(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt, uint8_t *ct);
int mls__sodium_aead_open(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct, uint8_t *pt);

#endif
