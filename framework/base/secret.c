/* SPDX-License-Identifier: MIT */
#include "base/secret.h"

#include <stdlib.h>
#include <string.h>

#include "base/compat.h"
#include "base/error.h"

void
mls__wipe(void *p, size_t len)
{
	if (len != 0)
		mls__compat_wipe(p, len);
}

void
mls__free_wiped(void *p, size_t len)
{
	if (p != NULL)
		mls__wipe(p, len);
	free(p);
}

bool
mls__equal_ct(struct mls_buf a, struct mls_buf b)
{
	volatile uint8_t diff = 0;
	size_t i;

	/* CRYPT-09: never compare over the shorter length. */
	if (a.len != b.len)
		return false;
	for (i = 0; i < a.len; i++)
		diff = (uint8_t)(diff | (a.data[i] ^ b.data[i]));
	return diff == 0;
}

bool
mls__equal(struct mls_buf a, struct mls_buf b)
{
	return a.len == b.len &&
	    (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

int
mls__buf_compare(const void *a, const void *b)
{
	const struct mls_buf *x = a, *y = b;
	size_t n = x->len < y->len ? x->len : y->len;
	int c = n != 0 ? memcmp(x->data, y->data, n) : 0;

	if (c != 0)
		return c;
	return x->len < y->len ? -1 : x->len > y->len;
}

struct mls_buf
mls__buf_str(const char *text)
{
	return mls__buf(text, strlen(text));
}

int
mls__secret_set(struct mls_secret *out, struct mls_buf in)
{
	if (in.len > MLS_MAX_HASH)
		return MLS_E_SECRET_LENGTH;
	memset(out, 0, sizeof(*out));
	if (in.len != 0)
		memcpy(out->data, in.data, in.len);
	out->len = (uint8_t)in.len;
	return 0;
}
