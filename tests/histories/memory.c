/* SPDX-License-Identifier: MIT */
/*
 * mls-memory: an allocation that fails unwinds cleanly, whichever it is.
 *
 * A scenario of all that is done with groups is played in rounds.  In each
 * round a call is made with some of its allocations failing, one after the
 * other, and then without; the next round goes on where this one stopped,
 * until no call has an allocation left that did not fail.  After each failure
 * nothing is lost, the groups are as they were, in memory and in the store,
 * and the call can be made again.  A call that succeeds although an allocation
 * failed has had its turn in this round.  LIMIT-16.
 */
#include "memory.h"

#include <stdlib.h>

#include "heap.h"

static const char usage[] =
    "  --suite S[-T]  of this suite, or of these (default 1)\n"
    "  --store KIND   shelf, memory or sqlite (default memory)\n"
    "  --crypto NAMES, --executor NAME\n"
    "                 the providers (default openssl, serial)\n"
    "  --steps N      failures of a call in one round, at most (default 1)\n"
    "  --every N      each N-th allocation fails, which ones is for the seed\n"
    "                 to say (default 1)\n"
    "  --stride N     the store is compared with the group at every N-th\n"
    "                 failure, and only every N-th allocation fails while\n"
    "                 modules are loaded (default 16)\n"
    "  --epochs N     rounds at most (default 10000)\n"
    "  --verbose      what each call came to\n"
    "The long form is --suite 1-7 --stride 1, with each store.\n";

static void
image_of(struct image *out, const struct person *p)
{
	struct mls_group_info_view v;

	memset(out, 0, sizeof(*out));
	out->has = p->group != NULL;
	if (!out->has)
		return;
	v = view(p);
	out->active = v.active;
	out->proposals = v.proposals;
	out->pending = v.pending;
	if (v.active)
		stand_of(&out->stand, p);
	else
		out->stand.epoch = v.epoch;
}

static void
images_agree(const struct person *p, const struct image *a,
    const struct image *b)
{
	check(a->has == b->has);
	stands_agree(p, &a->stand, &b->stand);
	check(a->active == b->active);
	check(a->proposals == b->proposals);
	check(a->pending == b->pending);
}

/* The store has what the group has. */
static void
compare_store(struct person *p, const struct image *want)
{
	struct person other = *p;
	struct image is;

	if (!want->has)
		return;
	must(mls_group_open(&other.group, p->client, text(group_name)));
	image_of(&is, &other);
	mls_group_close(other.group);
	images_agree(p, want, &is);
}

/* What an observer has, the same. */
static void
watch_image(struct mls_observer_view *out, const struct stage *s)
{
	*out = (struct mls_observer_view)MLS_OBSERVER_VIEW_INIT;
	if (s->observer != NULL)
		must(mls_observer_info(out, s->observer));
}

static void
watch_images_agree(const struct mls_observer_view *a,
    const struct mls_observer_view *b)
{
	check(a->epoch == b->epoch);
	check(a->context.data == b->context.data);
	check(a->proposals == b->proposals);
	check(a->lost == b->lost && a->partial == b->partial);
	check(a->offer == b->offer);
}

/* A Welcome whose sealing failed half-way is never begun again, lest a nonce
 * be used twice, nor is another commit without a path in this epoch: then the
 * commit is made anew, with a path. */
static void
make_anew(struct stage *s, struct person *p)
{
	check(s->maker != NULL);
	mls_change_drop(s->change);
	s->change = NULL;
	s->flags = MLS_COMMIT_FORCE_PATH;
	must(s->maker(s, p));
	s->remade++;
	s->grown = heap_live() > s->made ? s->grown + 1 : 0;
	s->made = heap_live();
	check(s->grown < 6);
}

/* All groups are as they were before the call; also in the store, now and
 * then. */
