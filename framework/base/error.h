/* SPDX-License-Identifier: MIT */
#ifndef MLS_BASE_ERROR_H
#define MLS_BASE_ERROR_H

#include <stdbool.h>

#include "libmls/errors.h"
#include "libmls/provider.h"

/* status_known(status): is it one of this ABI's? */
bool mls__status_known(int status);

/* The library error for a provider's status; PROVIDER_CONTRACT for one that is
 * none. */
int mls__error_of_status(int status);

/* The same for a keystore's. */
int mls__error_of_store(int status);

/* api(may, rc): rc, at the end of a public call that may answer the families
 * in `may`; a debug build stops at another. */
int mls__api(unsigned may, int rc);

#endif
