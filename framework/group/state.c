/* SPDX-License-Identifier: MIT */
#include "group/state.h"

#include <stdlib.h>
#include <string.h>

#include "group/erase.h"

struct mls_state *
mls__state_new(void)
{
	return mls__alloc(sizeof(struct mls_state));
}

void
mls__state_free(struct mls_state *s)
{
	if (s == NULL)
		return;
	mls__key_free(s->sign_key);
	mls__path_keys_free(&s->keys);
	mls__arena_free(&s->arena);
	mls__free_wiped(s, sizeof(*s));
}

/* Read a GroupContext that is kept in the arena. */
static int
adopt_context(struct mls_state *s, struct mls_buf raw)
{
	struct mls_reader r;

	mls__reader_init(&r, raw);
	mls__group_context_read(&s->context, &r);
	return mls__reader_end(&r);
}

int
mls__state_context(struct mls_state *s,
    const struct mls_group_context *fields)
{
	MLS_WRITER_ROOM(w, 512);
	struct mls_buf raw;
	int rc;

	mls__group_context_write(&w, fields);
	rc = mls__writer_take(&raw, &s->arena, &w);
	mls__writer_free(&w);
	return rc != 0 ? rc : adopt_context(s, raw);
}

/* Put what w holds under the batch's key, and forget it. */
static void
put_writer(struct mls_batch *b, struct mls_writer *w)
{
	if (w->error != 0)
		mls__writer_fail(&b->ops, w->error);
	mls__batch_put(b, mls__writer_buf(w));
	mls__writer_free(w);
}

static void
put_state(struct mls_batch *b, const struct mls_state *s)
{
	MLS_WRITER_ROOM(w, 512);

	mls__batch_key(b, MLS_REC_STATE);
	mls__write_opaque(&w, s->context.raw);
	mls__write_opaque(&w, mls__secret_buf(&s->interim));
	mls__write_opaque(&w, mls__secret_buf(&s->confirmation_tag));
	mls__write_u32(&w, s->width);
	mls__write_u32(&w, s->keys.leaf);
	mls__epoch_write(&w, &s->epoch);
	if (s->sign_key != NULL)
		mls__batch_write_key(b, &w, s->sign_key);
	put_writer(b, &w);
}

static void
put_own_keys(struct mls_batch *b, const struct mls_state *old,
    const struct mls_state *s)
{
	MLS_WRITER_ROOM(w, 512);
	struct mls_writer *key;
	unsigned i;

	for (i = 0; i <= MLS_MAX_LEVEL; i++) {
		if (old != NULL && old->keys.key[i] == s->keys.key[i])
			continue;
		key = mls__batch_key(b, MLS_REC_OWN_KEY);
		mls__write_u32(key, i);
		if (s->keys.key[i] == NULL) {
			mls__batch_del(b);
			continue;
		}
		mls__batch_write_key(b, &w, s->keys.key[i]);
		put_writer(b, &w);
	}
}

/* What visiting a tree writes. */
struct visit {
	struct mls_batch *batch;
	mls_group *g; /* NULL: nothing was there before */
	size_t nh;
};

/* FRAME-18: who a leaf was in the epoch that ends, if that changes. */
static void
put_undo(struct visit *v, uint32_t leaf, const struct mls_slot *slot)
{
	const struct mls_leaf *old = mls__tree_leaf(v->g->tree, leaf);
	struct mls_writer *key;

	if (old == NULL && (slot == NULL || slot->node == NULL))
		return;
	if (old != NULL && slot != NULL && slot->node != NULL &&
	    mls__equal(old->raw, slot->node->raw))
		return;
	key = mls__batch_key(v->batch, MLS_REC_UNDO);
	mls__write_u64(key, v->g->header.epoch);
	mls__write_u32(key, leaf);
	mls__batch_put(v->batch,
	    old != NULL ? old->raw : mls__buf(NULL, 0));
}

