/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "heap.h"
#include "tape.h"

static double
clock_us(clockid_t which)
{
	struct timespec t;

	if (clock_gettime(which, &t) != 0)
		broken("no clock");
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

double
now_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

double
cpu_us(void)
{
	return clock_us(CLOCK_PROCESS_CPUTIME_ID);
}

/* The clocks now, counted from before or from a reading on. */
static void
take_clocks(struct reading *r, int sign)
{
	r->wall = now_us() - (sign > 0 ? r->wall : 0);
	r->cpu = cpu_us() - (sign > 0 ? r->cpu : 0);
}

/* The same of what is counted. */
static void
take_counts(struct reading *r, const struct world *w, int sign)
{
	unsigned i;

	for (i = 0; i < MLS_COUNT_MAX; i++)
		r->count[i] = mls__counted(w->context->plugins,
		    (enum mls_counter)i) - (sign > 0 ? r->count[i] : 0);
	r->allocs = heap_calls() - (sign > 0 ? r->allocs : 0);
	r->ranges = gauge_us(w) - (sign > 0 ? r->ranges : 0);
}

void
meter_begin(struct meter *m, struct world *w)
{
	struct reading *v = realloc(m->v, (m->runs + 1) * sizeof(*v));
	const struct mls_suite *s;

	if (v == NULL)
		broken("out of memory");
	m->v = v;
	gauge_watch(w);
	if (m->floor && m->tape == NULL) {
		must(w, mls__crypto_suite(&s, w->context->crypto, w->suite),
		    "the suite");
		m->tape = tape_start(s, m->store);
	}
	take_counts(&m->v[m->runs], w, -1);
	take_clocks(&m->v[m->runs], -1);
}

void
meter_end(struct meter *m, struct world *w)
{
	take_clocks(&m->v[m->runs], 1);
	take_counts(&m->v[m->runs], w, 1);
	if (m->runs++ == 0 && m->tape != NULL)
		tape_stop(m->tape);
}

bool
more(const struct meter *m, size_t most, double since)
{
	return m->runs < (m->floor ? 2 : 1) ||
	    (m->runs < most && now_us() - since < BUDGET_US);
}

static int
ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* The first time is not measured where a tape ran, if there is another. */
static double
median(const struct meter *m, size_t offset)
{
	double *v = must_alloc(m->runs, sizeof(*v)), middle;
	size_t i, n = 0;

	for (i = m->tape != NULL && m->runs > 1; i < m->runs; i++)
		memcpy(&v[n++], (const char *)&m->v[i] + offset, sizeof(*v));
	qsort(v, n, sizeof(*v), ascending);
	middle = n != 0 ? v[n / 2] : 0;
	free(v);
	return middle;
}

double
meter_wall(const struct meter *m)
{
	return median(m, offsetof(struct reading, wall));
}

double
meter_cpu(const struct meter *m)
{
	return median(m, offsetof(struct reading, cpu));
}

double
meter_ranges(const struct meter *m)
{
	return median(m, offsetof(struct reading, ranges));
}

#define PLAYS 15

double
meter_floor(const struct meter *m, bool store)
{
	double v[PLAYS], since = now_us();
	size_t n = 0;

	if (m->tape == NULL)
		return 0;
	tape_keep(m->tape);
	do
		v[n++] = tape_play(m->tape, store);
	while (n < PLAYS && (n < 3 || now_us() - since < BUDGET_US / 3));
	tape_restore(m->tape);
	qsort(v, n, sizeof(*v), ascending);
	return v[n / 2];
}

void
meter_free(struct meter *m)
{
	free(m->v);
	tape_free(m->tape);
	m->v = NULL;
	m->tape = NULL;
	m->runs = 0;
}
