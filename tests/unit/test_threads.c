/* SPDX-License-Identifier: MIT */
/* The executor `threads`: its contract. */
#include <criterion/criterion.h>

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libmls/provider.h"

#define MANY 5000

static const struct mls_provider *prov;
static const struct mls_executor_ops *ops;
static void *ctx;

static void *
start(const char *width)
{
	const struct mls_param p = { "width", width };
	void *c = NULL;

	cr_assert_eq(prov->init(NULL, &p, 1, &c), MLS_P_OK);
	cr_assert_not_null(c);
	return c;
}

static void
setup(void)
{
	const char *dir = getenv("MLS_TEST_PROVIDERDIR");
	char path[4096];
	void *dl;

	snprintf(path, sizeof(path), "%s/threads.so", dir != NULL ? dir : ".");
	dl = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	cr_assert_not_null(dl, "%s", dlerror());
	prov = dlsym(dl, "mls_provider_1");
	cr_assert_not_null(prov);
	ops = prov->executor;
	ctx = start("4");
}

static void
teardown(void)
{
	prov->fini(ctx);
}

TestSuite(threads, .init = setup, .fini = teardown, .timeout = 60);

static int
init_with(const char *name, const char *value, void **out)
{
	const struct mls_param p = { name, value };

	return prov->init(NULL, &p, 1, out);
}

Test(threads, descriptor)
{
	cr_expect_eq(prov->magic, MLS_PROVIDER_MAGIC);
	cr_expect_eq(prov->abi, MLS_PROVIDER_ABI);
	cr_expect_eq(prov->flags, 0);
	cr_expect_null(prov->crypto);
	cr_expect_null(prov->keystore);
	cr_expect_null(prov->rng);
	prov->fini(NULL);
}

Test(threads, width_is_chosen)
{
	static const char *const bad[] = { "", "0", "-1", "4x", "1025", " 4",
		"18446744073709551617", "0x4" };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	void *c = NULL;
	size_t i;

	cr_expect_eq(ops->width(ctx), 4);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(init_with("width", bad[i], &c), MLS_P_ARGUMENT,
		    "%s", bad[i]);
	cr_expect_eq(init_with("breadth", "4", &c), MLS_P_ARGUMENT);
	cr_expect_null(c);
	cr_assert_eq(prov->init(NULL, NULL, 0, &c), MLS_P_OK);
	cr_expect_eq(ops->width(c), (size_t)cpus);
	prov->fini(c);
}

/* How often each index was run, and that ranges keep to the grain. */
struct count {
	size_t grain, limit;
	atomic_uint bad, hits[MANY];
};

static void
count(void *arg, size_t from, size_t to)
{
	struct count *c = arg;

	if (from >= to || to > c->limit || to - from > c->grain)
		atomic_fetch_add(&c->bad, 1);
	for (; from < to; from++)
		atomic_fetch_add(&c->hits[from], 1);
}

static void
check_once(void *c, size_t n, size_t grain)
{
	struct count *v = calloc(1, sizeof(*v));
	size_t i, wrong = 0;

	cr_assert_not_null(v);
	v->grain = grain > 0 ? grain : 1;
	v->limit = n;
	if (ops->width(c) == 1) /* inline: in one piece */
		v->grain = n;
	ops->parallel_for(c, n, grain, count, v);
	for (i = 0; i < MANY; i++)
		wrong += v->hits[i] != (i < n);
	cr_expect_eq(wrong, 0, "n %zu grain %zu", n, grain);
	cr_expect_eq(v->bad, 0, "n %zu grain %zu", n, grain);
	free(v);
}

static void
check_all(void *c)
{
	static const size_t n[] = { 0, 1, 2, 3, 7, 64, 1000, MANY };
	static const size_t grain[] = { 0, 1, 2, 3, 64, 999, MANY, SIZE_MAX };
	size_t i;

	for (i = 0; i < 64; i++)
		check_once(c, n[i / 8], grain[i % 8]);
}

