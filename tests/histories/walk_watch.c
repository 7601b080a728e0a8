/* SPDX-License-Identifier: MIT */
/* An observer beside each room: it follows what goes round in public, and is
 * told anew where the group is when that was in private. */
#include "walk.h"

/* It knows all that was said in the epoch which begins. */
static void
begin(struct room *r)
{
	struct mls_observer_options o = MLS_OBSERVER_OPTIONS_INIT;
	struct mls_bytes info = room_info(r, false);

	o.from_start = r->waiting == 0;
	if (r->watch == NULL)
		must(mls_observer_new(&r->watch, walk.context, octets(&info),
		    NO_OCTETS, &o));
	else
		must(mls_observer_resync(r->watch, octets(&info), NO_OCTETS,
		    &o));
	mls_bytes_free(&info);
}

static void
crash(struct room *r)
{
	struct mls_bytes saved;

	must(mls_observer_save(&saved, r->watch));
	mls_observer_close(r->watch);
	must(mls_observer_load(&r->watch, walk.context, octets(&saved)));
	mls_bytes_free(&saved);
}

static struct mls_observer_view
seen(const struct room *r)
{
	struct mls_observer_view v = MLS_OBSERVER_VIEW_INIT;

	must(mls_observer_info(&v, r->watch));
	return v;
}

void
watch_take(struct room *r, const struct mls_bytes *message)
{
	mls_change *c;

	if (r->watch == NULL)
		return;
	must(mls_observer_process(&c, r->watch, octets(message)));
	must(mls_change_apply(c));
	walk.shown++;
	walk.unseen += mls_change_summary(c)->unseen != 0;
	mls_change_drop(c);
	if (chance(5))
		crash(r);
}

void
watch_compare(struct room *r, const struct mls_group_info_view *members)
{
	struct mls_observer_view v;

	if (r->watch == NULL || seen(r).lost) {
		if (r->over)
			return; /* nobody says where it is any more */
		begin(r);
	}
	v = seen(r);
	check(!v.lost && v.epoch == members->epoch);
	check(v.members == members->members && v.width == members->width);
	check(equal(v.tree_hash, members->tree_hash));
	check(equal(v.confirmed_transcript_hash,
	    members->confirmed_transcript_hash));
	check(equal(v.extensions, members->extensions));
	check((v.ended != 0) == r->over);
	check(v.partial || v.proposals == members->proposals);
}

void
watch_end(struct room *r)
{
	mls_observer_close(r->watch);
	r->watch = NULL;
}
