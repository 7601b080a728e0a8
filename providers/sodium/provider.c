/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <stdlib.h>

#include "common/algs.h"
#include "common/start.h"

static const struct mls_alg algs[] = {
	MLS_ALG_KEM_X25519, MLS_ALG_CHACHA, MLS_ALG_SHA256, MLS_ALG_SHA512,
	MLS_ALG_SIGN_ED25519, MLS_ALG_VERIFY_ED25519,
};

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	struct mls_soft *self;
	int rc = mls__no_params(host, params, n);

	if (rc != MLS_P_OK)
		return rc;
	if (sodium_init() < 0) {
		mls__say(host, MLS_LOG_ERROR, "libsodium does not start",
		    sodium_version_string());
		return MLS_P_UNSUPPORTED;
	}
	self = malloc(sizeof(*self));
	if (self == NULL)
		return MLS_P_NOMEM;
	*self = (struct mls_soft){ &mls__sodium_soft, algs,
	    sizeof(algs) / sizeof(algs[0]) };
	*ctx = self;
	return MLS_P_OK;
}

static void
fini(void *ctx)
{
	free(ctx);
}

static const struct mls_crypto_ops ops = {
	.size = sizeof(ops),
	MLS_SOFT_OPS,
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
