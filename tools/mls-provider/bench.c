/* SPDX-License-Identifier: MIT */
/* bench NAME...: providers side by side. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "libmls/mls.h"
#include "plugin/suites.h"
#include "tool.h"

#define SECONDS 0.2

static double
now(bool cpu)
{
	struct timespec t;

	clock_gettime(cpu ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double
bench_rate(const struct bench *b, bool cpu, bench_fn run, void *arg)
{
	double begin, took;
	size_t times;

	/* The first run warms up; then ever more, until it took long enough
	 * for the clock to be of no matter. */
	for (times = 1;; times *= 2) {
		begin = now(cpu);
		if (!run(arg, times))
			return 0;
		took = now(cpu) - begin;
		if (took >= b->seconds)
			return (double)times / took;
		if (took < b->seconds / 16)
			times *= 4;
	}
}

void
bench_figure(double rate)
{
	if (rate <= 0)
		printf(" %10s", "-");
	else if (rate < 100)
		printf(" %10.1f", rate);
	else
		printf(" %10.0f", rate);
}

bool
bench_wanted(const struct bench *b, uint16_t role, uint16_t id)
{
	const struct mls_suite_row *row;

	if (b->suite == 0)
		return true;
	row = mls__plugins_row(b->who[0].serial, b->suite);
	return row != NULL && mls__suite_id(row, role) == id;
}

/* Every role of every suite by this one, whatever the files say. */
static char *
config_for(const char *name, const char *executor)
{
	static const char *const roles[] = { "kem", "aead", "hash", "sign",
		"verify" };
	size_t cap = 4096 + MLS_SUITES * 5 * (strlen(name) + 16), len, i, k;
	char *text = malloc(cap);

	if (text == NULL)
		return NULL;
	len = (size_t)snprintf(text, cap, "[route]\nexecutor = %s\n",
	    executor);
	for (i = 0; i < MLS_SUITES; i++) {
		len += (size_t)snprintf(text + len, cap - len,
		    "[suite 0x%04x]\n", mls__suites[i].number);
		for (k = 0; k < 5; k++)
			len += (size_t)snprintf(text + len, cap - len,
			    "%s = %s\n", roles[k], name);
	}
	return text;
}

static void
silent(void *payload, int level, const char *text)
{
	(void)payload, (void)level, (void)text;
}

static int
open_one(struct mls_plugins **p, struct mls_crypto **c, const char *name,
    const char *executor)
{
	struct mls_plugins_options options = { .log = silent };
	char *text = config_for(name, executor);
	int error;

	if (text == NULL)
		return MLS_E_OUT_OF_MEMORY;
	options.config_text = text;
	error = mls__plugins_new(p, &options);
	free(text);
	if (error != 0)
		return error;
	error = mls__crypto_new(c, *p);
	if (error != 0) {
		mls__plugins_free(*p);
		*p = NULL;
	}
	return error;
}

/* False, after having said why not. */
static bool
enter(struct contestant *c, const char *name)
{
	struct mls_instance *threads;
	char cause[256] = "";
	int error;

	c->name = name;
	error = open_one(&c->serial, &c->crypto, name, "serial");
	if (error == 0) {
		error = mls__plugins_instance(&c->inst, c->serial, name);
		mls__plugins_cause(c->serial, cause, sizeof(cause));
	}
	if (error == 0 && c->inst->desc->crypto == NULL) {
		snprintf(cause, sizeof(cause), "%s offers no cryptography",
		    name);
		error = MLS_E_PROVIDER_MISSING;
	}
	if (error != 0) {
		fprintf(stderr, "mls-provider: %s\n", cause[0] != '\0' ?
		    cause : mls_strerror(error));
		return false;
	}
	if (open_one(&c->threads, &c->crypto_threads, name, "threads") == 0 &&
	    mls__plugins_instance(&threads, c->threads, "threads") != 0) {
		mls__crypto_free(c->crypto_threads);
		mls__plugins_free(c->threads);
		c->threads = NULL;
	}
	return true;
}

static void
leave(struct contestant *c)
{
	if (c->threads != NULL) {
		mls__crypto_free(c->crypto_threads);
		mls__plugins_free(c->threads);
	}
	if (c->serial != NULL) {
		mls__crypto_free(c->crypto);
		mls__plugins_free(c->serial);
	}
}

static void
print_head(const struct bench *b)
{
	size_t i;

	printf("Operations a second and core.\n\n%-45s", "");
	for (i = 0; i < b->n; i++)
		printf(" %10.10s", b->who[i].name);
	printf("\n");
}

static int
bad(const char *what)
{
	fprintf(stderr, "mls-provider: bench: %s; see mls-provider --help\n",
	    what);
	return 2;
}

int
bench_command(int argc, char **argv)
{
	struct bench b = { .seconds = SECONDS };
	int i, code = 0;
	size_t k;

	for (i = 0; i < argc && code == 0; i++) {
		if (strcmp(argv[i], "--suite") == 0) {
			if (++i == argc || !mls__suite_number(&b.suite,
			    argv[i]))
				code = bad("--suite takes a suite");
		} else if (strcmp(argv[i], "--seconds") == 0) {
			if (++i == argc ||
			    !((b.seconds = atof(argv[i])) > 0))
				code = bad("--seconds takes a number");
		} else if (argv[i][0] == '-' || b.n == BENCH_MOST) {
			code = bad("too many providers, or an unknown option");
		} else if (!enter(&b.who[b.n++], argv[i])) {
			code = 1;
		}
	}
	if (code == 0 && b.n == 0)
		code = bad("it takes the names of providers");
	if (code == 0) {
		print_head(&b);
		bench_operations(&b);
		bench_hpke(&b);
	}
	for (k = 0; k < b.n; k++)
		leave(&b.who[k]);
	return code;
}
