/* SPDX-License-Identifier: MIT */
/* Modules with one fault each; FAULT says which. */
#include <string.h>

#include "libmls/provider.h"

#define NONE 0
#define MAGIC 1
#define ABI 2
#define INIT 3
#define SYMBOL 4
#define ANSWER 5
#define RESERVED 6
#define SHORT 7
#define TABLE 8
#define MISSING 9
#define SIZES 10
#define LIST 11
#define TEST 12
#define UNDEFINED 13
#define STATUS 14

#if FAULT == UNDEFINED
int mls_faulty_nowhere(void);
#endif

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	(void)params;
	(void)n;
	(void)ctx;
#if FAULT == INIT
	host->log(host->self, MLS_LOG_ERROR, "the token is on holiday");
	return MLS_P_GONE;
#elif FAULT == UNDEFINED
	(void)host;
	return mls_faulty_nowhere();
#else
	(void)host;
	return FAULT == STATUS ? 77 : MLS_P_OK;
#endif
}

static int
self_test(void *ctx)
{
	(void)ctx;
	return FAULT == TEST ? MLS_P_IO : MLS_P_OK;
}

static size_t
algorithms(void *ctx, const struct mls_alg **list)
{
	static const struct mls_alg algs[] = {
		{ MLS_ROLE_HASH, 0x0001, 0, 0, FAULT == SIZES ? 200 : 32, 0,
		    0, 0, 0 },
		{ MLS_ROLE_AEAD, 0xf012, 0, 4, 1, 8, 0, 0, 0 },
	};

	(void)ctx;
	if (FAULT != LIST)
		*list = algs;
	return 2;
}

static int
hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n, uint8_t *out)
{
	(void)ctx;
	(void)kdf;
	(void)in;
	(void)n;
	memset(out, 0, 32);
	return MLS_P_OK;
}

static int
hmac(void *ctx, uint16_t kdf, struct mls_buf key, const struct mls_buf *in,
    size_t n, uint8_t *out)
{
	(void)key;
	return hash(ctx, kdf, in, n, out);
}

static int
aead_seal(void *ctx, uint16_t aead, const uint8_t *key, const uint8_t *nonce,
    struct mls_buf aad, struct mls_buf pt, uint8_t *ct)
{
	(void)ctx;
	(void)aead;
	(void)key;
	(void)nonce;
	(void)aad;
	memcpy(ct, pt.data, pt.len);
	ct[pt.len] = 0;
	return MLS_P_OK;
}

/* Looks at no tag. */
static int
aead_open(void *ctx, uint16_t aead, const uint8_t *key, const uint8_t *nonce,
    struct mls_buf aad, struct mls_buf ct, uint8_t *pt)
{
	(void)ctx;
	(void)aead;
	(void)key;
	(void)nonce;
	(void)aad;
	memcpy(pt, ct.data, ct.len - 1);
	return MLS_P_OK;
}

static const struct mls_crypto_ops crypto = {
	.size = FAULT == TABLE ? sizeof(size_t) : sizeof(crypto),
	.algorithms = algorithms,
	.hash = hash,
	.hmac = FAULT == MISSING ? NULL : hmac,
	.aead_seal = aead_seal,
	.aead_open = aead_open,
};

#if FAULT == SYMBOL
extern MLS_PROVIDER_EXPORT const struct mls_provider mls_provider_9;
const struct mls_provider mls_provider_9 = {
#else
MLS_PROVIDER(faulty) = {
#endif
	.magic = FAULT == MAGIC ? 0x12345678u : MLS_PROVIDER_MAGIC,
	.abi = FAULT == ABI ? 2 : 1,
	.size = sizeof(struct mls_provider) - (FAULT == SHORT ? 8 : 0),
	.name = "faulty",
	.zero = FAULT == RESERVED ? 1 : 0,
	.init = init,
	.self_test = self_test,
	.crypto = &crypto,
};
