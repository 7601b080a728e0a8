/* SPDX-License-Identifier: MIT */
/*
 * Why the journal is truncated.  What is deleted is to be gone from every
 * file when commit returns.  Measured with SQLite 3.40 on ext4, 200 commits of
 * 5 to 50 puts, replacements and deletions, values from 48 octets to 40 kB
 * that spill to overflow pages / up to 150 octets, 3037 / 2876 dead secrets
 * searched for in all files, without the layer of scrub.c:
 *
 *   journal_mode  synchronous  commits/s    secrets left at worst
 *   DELETE        FULL         276 / 519     1 / 0   not durable: the removal
 *   DELETE        EXTRA        273 / 397     1 / 0
 *   TRUNCATE      FULL         268 / 425     1 / 0
 *   PERSIST       FULL         340 / 743    55 / 23  only its header is zeroed
 *   WAL           FULL         163 / 488     1 / 0   TRUNCATE checkpoint each
 *
 * PERSIST leaves old pages in the journal.  WAL, once emptied in each commit,
 * has lost its advantage, and cannot be emptied at all while a reader of
 * another process looks at it.  DELETE needs a sync of the folder to be as
 * durable as TRUNCATE, and is as fast within what the measurement varies.  In
 * all modes one secret was left in the database itself, which is what scrub.c
 * is for: with it and TRUNCATE there were none in six runs of 400 commits with
 * 6400 to 6600 secrets each, at 375 to 578 / 854 to 1090 commits/s (driven
 * from C, the table above from Python; so compare within it only).
 *
 * A power failure in the midst of a commit leaves the journal with the old
 * pages in it; SQLite rolls it back when the store is next opened.  Copies
 * that SQLite makes in memory are freed by it without being wiped.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define APPLICATION_ID 0x4d4c534b /* "MLSK" */
#define SCHEMA_VERSION 1
#define TEXT(x) TEXT_(x)
#define TEXT_(x) #x

void
mls__file_log(const struct mls_file *f, int level, const char *text)
{
	char line[512];

	if (f->host == NULL || !MLS_HAS(f->host, log))
		return;
	snprintf(line, sizeof(line), "sqlite: %s: %s",
	    f->path != NULL ? f->path : "no path", text);
	f->host->log(f->host->self, level, line);
}

static int
fail(const struct mls_file *f, int status, const char *text)
{
	mls__file_log(f, MLS_LOG_ERROR, text);
	return status;
}

int
mls__file_status(const struct mls_file *f, int rc, const char *what)
{
	char text[256];

	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return MLS_P_OK;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		snprintf(text, sizeof(text), "%s: another process holds the "
		    "store; try later, or set timeout", what);
		return fail(f, MLS_P_BUSY, text);
	case SQLITE_NOTADB:
		return fail(f, MLS_P_IO, "this file is not an SQLite database");
	}
	snprintf(text, sizeof(text), "%s: %s (SQLite %d)", what,
	    sqlite3_errstr(rc), rc);
	switch (rc & 0xff) {
	case SQLITE_FULL:
		return fail(f, MLS_P_FULL, text);
	case SQLITE_NOMEM:
		return fail(f, MLS_P_NOMEM, text);
	case SQLITE_TOOBIG:
		return fail(f, MLS_P_ARGUMENT, text);
	}
	return fail(f, MLS_P_IO, text);
}

int
mls__file_exec(const struct mls_file *f, const char *sql)
{
	return sqlite3_exec(f->db, sql, NULL, NULL, NULL);
}

static int
query_int(sqlite3_int64 *out, const struct mls_file *f, const char *sql)
{
	sqlite3_stmt *st = NULL;
	int rc = sqlite3_prepare_v2(f->db, sql, -1, &st, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW) {
		*out = sqlite3_column_int64(st, 0);
		rc = SQLITE_OK;
	} else if (rc == SQLITE_DONE) {
		rc = SQLITE_ERROR;
	}
	sqlite3_finalize(st);
	return rc;
}

/* Make an empty file that is the owner's alone, if there is none.  One that
 * was there is not opened: to close it would drop the locks that another
 * context of this process has on it. */
