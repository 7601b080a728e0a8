/* SPDX-License-Identifier: MIT */
/* RFC 9420 §2.1: the one way in which octets are read. */
#ifndef MLS_BASE_READER_H
#define MLS_BASE_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmls/provider.h"

/*
 * A cursor over borrowed octets with a sticky error: after the first failure
 * every read gives zeros or empty octets, so that a decoder reads like the
 * struct it decodes and looks at the error once, at its end.  The cursor is
 * the only authority on lengths.
 */
struct mls_customs;
struct mls_reader {
	const uint8_t *pos, *end;
	int error; /* 0, or the first error */
	const struct mls_customs *customs; /* types of others; NULL: none */
};

/* reader_init(r, in): without customs; a reader of a vector has those of the
 * reader around it. */
void mls__reader_init(struct mls_reader *r, struct mls_buf in);
size_t mls__reader_left(const struct mls_reader *r);
void mls__reader_fail(struct mls_reader *r, int error);

/* reader_more(r): no error yet, and octets left. */
bool mls__reader_more(const struct mls_reader *r);

/* reader_end(r): TRAILING_BYTES if octets are left; the sticky error. */
int mls__reader_end(struct mls_reader *r);

uint8_t mls__read_u8(struct mls_reader *r);
uint16_t mls__read_u16(struct mls_reader *r);
uint32_t mls__read_u32(struct mls_reader *r);
uint64_t mls__read_u64(struct mls_reader *r);
struct mls_buf mls__read_fixed(struct mls_reader *r, size_t len);

/* read_varint(r): §2.1.2, shortest form only. */
uint32_t mls__read_varint(struct mls_reader *r);

/* read_opaque(r): opaque<V>, borrowed from the input. */
struct mls_buf mls__read_opaque(struct mls_reader *r);

/* read_short(r): opaque<V> of at most MLS_LIMIT_OPAQUE (LIMIT-15). */
#define MLS_LIMIT_OPAQUE 4096
struct mls_buf mls__read_short(struct mls_reader *r);

/* read_present(r): the octet of optional<T> (WIRE-08). */
bool mls__read_present(struct mls_reader *r);

/*
 * read_vector(r): a reader of a T<V>'s content.  The caller loops while
 * mls__reader_more(&sub) and then calls mls__reader_join(r, &sub), which
 * hands the error up; an element cut by the vector's end is
 * VECTOR_PARTIAL_ELEMENT (WIRE-07).
 */
struct mls_reader mls__read_vector(struct mls_reader *r);
void mls__reader_join(struct mls_reader *r, const struct mls_reader *sub);

/* reader_since(r, from): the octets read since pos was `from`. */
struct mls_buf mls__reader_since(const struct mls_reader *r,
    const uint8_t *from);

#endif
