/* SPDX-License-Identifier: MIT */
#include "map.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../common/wipe.h"

/* Never changed once made. */
struct record {
	atomic_size_t refs;
	size_t key_len, value_len;
	uint8_t data[]; /* key, then value */
};

/* Changed only while refs is 1 all the way from the root. */
struct mls_node {
	atomic_size_t refs;
	uint32_t rank; /* no smaller than the children's */
	struct mls_node *left, *right;
	struct mls_node *next; /* while being freed */
	struct record *record;
};

static struct mls_buf
record_key(const struct record *r)
{
	struct mls_buf b = { r->data, r->key_len };

	return b;
}

static struct mls_buf
record_value(const struct record *r)
{
	struct mls_buf b = { r->data + r->key_len, r->value_len };

	return b;
}

static struct record *
record_new(struct mls_buf key, struct mls_buf value)
{
	struct record *r;

	if (key.len > SIZE_MAX - sizeof(*r) ||
	    value.len > SIZE_MAX - sizeof(*r) - key.len)
		return NULL;
	r = malloc(sizeof(*r) + key.len + value.len);
	if (r == NULL)
		return NULL;
	atomic_init(&r->refs, 1);
	r->key_len = key.len;
	r->value_len = value.len;
	if (key.len > 0)
		memcpy(r->data, key.data, key.len);
	if (value.len > 0)
		memcpy(r->data + key.len, value.data, value.len);
	return r;
}

static void
record_drop(struct record *r)
{
	if (r == NULL || atomic_fetch_sub(&r->refs, 1) != 1)
		return;
	mls__module_wipe(r, sizeof(*r) + r->key_len + r->value_len);
	free(r);
}

static int
compare(struct mls_buf a, struct mls_buf b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int d = n > 0 ? memcmp(a.data, b.data, n) : 0;

	return d != 0 ? d : (a.len > b.len) - (a.len < b.len);
}

static bool
has_prefix(struct mls_buf key, struct mls_buf prefix)
{
	return key.len >= prefix.len && (prefix.len == 0 ||
	    memcmp(key.data, prefix.data, prefix.len) == 0);
}

static struct mls_node *
node_share(struct mls_node *n)
{
	if (n != NULL)
		atomic_fetch_add(&n->refs, 1);
	return n;
}

/* Put n before the list if this was its last reference. */
static struct mls_node *
node_unref(struct mls_node *list, struct mls_node *n)
{
	if (n == NULL || atomic_fetch_sub(&n->refs, 1) != 1)
		return list;
	n->next = list;
	return n;
}

static void
node_drop(struct mls_node *n)
{
	struct mls_node *list = node_unref(NULL, n);

	while (list != NULL) {
		n = list;
		list = node_unref(n->next, n->left);
		list = node_unref(list, n->right);
		record_drop(n->record);
		free(n);
	}
}

/* Make the node at link ours alone, if there is one. */
static int
own(struct mls_node **link)
{
	struct mls_node *old = *link, *n;

	if (old == NULL || atomic_load(&old->refs) == 1)
		return MLS_P_OK;
	n = malloc(sizeof(*n));
	if (n == NULL)
		return MLS_P_NOMEM;
	atomic_init(&n->refs, 1);
	n->rank = old->rank;
	n->left = node_share(old->left);
	n->right = node_share(old->right);
	n->next = NULL;
	n->record = old->record;
	atomic_fetch_add(&n->record->refs, 1);
	*link = n;
	node_drop(old);
	return MLS_P_OK;
}

static struct mls_node **
child(struct mls_node *n, int d)
{
	return d < 0 ? &n->left : &n->right;
}

/* How many links of the trail a key has in common with it, whose end is below
 * the key; 0 if it is not.  Each turn to the left is a bound for what lies
 * below. */
static size_t
in_common(const struct mls_map_trail *t, struct mls_buf key)
{
	size_t i, n = t->depth;
	struct mls_node *above;

	if (n == 0 || compare(key, record_key((*t->link[n - 1])->record)) <= 0)
		return 0;
	for (i = n - 1; i > 0; i--) {
		above = *t->link[i - 1];
		if (t->link[i] != &above->left)
			continue;
		if (compare(key, record_key(above->record)) < 0)
			break;
		n = i;
	}
	return n;
}

/* Own the way to key, to its node or to the end, and be told of it by the
 * trail.  *above is the first link on it to a node whose rank is below this
 * one, or to the end. */
static int
own_way(struct mls_node ***end, struct mls_node ***above, struct mls_map *map,
    struct mls_map_trail *t, struct mls_buf key, uint32_t rank)
{
	const size_t most = sizeof(t->link) / sizeof(t->link[0]);
	size_t n = in_common(t, key), i = n;
	struct mls_node **link = n != 0 ? t->link[n - 1] : &map->root;
	struct mls_node **first = NULL;
	int d;

