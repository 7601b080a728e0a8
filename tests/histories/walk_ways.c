/* SPDX-License-Identifier: MIT */
/* Ways into groups from outside, and from one group to another. */
#include "walk.h"

#include <stdlib.h>

static struct room *
room_any(bool over)
{
	struct room *r = &walk.rooms[draw(ROOMS)];

	return r->used && r->over == over ? r : NULL;
}

/* Released, perhaps found again, applied, and told to all others. */
static void
come_in(struct room *r, unsigned who, mls_change *c,
    const bool gone[WALKERS])
{
	struct seat *s = &r->seats[who];
	struct mls_bytes message;
	unsigned i;

	must(mls_change_release(&message, c));
	if (chance(20)) {
		mls_change_drop(c);
		must(mls_client_pending(&c, walk.people[who].client,
		    text(r->id)));
		check(c != NULL);
	}
	room_tell(r, who, &message, who);
	must(mls_change_apply(c));
	must(mls_change_group(&s->group, c));
	mls_change_drop(c);
	mls_bytes_free(&message);
	r->epoch++;
	room_next(r);
	s->in = true;
	s->since = r->epoch;
	for (i = 0; i < WALKERS; i++)
		if (gone[i] && i != who) {
			check(!r->seats[i].in);
			person_leaves(r, i);
		}
	room_compare(r);
}

static void
enter(struct room *r, unsigned who, struct mls_external_options *o)
{
	bool beside = chance(30), gone[WALKERS] = { false };
	struct mls_buf leavers[MOST_LEAVERS];
	struct mls_bytes info = room_info(r, beside), tree = { NULL, 0 };
	const struct mls_summary *s;
	mls_change *c;
	size_t i;

	if (beside)
		must(mls_group_tree(&tree, r->seats[room_member(r)].group));
	for (i = 0; i < r->n_leavers; i++)
		leavers[i] = octets(&r->leavers[i]);
	if (!o->resync && chance(70)) {
		o->self_removes = leavers;
		o->n_self_removes = r->n_leavers;
	}
	must(mls_group_join_external(&c, walk.people[who].client,
	    octets(&info), octets(&tree), o));
	s = mls_change_summary(c);
	for (i = 0; i < s->n_effects; i++)
		if (s->effects[i].type == MLS_EFFECT_SELF_REMOVE ||
		    s->effects[i].type == MLS_EFFECT_REMOVE)
			gone[walker_of(&s->effects[i].previous)] = true;
	come_in(r, who, c, gone);
	mls_bytes_free(&info);
	mls_bytes_free(&tree);
}

bool
walk_enter(void)
{
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct mls_intent v[2] = {
		{ .type = MLS_EFFECT_PSK, .psk_id = text("psk1") },
		{ .type = MLS_EFFECT_CUSTOM, .proposal_type = NOTE,
		.body = text("\5hello") } };
	struct room *r = room_any(false);
	unsigned who;

	if (r == NULL || !room_stranger(&who, r))
		return false;
	mls_group_close(r->seats[who].group);
	r->seats[who].group = NULL;
	o.intents = v;
	o.n_intents = draw(3);
	enter(r, who, &o);
	return true;
}

bool
walk_return(void)
{
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct room *r = room_any(false);
	struct seat *s;
	unsigned who;

	if (r == NULL || room_members(r) < 2)
		return false;
	who = room_member(r);
	s = &r->seats[who];
	mls_group_close(s->group);
	s->group = NULL;
	s->in = false; /* as far as we know */
	if (chance(50))
		must(mls_group_delete(walk.people[who].client,
		    text(r->id)));
	o.resync = 1;
	enter(r, who, &o);
	return true;
}

