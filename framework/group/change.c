/* SPDX-License-Identifier: MIT */
/* Changes: looked at, dropped, discarded, applied. */
#include <stdlib.h>
#include <string.h>

#include "group/client.h"
#include "group/customs.h"
#include "group/join.h"
#include "group/join_external.h"
#include "group/lineage.h"
#include "group/making.h"
#include "group/observer.h"
#include "group/parked.h"
#include "group/proposals.h"
#include "group/ratchet.h"
#include "group/state.h"

int
mls__change_new(mls_change **out, mls_client *client, mls_group *group)
{
	struct mls_arena arena;
	mls_change *c;

	mls__arena_begin(&arena, client != NULL ? client->spares : NULL);
	c = mls__arena_alloc(&arena, sizeof(*c));
	if (c == NULL) {
		mls__arena_end(&arena);
		return MLS_E_OUT_OF_MEMORY;
	}
	c->arena = arena;
	c->client = client;
	c->group = group;
	c->summary.size = sizeof(c->summary);
	c->summary.sender = MLS_NO_LEAF;
	if (group != NULL) {
		mls__group_ref(group);
		c->epoch = group->header.epoch;
		c->summary.epoch = group->header.epoch;
	}
	*out = c;
	return 0;
}

void
mls_change_drop(mls_change *c)
{
	struct mls_arena arena;
	mls_group *group;

	if (c == NULL)
		return;
	mls__making_free(c->making);
	mls__join_free(c->join);
	mls__cached_free(c->proposal);
	mls__tree_free(c->tree);
	mls__state_free(c->next);
	mls__batch_free(&c->batch);
	/* The change lies in its own arena.  Its client may be closed. */
	arena = c->arena;
	group = c->group;
	mls__arena_end(&arena);
	mls_group_close(group);
}

const struct mls_summary *
mls_change_summary(mls_change *c)
{
	return mls__join_describe(c) == 0 ? &c->summary : NULL;
}

int
mls__change_begin(const mls_change *c, bool same_epoch)
{
	mls_group *g = c->group;
	int rc = mls__group_begin(g);

	if (rc != 0)
		return rc;
	if (same_epoch && (g->header.epoch != c->epoch || !g->header.active)) {
		mls__group_leave(g);
		return MLS_E_CHANGE_STALE;
	}
	return 0;
}

/* The width of that epoch's tree. */
static int
width_of(uint32_t *width, mls_group *g, uint64_t epoch)
{
	struct mls_arena arena = { 0 };
	struct mls_past past;
	int rc;

	*width = g->state->width;
	if (epoch == g->header.epoch && g->header.active)
		return 0;
	rc = mls__past_read(&past, &arena, g, epoch);
	if (rc == 0) {
		*width = past.width;
		mls__secret_wipe(&past.sender_data);
	}
	mls__arena_free(&arena);
	return rc == MLS_E_EPOCH_SECRETS_GONE ? MLS_E_CHANGE_STALE : rc;
}

static int
spend(mls_change *c)
{
	uint32_t width;
	int rc;

	if (!c->spend.wanted)
		return 0;
	rc = width_of(&width, c->group, c->spend.epoch);
	if (rc == 0)
		rc = mls__ratchet_spend(c->group, &c->group->txn, &c->spend,
		    width);
	return rc;
}

static int
apply_message(mls_change *c)
{
	mls_group *g = c->group;
	int rc = mls__change_begin(c, false);

	if (rc != 0)
		return rc;
	rc = spend(c);
	if (rc == 0)
		rc = mls__group_commit(g);
	mls__group_leave(g);
	return rc;
}

static int
apply_proposal(mls_change *c)
{
	mls_group *g = c->group;
	struct mls_batch b = { .direct = &g->txn, .number = g->number };
	struct mls_header header = g->header;
	int rc = mls__change_begin(c, true);

	if (rc != 0)
		return rc;
	rc = spend(c);
	/* FRAME-22: the same octets may have been processed twice. */
	if (rc == 0 && c->proposal != NULL &&
	    mls__cache_has(g, c->proposal->ref)) {
		mls__cached_free(c->proposal);
		c->proposal = NULL;
	}
	/* LIMIT-05: others may have been applied since it was judged. */
	if (rc == 0 && c->proposal != NULL)
		rc = mls__cache_room(g,
		    &c->proposal->authentic.content.sender);
	if (rc == 0 && c->proposal != NULL) {
		c->proposal->order = g->next_order;
		mls__cache_put(&b, c->proposal);
		rc = mls__batch_error(&b);
		if (rc == 0)
			rc = mls__header_step(&header, g);
	}
	if (rc == 0)
		rc = mls__group_commit(g);
	if (rc == 0)
		g->header = header;
	if (rc == 0 && c->proposal != NULL) {
		mls__cache_add(g, c->proposal);
		c->proposal = NULL;
	}
	mls__group_leave(g);
	mls__batch_free(&b);
	return rc;
}

