/* SPDX-License-Identifier: MIT */
/* What a map is made of, for the files of this folder that change it. */
#ifndef MLS_MEMORY_MAP_NODE_H
#define MLS_MEMORY_MAP_NODE_H

#include <stdatomic.h>

#include "map.h"

/* A record.  Changed only while refs is 1 all the way from the root. */
struct mls_node {
	atomic_uint refs;
	uint32_t rank; /* no smaller than the children's */
	uint32_t key_len, value_len;
	struct mls_node *left, *right;
	uint8_t data[]; /* key, then value */
};

static inline struct mls_buf
node_key(const struct mls_node *n)
{
	struct mls_buf b = { n->data, n->key_len };

	return b;
}

static inline struct mls_buf
node_value(const struct mls_node *n)
{
	struct mls_buf b = { n->data + n->key_len, n->value_len };

	return b;
}

static inline struct mls_node **
map_child(struct mls_node *n, int d)
{
	return d < 0 ? &n->left : &n->right;
}

/* map_node_new(rank, key, value): a node alone; NULL if there is no memory. */
struct mls_node *mls__map_node_new(uint32_t rank, struct mls_buf key,
    struct mls_buf value);
struct mls_node *mls__map_node_share(struct mls_node *n);

/* map_node_drop(n): wipes and frees what had its last reference here. */
void mls__map_node_drop(struct mls_node *n);

#endif
