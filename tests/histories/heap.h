/* SPDX-License-Identifier: MIT */
/* The allocator of a program that is linked with heap.c: it counts what lives
 * and can be told which call is to fail. */
#ifndef TESTS_HISTORIES_HEAP_H
#define TESTS_HISTORIES_HEAP_H

#include <stdbool.h>
#include <stddef.h>

/* heap_can_fail(): false where something else has to be the allocator. */
bool heap_can_fail(void);

/* heap_arm(n): the n-th allocation from now fails.  heap_disarm(): it does no
 * more; whether it did. */
void heap_arm(unsigned long n);
bool heap_disarm(void);

/* heap_live(): blocks that were allocated and not freed.  heap_octets(): how
 * many octets that is, where the C library tells; else 0. */
long heap_live(void);
size_t heap_octets(void);

#endif
