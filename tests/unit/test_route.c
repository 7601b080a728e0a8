/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugin/internal.h"
#include "plugin/report.h"
#include "plugin/suites.h"
#include "toy.h"

static struct toy_log logged;
static const struct mls_provider *const statics[] = { &toy, &toy_serial,
	&toy_broken, &toy_future, NULL };

static void
setup(void)
{
	unsetenv("MLS_CONFIG");
	unsetenv("MLS_PROVIDERS_DISABLE");
	unsetenv("MLS_LOG");
	logged.text[0] = '\0';
}

TestSuite(route, .init = setup);

static int
make(struct mls_plugins **out, const char *text)
{
	struct mls_plugins_options o = { .no_files = true,
		.config_text = text, .provider_dir = "/nonexistent",
		.statics = statics, .log = toy_log, .payload = &logged };

	return mls__plugins_new(out, &o);
}

static void
says(const char *text)
{
	cr_expect_not_null(strstr(logged.text, text), "no '%s' in:\n%s", text,
	    logged.text);
}

static const char *
server(struct mls_plugins *p, uint16_t suite, uint16_t role)
{
	struct mls_route route;
	int error = mls__plugins_route(&route, p, mls__plugins_row(p, suite),
	    role);

	if (error == 0)
		cr_expect_eq(route.alg->role, role);
	return error == 0 ? route.inst->name : "(none)";
}

Test(route, suites)
{
	const struct mls_suite_row *const *rows;
	struct mls_plugins *p;

	cr_assert_eq(make(&p, TOY_SUITE), 0);
	cr_assert_eq(mls__plugins_rows(p, &rows), 8);
	cr_expect_eq(rows[6]->number, 7);
	cr_expect_eq(rows[6]->kem, 0x0011);
	cr_expect_eq(rows[7]->number, 0xf042);
	cr_expect_eq(rows[7]->signature, TOY_SIGN);
	cr_expect_str_eq(rows[7]->name, "TOY");
	cr_expect_null(mls__plugins_row(p, 8));
	mls__plugins_free(p);
	cr_expect_eq(make(&p, "[suite 9]\nname = X\n"), MLS_E_CONFIG_UNKNOWN);
	says("options:1: [suite 0x0009] is not a suite of RFC 9420, and its "
	    "row lacks 'kem'");
	cr_expect_eq(make(&p, "[suite 1]\nkem = 0x0010\n"),
	    MLS_E_CONFIG_SYNTAX);
	says("options:2: [suite 0x0001] kem = '0x0010': the row of this suite "
	    "is fixed by RFC 9420");
}

Test(route, by_role_and_suite)
{
	struct mls_plugins *p;

	cr_assert_eq(make(&p, "[route]\ncrypto = broken, toy\n"
	    "hash = toy\nsign = serial-toy\n" TOY_SUITE
	    "[suite 0xF043]\nname = TOY2\nkem = 0xF010\nkdf = 0xF011\n"
	    "aead = 0xF012\nsignature = 0xF013\ncrypto = serial-toy\n"
	    "verify = toy\n"), 0);
	cr_expect_str_eq(server(p, 0xf042, MLS_ROLE_KEM), "toy");
	says("broken: slot 2 has no token; skipping");
	says("options:2: [route] crypto: toy serves kem 0xf010 of suite "
	    "0xf042 in their place (broken: slot 2 has no token)");
	cr_expect_str_eq(server(p, 0xf042, MLS_ROLE_HASH), "toy");
	cr_expect_str_eq(server(p, 0xf042, MLS_ROLE_SIGN), "serial-toy");
	cr_expect_str_eq(server(p, 0xf042, MLS_ROLE_VERIFY), "toy");
	cr_expect_str_eq(server(p, 0xf043, MLS_ROLE_SIGN), "serial-toy");
	cr_expect_str_eq(server(p, 0xf043, MLS_ROLE_AEAD), "serial-toy");
	cr_expect_str_eq(server(p, 0xf043, MLS_ROLE_VERIFY), "toy");
	cr_expect_null(strstr(logged.text, "no hash lent"), "%s", logged.text);
	cr_expect_eq(toy_running, 2);
	mls__plugins_free(p);
	cr_expect_eq(toy_running, 0);
}

