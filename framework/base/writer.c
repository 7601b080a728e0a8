/* SPDX-License-Identifier: MIT */
#include "base/writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/secret.h"

#define VECTOR_MAX 0x3fffffffu

void
mls__writer_fail(struct mls_writer *w, int error)
{
	if (w->error == 0)
		w->error = error;
}

/* Let go of what is there. */
static void
drop(struct mls_writer *w)
{
	if (w->data != NULL)
		mls__wipe(w->data, w->len);
	if (!w->lent)
		free(w->data);
}

static int
move_to(struct mls_writer *w, size_t cap)
{
	uint8_t *p = w->arena != NULL ? mls__arena_octets(w->arena, cap) :
	    mls__octets_alloc(cap);

	if (p == NULL)
		return MLS_E_OUT_OF_MEMORY;
	if (w->len != 0)
		memcpy(p, w->data, w->len);
	drop(w);
	w->data = p;
	w->cap = cap;
	w->lent = w->arena != NULL;
	return 0;
}

static int
grow(struct mls_writer *w, size_t need)
{
	size_t cap = w->cap != 0 ? w->cap : 256;

	while (cap < need) {
		if (cap > SIZE_MAX / 2)
			return MLS_E_OUT_OF_MEMORY;
		cap *= 2;
	}
	return move_to(w, cap);
}

void
mls__write_reserve(struct mls_writer *w, size_t len)
{
	if (w->error != 0 || (w->data != NULL && len <= w->cap - w->len))
		return;
	w->error = len > SIZE_MAX - w->len ? MLS_E_OUT_OF_MEMORY :
	    move_to(w, w->len + len);
}

/* What does not fit into the room that is there. */
static uint8_t *
space_beyond(struct mls_writer *w, size_t len)
{
	uint8_t *p;

	if (w->error != 0)
		return NULL;
	if (len > SIZE_MAX - w->len) {
		w->error = MLS_E_OUT_OF_MEMORY;
		return NULL;
	}
	if (w->data == NULL || len > w->cap - w->len)
		w->error = grow(w, w->len + len);
	if (w->error != 0)
		return NULL;
	p = w->data + w->len;
	w->len += len;
	return p;
}

static inline uint8_t *
space(struct mls_writer *w, size_t len)
{
	uint8_t *p = w->data;

	if (w->error != 0 || p == NULL || len > w->cap - w->len)
		return space_beyond(w, len);
	p += w->len;
	w->len += len;
	return p;
}

uint8_t *
mls__write_space(struct mls_writer *w, size_t len)
{
	return space(w, len);
}

void
mls__write_u8(struct mls_writer *w, uint8_t v)
{
	uint8_t *p = space(w, 1);

	if (p != NULL)
		p[0] = v;
}

void
mls__write_u16(struct mls_writer *w, uint16_t v)
{
	uint8_t *p = space(w, 2);

	if (p == NULL)
		return;
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void
put_four(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

void
mls__write_u32(struct mls_writer *w, uint32_t v)
{
	uint8_t *p = space(w, 4);

	if (p != NULL)
		put_four(p, v);
}

void
mls__write_u64(struct mls_writer *w, uint64_t v)
{
	uint8_t *p = space(w, 8);

	if (p == NULL)
		return;
	put_four(p, (uint32_t)(v >> 32));
	put_four(p + 4, (uint32_t)v);
}

void
mls__write_bytes(struct mls_writer *w, struct mls_buf b)
{
	uint8_t *p = space(w, b.len);

	/* It may have been put in place before. */
	if (p != NULL && b.len != 0 && p != b.data)
		memcpy(p, b.data, b.len);
}

size_t
mls__varint_size(size_t v)
{
	return v < 0x40 ? 1 : v < 0x4000 ? 2 : 4;
}

void
mls__write_varint(struct mls_writer *w, size_t v)
{
	if (v < 0x40)
		mls__write_u8(w, (uint8_t)v);
	else if (v < 0x4000)
		mls__write_u16(w, (uint16_t)(v | 0x4000));
	else if (v <= VECTOR_MAX)
		mls__write_u32(w, (uint32_t)v | 0x80000000u);
	else
		mls__writer_fail(w, MLS_E_VECTOR_TOO_LONG);
}

void
mls__write_opaque(struct mls_writer *w, struct mls_buf b)
{
	mls__write_varint(w, b.len);
	mls__write_bytes(w, b);
}

size_t
mls__write_open(struct mls_writer *w)
{
	return w->len;
}

void
mls__write_close(struct mls_writer *w, size_t at)
{
	size_t len = w->len - at, head;

	if (w->error != 0)
		return;
	/* The header goes behind the content first, to learn its size. */
	mls__write_varint(w, len);
	if (w->error != 0)
		return;
	head = w->len - at - len;
	memmove(w->data + at + head, w->data + at, len);
	w->len = at;
	mls__write_varint(w, len);
	w->len = at + head + len;
}

struct mls_buf
mls__writer_buf(const struct mls_writer *w)
{
	return mls__buf(w->data, w->len);
}

int
mls__writer_take(struct mls_buf *out, struct mls_arena *arena,
    struct mls_writer *w)
{
	int rc = w->error;

	if (rc == 0)
		rc = mls__arena_copy(out, arena, mls__writer_buf(w));
	mls__writer_reset(w);
	return rc;
}

void
mls__writer_reset(struct mls_writer *w)
{
	if (w->data != NULL)
		mls__wipe(w->data, w->len);
	w->len = 0;
	w->error = 0;
}

void
mls__writer_free(struct mls_writer *w)
{
	drop(w);
	memset(w, 0, sizeof(*w));
}
