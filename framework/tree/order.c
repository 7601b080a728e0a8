/* SPDX-License-Identifier: MIT */
#include "tree/order.h"

#include <stddef.h>

#include "base/compat.h"

static unsigned
level_of(const struct mls_order *e)
{
	return e != NULL ? e->level : 0;
}

/* Turn a left link to the same level into a right one. */
static struct mls_order *
skew(struct mls_order *e)
{
	struct mls_order *l = e != NULL ? e->left : NULL;

	if (l == NULL || l->level != e->level)
		return e;
	e->left = l->right;
	l->right = e;
	return l;
}

/* Lift the middle of two right links of the same level. */
static struct mls_order *
split(struct mls_order *e)
{
	struct mls_order *r = e != NULL ? e->right : NULL;

	if (r == NULL || level_of(r->right) != e->level)
		return e;
	e->right = r->left;
	r->left = e;
	r->level++;
	return r;
}

struct mls_order *
mls__order_find(struct mls_order *root, const struct mls_order *key,
    mls_order_cmp cmp)
{
	int c;

	while (root != NULL && (c = cmp(key, root)) != 0)
		root = c < 0 ? root->left : root->right;
	return root;
}

struct mls_order *
mls__order_from(struct mls_order *root, const struct mls_order *key,
    mls_order_cmp cmp)
{
	struct mls_order *best = NULL;

	while (root != NULL) {
		if (cmp(root, key) >= 0) {
			best = root;
			root = root->left;
		} else {
			root = root->right;
		}
	}
	return best;
}

struct mls_order *
mls__order_insert(struct mls_order **root, struct mls_order *e,
    mls_order_cmp cmp)
{
	struct mls_order **path[MLS_ORDER_DEPTH], **link = root;
	size_t n = 0;
	int c;

	while (*link != NULL) {
		c = cmp(e, *link);
		if (c == 0)
			return *link;
		MLS_DEBUG_ASSERT(n < MLS_ORDER_DEPTH);
		path[n++] = link;
		link = c < 0 ? &(*link)->left : &(*link)->right;
	}
	e->left = e->right = NULL;
	e->level = 1;
	*link = e;
	while (n > 0) {
		link = path[--n];
		*link = split(skew(*link));
	}
	return NULL;
}

/* Restore the levels of the subtree below which an element went. */
static struct mls_order *
settle(struct mls_order *e)
{
	unsigned l, r, should;

	if (e == NULL)
		return NULL;
	l = level_of(e->left);
	r = level_of(e->right);
	should = (l < r ? l : r) + 1;
	if (should < e->level) {
		e->level = should;
		if (r > should)
			e->right->level = should;
	}
	e = skew(e);
	e->right = skew(e->right);
	if (e->right != NULL)
		e->right->right = skew(e->right->right);
	e = split(e);
	e->right = split(e->right);
	return e;
}

void
mls__order_remove(struct mls_order **root, struct mls_order *e,
    mls_order_cmp cmp)
{
	struct mls_order **path[MLS_ORDER_DEPTH], **link = root, *next;
	size_t n = 0, at;

	while (*link != e) {
		MLS_DEBUG_ASSERT(*link != NULL && n < MLS_ORDER_DEPTH);
		path[n++] = link;
		link = cmp(e, *link) < 0 ? &(*link)->left : &(*link)->right;
	}
	if (e->left == NULL) {
		*link = e->right;
	} else {
		/* The next in order, which has no left link, takes its place. */
		path[n++] = link;
		at = n;
		link = &e->right;
		while ((*link)->left != NULL) {
			MLS_DEBUG_ASSERT(n < MLS_ORDER_DEPTH);
			path[n++] = link;
			link = &(*link)->left;
		}
		next = *link;
		*link = next->right;
		next->left = e->left;
		next->right = e->right;
		next->level = e->level;
		*path[at - 1] = next;
		if (n > at)
			path[at] = &next->right;
	}
	while (n > 0) {
		link = path[--n];
		*link = settle(*link);
	}
}

struct mls_order *
mls__order_pop(struct mls_order **root)
{
	struct mls_order *e = *root, *l;

	while (e != NULL && (l = e->left) != NULL) {
		e->left = l->right;
		l->right = e;
		e = l;
	}
	*root = e != NULL ? e->right : NULL;
	return e;
}

/* To the first of what is below e. */
static void
down(struct mls_order_walk *w, const struct mls_order *e)
{
	for (; e != NULL; e = e->left) {
		MLS_DEBUG_ASSERT(w->n < MLS_ORDER_DEPTH);
		w->above[w->n++] = e;
	}
}

void
mls__order_walk(struct mls_order_walk *w, const struct mls_order *root)
{
	w->n = 0;
	down(w, root);
}

const struct mls_order *
mls__order_next(struct mls_order_walk *w)
{
	const struct mls_order *e = w->n > 0 ? w->above[--w->n] : NULL;

	if (e != NULL)
		down(w, e->right);
	return e;
}
