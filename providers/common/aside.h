/* SPDX-License-Identifier: MIT */
/*
 * aead_open must not write plaintext before the tag has proved genuine.  Over
 * a library that does, it gets other room to write to.
 */
#ifndef MLS_COMMON_ASIDE_H
#define MLS_COMMON_ASIDE_H

#include <stddef.h>
#include <stdint.h>

#include "libmls/provider.h"

/* What there is to open; ct is without its tag, which follows it. */
struct mls_sealed {
	uint16_t aead;
	const uint8_t *key, *nonce;
	struct mls_buf aad, ct;
};

/* Opens into ct.len octets at pt, which may be written to in any case. */
typedef int (*mls_open_fn)(uint8_t *pt, const struct mls_sealed *s);

/* open_aside(pt, open, s): by open, into pt when that has succeeded. */
int mls__open_aside(uint8_t *pt, mls_open_fn open, const struct mls_sealed *s);

#endif
