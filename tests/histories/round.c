/* SPDX-License-Identifier: MIT */
/* How an epoch ends: proposals, and commits of which one wins. */
#include "play.h"

#include <stdlib.h>

/* A commit that somebody released. */
struct draft {
	struct person *by;
	mls_change *change;
	struct mls_bytes message, welcome, tree;
	bool beside;
	bool added[MOST_PEOPLE], removed[MOST_PEOPLE];
};

static unsigned
person_of(const struct play *p, struct mls_buf identity)
{
	unsigned i;

	for (i = 0; i < p->n; i++)
		if (equal(identity, text(p->people[i].name)))
			return i;
	die(__FILE__, __LINE__, "an effect names nobody");
}

bool
play_take(struct play *p, struct person *by, struct mls_buf message)
{
	struct shelf_version *before = shelf_hold(by->slot);
	const struct mls_summary *s;
	mls_change *c, *twin = NULL;
	bool removed;

	place.step++;
	if (chance(15)) {
		must(mls_group_process(&c, by->group, message));
		mls_change_drop(c);
	}
	must(mls_group_process(&c, by->group, message));
	if (chance(10))
		must(mls_group_process(&twin, by->group, message));
	check(by->store != STORE_SHELF || shelf_same(before, by->slot));
	shelf_drop(before);
	s = mls_change_summary(c);
	removed = s->removes_us;
	must(mls_change_apply(c));
	if (twin != NULL && mls_change_summary(twin)->kind ==
	    MLS_CHANGE_COMMIT)
		must_fail(mls_change_apply(twin), MLS_E_CHANGE_STALE);
	else if (twin != NULL)
		mls_change_apply(twin); /* twice the same proposal */
	mls_change_drop(twin);
	mls_change_drop(c);
	(void)p;
	return removed;
}

static struct mls_bytes
propose(struct play *p, struct person *by, const struct mls_intent *intent)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_bytes message;
	mls_change *c;

	o.framing = play_framing(p);
	must(mls_group_make_proposal(&c, by->group, intent, &o));
	must(mls_change_release(&message, c));
	mls_change_drop(c);
	play_made(p, "proposal", by, &message);
	p->sum.proposals++;
	return message;
}

#define MOST_PROPOSALS 12

void
play_propose(struct play *p)
{
	struct mls_bytes sent[MOST_PROPOSALS];
	struct person *by[MOST_PROPOSALS];
	unsigned n = 0, rounds = draw(4), i, j, order[MOST_PROPOSALS];
	uint32_t have;
	struct intents v;

	place.doing = "proposing";
	while (rounds-- > 0) {
		struct person *who = play_random(p);

		intents_draw(&v, p, who, false);
		for (i = 0; i < v.n && n < MOST_PROPOSALS; i++) {
			by[n] = who;
			sent[n++] = propose(p, who, &v.v[i]);
		}
		intents_free(&v);
	}
	if (n < MOST_PROPOSALS && play_ask(p, &by[n], &sent[n]))
		n++;
	for (i = 0; i < n; i++)
		watch_handshake(p, octets(&sent[i]));
	place.doing = "taking proposals";
	for (i = 0; i < p->n; i++) {
		shuffle(order, n);
		for (j = 0; p->people[i].in && j < n; j++)
			if (by[order[j]] != &p->people[i])
				play_take(p, &p->people[i],
				    octets(&sent[order[j]]));
		if (p->people[i].in && chance(5))
			person_crash(&p->people[i], true);
	}
	have = view(play_random(p)).proposals; /* equal ones count once */
	for (i = 0; i < p->n; i++)
		if (p->people[i].in)
			check(view(&p->people[i]).proposals == have);
	check(have <= n && (have > 0 || n == 0));
	for (i = 0; i < n; i++)
		mls_bytes_free(&sent[i]);
}

static uint32_t
draw_flags(void)
{
	uint32_t flags = 0;

	if (chance(30))
		flags |= MLS_COMMIT_FORCE_PATH;
	if (chance(50))
		flags |= MLS_COMMIT_TREE_BESIDE;
	if (chance(10))
		flags |= MLS_COMMIT_NO_CACHED;
	if (chance(10))
		flags |= MLS_COMMIT_NEW_SIGNATURE_KEY;
	return flags;
}

