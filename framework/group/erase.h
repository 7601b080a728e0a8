/* SPDX-License-Identifier: MIT */
/*
 * Keys that stay in their provider, and their end.
 *
 * Octets are gone when the record is that has them.  A reference is not: the
 * key behind it is to be destroyed where it lives, when no record refers to it
 * any more, and never before.  So the store knows for each record which references
 * it holds, and for each reference which records hold it; whoever takes the
 * last one away leaves a note in the same transaction, and the notes are worked
 * off behind it.  What cannot be erased then stays noted, for the next such
 * transaction and the next time that the client is opened.  A transaction that
 * fails behind the saving of a key leaves a note too: another handle may have
 * the same key in a record by the time that this one lets go of it.
 *
 * A store without such keys has none of these records, and nothing is asked.
 */
#ifndef MLS_GROUP_ERASE_H
#define MLS_GROUP_ERASE_H

#include "group/store.h"

/* holds_fresh(t, key): the key was saved within t, whatever comes of it.  Takes
 * no memory.
 * holds_note(t, key, stored): a record that is about to be written in t holds
 * the key, whose stored form is given.  CHANGE_STALE: it was erased after it
 * had been loaded. */
void mls__holds_fresh(struct mls_store_txn *t, struct mls_privkey *key);
int mls__holds_note(struct mls_store_txn *t, struct mls_privkey *key,
    struct mls_buf stored);

/* holds_put(t, record, keys): the record holds them; keys: the stored forms,
 * each as opaque<V>.  holds_drop(t, record): it holds nothing any more. */
int mls__holds_put(struct mls_store_txn *t, struct mls_buf record,
    struct mls_buf keys);
int mls__holds_drop(struct mls_store_txn *t, struct mls_buf record);

/* holds_settle(t): before a commit: notes of what nothing holds now.
 * holds_end(t, committed): behind it, or behind a rollback. */
int mls__holds_settle(struct mls_store_txn *t);
void mls__holds_end(struct mls_store_txn *t, bool committed);

/* erase(store): works off the notes.  What fails is logged, and left. */
void mls__erase(struct mls_store *store);

/* Another handle or process may have put the store's first such key there.  Who
 * reads the keys of what is to go says so; who does not asks.
 * store_saw(store, key): it was read from there.  holds_ask(t). */
void mls__store_saw(struct mls_store *store, const struct mls_privkey *key);
int mls__holds_ask(struct mls_store_txn *t);

#endif
