/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <openssl/provider.h>

#include "common/algs.h"
#include "common/start.h"

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
	return NULL;
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
	quiet_end();
	if (missing != NULL) {
		mls__say(host, MLS_LOG_ERROR, "libcrypto does not offer",
		    missing);
		fini(in);
		return MLS_P_UNSUPPORTED;
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