Test(route, one_name_is_strict)
{
	struct mls_plugins *p;
	char buf[256];

	cr_assert_eq(make(&p, "[route]\ncrypto = toy\nkem = broken\n"
	    "[suite 0x0001]\ncrypto = evercript, toy\n" TOY_SUITE), 0);
	says("options:5: [suite 0x0001] crypto = 'evercript': no such provider "
	    "(have: toy, serial-toy, broken, future)\n");
	cr_expect_str_eq(server(p, 0xf042, MLS_ROLE_KEM), "(none)");
	says("options:3: [route] kem: no provider serves kem 0xf010 of suite "
	    "0xf042 (broken: slot 2 has no token)");
	cr_expect_not_null(strstr(mls__plugins_cause(p, buf, sizeof(buf)),
	    "no provider serves kem"));
	cr_expect_str_eq(server(p, 1, MLS_ROLE_HASH), "(none)");
	says("(evercript: no such provider; toy: does not offer hash 0x0001)");
	mls__plugins_free(p);
}

/* No [route]: the compiled default, which names none of these. */
Test(route, no_implicit_fallback)
{
	struct mls_plugins *p;

	cr_assert_eq(make(&p, TOY_SUITE), 0);
	cr_expect_str_eq(server(p, 0xf042, MLS_ROLE_KEM), "(none)");
	says("built-in default: [route] crypto: no provider serves kem 0xf010 "
	    "of suite 0xf042 (openssl: no such provider; evercrypt: no "
	    "such provider; awslc: no such provider; gcrypt: no such provider; "
	    "sodium: no such provider)");
	mls__plugins_free(p);
}

/* One of the built-in list is enough, and the others are not missed. */
Test(route, whichever_is_installed)
{
	struct mls_provider sodium = toy;
	const struct mls_provider *const alone[] = { &sodium, NULL };
	struct mls_plugins_options o = { .no_files = true,
		.config_text = TOY_SUITE, .provider_dir = "/nonexistent",
		.statics = alone, .log = toy_log, .payload = &logged };
	struct mls_plugins *p;

	sodium.name = "sodium";
	cr_assert_eq(mls__plugins_new(&p, &o), 0);
	cr_expect_str_eq(server(p, 0xf042, MLS_ROLE_KEM), "sodium");
	cr_expect_str_eq(logged.text, "");
	cr_expect_str_eq(server(p, 1, MLS_ROLE_KEM), "(none)");
	says("(sodium: does not offer kem 0x0020; openssl: no such provider; "
	    "evercrypt: no such provider; awslc: no such provider; "
	    "gcrypt: no such provider)");
	mls__plugins_free(p);
}

/* A keystore that forgets, in place of one that does not. */
Test(route, keystore_in_place)
{
	const char *dir = getenv("MLS_TEST_PROVIDERDIR");
	struct mls_plugins_options o = { .no_files = true,
		.provider_dir = dir != NULL ? dir : PROVIDERS,
		.config_text = "[provider sqlite]\nenabled = no\n",
		.log = toy_log, .payload = &logged };
	struct mls_instance *store, *none;
	struct mls_plugins *p;

	cr_assert_eq(mls__plugins_new(&p, &o), 0);
	cr_assert_eq(mls__plugins_keystore(&store, p, NULL, NULL, 0), 0);
	cr_expect_str_eq(store->name, "memory");
	cr_expect_eq(mls__plugins_keystore(&none, p, "paper", NULL, 0),
	    MLS_E_STORE_MISSING);
	says("paper is neither installed nor in a config file");
	says("built-in default: [route] keystore: memory serves in their place "
	    "(sqlite: disabled by 'enabled = no')");
	mls__instance_close(store);
	mls__plugins_free(p);
}

Test(route, critical_and_static)
{
	struct mls_instance *inst;
	struct mls_plugins *p;

	cr_expect_eq(make(&p, "[mls]\n[provider broken]\ncritical = yes\n"),
	    MLS_E_PROVIDER_CRITICAL);
	cr_expect_str_eq(logged.text, "broken: slot 2 has no token\n"
	    "options:3: broken is critical and failed to start: slot 2 has no "
	    "token\n");
	cr_expect_eq(make(&p, "[provider lost]\n"), MLS_E_CONFIG_SYNTAX);
	says("options:1: [provider lost] lacks 'module'");
	cr_assert_eq(make(&p, "[provider toy]\nx-slot = 2\ncritical = yes\n"),
	    0);
	cr_expect_str_eq(toy_params, "slot=2;");
	cr_expect_eq(mls__plugins_instance(&inst, p, "future"),
	    MLS_E_PROVIDER_ABI);
	says("future: provider ABI 2, this libmls loads 1");
	cr_expect_eq(mls__plugins_instance(&inst, p, "nobody"),
	    MLS_E_PROVIDER_MISSING);
	mls__plugins_free(p);
	cr_assert_eq(make(&p, "[provider system]\nx-device = /dev/random\n"
	    "[provider serial]\nx-width = 2\n"), 0);
	cr_expect_eq(mls__plugins_instance(&inst, p, "system"),
	    MLS_E_PROVIDER_INIT);
	says("system: unknown parameter: device");
	cr_expect_eq(mls__plugins_instance(&inst, p, "serial"),
	    MLS_E_PROVIDER_INIT);
	says("serial: unknown parameter: width");
	mls__plugins_free(p);
}

