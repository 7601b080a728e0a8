/* SPDX-License-Identifier: MIT */
/* Changing a map. */
#include "map_node.h"

/* Make the node at link ours alone, if there is one. */
static int
own(struct mls_node **link)
{
	struct mls_node *old = *link, *n;

	if (old == NULL || atomic_load(&old->refs) == 1)
		return MLS_P_OK;
	n = mls__map_node_new(old->rank, node_key(old), node_value(old));
	if (n == NULL)
		return MLS_P_NOMEM;
	n->left = mls__map_node_share(old->left);
	n->right = mls__map_node_share(old->right);
	*link = n;
	mls__map_node_drop(old);
	return MLS_P_OK;
}

/* Own what is between link and key, and its node if there is one. */
static int
own_way(struct mls_node ***end, struct mls_node **link, struct mls_buf key)
{
	int d;

	while (*link != NULL) {
		if (own(link) != MLS_P_OK)
			return MLS_P_NOMEM;
		d = mls__map_compare(key, node_key(*link));
		if (d == 0)
			break;
		link = map_child(*link, d);
	}
	*end = link;
	return MLS_P_OK;
}

/* How many links of the trail a key has in common with it, whose end is below
 * the key; 0 if it is not.  Each turn to the left is a bound for what lies
 * below. */
static size_t
in_common(const struct mls_map_trail *t, struct mls_buf key)
{
	size_t i, n = t->depth;
	struct mls_node *above;

	if (n == 0 || mls__map_compare(key, node_key(*t->link[n - 1])) <= 0)
		return 0;
	for (i = n - 1; i > 0; i--) {
		above = *t->link[i - 1];
		if (t->link[i] != &above->left)
			continue;
		if (mls__map_compare(key, node_key(above)) < 0)
			break;
		n = i;
	}
	return n;
}

/* Follow the way to key, to its node or to the end, and be told of it by the
 * trail.  *above is the first link on it to a node whose rank is below this
 * one, or to the end. */
static void
go(struct mls_node ***end, struct mls_node ***above, struct mls_map *map,
    struct mls_map_trail *t, struct mls_buf key, uint32_t rank)
{
	const size_t most = sizeof(t->link) / sizeof(t->link[0]);
	size_t n = in_common(t, key), i = n;
	struct mls_node **link = n != 0 ? t->link[n - 1] : &map->root;
	struct mls_node **first = NULL;
	int d;

	for (n -= n != 0; i > 0 && (*t->link[i - 1])->rank < rank; i--)
		first = t->link[i - 1];
	while (*link != NULL) {
		if (first == NULL && (*link)->rank < rank)
			first = link;
		if (n < most)
			t->link[n] = link;
		n++;
		d = mls__map_compare(key, node_key(*link));
		if (d == 0)
			break;
		link = map_child(*link, d);
	}
	*end = link;
	*above = first != NULL ? first : link;
	/* One of such a length is not to be expected. */
	t->depth = n <= most ? n : 0;
}

/* A node was hung in at the link: the trail ends there.  One that is not known
 * has to begin at the root again. */
static void
end_trail(struct mls_map_trail *t, const struct mls_map *map,
    struct mls_node **link)
{
	const size_t most = sizeof(t->link) / sizeof(t->link[0]);
	size_t n = t->depth;

	while (n > 0 && t->link[n - 1] != link)
		n--;
	if (n == 0 && t->depth < most &&
	    (t->depth > 0 || link == &map->root)) {
		n = t->depth + 1;
		t->link[n - 1] = link;
	}
	t->depth = n;
}

/* What is below a key, what has it, and what is above.  The nodes on the way to
 * it are ours. */
static void
split(struct mls_node **left, struct mls_node **same, struct mls_node **right,
    struct mls_node *n, struct mls_buf key)
{
	int d = 1;

	while (n != NULL && (d = mls__map_compare(node_key(n), key)) != 0) {
		if (d < 0) {
			*left = n;
			left = &n->right;
			n = n->right;
		} else {
			*right = n;
			right = &n->left;
			n = n->left;
		}
	}
	*same = n;
	*left = n != NULL ? n->left : NULL;
	*right = n != NULL ? n->right : NULL;
	if (n != NULL)
		n->left = n->right = NULL;
}

