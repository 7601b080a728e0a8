/* SPDX-License-Identifier: MIT */
/* The sodium provider: known answers and refusals. */
#define TEST_MODULE "sodium"
#include "openssl.h"

#define X25519 0x0020
#define CHACHA 3
#define ED25519 0x0807

TestSuite(sodium, .init = open_module, .fini = close_module);

Test(sodium, descriptor)
{
	const struct mls_param p = { "no-such", "1" };
	const struct mls_alg *list;
	void *other = &list;
	size_t i, n;

	cr_expect_eq(prov->magic, MLS_PROVIDER_MAGIC);
	cr_expect_eq(prov->abi, MLS_PROVIDER_ABI);
	cr_expect_eq(prov->flags, 0);
	n = ops->algorithms(ctx, &list);
	cr_expect_eq(n, 6);
	for (i = 0; i < n; i++)
		cr_expect_eq(list[i].zero, 0);
	cr_expect_eq(prov->init(NULL, &p, 1, &other), MLS_P_ARGUMENT);
	cr_expect_eq(other, &list);
	prov->fini(NULL);
	/* Again, for a second instance. */
	cr_expect_eq(prov->init(NULL, NULL, 0, &other), MLS_P_OK);
	prov->fini(other);
}

/* RFC 9180 A.2.1. */
Test(sodium, rfc9180)
{
	static const char *const shared =
	    "0bbe78490412b4bbea4812666f7916932b828bba79942424abb65244930d69a7";
	struct octets seed = hex("909a9b35d3dc4713a5e72a4da274b55d"
	    "3d3821a37e5d099e74a647db583a904b");
	struct octets ikm = hex("1ac01f181fdf9f352797655161c58b75"
	    "c656a6cc2716dcb66372da835542e1df");
	struct octets pub, blob = { sizeof(blob.data), { 0 } };
	uint8_t enc[32], got[32];
	struct mls_key *key = NULL;
	uint32_t kind = 0;

	cr_assert_eq(ops->key_derive(ctx, X25519, BUF(ikm), &key), MLS_P_OK);
	cr_assert_eq(ops->key_save(ctx, key, &kind, blob.data, &blob.len), 0);
	cr_expect_eq(kind, MLS_KEY_RAW);
	expect(blob.data,
	    "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb");
	pub = public_of(key);
	expect(pub.data,
	    "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
	cr_assert_eq(ops->kem_encap(ctx, X25519, BUF(pub), seed.data, enc,
	    got), MLS_P_OK);
	expect(enc,
	    "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a");
	expect(got, shared);
	memset(got, 0, sizeof(got));
	cr_assert_eq(ops->kem_decap(ctx, key, buf(enc, 32), got), MLS_P_OK);
	expect(got, shared);
	ops->key_release(ctx, key);
}

/* ExtractAndExpand of RFC 9180 §4.1, by the provider's own HMAC. */
static void
shared_of(uint8_t *out, struct octets dh, struct octets enc, struct octets pub)
{
	uint8_t id[5] = { 'K', 'E', 'M', 0, X25519 }, prk[32];
	uint8_t size[2] = { 0, 32 }, one = 1;
	struct mls_buf extract[] = { STR("HPKE-v1"), buf(id, 5),
		STR("eae_prk"), BUF(dh) };
	struct mls_buf expand[] = { buf(size, 2), STR("HPKE-v1"), buf(id, 5),
		STR("shared_secret"), BUF(enc), BUF(pub), buf(&one, 1) };

	cr_assert_eq(ops->hmac(ctx, 1, buf(NULL, 0), extract, 4, prk), 0);
	cr_assert_eq(ops->hmac(ctx, 1, buf(prk, 32), expand, 7, out), 0);
}

/* §6.1: Alice's secret, her public key, Bob's, and what they share. */
Test(sodium, rfc7748)
{
	struct mls_key *key = import(MLS_ROLE_KEM, X25519,
	    "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
	struct octets enc = hex(
	    "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
	struct octets dh = hex(
	    "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
	struct octets pub = public_of(key);
	uint8_t got[32], want[32];

	expect(pub.data,
	    "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
	cr_assert_eq(ops->kem_decap(ctx, key, BUF(enc), got), MLS_P_OK);
	shared_of(want, dh, enc, pub);
	cr_expect_arr_eq(got, want, 32);
	ops->key_release(ctx, key);
}

/* The points of small order, in every form that X25519 takes. */
static const char *const small_order[] = {
	"0000000000000000000000000000000000000000000000000000000000000000",
	"0100000000000000000000000000000000000000000000000000000000000000",
	"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
	"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	"0000000000000000000000000000000000000000000000000000000000000080",
	"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
};

Test(sodium, bad_kem_keys_are_refused)
{
	struct mls_key *key = some_key(MLS_ROLE_KEM, X25519, 3);
	uint8_t seed[32] = { 1 }, enc[32], shared[32];
	struct octets pub = public_of(key), bad;
	static const size_t len[] = { 0, 31, 33 };
	size_t i;

	for (i = 0; i < sizeof(small_order) / sizeof(small_order[0]); i++) {
		bad = hex(small_order[i]);
		cr_expect_eq(ops->kem_encap(ctx, X25519, BUF(bad), seed, enc,
		    shared), MLS_P_ARGUMENT, "%zu", i);
		cr_expect_eq(ops->kem_decap(ctx, key, BUF(bad), shared),
		    MLS_P_ARGUMENT, "%zu", i);
	}
	cr_expect_eq(ops->kem_check_public(ctx, X25519, BUF(pub)), MLS_P_OK);
	for (i = 0; i < 3; i++) {
		struct mls_buf b = buf(pub.data, len[i]);

		cr_expect_eq(ops->kem_check_public(ctx, X25519, b),
		    MLS_P_ARGUMENT);
		cr_expect_eq(ops->kem_decap(ctx, key, b, shared),
		    MLS_P_ARGUMENT);
		cr_expect_eq(ops->kem_encap(ctx, X25519, b, seed, enc,
		    shared), MLS_P_ARGUMENT);
	}
	ops->key_release(ctx, key);
}

/* RFC 8032 §7.1 tests 1 and 2. */
static void
check_8032(const char *secret, const char *public, const char *msg,
    const char *signature)
{
	struct mls_key *key = import(MLS_ROLE_SIGN, ED25519, secret);
	struct octets m = hex(msg), pub = public_of(key), sig = { 0 };
	struct mls_buf mb = m.len > 0 ? BUF(m) : buf(NULL, 0);
	size_t i;

	expect(pub.data, public);
	sig.len = 63;
	cr_expect_eq(ops->sign(ctx, key, mb, sig.data, &sig.len),
	    MLS_P_SPACE);
	sig.len = sizeof(sig.data);
	cr_assert_eq(ops->sign(ctx, key, mb, sig.data, &sig.len), MLS_P_OK);
	cr_expect_eq(sig.len, 64);
	expect(sig.data, signature);
	cr_expect_eq(ops->verify(ctx, ED25519, BUF(pub), mb, BUF(sig)), 0);
	for (i = 0; i < 64; i += 7) {
		sig.data[i] ^= 1;
		cr_expect_eq(ops->verify(ctx, ED25519, BUF(pub), mb,
		    BUF(sig)), MLS_P_VERIFY);
		sig.data[i] ^= 1;
	}
	cr_expect_eq(ops->verify(ctx, ED25519, BUF(pub), mb,
	    buf(sig.data, 63)), MLS_P_VERIFY);
	cr_expect_eq(ops->verify(ctx, ED25519, BUF(pub), mb,
	    buf(sig.data, 65)), MLS_P_VERIFY);
	cr_expect_eq(ops->verify(ctx, ED25519, BUF(pub), mb, buf(NULL, 0)),
	    MLS_P_VERIFY);
	cr_expect_eq(ops->verify(ctx, ED25519, buf(pub.data, 31), mb,
	    BUF(sig)), MLS_P_ARGUMENT);
	ops->key_release(ctx, key);
}

Test(sodium, rfc8032)
{
	check_8032(
	"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
	"d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
	"",
	"e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
	"5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b");
	check_8032(
	"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
	"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
	"72",
	"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
	"085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

/* S + L, which the equation would hold for as well. */
Test(sodium, malleable_signatures_are_refused)
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
		0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
		[31] = 0x10 };
	struct mls_key *key = some_key(MLS_ROLE_SIGN, ED25519, 9);
	struct octets pub = public_of(key), sig = { 64, { 0 } };
	unsigned carry = 0, i;

	cr_assert_eq(ops->sign(ctx, key, STR("m"), sig.data, &sig.len), 0);
	for (i = 0; i < 32; i++) {
		carry += sig.data[32 + i] + order[i];
		sig.data[32 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	cr_expect_eq(ops->verify(ctx, ED25519, BUF(pub), STR("m"), BUF(sig)),
	    MLS_P_VERIFY);
	/* The identity as key and as R, with S = 0. */
	memset(&sig.data, 0, 64);
	memset(pub.data, 0, 32);
	sig.data[0] = pub.data[0] = 1;
	cr_expect_eq(ops->verify(ctx, ED25519, BUF(pub), STR("m"), BUF(sig)),
	    MLS_P_VERIFY);
	ops->key_release(ctx, key);
}

static void
check_save(uint16_t role, uint16_t id)
{
	struct mls_key *key = some_key(role, id, 0x21), *again = NULL;
	struct octets pub = public_of(key), other;
	uint8_t blob[32];
	size_t room = 31, small = 31;
	uint32_t kind;

	cr_expect_eq(ops->key_save(ctx, key, &kind, blob, &room), MLS_P_SPACE);
	cr_expect_eq(ops->key_public(ctx, key, blob, &small), MLS_P_SPACE);
	room = sizeof(blob);
	cr_assert_eq(ops->key_save(ctx, key, &kind, blob, &room), MLS_P_OK);
	cr_expect_eq(room, 32);
	cr_assert_eq(ops->key_load(ctx, role, id, buf(blob, room), &again), 0);
	other = public_of(again);
	cr_expect_arr_eq(other.data, pub.data, 32);
	cr_expect_eq(ops->key_destroy(ctx, again), MLS_P_OK);
	again = NULL;
	cr_expect_eq(ops->key_load(ctx, role, id, buf(blob, 31), &again),
	    MLS_P_ARGUMENT);
	cr_expect_null(again);
	ops->key_release(ctx, key);
}

Test(sodium, keys_are_saved_and_keep_to_their_role)
{
	struct mls_key *kem = some_key(MLS_ROLE_KEM, X25519, 1);
	struct mls_key *sign = some_key(MLS_ROLE_SIGN, ED25519, 1);
	uint8_t out[64];
	size_t len = sizeof(out);

	check_save(MLS_ROLE_KEM, X25519);
	check_save(MLS_ROLE_SIGN, ED25519);
	cr_expect_eq(ops->sign(ctx, kem, STR("m"), out, &len), MLS_P_ARGUMENT);
	memset(out, 9, 32);
	cr_expect_eq(ops->kem_decap(ctx, sign, buf(out, 32), out + 32),
	    MLS_P_ARGUMENT);
	ops->key_release(ctx, kem);
	ops->key_release(ctx, sign);
	ops->key_release(ctx, NULL);
}

/* FIPS 180-4; RFC 4231 test cases 2 and 6. */
Test(sodium, hashes_and_macs)
{
	struct mls_buf abc[] = { STR("a"), { NULL, 0 }, STR("bc") };
	struct mls_buf msg[] = { STR("what do ya want "), STR("for nothing?") };
	struct mls_buf large = STR("Test Using Larger Than Block-Size Key - "
	    "Hash Key First");
	uint8_t out[64], key[131];

	cr_assert_eq(ops->hash(ctx, 1, abc, 3, out), MLS_P_OK);
	expect(out, "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	cr_assert_eq(ops->hash(ctx, 3, abc, 3, out), MLS_P_OK);
	expect(out, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea2"
	    "0a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
	    "454d4423643ce80e2a9ac94fa54ca49f");
	cr_assert_eq(ops->hash(ctx, 1, NULL, 0, out), MLS_P_OK);
	expect(out, "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");
	cr_assert_eq(ops->hmac(ctx, 1, STR("Jefe"), msg, 2, out), MLS_P_OK);
	expect(out, "5bdcc146bf60754e6a042426089575c7"
	    "5a003f089d2739839dec58b964ec3843");
	cr_assert_eq(ops->hmac(ctx, 3, STR("Jefe"), msg, 2, out), MLS_P_OK);
	expect(out, "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd6"
	    "10270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
	    "caeab1a34d4a6b4b636e070a38bce737");
	memset(key, 0xaa, sizeof(key));
	cr_assert_eq(ops->hmac(ctx, 1, buf(key, 131), &large, 1, out), 0);
	expect(out, "60e431591ee0b67f0d8a26aacbf5b77f"
	    "8e0bc6213728c5140546040f0ee37f54");
}

/* RFC 8439 §2.8.2. */
Test(sodium, rfc8439)
{
	struct octets key = hex("808182838485868788898a8b8c8d8e8f"
	    "909192939495969798999a9b9c9d9e9f");
	struct octets nonce = hex("070000004041424344454647");
	struct octets aad = hex("50515253c0c1c2c3c4c5c6c7");
	struct mls_buf pt = STR("Ladies and Gentlemen of the class of '99: If "
	    "I could offer you only one tip for the future, sunscreen would "
	    "be it.");
	struct octets want = hex(
	    "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
	    "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
	    "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
	    "3ff4def08e4b7a9de576d26586cec64b6116"
	    "1ae10b594f09e26a7e902ecbd0600691");
	uint8_t ct[320], got[320];

	cr_assert_eq(ops->aead_seal(ctx, CHACHA, key.data, nonce.data,
	    BUF(aad), pt, ct), MLS_P_OK);
	cr_expect_arr_eq(ct, want.data, want.len);
	cr_assert_eq(ops->aead_open(ctx, CHACHA, key.data, nonce.data,
	    BUF(aad), BUF(want), got), MLS_P_OK);
	cr_expect_arr_eq(got, pt.data, pt.len);
}

static int
open_it(const uint8_t *key, const char *aad, const uint8_t *ct, size_t len,
    uint8_t *pt)
{
	uint8_t nonce[12] = { 2 };

	return ops->aead_open(ctx, CHACHA, key, nonce, STR(aad), buf(ct, len),
	    pt);
}

/* In place and apart; genuine, forged and short. */
static void
check_open(size_t len)
{
	uint8_t key[32] = { 1 }, nonce[12] = { 2 };
	uint8_t pt[1100], ct[1100], x[1100], untouched[1100];
	size_t flip[] = { 0, len / 2, len, len + 15 }, i;

	for (i = 0; i < len; i++)
		pt[i] = (uint8_t)(i * 7);
	memset(untouched, 0x55, sizeof(untouched));
	cr_assert_eq(ops->aead_seal(ctx, CHACHA, key, nonce, STR("aad"),
	    buf(len > 0 ? pt : NULL, len), ct), MLS_P_OK);
	memcpy(x, pt, len);
	cr_assert_eq(ops->aead_seal(ctx, CHACHA, key, nonce, STR("aad"),
	    buf(x, len), x), MLS_P_OK);
	cr_expect_arr_eq(x, ct, len + 16);
	cr_assert_eq(open_it(key, "aad", x, len + 16, x), MLS_P_OK);
	cr_expect(memcmp(x, pt, len) == 0);
	for (i = 0; i < 4; i++) {
		memset(x, 0x55, sizeof(x));
		ct[flip[i]] ^= 0x80;
		cr_expect_eq(open_it(key, "aad", ct, len + 16, x),
		    MLS_P_VERIFY);
		cr_expect(memcmp(x, untouched, sizeof(x)) == 0);
		memcpy(x, ct, len + 16);
		cr_expect_eq(open_it(key, "aad", x, len + 16, x),
		    MLS_P_VERIFY);
		cr_expect(memcmp(x, ct, len + 16) == 0);
		ct[flip[i]] ^= 0x80;
	}
	cr_expect_eq(open_it(key, "aae", ct, len + 16, x), MLS_P_VERIFY);
	cr_expect_eq(open_it(key, "aad", ct, len + 15, x), MLS_P_VERIFY);
	cr_expect_eq(open_it(key, "aad", ct, 15, x), MLS_P_VERIFY);
	cr_expect_eq(open_it(key, "aad", NULL, 0, x), MLS_P_VERIFY);
}

Test(sodium, aead_open_writes_nothing_forged)
{
	static const size_t len[] = { 0, 1, 16, 63, 64, 65, 1000 };
	size_t i;

	for (i = 0; i < 7; i++)
		check_open(len[i]);
}

Test(sodium, unknown_algorithms)
{
	struct mls_key *key = NULL;
	uint8_t out[133] = { 0 };
	struct mls_buf b = { out, 32 };

	cr_expect_eq(ops->aead_seal(ctx, 2, out, out, b, b, out), 2);
	cr_expect_eq(ops->aead_open(ctx, 1, out, out, b, b, out), 2);
	cr_expect_eq(ops->hash(ctx, 2, &b, 1, out), MLS_P_UNSUPPORTED);
	cr_expect_eq(ops->hmac(ctx, 2, b, &b, 1, out), MLS_P_UNSUPPORTED);
	cr_expect_eq(ops->verify(ctx, 0x0808, b, b, b), MLS_P_UNSUPPORTED);
	cr_expect_eq(ops->kem_encap(ctx, 0x10, b, out, out, out), 2);
	cr_expect_eq(ops->kem_check_public(ctx, 0x21, b), MLS_P_UNSUPPORTED);
	cr_expect_eq(ops->key_derive(ctx, 0x10, b, &key), MLS_P_UNSUPPORTED);
	cr_expect_eq(ops->key_import(ctx, MLS_ROLE_VERIFY, ED25519, b, &key),
	    MLS_P_UNSUPPORTED);
	cr_expect_eq(ops->key_generate(ctx, MLS_ROLE_SIGN, ED25519, &key), 2);
	cr_expect_null(key);
}
