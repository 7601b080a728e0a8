/* SPDX-License-Identifier: MIT */
/* The module that TEST_MODULE names and openssl's give the same for the same
 * random inputs, in whatever the module offers. */
#include "both.h"

TestSuite(agree, .init = open_both, .fini = close_both);

/* Octets without a pattern, the same in every run. */
static void
fill(uint8_t *out, size_t len, uint32_t *state)
{
	for (; len > 0; len--) {
		*state = *state * 1664525u + 1013904223u;
		*out++ = (uint8_t)(*state >> 24);
	}
}

Test(agree, rows_are_the_same)
{
	const struct mls_alg *a, *b;
	size_t n = ops->algorithms(ctx, &a);
	size_t n2 = ops2->algorithms(ctx2, &b), i, j;

	for (i = 0; i < n; i++) {
		for (j = 0; j < n2; j++)
			if (memcmp(&a[i], &b[j], sizeof(*a)) == 0)
				break;
		cr_expect_lt(j, n2, "%u 0x%04x", a[i].role, a[i].id);
	}
}

/* Also of any octets, which are a point of the curve or of its twist. */
static void
agree_kem(const struct mls_alg *row, const uint8_t *seed)
{
	uint8_t enc[2][133], shared[5][64];
	struct mls_key *key = NULL, *key2 = NULL;
	struct octets pub, pub2 = { sizeof(pub2.data), { 0 } };
	uint16_t kem = row->id;

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
	if (kem >= 0x20) {
		cr_assert_eq(ops->kem_decap(ctx, key, buf(seed + 2,
		    row->aux_len), shared[3]), MLS_P_OK);
		cr_assert_eq(ops2->kem_decap(ctx2, key2, buf(seed + 2,
		    row->aux_len), shared[4]), MLS_P_OK);
		cr_expect_arr_eq(shared[3], shared[4], row->output_len);
	}
	ops->key_release(ctx, key);
	ops2->key_release(ctx2, key2);
}

static void
agree_signature(const struct mls_alg *row, const uint8_t *secret)
{
	uint8_t copy[66], a[144], b[144];
	size_t la = sizeof(a), lb = sizeof(b);
	struct mls_key *key = NULL, *key2 = NULL;
	struct mls_buf msg = buf(secret, secret[5]);
	uint16_t scheme = row->id;
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
	cr_expect_eq(ops2->verify(ctx2, scheme, BUF(pub), msg, buf(a, la)),
	    MLS_P_VERIFY);
	ops->key_release(ctx, key);
	ops2->key_release(ctx2, key2);
}

static void
agree_aead(const struct mls_alg *row, const uint8_t *data, size_t len)
{
	uint8_t a[1300], b[1300];
	struct mls_buf aad = buf(data + 44, data[0] % 50);

	cr_expect_eq(ops->aead_seal(ctx, row->id, data, data + 32, aad,
	    buf(data + 100, len), a), MLS_P_OK);
	cr_expect_eq(ops2->aead_seal(ctx2, row->id, data, data + 32, aad,
	    buf(data + 100, len), b), MLS_P_OK);
	cr_expect(memcmp(a, b, len + 16) == 0);
	cr_expect_eq(ops->aead_open(ctx, row->id, data, data + 32, aad,
	    buf(b, len + 16), a), MLS_P_OK);
	cr_expect(memcmp(a, data + 100, len) == 0);
}

static void
agree_hash(const struct mls_alg *row, const uint8_t *data, size_t len)
{
	struct mls_buf in[] = { buf(data, len), { NULL, 0 },
		buf(data + 7, len / 2) };
	struct mls_buf key = buf(data + 100, len / 4);
	size_t nh = row->output_len;
	uint8_t a[1300], b[1300];

	cr_assert_eq(ops->hash(ctx, row->id, in, len % 4, a), MLS_P_OK);
	cr_assert_eq(ops2->hash(ctx2, row->id, in, len % 4, b), MLS_P_OK);
	cr_expect(memcmp(a, b, nh) == 0);
	cr_assert_eq(ops->hmac(ctx, row->id, key, in, len % 4, a), MLS_P_OK);
	cr_assert_eq(ops2->hmac(ctx2, row->id, key, in, len % 4, b), 0);
	cr_expect(memcmp(a, b, nh) == 0);
	if (!MLS_HAS(ops, hkdf_expand))
		return;
	cr_expect_eq(ops->hkdf_expand(ctx, row->id, key, in[2], a, len), 0);
	cr_expect_eq(ops2->hkdf_expand(ctx2, row->id, key, in[2], b, len), 0);
	cr_expect(memcmp(a, b, len) == 0);
}

Test(agree, on_every_algorithm)
{
	const struct mls_alg *row;
	size_t n = ops->algorithms(ctx, &row), i;
	uint8_t data[1600];
	uint32_t state = 1;

	for (; n > 0; n--, row++)
		for (i = 0; i < (row->role == MLS_ROLE_KEM ||
		    row->role == MLS_ROLE_SIGN ? 12 : 300); i++) {
			fill(data, sizeof(data), &state);
			if (row->role == MLS_ROLE_KEM)
				agree_kem(row, data);
			else if (row->role == MLS_ROLE_SIGN)
				agree_signature(row, data);
			else if (row->role == MLS_ROLE_AEAD)
				agree_aead(row, data, 4 * i);
			else if (row->role == MLS_ROLE_HASH)
				agree_hash(row, data, 4 * i);
		}
}

/* Montgomery u with few significant octets, among them those of small order;
 * and past the prime, where it is reduced. */
Test(agree, on_short_coordinates)
{
	uint8_t pub[32], seed[32] = { 3 }, enc[2][32], shared[2][32];
	size_t i;
	int a, b;

	for (i = 0; i < 4 * 32; i++) {
		memset(pub, i & 32 ? 0xff : 0, sizeof(pub));
		pub[0] = (uint8_t)((i & 16 ? 0xe0 : 0) + i % 16);
		pub[31] = (uint8_t)(pub[31] ^ (i & 64) << 1);
		a = ops->kem_encap(ctx, 0x20, buf(pub, 32), seed, enc[0],
		    shared[0]);
		b = ops2->kem_encap(ctx2, 0x20, buf(pub, 32), seed, enc[1],
		    shared[1]);
		cr_expect_eq(a, b, "%zu: %d, %d", i, a, b);
		if (a == MLS_P_OK)
			cr_expect(memcmp(shared[0], shared[1], 32) == 0,
			    "%zu", i);
	}
}

/* x = 0 on P-256 has y = sqrt(b): a valid point of few significant words. */
Test(agree, on_short_points)
{
	struct octets pub = hex("04"
	    "0000000000000000000000000000000000000000000000000000000000000000"
	    "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4");
	uint8_t seed[66] = { 3 }, enc[65], a[32], b[32];

	if (!offered(MLS_ROLE_KEM, 0x10))
		return;
	cr_expect_eq(ops->kem_check_public(ctx, 0x10, BUF(pub)), MLS_P_OK);
	cr_assert_eq(ops->kem_encap(ctx, 0x10, BUF(pub), seed, enc, a), 0);
	cr_assert_eq(ops2->kem_encap(ctx2, 0x10, BUF(pub), seed, enc, b), 0);
	cr_expect_arr_eq(a, b, 32);
	cr_expect_eq(ops->verify(ctx, 0x0403, BUF(pub), STR("m"),
	    buf("\x30\x06\x02\x01\x01\x02\x01\x01", 8)), MLS_P_VERIFY);
}
