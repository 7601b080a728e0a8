/* SPDX-License-Identifier: MIT */
/*
 * X448, RFC 7748.
 *
 * libgcrypt 1.10's multiplication modulo 2^448 - 2^224 - 1 forgets a carry of
 * some operands.  By chance that never happens, but who makes up a public key
 * can bring it about (u = 185 does, and a tenth of Wycheproof's edge cases),
 * so that members of one group would come to different secrets, and a wrong
 * one could tell of bits of the private key.  So the arithmetic is ours: 16
 * limbs of 28 bits, without a branch or an index that depends on a secret.
 */
#include "private.h"

#include <string.h>

#define LIMBS 16
#define BITS 28
#define MASK 0x0fffffffu

/* Limbs are below 2^28 and a few more, so that eight products of sums of two of
 * them add up in 64 bits. */
struct fe {
	uint32_t v[LIMBS];
};

/* What is above 2^448 comes back at 2^224 and at 1. */
static void
carry(struct fe *a)
{
	uint32_t c = 0;
	int i;

	for (i = 0; i < LIMBS; i++) {
		a->v[i] += c;
		c = a->v[i] >> BITS;
		a->v[i] &= MASK;
	}
	a->v[0] += c;
	a->v[LIMBS / 2] += c;
}

static void
add(struct fe *out, const struct fe *a, const struct fe *b)
{
	int i;

	for (i = 0; i < LIMBS; i++)
		out->v[i] = a->v[i] + b->v[i];
	carry(out);
}

/* Over twice the prime, so that no limb becomes negative. */
static void
sub(struct fe *out, const struct fe *a, const struct fe *b)
{
	int i;

	for (i = 0; i < LIMBS; i++)
		out->v[i] = a->v[i] + 2 * (MASK - (i == LIMBS / 2)) - b->v[i];
	carry(out);
}

/* What one multiplication works with, wiped with the rest. */
struct product {
	uint32_t a[LIMBS / 2], b[LIMBS / 2];
	uint64_t c[LIMBS];
};

/* With a = a0 + a1 t and t = 2^224, so that t^2 = t + 1, a b is
 * a0 b0 + a1 b1 + t ((a0 + a1) (b0 + b1) - a0 b0). */
static void
multiply(struct product *p, const uint32_t *a, const uint32_t *b)
{
	const int half = LIMBS / 2;
	uint64_t low, high, mid, low_t, high_t, mid_t;
	int i, j;

	for (i = 0; i < half; i++) {
		p->a[i] = a[i] + a[half + i];
		p->b[i] = b[i] + b[half + i];
	}
	for (i = 0; i < half; i++) {
		low = high = mid = low_t = high_t = mid_t = 0;
		for (j = 0; j <= i; j++) {
			low += (uint64_t)a[j] * b[i - j];
			high += (uint64_t)a[half + j] * b[half + i - j];
			mid += (uint64_t)p->a[j] * p->b[i - j];
		}
		for (; j < half; j++) {
			low_t += (uint64_t)a[j] * b[half + i - j];
			high_t += (uint64_t)a[half + j] * b[LIMBS + i - j];
			mid_t += (uint64_t)p->a[j] * p->b[half + i - j];
		}
		p->c[i] = low + high + mid_t - low_t;
		p->c[half + i] = high_t + mid - low + mid_t;
	}
}

static void
mul(struct fe *out, const struct fe *a, const struct fe *b)
{
	struct product p;
	uint64_t over;
	int i, pass;

	multiply(&p, a->v, b->v);
	for (pass = 0; pass < 2; pass++) {
		over = 0;
		for (i = 0; i < LIMBS; i++) {
			p.c[i] += over;
			over = p.c[i] >> BITS;
			p.c[i] &= MASK;
		}
		p.c[0] += over;
		p.c[LIMBS / 2] += over;
	}
	for (i = 0; i < LIMBS; i++)
		out->v[i] = (uint32_t)p.c[i];
	mls__module_wipe(&p, sizeof(p));
}

/* a^(p - 2); all bits of p - 2 are ones but two. */
static void
invert(struct fe *out, const struct fe *a)
{
	struct fe r = { { 1 } };
	int i;

	for (i = 447; i >= 0; i--) {
		mul(&r, &r, &r);
		if (i != 224 && i != 1)
			mul(&r, &r, a);
	}
	*out = r;
	mls__module_wipe(&r, sizeof(r));
}

