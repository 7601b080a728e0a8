/* SPDX-License-Identifier: MIT */
#include "group/ratchet.h"

#include <string.h>

/* The head of a ratchet: the next generation with its secret; keys below
 * `low` have left the window. */
struct head {
	uint32_t generation, low;
	bool exhausted; /* generation 2^32 - 1 was used */
	struct mls_secret secret;
};

/* One search for a key. */
struct taking {
	mls_group *g;
	struct mls_store_txn *txn;
	const struct mls_ratchet_at *at;
	struct mls_batch *batch;
	struct mls_arena arena;
	struct mls_writer key;
	MLS_ARENA_ROOM(room);
	uint8_t key_room[MLS_KEY_ROOM];
};

/* What a search needs of memory is on the stack, most often. */
static void
begin(struct taking *t, mls_group *g, struct mls_store_txn *txn,
    const struct mls_ratchet_at *at, struct mls_batch *batch)
{
	struct mls_writer key = MLS_WRITER_ON(t->key_room);

	t->g = g;
	t->txn = txn;
	t->at = at;
	t->batch = batch;
	t->key = key;
	mls__arena_on(&t->arena, t->room, sizeof(t->room));
}

static void
end(struct taking *t)
{
	mls__arena_free(&t->arena);
	mls__writer_free(&t->key);
}

static void
write_at(struct mls_writer *w, const struct mls_ratchet_at *at)
{
	mls__write_u64(w, at->epoch);
	mls__write_u32(w, at->leaf);
	mls__write_u8(w, at->kind);
}

static int
get(struct mls_buf *out, bool *found, struct taking *t)
{
	if (t->key.error != 0)
		return t->key.error;
	return mls__txn_get(out, found, &t->arena, t->txn,
	    mls__writer_buf(&t->key));
}

static int
get_head(struct head *head, bool *found, struct taking *t)
{
	struct mls_buf record;
	struct mls_reader r;
	int rc;

	mls__group_key(&t->key, MLS_REC_RATCHET, t->g->number);
	write_at(&t->key, t->at);
	rc = get(&record, found, t);
	if (rc != 0 || !*found)
		return rc;
	mls__reader_init(&r, record);
	head->generation = mls__read_u32(&r);
	head->low = mls__read_u32(&r);
	head->exhausted = mls__read_present(&r);
	rc = mls__secret_set(&head->secret, mls__read_opaque(&r));
	if (rc != 0 || mls__reader_end(&r) != 0)
		return MLS_E_STORED_STATE_MALFORMED;
	return 0;
}

static void
put_head(struct taking *t, const struct mls_ratchet_at *at,
    const struct head *head)
{
	MLS_WRITER_ROOM(value, 32 + MLS_MAX_HASH);

	write_at(mls__batch_key(t->batch, MLS_REC_RATCHET), at);
	mls__write_u32(&value, head->generation);
	mls__write_u32(&value, head->low);
	mls__write_u8(&value, head->exhausted);
	mls__write_opaque(&value, mls__secret_buf(&head->secret));
	if (value.error != 0)
		mls__writer_fail(&t->batch->ops, value.error);
	mls__batch_put(t->batch, mls__writer_buf(&value));
	mls__writer_free(&value);
}

static void
write_node(struct taking *t, struct mls_writer *w, uint32_t node)
{
	mls__write_u64(w, t->at->epoch);
	mls__write_u32(w, node);
}

static int
get_node(struct mls_secret *out, bool *found, struct taking *t, uint32_t node)
{
	struct mls_buf record;
	int rc;

	mls__group_key(&t->key, MLS_REC_SECRET, t->g->number);
	write_node(t, &t->key, node);
	rc = get(&record, found, t);
	if (rc == 0 && *found && mls__secret_set(out, record) != 0)
		rc = MLS_E_STORED_STATE_MALFORMED;
	return rc;
}

static void
put_node(struct taking *t, uint32_t node, const struct mls_secret *secret)
{
	write_node(t, mls__batch_key(t->batch, MLS_REC_SECRET), node);
	mls__batch_put(t->batch, mls__secret_buf(secret));
}

