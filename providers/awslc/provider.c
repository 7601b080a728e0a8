/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <stdlib.h>

#include <openssl/rand.h>

#include "common/algs.h"
#include "common/start.h"

static const struct mls_alg algs[] = {
	MLS_ALG_KEM_P256, MLS_ALG_KEM_P384, MLS_ALG_KEM_P521,
	MLS_ALG_KEM_X25519,
	MLS_ALG_AES_128_GCM, MLS_ALG_AES_256_GCM, MLS_ALG_CHACHA,
	MLS_ALG_SHA256, MLS_ALG_SHA384, MLS_ALG_SHA512,
	MLS_ALG_SIGN_P256, MLS_ALG_SIGN_P384, MLS_ALG_SIGN_P521,
	MLS_ALG_SIGN_ED25519,
	MLS_ALG_VERIFY_P256, MLS_ALG_VERIFY_P384, MLS_ALG_VERIFY_P521,
	MLS_ALG_VERIFY_ED25519,
};

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	struct mls_soft *self;
	uint8_t octet;
	int rc = mls__no_params(host, params, n);

	if (rc != MLS_P_OK)
		return rc;
	self = malloc(sizeof(*self));
	if (self == NULL)
		return MLS_P_NOMEM;
	*self = (struct mls_soft){ &mls__aws_soft, algs,
	    sizeof(algs) / sizeof(algs[0]) };
	/* ECDSA draws: what the generator wants, it is to get now. */
	if (RAND_bytes(&octet, 1) != 1) {
		free(self);
		mls__say(host, MLS_LOG_ERROR, "AWS-LC does not offer",
		    "randomness");
		return MLS_P_UNSUPPORTED;
	}
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
	.sign = mls__aws_sign,
	.verify = mls__aws_verify,
	.hash = mls__aws_hash,
	.hmac = mls__aws_hmac,
	.aead_seal = mls__aws_aead_seal,
	.aead_open = mls__aws_aead_open,
	.hkdf_expand = mls__aws_hkdf_expand,
};

MLS_PROVIDER(awslc) = {
	MLS_PROVIDER_HEADER,
	.name = "awslc",
	.version = PACKAGE_VERSION,
	.vendor = "libmls",
	.init = init,
	.fini = fini,
	.crypto = &ops,
};
