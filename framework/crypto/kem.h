/* SPDX-License-Identifier: MIT */
/* The calls of a suite's KEM, with the checks that no provider is left to. */
#ifndef MLS_CRYPTO_KEM_H
#define MLS_CRYPTO_KEM_H

#include "crypto/key.h"
#include "crypto/suite.h"

/* kem_key_form(s, pub): length and form of a recipient's key: CRYPT-02, and
 * HPKE_DH_ZERO for a key that nobody could ever seal to (CRYPT-03). */
int mls__kem_key_form(const struct mls_suite *s, struct mls_buf pub);

/* kem_check_public(s, pub): that, and the provider's judgement. */
int mls__kem_check_public(const struct mls_suite *s, struct mls_buf pub);

/* kem_encap(s, v, n): to n recipients whose keys have the right form, by the
 * batch operation of the provider where it has one.  Each status becomes 0 or
 * an error: HPKE_PUBLIC_KEY_INVALID, HPKE_DH_ZERO, PROVIDER_*. */
void mls__kem_encap(const struct mls_suite *s, struct mls_encap *v, size_t n);

/* kem_decap(shared, s, key, enc): nsecret octets.  KEM_OUTPUT_LENGTH,
 * HPKE_DH_ZERO, HPKE_PUBLIC_KEY_INVALID for an enc that is no point of its
 * curve, PRIVATE_KEY_MISMATCH for a key of another KEM. */
int mls__kem_decap(uint8_t *shared, const struct mls_suite *s,
    const struct mls_privkey *key, struct mls_buf enc);

#endif
