/* SPDX-License-Identifier: MIT */
/* The keystore providers, loaded as an application loads them. */
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

static void
take_log(void *self, int level, const char *text)
{
	(void)self;
	(void)level;
	snprintf(logged, sizeof(logged), "%s", text);
}

static const struct mls_host host = {
	.size = sizeof(host), .log = take_log
};

static struct mls_buf
str(const char *s)
{
	return (struct mls_buf) { (const uint8_t *)s, strlen(s) };
}

static void
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

static int
try_open(void **ctx, const char *path)
{
	struct mls_param p = { "path", path };

	return prov->init(&host, &p, path != NULL, ctx);
}

static const char *
db_path(void)
{
	static char path[96];

	snprintf(path, sizeof(path), "%s/store.db", dir);
	return path;
}

static void *
reopen(void)
{
	void *ctx = NULL;

	cr_assert_eq(try_open(&ctx, db_path()), MLS_P_OK, "%s", logged);
	return ctx;
}

static void *
start(const char *name)
{
	strcpy(dir, "keystore-XXXXXX");
	cr_assert(mkdtemp(dir) != NULL);
	load(name);
	return reopen();
}

static void
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

static struct mls_txn *
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

static int
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

static void
expect_committed(void *ctx, const char *want)
{
	struct mls_txn *t = begin(ctx, 0);

	EXPECT_SCAN(t, "", want);
	cr_assert_eq(ops->commit(t), MLS_P_OK);
}

static void
put(struct mls_txn *t, const char *k, const char *v)
{
	cr_assert_eq(ops->put(t, str(k), str(v)), MLS_P_OK, "%s", logged);
}

static void
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

