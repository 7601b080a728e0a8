/* SPDX-License-Identifier: MIT */
/* The gcrypt provider against openssl's, and what once ended the process. */
#include "openssl.h"

static const struct mls_provider *prov2;
static const struct mls_crypto_ops *ops2;
static void *ctx2;

static const uint16_t kems[] = { 0x10, 0x11, 0x12, 0x20, 0x21 };
static const uint16_t schemes[] = { 0x0403, 0x0503, 0x0603, 0x0807, 0x0808 };

static void
open_both(void)
{
	open_module();
	prov2 = find_module("openssl");
	ops2 = prov2->crypto;
	cr_assert_eq(prov2->init(NULL, NULL, 0, &ctx2), MLS_P_OK);
}

static void
close_both(void)
{
	prov2->fini(ctx2);
	close_module();
}

TestSuite(gcrypt, .init = open_both, .fini = close_both);

/* Octets without a pattern, the same in every run. */
static void
fill(uint8_t *out, size_t len, uint32_t *state)
{
	for (; len > 0; len--) {
		*state = *state * 1664525u + 1013904223u;
		*out++ = (uint8_t)(*state >> 24);
	}
}

Test(gcrypt, algorithms_are_the_same)
{
	const struct mls_alg *a, *b;
	size_t n = ops->algorithms(ctx, &a);

	cr_assert_eq(n, ops2->algorithms(ctx2, &b));
	cr_expect_eq(memcmp(a, b, n * sizeof(*a)), 0);
}

static void
agree_kem(uint16_t kem, const uint8_t *seed)
{
	const struct mls_alg *row = alg(MLS_ROLE_KEM, kem);
	uint8_t enc[2][133], shared[3][64];
	struct mls_key *key = NULL, *key2 = NULL;
	struct octets pub, pub2 = { sizeof(pub2.data), { 0 } };

	cr_assert_eq(ops->key_derive(ctx, kem, buf(seed, 66), &key), 0);
	cr_assert_eq(ops2->key_derive(ctx2, kem, buf(seed, 66), &key2), 0);
	pub = public_of(key);
	cr_assert_eq(ops2->key_public(ctx2, key2, pub2.data, &pub2.len), 0);
	cr_expect_arr_eq(pub.data, pub2.data, row->public_len);
	cr_assert_eq(ops->kem_encap(ctx, kem, BUF(pub), seed + 1, enc[0],
	    shared[0]), MLS_P_OK);
	cr_assert_eq(ops2->kem_encap(ctx2, kem, BUF(pub), seed + 1, enc[1],
	    shared[1]), MLS_P_OK);
	cr_expect_arr_eq(enc[0], enc[1], row->aux_len);
	cr_expect_arr_eq(shared[0], shared[1], row->output_len);
	cr_assert_eq(ops->kem_decap(ctx, key, buf(enc[1], row->aux_len),
	    shared[2]), MLS_P_OK);
	cr_expect_arr_eq(shared[2], shared[1], row->output_len);
	ops->key_release(ctx, key);
	ops2->key_release(ctx2, key2);
}

static void
agree_signature(uint16_t scheme, const uint8_t *secret)
{
	const struct mls_alg *row = alg(MLS_ROLE_SIGN, scheme);
	uint8_t copy[66], a[144], b[144];
	size_t la = sizeof(a), lb = sizeof(b);
	struct mls_key *key = NULL, *key2 = NULL;
	struct mls_buf msg = buf(secret, secret[5]);
	struct octets pub;

	memcpy(copy, secret, sizeof(copy));
	if (scheme < 0x0800)
		copy[0] = 0; /* below the order */
	cr_assert_eq(ops->key_import(ctx, MLS_ROLE_SIGN, scheme, buf(copy,
	    row->secret_len), &key), MLS_P_OK);
	cr_assert_eq(ops2->key_import(ctx2, MLS_ROLE_SIGN, scheme, buf(copy,
	    row->secret_len), &key2), MLS_P_OK);
	pub = public_of(key);
	cr_assert_eq(ops->sign(ctx, key, msg, a, &la), MLS_P_OK);
	cr_assert_eq(ops2->sign(ctx2, key2, msg, b, &lb), MLS_P_OK);
	if (scheme >= 0x0800) {
		cr_expect_eq(la, lb);
		cr_expect_arr_eq(a, b, la);
	}
	cr_expect_eq(ops2->verify(ctx2, scheme, BUF(pub), msg, buf(a, la)), 0);
	cr_expect_eq(ops->verify(ctx, scheme, BUF(pub), msg, buf(b, lb)), 0);
	a[la - 3] ^= 4;
	cr_expect_eq(ops->verify(ctx, scheme, BUF(pub), msg, buf(a, la)),
	    MLS_P_VERIFY);
	ops->key_release(ctx, key);
	ops2->key_release(ctx2, key2);
}

Test(gcrypt, agrees_on_keys)
{
	uint8_t data[256];
	uint32_t state = 1;
	size_t i;

	for (i = 0; i < 60; i++) {
		fill(data, sizeof(data), &state);
		agree_kem(kems[i % 5], data);
		agree_signature(schemes[i % 5], data);
	}
}

