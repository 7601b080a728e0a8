/* SPDX-License-Identifier: MIT */
/* A released external commit of ours, until it is known what came of it
 * (EXT-23). */
#include <string.h>

#include "group/effects.h"
#include "group/erase.h"
#include "group/join.h"
#include "group/join_external.h"
#include "group/state.h"

static void
joining_key(struct mls_writer *w, const mls_client *client,
    struct mls_buf group_id)
{
	mls__writer_reset(w);
	mls__write_u8(w, MLS_REC_JOINING);
	mls__write_u32(w, client->number);
	mls__write_bytes(w, group_id);
}

int
mls__joining_read(struct mls_joining *out, bool *found,
    struct mls_arena *arena, mls_client *client, struct mls_store_txn *t,
    struct mls_buf group_id)
{
	struct mls_joining j = { 0 };
	struct mls_writer key = { 0 };
	struct mls_buf record;
	struct mls_reader r;
	int rc;

	joining_key(&key, client, group_id);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_get(&record, found, arena, t,
		    mls__writer_buf(&key));
	mls__writer_free(&key);
	if (rc != 0 || !*found)
		return rc;
	mls__reader_init(&r, record);
	j.message = mls__read_opaque(&r);
	j.ops = mls__read_opaque(&r);
	j.effects = mls__read_opaque(&r);
	j.epoch = mls__read_u64(&r);
	j.leaf = mls__read_u32(&r);
	j.resync = mls__read_present(&r);
	if (mls__reader_end(&r) != 0)
		return MLS_E_STORED_STATE_MALFORMED;
	*out = j;
	return 0;
}

static int
write_joining(struct mls_store_txn *t, const mls_change *c)
{
	struct mls_batch b = { .direct = t };
	struct mls_writer w = { 0 }, effects = { 0 };
	int rc;

	mls__effects_write(&effects, c->summary.effects,
	    c->summary.n_effects);
	mls__write_opaque(&w, c->message);
	mls__write_opaque(&w, mls__writer_buf(&c->batch.ops));
	mls__batch_gather(&b, mls__writer_buf(&c->batch.ops));
	mls__write_opaque(&w, mls__writer_buf(&effects));
	mls__write_u64(&w, c->summary.epoch);
	mls__write_u32(&w, c->summary.sender);
	mls__write_u8(&w, c->resync);
	joining_key(&b.key, c->client, c->summary.group_id);
	rc = effects.error != 0 ? effects.error : w.error;
	if (rc == 0) {
		mls__batch_put(&b, mls__writer_buf(&w));
		rc = mls__batch_error(&b);
	}
	mls__writer_free(&effects);
	mls__writer_free(&w);
	mls__batch_free(&b);
	return rc;
}

/* With our keys, which are saved in this transaction. */
static int
stage_and_write(struct mls_store_txn *t, mls_change *c)
{
	size_t staged = c->batch.ops.len;
	int rc;

	c->batch.txn = t;
	rc = mls__stage_own(&c->batch, NULL, c->next);
	if (rc == 0)
		rc = write_joining(t, c);
	c->batch.txn = NULL;
	/* The record has it.  It may be released once more. */
	mls__batch_undo(&c->batch, staged);
	return rc;
}

static int
del_joining(struct mls_store_txn *t, const mls_change *c)
{
	struct mls_writer key = { 0 };
	int rc = mls__holds_ask(t);

	joining_key(&key, c->client, c->summary.group_id);
	if (rc == 0)
		rc = key.error != 0 ? key.error : mls__txn_del(t,
		    mls__writer_buf(&key));
	mls__writer_free(&key);
	return rc;
}

/* What it was made for is still so. */
static int
check_place(const mls_change *c, struct mls_store_txn *t)
{
	return mls__place_stale(mls__place_check_external(c->client, t,
	    c->summary.group_id, c->resync));
}

/* EXT-23 */
static int
check_alone(const mls_change *c, struct mls_store_txn *t)
{
	struct mls_arena arena = { 0 };
	struct mls_joining other;
	bool found;
	int rc = check_place(c, t);

	if (rc == 0)
		rc = mls__joining_read(&other, &found, &arena, c->client, t,
		    c->summary.group_id);
	if (rc == 0 && found)
		rc = MLS_E_COMMIT_PENDING;
	mls__arena_free(&arena);
	return rc;
}

