/* SPDX-License-Identifier: MIT */
/*
 * One suite by several providers, one module by several sections, suites that
 * are rows of a config; and what a store that was written under one config
 * says under another.
 */
#include "faults.h"

#include "plugin/plugins.h"

static bool have_gcrypt, have_sodium;

static void
set_up_mixed(void)
{
	const char *from = getenv("MLS_TEST_PROVIDERDIR");

	set_up();
	copy_module(from, "sqlite.so");
	copy_module(FAULTS, "opaque.so");
	have_gcrypt = access(made("%s/gcrypt.so", from), R_OK) == 0;
	have_sodium = access(made("%s/sodium.so", from), R_OK) == 0;
	if (have_gcrypt)
		copy_module(from, "gcrypt.so");
	if (have_sodium)
		copy_module(from, "sodium.so");
}

TestSuite(mixed, .init = set_up_mixed, .fini = tear_down);

/* All providers that there are, and more config. */
static const char *
sections(const char *rest)
{
	return made("[provider openssl]\nmodule = openssl.so\n"
	    "[provider gcrypt]\nmodule = gcrypt.so\n"
	    "[provider sodium]\nmodule = sodium.so\n"
	    "[provider memory]\nmodule = memory.so\n"
	    "[provider sqlite]\nmodule = sqlite.so\n%s", rest);
}

static mls_context *
open_with(const char *rest)
{
	mls_context *c;
	int rc = context_of(&c, sections(rest));

	cr_assert_eq(rc, 0, "%s:%s", mls_strerror(rc), logged);
	return c;
}

/* A says something to B, and commits. */
static void
talk(struct member *a, struct member *b)
{
	struct mls_bytes message;

	must(mls_group_send(&message, a->group, text("hello")));
	must(mls_group_receive(b->group, octets(&message), NULL, NULL));
	mls_bytes_free(&message);
	must(mls_group_commit(&message, NULL, a->group, NULL));
	must(mls_group_settle(a->group, 1));
	must(mls_group_receive(b->group, octets(&message), NULL, NULL));
	mls_bytes_free(&message);
	agree(a, b);
}

static void
meet(struct member *a, struct member *b, uint16_t suite)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct mls_bytes package, commit, welcome;

	make_group(a, suite, "g");
	package = make_package(b, suite);
	add.key_package = octets(&package);
	o.intents = &add;
	o.n_intents = 1;
	must(mls_group_commit(&commit, &welcome, a->group, &o));
	must(mls_group_settle(a->group, 1));
	join(b, octets(&welcome));
	mls_bytes_free(&package);
	mls_bytes_free(&commit);
	mls_bytes_free(&welcome);
	talk(a, b);
	talk(b, a);
}

/* Two members, each by a config of its own. */
static void
meet_by(const char *first, const char *second, uint16_t suite)
{
	mls_context *x = open_with(first), *y = open_with(second);
	struct member a = make_member(x, "a"), b = make_member(y, "b");

	meet(&a, &b, suite);
	close_member(&a);
	close_member(&b);
	mls_context_free(x);
	mls_context_free(y);
}

#define PLAIN "[route]\ncrypto = openssl\nkeystore = memory\n"
#define MIX "[route]\nkeystore = memory\nkem = gcrypt\naead = openssl\n" \
	"hash = gcrypt\nsign = openssl\nverify = gcrypt\n"

/* Who serves the roles of suite 1, in their order. */
static void
served_by(const char *rest, const char *want)
{
	struct mls_plugins_options o = { .no_files = true,
		.config_text = sections(rest), .provider_dir = dir };
	struct mls_plugins *p;
	struct mls_route route;
	char got[80] = "";
	uint16_t role;

	cr_assert_eq(mls__plugins_new(&p, &o), 0);
	for (role = MLS_ROLE_KEM; role <= MLS_ROLE_VERIFY; role++) {
		cr_assert_eq(mls__plugins_route(&route, p,
		    mls__plugins_row(p, 1), role), 0);
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s ",
		    route.inst->name);
	}
	cr_expect_str_eq(got, want);
	mls__plugins_free(p);
}

