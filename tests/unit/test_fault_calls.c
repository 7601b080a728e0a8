/* SPDX-License-Identifier: MIT */
/*
 * Providers that start well and then break the contract in a call: the call
 * fails and the log says who and how.  Nobody takes their place in the middle
 * of an operation.
 */
#include "faults.h"

#include <signal.h>
#include <sys/wait.h>

TestSuite(fault_calls, .init = set_up, .fini = tear_down);

/* Alone, and with another behind it. */
static void
breaks(const char *fault, int error, const char *line)
{
	static const char *const routes[] = {
		"crypto = bad\nkeystore = memory\n",
		"crypto = bad, good\nkeystore = memory\n" };
	size_t i;
	int rc;

	for (i = 0; i < 2; i++) {
		rc = try_config(config_of("wrong_crypto.so",
		    passes_on("openssl.so", fault), routes[i]));
		cr_expect_eq(rc, error, "%s: %s:%s", fault, mls_strerror(rc),
		    logged);
		if (line != NULL)
			said(line);
	}
}

Test(fault_calls, crypto)
{
	copy_module(FAULTS, "wrong_crypto.so");
	breaks("none", 0, NULL);
	cr_expect_str_eq(logged, "\n");
	breaks("status-late", MLS_E_PROVIDER_CONTRACT, "provider bad broke the "
	    "contract of hmac: -3 is no status of ABI 1");
	breaks("gone-late", MLS_E_PROVIDER_FAILED, NULL);
	breaks("no-key", MLS_E_PROVIDER_CONTRACT, "provider bad broke the "
	    "contract of a new key: it is NULL");
	breaks("public-long", MLS_E_PROVIDER_CONTRACT, "provider bad broke the "
	    "contract of key_public: another length");
	breaks("save-long", MLS_E_PROVIDER_CONTRACT, "provider bad broke the "
	    "contract of key_save: longer than its buffer");
	breaks("save-kind", MLS_E_PROVIDER_CONTRACT, "provider bad broke the "
	    "contract of key_save: neither raw nor a reference");
	breaks("signature-long", MLS_E_PROVIDER_CONTRACT, "provider bad broke "
	    "the contract of sign: longer than its buffer");
	breaks("signature-short", MLS_E_PROVIDER_CONTRACT, "provider bad broke "
	    "the contract of sign: a malformed signature");
}

static void
store_breaks(const char *fault, int error, const char *line)
{
	int rc = try_config(config_of("wrong_memory.so",
	    passes_on("memory.so", fault),
	    "crypto = good\nkeystore = bad, memory\n"));

	cr_expect_eq(rc, error, "%s: %s:%s", fault, mls_strerror(rc), logged);
	if (line != NULL)
		said(line);
}

Test(fault_calls, keystore)
{
	copy_module(FAULTS, "wrong_memory.so");
	store_breaks("none", 0, NULL);
	cr_expect_str_eq(logged, "\n");
	store_breaks("nothing", MLS_E_PROVIDER_CONTRACT, "provider bad broke "
	    "the contract of begin: no transaction");
	store_breaks("absent", MLS_E_PROVIDER_CONTRACT, "provider bad broke "
	    "the contract of get: OK without one record");
	store_breaks("another", MLS_E_PROVIDER_CONTRACT, "provider bad broke "
	    "the contract of get: another record");
	store_breaks("status", MLS_E_PROVIDER_CONTRACT, "provider bad broke "
	    "the contract of put: 77 is no status of ABI 1");
}

/* A store whose scans bring records of others: they would be deleted with the
 * group. */
Test(fault_calls, scan)
{
	const char *config = config_of("wrong_memory.so",
	    passes_on("memory.so", "prefix"),
	    "crypto = good\nkeystore = bad\n");
	mls_context *context;
	mls_client *client;
	mls_group *group;
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;

	copy_module(FAULTS, "wrong_memory.so");
	must(context_of(&context, config));
	must(group_of(&group, &client, context));
	mls_group_close(group);
	/* In the store, and not to be read. */
	o.group_id = text("h");
	must_fail(mls_group_create(&group, client, &o),
	    MLS_E_RELOAD_REQUIRED);
	must_fail(mls_group_delete(client, text("g")),
	    MLS_E_PROVIDER_CONTRACT);
	said("provider bad broke the contract of scan: a record without the "
	    "prefix");
	mls_client_close(client);
	mls_context_free(context);
}

