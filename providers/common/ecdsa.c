/* SPDX-License-Identifier: MIT */
#include "common/ecdsa.h"

#include <string.h>

#define DER_INTEGER 0x02
#define DER_SEQUENCE 0x30

/* Takes a header off b and leaves the contents in *inner, and in b what
 * follows them. */
static bool
take(struct mls_buf *inner, struct mls_buf *b, uint8_t tag)
{
	size_t head = 2, len;

	if (b->len < 2 || b->data[0] != tag)
		return false;
	len = b->data[1];
	if (len == 0x81) { /* long form: only where the short one cannot be */
		if (b->len < 3 || b->data[2] < 0x80)
			return false;
		len = b->data[2];
		head = 3;
	} else if (len >= 0x80) {
		return false;
	}
	if (b->len - head < len)
		return false;
	inner->data = b->data + head;
	inner->len = len;
	b->data += head + len;
	b->len -= head + len;
	return true;
}

static bool
take_number(uint8_t *out, const struct mls_curve *c, struct mls_buf *b)
{
	struct mls_buf v;

	if (!take(&v, b, DER_INTEGER) || v.len == 0 || v.data[0] >= 0x80)
		return false;
	if (v.data[0] == 0 && v.len > 1) {
		if (v.data[1] < 0x80)
			return false; /* the shorter form is the DER one */
		v.data++;
		v.len--;
	}
	if (v.len > c->len)
		return false;
	memset(out, 0, c->len - v.len);
	memcpy(out + (c->len - v.len), v.data, v.len);
	return mls__curve_scalar_ok(c, out);
}

int
mls__ecdsa_decode(uint8_t *r, uint8_t *s, const struct mls_curve *c,
    struct mls_buf der)
{
	uint8_t a[MLS_CURVE_MAX], b[MLS_CURVE_MAX];
	struct mls_buf seq;

	if (!take(&seq, &der, DER_SEQUENCE) || der.len != 0)
		return MLS_P_VERIFY;
	if (!take_number(a, c, &seq) || !take_number(b, c, &seq) ||
	    seq.len != 0)
		return MLS_P_VERIFY;
	memcpy(r, a, c->len);
	memcpy(s, b, c->len);
	return MLS_P_OK;
}

/* Returns the octets written: at most 3 + MLS_CURVE_MAX. */
static size_t
put_number(uint8_t *out, const uint8_t *v, size_t len)
{
	size_t pad;

	while (len > 1 && v[0] == 0) {
		v++;
		len--;
	}
	pad = v[0] >> 7;
	out[0] = DER_INTEGER;
	out[1] = (uint8_t)(len + pad);
	out[2] = 0;
	memcpy(out + 2 + pad, v, len);
	return 2 + pad + len;
}

int
mls__ecdsa_encode(uint8_t *der, size_t *len, const struct mls_curve *c,
    const uint8_t *r, const uint8_t *s)
{
	uint8_t low[MLS_CURVE_MAX], body[2 * (3 + MLS_CURVE_MAX)];
	size_t n, head;

	memcpy(low, s, c->len);
	mls__curve_make_low(c, low);
	n = put_number(body, r, c->len);
	n += put_number(body + n, low, c->len);
	head = n < 0x80 ? 2 : 3;
	if (*len < head + n)
		return MLS_P_SPACE;
	der[0] = DER_SEQUENCE;
	der[1] = 0x81;
	der[head - 1] = (uint8_t)n;
	memcpy(der + head, body, n);
	*len = head + n;
	return MLS_P_OK;
}
