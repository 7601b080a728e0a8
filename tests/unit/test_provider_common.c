/* SPDX-License-Identifier: MIT */
/* What providers share: curve orders, the DER of ECDSA, HKDF-Expand. */
#include <criterion/criterion.h>

#include <string.h>

#include "common/curve.h"
#include "common/dhkem.h"
#include "common/ecdsa.h"

static const struct mls_curve *const p256 = &mls__curves[MLS_P256];

static int
decode(const void *der, size_t len)
{
	uint8_t r[MLS_CURVE_MAX], s[MLS_CURVE_MAX];
	struct mls_buf b = { der, len };

	return mls__ecdsa_decode(r, s, p256, b);
}

#define DECODE(...) decode((const uint8_t[]){ __VA_ARGS__ }, \
    sizeof((const uint8_t[]){ __VA_ARGS__ }))

Test(provider_common, der_has_one_form)
{
	cr_expect_eq(DECODE(0x30, 6, 2, 1, 1, 2, 1, 0x7f), MLS_P_OK);
	cr_expect_eq(DECODE(0x30, 7, 2, 2, 0, 0x80, 2, 1, 1), MLS_P_OK);
	/* Zeros in front that nothing asks for, here and there. */
	cr_expect_eq(DECODE(0x30, 7, 2, 2, 0, 1, 2, 1, 1), MLS_P_VERIFY);
	cr_expect_eq(DECODE(0x30, 7, 2, 1, 1, 2, 2, 0, 1), MLS_P_VERIFY);
	/* Long lengths where short ones do. */
	cr_expect_eq(DECODE(0x30, 0x81, 6, 2, 1, 1, 2, 1, 1), MLS_P_VERIFY);
	cr_expect_eq(DECODE(0x30, 7, 2, 0x81, 1, 1, 2, 1, 1), MLS_P_VERIFY);
	cr_expect_eq(DECODE(0x30, 0x82, 0, 6, 2, 1, 1, 2, 1, 1), MLS_P_VERIFY);
	cr_expect_eq(DECODE(0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0), MLS_P_VERIFY);
	/* Negative, zero, empty. */
	cr_expect_eq(DECODE(0x30, 6, 2, 1, 0x80, 2, 1, 1), MLS_P_VERIFY);
	cr_expect_eq(DECODE(0x30, 6, 2, 1, 0, 2, 1, 1), MLS_P_VERIFY);
	cr_expect_eq(DECODE(0x30, 6, 2, 1, 1, 2, 1, 0), MLS_P_VERIFY);
	cr_expect_eq(DECODE(0x30, 5, 2, 0, 2, 1, 1), MLS_P_VERIFY);
	/* Other tags, more and less than two numbers, octets behind. */
	cr_expect_eq(DECODE(0x31, 6, 2, 1, 1, 2, 1, 1), MLS_P_VERIFY);
	cr_expect_eq(DECODE(0x30, 6, 3, 1, 1, 2, 1, 1), MLS_P_VERIFY);
	cr_expect_eq(DECODE(0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1), MLS_P_VERIFY);
	cr_expect_eq(DECODE(0x30, 3, 2, 1, 1), MLS_P_VERIFY);
	cr_expect_eq(DECODE(0x30, 6, 2, 1, 1, 2, 1, 1, 0), MLS_P_VERIFY);
}

/* Out and back, at the longest, and cut off at each octet. */
static void
check_round_trip(const struct mls_curve *c, size_t longest)
{
	uint8_t r[MLS_CURVE_MAX], s[MLS_CURVE_MAX], der[MLS_ECDSA_MAX];
	uint8_t r2[MLS_CURVE_MAX], s2[MLS_CURVE_MAX];
	struct mls_buf b = { der, 0 };
	size_t len = longest - 1, i;

	memcpy(r, c->order, c->len);
	r[c->len - 1]--;
	cr_expect_eq(mls__ecdsa_encode(der, &len, c, r, r), MLS_P_OK);
	cr_expect_lt(len, longest - c->len + 3); /* n - 1 became 1 */
	for (i = 0; i < c->len; i++)
		s[i] = c->order[i] >> 1; /* rounded down: low */
	s[0] = c->len == 66 ? 0 : 0x7f;
	if (c->len == 66)
		s[1] = 0x80;
	len = longest;
	cr_assert_eq(mls__ecdsa_encode(der, &len, c, r, s), MLS_P_OK);
	b.len = len;
	cr_assert_eq(mls__ecdsa_decode(r2, s2, c, b), MLS_P_OK);
	cr_expect_arr_eq(r, r2, c->len);
	cr_expect_arr_eq(s, s2, c->len);
	for (b.len = 0; b.len < len; b.len++)
		cr_expect_eq(mls__ecdsa_decode(r2, s2, c, b), MLS_P_VERIFY);
	i = len - 1;
	cr_expect_eq(mls__ecdsa_encode(der, &i, c, r, s), MLS_P_SPACE);
	memcpy(r, c->order, c->len);
	len = sizeof(der);
	cr_assert_eq(mls__ecdsa_encode(der, &len, c, r, s), MLS_P_OK);
	b.len = len;
	cr_expect_eq(mls__ecdsa_decode(r2, s2, c, b), MLS_P_VERIFY);
}

