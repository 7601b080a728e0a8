/* SPDX-License-Identifier: MIT */
/* RFC 9420 §2.1: the one way in which octets are written. */
#ifndef MLS_BASE_WRITER_H
#define MLS_BASE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"
#include "libmls/provider.h"

/*
 * A growing buffer with a sticky error, so that encoders have no error
 * branches; mls__writer_take and mls__writer_error tell at the end.  Its
 * octets are wiped whenever they are freed or moved.  All zero is an empty
 * writer.
 */
struct mls_writer {
	uint8_t *data;
	size_t len, cap;
	int error;
	bool lent;               /* data is not the writer's to free */
	struct mls_arena *arena; /* where to grow; NULL: on the heap */
};

/* A writer that begins in an array of octets, most often on the stack; one
 * that grows in an arena. */
#define MLS_WRITER_ON(octets) \
	{ .data = (octets), .cap = sizeof(octets), .lent = true }
#define MLS_WRITER_IN(a) { .arena = (a) }

/* Declares a writer that begins with `size` octets on the stack. */
#define MLS_WRITER_ROOM(name, size) \
	uint8_t name##_room[size]; \
	struct mls_writer name = MLS_WRITER_ON(name##_room)

/* write_reserve(w, len): room for len octets, which may be what is needed. */
void mls__write_reserve(struct mls_writer *w, size_t len);

void mls__write_u8(struct mls_writer *w, uint8_t v);
void mls__write_u16(struct mls_writer *w, uint16_t v);
void mls__write_u32(struct mls_writer *w, uint32_t v);
void mls__write_u64(struct mls_writer *w, uint64_t v);
void mls__write_bytes(struct mls_writer *w, struct mls_buf b);
void mls__write_opaque(struct mls_writer *w, struct mls_buf b);

/* write_varint(w, v): VECTOR_TOO_LONG above 2^30 - 1 (WIRE-27). */
void mls__write_varint(struct mls_writer *w, size_t v);

/* varint_size(v): octets of its encoding. */
size_t mls__varint_size(size_t v);

/* write_space(w, len): len octets for the caller to fill, or NULL. */
uint8_t *mls__write_space(struct mls_writer *w, size_t len);

/* at = write_open(w); ... write_close(w, at): what is written in between
 * becomes the content of a T<V>. */
size_t mls__write_open(struct mls_writer *w);
void mls__write_close(struct mls_writer *w, size_t at);

void mls__writer_fail(struct mls_writer *w, int error);

/* writer_buf(w): borrowed, good until the next write. */
struct mls_buf mls__writer_buf(const struct mls_writer *w);

/* writer_take(out, arena, w): a copy in the arena; the writer is emptied. */
int mls__writer_take(struct mls_buf *out, struct mls_arena *arena,
    struct mls_writer *w);

/* writer_reset(w): forget the content, keep the room. */
void mls__writer_reset(struct mls_writer *w);
void mls__writer_free(struct mls_writer *w);

#endif
