/* SPDX-License-Identifier: MIT */
/*
 * What an HPKE seal costs if one writes it down for one crypto library, with
 * no libmls in between: the yardstick of mls-provider bench.  A module for
 * each library, built with it and never installed, exports mls_bare.
 */
#ifndef MLS_BARE_H
#define MLS_BARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mls_bare {
	bool (*open)(void **state);
	void (*close)(void *state);
	/* One seal of len octets with a fresh ephemeral key and no associated
	 * data; context is RFC 9180's key_schedule_context.  False for a suite
	 * that it does not know. */
	bool (*seal)(void *state, uint16_t suite, const uint8_t *pub,
	    const uint8_t *context, size_t context_len, const uint8_t *pt,
	    size_t len, uint8_t *enc, uint8_t *ct);
};

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif
extern const struct mls_bare mls_bare;
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

/* What seal.c is made of: the library's own functions. */
struct bare_library {
	/* A fresh key pair of X25519 or P-256, and its result with pub. */
	bool (*exchange)(void *state, uint16_t kem, const uint8_t *pub,
	    uint8_t *enc, uint8_t *dh);
	/* HMAC-SHA-256 of two pieces. */
	bool (*hmac)(void *state, const uint8_t *key, size_t key_len,
	    const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len,
	    uint8_t *out);
	bool (*aead)(void *state, uint16_t aead, const uint8_t *key,
	    const uint8_t *nonce, const uint8_t *pt, size_t len, uint8_t *ct);
};

bool bare_seal(const struct bare_library *lib, void *state, uint16_t suite,
    const uint8_t *pub, const uint8_t *context, size_t context_len,
    const uint8_t *pt, size_t len, uint8_t *enc, uint8_t *ct);

#endif
