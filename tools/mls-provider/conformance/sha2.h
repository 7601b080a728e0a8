/* SPDX-License-Identifier: MIT */
/*
 * SHA-2 and HMAC of the tool's own (FIPS 180-4, RFC 2104): what the answers of
 * a provider are compared with at lengths for which nobody has published any,
 * and what a module alone is lent for its pre-hashes.  Plain, not fast.
 */
#ifndef CONFORMANCE_SHA2_H
#define CONFORMANCE_SHA2_H

#include <stddef.h>
#include <stdint.h>

#include "libmls/provider.h"

/* sha2(ctx, kdf, in, n, out), sha2_hmac(...): as the operations of a provider;
 * ctx is not used. */
int sha2(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out);
int sha2_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out);

/* The two as a provider, by the name of `reference`. */
extern const struct mls_provider sha2_provider;

#endif