/* n, with no children yet, for the node at link. */
static void
replace(struct mls_node **link, struct mls_node *n)
{
	struct mls_node *old = *link;

	n->rank = old->rank;
	n->left = old->left;
	n->right = old->right;
	old->left = old->right = NULL;
	*link = n;
	mls__map_node_drop(old);
}

int
mls__map_put(struct mls_map *map, struct mls_map_trail *trail, uint32_t rank,
    struct mls_buf key, struct mls_buf value)
{
	struct mls_node *n = mls__map_node_new(rank, key, value), *none;
	struct mls_node **link, **above;

	if (n == NULL)
		return MLS_P_NOMEM;
	go(&link, &above, map, trail, key, rank);
	if (*link != NULL) {
		replace(link, n);
		return MLS_P_OK;
	}
	split(&n->left, &none, &n->right, *above, key);
	*above = n;
	end_trail(trail, map, above);
	return MLS_P_OK;
}

/* Own the nodes that are reached from link by going d all the time. */
static int
own_spine(struct mls_node **link, int d)
{
	for (; *link != NULL; link = map_child(*link, d))
		if (own(link) != MLS_P_OK)
			return MLS_P_NOMEM;
	return MLS_P_OK;
}

/* At link what is left and right; the spines between them are ours. */
static void
join(struct mls_node **link, struct mls_node *left, struct mls_node *right)
{
	while (left != NULL && right != NULL) {
		if (left->rank >= right->rank) {
			*link = left;
			link = &left->right;
			left = left->right;
		} else {
			*link = right;
			link = &right->left;
			right = right->left;
		}
	}
	*link = left != NULL ? left : right;
}

int
mls__map_del(struct mls_map *map, struct mls_buf key)
{
	struct mls_node **link, *n;

	if (own_way(&link, &map->root, key) != MLS_P_OK)
		return MLS_P_NOMEM;
	n = *link;
	if (n == NULL)
		return MLS_P_OK;
	if (own_spine(&n->left, 1) != MLS_P_OK ||
	    own_spine(&n->right, -1) != MLS_P_OK)
		return MLS_P_NOMEM;
	join(link, n->left, n->right);
	n->left = n->right = NULL;
	mls__map_node_drop(n);
	return MLS_P_OK;
}

/* Below link, where c goes above what is there: its halves go beside what is
 * below c and above it. */
static int
put_above(struct mls_node **link, struct mls_node *c)
{
	struct mls_node **end, *same;

	if (own_way(&end, link, node_key(c)) != MLS_P_OK)
		return MLS_P_NOMEM;
	split(&c->left, &same, &c->right, *link, node_key(c));
	mls__map_node_drop(same);
	*link = c;
	return MLS_P_OK;
}

/* The records of c, which are ours alone, come to those at link.  The treaps
 * are walked down together, where both have something. */
static int
merge(struct mls_node **link, struct mls_node *c)
{
	struct mls_node *left, *right, *same;
	int status = MLS_P_OK;

	while (c != NULL && *link != NULL && status == MLS_P_OK) {
		if ((*link)->rank < c->rank) {
			left = c->left;
			right = c->right;
			c->left = c->right = NULL;
			same = c;
			status = put_above(link, c);
		} else {
			split(&left, &same, &right, c, node_key(*link));
			status = own(link);
			if (same != NULL && status == MLS_P_OK)
				replace(link, same);
		}
		if (status != MLS_P_OK) {
			mls__map_node_drop(same);
			mls__map_node_drop(left);
			mls__map_node_drop(right);
			return status;
		}
		status = merge(&(*link)->left, left);
		link = &(*link)->right;
		c = right;
	}
	if (status != MLS_P_OK)
		mls__map_node_drop(c);
	else if (c != NULL)
		*link = c;
	return status;
}

int
mls__map_merge(struct mls_map *map, struct mls_map *changes)
{
	struct mls_node *c = changes->root;

	changes->root = NULL;
	return merge(&map->root, c);
}
