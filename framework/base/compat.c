/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE 1
#include "base/compat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

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

#ifdef MADV_WIPEONFORK
/* Emulators of a system may agree to any advice, and take none. */
static bool
wiped_on_fork(void *page, size_t len)
{
	return madvise(page, len, -1) != 0 &&
	    madvise(page, len, MADV_WIPEONFORK) == 0;
}
#else
static bool
wiped_on_fork(void *page, size_t len)
{
	(void)page, (void)len;
	return false;
}
#endif

void
mls__compat_process(struct mls_process *out)
{
	size_t len = (size_t)sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, len, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*out = (struct mls_process){ .pid = getpid() };
	if (page == MAP_FAILED)
		return;
	if (!wiped_on_fork(page, len)) {
		munmap(page, len);
		return;
	}
	out->page = page;
	out->len = len;
	out->page[0] = 1;
}

bool
mls__compat_process_same(const struct mls_process *p)
{
	return p->page != NULL ? p->page[0] == 1 : p->pid == getpid();
}

void
mls__compat_process_free(struct mls_process *p)
{
	if (p->page != NULL)
		munmap(p->page, p->len);
}
