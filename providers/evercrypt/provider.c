/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <pthread.h>
#include <stdlib.h>

#include <EverCrypt_AutoConfig2.h>

#include "common/algs.h"
#include "common/start.h"

/* What some processors lack comes last. */
#define AES_ROWS 2
static const struct mls_alg algs[] = {
	MLS_ALG_KEM_P256, MLS_ALG_KEM_X25519,
	MLS_ALG_CHACHA,
	MLS_ALG_SHA256, MLS_ALG_SHA384, MLS_ALG_SHA512,
	MLS_ALG_SIGN_P256, MLS_ALG_SIGN_ED25519,
	MLS_ALG_VERIFY_P256, MLS_ALG_VERIFY_ED25519,
	MLS_ALG_AES_128_GCM, MLS_ALG_AES_256_GCM,
};

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	/* It notes what the processor can do, for the whole process. */
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct mls_soft *self;
	int rc = mls__no_params(host, params, n);

	if (rc != MLS_P_OK)
		return rc;
	self = malloc(sizeof(*self));
	if (self == NULL)
		return MLS_P_NOMEM;
	*self = (struct mls_soft){ &mls__ever_soft, algs,
	    sizeof(algs) / sizeof(algs[0]) };
	pthread_once(&once, EverCrypt_AutoConfig2_init);
	if (!mls__ever_has_aes()) {
		self->n_algs -= AES_ROWS;
		mls__say(host, MLS_LOG_INFO, "AES-GCM is not offered",
		    "EverCrypt has none for this processor");
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
	.sign = mls__ever_sign,
	.verify = mls__ever_verify,
	.hash = mls__ever_hash,
	.hmac = mls__ever_hmac,
	.aead_seal = mls__ever_aead_seal,
	.aead_open = mls__ever_aead_open,
	.hkdf_expand = mls__ever_hkdf_expand,
};

MLS_PROVIDER(evercrypt) = {
	MLS_PROVIDER_HEADER,
	.name = "evercrypt",
	.version = PACKAGE_VERSION,
	.vendor = "libmls",
	.init = init,
	.fini = fini,
	.crypto = &ops,
};
