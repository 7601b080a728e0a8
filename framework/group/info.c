/* SPDX-License-Identifier: MIT */
/* What a group is, to look at; the exporter. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "group/client.h"
#include "group/rules.h"

static mls_group *
mutable(const mls_group *group)
{
	return (mls_group *)(uintptr_t)group;
}

void
mls__give_view(void *out, size_t size, const void *view, size_t known)
{
	memcpy(out, view, size < known ? size : known);
}

int
mls_group_info(struct mls_group_info_view *out, const mls_group *group)
{
	struct mls_group_info_view v = MLS_GROUP_INFO_VIEW_INIT;
	const struct mls_state *s;
	mls_group *g = mutable(group);
	int rc;

	if (out == NULL || group == NULL || out->size < sizeof(size_t))
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(g);
	if (rc != 0)
		return mls__api(MLS_MAY_READ, rc);
	s = g->state;
	v.size = out->size;
	v.group_id = s->context.group_id;
	v.suite = g->header.suite;
	v.epoch = g->header.epoch;
	v.own_leaf = s->keys.leaf;
	v.members = mls__tree_members(g->tree);
	v.width = mls__tree_width(g->tree);
	v.active = g->header.active;
	v.ended = g->header.reinit;
	v.pending = g->parked;
	v.proposals = g->cached;
	v.tree_hash = s->context.tree_hash;
	v.confirmed_transcript_hash = s->context.confirmed_transcript_hash;
	v.authenticator = mls__secret_buf(&s->epoch.authenticator);
	v.extensions = s->context.extensions;
	rc = mls__tree_error(g->tree);
	mls__group_leave(g);
	if (rc == 0)
		mls__give_view(out, out->size, &v, sizeof(v));
	return mls__api(MLS_MAY_READ, rc);
}

int
mls_group_export(uint8_t *out, size_t len, const mls_group *group,
    const char *label, struct mls_buf context)
{
	mls_group *g = mutable(group);
	int rc;

	if (out == NULL || group == NULL || label == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(g);
	if (rc != 0)
		return mls__api(MLS_MAY_EXPORT, rc);
	rc = g->header.active ? mls__epoch_export(out, len, g->suite,
	    &g->state->epoch, label, context) : MLS_E_EXPORTER_EPOCH_GONE;
	mls__group_leave(g);
	return mls__api(MLS_MAY_EXPORT, rc);
}

int
mls_group_tree(struct mls_bytes *out, const mls_group *group)
{
	mls_group *g = mutable(group);
	struct mls_writer w = { 0 };
	int rc;

	if (out == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(g);
	if (rc != 0)
		return mls__api(MLS_MAY_READ, rc);
	mls__tree_write(&w, g->tree);
	rc = mls__tree_error(g->tree);
	mls__group_leave(g);
	return mls__api(MLS_MAY_READ, mls__give(out, &w, rc));
}

int
mls_group_member(struct mls_identity *out, const mls_group *group,
    uint32_t leaf)
{
	mls_group *g = mutable(group);
	const struct mls_leaf *node;
	int rc;

	if (out == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(g);
	if (rc != 0)
		return mls__api(MLS_MAY_READ, rc);
	node = leaf < MLS_MAX_LEAVES ? mls__tree_leaf(g->tree, leaf) : NULL;
	rc = mls__tree_error(g->tree);
	if (rc == 0 && node == NULL)
		rc = MLS_E_MEMBER_NOT_FOUND;
	if (rc == 0)
		mls__identity_of(out, node);
	mls__group_leave(g);
	return mls__api(MLS_MAY_READ, rc);
}

static int
find(uint32_t *leaf, const mls_group *group, enum mls_index_kind kind,
    struct mls_buf key)
{
	mls_group *g = mutable(group);
	uint32_t node;
	int rc;

	rc = mls__group_enter(g);
	if (rc != 0)
		return rc;
	node = mls__tree_find(g->tree, kind, key, MLS_NO_NODE);
	rc = mls__tree_error(g->tree);
	mls__group_leave(g);
	if (rc == 0 && node == MLS_NO_NODE)
		rc = MLS_E_MEMBER_NOT_FOUND;
	if (rc == 0)
		*leaf = mls__node_leaf(node);
	return rc;
}

int
mls_group_find(uint32_t *leaf, const mls_group *group,
    struct mls_buf identity)
{
	struct mls_writer w = { 0 };
	int rc;

	if (leaf == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	/* The index knows whole credentials. */
	mls__credential_write_basic(&w, identity);
	rc = w.error;
	if (rc == 0)
		rc = find(leaf, group, MLS_INDEX_IDENTITY,
		    mls__writer_buf(&w));
	mls__writer_free(&w);
	return mls__api(MLS_MAY_READ, rc);
}

int
mls_group_find_key(uint32_t *leaf, const mls_group *group,
    struct mls_buf signature_key)
{
	if (leaf == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	return mls__api(MLS_MAY_READ, find(leaf, group, MLS_INDEX_SIGNATURE,
	    signature_key));
}

int
mls_group_next(uint32_t *leaf, const mls_group *group, uint32_t from)
{
	mls_group *g = mutable(group);
	uint32_t next = MLS_NO_NODE;
	int rc;

	if (leaf == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(g);
	if (rc != 0)
		return mls__api(MLS_MAY_READ, rc);
	if (from < mls__tree_width(g->tree))
		next = mls__tree_next_leaf(g->tree, from);
	rc = mls__tree_error(g->tree);
	mls__group_leave(g);
	if (rc == 0 && next == MLS_NO_NODE)
		rc = MLS_E_MEMBER_NOT_FOUND;
	if (rc == 0)
		*leaf = next;
	return mls__api(MLS_MAY_READ, rc);
}

static bool
holds_key(const struct mls_state *s, uint32_t node, struct mls_buf pub)
{
	const struct mls_privkey *key;

	if (!mls__node_below(mls__leaf_node(s->keys.leaf), node))
		return false;
	key = s->keys.key[mls__node_level(node)];
	return key != NULL && mls__equal(mls__key_public(key), pub);
}

int
mls_group_node(struct mls_node_view *out, const mls_group *group,
    uint32_t node)
{
	struct mls_node_view v = MLS_NODE_VIEW_INIT;
	mls_group *g = mutable(group);
	const struct mls_node *n;
	int rc;

	if (out == NULL || group == NULL || out->size < sizeof(size_t))
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(g);
	if (rc != 0)
		return mls__api(MLS_MAY_READ, rc);
	if (node >= mls__node_count(mls__tree_width(g->tree))) {
		mls__group_leave(g);
		return MLS_E_ARGUMENT;
	}
	n = mls__tree_node(g->tree, node);
	v.size = out->size;
	v.leaf = mls__node_is_leaf(node);
	v.blank = n == NULL;
	if (n != NULL) {
		v.encryption_key = mls__node_key(n);
		v.parent_hash = mls__node_parent_hash(n);
	}
	if (n != NULL && !n->is_leaf)
		v.unmerged = n->open->parent.unmerged;
	if (n != NULL)
		v.own_key = holds_key(g->state, node, v.encryption_key);
	rc = mls__tree_error(g->tree);
	mls__group_leave(g);
	if (rc == 0)
		mls__give_view(out, out->size, &v, sizeof(v));
	return mls__api(MLS_MAY_READ, rc);
}
