/* SPDX-License-Identifier: MIT */
#include "common/start.h"

#include <stdio.h>

void
mls__say(const struct mls_host *host, int level, const char *what,
    const char *name)
{
	char text[160];

	if (host == NULL || !MLS_HAS(host, log))
		return;
	snprintf(text, sizeof(text), "%s: %s", what, name);
	host->log(host->self, level, text);
}

int
mls__no_params(const struct mls_host *host, const struct mls_param *params,
    size_t n)
{
	if (n == 0)
		return MLS_P_OK;
	mls__say(host, MLS_LOG_ERROR, "unknown parameter", params[0].name);
	return MLS_P_ARGUMENT;
}
