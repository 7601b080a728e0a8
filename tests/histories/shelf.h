/* SPDX-License-Identifier: MIT */
/*
 * A keystore for tests, registered statically as `shelf`: an ordered map in
 * memory that outlives its clients, so that closing and opening one again is
 * a crash and a start.  Its parameter `slot` says which map.
 *
 * What a map held is a version that never changes: held before a call and
 * compared after it, octet by octet.  Commits can be told to fail.
 */
#ifndef TESTS_HISTORIES_SHELF_H
#define TESTS_HISTORIES_SHELF_H

#include <stdbool.h>
#include <stddef.h>

#include "libmls/provider.h"

#define SHELF_SLOTS 128

extern const struct mls_provider shelf_provider;

/* The failure that waits: of the commit of writes that makes `countdown` 0,
 * with that status; `written` says whether it takes effect all the same, `busy`
 * that another writes behind it when it is first asked. */
struct shelf_fault {
	unsigned countdown; /* 0: none waits */
	int status;
	bool written, busy;
};
extern struct shelf_fault shelf_fault;

struct shelf_version;

/* hold(slot): what it has now.  drop(v): NULL is fine. */
struct shelf_version *shelf_hold(unsigned slot);
void shelf_drop(struct shelf_version *v);

/* put(slot, v): that it has what v holds; nobody may have it open. */
void shelf_put(unsigned slot, struct shelf_version *v);

/* same(v, slot): still the same records with the same octets. */
bool shelf_same(const struct shelf_version *v, unsigned slot);

/* each(slot, fn, arg): all records that it has now. */
void shelf_each(unsigned slot, void (*fn)(void *arg, struct mls_buf key,
    struct mls_buf value), void *arg);

/* clear(): forget all maps. */
void shelf_clear(void);

#endif