Test(gcrypt, agrees_on_symmetric_algorithms)
{
	uint8_t data[600], a[640], b[640];
	uint32_t state = 2;
	uint16_t id, i;
	size_t len;

	for (i = 0; i < 600; i++) {
		fill(data, sizeof(data), &state);
		id = (uint16_t)(1 + i % 3);
		len = (size_t)i % 500;
		cr_expect_eq(ops->aead_seal(ctx, id, data, data + 32,
		    buf(data + 44, i % 50), buf(data + 100, len), a), 0);
		cr_expect_eq(ops2->aead_seal(ctx2, id, data, data + 32,
		    buf(data + 44, i % 50), buf(data + 100, len), b), 0);
		cr_expect_eq(memcmp(a, b, len + 16), 0);
		cr_expect_eq(ops->hkdf_expand(ctx, id, buf(data, len),
		    buf(data, i % 70), a, len), MLS_P_OK);
		cr_expect_eq(ops2->hkdf_expand(ctx2, id, buf(data, len),
		    buf(data, i % 70), b, len), MLS_P_OK);
		cr_expect_eq(memcmp(a, b, len), 0);
	}
}

/* Whether the verdict on a public key of a forger's making is openssl's, or
 * stricter, which it is on points of small order and coordinates past the
 * prime.  A key that ends the process fails the test. */
static void
judge(uint16_t scheme, const uint8_t *pub, const uint8_t *sig)
{
	size_t n = scheme == 0x0807 ? 32 : 57;
	int a, b;

	a = ops->verify(ctx, scheme, buf(pub, n), STR("m"), buf(sig, 2 * n));
	b = ops2->verify(ctx2, scheme, buf(pub, n), STR("m"),
	    buf(sig, 2 * n));
	cr_expect(a == MLS_P_VERIFY && (b == a || b == MLS_P_OK),
	    "%04x %02x..%02x: %d, %d", scheme, pub[0], pub[n - 1], a, b);
}

/* y next to 0 and to the prime, and S = 0 or in range; libgcrypt's own
 * gcry_pk_verify aborts on some thirty of these. */
Test(gcrypt, short_numbers_are_harmless)
{
	uint8_t pub[57], sig[114];
	size_t n, s, y, k;

	for (s = 0; s < 2; s++)
		for (y = 0; y < 4 * 256; y++)
			for (k = 0; k < 3; k++) {
				n = s == 0 ? 32 : 57;
				memset(sig, 0, sizeof(sig));
				sig[0] = k != 2; /* the identity, or not */
				sig[n] = k == 1;
				memset(pub, y & 256 ? 0xff : 0, n);
				pub[0] = (uint8_t)y;
				if (y & 256)
					pub[n - 1] = s == 0 ? 0x7f : 0;
				if (y & 256 && s == 1)
					pub[28] = 0xfe;
				pub[n - 1] &= 0x7f;
				if (y & 512)
					pub[n - 1] |= 0x80;
				if (k > 0 && y % 8 != 0)
					continue;
				judge(s == 0 ? 0x0807 : 0x0808, pub,
				    sig);
			}
}

static void
montgomery_agrees(uint16_t kem, const uint8_t *pub)
{
	const struct mls_alg *row = alg(MLS_ROLE_KEM, kem);
	uint8_t seed[66] = { 3 }, enc[2][56], shared[2][64];
	int a, b;

	seed[1] = pub[0];
	a = ops->kem_encap(ctx, kem, buf(pub, row->public_len), seed, enc[0],
	    shared[0]);
	b = ops2->kem_encap(ctx2, kem, buf(pub, row->public_len), seed,
	    enc[1], shared[1]);
	cr_expect_eq(a, b, "%#x: %d, %d", kem, a, b);
	if (a == MLS_P_OK)
		cr_expect(memcmp(shared[0], shared[1], row->output_len) == 0,
		    "%#x of %02x%02x...", kem, pub[0], pub[1]);
}

/* Montgomery u with few significant words, and of words that are all zeros or
 * ones: libgcrypt's own X448 errs on some. */
Test(gcrypt, short_coordinates_agree)
{
	static const uint8_t words[] = { 0x00, 0xff, 0xfe, 0x01, 0x80, 0x7f };
	uint8_t pub[56];
	size_t i, k, at;

	for (i = 0; i < 2 * 256; i++) {
		memset(pub, i % 2 == 0 ? 0 : 0xff, sizeof(pub));
		pub[0] = (uint8_t)(i / 2);
		montgomery_agrees(0x20, pub);
		montgomery_agrees(0x21, pub);
	}
	for (i = 0; i < 600; i++) {
		for (at = 0, k = i; at < sizeof(pub); at += 7, k = k * 5 + i)
			memset(pub + at, words[k / 3 % 6], 7);
		pub[28] ^= (uint8_t)(i % 3);
		montgomery_agrees(0x21, pub);
	}
}

/* x = 0 on P-256 has y = sqrt(b): a valid point of few significant words. */
Test(gcrypt, short_points_agree)
{
	struct octets pub = hex("04"
	    "0000000000000000000000000000000000000000000000000000000000000000"
	    "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4");
	uint8_t seed[66] = { 3 }, enc[65], a[32], b[32];

	cr_expect_eq(ops->kem_check_public(ctx, 0x10, BUF(pub)), MLS_P_OK);
	cr_assert_eq(ops->kem_encap(ctx, 0x10, BUF(pub), seed, enc, a), 0);
	cr_assert_eq(ops2->kem_encap(ctx2, 0x10, BUF(pub), seed, enc, b), 0);
	cr_expect_arr_eq(a, b, 32);
	cr_expect_eq(ops->verify(ctx, 0x0403, BUF(pub), STR("m"),
	    buf("\x30\x06\x02\x01\x01\x02\x01\x01", 8)), MLS_P_VERIFY);
}
