/* SPDX-License-Identifier: MIT */
#ifndef MLS_BASE_ALLOC_H
#define MLS_BASE_ALLOC_H

#include <stddef.h>

#include "libmls/provider.h"

/* alloc(size): zeroed octets, or NULL.  Freed by free(). */
void *mls__alloc(size_t size);

/* array_alloc(n, size): room for n zeroed elements, or NULL, also where
 * n * size overflows. */
void *mls__array_alloc(size_t n, size_t size);

/* array_grow(array, *cap, need, size): make room for `need` elements; the
 * old array stays valid on failure. */
int mls__array_grow(void **array, size_t *cap, size_t need, size_t size);

/*
 * A region that is freed as a whole: what a decoded message or a change
 * points into.  An arena wipes its octets when it is freed.
 */
struct mls_arena_block;
struct mls_arena {
	struct mls_arena_block *blocks;
};

/* arena_alloc: zeroed and aligned for any type, or NULL. */
void *mls__arena_alloc(struct mls_arena *arena, size_t size);
void *mls__arena_array(struct mls_arena *arena, size_t n, size_t size);

/* arena_copy(out, arena, in): a copy of the octets of in. */
int mls__arena_copy(struct mls_buf *out, struct mls_arena *arena,
    struct mls_buf in);
void mls__arena_free(struct mls_arena *arena);

#endif
