/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <pthread.h>
#include <stdio.h>

#include "common/ecdsa.h"

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

static void
complain(const struct mls_host *host, const char *what, const char *name)
{
	char text[160];

	if (host == NULL || !MLS_HAS(host, log))
		return;
	snprintf(text, sizeof(text), "%s: %s", what, name);
	host->log(host->self, MLS_LOG_ERROR, text);
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

	if (n > 0) {
		complain(host, "unknown parameter", params[0].name);
		return MLS_P_ARGUMENT;
	}
	pthread_once(&once, start_library);
	if (gcry_check_version("1.10.0") == NULL) {
		complain(host, "libgcrypt is older than 1.10.0",
		    gcry_check_version(NULL));
		return MLS_P_UNSUPPORTED;
	}
	if (mls__gcry_aead_init() != MLS_P_OK)
		return MLS_P_NOMEM;
	in = gcry_calloc(1, sizeof(*in));
	if (in == NULL)
		return MLS_P_NOMEM;
	*ctx = in;
	return MLS_P_OK;
}

static const struct mls_crypto_ops ops = {
	.size = sizeof(ops),
	.algorithms = algorithms,
	.key_generate = mls__gcry_key_generate,
	.key_derive = mls__gcry_key_derive,
	.key_import = mls__gcry_key_import,
	.key_load = mls__gcry_key_import,
	.key_save = mls__gcry_key_save,
	.key_public = mls__gcry_key_public,
	.key_destroy = mls__gcry_key_destroy,
	.key_release = mls__gcry_key_release,
	.kem_encap = mls__gcry_kem_encap,
	.kem_decap = mls__gcry_kem_decap,
	.kem_check_public = mls__gcry_kem_check_public,
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