	for (n -= n != 0; i > 0 && (*t->link[i - 1])->rank < rank; i--)
		first = t->link[i - 1];
	t->depth = 0;
	while (*link != NULL) {
		if (own(link) != MLS_P_OK)
			return MLS_P_NOMEM;
		if (first == NULL && (*link)->rank < rank)
			first = link;
		if (n < most)
			t->link[n] = link;
		n++;
		d = compare(key, record_key((*link)->record));
		if (d == 0)
			break;
		link = child(*link, d);
	}
	*end = link;
	*above = first != NULL ? first : link;
	/* One of such a length is not to be expected. */
	t->depth = n <= most ? n : 0;
	return MLS_P_OK;
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

/* Own the nodes that are reached from link by going d all the time. */
static int
own_spine(struct mls_node **link, int d)
{
	for (; *link != NULL; link = child(*link, d))
		if (own(link) != MLS_P_OK)
			return MLS_P_NOMEM;
	return MLS_P_OK;
}

/* Hang n, with no children yet, in at link: above what is there, which is of
 * lower rank and is split by n's key.  All these nodes are ours. */
static void
insert(struct mls_node **link, struct mls_node *n)
{
	struct mls_buf key = record_key(n->record);
	struct mls_node **left = &n->left, **right = &n->right, *t = *link;

	*link = n;
	while (t != NULL) {
		if (compare(record_key(t->record), key) < 0) {
			*left = t;
			left = &t->right;
			t = t->right;
		} else {
			*right = t;
			right = &t->left;
			t = t->left;
		}
	}
	*left = NULL;
	*right = NULL;
}

int
mls__map_put(struct mls_map *map, struct mls_map_trail *trail, uint32_t rank,
    struct mls_buf key, struct mls_buf value)
{
	struct record *r = record_new(key, value);
	struct mls_node **link, **above, *n;

	if (r == NULL || own_way(&link, &above, map, trail, key,
	    rank) != MLS_P_OK)
		goto err;
	if (*link != NULL) {
		record_drop((*link)->record);
		(*link)->record = r;
		return MLS_P_OK;
	}
	n = malloc(sizeof(*n));
	if (n == NULL)
		goto err;
	atomic_init(&n->refs, 1);
	n->rank = rank;
	n->left = n->right = n->next = NULL;
	n->record = r;
	insert(above, n);
	end_trail(trail, map, above);
	return MLS_P_OK;
err:
	record_drop(r);
	return MLS_P_NOMEM;
}

static const struct mls_node *
find(struct mls_map map, struct mls_buf key)
{
	struct mls_node *n = map.root;
	int d;

	while (n != NULL) {
		d = compare(key, record_key(n->record));
		if (d == 0)
			break;
		n = *child(n, d);
	}
	return n;
}

int
mls__map_del(struct mls_map *map, struct mls_buf key)
{
	struct mls_node **link, **above, *n, *left, *right;
	struct mls_map_trail trail = { .depth = 0 };

	if (find(*map, key) == NULL)
		return MLS_P_OK; /* and nothing is copied */
	if (own_way(&link, &above, map, &trail, key, 0) != MLS_P_OK)
		return MLS_P_NOMEM;
	n = *link;
	if (own_spine(&n->left, 1) != MLS_P_OK ||
	    own_spine(&n->right, -1) != MLS_P_OK)
		return MLS_P_NOMEM;
	left = n->left;
	right = n->right;
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
	n->left = n->right = NULL;
	node_drop(n);
	return MLS_P_OK;
}

int
mls__map_get(struct mls_map map, struct mls_buf key, mls_record_fn fn,
    void *arg)
{
	const struct mls_node *n = find(map, key);

	if (n == NULL)
		return MLS_P_NOTFOUND;
	return fn(arg, record_key(n->record), record_value(n->record));
}

/* The nodes still to be visited above the present one.  A treap is hardly
 * ever deeper than this; what falls off the bottom is sought again. */
struct cursor {
	const struct mls_node *stack[64];
	size_t depth;
	bool lost;
};

static void
push(struct cursor *c, const struct mls_node *n)
{
	const size_t most = sizeof(c->stack) / sizeof(c->stack[0]);

	if (c->depth == most) {
		memmove(c->stack, c->stack + 1,
		    (most - 1) * sizeof(c->stack[0]));
		c->depth--;
		c->lost = true;
	}
	c->stack[c->depth++] = n;
}

/* Go to the first key that is key or, if `past`, the first after it. */
static void
seek(struct cursor *c, struct mls_map map, struct mls_buf key, bool past)
{
	const struct mls_node *n = map.root;
	int d;

	c->depth = 0;
	c->lost = false;
	while (n != NULL) {
		d = compare(record_key(n->record), key);
		if (d > 0 || (d == 0 && !past)) {
			push(c, n);
			n = n->left;
		} else {
			n = n->right;
		}
	}
}

int
mls__map_scan(struct mls_map map, struct mls_buf prefix, mls_record_fn fn,
    void *arg)
{
	const struct mls_node *n, *m;
	struct cursor c;
	int status;

	seek(&c, map, prefix, false);
	while (c.depth > 0) {
		n = c.stack[--c.depth];
		if (!has_prefix(record_key(n->record), prefix))
			break;
		status = fn(arg, record_key(n->record),
		    record_value(n->record));
		if (status != 0)
			return status;
		for (m = n->right; m != NULL; m = m->left)
			push(&c, m);
		if (c.depth == 0 && c.lost)
			seek(&c, map, record_key(n->record), true);
	}
	return MLS_P_OK;
}

struct mls_map
mls__map_share(struct mls_map map)
{
	node_share(map.root);
	return map;
}

void
mls__map_drop(struct mls_map map)
{
	node_drop(map.root);
}
