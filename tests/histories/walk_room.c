/* SPDX-License-Identifier: MIT */
/* Rooms: groups, and what all members of one must have in common. */
#include "walk.h"

unsigned
room_members(const struct room *r)
{
	unsigned i, n = 0;

	for (i = 0; i < WALKERS; i++)
		n += r->seats[i].in;
	return n;
}

unsigned
room_member(const struct room *r)
{
	unsigned skip = draw(room_members(r)), i;

	for (i = 0; i < WALKERS; i++)
		if (r->seats[i].in && skip-- == 0)
			break;
	check(i < WALKERS);
	return i;
}

bool
room_stranger(unsigned *out, const struct room *r)
{
	unsigned order[WALKERS], i;

	shuffle(order, WALKERS);
	for (i = 0; i < WALKERS; i++)
		if (!r->seats[order[i]].in && !r->seats[order[i]].asked) {
			*out = order[i];
			return true;
		}
	return false;
}

struct room *
room_free_slot(void)
{
	unsigned i;

	for (i = 0; i < ROOMS; i++)
		if (!walk.rooms[i].used)
			return &walk.rooms[i];
	return NULL;
}

struct room *
room_of(const mls_group *group)
{
	unsigned i, k;

	for (i = 0; i < ROOMS; i++)
		for (k = 0; k < WALKERS; k++)
			if (walk.rooms[i].used &&
			    walk.rooms[i].seats[k].group == group)
				return &walk.rooms[i];
	return NULL;
}

uint16_t
draw_suite(void)
{
	return (uint16_t)(1 + draw(chance(80) ? 3 : 7));
}

unsigned
walker_of(const struct mls_identity *identity)
{
	struct mls_buf name = identity->identity;
	unsigned i;

	if (identity->credential_type == BADGE) {
		name.data++; /* the length, of one octet */
		name.len--;
	}
	for (i = 0; i <= PORTER; i++)
		if (equal(name, text(walk.people[i].name)))
			return i;
	die(__FILE__, __LINE__, "a credential names nobody");
}

void
room_begin(struct room *r, uint16_t suite)
{
	memset(r, 0, sizeof(*r));
	r->used = true;
	r->serial = ++walk.rooms_made;
	r->suite = suite;
	snprintf(r->id, sizeof(r->id), "room %u", r->serial);
}

void
room_end(struct room *r)
{
	struct seat *s;
	unsigned i;

	room_next(r);
	watch_end(r);
	for (i = 0; i < WALKERS; i++) {
		s = &r->seats[i];
		if (s->group == NULL)
			continue;
		mls_group_close(s->group);
		must(mls_group_delete(walk.people[i].client, text(r->id)));
	}
	r->used = false;
}

void
room_next(struct room *r)
{
	unsigned i;

	for (i = 0; i < r->n_leavers; i++)
		mls_bytes_free(&r->leavers[i]);
	r->n_leavers = 0;
	r->waiting = 0;
	for (i = 0; i < WALKERS; i++)
		r->seats[i].asked = false;
}

struct mls_bytes
room_info(struct room *r, bool beside)
{
	struct mls_bytes info;

	must(mls_group_publish(&info, r->seats[room_member(r)].group,
	    beside ? MLS_PUBLISH_TREE_BESIDE : 0));
	return info;
}

void
room_compare(struct room *r)
{
	struct mls_group_info_view v = MLS_GROUP_INFO_VIEW_INIT;
	struct stand first, other;
	struct person p;
	bool have = false;
	unsigned i;

	for (i = 0; i < WALKERS; i++) {
		if (!r->seats[i].in)
			continue;
		p = walk.people[i];
		p.group = r->seats[i].group;
		stand_of(&other, &p);
		if (!have)
			first = other;
		have = true;
		stands_agree(&p, &first, &other);
		check(other.members == room_members(r));
		check(other.epoch == r->epoch);
		v = view(&p);
		check(v.proposals <= r->waiting);
	}
	watch_compare(r, &v);
}

/* What a message does is the same for all who see it. */
struct seen {
	bool any;
	int kind;
	size_t n;
	int types[64];
};

