/* SPDX-License-Identifier: MIT */
/* The built-in source of randomness: the kernel's. */
#include "plugin/internal.h"

static int
start(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	(void)host;
	(void)params;
	(void)n;
	*ctx = NULL;
	return MLS_P_OK;
}

static int
fill(void *ctx, uint8_t *out, size_t len)
{
	(void)ctx;
	return mls__compat_random(out, len) == 0 ? MLS_P_OK : MLS_P_IO;
}

static const struct mls_rng_ops ops = { sizeof(ops), fill };

const struct mls_provider mls__system = {
	MLS_PROVIDER_HEADER,
	.name = "system",
	.version = "1",
	.vendor = "libmls",
	.init = start,
	.rng = &ops,
};
