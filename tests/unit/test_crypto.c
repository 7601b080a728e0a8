/* SPDX-License-Identifier: MIT */
#include "crypto_basics.h"
#include "crypto_fixture.h"

#include "crypto/labels.h"

TestSuite(crypto, .init = set_up, .fini = tear_down);

static struct mls_secret
secret(const char *text)
{
	struct bytes b = hex(text);
	struct mls_secret s;

	cr_assert_eq(mls__secret_set(&s, BUF(b)), 0);
	return s;
}

Test(crypto, labelled_functions)
{
	const struct mls_suite *s;
	struct mls_secret in, out;
	uint8_t o[MLS_MAX_HASH];
	struct bytes b, want;
	size_t i;

	for (i = 0; i < BASICS; i++) {
		s = suite(basics[i].suite);
		b = hex(basics[i].ref_value);
		want = hex(basics[i].ref_out);
		cr_assert_eq(mls__ref_hash(o, s, "RefHash", BUF(b)), 0);
		EXPECT(o, want);

		in = secret(basics[i].expand_secret);
		b = hex(basics[i].expand_context);
		want = hex(basics[i].expand_out);
		cr_assert_eq(mls__expand_with_label(o, want.len, s, &in,
		    "ExpandWithLabel", BUF(b)), 0);
		EXPECT(o, want);

		in = secret(basics[i].derive_secret);
		want = hex(basics[i].derive_out);
		cr_assert_eq(mls__derive_secret(&out, s, &in, "DeriveSecret"),
		    0);
		cr_assert_eq(out.len, s->nh);
		EXPECT(out.data, want);

		in = secret(basics[i].tree_secret);
		want = hex(basics[i].tree_out);
		cr_assert_eq(mls__derive_tree_secret(o, want.len, s, &in,
		    "DeriveTreeSecret", basics[i].generation), 0);
		EXPECT(o, want);
	}
}

Test(crypto, long_labels_and_contexts)
{
	const struct mls_suite *s = suite(1);
	static uint8_t big[20000];
	struct mls_secret in = secret(basics[0].derive_secret);
	uint8_t a[32], b[32];
	struct mls_buf info;
	struct mls_flat_info {
		uint8_t head[2 + 1 + 8 + 1 + 4];
		uint8_t rest[sizeof(big)];
	} flat = { { 0, 32, 9, 'M', 'L', 'S', ' ', '1', '.', '0', ' ', 'x',
	    0x80, 0x00, sizeof(big) >> 8, sizeof(big) & 0xff }, { 0 } };

	memset(big, 7, sizeof(big));
	memcpy(flat.rest, big, sizeof(big));
	info = mls__buf(&flat, sizeof(flat));
	cr_assert_eq(mls__expand_with_label(a, 32, s, &in, "x",
	    mls__buf(big, sizeof(big))), 0);
	cr_assert_eq(mls__kdf_expand(b, 32, s, mls__secret_buf(&in), info),
	    0);
	cr_assert_arr_eq(a, b, 32);
}

Test(crypto, CRYPT_17_signatures)
{
	struct mls_verify_job job = { .label = "SignWithLabel" };
	const struct mls_suite *s;
	struct mls_privkey *key;
	struct bytes priv, pub, content, sig;
	uint8_t made[256];
	size_t i, len;

	for (i = 0; i < BASICS; i++) {
		s = suite(basics[i].suite);
		priv = hex(basics[i].sign_priv);
		pub = hex(basics[i].sign_pub);
		content = hex(basics[i].content);
		sig = hex(basics[i].signature);
		job = (struct mls_verify_job){ BUF(pub), "SignWithLabel",
			BUF(content), BUF(sig), MLS_E_LEAF_SIGNATURE, 1 };
		cr_assert_eq(mls__check_signature_key(s, BUF(pub)), 0);
		cr_assert_eq(mls__verify_with_label(s, &job), 0);

		cr_assert_eq(mls__key_import(&key, s, MLS_ROLE_SIGN,
		    BUF(priv)), 0);
		cr_assert(mls__equal(mls__key_public(key), BUF(pub)));
		len = sizeof(made);
		cr_assert_eq(mls__sign_with_label(made, &len, s, key,
		    "SignWithLabel", BUF(content)), 0);
		cr_assert_leq(len, s->max_sig);
		job.sig = mls__buf(made, len);
		cr_assert_eq(mls__verify_with_label(s, &job), 0);

		/* CRYPT-17 */
		job.label = "FramedContentTBS";
		cr_assert_eq(mls__verify_with_label(s, &job),
		    MLS_E_LEAF_SIGNATURE);
		job.label = "SignWithLabel";
		job.content.len--;
		cr_assert_eq(mls__verify_with_label(s, &job),
		    MLS_E_LEAF_SIGNATURE);
		cr_assert_eq(job.status, MLS_E_LEAF_SIGNATURE);
		mls__key_free(key);
	}
}

