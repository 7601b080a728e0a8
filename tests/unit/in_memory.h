/* SPDX-License-Identifier: MIT */
/* A look at all of this process's memory that it can write to. */
#ifndef TESTS_IN_MEMORY_H
#define TESTS_IN_MEMORY_H

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* in_memory(masked, len): how often x, masked by 0xa5 so that it is not found
 * itself, is in our memory. */
static inline unsigned
in_memory(const uint8_t *masked, size_t len)
{
	FILE *maps = fopen("/proc/self/maps", "r");
	FILE *mem = fopen("/proc/self/mem", "rb");
	char line[512], mode[8];
	unsigned long from, to;
	unsigned found = 0;
	static uint8_t page[1 << 16];
	size_t n, i, j;

	cr_assert(maps != NULL && mem != NULL);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %7s", &from, &to, mode) != 3 ||
		    strncmp(mode, "rw", 2) != 0 || to - from > 1ul << 28)
			continue;
		for (; from < to; from += sizeof(page) - 64) {
			n = to - from < sizeof(page) ? to - from :
			    sizeof(page);
			if (fseek(mem, (long)from, SEEK_SET) != 0 ||
			    fread(page, 1, n, mem) != n)
				break;
			for (i = 0; i + len <= n; i++) {
				for (j = 0; j < len && (page[i + j] ^ 0xa5) ==
				    masked[j]; j++)
					continue;
				found += j == len;
			}
			memset(page, 0, sizeof(page));
		}
	}
	fclose(maps);
	fclose(mem);
	return found;
}

#endif