Test(threads, every_index_once)
{
	static const char *const widths[] = { "1", "2", "3", "16" };
	void *c;
	size_t i;

	check_all(ctx);
	for (i = 0; i < 4; i++) {
		c = start(widths[i]);
		check_all(c);
		prov->fini(c);
	}
}

/* Four ranges that each wait for all the others: only four threads at once
 * get through, one of them the caller's. */
struct meeting {
	pthread_barrier_t all;
	pthread_t caller;
	atomic_uint by_caller; /* ranges that the caller ran */
	atomic_uint unblocked; /* signals that a thread of the pool lets in */
};

static void
meet(void *arg, size_t from, size_t to)
{
	struct meeting *m = arg;
	sigset_t mask;

	(void)from, (void)to;
	if (pthread_equal(pthread_self(), m->caller)) {
		atomic_fetch_add(&m->by_caller, 1);
	} else {
		pthread_sigmask(SIG_SETMASK, NULL, &mask);
		if (!sigismember(&mask, SIGTERM) ||
		    !sigismember(&mask, SIGALRM) ||
		    !sigismember(&mask, SIGUSR1))
			atomic_fetch_add(&m->unblocked, 1);
	}
	pthread_barrier_wait(&m->all);
}

Test(threads, the_caller_takes_part_in_the_width)
{
	struct meeting m = { .caller = pthread_self() };
	sigset_t mask;

	pthread_barrier_init(&m.all, NULL, 4);
	ops->parallel_for(ctx, 4, 1, meet, &m);
	cr_expect_eq(m.by_caller, 1);
	cr_expect_eq(m.unblocked, 0);
	pthread_barrier_destroy(&m.all);
	pthread_sigmask(SIG_SETMASK, NULL, &mask);
	cr_expect_not(sigismember(&mask, SIGTERM));
}

/* The pool's threads come last. */
static void
linger(void *arg, size_t from, size_t to)
{
	struct timespec ms = { 0, 20000000 };
	struct meeting *m = arg;

	pthread_barrier_wait(&m->all);
	if (!pthread_equal(pthread_self(), m->caller))
		nanosleep(&ms, NULL);
	atomic_fetch_add(&m->by_caller, (unsigned)(to - from));
}

Test(threads, blocks_until_all_is_done)
{
	struct meeting m = { .caller = pthread_self() };

	pthread_barrier_init(&m.all, NULL, 4);
	ops->parallel_for(ctx, 4, 1, linger, &m);
	cr_expect_eq(m.by_caller, 4);
	pthread_barrier_destroy(&m.all);
}

struct nest {
	void *inner;
	atomic_uint elsewhere, total;
};

struct nest_call {
	struct nest *n;
	pthread_t self;
};

static void
nested(void *arg, size_t from, size_t to)
{
	struct nest_call *c = arg;

	if (!pthread_equal(pthread_self(), c->self))
		atomic_fetch_add(&c->n->elsewhere, 1);
	atomic_fetch_add(&c->n->total, (unsigned)(to - from));
}

static void
nesting(void *arg, size_t from, size_t to)
{
	struct nest_call c = { arg, pthread_self() };

	for (; from < to; from++)
		ops->parallel_for(c.n->inner, 100, 1, nested, &c);
}

Test(threads, nested_loops_run_inline)
{
	struct nest n = { .inner = ctx };
	void *other = start("3");

	ops->parallel_for(ctx, 100, 1, nesting, &n);
	cr_expect_eq(n.total, 10000);
	cr_expect_eq(n.elsewhere, 0);
	/* Another pool may help, and nobody waits for ever. */
	n.inner = other;
	ops->parallel_for(ctx, 100, 1, nesting, &n);
	cr_expect_eq(n.total, 20000);
	prov->fini(other);
	/* And the caller is free again. */
	check_once(ctx, 64, 1);
	{
		struct meeting m = { .caller = pthread_self() };

		pthread_barrier_init(&m.all, NULL, 4);
		ops->parallel_for(ctx, 4, 1, meet, &m);
		pthread_barrier_destroy(&m.all);
	}
}