void
mls__change_swap(mls_change *c)
{
	mls_group *g = c->group;

	if (c->tree != NULL) {
		mls__tree_merge(c->tree);
		c->tree = NULL;
	}
	mls__state_free(g->state);
	g->state = c->next;
	c->next = NULL;
	g->header = c->header;
	mls__cache_clear(g);
	g->next_order = 0;
	g->parked = false;
	g->pathless = false;
	g->lineage = 0;
	g->sight.partial = false;
	mls_bytes_free(&g->sight.info);
	memset(g->spent, 0, sizeof(g->spent));
}

/* Others are in a group that follows from another. */
static int
settle_lineage(mls_group *g)
{
	struct mls_arena arena = { 0 };
	struct mls_lineage lineage;
	bool found;
	int rc;

	if (g->lineage == 0)
		return 0;
	rc = mls__lineage_read(&lineage, &found, &arena, &g->txn, g->number);
	if (rc == 0 && found)
		rc = mls__lineage_settle(g->client, &g->txn, &lineage,
		    g->state->context.group_id);
	mls__arena_free(&arena);
	return rc;
}

/* What was left out of the batch of a received commit. */
static int
write_own(mls_change *c)
{
	mls_group *g = c->group;
	uint8_t key_room[MLS_KEY_ROOM];
	struct mls_batch b = { .direct = &g->txn, .number = g->number,
		.key = MLS_WRITER_ON(key_room) };
	int rc = mls__stage_own(&b, g->state, c->next);

	mls__batch_free(&b);
	return rc;
}

static int
apply_commit(mls_change *c)
{
	mls_group *g = c->group;
	struct mls_buf ops = mls__writer_buf(&c->batch.ops);
	struct mls_arena arena = { 0 };
	int rc = mls__change_begin(c, true);

	/* A stale diff is not even looked at: its base has moved on. */
	if (rc != 0)
		return rc;
	if (c->tree != NULL)
		rc = mls__tree_merge_prepare(c->tree);
	if (rc == 0)
		rc = spend(c);
	if (rc == 0 && c->parked)
		rc = mls__parked_ops(&ops, &arena, g, &g->txn, &c->message);
	if (rc == 0)
		rc = settle_lineage(g);
	if (rc == 0)
		rc = mls__batch_play(&g->txn, ops, g->number);
	if (rc == 0 && !c->parked && c->header.active)
		rc = write_own(c);
	if (rc == 0)
		rc = mls__header_follow(&c->header.revision, g);
	if (rc == 0)
		rc = mls__group_commit(g);
	mls__group_leave(g);
	mls__arena_free(&arena);
	if (rc != 0)
		return rc;
	mls__batch_free(&c->batch); /* ST-05: it has the root's secret */
	if (c->next != NULL)
		mls__change_swap(c);
	else if (mls__group_reload(g) != 0)
		rc = MLS_E_RELOAD_REQUIRED;
	if (rc == 0)
		mls__customs_applied(g, c->summary.effects,
		    c->summary.n_effects);
	return rc;
}

static int
apply(mls_change *c)
{
	switch (c->summary.kind) {
	case MLS_CHANGE_MESSAGE:
		return apply_message(c);
	case MLS_CHANGE_PROPOSAL:
		return apply_proposal(c);
	case MLS_CHANGE_COMMIT:
		return apply_commit(c);
	case MLS_CHANGE_EXTERNAL_JOIN:
		return mls__external_apply(c);
	default:
		return mls__join_apply(c);
	}
}

int
mls_change_apply(mls_change *c)
{
	int rc;

	if (c == NULL)
		return MLS_E_ARGUMENT;
	if (c->stage != MLS_STAGE_RECEIVED && c->stage != MLS_STAGE_RELEASED)
		return MLS_E_CHANGE_MISUSE;
	rc = c->group != NULL && mls__group_observed(c->group) ?
	    mls__observer_apply(c) : apply(c);
	if (rc == 0)
		c->stage = MLS_STAGE_DONE;
	return mls__api(MLS_MAY_APPLY, rc);
}