/* Each test runs over all that were built. */
#define OVER(provider, name) \
	Test(provider, name) { void *c = start(#provider); name(c); \
		prov->fini(c); clean(); }
#ifdef TEST_SQLITE
#define OVER_SQLITE(name) OVER(sqlite, name)
#else
#define OVER_SQLITE(name)
#endif
#define BOTH(name) \
	static void name(void *ctx); \
	OVER(memory, name) \
	OVER_SQLITE(name) \
	static void name(void *ctx)

BOTH(own_writes_then_commit)
{
	struct text one = { "", -1 };
	struct mls_txn *t;

	put_all(ctx, "bd");
	t = begin(ctx, 1);
	put(t, "c", "new");
	put(t, "b", "two");
	cr_assert_eq(ops->del(t, str("d")), MLS_P_OK);
	cr_assert_eq(ops->del(t, str("absent")), MLS_P_OK);
	EXPECT_SCAN(t, "", "b=two;c=new;");
	cr_assert_eq(ops->get(t, str("d"), add_text, &one), MLS_P_NOTFOUND);
	cr_assert_eq(ops->get(t, str("c"), add_text, &one), MLS_P_OK);
	cr_assert_str_eq(one.s, "c=new;");
	cr_assert_eq(ops->commit(t), MLS_P_OK);
	expect_committed(ctx, "b=two;c=new;");
}

BOTH(rollback_leaves_nothing)
{
	struct mls_txn *t;

	put_all(ctx, "ab");
	t = begin(ctx, 1);
	put(t, "a", "other");
	put(t, "z", "new");
	ops->del(t, str("b"));
	ops->rollback(t);
	ops->rollback(NULL);
	expect_committed(ctx, "a=v;b=v;");
}

BOTH(a_reader_does_not_write)
{
	struct mls_txn *t = begin(ctx, 0);

	cr_assert_eq(ops->put(t, str("a"), str("b")), MLS_P_ARGUMENT);
	cr_assert_eq(ops->del(t, str("a")), MLS_P_ARGUMENT);
	ops->rollback(t);
	expect_committed(ctx, "");
}

BOTH(prefixes)
{
	struct mls_txn *t = begin(ctx, 1);
	struct mls_buf none = { NULL, 0 };
	struct text got = { "", -1 };

	put(t, "a", "1");
	put(t, "ab", "2");
	put(t, "abc", "3");
	put(t, "b", "4");
	put(t, "\xff", "5");
	put(t, "\xff\xff", "6");
	put(t, "\xff\xff""a", "7");
	cr_assert_eq(ops->put(t, none, none), MLS_P_OK);
	EXPECT_SCAN(t, "a", "a=1;ab=2;abc=3;");
	EXPECT_SCAN(t, "ab", "ab=2;abc=3;");
	EXPECT_SCAN(t, "\xff\xff", "\xff\xff=6;\xff\xff""a=7;");
	EXPECT_SCAN(t, "\xfe", "");
	EXPECT_SCAN(t, "", "=;a=1;ab=2;abc=3;b=4;\xff=5;\xff\xff=6;"
	    "\xff\xff""a=7;");
	cr_assert_eq(ops->get(t, none, add_text, &got), MLS_P_OK);
	cr_assert_str_eq(got.s, "=;");
	cr_assert_eq(ops->commit(t), MLS_P_OK);
}

BOTH(the_callback_ends_a_scan)
{
	struct text got = { "", 2 };
	struct mls_txn *t;

	put_all(ctx, "dacb");
	t = begin(ctx, 0);
	cr_assert_eq(ops->scan(t, str(""), add_text, &got), 77);
	cr_assert_str_eq(got.s, "a=v;b=v;");
	got.left = 1;
	cr_assert_eq(ops->get(t, str("d"), add_text, &got), 77);
	ops->rollback(t);
}

static struct mls_txn *waited_for;
static void *
write_in_thread(void *ctx)
{
	struct mls_txn *t = begin(ctx, 1);

	waited_for = NULL;
	put(t, "b", "thread");
	ops->commit(t);
	return NULL;
}

BOTH(the_same_thread_is_busy_another_waits)
{
	struct mls_txn *second = NULL;
	pthread_t thread;

	waited_for = begin(ctx, 1);
	cr_assert_eq(ops->begin(ctx, 1, &second), MLS_P_BUSY);
	cr_assert(second == NULL);
	cr_assert_eq(pthread_create(&thread, NULL, write_in_thread, ctx), 0);
	usleep(50000);
	cr_assert(waited_for != NULL);
	put(waited_for, "a", "first");
	ops->commit(waited_for);
	pthread_join(thread, NULL);
	expect_committed(ctx, "a=first;b=thread;");
}

static int
same_big(void *arg, struct mls_buf k, struct mls_buf v)
{
	const struct mls_buf *want = arg;

	(void)k;
	return v.len == want->len && memcmp(v.data, want->data, v.len) == 0 ?
	    0 : 78;
}

BOTH(big_values)
{
	struct mls_buf big = { NULL, 1 << 20 };
	uint8_t *p = malloc(big.len);
	struct mls_txn *t = begin(ctx, 1);
	size_t i;

	for (i = 0; i < big.len; i++)
		p[i] = (uint8_t)(i * 2654435761u >> 13);
	big.data = p;
	cr_assert_eq(ops->put(t, str("big"), big), MLS_P_OK);
	cr_assert_eq(ops->commit(t), MLS_P_OK);
	t = begin(ctx, 0);
	cr_assert_eq(ops->get(t, str("big"), same_big, &big), MLS_P_OK);
	ops->rollback(t);
	free(p);
}

struct count {
	unsigned n;
	char last[16];
};

static int
count_up(void *arg, struct mls_buf k, struct mls_buf v)
{
	struct count *c = arg;
	char key[16] = "";

	(void)v;
	memcpy(key, k.data, k.len);
	cr_assert(strcmp(key, c->last) > 0);
	strcpy(c->last, key);
	c->n++;
	return 0;
}

/* Against an array that does the same; in order and in disorder. */
BOTH(ten_thousand_records)
{
	enum { N = 10000 };
	static bool there[N];
	struct count c = { 0, "" };
	unsigned i, k, live = 0;
	struct mls_txn *t = begin(ctx, 1);
	char key[16];

	for (i = 0; i < 3 * N; i++) {
		k = i < N ? i : (i * 7919u + i / 7) % N;
		snprintf(key, sizeof(key), "k%06u", k);
		if (i % 3 == 2)
			cr_assert_eq(ops->del(t, str(key)), MLS_P_OK);
		else
			put(t, key, "value");
		there[k] = i % 3 != 2;
		if (i % 5000 == 4999) {
			cr_assert_eq(ops->commit(t), MLS_P_OK);
			t = begin(ctx, 1);
		}
	}
	for (i = 0; i < N; i++)
		live += there[i];
	cr_assert_eq(ops->scan(t, str(""), count_up, &c), MLS_P_OK);
	cr_assert_eq(c.n, live);
	for (i = 0; i < N; i++) {
		snprintf(key, sizeof(key), "k%06u", i);
		c.last[0] = '\0';
		cr_assert_eq(ops->get(t, str(key), count_up, &c),
		    there[i] ? MLS_P_OK : MLS_P_NOTFOUND);
	}
	ops->rollback(t);
}

Test(memory, readers_keep_their_version)
{
	void *ctx = start("memory");
	struct mls_txn *r, *w;

	put_all(ctx, "ab");
	w = begin(ctx, 1);
	put(w, "a", "changed");
	r = begin(ctx, 0);
	EXPECT_SCAN(r, "", "a=v;b=v;");
	ops->del(w, str("b"));
	ops->commit(w);
	EXPECT_SCAN(r, "", "a=v;b=v;");
	ops->rollback(r);
	expect_committed(ctx, "a=changed;");
	prov->fini(ctx);
	clean();
}

/* How often x, masked so that it is not found itself, is in our memory. */
static unsigned
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

Test(memory, values_are_wiped)
{
	void *ctx = start("memory");
	struct mls_txn *t = begin(ctx, 1);
	uint8_t masked[32], plain[32];
	size_t i;

	for (i = 0; i < 32; i++)
		masked[i] = (uint8_t)(i * i * 37 + 11);
	for (i = 0; i < 32; i++)
		plain[i] = masked[i] ^ 0xa5;
	ops->put(t, str("a"), (struct mls_buf) { plain, 32 });
	ops->put(t, str("b"), (struct mls_buf) { plain, 32 });
	ops->put(t, str("c"), (struct mls_buf) { plain, 32 });
	ops->commit(t);
	explicit_bzero(plain, 32);
	cr_assert_geq(in_memory(masked, 32), 3);
	t = begin(ctx, 1);
	put(t, "a", "replaced");
	ops->del(t, str("b"));
	ops->commit(t);
	i = in_memory(masked, 32);
	prov->fini(ctx);
	cr_assert_lt(in_memory(masked, 32), i);
	cr_assert_eq(in_memory(masked, 32), 0);
	clean();
}

#ifdef TEST_SQLITE
Test(sqlite, persists_with_mode_0600)
{
	void *ctx = start("sqlite");
	struct stat st;

	put_all(ctx, "abc");
	prov->fini(ctx);
	cr_assert_eq(stat(db_path(), &st), 0);
	cr_assert_eq(st.st_mode & 0777, 0600);
	ctx = reopen();
	expect_committed(ctx, "a=v;b=v;c=v;");
	prov->fini(ctx);
	clean();
}

/* In a child: the status of begin(writable). */
static int
begin_elsewhere(int writable)
{
	struct mls_txn *t = NULL;
	void *ctx = NULL;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		status = try_open(&ctx, db_path());
		if (status == MLS_P_OK)
			status = ops->begin(ctx, writable, &t);
		if (status == MLS_P_BUSY && strstr(logged, "another process")
		    == NULL)
			status = 99;
		_exit(status);
	}
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	return WEXITSTATUS(status);
}