static int
visit_slot(void *arg, uint32_t node, const struct mls_slot *slot)
{
	struct visit *v = arg;
	MLS_WRITER_ROOM(w, 512);

	if (v->g != NULL && mls__node_is_leaf(node) &&
	    mls__policy(v->g)->past_epochs > 0) {
		put_undo(v, mls__node_leaf(node), slot);
		if (mls__tree_error(v->g->tree) != 0)
			return mls__tree_error(v->g->tree);
	}
	mls__write_u32(mls__batch_key(v->batch, MLS_REC_NODE), node);
	if (slot == NULL) {
		mls__batch_del(v->batch);
		return 0;
	}
	mls__write_opaque(&w, slot->node != NULL ? slot->node->raw :
	    mls__buf(NULL, 0));
	mls__write_u32(&w, slot->members);
	mls__write_u32(&w, slot->resolution);
	mls__write_bytes(&w, mls__buf(slot->hash, v->nh));
	put_writer(v->batch, &w);
	return 0;
}

static int
visit_index(void *arg, enum mls_index_kind kind,
    const uint8_t hash[MLS_INDEX_HASH], uint32_t node, bool gone)
{
	struct visit *v = arg;
	struct mls_writer *key = mls__batch_key(v->batch, MLS_REC_INDEX);

	mls__write_u8(key, (uint8_t)kind);
	mls__write_bytes(key, mls__buf(hash, MLS_INDEX_HASH));
	mls__write_u32(key, node);
	if (gone)
		mls__batch_del(v->batch);
	else
		mls__batch_put(v->batch, mls__buf(NULL, 0));
	return 0;
}

static int
visit_capset(void *arg, const struct mls_capset *set)
{
	struct visit *v = arg;
	MLS_WRITER_ROOM(w, 512);

	mls__write_u32(mls__batch_key(v->batch, MLS_REC_CAPSET), set->id);
	if (set->count == 0) {
		mls__batch_del(v->batch);
		return 0;
	}
	mls__write_u32(&w, set->count);
	mls__write_u16(&w, set->credential_type);
	mls__write_bytes(&w, set->capabilities.raw);
	put_writer(v->batch, &w);
	return 0;
}

/* Forget all of an epoch's messages. */
static void
forget_epoch(struct mls_batch *b, uint64_t epoch)
{
	static const enum mls_record_type types[] = { MLS_REC_EPOCH,
		MLS_REC_SECRET, MLS_REC_RATCHET, MLS_REC_SKIPPED,
		MLS_REC_UNDO };
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		mls__write_u64(mls__batch_key(b, types[i]), epoch);
		mls__batch_del_prefix(b);
	}
}

/* ST-08, PSK-10: what falls out of the retention, which may have been another
 * before. */
static void
forget_old(struct mls_batch *b, mls_group *g, struct mls_header *header)
{
	const struct mls_policy *p = mls__policy(g);
	uint64_t next = g->header.epoch + 1;

	while (next - header->oldest > p->past_epochs)
		forget_epoch(b, header->oldest++);
	while (next - header->oldest_psk > p->max_resumption) {
		mls__write_u64(mls__batch_key(b, MLS_REC_RESUMPTION),
		    header->oldest_psk++);
		mls__batch_del(b);
	}
}

/* The epoch that ends is kept for late messages, as configured. */
static void
leave_epoch(struct mls_batch *b, mls_group *g, struct mls_header *header)
{
	const struct mls_policy *p = mls__policy(g);
	const struct mls_state *s = g->state;
	uint64_t epoch = g->header.epoch;
	MLS_WRITER_ROOM(w, 512);

	forget_old(b, g, header);
	if (p->past_epochs > 0) {
		mls__write_u64(mls__batch_key(b, MLS_REC_EPOCH), epoch);
		mls__write_opaque(&w, s->context.raw);
		mls__write_opaque(&w,
		    mls__secret_buf(&s->epoch.sender_data));
		mls__write_u32(&w, s->width);
		put_writer(b, &w);
	}
	mls__batch_key(b, MLS_REC_PROPOSAL);
	mls__batch_del_prefix(b);
	mls__batch_key(b, MLS_REC_PARKED);
	mls__batch_del(b);
}

