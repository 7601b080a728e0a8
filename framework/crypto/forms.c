/* SPDX-License-Identifier: MIT */
#include "crypto/forms.h"

#include <string.h>

#include "base/error.h"
#include "crypto/call.h"
#include "crypto/der.h"

#define MAX_NUMBER 66 /* octets of a P-521 scalar */

/* Numbers are big-endian here.  The orders of the groups: */
static const uint8_t p256_order[] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
	0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};
static const uint8_t p384_order[] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf, 0x58, 0x1a, 0x0d, 0xb2,
	0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
};
static const uint8_t p521_order[] = {
	0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfa, 0x51, 0x86,
	0x87, 0x83, 0xbf, 0x2f, 0x96, 0x6b, 0x7f, 0xcc, 0x01, 0x48, 0xf7, 0x09,
	0xa5, 0xd0, 0x3b, 0xb5, 0xc9, 0xb8, 0x89, 0x9c, 0x47, 0xae, 0xbb, 0x6f,
	0xb7, 0x1e, 0x91, 0x38, 0x64, 0x09,
};
static const uint8_t ed25519_order[] = {
	0x10, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x14, 0xde, 0xf9, 0xde, 0xa2, 0xf7, 0x9c, 0xd6,
	0x58, 0x12, 0x63, 0x1a, 0x5c, 0xf5, 0xd3, 0xed,
};
static const uint8_t ed448_order[] = {
	0x00, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0x7c, 0xca, 0x23, 0xe9, 0xc4, 0x4e, 0xdb,
	0x49, 0xae, 0xd6, 0x36, 0x90, 0x21, 0x6c, 0xc2, 0x72, 0x8d, 0xc5, 0x8f,
	0x55, 0x23, 0x78, 0xc2, 0x92, 0xab, 0x58, 0x44, 0xf3,
};

/* The field primes of edwards25519 and edwards448. */
static const uint8_t prime25519[] = {
	0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xed,
};
static const uint8_t prime448[] = {
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
};

/* y of the points of order 8 on edwards25519, u of those on curve25519. */
static const uint8_t ed25519_order8[2][32] = {
	{
		0x05, 0xfc, 0x53, 0x6d, 0x88, 0x02, 0x38, 0xb1, 0x39, 0x33, 0xc6, 0xd3,
		0x05, 0xac, 0xdf, 0xd5, 0xf0, 0x98, 0xef, 0xf2, 0x89, 0xf4, 0xc3, 0x45,
		0xb0, 0x27, 0xb2, 0xc2, 0x8f, 0x95, 0xe8, 0x26,
	},
	{
		0x7a, 0x03, 0xac, 0x92, 0x77, 0xfd, 0xc7, 0x4e, 0xc6, 0xcc, 0x39, 0x2c,
		0xfa, 0x53, 0x20, 0x2a, 0x0f, 0x67, 0x10, 0x0d, 0x76, 0x0b, 0x3c, 0xba,
		0x4f, 0xd8, 0x4d, 0x3d, 0x70, 0x6a, 0x17, 0xc7,
	},
};
static const uint8_t x25519_order8[2][32] = {
	{
		0x00, 0xb8, 0x49, 0x5f, 0x16, 0x05, 0x62, 0x86, 0xfd, 0xb1, 0x32, 0x9c,
		0xeb, 0x8d, 0x09, 0xda, 0x6a, 0xc4, 0x9f, 0xf1, 0xfa, 0xe3, 0x56, 0x16,
		0xae, 0xb8, 0x41, 0x3b, 0x7c, 0x7a, 0xeb, 0xe0,
	},
	{
		0x57, 0x11, 0x9f, 0xd0, 0xdd, 0x4e, 0x22, 0xd8, 0x86, 0x8e, 0x1c, 0x58,
		0xc4, 0x5c, 0x44, 0x04, 0x5b, 0xef, 0x83, 0x9c, 0x55, 0xb1, 0xd0, 0xb1,
		0x24, 0x8c, 0x50, 0xa3, 0xbc, 0x95, 0x9c, 0x5f,
	},
};

