/* SPDX-License-Identifier: MIT */
#include "scrub.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../common/wipe.h"

/* The file beneath follows in memory. */
struct scrubbed {
	sqlite3_file base;
	sqlite3_file *real;
};

static sqlite3_file *
real(sqlite3_file *f)
{
	return ((struct scrubbed *)f)->real;
}

static unsigned
get16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

/* Wipe what is free in a page of a b-tree (SQLite's "Database File Format",
 * section 1.6); at is where its header starts.  What does not look like such
 * a page is left as it is. */
static void
scrub_page(uint8_t page[MLS_SCRUB_PAGE], unsigned at)
{
	uint8_t *h = page + at;
	unsigned gap, content, free, next, size;

	if (h[0] == 0x0a || h[0] == 0x0d)
		gap = at + 8;
	else if (h[0] == 0x02 || h[0] == 0x05)
		gap = at + 12;
	else
		return;
	gap += 2 * get16(h + 3);
	content = get16(h + 5);
	if (gap > content || content > MLS_SCRUB_PAGE)
		return;
	memset(page + gap, 0, content - gap);
	for (free = get16(h + 1); free >= content &&
	    free <= MLS_SCRUB_PAGE - 4; free = next) {
		next = get16(page + free);
		size = get16(page + free + 2);
		if (size < 4 || size > MLS_SCRUB_PAGE - free)
			return;
		memset(page + free + 4, 0, size - 4);
		if (next <= free)
			return;
	}
}

static int
file_write(sqlite3_file *f, const void *data, int n, sqlite3_int64 at)
{
	uint8_t page[MLS_SCRUB_PAGE];
	int rc;

	/* SQLite writes the database in whole pages; mls__file_open made
	 * sure of their size. */
	if (n != MLS_SCRUB_PAGE || at % MLS_SCRUB_PAGE != 0)
		return real(f)->pMethods->xWrite(real(f), data, n, at);
	memcpy(page, data, sizeof(page));
	scrub_page(page, at == 0 ? 100 : 0);
	rc = real(f)->pMethods->xWrite(real(f), page, n, at);
	mls__module_wipe(page, sizeof(page));
	return rc;
}

static int
file_close(sqlite3_file *f)
{
	return real(f)->pMethods->xClose(real(f));
}

static int
file_read(sqlite3_file *f, void *out, int n, sqlite3_int64 at)
{
	return real(f)->pMethods->xRead(real(f), out, n, at);
}

static int
file_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	return real(f)->pMethods->xTruncate(real(f), size);
}

static int
file_sync(sqlite3_file *f, int flags)
{
	return real(f)->pMethods->xSync(real(f), flags);
}

static int
file_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real(f)->pMethods->xFileSize(real(f), size);
}

static int
file_lock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xLock(real(f), level);
}

static int
file_unlock(sqlite3_file *f, int level)
{
	return real(f)->pMethods->xUnlock(real(f), level);
}

static int
file_check_reserved(sqlite3_file *f, int *out)
{
	return real(f)->pMethods->xCheckReservedLock(real(f), out);
}

static int
file_control(sqlite3_file *f, int op, void *arg)
{
	return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int
file_sector_size(sqlite3_file *f)
{
	return real(f)->pMethods->xSectorSize(real(f));
}

static int
file_characteristics(sqlite3_file *f)
{
	return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

/* Version 1: no shared memory, hence no WAL, and no mapped pages. */
static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_check_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector_size,
	.xDeviceCharacteristics = file_characteristics,
};

static sqlite3_vfs *
beneath(const sqlite3_vfs *v)
{
	return v->pAppData;
}

static int
vfs_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags,
    int *out)
{
	struct scrubbed *s = (struct scrubbed *)f;
	sqlite3_vfs *b = beneath(v);
	int rc;

	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return b->xOpen(b, name, f, flags, out);
	s->base.pMethods = NULL;
	s->real = (sqlite3_file *)(void *)(s + 1);
	s->real->pMethods = NULL;
	rc = b->xOpen(b, name, s->real, flags, out);
	if (s->real->pMethods != NULL)
		s->base.pMethods = &methods; /* is to be closed, then */
	return rc;
}

static int
vfs_delete(sqlite3_vfs *v, const char *name, int sync)
{
	return beneath(v)->xDelete(beneath(v), name, sync);
}

static int
vfs_access(sqlite3_vfs *v, const char *name, int flags, int *out)
{
	return beneath(v)->xAccess(beneath(v), name, flags, out);
}

static int
vfs_full_path(sqlite3_vfs *v, const char *name, int n, char *out)
{
	return beneath(v)->xFullPathname(beneath(v), name, n, out);
}

static int
vfs_randomness(sqlite3_vfs *v, int n, char *out)
{
	return beneath(v)->xRandomness(beneath(v), n, out);
}

static int
vfs_sleep(sqlite3_vfs *v, int microseconds)
{
	return beneath(v)->xSleep(beneath(v), microseconds);
}

static int
vfs_time(sqlite3_vfs *v, double *out)
{
	return beneath(v)->xCurrentTime(beneath(v), out);
}

static int
vfs_last_error(sqlite3_vfs *v, int n, char *out)
{
	return beneath(v)->xGetLastError(beneath(v), n, out);
}

int
mls__scrub_register(struct mls_scrub *s)
{
	int rc = sqlite3_initialize();
	sqlite3_vfs *b;

	/* sqlite3_vfs_find does it too, but does not say how it failed. */
	if (rc != SQLITE_OK)
		return rc;
	b = sqlite3_vfs_find(NULL);
	if (b == NULL)
		return SQLITE_ERROR;
	/* SQLite keeps them by name in one list for the whole process. */
	snprintf(s->name, sizeof(s->name), "mls-scrub-%p", (void *)s);
	s->vfs = (sqlite3_vfs) {
		.iVersion = 1,
		.szOsFile = (int)sizeof(struct scrubbed) + b->szOsFile,
		.mxPathname = b->mxPathname,
		.zName = s->name,
		.pAppData = b,
		.xOpen = vfs_open,
		.xDelete = vfs_delete,
		.xAccess = vfs_access,
		.xFullPathname = vfs_full_path,
		.xRandomness = vfs_randomness,
		.xSleep = vfs_sleep,
		.xCurrentTime = vfs_time,
		.xGetLastError = vfs_last_error,
	};
	return sqlite3_vfs_register(&s->vfs, 0);
}

void
mls__scrub_unregister(struct mls_scrub *s)
{
	if (s->name[0] != '\0')
		sqlite3_vfs_unregister(&s->vfs);
}
