/* SPDX-License-Identifier: MIT */
/* RFC 9420 §7.1, §12.4.3.1: rules of the nodes of a tree that was read. */
#include "tree/state.h"

#include "base/error.h"

/* Nodes that are worth another thread. */
#define GRAIN 256

/* CRYPT-14: a parent hash has its length, or is empty. */
static int
check_parent_hash(const struct mls_tree *t, const struct mls_node *node)
{
	size_t len = mls__node_parent_hash(node).len;

	return len == 0 || len == t->suite->nh ? 0 : MLS_E_HASH_LENGTH;
}

/* TREE-12, TREE-13, LIMIT-03 */
static int
check_order(const struct mls_tree *t, const struct mls_parent *p)
{
	size_t i, n = mls__unmerged_count(p);
	uint32_t leaf, last = 0;

	for (i = 0; i < n; i++) {
		leaf = mls__unmerged_at(p, i);
		if (leaf >= MLS_MAX_LEAVES)
			return MLS_E_LEAF_INDEX_TOO_LARGE;
		if (leaf >= t->width)
			return MLS_E_UNMERGED_LEAF_OUT_OF_RANGE;
		if (i != 0 && leaf <= last)
			return MLS_E_UNMERGED_LEAVES_UNSORTED;
		last = leaf;
	}
	return 0;
}

/* TREE-16: the next non-blank node on the way down lists the leaf too; that
 * one's own list covers what is below it. */
static int
check_gap(struct mls_tree *t, uint32_t at, uint32_t leaf)
{
	unsigned level = mls__node_level(at);
	const struct mls_parent *p;
	const struct mls_node *node = NULL;
	size_t i;

	while (level-- > 1 && node == NULL)
		node = mls__tree_node(t, mls__node_at(leaf, level));
	if (node == NULL)
		return 0;
	p = &node->open->parent;
	i = mls__unmerged_from(p, leaf);
	return i < mls__unmerged_count(p) && mls__unmerged_at(p, i) == leaf ?
	    0 : MLS_E_UNMERGED_LEAF_GAP;
}

/* TREE-14, TREE-15 */
static int
check_unmerged(struct mls_tree *t, uint32_t at, uint32_t leaf)
{
	if (!mls__node_below(mls__leaf_node(leaf), at))
		return MLS_E_UNMERGED_LEAF_NOT_BELOW;
	/* Nobody opens a leaf before the index is made, which tells where in
	 * the tree's octets a key stands. */
	if (mls__tree_node(t, mls__leaf_node(leaf)) == NULL)
		return MLS_E_UNMERGED_LEAF_BLANK;
	return check_gap(t, at, leaf);
}

static int
check_parent(struct mls_tree *t, uint32_t at, const struct mls_parent *p)
{
	size_t i, n = mls__unmerged_count(p);
	int rc = 0;

	for (i = 0; i < n && rc == 0; i++)
		rc = check_unmerged(t, at, mls__unmerged_at(p, i));
	if (rc != 0)
		return rc;
	/* TREE-18 */
	if (mls__tree_slot(t, mls__node_left(at))->members == 0 ||
	    mls__tree_slot(t, mls__node_right(at))->members == 0)
		return MLS_E_PARENT_OVER_EMPTY_SIDE;
	return 0;
}

static int
check_alone(void *arg, size_t at)
{
	struct mls_tree *t = arg;
	const struct mls_node *node = mls__tree_node(t, (uint32_t)at);
	int rc = 0;

	if (node != NULL)
		rc = check_parent_hash(t, node);
	if (rc == 0 && node != NULL && !node->is_leaf)
		rc = check_order(t, &node->open->parent);
	return rc;
}

static int
check_below(void *arg, size_t i)
{
	struct mls_tree *t = arg;
	uint32_t at = 2 * (uint32_t)i + 1;
	const struct mls_node *node = mls__tree_node(t, at);

	return node != NULL ? check_parent(t, at, &node->open->parent) : 0;
}

int
mls__tree_check_nodes(struct mls_tree *t)
{
	int rc;

	/* All lists are in order before any is searched. */
	rc = mls__plugins_each(t->suite->plugins, NULL,
	    mls__node_count(t->width), GRAIN, check_alone, t);
	if (rc == 0)
		rc = mls__plugins_each(t->suite->plugins, NULL, t->width - 1,
		    GRAIN, check_below, t);
	return rc != 0 ? rc : t->error;
}
