/* SPDX-License-Identifier: MIT */
#include "base/reader.h"

#include "base/error.h"
#include "base/secret.h"

void
mls__reader_init(struct mls_reader *r, struct mls_buf in)
{
	static const uint8_t none[1];

	r->pos = in.len != 0 ? in.data : none;
	r->end = r->pos + in.len;
	r->error = 0;
	r->customs = NULL;
}

size_t
mls__reader_left(const struct mls_reader *r)
{
	return (size_t)(r->end - r->pos);
}

void
mls__reader_fail(struct mls_reader *r, int error)
{
	if (r->error == 0)
		r->error = error;
	r->pos = r->end;
}

bool
mls__reader_more(const struct mls_reader *r)
{
	return r->error == 0 && r->pos != r->end;
}

int
mls__reader_end(struct mls_reader *r)
{
	if (r->pos != r->end)
		mls__reader_fail(r, MLS_E_TRAILING_BYTES);
	return r->error;
}

/* The next len octets, or NULL with `error` noted. */
static inline const uint8_t *
take(struct mls_reader *r, size_t len, int error)
{
	const uint8_t *p = r->pos;

	if (r->error != 0)
		return NULL;
	if (mls__reader_left(r) < len) {
		mls__reader_fail(r, error);
		return NULL;
	}
	r->pos += len;
	return p;
}

uint8_t
mls__read_u8(struct mls_reader *r)
{
	const uint8_t *p = take(r, 1, MLS_E_INPUT_TRUNCATED);

	return p != NULL ? p[0] : 0;
}

uint16_t
mls__read_u16(struct mls_reader *r)
{
	const uint8_t *p = take(r, 2, MLS_E_INPUT_TRUNCATED);

	if (p == NULL)
		return 0;
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
four(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

uint32_t
mls__read_u32(struct mls_reader *r)
{
	const uint8_t *p = take(r, 4, MLS_E_INPUT_TRUNCATED);

	return p != NULL ? four(p) : 0;
}

uint64_t
mls__read_u64(struct mls_reader *r)
{
	const uint8_t *p = take(r, 8, MLS_E_INPUT_TRUNCATED);

	return p != NULL ? (uint64_t)four(p) << 32 | four(p + 4) : 0;
}

struct mls_buf
mls__read_fixed(struct mls_reader *r, size_t len)
{
	const uint8_t *p = take(r, len, MLS_E_INPUT_TRUNCATED);

	return mls__buf(p, p != NULL ? len : 0);
}

/* One of several octets, of which the first is taken. */
static uint32_t
long_varint(struct mls_reader *r, uint8_t first)
{
	const uint8_t *p;
	size_t len, i;
	uint32_t v = first & 0x3f;

	if (first >> 6 == 3) {
		mls__reader_fail(r, MLS_E_VARINT_BAD_PREFIX);
		return 0;
	}
	len = (size_t)1 << (first >> 6);
	p = take(r, len - 1, MLS_E_VARINT_TRUNCATED);
	if (p == NULL)
		return 0;
	for (i = 0; i < len - 1; i++)
		v = v << 8 | p[i];
	if ((len == 2 && v < 0x40) || (len == 4 && v < 0x4000)) {
		mls__reader_fail(r, MLS_E_VARINT_NOT_MINIMAL);
		return 0;
	}
	return v;
}

static inline uint32_t
varint(struct mls_reader *r)
{
	const uint8_t *p = take(r, 1, MLS_E_VARINT_TRUNCATED);

	if (p == NULL)
		return 0;
	return p[0] < 0x40 ? p[0] : long_varint(r, p[0]);
}

uint32_t
mls__read_varint(struct mls_reader *r)
{
	return varint(r);
}

static inline struct mls_buf
opaque(struct mls_reader *r)
{
	size_t len = varint(r);
	const uint8_t *p = take(r, len, MLS_E_VECTOR_OVERRUNS_INPUT);

	return mls__buf(p, p != NULL ? len : 0);
}

struct mls_buf
mls__read_opaque(struct mls_reader *r)
{
	return opaque(r);
}

struct mls_buf
mls__read_short(struct mls_reader *r)
{
	struct mls_buf b = opaque(r);

	if (b.len <= MLS_LIMIT_OPAQUE)
		return b;
	mls__reader_fail(r, MLS_E_OPAQUE_TOO_LARGE);
	return mls__buf(NULL, 0);
}

bool
mls__read_present(struct mls_reader *r)
{
	uint8_t v = mls__read_u8(r);

	if (v > 1)
		mls__reader_fail(r, MLS_E_OPTIONAL_BAD_PRESENCE);
	return v == 1;
}

struct mls_reader
mls__read_vector(struct mls_reader *r)
{
	struct mls_reader sub;

	mls__reader_init(&sub, mls__read_opaque(r));
	sub.error = r->error;
	sub.customs = r->customs;
	return sub;
}

void
mls__reader_join(struct mls_reader *r, const struct mls_reader *sub)
{
	int error = sub->error;

	/* What is cut short inside a vector does not end at its border. */
	if (error == MLS_E_INPUT_TRUNCATED)
		error = MLS_E_VECTOR_PARTIAL_ELEMENT;
	if (error != 0)
		mls__reader_fail(r, error);
}

struct mls_buf
mls__reader_since(const struct mls_reader *r, const uint8_t *from)
{
	if (r->error != 0)
		return mls__buf(NULL, 0);
	return mls__buf(from, (size_t)(r->pos - from));
}