/* All of these in the first commit of a group of `by`'s. */
static void
gather(struct room *r, unsigned by, const bool with[WALKERS],
    const struct mls_group_options *o)
{
	struct mls_commit_options commit = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent v[WALKERS];
	struct mls_bytes owned[WALKERS];
	mls_change *c;
	size_t n = 0, i;

	memset(v, 0, sizeof(v));
	must(mls_group_create(&r->seats[by].group, walk.people[by].client,
	    o));
	r->seats[by].in = true;
	for (i = 0; i < WALKERS; i++) {
		if (!with[i] || i == by)
			continue;
		owned[n] = person_package(&walk.people[i], r->suite);
		v[n].type = MLS_EFFECT_ADD;
		v[n].key_package = octets(&owned[n]);
		n++;
	}
	commit.intents = v;
	commit.n_intents = n;
	if (n != 0) {
		must(mls_group_make_commit(&c, r->seats[by].group, &commit));
		room_commit(r, by, c);
	}
	for (i = 0; i < n; i++)
		mls_bytes_free(&owned[i]);
}

bool
walk_create(void)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	bool with[WALKERS] = { false };
	struct room *r = room_free_slot();
	unsigned i;

	if (r == NULL)
		return false;
	room_begin(r, draw_suite());
	for (i = 0; i < WALKERS; i++)
		with[i] = chance(30);
	o.suite = r->suite;
	o.group_id = text(r->id);
	gather(r, draw(WALKERS), with, &o);
	return true;
}

/* The old room's members go over; the old groups are erased, or not yet. */
static void
succeed(struct room *old)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	bool with[WALKERS];
	struct room next;
	unsigned by = room_member(old), i;

	room_begin(&next, old->next_suite);
	snprintf(next.id, sizeof(next.id), "%.14s+", old->id);
	for (i = 0; i < WALKERS; i++)
		with[i] = old->seats[i].in;
	o.lineage = MLS_LINEAGE_REINIT;
	o.parent = old->seats[by].group;
	gather(&next, by, with, &o);
	room_end(old);
	*old = next;
	room_compare(old);
}

bool
walk_reinit(void)
{
	struct mls_intent intent = { .type = MLS_EFFECT_REINIT };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct room *r = room_any(true);
	char id[24];
	mls_change *c;
	unsigned by;

	if (r != NULL) {
		succeed(r);
		return true;
	}
	r = room_any(false);
	if (r == NULL || strlen(r->id) > 12)
		return false;
	by = room_member(r);
	snprintf(id, sizeof(id), "%s+", r->id);
	intent.group_id = text(id);
	intent.suite = draw_suite();
	o.intents = &intent;
	o.n_intents = 1;
	o.flags = MLS_COMMIT_NO_CACHED;
	must(mls_group_make_commit(&c, r->seats[by].group, &o));
	room_commit(r, by, c);
	check(r->over);
	return true;
}

bool
walk_branch(void)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct room *from = room_any(false), *r = room_free_slot();
	bool with[WALKERS];
	unsigned by, i;

	if (from == NULL || r == NULL || room_members(from) < 2)
		return false;
	by = room_member(from);
	room_begin(r, from->suite);
	for (i = 0; i < WALKERS; i++)
		with[i] = from->seats[i].in && chance(60);
	do /* a branch takes its members at once, and somebody else */
		i = room_member(from);
	while (i == by);
	with[i] = true;
	o.group_id = text(r->id);
	o.lineage = MLS_LINEAGE_BRANCH;
	o.parent = from->seats[by].group;
	gather(r, by, with, &o);
	return true;
}

bool
walk_dissolve(void)
{
	struct room *r = &walk.rooms[draw(ROOMS)];

	if (!r->used || room_free_slot() != NULL)
		return false;
	room_end(r);
	return true;
}

bool
walk_crash(void)
{
	unsigned who = draw(WALKERS), i;
	bool had[ROOMS];
	struct seat *s;

	for (i = 0; i < ROOMS; i++) {
		s = &walk.rooms[i].seats[who];
		had[i] = walk.rooms[i].used && s->group != NULL;
		if (!had[i])
			continue;
		mls_group_close(s->group);
		s->group = NULL;
	}
	person_crash(&walk.people[who], true);
	for (i = 0; i < ROOMS; i++)
		if (had[i]) {
			must(mls_group_open(&walk.rooms[i].seats[who].group,
			    walk.people[who].client,
			    text(walk.rooms[i].id)));
			if (!walk.rooms[i].over)
				room_compare(&walk.rooms[i]);
		}
	return true;
}
