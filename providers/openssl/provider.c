/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <openssl/provider.h>
#include <openssl/rand.h>

#include "common/algs.h"
#include "common/start.h"

#define COUNT(a) (int)(sizeof(a) / sizeof((a)[0]))

static const struct mls_alg algs[] = { MLS_ALGS_RFC9420 };

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

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	struct instance *in;
	const char *missing;
	int rc = mls__no_params(host, params, n);

	if (rc != MLS_P_OK)
		return rc;
	in = OPENSSL_zalloc(sizeof(*in));
	if (in == NULL)
		return MLS_P_NOMEM;
	in->soft = (struct mls_soft){ &mls__ossl_soft, algs,
	    sizeof(algs) / sizeof(algs[0]) };
	quiet_begin();
	in->lib = OSSL_LIB_CTX_new();
	missing = in->lib == NULL ? "a library context" : fetch(in);
	rc = missing == NULL ? MLS_P_OK : mls__refused(MLS_P_UNSUPPORTED);
	quiet_end();
	if (rc != MLS_P_OK) {
		if (rc != MLS_P_NOMEM)
			mls__say(host, MLS_LOG_ERROR,
			    "libcrypto does not offer", missing);
		fini(in);
		return rc;
	}
	*ctx = in;
	return MLS_P_OK;
}

static const struct mls_crypto_ops ops = {
	.size = sizeof(ops),
	MLS_SOFT_OPS,
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
