/* SPDX-License-Identifier: MIT */
#include "base/error.h"

#include "base/compat.h"

#include "libmls/mls.h"

#include "base/errors_table.h"

#define ROWS (sizeof(table) / sizeof(table[0]))

const struct mls_error_info *
mls_error_at(size_t i)
{
	return i < ROWS ? &table[i] : NULL;
}

const struct mls_error_info *
mls_error_info(int code)
{
	size_t low = 0, high = ROWS, mid;

	/* Ascending numbers, negated. */
	while (low < high) {
		mid = low + (high - low) / 2;
		if (table[mid].code == code)
			return &table[mid];
		if (table[mid].code > code)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

const char *
mls_strerror(int code)
{
	const struct mls_error_info *info = mls_error_info(code);

	if (code == MLS_OK)
		return "success";
	return info != NULL ? info->text : "unknown error";
}

int
mls__api(unsigned may, int rc)
{
	MLS_DEBUG_ASSERT(rc == MLS_OK || (mls_error_info(rc) != NULL &&
	    (mls_error_info(rc)->family & may) != 0));
	(void)may;
	return rc;
}

bool
mls__status_known(int status)
{
	return status >= MLS_P_OK && status <= MLS_P_GONE;
}

int
mls__error_of_status(int status)
{
	switch (status) {
	case MLS_P_OK:
		return 0;
	case MLS_P_NOMEM:
		return MLS_E_OUT_OF_MEMORY;
	case MLS_P_UNSUPPORTED:
		return MLS_E_PROVIDER_MISSING;
	default:
		return mls__status_known(status) ? MLS_E_PROVIDER_FAILED :
		    MLS_E_PROVIDER_CONTRACT;
	}
}

int
mls__error_of_store(int status)
{
	switch (status) {
	case MLS_P_OK:
		return 0;
	case MLS_P_NOMEM:
		return MLS_E_OUT_OF_MEMORY;
	case MLS_P_BUSY:
		return MLS_E_STORE_BUSY;
	case MLS_P_FULL:
		return MLS_E_STORE_FULL;
	default:
		return mls__status_known(status) ? MLS_E_STORE_IO :
		    MLS_E_PROVIDER_CONTRACT;
	}
}