Test(crypto, many_signatures)
{
	struct mls_verify_job jobs[40];
	const struct mls_suite *s = suite(1);
	struct bytes pub = hex(basics[0].sign_pub);
	struct bytes content = hex(basics[0].content);
	struct bytes sig = hex(basics[0].signature), bad = sig;
	uint64_t before;
	size_t i;

	for (i = 0; i < 40; i++)
		jobs[i] = (struct mls_verify_job){ BUF(pub), "SignWithLabel",
			BUF(content), BUF(sig), MLS_E_LEAF_SIGNATURE, 1 };
	before = mls__counted(plugins, MLS_COUNT_VERIFY);
	cr_assert_eq(mls__verify_many(s, jobs, 40), 0);
	cr_assert_eq(mls__counted(plugins, MLS_COUNT_VERIFY) - before, 40);
	cr_assert_eq(mls__verify_many(s, jobs, 0), 0);
	bad.data[40] ^= 1;
	jobs[11].sig = BUF(bad);
	jobs[11].error = MLS_E_KEY_PACKAGE_SIGNATURE;
	jobs[30].sig.len--;
	cr_assert_eq(mls__verify_many(s, jobs, 40),
	    MLS_E_KEY_PACKAGE_SIGNATURE);
	for (i = 0; i < 40; i++)
		cr_assert_eq(jobs[i].status, i == 11 ?
		    MLS_E_KEY_PACKAGE_SIGNATURE :
		    i == 30 ? MLS_E_EDDSA_SIGNATURE_MALFORMED : 0);
}

Test(crypto, CRYPT_01_unsupported_suites)
{
	const struct mls_suite *s = NULL;

	cr_assert_eq(mls__crypto_suite(&s, crypto, 0),
	    MLS_E_UNSUPPORTED_CIPHER_SUITE);
	cr_assert_eq(mls__crypto_suite(&s, crypto, 0x0a0a),
	    MLS_E_UNSUPPORTED_CIPHER_SUITE);
	cr_assert_null(s);
	cr_assert_eq(suite(3), suite(3));
}

Test(crypto, suite_without_provider)
{
	static const char row[] = "[provider openssl]\n"
	    "module = openssl.so\n"
	    "[route]\n"
	    "crypto = openssl\n"
	    "[suite 0xF042]\n"
	    "name = PRIVATE_AEAD\n"
	    "kem = 0x0020\n"
	    "kdf = 0x0001\n"
	    "aead = 0x7777\n"
	    "signature = ed25519\n";
	struct mls_plugins_options options = {
		.no_files = true, .config_text = row,
		.provider_dir = getenv("MLS_TEST_PROVIDERDIR"),
	};
	const struct mls_suite *s = NULL;
	struct mls_plugins *p;
	struct mls_crypto *c;

	cr_assert_eq(mls__plugins_new(&p, &options), 0);
	cr_assert_eq(mls__crypto_new(&c, p), 0);
	cr_assert_eq(mls__crypto_plugins(c), p);
	cr_assert_eq(mls__crypto_suite(&s, c, 0xf042),
	    MLS_E_UNSUPPORTED_CIPHER_SUITE);
	cr_assert_eq(mls__crypto_suite(&s, c, 0xf042),
	    MLS_E_UNSUPPORTED_CIPHER_SUITE);
	cr_assert_eq(mls__crypto_suite(&s, c, 1), 0);
	mls__crypto_free(c);
	mls__plugins_free(p);
	mls__crypto_free(NULL);
}

/* RFC 5869 A.1 and A.2, CRYPT-10 */
Test(crypto, CRYPT_10_kdf)
{
	static uint8_t big[65536];
	const struct mls_suite *s = suite(1), *s5 = suite(5);
	struct bytes ikm = hex("0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b");
	struct bytes salt = hex("000102030405060708090a0b0c");
	struct bytes info = hex("f0f1f2f3f4f5f6f7f8f9");
	struct bytes okm = hex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a"
	    "5a4c5db02d56ecc4c5bf34007208d5b887185865");
	struct mls_secret prk;
	uint8_t out[42];

	cr_assert_eq(mls__kdf_extract(&prk, s, BUF(salt), BUF(ikm)), 0);
	cr_assert_eq(mls__kdf_expand(out, 42, s, mls__secret_buf(&prk),
	    BUF(info)), 0);
	EXPECT(out, okm);
	cr_assert_eq(mls__kdf_expand(big, 255 * 32, s, mls__secret_buf(&prk),
	    BUF(info)), 0);
	cr_assert_eq(mls__kdf_expand(big, 255 * 32 + 1, s,
	    mls__secret_buf(&prk), BUF(info)), MLS_E_KDF_LENGTH);
	cr_assert_eq(mls__kdf_expand(big, 255 * 64, s5,
	    mls__secret_buf(&prk), BUF(info)), 0);
	cr_assert_eq(mls__expand_with_label(big, 65536, s5, &prk, "x",
	    BUF(info)), MLS_E_KDF_LENGTH);
	cr_assert_eq(mls__expand_with_label(big, 255 * 32 + 1, s, &prk, "x",
	    BUF(info)), MLS_E_KDF_LENGTH);
}

