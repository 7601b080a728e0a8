/* SPDX-License-Identifier: MIT */
/* The table of RFC 9420 §17.1, and names of numbers. */
#ifndef MLS_PLUGIN_SUITES_H
#define MLS_PLUGIN_SUITES_H

#include <stdbool.h>

#include "plugin/plugins.h"

#define MLS_SUITES 7
extern const struct mls_suite_row mls__suites[MLS_SUITES];

/* suite_number(out, text): a number, or the IANA name of one of the seven. */
bool mls__suite_number(uint16_t *out, const char *text);

/* signature_number(out, text): a TLS SignatureScheme by number or name. */
bool mls__signature_number(uint16_t *out, const char *text);

/* suite_id(row, role): the number of the role's algorithm. */
uint16_t mls__suite_id(const struct mls_suite_row *row, uint16_t role);

/* role_name(role): "kem", "aead", "hash", "sign", "verify". */
const char *mls__role_name(uint16_t role);

/* alg_name(role, id): as the registries call it, or NULL. */
const char *mls__alg_name(uint16_t role, uint16_t id);

#endif
