/* SPDX-License-Identifier: MIT */
/* The nonces of deterministic ECDSA, RFC 6979 §3.2, over a provider's HMAC. */
#ifndef MLS_COMMON_RFC6979_H
#define MLS_COMMON_RFC6979_H

#include "common/dhkem.h"

struct mls_rfc6979 {
	mls_hmac_fn hmac;
	void *ctx;
	const struct mls_curve *curve;
	bool begun;
	uint8_t k[MLS_DHKEM_MAX_HASH], v[MLS_DHKEM_MAX_HASH];
};

/* rfc6979_start(d, c, hmac, ctx, secret, digest): for a private key, a scalar
 * of c, and a message's hash by c->kdf.  To be ended even on failure. */
int mls__rfc6979_start(struct mls_rfc6979 *d, const struct mls_curve *c,
    mls_hmac_fn hmac, void *ctx, const uint8_t *secret, const uint8_t *digest);

/* rfc6979_next(nonce, d): a scalar of c->len octets; another one each time, in
 * case one does not serve. */
int mls__rfc6979_next(uint8_t *nonce, struct mls_rfc6979 *d);

void mls__rfc6979_end(struct mls_rfc6979 *d);

#endif
