/* SPDX-License-Identifier: MIT */
/* What the keystore sqlite promises of its file. */
#include "keystore_fixture.h"

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

/* Put a text in the store's place. */
static void
overwrite(const char *text)
{
	FILE *f = fopen(db_path(), "wb");

	cr_assert(f != NULL);
	fputs(text, f);
	fclose(f);
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
	overwrite("some text that is long enough for nothing");
	expect_refused(MLS_P_IO, db_path(), "not an SQLite database");
	clean();
}

/* A program of root, or of another user. */
Test(sqlite, files_of_others_are_refused)
{
	void *ctx;

	if (geteuid() != 0)
		cr_skip_test("only root gives files away");
	ctx = start("sqlite");
	put_all(ctx, "a");
	prov->fini(ctx);
	cr_assert_eq(chown(db_path(), 12345, -1), 0);
	expect_refused(MLS_P_ARGUMENT, db_path(), "this file belongs to user "
	    "12345; it must belong to root or to the user who runs this");
	cr_assert_eq(chown(db_path(), 0, -1), 0);
	cr_assert_eq(chown(dir, 12345, -1), 0);
	cr_assert_eq(seteuid(12345), 0);
	expect_refused(MLS_P_IO, db_path(), "opening");
	cr_assert_eq(seteuid(0), 0);
	ctx = reopen();
	expect_committed(ctx, "a=v;");
	prov->fini(ctx);
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