int
mls__external_release(struct mls_bytes *message, mls_change *c)
{
	struct mls_store_txn t = { 0 };
	struct mls_bytes octets = { NULL, 0 };
	int rc;

	rc = mls__plugins_usable(c->client->context->plugins);
	/* Before it is durable, so that nothing fails behind that. */
	if (rc == 0)
		rc = mls__bytes_copy(&octets, c->message);
	if (rc == 0)
		rc = mls__txn_begin(&t, &c->client->store, true);
	if (rc == 0)
		rc = check_alone(c, &t);
	if (rc == 0)
		rc = stage_and_write(&t, c);
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	if (rc != 0) {
		mls_bytes_free(&octets);
		return rc;
	}
	c->stage = MLS_STAGE_RELEASED;
	mls__batch_free(&c->batch);
	mls__state_free(c->next);
	c->next = NULL;
	*message = octets;
	return 0;
}

/* The record that this change is of; CHANGE_STALE if there is none now. */
static int
find_own(struct mls_joining *out, struct mls_arena *arena,
    const mls_change *c, struct mls_store_txn *t)
{
	bool found;
	int rc = mls__joining_read(out, &found, arena, c->client, t,
	    c->summary.group_id);

	if (rc == 0 && (!found || !mls__equal(out->message, c->message)))
		rc = MLS_E_CHANGE_STALE;
	return rc;
}

int
mls__external_apply(mls_change *c)
{
	struct mls_arena arena = { 0 };
	struct mls_store_txn t = { 0 };
	struct mls_joining j;
	uint64_t number;
	int rc;

	rc = mls__txn_begin(&t, &c->client->store, true);
	if (rc == 0)
		rc = find_own(&j, &arena, c, &t);
	if (rc == 0)
		rc = check_place(c, &t);
	if (rc == 0)
		rc = mls__place_take(&number, c->client, &t,
		    c->summary.group_id);
	if (rc == 0)
		rc = mls__batch_play(&t, j.ops, number);
	if (rc == 0)
		rc = del_joining(&t, c);
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	mls__arena_free(&arena);
	if (rc != 0)
		return rc;
	mls_group_close(c->group); /* as it looked from outside */
	c->group = NULL;
	/* It is in the store by now: this cannot be tried again. */
	return mls__group_load(&c->group, c->client, number) != 0 ?
	    MLS_E_RELOAD_REQUIRED : 0;
}

int
mls__external_cancel(mls_change *c)
{
	struct mls_arena arena = { 0 };
	struct mls_store_txn t = { 0 };
	struct mls_joining j;
	int rc;

	rc = mls__txn_begin(&t, &c->client->store, true);
	if (rc == 0)
		rc = find_own(&j, &arena, c, &t);
	if (rc == 0)
		rc = del_joining(&t, c);
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	mls__arena_free(&arena);
	return rc;
}

/* The change again, as its record tells. */
static int
restore(mls_change *c, struct mls_buf group_id, bool *found)
{
	struct mls_store_txn t = { 0 };
	struct mls_joining j;
	int rc;

	rc = mls__txn_begin(&t, &c->client->store, false);
	if (rc == 0)
		rc = mls__joining_read(&j, found, &c->arena, c->client, &t,
		    group_id);
	mls__txn_end(&t);
	if (rc != 0 || !*found)
		return rc;
	c->stage = MLS_STAGE_RELEASED;
	c->message = j.message;
	c->resync = j.resync;
	c->summary.kind = MLS_CHANGE_EXTERNAL_JOIN;
	c->summary.own = 1;
	c->summary.by = MLS_BY_NEW_MEMBER;
	c->summary.framing = MLS_FRAMING_PUBLIC;
	c->summary.sender = j.leaf;
	c->summary.epoch = j.epoch;
	rc = mls__arena_copy(&c->summary.group_id, &c->arena, group_id);
	if (rc == 0)
		rc = mls__effects_read(&c->summary.effects,
		    &c->summary.n_effects, &c->arena, j.effects);
	return rc;
}

int
mls_client_pending(mls_change **out, mls_client *client,
    struct mls_buf group_id)
{
	mls_change *c;
	bool found;
	int rc;

	if (out == NULL || client == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__plugins_usable(client->context->plugins);
	if (rc == 0)
		rc = mls__change_new(&c, client, NULL);
	if (rc != 0)
		return mls__api(MLS_MAY_READ, rc);
	rc = restore(c, group_id, &found);
	if (rc != 0 || !found) {
		mls_change_drop(c);
		c = NULL;
	}
	if (rc == 0)
		*out = c;
	return mls__api(MLS_MAY_READ, rc);
}
