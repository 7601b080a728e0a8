/* SPDX-License-Identifier: MIT */
/* The one place for differences of compilers and systems. */
#ifndef MLS_BASE_COMPAT_H
#define MLS_BASE_COMPAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#if defined(__GNUC__)
#define MLS_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define MLS_PRINTF(f, a)
#endif

/* What is needed soon, where the compiler can say so. */
#if defined(__GNUC__)
#define MLS_PREFETCH(p) __builtin_prefetch(p)
#else
#define MLS_PREFETCH(p) ((void)(p))
#endif

/* For what only a debug build looks at (configure --enable-debug): no other
 * ever ends the process. */
#ifdef MLS_DEBUG
#include <assert.h>
#define MLS_DEBUG_ASSERT(condition) assert(condition)
#else
#define MLS_DEBUG_ASSERT(condition) ((void)0)
#endif

void mls__compat_wipe(void *p, size_t len);

/* compat_getenv(name): NULL in set-user-id programs. */
const char *mls__compat_getenv(const char *name);

/* compat_random(out, len): 0, or -1. */
int mls__compat_random(uint8_t *out, size_t len);

/* compat_secure(): true where the process gained privileges (AT_SECURE). */
int mls__compat_secure(void);

/* A process, to be told from those that it forks.  Where the system can, by a
 * page that a fork empties: asking for the process's number each time takes as
 * long as a MAC. */
struct mls_process {
	pid_t pid;
	uint8_t *page; /* 1 comes first; or NULL */
	size_t len;
};

/* compat_process(out): this one.  compat_process_same(p): are we still in it?
 * compat_process_free: of all zero too. */
void mls__compat_process(struct mls_process *out);
bool mls__compat_process_same(const struct mls_process *p);
void mls__compat_process_free(struct mls_process *p);

#endif
