/* SPDX-License-Identifier: MIT */
#include "common/pool.h"

#include <stddef.h>
#include <stdint.h>

/* Where a thread begins to look.  Stacks of threads lie apart, so that the
 * address of a local tells threads apart well enough to keep them off each
 * other's cache lines. */
static size_t
first(void)
{
	char here;
	uintptr_t page = (uintptr_t)&here >> 16;

	return (page ^ page >> 7) % MLS_POOL_SLOTS;
}

void *
mls__pool_take(struct mls_pool *p)
{
	size_t i, at = first();
	void *obj;

	for (i = 0; i < MLS_POOL_SLOTS; i++, at = (at + 1) % MLS_POOL_SLOTS) {
		if (atomic_load_explicit(&p->slot[at].idle,
		    memory_order_relaxed) == NULL)
			continue;
		obj = atomic_exchange(&p->slot[at].idle, NULL);
		if (obj != NULL)
			return obj;
	}
	return NULL;
}

bool
mls__pool_put(struct mls_pool *p, void *obj)
{
	size_t i, at = first();
	void *none;

	for (i = 0; i < MLS_POOL_SLOTS; i++, at = (at + 1) % MLS_POOL_SLOTS) {
		none = NULL;
		if (atomic_compare_exchange_strong(&p->slot[at].idle, &none,
		    obj))
			return true;
	}
	return false;
}
