/* SPDX-License-Identifier: MIT */
#include "crypto_fixture.h"

#include "crypto/hpke.h"
#include "crypto/kem.h"

TestSuite(hpke, .init = set_up, .fini = tear_down);

#define INFO "4f6465206f6e2061204772656369616e2055726e"
#define PLAINTEXT "4265617574792069732074727574682c20747275746820626561757479"

/* RFC 9180 A.1.1, A.3.1 and A.2.1; the export is that of context 00. */
static const struct vector {
	uint16_t suite;
	const char *seed, *ikm, *priv, *pub, *enc, *ct, *exported;
} vectors[] = {
	{
		1,
		"7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234",
		"6db9df30aa07dd42ee5e8181afdb977e538f5e1fec8a06223f33f7013e525037",
		"4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
		"3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
		"37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
		"f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a9"
		"6d8770ac83d07bea87e13c512a",
		"2e8f0b54673c7029649d4eb9d5e33bf1872cf76d623ff164ac185da9e88c21a5",
	},
	{
		2,
		"4270e54ffd08d79d5928020af4686d8f6b7d35dbe470265f1f5aa22816ce860e",
		"668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550",
		"f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2",
		"04fe8c19ce0905191ebc298a9245792531f26f0cece2460639e8bc39cb7f706a"
		"826a779b4cf969b8a0e539c7f62fb3d30ad6aa8f80e30f1d128aafd68a2ce72e"
		"a0",
		"04a92719c6195d5085104f469a8b9814d5838ff72b60501e2c4466e5e67b325a"
		"c98536d7b61a1af4b78e5b7f951c0900be863c403ce65c9bfcb9382657222d18"
		"c4",
		"5ad590bb8baa577f8619db35a36311226a896e7342a6d836d8b7bcd2f20b6c7f"
		"9076ac232e3ab2523f39513434",
		"6cff87658931bda83dc857e6353efe4987a201b849658d9b047aab4cf216e796",
	},
	{
		3,
		"909a9b35d3dc4713a5e72a4da274b55d3d3821a37e5d099e74a647db583a904b",
		"1ac01f181fdf9f352797655161c58b75c656a6cc2716dcb66372da835542e1df",
		"8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
		"4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a",
		"1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
		"1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db"
		"21993c62ce81883d2dd1b51a28",
		"8c1df14732580e5501b00f82b10a1647b40713191b7c1240ac80e2b68808ba69",
	},
};

#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

static struct mls_hpke_info
prepared(const struct mls_suite *s)
{
	struct bytes info = hex(INFO);
	struct mls_hpke_info out;

	cr_assert_eq(mls__hpke_prepare(&out, s, BUF(info)), 0);
	return out;
}

Test(hpke, known_answers)
{
	struct bytes pt = hex(PLAINTEXT), zero = hex("00");
	uint8_t enc[256], ct[256], out[256];
	size_t i;

	for (i = 0; i < VECTORS; i++) {
		const struct vector *v = &vectors[i];
		const struct mls_suite *s = suite(v->suite);
		struct mls_hpke_info info = prepared(s);
		struct bytes seed = hex(v->seed), ikm = hex(v->ikm);
		struct bytes priv = hex(v->priv), pub = hex(v->pub);
		struct bytes want_enc = hex(v->enc), want_ct = hex(v->ct);
		struct bytes exported = hex(v->exported);
		struct mls_hpke_job job = { BUF(pub), seed.data,
			TEXT("Count-0"), BUF(pt), enc, ct, 1 };
		struct mls_privkey *a, *b;

		cr_assert_eq(s->seed_len, seed.len);
		cr_assert_eq(mls__kem_check_public(s, BUF(pub)), 0);
		cr_assert_eq(mls__hpke_seal_many(&info, &job, 1), 0);
		EXPECT(enc, want_enc);
		EXPECT(ct, want_ct);

		cr_assert_eq(mls__key_derive(&a, s, BUF(ikm)), 0);
		cr_assert_eq(mls__key_import(&b, s, MLS_ROLE_KEM, BUF(priv)),
		    0);
		cr_assert(mls__equal(mls__key_public(a), BUF(pub)));
		cr_assert(mls__equal(mls__key_public(b), BUF(pub)));
		cr_assert_eq(mls__hpke_open(out, &info, a, BUF(want_enc),
		    TEXT("Count-0"), BUF(want_ct), MLS_E_INTERNAL), 0);
		EXPECT(out, pt);
		cr_assert_eq(mls__hpke_open(out, &info, b, BUF(want_enc),
		    TEXT("Count-1"), BUF(want_ct),
		    MLS_E_PATH_SECRET_DECRYPT), MLS_E_PATH_SECRET_DECRYPT);

		cr_assert_eq(mls__hpke_export_send(out, 32, enc, &info,
		    BUF(pub), seed.data, BUF(zero)), 0);
		EXPECT(out, exported);
		EXPECT(enc, want_enc);
		cr_assert_eq(mls__hpke_export_recv(out, 32, &info, b,
		    BUF(want_enc), BUF(zero)), 0);
		EXPECT(out, exported);
		mls__key_free(a);
		mls__key_free(b);
	}
}

