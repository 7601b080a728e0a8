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
#include "world.h"

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

#define PEOPLE 4
#define MOST_CALLS 160
#define ALICE (&s->person[0])
#define BOB (&s->person[1])
#define CAROL (&s->person[2])
#define DAVE (&s->person[3])

/* One call of the scenario, over all rounds. */
struct call {
	const char *name;
	unsigned long n; /* the allocation that is to fail */
	unsigned long failures, absorbed;
	bool through;
};

struct stage;
typedef int (*runner)(struct stage *s, struct person *p);

struct stage {
	const struct options *o;
	uint16_t suite;
	mls_context *context;
	struct person person[PEOPLE];
	struct mls_bytes package[PEOPLE];
	struct mls_bytes message, welcome, tree;
	mls_change *change;
	runner maker; /* of the change that is to be released */
	uint32_t flags; /* of all commits */
	long made;      /* blocks there were when it was last made anew */
	unsigned grown; /* times in a row that these were more */
	mls_group *twin;
	struct call call[MOST_CALLS];
	unsigned calls; /* so far in this round */
	unsigned long others; /* errors but OUT_OF_MEMORY */
	unsigned long reloaded, remade;
};

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

/* Beyond the first ones they are sampled. */
static unsigned long
following(const struct stage *s, unsigned long n)
{
	return n < s->o->steps ? n + 1 : n + n / 16;
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

static void
attempt(struct stage *s, const char *name, struct person *p, runner run)
{
	struct call *call = &s->call[s->calls++];
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
	}
	call->absorbed += failed;
	call->through = !failed;
	call->n = following(s, call->n);
}

/* The calls. */

static int
put_psk(struct stage *s, struct person *p)
{
	(void)s;
	return mls_psk_put(p->client, text("shared"), text("a PSK of all"));
}

static int
delete_psk(struct stage *s, struct person *p)
{
	(void)s;
	return mls_psk_delete(p->client, text("psk3"));
}

static int
new_package(struct stage *s, struct person *p)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;

	o.suite = s->suite;
	return mls_key_package_new(&s->package[p->id], p->client, &o);
}

static int
delete_package(struct stage *s, struct person *p)
{
	return mls_key_package_delete(p->client, octets(&s->package[p->id]));
}

static int
create(struct stage *s, struct person *p)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;

	o.suite = s->suite;
	o.group_id = text(group_name);
	return mls_group_create(&p->group, p->client, &o);
}

static int
open_twin(struct stage *s, struct person *p)
{
	return mls_group_open(&s->twin, p->client, text(group_name));
}

static int
delete_group(struct stage *s, struct person *p)
{
	(void)s;
	return mls_group_delete(p->client, text(group_name));
}

static int
commit(struct stage *s, struct person *p, const struct mls_intent *intents,
    size_t n, uint32_t flags)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;

	o.intents = intents;
	o.n_intents = n;
	o.flags = flags | s->flags;
	return mls_group_make_commit(&s->change, p->group, &o);
}

static int
commit_two_adds(struct stage *s, struct person *p)
{
	struct mls_intent add[2] = { { .type = MLS_EFFECT_ADD },
		{ .type = MLS_EFFECT_ADD } };

	add[0].key_package = octets(&s->package[1]);
	add[1].key_package = octets(&s->package[2]);
	return commit(s, p, add, 2, 0);
}

static int
commit_path(struct stage *s, struct person *p)
{
	return commit(s, p, NULL, 0, MLS_COMMIT_FORCE_PATH);
}

static int
commit_new_key(struct stage *s, struct person *p)
{
	return commit(s, p, NULL, 0, MLS_COMMIT_NEW_SIGNATURE_KEY);
}

static int
commit_psk(struct stage *s, struct person *p)
{
	struct mls_intent psk = { .type = MLS_EFFECT_PSK };

	psk.psk_id = text("shared");
	return commit(s, p, &psk, 1, 0);
}

static int
commit_dave(struct stage *s, struct person *p)
{
	struct mls_intent add = { .type = MLS_EFFECT_ADD };

	add.key_package = octets(&s->package[3]);
	return commit(s, p, &add, 1, MLS_COMMIT_TREE_BESIDE);
}

static int
commit_removal(struct stage *s, struct person *p)
{
	struct mls_intent remove = { .type = MLS_EFFECT_REMOVE, .leaf = 2 };

	return commit(s, p, &remove, 1, 0);
}

