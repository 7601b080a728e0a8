/* SPDX-License-Identifier: MIT */
#include "fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

void
fixture_open(struct fixture *f, uint16_t number)
{
	struct mls_plugins_options options = {
		.no_files = true,
		.config_text = "[provider openssl]\n"
		    "module = openssl.so\n"
		    "[route]\n"
		    "crypto = openssl\n",
		.provider_dir = getenv("MLS_TEST_PROVIDERDIR"),
	};

	f->plugins = NULL;
	f->crypto = NULL;
	f->state = 0x9e3779b97f4a7c15u;
	cr_assert_eq(mls__plugins_new(&f->plugins, &options), 0);
	cr_assert_eq(mls__crypto_new(&f->crypto, f->plugins), 0);
	cr_assert_eq(mls__crypto_suite(&f->suite, f->crypto, number), 0);
}

void
fixture_close(struct fixture *f)
{
	mls__crypto_free(f->crypto);
	mls__plugins_free(f->plugins);
}

/* splitmix64 */
static uint64_t
next(struct fixture *f)
{
	uint64_t z = f->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint32_t
fixture_draw(struct fixture *f, uint32_t n)
{
	return (uint32_t)(next(f) >> 32) % n;
}

void
fixture_fill(struct fixture *f, uint8_t *out, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = (uint8_t)next(f);
}