static int
make_file(const struct mls_file *f)
{
	char text[160];
	struct stat st;
	int fd = open(f->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd >= 0)
		return close(fd) == 0 ? MLS_P_OK :
		    fail(f, MLS_P_IO, "the new file could not be closed");
	if (errno != EEXIST || stat(f->path, &st) != 0) {
		snprintf(text, sizeof(text), "cannot be made: errno %d; "
		    "path names a file in a folder that exists", errno);
		return fail(f, MLS_P_IO, text);
	}
	if (!S_ISREG(st.st_mode))
		return fail(f, MLS_P_ARGUMENT, "this is not a regular file");
	/* Whoever owns it reads what we put there, and decides what we find. */
	if (st.st_uid != 0 && st.st_uid != geteuid()) {
		snprintf(text, sizeof(text), "this file belongs to user %lu; "
		    "it must belong to root or to the user who runs this",
		    (unsigned long)st.st_uid);
		return fail(f, MLS_P_ARGUMENT, text);
	}
	if (st.st_mode & 077)
		mls__file_log(f, MLS_LOG_WARNING,
		    "others may read or write this file; make its mode 0600");
	return MLS_P_OK;
}

static int
connect_db(struct mls_file *f)
{
	int rc = mls__scrub_register(&f->scrub);

	if (rc == SQLITE_OK)
		rc = sqlite3_open_v2(f->path, &f->db, SQLITE_OPEN_READWRITE |
		    SQLITE_OPEN_NOMUTEX, f->scrub.name);
	if (rc == SQLITE_OK) {
		sqlite3_extended_result_codes(f->db, 1);
		sqlite3_db_config(f->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
		sqlite3_db_config(f->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0,
		    NULL);
		sqlite3_db_config(f->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
		/* No spilling: nothing of an open transaction in the file. */
		rc = mls__file_exec(f,
		    "PRAGMA trusted_schema = OFF;"
		    "PRAGMA cell_size_check = ON;"
		    "PRAGMA temp_store = MEMORY;"
		    "PRAGMA cache_spill = OFF;"
		    "PRAGMA page_size = " TEXT(MLS_SCRUB_PAGE) ";"
		    "PRAGMA auto_vacuum = NONE");
	}
	return mls__file_status(f, rc, "opening");
}

/* Whose the file is: *empty if nobody's yet. */
static int
identify(int *empty, const struct mls_file *f)
{
	sqlite3_int64 id, version, tables, page, vacuum;
	int rc;

	rc = query_int(&id, f, "PRAGMA application_id");
	if (rc == SQLITE_OK)
		rc = query_int(&version, f, "PRAGMA user_version");
	if (rc == SQLITE_OK)
		rc = query_int(&tables, f, "SELECT count(*) FROM "
		    "sqlite_master");
	if (rc == SQLITE_OK)
		rc = query_int(&page, f, "PRAGMA page_size");
	if (rc == SQLITE_OK)
		rc = query_int(&vacuum, f, "PRAGMA auto_vacuum");
	if (rc != SQLITE_OK)
		return mls__file_status(f, rc, "reading what file it is");
	*empty = id == 0 && version == 0 && tables == 0;
	if (!*empty && id != APPLICATION_ID)
		return fail(f, MLS_P_ARGUMENT,
		    "this is another program's database, not a keystore");
	if (version > SCHEMA_VERSION)
		return fail(f, MLS_P_UNSUPPORTED, "a newer libmls made this "
		    "keystore; this one knows version " TEXT(SCHEMA_VERSION));
	if (page != MLS_SCRUB_PAGE || vacuum != 0)
		return fail(f, MLS_P_UNSUPPORTED, "its pages are not as "
		    "libmls makes them, so erasure cannot be promised; want "
		    "page_size " TEXT(MLS_SCRUB_PAGE) ", auto_vacuum NONE");
	return MLS_P_OK;
}

/* Make the table, unless another process just did. */
static int
make_schema(const struct mls_file *f)
{
	int empty, status, rc;

	rc = mls__file_exec(f, "BEGIN IMMEDIATE");
	if (rc != SQLITE_OK)
		return mls__file_status(f, rc, "making the keystore");
	status = identify(&empty, f);
	if (status == MLS_P_OK && empty) {
		rc = mls__file_exec(f,
		    "CREATE TABLE record (key BLOB PRIMARY KEY NOT NULL,"
		    " value BLOB NOT NULL) WITHOUT ROWID;"
		    "PRAGMA application_id = " TEXT(APPLICATION_ID) ";"
		    "PRAGMA user_version = " TEXT(SCHEMA_VERSION));
		status = mls__file_status(f, rc, "making the keystore");
	}
	if (status == MLS_P_OK)
		status = mls__file_status(f, mls__file_exec(f, "COMMIT"),
		    "making the keystore");
	if (!sqlite3_get_autocommit(f->db))
		mls__file_exec(f, "ROLLBACK");
	return status;
}

static int
truncate_journal(sqlite3_int64 *truncates, const struct mls_file *f)
{
	sqlite3_stmt *st = NULL;
	const unsigned char *mode;
	int rc, end;

	rc = sqlite3_prepare_v2(f->db, "PRAGMA journal_mode = TRUNCATE", -1,
	    &st, NULL);
	if (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW) {
		mode = sqlite3_column_text(st, 0);
		if (mode == NULL)
			rc = sqlite3_errcode(f->db);
		else
			*truncates = strcmp((const char *)mode,
			    "truncate") == 0;
	}
	end = sqlite3_finalize(st);
	return rc != SQLITE_OK ? rc : end;
}

/* What erasure and durability rest on; only of a file that is ours. */
static int
settle(const struct mls_file *f)
{
	sqlite3_int64 secure = 0, sync = 0, pages = 0, truncates = 0;
	int rc;

	rc = truncate_journal(&truncates, f);
	if (rc == SQLITE_OK)
		rc = mls__file_exec(f, "PRAGMA synchronous = FULL");
	if (rc == SQLITE_OK)
		rc = query_int(&secure, f, "PRAGMA secure_delete = ON");
	if (rc == SQLITE_OK)
		rc = query_int(&sync, f, "PRAGMA synchronous");
	if (rc == SQLITE_OK)
		rc = query_int(&pages, f, "PRAGMA max_page_count = "
		    TEXT(MLS_SCRUB_MAX_PAGES));
	if (rc != SQLITE_OK)
		return mls__file_status(f, rc, "setting it up");
	if (!truncates || secure != 1 || sync != 2 ||
	    pages > MLS_SCRUB_MAX_PAGES)
		return fail(f, MLS_P_UNSUPPORTED, "this SQLite does not "
		    "take journal_mode TRUNCATE, secure_delete ON and "
		    "synchronous FULL");
	return MLS_P_OK;
}

int
mls__file_open(struct mls_file *f, const struct mls_host *host,
    const char *path, int timeout)
{
	const int patience = 2000; /* ms; opening does not fail for a commit */
	int status, empty;
	size_t len = strlen(path) + 3;

	f->host = host;
	f->path = malloc(len);
	if (f->path == NULL)
		return MLS_P_NOMEM;
	/* ":memory:" and "file:..." are files here. */
	snprintf(f->path, len, "%s%s", path[0] == '/' ? "" : "./", path);
	if (!sqlite3_threadsafe())
		return fail(f, MLS_P_UNSUPPORTED,
		    "this SQLite was built for a single thread");
	status = make_file(f);
	if (status == MLS_P_OK)
		status = connect_db(f);
	if (status != MLS_P_OK)
		return status;
	sqlite3_busy_timeout(f->db, timeout > patience ? timeout : patience);
	status = identify(&empty, f);
	if (status == MLS_P_OK)
		status = settle(f);
	if (status == MLS_P_OK && empty)
		status = make_schema(f);
	sqlite3_busy_timeout(f->db, timeout);
	return status;
}

void
mls__file_close(struct mls_file *f)
{
	sqlite3_close(f->db);
	mls__scrub_unregister(&f->scrub);
	free(f->path);
}