static void
nothing_changed(struct stage *s)
{
	bool store = ++s->failures % s->o->stride == 0;
	struct mls_observer_view watched;
	struct image after;
	unsigned i;

	for (i = 0; i < PEOPLE; i++) {
		image_of(&after, &s->person[i]);
		images_agree(&s->person[i], &s->before[i], &after);
		if (store)
			compare_store(&s->person[i], &s->before[i]);
	}
	watch_image(&watched, s);
	watch_images_agree(&s->watched, &watched);
}

/* unwinds(s, p, run, n): the call with its n-th allocation failing; again
 * if that left more on the heap than there was, which may be a pool that was
 * filled, but not each time.  Returns what the call returned at last. */
static int
unwinds(struct stage *s, struct person *p, runner run, unsigned long n,
    bool *failed)
{
	unsigned tries;
	long before;
	bool now;
	int rc;

	*failed = false;
	for (tries = 0; tries < 5; tries++) {
		before = heap_live();
		heap_arm(n);
		rc = run(s, p);
		now = heap_disarm();
		*failed = *failed || now;
		if (rc == 0 || (rc == MLS_E_RELOAD_REQUIRED && now))
			return rc;
		if (rc == MLS_E_CHANGE_STALE && !now && s->maker != NULL) {
			make_anew(s, p);
			if (*failed)
				return MLS_E_OUT_OF_MEMORY;
			continue;
		}
		if (rc != MLS_E_OUT_OF_MEMORY || !now)
			die(__FILE__, __LINE__, "%s, %s", error_name(rc),
			    now ? "not for want of memory" :
			    "without a failure");
		nothing_changed(s);
		if (heap_live() <= before)
			return rc;
	}
	die(__FILE__, __LINE__, "allocation %lu fails: %ld blocks are lost "
	    "(%s)", n, heap_live() - before, error_name(rc));
}

/* What was written could not be read back: it is, once the group is opened
 * again.  The change is through. */
static void
reload(struct stage *s, struct person *p, const struct image *before)
{
	mls_change_drop(s->change);
	s->change = NULL;
	if (before->has)
		person_crash(p, false);
	else
		must(mls_group_open(&p->group, p->client, text(group_name)));
	check(!before->has || view(p).epoch == before->stand.epoch + 1);
	s->reloaded++;
}

/* The call with one allocation failing: true if it is done for all that.  Only
 * its first turn in a round says whether there is such an allocation: after a
 * failure it may have less to do, or more. */
static bool
starve(struct stage *s, struct call *call, struct person *p, runner run)
{
	bool failed;
	int rc;

	place.step = call->n;
	rc = unwinds(s, p, run, call->n, &failed);
	if (!failed) {
		call->through = call->turn == 0;
		return true;
	}
	call->n += s->o->every;
	if (rc == MLS_E_RELOAD_REQUIRED)
		reload(s, p, &s->before[p->id]);
	call->failures += rc == MLS_E_OUT_OF_MEMORY;
	call->absorbed += rc != MLS_E_OUT_OF_MEMORY;
	return rc != MLS_E_OUT_OF_MEMORY;
}

void
attempt(struct stage *s, const char *name, struct person *p, runner run)
{
	struct call *call = &s->call[s->calls++];
	unsigned i;
	bool failed;

	check(s->calls <= MOST_CALLS);
	call->name = place.doing = name;
	if (call->n == 0)
		call->n = 1 + (unsigned)(s->o->seed % s->o->every);
	for (i = 0; i < PEOPLE; i++)
		image_of(&s->before[i], &s->person[i]);
	watch_image(&s->watched, s);
	for (call->turn = 0; call->turn < s->o->steps && !call->through;
	    call->turn++)
		if (starve(s, call, p, run))
			return;
	place.step = 0;
	must(unwinds(s, p, run, 0, &failed));
}

/* They are loaded once in a process, which memory_load.c has its eye on.
 * Another suite leaves most known answers of this one to be asked for. */
