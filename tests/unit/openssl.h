/* SPDX-License-Identifier: MIT */
/* The openssl provider, or the one that TEST_MODULE names, opened as a module
 * for test programs that hold for either. */
#ifndef MLS_TEST_OPENSSL_H
#define MLS_TEST_OPENSSL_H

#include <criterion/criterion.h>

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmls/provider.h"

#ifndef TEST_MODULE
#define TEST_MODULE "openssl"
#endif

static const struct mls_provider *prov;
static const struct mls_crypto_ops *ops;
static void *ctx;

/* Octets from hexadecimal, and as text. */
struct octets {
	size_t len;
	uint8_t data[320];
};

static inline struct octets
hex(const char *text)
{
	struct octets o = { 0 };
	unsigned v;

	for (; text[0] != '\0'; text += 2) {
		cr_assert_eq(sscanf(text, "%2x", &v), 1);
		cr_assert_lt(o.len, sizeof(o.data));
		o.data[o.len++] = (uint8_t)v;
	}
	return o;
}

static inline struct mls_buf
buf(const void *data, size_t len)
{
	struct mls_buf b = { data, len };

	return b;
}

#define BUF(o) buf((o).data, (o).len)
#define STR(s) buf(s, strlen(s))

static inline void
expect(const uint8_t *got, const char *want)
{
	struct octets o = hex(want);

	cr_expect_arr_eq(got, o.data, o.len, "want %.16s...", want);
}

static inline const struct mls_provider *
find_module(const char *name)
{
	const char *dir = getenv("MLS_TEST_PROVIDERDIR");
	const struct mls_provider *found;
	char path[4096];
	void *dl;

	snprintf(path, sizeof(path), "%s/%s.so", dir != NULL ? dir : ".",
	    name);
	dl = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	cr_assert_not_null(dl, "%s", dlerror());
	found = dlsym(dl, "mls_provider_1");
	cr_assert_not_null(found);
	return found;
}

static inline void
open_module(void)
{
	prov = find_module(TEST_MODULE);
	ops = prov->crypto;
	cr_assert_eq(prov->init(NULL, NULL, 0, &ctx), MLS_P_OK);
}

static inline void
close_module(void)
{
	prov->fini(ctx);
}

static inline struct mls_key *
import(uint16_t role, uint16_t id, const char *secret)
{
	struct octets o = hex(secret);
	struct mls_key *key = NULL;

	cr_assert_eq(ops->key_import(ctx, role, id, BUF(o), &key), MLS_P_OK);
	return key;
}

static inline struct octets
public_of(const struct mls_key *key)
{
	struct octets o = { sizeof(o.data), { 0 } };

	cr_assert_eq(ops->key_public(ctx, key, o.data, &o.len), MLS_P_OK);
	return o;
}

/* The row of an algorithm, or NULL. */
static inline const struct mls_alg *
offered(uint16_t role, uint16_t id)
{
	const struct mls_alg *list;
	size_t n = ops->algorithms(ctx, &list);

	for (; n > 0; n--, list++)
		if (list->role == role && list->id == id)
			return list;
	return NULL;
}

static inline const struct mls_alg *
alg(uint16_t role, uint16_t id)
{
	const struct mls_alg *row = offered(role, id);

	cr_assert_not_null(row, "%u 0x%04x is not offered", role, id);
	return row;
}

/* A key of any kind, by its number. */
static inline struct mls_key *
some_key(uint16_t role, uint16_t id, uint8_t seed)
{
	uint8_t secret[66];
	struct mls_key *key = NULL;

	memset(secret, seed, sizeof(secret));
	secret[0] = 0;
	cr_assert_eq(ops->key_import(ctx, role, id, buf(secret,
	    alg(role, id)->secret_len), &key), MLS_P_OK);
	return key;
}

#endif
