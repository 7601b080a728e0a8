/* SPDX-License-Identifier: MIT */
#include "crypto/parts.h"

#include <string.h>

#include "base/alloc.h"
#include "base/compat.h"
#include "base/error.h"
#include "base/secret.h"

#define VECTOR_MAX 0x3fffffffu

/* RFC 9420 §2.1.2; the octets written, at most four. */
static size_t
put_varint(uint8_t *out, size_t v)
{
	size_t len = v < 0x40 ? 1 : v < 0x4000 ? 2 : 4, i;

	for (i = 0; i < len; i++)
		out[i] = (uint8_t)(v >> 8 * (len - 1 - i));
	out[0] |= (uint8_t)(len == 1 ? 0x00 : len == 2 ? 0x40 : 0x80);
	return len;
}

int
mls__labelled(struct mls_labelled *l, const char *prefix, const char *label,
    struct mls_buf content)
{
	size_t before = strlen(prefix), len = strlen(label), n;

	MLS_DEBUG_ASSERT(before <= 8);
	if (len > VECTOR_MAX - before || content.len > VECTOR_MAX)
		return MLS_E_VECTOR_TOO_LONG;
	n = put_varint(l->head, before + len);
	memcpy(l->head + n, prefix, before);
	l->part[0] = mls__buf(l->head, n + before);
	l->part[1] = mls__buf(label, len);
	l->part[2] = mls__buf(l->mid, put_varint(l->mid, content.len));
	l->part[3] = content;
	return 0;
}

int
mls__flat(struct mls_flat *f, const struct mls_buf *in, size_t n)
{
	uint8_t *p = f->stack;
	size_t i, len = 0;

	f->buf = mls__buf(NULL, 0);
	f->heap = NULL;
	for (i = 0; i < n; i++) {
		if (in[i].len > SIZE_MAX - len)
			return MLS_E_OUT_OF_MEMORY;
		len += in[i].len;
	}
	if (len > sizeof(f->stack))
		p = f->heap = mls__octets_alloc(len);
	if (p == NULL)
		return MLS_E_OUT_OF_MEMORY;
	f->buf = mls__buf(p, len);
	for (i = 0; i < n; i++) {
		if (in[i].len != 0)
			memcpy(p, in[i].data, in[i].len);
		p += in[i].len;
	}
	return 0;
}

void
mls__flat_free(struct mls_flat *f)
{
	if (f->heap != NULL)
		mls__free_wiped(f->heap, f->buf.len);
	else
		mls__wipe(f->stack, f->buf.len);
	f->heap = NULL;
	f->buf = mls__buf(NULL, 0);
}