/* Suite 1 of the official crypto-basics vectors. */
Test(hpke, CRYPT_17_encrypt_with_label)
{
	const struct mls_suite *s = suite(1);
	struct bytes priv = hex("fb1ade7939987ff12a9d620772b1f9f7caeba26f8a3e"
	    "cea9617d9402cd862444");
	struct bytes enc = hex("0a144e8fbf2d6dcf6fe9d2e2b8aeca5461ff5b0ea9c0ed"
	    "e1040c3dc7ed1dfd1c");
	struct bytes context = hex("26347dd7f218d1de8673d6a66646ce06ac5fd3aa8d"
	    "5c33f65d86aeefdcf4a31e");
	struct bytes ct = hex("15c80ea2bc37db221baa530ef5aea88650f0ce0f262803d6"
	    "f78f3a1392f7ccd960eff94ca081ee54efa4c3acfa0eb591");
	struct bytes pt = hex("8f55dd30f03d64335c22b53ea7670bb1becf49b04021f706"
	    "368fe93eeb358f46");
	struct mls_hpke_info info;
	struct mls_privkey *key;
	uint8_t out[32];

	cr_assert_eq(mls__key_import(&key, s, MLS_ROLE_KEM, BUF(priv)), 0);
	cr_assert_eq(mls__hpke_prepare_label(&info, s, "EncryptWithLabel",
	    BUF(context)), 0);
	cr_assert_eq(mls__hpke_open(out, &info, key, BUF(enc), TEXT(""),
	    BUF(ct), MLS_E_PATH_SECRET_DECRYPT), 0);
	EXPECT(out, pt);
	/* CRYPT-17 */
	cr_assert_eq(mls__hpke_prepare_label(&info, s, "UpdatePathNode",
	    BUF(context)), 0);
	cr_assert_eq(mls__hpke_open(out, &info, key, BUF(enc), TEXT(""),
	    BUF(ct), MLS_E_PATH_SECRET_DECRYPT), MLS_E_PATH_SECRET_DECRYPT);
	mls__key_free(key);
}

#define MANY 45

struct many {
	struct mls_hpke_job jobs[MANY];
	uint8_t seed[MANY][66], enc[MANY][133], ct[MANY][32 + 16];
	uint8_t plaintext[MANY][32];
	struct mls_privkey *keys[MANY];
};

static void
make_many(struct many *m, const struct mls_suite *s)
{
	size_t i;

	memset(m, 0, sizeof(*m));
	for (i = 0; i < MANY; i++) {
		memset(m->seed[i], (int)i + 1, sizeof(m->seed[i]));
		memset(m->plaintext[i], 0x80 | (int)i, 32);
		cr_assert_eq(mls__key_generate_kem(&m->keys[i], s), 0);
		m->jobs[i] = (struct mls_hpke_job){
			mls__key_public(m->keys[i]), m->seed[i], TEXT("aad"),
			mls__buf(m->plaintext[i], 32), m->enc[i], m->ct[i], 1,
		};
	}
}

