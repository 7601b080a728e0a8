/* SPDX-License-Identifier: MIT */
/* The nonces of RFC 6979, A.2.5 to A.2.7. */
#include "openssl.h"

#include "common/rfc6979.h"

TestSuite(rfc6979, .init = open_module, .fini = close_module);

static void
check(const struct mls_curve *c, const char *secret, const char *msg,
    const char *want)
{
	struct octets x = hex(secret), k = hex(want);
	struct mls_rfc6979 d;
	uint8_t digest[64], nonce[MLS_CURVE_MAX], other[MLS_CURVE_MAX];
	struct mls_buf m = STR(msg);

	cr_assert_eq(x.len, c->len);
	cr_assert_eq(k.len, c->len);
	cr_assert_eq(ops->hash(ctx, c->kdf, &m, 1, digest), MLS_P_OK);
	cr_assert_eq(mls__rfc6979_start(&d, c, ops->hmac, ctx, x.data,
	    digest), MLS_P_OK);
	cr_assert_eq(mls__rfc6979_next(nonce, &d), MLS_P_OK);
	cr_expect_arr_eq(nonce, k.data, c->len, "%s %s", want, msg);
	cr_assert_eq(mls__rfc6979_next(other, &d), MLS_P_OK);
	cr_expect(memcmp(other, nonce, c->len) != 0);
	cr_expect(mls__curve_scalar_ok(c, other));
	mls__rfc6979_end(&d);
	memset(other, 0, sizeof(other));
	cr_expect_arr_eq(d.k, other, sizeof(d.k));
	cr_expect_arr_eq(d.v, other, sizeof(d.v));
}

Test(rfc6979, known_nonces)
{
	static const char p256[] =
	    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
	static const char p384[] =
	    "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d8"
	    "96d5724e4c70a825f872c9ea60d2edf5";
	static const char p521[] =
	    "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75"
	    "caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b8"
	    "3538";

	check(&mls__curves[MLS_P256], p256, "sample",
	    "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60");
	check(&mls__curves[MLS_P256], p256, "test",
	    "d16b6ae827f17175e040871a1c7ec3500192c4c92677336ec2537acaee0008e0");
	check(&mls__curves[MLS_P384], p384, "sample",
	    "94ed910d1a099dad3254e9242ae85abde4ba15168eaf0ca87a555fd56d10fbca"
	    "2907e3e83ba95368623b8c4686915cf9");
	check(&mls__curves[MLS_P521], p521, "sample",
	    "01dae2ea071f8110dc26882d4d5eae0621a3256fc8847fb9022e2b7d28e6f101"
	    "98b1574fdd03a9053c08a1854a168aa5a57470ec97dd5ce090124ef52a2f7ecb"
	    "ffd3");
}

/* An HMAC that gives the same octets, and from a call on others, or fails. */
struct fake {
	unsigned calls, fail_at, turn_at;
	uint8_t octet;
};

static int
fake_hmac(void *self, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out)
{
	struct fake *f = self;

	(void)key, (void)in, (void)n;
	if (++f->calls == f->fail_at)
		return MLS_P_GONE;
	memset(out, f->calls == f->turn_at ? 0x22 : f->octet,
	    mls__hash_len(kdf));
	return MLS_P_OK;
}

Test(rfc6979, bad_numbers_and_failures)
{
	static const uint8_t secret[66] = { 0, 1 };
	uint8_t nonce[MLS_CURVE_MAX], digest[64];
	struct mls_rfc6979 d;
	unsigned i;
	int rc;

	/* A number past the order, always. */
	struct fake f = { 0, 0, 0, 0xff };

	memset(digest, 0xff, sizeof(digest));
	cr_assert_eq(mls__rfc6979_start(&d, &mls__curves[MLS_P256],
	    fake_hmac, &f, secret, digest), MLS_P_OK);
	cr_expect_eq(f.calls, 4);
	cr_expect_eq(mls__rfc6979_next(nonce, &d), MLS_P_ARGUMENT);
	/* Twice past it, with two calls to stir after each. */
	f = (struct fake){ 0, 0, 11, 0xff };
	cr_assert_eq(mls__rfc6979_start(&d, &mls__curves[MLS_P256],
	    fake_hmac, &f, secret, digest), MLS_P_OK);
	cr_expect_eq(mls__rfc6979_next(nonce, &d), MLS_P_OK);
	cr_expect_eq(f.calls, 11);
	cr_expect_eq(nonce[31], 0x22);
	f = (struct fake){ 0, 0, 6, 0xff };
	cr_assert_eq(mls__rfc6979_start(&d, &mls__curves[MLS_P256],
	    fake_hmac, &f, secret, digest), MLS_P_OK);
	cr_expect_eq(mls__rfc6979_next(nonce, &d), MLS_P_ARGUMENT);
	/* The bits past P-521's are shifted out: two calls a number. */
	f = (struct fake){ 0, 0, 0, 0x7f };
	cr_assert_eq(mls__rfc6979_start(&d, &mls__curves[MLS_P521],
	    fake_hmac, &f, secret, digest), MLS_P_OK);
	cr_expect_eq(mls__rfc6979_next(nonce, &d), MLS_P_OK);
	cr_expect_eq(f.calls, 6);
	cr_expect_eq(nonce[0], 0);
	cr_expect_eq(nonce[1], 0xfe);
	for (i = 1; i <= 7; i++) {
		f = (struct fake){ 0, i, 0, 0x11 };
		rc = mls__rfc6979_start(&d, &mls__curves[MLS_P256],
		    fake_hmac, &f, secret, digest);
		if (rc == MLS_P_OK)
			rc = mls__rfc6979_next(nonce, &d);
		cr_expect_eq(rc, i <= 5 ? MLS_P_GONE : MLS_P_OK, "%u", i);
	}
}

static void
nonce_of(uint8_t *out, const struct mls_curve *c, const uint8_t *digest)
{
	static const uint8_t secret[32] = { 1 };
	struct mls_rfc6979 d;

	cr_assert_eq(mls__rfc6979_start(&d, c, ops->hmac, ctx, secret,
	    digest), MLS_P_OK);
	cr_assert_eq(mls__rfc6979_next(out, &d), MLS_P_OK);
	mls__rfc6979_end(&d);
}

/* What is past the order is reduced, what is not stays. */
Test(rfc6979, digests_are_reduced)
{
	const struct mls_curve *c = &mls__curves[MLS_P256];
	uint8_t k[32], want[32], digest[32];

	memcpy(k, c->order, 32);
	mls__curve_reduce(c, k);
	memset(want, 0, 32);
	cr_expect_arr_eq(k, want, 32);
	memcpy(k, c->order, 32);
	k[31] = (uint8_t)(k[31] - 1);
	memcpy(want, k, 32);
	mls__curve_reduce(c, k);
	cr_expect_arr_eq(k, want, 32);
	memset(k, 0xff, 32);
	mls__curve_reduce(c, k);
	/* 2^256 - 1 - n */
	cr_expect_eq(k[0], 0);
	cr_expect_eq(k[4], 0xff);
	cr_expect_eq(k[8], 0);
	cr_expect_eq(k[31], 0xff - 0x51);
	memset(digest, 0xff, 32);
	nonce_of(want, c, digest);
	nonce_of(digest, c, k);
	cr_expect_arr_eq(digest, want, 32);
}