Test(sqlite, another_process_is_busy)
{
	void *ctx = start("sqlite");
	struct mls_txn *t = begin(ctx, 1);

	put(t, "a", "b");
	cr_assert_eq(begin_elsewhere(1), MLS_P_BUSY);
	cr_assert_eq(begin_elsewhere(0), MLS_P_OK);
	ops->commit(t);
	cr_assert_eq(begin_elsewhere(1), MLS_P_OK);
	prov->fini(ctx);
	clean();
}

Test(sqlite, a_commit_that_meets_a_reader_has_done_nothing)
{
	void *ctx = start("sqlite"), *other = reopen();
	struct mls_txn *r, *w;

	put_all(ctx, "a");
	r = begin(other, 0);
	EXPECT_SCAN(r, "", "a=v;");
	w = begin(ctx, 1);
	put(w, "b", "v");
	cr_assert_eq(ops->commit(w), MLS_P_BUSY);
	ops->rollback(r);
	expect_committed(ctx, "a=v;");
	put_all(ctx, "c");
	expect_committed(other, "a=v;c=v;");
	prov->fini(other);
	prov->fini(ctx);
	clean();
}

static void
sh(const char *command, const char *path)
{
	char line[300];

	snprintf(line, sizeof(line), command, path);
	cr_assert_eq(system(line), 0);
}

static void
expect_refused(int want, const char *path, const char *text)
{
	void *ctx = NULL;

	logged[0] = '\0';
	cr_assert_eq(try_open(&ctx, path), want, "%s", logged);
	cr_assert(ctx == NULL);
	cr_assert(strstr(logged, text) != NULL, "%s", logged);
}

