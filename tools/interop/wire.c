/* SPDX-License-Identifier: MIT */
/* Octets between the harness and the library: RFC 9420 §2.1 as far as lists of
 * extensions need it. */
#include <stdlib.h>
#include <string.h>

#include "interop.h"

#define EXTERNAL_SENDERS 5

struct mls_buf
octets(ProtobufCBinaryData data)
{
	return (struct mls_buf){ data.data, data.len };
}

void
show(ProtobufCBinaryData *out, struct mls_buf b)
{
	out->data = (uint8_t *)(uintptr_t)b.data;
	out->len = b.len;
}

void
give(ProtobufCBinaryData *out, const struct mls_bytes *b)
{
	out->data = b->data;
	out->len = b->len;
}

/* A list that grows; once it is out of memory it stays so. */
struct list {
	struct mls_bytes bytes;
	bool failed;
};

static void
append(struct list *l, const uint8_t *data, size_t len)
{
	uint8_t *more;

	if (l->failed || len == 0)
		return;
	more = realloc(l->bytes.data, l->bytes.len + len);
	if (more == NULL) {
		l->failed = true;
		return;
	}
	memcpy(more + l->bytes.len, data, len);
	l->bytes.data = more;
	l->bytes.len += len;
}

static void
append_number(struct list *l, uint32_t value, size_t width)
{
	uint8_t octet;

	while (width-- != 0) {
		octet = (uint8_t)(value >> (8 * width));
		append(l, &octet, 1);
	}
}

/* The length of a vector. */
static void
append_length(struct list *l, size_t len)
{
	if (len < 0x40)
		append_number(l, (uint32_t)len, 1);
	else if (len < 0x4000)
		append_number(l, (uint32_t)len | 0x4000, 2);
	else
		append_number(l, (uint32_t)len | 0x80000000u, 4);
}

static int
finish(struct mls_bytes *out, struct list *l)
{
	if (l->failed) {
		mls_bytes_free(&l->bytes);
		return MLS_E_OUT_OF_MEMORY;
	}
	*out = l->bytes;
	return 0;
}

int
extensions_write(struct mls_bytes *out, MlsClient__Extension **v, size_t n)
{
	struct list l = { { NULL, 0 }, false };
	size_t i;

	for (i = 0; i < n; i++) {
		append_number(&l, v[i]->extension_type, 2);
		append_length(&l, v[i]->extension_data.len);
		append(&l, v[i]->extension_data.data,
		    v[i]->extension_data.len);
	}
	return finish(out, &l);
}

/* The vector at the beginning of *in, which the library has checked. */
static struct mls_buf
read_vector(struct mls_buf *in)
{
	struct mls_buf v = { NULL, 0 };
	size_t i, width;

	if (in->len == 0)
		return v;
	width = (size_t)1 << (in->data[0] >> 6);
	v.len = in->data[0] & 0x3f;
	for (i = 1; i < width && i < in->len; i++)
		v.len = v.len << 8 | in->data[i];
	if (width > in->len || v.len > in->len - width)
		v.len = width = 0;
	v.data = in->data + width;
	in->data = v.data + v.len;
	in->len -= width + v.len;
	return v;
}

int
senders_write(struct mls_bytes *out, struct mls_buf extensions,
    struct mls_buf sender)
{
	struct list l = { { NULL, 0 }, false };
	struct mls_buf data, senders = { NULL, 0 };
	unsigned type;

	while (extensions.len > 2) {
		type = extensions.data[0] * 256u + extensions.data[1];
		extensions.data += 2;
		extensions.len -= 2;
		data = read_vector(&extensions);
		if (type == EXTERNAL_SENDERS) {
			senders = read_vector(&data);
			continue;
		}
		append_number(&l, type, 2);
		append_length(&l, data.len);
		append(&l, data.data, data.len);
	}
	append_number(&l, EXTERNAL_SENDERS, 2);
	data.len = senders.len + sender.len;
	append_length(&l, data.len + (data.len < 0x40 ? 1 :
	    data.len < 0x4000 ? 2 : 4));
	append_length(&l, data.len);
	append(&l, senders.data, senders.len);
	append(&l, sender.data, sender.len);
	return finish(out, &l);
}
