/* SPDX-License-Identifier: MIT */
/*
 * The executable's definitions come before those of the C library, also for
 * what is loaded later: library, providers and libcrypto.
 */
#include "heap.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define HAS_SANITIZER 1
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAS_SANITIZER 1
#endif

static atomic_long live, countdown;
static atomic_bool failed;

bool
heap_can_fail(void)
{
#ifdef HAS_SANITIZER
	return false;
#else
	return true;
#endif
}

void
heap_arm(unsigned long n)
{
	atomic_store(&failed, false);
	atomic_store(&countdown, (long)n);
}

bool
heap_disarm(void)
{
	atomic_store(&countdown, 0);
	return atomic_load(&failed);
}

long
heap_live(void)
{
	return atomic_load(&live);
}

size_t
heap_octets(void)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
	return mallinfo2().uordblks;
#else
	return 0;
#endif
}

#ifndef HAS_SANITIZER
/* The library is to find them; what is built here is hidden otherwise. */
#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif
void *malloc(size_t size);
void *calloc(size_t n, size_t size);
void *realloc(void *p, size_t size);
void free(void *p);
void *aligned_alloc(size_t align, size_t size);
int posix_memalign(void **out, size_t align, size_t size);
#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

static struct {
	void *(*malloc)(size_t);
	void *(*calloc)(size_t, size_t);
	void *(*realloc)(void *, size_t);
	void (*free)(void *);
	void *(*aligned_alloc)(size_t, size_t);
} real;

/* What dlsym allocates while it looks for the allocator. */
static struct {
	max_align_t octets[1024];
	size_t used;
	bool looking;
} cradle;

static void *
from_cradle(size_t size)
{
	size_t units = size / sizeof(max_align_t) + 1;
	void *p = &cradle.octets[cradle.used];

	if (units > 1024 - cradle.used)
		abort();
	cradle.used += units;
	return p;
}

static bool
in_cradle(const void *p)
{
	uintptr_t at = (uintptr_t)p, from = (uintptr_t)cradle.octets;

	return at >= from && at < from + sizeof(cradle.octets);
}

/* ISO C has no conversion from an object's pointer to a function's. */
static void
find(void *function, const char *name)
{
	void *p = dlsym(RTLD_NEXT, name);

	if (p == NULL)
		abort();
	memcpy(function, &p, sizeof(p));
}

/* ready(): false while the allocator is being looked for. */
static bool
ready(void)
{
	if (real.free != NULL)
		return true;
	if (cradle.looking)
		return false;
	cradle.looking = true;
	find(&real.malloc, "malloc");
	find(&real.calloc, "calloc");
	find(&real.realloc, "realloc");
	find(&real.aligned_alloc, "aligned_alloc");
	find(&real.free, "free");
	return true;
}

static bool
fails(void)
{
	if (atomic_load_explicit(&countdown, memory_order_relaxed) == 0 ||
	    atomic_fetch_sub(&countdown, 1) != 1)
		return false;
	atomic_store(&failed, true);
	errno = ENOMEM;
	return true;
}

static void *
count(void *p)
{
	if (p != NULL)
		atomic_fetch_add(&live, 1);
	return p;
}

void *
malloc(size_t size)
{
	if (!ready())
		return from_cradle(size);
	return fails() ? NULL : count(real.malloc(size));
}

void *
calloc(size_t n, size_t size)
{
	if (!ready())
		return from_cradle(n * size);
	return fails() ? NULL : count(real.calloc(n, size));
}

void *
realloc(void *p, size_t size)
{
	void *q;

	if (p == NULL)
		return malloc(size);
	if (in_cradle(p))
		abort();
	if (fails())
		return NULL;
	q = real.realloc(p, size);
	if (q == NULL && size == 0)
		atomic_fetch_sub(&live, 1);
	return q;
}

void *
aligned_alloc(size_t align, size_t size)
{
	if (!ready())
		abort();
	return fails() ? NULL : count(real.aligned_alloc(align, size));
}

int
posix_memalign(void **out, size_t align, size_t size)
{
	void *p = aligned_alloc(align, size);

	if (p == NULL)
		return ENOMEM;
	*out = p;
	return 0;
}

void
free(void *p)
{
	if (p == NULL || in_cradle(p) || !ready())
		return;
	atomic_fetch_sub(&live, 1);
	real.free(p);
}
#endif