/* Octets of the header of an SQLite file. */
static void
poke(long at, uint8_t octet)
{
	FILE *f = fopen(db_path(), "r+b");

	cr_assert(f != NULL && fseek(f, at, SEEK_SET) == 0);
	fputc(octet, f);
	fclose(f);
}

Test(sqlite, wrong_files_are_refused)
{
	void *ctx = start("sqlite");

	prov->fini(ctx);
	expect_refused(MLS_P_ARGUMENT, NULL, "path");
	expect_refused(MLS_P_ARGUMENT, dir, "regular");
	expect_refused(MLS_P_IO, "no-such-folder/file", "folder");
	poke(63, 2); /* user_version */
	expect_refused(MLS_P_UNSUPPORTED, db_path(), "newer");
	poke(63, 1);
	poke(68, 'X'); /* application_id */
	expect_refused(MLS_P_ARGUMENT, db_path(), "another program");
	poke(0, 'X');
	expect_refused(MLS_P_IO, db_path(), "not an SQLite database");
	sh("printf 'some text that is long enough for nothing' >%s",
	    db_path());
	expect_refused(MLS_P_IO, db_path(), "not an SQLite database");
	clean();
}

/* All files of the folder, one after the other. */
static uint8_t *
all_files(size_t *len)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[400];
	uint8_t *all = NULL;
	size_t n, room = 1 << 16;
	FILE *f;

	*len = 0;
	while ((e = readdir(d)) != NULL) {
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (e->d_name[0] == '.' || (f = fopen(path, "rb")) == NULL)
			continue;
		do {
			all = realloc(all, *len + room);
			n = fread(all + *len, 1, room, f);
			*len += n;
		} while (n > 0);
		fclose(f);
	}
	closedir(d);
	return all;
}

/* Secrets are "mls!" and a number; a value has its own at both ends. */
static size_t
value_of(uint8_t *out, uint32_t n)
{
	static const size_t pads[] = { 0, 8, 40, 100, 300, 900, 1500, 5000,
		20000 };
	size_t pad = pads[rand() % 9];

	memcpy(out, "mls!", 4);
	memcpy(out + 4, &n, 4);
	memset(out + 8, 0, pad);
	memcpy(out + 8 + pad, out, 8);
	return pad + 16;
}

/* Every secret in the files is one that is live, and all those are there. */
static void
check_files(const uint32_t *live, size_t keys, uint32_t secrets)
{
	uint8_t *is_live = calloc(secrets, 1), *all, *p;
	size_t len, i, found = 0, want = 0;
	uint32_t n;

	for (i = 0; i < keys; i++)
		if (live[i] != 0)
			is_live[live[i]] = 1;
	all = all_files(&len);
	for (p = all; p + 8 <= all + len; p++) {
		if (memcmp(p, "mls!", 4) != 0)
			continue;
		memcpy(&n, p + 4, 4);
		cr_assert(n < secrets && is_live[n] != 0, "%u is left", n);
		is_live[n] = 2;
	}
	for (i = 0; i < keys; i++)
		if (live[i] != 0) {
			want++;
			found += is_live[live[i]] == 2;
		}
	/* A secret may be torn where an overflow page starts. */
	cr_assert_geq(found, want - want / 20);
	free(all);
	free(is_live);
}

Test(sqlite, deleted_values_are_in_no_file)
{
	enum { KEYS = 400, ROUNDS = 100 };
	static uint32_t live[KEYS];
	static uint8_t value[20100];
	uint32_t secrets = 1;
	void *ctx = start("sqlite");
	struct mls_txn *t;
	char key[16];
	int round, i, k;

	srand(1);
	for (round = 0; round < ROUNDS; round++) {
		t = begin(ctx, 1);
		for (i = 5 + rand() % 40; i > 0; i--) {
			k = rand() % KEYS;
			snprintf(key, sizeof(key), "%x", k * 40503);
			if (rand() % 5 < 2) {
				ops->del(t, str(key));
				live[k] = 0;
				continue;
			}
			live[k] = secrets++;
			ops->put(t, str(key), (struct mls_buf) { value,
			    value_of(value, live[k]) });
		}
		cr_assert_eq(ops->commit(t), MLS_P_OK);
		check_files(live, KEYS, secrets);
	}
	cr_assert_gt(secrets, 1000);
	prov->fini(ctx);
	clean();
}
#endif
