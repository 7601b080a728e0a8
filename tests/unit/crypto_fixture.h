/* SPDX-License-Identifier: MIT */
/* What the tests of framework/crypto share: suites of the openssl provider,
 * hexadecimal text, and copies of a suite with one operation replaced. */
#ifndef TESTS_CRYPTO_FIXTURE_H
#define TESTS_CRYPTO_FIXTURE_H

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "crypto/suite.h"

static struct mls_plugins *plugins;
static struct mls_crypto *crypto;

static inline void
set_up(void)
{
	struct mls_plugins_options options = {
		.no_files = true,
		.config_text = "[provider openssl]\n"
		    "module = openssl.so\n"
		    "[route]\n"
		    "crypto = openssl\n",
		.provider_dir = getenv("MLS_TEST_PROVIDERDIR"),
	};

	cr_assert_eq(mls__plugins_new(&plugins, &options), 0);
	cr_assert_eq(mls__crypto_new(&crypto, plugins), 0);
}

static inline void
tear_down(void)
{
	mls__crypto_free(crypto);
	mls__plugins_free(plugins);
}

static inline const struct mls_suite *
suite(uint16_t number)
{
	const struct mls_suite *s = NULL;

	cr_assert_eq(mls__crypto_suite(&s, crypto, number), 0);
	return s;
}

struct bytes {
	uint8_t data[1024];
	size_t len;
};

static inline struct bytes
hex(const char *text)
{
	struct bytes b = { .len = strlen(text) / 2 };
	char octet[3] = "";
	size_t i;

	cr_assert_leq(b.len, sizeof(b.data));
	for (i = 0; i < b.len; i++) {
		memcpy(octet, text + 2 * i, 2);
		b.data[i] = (uint8_t)strtoul(octet, NULL, 16);
	}
	return b;
}

#define BUF(b) mls__buf((b).data, (b).len)
#define TEXT(t) mls__buf_str(t)
#define EXPECT(p, b) \
	cr_assert_arr_eq((p), (b).data, (b).len)

/* A suite whose provider of one role lacks or has other operations. */
struct changed {
	struct mls_suite suite;
	struct mls_instance inst;
	struct mls_provider desc;
	struct mls_crypto_ops ops;
};

static inline void
change(struct changed *c, const struct mls_suite *s, const struct mls_route *of)
{
	const char *base = (const char *)s;
	struct mls_route *route;

	c->suite = *s;
	c->inst = *of->inst;
	c->desc = *of->inst->desc;
	memset(&c->ops, 0, sizeof(c->ops));
	memcpy(&c->ops, c->desc.crypto, c->desc.crypto->size <
	    sizeof(c->ops) ? c->desc.crypto->size : sizeof(c->ops));
	c->ops.size = sizeof(c->ops);
	c->desc.crypto = &c->ops;
	c->inst.desc = &c->desc;
	route = (struct mls_route *)(void *)((char *)&c->suite +
	    ((const char *)of - base));
	route->inst = &c->inst;
}

#endif
