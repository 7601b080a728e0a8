/* SPDX-License-Identifier: MIT */
/* The same for signatures, hashes and authenticated encryption. */
#include "openssl.h"

#ifdef TEST_LIBCRYPTO
#include <openssl/err.h>
#endif

TestSuite(module_data, .init = open_module, .fini = close_module);

/* RFC 8032 §7.1 test 2 and §7.4 "Blank". */
static void
check_8032(uint16_t scheme, const char *secret, const char *public,
    const char *msg, const char *signature)
{
	const struct mls_alg *row = offered(MLS_ROLE_SIGN, scheme);
	struct octets m = hex(msg), pub, sig = { 0 };
	struct mls_key *key;
	size_t n, i;

	if (row == NULL)
		return;
	n = row->output_len;
	key = import(MLS_ROLE_SIGN, scheme, secret);
	pub = public_of(key);
	expect(pub.data, public);
	sig.len = n - 1;
	cr_expect_eq(ops->sign(ctx, key, BUF(m), sig.data, &sig.len),
	    MLS_P_SPACE);
	sig.len = sizeof(sig.data);
	cr_assert_eq(ops->sign(ctx, key, BUF(m), sig.data, &sig.len), 0);
	cr_expect_eq(sig.len, n);
	expect(sig.data, signature);
	cr_expect_eq(ops->verify(ctx, scheme, BUF(pub), BUF(m), BUF(sig)), 0);
	for (i = 0; i < n; i += 7) {
		sig.data[i] ^= 1;
		cr_expect_eq(ops->verify(ctx, scheme, BUF(pub), BUF(m),
		    BUF(sig)), MLS_P_VERIFY);
		sig.data[i] ^= 1;
	}
	cr_expect_eq(ops->verify(ctx, scheme, BUF(pub), BUF(m),
	    buf(sig.data, n - 1)), MLS_P_VERIFY);
	cr_expect_eq(ops->verify(ctx, scheme, BUF(pub), BUF(m),
	    buf(NULL, 0)), MLS_P_VERIFY);
	cr_expect_eq(ops->verify(ctx, scheme, buf(pub.data, pub.len - 1),
	    BUF(m), BUF(sig)), MLS_P_ARGUMENT);
	ops->key_release(ctx, key);
}

