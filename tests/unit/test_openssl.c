/* SPDX-License-Identifier: MIT */
/* The openssl provider, or another one, of which what it does not offer is left
 * out: its life, its keys and its KEMs. */
#include "openssl.h"

#include <pthread.h>

#define P256 0x0010
#define P384 0x0011
#define P521 0x0012
#define X25519 0x0020
#define X448 0x0021

static const uint16_t kems[] = { P256, P384, P521, X25519, X448 };
static const uint16_t schemes[] = { 0x0403, 0x0503, 0x0603, 0x0807, 0x0808 };
static const uint16_t aeads[] = { 1, 2, 3, 1, 3 };

TestSuite(module, .init = open_module, .fini = close_module);

Test(module, descriptor)
{
	const struct mls_param p = { "no-such", "1" };
	const struct mls_alg *list;
	void *other = NULL;
	size_t i, n;

	cr_expect_eq(prov->magic, MLS_PROVIDER_MAGIC);
	cr_expect_eq(prov->abi, MLS_PROVIDER_ABI);
	cr_expect_eq(prov->flags, 0);
	n = ops->algorithms(ctx, &list);
	cr_expect(n >= 6 && n <= 21);
	for (i = 0; i < n; i++) {
		cr_expect_eq(list[i].zero, 0);
		cr_expect_eq(offered(list[i].role, list[i].id), &list[i]);
	}
	cr_expect_eq(prov->init(NULL, &p, 1, &other), MLS_P_ARGUMENT);
	cr_expect_null(other);
	prov->fini(NULL);
}

Test(module, instances_are_independent)
{
	void *first = ctx, *second = NULL;
	struct mls_key *key;

	cr_assert_eq(prov->init(NULL, NULL, 0, &second), MLS_P_OK);
	cr_expect_neq(first, second);
	prov->fini(first);
	ctx = second;
	key = some_key(MLS_ROLE_KEM, X25519, 5);
	cr_expect_eq(public_of(key).len, 32);
	ops->key_release(ctx, key);
}

/* RFC 9180 A.1.1, A.3.1 and A.6.1. */
static const struct kem_case {
	uint16_t kem;
	const char *ikm_e, *enc, *ikm_r, *sk_r, *pk_r, *shared;
} kem_cases[] = {
	{ X25519,
	"7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234",
	"37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
	"6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037",
	"4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
	"3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
	"fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc" },
	{ P256,
	"4270e54ffd08d79d5928020af4686d8f6b7d35dbe470265f1f5aa22816ce860e",
	"04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325ac9"
	"8536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18c4",
	"668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550",
	"f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
	"04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a82"
	"6a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72ea0",
	"c0d26aeab536609a572b07695d933b589dcf363ff9d93c93adea537aeabb8cb8" },
	{ P521,
	"7f06ab8215105fc46aceeb2e3dc5028b44364f960426eb0d8e4026c2f8b5d7e7a9"
	"86688f1591abf5ab753c357a5d6f0440414b4ed4ede71317772ac98d9239f70904",
	"040138b385ca16bb0d5fa0c0665fbbd7e69e3ee29f63991d3e9b5fa740aab8900a"
	"aeed46ed73a49055758425a0ce36507c54b29cc5b85a5cee6bae0cf1c21f2731ec"
	"e2013dc3fb7c8d21654bb161b463962ca19e8c654ff24c94dd2898de12051f1ed0"
	"692237fb02b2f8d1dc1c73e9b366b529eb436e98a996ee522aef863dd5739d2f29"
	"b0",
	"2ad954bbe39b7122529f7dde780bff626cd97f850d0784a432784e69d86eccaade"
	"43b6c10a8ffdb94bf943c6da479db137914ec835a7e715e36e45e29b587bab3bf1",
	"01462680369ae375e4b3791070a7458ed527842f6a98a79ff5e0d4cbde83c27196"
	"a3916956655523a6a2556a7af62c5cadabe2ef9da3760bb21e005202f7b2462847",
	"0401b45498c1714e2dce167d3caf162e45e0642afc7ed435df7902ccae0e84ba0f"
	"7d373f646b7738bbbdca11ed91bdeae3cdcba3301f2457be452f271fa6837580e6"
	"61012af49583a62e48d44bed350c7118c0d8dc861c238c72a2bda17f64704f464b"
	"57338e7f40b60959480c0e58e6559b190d81663ed816e523b6b6a418f66d2451ec"
	"64",
	"776ab421302f6eff7d7cb5cb1adaea0cd50872c71c2d63c30c4f1d5e43653336fe"
	"f33b103c67e7a98add2d3b66e2fda95b5b2a667aa9dac7e59cc1d46d30e818" },
};

