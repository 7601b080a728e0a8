/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <openssl/provider.h>
#include <openssl/rand.h>

#include <stdio.h>

#include "common/ecdsa.h"

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

/* role, id, public, secret, output, aux, seed */
static const struct mls_alg algs[] = {
	{ MLS_ROLE_KEM, 0x0010, 65, 32, 32, 65, 32, 0, 0 },
	{ MLS_ROLE_KEM, 0x0011, 97, 48, 48, 97, 48, 0, 0 },
	{ MLS_ROLE_KEM, 0x0012, 133, 66, 64, 133, 66, 0, 0 },
	{ MLS_ROLE_KEM, 0x0020, 32, 32, 32, 32, 32, 0, 0 },
	{ MLS_ROLE_KEM, 0x0021, 56, 56, 64, 56, 56, 0, 0 },
	{ MLS_ROLE_AEAD, 1, 0, 16, 16, 12, 0, 0, 0 },
	{ MLS_ROLE_AEAD, 2, 0, 32, 16, 12, 0, 0, 0 },
	{ MLS_ROLE_AEAD, 3, 0, 32, 16, 12, 0, 0, 0 },
	{ MLS_ROLE_HASH, 1, 0, 0, 32, 0, 0, 0, 0 },
	{ MLS_ROLE_HASH, 2, 0, 0, 48, 0, 0, 0, 0 },
	{ MLS_ROLE_HASH, 3, 0, 0, 64, 0, 0, 0, 0 },
	{ MLS_ROLE_SIGN, 0x0403, 65, 32, 72, 0, 0, 0, 0 },
	{ MLS_ROLE_SIGN, 0x0503, 97, 48, 104, 0, 0, 0, 0 },
	{ MLS_ROLE_SIGN, 0x0603, 133, 66, MLS_ECDSA_MAX, 0, 0, 0, 0 },
	{ MLS_ROLE_SIGN, 0x0807, 32, 32, 64, 0, 0, 0, 0 },
	{ MLS_ROLE_SIGN, 0x0808, 57, 57, 114, 0, 0, 0, 0 },
	{ MLS_ROLE_VERIFY, 0x0403, 65, 0, 72, 0, 0, 0, 0 },
	{ MLS_ROLE_VERIFY, 0x0503, 97, 0, 104, 0, 0, 0, 0 },
	{ MLS_ROLE_VERIFY, 0x0603, 133, 0, MLS_ECDSA_MAX, 0, 0, 0, 0 },
	{ MLS_ROLE_VERIFY, 0x0807, 32, 0, 64, 0, 0, 0, 0 },
	{ MLS_ROLE_VERIFY, 0x0808, 57, 0, 114, 0, 0, 0, 0 },
};

static size_t
algorithms(void *ctx, const struct mls_alg **list)
{
	(void)ctx;
	*list = algs;
	return sizeof(algs) / sizeof(algs[0]);
}

/* Frees half-built instances too. */
static void
fini(void *ctx)
{
	struct instance *in = ctx;
	int i;

	if (in == NULL)
		return;
	mls__ossl_aead_fini(in);
	mls__ossl_hash_fini(in);
	for (i = 0; i < MLS_CURVES; i++)
		mls__ossl_curve_fini(&in->curve[i]);
	for (i = 0; i < AEADS; i++)
		EVP_CIPHER_free(in->cipher[i]);
	for (i = 0; i < HASHES; i++)
		EVP_MD_free(in->md[i]);
	if (in->lib != NULL)
		OPENSSL_thread_stop_ex(in->lib);
	OSSL_LIB_CTX_free(in->lib);
	OPENSSL_free(in);
}

/* libcrypto makes the methods of an operation when the first one is asked for.
 * One that it cannot make then, for want of memory, is missing from the
 * context ever after; so all that is used is asked for before it is used.
 * Says what is missing, or NULL. */