Test(mixed, roles)
{
	if (!have_gcrypt)
		cr_skip("gcrypt was not built");
	served_by(MIX, "gcrypt openssl gcrypt openssl gcrypt ");
	served_by("[suite 1]\nhash = gcrypt\n[route]\ncrypto = openssl\n"
	    "hash = openssl\n", "openssl openssl gcrypt openssl openssl ");
	meet_by(MIX, PLAIN, 1);
	meet_by(PLAIN, MIX, 2);
	if (have_sodium)
		meet_by("[route]\nkeystore = memory\nkem = sodium\n"
		    "aead = gcrypt\nhash = openssl\nsign = sodium\n"
		    "verify = openssl\n", MIX, 3);
}

#define ROW "[suite 0xF0A1]\nname = P384_CHACHA_SHA512_Ed25519\n" \
	"kem = 0x0011\nkdf = 0x0003\naead = 0x0003\nsignature = ed25519\n"

/* A suite that no line of the library knows. */
Test(mixed, private_suite)
{
	meet_by(ROW PLAIN, ROW PLAIN, 0xf0a1);
	if (have_gcrypt)
		meet_by(ROW "crypto = gcrypt, openssl\nsign = openssl\n"
		    PLAIN, ROW "verify = gcrypt\n" PLAIN, 0xf0a1);
	meet_by(PLAIN, ROW PLAIN, 1);
}

static unsigned
files_in(const char *folder)
{
	FILE *f = popen(made("ls '%s/%s' | wc -l", dir, folder), "r");
	unsigned n = 0;

	cr_assert_not_null(f);
	cr_assert_eq(fscanf(f, "%u", &n), 1);
	pclose(f);
	return n;
}

static const char *
token(const char *name, const char *folder)
{
	mkdir(made("%s/%s", dir, folder), 0700);
	return made("[provider %s]\nmodule = opaque.so\n"
	    "x-module = %s/openssl.so\nx-token = %s/%s\n", name, dir, dir,
	    folder);
}

/* One module, two sections: two tokens, each with the keys of one suite. */
Test(mixed, two_of_one_module)
{
	const char *config = made("%s%s[suite 1]\nsign = left\n[suite 3]\n"
	    "sign = right\n[route]\ncrypto = openssl\n", token("left", "l"),
	    token("right", "r"));
	mls_context *context = open_with(config);
	mls_client *client = client_at(context, "a", true);
	struct member m = { client, NULL };

	make_group(&m, 1, "of the left");
	mls_group_close(m.group);
	cr_expect_eq(files_in("l"), 1);
	cr_expect_eq(files_in("r"), 0);
	make_group(&m, 3, "of the right");
	mls_group_close(m.group);
	cr_expect_eq(files_in("l"), 1);
	cr_expect_eq(files_in("r"), 1);
	must(mls_group_open(&m.group, client, text("of the left")));
	close_member(&m);
	mls_context_free(context);
}

/* Two stores, whose paths the config has. */
Test(mixed, two_stores)
{
	mls_context *context = open_with(made("[provider home]\n"
	    "module = sqlite.so\nx-path = %s/home\n[provider work]\n"
	    "module = sqlite.so\nx-path = %s/work\n[route]\n"
	    "crypto = openssl\n", dir, dir));
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	struct member home = { NULL, NULL }, work = { NULL, NULL };
	mls_group *other;

	o.identity = text("a");
	o.keystore = "home";
	must(mls_client_create(&home.client, context, &o));
	o.keystore = "work";
	must(mls_client_create(&work.client, context, &o));
	make_group(&home, 1, "family");
	make_group(&work, 1, "board");
	must_fail(mls_group_open(&other, work.client, text("family")),
	    MLS_E_GROUP_NOT_FOUND);
	cr_expect_eq(access(made("%s/home", dir), F_OK), 0);
	cr_expect_eq(access(made("%s/work", dir), F_OK), 0);
	close_member(&home);
	close_member(&work);
	mls_context_free(context);
}

