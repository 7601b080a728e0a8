/* SPDX-License-Identifier: MIT */
/*
 * Modules that fail when they are opened, started or tried out.  In a list of
 * two the next serves, and a warning says why; a list of one fails with the
 * error of the table.
 */
#include "faults.h"

TestSuite(faults, .init = set_up, .fini = tear_down);

/* A fault in the role that asks first, unless another is named. */
struct fault {
	const char *module, *settings;
	const char *reason;
	int error;
	const char *role; /* as the log calls it, or NULL */
};

/* In a list of two. */
static void
next_serves(const struct fault *f)
{
	const char *config = config_of(f->module, f->settings,
	    "crypto = bad, good\nkeystore = memory\n");
	const char *role = f->role != NULL ? f->role : "kem 0x0020";

	cr_expect_eq(try_config(config), 0, "%s:%s", f->module, logged);
	said(made("options:%u: [route] crypto: good serves %s of suite 0x0001 "
	    "in their place (bad: %s)", lines_of(config) - 1, role,
	    f->reason));
}

static void
one_is_strict(const struct fault *f)
{
	const char *config = config_of(f->module, f->settings,
	    "crypto = bad\nkeystore = memory\n");
	const char *role = f->role != NULL ? f->role : "kem 0x0020";
	int rc = try_config(config);

	cr_expect_eq(rc, f->error, "%s: %s", f->module, mls_strerror(rc));
	said(made("options:%u: [route] crypto: no provider serves %s of suite "
	    "0x0001 (bad: %s)", lines_of(config) - 1, role, f->reason));
}

/* A module that is not opened, or not started. */
static void
refused(const struct fault *f)
{
	next_serves(f);
	said(made("options:2: %s: %s; skipping", f->module, f->reason));
	one_is_strict(f);
	said(made("options:2: %s: %s; skipping", f->module, f->reason));
}

Test(faults, descriptors)
{
	const char *sizes = made("descriptor of %zu octets, ABI 1 has %zu",
	    sizeof(struct mls_provider) - 8, sizeof(struct mls_provider));
	const struct fault faults[] = {
		{ "fault_magic.so", "", "wrong magic number; not a provider "
		    "of libmls", MLS_E_PROVIDER_CONTRACT, NULL },
		{ "fault_abi.so", "", "provider ABI 2, this libmls loads 1",
		    MLS_E_PROVIDER_ABI, NULL },
		{ "fault_short.so", "", sizes, MLS_E_PROVIDER_ABI, NULL },
		{ "fault_table.so", "", "crypto lacks 'algorithms'",
		    MLS_E_PROVIDER_CONTRACT, NULL },
		{ "fault_reserved.so", "", "a reserved field is not zero",
		    MLS_E_PROVIDER_CONTRACT, NULL },
		{ "fault_symbol.so", "", "no symbol mls_provider_1; not a "
		    "provider of ABI 1", MLS_E_PROVIDER_ABI, NULL },
		{ "fault_undefined.so", "", "cannot be opened: undefined "
		    "symbol: mls_faulty_nowhere", MLS_E_PROVIDER_UNLOADABLE,
		    NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		copy_module(FAULTS, faults[i].module);
		refused(&faults[i]);
	}
}

Test(faults, starts)
{
	const struct fault faults[] = {
		{ "fault_init.so", "", "the token is on holiday",
		    MLS_E_PROVIDER_INIT, NULL },
		{ "fault_status.so", "", "77 is no status of ABI 1",
		    MLS_E_PROVIDER_INIT, NULL },
		{ "fault_test.so", "[mls]\nself-test = always\n",
		    "its self-test failed: input or output failed",
		    MLS_E_PROVIDER_KNOWN_ANSWER, NULL },
		{ "fault_missing.so", "", "hash 0x0001: the operation hmac is "
		    "missing", MLS_E_PROVIDER_CONTRACT, NULL },
		{ "fault_sizes.so", "", "hash 0x0001: a hash of 200 octets is "
		    "impossible", MLS_E_PROVIDER_CONTRACT, NULL },
		{ "fault_list.so", "", "it lists 2 algorithms, and gives no "
		    "list", MLS_E_PROVIDER_CONTRACT, NULL },
	};
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		copy_module(FAULTS, faults[i].module);
		refused(&faults[i]);
	}
}

