/* SPDX-License-Identifier: MIT */
/* What playing a tape changes in a store is put back. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "tape_state.h"

static bool
writes(const struct call *c)
{
	return c->op == TAPE_PUT || c->op == TAPE_DEL;
}

static struct mls_buf
key_of(const struct tape *t, const struct call *c)
{
	const struct piece *p = &t->pieces[c->first];
	struct mls_buf key = { t->octets + p->at, p->len };

	return key;
}

/* The store that the tape writes to; NULL if it does not. */
static struct shim *
written(struct tape *t)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (writes(&t->calls[i]))
			return &t->shims[t->calls[i].shim];
	return NULL;
}

static struct mls_txn *
enter(struct shim *m, uint32_t writable)
{
	struct mls_txn *txn;

	if (m->store->begin(m->ctx, writable, &txn) != MLS_P_OK)
		broken("no transaction to keep records by");
	return txn;
}

static int
keep(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct kept *k = arg;

	(void)key;
	k->found = true;
	k->len = value.len;
	k->data = must_alloc(value.len + 1, 1);
	if (value.len != 0)
		memcpy(k->data, value.data, value.len);
	return MLS_P_OK;
}

void
tape_keep(struct tape *t)
{
	struct shim *m = written(t);
	struct mls_txn *txn;
	size_t i;
	int status;

	if (m == NULL)
		return;
	t->kept = must_alloc(t->n, sizeof(*t->kept));
	txn = enter(m, 0);
	for (i = 0; i < t->n; i++) {
		if (!writes(&t->calls[i]))
			continue;
		status = m->store->get(txn, key_of(t, &t->calls[i]), keep,
		    &t->kept[i]);
		if (status != MLS_P_OK && status != MLS_P_NOTFOUND)
			broken("a record cannot be kept");
	}
	m->store->rollback(txn);
}

void
tape_restore(struct tape *t)
{
	struct shim *m = written(t);
	struct mls_buf value;
	struct mls_txn *txn;
	size_t i;
	int status = MLS_P_OK;

	if (m == NULL)
		return;
	txn = enter(m, 1);
	for (i = 0; i < t->n && status == MLS_P_OK; i++) {
		if (!writes(&t->calls[i]))
			continue;
		value.data = t->kept[i].data;
		value.len = t->kept[i].len;
		status = t->kept[i].found ?
		    m->store->put(txn, key_of(t, &t->calls[i]), value) :
		    m->store->del(txn, key_of(t, &t->calls[i]));
		free(t->kept[i].data);
	}
	free(t->kept);
	t->kept = NULL;
	if (status != MLS_P_OK || m->store->commit(txn) != MLS_P_OK)
		broken("records cannot be put back");
}
