/* SPDX-License-Identifier: MIT */
/* The distinct capabilities of a tree's leaves, with counts.  That of a diff
 * holds the sets whose count differs, and the new ones. */
#ifndef MLS_TREE_CAPSET_H
#define MLS_TREE_CAPSET_H

#include "tree/order.h"
#include "tree/tree.h"

struct mls_capset_entry {
	struct mls_order order; /* first */
	struct mls_capset set;
	struct mls_capset_entry *base; /* the set of the base that it changes */
	size_t at;                     /* position in the list */
	uint8_t raw[];                 /* the capabilities, but for `base` */
};

struct mls_capsets {
	struct mls_order *root;
	struct mls_capset_entry **list; /* of the sets that are our own */
	size_t n, cap;
	uint32_t next_id;
	struct mls_capsets *base;
	size_t seen, seen_at; /* the i-th set in use stands at seen_at */
};

/* capsets_load(c, set): a stored one, count and id as they are. */
int mls__capsets_load(struct mls_capsets *c, const struct mls_capset *set);

/* capsets_count(c, leaf, delta): one leaf of this kind more or less. */
int mls__capsets_count(struct mls_capsets *c, const struct mls_leaf *leaf,
    int delta);

/* capsets_at(c, i): the i-th set in use, or NULL. */
const struct mls_capset *mls__capsets_at(struct mls_capsets *c, size_t i);
int mls__capsets_visit(const struct mls_capsets *c,
    const struct mls_tree_visitor *v);

/* capsets_prepare, capsets_merge(base, diff): as for trees. */
int mls__capsets_prepare(struct mls_capsets *base,
    const struct mls_capsets *diff);
void mls__capsets_merge(struct mls_capsets *base, struct mls_capsets *diff);
void mls__capsets_free(struct mls_capsets *c);

#endif
