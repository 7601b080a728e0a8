/* SPDX-License-Identifier: MIT */
/* What all headers of the library share.  Included by each of them. */
#ifndef LIBMLS_TYPES_H
#define LIBMLS_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include "libmls/provider.h"

#if defined(__GNUC__)
#define MLS_API __attribute__((visibility("default")))
#else
#define MLS_API
#endif

#ifdef __cplusplus
#define MLS_C_BEGIN extern "C" {
#define MLS_C_END }
#else
#define MLS_C_BEGIN
#define MLS_C_END
#endif

/* How an options struct begins: with its size, so that it can grow. */
#ifdef __cplusplus
#define MLS_SIZED(type) { sizeof(type) }
#else
#define MLS_SIZED(type) { .size = sizeof(type) }
#endif

/* Octets that the caller owns. */
struct mls_bytes {
	uint8_t *data;
	size_t len;
};

#endif