int
mls__stage_state(struct mls_batch *b, mls_group *g,
    struct mls_header *header, const struct mls_state *next,
    struct mls_tree *tree)
{
	struct visit v = { b, g, mls__tree_suite(tree)->nh };
	struct mls_tree_visitor visitor = { &v, visit_slot, visit_index,
		visit_capset };
	int rc;

	if (g != NULL)
		leave_epoch(b, g, header);
	mls__header_put(b, header);
	mls__write_u64(mls__batch_key(b, MLS_REC_RESUMPTION), header->epoch);
	mls__batch_put(b, mls__secret_buf(&next->epoch.resumption));
	/* ST-01: the secret tree begins as its root alone. */
	mls__write_u64(mls__batch_key(b, MLS_REC_SECRET), header->epoch);
	mls__write_u32(&b->key, mls__node_root(next->width));
	mls__batch_put(b, mls__secret_buf(&next->epoch.encryption));
	rc = mls__tree_visit(tree, &visitor);
	return rc != 0 ? rc : mls__batch_error(b);
}

int
mls__stage_own(struct mls_batch *b, const struct mls_state *old,
    const struct mls_state *next)
{
	put_state(b, next);
	put_own_keys(b, old, next);
	return mls__batch_error(b);
}

int
mls__stage_removal(struct mls_batch *b, mls_group *g,
    struct mls_header *header)
{
	struct mls_state bare = *g->state;
	unsigned i;

	/* COMMIT-20: everything but what late messages need. */
	leave_epoch(b, g, header);
	mls__header_put(b, header);
	memset(&bare.epoch, 0, sizeof(bare.epoch));
	for (i = 0; i <= MLS_MAX_LEVEL; i++)
		bare.keys.key[i] = NULL;
	bare.sign_key = NULL;
	put_state(b, &bare);
	mls__batch_key(b, MLS_REC_OWN_KEY);
	mls__batch_del_prefix(b);
	mls__batch_key(b, MLS_REC_RESUMPTION);
	mls__batch_del_prefix(b);
	return mls__batch_error(b);
}

static bool
possible_width(uint32_t width)
{
	return width != 0 && width <= MLS_MAX_LEAVES &&
	    (width & (width - 1)) == 0;
}

static int
read_state(struct mls_state *s, const struct mls_suite *suite,
    struct mls_buf record)
{
	struct mls_reader r;
	int rc;

	mls__reader_init(&r, record);
	rc = adopt_context(s, mls__read_opaque(&r));
	if (rc == 0)
		rc = mls__secret_set(&s->interim, mls__read_opaque(&r));
	if (rc == 0)
		rc = mls__secret_set(&s->confirmation_tag,
		    mls__read_opaque(&r));
	s->width = mls__read_u32(&r);
	s->keys.leaf = mls__read_u32(&r);
	mls__epoch_read(&s->epoch, &r);
	if (rc != 0 || r.error != 0 || s->context.suite != suite->row->number ||
	    !possible_width(s->width) || s->keys.leaf >= s->width)
		return MLS_E_STORED_STATE_MALFORMED;
	/* A group that we left holds no signature key. */
	if (!mls__reader_more(&r))
		return 0;
	rc = mls__key_read(&s->sign_key, &r, suite);
	if (rc == 0 && mls__reader_end(&r) != 0)
		rc = MLS_E_STORED_STATE_MALFORMED;
	return rc;
}

struct own_keys {
	struct mls_state *state;
	const struct mls_suite *suite;
};

static int
read_own_key(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct own_keys *o = arg;
	struct mls_privkey *priv = NULL;
	struct mls_reader r;
	uint32_t level;
	int rc;

	mls__reader_init(&r, key);
	mls__read_fixed(&r, 1 + 8);
	level = mls__read_u32(&r);
	if (mls__reader_end(&r) != 0 || level > MLS_MAX_LEVEL)
		return MLS_E_STORED_STATE_MALFORMED;
	mls__reader_init(&r, value);
	rc = mls__key_read(&priv, &r, o->suite);
	if (rc == 0 && mls__reader_end(&r) != 0)
		rc = MLS_E_STORED_STATE_MALFORMED;
	if (rc != 0) {
		mls__key_free(priv);
		return rc;
	}
	mls__path_keys_set(&o->state->keys, level, priv);
	return 0;
}

