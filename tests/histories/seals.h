/* SPDX-License-Identifier: MIT */
/*
 * A crypto provider for tests, registered statically as `seals`: the openssl
 * module, with a look at every aead_seal.  No pair of key and nonce may come
 * twice.
 */
#ifndef TESTS_HISTORIES_SEALS_H
#define TESTS_HISTORIES_SEALS_H

#include "world.h"

/* seals_provider(): opens the module. */
const struct mls_provider *seals_provider(void);

/* Whether to look: not while a new context checks known answers. */
extern bool seals_watched;
extern unsigned long seals_seen;

void seals_free(void);

#endif
