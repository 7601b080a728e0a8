/* SPDX-License-Identifier: MIT */
#include "group/erase.h"

#include <stdlib.h>

#include "base/error.h"
#include "base/secret.h"
#include "group/meta.h"
#include "libmls/mls.h"

/* What a transaction does to keys that stay in their provider. */
struct mls_holds {
	struct mls_writer dropped; /* stored forms that a record let go of */
};

static int
holds_of(struct mls_holds **out, struct mls_store_txn *t)
{
	if (t->holds == NULL)
		t->holds = mls__alloc(sizeof(*t->holds));
	*out = t->holds;
	return t->holds == NULL ? MLS_E_OUT_OF_MEMORY : 0;
}

/* The key of a record of ours. */
static int
own_key(struct mls_writer *w, enum mls_record_type type, struct mls_buf first,
    struct mls_buf rest)
{
	mls__writer_reset(w);
	mls__write_u8(w, (uint8_t)type);
	mls__write_bytes(w, first);
	mls__write_bytes(w, rest);
	return w->error;
}

#define FOUND 1 /* no error of the table: ends a scan */

static int
end_scan(void *arg, struct mls_buf key, struct mls_buf value)
{
	(void)arg;
	(void)key;
	(void)value;
	return FOUND;
}

/* A stored form ends where it says: nothing else begins with it. */
static int
is_held(bool *out, struct mls_store_txn *t, struct mls_buf stored)
{
	struct mls_writer key = { 0 };
	int rc = own_key(&key, MLS_REC_HOLDER, stored, mls__buf(NULL, 0));

	if (rc == 0)
		rc = mls__txn_scan(t, mls__writer_buf(&key), end_scan, NULL);
	mls__writer_free(&key);
	*out = rc == FOUND;
	return rc == FOUND ? 0 : rc;
}

static bool
is_dropped(const struct mls_holds *h, struct mls_buf stored)
{
	struct mls_reader r;

	mls__reader_init(&r, mls__writer_buf(&h->dropped));
	while (mls__reader_more(&r))
		if (mls__equal(mls__read_opaque(&r), stored))
			return true;
	return false;
}

void
mls__holds_fresh(struct mls_store_txn *t, struct mls_privkey *key)
{
	const struct mls_privkey *other = t->fresh;

	while (other != NULL && other != key)
		other = other->next;
	if (other != NULL || key->life == MLS_KEY_KEPT)
		return;
	key->next = t->fresh;
	t->fresh = mls__key_ref(key);
}

int
mls__holds_note(struct mls_store_txn *t, struct mls_privkey *key,
    struct mls_buf stored)
{
	struct mls_holds *h;
	bool held = true;
	int rc = holds_of(&h, t);

	if (rc == 0 && key->life == MLS_KEY_KEPT && !is_dropped(h, stored))
		rc = is_held(&held, t, stored);
	return rc == 0 && !held ? MLS_E_CHANGE_STALE : rc;
}

/* The store says for good that there are such keys: from now on each change of
 * a record that may hold one looks. */
static int
mark(struct mls_store_txn *t)
{
	struct mls_meta meta;
	int rc = mls__meta_read(&meta, t);

	if (rc != 0 || meta.holds)
		return rc;
	meta.holds = true;
	rc = mls__meta_write(t, &meta);
	if (rc == 0)
		t->store->holds = true;
	return rc;
}

static int
hold(struct mls_store_txn *t, struct mls_buf record, struct mls_buf stored)
{
	struct mls_writer key = { 0 };
	int rc = own_key(&key, MLS_REC_HOLDER, stored, record);

	if (rc == 0)
		rc = mls__txn_put(t, mls__writer_buf(&key),
		    mls__buf(NULL, 0));
	/* The same key may have been handed over again. */
	if (rc == 0)
		rc = own_key(&key, MLS_REC_ERASE, stored, mls__buf(NULL, 0));
	if (rc == 0)
		rc = mls__txn_del(t, mls__writer_buf(&key));
	mls__writer_free(&key);
	return rc;
}

int
mls__holds_put(struct mls_store_txn *t, struct mls_buf record,
    struct mls_buf keys)
{
	struct mls_writer key = { 0 };
	struct mls_holds *h;
	struct mls_reader r;
	int rc = holds_of(&h, t);

