/* SPDX-License-Identifier: MIT */
/* Tests of a source of randomness; what statistics can see, and no more. */
#include <string.h>

#include "conform.h"

#define MANY ((size_t)1 << 20)
enum { OUT };

static int
fill(struct conf *t, uint8_t *out, size_t len)
{
	conf_doing(t, "fill of %zu octets", len);
	return t->desc->rng->fill(t->ctx, out, len);
}

/* Left as it was, an octet shows in every of 16 draws. */
static void
lengths(struct conf *t)
{
	static const size_t lens[] = { 0, 1, 2, 31, 32, 255, 256, 257, 4096,
		65535, 65536, 65537, 1000000 };
	uint8_t *out, *touched = conf_alloc(t, 1000000);
	size_t i, j, k;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		memset(touched, 0, lens[i]);
		for (k = 0; k < 16; k++) {
			out = conf_out(t, OUT, lens[i]);
			conf_expect(t, fill(t, out, lens[i]), MLS_P_OK,
			    "fill of %zu octets", lens[i]);
			conf_whole(t, OUT, lens[i], "fill");
			for (j = 0; j < lens[i]; j++)
				touched[j] |= out[j] != CONF_PATTERN;
		}
		for (j = 0; j < lens[i]; j++)
			NEED(t, touched[j], "of %zu octets, number %zu is "
			    "never written", lens[i], j);
	}
}

static void
differs(struct conf *t)
{
	uint8_t drawn[64][32];
	size_t i, j;

	for (i = 0; i < 64; i++) {
		conf_expect(t, fill(t, drawn[i], 32), MLS_P_OK, "fill");
		for (j = 0; j < i; j++)
			NEED(t, memcmp(drawn[i], drawn[j], 32) != 0,
			    "draws %zu and %zu of 32 octets are the same", j,
			    i);
	}
}

/* The square of the distance from the mean, in standard deviations, of a
 * count of n trials with probability p/q; beyond 49 it happens by chance once
 * in 10^11. */
static double
square(double count, double n, double p)
{
	double d = count - n * p;

	return d * d / (n * p * (1 - p));
}

static void
statistics(struct conf *t)
{
	uint8_t *out = conf_alloc(t, MANY);
	size_t octets[256] = { 0 }, ones = 0, changes = 0, i, bit;
	double chi = 0, d, each = (double)MANY / 256;

	conf_expect(t, fill(t, out, MANY), MLS_P_OK, "fill of 1 MiB");
	for (i = 0; i < MANY; i++) {
		octets[out[i]]++;
		for (bit = 0; bit < 8; bit++) {
			ones += out[i] >> bit & 1;
			if (bit > 0)
				changes += (out[i] >> bit ^
				    out[i] >> (bit - 1)) & 1;
		}
	}
	NEED(t, square((double)ones, 8.0 * MANY, 0.5) < 49, "%zu of %zu bits "
	    "are ones", ones, 8 * MANY);
	NEED(t, square((double)changes, 7.0 * MANY, 0.5) < 49, "%zu of %zu "
	    "bits differ from the bit beside them", changes, 7 * MANY);
	for (i = 0; i < 256; i++) {
		d = (double)octets[i] - each;
		chi += d * d / each;
	}
	/* 255 degrees of freedom: mean 255, standard deviation 22.6 */
	NEED(t, chi > 255 - 7 * 22.6 && chi < 255 + 7 * 22.6,
	    "chi squared over octets is %.1f, and 255 is to be expected",
	    chi);
}

static void
draw(struct conf *t, void *arg)
{
	conf_open(t);
	conf_expect(t, fill(t, arg, 32), MLS_P_OK, "fill");
	conf_close(t);
}

/* What two processes draw first must differ, also if they are forked from one
 * that has drawn. */
static void
processes(struct conf *t)
{
	uint8_t *drawn = conf_common(t, 3 * 32);

	conf_apart(t, draw, drawn);
	conf_open(t);
	conf_expect(t, fill(t, drawn + 32, 32), MLS_P_OK, "fill");
	conf_apart(t, draw, drawn + 64);
	conf_expect(t, fill(t, drawn + 32, 32), MLS_P_OK, "fill");
	NEED(t, memcmp(drawn, drawn + 32, 32) != 0 &&
	    memcmp(drawn, drawn + 64, 32) != 0 &&
	    memcmp(drawn + 32, drawn + 64, 32) != 0,
	    "two processes draw the same");
}

#define THREADS 8
#define DRAWS 200

static void
draw_many(struct conf *t, void *arg, unsigned i)
{
	uint8_t *mine = (uint8_t *)arg + (size_t)i * DRAWS * 32;
	size_t k;

	for (k = 0; k < DRAWS; k++)
		conf_expect(t, t->desc->rng->fill(t->ctx, mine + 32 * k, 32),
		    MLS_P_OK, "fill with many threads");
}

static void
threads(struct conf *t)
{
	uint8_t *drawn = conf_alloc(t, THREADS * DRAWS * 32);
	size_t i, j;

	if ((t->desc->flags & MLS_PROVIDER_SERIAL) != 0)
		conf_skip(t, "it is serial: one thread at a time");
	conf_doing(t, "fill with many threads");
	conf_together(t, THREADS, draw_many, drawn);
	for (i = 0; i < THREADS * DRAWS; i++)
		for (j = 0; j < i; j++)
			NEED(t, memcmp(drawn + 32 * i, drawn + 32 * j, 32) !=
			    0, "two threads draw the same");
}

const struct conf_test conf_rng_tests[] = {
	{ "every length is filled", lengths, false },
	{ "no draw comes twice", differs, false },
	{ "statistics", statistics, false },
	{ "processes draw apart", processes, true },
	{ "many threads", threads, false },
	{ NULL, NULL, false },
};