static void
see(struct seen *seen, const struct mls_summary *s)
{
	size_t i;

	check(s->n_effects <= 64);
	if (!seen->any) {
		seen->any = true;
		seen->kind = s->kind;
		seen->n = s->n_effects;
		for (i = 0; i < s->n_effects; i++)
			seen->types[i] = s->effects[i].type;
		return;
	}
	check(seen->kind == s->kind && seen->n == s->n_effects);
	for (i = 0; i < s->n_effects; i++)
		check(seen->types[i] == s->effects[i].type);
}

void
room_tell(struct room *r, unsigned from, const struct mls_bytes *message,
    unsigned but)
{
	unsigned order[WALKERS], i, who;
	struct seen seen = { .any = false };
	struct seat *s;
	mls_change *c;

	watch_take(r, message);
	shuffle(order, WALKERS);
	for (i = 0; i < WALKERS; i++) {
		who = order[i];
		s = &r->seats[who];
		if (!s->in || who == from || who == but)
			continue;
		if (chance(10)) { /* has a look first */
			must(mls_group_process(&c, s->group,
			    octets(message)));
			mls_change_drop(c);
		}
		must(mls_group_process(&c, s->group, octets(message)));
		see(&seen, mls_change_summary(c));
		if (mls_change_summary(c)->removes_us)
			s->in = false;
		must(mls_change_apply(c));
		mls_change_drop(c);
	}
}

void
person_leaves(struct room *r, unsigned who)
{
	struct seat *s = &r->seats[who];
	struct mls_bytes message;

	check(!s->in);
	must_fail(mls_group_send(&message, s->group, text("hello?")),
	    MLS_E_GROUP_INACTIVE);
	if (chance(50))
		return; /* it stays, and a join takes its place */
	mls_group_close(s->group);
	s->group = NULL;
	must(mls_group_delete(walk.people[who].client, text(r->id)));
}

static void
join(struct room *r, unsigned who, const struct mls_bytes *welcome,
    const struct mls_bytes *tree)
{
	struct seat *s = &r->seats[who];
	mls_change *c;

	mls_group_close(s->group);
	s->group = NULL;
	must(mls_group_join(&c, walk.people[who].client, octets(welcome),
	    octets(tree)));
	check(mls_change_summary(c)->kind == MLS_CHANGE_JOIN);
	must(mls_change_apply(c));
	must(mls_change_group(&s->group, c));
	mls_change_drop(c);
	s->in = true;
	s->since = r->epoch;
}

/* The handle is lost between release and apply. */
static mls_change *
find_again(struct room *r, unsigned by, mls_change *change)
{
	struct seat *s = &r->seats[by];

	mls_change_drop(change);
	mls_group_close(s->group);
	must(mls_group_open(&s->group, walk.people[by].client, text(r->id)));
	must(mls_group_pending(&change, s->group));
	check(change != NULL);
	return change;
}

void
room_commit(struct room *r, unsigned by, mls_change *change)
{
	const struct mls_summary *s = mls_change_summary(change);
	struct mls_bytes message, welcome, tree;
	bool added[WALKERS] = { false }, gone[WALKERS] = { false };
	unsigned i, notes = 0, before = room_members(r);
	size_t k;

	for (k = 0; k < s->n_effects; k++) {
		const struct mls_effect *e = &s->effects[k];

		if (e->type == MLS_EFFECT_ADD)
			added[walker_of(&e->identity)] = true;
		else if (e->type == MLS_EFFECT_REMOVE ||
		    e->type == MLS_EFFECT_SELF_REMOVE)
			gone[walker_of(&e->previous)] = true;
		else if (e->type == MLS_EFFECT_CUSTOM)
			notes++;
		else if (e->type == MLS_EFFECT_REINIT) {
			r->over = true;
			r->next_suite = e->suite;
		}
	}
	must(mls_change_release(&message, change));
	must(mls_change_welcome(&welcome, change));
	must(mls_change_tree(&tree, change));
	r->applied = 0;
	if (chance(15))
		change = find_again(r, by, change);
	must(mls_change_apply(change));
	mls_change_drop(change);
	room_tell(r, by, &message, by);
	r->epoch++;
	room_next(r);
	for (i = 0; i < WALKERS; i++)
		if (gone[i]) {
			check(!r->seats[i].in);
			person_leaves(r, i);
		}
	/* The one who goes is told as well. */
	check(r->applied <= notes * before && (notes == 0 || r->applied > 0));
	for (i = 0; i < WALKERS; i++)
		if (added[i])
			join(r, i, &welcome, &tree);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	mls_bytes_free(&tree);
	room_compare(r);
}
