/* SPDX-License-Identifier: MIT */
/* Observers: where they begin, and how they go on. */
#include "group/observer.h"

#include <stdlib.h>
#include <string.h>

#include "group/arrival.h"
#include "group/extensions.h"
#include "group/lineage.h"
#include "group/proposals.h"

int
mls__observer_keep(mls_group *g, struct mls_buf group_info)
{
	struct mls_writer w = { 0 };
	struct mls_bytes fresh;
	int rc;

	mls__write_bytes(&w, group_info);
	rc = mls__give(&fresh, &w, 0);
	if (rc == 0) {
		mls_bytes_free(&g->sight.info);
		g->sight.info = fresh;
	}
	return rc;
}

static bool
from_start(const struct mls_observer_options *options)
{
	struct mls_observer_options o = MLS_OBSERVER_OPTIONS_INIT;

	if (options != NULL)
		memcpy(&o, options, options->size < sizeof(o) ?
		    options->size : sizeof(o));
	return o.from_start != 0;
}

void
mls__observe(mls_group *g, bool partial)
{
	g->sight.partial = partial;
	if (g->header.epoch == 0)
		g->lineage = MLS_LINEAGE_UNKNOWN;
}

/* The group of a GroupInfo, to be observed from there. */
static int
look(mls_group **out, const struct mls_outside *o, struct mls_buf group_info,
    const struct mls_observer_options *options)
{
	mls_group *g;
	int rc = mls__outside_group(&g, o);

	if (rc != 0)
		return rc;
	mls__observe(g, !from_start(options));
	rc = mls__observer_keep(g, group_info);
	if (rc != 0) {
		mls_group_close(g);
		return rc;
	}
	*out = g;
	return 0;
}

int
mls__observer_wrap(mls_observer **out, mls_group *g)
{
	mls_observer *o = mls__alloc(sizeof(*o));

	if (o == NULL) {
		mls_group_close(g);
		return MLS_E_OUT_OF_MEMORY;
	}
	o->group = g;
	*out = o;
	return 0;
}