Test(module, kem_known_answers)
{
	const struct kem_case *c = kem_cases;
	struct octets ikm, seed, pub, blob;
	uint8_t enc[133], shared[64];
	struct mls_key *key = NULL;
	uint32_t kind = 0;
	size_t i;

	for (i = 0; i < 3; i++, c++) {
		if (!offered(MLS_ROLE_KEM, c->kem))
			continue;
		ikm = hex(c->ikm_r);
		seed = hex(c->ikm_e);
		cr_assert_eq(ops->key_derive(ctx, c->kem, BUF(ikm), &key), 0);
		blob.len = sizeof(blob.data);
		cr_assert_eq(ops->key_save(ctx, key, &kind, blob.data,
		    &blob.len), MLS_P_OK);
		cr_expect_eq(kind, MLS_KEY_RAW);
		expect(blob.data, c->sk_r);
		pub = public_of(key);
		expect(pub.data, c->pk_r);
		cr_assert_eq(ops->kem_encap(ctx, c->kem, BUF(pub), seed.data,
		    enc, shared), MLS_P_OK);
		expect(enc, c->enc);
		expect(shared, c->shared);
		memset(shared, 0, sizeof(shared));
		cr_assert_eq(ops->kem_decap(ctx, key, buf(enc, pub.len),
		    shared), MLS_P_OK);
		expect(shared, c->shared);
		ops->key_release(ctx, key);
	}
}

Test(module, kem_round_trips)
{
	uint8_t seed[66] = { 9 }, enc[133], a[64], b[64];
	const struct mls_alg *row;
	struct mls_key *key = NULL;
	struct octets pub;
	size_t i;

	for (i = 0; i < 5; i++) {
		row = offered(MLS_ROLE_KEM, kems[i]);
		if (row == NULL)
			continue;
		/* Shorter than Nsk, as a node secret is on P-521. */
		cr_assert_eq(ops->key_derive(ctx, kems[i], buf(seed, 32),
		    &key), MLS_P_OK);
		pub = public_of(key);
		cr_expect_eq(pub.len, row->public_len);
		cr_expect_eq(ops->kem_check_public(ctx, kems[i], BUF(pub)), 0);
		cr_assert_eq(ops->kem_encap(ctx, kems[i], BUF(pub), seed, enc,
		    a), MLS_P_OK);
		cr_assert_eq(ops->kem_decap(ctx, key, buf(enc, row->aux_len),
		    b), MLS_P_OK);
		cr_expect_arr_eq(a, b, row->output_len);
		ops->key_release(ctx, key);
	}
}

/* The shared secret of X25519 or X448 that a Diffie-Hellman result gives. */
static void
shared_of(uint8_t *out, uint16_t kem, struct octets dh, struct octets enc,
    struct octets pub)
{
	const struct mls_alg *row = alg(MLS_ROLE_KEM, kem);
	uint16_t kdf = row->output_len == 32 ? 1 : 3;
	uint8_t id[5] = { 'K', 'E', 'M', 0, (uint8_t)kem }, prk[64];
	uint8_t size[2] = { 0, (uint8_t)row->output_len }, one = 1;
	struct mls_buf extract[] = { STR("HPKE-v1"), buf(id, 5),
		STR("eae_prk"), BUF(dh) };
	struct mls_buf expand[] = { buf(size, 2), STR("HPKE-v1"), buf(id, 5),
		STR("shared_secret"), BUF(enc), BUF(pub), buf(&one, 1) };

	cr_assert_eq(ops->hmac(ctx, kdf, buf(NULL, 0), extract, 4, prk), 0);
	cr_assert_eq(ops->hmac(ctx, kdf, buf(prk, row->output_len), expand, 7,
	    out), 0);
}

/* RFC 7748 §6: Alice's secret, her public key, Bob's, and what they share. */
static void
check_7748(uint16_t kem, const char *a, const char *A, const char *B,
    const char *shared)
{
	struct octets pub, enc = hex(B), dh = hex(shared);
	uint8_t got[64], want[64];
	struct mls_key *key;

	if (!offered(MLS_ROLE_KEM, kem))
		return;
	key = import(MLS_ROLE_KEM, kem, a);
	pub = public_of(key);
	expect(pub.data, A);
	cr_assert_eq(ops->kem_decap(ctx, key, BUF(enc), got), MLS_P_OK);
	shared_of(want, kem, dh, enc, pub);
	cr_expect_arr_eq(got, want, alg(MLS_ROLE_KEM, kem)->output_len);
	ops->key_release(ctx, key);
}