/* From the node's secret down to the leaf's, keeping what is off the path. */
static int
descend(struct mls_secret *secret, struct taking *t, uint32_t node)
{
	uint32_t leaf = mls__leaf_node(t->at->leaf), left, right;
	struct mls_secret l, r;
	int rc = 0;

	while (rc == 0 && node != leaf) {
		left = mls__node_left(node);
		right = mls__node_right(node);
		rc = mls__secret_tree_children(&l, &r, t->g->suite, secret);
		if (rc != 0)
			break;
		if (mls__node_below(leaf, left)) {
			put_node(t, right, &r);
			*secret = l;
			node = left;
		} else {
			put_node(t, left, &l);
			*secret = r;
			node = right;
		}
	}
	mls__secret_wipe(&l);
	mls__secret_wipe(&r);
	return rc;
}

/* The first use of a leaf: §9.2: its ratchets take the place of the tree
 * secrets from the root to it. */
static int
open_leaf(struct head *head, struct taking *t)
{
	uint32_t node = mls__leaf_node(t->at->leaf);
	struct mls_ratchet_at other = *t->at;
	struct head heads[2];
	struct mls_secret secret = { 0 };
	bool found = false;
	int rc = 0;

	memset(heads, 0, sizeof(heads));
	for (;;) {
		rc = get_node(&secret, &found, t, node);
		if (rc != 0 || found)
			break;
		node = mls__node_parent(node, t->at->width);
		if (node == MLS_NO_NODE)
			rc = MLS_E_EPOCH_SECRETS_GONE;
		if (rc != 0)
			break;
	}
	if (rc == 0) {
		write_node(t, mls__batch_key(t->batch, MLS_REC_SECRET), node);
		mls__batch_del(t->batch);
		rc = descend(&secret, t, node);
	}
	if (rc == 0)
		rc = mls__secret_tree_leaf(
		    &heads[MLS_RATCHET_HANDSHAKE].secret,
		    &heads[MLS_RATCHET_APPLICATION].secret, t->g->suite,
		    &secret);
	if (rc == 0) {
		*head = heads[t->at->kind];
		other.kind = (uint8_t)!t->at->kind;
		put_head(t, &other, &heads[other.kind]);
	}
	mls__secret_wipe(&secret);
	mls__wipe(heads, sizeof(heads));
	return rc;
}

static void
skipped_key(struct taking *t, struct mls_writer *w, uint32_t generation)
{
	write_at(w, t->at);
	mls__write_u32(w, generation);
}

/* A key below the head: kept when it was skipped, or gone. */
static int
take_skipped(struct mls_message_key *key, struct taking *t,
    const struct head *head, uint32_t generation)
{
	const struct mls_suite *s = t->g->suite;
	struct mls_buf record;
	bool found;
	int rc;

	if (generation < head->low)
		return MLS_E_GENERATION_TOO_OLD;
	mls__group_key(&t->key, MLS_REC_SKIPPED, t->g->number);
	skipped_key(t, &t->key, generation);
	rc = get(&record, &found, t);
	if (rc != 0)
		return rc;
	if (!found)
		return MLS_E_GENERATION_CONSUMED;
	if (record.len != s->nk + s->nn)
		return MLS_E_STORED_STATE_MALFORMED;
	if (key != NULL) {
		memcpy(key->key, record.data, s->nk);
		memcpy(key->nonce, record.data + s->nk, s->nn);
	}
	skipped_key(t, mls__batch_key(t->batch, MLS_REC_SKIPPED), generation);
	mls__batch_del(t->batch);
	return 0;
}

/* LIMIT-07: the window follows the head; what falls out of it is erased. */
static void
move_window(struct taking *t, struct head *head)
{
	uint32_t keep = t->g->context->max_skipped[t->at->kind];
	uint32_t low, i;

	low = head->generation > keep ? head->generation - keep : 0;
	for (i = head->low; i < low; i++) {
		skipped_key(t, mls__batch_key(t->batch, MLS_REC_SKIPPED), i);
		mls__batch_del(t->batch);
	}
	if (head->low < low)
		head->low = low;
}

