/* SPDX-License-Identifier: MIT */
/*
 * What a transaction wrote: records beside a map, and keys that are gone from
 * it.  The map itself stays as it is until the changes are applied.
 */
#ifndef MLS_MEMORY_CHANGES_H
#define MLS_MEMORY_CHANGES_H

#include "map.h"

struct mls_changes {
	struct mls_map put, gone; /* a key in both is there */
	struct mls_map_trail trail, gone_trail;
};

/* changes_put, changes_del: rank as in map_put.  OK or NOMEM. */
int mls__changes_put(struct mls_changes *c, uint32_t rank, struct mls_buf key,
    struct mls_buf value);
int mls__changes_del(struct mls_changes *c, uint32_t rank, struct mls_buf key);

/* changes_get, changes_scan: the map as it would be with the changes; as in
 * struct mls_keystore_ops. */
int mls__changes_get(const struct mls_changes *c, struct mls_map map,
    struct mls_buf key, mls_record_fn fn, void *arg);
int mls__changes_scan(const struct mls_changes *c, struct mls_map map,
    struct mls_buf prefix, mls_record_fn fn, void *arg);

/* changes_apply(map, c): the records that were put become the map's.  NOMEM as
 * in map_merge. */
int mls__changes_apply(struct mls_map *map, struct mls_changes *c);
void mls__changes_drop(struct mls_changes *c);

#endif