Test(route, keystore)
{
	static const struct mls_param params[] = { { "slot", "9" },
		{ "path", "/x" } };
	static const struct mls_param busy[] = { { "busy", "1" } };
	struct mls_instance *a, *b;
	struct mls_plugins *p;

	cr_assert_eq(make(&p, "[provider toy]\nx-slot = 2\nx-a = b\n"
	    "[route]\nkeystore = broken, toy\n"), 0);
	cr_assert_eq(mls__plugins_keystore(&a, p, NULL, params, 2), 0);
	cr_expect_str_eq(toy_params, "slot=9;a=b;path=/x;");
	cr_assert_eq(mls__plugins_keystore(&b, p, "toy", NULL, 0), 0);
	cr_expect_str_eq(toy_params, "slot=2;a=b;");
	cr_expect_neq(a, b);
	cr_expect_eq(toy_running, 2);
	mls__instance_close(a);
	mls__instance_close(b);
	cr_expect_eq(toy_running, 0);
	cr_expect_eq(mls__plugins_keystore(&a, p, NULL, busy, 1),
	    MLS_E_STORE_BUSY);
	cr_expect_eq(mls__plugins_keystore(&a, p, "broken", NULL, 0),
	    MLS_E_STORE_MISSING);
	mls__plugins_free(p);
}

static void
touch(void *arg, size_t from, size_t to)
{
	int *hits = arg;

	for (; from < to; from++)
		hits[from]++;
}

Test(route, services)
{
	uint8_t a[200] = { 0 }, b[32];
	struct mls_plugins *p;
	int hits[100] = { 0 };
	size_t i;

	cr_assert_eq(make(&p, NULL), 0);
	cr_expect_eq(mls__plugins_random(p, a, 32), 0);
	cr_expect_eq(mls__plugins_random(p, b, 32), 0);
	cr_expect_arr_neq(a, b, 32);
	mls__plugins_parallel(p, NULL, 100, 3, touch, hits);
	for (i = 0; i < 100; i++)
		cr_expect_eq(hits[i], 1);
	mls__count(p, MLS_COUNT_HASH, 3);
	mls__count(p, MLS_COUNT_HASH, 4);
	cr_expect_eq(mls__counted(p, MLS_COUNT_HASH), 7);
	mls__plugins_free(p);
	cr_assert_eq(make(&p, "[route]\nrng = toy\n"), 0);
	cr_expect_eq(mls__plugins_random(p, a, 32), 0);
	cr_expect_eq(a[31], 7);
	cr_expect_eq(mls__plugins_random(p, a, 200), MLS_E_RNG_FAILURE);
	cr_expect_eq(a[31], 0);
	mls__plugins_free(p);
	cr_assert_eq(make(&p, "[route]\nrng = broken\n"), 0);
	cr_expect_eq(mls__plugins_random(p, a, 32), MLS_E_RNG_FAILURE);
	mls__plugins_free(p);
}

/* An executor that runs whatever ranges it is told. */
static size_t ranges[8][2];

static size_t
told_width(void *ctx)
{
	(void)ctx;
	return 2;
}

static void
run_told(void *ctx, size_t n, size_t grain, mls_range_fn fn, void *arg)
{
	size_t i;

	(void)ctx;
	(void)n;
	(void)grain;
	for (i = 0; i < 8 && ranges[i][1] != 0; i++)
		fn(arg, ranges[i][0], ranges[i][1]);
}

static const struct mls_executor_ops told_ops = { sizeof(told_ops),
	told_width, run_told };
static const struct mls_provider told = {
	MLS_PROVIDER_HEADER,
	.name = "told",
	.init = mls__builtin_init,
	.executor = &told_ops,
};

