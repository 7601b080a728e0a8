/* SPDX-License-Identifier: MIT */
#include "group/store.h"

#include <string.h>

#include "base/error.h"
#include "base/secret.h"
#include "group/erase.h"

#define BATCH_ROOM 8192 /* octets of writes, more than most commits make */

enum { OP_PUT = 1, OP_DEL = 2, OP_DEL_PREFIX = 3, OP_HOLD = 4 };

/*
 * The one way into a keystore: status = what the operation says; what our
 * callbacks say is a status too.  Groups of one client may run in several
 * threads: serial instances are locked.
 */
#define CALL(status, t, op, ...) \
	do { \
		const struct mls_instance *inst_ = (t)->store->inst; \
		mls__instance_lock(inst_); \
		(status) = inst_->desc->keystore->op(__VA_ARGS__); \
		mls__instance_unlock(inst_); \
		mls__instance_said(inst_, #op, (status)); \
	} while (0)

static int
broke(const struct mls_store_txn *t, const char *how)
{
	return mls__instance_broke(t->store->inst, how);
}

int
mls__txn_begin(struct mls_store_txn *t, struct mls_store *store,
    bool writable)
{
	int status, rc;

	t->store = store;
	t->writable = writable;
	t->txn = NULL;
	t->holds = NULL;
	t->fresh = NULL;
	/* Whatever the call is, the parent's store is not the child's. */
	rc = mls__plugins_usable(store->inst->plugins);
	if (rc != 0)
		return rc;
	CALL(status, t, begin, store->inst->ctx, writable, &t->txn);
	if (status != MLS_P_OK)
		t->txn = NULL;
	else if (t->txn == NULL)
		return broke(t, "begin: no transaction");
	return mls__error_of_store(status);
}

static int
commit(struct mls_store_txn *t)
{
	int status;

	CALL(status, t, commit, t->txn);
	t->txn = NULL;
	switch (status) {
	case MLS_P_OK:
		return 0;
	case MLS_P_BUSY:
	case MLS_P_FULL:
	case MLS_P_NOMEM:
		return mls__error_of_store(status);
	default:
		return MLS_E_RELOAD_REQUIRED;
	}
}

int
mls__txn_commit(struct mls_store_txn *t)
{
	int rc;

	if (t->holds == NULL && t->fresh == NULL)
		return commit(t);
	rc = mls__holds_settle(t);
	if (rc != 0)
		return rc;
	rc = commit(t);
	mls__holds_end(t, rc == 0);
	if (rc == 0)
		mls__erase(t->store);
	return rc;
}

void
mls__txn_end(struct mls_store_txn *t)
{
	const struct mls_instance *inst;

	if (t->txn == NULL)
		return;
	inst = t->store->inst;
	mls__instance_lock(inst);
	inst->desc->keystore->rollback(t->txn);
	mls__instance_unlock(inst);
	t->txn = NULL;
	mls__holds_end(t, false);
}

struct get_arg {
	struct mls_buf *out;
	struct mls_arena *arena;
	struct mls_buf key;
	unsigned calls;
	bool other; /* the record of another key */
	uint64_t octets;
	int rc;
};

static int
get_record(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct get_arg *get = arg;

	get->calls++;
	get->octets += key.len + value.len;
	get->other = get->other || !mls__equal(key, get->key);
	if (get->calls == 1)
		get->rc = mls__arena_copy(get->out, get->arena, value);
	return MLS_P_OK;
}

int
mls__txn_get(struct mls_buf *out, bool *found, struct mls_arena *arena,
    struct mls_store_txn *t, struct mls_buf key)
{
	struct get_arg get = { .out = out, .arena = arena, .key = key };
	int status;

	CALL(status, t, get, t->txn, key, get_record, &get);
	mls__count(t->store->plugins, MLS_COUNT_RECORD_READ, 1);
	mls__count(t->store->plugins, MLS_COUNT_READ_BYTES, get.octets);
	*found = status == MLS_P_OK;
	if (status == MLS_P_NOTFOUND) {
		*out = mls__buf(NULL, 0);
		return 0;
	}
	if (status != MLS_P_OK)
		return mls__error_of_store(status);
	if (get.calls != 1)
		return broke(t, "get: OK without one record");
	return get.other ? broke(t, "get: another record") : get.rc;
}

int
mls__txn_put(struct mls_store_txn *t, struct mls_buf key,
    struct mls_buf value)
{
	int status, rc = mls__holds_drop(t, key);

	if (rc != 0)
		return rc;
	mls__count(t->store->plugins, MLS_COUNT_RECORD_WRITE, 1);
	mls__count(t->store->plugins, MLS_COUNT_RECORD_BYTES,
	    key.len + value.len);
	CALL(status, t, put, t->txn, key, value);
	return mls__error_of_store(status);
}

int
mls__txn_del(struct mls_store_txn *t, struct mls_buf key)
{
	int status, rc = mls__holds_drop(t, key);

	if (rc != 0)
		return rc;
	mls__count(t->store->plugins, MLS_COUNT_RECORD_WRITE, 1);
	CALL(status, t, del, t->txn, key);
	return mls__error_of_store(status);
}

struct scan_arg {
	int (*fn)(void *arg, struct mls_buf key, struct mls_buf value);
	void *arg;
	struct mls_buf prefix;
	bool beside; /* a record without the prefix */
	uint64_t n, octets;
	int rc;
};

static int
scan_record(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct scan_arg *scan = arg;

	scan->n++;
	scan->octets += key.len + value.len;
	if (key.len < scan->prefix.len || !mls__equal(scan->prefix,
	    mls__buf(key.data, scan->prefix.len)))
		scan->beside = true;
	if (scan->rc == 0 && !scan->beside)
		scan->rc = scan->fn(scan->arg, key, value);
	return scan->rc != 0 || scan->beside ? MLS_P_VERIFY : MLS_P_OK;
}

int
mls__txn_scan(struct mls_store_txn *t, struct mls_buf prefix,
    int (*fn)(void *arg, struct mls_buf key, struct mls_buf value), void *arg)
{
	struct scan_arg scan = { .fn = fn, .arg = arg, .prefix = prefix };
	int status;

	CALL(status, t, scan, t->txn, prefix, scan_record, &scan);
	/* To find nothing is a look, too. */
	mls__count(t->store->plugins, MLS_COUNT_RECORD_READ,
	    scan.n != 0 ? scan.n : 1);
	mls__count(t->store->plugins, MLS_COUNT_READ_BYTES, scan.octets);
	if (scan.beside)
		return broke(t, "scan: a record without the prefix");
	if (scan.rc != 0)
		return scan.rc;
	return status == MLS_P_NOTFOUND ? 0 : mls__error_of_store(status);
}

static int
note_key(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct mls_writer *keys = arg;

	(void)value;
	mls__write_opaque(keys, key);
	return keys->error;
}

int
mls__txn_del_prefix(struct mls_store_txn *t, struct mls_buf prefix)
{
	struct mls_writer keys = { 0 };
	struct mls_reader r;
	int rc = mls__txn_scan(t, prefix, note_key, &keys);

	mls__reader_init(&r, mls__writer_buf(&keys));
	while (rc == 0 && mls__reader_more(&r))
		rc = mls__txn_del(t, mls__read_opaque(&r));
	mls__writer_free(&keys);
	return rc;
}

void
mls__batch_begin(struct mls_batch *b, struct mls_arena *arena)
{
	uint8_t *ops = mls__arena_octets(arena, BATCH_ROOM);
	uint8_t *key = mls__arena_octets(arena, MLS_KEY_ROOM);

	memset(b, 0, sizeof(*b));
	if (ops == NULL || key == NULL)
		return;
	b->ops = (struct mls_writer){ .data = ops, .cap = BATCH_ROOM,
		.lent = true };
	b->key = (struct mls_writer){ .data = key, .cap = MLS_KEY_ROOM,
		.lent = true };
}

struct mls_writer *
mls__batch_key(struct mls_batch *b, enum mls_record_type type)
{
	mls__writer_reset(&b->key);
	mls__write_u8(&b->key, (uint8_t)type);
	return &b->key;
}

/* The key of a record, with the group's number behind the type. */
static void
full_key(struct mls_writer *w, struct mls_buf key, uint64_t number)
{
	struct mls_reader r;
	uint8_t type;

	mls__reader_init(&r, key);
	type = mls__read_u8(&r);
	mls__writer_reset(w);
	mls__write_u8(w, type);
	if (type >= MLS_REC_GROUP)
		mls__write_u64(w, number);
	mls__write_bytes(w, mls__read_fixed(&r, mls__reader_left(&r)));
}

static bool
has_value(uint8_t op)
{
	return op == OP_PUT || op == OP_HOLD;
}

static int
play(struct mls_store_txn *t, uint8_t op, struct mls_buf key,
    struct mls_buf value)
{
	switch (op) {
	case OP_PUT:
		return mls__txn_put(t, key, value);
	case OP_DEL:
		return mls__txn_del(t, key);
	case OP_DEL_PREFIX:
		return mls__txn_del_prefix(t, key);
	case OP_HOLD:
		return mls__holds_put(t, key, value);
	default:
		return MLS_E_STORED_STATE_MALFORMED;
	}
}

static void
write_through(struct mls_batch *b, uint8_t op, struct mls_buf value)
{
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	int rc = b->ops.error;

	full_key(&key, mls__writer_buf(&b->key), b->number);
	if (rc == 0)
		rc = key.error;
	if (rc == 0)
		rc = play(b->direct, op, mls__writer_buf(&key), value);
	if (rc != 0)
		mls__writer_fail(&b->ops, rc);
	mls__writer_free(&key);
}

static void
batch_op(struct mls_batch *b, uint8_t op, struct mls_buf value)
{
	if (b->key.error != 0)
		mls__writer_fail(&b->ops, b->key.error);
	if (b->direct != NULL) {
		write_through(b, op, value);
		return;
	}
	mls__write_u8(&b->ops, op);
	mls__write_opaque(&b->ops, mls__writer_buf(&b->key));
	if (has_value(op))
		mls__write_opaque(&b->ops, value);
}

void
mls__batch_put(struct mls_batch *b, struct mls_buf value)
{
	batch_op(b, OP_PUT, value);
	if (b->holds.error != 0)
		mls__writer_fail(&b->ops, b->holds.error);
	if (b->holds.len == 0)
		return;
	batch_op(b, OP_HOLD, mls__writer_buf(&b->holds));
	mls__writer_reset(&b->holds);
}

void
mls__batch_write_key(struct mls_batch *b, struct mls_writer *w,
    struct mls_privkey *key)
{
	struct mls_store_txn *t = b->direct != NULL ? b->direct : b->txn;
	size_t at = w->len;
	int rc;

	mls__key_write(w, key);
	if (key->life == MLS_KEY_VOLATILE)
		return;
	mls__holds_fresh(t, key);
	if (w->error != 0)
		return;
	mls__write_opaque(&b->holds, mls__buf(w->data + at, w->len - at));
	rc = mls__holds_note(t, key, mls__buf(w->data + at, w->len - at));
	if (rc != 0)
		mls__writer_fail(&b->ops, rc);
}

void
mls__batch_gather(struct mls_batch *b, struct mls_buf ops)
{
	struct mls_reader r;
	struct mls_buf value;
	uint8_t op;

	mls__reader_init(&r, ops);
	while (mls__reader_more(&r)) {
		op = mls__read_u8(&r);
		mls__read_opaque(&r);
		value = has_value(op) ? mls__read_opaque(&r) :
		    mls__buf(NULL, 0);
		if (op == OP_HOLD)
			mls__write_bytes(&b->holds, value);
	}
	if (r.error != 0)
		mls__writer_fail(&b->ops, MLS_E_STORED_STATE_MALFORMED);
}

void
mls__batch_del(struct mls_batch *b)
{
	batch_op(b, OP_DEL, mls__buf(NULL, 0));
}

void
mls__batch_del_prefix(struct mls_batch *b)
{
	batch_op(b, OP_DEL_PREFIX, mls__buf(NULL, 0));
}

int
mls__batch_error(const struct mls_batch *b)
{
	return b->ops.error;
}

void
mls__batch_undo(struct mls_batch *b, size_t len)
{
	if (b->ops.len > len)
		mls__wipe(b->ops.data + len, b->ops.len - len);
	b->ops.len = len;
	b->ops.error = 0;
	mls__writer_reset(&b->holds);
}

void
mls__batch_free(struct mls_batch *b)
{
	mls__writer_free(&b->ops);
	mls__writer_free(&b->key);
	mls__writer_free(&b->holds);
}

void
mls__group_key(struct mls_writer *w, enum mls_record_type type,
    uint64_t number)
{
	mls__writer_reset(w);
	mls__write_u8(w, (uint8_t)type);
	mls__write_u64(w, number);
}

int
mls__batch_play(struct mls_store_txn *t, struct mls_buf ops, uint64_t number)
{
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	struct mls_reader r;
	uint8_t op;
	int rc = 0;

	mls__reader_init(&r, ops);
	while (rc == 0 && mls__reader_more(&r)) {
		op = mls__read_u8(&r);
		full_key(&key, mls__read_opaque(&r), number);
		rc = key.error;
		if (rc != 0)
			break;
		rc = play(t, op, mls__writer_buf(&key), has_value(op) ?
		    mls__read_opaque(&r) : mls__buf(NULL, 0));
	}
	mls__writer_free(&key);
	if (rc == 0 && r.error != 0)
		rc = MLS_E_STORED_STATE_MALFORMED;
	return rc;
}