struct curve {
	uint16_t scheme, kem;
	size_t size; /* of an encoded number */
	const uint8_t *order;
	const uint8_t *prime; /* of Edwards and Montgomery curves */
	size_t prime_len;
};

static const struct curve curves[] = {
	{ MLS_SIG_ECDSA_P256, MLS_KEM_P256, 32, p256_order, NULL, 0 },
	{ MLS_SIG_ECDSA_P384, MLS_KEM_P384, 48, p384_order, NULL, 0 },
	{ MLS_SIG_ECDSA_P521, MLS_KEM_P521, 66, p521_order, NULL, 0 },
	{ MLS_SIG_ED25519, MLS_KEM_X25519, 32, ed25519_order, prime25519,
	    sizeof(prime25519) },
	{ MLS_SIG_ED448, MLS_KEM_X448, 57, ed448_order, prime448,
	    sizeof(prime448) },
};

#define CURVES (sizeof(curves) / sizeof(curves[0]))

static const struct curve *
curve_of_scheme(uint16_t scheme)
{
	size_t i;

	for (i = 0; i < CURVES; i++)
		if (curves[i].scheme == scheme)
			return &curves[i];
	return NULL;
}

static const struct curve *
curve_of_kem(uint16_t kem)
{
	size_t i;

	for (i = 0; i < CURVES; i++)
		if (curves[i].kem == kem)
			return &curves[i];
	return NULL;
}

/* Little-endian octets as a number. */
static void
load(uint8_t *out, const uint8_t *in, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = in[len - 1 - i];
}

/* a -= b, where a >= b. */
static void
subtract(uint8_t *a, const uint8_t *b, size_t len)
{
	int borrow = 0, d;

	while (len-- > 0) {
		d = a[len] - b[len] - borrow;
		borrow = d < 0;
		a[len] = (uint8_t)(d & 0xff);
	}
}

/* True if all octets but the last are those of `of`, or 0 where it is NULL. */
static bool
near(const uint8_t *v, const uint8_t *of, size_t len)
{
	static const uint8_t zero[MAX_NUMBER];

	return memcmp(v, of != NULL ? of : zero, len - 1) == 0;
}

/*
 * True if a coordinate below the prime belongs to a small subgroup: 0, 1 and
 * -1 on each of the four curves, and two more where the cofactor is 8.
 */
static bool
small_order(const uint8_t *v, const struct curve *c,
    const uint8_t order8[2][32])
{
	size_t len = c->prime_len;

	if (near(v, NULL, len) && v[len - 1] <= 1)
		return true;
	if (near(v, c->prime, len) && v[len - 1] + 1 == c->prime[len - 1])
		return true;
	return c->prime == prime25519 && (memcmp(v, order8[0], len) == 0 ||
	    memcmp(v, order8[1], len) == 0);
}

/* RFC 8032 §5.1.3, §5.2.3: y below the prime, no stray bits; and a point that
 * does not vanish when multiplied by the cofactor. */
static bool
edwards_point(const struct curve *c, const uint8_t *in)
{
	uint8_t y[MAX_NUMBER], *low;

	load(y, in, c->size);
	y[0] &= 0x7f; /* the sign of x */
	low = y + (c->size - c->prime_len);
	if (low != y && y[0] != 0)
		return false;
	return memcmp(low, c->prime, c->prime_len) < 0 &&
	    !small_order(low, c, ed25519_order8);
}

static bool
uncompressed(const struct curve *c, struct mls_buf pub)
{
	return pub.len == 1 + 2 * c->size && pub.data[0] == 0x04;
}

