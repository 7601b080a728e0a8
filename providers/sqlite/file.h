/* SPDX-License-Identifier: MIT */
/* The database file: finding it good, or making it. */
#ifndef MLS_SQLITE_FILE_H
#define MLS_SQLITE_FILE_H

#include <sqlite3.h>

#include "libmls/provider.h"
#include "scrub.h"

struct mls_file {
	const struct mls_host *host;
	char *path; /* never one that SQLite takes for something special */
	sqlite3 *db;
	struct mls_scrub scrub;
};

/* file_open(f, host, path, timeout): f is zeroed; a status, with a text in
 * the log.  file_close takes what is half open. */
int mls__file_open(struct mls_file *f, const struct mls_host *host,
    const char *path, int timeout);
void mls__file_close(struct mls_file *f);

/* file_log(f, level, text): with the path in front. */
void mls__file_log(const struct mls_file *f, int level, const char *text);

/* file_status(f, rc, what): the status for an SQLite code, which is logged
 * with what was to be done unless it is OK. */
int mls__file_status(const struct mls_file *f, int rc, const char *what);

/* file_exec(f, sql): an SQLite code. */
int mls__file_exec(const struct mls_file *f, const char *sql);

#endif