static void
free_many(struct many *m)
{
	size_t i;

	for (i = 0; i < MANY; i++)
		mls__key_free(m->keys[i]);
}

/* Many at once give what one by one gives, batch or no batch. */
static void
check_many(const struct mls_suite *s, const struct mls_suite *single)
{
	static struct many m;
	struct mls_hpke_info info = prepared(s), one = prepared(single);
	uint8_t enc[133], ct[48], pt[32];
	struct mls_hpke_job job;
	size_t i;

	make_many(&m, s);
	cr_assert_eq(mls__hpke_seal_many(&info, m.jobs, MANY), 0);
	for (i = 0; i < MANY; i++) {
		job = m.jobs[i];
		job.enc = enc;
		job.ct = ct;
		cr_assert_eq(mls__hpke_seal_many(&one, &job, 1), 0);
		cr_assert_arr_eq(enc, m.enc[i], s->nenc);
		cr_assert_arr_eq(ct, m.ct[i], 48);
		cr_assert_eq(mls__hpke_open(pt, &info, m.keys[i],
		    mls__buf(m.enc[i], s->nenc), TEXT("aad"),
		    mls__buf(m.ct[i], 48), MLS_E_INTERNAL), 0);
		cr_assert_arr_eq(pt, m.plaintext[i], 32);
	}
	free_many(&m);
}

/* A batch made of single calls, so that there is one to test. */
static const struct mls_crypto_ops *real;

static int
batch(void *ctx, uint16_t kem, struct mls_encap *v, size_t n)
{
	size_t i;

	cr_assert_leq(n, 16);
	for (i = 0; i < n; i++)
		v[i].status = real->kem_encap(ctx, kem, v[i].pub, v[i].seed,
		    v[i].enc, v[i].shared);
	return MLS_P_OK;
}

Test(hpke, many)
{
	static const uint16_t numbers[] = { 1, 2, 4 };
	const struct mls_suite *s;
	struct changed c;
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		s = suite(numbers[i]);
		real = s->kem.inst->desc->crypto;
		check_many(s, s);
		change(&c, s, &s->kem);
		c.ops.kem_encap_batch = NULL;
		check_many(s, &c.suite);
		check_many(&c.suite, s);
		c.ops.kem_encap_batch = batch;
		check_many(&c.suite, s);
	}
}

Test(hpke, one_bad_key_among_many)
{
	static struct many m;
	const struct mls_suite *s = suite(2);
	struct mls_hpke_info info = prepared(s);
	uint8_t off[65], pt[32];
	uint64_t before;
	size_t i;

	make_many(&m, s);
	memcpy(off, m.jobs[20].pub.data, 65);
	off[64] ^= 1;
	m.jobs[20].pub = mls__buf(off, 65);
	m.jobs[7].pub.len--;
	before = mls__counted(plugins, MLS_COUNT_SEAL);
	cr_assert_eq(mls__hpke_seal_many(&info, m.jobs, MANY),
	    MLS_E_HPKE_PUBLIC_KEY_INVALID);
	cr_assert_eq(mls__counted(plugins, MLS_COUNT_SEAL) - before, MANY);
	for (i = 0; i < MANY; i++) {
		if (i == 7 || i == 20) {
			cr_assert_eq(m.jobs[i].status,
			    MLS_E_HPKE_PUBLIC_KEY_INVALID);
			continue;
		}
		cr_assert_eq(m.jobs[i].status, 0);
		cr_assert_eq(mls__hpke_open(pt, &info, m.keys[i],
		    mls__buf(m.enc[i], s->nenc), TEXT("aad"),
		    mls__buf(m.ct[i], 48), MLS_E_INTERNAL), 0);
	}
	cr_assert_eq(mls__hpke_seal_many(&info, m.jobs, 0), 0);
	free_many(&m);
}