int
mls_observer_new(mls_observer **out, mls_context *context,
    struct mls_buf group_info, struct mls_buf tree,
    const struct mls_observer_options *options)
{
	struct mls_arena arena = { 0 };
	struct mls_outside outside;
	mls_group *g;
	int rc;

	if (out == NULL || context == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__plugins_usable(context->plugins);
	if (rc == 0)
		rc = mls__outside_read(&outside, &arena, context, group_info,
		    tree);
	if (rc == 0)
		rc = look(&g, &outside, group_info, options);
	if (rc == 0)
		rc = mls__observer_wrap(out, g);
	mls__arena_free(&arena);
	return mls__api(MLS_MAY_JUDGE, rc);
}

void
mls_observer_close(mls_observer *o)
{
	if (o == NULL)
		return;
	mls_group_close(o->group);
	free(o);
}

/* OBS-03: it describes the epoch that we are in as we know it. */
static int
check_same(const mls_group *g, const struct mls_group_info *info)
{
	const struct mls_state *s = g->state;

	return mls__equal(info->context.raw, s->context.raw) &&
	    mls__equal(info->confirmation_tag,
	    mls__secret_buf(&s->confirmation_tag)) ? 0 :
	    MLS_E_OBSERVER_INFO_CONFLICT;
}

/* TREE-06: the tree that it brings along is the one that we have. */
static int
check_tree(mls_group *g, const struct mls_group_info *info)
{
	struct mls_writer w = { 0 };
	struct mls_buf tree;
	int rc;

	if (!mls__extension_find(&tree, info->extensions,
	    MLS_EXT_RATCHET_TREE))
		return 0;
	mls__tree_write(&w, g->tree);
	rc = w.error;
	if (rc == 0 && !mls__equal(tree, mls__writer_buf(&w)))
		rc = MLS_E_TREE_HASH_MISMATCH;
	mls__writer_free(&w);
	return rc;
}

static int
check_info(mls_group *g, const struct mls_group_info *info)
{
	int rc = check_same(g, info);

	if (rc == 0)
		rc = mls__arrival_signer(g->tree, info);
	if (rc == 0)
		rc = mls__rule_info_extensions(g->context, g->suite,
		    info->extensions);
	return rc != 0 ? rc : check_tree(g, info);
}

/* A GroupInfo of this group, read; OBS-02 if it is older.  A group is of one
 * suite for good. */
static int
read_info(struct mls_group_info *out, struct mls_arena *arena,
    const mls_group *g, struct mls_buf group_info)
{
	struct mls_message m;
	int rc = mls__message_read(&m, arena, group_info,
	    &g->context->customs);

	if (rc == 0 && m.wire_format != MLS_WIRE_GROUP_INFO)
		rc = MLS_E_UNEXPECTED_WIRE_FORMAT;
	if (rc != 0)
		return rc;
	if (!mls__equal(m.u.group_info.context.group_id,
	    g->state->context.group_id))
		return MLS_E_GROUP_ID_UNKNOWN;
	if (m.u.group_info.context.epoch < g->header.epoch)
		return MLS_E_OBSERVER_INFO_EPOCH;
	if (m.u.group_info.context.suite != g->state->context.suite)
		return MLS_E_OBSERVER_INFO_CONFLICT;
	*out = m.u.group_info;
	return 0;
}

/* A later epoch: the group as it is there takes the place of what we had,
 * which changes may still hold on to. */
static int
replace(mls_observer *o, struct mls_arena *arena, struct mls_buf group_info,
    struct mls_buf tree, const struct mls_observer_options *options)
{
	mls_group *old = o->group, *fresh;
	struct mls_outside outside;
	int rc;

	if (old->header.reinit)
		return MLS_E_GROUP_REINITIALISED;
	rc = mls__outside_read(&outside, arena, old->context, group_info,
	    tree);
	if (rc == 0)
		rc = look(&fresh, &outside, group_info, options);
	if (rc != 0)
		return rc;
	o->group = fresh;
	old->header.active = 0;
	mls_group_close(old);
	return 0;
}

/* A GroupInfo is handed over, to be kept alone or to go on from. */
static int
take_info(mls_observer *o, struct mls_buf group_info, struct mls_buf tree,
    const struct mls_observer_options *options, bool go_on)
{
	struct mls_arena arena = { 0 };
	struct mls_group_info info;
	mls_group *g = o->group;
	int rc = mls__group_enter(g);

	if (rc != 0)
		return rc;
	mls__group_ref(g);
	rc = read_info(&info, &arena, g, group_info);
	if (rc == 0 && info.context.epoch != g->header.epoch) {
		rc = go_on ? replace(o, &arena, group_info, tree, options) :
		    MLS_E_OBSERVER_INFO_EPOCH;
	} else if (rc == 0) {
		rc = check_info(g, &info);
		if (rc == 0)
			rc = mls__observer_keep(g, group_info);
		if (rc == 0 && go_on && !g->header.active) {
			g->header.active = 1;
			g->sight.partial = true;
		}
	}
	mls__group_leave(g);
	mls_group_close(g);
	mls__arena_free(&arena);
	return rc;
}

int
mls_observer_offer(mls_observer *o, struct mls_buf group_info)
{
	return o != NULL ? mls__api(MLS_MAY_JUDGE, take_info(o, group_info,
	    mls__buf(NULL, 0), NULL, false)) : MLS_E_ARGUMENT;
}

int
mls_observer_resync(mls_observer *o, struct mls_buf group_info,
    struct mls_buf tree, const struct mls_observer_options *options)
{
	return o != NULL ? mls__api(MLS_MAY_JUDGE, take_info(o, group_info,
	    tree, options, true)) : MLS_E_ARGUMENT;
}

int
mls_observer_group_info(struct mls_bytes *out, const mls_observer *o)
{
	struct mls_writer w = { 0 };
	const struct mls_bytes *info;

	if (out == NULL || o == NULL)
		return MLS_E_ARGUMENT;
	if (!o->group->header.active)
		return mls__api(MLS_MAY_EXPORT, MLS_E_OBSERVER_LOST);
	info = &o->group->sight.info;
	if (info->len == 0)
		return mls__api(MLS_MAY_EXPORT, MLS_E_OBSERVER_INFO_MISSING);
	mls__write_bytes(&w, mls__buf(info->data, info->len));
	return mls__api(MLS_MAY_EXPORT, mls__give(out, &w, 0));
}

/* LIMIT-05, FRAME-22: others may have been applied since it was judged. */
static int
apply_proposal(mls_change *c)
{
	mls_group *g = c->group;
	struct mls_cached *p = c->proposal;
	int rc;

	if (c->summary.unseen)
		g->sight.partial = true;
	if (p == NULL || mls__cache_has(g, p->ref))
		return 0;
	rc = mls__cache_room(g, &p->authentic.content.sender);
	if (rc != 0)
		return rc;
	mls__cache_add(g, p);
	c->proposal = NULL;
	return 0;
}

static int
apply_commit(mls_change *c)
{
	int rc;

	if (c->summary.unseen) {
		c->group->header.active = 0;
		return 0;
	}
	rc = mls__tree_merge_prepare(c->tree);
	if (rc == 0)
		mls__change_swap(c);
	return rc;
}

int
mls__observer_apply(mls_change *c)
{
	int rc;

	if (c->summary.kind == MLS_CHANGE_MESSAGE)
		return 0; /* there is nothing that it would change */
	rc = mls__change_begin(c, true);
	if (rc != 0)
		return rc;
	rc = c->summary.kind == MLS_CHANGE_PROPOSAL ? apply_proposal(c) :
	    apply_commit(c);
	mls__group_leave(c->group);
	return rc;
}
