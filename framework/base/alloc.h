/* SPDX-License-Identifier: MIT */
#ifndef MLS_BASE_ALLOC_H
#define MLS_BASE_ALLOC_H

#include <stdatomic.h>
#include <stddef.h>

#include "libmls/provider.h"

/* alloc(size): zeroed octets, or NULL.  Freed by free(). */
void *mls__alloc(size_t size);

/* octets_alloc(size): the same, not zeroed. */
void *mls__octets_alloc(size_t size);

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
	struct mls_arena_block *spare; /* to be used before new ones */
	struct mls_spares *spares; /* where blocks go in the end, or NULL */
};

/* Wiped blocks that wait for the next arena, so that what is done over and
 * over allocates nothing.  Any thread may take them and bring them back. */
struct mls_spares {
	_Atomic(struct mls_arena_block *) blocks;
	atomic_uint refs;
};

/* spares_new(): with one reference, or NULL; spares_drop: gives one back. */
struct mls_spares *mls__spares_new(void);
void mls__spares_drop(struct mls_spares *spares);

/* arena_begin(arena, spares): an empty arena with what there is, and with a
 * reference, as it may outlive who keeps the spares; spares may be NULL.
 * arena_end(arena): what arena_free does, but blocks stay. */
void mls__arena_begin(struct mls_arena *arena, struct mls_spares *spares);
void mls__arena_end(struct mls_arena *arena);

/* arena_on(arena, room, size): an empty arena that begins in the caller's
 * memory, aligned for any type, most often on the stack. */
void mls__arena_on(struct mls_arena *arena, max_align_t *room, size_t size);
#define MLS_ARENA_ROOM(name) max_align_t name[512 / sizeof(max_align_t)]

/* arena_alloc: zeroed and aligned for any type, or NULL. */
void *mls__arena_alloc(struct mls_arena *arena, size_t size);
void *mls__arena_array(struct mls_arena *arena, size_t n, size_t size);

/* arena_octets: not zeroed. */
uint8_t *mls__arena_octets(struct mls_arena *arena, size_t size);

/* arena_copy(out, arena, in): a copy of the octets of in. */
int mls__arena_copy(struct mls_buf *out, struct mls_arena *arena,
    struct mls_buf in);
void mls__arena_free(struct mls_arena *arena);

#endif