Test(module_data, rfc8032)
{
	check_8032(0x0807,
	"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	"72",
	"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
	check_8032(0x0808,
	"6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a352"
	"8c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
	"5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778ed"
	"f124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180",
	"",
	"533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b"
	"233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df6"
	"3e006c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149"
	"f05a7363268c71d95808ff2e652600");
}

/* S + L in place of S: the same number to a verifier that does not look. */
Test(module_data, ed25519_scalar_is_reduced)
{
	struct octets l = hex("edd3f55c1a631258d69cf7a2def9de14"
	    "00000000000000000000000000000010");
	struct mls_key *key = some_key(MLS_ROLE_SIGN, 0x0807, 6);
	struct octets pub = public_of(key), sig = { sizeof(sig.data), { 0 } };
	unsigned carry = 0;
	size_t i;

	cr_assert_eq(ops->sign(ctx, key, STR("m"), sig.data, &sig.len), 0);
	for (i = 0; i < 32; i++) {
		carry += (unsigned)sig.data[32 + i] + l.data[i];
		sig.data[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	cr_expect_eq(ops->verify(ctx, 0x0807, BUF(pub), STR("m"), BUF(sig)),
	    MLS_P_VERIFY);
	ops->key_release(ctx, key);
}

#define P256_PUBLIC \
	"0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6" \
	"7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299"
#define SAMPLE_R \
	"efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
#define SAMPLE_S \
	"f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"

static int
verify_sample(const char *der)
{
	struct octets pub = hex(P256_PUBLIC), sig = hex(der);

	return ops->verify(ctx, 0x0403, BUF(pub), STR("sample"), BUF(sig));
}

/* RFC 6979 A.2.5, whose s is the high one, in DER and in what is not DER. */
Test(module_data, ecdsa_der_is_strict)
{
	static const char *const bad[] = {
		"308146022100" SAMPLE_R "022100" SAMPLE_S,
		"3080022100" SAMPLE_R "022100" SAMPLE_S "0000",
		"3047022100" SAMPLE_R "02220000" SAMPLE_S,
		"304702220000" SAMPLE_R "022100" SAMPLE_S,
		"30450220" SAMPLE_R "022100" SAMPLE_S, /* a negative r */
		"3046022100" SAMPLE_R "022100" SAMPLE_S "00",
		"3047022100" SAMPLE_R "022100" SAMPLE_S "00",
		"3045022100" SAMPLE_R "022100" SAMPLE_S,
		"3146022100" SAMPLE_R "022100" SAMPLE_S,
		"3026020100022100" SAMPLE_S, /* r = 0 */
		"3026022100" SAMPLE_R "020100",
		"30250200022100" SAMPLE_S,
		"3006020101020101", /* in range, but not genuine */
		"3000", "30", "", "3006020101020100",
		/* s = n */
		"3046022100" SAMPLE_R "022100ffffffff00000000ffffffffffffffff"
		"bce6faada7179e84f3b9cac2fc632551",
	};
	size_t i;

	cr_expect_eq(verify_sample("3046022100" SAMPLE_R "022100" SAMPLE_S),
	    MLS_P_OK);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_eq(verify_sample(bad[i]), MLS_P_VERIFY, "%s",
		    bad[i]);
}

/* The scheme's half order, to which s is held down: its first octets. */
static void
check_ecdsa(uint16_t scheme, uint8_t half, size_t skip)
{
	struct octets pub, sig, bad;
	struct mls_key *key;
	size_t len, i, at;

	if (!offered(MLS_ROLE_SIGN, scheme))
		return;
	key = some_key(MLS_ROLE_SIGN, scheme, 4);
	pub = bad = public_of(key);
	len = alg(MLS_ROLE_SIGN, scheme)->secret_len;
	for (i = 0; i < 16; i++) {
		sig.len = alg(MLS_ROLE_SIGN, scheme)->output_len;
		cr_assert_eq(ops->sign(ctx, key, buf(&i, sizeof(i)), sig.data,
		    &sig.len), MLS_P_OK);
		cr_expect_eq(ops->verify(ctx, scheme, BUF(pub),
		    buf(&i, sizeof(i)), BUF(sig)), MLS_P_OK);
		cr_expect_eq(ops->verify(ctx, scheme, BUF(pub), STR("other"),
		    BUF(sig)), MLS_P_VERIFY);
		at = sig.data[1] == 0x81 ? 3 : 2;
		at += 2 + (size_t)sig.data[at + 1]; /* s */
		cr_expect_leq(sig.data[at + 1], len);
		if (sig.data[at + 1] == len)
			cr_expect_leq(sig.data[at + 2 + skip], half);
	}
	at = 3;
	cr_expect_eq(ops->sign(ctx, key, STR("m"), sig.data, &at),
	    MLS_P_SPACE);
	bad.data[bad.len - 1] ^= 1;
	cr_expect_eq(ops->verify(ctx, scheme, BUF(bad), STR("m"), BUF(sig)),
	    MLS_P_ARGUMENT);
	bad.data[0] = 2;
	cr_expect_eq(ops->verify(ctx, scheme, buf(bad.data, len + 1),
	    STR("m"), BUF(sig)), MLS_P_ARGUMENT);
	ops->key_release(ctx, key);
}

Test(module_data, ecdsa)
{
	check_ecdsa(0x0403, 0x7f, 0);
	check_ecdsa(0x0503, 0x7f, 0);
	check_ecdsa(0x0603, 0xff, 1);
}

/* A signed tree of a large group, say. */
Test(module_data, long_messages_are_signed)
{
	static const uint16_t schemes[] = { 0x0403, 0x0503, 0x0603, 0x0807,
		0x0808 };
	const size_t len = 200000;
	uint8_t *msg = calloc(1, len);
	struct octets pub, sig;
	struct mls_key *key;
	size_t i;

	cr_assert_not_null(msg);
	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (!offered(MLS_ROLE_SIGN, schemes[i]))
			continue;
		key = some_key(MLS_ROLE_SIGN, schemes[i], 5);
		pub = public_of(key);
		sig.len = sizeof(sig.data);
		cr_assert_eq(ops->sign(ctx, key, buf(msg, len), sig.data,
		    &sig.len), MLS_P_OK);
		cr_expect_eq(ops->verify(ctx, schemes[i], BUF(pub),
		    buf(msg, len), BUF(sig)), MLS_P_OK);
		msg[len - 1] ^= 1;
		cr_expect_eq(ops->verify(ctx, schemes[i], BUF(pub),
		    buf(msg, len), BUF(sig)), MLS_P_VERIFY);
		ops->key_release(ctx, key);
	}
	free(msg);
}

Test(module_data, keys_keep_to_their_role)
{
	struct mls_key *kem = some_key(MLS_ROLE_KEM, 0x0020, 1);
	struct mls_key *sign = some_key(MLS_ROLE_SIGN, 0x0807, 1);
	uint8_t out[64];
	size_t len = sizeof(out);

	cr_expect_eq(ops->sign(ctx, kem, STR("m"), out, &len), MLS_P_ARGUMENT);
	cr_expect_eq(ops->kem_decap(ctx, sign, buf(out, 32), out),
	    MLS_P_ARGUMENT);
	ops->key_release(ctx, kem);
	ops->key_release(ctx, sign);
}

Test(module_data, hashes)
{
	struct mls_buf pieces[] = { STR("a"), { NULL, 0 }, STR("bc") };
	uint8_t out[64];

	cr_assert_eq(ops->hash(ctx, 1, pieces, 3, out), MLS_P_OK);
	expect(out, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	cr_assert_eq(ops->hash(ctx, 2, pieces, 3, out), MLS_P_OK);
	expect(out, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
	    "1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7");
	cr_assert_eq(ops->hash(ctx, 3, pieces, 3, out), MLS_P_OK);
	expect(out, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea2"
	    "0a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
	    "454d4423643ce80e2a9ac94fa54ca49f");
	cr_assert_eq(ops->hash(ctx, 1, NULL, 0, out), MLS_P_OK);
	expect(out, "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	cr_expect_eq(ops->hash(ctx, 0, NULL, 0, out), MLS_P_UNSUPPORTED);
	cr_expect_eq(ops->hash(ctx, 4, NULL, 0, out), MLS_P_UNSUPPORTED);
}

/* RFC 4231 test cases 2 and 6, RFC 5869 A.1. */
Test(module_data, macs)
{
	struct mls_buf msg[] = { STR("what do ya want "), STR("for nothing?") };
	struct mls_buf large = STR("Test Using Larger Than Block-Size Key - "
	    "Hash Key First");
	struct octets info = hex("f0f1f2f3f4f5f6f7f8f9"), prk = hex(
	    "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
	uint8_t out[42], key[131], *many;

	cr_assert_eq(ops->hmac(ctx, 1, STR("Jefe"), msg, 2, out), MLS_P_OK);
	expect(out, "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	cr_assert_eq(ops->hmac(ctx, 1, buf(key, 131), &large, 1, out), 0);
	expect(out, "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54");
	cr_assert_eq(ops->hkdf_expand(ctx, 1, BUF(prk), BUF(info), out, 42),
	    MLS_P_OK);
	expect(out, "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db0"
	    "2d56ecc4c5bf34007208d5b887185865");
	many = calloc(1, 255 * 32 + 1);
	cr_assert_not_null(many);
	cr_expect_eq(ops->hkdf_expand(ctx, 1, BUF(prk), BUF(info), many,
	    255 * 32), MLS_P_OK);
	cr_expect_eq(ops->hkdf_expand(ctx, 1, BUF(prk), BUF(info), many,
	    255 * 32 + 1), MLS_P_ARGUMENT);
	free(many);
}

static void
check_aead(uint16_t id, const char *k, const char *n, const char *a,
    const char *p, const char *c)
{
	struct octets key = hex(k), nonce = hex(n), aad = hex(a), pt = hex(p);
	struct octets want = hex(c);
	uint8_t ct[320], got[320];

	if (!offered(MLS_ROLE_AEAD, id))
		return;
	cr_assert_eq(ops->aead_seal(ctx, id, key.data, nonce.data, BUF(aad),
	    BUF(pt), ct), MLS_P_OK);
	cr_expect_arr_eq(ct, want.data, want.len);
	cr_assert_eq(ops->aead_open(ctx, id, key.data, nonce.data, BUF(aad),
	    BUF(want), got), MLS_P_OK);
	cr_expect_arr_eq(got, pt.data, pt.len);
}

/* McGrew and Viega's test cases 4 and 13; RFC 8439 §2.8.2. */
Test(module_data, aead_known_answers)
{
	check_aead(1, "feffe9928665731c6d6a8f9467308308",
	    "cafebabefacedbaddecaf888",
	    "feedfacedeadbeeffeedfacedeadbeefabaddad2",
	    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
	    "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
	    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e"
	    "21d514b25466931c7d8f6a5aac84aa051ba30b396a0aac973d58e091"
	    "5bc94fbc3221a5db94fae95ae7121a47");
	check_aead(2, "00000000000000000000000000000000"
	    "00000000000000000000000000000000", "000000000000000000000000",
	    "", "", "530f8afbc74536b9a963b4f1c4cb738b");
	check_aead(3, "808182838485868788898a8b8c8d8e8f"
	    "909192939495969798999a9b9c9d9e9f", "070000004041424344454647",
	    "50515253c0c1c2c3c4c5c6c7",
	    "4c616469657320616e642047656e746c656d656e206f662074686520636c6173"
	    "73206f66202739393a204966204920636f756c64206f6666657220796f75206f"
	    "6e6c79206f6e652074697020666f7220746865206675747572652c2073756e73"
	    "637265656e20776f756c642062652069742e",
	    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
	    "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
	    "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
	    "3ff4def08e4b7a9de576d26586cec64b6116"
	    "1ae10b594f09e26a7e902ecbd0600691");
}

/* In place and apart; genuine, forged and short; on both sides of the size up
 * to which aead_open decrypts into room of its own. */
static void
check_open(uint16_t id, size_t len)
{
	uint8_t key[32] = { 1 }, nonce[12] = { 2 };
	uint8_t *pt = malloc(len + 1), *ct = malloc(len + 16);
	uint8_t *x = malloc(len + 16), *untouched = malloc(len + 1);
	size_t flip[] = { 0, len / 2, len, len + 15 }, i;

	cr_assert(pt != NULL && ct != NULL && x != NULL && untouched != NULL);
	for (i = 0; i < len; i++)
		pt[i] = (uint8_t)(i * 7);
	memset(untouched, 0x55, len + 1);
	cr_assert_eq(ops->aead_seal(ctx, id, key, nonce, STR("aad"),
	    buf(pt, len), ct), MLS_P_OK);
	memcpy(x, pt, len);
	cr_assert_eq(ops->aead_seal(ctx, id, key, nonce, STR("aad"),
	    buf(x, len), x), MLS_P_OK);
	cr_expect_arr_eq(x, ct, len + 16);
	cr_assert_eq(ops->aead_open(ctx, id, key, nonce, STR("aad"),
	    buf(x, len + 16), x), MLS_P_OK);
	cr_expect(memcmp(x, pt, len) == 0);
	for (i = 0; i < 4; i++) {
		memset(x, 0x55, len);
		ct[flip[i]] ^= 0x80;
		cr_expect_eq(ops->aead_open(ctx, id, key, nonce, STR("aad"),
		    buf(ct, len + 16), x), MLS_P_VERIFY);
		cr_expect(memcmp(x, untouched, len) == 0);
		memcpy(x, ct, len + 16);
		cr_expect_eq(ops->aead_open(ctx, id, key, nonce, STR("aad"),
		    buf(x, len + 16), x), MLS_P_VERIFY);
		cr_expect(memcmp(x, ct, len + 16) == 0);
		ct[flip[i]] ^= 0x80;
	}
	cr_expect_eq(ops->aead_open(ctx, id, key, nonce, STR("aae"),
	    buf(ct, len + 16), x), MLS_P_VERIFY);
	cr_expect_eq(ops->aead_open(ctx, id, key, nonce, STR("aad"),
	    buf(ct, len + 15), x), MLS_P_VERIFY);
	cr_expect_eq(ops->aead_open(ctx, id, key, nonce, STR("aad"),
	    buf(ct, 15), x), MLS_P_VERIFY);
	free(pt);
	free(ct);
	free(x);
	free(untouched);
}

Test(module_data, aead_open_writes_nothing_forged)
{
	static const size_t len[] = { 0, 1, 16, 8191, 8192, 8193, 100000 };
	size_t i;

	for (i = 0; i < 21; i++)
		if (offered(MLS_ROLE_AEAD, (uint16_t)(1 + i % 3)))
			check_open((uint16_t)(1 + i % 3), len[i / 3]);
}

Test(module_data, unknown_algorithms)
{
	struct mls_key *key = NULL;
	uint8_t out[133] = { 0 };
	struct mls_buf b = { out, 32 };

	cr_expect_eq(ops->aead_seal(ctx, 0, out, out, b, b, out), 2);
	cr_expect_eq(ops->aead_open(ctx, 4, out, out, b, b, out), 2);
	cr_expect_eq(ops->hmac(ctx, 9, b, &b, 1, out), MLS_P_UNSUPPORTED);
	cr_expect_eq(ops->hkdf_expand(ctx, 9, b, b, out, 1), 2);
	cr_expect_eq(ops->verify(ctx, 0x0804, b, b, b), MLS_P_UNSUPPORTED);
	cr_expect_eq(ops->kem_encap(ctx, 0x30, b, out, out, out), 2);
	cr_expect_eq(ops->kem_check_public(ctx, 0x30, b), MLS_P_UNSUPPORTED);
	cr_expect_eq(ops->key_derive(ctx, 0x30, b, &key), MLS_P_UNSUPPORTED);
	cr_expect_eq(ops->key_generate(ctx, MLS_ROLE_SIGN, 0x0807, &key), 2);
	cr_expect_null(key);
}

#ifdef TEST_LIBCRYPTO
/* libcrypto's error queue is the application's as well: what is left in it has
 * nothing to do with us, and stays. */
Test(module_data, errors_of_the_application)
{
	static const uint16_t schemes[] = { 0x0403, 0x0807 };
	struct octets pub, sig;
	struct mls_key *key;
	size_t i;

	for (i = 0; i < 2; i++) {
		ERR_raise(ERR_LIB_USER, ERR_R_MALLOC_FAILURE);
		key = some_key(MLS_ROLE_SIGN, schemes[i], 1);
		pub = public_of(key);
		sig.len = sizeof(sig.data);
		cr_assert_eq(ops->sign(ctx, key, STR("this"), sig.data,
		    &sig.len), MLS_P_OK);
		cr_expect_eq(ops->verify(ctx, schemes[i], BUF(pub),
		    STR("that"), BUF(sig)), MLS_P_VERIFY);
		cr_expect_eq(ERR_GET_LIB(ERR_get_error()), ERR_LIB_USER);
		cr_expect_eq(ERR_get_error(), 0);
		ops->key_release(ctx, key);
	}
}
#endif
