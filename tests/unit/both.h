/* SPDX-License-Identifier: MIT */
/* A module under test, and openssl's beside it. */
#ifndef MLS_TEST_BOTH_H
#define MLS_TEST_BOTH_H

#include "openssl.h"

static const struct mls_provider *prov2;
static const struct mls_crypto_ops *ops2;
static void *ctx2;

static inline void
open_both(void)
{
	open_module();
	prov2 = find_module("openssl");
	ops2 = prov2->crypto;
	cr_assert_eq(prov2->init(NULL, NULL, 0, &ctx2), MLS_P_OK);
}

static inline void
close_both(void)
{
	prov2->fini(ctx2);
	close_module();
}

#endif
