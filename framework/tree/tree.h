/* SPDX-License-Identifier: MIT */
/*
 * The ratchet tree (RFC 9420 §4, §7): a tree, or a diff over one.
 *
 * A tree holds slots: a node or a blank, with what is cached of its subtree.
 * A base tree's slots may come from a source (the store) when first needed. A
 * diff is an overlay of the slots that it touched over a base; the base must
 * stay as it is while the diff lives.  Every function below works on either.
 *
 * Errors are sticky, as in a reader: after a failed load or allocation slots
 * read as blank, and mls__tree_error tells.  Look at it before anything that
 * was learnt from the tree is acted upon.
 */
#ifndef MLS_TREE_TREE_H
#define MLS_TREE_TREE_H

#include "tree/node.h"

struct mls_tree;

struct mls_slot {
	struct mls_node *node; /* NULL: blank */
	uint8_t *hash;         /* tree hash (§7.8), nh octets, if hashed */
	uint32_t resolution;   /* size of the node's resolution */
	uint32_t members : 31; /* non-blank leaves in the subtree */
	uint32_t hashed : 1;
};
#define MLS_SLOT_MEMBERS 0x7fffffffu /* what fits: more than a tree has */

/* What the index finds nodes by. */
enum mls_index_kind {
	MLS_INDEX_ENCRYPTION = 1, /* HPKE key of a leaf or parent */
	MLS_INDEX_SIGNATURE = 2,  /* signature key of a leaf */
	MLS_INDEX_IDENTITY = 3    /* identity of a leaf's credential */
};
#define MLS_INDEX_HASH 32 /* octets of the key's hash that are kept */

/* A set of capabilities with a credential type, shared by `count` leaves. */
struct mls_capset {
	struct mls_capabilities capabilities;
	uint16_t credential_type;
	uint32_t count;
	uint32_t id; /* its number in the store; never reused in a tree */
};

/* Where a base tree finds what is not in memory; each returns 0 or MLS_E_*. */
struct mls_tree_source {
	void *arg;
	/* Fill *out, whose node the tree then owns and whose hash has room. */
	int (*load)(void *arg, uint32_t node, struct mls_slot *out);
	/* Call fn for each node that the index has under (kind, hash). */
	int (*find)(void *arg, enum mls_index_kind kind,
	    const uint8_t hash[MLS_INDEX_HASH],
	    void (*fn)(void *fn_arg, uint32_t node), void *fn_arg);
};

/* What a diff would write. */
struct mls_tree_visitor {
	void *arg;
	/* slot NULL: the node is outside the new width; forget it. */
	int (*slot)(void *arg, uint32_t node, const struct mls_slot *slot);
	int (*index)(void *arg, enum mls_index_kind kind,
	    const uint8_t hash[MLS_INDEX_HASH], uint32_t node, bool gone);
	int (*capset)(void *arg, const struct mls_capset *set); /* 0: gone */
};

/* tree_new(out, s, width, source): source NULL: all blank, in memory. */
int mls__tree_new(struct mls_tree **out, const struct mls_suite *s,
    uint32_t width, const struct mls_tree_source *source);

/* tree_capset_load(t, set): hand a stored set to a tree opened from a
 * source. */
int mls__tree_capset_load(struct mls_tree *t, const struct mls_capset *set);

int mls__tree_diff(struct mls_tree **out, struct mls_tree *base);
/* tree_free(t): of a diff also after its base was merged into or freed: then
 * nothing else may be done with it. */
void mls__tree_free(struct mls_tree *t);

/* tree_visit(t, v): of a diff, all that differs from the base; of a base tree
 * in memory, everything, blanks included.  Slots are hashed. */
int mls__tree_visit(struct mls_tree *t, const struct mls_tree_visitor *v);

/* tree_merge_prepare(diff): take all memory that merging needs.
 * tree_merge(diff): make the base what the diff is, and free the diff. */
int mls__tree_merge_prepare(struct mls_tree *diff);
void mls__tree_merge(struct mls_tree *diff);

int mls__tree_error(const struct mls_tree *t);

/* tree_retry(t): of a base tree, which is only read: what could not be loaded
 * is asked for again. */
void mls__tree_retry(struct mls_tree *t);
const struct mls_suite *mls__tree_suite(const struct mls_tree *t);
uint32_t mls__tree_width(const struct mls_tree *t);
uint32_t mls__tree_members(struct mls_tree *t);

/* tree_slot: never NULL.  tree_node: NULL for a blank.  tree_leaf: by leaf
 * index; NULL for a blank or an index beyond the width.  A closed leaf is opened
 * by that, so that its node is another one afterwards. */
const struct mls_slot *mls__tree_slot(struct mls_tree *t, uint32_t node);
struct mls_node *mls__tree_node(struct mls_tree *t, uint32_t node);
const struct mls_leaf *mls__tree_leaf(struct mls_tree *t, uint32_t leaf);