static void
add_up(void *arg, size_t from, size_t to)
{
	for (; from < to; from++)
		((unsigned *)arg)[from]++;
}

static void *
call_often(void *arg)
{
	unsigned hits[97] = { 0 };
	size_t i, wrong = 0;

	for (i = 0; i < 300; i++)
		ops->parallel_for(ctx, 97, 1 + i % 5, add_up, hits);
	for (i = 0; i < 97; i++)
		wrong += hits[i] != 300;
	return wrong == 0 ? NULL : arg;
}

Test(threads, several_callers_at_once)
{
	pthread_t t[6];
	void *r;
	size_t i;

	for (i = 0; i < 6; i++)
		cr_assert_eq(pthread_create(&t[i], NULL, call_often, ctx), 0);
	for (i = 0; i < 6; i++) {
		pthread_join(t[i], &r);
		cr_expect_null(r);
	}
}

static unsigned
threads_now(void)
{
	char line[256];
	unsigned n = 0;
	FILE *f = fopen("/proc/self/status", "r");

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "Threads: %u", &n) == 1)
			break;
	if (f != NULL)
		fclose(f);
	return n;
}

/* The kernel may count a thread for an instant after it was joined. */
static unsigned
settled(unsigned want)
{
	struct timespec ms = { 0, 1000000 };
	unsigned i;

	for (i = 0; i < 1000 && threads_now() != want; i++)
		nanosleep(&ms, NULL);
	return threads_now();
}

Test(threads, fini_joins)
{
	unsigned before = threads_now(), i;
	void *c;

	if (before == 0)
		cr_skip_test("no /proc");
	c = start("9");
	cr_expect_eq(settled(before + 8), before + 8);
	check_once(c, MANY, 1);
	prov->fini(c);
	cr_expect_eq(settled(before), before);
	for (i = 0; i < 100; i++) /* before the threads had a chance to run */
		prov->fini(start("5"));
	cr_expect_eq(settled(before), before);
}

Test(threads, idle_threads_sleep)
{
	struct timespec quarter = { 0, 250000000 };
	struct rusage a, b;

	check_once(ctx, MANY, 1);
	getrusage(RUSAGE_SELF, &a);
	nanosleep(&quarter, NULL);
	getrusage(RUSAGE_SELF, &b);
	cr_expect_lt((b.ru_utime.tv_sec - a.ru_utime.tv_sec) * 1000000 +
	    b.ru_utime.tv_usec - a.ru_utime.tv_usec, 100000);
}

/* A child's verdict is its exit status. */
static int
in_child(void (*f)(void))
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		alarm(5);
		f();
		_exit(0);
	}
	cr_assert_gt(pid, 0);
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return status;
}

static void
unused(void)
{
}

static void
used(void)
{
	unsigned hits[97] = { 0 };
	size_t i;

	ops->parallel_for(ctx, 97, 1, add_up, hits);
	for (i = 0; i < 97; i++)
		if (hits[i] != 1)
			_exit(1);
	prov->fini(ctx);
}

Test(threads, survives_fork)
{
	struct meeting m = { .caller = pthread_self() };
	pthread_t t;
	size_t i;

	check_once(ctx, MANY, 1);
	cr_expect_eq(in_child(unused), 0);
	check_once(ctx, MANY, 1);
	/* Also while somebody holds the pool's lock. */
	cr_assert_eq(pthread_create(&t, NULL, call_often, ctx), 0);
	for (i = 0; i < 20; i++)
		cr_expect_eq(in_child(used), 0);
	pthread_join(t, NULL);
	pthread_barrier_init(&m.all, NULL, 4);
	ops->parallel_for(ctx, 4, 1, meet, &m);
	cr_expect_eq(m.by_caller, 1);
	pthread_barrier_destroy(&m.all);
}