Test(provider_common, der_round_trips)
{
	check_round_trip(&mls__curves[MLS_P256], 72);
	check_round_trip(&mls__curves[MLS_P384], 104);
	check_round_trip(&mls__curves[MLS_P521], MLS_ECDSA_MAX);
}

Test(provider_common, scalars)
{
	uint8_t k[MLS_CURVE_MAX];
	size_t i;

	for (i = 0; i < MLS_CURVES; i++) {
		const struct mls_curve *c = &mls__curves[i];

		memset(k, 0, sizeof(k));
		cr_expect_not(mls__curve_scalar_ok(c, k));
		k[c->len - 1] = 1;
		cr_expect(mls__curve_scalar_ok(c, k));
		memcpy(k, c->order, c->len);
		cr_expect_not(mls__curve_scalar_ok(c, k));
		k[c->len - 1]++;
		cr_expect_not(mls__curve_scalar_ok(c, k));
		k[c->len - 1] -= 2;
		cr_expect(mls__curve_scalar_ok(c, k));
		memset(k, 0xff, sizeof(k));
		cr_expect_not(mls__curve_scalar_ok(c, k));
	}
}

/* A provider's hmac that gives bad candidates at first, then fails. */
struct fake {
	unsigned calls, good;
};

static int
fake_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out)
{
	struct fake *f = ctx;

	(void)kdf, (void)key, (void)in, (void)n;
	if (f->good == 0)
		return MLS_P_GONE;
	memset(out, ++f->calls >= f->good ? 0x11 : 0xff, 32);
	return MLS_P_OK;
}

Test(provider_common, derive_samples_again)
{
	const struct mls_dhkem *kem = mls__dhkem_find(0x0010);
	struct mls_buf ikm = { NULL, 0 };
	struct fake f = { 0, 5 };
	uint8_t sk[32], zero[32] = { 0 };

	cr_expect_eq(mls__dhkem_derive(sk, kem, fake_hmac, &f, ikm), 0);
	cr_expect_eq(f.calls, 5); /* one to extract, three bad, one good */
	cr_expect_eq(sk[0], 0x11);
	f = (struct fake){ 0, 1000 };
	cr_expect_eq(mls__dhkem_derive(sk, kem, fake_hmac, &f, ikm),
	    MLS_P_ARGUMENT);
	cr_expect_eq(f.calls, 257);
	f = (struct fake){ 0, 0 };
	cr_expect_eq(mls__dhkem_derive(sk, kem, fake_hmac, &f, ikm),
	    MLS_P_GONE);
	f = (struct fake){ 0, 1 };
	kem = mls__dhkem_find(0x0020);
	cr_expect_eq(mls__dhkem_shared(sk, kem, fake_hmac, &f, zero, zero,
	    zero), MLS_P_ARGUMENT);
	cr_expect_eq(f.calls, 0);
	cr_expect_null(mls__dhkem_find(0x0030));
}

/* Writes before it reads, as a provider may: an input that the output lies
 * over comes out spoilt. */
static int
eager_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out)
{
	size_t i, j;

	(void)kdf, (void)key;
	++*(unsigned *)ctx;
	memset(out, 0, 32);
	for (i = 0; i < n; i++)
		for (j = 0; j < in[i].len; j++)
			out[j % 32] = (uint8_t)(2 * out[j % 32] +
			    in[i].data[j] + 1);
	return MLS_P_OK;
}

/* RFC 5869 §2.3: T(1) and T(2), each of what came before. */
Test(provider_common, expand_overlaps_nothing)
{
	struct mls_buf prk = { NULL, 0 }, chained[2], counter[] = {
		{ (const uint8_t *)"\1", 1 }, { (const uint8_t *)"\2", 1 } };
	uint8_t out[64], first[32], second[32];
	unsigned calls = 0;

	cr_assert_eq(mls__hkdf_expand_by(out, 64, eager_hmac, &calls, 1, prk,
	    counter, 0), MLS_P_OK);
	cr_expect_eq(calls, 2);
	eager_hmac(&calls, 1, prk, counter, 1, first);
	chained[0] = (struct mls_buf){ first, 32 };
	chained[1] = counter[1];
	eager_hmac(&calls, 1, prk, chained, 2, second);
	cr_expect_arr_eq(out, first, 32);
	cr_expect_arr_eq(out + 32, second, 32);
}
