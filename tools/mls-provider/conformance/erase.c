/* SPDX-License-Identifier: MIT */
/* The test of keystores that looks into their files for what is deleted. */
#define _XOPEN_SOURCE 700 /* nftw */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store.h"

#define SECRET 16 /* octets of a value that are looked for */

/* nftw takes no argument. */
static struct {
	const uint8_t *const *needles;
	size_t n;
	size_t found, files;
} search;

static bool
contains(const uint8_t *data, size_t size, const uint8_t *needle)
{
	const uint8_t *end = data + size - SECRET, *p = data;

	for (; size >= SECRET && p <= end; p++) {
		p = memchr(p, needle[0], (size_t)(end - p) + 1);
		if (p == NULL)
			return false;
		if (memcmp(p, needle, SECRET) == 0)
			return true;
	}
	return false;
}

static int
look(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	size_t size = (size_t)st->st_size, i;
	void *data;
	int fd;

	(void)at;
	if (kind != FTW_F || size == 0)
		return 0;
	fd = open(path, O_RDONLY);
	data = fd < 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ, MAP_PRIVATE,
	    fd, 0);
	if (fd >= 0)
		close(fd);
	if (data == MAP_FAILED)
		return 0;
	search.files++;
	for (i = 0; i < search.n; i++)
		search.found += contains(data, size, search.needles[i]);
	munmap(data, size);
	return 0;
}

/* A store that the command line names: what is in it, or it and what stands
 * beside it under a longer name. */
static void
look_at(const char *path)
{
	char dir[PATH_MAX], name[PATH_MAX], beside[2 * PATH_MAX];
	const char *base;
	struct dirent *e;
	struct stat st;
	DIR *d;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		nftw(path, look, 16, FTW_PHYS);
		return;
	}
	snprintf(dir, sizeof(dir), "%s", path);
	snprintf(name, sizeof(name), "%s", path);
	base = basename(name);
	d = opendir(dirname(dir));
	while (d != NULL && (e = readdir(d)) != NULL) {
		snprintf(beside, sizeof(beside), "%s/%s", dir, e->d_name);
		if (strncmp(e->d_name, base, strlen(base)) == 0)
			nftw(beside, look, 16, FTW_PHYS);
	}
	if (d != NULL)
		closedir(d);
}

/* How many of n secrets stand in the store's files. */
static size_t
found_in_files(struct conf *t, uint8_t *const *needles, size_t n)
{
	const char *path = conf_param(t->o, "path");

	search.needles = (const uint8_t *const *)needles;
	search.n = n;
	search.found = search.files = 0;
	if (path != NULL)
		look_at(path);
	else if (t->dir[0] != '\0')
		nftw(t->dir, look, 16, FTW_PHYS);
	return search.found;
}

#define SECRETS 240

static size_t
length_of(size_t i)
{
	static const size_t lens[] = { 16, 32, 48, 100, 300, 1000, 3000,
		9000 };

	return lens[i % 8];
}

/* Values that nobody else has. */
static uint8_t *
secret(struct conf *t, size_t i)
{
	uint8_t *v = conf_alloc(t, length_of(i));

	NEED(t, mls__compat_random(v, length_of(i)) == 0, "no randomness");
	return v;
}

static void
put_secrets(struct conf *t, uint8_t **values, size_t from, size_t step)
{
	struct mls_txn *txn = store_begin(t, true);
	size_t i;

	for (i = from; i < SECRETS; i += step) {
		values[i] = secret(t, i);
		store_put(t, txn, store_key(t, &i, sizeof(i)),
		    mls__buf(values[i], length_of(i)));
	}
	store_commit(t, txn);
}

static void
none_left(struct conf *t, uint8_t *const *values, size_t n, const char *what)
{
	size_t left = found_in_files(t, values, n);

	NEED(t, left == 0, "%zu of %zu values that were %s stand in files of "
	    "the store when commit has returned", left, n, what);
}

/* The values of every step-th record. */
static size_t
choose(uint8_t **out, uint8_t *const *values, size_t from, size_t step)
{
	size_t i, n = 0;

	for (i = from; i < SECRETS; i += step)
		out[n++] = values[i];
	return n;
}

void
store_erased(struct conf *t)
{
	uint8_t *live[SECRETS], *dead[SECRETS];
	struct mls_txn *txn;
	size_t i, n, round;

	store_clear(t);
	for (i = 0; i < 4; i++)
		put_secrets(t, live, i, 4);
	found_in_files(t, live, SECRETS);
	if (search.files == 0)
		conf_skip(t, "it has no files that could be found");
	for (round = 0; round < 8; round++) {
		n = choose(dead, live, round % 2, 2);
		txn = store_begin(t, true);
		for (i = round % 2; i < SECRETS; i += 2)
			store_del(t, txn, store_key(t, &i, sizeof(i)));
		store_commit(t, txn);
		none_left(t, dead, n, "deleted");
		put_secrets(t, live, round % 2, 2);
		n = choose(dead, live, 1 - round % 2, 6);
		put_secrets(t, live, 1 - round % 2, 6);
		none_left(t, dead, n, "replaced");
	}
	n = choose(dead, live, 0, 1);
	store_clear(t);
	none_left(t, dead, n, "deleted");
	conf_close(t);
	none_left(t, dead, n, "deleted");
}
