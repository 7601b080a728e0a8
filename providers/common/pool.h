/* SPDX-License-Identifier: MIT */
/* Idle working objects of one instance, for any threads, without a lock. */
#ifndef MLS_COMMON_POOL_H
#define MLS_COMMON_POOL_H

#include <stdatomic.h>
#include <stdbool.h>

/* Each in a cache line of its own. */
#define MLS_POOL_SLOTS 8
struct mls_pool {
	struct {
		_Atomic(void *) idle;
		char pad[64 - sizeof(_Atomic(void *))];
	} slot[MLS_POOL_SLOTS];
};

/* pool_take(p): an idle object, or NULL; pool_put(p, obj): false if there is
 * no room, and obj stays the caller's. */
void *mls__pool_take(struct mls_pool *p);
bool mls__pool_put(struct mls_pool *p, void *obj);

#endif
