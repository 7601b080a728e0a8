/* SPDX-License-Identifier: MIT */
/* CPU time inside of the executor's ranges: what more threads could share. */
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "bench.h"
#include "plugin/internal.h"

/* Stands in the place of the executor. */
struct gauge {
	struct mls_instance *inst;
	const struct mls_provider *desc; /* the real one */
	void *ctx;
	struct mls_provider mine;
	struct mls_executor_ops ops;
	_Atomic uint64_t ns;
};

struct loop {
	struct gauge *g;
	mls_range_fn fn;
	void *arg;
};

static uint64_t
thread_ns(void)
{
	struct timespec t;

	if (clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t) != 0)
		broken("no clock");
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void
range(void *arg, size_t from, size_t to)
{
	struct loop *l = arg;
	uint64_t since = thread_ns();

	l->fn(l->arg, from, to);
	atomic_fetch_add(&l->g->ns, thread_ns() - since);
}

static size_t
width(void *ctx)
{
	struct gauge *g = ctx;

	return g->desc->executor->width(g->ctx);
}

static void
parallel_for(void *ctx, size_t n, size_t grain, mls_range_fn fn, void *arg)
{
	struct loop l = { ctx, fn, arg };

	l.g->desc->executor->parallel_for(l.g->ctx, n, grain, range, &l);
}

/* Whoever the executor is; it is routed at its first use. */
void
gauge_watch(struct world *w)
{
	struct mls_instance *inst = w->context->plugins->executor;
	struct gauge *g;

	if (inst == NULL || w->gauge != NULL)
		return;
	g = w->gauge = must_alloc(1, sizeof(*g));
	g->inst = inst;
	g->desc = inst->desc;
	g->ctx = inst->ctx;
	g->mine = *inst->desc;
	g->ops = *inst->desc->executor;
	g->ops.width = width;
	g->ops.parallel_for = parallel_for;
	g->mine.executor = &g->ops;
	inst->desc = &g->mine;
	inst->ctx = g;
}

double
gauge_us(const struct world *w)
{
	return w->gauge != NULL ? (double)atomic_load(&w->gauge->ns) / 1e3 :
	    0;
}

void
gauge_end(struct world *w)
{
	struct gauge *g = w->gauge;

	if (g == NULL)
		return;
	g->inst->desc = g->desc;
	g->inst->ctx = g->ctx;
	free(g);
	w->gauge = NULL;
}
