/* SPDX-License-Identifier: MIT */
/* A keystore provider, loaded as an application loads it, in a folder. */
#ifndef TEST_KEYSTORE_FIXTURE_H
#define TEST_KEYSTORE_FIXTURE_H

#include <criterion/criterion.h>

#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libmls/provider.h"

static char dir[64];     /* of this test */
static char logged[600]; /* last text */
static const struct mls_keystore_ops *ops;
static const struct mls_provider *prov;

static inline void
take_log(void *self, int level, const char *text)
{
	(void)self;
	(void)level;
	snprintf(logged, sizeof(logged), "%s", text);
}

static const struct mls_host host = {
	.size = sizeof(host), .log = take_log
};

static inline struct mls_buf
str(const char *s)
{
	return (struct mls_buf) { (const uint8_t *)s, strlen(s) };
}

static inline void
load(const char *name)
{
	const char *from = getenv("MLS_TEST_PROVIDERDIR");
	char path[4096];
	void *dl;

	snprintf(path, sizeof(path), "%s/%s.so", from ? from : ".libs", name);
	dl = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	cr_assert(dl != NULL, "%s", dlerror());
	prov = dlsym(dl, "mls_provider_1");
	cr_assert(prov != NULL && prov->magic == MLS_PROVIDER_MAGIC);
	cr_assert_str_eq(prov->name, name);
	ops = prov->keystore;
}

static inline int
try_open(void **ctx, const char *path)
{
	struct mls_param p = { "path", path };

	return prov->init(&host, &p, path != NULL, ctx);
}

static inline const char *
db_path(void)
{
	static char path[96];

	snprintf(path, sizeof(path), "%s/store.db", dir);
	return path;
}

static inline void *
reopen(void)
{
	void *ctx = NULL;

	cr_assert_eq(try_open(&ctx, db_path()), MLS_P_OK, "%s", logged);
	return ctx;
}

static inline void *
start(const char *name)
{
	strcpy(dir, "keystore-XXXXXX");
	cr_assert(mkdtemp(dir) != NULL);
	load(name);
	return reopen();
}

static inline void
clean(void)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[400];

	while (d != NULL && (e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		unlink(path);
	}
	if (d != NULL)
		closedir(d);
	rmdir(dir);
}

static inline struct mls_txn *
begin(void *ctx, int writable)
{
	struct mls_txn *t = NULL;

	cr_assert_eq(ops->begin(ctx, writable, &t), MLS_P_OK, "%s", logged);
	return t;
}

/* Scans write "key=value;" here; long values as their length. */
struct text {
	char s[800];
	int left; /* records before it has enough */
};

static inline int
add_text(void *arg, struct mls_buf k, struct mls_buf v)
{
	struct text *t = arg;
	size_t n = strlen(t->s);

	snprintf(t->s + n, sizeof(t->s) - n, "%.*s=%.*s;", (int)k.len,
	    (const char *)k.data, (int)v.len, (const char *)v.data);
	return --t->left == 0 ? 77 : 0;
}

#define EXPECT_SCAN(txn, prefix, want) do { \
		struct text got_ = { "", -1 }; \
		cr_assert_eq(ops->scan(txn, str(prefix), add_text, &got_), \
		    MLS_P_OK); \
		cr_assert_str_eq(got_.s, want); \
	} while (0)

static inline void
expect_committed(void *ctx, const char *want)
{
	struct mls_txn *t = begin(ctx, 0);

	EXPECT_SCAN(t, "", want);
	cr_assert_eq(ops->commit(t), MLS_P_OK);
}

static inline void
put(struct mls_txn *t, const char *k, const char *v)
{
	cr_assert_eq(ops->put(t, str(k), str(v)), MLS_P_OK, "%s", logged);
}

static inline void
put_all(void *ctx, const char *keys)
{
	struct mls_txn *t = begin(ctx, 1);
	char k[2] = "";

	for (; *keys != '\0'; keys++) {
		k[0] = *keys;
		put(t, k, "v");
	}
	cr_assert_eq(ops->commit(t), MLS_P_OK);
}

#endif
