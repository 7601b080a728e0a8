/* SPDX-License-Identifier: MIT */
/* Many threads at once. */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "conform.h"

#define THREADS 8
#define ITEMS 8 /* pieces of work, of which each thread does each */
#define ROUNDS 12 /* and again, while there is time */
#define SECONDS 1

struct together {
	struct conf *t;
	void (*body)(struct conf *t, void *arg, unsigned i);
	void *arg;
	unsigned i;
	pthread_barrier_t *gate;
	pthread_t thread;
};

static void *
enter(void *arg)
{
	struct together *me = arg;

	pthread_barrier_wait(me->gate);
	me->body(me->t, me->arg, me->i);
	return NULL;
}

void
conf_together(struct conf *t, unsigned n,
    void (*body)(struct conf *t, void *arg, unsigned i), void *arg)
{
	struct together *all = conf_alloc(t, n * sizeof(*all));
	pthread_barrier_t gate;
	unsigned i;

	NEED(t, pthread_barrier_init(&gate, NULL, n) == 0, "no barrier");
	for (i = 0; i < n; i++) {
		all[i] = (struct together){ .t = t, .body = body, .arg = arg,
			.i = i, .gate = &gate };
		NEED(t, pthread_create(&all[i].thread, NULL, enter,
		    &all[i]) == 0, "no thread");
	}
	for (i = 0; i < n; i++)
		pthread_join(all[i].thread, NULL);
	pthread_barrier_destroy(&gate);
}

struct works {
	conf_work work;
	void *arg;
	uint8_t want[ITEMS][256];
};

/* Each thread begins with another piece. */
static void
compare(struct conf *t, void *arg, unsigned thread)
{
	const struct works *w = arg;
	time_t end = time(NULL) + SECONDS;
	uint8_t out[256];
	unsigned i, item;

	for (i = 0; i < ROUNDS * ITEMS; i++) {
		if (i >= ITEMS && time(NULL) > end)
			break;
		item = (i + thread * (ITEMS / THREADS)) % ITEMS;
		memset(out, 0, sizeof(out));
		w->work(t, w->arg, item, out);
		NEED(t, memcmp(out, w->want[item], sizeof(out)) == 0,
		    "with %u threads at once it comes to another result than "
		    "with one", THREADS);
	}
}

void
conf_threads(struct conf *t, conf_work work, void *arg)
{
	struct works *w = conf_alloc(t, sizeof(*w));
	unsigned i;

	if ((t->desc->flags & MLS_PROVIDER_SERIAL) != 0)
		conf_skip(t, "it is serial: one thread at a time");
	w->work = work;
	w->arg = arg;
	for (i = 0; i < ITEMS; i++)
		work(t, arg, i, w->want[i]);
	conf_doing(t, "%u threads at once", THREADS);
	conf_together(t, THREADS, compare, w);
}
