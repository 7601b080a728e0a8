/* SPDX-License-Identifier: MIT */
#include "group/parked.h"

#include <string.h>

#include "group/effects.h"
#include "group/state.h"

static void
put_parked(struct mls_batch *b, const struct mls_parked *p)
{
	struct mls_writer w = { 0 };

	mls__batch_key(b, MLS_REC_PARKED);
	/* It is large, and does not grow piece by piece. */
	mls__write_reserve(&w, p->message.len + p->welcome.len + p->ops.len +
	    p->effects.len + 4 * sizeof(uint32_t));
	mls__write_opaque(&w, p->message);
	mls__write_opaque(&w, p->welcome);
	mls__write_opaque(&w, p->ops);
	mls__write_opaque(&w, p->effects);
	if (w.error != 0)
		mls__writer_fail(&b->ops, w.error);
	mls__batch_put(b, mls__writer_buf(&w));
	mls__writer_free(&w);
}

int
mls__parked_read(struct mls_parked *out, bool *found,
    struct mls_arena *arena, mls_group *g, struct mls_store_txn *t)
{
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	struct mls_parked p;
	struct mls_buf record;
	struct mls_reader r;
	int rc;

	mls__group_key(&key, MLS_REC_PARKED, g->number);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_get(&record, found, arena, t,
		    mls__writer_buf(&key));
	mls__writer_free(&key);
	if (rc != 0 || !*found)
		return rc;
	mls__reader_init(&r, record);
	p.message = mls__read_opaque(&r);
	p.welcome = mls__read_opaque(&r);
	p.ops = mls__read_opaque(&r);
	p.effects = mls__read_opaque(&r);
	if (mls__reader_end(&r) != 0)
		return MLS_E_STORED_STATE_MALFORMED;
	*out = p;
	return 0;
}

/* What applying it writes, beside its octets. */
static int
write_parked(mls_change *c)
{
	struct mls_parked p = { c->message, c->welcome,
		mls__writer_buf(&c->batch.ops), { NULL, 0 } };
	struct mls_batch b = { .direct = &c->group->txn,
		.number = c->group->number };
	struct mls_writer effects = { 0 };
	int rc;

	mls__batch_gather(&b, p.ops);
	mls__effects_write(&effects, c->summary.effects,
	    c->summary.n_effects);
	if (effects.error != 0)
		mls__writer_fail(&b.ops, effects.error);
	p.effects = mls__writer_buf(&effects);
	put_parked(&b, &p);
	rc = mls__batch_error(&b);
	mls__writer_free(&effects);
	mls__batch_free(&b);
	return rc;
}

int
mls__park(mls_change *c)
{
	size_t staged = c->batch.ops.len;
	int rc;

	c->batch.txn = &c->group->txn;
	rc = mls__stage_own(&c->batch, c->group->state, c->next);
	if (rc == 0)
		rc = write_parked(c);
	c->batch.txn = NULL;
	/* The record has it.  It may be released once more. */
	mls__batch_undo(&c->batch, staged);
	return rc;
}

int
mls__parked_ops(struct mls_buf *ops, struct mls_arena *arena, mls_group *g,
    struct mls_store_txn *t, const struct mls_buf *message)
{
	struct mls_parked p;
	bool found;
	int rc;

	rc = mls__parked_read(&p, &found, arena, g, t);
	if (rc == 0 && (!found || !mls__equal(p.message, *message)))
		rc = MLS_E_CHANGE_STALE;
	if (rc == 0)
		*ops = p.ops;
	return rc;
}

int
mls__parked_change(mls_change **out, bool *found, mls_group *g,
    const struct mls_buf *message)
{
	struct mls_parked p;
	mls_change *c;
	int rc;

	*found = false;
	if (!g->parked)
		return 0;
	rc = mls__change_new(&c, g->client, g);
	if (rc != 0)
		return rc;
	rc = mls__parked_read(&p, found, &c->arena, g, &g->txn);
	if (rc == 0 && *found && message != NULL)
		*found = mls__equal(p.message, *message);
	if (rc == 0 && *found)
		rc = mls__effects_read(&c->summary.effects,
		    &c->summary.n_effects, &c->arena, p.effects);
	if (rc != 0 || !*found) {
		mls_change_drop(c);
		return rc;
	}
	c->summary.kind = MLS_CHANGE_COMMIT;
	c->summary.own = 1;
	c->summary.sender = g->state->keys.leaf;
	c->stage = MLS_STAGE_RELEASED;
	c->parked = true;
	c->message = p.message;
	c->welcome = p.welcome;
	rc = mls__arena_copy(&c->summary.group_id, &c->arena,
	    g->state->context.group_id);
	if (rc != 0) {
		mls_change_drop(c);
		return rc;
	}
	*out = c;
	return 0;
}

int
mls_group_pending(mls_change **out, const mls_group *group)
{
	mls_group *g = (mls_group *)(uintptr_t)group;
	mls_change *c = NULL;
	bool found;
	int rc;

	if (out == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(g);
	if (rc != 0)
		return mls__api(MLS_MAY_READ, rc);
	rc = mls__parked_change(&c, &found, g, NULL);
	mls__group_leave(g);
	if (rc == 0)
		*out = found ? c : NULL;
	return mls__api(MLS_MAY_READ, rc);
}
