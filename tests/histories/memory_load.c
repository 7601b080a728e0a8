/* SPDX-License-Identifier: MIT */
/*
 * The first calls of a program, in which modules are loaded and started.  A
 * process loads a module once, so that each failure has a process of its own.
 */
#include "memory.h"

#include <sys/wait.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#include "heap.h"

/* What a program begins with. */
struct beginning {
	const struct stage *s;
	mls_context *context;
	mls_client *client;
	struct mls_bytes package;
};

static int
begin_context(struct beginning *b)
{
	struct mls_policy policy = MLS_POLICY_INIT;

	return context_try(&b->context, &policy, NULL);
}

static int
begin_client(struct beginning *b)
{
	return client_try(&b->client, b->s, b->context, mls_client_create);
}

static int
begin_package(struct beginning *b)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;

	o.suite = b->s->suite;
	return mls_key_package_new(&b->package, b->client, &o);
}

enum { UNWOUND, ABSORBED, NONE_FAILED };

/* All with the n-th allocation failing; what fails is done again. */
static int
begin(const struct stage *s, unsigned long n)
{
	static int (*const calls[])(struct beginning *) = { begin_context,
		begin_client, begin_package };
	struct beginning b = { .s = s };
	int rc, end = NONE_FAILED;
	bool failed = false;
	unsigned i;

	heap_arm(n);
	for (i = 0; i < 3; i++) {
		rc = calls[i](&b);
		if (rc == 0)
			continue;
		failed = heap_disarm();
		if (rc != MLS_E_OUT_OF_MEMORY || !failed)
			die(__FILE__, __LINE__, "call %u: %s", i,
			    error_name(rc));
		end = UNWOUND;
		must(calls[i](&b));
	}
	if (heap_disarm() && end != UNWOUND)
		end = ABSORBED;
	mls_bytes_free(&b.package);
	mls_client_close(b.client);
	mls_context_free(b.context);
	return end;
}

static int
begin_apart(struct stage *s, unsigned long n)
{
	int status;
	pid_t pid;

	if (s->o->store == STORE_SQLITE)
		folder_new(s->folder, sizeof(s->folder));
	fflush(stdout);
	pid = fork();
	check(pid >= 0);
	if (pid == 0)
		_exit(begin(s, n));
	check(waitpid(pid, &status, 0) == pid);
	if (s->o->store == STORE_SQLITE)
		folder_remove(s->folder);
	check(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* What libcrypto does once in a process and cannot, for want of memory, it
 * never does again there: so it is done before. */
static void
start_libcrypto(void)
{
	OSSL_LIB_CTX *lib = OSSL_LIB_CTX_new();
	EVP_MD *md = EVP_MD_fetch(lib, "SHA2-256", NULL);

	check(lib != NULL && md != NULL && ERR_set_mark() >= 0);
	ERR_clear_error();
	EVP_MD_free(md);
	OSSL_LIB_CTX_free(lib);
}

void
load_play(struct stage *s)
{
	unsigned long n, counts[3] = { 0, 0, 0 };
	int end = UNWOUND;

	start_libcrypto();
	place.doing = "loading";
	for (n = 1; end != NONE_FAILED; n += s->o->stride) {
		place.step = n;
		end = begin_apart(s, n);
		check(end >= UNWOUND && end <= NONE_FAILED);
		counts[end]++;
	}
	printf("suite %u: loading: %lu failed and unwound, %lu succeeded all "
	    "the same\n", s->suite, counts[UNWOUND], counts[ABSORBED]);
}
