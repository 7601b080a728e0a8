/* SPDX-License-Identifier: MIT */
/* An observer beside a history: it is shown what goes round in public, and has
 * to have the group that the members have. */
#include "play.h"

/* A private commit, or one that takes up what was private, is beyond it. */
#define PRIVATE_PERCENT 4

uint32_t
play_framing(const struct play *p)
{
	if (p->o.observe)
		return chance(PRIVATE_PERCENT) ? MLS_FRAMING_PRIVATE :
		    MLS_FRAMING_PUBLIC;
	return chance(50) ? MLS_FRAMING_PUBLIC : MLS_FRAMING_PRIVATE;
}

static struct mls_observer_view
seen(const struct play *p)
{
	struct mls_observer_view v = MLS_OBSERVER_VIEW_INIT;

	must(mls_observer_info(&v, p->watch));
	return v;
}

/* A member's GroupInfo, and the tree if it is beside. */
static void
publish(struct mls_bytes *group_info, struct mls_bytes *tree, struct play *p)
{
	struct person *by = play_random(p);
	uint32_t flags = chance(50) ? MLS_PUBLISH_TREE_BESIDE : 0;

	memset(tree, 0, sizeof(*tree));
	if (chance(30))
		flags |= MLS_PUBLISH_NO_EXTERNAL_PUB;
	must(mls_group_publish(group_info, by->group, flags));
	if ((flags & MLS_PUBLISH_TREE_BESIDE) != 0)
		must(mls_group_tree(tree, by->group));
}

/* No proposal of this epoch was sent so far. */
static void
begin_again(struct play *p)
{
	struct mls_observer_options o = MLS_OBSERVER_OPTIONS_INIT;
	struct mls_bytes group_info, tree;

	o.from_start = 1;
	publish(&group_info, &tree, p);
	if (p->watch == NULL)
		must(mls_observer_new(&p->watch, p->contexts[0],
		    octets(&group_info), octets(&tree), &o));
	else
		must(mls_observer_resync(p->watch, octets(&group_info),
		    octets(&tree), &o));
	check(!seen(p).lost && !seen(p).partial);
	mls_bytes_free(&group_info);
	mls_bytes_free(&tree);
}

void
watch_begin(struct play *p)
{
	if (p->o.observe)
		begin_again(p);
}

void
watch_end(struct play *p)
{
	mls_observer_close(p->watch);
	p->watch = NULL;
}

/* It goes on from what it saved. */
static void
save_and_load(struct play *p)
{
	mls_observer *again;
	struct mls_bytes a, b;

	must(mls_observer_save(&a, p->watch));
	must(mls_observer_load(&again, p->contexts[0], octets(&a)));
	must(mls_observer_save(&b, again));
	check(equal(octets(&a), octets(&b)));
	mls_observer_close(p->watch);
	p->watch = again;
	mls_bytes_free(&a);
	mls_bytes_free(&b);
}

/* It would take it, and does not. */
static void
look(struct play *p, struct mls_buf message)
{
	struct mls_observer_view before = seen(p), after;
	mls_change *c;

	must(mls_observer_process(&c, p->watch, message));
	mls_change_drop(c);
	after = seen(p);
	check(before.epoch == after.epoch &&
	    before.tree_hash.data == after.tree_hash.data &&
	    before.proposals == after.proposals &&
	    before.lost == after.lost && before.partial == after.partial);
}

void
watch_handshake(struct play *p, struct mls_buf message)
{
	const struct mls_summary *s;
	mls_change *c, *twin = NULL;

	if (p->watch == NULL)
		return;
	place.doing = "watching";
	if (chance(15))
		look(p, message);
	must(mls_observer_process(&c, p->watch, message));
	if (chance(10))
		must(mls_observer_process(&twin, p->watch, message));
	s = mls_change_summary(c);
	p->sum.watched++;
	p->sum.unseen += (unsigned long)s->unseen;
	check(s->framing != MLS_FRAMING_PRIVATE || s->unseen);
	must(mls_change_apply(c));
	if (twin != NULL && s->kind == MLS_CHANGE_COMMIT)
		must_fail(mls_change_apply(twin), MLS_E_CHANGE_STALE);
	else if (twin != NULL)
		must(mls_change_apply(twin));
	mls_change_drop(twin);
	mls_change_drop(c);
	if (chance(10))
		save_and_load(p);
}

void
watch_commit(struct play *p, struct mls_buf winner, struct mls_buf loser)
{
	mls_change *c;

	if (p->watch == NULL)
		return;
	if (loser.len != 0 && chance(50))
		look(p, loser);
	watch_handshake(p, winner);
	must_fail(mls_observer_process(&c, p->watch, winner),
	    MLS_E_HANDSHAKE_EPOCH);
	if (loser.len != 0)
		must_fail(mls_observer_process(&c, p->watch, loser),
		    MLS_E_HANDSHAKE_EPOCH);
}

void
watch_letter(struct play *p, struct mls_buf message)
{
	if (p->watch != NULL)
		look(p, message);
}

static void
same_people(const struct play *p)
{
	struct mls_identity who;
	uint32_t leaf, theirs, at, n = 0;
	unsigned i;

	for (at = 0; mls_observer_next(&leaf, p->watch, at) == 0;
	    at = leaf + 1)
		n++;
	check(n == play_members(p));
	for (i = 0; i < p->n; i++) {
		check((mls_observer_find(&leaf, p->watch,
		    text(p->people[i].name)) == 0) == p->people[i].in);
		if (!p->people[i].in)
			continue;
		must(mls_observer_member(&who, p->watch, leaf));
		theirs = view(&p->people[i]).own_leaf;
		check(leaf == theirs);
		must(mls_observer_find_key(&leaf, p->watch,
		    who.signature_key));
		check(leaf == theirs);
	}
}

/* What a newcomer would be handed. */
static void
offer(struct play *p)
{
	struct mls_bytes group_info, tree, got;

	publish(&group_info, &tree, p);
	must(mls_observer_offer(p->watch, octets(&group_info)));
	must(mls_observer_group_info(&got, p->watch));
	check(equal(octets(&got), octets(&group_info)));
	mls_bytes_free(&got);
	if (tree.len != 0) {
		must(mls_observer_tree(&got, p->watch));
		check(equal(octets(&got), octets(&tree)));
		mls_bytes_free(&got);
	}
	mls_bytes_free(&group_info);
	mls_bytes_free(&tree);
}

void
watch_agree(struct play *p)
{
	struct mls_group_info_view want;
	struct mls_observer_view is;

	if (p->watch == NULL)
		return;
	place.doing = "comparing the observer";
	if (seen(p).lost) {
		begin_again(p);
		p->sum.resyncs++;
	}
	want = view(play_random(p));
	is = seen(p);
	check(is.epoch == want.epoch);
	check(is.members == want.members);
	check(is.width == want.width);
	check(is.partial || is.proposals == want.proposals);
	check(equal(is.tree_hash, want.tree_hash));
	check(equal(is.confirmed_transcript_hash,
	    want.confirmed_transcript_hash));
	check(equal(is.extensions, want.extensions));
	same_people(p);
	if (chance(30))
		offer(p);
}
