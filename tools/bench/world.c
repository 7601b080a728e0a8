/* SPDX-License-Identifier: MIT */
/* Contexts, and a provider whose signatures always hold. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

/*
 * Filling a tree takes a member who joins for every two members, and joining
 * takes a check of every signature.  These members are not what is measured:
 * they check none.
 */
static size_t
trusting_algorithms(void *ctx, const struct mls_alg **list)
{
	static const struct mls_alg algs[] = {
		{ MLS_ROLE_VERIFY, 0x0403, 65, 0, 72, 0, 0, 0, 0 },
		{ MLS_ROLE_VERIFY, 0x0503, 97, 0, 104, 0, 0, 0, 0 },
		{ MLS_ROLE_VERIFY, 0x0603, 133, 0, 139, 0, 0, 0, 0 },
		{ MLS_ROLE_VERIFY, 0x0807, 32, 0, 64, 0, 0, 0, 0 },
		{ MLS_ROLE_VERIFY, 0x0808, 57, 0, 114, 0, 0, 0, 0 },
	};

	(void)ctx;
	*list = algs;
	return sizeof(algs) / sizeof(algs[0]);
}

static int
trusting_verify(void *ctx, uint16_t scheme, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig)
{
	(void)ctx;
	(void)scheme;
	(void)pub;
	(void)msg;
	(void)sig;
	return MLS_P_OK;
}

static int
trusting_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	(void)host;
	(void)params;
	(void)n;
	*ctx = NULL;
	return MLS_P_OK;
}

static void
trusting_fini(void *ctx)
{
	(void)ctx;
}

static const struct mls_crypto_ops trusting_crypto = {
	.size = sizeof(trusting_crypto),
	.algorithms = trusting_algorithms,
	.verify = trusting_verify,
};

static const struct mls_provider trusting = {
	MLS_PROVIDER_HEADER,
	.name = "trusting",
	.version = "1",
	.vendor = "mls-bench",
	.init = trusting_init,
	.fini = trusting_fini,
	.crypto = &trusting_crypto,
};

static int
accept_all(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	(void)where;
	(void)identity;
	(void)previous;
	return 0;
}

void
broken(const char *what)
{
	fprintf(stderr, "mls-bench: %s\n", what);
	exit(1);
}

void
must(const struct world *w, int rc, const char *what)
{
	char cause[400] = "";

	if (rc == 0)
		return;
	if (w->context != NULL)
		mls_context_cause(cause, sizeof(cause), w->context);
	fprintf(stderr, "mls-bench: %s: %s%s%s\n", what, mls_strerror(rc),
	    cause[0] != '\0' ? ": " : "", cause);
	exit(1);
}

void *
must_alloc(size_t n, size_t size)
{
	void *p = calloc(n != 0 ? n : 1, size);

	if (p == NULL)
		broken("out of memory");
	return p;
}

static void
log_line(void *payload, int level, const char *text)
{
	(void)payload;
	if (level <= MLS_LOG_WARNING)
		fprintf(stderr, "mls-bench: %s\n", text);
}

static mls_context *
context(const struct world *w, bool setup)
{
	static const struct mls_provider *const providers[] = { &trusting,
		NULL };
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_policy p = MLS_POLICY_INIT;
	mls_context *c;
	char text[400];

	p.credential = accept_all;
	p.send_framing = MLS_FRAMING_PUBLIC;
	/* A known-answer test would find the trusting one out. */
	snprintf(text, sizeof(text), "%s[route]\nkeystore = %s\n%s%s%s%s",
	    setup ? "[mls]\nself-test = never\n" : "",
	    setup ? "memory" : w->keystore,
	    w->provider != NULL ? "crypto = " : "",
	    w->provider != NULL ? w->provider : "",
	    w->provider != NULL ? "\n" : "",
	    setup ? "verify = trusting\n" : "");
	o.config_text = text;
	o.providers = providers;
	o.policy = &p;
	o.log = log_line;
	must(w, mls_context_new(&c, &o), "the configuration");
	return c;
}

void
world_open(struct world *w)
{
	w->context = context(w, false);
	w->setup = context(w, true);
	if (mls_suite_name(w->context, w->suite) == NULL)
		broken("there is no such suite");
}

void
world_close(struct world *w)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	char path[128];
	unsigned i, k;

	mls_context_free(w->setup);
	mls_context_free(w->context);
	if (w->dir[0] == '\0')
		return;
	for (i = 0; i < w->files; i++) {
		for (k = 0; k < sizeof(tails) / sizeof(tails[0]); k++) {
			snprintf(path, sizeof(path), "%s/%u%s", w->dir, i,
			    tails[k]);
			unlink(path);
		}
	}
	rmdir(w->dir);
}
