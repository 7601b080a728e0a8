/* SPDX-License-Identifier: MIT */
/* The keystore's side of a tape. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "tape_state.h"

/* A transaction as the framework has it. */
struct mls_txn {
	struct shim *shim;
	struct mls_txn *real;
};

static int
begin(void *ctx, uint32_t writable, struct mls_txn **out)
{
	struct shim *m = tape_lock(ctx);
	struct mls_txn *t = must_alloc(1, sizeof(*t));
	struct call *c;
	int status;

	t->shim = m;
	status = m->store->begin(m->ctx, writable, &t->real);
	if (status != MLS_P_OK) {
		free(t);
		return tape_unlock(m, status);
	}
	c = tape_note(m, TAPE_BEGIN, 0);
	c->len = writable;
	c->slot = tape_slot(m, t);
	*out = t;
	return tape_unlock(m, status);
}

/* A call on a transaction, with what it was handed. */
static void
note(struct mls_txn *t, enum tape_op op, struct mls_buf key,
    const struct mls_buf *value)
{
	struct shim *m = tape_lock(t->shim);
	uint32_t slot = tape_find(m->tape, t);

	tape_note(m, op, 0)->slot = slot;
	tape_piece(m, key);
	if (value != NULL)
		tape_piece(m, *value);
	tape_unlock(m, 0);
}

static int
get(struct mls_txn *t, struct mls_buf key, mls_record_fn fn, void *arg)
{
	note(t, TAPE_GET, key, NULL);
	return t->shim->store->get(t->real, key, fn, arg);
}

static int
scan(struct mls_txn *t, struct mls_buf prefix, mls_record_fn fn, void *arg)
{
	note(t, TAPE_SCAN, prefix, NULL);
	return t->shim->store->scan(t->real, prefix, fn, arg);
}

static int
put(struct mls_txn *t, struct mls_buf key, struct mls_buf value)
{
	note(t, TAPE_PUT, key, &value);
	return t->shim->store->put(t->real, key, value);
}

static int
del(struct mls_txn *t, struct mls_buf key)
{
	note(t, TAPE_DEL, key, NULL);
	return t->shim->store->del(t->real, key);
}

static struct mls_txn *
over(struct mls_txn *t, enum tape_op op)
{
	struct mls_buf none = { NULL, 0 };
	struct mls_txn *real = t->real;
	uint32_t slot;

	note(t, op, none, NULL);
	slot = tape_find(t->shim->tape, t);
	t->shim->tape->slots[slot].seen = NULL;
	free(t);
	return real;
}

static int
commit(struct mls_txn *t)
{
	const struct mls_keystore_ops *ops = t->shim->store;

	return ops->commit(over(t, TAPE_COMMIT));
}

static void
rollback(struct mls_txn *t)
{
	const struct mls_keystore_ops *ops;

	if (t == NULL)
		return;
	ops = t->shim->store;
	ops->rollback(over(t, TAPE_ROLLBACK));
}

void
tape_take_store(struct shim *m)
{
	const struct mls_keystore_ops ops = { sizeof(ops), begin, get, scan,
		put, del, commit, rollback };

	m->store = m->desc->keystore;
	m->store_ops = ops;
	m->mine.keystore = &m->store_ops;
}

static int
look_away(void *arg, struct mls_buf key, struct mls_buf value)
{
	(void)arg;
	(void)key;
	(void)value;
	return MLS_P_OK;
}

void
tape_play_store(struct shim *m, const struct call *c,
    const struct mls_buf *in, struct slot *slot)
{
	const struct mls_keystore_ops *ops = m->store;

	switch (c->op) {
	case TAPE_BEGIN:
		if (ops->begin(m->ctx, (uint32_t)c->len, &slot->txn) !=
		    MLS_P_OK)
			broken("a transaction cannot be played");
		break;
	case TAPE_GET:
		ops->get(slot->txn, in[0], look_away, NULL);
		break;
	case TAPE_SCAN:
		ops->scan(slot->txn, in[0], look_away, NULL);
		break;
	case TAPE_PUT:
		ops->put(slot->txn, in[0], in[1]);
		break;
	case TAPE_DEL:
		ops->del(slot->txn, in[0]);
		break;
	case TAPE_COMMIT:
		if (ops->commit(slot->txn) != MLS_P_OK)
			broken("a transaction cannot be committed again");
		break;
	default:
		ops->rollback(slot->txn);
	}
}
