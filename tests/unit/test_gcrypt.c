/* SPDX-License-Identifier: MIT */
/* The gcrypt provider: what once ended the process, or came out wrong. */
#include <gcrypt.h>

#include "both.h"

TestSuite(gcrypt, .init = open_both, .fini = close_both);

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
				memcpy(sig, pub, n); /* such an R, too */
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

Test(gcrypt, offers_what_openssl_does)
{
	const struct mls_alg *a, *b;
	size_t n = ops->algorithms(ctx, &a);

	cr_assert_eq(n, ops2->algorithms(ctx2, &b));
	cr_expect_eq(memcmp(a, b, n * sizeof(*a)), 0);
}

static void
hear(void *self, int level, const char *text)
{
	cr_expect_eq(level, MLS_LOG_ERROR);
	cr_expect_not_null(strstr(text, "secure memory"), "%s", text);
	++*(int *)self;
}

/* As applications set libgcrypt up that have no secrets of their own. */
Test(secure_memory, none_no_start)
{
	int heard = 0;
	const struct mls_host host = { .size = sizeof(host), .self = &heard,
		.log = hear };
	void *none = NULL;

	cr_assert_not_null(gcry_check_version(NULL));
	gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	prov = find_module("gcrypt");
	cr_expect_eq(prov->init(&host, NULL, 0, &none), MLS_P_UNSUPPORTED);
	cr_expect_null(none);
	cr_expect_eq(heard, 1);
}

/* The same, but later. */
Test(gcrypt, secrets_are_not_used_outside_of_secure_memory)
{
	static const uint16_t kems[] = { 0x10, 0x11, 0x12, 0x20, 0x21 };
	static const uint16_t schemes[] = { 0x0403, 0x0503, 0x0603, 0x0807,
		0x0808 };
	struct mls_key *kem[5], *sign[5], *key = NULL;
	uint8_t secret[66] = { 1 }, out[320];
	struct octets pub;
	size_t i, len;

	for (i = 0; i < 5; i++) {
		kem[i] = some_key(MLS_ROLE_KEM, kems[i], 1);
		sign[i] = some_key(MLS_ROLE_SIGN, schemes[i], 1);
	}
	gcry_control(GCRYCTL_DISABLE_SECMEM, 0);
	for (i = 0; i < 5; i++) {
		pub = public_of(kem[i]);
		cr_expect_eq(ops->kem_decap(ctx, kem[i], BUF(pub), out),
		    MLS_P_GONE);
		cr_expect_eq(ops->kem_encap(ctx, kems[i], BUF(pub), secret,
		    out, out + 160), MLS_P_GONE);
		len = sizeof(out);
		cr_expect_eq(ops->sign(ctx, sign[i], STR("m"), out, &len),
		    MLS_P_GONE);
		cr_expect_eq(ops->key_derive(ctx, kems[i], buf(secret, 66),
		    &key), MLS_P_GONE);
	}
	cr_expect_eq(ops->key_import(ctx, MLS_ROLE_SIGN, 0x0807,
	    buf(secret, 32), &key), MLS_P_GONE);
	cr_expect_null(key);
}