/* Who is to check others must take as much room as they do. */
Test(fault_calls, other_sizes)
{
	copy_module(FAULTS, "wrong_crypto.so");
	cr_expect_eq(try_config(config_of("wrong_crypto.so", made(
	    "%s[mls]\nself-test = never\n", passes_on("openssl.so", "tag")),
	    "crypto = good\nkeystore = memory\nverify-with = bad\n")),
	    MLS_E_PROVIDER_CONTRACT);
	said("options:14: [route] verify-with: nobody can check aead 0x0001 "
	    "of suite 0x0001 (bad announces other sizes than good)");
}

/* An executor that leaves the last index out; hashes of a tree that grows by
 * many leaves, and the signatures of these. */
static int
join_by(const char *fault)
{
	enum { MANY = 70 };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add[MANY] = { { 0 } };
	struct mls_bytes package[MANY], commit = { NULL, 0 };
	struct member a, others[MANY];
	mls_context *context;
	unsigned i;
	int rc;

	must(context_of(&context, config_of("wrong_rest.so",
	    made("x-fault = %s\n", fault), "crypto = good\n"
	    "keystore = memory\nexecutor = bad\n")));
	a = make_member(context, "a");
	make_group(&a, 1, "g");
	for (i = 0; i < MANY; i++) {
		others[i] = make_member(context, made("%u", i));
		package[i] = make_package(&others[i], 1);
		add[i].type = MLS_EFFECT_ADD;
		add[i].key_package = octets(&package[i]);
	}
	o.intents = add;
	o.n_intents = MANY;
	rc = mls_group_commit(&commit, NULL, a.group, &o);
	mls_bytes_free(&commit);
	for (i = 0; i < MANY; i++) {
		mls_bytes_free(&package[i]);
		close_member(&others[i]);
	}
	close_member(&a);
	mls_context_free(context);
	return rc;
}

Test(fault_calls, executor)
{
	copy_module(FAULTS, "wrong_rest.so");
	cr_expect_eq(join_by("none"), 0);
	cr_expect_eq(join_by("skip"), MLS_E_PROVIDER_CONTRACT);
	said("provider bad broke the contract of parallel_for: it did not run "
	    "every index once");
	cr_expect_eq(join_by("half"), MLS_E_PROVIDER_CONTRACT);
	said("provider bad broke the contract of parallel_for: it did not run "
	    "every index once");
}

#ifdef TEST_SQLITE
static mls_context *
crashing(const char *fault)
{
	mls_context *context;

	must(context_of(&context, made("%s[provider sqlite]\nmodule = "
	    "sqlite.so\n", config_of("wrong_crypto.so",
	    passes_on("openssl.so", fault), "crypto = bad, good\n"))));
	return context;
}

/* The process dies in an operation; the store has lost nothing, and the group
 * goes on with a provider that does not. */
Test(fault_calls, crash)
{
	static uint8_t words[2000];
	struct mls_buf message = { words, sizeof(words) };
	mls_context *context = crashing("none");
	mls_client *client = NULL;
	struct member a = { NULL, NULL };
	struct mls_bytes sent;
	int status;
	pid_t pid;

	copy_module(FAULTS, "wrong_crypto.so");
	copy_module(getenv("MLS_TEST_PROVIDERDIR"), "sqlite.so");
	a.client = client_at(context, "a", true);
	make_group(&a, 1, "g");
	close_member(&a);
	mls_context_free(context);
	pid = fork();
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL);
		context = crashing("crash");
		client = client_at(context, "a", false);
		must(mls_group_open(&a.group, client, text("g")));
		must(mls_group_send(&sent, a.group, text("short")));
		mls_group_send(&sent, a.group, message);
		_exit(0);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
	context = crashing("none");
	a.client = client_at(context, "a", false);
	must(mls_group_open(&a.group, a.client, text("g")));
	must(mls_group_send(&sent, a.group, message));
	mls_bytes_free(&sent);
	close_member(&a);
	mls_context_free(context);
}
#endif
