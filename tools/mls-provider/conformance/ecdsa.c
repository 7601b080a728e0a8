/* SPDX-License-Identifier: MIT */
/*
 * ECDSA signatures in forms that DER does not know, CRYPT-05.  libmls refuses
 * them itself; a provider that takes them would be the only lock that is open
 * on the day that one is changed.
 */
#include "common/ecdsa.h"

#include <string.h>

#include "verify.h"

#define INTEGER 0x02
#define SEQUENCE 0x30
#define SET 0x31

/* The numbers of a good signature. */
struct numbers {
	const struct mls_curve *c;
	uint8_t r[MLS_CURVE_MAX], s[MLS_CURVE_MAX];
};

static void
put(struct octets *out, const void *data, size_t len)
{
	memcpy(out->data + out->len, data, len);
	out->len += len;
}

static void
put_octet(struct octets *out, size_t v)
{
	uint8_t octet = (uint8_t)v;

	put(out, &octet, 1);
}

/* A big-endian number, with more zeros in front than it needs. */
static void
put_number(struct octets *out, const uint8_t *v, size_t len, size_t zeros)
{
	while (len > 1 && v[0] == 0) {
		v++;
		len--;
	}
	zeros += v[0] >> 7;
	put_octet(out, INTEGER);
	put_octet(out, len + zeros);
	for (; zeros > 0; zeros--)
		put_octet(out, 0);
	put(out, v, len);
}

/* A header as DER has it. */
static void
wrap(struct octets *out, uint8_t tag, const struct octets *body)
{
	out->len = 0;
	put_octet(out, tag);
	if (body->len >= 0x80)
		put_octet(out, 0x81);
	put_octet(out, body->len);
	put(out, body->data, body->len);
}

/* A signature of two numbers, with zeros in front. */
static void
pair(struct octets *out, const struct numbers *n, const uint8_t *r,
    const uint8_t *s, size_t r_zeros, size_t s_zeros)
{
	struct octets body = { .len = 0 };

	put_number(&body, r, n->c->len, r_zeros);
	put_number(&body, s, n->c->len, s_zeros);
	wrap(out, SEQUENCE, &body);
}

static void
other_numbers(struct conf *t, const struct good *g, const struct numbers *n)
{
	static const uint8_t zero[MLS_CURVE_MAX];
	struct good h = *g;

	pair(&h.sig, n, n->r, n->s, 0, 0);
	conf_expect(t, verify_it(t, &h), MLS_P_OK,
	    "verifying a good signature");
	pair(&h.sig, n, n->r, n->s, 1, 0);
	verify_refused(t, &h, "with a zero in front of r");
	pair(&h.sig, n, n->r, n->s, 0, 1);
	verify_refused(t, &h, "with a zero in front of s");
	pair(&h.sig, n, n->r, n->s, 30, 30);
	verify_refused(t, &h, "with many zeros");
	pair(&h.sig, n, zero, n->s, 0, 0);
	verify_refused(t, &h, "with r of 0");
	pair(&h.sig, n, n->r, zero, 0, 0);
	verify_refused(t, &h, "with s of 0");
	pair(&h.sig, n, zero, zero, 0, 0);
	verify_refused(t, &h, "with r and s of 0");
	pair(&h.sig, n, n->c->order, n->s, 0, 0);
	verify_refused(t, &h, "with r of n");
	pair(&h.sig, n, n->r, n->c->order, 0, 0);
	verify_refused(t, &h, "with s of n");
	pair(&h.sig, n, n->s, n->r, 0, 0);
	verify_refused(t, &h, "with s before r");
	memcpy(h.sig.data, n->r, n->c->len);
	memcpy(h.sig.data + n->c->len, n->s, n->c->len);
	h.sig.len = 2 * n->c->len;
	verify_refused(t, &h, "of bare r and s");
}

/* a + b or, if less, a - b; of len octets, big-endian.  The carry. */
static unsigned
combine(uint8_t *out, const uint8_t *a, const uint8_t *b, size_t len,
    bool less)
{
	unsigned carry = 0, d;

	while (len-- > 0) {
		d = less ? (unsigned)a[len] - b[len] - carry :
		    (unsigned)a[len] + b[len] + carry;
		out[len] = (uint8_t)d;
		carry = d >> 8 & 1;
	}
	return carry;
}