/* CRYPT-07, CRYPT-08 and a key of another KEM */
Test(hpke, CRYPT_07_08_lengths)
{
	static const uint8_t enc[133] = { 4 }, ct[32];
	const struct mls_suite *s = suite(1);
	struct mls_hpke_info info = prepared(s);
	struct mls_hpke_info other = prepared(suite(2));
	struct mls_privkey *key;
	uint8_t pt[32];
	size_t i;

	cr_assert_eq(mls__key_generate_kem(&key, s), 0);
	for (i = 0; i < 40; i++) {
		if (i == 32)
			continue;
		cr_assert_eq(mls__hpke_open(pt, &info, key, mls__buf(enc, i),
		    TEXT(""), mls__buf(ct, 16), MLS_E_INTERNAL),
		    MLS_E_KEM_OUTPUT_LENGTH);
		cr_assert_eq(mls__hpke_export_recv(pt, 32, &info, key,
		    mls__buf(enc, i), TEXT("")), MLS_E_KEM_OUTPUT_LENGTH);
	}
	/* Before the DH: a zero point would be told otherwise. */
	for (i = 0; i < 16; i++)
		cr_assert_eq(mls__hpke_open(pt, &info, key, mls__buf(ct, 32),
		    TEXT(""), mls__buf(ct, i), MLS_E_INTERNAL),
		    MLS_E_CIPHERTEXT_LENGTH);
	cr_assert_eq(mls__hpke_open(pt, &other, key, mls__buf(enc, 65),
	    TEXT(""), mls__buf(ct, 16), MLS_E_INTERNAL),
	    MLS_E_PRIVATE_KEY_MISMATCH);
	mls__key_free(key);
}

Test(hpke, CRYPT_02_nist_keys)
{
	static const uint8_t infinity[65];
	const struct mls_suite *s = suite(2);
	struct bytes pub = hex(vectors[1].pub), bad;
	struct mls_hpke_info info = prepared(s);
	static const uint8_t ct[32];
	struct mls_privkey *key;
	uint8_t pt[16];
	int i;

	cr_assert_eq(mls__key_generate_kem(&key, s), 0);
	for (i = 0; i < 6; i++) {
		bad = pub;
		if (i == 0)
			bad.len--;
		else if (i == 1)
			bad.len++;
		else if (i == 2)
			bad.data[64] ^= 1; /* off the curve */
		else if (i == 3)
			bad.data[0] = 0x06; /* hybrid */
		else if (i == 4)
			bad.data[0] = 0x02, bad.len = 33; /* compressed */
		else
			memcpy(bad.data, infinity, 65);
		cr_assert_eq(mls__kem_check_public(s, BUF(bad)),
		    MLS_E_HPKE_PUBLIC_KEY_INVALID, "case %d", i);
		cr_assert_eq(mls__hpke_open(pt, &info, key, BUF(bad),
		    TEXT(""), mls__buf(ct, 32), MLS_E_INTERNAL),
		    bad.len == 65 ? MLS_E_HPKE_PUBLIC_KEY_INVALID :
		    MLS_E_KEM_OUTPUT_LENGTH, "case %d", i);
	}
	mls__key_free(key);
}

/* Each as a recipient's key and as a KEM output. */
static void
refused(const struct mls_suite *s, struct mls_buf point)
{
	static const uint8_t seed[66] = { 1 }, ct[32];
	struct mls_hpke_info info = prepared(s);
	uint8_t enc[66], out[48];
	struct mls_hpke_job job = { point, seed, TEXT(""), TEXT("x"), enc,
		out, 0 };
	struct mls_privkey *key;

	cr_assert_eq(mls__key_generate_kem(&key, s), 0);
	cr_assert_eq(mls__kem_check_public(s, point), MLS_E_HPKE_DH_ZERO);
	cr_assert_eq(mls__hpke_seal_many(&info, &job, 1), MLS_E_HPKE_DH_ZERO);
	cr_assert_eq(mls__hpke_export_send(out, 32, enc, &info, point, seed,
	    TEXT("")), MLS_E_HPKE_DH_ZERO);
	cr_assert_eq(mls__hpke_open(out, &info, key, point, TEXT(""),
	    mls__buf(ct, 32), MLS_E_INTERNAL), MLS_E_HPKE_DH_ZERO);
	mls__key_free(key);
}

