/* SPDX-License-Identifier: MIT */
/*
 * The store: small records in a keystore (architecture: cost follows the
 * change).
 *
 * A record's key is a type octet and fixed-width big-endian fields; records of
 * a group have its local number behind the type.  A batch is a list of writes
 * made beforehand and played within one transaction; its keys leave the group
 * number out, so that a group that is still to get one can be staged too.
 */
#ifndef MLS_GROUP_STORE_H
#define MLS_GROUP_STORE_H

#include <stdatomic.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/key.h"
#include "plugin/plugins.h"

enum mls_record_type {
	MLS_REC_META = 0x01,        /* schema, next numbers */
	MLS_REC_CLIENT = 0x02,      /* client u32: identity */
	MLS_REC_DIRECTORY = 0x03,   /* client u32, group id: group number */
	MLS_REC_KEY_PACKAGE = 0x04, /* client u32, reference */
	MLS_REC_PSK = 0x05,         /* client u32, id */
	MLS_REC_INIT_KEY = 0x06,    /* client u32, hash 32: issued once */
	MLS_REC_JOINING = 0x07,     /* client u32, group id: a released external
	                             * commit */
	MLS_REC_SUCCESSOR = 0x08,   /* client u32, length and group id of the
	                             * successor, number u64 of the group that
	                             * ended: whether that has the same id */
	MLS_REC_SENDER = 0x09,      /* client u32, signature key: the private key
	                             * of an external sender */
	MLS_REC_SIGNER = 0x0a,      /* client u32, suite u16: the signature key of
	                             * all that is made */
	/* of keys that stay in their provider (erase.h) */
	MLS_REC_HOLDS = 0x0b,  /* key of a record: the keys it holds */
	MLS_REC_HOLDER = 0x0c, /* a key, key of a record that holds it */
	MLS_REC_ERASE = 0x0d,  /* a key: nothing holds it any more */
	/* of a group: its number u64, then */
	MLS_REC_HEADER = 0x10,     /* - */
	MLS_REC_STATE = 0x11,      /* - */
	MLS_REC_NODE = 0x12,       /* node u32 */
	MLS_REC_INDEX = 0x13,      /* kind u8, hash 32, node u32 */
	MLS_REC_CAPSET = 0x14,     /* id u32 */
	MLS_REC_OWN_KEY = 0x15,    /* level u32 */
	MLS_REC_EPOCH = 0x16,      /* epoch u64: a kept past epoch */
	MLS_REC_RESUMPTION = 0x17, /* epoch u64 */
	MLS_REC_SECRET = 0x18,     /* epoch u64, node u32 */
	MLS_REC_RATCHET = 0x19,    /* epoch u64, leaf u32, kind u8 */
	MLS_REC_SKIPPED = 0x1a,    /* the same, generation u32 */
	MLS_REC_UNDO = 0x1b,       /* epoch u64, leaf u32 */
	MLS_REC_PARKED = 0x1c,     /* - */
	MLS_REC_PROPOSAL = 0x1d,   /* order u32 */
	MLS_REC_REINIT = 0x1e,     /* -: the ReInit that ended the group */
	MLS_REC_LINEAGE = 0x1f,    /* -: what an epoch-0 group follows from */
	MLS_REC_LAST = MLS_REC_LINEAGE
};
#define MLS_REC_GROUP 0x10 /* from here on records are a group's */
#define MLS_SCHEMA 1

/* An open store, shared by a client and its groups. */
struct mls_store {
	struct mls_instance *inst;
	struct mls_plugins *plugins;
	atomic_bool holds; /* keys that stay in their provider */
};

struct mls_holds;

struct mls_store_txn {
	struct mls_store *store;
	struct mls_txn *txn; /* NULL: none is open */
	bool writable;
	struct mls_holds *holds; /* what it does to such keys, or NULL */
	struct mls_privkey *fresh; /* those that were saved in it */
};

/* txn_begin: CONTEXT_FORKED in a child process, or an error of the store. */
int mls__txn_begin(struct mls_store_txn *t, struct mls_store *store,
    bool writable);
/* txn_commit: STORE_BUSY, STORE_FULL, OUT_OF_MEMORY: nothing was written;
 * RELOAD_REQUIRED: nobody knows. */
int mls__txn_commit(struct mls_store_txn *t);
void mls__txn_end(struct mls_store_txn *t); /* rolls back; idempotent */

/* txn_get(out, arena, t, key): *found false and out empty if absent. */
int mls__txn_get(struct mls_buf *out, bool *found, struct mls_arena *arena,
    struct mls_store_txn *t, struct mls_buf key);
int mls__txn_put(struct mls_store_txn *t, struct mls_buf key,
    struct mls_buf value);
int mls__txn_del(struct mls_store_txn *t, struct mls_buf key);

/* txn_scan(t, prefix, fn, arg): fn may return MLS_E_* to end with it; makes no
 * call on the transaction. */
int mls__txn_scan(struct mls_store_txn *t, struct mls_buf prefix,
    int (*fn)(void *arg, struct mls_buf key, struct mls_buf value),
    void *arg);
int mls__txn_del_prefix(struct mls_store_txn *t, struct mls_buf prefix);

/* A list of writes; or, with a transaction, writes at once: what is as large
 * as a tree need not be there twice.  Its errors are those of ops. */
struct mls_batch {
	struct mls_writer ops, key;
	struct mls_store_txn *direct; /* or NULL */
	uint64_t number;              /* of the group, then */
	struct mls_store_txn *txn;    /* or the one that it is made in */
	struct mls_writer holds;      /* keys of the next record */
};

/* batch_begin(b, arena): an empty list that begins in the arena; one of all zero
 * is on the heap. */
void mls__batch_begin(struct mls_batch *b, struct mls_arena *arena);

/* batch_put: key fields first with mls__batch_key and the writer it returns,
 * then one of put, del or del_prefix. */
struct mls_writer *mls__batch_key(struct mls_batch *b,
    enum mls_record_type type);
void mls__batch_put(struct mls_batch *b, struct mls_buf value);
void mls__batch_del(struct mls_batch *b);
void mls__batch_del_prefix(struct mls_batch *b);
int mls__batch_error(const struct mls_batch *b);
/* batch_undo(b, len): back to when ops had that length, and no error; what was
 * behind is wiped. */
void mls__batch_undo(struct mls_batch *b, size_t len);
void mls__batch_free(struct mls_batch *b);

/* batch_write_key(b, w, key): key_write into w, which the next batch_put puts:
 * that record holds the key.  Only within a transaction, which is b's direct
 * one or b->txn: CHANGE_STALE if the key has been erased meanwhile.
 * batch_gather(b, ops): the next record holds the keys of all in ops. */
void mls__batch_write_key(struct mls_batch *b, struct mls_writer *w,
    struct mls_privkey *key);
void mls__batch_gather(struct mls_batch *b, struct mls_buf ops);

/* A key on the stack; those of groups and messages fit. */
#define MLS_KEY_ROOM 64

/* batch_play(t, ops, number): the writes, with the group's number put in. */
int mls__batch_play(struct mls_store_txn *t, struct mls_buf ops,
    uint64_t number);

/* group_key(w, type, number): begins a key outside of a batch. */
void mls__group_key(struct mls_writer *w, enum mls_record_type type,
    uint64_t number);

#endif
