/* SPDX-License-Identifier: MIT */
/* What the library allocates: a program is linked so that its calls of malloc
 * and friends, but not those of providers, come here. */
#include "heap.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void __wrap_free(void *p);

static _Atomic uint64_t calls;
static _Atomic int64_t live, peak;

static void
grow(int64_t n)
{
	int64_t now = atomic_fetch_add(&live, n) + n, top = atomic_load(&peak);

	while (now > top && !atomic_compare_exchange_weak(&peak, &top, now))
		;
}

static void *
taken(void *p)
{
	atomic_fetch_add(&calls, 1);
	if (p != NULL)
		grow((int64_t)malloc_usable_size(p));
	return p;
}

static void
given(void *p)
{
	if (p != NULL)
		atomic_fetch_sub(&live, (int64_t)malloc_usable_size(p));
}

void *
__wrap_malloc(size_t size)
{
	return taken(__real_malloc(size));
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return taken(__real_calloc(n, size));
}

void *
__wrap_realloc(void *p, size_t size)
{
	int64_t old = p != NULL ? (int64_t)malloc_usable_size(p) : 0;
	void *q = __real_realloc(p, size);

	if (q != NULL)
		atomic_fetch_sub(&live, old);
	return taken(q);
}

void
__wrap_free(void *p)
{
	given(p);
	__real_free(p);
}

uint64_t
heap_calls(void)
{
	return atomic_load(&calls);
}

int64_t
heap_live(void)
{
	return atomic_load(&live);
}

int64_t
heap_peak(void)
{
	return atomic_load(&peak);
}

void
heap_restart(void)
{
	atomic_store(&peak, atomic_load(&live));
}
