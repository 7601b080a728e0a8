/* SPDX-License-Identifier: MIT */
/* What an observer sees, to look at. */
#include "group/observer.h"

#include <string.h>

int
mls_observer_info(struct mls_observer_view *out, const mls_observer *o)
{
	struct mls_observer_view v = MLS_OBSERVER_VIEW_INIT;
	const struct mls_state *s;
	mls_group *g;
	int rc;

	if (out == NULL || o == NULL || out->size < sizeof(size_t))
		return MLS_E_ARGUMENT;
	g = o->group;
	rc = mls__group_enter(g);
	if (rc != 0)
		return mls__api(MLS_MAY_READ, rc);
	s = g->state;
	v.size = out->size;
	v.group_id = s->context.group_id;
	v.suite = g->header.suite;
	v.epoch = g->header.epoch;
	v.members = mls__tree_members(g->tree);
	v.width = mls__tree_width(g->tree);
	v.proposals = g->cached;
	v.lost = !g->header.active;
	v.partial = g->sight.partial;
	v.ended = g->header.reinit;
	v.offer = g->sight.info.len != 0 && g->header.active;
	v.context = s->context.raw;
	v.tree_hash = s->context.tree_hash;
	v.confirmed_transcript_hash = s->context.confirmed_transcript_hash;
	v.confirmation_tag = mls__secret_buf(&s->confirmation_tag);
	v.extensions = s->context.extensions;
	mls__group_leave(g);
	mls__give_view(out, out->size, &v, sizeof(v));
	return 0;
}

int
mls_observer_member(struct mls_identity *out, const mls_observer *o,
    uint32_t leaf)
{
	return o != NULL ? mls_group_member(out, o->group, leaf) :
	    MLS_E_ARGUMENT;
}

int
mls_observer_find(uint32_t *leaf, const mls_observer *o,
    struct mls_buf identity)
{
	return o != NULL ? mls_group_find(leaf, o->group, identity) :
	    MLS_E_ARGUMENT;
}

int
mls_observer_find_key(uint32_t *leaf, const mls_observer *o,
    struct mls_buf signature_key)
{
	return o != NULL ? mls_group_find_key(leaf, o->group, signature_key) :
	    MLS_E_ARGUMENT;
}

int
mls_observer_next(uint32_t *leaf, const mls_observer *o, uint32_t from)
{
	return o != NULL ? mls_group_next(leaf, o->group, from) :
	    MLS_E_ARGUMENT;
}

int
mls_observer_node(struct mls_node_view *out, const mls_observer *o,
    uint32_t node)
{
	return o != NULL ? mls_group_node(out, o->group, node) :
	    MLS_E_ARGUMENT;
}

int
mls_observer_tree(struct mls_bytes *out, const mls_observer *o)
{
	return o != NULL ? mls_group_tree(out, o->group) : MLS_E_ARGUMENT;
}