/* The stores of A and B, once more by other configs. */
static void
go_on(const char *first, const char *second)
{
	mls_context *x = open_with(first), *y = open_with(second);
	struct member a = { client_at(x, "a", false), NULL };
	struct member b = { client_at(y, "b", false), NULL };

	must(mls_group_open(&a.group, a.client, text("g")));
	must(mls_group_open(&b.group, b.client, text("g")));
	talk(&a, &b);
	talk(&b, &a);
	close_member(&a);
	close_member(&b);
	mls_context_free(x);
	mls_context_free(y);
}

static void
begin_with(const char *first, const char *second, uint16_t suite)
{
	mls_context *x = open_with(first), *y = open_with(second);
	struct member a = { client_at(x, "a", true), NULL };
	struct member b = { client_at(y, "b", true), NULL };

	meet(&a, &b, suite);
	close_member(&a);
	close_member(&b);
	mls_context_free(x);
	mls_context_free(y);
}

#define ALL_BY(name) "[route]\ncrypto = " name "\n"

/* Keys that are saved raw are nobody's. */
Test(mixed, raw_keys)
{
	if (!have_gcrypt)
		cr_skip("gcrypt was not built");
	begin_with(ALL_BY("openssl"), ALL_BY("gcrypt"), 2);
	go_on(ALL_BY("gcrypt"), ALL_BY("openssl"));
	go_on(MIX, ALL_BY("gcrypt"));
	go_on(ALL_BY("openssl"), MIX);
}

static void
keep_copy(void)
{
	cr_assert_eq(system(made("cp '%s/a' '%s/copy'", dir, dir)), 0);
}

static void
is_untouched(void)
{
	cr_expect_eq(system(made("cmp '%s/a' '%s/copy'", dir, dir)), 0);
}

/* The group does not open, says why, and stays as it is. */
static void
misses(const char *config, int error, const char *line)
{
	mls_context *context = open_with(config);
	mls_client *client = client_at(context, "a", false);
	mls_group *group;
	char cause[256];

	must_fail(mls_group_open(&group, client, text("g")), error);
	said(line);
	mls_context_cause(cause, sizeof(cause), context);
	cr_expect_str_eq(cause, line);
	mls_client_close(client);
	mls_context_free(context);
	is_untouched();
}

/* Opaque keys belong to the provider that has them. */
Test(mixed, opaque_keys)
{
	const char *hsm = token("hsm", "t");
	const char *with = made("%s[route]\ncrypto = openssl\nsign = hsm\n",
	    hsm);
	const char *beside = made("%s" ALL_BY("openssl"), hsm);

	begin_with(with, ALL_BY("openssl"), 1);
	keep_copy();
	misses(ALL_BY("openssl"), MLS_E_PROVIDER_KEY_OWNER,
	    "a stored key belongs to provider 'hsm', which is not there");
	misses(made("%s[provider hsm]\nenabled = no\n", beside),
	    MLS_E_PROVIDER_KEY_OWNER,
	    "a stored key belongs to provider 'hsm', which is not there");
	cr_assert_eq(system(made("mv '%s/opaque.so' '%s/away.so'", dir, dir)),
	    0);
	misses(beside, MLS_E_PROVIDER_UNLOADABLE, made("hsm: %s/opaque.so: No such file "
	    "or directory", dir));
	cr_assert_eq(system(made("mv '%s/away.so' '%s/opaque.so'", dir, dir)),
	    0);
	/* Its owner is enough; who signs in new groups is another matter. */
	go_on(beside, ALL_BY("openssl"));
	go_on(with, ALL_BY("openssl"));
}
