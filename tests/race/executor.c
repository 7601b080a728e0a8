/* SPDX-License-Identifier: MIT */
/* The executor `threads` at work for several callers, without Criterion, which
 * cannot start under ThreadSanitizer.  What it adds up is not atomic on
 * purpose: only the executor's own order makes that right. */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

#include "libmls/provider.h"

#define CALLERS 4
#define ROUNDS 400
#define WIDE 200

extern const struct mls_provider MLS_PROVIDER_SYMBOL(threads);
static const struct mls_provider *const prov = &MLS_PROVIDER_SYMBOL(threads);

static void *ctx;

static void
add(void *arg, size_t from, size_t to)
{
	unsigned *v = arg;

	for (; from < to; from++)
		v[from]++;
}

static void *
call(void *arg)
{
	unsigned v[WIDE] = { 0 };
	bool *good = arg;
	size_t i;

	for (i = 0; i < ROUNDS; i++)
		prov->executor->parallel_for(ctx, WIDE, 1 + i % 7, add, v);
	for (i = 0; i < WIDE; i++)
		*good = *good && v[i] == ROUNDS;
	return NULL;
}

static bool
run(const char *width)
{
	const struct mls_param p = { "width", width };
	bool good[CALLERS], all = true;
	pthread_t t[CALLERS];
	size_t i, n;

	if (prov->init(NULL, &p, 1, &ctx) != MLS_P_OK)
		return false;
	for (n = 0; n < CALLERS; n++) {
		good[n] = true;
		if (pthread_create(&t[n], NULL, call, &good[n]) != 0)
			break;
	}
	for (i = 0; i < n; i++) {
		pthread_join(t[i], NULL);
		all = all && good[i];
	}
	prov->fini(ctx);
	return all && n == CALLERS;
}

int
main(void)
{
	static const char *const widths[] = { "1", "2", "5" };
	bool good, all = true;
	size_t i;

	printf("1..3\n");
	for (i = 0; i < 3; i++) {
		good = run(widths[i]);
		printf("%sok %zu - width %s\n", good ? "" : "not ", i + 1,
		    widths[i]);
		all = all && good;
	}
	return all ? 0 : 1;
}