static void
make(mls_change **out, struct play *p, struct person *by, uint32_t flags)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	struct shelf_version *before = shelf_hold(by->slot);
	struct intents v;

	intents_draw(&v, p, by, true);
	send.framing = play_framing(p);
	send.padding = chance(20) ? draw(200) : 0;
	o.intents = v.v;
	o.n_intents = v.n;
	o.flags = flags;
	o.send = &send;
	must(mls_group_make_commit(out, by->group, &o));
	intents_free(&v);
	check(by->store != STORE_SHELF || shelf_same(before, by->slot));
	shelf_drop(before);
}

static void
note_effects(struct draft *d, const struct play *p)
{
	const struct mls_summary *s = mls_change_summary(d->change);
	size_t i;

	for (i = 0; i < s->n_effects; i++) {
		if (s->effects[i].type == MLS_EFFECT_ADD)
			d->added[person_of(p,
			    s->effects[i].identity.identity)] = true;
		else if (s->effects[i].type == MLS_EFFECT_REMOVE)
			d->removed[person_of(p,
			    s->effects[i].previous.identity)] = true;
	}
}

/* A released commit is cancelled, by this handle or another. */
static void
give_up(const struct draft *d)
{
	switch (draw(3)) {
	case 0:
		must(mls_change_cancel(d->change));
		break;
	case 1:
		must(mls_group_settle(d->by->group, 0));
		must_fail(mls_change_cancel(d->change), MLS_E_CHANGE_STALE);
		break;
	default:
		person_crash(d->by, false);
		must(mls_group_settle(d->by->group, 0));
		must_fail(mls_change_cancel(d->change),
		    MLS_E_REVISION_CHANGED);
		break;
	}
}

static void
draft(struct draft *d, struct play *p, struct person *by)
{
	uint32_t flags = draw_flags();

	memset(d, 0, sizeof(*d));
	d->by = by;
	d->beside = (flags & MLS_COMMIT_TREE_BESIDE) != 0;
	if (chance(20)) { /* made for nothing */
		make(&d->change, p, by, draw_flags());
		mls_change_drop(d->change);
	}
	if (chance(15)) { /* given out, and given up */
		make(&d->change, p, by, draw_flags());
		must(mls_change_release(&d->message, d->change));
		play_made(p, "lost commit", by, &d->message);
		give_up(d);
		mls_change_drop(d->change);
		mls_bytes_free(&d->message);
	}
	make(&d->change, p, by, flags);
	note_effects(d, p);
	must(mls_change_release(&d->message, d->change));
	must(mls_change_welcome(&d->welcome, d->change));
	if (d->beside)
		must(mls_change_tree(&d->tree, d->change));
	play_made(p, "commit", by, &d->message);
	play_made(p, "welcome", by, &d->welcome);
	play_made(p, "tree", by, &d->tree);
	check(view(by).pending);
}

static void
free_draft(struct draft *d)
{
	mls_change_drop(d->change);
	mls_bytes_free(&d->message);
	mls_bytes_free(&d->welcome);
	mls_bytes_free(&d->tree);
}

/* All handles are lost; the store has the commit. */
static void
crash_with(struct draft *d)
{
	struct mls_bytes again, welcome;

	mls_change_drop(d->change);
	d->change = NULL;
	person_crash(d->by, true);
	must(mls_group_pending(&d->change, d->by->group));
	check(d->change != NULL);
	must(mls_change_release(&again, d->change));
	check(equal(octets(&again), octets(&d->message)));
	must(mls_change_welcome(&welcome, d->change));
	check(equal(octets(&welcome), octets(&d->welcome)));
	mls_bytes_free(&again);
	mls_bytes_free(&welcome);
}

static void
win(struct draft *d, struct play *p)
{
	struct mls_bytes tree;
	mls_change *echo;

	place.doing = "applying the own commit";
	if (chance(25)) {
		crash_with(d);
		p->sum.crashes++;
	}
	switch (draw(3)) {
	case 0:
		must(mls_change_apply(d->change));
		break;
	case 1:
		must(mls_group_process(&echo, d->by->group,
		    octets(&d->message)));
		check(mls_change_summary(echo)->own == 1);
		must(mls_change_apply(echo));
		mls_change_drop(echo);
		must_fail(mls_change_apply(d->change), MLS_E_CHANGE_STALE);
		break;
	default:
		must(mls_group_settle(d->by->group, 1));
		must_fail(mls_change_apply(d->change), MLS_E_CHANGE_STALE);
		break;
	}
	check(mls_change_tree(&tree, d->change) != 0);
	check(!view(d->by).pending);
}