static int
propose(struct stage *s, struct person *p, int type)
{
	static const uint8_t extensions[] = { 0xf0, 0x01, 2, 1, 2 };
	struct mls_intent in = { .type = type };

	if (type == MLS_EFFECT_EXTENSIONS) {
		in.extensions.data = extensions;
		in.extensions.len = sizeof(extensions);
	}
	return mls_group_make_proposal(&s->change, p->group, &in, NULL);
}

static int
propose_update(struct stage *s, struct person *p)
{
	return propose(s, p, MLS_EFFECT_UPDATE);
}

static int
propose_extensions(struct stage *s, struct person *p)
{
	return propose(s, p, MLS_EFFECT_EXTENSIONS);
}

static int
make_message(struct stage *s, struct person *p)
{
	return mls_group_make_message(&s->change, p->group, text("hello"),
	    NULL);
}

static int
send_message(struct stage *s, struct person *p)
{
	return mls_group_send(&s->message, p->group, text("hello again"));
}

static int
release(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_release(&s->message, s->change);
}

static int
take_welcome(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_welcome(&s->welcome, s->change);
}

static int
take_tree(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_tree(&s->tree, s->change);
}

static int
apply(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_apply(s->change);
}

static int
cancel(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_cancel(s->change);
}

static int
discard(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_discard(s->change);
}

static int
pending(struct stage *s, struct person *p)
{
	return mls_group_pending(&s->change, p->group);
}

static int
settle(struct stage *s, struct person *p)
{
	(void)s;
	return mls_group_settle(p->group, 1);
}

static int
process(struct stage *s, struct person *p)
{
	return mls_group_process(&s->change, p->group, octets(&s->message));
}

static int
receive(struct stage *s, struct person *p)
{
	return mls_group_receive(p->group, octets(&s->message), NULL, NULL);
}

static int
join(struct stage *s, struct person *p)
{
	return mls_group_join(&s->change, p->client, octets(&s->welcome),
	    octets(&s->tree));
}

static int
export(struct stage *s, struct person *p)
{
	uint8_t out[48];

	(void)s;
	return mls_group_export(out, sizeof(out), p->group, "memory",
	    text("a context"));
}

static int
group_tree(struct stage *s, struct person *p)
{
	return mls_group_tree(&s->tree, p->group);
}

static int
inspect(struct stage *s, struct person *p)
{
	return mls_inspect(&s->tree, p->context, octets(&s->welcome));
}

/* Parts of the scenario. */

static void
drop(struct stage *s)
{
	mls_change_drop(s->change);
	s->change = NULL;
}

static void
renew(struct mls_bytes *b)
{
	mls_bytes_free(b);
}

static void
make(struct stage *s, const char *name, struct person *p, runner run)
{
	attempt(s, name, p, run);
	renew(&s->message);
	s->maker = run;
	attempt(s, "release", p, release);
	s->maker = NULL;
	s->flags = 0;
}

static void
make_and_apply(struct stage *s, const char *name, struct person *p,
    runner run)
{
	make(s, name, p, run);
	attempt(s, "apply of our own", p, apply);
	drop(s);
}

static void
process_and_apply(struct stage *s, struct person *p)
{
	attempt(s, "process", p, process);
	attempt(s, "apply", p, apply);
	drop(s);
}

static void
join_and_apply(struct stage *s, struct person *p)
{
	attempt(s, "join", p, join);
	attempt(s, "apply of a join", p, apply);
	if (s->change != NULL)
		must(mls_change_group(&p->group, s->change));
	drop(s);
}

static void
agree(struct stage *s)
{
	struct stand first, other;
	unsigned i;

	stand_of(&first, ALICE);
	for (i = 1; i < PEOPLE; i++) {
		if (s->person[i].group == NULL || !view(&s->person[i]).active)
			continue;
		stand_of(&other, &s->person[i]);
		stands_agree(&s->person[i], &first, &other);
	}
}

