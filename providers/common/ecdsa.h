/* SPDX-License-Identifier: MIT */
/* ECDSA signatures as DER: Ecdsa-Sig-Value, RFC 3279 §2.2.3. */
#ifndef MLS_COMMON_ECDSA_H
#define MLS_COMMON_ECDSA_H

#include "common/curve.h"
#include "libmls/provider.h"

/* The longest signature: a header of 3, and two numbers of 2 + 66 octets (the
 * first octet of one on P-521 is at most 0x01, so none is padded). */
#define MLS_ECDSA_MAX 139

/* ecdsa_decode(r, s, c, der): big-endian numbers of c->len octets each.  VERIFY
 * unless der is the one DER form of two numbers in 1..n-1. */
int mls__ecdsa_decode(uint8_t *r, uint8_t *s, const struct mls_curve *c,
    struct mls_buf der);

/* ecdsa_encode(der, *len, c, r, s): *len: capacity in, length out; with the
 * lower one of s and n - s.  SPACE if it does not fit. */
int mls__ecdsa_encode(uint8_t *der, size_t *len, const struct mls_curve *c,
    const uint8_t *r, const uint8_t *s);

#endif
