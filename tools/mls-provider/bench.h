/* SPDX-License-Identifier: MIT */
/* mls-provider bench, in parts: the table (bench.c), the single operations
 * (bench_ops.c), HPKE as the library composes it (bench_hpke.c). */
#ifndef MLS_PROVIDER_BENCH_H
#define MLS_PROVIDER_BENCH_H

#include "crypto/suite.h"

#define BENCH_MOST 12 /* providers side by side */

/* A provider by itself: whatever the config routes elsewhere, it serves all
 * that it can.  Two contexts, since the executor is one of a context. */
struct contestant {
	const char *name;
	struct mls_plugins *serial, *threads; /* threads: NULL without it */
	struct mls_crypto *crypto, *crypto_threads;
	struct mls_instance *inst;
};

struct bench {
	struct contestant who[BENCH_MOST];
	size_t n;
	double seconds; /* CPU time of one figure */
	uint16_t suite; /* this one alone, or 0 */
};

/*
 * bench_rate(b, cpu, run, arg): how often a second run(arg, times) does its
 * thing, by the CPU time of the process or by the clock; 0 if it failed.
 */
typedef bool (*bench_fn)(void *arg, size_t times);
double bench_rate(const struct bench *b, bool cpu, bench_fn run, void *arg);

/* bench_figure(rate): one figure of a row; "-" for 0. */
void bench_figure(double rate);

/* bench_wanted(b, role, id): is the algorithm part of what is asked for? */
bool bench_wanted(const struct bench *b, uint16_t role, uint16_t id);

void bench_operations(const struct bench *b);
void bench_hpke(const struct bench *b);

#endif
