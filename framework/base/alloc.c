/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/secret.h"

/* The first block of an arena, and what they grow to by doubling. */
#define BLOCK_FIRST 1024
#define BLOCK_MOST 65536

#define SMALL 1024 /* an object, to be zeroed by hand */

/* Of a client's spare blocks. */
#define SPARE_MOST ((size_t)256 << 10)

struct mls_arena_block {
	struct mls_arena_block *next;
	size_t used, size;
	bool room; /* the caller's memory */
	max_align_t data[];
};

/* Small objects are zeroed here: calloc may have a way of its own past what
 * malloc keeps at hand, as glibc's had for long. */
void *
mls__alloc(size_t size)
{
	void *p;

	/* No object is larger; sanitizers take more for a bug of ours. */
	if (size > PTRDIFF_MAX)
		return NULL;
	if (size > SMALL)
		return calloc(1, size);
	p = malloc(size != 0 ? size : 1);
	return p != NULL ? memset(p, 0, size) : NULL;
}

void *
mls__octets_alloc(size_t size)
{
	return size > PTRDIFF_MAX ? NULL : malloc(size != 0 ? size : 1);
}

void *
mls__array_alloc(size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size)
		return NULL;
	return mls__alloc(n * size);
}

int
mls__array_grow(void **array, size_t *cap, size_t need, size_t size)
{
	size_t n = *cap != 0 ? *cap : 8;
	void *p;

	if (need <= *cap)
		return 0;
	while (n < need) {
		if (n > SIZE_MAX / 2)
			return MLS_E_OUT_OF_MEMORY;
		n *= 2;
	}
	if (n > SIZE_MAX / size)
		return MLS_E_OUT_OF_MEMORY;
	p = realloc(*array, n * size);
	if (p == NULL)
		return MLS_E_OUT_OF_MEMORY;
	memset((uint8_t *)p + *cap * size, 0, (n - *cap) * size);
	*array = p;
	*cap = n;
	return 0;
}

/* The first spare block that is large enough. */
static struct mls_arena_block *
take_spare(struct mls_arena *arena, size_t size)
{
	struct mls_arena_block **at = &arena->spare, *block;

	while (*at != NULL && (*at)->size < size)
		at = &(*at)->next;
	block = *at;
	if (block != NULL)
		*at = block->next;
	return block;
}

static struct mls_arena_block *
new_block(struct mls_arena *arena, size_t size)
{
	struct mls_arena_block *block = take_spare(arena, size);
	size_t least = arena->blocks != NULL ? 2 * arena->blocks->size :
	    BLOCK_FIRST;

	if (block == NULL) {
		if (least > BLOCK_MOST)
			least = BLOCK_MOST;
		if (size < least)
			size = least;
		if (size > SIZE_MAX - sizeof(*block))
			return NULL;
		block = mls__octets_alloc(sizeof(*block) + size);
		if (block == NULL)
			return NULL;
		block->size = size;
		block->room = false;
	}
	block->used = 0;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

uint8_t *
mls__arena_octets(struct mls_arena *arena, size_t size)
{
	struct mls_arena_block *block = arena->blocks;
	size_t align = sizeof(max_align_t);
	uint8_t *p;

	if (size > SIZE_MAX - align)
		return NULL;
	size = (size + align - 1) / align * align;
	if (block == NULL || block->size - block->used < size)
		block = new_block(arena, size);
	if (block == NULL)
		return NULL;
	p = (uint8_t *)block->data + block->used;
	block->used += size;
	return p;
}

void *
mls__arena_alloc(struct mls_arena *arena, size_t size)
{
	void *p = mls__arena_octets(arena, size);

	if (p != NULL)
		memset(p, 0, size);
	return p;
}

void *
mls__arena_array(struct mls_arena *arena, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / size)
		return NULL;
	return mls__arena_alloc(arena, n * size);
}

int
mls__arena_copy(struct mls_buf *out, struct mls_arena *arena,
    struct mls_buf in)
{
	uint8_t *p = mls__arena_octets(arena, in.len);

	if (p == NULL)
		return MLS_E_OUT_OF_MEMORY;
	if (in.len != 0)
		memcpy(p, in.data, in.len);
	out->data = p;
	out->len = in.len;
	return 0;
}

static void
free_blocks(struct mls_arena_block *block)
{
	struct mls_arena_block *next;

	for (; block != NULL; block = next) {
		next = block->next;
		if (!block->room)
			free(block);
	}
}

static void
wipe_blocks(struct mls_arena *arena)
{
	struct mls_arena_block *block;

	for (block = arena->blocks; block != NULL; block = block->next)
		mls__wipe(block->data, block->used);
}

void
mls__arena_free(struct mls_arena *arena)
{
	wipe_blocks(arena);
	free_blocks(arena->blocks);
	free_blocks(arena->spare);
	arena->blocks = arena->spare = NULL;
}

void
mls__arena_on(struct mls_arena *arena, max_align_t *room, size_t size)
{
	struct mls_arena_block *block = (struct mls_arena_block *)(void *)room;

	block->next = NULL;
	block->used = 0;
	block->size = size - sizeof(*block);
	block->room = true;
	arena->blocks = block;
	arena->spare = NULL;
	arena->spares = NULL;
}

void
mls__arena_begin(struct mls_arena *arena, struct mls_spares *spares)
{
	memset(arena, 0, sizeof(*arena));
	if (spares == NULL)
		return;
	atomic_fetch_add(&spares->refs, 1);
	arena->spares = spares;
	arena->spare = atomic_exchange(&spares->blocks, NULL);
}

static struct mls_arena_block *
reversed(struct mls_arena_block *block)
{
	struct mls_arena_block *all = NULL, *next;

	for (; block != NULL; block = next) {
		next = block->next;
		block->next = all;
		all = block;
	}
	return all;
}

/* Move blocks to the end of *list, as far as there may be more. */
static void
keep(struct mls_arena_block ***list, size_t *most,
    struct mls_arena_block *block)
{
	struct mls_arena_block *next;

	for (; block != NULL; block = next) {
		next = block->next;
		if (block->size > *most) {
			free(block);
			continue;
		}
		*most -= block->size;
		**list = block;
		*list = &block->next;
	}
}

void
mls__arena_end(struct mls_arena *arena)
{
	struct mls_arena_block *all = NULL, **end = &all;
	struct mls_spares *spares = arena->spares;
	size_t most = SPARE_MOST;

	if (spares == NULL) {
		mls__arena_free(arena);
		return;
	}
	wipe_blocks(arena);
	/* The first to be used again is the first that was used. */
	keep(&end, &most, reversed(arena->blocks));
	keep(&end, &most, arena->spare);
	*end = NULL;
	memset(arena, 0, sizeof(*arena));
	/* Another one may have come back meanwhile. */
	free_blocks(atomic_exchange(&spares->blocks, all));
	mls__spares_drop(spares);
}

struct mls_spares *
mls__spares_new(void)
{
	struct mls_spares *spares = mls__alloc(sizeof(*spares));

	if (spares != NULL)
		atomic_init(&spares->refs, 1);
	return spares;
}

void
mls__spares_drop(struct mls_spares *spares)
{
	if (spares == NULL || atomic_fetch_sub(&spares->refs, 1) != 1)
		return;
	free_blocks(atomic_load(&spares->blocks));
	free(spares);
}
