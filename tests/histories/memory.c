/* SPDX-License-Identifier: MIT */
/*
 * mls-memory: an allocation that fails unwinds cleanly, whichever it is.
 *
 * A scenario of all that is done with groups is played in rounds.  Each call
 * is made with its first allocation failing, then its second, and so on, until
 * it succeeds.  After each failure nothing is lost, the groups are as they
 * were, in memory and in the store, and the call can be made again.  A call
 * that succeeds although an allocation failed goes on with the next one in
 * the next round.  LIMIT-16.
 */
#include "memory.h"

#include <stdlib.h>

#include "heap.h"

static const char usage[] =
    "  --suite S[-T]  of this suite, or of these (default 1)\n"
    "  --steps N      each of the first N allocations of a call, then ever\n"
    "                 fewer (default 300)\n"
    "  --stride N     the group as it is in the store is compared with every\n"
    "                 N-th failure (default 16)\n"
    "  --epochs N     rounds at most (default 200)\n"
    "  --verbose      what each call came to\n";

/* What a person's group is, as far as a failure must not change it. */
struct image {
	bool has;
	struct stand stand;
	uint32_t proposals;
	int pending, active;
};

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

/* Beyond the first ones they are sampled. */
static unsigned long
following(const struct stage *s, unsigned long n)
{
	return n < s->o->steps ? n + 1 : n + n / 16 + 1;
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

/* unwinds(s, p, run, n): the call with its n-th allocation failing; again
 * if that left more on the heap than there was, which may be a pool that was
 * filled, but not each time.  Returns what the call returned. */
static int
unwinds(struct stage *s, struct person *p, runner run, unsigned long n,
    bool *failed)
{
	unsigned tries;
	long before;
	int rc;

	for (tries = 0; tries < 5; tries++) {
		before = heap_live();
		heap_arm(n);
		rc = run(s, p);
		*failed = heap_disarm();
		if (rc == 0)
			return 0;
		if (rc == MLS_E_CHANGE_STALE && !*failed && s->maker != NULL) {
			make_anew(s, p);
			if (tries == 0)
				continue;
			*failed = true;
			return MLS_E_OUT_OF_MEMORY;
		}
		if (!*failed)
			die(__FILE__, __LINE__, "%s without a failure",
			    error_name(rc));
		check(mls_error_info(rc) != NULL);
		if (rc == MLS_E_RELOAD_REQUIRED || heap_live() <= before)
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

/* libcrypto does not say that an EdDSA signature does not hold for want of
 * memory.  That is an error on the safe side. */
static bool
is_of_signature(int rc)
{
	return strstr(error_name(rc), "_signature") != NULL;
}

void
attempt(struct stage *s, const char *name, struct person *p, runner run)
{
	struct call *call = &s->call[s->calls++];
	struct mls_observer_view watched, is;
	struct image before[PEOPLE], after;
	unsigned i;
	bool failed;
	int rc;

	check(s->calls <= MOST_CALLS);
	call->name = place.doing = name;
	if (call->n == 0)
		call->n = 1;
	if (call->through) {
		must(run(s, p));
		return;
	}
	for (i = 0; i < PEOPLE; i++)
		image_of(&before[i], &s->person[i]);
	watch_image(&watched, s);
	for (;; call->n = following(s, call->n)) {
		place.step = call->n;
		rc = unwinds(s, p, run, call->n, &failed);
		if (rc == MLS_E_RELOAD_REQUIRED) {
			reload(s, p, &before[p->id]);
			break;
		}
		if (rc == 0)
			break;
		call->failures++;
		if (rc != MLS_E_OUT_OF_MEMORY) {
			if (!is_of_signature(rc))
				die(__FILE__, __LINE__, "%s, not for want "
				    "of memory", error_name(rc));
			s->others++;
			if (s->o->verbose)
				printf("%s: allocation %lu fails: %s\n",
				    name, call->n, error_name(rc));
		}
		for (i = 0; i < PEOPLE; i++) {
			image_of(&after, &s->person[i]);
			images_agree(&s->person[i], &before[i], &after);
			if (call->failures % s->o->stride == 0)
				compare_store(&s->person[i], &before[i]);
		}
		watch_image(&is, s);
		watch_images_agree(&watched, &is);
	}
	call->absorbed += failed;
	call->through = !failed;
	call->n = following(s, call->n);
}

/* Modules are loaded by the C library, whose failures do not say what they
 * were for; so they are loaded before.  Another suite leaves most known answers
 * of this one to be asked for. */
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

void
stage_open(struct stage *s)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	unsigned i;

	draw_seed(place.seed);
	policy.tolerate = MLS_TOLERATE_UNCOMMITTED;
	s->context = context_open(&policy, NULL);
	for (i = 0; i < PEOPLE; i++)
		person_new(&s->person[i], s->context, i, STORE_MEMORY, NULL);
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
}

/* Everything once; true if all calls are through. */
static bool
play(struct stage *s)
{
	bool through = true;
	unsigned i;

	stage_open(s);
	s->calls = 0;
	load_modules(s);
	scene_play(s);
	stage_close(s);
	for (i = 0; i < s->calls; i++)
		through = through && s->call[i].through;
	return through;
}

static void
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
	    "the same, %lu to be reloaded, %lu with another error, %lu made anew, "
	    "%u rounds, %u calls not through\n", s->suite, s->calls, failures,
	    absorbed, s->reloaded, s->others, s->remade, rounds, open);
}

int
main(int argc, char **argv)
{
	struct options o = { .seed = 1, .suite_from = 1, .suite_to = 1,
		.members = PEOPLE, .stride = 16, .steps = 300, .epochs = 200 };
	static struct stage s;
	unsigned suite, round;

	if (!heap_can_fail())
		return 77;
	options_read(&o, argc, argv, usage);
	for (suite = o.suite_from; suite <= o.suite_to; suite++) {
		memset(&s, 0, sizeof(s));
		s.o = &o;
		s.suite = (uint16_t)suite;
		place.suite = suite;
		for (round = 1; !play(&s) && round < o.epochs; round++)
			place.epoch = round;
		report(&s, round);
		watch_long(&s);
	}
	return 0;
}
