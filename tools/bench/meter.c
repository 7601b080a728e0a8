/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"

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

/* Now, counted from before or from a reading on. */
static void
take(struct reading *r, const struct world *w, int sign)
{
	unsigned i;

	for (i = 0; i < MLS_COUNT_MAX; i++)
		r->count[i] = mls__counted(w->context->plugins,
		    (enum mls_counter)i) - (sign > 0 ? r->count[i] : 0);
	r->cpu = clock_us(CLOCK_PROCESS_CPUTIME_ID) -
	    (sign > 0 ? r->cpu : 0);
	r->wall = now_us() - (sign > 0 ? r->wall : 0);
}

void
meter_begin(struct meter *m, const struct world *w)
{
	struct reading *v = realloc(m->v, (m->runs + 1) * sizeof(*v));

	if (v == NULL)
		broken("out of memory");
	m->v = v;
	take(&m->v[m->runs], w, -1);
}

void
meter_end(struct meter *m, const struct world *w)
{
	take(&m->v[m->runs++], w, 1);
}

static int
ascending(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double
median(const struct meter *m, size_t offset)
{
	double *v = must_alloc(m->runs, sizeof(*v)), middle;
	size_t i;

	for (i = 0; i < m->runs; i++)
		memcpy(&v[i], (const char *)&m->v[i] + offset, sizeof(*v));
	qsort(v, m->runs, sizeof(*v), ascending);
	middle = m->runs != 0 ? v[m->runs / 2] : 0;
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

void
meter_free(struct meter *m)
{
	free(m->v);
	m->v = NULL;
	m->runs = 0;
}
