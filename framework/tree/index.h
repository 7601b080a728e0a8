/* SPDX-License-Identifier: MIT */
/* Which nodes have a key or identity: a set of (kind, hash, node).  That of a
 * diff holds what was added and what is gone. */
#ifndef MLS_TREE_INDEX_H
#define MLS_TREE_INDEX_H

#include "tree/order.h"
#include "tree/tree.h"

struct mls_index_entry {
	struct mls_order order; /* first */
	uint32_t node;
	uint8_t kind;
	bool gone;
	uint8_t hash[MLS_INDEX_HASH];
};

/* What a tree that was read at once has of one kind: an array, ascending by
 * hash and node.  It stays as it is; what goes is noted in the set as gone. */
struct mls_index_row {
	uint32_t at; /* where its hash is among the octets */
	uint32_t node;
};
struct mls_index_bulk {
	const uint8_t *octets; /* the encoded tree, if its keys are their own
	                        * hash, or `own` */
	uint8_t *own;
	struct mls_index_row *v;
	size_t n;
};

struct mls_index {
	struct mls_order *root;
	struct mls_index_bulk bulk[MLS_INDEX_IDENTITY + 1]; /* by kind */
	const struct mls_index *base; /* of a diff over a tree in memory */
	bool diff;
};

/* A key as it is looked up. */
struct mls_index_key {
	enum mls_index_kind kind;
	uint8_t hash[MLS_INDEX_HASH];
};

/* index_key(out, s, kind, octets): hash them. */
int mls__index_key(struct mls_index_key *out, const struct mls_suite *s,
    enum mls_index_kind kind, struct mls_buf octets);

/* index_read(t, octets): the bulk of a tree's nodes, which borrow from these
 * octets for as long as the tree lives: LEAF-22, LEAF-23, TREE-17. */
int mls__index_read(struct mls_tree *t, const uint8_t *octets);

/* index_add, index_del: the node has, or no longer has, the key. */
int mls__index_add(struct mls_index *x, const struct mls_index_key *key,
    uint32_t node);
int mls__index_del(struct mls_index *x, const struct mls_index_key *key,
    uint32_t node);

/* index_gone(x, key, node): a diff took it away. */
bool mls__index_gone(const struct mls_index *x,
    const struct mls_index_key *key, uint32_t node);

/* index_from(x, key, from): the lowest node with the key that is not below
 * `from`, base included; MLS_NO_NODE if none. */
uint32_t mls__index_from(const struct mls_index *x,
    const struct mls_index_key *key, uint32_t from);

/* index_visit(x, v): each change of a diff. */
int mls__index_visit(const struct mls_index *x,
    const struct mls_tree_visitor *v);

/* index_merge(base, diff): allocates nothing; the diff is emptied. */
void mls__index_merge(struct mls_index *base, struct mls_index *diff);
void mls__index_free(struct mls_index *x);

#endif
