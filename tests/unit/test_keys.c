/* SPDX-License-Identifier: MIT */
#include "crypto_fixture.h"

#include "crypto/call.h"
#include "crypto/key.h"
#include "crypto/labels.h"

TestSuite(keys, .init = set_up, .fini = tear_down);

static struct mls_writer
written(const struct mls_privkey *key)
{
	struct mls_writer w = { 0 };

	mls__key_write(&w, key);
	cr_assert_eq(w.error, 0);
	return w;
}

Test(keys, generate_and_store)
{
	struct mls_privkey *key, *back;
	const struct mls_suite *s;
	struct mls_writer w;
	struct mls_reader r;
	uint16_t number;
	int kem;

	for (number = 1; number <= 7; number++) {
		s = suite(number);
		for (kem = 0; kem < 2; kem++) {
			cr_assert_eq(kem ? mls__key_generate_kem(&key, s) :
			    mls__key_generate_sign(&key, s), 0);
			cr_assert_eq(key->id,
			    kem ? s->row->kem : s->row->signature);
			w = written(key);
			mls__reader_init(&r, mls__writer_buf(&w));
			cr_assert_eq(mls__key_read(&back, &r, s), 0);
			cr_assert_eq(mls__reader_end(&r), 0);
			cr_assert(mls__equal(mls__key_public(key),
			    mls__key_public(back)));
			mls__writer_free(&w);
			mls__key_free(key);
			mls__key_free(back);
		}
	}
}

Test(keys, stored_for_another_suite)
{
	struct mls_privkey *key, *back = NULL;
	struct mls_writer w;
	struct mls_reader r;

	cr_assert_eq(mls__key_generate_sign(&key, suite(1)), 0);
	w = written(key);
	mls__reader_init(&r, mls__writer_buf(&w));
	cr_assert_eq(mls__key_read(&back, &r, suite(2)),
	    MLS_E_SIGNER_SCHEME_MISMATCH);
	mls__writer_free(&w);
	mls__key_free(key);
	cr_assert_eq(mls__key_generate_kem(&key, suite(1)), 0);
	w = written(key);
	mls__reader_init(&r, mls__writer_buf(&w));
	cr_assert_eq(mls__key_read(&back, &r, suite(2)),
	    MLS_E_PRIVATE_KEY_MISMATCH);
	mls__writer_free(&w);
	mls__key_free(key);
	cr_assert_null(back);
}

Test(keys, every_cut)
{
	struct mls_privkey *key, *back = NULL;
	const struct mls_suite *s = suite(2);
	struct mls_writer w;
	struct mls_reader r;
	size_t i;

	cr_assert_eq(mls__key_generate_sign(&key, s), 0);
	w = written(key);
	for (i = 0; i < w.len; i++) {
		mls__reader_init(&r, mls__buf(w.data, i));
		cr_assert_neq(mls__key_read(&back, &r, s), 0);
		cr_assert_null(back);
	}
	w.data[1] = MLS_ROLE_HASH;
	mls__reader_init(&r, mls__writer_buf(&w));
	cr_assert_eq(mls__key_read(&back, &r, s), MLS_E_STORE_IO);
	w.data[1] = MLS_ROLE_SIGN;
	w.data[4] = 9;
	mls__reader_init(&r, mls__writer_buf(&w));
	cr_assert_eq(mls__key_read(&back, &r, s), MLS_E_STORE_IO);
	mls__writer_free(&w);
	mls__key_free(key);
}

static int
save_ref(void *ctx, const struct mls_key *key, uint32_t *kind, uint8_t *blob,
    size_t *len)
{
	(void)ctx;
	(void)key;
	if (*len < 600)
		return MLS_P_SPACE;
	memset(blob, 'r', 600);
	*len = 600;
	*kind = MLS_KEY_REF;
	return MLS_P_OK;
}

