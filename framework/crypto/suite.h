/* SPDX-License-Identifier: MIT */
/* A ciphersuite assembled from providers, and its plain operations. */
#ifndef MLS_CRYPTO_SUITE_H
#define MLS_CRYPTO_SUITE_H

#include "base/secret.h"
#include "plugin/plugins.h"

struct mls_suite {
	const struct mls_suite_row *row;
	struct mls_plugins *plugins;
	struct mls_route kem, aead, hash, sign, verify;
	/* Who checks the results of a role (crypto/twin.h), or NULL. */
	struct mls_instance *second[MLS_ROLE_VERIFY + 1];
	size_t nh;                     /* octets of a hash, MAC or secret */
	size_t nk, nn, nt;             /* AEAD key, nonce, tag */
	size_t npk, nenc, nsecret, nsk; /* KEM; nsk also the ikm of derive */
	size_t seed_len;               /* randomness of one encapsulation */
	size_t max_sig;
	uint8_t psk_id_hash[MLS_MAX_HASH]; /* of HPKE's base mode, nh octets */
};

/* The suites of a context, assembled once each. */
struct mls_crypto;
int mls__crypto_new(struct mls_crypto **out, struct mls_plugins *plugins);
void mls__crypto_free(struct mls_crypto *c);
struct mls_plugins *mls__crypto_plugins(const struct mls_crypto *c);

/* crypto_suite(out, c, number): UNSUPPORTED_CIPHER_SUITE if there is no such
 * row or a role of it has no provider (logged, once); a PROVIDER_ error if the
 * provider of a role fails, or announces sizes that no suite can have.
 * Thread-safe.  Lives as long as c. */
int mls__crypto_suite(const struct mls_suite **out, struct mls_crypto *c,
    uint16_t number);

/* hash(out, s, in, n): nh octets over n concatenated pieces. */
int mls__hash(uint8_t *out, const struct mls_suite *s,
    const struct mls_buf *in, size_t n);
int mls__hmac(uint8_t *out, const struct mls_suite *s, struct mls_buf key,
    const struct mls_buf *in, size_t n);

/* mac(out, s, key, data): the MAC of §5.1: HMAC, nh octets. */
int mls__mac(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_secret *key, struct mls_buf data);

/* kdf_extract(out, s, salt, ikm), kdf_expand(out, len, s, prk, info):
 * RFC 5869; KDF_LENGTH above 255 nh or 65535 (CRYPT-10). */
int mls__kdf_extract(struct mls_secret *out, const struct mls_suite *s,
    struct mls_buf salt, struct mls_buf ikm);
int mls__kdf_expand(uint8_t *out, size_t len, const struct mls_suite *s,
    struct mls_buf prk, struct mls_buf info);

/* aead_seal: ct holds pt.len + nt octets.  aead_open: pt holds ct.len - nt;
 * CIPHERTEXT_LENGTH if shorter than nt; `error` if it is not genuine.  Each
 * may work in place, pt == ct; a failing open leaves ct as it was, unless two
 * providers disagreed on it. */
int mls__aead_seal(uint8_t *ct, const struct mls_suite *s, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt);
int mls__aead_open(uint8_t *pt, const struct mls_suite *s, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct, int error);

/* random(out, len, s), random_secret(out, s): from the routed RNG. */
int mls__random(uint8_t *out, size_t len, const struct mls_suite *s);
int mls__random_secret(struct mls_secret *out, const struct mls_suite *s);

#endif