	if (rc == 0)
		rc = mark(t);
	if (rc == 0)
		rc = own_key(&key, MLS_REC_HOLDS, record, mls__buf(NULL, 0));
	if (rc == 0)
		rc = mls__txn_put(t, mls__writer_buf(&key), keys);
	mls__writer_free(&key);
	mls__reader_init(&r, keys);
	while (rc == 0 && mls__reader_more(&r))
		rc = hold(t, record, mls__read_opaque(&r));
	return rc == 0 && r.error != 0 ? MLS_E_STORED_STATE_MALFORMED : rc;
}

static bool
may_hold(struct mls_buf record)
{
	switch (record.data[0]) {
	case MLS_REC_KEY_PACKAGE:
	case MLS_REC_JOINING:
	case MLS_REC_SENDER:
	case MLS_REC_SIGNER:
	case MLS_REC_STATE:
	case MLS_REC_OWN_KEY:
	case MLS_REC_PARKED:
	case MLS_REC_PROPOSAL:
		return true;
	default:
		return false;
	}
}

/* Takes the record off the lists of its keys. */
static int
let_go(struct mls_store_txn *t, struct mls_buf record, struct mls_buf keys)
{
	struct mls_writer key = { 0 };
	struct mls_buf stored;
	struct mls_holds *h;
	struct mls_reader r;
	int rc = holds_of(&h, t);

	mls__reader_init(&r, keys);
	while (rc == 0 && mls__reader_more(&r)) {
		stored = mls__read_opaque(&r);
		rc = own_key(&key, MLS_REC_HOLDER, stored, record);
		if (rc == 0)
			rc = mls__txn_del(t, mls__writer_buf(&key));
		mls__write_opaque(&h->dropped, stored);
		if (rc == 0)
			rc = h->dropped.error;
	}
	mls__writer_free(&key);
	return rc == 0 && r.error != 0 ? MLS_E_STORED_STATE_MALFORMED : rc;
}

int
mls__holds_drop(struct mls_store_txn *t, struct mls_buf record)
{
	struct mls_arena arena = { 0 };
	struct mls_writer key = { 0 };
	struct mls_buf keys;
	bool found;
	int rc;

	if (!t->store->holds || record.len == 0 || !may_hold(record))
		return 0;
	rc = own_key(&key, MLS_REC_HOLDS, record, mls__buf(NULL, 0));
	if (rc == 0)
		rc = mls__txn_get(&keys, &found, &arena, t,
		    mls__writer_buf(&key));
	if (rc == 0 && found)
		rc = mls__txn_del(t, mls__writer_buf(&key));
	if (rc == 0 && found)
		rc = let_go(t, record, keys);
	mls__writer_free(&key);
	mls__arena_free(&arena);
	return rc;
}

int
mls__holds_settle(struct mls_store_txn *t)
{
	struct mls_writer key = { 0 };
	struct mls_buf stored;
	struct mls_reader r;
	bool held;
	int rc = 0;

	if (t->holds == NULL)
		return 0;
	mls__reader_init(&r, mls__writer_buf(&t->holds->dropped));
	while (rc == 0 && mls__reader_more(&r)) {
		stored = mls__read_opaque(&r);
		rc = is_held(&held, t, stored);
		if (rc != 0 || held)
			continue;
		rc = own_key(&key, MLS_REC_ERASE, stored, mls__buf(NULL, 0));
		if (rc == 0)
			rc = mls__txn_put(t, mls__writer_buf(&key),
			    mls__buf(NULL, 0));
	}
	mls__writer_free(&key);
	return rc;
}

/* A record may hold the key all the same, as one that came from outside before,
 * or that another handle derived.  And where the store could not tell what
 * became of a commit, what is not there under the lock of writers was not
 * written.  If none does, the key is to be erased, if it is not written after
 * all before that. */
static int
look_after(struct mls_store_txn *t, struct mls_privkey *key)
{
	struct mls_writer stored = { 0 }, note = { 0 };
	bool held = false;
	int rc;

	mls__key_write(&stored, key);
	rc = stored.error;
	if (rc == 0)
		rc = is_held(&held, t, mls__writer_buf(&stored));
	if (rc == 0 && held)
		key->life = MLS_KEY_KEPT;
	if (rc != 0 || held)
		goto out;
	rc = mark(t);
	if (rc == 0)
		rc = own_key(&note, MLS_REC_ERASE, mls__writer_buf(&stored),
		    mls__buf(NULL, 0));
	if (rc == 0)
		rc = mls__txn_put(t, mls__writer_buf(&note),
		    mls__buf(NULL, 0));
out:
	mls__writer_free(&stored);
	mls__writer_free(&note);
	return rc;
}

