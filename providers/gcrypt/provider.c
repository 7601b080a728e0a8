/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <pthread.h>
#include "common/algs.h"
#include "common/start.h"

static const struct mls_alg algs[] = { MLS_ALGS_RFC9420 };

/* libgcrypt is one for the whole process, and stays: what an application or
 * another library set up before is left as it is.  Secure memory that is used
 * up grows, instead of an operation failing. */
static void
start_library(void)
{
	if (gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P) ||
	    gcry_check_version(NULL) == NULL)
		return;
	gcry_control(GCRYCTL_DISABLE_SECMEM_WARN);
	gcry_control(GCRYCTL_AUTO_EXPAND_SECMEM, 1u << 18);
	gcry_control(GCRYCTL_INIT_SECMEM, 1u << 18, 0);
	gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
}

/* What was set up before may have disabled it. */
static int
need_secure_memory(const struct mls_host *host)
{
	void *p = gcry_malloc_secure(1);
	bool secure = gcry_is_secure(p);

	gcry_free(p);
	if (p == NULL || secure)
		return p == NULL ? MLS_P_NOMEM : MLS_P_OK;
	mls__say(host, MLS_LOG_ERROR, "libgcrypt's secure memory is disabled",
	    "without it, times tell of private keys");
	return MLS_P_UNSUPPORTED;
}

static void
fini(void *ctx)
{
	if (ctx == NULL)
		return;
	mls__gcry_aead_fini(ctx);
	gcry_free(ctx);
}

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct instance *in;
	int rc = mls__no_params(host, params, n);

	if (rc != MLS_P_OK)
		return rc;
	pthread_once(&once, start_library);
	if (gcry_check_version("1.10.0") == NULL) {
		mls__say(host, MLS_LOG_ERROR, "libgcrypt is older than 1.10.0",
		    gcry_check_version(NULL));
		return MLS_P_UNSUPPORTED;
	}
	rc = need_secure_memory(host);
	if (rc != MLS_P_OK)
		return rc;
	if (mls__gcry_aead_init() != MLS_P_OK)
		return MLS_P_NOMEM;
	in = gcry_calloc(1, sizeof(*in));
	if (in == NULL)
		return MLS_P_NOMEM;
	in->soft = (struct mls_soft){ &mls__gcry_soft, algs,
	    sizeof(algs) / sizeof(algs[0]) };
	*ctx = in;
	return MLS_P_OK;
}

static const struct mls_crypto_ops ops = {
	.size = sizeof(ops),
	MLS_SOFT_OPS,
	.sign = mls__gcry_sign,
	.verify = mls__gcry_verify,
	.hash = mls__gcry_hash,
	.hmac = mls__gcry_hmac,
	.aead_seal = mls__gcry_aead_seal,
	.aead_open = mls__gcry_aead_open,
	.hkdf_expand = mls__gcry_hkdf_expand,
};

MLS_PROVIDER(gcrypt) = {
	MLS_PROVIDER_HEADER,
	.name = "gcrypt",
	.version = PACKAGE_VERSION,
	.vendor = "libmls",
	.init = init,
	.fini = fini,
	.crypto = &ops,
};
