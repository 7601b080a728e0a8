/* SPDX-License-Identifier: MIT */
/*
 * The forms of public keys and signatures that providers judge differently.
 * They are checked here, before any provider, so that members of one group
 * never disagree (CRYPT-16).  All inputs are public; schemes and KEMs that
 * libmls does not know pass.
 */
#ifndef MLS_CRYPTO_FORMS_H
#define MLS_CRYPTO_FORMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmls/provider.h"

/* form_sign_key(scheme, pub): CRYPT-04: length; uncompressed for NIST curves;
 * for EdDSA canonical, and not of small order.  SIGNATURE_KEY_INVALID. */
int mls__form_sign_key(uint16_t scheme, struct mls_buf pub);

/* form_signature(scheme, sig): CRYPT-05, CRYPT-06.  ECDSA_ or
 * EDDSA_SIGNATURE_MALFORMED. */
int mls__form_signature(uint16_t scheme, struct mls_buf sig);

/* form_kem_key(kem, pub): CRYPT-02: length and, for NIST curves, uncompressed
 * form: HPKE_PUBLIC_KEY_INVALID.  CRYPT-03: HPKE_DH_ZERO for an X25519 or X448
 * point whose shared secret with any key is zero. */
int mls__form_kem_key(uint16_t kem, struct mls_buf pub);

/* form_scalar(role, id): true if private keys are scalars of a NIST curve. */
bool mls__form_scalar(uint16_t role, uint16_t id);

#endif
