/* SPDX-License-Identifier: MIT */
/* RFC 9420 §7.7, §12.1.1 to §12.1.3: what proposals do to a tree. */
#include "tree/state.h"

#include <stdlib.h>

#include "base/compat.h"
#include "base/error.h"

/* The new root's caches are told by its children; whatever was cached at this
 * place when the tree was last as wide is stale. */
void
mls__tree_grow(struct mls_tree *t)
{
	uint32_t root = mls__node_root(2 * t->width);
	const struct mls_slot *old;
	struct mls_slot *slot;
	int rc;

	if (t->error != 0)
		return;
	if (t->width >= MLS_MAX_LEAVES) { /* LIMIT-02 */
		mls__tree_fail(t, MLS_E_TREE_TOO_LARGE);
		return;
	}
	if (t->base == NULL) {
		rc = mls__pages_reserve(&t->pages,
		    mls__node_count(2 * t->width));
		if (rc != 0) {
			mls__tree_fail(t, rc);
			return;
		}
	}
	t->width *= 2;
	slot = mls__tree_edit(t, root);
	old = mls__tree_slot(t, mls__node_left(root));
	if (slot == NULL)
		return;
	slot->members = old->members;
	slot->resolution = old->resolution;
	slot->hashed = false;
}

/* TREE-22 */
void
mls__tree_shrink(struct mls_tree *t)
{
	uint32_t root;

	while (t->width > 1 && t->error == 0) {
		root = mls__node_root(t->width);
		if (mls__tree_slot(t, mls__node_right(root))->members != 0)
			return;
		if (t->error != 0)
			return;
		mls__tree_put(t, root, NULL);
		t->width /= 2;
	}
}

static void
blank_path(struct mls_tree *t, uint32_t leaf)
{
	uint32_t node = mls__leaf_node(leaf);

	while ((node = mls__node_parent(node, t->width)) != MLS_NO_NODE)
		mls__tree_put(t, node, NULL);
}

/* The parent with one more unmerged leaf. */
static int
with_unmerged(struct mls_node **out, const struct mls_parent *p,
    uint32_t leaf)
{
	size_t n = mls__unmerged_count(p), at = mls__unmerged_from(p, leaf), i;
	uint32_t *list;
	int rc;

	list = mls__array_alloc(n + 1, sizeof(*list));
	if (list == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; i < n; i++)
		list[i + (i >= at)] = mls__unmerged_at(p, i);
	list[at] = leaf;
	rc = mls__node_make_parent(out, p->encryption_key, p->parent_hash,
	    list, n + 1);
	free(list);
	return rc;
}

/* TREE-21: the new leaf is unmerged in all non-blank ancestors. */
static void
note_unmerged(struct mls_tree *t, uint32_t leaf)
{
	uint32_t node = mls__leaf_node(leaf);
	struct mls_node *old, *new;
	int rc;

	while ((node = mls__node_parent(node, t->width)) != MLS_NO_NODE) {
		old = mls__tree_node(t, node);
		if (old == NULL)
			continue;
		rc = with_unmerged(&new, &old->open->parent, leaf);
		if (rc != 0) {
			mls__tree_fail(t, rc);
			return;
		}
		mls__tree_put(t, node, new);
		mls__node_free(new);
	}
}

/* RFC 9420 §12.1.1 */
int
mls__tree_add(uint32_t *leaf, struct mls_tree *t, struct mls_node *node)
{
	uint32_t at = mls__tree_free_leaf(t);

	if (at == t->width)
		mls__tree_grow(t);
	if (t->error != 0)
		return t->error;
	mls__tree_put(t, mls__leaf_node(at), node);
	note_unmerged(t, at);
	if (t->error == 0)
		*leaf = at;
	return t->error;
}

/* RFC 9420 §12.1.2 */
int
mls__tree_update(struct mls_tree *t, uint32_t leaf, struct mls_node *node)
{
	MLS_DEBUG_ASSERT(leaf < t->width);
	mls__tree_put(t, mls__leaf_node(leaf), node);
	blank_path(t, leaf);
	return t->error;
}

/* RFC 9420 §12.1.3 */
int
mls__tree_remove(struct mls_tree *t, uint32_t leaf)
{
	MLS_DEBUG_ASSERT(leaf < t->width);
	mls__tree_put(t, mls__leaf_node(leaf), NULL);
	blank_path(t, leaf);
	mls__tree_shrink(t);
	return t->error;
}

/* Another node than `at` has the same octets. */
static bool
is_twin(struct mls_tree *t, uint32_t at, const struct mls_node *node,
    enum mls_index_kind kind)
{
	struct mls_buf octets;

	return mls__node_index_octets(&octets, node, kind) &&
	    mls__tree_find_other(t, kind, octets, at) != MLS_NO_NODE;
}

/* One touched node: leaves: LEAF-22, LEAF-23; parents: TREE-17. */
static int
check_twin(struct mls_tree *t, uint32_t at, const struct mls_node *node)
{
	if (is_twin(t, at, node, MLS_INDEX_SIGNATURE))
		return MLS_E_DUPLICATE_SIGNATURE_KEY;
	if (is_twin(t, at, node, MLS_INDEX_ENCRYPTION))
		return node->is_leaf ? MLS_E_DUPLICATE_ENCRYPTION_KEY :
		    MLS_E_DUPLICATE_PARENT_KEY;
	return t->error;
}

int
mls__tree_check_signer(struct mls_tree *diff, uint32_t leaf)
{
	uint32_t at = mls__leaf_node(leaf);
	const struct mls_node *node = mls__tree_node(diff, at);

	return is_twin(diff, at, node, MLS_INDEX_SIGNATURE) ?
	    MLS_E_DUPLICATE_SIGNATURE_KEY : diff->error;
}

/* Leaves first: a parent may be touched only for a leaf below it that has
 * the same key, and it is the leaf that is at fault then. */
int
mls__tree_check_unique(struct mls_tree *diff)
{
	const struct mls_overlay *o = &diff->overlay;
	int parents, rc = diff->error;
	size_t i;

	for (parents = 0; parents < 2; parents++) {
		for (i = 0; i < o->n && rc == 0; i++) {
			const struct mls_overlay_slot *e = o->all[i];

			if (e->put && e->slot.node != NULL &&
			    e->slot.node->is_leaf != (parents != 0))
				rc = check_twin(diff, e->node, e->slot.node);
		}
	}
	return rc;
}
