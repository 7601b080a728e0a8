/* SPDX-License-Identifier: MIT */
/* The part of mls-memory's scenario in which a server looks on. */
#include "memory.h"

#include "heap.h"

static struct mls_send_options
in_public(void)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;

	o.framing = MLS_FRAMING_PUBLIC;
	return o;
}

static int
publish(struct stage *s, struct person *p)
{
	return mls_group_publish(&s->group_info, p->group, 0);
}

static int
begin(struct stage *s, struct person *p)
{
	return mls_observer_new(&s->observer, p->context,
	    octets(&s->group_info), NO_OCTETS, NULL);
}

static int
look(struct stage *s, struct person *p)
{
	(void)p;
	return mls_observer_process(&s->change, s->observer,
	    octets(&s->message));
}

static int
take_up(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_apply(s->change);
}

static int
offer(struct stage *s, struct person *p)
{
	(void)p;
	return mls_observer_offer(s->observer, octets(&s->group_info));
}

static int
hand_out(struct stage *s, struct person *p)
{
	(void)p;
	return mls_observer_group_info(&s->tree, s->observer);
}

static int
tree_of(struct stage *s, struct person *p)
{
	(void)p;
	return mls_observer_tree(&s->tree, s->observer);
}

static int
find(struct stage *s, struct person *p)
{
	uint32_t leaf;

	return mls_observer_find(&leaf, s->observer, text(p->name));
}

static int
save(struct stage *s, struct person *p)
{
	(void)p;
	return mls_observer_save(&s->tree, s->observer);
}

static int
load(struct stage *s, struct person *p)
{
	mls_observer *again;
	int rc = mls_observer_load(&again, p->context, octets(&s->tree));

	if (rc == 0) {
		mls_observer_close(s->observer);
		s->observer = again;
	}
	return rc;
}

static int
resync(struct stage *s, struct person *p)
{
	(void)p;
	return mls_observer_resync(s->observer, octets(&s->group_info),
	    NO_OCTETS, NULL);
}

static void
renew(struct mls_bytes *b)
{
	mls_bytes_free(b);
}

static void
watch(struct stage *s, struct person *p)
{
	attempt(s, "observer_process", p, look);
	attempt(s, "apply of an observer", p, take_up);
	mls_change_drop(s->change);
	s->change = NULL;
}

static void
take(struct stage *s, struct person *p)
{
	must(mls_group_receive(p->group, octets(&s->message), NULL, NULL));
}

/* An Update of Bob's, and the commit that takes it up. */
static void
handshakes(struct stage *s)
{
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_send_options send = in_public();
	mls_change *c;

	must(mls_group_make_proposal(&c, BOB->group, &update, &send));
	must(mls_change_release(&s->message, c));
	mls_change_drop(c);
	watch(s, BOB);
	take(s, ALICE);
	take(s, CAROL);
	renew(&s->message);
	o.send = &send;
	must(mls_group_commit(&s->message, NULL, ALICE->group, &o));
	must(mls_group_settle(ALICE->group, 1));
	watch(s, ALICE);
	take(s, BOB);
	take(s, CAROL);
	renew(&s->message);
}

void
scene_watch(struct stage *s)
{
	renew(&s->message);
	attempt(s, "publish", ALICE, publish);
	attempt(s, "observer_new", ALICE, begin);
	renew(&s->group_info);
	handshakes(s);
	must(publish(s, BOB));
	attempt(s, "observer_offer", BOB, offer);
	renew(&s->group_info);
	attempt(s, "observer_group_info", BOB, hand_out);
	renew(&s->tree);
	attempt(s, "observer_tree", BOB, tree_of);
	renew(&s->tree);
	attempt(s, "observer_find", BOB, find);
	attempt(s, "observer_save", BOB, save);
	attempt(s, "observer_load", BOB, load);
	renew(&s->tree);
	/* What it is not shown. */
	must(mls_group_commit(&s->message, NULL, CAROL->group, NULL));
	must(mls_group_settle(CAROL->group, 1));
	take(s, ALICE);
	take(s, BOB);
	renew(&s->message);
	must(publish(s, CAROL));
	attempt(s, "observer_resync", CAROL, resync);
	renew(&s->group_info);
	mls_observer_close(s->observer);
	s->observer = NULL;
}

#define LONG 300
#define WARM 100 /* epochs in which pools and tables grow to their size */