static void
keep_skipped(struct taking *t, uint32_t generation,
    const struct mls_message_key *key)
{
	const struct mls_suite *s = t->g->suite;
	uint8_t both[sizeof(*key)];

	memcpy(both, key->key, s->nk);
	memcpy(both + s->nk, key->nonce, s->nn);
	skipped_key(t, mls__batch_key(t->batch, MLS_REC_SKIPPED), generation);
	mls__batch_put(t->batch, mls__buf(both, s->nk + s->nn));
	mls__wipe(both, sizeof(both));
}

/* A key at or beyond the head: keep those in between, move the head. */
static int
take_ahead(struct mls_message_key *key, struct taking *t, struct head *head,
    uint32_t generation)
{
	const struct mls_policy *p = mls__policy(t->g);
	struct mls_message_key k;
	bool last;
	int rc;

	if (head->exhausted)
		return MLS_E_GENERATION_CONSUMED;
	/* MSG-10: refused before anything is derived. */
	if (generation - head->generation > p->max_forward)
		return MLS_E_GENERATION_TOO_FAR;
	for (;;) {
		last = head->generation == generation;
		rc = mls__ratchet_step(last ? key : &k, &head->secret,
		    t->g->suite, &head->secret, head->generation);
		if (rc != 0 || last)
			break;
		/* Nobody sends us what we skipped ourselves (ST-04). */
		if (t->at->leaf != t->g->state->keys.leaf)
			keep_skipped(t, head->generation, &k);
		head->generation++;
	}
	if (rc == 0) {
		if (generation == UINT32_MAX)
			head->exhausted = true; /* LIMIT-09 */
		else
			head->generation++;
		move_window(t, head);
		put_head(t, t->at, head);
	}
	mls__wipe(&k, sizeof(k));
	return rc;
}

int
mls__ratchet_take(struct mls_message_key *key, struct mls_batch *batch,
    mls_group *g, struct mls_store_txn *txn, const struct mls_ratchet_at *at,
    uint32_t generation)
{
	struct taking t;
	struct head head;
	bool found;
	int rc;

	begin(&t, g, txn, at, batch);
	memset(&head, 0, sizeof(head));
	rc = get_head(&head, &found, &t);
	if (rc == 0 && !found)
		rc = open_leaf(&head, &t);
	if (rc == 0) {
		if (generation < head.generation)
			rc = take_skipped(key, &t, &head, generation);
		else
			rc = take_ahead(key, &t, &head, generation);
	}
	if (rc == 0)
		rc = mls__batch_error(batch);
	mls__wipe(&head, sizeof(head));
	end(&t);
	return rc;
}

int
mls__ratchet_spend(mls_group *g, struct mls_store_txn *txn,
    const struct mls_spend *spend, uint32_t width)
{
	struct mls_ratchet_at at = { spend->epoch, width, spend->leaf,
		spend->kind };
	uint8_t key_room[MLS_KEY_ROOM];
	struct mls_batch batch = { .key = MLS_WRITER_ON(key_room),
		.direct = txn, .number = g->number };
	int rc;

	rc = mls__ratchet_take(NULL, &batch, g, txn, &at, spend->generation);
	/* Somebody else has had this key since the change was made. */
	if (rc == MLS_E_GENERATION_CONSUMED || rc == MLS_E_EPOCH_SECRETS_GONE ||
	    rc == MLS_E_GENERATION_TOO_OLD)
		rc = MLS_E_CHANGE_STALE;
	mls__batch_free(&batch);
	return rc;
}

int
mls__ratchet_next(uint32_t *generation, mls_group *g,
    struct mls_store_txn *txn, const struct mls_ratchet_at *at)
{
	struct taking t;
	struct head head;
	bool found;
	int rc;

	begin(&t, g, txn, at, NULL);
	memset(&head, 0, sizeof(head));
	rc = get_head(&head, &found, &t);
	if (rc == 0 && (head.exhausted || g->spent[at->kind] > UINT32_MAX))
		rc = MLS_E_GENERATION_EXHAUSTED;
	if (rc == 0)
		*generation = head.generation > g->spent[at->kind] ?
		    head.generation : (uint32_t)g->spent[at->kind];
	mls__wipe(&head, sizeof(head));
	end(&t);
	return rc;
}
