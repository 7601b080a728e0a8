/* SPDX-License-Identifier: MIT */
/*
 * An ordered map of octet strings whose versions share what they have in
 * common: a treap of reference-counted nodes.
 *
 * To change a map, the nodes on the way that another map shares are copied
 * first, and only then anything is relinked; so a change costs O(log n),
 * fails before it has done anything, and is never seen through another map.
 * Sharing and dropping a map may happen in any threads at once.
 */
#ifndef MLS_MEMORY_MAP_H
#define MLS_MEMORY_MAP_H

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
 * The way to where the last put went, all of whose nodes are the map's alone:
 * puts in the order of their keys, which is how a group is written, need not
 * begin at the root each time.  It is of one map, and holds until that is
 * shared or changed by another call; then depth is to be 0, as at first.
 */
struct mls_map_trail {
	size_t depth;
	struct mls_node **link[96];
};

/* map_put(map, trail, rank, key, value): rank is random.  OK or NOMEM. */
int mls__map_put(struct mls_map *map, struct mls_map_trail *trail,
    uint32_t rank, struct mls_buf key, struct mls_buf value);

/* map_del(map, key): OK, also where there is no such key, or NOMEM. */
int mls__map_del(struct mls_map *map, struct mls_buf key);

/* map_get, map_scan: as in struct mls_keystore_ops. */
int mls__map_get(struct mls_map map, struct mls_buf key, mls_record_fn fn,
    void *arg);
int mls__map_scan(struct mls_map map, struct mls_buf prefix,
    mls_record_fn fn, void *arg);

#endif