int
mls_change_discard(mls_change *c)
{
	int rc;

	if (c == NULL)
		return MLS_E_ARGUMENT;
	if (c->stage != MLS_STAGE_RECEIVED || c->group == NULL)
		return MLS_E_CHANGE_MISUSE;
	/* A public message spends nothing: there is nothing to write. */
	rc = c->spend.wanted ? apply_message(c) : 0;
	if (rc == 0)
		c->stage = MLS_STAGE_DONE;
	return mls__api(MLS_MAY_APPLY, rc);
}

static int
cancel_commit(mls_change *c)
{
	struct mls_arena arena = { 0 };
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	struct mls_header header;
	mls_group *g = c->group;
	struct mls_buf ops;
	int rc = mls__change_begin(c, true);

	if (rc != 0)
		return rc;
	/* It may have been cancelled before, and another one be parked. */
	rc = mls__parked_ops(&ops, &arena, g, &g->txn, &c->message);
	mls__group_key(&key, MLS_REC_PARKED, g->number);
	if (rc == 0)
		rc = key.error;
	if (rc == 0)
		rc = mls__txn_del(&g->txn, mls__writer_buf(&key));
	if (rc == 0)
		rc = mls__header_step(&header, g);
	if (rc == 0)
		rc = mls__group_commit(g);
	mls__group_leave(g);
	mls__writer_free(&key);
	mls__arena_free(&arena);
	if (rc == 0) {
		g->header = header;
		g->parked = false;
	}
	return rc;
}

int
mls_change_cancel(mls_change *c)
{
	int rc;

	if (c == NULL)
		return MLS_E_ARGUMENT;
	if (c->stage != MLS_STAGE_RELEASED ||
	    (c->summary.kind != MLS_CHANGE_COMMIT &&
	    c->summary.kind != MLS_CHANGE_EXTERNAL_JOIN))
		return MLS_E_CHANGE_MISUSE;
	rc = c->summary.kind == MLS_CHANGE_COMMIT ? cancel_commit(c) :
	    mls__external_cancel(c);
	if (rc == 0)
		c->stage = MLS_STAGE_DONE;
	return mls__api(MLS_MAY_APPLY, rc);
}

int
mls_change_release(struct mls_bytes *message, mls_change *c)
{
	int rc;

	if (message == NULL || c == NULL)
		return MLS_E_ARGUMENT;
	if (c->stage == MLS_STAGE_MADE)
		rc = c->summary.kind == MLS_CHANGE_EXTERNAL_JOIN ?
		    mls__external_release(message, c) :
		    mls__making_release(message, NULL, c);
	else if (c->message.data == NULL)
		rc = MLS_E_CHANGE_MISUSE;
	else
		rc = mls__bytes_copy(message, c->message);
	return mls__api(MLS_MAY_APPLY, rc);
}

int
mls_change_welcome(struct mls_bytes *out, mls_change *c)
{
	if (out == NULL || c == NULL)
		return MLS_E_ARGUMENT;
	if (c->message.data == NULL ||
	    (c->summary.kind != MLS_CHANGE_COMMIT &&
	    c->summary.kind != MLS_CHANGE_EXTERNAL_JOIN))
		return MLS_E_CHANGE_MISUSE;
	return mls__api(MLS_MAY_READ, mls__bytes_copy(out, c->welcome));
}

int
mls_change_tree(struct mls_bytes *out, mls_change *c)
{
	struct mls_writer w = { 0 };
	int rc;

	if (out == NULL || c == NULL)
		return MLS_E_ARGUMENT;
	if (c->tree == NULL || c->message.data == NULL)
		return MLS_E_CHANGE_MISUSE;
	/* The diff may be of a tree that the group has left behind. */
	if (c->epoch != c->group->header.epoch)
		return MLS_E_CHANGE_STALE;
	rc = mls__group_enter(c->group);
	if (rc != 0)
		return mls__api(MLS_MAY_READ, rc);
	mls__tree_write(&w, c->tree);
	rc = w.error != 0 ? w.error : mls__tree_error(c->tree);
	mls__group_leave(c->group);
	if (rc == 0)
		rc = mls__bytes_copy(out, mls__writer_buf(&w));
	mls__writer_free(&w);
	return mls__api(MLS_MAY_READ, rc);
}

int
mls_change_group(mls_group **out, mls_change *c)
{
	if (out == NULL || c == NULL)
		return MLS_E_ARGUMENT;
	if (c->stage != MLS_STAGE_DONE || c->group == NULL ||
	    (c->summary.kind != MLS_CHANGE_JOIN &&
	    c->summary.kind != MLS_CHANGE_EXTERNAL_JOIN))
		return MLS_E_CHANGE_MISUSE;
	mls__group_ref(c->group);
	*out = c->group;
	return 0;
}