Test(module, rfc7748)
{
	check_7748(X25519,
	"77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a",
	"8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a",
	"de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f",
	"4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
	check_7748(X448,
	"9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28d"
	"d9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
	"9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c"
	"22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0",
	"3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b430"
	"27d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609",
	"07fff4181ac6cc95ec1c16a94a0f74d12da232ce40a77552281d282b"
	"b60c0b56fd2464c335543936521c24403085d59a449a5037514a879d");
}

Test(module, small_order_points_are_refused)
{
	static const struct { uint16_t kem; uint8_t first; } v[] = {
		{ X25519, 0 }, { X25519, 1 }, { X448, 0 }, { X448, 1 } };
	uint8_t pub[56], seed[56] = { 1 }, enc[56], shared[64];
	struct mls_key *key;
	size_t i, len;

	for (i = 0; i < 4; i++) {
		if (!offered(MLS_ROLE_KEM, v[i].kem))
			continue;
		len = alg(MLS_ROLE_KEM, v[i].kem)->public_len;
		memset(pub, 0, sizeof(pub));
		pub[0] = v[i].first;
		cr_expect_eq(ops->kem_encap(ctx, v[i].kem, buf(pub, len),
		    seed, enc, shared), MLS_P_ARGUMENT);
		key = some_key(MLS_ROLE_KEM, v[i].kem, 3);
		cr_expect_eq(ops->kem_decap(ctx, key, buf(pub, len), shared),
		    MLS_P_ARGUMENT);
		ops->key_release(ctx, key);
	}
}

static void
refused(uint16_t kem, const struct mls_key *key, struct mls_buf pub)
{
	uint8_t seed[66] = { 1 }, enc[133], shared[64];

	cr_expect_eq(ops->kem_check_public(ctx, kem, pub), MLS_P_ARGUMENT);
	cr_expect_eq(ops->kem_decap(ctx, key, pub, shared), MLS_P_ARGUMENT);
	cr_expect_eq(ops->kem_encap(ctx, kem, pub, seed, enc, shared),
	    MLS_P_ARGUMENT);
}

Test(module, bad_points_are_refused)
{
	struct mls_key *key;
	struct octets pub, bad;
	size_t i;

	for (i = 0; i < 5; i++) {
		if (!offered(MLS_ROLE_KEM, kems[i]))
			continue;
		key = some_key(MLS_ROLE_KEM, kems[i], 7);
		pub = public_of(key);
		refused(kems[i], key, buf(pub.data, pub.len - 1));
		refused(kems[i], key, buf(pub.data, pub.len + 1));
		refused(kems[i], key, buf(NULL, 0));
		if (kems[i] < X25519) {
			bad = pub;
			bad.data[pub.len - 1] ^= 1; /* off the curve */
			refused(kems[i], key, BUF(bad));
			bad = pub;
			bad.data[0] = 2 | (pub.data[pub.len - 1] & 1);
			refused(kems[i], key, buf(bad.data, pub.len / 2 + 1));
			bad.data[0] |= 4; /* the hybrid form */
			refused(kems[i], key, BUF(bad));
			memset(bad.data, 0, bad.len); /* infinity */
			refused(kems[i], key, BUF(bad));
			refused(kems[i], key, buf(bad.data, 1));
			memset(bad.data + 1, 0xff, bad.len - 1);
			bad.data[0] = 4; /* coordinates past the prime */
			refused(kems[i], key, BUF(bad));
		}
		ops->key_release(ctx, key);
	}
}

static void
check_save(uint16_t role, uint16_t id)
{
	struct mls_key *key = some_key(role, id, 0x21), *again = NULL;
	struct octets pub = public_of(key), other;
	uint8_t blob[66];
	size_t len = alg(role, id)->secret_len, room = len - 1, small = 1;
	uint32_t kind;

	cr_expect_eq(ops->key_save(ctx, key, &kind, blob, &room), MLS_P_SPACE);
	cr_expect_eq(ops->key_public(ctx, key, other.data, &small),
	    MLS_P_SPACE);
	room = sizeof(blob);
	cr_assert_eq(ops->key_save(ctx, key, &kind, blob, &room), MLS_P_OK);
	cr_expect_eq(room, len);
	cr_assert_eq(ops->key_load(ctx, role, id, buf(blob, room), &again), 0);
	other = public_of(again);
	cr_expect_arr_eq(other.data, pub.data, pub.len);
	cr_expect_eq(ops->key_destroy(ctx, again), MLS_P_OK);
	again = NULL;
	cr_expect_eq(ops->key_load(ctx, role, id, buf(blob, len - 1), &again),
	    MLS_P_ARGUMENT);
	cr_expect_null(again);
	ops->key_release(ctx, key);
}

Test(module, keys_are_saved_and_loaded)
{
	size_t i;

	for (i = 0; i < 5; i++) {
		if (offered(MLS_ROLE_KEM, kems[i]))
			check_save(MLS_ROLE_KEM, kems[i]);
		if (offered(MLS_ROLE_SIGN, schemes[i]))
			check_save(MLS_ROLE_SIGN, schemes[i]);
	}
	ops->key_release(ctx, NULL);
}

Test(module, scalars_are_in_range)
{
	static const char *const order[] = {
	    "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
	    "ffffffffffffffffffffffffffffffffffffffffffffffff"
	    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
	    "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
	    "fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409" };
	struct mls_key *key = NULL;
	struct octets n;
	size_t i, r;

	for (i = 0; i < 6; i++) {
		uint16_t role = i < 3 ? MLS_ROLE_KEM : MLS_ROLE_SIGN;
		uint16_t id = i < 3 ? kems[i] : schemes[i - 3];

		n = hex(order[i % 3]);
		if (!offered(role, id))
			continue;
		r = (size_t)ops->key_import(ctx, role, id, BUF(n), &key);
		cr_expect_eq(r, MLS_P_ARGUMENT);
		n.data[n.len - 1]--;
		cr_assert_eq(ops->key_import(ctx, role, id, BUF(n), &key), 0);
		ops->key_release(ctx, key);
		memset(n.data, 0, n.len);
		key = NULL;
		r = (size_t)ops->key_import(ctx, role, id, BUF(n), &key);
		cr_expect_eq(r, MLS_P_ARGUMENT);
		cr_expect_null(key);
	}
	cr_expect_eq(ops->key_import(ctx, MLS_ROLE_VERIFY, 0x0807, BUF(n),
	    &key), MLS_P_UNSUPPORTED);
}

/* The next one after i of five that is offered. */
static uint16_t
pick(uint16_t role, const uint16_t *ids, size_t i)
{
	while (!offered(role, ids[i % 5]))
		i++;
	return ids[i % 5];
}

/* Threads: every operation on one instance. */
static void *
work(void *arg)
{
	uint8_t seed[66] = { *(uint8_t *)arg }, enc[133], a[64], b[64];
	struct mls_key *key = NULL, *signer;
	struct octets pub, sig;
	size_t i, bad = 0;

	for (i = 0; i < 25; i++) {
		uint16_t kem = pick(MLS_ROLE_KEM, kems, i);
		uint16_t scheme = pick(MLS_ROLE_SIGN, schemes, i);
		uint16_t aead = pick(MLS_ROLE_AEAD, aeads, i);

		seed[1] = (uint8_t)i;
		bad += ops->key_derive(ctx, kem, buf(seed, 66), &key) != 0;
		pub = public_of(key);
		bad += ops->kem_encap(ctx, kem, BUF(pub), seed, enc, a) != 0;
		bad += ops->kem_decap(ctx, key, BUF(pub), b) != 0;
		bad += ops->kem_decap(ctx, key, buf(enc, pub.len), b) != 0;
		bad += memcmp(a, b, alg(MLS_ROLE_KEM, kem)->output_len) != 0;
		ops->key_release(ctx, key);
		signer = some_key(MLS_ROLE_SIGN, scheme, (uint8_t)(i + 1));
		pub = public_of(signer);
		sig.len = sizeof(sig.data);
		bad += ops->sign(ctx, signer, buf(seed, 66), sig.data,
		    &sig.len) != 0;
		bad += ops->verify(ctx, scheme, BUF(pub), buf(seed, 66),
		    BUF(sig)) != 0;
		ops->key_release(ctx, signer);
		bad += ops->aead_seal(ctx, aead, seed, seed, BUF(pub),
		    buf(seed, 66), sig.data) != 0;
		bad += ops->aead_open(ctx, aead, seed, seed, BUF(pub),
		    buf(sig.data, 82), enc) != 0;
		bad += memcmp(enc, seed, 66) != 0;
	}
	return bad == 0 ? NULL : arg;
}

Test(module, threads_share_an_instance)
{
	uint8_t id[4] = { 1, 2, 3, 4 };
	pthread_t t[4];
	void *r;
	size_t i;

	for (i = 0; i < 4; i++)
		cr_assert_eq(pthread_create(&t[i], NULL, work, &id[i]), 0);
	for (i = 0; i < 4; i++) {
		pthread_join(t[i], &r);
		cr_expect_null(r);
	}
}
