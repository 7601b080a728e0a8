/* SPDX-License-Identifier: MIT */
/* The built-in source of randomness: the kernel's. */
#include "plugin/internal.h"

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
	.init = mls__builtin_init,
	.rng = &ops,
};