/* tree_look(room, t, leaf): as tree_leaf, for a look at each: a closed leaf
 * stays closed, and is decoded into *room. */
const struct mls_leaf *mls__tree_look(struct mls_leaf *room,
    struct mls_tree *t, uint32_t leaf);

/* tree_put(t, node, content): takes a reference of its own; NULL blanks.
 * Index, counts and caches follow. */
void mls__tree_put(struct mls_tree *t, uint32_t node,
    struct mls_node *content);

/* §12.1.1 to §12.1.3: leftmost blank leaf or a doubled tree; unmerged lists;
 * blanked direct paths; the tree halved while its right half is empty. */
int mls__tree_add(uint32_t *leaf, struct mls_tree *t, struct mls_node *node);
int mls__tree_update(struct mls_tree *t, uint32_t leaf,
    struct mls_node *node);
int mls__tree_remove(struct mls_tree *t, uint32_t leaf);

/* tree_free_leaf(t): where an Add would go; the width if it would grow. */
uint32_t mls__tree_free_leaf(struct mls_tree *t);

/* tree_find(t, kind, key, after): the lowest node above `after` (or any, with
 * MLS_NO_NODE) that has this key or identity; MLS_NO_NODE if none. */
uint32_t mls__tree_find(struct mls_tree *t, enum mls_index_kind kind,
    struct mls_buf key, uint32_t after);

/* tree_find_other(t, kind, key, at): the lowest node but `at` that has it. */
uint32_t mls__tree_find_other(struct mls_tree *t, enum mls_index_kind kind,
    struct mls_buf key, uint32_t at);

/* tree_next_leaf(t, from): the first member at or behind leaf index `from`;
 * MLS_NO_NODE if none; skips empty subtrees by their counts. */
uint32_t mls__tree_next_leaf(struct mls_tree *t, uint32_t from);

/* tree_capset(t, i): the i-th set in use, or NULL behind the last. */
const struct mls_capset *mls__tree_capset(struct mls_tree *t, size_t i);

/* tree_capset_count(t, leaf, delta): counts a leaf's set once more (1) or less
 * (-1), for as long as the leaf is to be looked away from. */
int mls__tree_capset_count(struct mls_tree *t, const struct mls_leaf *leaf,
    int delta);

/* tree_check_unique(diff): no key of a touched node stands twice in the
 * resulting tree: LEAF-22 duplicate_signature_key, LEAF-23
 * duplicate_encryption_key, TREE-17 duplicate_parent_key. */
int mls__tree_check_unique(struct mls_tree *diff);

/* tree_check_signer(diff, leaf): the same of one leaf's signature key. */
int mls__tree_check_signer(struct mls_tree *diff, uint32_t leaf);

/* tree_resolve(t, node, fn, arg): §4.1.1, in order; fn is given node
 * indices, and a value other than 0 ends the walk and is returned. */
int mls__tree_resolve(struct mls_tree *t, uint32_t node,
    int (*fn)(void *arg, uint32_t node), void *arg);

/* tree_filtered_path(path, copath, t, leaf): §4.1.2; arrays of MLS_MAX_LEVEL;
 * copath[i] is the child of path[i] off the direct path.  Returns how many. */
unsigned mls__tree_filtered_path(uint32_t *path, uint32_t *copath,
    struct mls_tree *t, uint32_t leaf);

/* tree_hash(out, t): the root's, nh octets; recomputes what is dirty, level
 * by level in ranges by the executor where much is (§7.8). */
int mls__tree_hash(uint8_t *out, struct mls_tree *t);

/* tree_members_begin(nodes, in): of an encoded tree that was read before;
 * tree_members_next(out, at, nodes): the member behind node *at, which is
 * MLS_NO_NODE at first; false behind the last. */
void mls__tree_members_begin(struct mls_reader *nodes, struct mls_buf in);
bool mls__tree_members_next(struct mls_leaf *out, uint32_t *at,
    struct mls_reader *nodes);

/* tree_write(w, t): the ratchet_tree extension's data (§12.4.3.3); tree_read:
 * its decoding with TREE-01 to TREE-05, TREE-12 to TREE-16, TREE-18,
 * LIMIT-02 (max_leaves) and key uniqueness; a diff over a new blank tree is
 * not needed: *out is a base tree in memory, hashed.  Its nodes borrow from a
 * copy that it has of the input; with tree_read_on from the input, which stays
 * as long as the tree is more than freed. */
void mls__tree_write(struct mls_writer *w, struct mls_tree *t);
int mls__tree_read_on(struct mls_tree **out, const struct mls_suite *s,
    struct mls_buf in, uint32_t max_leaves,
    const struct mls_customs *customs);
int mls__tree_read(struct mls_tree **out, const struct mls_suite *s,
    struct mls_buf in, uint32_t max_leaves,
    const struct mls_customs *customs);

#endif
