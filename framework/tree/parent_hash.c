/* SPDX-License-Identifier: MIT */
/* RFC 9420 §7.9: parent hashes. */
#include "tree/parent_hash.h"

#include <stdlib.h>
#include <string.h>

#include "base/compat.h"
#include "base/error.h"
#include "tree/state.h"

/* Parents that are worth another thread. */
#define GRAIN 16

/* The entries of an unmerged list from `from` until `to`. */
struct cut {
	const struct mls_parent *parent;
	size_t from, to;
};

/* What of the list lies below a node. */
static struct cut
cut_below(const struct mls_parent *p, uint32_t node)
{
	uint32_t first = mls__node_first(node);
	struct cut c = { p, 0, 0 };

	c.from = mls__unmerged_from(p, first);
	c.to = mls__unmerged_from(p,
	    first + (1u << mls__node_level(node)));
	return c;
}

static bool
cut_has(const struct cut *c, uint32_t leaf)
{
	size_t i = mls__unmerged_from(c->parent, leaf);

	return i >= c->from && i < c->to &&
	    mls__unmerged_at(c->parent, i) == leaf;
}

/* A parent node's encoding without the unmerged leaves that are cut out. */
static void
write_without(struct mls_writer *w, const struct mls_parent *p,
    const struct cut *out)
{
	size_t at, i, n = mls__unmerged_count(p);

	mls__write_opaque(w, p->encryption_key);
	mls__write_opaque(w, p->parent_hash);
	at = mls__write_open(w);
	for (i = 0; i < n; i++)
		if (!cut_has(out, mls__unmerged_at(p, i)))
			mls__write_u32(w, mls__unmerged_at(p, i));
	mls__write_close(w, at);
}

/*
 * The tree hash of a node as if the leaves cut out were blank and unmerged
 * nowhere.  Only paths to them are hashed anew; the depth is the tree's.
 */
static int
hash_without(uint8_t *out, struct mls_tree *t, uint32_t node,
    const struct cut *cut)
{
	const struct mls_suite *s = t->suite;
	const struct mls_slot *slot = mls__tree_slot(t, node);
	uint8_t left[MLS_MAX_HASH], right[MLS_MAX_HASH];
	MLS_WRITER_ROOM(w, 512);
	struct mls_buf content;
	struct cut l, r;
	int rc;

	if (cut->from == cut->to) {
		memcpy(out, slot->hash, s->nh);
		return 0;
	}
	if (mls__node_is_leaf(node))
		return mls__hash_leaf(out, s, mls__node_leaf(node), NULL);
	l = r = *cut;
	l.to = r.from = mls__unmerged_from(cut->parent,
	    mls__node_first(mls__node_right(node)));
	rc = hash_without(left, t, mls__node_left(node), &l);
	if (rc == 0)
		rc = hash_without(right, t, mls__node_right(node), &r);
	if (rc != 0)
		return rc;
	if (slot->node != NULL)
		write_without(&w, &slot->node->open->parent, cut);
	content = mls__writer_buf(&w);
	rc = w.error;
	if (rc == 0)
		rc = mls__hash_parent(out, s, slot->node != NULL ? &content :
		    NULL, left, right);
	mls__writer_free(&w);
	return rc;
}

/* ParentHashInput; the subtree of the copath child is hashed by now. */
static int
input_hash(uint8_t *out, struct mls_tree *t, const struct mls_parent *p,
    uint32_t copath_child)
{
	struct cut cut = cut_below(p, copath_child);
	uint8_t sibling[MLS_MAX_HASH];
	MLS_WRITER_ROOM(w, 512);
	struct mls_buf content;
	int rc;

	rc = hash_without(sibling, t, copath_child, &cut);
	if (rc != 0)
		return rc;
	mls__write_opaque(&w, p->encryption_key);
	mls__write_opaque(&w, p->parent_hash);
	mls__write_opaque(&w, mls__buf(sibling, t->suite->nh));
	content = mls__writer_buf(&w);
	rc = w.error;
	if (rc == 0)
		rc = mls__hash(out, t->suite, &content, 1);
	mls__writer_free(&w);
	return rc;
}

int
mls__parent_hash(uint8_t *out, struct mls_tree *t, uint32_t parent,
    uint32_t copath_child)
{
	const struct mls_node *node = mls__tree_node(t, parent);
	int rc = mls__tree_hash_below(t, copath_child);

	if (rc != 0)
		return rc;
	MLS_DEBUG_ASSERT(node != NULL && !node->is_leaf);
	return input_hash(out, t, &node->open->parent, copath_child);
}

/* The one node of a resolution that is not an unmerged leaf of the parent. */
struct link {
	const struct cut *cut;
	uint32_t node;
	size_t others;
};

static int
find_link(void *arg, uint32_t node)
{
	struct link *l = arg;

	if (mls__node_is_leaf(node) && cut_has(l->cut, mls__node_leaf(node)))
		return 0;
	l->node = node;
	return ++l->others > 1; /* hopeless then */
}

/*
 * linked(out, t, parent, child, sibling): a node below `child` has a valid
 * parent hash for the parent.  By the third criterion of §7.9.2 there is at
 * most one to consider, and the unmerged list bounds the search for it.
 */