/* The messages of an epoch: an Update of one of three, and the commit of
 * another, which at times removes and adds the third. */
static void
epoch(struct stage *s, struct mls_bytes *out, unsigned i)
{
	struct mls_intent v[2] = { { .type = MLS_EFFECT_UPDATE },
		{ .type = MLS_EFFECT_ADD } };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_send_options send = in_public();
	struct person *by = &s->person[i % 2], *other = &s->person[1 - i % 2];
	struct mls_bytes package = { NULL, 0 };
	mls_change *c;

	must(mls_group_make_proposal(&c, other->group, &v[0], &send));
	must(mls_change_release(&out[0], c));
	mls_change_drop(c);
	must(mls_group_receive(by->group, octets(&out[0]), NULL, NULL));
	o.send = &send;
	if (i % 4 == 1) {
		package = person_package(CAROL, s->suite);
		v[1].key_package = octets(&package);
	} else if (i % 4 == 3) {
		v[1].type = MLS_EFFECT_REMOVE;
		v[1].leaf = 2;
	}
	o.intents = &v[1];
	o.n_intents = i % 2;
	must(mls_group_commit(&out[1], NULL, by->group, &o));
	must(mls_group_settle(by->group, 1));
	must(mls_group_receive(other->group, octets(&out[1]), NULL, NULL));
	mls_bytes_free(&package);
}

/* Alice and Bob, and what they send each other in many epochs. */
static void
record(struct stage *s, struct mls_bytes (*out)[2])
{
	struct mls_group_options g = MLS_GROUP_OPTIONS_INIT;
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes package = person_package(BOB, s->suite), message;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	mls_change *c;
	unsigned i;

	g.suite = s->suite;
	must(mls_group_create(&ALICE->group, ALICE->client, &g));
	add.key_package = octets(&package);
	o.intents = &add;
	o.n_intents = 1;
	must(mls_group_commit(&message, &s->welcome, ALICE->group, &o));
	must(mls_group_settle(ALICE->group, 1));
	must(mls_group_join(&c, BOB->client, octets(&s->welcome),
	    NO_OCTETS));
	must(mls_change_apply(c));
	must(mls_change_group(&BOB->group, c));
	mls_change_drop(c);
	must(publish(s, ALICE));
	for (i = 0; i < LONG; i++)
		epoch(s, out[i], i);
	renew(&package);
	renew(&message);
	renew(&s->welcome);
}

static void
pass(struct stage *s, const struct mls_bytes *message)
{
	mls_change *c;

	must(mls_observer_process(&c, s->observer, octets(message)));
	must(mls_change_apply(c));
	mls_change_drop(c);
}

/* What was least in the epochs from..to: a library may clean up late. */
struct least {
	long blocks;
	size_t octets;
};

static struct least
follow(struct stage *s, struct mls_bytes (*messages)[2], unsigned from,
    unsigned to)
{
	struct least l = { 0, 0 };
	unsigned i;

	for (i = from; i < to; i++) {
		pass(s, &messages[i][0]);
		pass(s, &messages[i][1]);
		if (i % 4 != 3)
			continue; /* the same members */
		if (l.blocks == 0 || heap_live() < l.blocks)
			l.blocks = heap_live();
		if (l.octets == 0 || heap_octets() < l.octets)
			l.octets = heap_octets();
	}
	return l;
}

void
watch_long(struct stage *s)
{
	static struct mls_bytes messages[LONG][2];
	struct least early, late;
	unsigned i;

	place.doing = "observing many epochs";
	stage_open(s);
	record(s, messages);
	must(begin(s, ALICE));
	renew(&s->group_info);
	follow(s, messages, 0, WARM);
	early = follow(s, messages, WARM, 2 * WARM);
	late = follow(s, messages, 2 * WARM, LONG);
	check(late.blocks <= early.blocks);
	check(late.octets <= early.octets + 1024);
	mls_observer_close(s->observer);
	s->observer = NULL;
	for (i = 0; i < LONG; i++) {
		renew(&messages[i][0]);
		renew(&messages[i][1]);
	}
	stage_close(s);
	printf("suite %u: an observer of %u epochs: %ld blocks, %zu octets in "
	    "use, then %ld, %zu\n", s->suite, LONG, early.blocks,
	    early.octets, late.blocks, late.octets);
}