Test(hpke, CRYPT_03_low_order_points)
{
	static const char *const low[] = {
		"0000000000000000000000000000000000000000000000000000000000000000",
		"0100000000000000000000000000000000000000000000000000000000000000",
		"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
		"5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
		"ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
		"eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
	};
	uint8_t p448[56];
	struct bytes b;
	size_t i;

	for (i = 0; i < sizeof(low) / sizeof(low[0]); i++) {
		b = hex(low[i]);
		refused(suite(1), BUF(b));
		b.data[31] |= 0x80;
		refused(suite(3), BUF(b));
	}
	memset(p448, 0, 56);
	refused(suite(4), mls__buf(p448, 56)); /* 0 */
	p448[0] = 1;
	refused(suite(4), mls__buf(p448, 56)); /* 1 */
	memset(p448, 0xff, 56);
	p448[28] = 0xfe;
	refused(suite(4), mls__buf(p448, 56)); /* p */
	p448[0] = 0xfe;
	refused(suite(4), mls__buf(p448, 56)); /* p - 1 */
	memset(p448, 0, 28);
	memset(p448 + 28, 0xff, 28);
	refused(suite(4), mls__buf(p448, 56)); /* p + 1 */
}

static int
zero_decap(void *ctx, const struct mls_key *key, struct mls_buf enc,
    uint8_t *shared)
{
	(void)ctx;
	(void)key;
	(void)enc;
	memset(shared, 0, 32);
	return MLS_P_OK;
}

/* Takes any point. */
static int
lax_decap(void *ctx, const struct mls_key *key, struct mls_buf enc,
    uint8_t *shared)
{
	(void)ctx;
	(void)key;
	(void)enc;
	memset(shared, 1, 32);
	return MLS_P_OK;
}

static int
failing_batch(void *ctx, uint16_t kem, struct mls_encap *v, size_t n)
{
	(void)ctx;
	(void)kem;
	(void)n;
	v[0].status = MLS_P_ARGUMENT;
	return MLS_P_NOMEM;
}

static int
silent_batch(void *ctx, uint16_t kem, struct mls_encap *v, size_t n)
{
	(void)ctx;
	(void)kem;
	(void)v;
	(void)n;
	return MLS_P_OK;
}

Test(hpke, broken_providers)
{
	static struct many m;
	static const uint8_t zero[32];
	const struct mls_suite *s = suite(1);
	struct mls_privkey *key;
	struct mls_hpke_info info;
	uint8_t out[32];
	struct changed c;
	size_t i;

	change(&c, s, &s->kem);
	c.ops.kem_decap = zero_decap;
	c.ops.kem_encap_batch = silent_batch;
	info = prepared(&c.suite);
	cr_assert_eq(mls__key_generate_kem(&key, &c.suite), 0);
	cr_assert_eq(mls__hpke_export_recv(out, 32, &info, key,
	    mls__key_public(key), TEXT("")), MLS_E_HPKE_DH_ZERO);
	c.ops.kem_decap = lax_decap;
	cr_assert_eq(mls__hpke_export_recv(out, 32, &info, key,
	    mls__key_public(key), TEXT("")), 0);
	cr_assert_eq(mls__hpke_export_recv(out, 32, &info, key,
	    mls__buf(zero, 32), TEXT("")), MLS_E_HPKE_DH_ZERO);
	mls__key_free(key);
	make_many(&m, &c.suite);
	cr_assert_eq(mls__hpke_seal_many(&info, m.jobs, MANY),
	    MLS_E_PROVIDER_CONTRACT);
	for (i = 0; i < MANY - 1; i++)
		cr_assert_eq(m.jobs[i].status, MLS_E_PROVIDER_CONTRACT);
	c.ops.kem_encap_batch = failing_batch;
	cr_assert_eq(mls__hpke_seal_many(&info, m.jobs, MANY),
	    MLS_E_HPKE_PUBLIC_KEY_INVALID);
	cr_assert_eq(m.jobs[1].status, MLS_E_OUT_OF_MEMORY);
	free_many(&m);
}
