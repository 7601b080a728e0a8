/* SPDX-License-Identifier: MIT */
/*
 * An ordered set whose links stand inside its elements (an AA tree): no
 * allocation to move an element from one set to another, and no keys by which
 * an adversary could slow it down.
 */
#ifndef MLS_TREE_ORDER_H
#define MLS_TREE_ORDER_H

struct mls_order {
	struct mls_order *left, *right;
	unsigned level;
};

typedef int (*mls_order_cmp)(const struct mls_order *a,
    const struct mls_order *b);

/* order_find(root, key, cmp): the element equal to key, or NULL.
 * order_from(root, key, cmp): the first that is not below key, or NULL. */
struct mls_order *mls__order_find(struct mls_order *root,
    const struct mls_order *key, mls_order_cmp cmp);
struct mls_order *mls__order_from(struct mls_order *root,
    const struct mls_order *key, mls_order_cmp cmp);

/* order_insert(root, e, cmp): nothing equal to e may be there.
 * order_remove(root, e, cmp): e must be there. */
void mls__order_insert(struct mls_order **root, struct mls_order *e,
    mls_order_cmp cmp);
void mls__order_remove(struct mls_order **root, struct mls_order *e,
    mls_order_cmp cmp);

/* order_pop(root): take the first; the set may only be popped from then on.
 * NULL when it is empty. */
struct mls_order *mls__order_pop(struct mls_order **root);

/* order_first(root), order_next(root, e, cmp): walk in order. */
struct mls_order *mls__order_first(struct mls_order *root);
struct mls_order *mls__order_next(struct mls_order *root,
    const struct mls_order *e, mls_order_cmp cmp);

#endif
