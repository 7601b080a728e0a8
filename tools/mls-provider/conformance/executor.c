/* SPDX-License-Identifier: MIT */
/* Tests of executors. */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "conform.h"

static void
loop(struct conf *t, size_t n, size_t grain, mls_range_fn fn, void *arg)
{
	t->desc->executor->parallel_for(t->ctx, n, grain, fn, arg);
}

struct marks {
	size_t n;
	atomic_uint *seen;
	atomic_size_t bad; /* ranges that are none */
};

static void
mark(void *arg, size_t from, size_t to)
{
	struct marks *m = arg;

	if (from >= to || to > m->n) {
		atomic_fetch_add(&m->bad, 1);
		return;
	}
	for (; from < to; from++)
		atomic_fetch_add(&m->seen[from], 1);
}

static void
once_each(struct conf *t, size_t n, size_t grain)
{
	struct marks m = { n, conf_alloc(t, (n + 1) * sizeof(*m.seen)), 0 };
	size_t i;

	conf_doing(t, "a loop of %zu, grain %zu", n, grain);
	loop(t, n, grain, mark, &m);
	NEED(t, m.bad == 0, "a loop of %zu, grain %zu, has a range that is "
	    "empty, or goes too far", n, grain);
	for (i = 0; i < n; i++)
		NEED(t, m.seen[i] == 1, "a loop of %zu, grain %zu, runs "
		    "index %zu %u times", n, grain, i, m.seen[i]);
}

static void
indices(struct conf *t)
{
	static const size_t sizes[] = { 1, 2, 3, 5, 8, 17, 64, 100, 1000,
		4097, 100000 };
	static const size_t grains[] = { 1, 2, 3, 7, 16, 64, 1000, 100000,
		(size_t)-1 };
	size_t i, j, width = t->desc->executor->width(t->ctx);

	NEED(t, width >= 1, "it says that %zu threads work on a loop", width);
	NEED(t, t->desc->executor->width(t->ctx) == width,
	    "its width changes");
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		for (j = 0; j < sizeof(grains) / sizeof(grains[0]); j++)
			once_each(t, sizes[i], grains[j]);
}

static void
nobody(void *arg, size_t from, size_t to)
{
	(void)from;
	(void)to;
	*(bool *)arg = true;
}

static void
empty(struct conf *t)
{
	bool called = false;

	conf_doing(t, "a loop of 0");
	loop(t, 0, 1, nobody, &called);
	loop(t, 0, 100, nobody, &called);
	NEED(t, !called, "a loop of 0 runs something");
}

struct slow {
	uint8_t done[200]; /* plain: the executor orders what is in them */
};

static void
slowly(void *arg, size_t from, size_t to)
{
	const struct timespec pause = { 0, 300000 };
	struct slow *s = arg;

	for (; from < to; from++) {
		nanosleep(&pause, NULL);
		s->done[from] = (uint8_t)(from + 1);
	}
}

static void
blocks(struct conf *t)
{
	struct slow s;
	size_t i, round;

	conf_doing(t, "a loop of slow ranges");
	for (round = 0; round < 5; round++) {
		memset(&s, 0, sizeof(s));
		loop(t, sizeof(s.done), 1, slowly, &s);
		for (i = 0; i < sizeof(s.done); i++)
			NEED(t, s.done[i] == (uint8_t)(i + 1), "it returned "
			    "before index %zu was done", i);
	}
}

struct nest {
	struct conf *t;
	atomic_size_t inner, elsewhere;
	unsigned depth;
	pthread_t self;
	struct nest *above;
};

/* A loop within a loop, three deep, in the thread that began it. */
static void
nested(void *arg, size_t from, size_t to)
{
	struct nest *n = arg, *root = n->above != NULL ? n->above : n;
	struct nest below = { .t = n->t, .depth = n->depth + 1,
		.self = pthread_self(), .above = root };

	if (n->depth > 0 && !pthread_equal(n->self, pthread_self()))
		atomic_fetch_add(&root->elsewhere, 1);
	for (; from < to; from++)
		if (n->depth == 2)
			atomic_fetch_add(&root->inner, 1);
		else
			loop(n->t, 10, 1, nested, &below);
}

static void
nesting(struct conf *t)
{
	struct nest n = { .t = t };

	conf_doing(t, "loops within loops");
	loop(t, 40, 1, nested, &n);
	NEED(t, n.inner == 40 * 100, "loops within loops run %zu of 4000 "
	    "indices", (size_t)n.inner);
	NEED(t, n.elsewhere == 0, "a loop within a loop runs in another "
	    "thread");
}

static void
call(struct conf *t, void *arg, unsigned i)
{
	size_t k;

	(void)arg;
	for (k = 0; k < 30; k++)
		once_each(t, 100 + 37 * i + k, 1 + k % 5);
}

static void
callers(struct conf *t)
{
	if ((t->desc->flags & MLS_PROVIDER_SERIAL) != 0)
		conf_skip(t, "it is serial: one thread at a time");
	conf_together(t, 8, call, NULL);
}

const struct conf_test conf_executor_tests[] = {
	{ "every index once", indices, false },
	{ "a loop of nothing", empty, false },
	{ "it blocks until all is done", blocks, false },
	{ "loops within loops run inline", nesting, false },
	{ "many callers", callers, false },
	{ NULL, NULL, false },
};
