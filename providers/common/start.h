/* SPDX-License-Identifier: MIT */
/* What a provider's init says and refuses. */
#ifndef MLS_COMMON_START_H
#define MLS_COMMON_START_H

#include "libmls/provider.h"

/* say(host, level, what, name): "what: name" to the log. */
void mls__say(const struct mls_host *host, int level, const char *what,
    const char *name);

/* no_params(host, params, n): ARGUMENT, and said so, if there are any. */
int mls__no_params(const struct mls_host *host, const struct mls_param *params,
    size_t n);

#endif
