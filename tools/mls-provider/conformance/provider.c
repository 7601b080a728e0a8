/* SPDX-License-Identifier: MIT */
/* Tests of a provider as a whole: how it starts and stops. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conform.h"
#include "plugin/kat.h"
#include "plugin/suites.h"
#include "use.h"

#define FLAGS (MLS_PROVIDER_SERIAL | MLS_PROVIDER_VOLATILE)

static void
use_crypto(struct conf *t, struct conf_world *w)
{
	const struct mls_alg *list = NULL;
	char why[256] = "";
	size_t n, i;

	n = w->inst->desc->crypto->algorithms(w->inst->ctx, &list);
	for (i = 0; i < n; i++) {
		if (list[i].role == 0 || list[i].role > MLS_ROLE_VERIFY)
			continue;
		conf_doing(t, "%s 0x%04x", mls__role_name(list[i].role),
		    list[i].id);
		NEED(t, mls__kat_run(w->inst, &list[i], why, sizeof(why)) == 0,
		    "%s 0x%04x: %s", mls__role_name(list[i].role), list[i].id,
		    why);
	}
}

static void
nothing(void *arg, size_t from, size_t to)
{
	*(size_t *)arg += to - from;
}

void
conf_use(struct conf *t, struct conf_world *w)
{
	const struct mls_provider *d = w->inst->desc;
	void *ctx = w->inst->ctx;
	struct mls_txn *txn = NULL;
	uint8_t octets[32];
	size_t count = 0;

	if (d->crypto != NULL)
		use_crypto(t, w);
	conf_doing(t, "the operations of its tables");
	if (d->keystore != NULL) {
		conf_expect(t, d->keystore->begin(ctx, 1, &txn), MLS_P_OK,
		    "beginning a transaction");
		d->keystore->rollback(txn);
	}
	if (d->rng != NULL)
		conf_expect(t, d->rng->fill(ctx, octets, sizeof(octets)),
		    MLS_P_OK, "drawing randomness");
	if (d->executor != NULL) {
		d->executor->parallel_for(ctx, 1, 1, nothing, &count);
		NEED(t, count == 1, "a loop of 1 ran %zu times", count);
	}
}

static void
describes_itself(struct conf *t)
{
	NEED(t, (t->desc->flags & ~FLAGS) == 0,
	    "flags 0x%x, of which libmls knows 0x%x", t->desc->flags, FLAGS);
	NEED(t, t->desc->crypto != NULL || t->desc->keystore != NULL ||
	    t->desc->rng != NULL || t->desc->executor != NULL,
	    "it offers nothing");
	NEED(t, t->desc->keystore != NULL ||
	    (t->desc->flags & MLS_PROVIDER_VOLATILE) == 0,
	    "it says that its keystore is volatile, and has none");
}

static void
own_test(struct conf *t)
{
	if (t->desc->self_test == NULL)
		conf_skip(t, "it has none");
	conf_doing(t, "self_test");
	conf_expect(t, t->desc->self_test(t->ctx), MLS_P_OK, "self_test");
}

static void
works(struct conf *t)
{
	conf_use(t, &t->world);
}

static void
contexts(struct conf *t)
{
	struct conf_world other;

	conf_use(t, &t->world);
	NEED(t, conf_world_open(&other, t, NULL) == 0,
	    "a second context does not start beside the first: %.300s",
	    other.why);
	/* A keystore has one writer; it is the first's turn again. */
	conf_use(t, &other);
	conf_use(t, &t->world);
	conf_close(t);
	conf_use(t, &other);
	conf_doing(t, "stopping the second context");
	conf_world_close(&other);
}

static void
unknown_parameter(struct conf *t)
{
	struct conf_world w;

	conf_doing(t, "starting it with an unknown parameter");
	NEED(t, conf_world_open(&w, t, "x-no-such-parameter = 1\n") != 0,
	    "it starts with a parameter that it cannot know; a slip of the "
	    "pen in a config file would go unnoticed");
	conf_doing(t, "starting it after an init that failed");
	conf_open(t);
	conf_use(t, &t->world);
}

/* Octets in memory and files that are open, as the system counts them; -1
 * where it does not say. */
static long
resident(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = -1, all;

	if (f != NULL && fscanf(f, "%ld %ld", &all, &pages) != 2)
		pages = -1;
	if (f != NULL)
		fclose(f);
	return pages < 0 ? -1 : pages * sysconf(_SC_PAGESIZE);
}

static int
open_files(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	if (d == NULL)
		return -1;
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

/* Rounds of starting, using and stopping; fewer of a slow provider. */
static unsigned
cycle(struct conf *t, unsigned most, time_t seconds)
{
	time_t end = time(NULL) + seconds;
	unsigned i;

	for (i = 0; i < most && (i < 3 || time(NULL) < end); i++) {
		conf_open(t);
		conf_use(t, &t->world);
		conf_close(t);
	}
	return i;
}

#define LEAK 8192 /* octets a round that are put down to the allocator */
#define SLACK (1 << 20)

static void
again(struct conf *t)
{
	int files, files_after;
	long before, after;
	unsigned rounds;

	cycle(t, 40, 1);
	files = open_files();
	before = resident();
	rounds = cycle(t, 160, 2);
	after = resident();
	files_after = open_files();
	NEED(t, files_after <= files, "%d files were open before, and %d "
	    "after it was started and stopped %u times", files, files_after,
	    rounds);
	NEED(t, before < 0 || after - before < SLACK + LEAK * (long)rounds,
	    "%ld KiB of memory are kept of %u times that it was started and "
	    "stopped", (after - before) / 1024, rounds);
}

const struct conf_test conf_provider_tests[] = {
	{ "it describes itself", describes_itself, false },
	{ "known answers and every table work", works, false },
	{ "its own self-test passes", own_test, false },
	{ "two contexts are apart", contexts, false },
	{ "an unknown parameter is refused", unknown_parameter, true },
	{ "it can be stopped and started again", again, true },
	{ "tables of a newer libmls are read", conf_newer_tables, false },
	{ "tables of an older libmls are read", conf_older_tables, false },
	{ NULL, NULL, false },
};