Test(crypto, composed_expand_is_the_same)
{
	static uint8_t a[255 * 64], b[255 * 64];
	static const size_t lens[] = { 1, 31, 32, 33, 64, 65, 100, 255 * 32 };
	struct mls_buf prk = TEXT("a pseudorandom key of no great worth");
	const struct mls_suite *s;
	struct changed c;
	uint16_t number;
	size_t i;

	for (number = 1; number <= 7; number += 3) {
		s = suite(number);
		change(&c, s, &s->hash);
		c.ops.hkdf_expand = NULL;
		for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
			cr_assert_eq(mls__kdf_expand(a, lens[i], s, prk,
			    TEXT("info")), 0);
			cr_assert_eq(mls__kdf_expand(b, lens[i], &c.suite,
			    prk, TEXT("info")), 0);
			cr_assert_arr_eq(a, b, lens[i]);
		}
		cr_assert_eq(mls__kdf_expand(b, 255 * s->nh, &c.suite, prk,
		    TEXT("info")), 0);
	}
}

Test(crypto, mac_is_hmac)
{
	const struct mls_suite *s = suite(1);
	/* RFC 4231 §4.3 */
	struct mls_buf in[2] = { TEXT("what do ya want "),
		TEXT("for nothing?") };
	struct bytes want = hex("5bdcc146bf60754e6a042426089575c75a003f089d27"
	    "39839dec58b964ec3843");
	struct mls_secret key, out;
	uint8_t o[32];

	cr_assert_eq(mls__hmac(o, s, TEXT("Jefe"), in, 2), 0);
	EXPECT(o, want);
	cr_assert_eq(mls__secret_set(&key, TEXT("Jefe")), 0);
	cr_assert_eq(mls__mac(&out, s, &key,
	    TEXT("what do ya want for nothing?")), 0);
	cr_assert_eq(out.len, 32);
	EXPECT(out.data, want);
}

Test(crypto, CRYPT_08_aead)
{
	static const uint8_t key[32], nonce[12];
	uint16_t number;

	for (number = 1; number <= 7; number++) {
		const struct mls_suite *s = suite(number);
		uint8_t ct[5 + 16], pt[5], keep[21];
		size_t i;

		cr_assert_eq(s->nt, 16);
		cr_assert_eq(mls__aead_seal(ct, s, key, nonce, TEXT("aad"),
		    TEXT("hello")), 0);
		memcpy(keep, ct, sizeof(ct));
		cr_assert_eq(mls__aead_open(pt, s, key, nonce, TEXT("aad"),
		    mls__buf(ct, 21), MLS_E_CONTENT_DECRYPT), 0);
		cr_assert_arr_eq(pt, "hello", 5);
		cr_assert_eq(mls__aead_open(pt, s, key, nonce, TEXT("oad"),
		    mls__buf(ct, 21), MLS_E_CONTENT_DECRYPT),
		    MLS_E_CONTENT_DECRYPT);
		/* In place: refused, it leaves the ciphertext alone. */
		cr_assert_eq(mls__aead_open(ct, s, key, nonce, TEXT("oad"),
		    mls__buf(ct, 21), MLS_E_CONTENT_DECRYPT),
		    MLS_E_CONTENT_DECRYPT);
		cr_assert_arr_eq(ct, keep, 21);
		for (i = 0; i < 16; i++)
			cr_assert_eq(mls__aead_open(pt, s, key, nonce,
			    TEXT("aad"), mls__buf(ct, i),
			    MLS_E_CONTENT_DECRYPT), MLS_E_CIPHERTEXT_LENGTH);
	}
}

Test(crypto, random)
{
	const struct mls_suite *s = suite(7);
	struct mls_secret a, b;

	cr_assert_eq(mls__random_secret(&a, s), 0);
	cr_assert_eq(mls__random_secret(&b, s), 0);
	cr_assert_eq(a.len, 48);
	cr_assert(!mls__equal_ct(mls__secret_buf(&a), mls__secret_buf(&b)));
}
