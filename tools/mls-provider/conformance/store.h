/* SPDX-License-Identifier: MIT */
/* What tests of keystores share.  Keys have a prefix of the case's own, so that
 * a store with other records in it can be tested too. */
#ifndef CONFORMANCE_STORE_H
#define CONFORMANCE_STORE_H

#include "conform.h"

/* A key of the case: the prefix, then `octets`. */
struct store_key {
	uint8_t data[512];
	size_t len;
};
struct store_key store_key(struct conf *t, const void *octets, size_t len);
struct store_key store_name(struct conf *t, const char *name);
#define KEY_BUF(k) mls__buf((k).data, (k).len)

/* store_begin, _commit(t, ...): these must work. */
struct mls_txn *store_begin(struct conf *t, bool writable);
void store_commit(struct conf *t, struct mls_txn *txn);
void store_rollback(struct conf *t, struct mls_txn *txn);

/* store_try(t, out): begin to write, as long as it is BUSY; a status. */
int store_try(struct conf *t, struct mls_txn **out);

void store_put(struct conf *t, struct mls_txn *txn, struct store_key key,
    struct mls_buf value);
void store_del(struct conf *t, struct mls_txn *txn, struct store_key key);

/* store_has(t, txn, key, value): with just this value; or, if it is NULL, not
 * at all. */
void store_has(struct conf *t, struct mls_txn *txn, struct store_key key,
    const struct mls_buf *value, const char *what);

/* store_set(t, name, text), store_is(t, name, text): in a transaction of its
 * own; text NULL: absent. */
void store_set(struct conf *t, const char *name, const char *text);
void store_is(struct conf *t, const char *name, const char *text,
    const char *what);

/* erase.c: the test that looks into files. */
void store_erased(struct conf *t);

/* store_clear(t): no record of this case any more. */
void store_clear(struct conf *t);

#endif