static void
load_modules(struct stage *s)
{
	struct person stranger;
	struct mls_bytes package;

	person_new(&stranger, s->context, PEOPLE, STORE_MEMORY, NULL);
	package = person_package(&stranger, s->suite == 2 ? 1 : 2);
	mls_bytes_free(&package);
	person_free(&stranger);
}

/* Everything is freed again.  libcrypto keeps a few things for good when it
 * meets with them first. */
static void
nothing_left(struct stage *s)
{
	if (s->left == 0)
		s->left = heap_live();
	check(heap_live() - s->left < 16);
}

void
stage_open(struct stage *s)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	unsigned i;

	draw_seed(place.seed);
	policy.tolerate = MLS_TOLERATE_UNCOMMITTED;
	s->context = context_open(&policy, NULL);
	load_modules(s);
	if (s->o->store == STORE_SQLITE)
		folder_new(s->folder, sizeof(s->folder));
	for (i = 0; i < PEOPLE; i++)
		person_new(&s->person[i], s->context, i,
		    (enum store_kind)s->o->store, s->folder);
}

void
stage_close(struct stage *s)
{
	unsigned i;

	for (i = 0; i < PEOPLE; i++) {
		person_free(&s->person[i]);
		mls_bytes_free(&s->package[i]);
	}
	mls_bytes_free(&s->message);
	mls_context_free(s->context);
	if (s->o->store == STORE_SQLITE)
		folder_remove(s->folder);
	shelf_clear();
}

/* Everything once; true if all calls are through. */
static bool
play(struct stage *s)
{
	bool through = true;
	unsigned i;

	s->calls = 0;
	stage_open(s);
	scene_play(s);
	stage_close(s);
	nothing_left(s);
	for (i = 0; i < s->calls; i++)
		through = through && s->call[i].through;
	return through;
}

/* Whether no call has an allocation left that did not fail. */
static bool
report(const struct stage *s, unsigned rounds)
{
	unsigned long failures = 0, absorbed = 0;
	unsigned i, open = 0;

	for (i = 0; i < s->calls; i++) {
		const struct call *c = &s->call[i];

		failures += c->failures;
		absorbed += c->absorbed;
		open += !c->through;
		if (s->o->verbose || !c->through)
			printf("%-28s %5lu failed, %3lu succeeded all the "
			    "same%s\n", c->name, c->failures, c->absorbed,
			    c->through ? "" : ", not through");
	}
	printf("suite %u: %u calls, %lu failed and unwound, %lu succeeded all "
	    "the same, %lu to be reloaded, %lu made anew, %u rounds, "
	    "%u calls not through\n", s->suite, s->calls, failures,
	    absorbed, s->reloaded, s->remade, rounds, open);
	return open == 0;
}

static void
begin_suite(struct stage *s, const struct options *o, unsigned suite)
{
	memset(s, 0, sizeof(*s));
	s->o = o;
	s->suite = (uint16_t)suite;
	place.suite = suite;
	place.epoch = 0;
}

int
main(int argc, char **argv)
{
	struct options o = { .seed = 1, .suite_from = 1, .suite_to = 1,
		.members = PEOPLE, .stride = 16, .steps = 1, .every = 1,
		.epochs = 10000, .store = STORE_MEMORY };
	static struct stage s;
	unsigned suite, round;
	bool through = true;

	if (!heap_can_fail())
		return 77;
	options_read(&o, argc, argv, usage);
	check(o.every > 0);
	/* Before this process loads a module. */
	for (suite = o.suite_from; suite <= o.suite_to; suite++) {
		begin_suite(&s, &o, suite);
		load_play(&s);
	}
	for (suite = o.suite_from; suite <= o.suite_to; suite++) {
		begin_suite(&s, &o, suite);
		for (round = 1; !play(&s) && round < o.epochs; round++)
			place.epoch = round;
		through = report(&s, round) && through;
		watch_long(&s);
	}
	return !through;
}
