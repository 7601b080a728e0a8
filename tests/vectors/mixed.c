/* SPDX-License-Identifier: MIT */
/*
 * Mixed routes: of each suite the roles by different providers, of those that
 * are installed and offer them.
 *
 * In all ways: the product of the lists.  In pairs: the rows of an orthogonal
 * array, in which every two columns hold every pair of four values; a list
 * that is shorter is gone round.
 */
#include "runs.h"

#include <stdio.h>
#include <string.h>

#define ROLES MLS_ROLE_VERIFY
#define NAMES 4

static const char *const names[NAMES] = { "openssl", "gcrypt", "sodium",
	"evercrypt" };
static const char *const roles[ROLES] = { "kem", "aead", "hash", "sign",
	"verify" };

/* Who offers each role of a suite. */
struct choice {
	unsigned suite;
	unsigned n[ROLES];
	const char *who[ROLES][NAMES];
};

static void
silent(void *payload, int level, const char *text)
{
	(void)payload;
	(void)level;
	(void)text;
}

/* A provider is asked by a config that names it alone. */
static int
ask(struct choice *c, const char *name)
{
	struct mls_plugins_options options = { .log = silent };
	struct mls_plugins *p = NULL;
	const struct mls_suite_row *row;
	struct mls_route route;
	char config[80];
	unsigned i;
	int rc;

	snprintf(config, sizeof(config), "[route]\ncrypto = %s\n", name);
	options.config_text = config;
	rc = mls__plugins_new(&p, &options);
	if (rc != 0)
		return rc;
	row = mls__plugins_row(p, (uint16_t)c->suite);
	for (i = 0; i < ROLES && row != NULL; i++)
		if (mls__plugins_route(&route, p, row,
		    (uint16_t)(i + 1)) == 0)
			c->who[i][c->n[i]++] = name;
	mls__plugins_free(p);
	return 0;
}

/* How many rows there are. */
static unsigned
rows(const struct choice *c, bool all)
{
	unsigned n = all ? 1 : NAMES * NAMES, i;

	for (i = 0; i < ROLES; i++)
		n *= !all ? c->n[i] != 0 : c->n[i];
	return n;
}

/* Column i of row r: x + i y in the field of four elements, then x and y. */
static unsigned
pair_value(unsigned r, unsigned i)
{
	static const unsigned char times[NAMES][NAMES] = {
		{ 0, 0, 0, 0 }, { 0, 1, 2, 3 }, { 0, 2, 3, 1 }, { 0, 3, 1, 2 },
	};
	unsigned x = r / NAMES, y = r % NAMES;

	return i == NAMES ? y : x ^ times[i][y];
}

static void
pick(const char *out[ROLES], const struct choice *c, unsigned r, bool all)
{
	unsigned i, rest = r;

	for (i = 0; i < ROLES; i++) {
		out[i] = c->who[i][(all ? rest : pair_value(r, i)) % c->n[i]];
		rest /= c->n[i];
	}
}

static int
run_row(struct vec_counts *total, const struct vec_options *o,
    const struct choice *c, unsigned r)
{
	struct vec_range one = { c->suite, c->suite };
	struct vec_counts here = { 0, 0, 0 };
	const char *who[ROLES];
	struct vec_tools tools;
	char config[256];
	unsigned i;
	int rc, len;

	pick(who, c, r, o->all);
	len = snprintf(config, sizeof(config), "[suite %u]\n", c->suite);
	for (i = 0; i < ROLES; i++)
		len += snprintf(config + len, sizeof(config) - (size_t)len,
		    "%s = %s\n", roles[i], who[i]);
	rc = vec_tools_open(&tools, o, config);
	if (rc != 0)
		return rc;
	vec_run(&here, &tools, o, one, false);
	vec_tools_close(&tools);
	printf("suite %u:", c->suite);
	for (i = 0; i < ROLES; i++)
		printf(" %s %s%s", roles[i], who[i], i + 1 < ROLES ? "," : "");
	printf(": %lu passed, %lu failed\n", here.passed, here.failed);
	total->passed += here.passed;
	total->failed += here.failed;
	return 0;
}

int
vec_mixed(struct vec_counts *total, const struct vec_options *o)
{
	struct vec_range suites = o->suites;
	unsigned i, r, n, routes = 0;
	struct choice c;
	int rc = 0;

	if (suites.from == 0)
		suites = (struct vec_range){ 1, 3 };
	for (; suites.from <= suites.to && rc == 0; suites.from++) {
		memset(&c, 0, sizeof(c));
		c.suite = suites.from;
		for (i = 0; i < NAMES && rc == 0; i++)
			rc = ask(&c, names[i]);
		n = rows(&c, o->all);
		if (rc == 0 && n == 0)
			rc = MLS_E_UNSUPPORTED_CIPHER_SUITE;
		for (r = 0; r < n && rc == 0; r++)
			rc = run_row(total, o, &c, r);
		routes += n;
	}
	printf("%u mixed routes\n", routes);
	return rc;
}