/* A reference carries its owner's name, and goes nowhere else. */
Test(keys, references)
{
	const struct mls_suite *s = suite(1);
	struct mls_privkey *key, *back = NULL;
	struct changed c;
	struct mls_writer w;
	struct mls_reader r;

	change(&c, s, &s->sign);
	c.ops.key_save = save_ref;
	c.inst.name = "acme";
	cr_assert_eq(mls__key_generate_sign(&key, &c.suite), 0);
	w = written(key);
	cr_assert_eq(w.len, 5 + 5 + 2 + 600);
	cr_assert_arr_eq(w.data + 5, "\4acme", 5);
	mls__reader_init(&r, mls__writer_buf(&w));
	cr_assert_eq(mls__key_read(&back, &r, s), MLS_E_PROVIDER_KEY_OWNER);
	cr_assert_null(back);
	mls__writer_free(&w);
	mls__key_free(key);
}

Test(keys, short_scalars)
{
	const struct mls_suite *s = suite(5), *s1 = suite(1);
	uint8_t full[66] = { 0 };
	struct mls_privkey *a, *b;
	uint16_t role;

	memset(full + 1, 0x42, 65);
	for (role = MLS_ROLE_KEM; role <= MLS_ROLE_SIGN; role += 3) {
		cr_assert_eq(mls__key_import(&a, s, role, mls__buf(full, 66)),
		    0);
		cr_assert_eq(mls__key_import(&b, s, role,
		    mls__buf(full + 1, 65)), 0);
		cr_assert_eq(mls__key_public(a).len, 133);
		cr_assert(mls__equal(mls__key_public(a),
		    mls__key_public(b)));
		mls__key_free(a);
		mls__key_free(b);
		/* zero, above the order, empty, long; EdDSA never padded */
		memset(full, 0xff, 66);
		a = NULL;
		cr_assert_eq(mls__key_import(&a, s, role, mls__buf(full, 66)),
		    MLS_E_ARGUMENT);
		memset(full, 0, 66);
		cr_assert_eq(mls__key_import(&a, s, role, mls__buf(full, 66)),
		    MLS_E_ARGUMENT);
		cr_assert_eq(mls__key_import(&a, s, role, mls__buf(full, 0)),
		    MLS_E_ARGUMENT);
		cr_assert_eq(mls__key_import(&a, s1, role,
		    mls__buf(full, 31)), MLS_E_ARGUMENT);
		cr_assert_eq(mls__key_import(&a, s1, role,
		    mls__buf(full, 33)), MLS_E_ARGUMENT);
		cr_assert_null(a);
		memset(full + 1, 0x42, 65);
	}
}

/* Big numbers come with a zero in front where their sign is kept. */
Test(keys, long_scalars)
{
	const struct mls_suite *s = suite(5), *s1 = suite(1);
	uint8_t full[69] = { 0 };
	struct mls_privkey *a = NULL, *b = NULL;
	uint16_t role;

	memset(full + 4, 0x42, 65);
	for (role = MLS_ROLE_KEM; role <= MLS_ROLE_SIGN; role += 3) {
		cr_assert_eq(mls__key_import(&a, s, role,
		    mls__buf(full + 3, 66)), 0);
		cr_assert_eq(mls__key_import(&b, s, role,
		    mls__buf(full, 69)), 0);
		cr_assert(mls__equal(mls__key_public(a),
		    mls__key_public(b)));
		mls__key_free(a);
		mls__key_free(b);
		a = NULL;
		full[0] = 1;
		cr_assert_eq(mls__key_import(&a, s, role,
		    mls__buf(full, 69)), MLS_E_ARGUMENT);
		full[0] = 0;
		cr_assert_eq(mls__key_import(&a, s1, role,
		    mls__buf(full, 33)), MLS_E_ARGUMENT);
		cr_assert_null(a);
	}
}

