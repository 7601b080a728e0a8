/* SPDX-License-Identifier: MIT */
/* HMAC over a provider's bare hash, where that is quicker than the library's
 * own HMAC. */
#ifndef MLS_COMMON_HMAC_H
#define MLS_COMMON_HMAC_H

#include <stdbool.h>

#include "libmls/provider.h"

/* The hash of a prefix, which may be empty, and n pieces. */
typedef bool (*mls_digest_fn)(void *arg, struct mls_buf prefix,
    const struct mls_buf *in, size_t n, uint8_t *out);

/* hmac_by(out, digest, arg, kdf, key, in, n): RFC 2104, with the hash of a KDF
 * id that is known; false if digest failed. */
bool mls__hmac_by(uint8_t *out, mls_digest_fn digest, void *arg, uint16_t kdf,
    struct mls_buf key, const struct mls_buf *in, size_t n);

#endif
