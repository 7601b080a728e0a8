/* SPDX-License-Identifier: MIT */
#include "store.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>


#define PREFIX "\0mls-provider test\0"
#define PREFIX_LEN (sizeof(PREFIX) - 1)

struct store_key
store_key(struct conf *t, const void *octets, size_t len)
{
	struct store_key k = { .len = PREFIX_LEN + len };

	NEED(t, k.len <= sizeof(k.data), "a key of %zu octets", k.len);
	memcpy(k.data, PREFIX, PREFIX_LEN);
	if (len > 0)
		memcpy(k.data + PREFIX_LEN, octets, len);
	return k;
}

struct store_key
store_name(struct conf *t, const char *name)
{
	return store_key(t, name, strlen(name));
}

struct mls_txn *
store_begin(struct conf *t, bool writable)
{
	struct mls_txn *txn = NULL;

	conf_doing(t, "begin to %s", writable ? "write" : "read");
	conf_expect(t, t->desc->keystore->begin(t->ctx, writable, &txn),
	    MLS_P_OK, "beginning to %s", writable ? "write" : "read");
	return txn;
}

int
store_try(struct conf *t, struct mls_txn **out)
{
	const struct timespec pause = { 0, 1000000 };
	int st, i;

	for (i = 0; i < 20000; i++) {
		st = t->desc->keystore->begin(t->ctx, 1, out);
		if (st != MLS_P_BUSY)
			return st;
		nanosleep(&pause, NULL);
	}
	return st;
}

void
store_commit(struct conf *t, struct mls_txn *txn)
{
	conf_doing(t, "commit");
	conf_expect(t, t->desc->keystore->commit(txn), MLS_P_OK,
	    "committing");
}

void
store_rollback(struct conf *t, struct mls_txn *txn)
{
	conf_doing(t, "rollback");
	t->desc->keystore->rollback(txn);
}

void
store_put(struct conf *t, struct mls_txn *txn, struct store_key key,
    struct mls_buf value)
{
	conf_doing(t, "put of %zu octets under %zu", value.len, key.len);
	conf_expect(t, t->desc->keystore->put(txn, KEY_BUF(key), value),
	    MLS_P_OK, "putting %zu octets under %zu", value.len, key.len);
}

void
store_del(struct conf *t, struct mls_txn *txn, struct store_key key)
{
	conf_doing(t, "del of a key of %zu octets", key.len);
	conf_expect(t, t->desc->keystore->del(txn, KEY_BUF(key)), MLS_P_OK,
	    "deleting");
}

struct want {
	struct mls_buf key, value;
	bool same;
	int calls;
};

static int
compare(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct want *w = arg;

	w->calls++;
	w->same = mls__equal(key, w->key) && mls__equal(value, w->value);
	return 0;
}

void
store_has(struct conf *t, struct mls_txn *txn, struct store_key key,
    const struct mls_buf *value, const char *what)
{
	struct want w = { .key = KEY_BUF(key) };
	int st;

	if (value != NULL)
		w.value = *value;
	conf_doing(t, "get of a key of %zu octets", key.len);
	st = t->desc->keystore->get(txn, KEY_BUF(key), compare, &w);
	conf_expect(t, st, value != NULL ? MLS_P_OK : MLS_P_NOTFOUND,
	    "getting %s", what);
	NEED(t, w.calls == (value != NULL), "get calls back %d times (%s)",
	    w.calls, what);
	NEED(t, value == NULL || w.same, "get gives another record (%s)",
	    what);
}

void
store_set(struct conf *t, const char *name, const char *text)
{
	struct mls_txn *txn = store_begin(t, true);

	if (text != NULL)
		store_put(t, txn, store_name(t, name), mls__buf_str(text));
	else
		store_del(t, txn, store_name(t, name));
	store_commit(t, txn);
}

void
store_is(struct conf *t, const char *name, const char *text, const char *what)
{
	struct mls_txn *txn = store_begin(t, false);
	struct mls_buf value = text != NULL ? mls__buf_str(text) :
	    mls__buf(NULL, 0);

	store_has(t, txn, store_name(t, name), text != NULL ? &value : NULL,
	    what);
	store_rollback(t, txn);
}

/* Keys found, to be deleted once the scan is over. */
struct found {
	struct store_key *keys;
	size_t n;
};

static int
collect(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct found *f = arg;
	void *more = realloc(f->keys, (f->n + 1) * sizeof(*f->keys));

	(void)value;
	if (more == NULL || key.len > sizeof(f->keys->data))
		return MLS_P_NOMEM;
	f->keys = more;
	memcpy(f->keys[f->n].data, key.data, key.len);
	f->keys[f->n++].len = key.len;
	return 0;
}

void
store_clear(struct conf *t)
{
	struct found f = { NULL, 0 };
	struct mls_txn *txn = store_begin(t, true);
	struct store_key prefix = store_key(t, NULL, 0);
	size_t i;

	conf_expect(t, t->desc->keystore->scan(txn, KEY_BUF(prefix), collect,
	    &f), MLS_P_OK, "scanning");
	for (i = 0; i < f.n; i++)
		store_del(t, txn, f.keys[i]);
	store_commit(t, txn);
	free(f.keys);
}
