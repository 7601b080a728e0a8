/* SPDX-License-Identifier: MIT */
#ifndef MLS_BASE_SECRET_H
#define MLS_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmls/provider.h"

#define MLS_MAX_HASH 64 /* Nh of the largest KDF, SHA-512 */

/* A secret of Nh octets; len 0 says that it is not held (any more). */
struct mls_secret {
	uint8_t len;
	uint8_t data[MLS_MAX_HASH];
};

/* wipe(p, len): erase, and do not let the compiler leave it out. */
void mls__wipe(void *p, size_t len);

/* free_wiped(p, len): wipe and free; NULL is fine. */
void mls__free_wiped(void *p, size_t len);

/* equal_ct(a, b): the one comparison of secrets and tags; constant time for
 * equal lengths, and false for different ones. */
bool mls__equal_ct(struct mls_buf a, struct mls_buf b);

/* equal(a, b): of public octets. */
bool mls__equal(struct mls_buf a, struct mls_buf b);

/* buf_compare(a, b): struct mls_buf, for qsort and bsearch; public octets. */
int mls__buf_compare(const void *a, const void *b);

/* buf(data, len), buf_str(text), secret_buf(secret): borrowed octets. */
static inline struct mls_buf
mls__buf(const void *data, size_t len)
{
	struct mls_buf b = { (const uint8_t *)data, len };

	return b;
}

struct mls_buf mls__buf_str(const char *text);

static inline struct mls_buf
mls__secret_buf(const struct mls_secret *s)
{
	return mls__buf(s->data, s->len);
}

static inline void
mls__secret_wipe(struct mls_secret *s)
{
	mls__wipe(s, sizeof(*s));
}

/* secret_set(out, in): SECRET_LENGTH unless in fits. */
int mls__secret_set(struct mls_secret *out, struct mls_buf in);

#endif