static void
lose(struct draft *d, const struct draft *winner, struct play *p)
{
	bool cancelled = chance(50);
	mls_change *c;

	place.doing = "losing against another commit";
	p->sum.competing++;
	if (chance(40)) { /* has a look at it first */
		must(mls_group_process(&c, d->by->group,
		    octets(&winner->message)));
		mls_change_drop(c);
	}
	if (chance(20))
		crash_with(d);
	if (cancelled)
		must(mls_change_cancel(d->change));
	if (play_take(p, d->by, octets(&winner->message)))
		check(winner->removed[d->by->id]);
	else
		check(!view(d->by).pending);
	must_fail(mls_change_apply(d->change), cancelled ?
	    MLS_E_CHANGE_MISUSE : MLS_E_CHANGE_STALE);
}

static void
join(struct play *p, struct person *who, const struct draft *d)
{
	struct mls_buf tree = d->beside ? octets(&d->tree) : NO_OCTETS;
	struct mls_buf welcome = octets(&d->welcome);
	struct shelf_version *before;
	mls_change *c;

	place.doing = "joining";
	place.step++;
	if (who->group != NULL) { /* comes back */
		mls_group_close(who->group);
		who->group = NULL;
		must(mls_group_delete(who->client, text(group_name)));
	}
	before = shelf_hold(who->slot);
	if (d->beside)
		must_fail(mls_group_join(&c, who->client, welcome,
		    NO_OCTETS), MLS_E_RATCHET_TREE_MISSING);
	if (chance(20)) {
		must(mls_group_join(&c, who->client, welcome, tree));
		mls_change_drop(c);
	}
	must(mls_group_join(&c, who->client, welcome, tree));
	check(who->store != STORE_SHELF || shelf_same(before, who->slot));
	shelf_drop(before);
	check(mls_change_summary(c)->kind == MLS_CHANGE_JOIN);
	check(mls_change_summary(c)->sender == view(d->by).own_leaf);
	must(mls_change_apply(c));
	must(mls_change_group(&who->group, c));
	mls_change_drop(c);
	check(mls_group_join(&c, who->client, welcome, tree) != 0);
	who->in = true;
	who->incarnation++;
	p->sum.joins++;
}

static void
leave(struct play *p, struct person *who)
{
	struct mls_bytes message;
	mls_change *c;

	who->in = false;
	p->sum.removals++;
	if (chance(30))
		person_crash(who, true);
	check(!view(who).active);
	must_fail(mls_group_send(&message, who->group, text("hello?")),
	    MLS_E_GROUP_INACTIVE);
	must_fail(mls_group_make_commit(&c, who->group, NULL),
	    MLS_E_GROUP_INACTIVE);
}

static void
others_take(struct play *p, const struct draft *winner,
    const struct draft *loser)
{
	unsigned order[MOST_PEOPLE], i;
	struct person *who;
	bool removed;
	mls_change *c;

	place.doing = "taking the commit";
	shuffle(order, p->n);
	for (i = 0; i < p->n; i++) {
		who = &p->people[order[i]];
		if (!who->in || who == winner->by)
			continue;
		if (loser == NULL || who != loser->by) {
			if (loser != NULL && !loser->removed[who->id] &&
			    chance(20)) { /* saw the other one first */
				must(mls_group_process(&c, who->group,
				    octets(&loser->message)));
				mls_change_drop(c);
			}
			removed = play_take(p, who, octets(&winner->message));
			check(removed == winner->removed[who->id]);
			if (chance(5))
				person_crash(who, true);
		}
		if (loser != NULL)
			must_fail(mls_group_process(&c, who->group,
			    octets(&loser->message)), MLS_E_HANDSHAKE_EPOCH);
	}
}

void
play_commit(struct play *p)
{
	struct draft winner, loser;
	bool two = play_members(p) > 1 && chance(30);
	unsigned i;

	place.doing = "making a commit";
	draft(&winner, p, play_random(p));
	if (two) {
		struct person *other = play_random(p);

		two = other != winner.by;
		if (two)
			draft(&loser, p, other);
	}
	if (chance(30))
		play_send(p);
	watch_commit(p, octets(&winner.message),
	    two ? octets(&loser.message) : NO_OCTETS);
	win(&winner, p);
	if (two)
		lose(&loser, &winner, p);
	others_take(p, &winner, two ? &loser : NULL);
	for (i = 0; i < p->n; i++)
		if (p->people[i].in && winner.removed[i])
			leave(p, &p->people[i]);
	for (i = 0; i < p->n; i++)
		if (winner.added[i])
			join(p, &p->people[i], &winner);
	free_draft(&winner);
	if (two)
		free_draft(&loser);
	p->sum.commits++;
}
