/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE 1
#include "base/compat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/random.h>

void
mls__compat_wipe(void *p, size_t len)
{
	explicit_bzero(p, len);
}

const char *
mls__compat_getenv(const char *name)
{
	return secure_getenv(name);
}

int
mls__compat_secure(void)
{
	return getauxval(AT_SECURE) != 0;
}

int
mls__compat_random(uint8_t *out, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = getrandom(out, len, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		out += n;
		len -= (size_t)n;
	}
	return 0;
}