/* Behind a transaction that failed.  Where nobody can look, or the store takes
 * no note, a key stays that nothing refers to: that is better than to miss
 * one. */
static void
look_after_all(struct mls_store *store, struct mls_privkey *key)
{
	struct mls_store_txn t = { 0 };
	int rc = mls__txn_begin(&t, store, true);

	for (; rc == 0 && key != NULL; key = key->next)
		rc = look_after(&t, key);
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	if (rc != 0)
		mls__log(store->plugins, MLS_LOG_WARNING, "keys that nothing "
		    "refers to may be left in their provider: %s",
		    mls_strerror(rc));
}

static void
end_fresh(struct mls_store_txn *t, bool committed)
{
	struct mls_privkey *key;

	if (t->fresh != NULL && !committed)
		look_after_all(t->store, t->fresh);
	while ((key = t->fresh) != NULL) {
		t->fresh = key->next;
		key->next = NULL;
		if (committed)
			key->life = MLS_KEY_KEPT;
		else if (key->life != MLS_KEY_KEPT)
			mls__key_unsettle(key);
		mls__key_free(key);
	}
}

void
mls__holds_end(struct mls_store_txn *t, bool committed)
{
	struct mls_holds *h = t->holds;

	end_fresh(t, committed);
	t->holds = NULL;
	if (h != NULL)
		mls__writer_free(&h->dropped);
	free(h);
}

static int
note_stored(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct mls_writer *list = arg;

	(void)value;
	mls__write_opaque(list, mls__buf(key.data + 1, key.len - 1));
	return list->error;
}

/* Notes that stay, and what the first of them is of. */
struct waiting {
	size_t n;
	struct mls_buf provider;
	int rc;
};

static int
erase_one(struct waiting *w, struct mls_store_txn *t, struct mls_buf stored)
{
	struct mls_writer key = { 0 };
	struct mls_buf name = { NULL, 0 };
	int rc = mls__key_erase(&name, t->store->plugins, stored);

	if (rc != 0) {
		if (w->n++ == 0)
			*w = (struct waiting){ 1, name, rc };
		return 0;
	}
	rc = own_key(&key, MLS_REC_ERASE, stored, mls__buf(NULL, 0));
	if (rc == 0)
		rc = mls__txn_del(t, mls__writer_buf(&key));
	mls__writer_free(&key);
	return rc;
}

/* Within a transaction, so that nobody takes a key up again meanwhile.  If it
 * fails behind an erasure the note stays, and the key is missed the next time:
 * that is as good. */
void
mls__erase(struct mls_store *store)
{
	const uint8_t prefix = MLS_REC_ERASE;
	struct mls_writer list = { 0 };
	struct mls_store_txn t = { 0 };
	struct mls_reader r;
	struct waiting w = { 0, { NULL, 0 }, 0 };
	size_t n = 0;
	int rc;

	rc = mls__txn_begin(&t, store, true);
	if (rc == 0)
		rc = mls__txn_scan(&t, mls__buf(&prefix, 1), note_stored,
		    &list);
	mls__reader_init(&r, mls__writer_buf(&list));
	for (; rc == 0 && mls__reader_more(&r); n++)
		rc = erase_one(&w, &t, mls__read_opaque(&r));
	if (rc == 0 && n > w.n)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	if (rc != 0)
		mls__log(store->plugins, MLS_LOG_WARNING, "keys that are not "
		    "needed any more wait to be erased: %s",
		    mls_strerror(rc));
	else if (w.n != 0)
		mls__log(store->plugins, MLS_LOG_WARNING, "%.*s: keys that are "
		    "not needed any more wait to be erased, %zu so far: %s",
		    (int)w.provider.len, (const char *)w.provider.data, w.n,
		    mls_strerror(w.rc));
	mls__writer_free(&list);
}

void
mls__store_saw(struct mls_store *store, const struct mls_privkey *key)
{
	if (key != NULL && key->life == MLS_KEY_KEPT)
		store->holds = true;
}

int
mls__holds_ask(struct mls_store_txn *t)
{
	struct mls_meta meta;

	return t->store->holds ? 0 : mls__meta_read(&meta, t);
}
