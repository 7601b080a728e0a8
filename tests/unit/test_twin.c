/* SPDX-License-Identifier: MIT */
/* Cross-check mode: openssl, checked by gcrypt, and by a gcrypt that lies. */
#include "crypto_fixture.h"

#include <stdio.h>

#include "crypto/hpke.h"
#include "crypto/kem.h"
#include "crypto/labels.h"

static char logged[4096];
static const struct mls_crypto_ops *honest;

static void
log_line(void *payload, int level, const char *text)
{
	(void)payload;
	if (level <= MLS_LOG_WARNING)
		snprintf(logged + strlen(logged), sizeof(logged) -
		    strlen(logged), "%s\n", text);
}

static void
open_with(const char *config)
{
	struct mls_plugins_options options = {
		.no_files = true,
		.config_text = config,
		.provider_dir = getenv("MLS_TEST_PROVIDERDIR"),
		.log = log_line,
	};

	logged[0] = '\0';
	cr_assert_eq(mls__plugins_new(&plugins, &options), 0);
	cr_assert_eq(mls__crypto_new(&crypto, plugins), 0);
}

static void
set_up_twin(void)
{
	open_with("[route]\ncrypto = openssl\nverify-with = gcrypt\n");
}

TestSuite(twin, .init = set_up_twin, .fini = tear_down);

/* All that the layers above do with a suite; the first error. */
static int
exercise(const struct mls_suite *s)
{
	static const uint8_t ikm[66] = { 1, 2, 3 };
	uint8_t out[256], pt[64], sig[256], enc[133], ct[64];
	struct mls_hpke_info info;
	struct mls_hpke_job job = { .seed = ikm, .plaintext = TEXT("text"),
		.enc = enc, .ct = ct };
	struct mls_privkey *kem = NULL, *signer = NULL;
	struct mls_buf text = TEXT("some text");
	size_t len = sizeof(sig);
	struct mls_verify_job v = { .label = "L", .content = text,
		.error = MLS_E_LEAF_SIGNATURE };
	int rc;

	if ((rc = mls__hash(out, s, &text, 1)) != 0 ||
	    (rc = mls__hmac(out, s, text, &text, 1)) != 0 ||
	    (rc = mls__kdf_expand(out, 100, s, mls__buf(ikm, s->nh),
	    text)) != 0 ||
	    (rc = mls__aead_seal(out, s, ikm, ikm, text, text)) != 0 ||
	    (rc = mls__aead_open(pt, s, ikm, ikm, text, mls__buf(out,
	    text.len + s->nt), MLS_E_CONTENT_DECRYPT)) != 0)
		return rc;
	out[0] ^= 1;
	rc = mls__aead_open(pt, s, ikm, ikm, text, mls__buf(out, text.len +
	    s->nt), MLS_E_CONTENT_DECRYPT);
	if (rc != MLS_E_CONTENT_DECRYPT)
		return rc;
	rc = mls__key_derive(&kem, s, mls__buf(ikm, s->nsk));
	if (rc != 0)
		goto out;
	job.pub = mls__key_public(kem);
	if ((rc = mls__kem_check_public(s, job.pub)) != 0 ||
	    (rc = mls__hpke_prepare(&info, s, text)) != 0 ||
	    (rc = mls__hpke_seal_many(&info, &job, 1)) != 0 ||
	    (rc = mls__hpke_open(pt, &info, kem, mls__buf(enc, s->nenc),
	    TEXT(""), mls__buf(ct, 4 + s->nt), MLS_E_CONTENT_DECRYPT)) != 0 ||
	    (rc = mls__key_generate_sign(&signer, s)) != 0 ||
	    (rc = mls__sign_with_label(sig, &len, s, signer, "L",
	    text)) != 0)
		goto out;
	v.pub = mls__key_public(signer);
	v.sig = mls__buf(sig, len);
	rc = mls__verify_with_label(s, &v);
	if (rc != 0)
		goto out;
	v.label = "M";
	rc = mls__verify_with_label(s, &v);
	rc = rc == MLS_E_LEAF_SIGNATURE ? 0 : rc;
out:
	mls__key_free(kem);
	mls__key_free(signer);
	return rc;
}

Test(twin, honest)
{
	uint16_t n;

	for (n = 1; n <= 7; n++) {
		cr_expect_str_eq(suite(n)->second[MLS_ROLE_SIGN]->name,
		    "gcrypt");
		cr_expect_eq(exercise(suite(n)), 0, "suite %u", n);
	}
	cr_expect_str_eq(logged, "");
}

static int
bad_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	int st = honest->hash(ctx, kdf, in, n, out);

	out[7] ^= 1;
	return st;
}

static int
bad_hmac(void *ctx, uint16_t kdf, struct mls_buf key, const struct mls_buf *in,
    size_t n, uint8_t *out)
{
	int st = honest->hmac(ctx, kdf, key, in, n, out);

	out[7] ^= 1;
	return st;
}

static int
bad_seal(void *ctx, uint16_t aead, const uint8_t *key, const uint8_t *nonce,
    struct mls_buf aad, struct mls_buf pt, uint8_t *ct)
{
	int st = honest->aead_seal(ctx, aead, key, nonce, aad, pt, ct);

	ct[pt.len] ^= 1;
	return st;
}

/* Takes what is not genuine. */
static int
bad_open(void *ctx, uint16_t aead, const uint8_t *key, const uint8_t *nonce,
    struct mls_buf aad, struct mls_buf ct, uint8_t *pt)
{
	honest->aead_open(ctx, aead, key, nonce, aad, ct, pt);
	return MLS_P_OK;
}

