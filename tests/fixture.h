/* SPDX-License-Identifier: MIT */
/* What tests above the crypto layer share: suites by the openssl provider,
 * and numbers that are random but the same each time. */
#ifndef TESTS_FIXTURE_H
#define TESTS_FIXTURE_H

#include "crypto/suite.h"

struct fixture {
	struct mls_plugins *plugins;
	struct mls_crypto *crypto;
	const struct mls_suite *suite;
	uint64_t state; /* of fixture_draw */
};

/* fixture_open(f, number): the module is looked for in
 * $MLS_TEST_PROVIDERDIR; fails the test if that fails. */
void fixture_open(struct fixture *f, uint16_t number);
void fixture_close(struct fixture *f);

/* fixture_draw(f, n): below n. */
uint32_t fixture_draw(struct fixture *f, uint32_t n);
void fixture_fill(struct fixture *f, uint8_t *out, size_t len);

#endif