/* RFC 9420 §5.1.1, CRYPT-04 */
int
mls__form_sign_key(uint16_t scheme, struct mls_buf pub)
{
	const struct curve *c = curve_of_scheme(scheme);
	bool good = true;

	if (c != NULL && c->prime == NULL)
		good = uncompressed(c, pub);
	else if (c != NULL)
		good = pub.len == c->size && edwards_point(c, pub.data);
	return good ? 0 : MLS_E_SIGNATURE_KEY_INVALID;
}

/* RFC 7748 §6, RFC 9180 §7.1.4: u is taken modulo the prime, and X25519 drops
 * the top bit. */
static bool
montgomery_low(const struct curve *c, const uint8_t *in)
{
	uint8_t u[MAX_NUMBER];

	load(u, in, c->prime_len);
	if (c->kem == MLS_KEM_X25519)
		u[0] &= 0x7f;
	if (memcmp(u, c->prime, c->prime_len) >= 0)
		subtract(u, c->prime, c->prime_len);
	return small_order(u, c, x25519_order8);
}

/* RFC 9420 §5.1.1, CRYPT-02; §5.1.3, CRYPT-03 */
int
mls__form_kem_key(uint16_t kem, struct mls_buf pub)
{
	const struct curve *c = curve_of_kem(kem);

	if (c == NULL)
		return 0;
	if (c->prime == NULL)
		return uncompressed(c, pub) ? 0 :
		    MLS_E_HPKE_PUBLIC_KEY_INVALID;
	if (pub.len != c->prime_len)
		return MLS_E_HPKE_PUBLIC_KEY_INVALID;
	return montgomery_low(c, pub.data) ? MLS_E_HPKE_DH_ZERO : 0;
}

bool
mls__form_scalar(uint16_t role, uint16_t id)
{
	const struct curve *c = role == MLS_ROLE_KEM ? curve_of_kem(id) :
	    curve_of_scheme(id);

	return c != NULL && c->prime == NULL;
}

/* A minimal INTEGER between 1 and the order less one. */
static bool
der_scalar(struct mls_buf *der, const struct curve *c)
{
	struct mls_buf v;

	if (!mls__der_value(&v, der, MLS_DER_INTEGER) || v.len == 0 ||
	    v.data[0] >= 0x80)
		return false;
	if (v.data[0] == 0) {
		if (v.len == 1 || v.data[1] < 0x80)
			return false;
		v.data++;
		v.len--;
	}
	return v.len < c->size || (v.len == c->size &&
	    memcmp(v.data, c->order, c->size) < 0);
}

/* RFC 9420 §5.1.2, CRYPT-05; s and n - s are both taken (DEC-21). */
static bool
ecdsa_signature(const struct curve *c, struct mls_buf sig)
{
	struct mls_buf pair;

	return mls__der_value(&pair, &sig, MLS_DER_SEQUENCE) &&
	    sig.len == 0 && der_scalar(&pair, c) && der_scalar(&pair, c) &&
	    pair.len == 0;
}

/*
 * RFC 8032 §5.1.7, CRYPT-06: exact size, S below the order.  R obeys the rules
 * of a public key: only a signer who breaks the scheme on purpose makes
 * another, and some libraries take it.
 */
static bool
eddsa_signature(const struct curve *c, struct mls_buf sig)
{
	uint8_t s[MAX_NUMBER];

	if (sig.len != 2 * c->size)
		return false;
	load(s, sig.data + c->size, c->size);
	return memcmp(s, c->order, c->size) < 0 &&
	    edwards_point(c, sig.data);
}

int
mls__form_signature(uint16_t scheme, struct mls_buf sig)
{
	const struct curve *c = curve_of_scheme(scheme);

	if (c == NULL)
		return 0;
	if (c->prime == NULL)
		return ecdsa_signature(c, sig) ? 0 :
		    MLS_E_ECDSA_SIGNATURE_MALFORMED;
	return eddsa_signature(c, sig) ? 0 : MLS_E_EDDSA_SIGNATURE_MALFORMED;
}