Test(keys, CRYPT_12_signer_of_another_scheme)
{
	const struct mls_suite *s = suite(2);
	struct mls_privkey *key;
	uint8_t sig[256];
	size_t len = sizeof(sig);

	cr_assert_eq(mls__key_generate_sign(&key, suite(1)), 0);
	cr_assert_eq(mls__sign_with_label(sig, &len, s, key, "x", TEXT("y")),
	    MLS_E_SIGNER_SCHEME_MISMATCH);
	cr_assert_eq(mls__key_ref(key), key);
	mls__key_free(key);
	cr_assert_eq(mls__sign_with_label(sig, &len, suite(1), key, "x",
	    TEXT("y")), 0);
	len = 10;
	cr_assert_eq(mls__sign_with_label(sig, &len, suite(1), key, "x",
	    TEXT("y")), MLS_E_BUFFER_TOO_SMALL);
	cr_assert_eq(len, 10);
	mls__key_free(key);
	mls__key_free(NULL);
}

static int
refuse(void *ctx, uint16_t role, uint16_t id, struct mls_buf priv,
    struct mls_key **out)
{
	unsigned *calls = ctx;

	(void)role;
	(void)id;
	(void)priv;
	(void)out;
	++*calls;
	return MLS_P_ARGUMENT;
}

static int
short_public(void *ctx, const struct mls_key *key, uint8_t *pub, size_t *len)
{
	(void)ctx;
	(void)key;
	(void)pub;
	*len = 31;
	return MLS_P_OK;
}

static int
long_signature(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len)
{
	(void)ctx;
	(void)key;
	(void)msg;
	(void)sig;
	++*len;
	return MLS_P_OK;
}

static int
zero_signature(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len)
{
	(void)ctx;
	(void)key;
	(void)msg;
	memset(sig, 0, 64);
	*len = 64;
	return MLS_P_OK;
}

static int
huge_blob(void *ctx, const struct mls_key *key, uint32_t *kind, uint8_t *blob,
    size_t *len)
{
	(void)ctx;
	(void)key;
	(void)blob;
	*kind = MLS_KEY_RAW;
	++*len;
	return MLS_P_OK;
}

/* Providers that break the contract. */
Test(keys, broken_providers)
{
	const struct mls_suite *s = suite(1);
	struct mls_privkey *key = NULL;
	struct mls_writer w = { 0 };
	struct changed c;
	unsigned calls = 0;
	uint8_t sig[256];
	size_t len = sizeof(sig);

	change(&c, s, &s->sign);
	c.ops.key_import = refuse;
	c.inst.ctx = &calls;
	cr_assert_eq(mls__key_generate_sign(&key, &c.suite),
	    MLS_E_PROVIDER_CONTRACT);
	cr_assert_eq(calls, 64);
	change(&c, s, &s->sign);
	c.ops.key_public = short_public;
	cr_assert_eq(mls__key_generate_sign(&key, &c.suite),
	    MLS_E_PROVIDER_CONTRACT);
	cr_assert_null(key);
	change(&c, s, &s->sign);
	cr_assert_eq(mls__key_generate_sign(&key, &c.suite), 0);
	c.ops.sign = long_signature;
	cr_assert_eq(mls__sign_with_label(sig, &len, s, key, "x", TEXT("y")),
	    MLS_E_PROVIDER_CONTRACT);
	c.ops.sign = zero_signature;
	cr_assert_eq(mls__sign_with_label(sig, &len, s, key, "x", TEXT("y")),
	    MLS_E_PROVIDER_CONTRACT);
	cr_assert_eq(len, sizeof(sig));
	c.ops.sign = NULL;
	cr_assert_eq(mls__sign_with_label(sig, &len, s, key, "x", TEXT("y")),
	    MLS_E_PROVIDER_MISSING);
	c.ops.key_save = huge_blob;
	mls__key_write(&w, key);
	cr_assert_eq(w.error, MLS_E_PROVIDER_CONTRACT);
	mls__writer_free(&w);
	mls__key_free(key);
}
