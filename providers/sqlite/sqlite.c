/* SPDX-License-Identifier: MIT */
/*
 * The keystore `sqlite`: records in one table of an SQLite database.
 *
 * Parameters:
 *   path     the database file; made, with mode 0600, if there is none
 *   timeout  how many milliseconds to wait for another process (0)
 *
 * Locking.  A context is one connection and has one transaction at a time,
 * reading or writing: begin waits while another thread has one, and is BUSY
 * if the same thread has.  Between processes, and contexts on one file, there
 * is one writer (BEGIN IMMEDIATE) beside any readers.  The commit of a writer
 * waits for readers up to the timeout; if they are still there it has done
 * nothing and is BUSY.
 *
 * Deleted and replaced values are in no file any more when commit returns;
 * file.c and scrub.c say how.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/gate.h"
#include "file.h"

enum {
	BEGIN_READ, BEGIN_WRITE, COMMIT, ROLLBACK,
	GET, SCAN, PUT, DEL,
	N_STMTS
};

static const char *const sql[N_STMTS] = {
	[BEGIN_READ] = "BEGIN",
	[BEGIN_WRITE] = "BEGIN IMMEDIATE",
	[COMMIT] = "COMMIT",
	[ROLLBACK] = "ROLLBACK",
	[GET] = "SELECT key, value FROM record WHERE key = ?1",
	[SCAN] = "SELECT key, value FROM record WHERE key >= ?1 ORDER BY key",
	[PUT] = "REPLACE INTO record (key, value) VALUES (?1, ?2)",
	[DEL] = "DELETE FROM record WHERE key = ?1",
};

/* The one transaction that a store has at a time. */
struct mls_txn {
	struct store *store;
	bool writable;
	int broken; /* SQLite has rolled it back for this status */
};

struct store {
	struct mls_gate gate;
	struct mls_txn txn;
	struct mls_file file;
	sqlite3_stmt *stmts[N_STMTS];
};

/* Where the parameters say: ARGUMENT, with a text, unless they are good. */
static int
read_params(const char **path, int *timeout, const struct mls_host *host,
    const struct mls_param *params, size_t n)
{
	const struct mls_file nowhere = { .host = host };
	char text[200], *end;
	long ms;
	size_t i;

	*path = NULL;
	*timeout = 0;
	for (i = 0; i < n; i++) {
		if (strcmp(params[i].name, "path") == 0) {
			*path = params[i].value;
		} else if (strcmp(params[i].name, "timeout") == 0) {
			ms = strtol(params[i].value, &end, 10);
			if (*end != '\0' || end == params[i].value ||
			    ms < 0 || ms > INT_MAX) {
				mls__file_log(&nowhere, MLS_LOG_ERROR,
				    "timeout is a number of milliseconds");
				return MLS_P_ARGUMENT;
			}
			*timeout = (int)ms;
		} else {
			snprintf(text, sizeof(text), "unknown parameter: %s; "
			    "there are path and timeout", params[i].name);
			mls__file_log(&nowhere, MLS_LOG_ERROR, text);
			return MLS_P_ARGUMENT;
		}
	}
	if (*path != NULL && **path != '\0')
		return MLS_P_OK;
	mls__file_log(&nowhere, MLS_LOG_ERROR, "set the parameter path (in a "
	    "config file: x-path) to the file that is to hold the keys");
	return MLS_P_ARGUMENT;
}

static void
sqlite_fini(void *ctx)
{
	struct store *s = ctx;
	int i;

	if (s == NULL)
		return;
	for (i = 0; i < N_STMTS; i++)
		sqlite3_finalize(s->stmts[i]);
	mls__file_close(&s->file);
	mls__gate_fini(&s->gate);
	free(s);
}

static int
sqlite_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	struct store *s;
	const char *path;
	int timeout, status, rc, i;

	status = read_params(&path, &timeout, host, params, n);
	if (status != MLS_P_OK)
		return status;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return MLS_P_NOMEM;
	if (mls__gate_init(&s->gate) != MLS_P_OK) {
		free(s);
		return MLS_P_NOMEM;
	}
	s->txn.store = s;
	status = mls__file_open(&s->file, host, path, timeout);
	for (i = 0; i < N_STMTS && status == MLS_P_OK; i++) {
		rc = sqlite3_prepare_v3(s->file.db, sql[i], -1,
		    SQLITE_PREPARE_PERSISTENT, &s->stmts[i], NULL);
		status = mls__file_status(&s->file, rc, "preparing");
	}
	if (status != MLS_P_OK) {
		sqlite_fini(s);
		return status;
	}
	*ctx = s;
	return MLS_P_OK;
}

