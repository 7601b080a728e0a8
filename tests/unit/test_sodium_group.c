/* SPDX-License-Identifier: MIT */
/* A group in suite 3 whose cryptography is sodium's alone, and one with a
 * member whose cryptography is openssl's. */
#include "group_fixture.h"

static void
no_warnings(void *payload, int level, const char *line)
{
	(void)payload;
	cr_assert_gt(level, MLS_LOG_WARNING, "%s", line);
}

static mls_context *
context_by(const char *crypto)
{
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_policy policy = MLS_POLICY_INIT;
	mls_context *c;
	char config[160];

	snprintf(config, sizeof(config), "[route]\ncrypto = %s\n"
	    "keystore = memory\n[provider sodium]\nmodule = sodium.so\n",
	    crypto);
	policy.credential = accept_all;
	o.no_files = 1;
	o.provider_dir = getenv("MLS_TEST_PROVIDERDIR");
	o.config_text = config;
	o.policy = &policy;
	o.log = no_warnings;
	must(mls_context_new(&c, &o));
	return c;
}

static void
commit_by(struct member *who, struct member *other,
    const struct mls_commit_options *o)
{
	struct mls_bytes message, welcome = { NULL, 0 };

	must(mls_group_commit(&message, o != NULL ? &welcome : NULL,
	    who->group, o));
	must(mls_group_settle(who->group, 1));
	if (o != NULL)
		join(other, octets(&welcome));
	else
		must(mls_group_receive(other->group, octets(&message), NULL,
		    NULL));
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	agree(who, other);
}

static void
converse(const char *first, const char *second)
{
	mls_context *c[2] = { context_by(first), context_by(second) };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct member a = make_member(c[0], "alice");
	struct member b = make_member(c[1], "bob");
	struct mls_bytes kp = make_package(&b, 3), message;
	int i;

	make_group(&a, 3, "talk");
	add.key_package = octets(&kp);
	o.intents = &add;
	o.n_intents = 1;
	commit_by(&a, &b, &o);
	for (i = 0; i < 5; i++) {
		commit_by(&b, &a, NULL);
		commit_by(&a, &b, NULL);
		must(mls_group_send(&message, b.group, text("hello")));
		must(mls_group_receive(a.group, octets(&message), NULL,
		    NULL));
		mls_bytes_free(&message);
	}
	mls_bytes_free(&kp);
	close_member(&a);
	close_member(&b);
	mls_context_free(c[0]);
	mls_context_free(c[1]);
}

Test(sodium_group, suite_3_by_sodium_alone)
{
	converse("sodium", "sodium");
}

Test(sodium_group, other_suites_are_not_offered)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_context_options co = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_bytes kp;
	struct member m;
	mls_context *c;

	co.no_files = 1;
	co.provider_dir = getenv("MLS_TEST_PROVIDERDIR");
	co.config_text = "[route]\ncrypto = sodium\nkeystore = memory\n"
	    "[provider sodium]\nmodule = sodium.so\n";
	must(mls_context_new(&c, &co));
	m = make_member(c, "alice");
	o.suite = 1;
	cr_expect_neq(mls_key_package_new(&kp, m.client, &o), 0);
	close_member(&m);
	mls_context_free(c);
}

#ifdef TEST_OPENSSL
Test(sodium_group, suite_3_by_sodium_and_openssl)
{
	converse("sodium", "openssl");
	converse("openssl", "sodium");
}
#endif
