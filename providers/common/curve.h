/* SPDX-License-Identifier: MIT */
/* The orders of the NIST curves, and what follows from them alone. */
#ifndef MLS_COMMON_CURVE_H
#define MLS_COMMON_CURVE_H

#include <stdbool.h>
#include <stdint.h>

#define MLS_CURVE_MAX 66 /* octets of a scalar or coordinate on P-521 */

enum mls_curve_index { MLS_P256, MLS_P384, MLS_P521, MLS_CURVES };

struct mls_curve {
	uint8_t len;      /* octets of a scalar, and of a coordinate */
	uint8_t top_mask; /* bits of a scalar's first octet, RFC 9180 §7.1.3 */
	uint8_t kdf;      /* the hash that goes with it, by KDF id */
	uint8_t order[MLS_CURVE_MAX];
};

extern const struct mls_curve mls__curves[MLS_CURVES];

/* curve_of(id): that of a KEM or signature scheme; NULL: it has none of
 * these. */
const struct mls_curve *mls__curve_of(uint16_t id);

/* curve_scalar_ok(c, k): whether the big-endian k is in 1..n-1; in constant
 * time but for the answer. */
bool mls__curve_scalar_ok(const struct mls_curve *c, const uint8_t *k);

/* curve_reduce(c, k): k, below 2n, becomes k mod n; in constant time. */
void mls__curve_reduce(const struct mls_curve *c, uint8_t *k);

/* curve_make_low(c, s): s, a public number in 1..n-1, becomes n - s if that is
 * the smaller one. */
void mls__curve_make_low(const struct mls_curve *c, uint8_t *s);

#endif
