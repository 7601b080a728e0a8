/* SPDX-License-Identifier: MIT */
/* Randomness and an executor with one fault, which the parameter of this name
 * says. */
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "libmls/provider.h"

struct rest {
	char fault[32];
	pthread_mutex_t lock;
	uint64_t state;
};

static bool
fault_is(const struct rest *r, const char *fault)
{
	return strcmp(r->fault, fault) == 0;
}

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	struct rest *r;

	(void)host;
	if (n > 1 || (n == 1 && strcmp(params[0].name, "fault") != 0))
		return MLS_P_ARGUMENT;
	r = calloc(1, sizeof(*r));
	if (r == NULL)
		return MLS_P_NOMEM;
	if (n == 1)
		strncpy(r->fault, params[0].value, sizeof(r->fault) - 1);
	pthread_mutex_init(&r->lock, NULL);
	*ctx = r;
	return MLS_P_OK;
}

static void
fini(void *ctx)
{
	free(ctx);
}

/* The same in each process. */
static void
predict(struct rest *r, uint8_t *out, size_t len)
{
	for (; len > 0; len--) {
		r->state = r->state * 6364136223846793005u +
		    1442695040888963407u;
		*out++ = (uint8_t)(r->state >> 56);
	}
}

static int
fill(void *ctx, uint8_t *out, size_t len)
{
	struct rest *r = ctx;
	size_t done, i;

	for (done = 0; done < len; done += 256)
		if (getentropy(out + done, len - done < 256 ? len - done :
		    256) != 0)
			return MLS_P_IO;
	if (fault_is(r, "constant"))
		memset(out, 7, len);
	if (fault_is(r, "predicted"))
		predict(r, out, len);
	if (fault_is(r, "short") && len > 256)
		memset(out + 256, 0xa5, len - 256);
	for (i = 0; i < len && fault_is(r, "bias"); i++)
		if (i % 16 == 0)
			out[i] &= 0x7f;
	if (fault_is(r, "behind"))
		out[len] = 0;
	return MLS_P_OK;
}

static const struct mls_rng_ops rng = { sizeof(rng), fill };

static size_t
width(void *ctx)
{
	return fault_is(ctx, "width") ? 0 : 2;
}

struct later {
	mls_range_fn fn;
	void *arg;
	size_t n;
};

static void *
run_later(void *arg)
{
	const struct timespec pause = { 0, 20000000 };
	struct later *l = arg;

	nanosleep(&pause, NULL);
	l->fn(l->arg, 0, l->n);
	return NULL;
}

static void *
run_now(void *arg)
{
	struct later *l = arg;

	l->fn(l->arg, 0, l->n);
	return NULL;
}

/* In another thread; waits for it, or does not. */
static void
run_in_thread(struct later *l, bool wait)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, wait ? run_now : run_later, l) != 0)
		abort();
	if (wait)
		pthread_join(thread, NULL);
}

static void
parallel_for(void *ctx, size_t n, size_t grain, mls_range_fn fn, void *arg)
{
	struct rest *r = ctx;
	struct later l = { fn, arg, n }, *kept;

	(void)grain;
	if (n == 0 && !fault_is(r, "empty"))
		return;
	if (fault_is(r, "deadlock"))
		pthread_mutex_lock(&r->lock);
	if (fault_is(r, "early") && n > 10) {
		kept = malloc(sizeof(*kept));
		*kept = l;
		run_in_thread(kept, false);
		return;
	}
	if (fault_is(r, "half") && n > 63 && n % 2 == 0)
		fn(arg, 0, l.n = n / 2);
	if (fault_is(r, "skip") && n > 63)
		fn(arg, 0, n - 1);
	else if (fault_is(r, "elsewhere"))
		run_in_thread(&l, true);
	else
		fn(arg, 0, l.n);
	if (fault_is(r, "twice") && n == 100)
		fn(arg, 99, 100);
	if (fault_is(r, "deadlock"))
		pthread_mutex_unlock(&r->lock);
}

static const struct mls_executor_ops executor = {
	sizeof(executor), width, parallel_for,
};

MLS_PROVIDER(wrong) = {
	MLS_PROVIDER_HEADER,
	.name = "wrong",
	.init = init,
	.fini = fini,
	.rng = &rng,
	.executor = &executor,
};
