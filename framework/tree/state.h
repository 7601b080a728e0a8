/* SPDX-License-Identifier: MIT */
/* What a tree is made of, for the files of this folder alone. */
#ifndef MLS_TREE_STATE_H
#define MLS_TREE_STATE_H

#include "tree/capset.h"
#include "tree/index.h"
#include "tree/slots.h"
#include "tree/tree.h"

/*
 * A slot that is not hashed has no hashed slot above it.  The base of a diff
 * is hashed all over, and the right half that a halving takes away is blank
 * all over: what a diff sees of it after growing again is still true.
 */
struct mls_tree {
	const struct mls_suite *suite;
	struct mls_tree *base; /* of a diff */
	uint32_t width;
	int error;
	bool sourced, prepared;
	struct mls_tree_source source;
	struct mls_pages pages;     /* of a base */
	struct mls_overlay overlay; /* of a diff */
	uint8_t *octets; /* its own, that closed leaves borrow */
	struct mls_index index;
	struct mls_capsets capsets;
};

void mls__tree_fail(struct mls_tree *t, int error);

/* tree_edit(t, node): its slot to be written to, copied into a diff; NULL
 * after an error. */
struct mls_slot *mls__tree_edit(struct mls_tree *t, uint32_t node);

/* tree_grow(t): double it; tree_shrink(t): halve it while that can be. */
void mls__tree_grow(struct mls_tree *t);
void mls__tree_shrink(struct mls_tree *t);

/* tree_hash_below(t, node): bring the hashes of a subtree up to date. */
int mls__tree_hash_below(struct mls_tree *t, uint32_t node);

/* tree_hash_all(t): hash a tree in memory of which nothing is hashed. */
int mls__tree_hash_all(struct mls_tree *t);

/* hash_leaf, hash_parent: §7.8; content NULL for a blank. */
int mls__hash_leaf(uint8_t *out, const struct mls_suite *s, uint32_t leaf,
    const struct mls_buf *content);
int mls__hash_parent(uint8_t *out, const struct mls_suite *s,
    const struct mls_buf *content, const uint8_t *left,
    const uint8_t *right);

/* node_index_octets(node, kind): what the index knows it by; false if
 * nothing. */
bool mls__node_index_octets(struct mls_buf *out, const struct mls_node *node,
    enum mls_index_kind kind);

/* tree_check_nodes(t): the rules of a tree that was read: TREE-12 to TREE-16,
 * TREE-18, LIMIT-03, CRYPT-14. */
int mls__tree_check_nodes(struct mls_tree *t);

#endif