/* The same numbers modulo n: larger by n, or negative. */
static void
same_numbers(struct conf *t, const struct good *g, const struct numbers *n)
{
	uint8_t v[1 + MLS_CURVE_MAX];
	size_t len = n->c->len;
	struct octets body = { .len = 0 };
	struct good h = *g;

	v[0] = (uint8_t)combine(v + 1, n->s, n->c->order, len, false);
	put_number(&body, n->r, len, 0);
	put_number(&body, v, len + 1, 0);
	wrap(&h.sig, SEQUENCE, &body);
	verify_refused(t, &h, "with s + n");
	v[0] = (uint8_t)combine(v + 1, n->r, n->c->order, len, false);
	body.len = 0;
	put_number(&body, v, len + 1, 0);
	put_number(&body, n->s, len, 0);
	wrap(&h.sig, SEQUENCE, &body);
	verify_refused(t, &h, "with r + n");
	/* s - n is below 0: two's complement, with ones in front. */
	v[0] = 0xff;
	combine(v + 1, n->s, n->c->order, len, true);
	body.len = 0;
	put_number(&body, n->r, len, 0);
	put_octet(&body, INTEGER);
	put_octet(&body, len + 1);
	put(&body, v, len + 1);
	wrap(&h.sig, SEQUENCE, &body);
	verify_refused(t, &h, "with s - n, below 0");
	/* DEC-21: n - s is as good as s, whoever checks. */
	combine(v, n->c->order, n->s, len, true);
	pair(&h.sig, n, n->r, v, 0, 0);
	conf_doing(t, "verify of a signature with n - s");
	conf_expect(t, verify_it(t, &h), MLS_P_OK, "verifying a signature "
	    "with n - s for s, which is to be taken");
}

/* Another value where a number belongs, or more of them. */
static void
other_values(struct conf *t, const struct good *g, const struct numbers *n)
{
	struct octets body = { .len = 0 };
	struct good h = *g;
	size_t len = n->c->len;

	put_number(&body, n->r, len, 0);
	wrap(&h.sig, SEQUENCE, &body);
	verify_refused(t, &h, "with one number");
	put_octet(&body, INTEGER);
	put_octet(&body, 0);
	wrap(&h.sig, SEQUENCE, &body);
	verify_refused(t, &h, "with s of no octets");
	body.len = 0;
	put_number(&body, n->r, len, 0);
	put_number(&body, n->s, len, 0);
	wrap(&h.sig, SET, &body);
	verify_refused(t, &h, "that is a SET");
	put_octet(&body, 0x05); /* NULL */
	put_octet(&body, 0);
	wrap(&h.sig, SEQUENCE, &body);
	verify_refused(t, &h, "with a third value");
	body.len -= 2;
	body.data[0] = 0x03;
	wrap(&h.sig, SEQUENCE, &body);
	verify_refused(t, &h, "whose r is a BIT STRING");
	body.len = 0;
	put(&body, g->sig.data, g->sig.len);
	wrap(&h.sig, SEQUENCE, &body);
	verify_refused(t, &h, "within another");
}

/* Lengths as BER allows them. */
static void
other_lengths(struct conf *t, const struct good *g, const struct numbers *n)
{
	struct octets body = { .len = 0 };
	struct good h = *g;

	put_number(&body, n->r, n->c->len, 0);
	put_number(&body, n->s, n->c->len, 0);
	h.sig.len = 0;
	put_octet(&h.sig, SEQUENCE);
	if (body.len >= 0x80) {
		put_octet(&h.sig, 0x82);
		put_octet(&h.sig, 0);
	} else {
		put_octet(&h.sig, 0x81);
	}
	put_octet(&h.sig, body.len);
	put(&h.sig, body.data, body.len);
	verify_refused(t, &h, "with a length in a longer form");
	h.sig.len = 0;
	put_octet(&h.sig, SEQUENCE);
	put_octet(&h.sig, 0x80);
	put(&h.sig, body.data, body.len);
	put(&h.sig, "\0\0", 2);
	verify_refused(t, &h, "of indefinite length");
	body.len = 0;
	put_octet(&body, INTEGER);
	put_octet(&body, 0x81);
	put_octet(&body, n->c->len + 1);
	put_octet(&body, 0);
	put(&body, n->r, n->c->len);
	put_number(&body, n->s, n->c->len, 0);
	wrap(&h.sig, SEQUENCE, &body);
	verify_refused(t, &h, "with r's length in a longer form");
}

void
ecdsa_forms(struct conf *t)
{
	struct numbers n = { .c = NULL };
	struct good g;
	size_t i;

	verify_good(t, &g);
	for (i = 0; i < MLS_CURVES; i++)
		if (mls__curves[i].len == curve_len(t))
			n.c = &mls__curves[i];
	NEED(t, mls__ecdsa_decode(n.r, n.s, n.c, HEX_BUF(g.sig)) == MLS_P_OK,
	    "the known answer is no signature");
	other_numbers(t, &g, &n);
	same_numbers(t, &g, &n);
	other_values(t, &g, &n);
	other_lengths(t, &g, &n);
}
