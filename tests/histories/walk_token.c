/* SPDX-License-Identifier: MIT */
/* The walk with a token that keys do not leave: those live there that the
 * stores refer to, and no others. */
#include "walk.h"

#include <dirent.h>
#include <stdlib.h>

#define NAME 16

static char folder[128];

mls_context *
token_context(const struct mls_policy *policy, const char *module)
{
	char route[600];

	folder_new(folder, sizeof(folder));
	check((size_t)snprintf(route, sizeof(route), "crypto = %.40s\n"
	    "[suite 1]\nkem = token\nsign = token\n"
	    "[suite 3]\nkem = token\nsign = token\n[provider token]\n"
	    "module = %s\nx-module = %s/openssl.so\nx-token = %s\n"
	    "x-kem = yes\n", crypto_default(), module, provider_folder(),
	    folder) < sizeof(route));
	return context_routed(policy, route);
}

struct names {
	char (*v)[NAME + 1];
	size_t n, cap;
};

static void
add_name(struct names *names, const char *name)
{
	if (names->n == names->cap) {
		names->cap = 2 * names->cap + 64;
		names->v = realloc(names->v, names->cap * sizeof(*names->v));
		check(names->v != NULL);
	}
	snprintf(names->v[names->n++], NAME + 1, "%.*s", NAME, name);
}

/* References in the value of a record: kind, owner and name. */
static void
look_at(void *arg, struct mls_buf key, struct mls_buf value)
{
	static const char mark[] = "\x02\x05token\x10";
	const size_t len = sizeof(mark) - 1;
	size_t i;

	/* Which record holds what is not asked: that is to be shown. */
	if (key.data[0] == 0x0b)
		return;
	for (i = 0; i + len + NAME <= value.len; i++)
		if (memcmp(value.data + i, mark, len) == 0)
			add_name(arg, (const char *)value.data + i + len);
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* In order, each once. */
static void
settle(struct names *names)
{
	size_t i, n = 0;

	if (names->n == 0)
		return;
	qsort(names->v, names->n, sizeof(*names->v), by_name);
	for (i = 1; i < names->n; i++)
		if (strcmp(names->v[i], names->v[n]) != 0)
			memmove(names->v[++n], names->v[i], NAME + 1);
	names->n = n + 1;
}

unsigned
token_check(void)
{
	struct names wanted = { NULL, 0, 0 }, there = { NULL, 0, 0 };
	DIR *d = opendir(folder);
	struct dirent *e;
	unsigned n;
	size_t i;

	check(d != NULL);
	while ((e = readdir(d)) != NULL)
		if (e->d_name[0] != '.')
			add_name(&there, e->d_name);
	closedir(d);
	for (i = 0; i <= PORTER; i++)
		shelf_each(walk.people[i].slot, look_at, &wanted);
	settle(&wanted);
	settle(&there);
	if (wanted.n != there.n)
		die(__FILE__, __LINE__, "%zu keys live, %zu are needed",
		    there.n, wanted.n);
	for (i = 0; i < wanted.n; i++)
		check(strcmp(wanted.v[i], there.v[i]) == 0);
	n = (unsigned)wanted.n;
	free(wanted.v);
	free(there.v);
	return n;
}

void
token_end(void)
{
	folder_remove(folder);
}
