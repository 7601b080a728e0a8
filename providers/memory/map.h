/* SPDX-License-Identifier: MIT */
/*
 * An ordered map of octet strings whose versions share what they have in
 * common: a treap of reference-counted nodes.
 *
 * To change a map, the nodes on the way that another map shares are copied
 * first, and only then anything is relinked; so a change costs O(log n) and is
 * never seen through another map.  A map that shares nothing is changed where
 * it is, which takes no memory.  Sharing and dropping a map may happen in any
 * threads at once.
 */
#ifndef MLS_MEMORY_MAP_H
#define MLS_MEMORY_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "libmls/provider.h"

struct mls_node;
struct mls_map {
	struct mls_node *root; /* NULL: empty */
};

/* map_share(map): the same records, to be dropped apart. */
struct mls_map mls__map_share(struct mls_map map);

/* map_drop(map): wipes and frees what no other map shares. */
void mls__map_drop(struct mls_map map);

/*
 * The way to where the last put went: puts in the order of their keys, which is
 * how a group is written, need not begin at the root each time.  It is of one
 * map, and holds until that is changed by another call; then depth is to be 0,
 * as at first.
 */
struct mls_map_trail {
	size_t depth;
	struct mls_node **link[96];
};

/* map_put(map, trail, rank, key, value): into a map that shares nothing; rank
 * is random.  OK or NOMEM. */
int mls__map_put(struct mls_map *map, struct mls_map_trail *trail,
    uint32_t rank, struct mls_buf key, struct mls_buf value);

/* map_del(map, key): OK, also where there is no such key, or NOMEM: then all
 * records are still there. */
int mls__map_del(struct mls_map *map, struct mls_buf key);

/* map_merge(map, changes): puts all records of another map, which shares
 * nothing and is empty afterwards.  NOMEM if the map shares nodes and these
 * cannot be copied: then the map is to be dropped, as some were put. */
int mls__map_merge(struct mls_map *map, struct mls_map *changes);

/* map_get: as in struct mls_keystore_ops. */
int mls__map_get(struct mls_map map, struct mls_buf key, mls_record_fn fn,
    void *arg);
bool mls__map_has(struct mls_map map, struct mls_buf key);

/* The nodes still to be visited above the present one.  A treap is hardly
 * ever deeper than this; what falls off the bottom is sought again. */
struct mls_map_cursor {
	struct mls_map map;
	struct mls_buf prefix;
	const struct mls_node *stack[64];
	size_t depth;
	bool lost;
};

/* map_seek(c, map, prefix): to the first record with this prefix.
 * map_at(c, key, value): the record there, or false behind the last one.
 * map_next(c): on, if there was one. */
void mls__map_seek(struct mls_map_cursor *c, struct mls_map map,
    struct mls_buf prefix);
bool mls__map_at(const struct mls_map_cursor *c, struct mls_buf *key,
    struct mls_buf *value);
void mls__map_next(struct mls_map_cursor *c);

/* map_compare(a, b): the order of keys. */
int mls__map_compare(struct mls_buf a, struct mls_buf b);

#endif