static bool
access_as_now(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/* As root of a file that only its owner may read: as somebody else. */
static void
unreadable(const struct fault *f)
{
	uid_t user = geteuid();

	cr_assert(user != 0 || seteuid(65534) == 0);
	/* Who may not even come to the folder sees nothing there. */
	if (access_as_now(made("%s/memory.so", dir))) {
		next_serves(f);
		said(made("options:2: %s: %s; skipping", f->module,
		    f->reason));
		one_is_strict(f);
	}
	cr_assert(user != 0 || seteuid(0) == 0);
}

Test(faults, files)
{
	struct fault f = { "fault_answer.so", "", NULL,
		MLS_E_PROVIDER_UNLOADABLE, NULL };

	f.reason = made("%s/fault_answer.so: No such file or directory", dir);
	refused(&f);
	cr_assert_eq(system(made("echo text >'%s/fault_answer.so'", dir)), 0);
	f.reason = "cannot be opened: file too short";
	refused(&f);
	cr_assert_eq(system(made("yes text | head -c 4096 >"
	    "'%s/fault_answer.so'", dir)), 0);
	f.reason = "cannot be opened: invalid ELF header";
	refused(&f);
	chmod(made("%s/fault_answer.so", dir), 0);
	f.reason = "cannot be opened: cannot open shared object file: "
	    "Permission denied";
	unreadable(&f);
}

Test(faults, trust)
{
	struct fault f = { "fault_answer.so", "", NULL,
		MLS_E_PROVIDER_UNTRUSTED, NULL };

	copy_module(FAULTS, "fault_answer.so");
	chmod(made("%s/fault_answer.so", dir), 0775);
	f.reason = made("the file %s/fault_answer.so is writable by its group "
	    "(mode 0775); run chmod go-w on it", dir);
	refused(&f);
	chmod(made("%s/fault_answer.so", dir), 0757);
	f.reason = made("the file %s/fault_answer.so is writable by others "
	    "(mode 0757); run chmod go-w on it", dir);
	refused(&f);
}

/* The folder of all modules: nobody serves then. */
Test(faults, folder)
{
	struct fault f = { "fault_answer.so", "", NULL,
		MLS_E_PROVIDER_UNTRUSTED, NULL };

	copy_module(FAULTS, "fault_answer.so");
	chmod(dir, 0777);
	cr_expect_eq(try_config(config_of("memory.so", "",
	    "keystore = memory\n")), MLS_E_PROVIDER_UNTRUSTED);
	chmod(dir, 0755);
	cr_assert_eq(system(made("mkdir -m 0777 '%s/open' && cp "
	    "'%s/fault_answer.so' '%s/open'", dir, dir, dir)), 0);
	f.module = made("%s/open/fault_answer.so", dir);
	f.reason = made("the folder %s/open is writable by others (mode 0777); "
	    "run chmod go-w on it", dir);
	refused(&f);
}

/* Modules that start, and fail when they are tried out; other roles stay
 * theirs. */
static void
tried(const char *fault, const char *role, const char *name,
    const char *reason)
{
	struct fault f = { .module = "wrong_crypto.so", .role = role,
		.settings = passes_on("openssl.so", fault), .error =
		MLS_E_PROVIDER_KNOWN_ANSWER };
	const char *line = made("bad: %s (%s) failed its known-answer test: "
	    "%s; skipping", role, name, reason);

	f.reason = made("known-answer test of %s: %s", role, reason);
	next_serves(&f);
	said(line);
	one_is_strict(&f);
	said(line);
}

Test(faults, answers)
{
	copy_module(FAULTS, "wrong_crypto.so");
	tried("answer", "hash 0x0001", "SHA-256", "wrong hash");
	tried("status", "hash 0x0001", "SHA-256",
	    "wrong hash: 77 is no status of ABI 1");
	tried("tag", "aead 0x0001", "AES-128-GCM",
	    "it announces wrong sizes");
}

/* Asked again, as strangers can make us, it answers the same without a word. */
Test(faults, remembered)
{
	mls_context *context;
	mls_client *client;
	mls_group *group;
	size_t before;

	copy_module(FAULTS, "fault_init.so");
	must(context_of(&context, config_of("fault_init.so", "",
	    "crypto = bad\nkeystore = memory\n")));
	must_fail(group_of(&group, &client, context), MLS_E_PROVIDER_INIT);
	before = strlen(logged);
	must_fail(mls_group_create(&group, client, NULL),
	    MLS_E_PROVIDER_INIT);
	cr_expect_eq(strlen(logged), before, "%s", logged + before);
	mls_client_close(client);
	mls_context_free(context);
}

/* Whoever is not asked is not missed; who is critical is. */
Test(faults, critical)
{
	copy_module(FAULTS, "fault_init.so");
	cr_expect_eq(try_config(config_of("fault_init.so", "",
	    "crypto = good\nkeystore = memory\n")), 0);
	cr_expect_str_eq(logged, "\n");
	cr_expect_eq(try_config(config_of("fault_init.so", "critical = yes\n",
	    "crypto = good\nkeystore = memory\n")), MLS_E_PROVIDER_CRITICAL);
	said("options:3: bad is critical and failed to start: the token is on "
	    "holiday");
	setenv("MLS_PROVIDERS_DISABLE", "b*", 1);
	cr_expect_eq(try_config(config_of("fault_init.so", "critical = yes\n",
	    "crypto = good\nkeystore = memory\n")), 0);
	cr_expect_eq(try_config(config_of("fault_init.so", "",
	    "crypto = bad\nkeystore = memory\n")),
	    MLS_E_UNSUPPORTED_CIPHER_SUITE);
	said("options:8: [route] crypto: no provider serves kem 0x0020 of "
	    "suite 0x0001 (bad: masked by MLS_PROVIDERS_DISABLE)");
}

/* The other lists of [route]. */
Test(faults, services)
{
	copy_module(FAULTS, "fault_magic.so");
	cr_expect_eq(try_config(config_of("fault_magic.so", "",
	    "crypto = good\nkeystore = bad, memory\nrng = bad, system\n")), 0);
	said("options:9: [route] keystore: memory serves in their place (bad: "
	    "wrong magic number; not a provider of libmls)");
	said("options:10: [route] rng: system serves in their place (bad: "
	    "wrong magic number; not a provider of libmls)");
	cr_expect_eq(try_config(config_of("fault_magic.so", "",
	    "crypto = good\nkeystore = bad\n")), MLS_E_PROVIDER_CONTRACT);
	said("options:9: [route] keystore: no provider (bad: wrong magic "
	    "number; not a provider of libmls)");
	cr_expect_eq(try_config(config_of("fault_magic.so", "",
	    "crypto = good\nkeystore = memory\nrng = bad\n")),
	    MLS_E_RNG_FAILURE);
	said("options:10: [route] rng: no provider (bad: wrong magic number; "
	    "not a provider of libmls)");
}