static int
linked(bool *out, struct mls_tree *t, const struct mls_parent *p,
    uint32_t child, uint32_t sibling)
{
	struct cut cut = cut_below(p, child);
	struct link link = { &cut, MLS_NO_NODE, 0 };
	uint8_t expected[MLS_MAX_HASH];
	struct mls_buf claimed;
	int rc;

	*out = false;
	if (mls__tree_slot(t, child)->resolution != cut.to - cut.from + 1)
		return 0;
	mls__tree_resolve(t, child, find_link, &link);
	if (link.others != 1)
		return 0;
	claimed = mls__node_parent_hash(mls__tree_node(t, link.node));
	if (claimed.len != t->suite->nh)
		return 0;
	rc = input_hash(expected, t, p, sibling);
	if (rc == 0)
		*out = mls__equal(claimed, mls__buf(expected, claimed.len));
	return rc;
}

/* One parent: any but 0 is looked into later. */
static int
check_parent(struct mls_tree *t, uint32_t node)
{
	const struct mls_parent *p = &mls__tree_node(t, node)->open->parent;
	uint32_t l = mls__node_left(node), r = mls__node_right(node);
	bool by_left, by_right;
	int rc;

	rc = linked(&by_left, t, p, l, r);
	if (rc == 0)
		rc = linked(&by_right, t, p, r, l);
	if (rc != 0)
		return rc;
	if (by_left && by_right)
		return MLS_E_PARENT_HASH_COVERED_TWICE;
	return by_left || by_right ? 0 : MLS_E_PARENT_HASH_UNCOVERED;
}

/* How many nodes below `child` claim the parent, whatever stands beside
 * them. */
static int
count_claims(size_t *count, struct mls_tree *t, const struct mls_parent *p,
    uint32_t child, uint32_t sibling)
{
	uint32_t first = child + 1 - (1u << mls__node_level(child)), i;
	uint32_t n = 2u << mls__node_level(child);
	uint8_t expected[MLS_MAX_HASH];
	struct mls_buf want = mls__buf(expected, t->suite->nh);
	const struct mls_node *node;
	int rc = input_hash(expected, t, p, sibling);

	for (i = 0; i + 1 < n && rc == 0; i++) {
		node = mls__tree_node(t, first + i);
		*count += node != NULL &&
		    mls__equal(mls__node_parent_hash(node), want);
	}
	return rc;
}

/* Of a parent with no valid link: TREE-08 if several nodes claim it, TREE-09
 * if one does that does not stand for its whole side, else TREE-07.  Costly,
 * thus done for one parent. */
static int
why_uncovered(struct mls_tree *t, uint32_t node)
{
	const struct mls_parent *p = &mls__tree_node(t, node)->open->parent;
	uint32_t l = mls__node_left(node), r = mls__node_right(node);
	size_t claims = 0;
	int rc;

	rc = count_claims(&claims, t, p, l, r);
	if (rc == 0)
		rc = count_claims(&claims, t, p, r, l);
	if (rc != 0)
		return rc;
	if (claims > 1)
		return MLS_E_PARENT_HASH_COVERED_TWICE;
	return claims == 1 ? MLS_E_PARENT_HASH_UNMERGED_MISMATCH :
	    MLS_E_PARENT_HASH_UNCOVERED;
}

struct checks {
	struct mls_tree *tree;
	size_t n, cap;
	struct check {
		uint32_t node;
		int status;
	} *v;
};

static void
check_range(void *arg, size_t from, size_t to)
{
	struct checks *c = arg;

	for (; from < to; from++)
		c->v[from].status = check_parent(c->tree, c->v[from].node);
}

/* All non-blank parents; the walk also loads the whole tree, which threads
 * must not do. */
static int
list_parents(struct checks *c)
{
	uint32_t n = mls__node_count(c->tree->width), node;
	void *v;
	int rc = 0;

	for (node = 0; node < n && rc == 0; node++) {
		if (mls__tree_node(c->tree, node) == NULL ||
		    mls__node_is_leaf(node))
			continue;
		v = c->v;
		rc = mls__array_grow(&v, &c->cap, c->n + 1, sizeof(*c->v));
		c->v = v;
		if (rc == 0)
			c->v[c->n++].node = node;
	}
	return rc != 0 ? rc : c->tree->error;
}

int
mls__parent_hash_verify(struct mls_tree *t)
{
	struct checks c = { .tree = t };
	size_t i;
	int rc;

	rc = mls__tree_hash_below(t, mls__node_root(t->width));
	if (rc == 0)
		rc = list_parents(&c);
	if (rc != 0)
		goto out;
	rc = mls__plugins_parallel(t->suite->plugins, t->suite->hash.inst, c.n,
	    GRAIN, check_range, &c);
	for (i = 0; i < c.n && rc == 0; i++)
		rc = c.v[i].status;
	if (rc == MLS_E_PARENT_HASH_UNCOVERED)
		rc = why_uncovered(t, c.v[i - 1].node);
out:
	free(c.v);
	return rc;
}
