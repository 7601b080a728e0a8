/* SPDX-License-Identifier: MIT */
/* Buffers that end where memory ends. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "conform.h"
#include "sha2.h"

/* Two pages beside a buffer's own: the one behind is a wall. */
static size_t
page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* The octets of the slot before the wall, at least len of them. */
static size_t
room(struct conf *t, int slot, size_t len)
{
	size_t want = (len / page() + 1) * page();
	uint8_t *base;

	if (t->slots[slot].base != NULL && t->slots[slot].size >= want) {
		mprotect(t->slots[slot].base, t->slots[slot].size,
		    PROT_READ | PROT_WRITE);
		return t->slots[slot].size;
	}
	if (t->slots[slot].base != NULL)
		munmap(t->slots[slot].base, t->slots[slot].size + page());
	base = mmap(NULL, want + page(), PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	NEED(t, base != MAP_FAILED, "no memory for %zu octets", len);
	mprotect(base + want, page(), PROT_NONE);
	t->slots[slot].base = base;
	return t->slots[slot].size = want;
}

struct mls_buf
conf_in(struct conf *t, int slot, const void *data, size_t len)
{
	size_t size = room(t, slot, len);
	uint8_t *at = t->slots[slot].base + size - len;

	if (len > 0)
		memcpy(at, data, len);
	mprotect(t->slots[slot].base, size, PROT_READ);
	return (struct mls_buf){ at, len };
}

/* Before the buffer, one page is looked after. */
static size_t
before(const struct conf *t, int slot, size_t len)
{
	size_t gap = t->slots[slot].size - len;

	return gap < page() ? gap : page();
}

uint8_t *
conf_out(struct conf *t, int slot, size_t len)
{
	size_t size = room(t, slot, len), gap = before(t, slot, len);
	uint8_t *at = t->slots[slot].base + size - len;

	memset(at - gap, CONF_PATTERN, gap + len);
	return at;
}

void
conf_whole(struct conf *t, int slot, size_t len, const char *what)
{
	size_t gap = before(t, slot, len);
	const uint8_t *at = t->slots[slot].base + t->slots[slot].size - len;

	NEED(t, conf_untouched(at - gap, gap),
	    "%s wrote before the buffer that it was given", what);
}

bool
conf_untouched(const uint8_t *out, size_t len)
{
	while (len-- > 0)
		if (*out++ != CONF_PATTERN)
			return false;
	return true;
}

static struct conf *guarded;

/* Behind a buffer is our wall, or an input, which cannot be written to. */
static bool
ours(const uint8_t *at)
{
	const uint8_t *base;
	int i;

	for (i = 0; i < CONF_SLOTS; i++) {
		base = guarded->slots[i].base;
		if (base != NULL && at >= base &&
		    at < base + guarded->slots[i].size + page())
			return true;
	}
	return false;
}

/* The stack may be spent, and no lock may be taken. */
static void
fault(int sig, siginfo_t *info, void *context)
{
	(void)context;
	signal(sig, SIG_DFL);
	if (ours(info->si_addr))
		conf_fail(guarded, "it reads or writes behind a buffer, or "
		    "writes to an input, during: %s", guarded->shared->doing);
	raise(sig);
}

void
conf_guard(struct conf *t)
{
	struct sigaction a;

	guarded = t;
	memset(&a, 0, sizeof(a));
	a.sa_sigaction = fault;
	a.sa_flags = SA_SIGINFO;
	sigaction(SIGSEGV, &a, NULL);
	sigaction(SIGBUS, &a, NULL);
}

/* SHA-512 in counter mode. */
void
conf_fill(uint8_t *out, size_t len, uint32_t seed)
{
	uint8_t block[64];
	uint32_t counter[2] = { seed, 0 };
	struct mls_buf in = mls__buf(counter, sizeof(counter));
	size_t take;

	for (; len > 0; len -= take, out += take) {
		counter[1]++;
		sha2(NULL, 3, &in, 1, block);
		take = len < sizeof(block) ? len : sizeof(block);
		memcpy(out, block, take);
	}
}

void *
conf_alloc(struct conf *t, size_t size)
{
	void *p = calloc(1, size > 0 ? size : 1);

	NEED(t, p != NULL, "no memory for %zu octets", size);
	return p;
}

static unsigned
digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

struct conf_hex
conf_hex(const char *text)
{
	struct conf_hex h = { 0 };

	for (; text[0] != '\0' && h.len < sizeof(h.data); text += 2)
		h.data[h.len++] = (uint8_t)(digit(text[0]) << 4 |
		    digit(text[1]));
	return h;
}