static void
saw_keys(struct mls_store *store, const struct mls_state *s)
{
	unsigned i;

	mls__store_saw(store, s->sign_key);
	for (i = 0; i <= MLS_MAX_LEVEL; i++)
		mls__store_saw(store, s->keys.key[i]);
}

int
mls__state_read(struct mls_state **out, const struct mls_suite *suite,
    struct mls_store_txn *t, uint64_t number)
{
	struct mls_state *s = mls__state_new();
	struct own_keys own = { s, suite };
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	struct mls_buf record;
	bool found;
	int rc;

	if (s == NULL)
		return MLS_E_OUT_OF_MEMORY;
	mls__group_key(&key, MLS_REC_STATE, number);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_get(&record, &found, &s->arena, t,
		    mls__writer_buf(&key));
	if (rc == 0 && !found)
		rc = MLS_E_STORED_STATE_MALFORMED;
	if (rc == 0)
		rc = read_state(s, suite, record);
	if (rc == 0) {
		mls__group_key(&key, MLS_REC_OWN_KEY, number);
		rc = key.error != 0 ? key.error : mls__txn_scan(t,
		    mls__writer_buf(&key), read_own_key, &own);
	}
	mls__writer_free(&key);
	if (rc != 0) {
		mls__state_free(s);
		return rc;
	}
	saw_keys(t->store, s);
	*out = s;
	return 0;
}

int
mls__past_read(struct mls_past *out, struct mls_arena *arena, mls_group *g,
    uint64_t epoch)
{
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	struct mls_buf record;
	struct mls_reader r;
	bool found;
	int rc;

	mls__group_key(&key, MLS_REC_EPOCH, g->number);
	mls__write_u64(&key, epoch);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_get(&record, &found, arena, &g->txn,
		    mls__writer_buf(&key));
	mls__writer_free(&key);
	if (rc != 0)
		return rc;
	if (!found)
		return MLS_E_EPOCH_SECRETS_GONE; /* MSG-13 */
	mls__reader_init(&r, record);
	out->context = mls__read_opaque(&r);
	rc = mls__secret_set(&out->sender_data, mls__read_opaque(&r));
	out->width = mls__read_u32(&r);
	if (rc != 0 || mls__reader_end(&r) != 0 || !possible_width(out->width))
		return MLS_E_STORED_STATE_MALFORMED;
	return 0;
}

int
mls__past_leaf(struct mls_node **out, mls_group *g, uint64_t epoch,
    uint32_t leaf)
{
	struct mls_arena arena = { 0 };
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	struct mls_buf record = { NULL, 0 };
	struct mls_node *node;
	bool found = false;
	int rc = 0;

	/* The oldest change of the leaf since then tells what it was. */
	for (; rc == 0 && !found && epoch < g->header.epoch; epoch++) {
		mls__group_key(&key, MLS_REC_UNDO, g->number);
		mls__write_u64(&key, epoch);
		mls__write_u32(&key, leaf);
		rc = key.error != 0 ? key.error : mls__txn_get(&record,
		    &found, &arena, &g->txn, mls__writer_buf(&key));
	}
	if (rc == 0 && found) {
		*out = NULL;
		if (record.len != 0)
			rc = mls__node_new_leaf(out, record);
	} else if (rc == 0) {
		node = mls__tree_leaf(g->tree, leaf) != NULL ?
		    mls__tree_node(g->tree, mls__leaf_node(leaf)) : NULL;
		*out = node != NULL ? mls__node_ref(node) : NULL;
		rc = mls__tree_error(g->tree);
	}
	mls__arena_free(&arena);
	mls__writer_free(&key);
	return rc;
}
