/* SPDX-License-Identifier: MIT */
/* The built-in executor: everything in the caller's thread. */
#include "plugin/internal.h"

static size_t
width(void *ctx)
{
	(void)ctx;
	return 1;
}

static void
parallel_for(void *ctx, size_t n, size_t grain, mls_range_fn fn, void *arg)
{
	(void)ctx;
	(void)grain;
	if (n > 0)
		fn(arg, 0, n);
}

static const struct mls_executor_ops ops = {
	sizeof(ops), width, parallel_for,
};

const struct mls_provider mls__serial = {
	MLS_PROVIDER_HEADER,
	.name = "serial",
	.version = "1",
	.vendor = "libmls",
	.init = mls__builtin_init,
	.executor = &ops,
};
