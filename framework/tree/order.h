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

/* order_insert(root, e, cmp): NULL; or what is there that equals e, which stays
 * out then.  order_remove(root, e, cmp): e must be there. */
struct mls_order *mls__order_insert(struct mls_order **root,
    struct mls_order *e, mls_order_cmp cmp);
void mls__order_remove(struct mls_order **root, struct mls_order *e,
    mls_order_cmp cmp);

/* order_pop(root): take the first; the set may only be popped from then on.
 * NULL when it is empty. */
struct mls_order *mls__order_pop(struct mls_order **root);

/* A walk in order through a set that stays as it is meanwhile. */
#define MLS_ORDER_DEPTH 128 /* twice the logarithm of what fits in memory */
struct mls_order_walk {
	const struct mls_order *above[MLS_ORDER_DEPTH]; /* still to come */
	unsigned n;
};

/* order_walk(w, root); order_next(w): the first one, the next; NULL behind the
 * last. */
void mls__order_walk(struct mls_order_walk *w, const struct mls_order *root);
const struct mls_order *mls__order_next(struct mls_order_walk *w);

#endif