/* Run a statement that gives no rows. */
static int
run(struct store *s, int which)
{
	int rc = sqlite3_step(s->stmts[which]);

	sqlite3_reset(s->stmts[which]);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int
bind(sqlite3_stmt *st, int i, struct mls_buf b)
{
	/* A null pointer would bind NULL, not no octets. */
	return sqlite3_bind_blob64(st, i, b.len > 0 ? b.data :
	    (const uint8_t *)"", b.len, SQLITE_STATIC);
}

static struct mls_buf
column(sqlite3_stmt *st, int i)
{
	struct mls_buf b;

	b.data = sqlite3_column_blob(st, i);
	b.len = (size_t)sqlite3_column_bytes(st, i);
	return b;
}

static bool
has_prefix(struct mls_buf key, struct mls_buf prefix)
{
	return key.len >= prefix.len && (prefix.len == 0 ||
	    memcmp(key.data, prefix.data, prefix.len) == 0);
}

/* The status for rc; some failures end the whole transaction, after which
 * SQLite would run each statement in one of its own. */
static int
settle(struct mls_txn *t, int rc, const char *what)
{
	int status = mls__file_status(&t->store->file, rc, what);

	if (status != MLS_P_OK && sqlite3_get_autocommit(t->store->file.db))
		t->broken = status;
	return status;
}

static int
begin(void *ctx, uint32_t writable, struct mls_txn **out)
{
	struct store *s = ctx;
	int status, rc;

	status = mls__gate_enter(&s->gate);
	if (status != MLS_P_OK) {
		mls__file_log(&s->file, MLS_LOG_ERROR,
		    "this thread has a transaction already");
		return status;
	}
	rc = run(s, writable ? BEGIN_WRITE : BEGIN_READ);
	if (rc != SQLITE_OK) {
		status = mls__file_status(&s->file, rc, "beginning");
		mls__gate_leave(&s->gate);
		return status;
	}
	s->txn.writable = writable != 0;
	s->txn.broken = MLS_P_OK;
	*out = &s->txn;
	return MLS_P_OK;
}

/* Give fn the record that st stands at. */
static int
hand_over(sqlite3_stmt *st, mls_record_fn fn, void *arg)
{
	struct mls_buf key = column(st, 0), value = column(st, 1);

	/* NULL stands for no octets, or for no memory to gather them in. */
	if ((key.data == NULL || value.data == NULL) &&
	    sqlite3_errcode(sqlite3_db_handle(st)) == SQLITE_NOMEM)
		return MLS_P_NOMEM;
	return fn(arg, key, value);
}

static int
get(struct mls_txn *t, struct mls_buf key, mls_record_fn fn, void *arg)
{
	sqlite3_stmt *st = t->store->stmts[GET];
	int rc, status;

	if (t->broken != MLS_P_OK)
		return t->broken;
	rc = bind(st, 1, key);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		status = hand_over(st, fn, arg);
	else if (rc == SQLITE_DONE)
		status = MLS_P_NOTFOUND;
	else
		status = settle(t, rc, "reading");
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return status;
}

static int
scan(struct mls_txn *t, struct mls_buf prefix, mls_record_fn fn, void *arg)
{
	sqlite3_stmt *st = t->store->stmts[SCAN];
	int rc, status = MLS_P_OK;

	if (t->broken != MLS_P_OK)
		return t->broken;
	rc = bind(st, 1, prefix);
	while (rc == SQLITE_OK && status == 0) {
		rc = sqlite3_step(st);
		if (rc != SQLITE_ROW)
			break;
		if (!has_prefix(column(st, 0), prefix))
			break;
		status = hand_over(st, fn, arg);
		rc = SQLITE_OK;
	}
	if (status == 0)
		status = settle(t, rc, "reading");
	sqlite3_reset(st);
	sqlite3_clear_bindings(st);
	return status;
}

static int
change(struct mls_txn *t, int which, struct mls_buf key,
    const struct mls_buf *value)
{
	sqlite3_stmt *st = t->store->stmts[which];
	int rc;

	if (!t->writable)
		return MLS_P_ARGUMENT;
	if (t->broken != MLS_P_OK)
		return t->broken;
	rc = bind(st, 1, key);
	if (rc == SQLITE_OK && value != NULL)
		rc = bind(st, 2, *value);
	if (rc == SQLITE_OK)
		rc = run(t->store, which);
	sqlite3_clear_bindings(st);
	return settle(t, rc, "writing");
}

static int
put(struct mls_txn *t, struct mls_buf key, struct mls_buf value)
{
	return change(t, PUT, key, &value);
}

static int
del(struct mls_txn *t, struct mls_buf key)
{
	return change(t, DEL, key, NULL);
}

static void
rollback(struct mls_txn *t)
{
	struct store *s;

	if (t == NULL)
		return;
	s = t->store;
	if (!sqlite3_get_autocommit(s->file.db))
		run(s, ROLLBACK);
	mls__gate_leave(&s->gate);
}

static int
commit(struct mls_txn *t)
{
	struct store *s = t->store;
	int status = t->broken, rc;

	if (status == MLS_P_OK) {
		rc = run(s, COMMIT);
		status = mls__file_status(&s->file, rc, "committing");
	}
	/* A status other than IO says that nothing was done: be sure. */
	if (!sqlite3_get_autocommit(s->file.db) &&
	    run(s, ROLLBACK) != SQLITE_OK)
		status = MLS_P_IO;
	mls__gate_leave(&s->gate);
	return status;
}

static const struct mls_keystore_ops keystore = {
	.size = sizeof(keystore),
	.begin = begin,
	.get = get,
	.scan = scan,
	.put = put,
	.del = del,
	.commit = commit,
	.rollback = rollback,
};

MLS_PROVIDER(sqlite) = {
	MLS_PROVIDER_HEADER,
	.name = "sqlite",
	.version = "1",
	.vendor = "libmls",
	.init = sqlite_init,
	.fini = sqlite_fini,
	.keystore = &keystore,
};