/* Two limbs are seven octets. */
static void
read_fe(struct fe *out, const uint8_t in[56])
{
	uint64_t w;
	int i, j;

	for (i = 0; i < LIMBS / 2; i++) {
		w = 0;
		for (j = 6; j >= 0; j--)
			w = w << 8 | in[7 * i + j];
		out->v[2 * i] = (uint32_t)w & MASK;
		out->v[2 * i + 1] = (uint32_t)(w >> BITS);
	}
}

/* Less the prime, if it is not below: a is below twice the prime then. */
static void
reduce_once(struct fe *a)
{
	struct fe less;
	uint32_t borrow = 0, d, keep;
	int i;

	for (i = 0; i < LIMBS; i++) {
		d = a->v[i] - (MASK - (i == LIMBS / 2)) - borrow;
		borrow = d >> 31;
		less.v[i] = d & MASK;
	}
	keep = 0 - borrow;
	for (i = 0; i < LIMBS; i++)
		a->v[i] = (a->v[i] & keep) | (less.v[i] & ~keep);
	mls__module_wipe(&less, sizeof(less));
}

static void
write_fe(uint8_t out[56], struct fe *a)
{
	uint64_t w;
	int i, j;

	for (i = 0; i < 3; i++)
		carry(a);
	reduce_once(a);
	for (i = 0; i < LIMBS / 2; i++) {
		w = a->v[2 * i] | (uint64_t)a->v[2 * i + 1] << BITS;
		for (j = 0; j < 7; j++)
			out[7 * i + j] = (uint8_t)(w >> 8 * j);
	}
}

static void
swap(struct fe *a, struct fe *b, uint32_t if_one)
{
	uint32_t mask = 0 - if_one, d;
	int i;

	for (i = 0; i < LIMBS; i++) {
		d = (a->v[i] ^ b->v[i]) & mask;
		a->v[i] ^= d;
		b->v[i] ^= d;
	}
}

/* The names are those of RFC 7748 §5. */
struct ladder {
	struct fe x1, x2, z2, x3, z3, a, aa, b, bb, e, c, d, da, cb;
};

static void
step(struct ladder *l)
{
	static const struct fe a24 = { { 39081 } };

	add(&l->a, &l->x2, &l->z2);
	mul(&l->aa, &l->a, &l->a);
	sub(&l->b, &l->x2, &l->z2);
	mul(&l->bb, &l->b, &l->b);
	sub(&l->e, &l->aa, &l->bb);
	add(&l->c, &l->x3, &l->z3);
	sub(&l->d, &l->x3, &l->z3);
	mul(&l->da, &l->d, &l->a);
	mul(&l->cb, &l->c, &l->b);
	add(&l->x3, &l->da, &l->cb);
	mul(&l->x3, &l->x3, &l->x3);
	sub(&l->z3, &l->da, &l->cb);
	mul(&l->z3, &l->z3, &l->z3);
	mul(&l->z3, &l->z3, &l->x1);
	mul(&l->x2, &l->aa, &l->bb);
	mul(&l->z2, &a24, &l->e);
	add(&l->z2, &l->z2, &l->aa);
	mul(&l->z2, &l->z2, &l->e);
}

void
mls__gcry_x448(uint8_t *out, const uint8_t *k, const uint8_t *u)
{
	struct ladder l = { .x2 = { { 1 } }, .x1 = { { 5 } },
		.z3 = { { 1 } } };
	uint32_t bit, last = 0, octet;
	int i;

	if (u != NULL)
		read_fe(&l.x1, u);
	l.x3 = l.x1;
	for (i = 447; i >= 0; i--) {
		octet = k[i / 8];
		octet = i / 8 == 0 ? octet & 0xfc : i / 8 == 55 ?
		    octet | 0x80 : octet;
		bit = octet >> i % 8 & 1;
		swap(&l.x2, &l.x3, bit ^ last);
		swap(&l.z2, &l.z3, bit ^ last);
		last = bit;
		step(&l);
	}
	swap(&l.x2, &l.x3, last);
	swap(&l.z2, &l.z3, last);
	invert(&l.z2, &l.z2);
	mul(&l.x2, &l.x2, &l.z2);
	write_fe(out, &l.x2);
	mls__module_wipe(&l, sizeof(l));
}