static int
bad_derive(void *ctx, uint16_t kem, struct mls_buf ikm, struct mls_key **out)
{
	ikm.len--;
	return honest->key_derive(ctx, kem, ikm, out);
}

static int
bad_encap(void *ctx, uint16_t kem, struct mls_buf pub, const uint8_t *seed,
    uint8_t *enc, uint8_t *shared)
{
	int st = honest->kem_encap(ctx, kem, pub, seed, enc, shared);

	shared[0] ^= 1;
	return st;
}

static int
bad_decap(void *ctx, const struct mls_key *key, struct mls_buf enc,
    uint8_t *shared)
{
	int st = honest->kem_decap(ctx, key, enc, shared);

	shared[0] ^= 1;
	return st;
}

static int
bad_check(void *ctx, uint16_t kem, struct mls_buf pub)
{
	(void)ctx, (void)kem, (void)pub;
	return MLS_P_ARGUMENT;
}

static int
bad_verify(void *ctx, uint16_t scheme, struct mls_buf pub, struct mls_buf msg,
    struct mls_buf sig)
{
	(void)ctx, (void)scheme, (void)pub, (void)msg, (void)sig;
	return MLS_P_OK;
}

static int
weak_verify(void *ctx, uint16_t scheme, struct mls_buf pub, struct mls_buf msg,
    struct mls_buf sig)
{
	(void)ctx, (void)scheme, (void)pub, (void)msg, (void)sig;
	return MLS_P_VERIFY;
}

static int
broken_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	(void)ctx, (void)kdf, (void)in, (void)n, (void)out;
	return MLS_P_GONE;
}

/* The suite with one operation of the second provider changed. */
static int
lying(uint16_t number, const struct mls_crypto_ops *lie)
{
	struct mls_suite s = *suite(number);
	struct mls_instance inst = *s.second[MLS_ROLE_KEM];
	struct mls_provider desc = *inst.desc;
	struct mls_crypto_ops ops;
	uint16_t role;

	honest = desc.crypto;
	memcpy(&ops, honest, sizeof(ops));
#define LIE(op) \
	if (lie->op != NULL) \
		ops.op = lie->op
	LIE(hash);
	LIE(hmac);
	LIE(aead_seal);
	LIE(aead_open);
	LIE(key_derive);
	LIE(kem_encap);
	LIE(kem_decap);
	LIE(kem_check_public);
	LIE(verify);
#undef LIE
	desc.crypto = &ops;
	inst.desc = &desc;
	for (role = MLS_ROLE_KEM; role <= MLS_ROLE_VERIFY; role++)
		s.second[role] = &inst;
	logged[0] = '\0';
	return exercise(&s);
}

static void
expect_lie(const struct mls_crypto_ops *lie, const char *said)
{
	cr_expect_eq(lying(1, lie), MLS_E_PROVIDER_DISAGREEMENT, "%s", said);
	cr_expect_not_null(strstr(logged, said), "no '%s' in: %s", said,
	    logged);
}

Test(twin, lies)
{
	const struct mls_crypto_ops lies[] = {
		{ .hash = bad_hash }, { .hmac = bad_hmac },
		{ .aead_seal = bad_seal }, { .aead_open = bad_open },
		{ .key_derive = bad_derive }, { .kem_encap = bad_encap },
		{ .kem_decap = bad_decap }, { .kem_check_public = bad_check },
		{ .verify = bad_verify }, { .verify = weak_verify },
	};
	static const char *const said[] = {
		"openssl and gcrypt disagree on hash of hash 0x0001 (SHA-256)",
		"disagree on hmac of hash",
		"disagree on seal of aead 0x0001 (AES-128-GCM)",
		"disagree on open of aead",
		"disagree on the derivation of a key of kem 0x0020",
		"disagree on encapsulation of kem",
		"disagree on decapsulation of kem",
		"disagree on the check of a public key of kem",
		"disagree on the check of a signature of verify 0x0807",
		"disagree on a signature of sign 0x0807",
	};
	const struct mls_crypto_ops broken = { .hash = broken_hash };
	size_t i;

	for (i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		expect_lie(&lies[i], said[i]);
	cr_expect_eq(lying(1, &broken), MLS_E_PROVIDER_FAILED);
	cr_expect_not_null(strstr(logged, "gcrypt, which checks others, "
	    "failed in hash of hash"), "%s", logged);
}

/* Of the suite before [route]; what nobody else offers is said. */
Test(twin, config)
{
	const struct mls_suite *s;

	tear_down();
	open_with("[route]\ncrypto = openssl\n[suite 1]\n"
	    "verify-with = openssl\n[suite 2]\nverify-with = nobody\n"
	    "[suite 3]\nverify-with = openssl, gcrypt\n");
	cr_expect_null(suite(1)->second[MLS_ROLE_HASH]);
	cr_expect_not_null(strstr(logged, "options:4: [suite 0x0001] "
	    "verify-with: nobody but openssl offers aead 0x0001 of suite "
	    "0x0001, which is not checked"), "%s", logged);
	cr_expect_eq(mls__crypto_suite(&s, crypto, 2),
	    MLS_E_UNSUPPORTED_CIPHER_SUITE);
	cr_expect_not_null(strstr(logged, "options:6: [suite 0x0002] "
	    "verify-with = 'nobody': no such provider"), "%s", logged);
	cr_expect_str_eq(suite(3)->second[MLS_ROLE_KEM]->name, "gcrypt");
	cr_expect_null(suite(4)->second[MLS_ROLE_KEM]);
}
