/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/secret.h"

#define BLOCK_SIZE 4096

struct mls_arena_block {
	struct mls_arena_block *next;
	size_t used, size;
	max_align_t data[];
};

void *
mls__alloc(size_t size)
{
	/* No object is larger; sanitizers take more for a bug of ours. */
	if (size > PTRDIFF_MAX)
		return NULL;
	return calloc(1, size != 0 ? size : 1);
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

static struct mls_arena_block *
new_block(struct mls_arena *arena, size_t size)
{
	struct mls_arena_block *block;

	if (size < BLOCK_SIZE)
		size = BLOCK_SIZE;
	if (size > SIZE_MAX - sizeof(*block))
		return NULL;
	block = mls__alloc(sizeof(*block) + size);
	if (block == NULL)
		return NULL;
	block->size = size;
	block->next = arena->blocks;
	arena->blocks = block;
	return block;
}

void *
mls__arena_alloc(struct mls_arena *arena, size_t size)
{
	struct mls_arena_block *block = arena->blocks;
	size_t align = sizeof(max_align_t);
	void *p;

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
	uint8_t *p = mls__arena_alloc(arena, in.len);

	if (p == NULL)
		return MLS_E_OUT_OF_MEMORY;
	if (in.len != 0)
		memcpy(p, in.data, in.len);
	out->data = p;
	out->len = in.len;
	return 0;
}

void
mls__arena_free(struct mls_arena *arena)
{
	struct mls_arena_block *block, *next;

	for (block = arena->blocks; block != NULL; block = next) {
		next = block->next;
		mls__wipe(block->data, block->used);
		free(block);
	}
	arena->blocks = NULL;
}
