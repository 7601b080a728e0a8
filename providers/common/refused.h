/* SPDX-License-Identifier: MIT */
/* What a library refused, when it does not say why. */
#ifndef MLS_COMMON_REFUSED_H
#define MLS_COMMON_REFUSED_H

#include <errno.h>

#include "libmls/provider.h"

/* refused(status): status, unless memory ran out since errno was set to 0.
 * malloc tells, where the library's own errors do not. */
static inline int
mls__refused(int status)
{
	return errno == ENOMEM ? MLS_P_NOMEM : status;
}

#endif
