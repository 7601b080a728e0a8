/* SPDX-License-Identifier: MIT */
/* libmls: Messaging Layer Security, RFC 9420. */
#ifndef LIBMLS_MLS_H
#define LIBMLS_MLS_H

#include <stddef.h>
#include <stdint.h>

#include "libmls/errors.h"
#include "libmls/provider.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MLS_API MLS_PROVIDER_EXPORT

/* What is known of an error.  Static data. */
struct mls_error_info {
	size_t size;
	int code;            /* MLS_E_* */
	const char *name;    /* without MLS_E_, in small letters */
	const char *rule;    /* id of the rule it reports */
	const char *section; /* of RFC 9420, or "-" */
	unsigned family;     /* one bit: MLS_FAMILY_* */
	int reaction;        /* MLS_REACT_* */
	int authenticated;   /* 1: the sender was authenticated by then */
	const char *text;
};

/* mls_error_info(code): NULL for a number that is not in the table. */
MLS_API const struct mls_error_info *mls_error_info(int code);

/* mls_error_next(i): the i-th row of the table from 0, or NULL behind the
 * last. */
MLS_API const struct mls_error_info *mls_error_at(size_t i);

/* mls_strerror(code): a line of text; never NULL. */
MLS_API const char *mls_strerror(int code);

#ifdef __cplusplus
}
#endif

#endif
