/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <stdio.h>

/* role, id, public, secret, output, aux, seed */
static const struct mls_alg algs[] = {
	{ MLS_ROLE_KEM, KEM_X25519, 32, 32, 32, 32, 32, 0, 0 },
	{ MLS_ROLE_AEAD, AEAD_CHACHA, 0, 32, 16, 12, 0, 0, 0 },
	{ MLS_ROLE_HASH, 1, 0, 0, 32, 0, 0, 0, 0 },
	{ MLS_ROLE_HASH, 3, 0, 0, 64, 0, 0, 0, 0 },
	{ MLS_ROLE_SIGN, SIG_ED25519, 32, 32, 64, 0, 0, 0, 0 },
	{ MLS_ROLE_VERIFY, SIG_ED25519, 32, 0, 64, 0, 0, 0, 0 },
};

static size_t
algorithms(void *ctx, const struct mls_alg **list)
{
	(void)ctx;
	*list = algs;
	return sizeof(algs) / sizeof(algs[0]);
}

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	char text[160] = "libsodium does not start";
	int rc = MLS_P_OK;

	if (n > 0) {
		snprintf(text, sizeof(text), "unknown parameter: %s",
		    params[0].name);
		rc = MLS_P_ARGUMENT;
	} else if (sodium_init() < 0) {
		rc = MLS_P_UNSUPPORTED;
	}
	if (rc == MLS_P_OK)
		*ctx = NULL;
	else if (host != NULL && MLS_HAS(host, log))
		host->log(host->self, MLS_LOG_ERROR, text);
	return rc;
}

static void
fini(void *ctx)
{
	(void)ctx;
}

static const struct mls_crypto_ops ops = {
	.size = sizeof(ops),
	.algorithms = algorithms,
	.key_generate = mls__sodium_key_generate,
	.key_derive = mls__sodium_key_derive,
	.key_import = mls__sodium_key_import,
	.key_load = mls__sodium_key_import,
	.key_save = mls__sodium_key_save,
	.key_public = mls__sodium_key_public,
	.key_destroy = mls__sodium_key_destroy,
	.key_release = mls__sodium_key_release,
	.kem_encap = mls__sodium_kem_encap,
	.kem_decap = mls__sodium_kem_decap,
	.kem_check_public = mls__sodium_kem_check_public,
	.sign = mls__sodium_sign,
	.verify = mls__sodium_verify,
	.hash = mls__sodium_hash,
	.hmac = mls__sodium_hmac,
	.aead_seal = mls__sodium_aead_seal,
	.aead_open = mls__sodium_aead_open,
};

MLS_PROVIDER(sodium) = {
	MLS_PROVIDER_HEADER,
	.name = "sodium",
	.version = PACKAGE_VERSION,
	.vendor = "libmls",
	.init = init,
	.fini = fini,
	.crypto = &ops,
};
