/* SPDX-License-Identifier: MIT */
/*
 * The executor `threads`: loops over a pool of threads.
 *
 * x-width says how many threads work on a loop, the caller's among them; the
 * count of processors if it is not given.  So a pool of width w has w - 1
 * threads of its own, which sleep while there is nothing to do.
 *
 * A loop is a struct on its caller's stack, in a queue while there are indices
 * that nobody took.  Its caller and the pool's threads take range after range;
 * the caller then waits for those that still run.  Nobody ever waits for what
 * has not begun, so that any number of callers get on even if no thread of the
 * pool is free.
 *
 * After a fork, the parent does not notice.  The child has none of the threads
 * and perhaps a lock that nobody will let go: there, every loop runs inline and
 * fini only frees the memory.
 */
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libmls/provider.h"

#define MAX_WIDTH 1024

struct loop {
	struct loop *next;
	mls_range_fn fn;
	void *arg;
	size_t n, grain;
	size_t taken;   /* indices below it are somebody's */
	size_t helpers; /* threads of the pool that are at it */
};

struct pool {
	pid_t pid;
	pthread_mutex_t lock; /* of what follows, and of the loops */
	pthread_cond_t work;  /* the queue has got a loop, or closing is set */
	pthread_cond_t done;  /* a loop has lost its last helper */
	struct loop *first, **end; /* loops with indices to take */
	bool closing;
	/* Not NULL in a thread that runs a range: what it then calls is
	 * nested.  No _Thread_local, for which the C library allocates in
	 * each thread, and ends the process if it cannot. */
	pthread_key_t inside;
	size_t threads;
	pthread_t thread[];
};

/* Takes and runs ranges until none is left; with the lock held, which is open
 * while they run. */
static void
work_on(struct pool *p, struct loop *l)
{
	size_t from, step;
	struct loop **at;

	while (l->taken < l->n) {
		from = l->taken;
		step = l->n - from < l->grain ? l->n - from : l->grain;
		l->taken += step;
		if (l->taken == l->n) {
			for (at = &p->first; *at != l; at = &(*at)->next)
				;
			*at = l->next;
			if (p->end == &l->next)
				p->end = at;
		}
		pthread_mutex_unlock(&p->lock);
		l->fn(l->arg, from, from + step);
		pthread_mutex_lock(&p->lock);
	}
}

static void *
thread_main(void *arg)
{
	struct pool *p = arg;
	struct loop *l;

	/* One that cannot tell that it is inside does not help. */
	if (pthread_setspecific(p->inside, p) != 0)
		return NULL;
	pthread_mutex_lock(&p->lock);
	while (!p->closing) {
		l = p->first;
		if (l == NULL) {
			pthread_cond_wait(&p->work, &p->lock);
			continue;
		}
		l->helpers++;
		work_on(p, l);
		if (--l->helpers == 0)
			pthread_cond_broadcast(&p->done);
	}
	pthread_mutex_unlock(&p->lock);
	return NULL;
}

static size_t
width(void *ctx)
{
	const struct pool *p = ctx;

	return p->threads + 1;
}

/* Wakes as many threads as there are ranges beside the caller's. */
static void
wake(struct pool *p, size_t ranges)
{
	if (ranges > p->threads) {
		pthread_cond_broadcast(&p->work);
		return;
	}
	while (--ranges > 0)
		pthread_cond_signal(&p->work);
}

static void
parallel_for(void *ctx, size_t n, size_t grain, mls_range_fn fn, void *arg)
{
	struct loop l = { NULL, fn, arg, n, grain > 0 ? grain : 1, 0, 0 };
	struct pool *p = ctx;

	if (n == 0)
		return;
	if (n <= l.grain || p->threads == 0 || p->pid != getpid() ||
	    pthread_getspecific(p->inside) != NULL ||
	    pthread_setspecific(p->inside, p) != 0) {
		fn(arg, 0, n);
		return;
	}
	pthread_mutex_lock(&p->lock);
	*p->end = &l;
	p->end = &l.next;
	wake(p, (n - 1) / l.grain + 1);
	work_on(p, &l);
	while (l.helpers > 0)
		pthread_cond_wait(&p->done, &p->lock);
	pthread_mutex_unlock(&p->lock);
	pthread_setspecific(p->inside, NULL);
}

