/* SPDX-License-Identifier: MIT */
#include "map_node.h"

#include <stdlib.h>
#include <string.h>

#include "../common/wipe.h"

struct mls_node *
mls__map_node_new(uint32_t rank, struct mls_buf key, struct mls_buf value)
{
	struct mls_node *n;

	if (key.len > UINT32_MAX || value.len > UINT32_MAX ||
	    key.len > SIZE_MAX - sizeof(*n) - value.len)
		return NULL;
	n = malloc(sizeof(*n) + key.len + value.len);
	if (n == NULL)
		return NULL;
	atomic_init(&n->refs, 1);
	n->rank = rank;
	n->key_len = (uint32_t)key.len;
	n->value_len = (uint32_t)value.len;
	n->left = n->right = NULL;
	if (key.len > 0)
		memcpy(n->data, key.data, key.len);
	if (value.len > 0)
		memcpy(n->data + key.len, value.data, value.len);
	return n;
}

/* Eight octets as a number that sorts as they do. */
static uint64_t
word(const uint8_t *p)
{
	return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 |
	    (uint64_t)p[2] << 40 | (uint64_t)p[3] << 32 |
	    (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
	    (uint64_t)p[6] << 8 | p[7];
}

/* memcmp, for a store's short keys: half of a search would go into calls. */
static int
compare_octets(const uint8_t *a, const uint8_t *b, size_t n)
{
	uint64_t x, y;
	size_t i;

	if (n < 8)
		return n > 0 ? memcmp(a, b, n) : 0;
	for (i = 0; i < n; i += 8) {
		if (i > n - 8)
			i = n - 8; /* the last, over some that are equal */
		x = word(a + i);
		y = word(b + i);
		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

int
mls__map_compare(struct mls_buf a, struct mls_buf b)
{
	int d = compare_octets(a.data, b.data, a.len < b.len ? a.len : b.len);

	return d != 0 ? d : (a.len > b.len) - (a.len < b.len);
}

static bool
has_prefix(struct mls_buf key, struct mls_buf prefix)
{
	return key.len >= prefix.len && (prefix.len == 0 ||
	    memcmp(key.data, prefix.data, prefix.len) == 0);
}

struct mls_node *
mls__map_node_share(struct mls_node *n)
{
	if (n != NULL)
		atomic_fetch_add(&n->refs, 1);
	return n;
}

/* What is to the right of a node waits in a list, whose link is what led to the
 * left. */
void
mls__map_node_drop(struct mls_node *n)
{
	struct mls_node *list = NULL, *left;

	for (;;) {
		while (n != NULL && atomic_fetch_sub(&n->refs, 1) == 1) {
			left = n->left;
			n->left = list;
			list = n;
			n = left;
		}
		if (list == NULL)
			break;
		left = list;
		list = left->left;
		n = left->right;
		mls__module_wipe(left, sizeof(*left) + left->key_len +
		    left->value_len);
		free(left);
	}
}

static const struct mls_node *
find(struct mls_map map, struct mls_buf key)
{
	struct mls_node *n = map.root;
	int d;

	while (n != NULL) {
		d = mls__map_compare(key, node_key(n));
		if (d == 0)
			break;
		n = *map_child(n, d);
	}
	return n;
}

bool
mls__map_has(struct mls_map map, struct mls_buf key)
{
	return find(map, key) != NULL;
}

int
mls__map_get(struct mls_map map, struct mls_buf key, mls_record_fn fn,
    void *arg)
{
	const struct mls_node *n = find(map, key);

	if (n == NULL)
		return MLS_P_NOTFOUND;
	return fn(arg, node_key(n), node_value(n));
}

static void
push(struct mls_map_cursor *c, const struct mls_node *n)
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
seek(struct mls_map_cursor *c, struct mls_buf key, bool past)
{
	const struct mls_node *n = c->map.root;
	int d;

	c->depth = 0;
	c->lost = false;
	while (n != NULL) {
		d = mls__map_compare(node_key(n), key);
		if (d > 0 || (d == 0 && !past)) {
			push(c, n);
			n = n->left;
		} else {
			n = n->right;
		}
	}
}

void
mls__map_seek(struct mls_map_cursor *c, struct mls_map map,
    struct mls_buf prefix)
{
	c->map = map;
	c->prefix = prefix;
	seek(c, prefix, false);
}

bool
mls__map_at(const struct mls_map_cursor *c, struct mls_buf *key,
    struct mls_buf *value)
{
	const struct mls_node *n;

	if (c->depth == 0)
		return false;
	n = c->stack[c->depth - 1];
	*key = node_key(n);
	*value = node_value(n);
	return has_prefix(*key, c->prefix);
}

void
mls__map_next(struct mls_map_cursor *c)
{
	const struct mls_node *n = c->stack[--c->depth], *m;

	for (m = n->right; m != NULL; m = m->left)
		push(c, m);
	if (c->depth == 0 && c->lost)
		seek(c, node_key(n), true);
}

struct mls_map
mls__map_share(struct mls_map map)
{
	mls__map_node_share(map.root);
	return map;
}

void
mls__map_drop(struct mls_map map)
{
	mls__map_node_drop(map.root);
}
