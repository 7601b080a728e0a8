/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"

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

void
world_open(struct world *w)
{
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_policy p = MLS_POLICY_INIT;
	const char *crypto = w->config == NULL ? w->provider : NULL;
	char text[400];

	p.credential = accept_all;
	p.send_framing = MLS_FRAMING_PUBLIC;
	snprintf(text, sizeof(text), "[route]\nkeystore = %s\n%s%s\n%s%s\n",
	    w->keystore, crypto != NULL ? "crypto = " : "",
	    crypto != NULL ? crypto : "",
	    w->executor != NULL ? "executor = " : "",
	    w->executor != NULL ? w->executor : "");
	o.config_file = w->config;
	o.config_text = text;
	o.policy = &p;
	o.log = log_line;
	must(w, mls_context_new(&w->context, &o), "the configuration");
	if (mls_suite_name(w->context, w->suite) == NULL)
		broken("there is no such suite");
}

void
world_file(char *out, size_t size, struct world *w)
{
	const char *tmp = getenv("TMPDIR");

	if (w->dir[0] == '\0') {
		snprintf(w->dir, sizeof(w->dir), "%.40s/mls-bench-XXXXXX",
		    tmp != NULL ? tmp : "/tmp");
		if (mkdtemp(w->dir) == NULL)
			broken("cannot make a temporary folder");
	}
	snprintf(out, size, "%s/%u", w->dir, w->files++);
}

void
world_close(struct world *w)
{
	static const char *const tails[] = { "", "-wal", "-shm", "-journal" };
	char path[128];
	unsigned i, k;

	gauge_end(w);
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