static void
founding(struct stage *s)
{
	unsigned i;

	for (i = 0; i < PEOPLE; i++)
		attempt(s, "psk_put", &s->person[i], put_psk);
	attempt(s, "psk_delete", ALICE, delete_psk);
	attempt(s, "key_package_new", ALICE, new_package);
	attempt(s, "key_package_delete", ALICE, delete_package);
	for (i = 1; i < PEOPLE; i++)
		attempt(s, "key_package_new", &s->person[i], new_package);
	attempt(s, "group_create", ALICE, create);
	make(s, "make_commit with two adds", ALICE, commit_two_adds);
	attempt(s, "change_welcome", ALICE, take_welcome);
	attempt(s, "inspect", ALICE, inspect);
	renew(&s->tree);
	attempt(s, "apply of our own", ALICE, apply);
	drop(s);
	join_and_apply(s, BOB);
	join_and_apply(s, CAROL);
	renew(&s->welcome);
	agree(s);
}

static void
commits(struct stage *s)
{
	make_and_apply(s, "make_commit with a path", BOB, commit_path);
	process_and_apply(s, ALICE);
	attempt(s, "receive of a commit", CAROL, receive);
	agree(s);
	make(s, "make_commit to be cancelled", CAROL, commit_path);
	drop(s);
	attempt(s, "group_pending", CAROL, pending);
	attempt(s, "cancel", CAROL, cancel);
	drop(s);
	make(s, "make_commit with a PSK", CAROL, commit_psk);
	drop(s);
	attempt(s, "settle", CAROL, settle);
	process_and_apply(s, ALICE);
	attempt(s, "receive of a PSK", BOB, receive);
	agree(s);
}

static void
proposals(struct stage *s)
{
	make(s, "make_proposal: update", BOB, propose_update);
	drop(s);
	process_and_apply(s, ALICE);
	attempt(s, "receive of a proposal", CAROL, receive);
	make(s, "make_proposal: extensions", CAROL, propose_extensions);
	drop(s);
	process_and_apply(s, ALICE);
	attempt(s, "receive of a proposal", BOB, receive);
	make_and_apply(s, "make_commit with a new key", ALICE,
	    commit_new_key);
	process_and_apply(s, BOB);
	process_and_apply(s, CAROL);
	agree(s);
}

static void
messages(struct stage *s)
{
	make(s, "make_message", ALICE, make_message);
	drop(s);
	process_and_apply(s, BOB);
	attempt(s, "process", CAROL, process);
	attempt(s, "discard", CAROL, discard);
	drop(s);
	renew(&s->message);
	attempt(s, "send", BOB, send_message);
	attempt(s, "receive of a message", ALICE, receive);
	attempt(s, "receive of a message", CAROL, receive);
	attempt(s, "export", ALICE, export);
	attempt(s, "tree", ALICE, group_tree);
	renew(&s->tree);
	attempt(s, "group_open", ALICE, open_twin);
	mls_group_close(s->twin);
	s->twin = NULL;
	agree(s);
}

static void
parting(struct stage *s)
{
	make(s, "make_commit with an add", BOB, commit_dave);
	attempt(s, "change_welcome", BOB, take_welcome);
	attempt(s, "change_tree", BOB, take_tree);
	attempt(s, "apply of our own", BOB, apply);
	drop(s);
	attempt(s, "receive of a commit", ALICE, receive);
	process_and_apply(s, CAROL);
	join_and_apply(s, DAVE);
	renew(&s->tree);
	renew(&s->welcome);
	agree(s);
	make_and_apply(s, "make_commit with a removal", DAVE,
	    commit_removal);
	process_and_apply(s, ALICE);
	process_and_apply(s, BOB);
	process_and_apply(s, CAROL);
	check(!view(CAROL).active);
	agree(s);
	mls_group_close(CAROL->group);
	CAROL->group = NULL;
	attempt(s, "group_delete", CAROL, delete_group);
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

/* Everything once; true if all calls are through. */
static bool
play(struct stage *s)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	bool through = true;
	unsigned i;

	draw_seed(place.seed);
	s->calls = 0;
	policy.tolerate = MLS_TOLERATE_UNCOMMITTED;
	s->context = context_open(&policy, NULL);
	load_modules(s);
	for (i = 0; i < PEOPLE; i++)
		person_new(&s->person[i], s->context, i, STORE_MEMORY, NULL);
	founding(s);
	commits(s);
	proposals(s);
	messages(s);
	parting(s);
	for (i = 0; i < PEOPLE; i++) {
		person_free(&s->person[i]);
		mls_bytes_free(&s->package[i]);
	}
	mls_bytes_free(&s->message);
	mls_context_free(s->context);
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
	}
	return 0;
}