/* Each index once, in whatever ranges and order; nothing else. */
Test(route, executor)
{
	static const struct mls_provider *const only[] = { &told, NULL };
	static const struct {
		size_t ranges[8][2];
		int rc;
	} loops[] = {
		{ { { 0, 20 } }, 0 },
		{ { { 12, 20 }, { 0, 5 }, { 5, 6 }, { 6, 12 } }, 0 },
		{ { { 0, 0 } }, MLS_E_PROVIDER_CONTRACT },
		{ { { 0, 19 } }, MLS_E_PROVIDER_CONTRACT },
		{ { { 0, 10 }, { 0, 10 } }, MLS_E_PROVIDER_CONTRACT },
		{ { { 0, 4 }, { 4, 8 }, { 4, 8 }, { 12, 16 }, { 16, 20 } },
		    MLS_E_PROVIDER_CONTRACT },
		{ { { 0, 12 }, { 11, 19 } }, MLS_E_PROVIDER_CONTRACT },
		{ { { 0, 20 }, { 0, 20 } }, MLS_E_PROVIDER_CONTRACT },
		{ { { 0, 20 }, { 20, 21 } }, MLS_E_PROVIDER_CONTRACT },
		{ { { 0, 20 }, { 9, 8 } }, MLS_E_PROVIDER_CONTRACT },
	};
	struct mls_plugins_options o = { .no_files = true, .statics = only,
		.config_text = "[route]\nexecutor = told\n", .log = toy_log,
		.payload = &logged };
	struct mls_plugins *p;
	int hits[20];
	size_t i;

	cr_assert_eq(mls__plugins_new(&p, &o), 0);
	for (i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
		memcpy(ranges, loops[i].ranges, sizeof(ranges));
		memset(hits, 0, sizeof(hits));
		cr_expect_eq(mls__plugins_parallel(p, NULL, 20, 4, touch,
		    hits), loops[i].rc, "loop %zu", i);
	}
	says("provider told broke the contract of parallel_for: it did not "
	    "run every index once");
	mls__plugins_free(p);
}

/* LIMIT-16: want of memory passes, and is nothing to warn of. */
Test(route, starving)
{
	struct mls_instance *inst;
	struct mls_plugins *p;
	uint8_t a[32];

	cr_assert_eq(make(&p, "[route]\nrng = toy\n"), 0);
	toy_starving = true;
	cr_expect_eq(mls__plugins_random(p, a, 32), MLS_E_OUT_OF_MEMORY);
	cr_expect_eq(mls__plugins_instance(&inst, p, "toy"),
	    MLS_E_OUT_OF_MEMORY);
	toy_starving = false;
	cr_expect_eq(mls__plugins_random(p, a, 32), 0);
	cr_expect_eq(mls__plugins_instance(&inst, p, "toy"), 0);
	cr_expect_str_eq(logged.text, "");
	mls__plugins_free(p);
}

Test(route, fork)
{
	struct mls_plugins *p;
	int status;
	pid_t pid;

	cr_assert_eq(make(&p, NULL), 0);
	cr_expect_eq(mls__plugins_usable(p), 0);
	pid = fork();
	if (pid == 0)
		_exit(mls__plugins_usable(p) == MLS_E_CONTEXT_FORKED);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	mls__plugins_free(p);
}

/* The seven suites by the openssl module, where it was built. */
Test(route, openssl)
{
	const char *dir = getenv("MLS_TEST_PROVIDERDIR");
	struct mls_plugins_options o = { .no_files = true, .log = toy_log,
		.payload = &logged };
	const struct mls_suite_row *const *rows;
	struct mls_route_report r;
	struct mls_plugins *p;
	size_t n, i;
	uint16_t role;

	o.provider_dir = dir != NULL ? dir : PROVIDERS;
	cr_assert_eq(mls__plugins_new(&p, &o), 0);
	n = mls__candidate(p, "openssl", 7) != NULL ?
	    mls__plugins_rows(p, &rows) : 0;
	for (i = 0; i < n; i++)
		for (role = MLS_ROLE_KEM; role <= MLS_ROLE_VERIFY; role++) {
			cr_assert_eq(mls__report_route(&r, p, rows[i], role),
			    0);
			cr_expect_not_null(r.name, "%s %s: %s", rows[i]->name,
			    mls__role_name(role), r.passed);
		}
	cr_expect_str_eq(logged.text, "");
	mls__plugins_free(p);
}
