/* SPDX-License-Identifier: MIT */
/*
 * HKDF-Expand and RFC 9180's DHKEM over a provider's HMAC.  What is left to
 * the provider is a plain Diffie-Hellman.
 */
#ifndef MLS_COMMON_DHKEM_H
#define MLS_COMMON_DHKEM_H

#include "common/curve.h"
#include "libmls/provider.h"

#define MLS_DHKEM_MAX_PUBLIC 133
#define MLS_DHKEM_MAX_SECRET 66
#define MLS_DHKEM_MAX_HASH 64

/* A provider's hmac operation. */
typedef int (*mls_hmac_fn)(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out);

struct mls_dhkem {
	uint16_t id, kdf;
	uint16_t hash_len; /* Nh, and Nsecret */
	uint16_t public_len, secret_len;
	uint16_t dh_len;
	const struct mls_curve *curve; /* NULL: X25519 or X448 */
};

/* dhkem_find(id): NULL if it is not one of the five of RFC 9180. */
const struct mls_dhkem *mls__dhkem_find(uint16_t id);

/* hash_len(kdf): Nh of an HPKE KDF id, or 0. */
size_t mls__hash_len(uint16_t kdf);

/* dhkem_derive(sk, kem, hmac, ctx, ikm): the private half of
 * DeriveKeyPair(ikm), §7.1.3; secret_len octets. */
int mls__dhkem_derive(uint8_t *sk, const struct mls_dhkem *kem,
    mls_hmac_fn hmac, void *ctx, struct mls_buf ikm);

/* dhkem_shared(shared, kem, hmac, ctx, dh, enc, pub): ExtractAndExpand, §4.1,
 * of a Diffie-Hellman result of dh_len octets; hash_len octets.  ARGUMENT for
 * the all-zero result of X25519 and X448, §7.1.4. */
int mls__dhkem_shared(uint8_t *shared, const struct mls_dhkem *kem,
    mls_hmac_fn hmac, void *ctx, const uint8_t *dh, const uint8_t *enc,
    const uint8_t *pub);

/* hkdf_expand_by(out, len, hmac, ctx, kdf, prk, info, n): RFC 5869 §2.3 with info
 * in n pieces, at most MLS_HKDF_PIECES.  ARGUMENT if len is too large. */
#define MLS_HKDF_PIECES 7
int mls__hkdf_expand_by(uint8_t *out, size_t len, mls_hmac_fn hmac, void *ctx,
    uint16_t kdf, struct mls_buf prk, const struct mls_buf *info, size_t n);

#endif
