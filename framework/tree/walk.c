/* SPDX-License-Identifier: MIT */
/* RFC 9420 §4.1: walks over a tree that skip what its counts show empty. */
#include "tree/state.h"

static uint32_t
members(struct mls_tree *t, uint32_t node)
{
	return mls__tree_slot(t, node)->members;
}

uint32_t
mls__tree_free_leaf(struct mls_tree *t)
{
	uint32_t node = mls__node_root(t->width), size = t->width;

	if (members(t, node) >= size)
		return t->width;
	for (; !mls__node_is_leaf(node); size /= 2) {
		if (members(t, mls__node_left(node)) < size / 2)
			node = mls__node_left(node);
		else
			node = mls__node_right(node);
	}
	return mls__node_leaf(node);
}

/* The first member below a node that has members. */
static uint32_t
first_below(struct mls_tree *t, uint32_t node)
{
	while (!mls__node_is_leaf(node)) {
		if (members(t, mls__node_left(node)) != 0)
			node = mls__node_left(node);
		else
			node = mls__node_right(node);
	}
	return mls__node_leaf(node);
}

uint32_t
mls__tree_next_leaf(struct mls_tree *t, uint32_t from)
{
	uint32_t node = mls__leaf_node(from), sibling;

	if (from >= t->width)
		return MLS_NO_NODE;
	if (members(t, node) != 0)
		return from;
	while ((sibling = mls__node_sibling(node, t->width)) != MLS_NO_NODE) {
		if (sibling > node && members(t, sibling) != 0)
			return first_below(t, sibling);
		node = mls__node_parent(node, t->width);
	}
	return MLS_NO_NODE;
}

/* A non-blank node and its unmerged leaves. */
static int
resolve_node(uint32_t at, const struct mls_node *node,
    int (*fn)(void *arg, uint32_t node), void *arg)
{
	size_t i, n;
	int rc = fn(arg, at);

	n = node->is_leaf ? 0 : mls__unmerged_count(&node->open->parent);
	for (i = 0; i < n && rc == 0; i++)
		rc = fn(arg, mls__leaf_node(mls__unmerged_at(&node->open->parent,
		    i)));
	return rc;
}

/* RFC 9420 §4.1.1 */
int
mls__tree_resolve(struct mls_tree *t, uint32_t node,
    int (*fn)(void *arg, uint32_t node), void *arg)
{
	uint32_t todo[MLS_MAX_LEVEL + 2], at;
	const struct mls_slot *slot;
	size_t n = 0;
	int rc = 0;

	todo[n++] = node;
	while (n != 0 && rc == 0) {
		at = todo[--n];
		slot = mls__tree_slot(t, at);
		if (slot->node != NULL) {
			rc = resolve_node(at, slot->node, fn, arg);
		} else if (slot->resolution != 0 && !mls__node_is_leaf(at)) {
			todo[n++] = mls__node_right(at);
			todo[n++] = mls__node_left(at);
		}
	}
	return rc;
}

/* RFC 9420 §4.1.2 */
unsigned
mls__tree_filtered_path(uint32_t *path, uint32_t *copath, struct mls_tree *t,
    uint32_t leaf)
{
	uint32_t node = mls__leaf_node(leaf), up, sibling;
	unsigned n = 0;

	while ((up = mls__node_parent(node, t->width)) != MLS_NO_NODE) {
		sibling = mls__node_sibling(node, t->width);
		if (mls__tree_slot(t, sibling)->resolution != 0) {
			path[n] = up;
			copath[n++] = sibling;
		}
		node = up;
	}
	return n;
}
