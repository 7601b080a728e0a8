/* SPDX-License-Identifier: MIT */
/* Erasing in a module that has no other library to do it. */
#ifndef MLS_COMMON_WIPE_H
#define MLS_COMMON_WIPE_H

#include <string.h>

/* wipe(p, len): erase; the volatile pointer keeps the call in. */
static inline void
mls__module_wipe(void *p, size_t len)
{
	static void *(*const volatile set)(void *, int, size_t) = memset;

	if (len > 0)
		set(p, 0, len);
}

#endif
