/* SPDX-License-Identifier: MIT */
/* Members of a group for the tests of the group layer: each a client with a
 * memory keystore of its own, all in one context. */
#ifndef TESTS_GROUP_FIXTURE_H
#define TESTS_GROUP_FIXTURE_H

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmls/mls.h"

#define NO_OCTETS ((struct mls_buf){ NULL, 0 })

#define must(call) do { \
	int rc_ = (call); \
	cr_assert_eq(rc_, 0, "%s: %s", #call, mls_strerror(rc_)); \
} while (0)

#define must_fail(call, error) do { \
	int rc_ = (call); \
	const struct mls_error_info *e_ = mls_error_info(rc_); \
	cr_assert_eq(rc_, error, "%s: %s, not " #error, #call, \
	    rc_ == 0 ? "success" : e_ != NULL ? e_->name : "?"); \
} while (0)

static inline struct mls_buf
text(const char *s)
{
	struct mls_buf b = { (const uint8_t *)s, strlen(s) };

	return b;
}

static inline struct mls_buf
octets(const struct mls_bytes *b)
{
	struct mls_buf v = { b->data, b->len };

	return v;
}

static inline int
accept_all(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	(void)where;
	(void)identity;
	(void)previous;
	return 0;
}

/* The provider that the tests run by: the program's, or the caller's. */
static inline const char *
test_crypto(void)
{
#ifdef TEST_CRYPTO
	return TEST_CRYPTO;
#else
	const char *name = getenv("MLS_TEST_CRYPTO");

	return name != NULL ? name : "openssl";
#endif
}

static inline mls_context *
open_context(const struct mls_policy *policy)
{
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_policy p = MLS_POLICY_INIT;
	char config[256];
	mls_context *c;

	if (policy != NULL)
		p = *policy;
	if (p.credential == NULL)
		p.credential = accept_all;
	o.no_files = 1;
	o.provider_dir = getenv("MLS_TEST_PROVIDERDIR");
	snprintf(config, sizeof(config), "[provider %s]\nmodule = %s.so\n"
	    "[route]\ncrypto = %s\nkeystore = memory\n", test_crypto(),
	    test_crypto(), test_crypto());
	o.config_text = config;
	o.policy = &p;
	must(mls_context_new(&c, &o));
	return c;
}

struct member {
	mls_client *client;
	mls_group *group;
};

static inline struct member
make_member(mls_context *context, const char *name)
{
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	struct member m = { NULL, NULL };

	o.identity = text(name);
	must(mls_client_create(&m.client, context, &o));
	return m;
}

static inline void
close_member(struct member *m)
{
	mls_group_close(m->group);
	mls_client_close(m->client);
	m->group = NULL;
	m->client = NULL;
}

static inline struct mls_bytes
make_package(struct member *m, uint16_t suite)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_bytes b;

	o.suite = suite;
	must(mls_key_package_new(&b, m->client, &o));
	return b;
}

static inline void
make_group(struct member *m, uint16_t suite, const char *id)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;

	o.suite = suite;
	o.group_id = text(id);
	must(mls_group_create(&m->group, m->client, &o));
}

static inline void
join(struct member *m, struct mls_buf welcome)
{
	mls_change *c;

	must(mls_group_join(&c, m->client, welcome, NO_OCTETS));
	must(mls_change_apply(c));
	must(mls_change_group(&m->group, c));
	mls_change_drop(c);
}

static inline struct mls_group_info_view
info(const struct member *m)
{
	struct mls_group_info_view v = MLS_GROUP_INFO_VIEW_INIT;

	must(mls_group_info(&v, m->group));
	return v;
}

static inline void
agree(const struct member *a, const struct member *b)
{
	struct mls_group_info_view x = info(a), y = info(b);
	uint8_t ex[32], ey[32];

	cr_assert_eq(x.epoch, y.epoch);
	cr_assert_eq(x.tree_hash.len, y.tree_hash.len);
	cr_assert(memcmp(x.tree_hash.data, y.tree_hash.data,
	    x.tree_hash.len) == 0, "tree hashes differ");
	cr_assert(memcmp(x.authenticator.data, y.authenticator.data,
	    x.authenticator.len) == 0, "authenticators differ");
	must(mls_group_export(ex, 32, a->group, "test", text("agree")));
	must(mls_group_export(ey, 32, b->group, "test", text("agree")));
	cr_assert(memcmp(ex, ey, 32) == 0, "exported secrets differ");
}

#endif