static const char *
fetch_lasting(OSSL_LIB_CTX *lib)
{
	static const char *const keys[] = { "EC", "X25519", "X448", "ED25519",
		"ED448" };
	static const char *const exchanges[] = { "X25519", "X448" };
	static const char *const signatures[] = { "ECDSA", "ED25519",
		"ED448" };
	EVP_KEYMGMT *key;
	EVP_KEYEXCH *exchange;
	EVP_SIGNATURE *signature;
	EVP_MD *shake = EVP_MD_fetch(lib, "SHAKE-256", NULL); /* Ed448's */
	unsigned char octet;
	int i;

	if (shake == NULL)
		return "SHAKE-256";
	EVP_MD_free(shake);
	for (i = 0; i < COUNT(keys); i++) {
		key = EVP_KEYMGMT_fetch(lib, keys[i], NULL);
		if (key == NULL)
			return keys[i];
		EVP_KEYMGMT_free(key);
	}
	for (i = 0; i < COUNT(exchanges); i++) {
		exchange = EVP_KEYEXCH_fetch(lib, exchanges[i], NULL);
		if (exchange == NULL)
			return exchanges[i];
		EVP_KEYEXCH_free(exchange);
	}
	for (i = 0; i < COUNT(signatures); i++) {
		signature = EVP_SIGNATURE_fetch(lib, signatures[i], NULL);
		if (signature == NULL)
			return signatures[i];
		EVP_SIGNATURE_free(signature);
	}
	/* ECDSA draws its own. */
	return RAND_priv_bytes_ex(lib, &octet, 1, 0) == 1 ? NULL :
	    "randomness";
}

/* Says what is missing, or NULL. */
static const char *
fetch(struct instance *in)
{
	static const char *const mds[] = { "SHA2-256", "SHA2-384",
		"SHA2-512" };
	static const char *const ciphers[] = { "AES-128-GCM", "AES-256-GCM",
		"ChaCha20-Poly1305" };
	int i;

	for (i = 0; i < HASHES; i++) {
		in->md[i] = EVP_MD_fetch(in->lib, mds[i], NULL);
		if (in->md[i] == NULL)
			return mds[i];
	}
	for (i = 0; i < AEADS; i++) {
		in->cipher[i] = EVP_CIPHER_fetch(in->lib, ciphers[i], NULL);
		if (in->cipher[i] == NULL)
			return ciphers[i];
	}
	for (i = 0; i < MLS_CURVES; i++)
		if (mls__ossl_curve_init(in, i) != MLS_P_OK)
			return "a NIST curve";
	return fetch_lasting(in->lib);
}

static void
complain(const struct mls_host *host, const char *what, const char *name)
{
	char text[160];

	if (host == NULL || !MLS_HAS(host, log))
		return;
	snprintf(text, sizeof(text), "%s: %s", what, name);
	host->log(host->self, MLS_LOG_ERROR, text);
}

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	struct instance *in;
	const char *missing;
	int rc;

	if (n > 0) {
		complain(host, "unknown parameter", params[0].name);
		return MLS_P_ARGUMENT;
	}
	in = OPENSSL_zalloc(sizeof(*in));
	if (in == NULL)
		return MLS_P_NOMEM;
	quiet_begin();
	in->lib = OSSL_LIB_CTX_new();
	missing = in->lib == NULL ? "a library context" : fetch(in);
	rc = missing == NULL ? MLS_P_OK : refused(MLS_P_UNSUPPORTED);
	quiet_end();
	if (rc != MLS_P_OK) {
		if (rc != MLS_P_NOMEM)
			complain(host, "libcrypto does not offer", missing);
		fini(in);
		return rc;
	}
	*ctx = in;
	return MLS_P_OK;
}

static const struct mls_crypto_ops ops = {
	.size = sizeof(ops),
	.algorithms = algorithms,
	.key_generate = mls__ossl_key_generate,
	.key_derive = mls__ossl_key_derive,
	.key_import = mls__ossl_key_import,
	.key_load = mls__ossl_key_import,
	.key_save = mls__ossl_key_save,
	.key_public = mls__ossl_key_public,
	.key_destroy = mls__ossl_key_destroy,
	.key_release = mls__ossl_key_release,
	.kem_encap = mls__ossl_kem_encap,
	.kem_decap = mls__ossl_kem_decap,
	.kem_check_public = mls__ossl_kem_check_public,
	.sign = mls__ossl_sign,
	.verify = mls__ossl_verify,
	.hash = mls__ossl_hash,
	.hmac = mls__ossl_hmac,
	.aead_seal = mls__ossl_aead_seal,
	.aead_open = mls__ossl_aead_open,
	.hkdf_expand = mls__ossl_hkdf_expand,
};

MLS_PROVIDER(openssl) = {
	MLS_PROVIDER_HEADER,
	.name = "openssl",
	.version = PACKAGE_VERSION,
	.vendor = "libmls",
	.init = init,
	.fini = fini,
	.crypto = &ops,
};