static void
complain(const struct mls_host *host, int level, const char *what,
    const char *which)
{
	char text[160];

	if (host == NULL || !MLS_HAS(host, log))
		return;
	snprintf(text, sizeof(text), "%s: %s", what, which);
	host->log(host->self, level, text);
}

/* A decimal number from 1 to MAX_WIDTH, or 0. */
static size_t
parse_width(const char *s)
{
	size_t v = 0;

	do {
		if (*s < '0' || *s > '9')
			return 0;
		v = 10 * v + (size_t)(*s - '0');
		if (v > MAX_WIDTH)
			return 0;
	} while (*++s != '\0');
	return v;
}

static int
choose_width(size_t *out, const struct mls_host *host,
    const struct mls_param *params, size_t n)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t i;

	*out = cpus < 1 ? 1 : cpus > MAX_WIDTH ? MAX_WIDTH : (size_t)cpus;
	for (i = 0; i < n; i++) {
		if (strcmp(params[i].name, "width") != 0) {
			complain(host, MLS_LOG_ERROR, "unknown parameter",
			    params[i].name);
			return MLS_P_ARGUMENT;
		}
		*out = parse_width(params[i].value);
		if (*out == 0) {
			complain(host, MLS_LOG_ERROR,
			    "width is not a number from 1 to 1024",
			    params[i].value);
			return MLS_P_ARGUMENT;
		}
	}
	return MLS_P_OK;
}

static int
init_locks(struct pool *p)
{
	if (pthread_key_create(&p->inside, NULL) != 0)
		return MLS_P_NOMEM;
	if (pthread_mutex_init(&p->lock, NULL) != 0)
		goto err_key;
	if (pthread_cond_init(&p->work, NULL) != 0)
		goto err_lock;
	if (pthread_cond_init(&p->done, NULL) != 0)
		goto err_work;
	return MLS_P_OK;
err_work:
	pthread_cond_destroy(&p->work);
err_lock:
	pthread_mutex_destroy(&p->lock);
err_key:
	pthread_key_delete(p->inside);
	return MLS_P_NOMEM;
}

/* As many threads as can be had.  Signals are the application's, so that none
 * of its handlers may run in a thread of ours. */
static void
start_threads(struct pool *p, size_t count)
{
	sigset_t all, old;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &old) != 0)
		return;
	for (; p->threads < count; p->threads++)
		if (pthread_create(&p->thread[p->threads], NULL, thread_main,
		    p) != 0)
			break;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	struct pool *p;
	size_t wanted;
	char few[64];
	int rc;

	rc = choose_width(&wanted, host, params, n);
	if (rc != MLS_P_OK)
		return rc;
	p = calloc(1, sizeof(*p) + (wanted - 1) * sizeof(p->thread[0]));
	if (p == NULL)
		return MLS_P_NOMEM;
	rc = init_locks(p);
	if (rc != MLS_P_OK) {
		free(p);
		return rc;
	}
	p->pid = getpid();
	p->end = &p->first;
	start_threads(p, wanted - 1);
	if (p->threads < wanted - 1) {
		snprintf(few, sizeof(few), "%zu of %zu", p->threads + 1,
		    wanted);
		complain(host, MLS_LOG_WARNING, "not every thread could be "
		    "started; the width is", few);
	}
	*ctx = p;
	return MLS_P_OK;
}

static void
fini(void *ctx)
{
	struct pool *p = ctx;
	size_t i;

	if (p == NULL)
		return;
	if (p->pid == getpid()) {
		pthread_mutex_lock(&p->lock);
		p->closing = true;
		pthread_cond_broadcast(&p->work);
		pthread_mutex_unlock(&p->lock);
		for (i = 0; i < p->threads; i++)
			pthread_join(p->thread[i], NULL);
		pthread_cond_destroy(&p->done);
		pthread_cond_destroy(&p->work);
		pthread_mutex_destroy(&p->lock);
	}
	pthread_key_delete(p->inside);
	free(p);
}

static const struct mls_executor_ops ops = {
	.size = sizeof(ops),
	.width = width,
	.parallel_for = parallel_for,
};

MLS_PROVIDER(threads) = {
	MLS_PROVIDER_HEADER,
	.name = "threads",
	.version = PACKAGE_VERSION,
	.vendor = "libmls",
	.init = init,
	.fini = fini,
	.executor = &ops,
};
