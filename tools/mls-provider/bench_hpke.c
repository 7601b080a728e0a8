/* SPDX-License-Identifier: MIT */
/*
 * HPKE seals of a path secret, as a commit makes them: by the library over the
 * provider, on one core and on all; and the same by a loop that calls the
 * crypto library itself, where there is one (bare/bare.h).  Then opens, as
 * each who gets the commit makes one.
 */
#define _XOPEN_SOURCE 700
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "bare/bare.h"
#include "bench.h"
#include "crypto/hpke.h"
#include "plugin/report.h"

#define JOBS 64
#define SECRET 32 /* octets of what is sealed */

struct seals {
	struct mls_hpke_info info;
	struct mls_hpke_job job[JOBS];
	uint8_t seed[JOBS][66], enc[JOBS][133], ct[JOBS][SECRET + 16];
	struct mls_privkey *key;
	const struct mls_bare *bare;
	void *state;
	uint16_t suite;
};

static bool
run_seals(void *arg, size_t times)
{
	struct seals *s = arg;
	size_t n;

	for (; times > 0; times -= n) {
		n = times < JOBS ? times : JOBS;
		if (mls__hpke_seal_many(&s->info, s->job, n) != 0)
			return false;
	}
	return true;
}

static bool
run_opens(void *arg, size_t times)
{
	struct seals *s = arg;
	const struct mls_suite *suite = s->info.suite;
	uint8_t pt[SECRET];

	while (times-- > 0)
		if (mls__hpke_open(pt, &s->info, s->key, mls__buf(s->enc[0],
		    suite->nenc), mls__buf(NULL, 0), mls__buf(s->ct[0],
		    SECRET + suite->nt), MLS_E_PATH_SECRET_DECRYPT) != 0)
			return false;
	return true;
}

static bool
run_bare(void *arg, size_t times)
{
	struct seals *s = arg;
	struct mls_buf pub = mls__key_public(s->key);
	uint8_t enc[133], ct[SECRET + 16];

	while (times-- > 0)
		if (!s->bare->seal(s->state, s->suite, pub.data,
		    s->info.context, s->info.len, s->seed[0], SECRET, enc,
		    ct))
			return false;
	return true;
}

static bool
prepare(struct seals *s, struct mls_crypto *c, uint16_t number)
{
	const struct mls_suite *suite;
	size_t i;

	memset(s, 0, sizeof(*s));
	s->suite = number;
	if (mls__crypto_suite(&suite, c, number) != 0 ||
	    mls__key_generate_kem(&s->key, suite) != 0)
		return false;
	if (mls__random(s->seed[0], sizeof(s->seed), suite) != 0 ||
	    mls__hpke_prepare_label(&s->info, suite, "UpdatePathNode",
	    mls__buf(s->seed[0], 200)) != 0) {
		mls__key_free(s->key);
		return false;
	}
	for (i = 0; i < JOBS; i++)
		s->job[i] = (struct mls_hpke_job){
			.pub = mls__key_public(s->key), .seed = s->seed[i],
			.plaintext = mls__buf(s->seed[0], SECRET),
			.enc = s->enc[i], .ct = s->ct[i] };
	return true;
}

/* The loop for this provider, in a module beside its own, or NULL. */
static const struct mls_bare *
find_bare(const struct contestant *c)
{
	const char *dir = mls__report_dir(c->serial);
	char path[4096];
	void *handle;

	if ((size_t)snprintf(path, sizeof(path), "%s/bare-%s.so", dir,
	    c->inst->desc->name) >= sizeof(path))
		return NULL;
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	return handle != NULL ? dlsym(handle, "mls_bare") : NULL;
}

/* The rate of the bare loop, between two halves of the other's time, so that a
 * machine whose speed drifts is fair to both. */
static void
one_core(double *lib, double *bare, const struct bench *b, struct seals *s)
{
	double first, second;

	*bare = 0;
	first = bench_rate(b, true, run_seals, s);
	if (s->bare != NULL)
		*bare = bench_rate(b, true, run_bare, s);
	second = bench_rate(b, true, run_seals, s);
	*lib = (first + second) / 2;
}

static void
row(const struct bench *b, const struct contestant *c, uint16_t number)
{
	double one, all = 0, bare, opens;
	struct seals s;

	if (!prepare(&s, c->crypto, number))
		return;
	s.bare = find_bare(c);
	if (s.bare != NULL && !s.bare->open(&s.state))
		s.bare = NULL;
	one_core(&one, &bare, b, &s);
	opens = bench_rate(b, true, run_opens, &s);
	mls__key_free(s.key);
	if (s.bare != NULL)
		s.bare->close(s.state);
	if (c->threads != NULL && prepare(&s, c->crypto_threads, number)) {
		all = bench_rate(b, false, run_seals, &s);
		mls__key_free(s.key);
	}
	printf("0x%04x %-14s", number, c->name);
	bench_figure(one);
	bench_figure(all);
	bench_figure(bare);
	if (bare > 0)
		printf(" %9.2f", one / bare);
	else
		printf(" %9s", "-");
	bench_figure(opens);
	printf("\n");
}

void
bench_hpke(const struct bench *b)
{
	const struct mls_suite_row *const *rows;
	size_t n = mls__plugins_rows(b->who[0].serial, &rows), i, k;

	printf("\nHPKE seals of %d octets a second: by libmls on one core and "
	    "on all (by the clock),\nand by a loop over the crypto library "
	    "itself; and opens on one core.\n\n%-21s %10s %10s %10s %9s %10s"
	    "\n", SECRET, "", "1 core", "all cores", "bare", "1 / bare",
	    "opens");
	for (i = 0; i < n; i++)
		for (k = 0; k < b->n; k++)
			if (b->suite == 0 || b->suite == rows[i]->number)
				row(b, &b->who[k], rows[i]->number);
}
