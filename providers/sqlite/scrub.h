/* SPDX-License-Identifier: MIT */
/*
 * A layer over SQLite's file system that wipes the unused octets of each page
 * on its way to the database file.
 *
 * secure_delete overwrites what is deleted where it stands, but not the
 * copies that stay behind where the b-tree moved a record to another page.
 * Measured with 3.40 over 200 commits of 5 to 50 mixed records, it left one
 * deleted secret in the file at times, in every journal mode.  With this
 * layer a page in the file holds its live records, and nothing else but
 * fragments of up to three octets.
 */
#ifndef MLS_SQLITE_SCRUB_H
#define MLS_SQLITE_SCRUB_H

#include <sqlite3.h>

#define MLS_SCRUB_PAGE 4096 /* the one page size that it knows */

/* Page numbers below this keep the first octet of an overflow or freelist
 * page, which is that of a page number, apart from that of a b-tree page. */
#define MLS_SCRUB_MAX_PAGES 0x01ffffff

struct mls_scrub {
	sqlite3_vfs vfs;
	char name[40];
};

/* scrub_register(s): lend SQLite the layer as s->name; an SQLite code. */
int mls__scrub_register(struct mls_scrub *s);
void mls__scrub_unregister(struct mls_scrub *s);

#endif
