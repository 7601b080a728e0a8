/* SPDX-License-Identifier: MIT */
/* Groups: opening, closing, reading. */
#include <stdlib.h>
#include <string.h>

#include "group/client.h"
#include "group/erase.h"
#include "group/lineage.h"
#include "group/proposals.h"
#include "group/state.h"

const struct mls_policy *
mls__policy(const mls_group *g)
{
	return &g->context->policy;
}

void
mls__group_ref(mls_group *g)
{
	g->refs++;
}

void
mls_group_close(mls_group *g)
{
	if (g == NULL || --g->refs != 0)
		return;
	mls__cache_clear(g);
	mls_bytes_free(&g->sight.info);
	mls__tree_free(g->tree);
	mls__state_free(g->state);
	free(g);
}

/* The slot of a stored node; its encoding is empty for a blank. */
static int
decode_slot(struct mls_slot *out, struct mls_buf *raw,
    const struct mls_suite *s, struct mls_buf record)
{
	struct mls_reader r;
	struct mls_buf hash;
	uint32_t members;

	mls__reader_init(&r, record);
	*raw = mls__read_opaque(&r);
	members = mls__read_u32(&r);
	out->resolution = mls__read_u32(&r);
	hash = mls__read_fixed(&r, s->nh);
	if (mls__reader_end(&r) != 0 || members > MLS_MAX_LEAVES)
		return MLS_E_STORED_STATE_MALFORMED;
	out->members = members & MLS_SLOT_MEMBERS;
	out->hashed = 1;
	memcpy(out->hash, hash.data, hash.len);
	return 0;
}

static int
load_slot(void *arg, uint32_t node, struct mls_slot *out)
{
	mls_group *g = arg;
	MLS_ARENA_ROOM(room);
	struct mls_arena arena;
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	struct mls_slot slot = *out;
	struct mls_buf record, raw;
	bool found;
	int rc;

	mls__arena_on(&arena, room, sizeof(room));
	mls__group_key(&key, MLS_REC_NODE, g->number);
	mls__write_u32(&key, node);
	rc = key.error;
	if (rc == 0 && g->txn.txn == NULL)
		rc = MLS_E_INTERNAL;
	if (rc == 0)
		rc = mls__txn_get(&record, &found, &arena, &g->txn,
		    mls__writer_buf(&key));
	if (rc == 0 && !found)
		rc = MLS_E_STORED_STATE_MALFORMED;
	if (rc == 0)
		rc = decode_slot(&slot, &raw, g->suite, record);
	if (rc == 0 && raw.len != 0)
		rc = mls__node_is_leaf(node) ?
		    mls__node_new_leaf(&slot.node, raw) :
		    mls__node_new_parent(&slot.node, raw);
	if (rc == 0)
		*out = slot;
	mls__writer_free(&key);
	mls__arena_free(&arena);
	return mls__error_of_record(rc);
}

struct finding {
	void (*fn)(void *fn_arg, uint32_t node);
	void *arg;
};

static int
found_node(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct finding *f = arg;
	struct mls_reader r;
	uint32_t node;

	(void)value;
	mls__reader_init(&r, key);
	mls__read_fixed(&r, 1 + 8 + 1 + MLS_INDEX_HASH);
	node = mls__read_u32(&r);
	if (mls__reader_end(&r) != 0)
		return MLS_E_STORED_STATE_MALFORMED;
	f->fn(f->arg, node);
	return 0;
}

static int
find_nodes(void *arg, enum mls_index_kind kind,
    const uint8_t hash[MLS_INDEX_HASH],
    void (*fn)(void *fn_arg, uint32_t node), void *fn_arg)
{
	mls_group *g = arg;
	struct finding f = { fn, fn_arg };
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	int rc;

	mls__group_key(&key, MLS_REC_INDEX, g->number);
	mls__write_u8(&key, (uint8_t)kind);
	mls__write_bytes(&key, mls__buf(hash, MLS_INDEX_HASH));
	rc = key.error;
	if (rc == 0 && g->txn.txn == NULL)
		rc = MLS_E_INTERNAL;
	if (rc == 0)
		rc = mls__txn_scan(&g->txn, mls__writer_buf(&key),
		    found_node, &f);
	mls__writer_free(&key);
	return rc;
}

struct mls_tree_source
mls__group_source(mls_group *g)
{
	struct mls_tree_source source = { g, load_slot, find_nodes };

	return source;
}

static int
load_capset(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct mls_tree *tree = arg;
	struct mls_capset set;
	struct mls_reader r;

	memset(&set, 0, sizeof(set));
	mls__reader_init(&r, key);
	mls__read_fixed(&r, 1 + 8);
	set.id = mls__read_u32(&r);
	if (mls__reader_end(&r) != 0)
		return MLS_E_STORED_STATE_MALFORMED;
	mls__reader_init(&r, value);
	set.count = mls__read_u32(&r);
	set.credential_type = mls__read_u16(&r);
	mls__capabilities_read(&set.capabilities, &r);
	if (mls__reader_end(&r) != 0)
		return MLS_E_STORED_STATE_MALFORMED;
	return mls__tree_capset_load(tree, &set);
}

static int
load_tree(struct mls_tree **out, mls_group *g, struct mls_tree_source source,
    struct mls_store_txn *t)
{
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	struct mls_tree *tree;
	int rc;

	rc = mls__tree_new(&tree, g->suite, g->state->width, &source);
	if (rc != 0)
		return rc;
	mls__group_key(&key, MLS_REC_CAPSET, g->number);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_scan(t, mls__writer_buf(&key), load_capset,
		    tree);
	mls__writer_free(&key);
	if (rc != 0) {
		mls__tree_free(tree);
		return rc;
	}
	*out = tree;
	return 0;
}

static int
load_parked(bool *parked, mls_group *g, struct mls_store_txn *t)
{
	struct mls_arena arena = { 0 };
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	struct mls_buf record;
	int rc;

	mls__group_key(&key, MLS_REC_PARKED, g->number);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_get(&record, parked, &arena, t,
		    mls__writer_buf(&key));
	if (rc == 0 && *parked)
		rc = mls__holds_ask(t);
	mls__writer_free(&key);
	mls__arena_free(&arena);
	return rc;
}

/* What the store says, into a group that has nothing yet; its tree is to be
 * owner's. */
static int
fill(mls_group *g, mls_group *owner, struct mls_store_txn *t)
{
	bool found;
	int rc;

	rc = mls__header_read(&g->header, &found, t, g->number);
	if (rc == 0 && !found)
		rc = MLS_E_GROUP_NOT_FOUND;
	if (rc == 0)
		rc = mls__crypto_suite(&g->suite, g->context->crypto,
		    g->header.suite);
	if (rc == 0)
		rc = mls__state_read(&g->state, g->suite, t, g->number);
	/* GROUP-07: old epochs are counted from this one, when it ends. */
	if (rc == 0 && g->header.active &&
	    g->state->context.epoch != g->header.epoch)
		rc = MLS_E_STORED_STATE_MALFORMED;
	if (rc == 0)
		rc = load_tree(&g->tree, g, mls__group_source(owner), t);
	if (rc == 0)
		rc = mls__cache_load(g, t);
	if (rc == 0)
		rc = load_parked(&g->parked, g, t);
	if (rc == 0 && g->header.epoch == 0)
		rc = mls__lineage_load(g, t);
	g->pathless = g->header.pathless;
	return rc;
}

static int
load_within(mls_group **out, mls_client *client, uint64_t number,
    mls_group *owner, struct mls_store_txn *t)
{
	mls_group *g = mls__alloc(sizeof(*g));
	int rc;

	if (g == NULL)
		return MLS_E_OUT_OF_MEMORY;
	g->refs = 1;
	g->context = client->context;
	g->client = client;
	g->number = number;
	rc = mls__error_of_record(fill(g, owner != NULL ? owner : g, t));
	if (rc != 0) {
		mls_group_close(g);
		return rc;
	}
	*out = g;
	return 0;
}

static int
load_for(mls_group **out, mls_client *client, uint64_t number,
    mls_group *owner)
{
	struct mls_store_txn t = { 0 };
	int rc;

	rc = mls__txn_begin(&t, &client->store, false);
	if (rc == 0)
		rc = load_within(out, client, number, owner, &t);
	mls__txn_end(&t);
	return rc;
}

int
mls__group_look(mls_group **out, mls_client *client, uint64_t number,
    const struct mls_store_txn *t)
{
	struct mls_store_txn borrowed = *t;
	int rc = load_within(out, client, number, NULL, &borrowed);

	if (rc == 0) {
		(*out)->txn = borrowed;
		(*out)->entered = 1;
	}
	return rc;
}

int
mls__group_load(mls_group **out, mls_client *client, uint64_t number)
{
	return load_for(out, client, number, NULL);
}

int
mls__group_reload(mls_group *g)
{
	mls_group *fresh, old = *g;
	int rc;

	rc = load_for(&fresh, g->client, g->number, g);
	if (rc != 0) {
		g->reload_required = true;
		return rc;
	}
	/* Swap what both hold, and let the old go. */
	*g = *fresh;
	g->refs = old.refs;
	fresh->tree = old.tree;
	fresh->state = old.state;
	fresh->cache = old.cache;
	mls_group_close(fresh);
	return 0;
}

int
mls_group_open(mls_group **out, mls_client *client, struct mls_buf group_id)
{
	struct mls_store_txn t = { 0 };
	uint64_t number;
	bool found;
	int rc;

	if (out == NULL || client == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__plugins_usable(client->context->plugins);
	if (rc == 0)
		rc = mls__txn_begin(&t, &client->store, false);
	if (rc == 0)
		rc = mls__directory_find(&number, &found, client, &t,
		    group_id);
	mls__txn_end(&t);
	if (rc == 0 && !found)
		rc = MLS_E_GROUP_NOT_FOUND;
	if (rc == 0)
		rc = mls__group_load(out, client, number);
	return mls__api(MLS_MAY_READ, rc);
}

static int
enter(mls_group *g, bool writable)
{
	struct mls_header h;
	bool found;
	int rc;

	rc = mls__plugins_usable(g->context->plugins);
	if (rc == 0 && g->reload_required)
		rc = MLS_E_RELOAD_REQUIRED;
	if (rc == 0 && mls__group_observed(g)) {
		g->entered = 1; /* there is no store */
		mls__tree_retry(g->tree);
		return 0;
	}
	if (rc == 0)
		rc = mls__txn_begin(&g->txn, &g->client->store, writable);
	if (rc != 0)
		return rc;
	g->entered = 1;
	mls__tree_retry(g->tree);
	/* Another handle may have gone on. */
	rc = mls__header_read(&h, &found, &g->txn, g->number);
	if (rc == 0 && !found)
		rc = MLS_E_GROUP_NOT_FOUND;
	if (rc == 0 && h.revision != g->header.revision)
		rc = MLS_E_REVISION_CHANGED;
	if (rc != 0)
		mls__group_leave(g);
	return rc;
}

int
mls__group_enter(mls_group *g)
{
	if (g->entered == 0)
		return enter(g, false);
	g->entered++;
	return 0;
}

int
mls__group_begin(mls_group *g)
{
	return g->entered == 0 ? enter(g, true) : MLS_E_CHANGE_MISUSE;
}

int
mls__group_commit(mls_group *g)
{
	int rc = mls__txn_commit(&g->txn);

	if (rc == MLS_E_RELOAD_REQUIRED)
		g->reload_required = true;
	return rc;
}

void
mls__group_leave(mls_group *g)
{
	if (g->entered == 0 || --g->entered != 0)
		return;
	mls__txn_end(&g->txn);
}

int
mls__group_erase_records(mls_client *client, struct mls_store_txn *t,
    uint64_t number)
{
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	int type, rc = mls__holds_ask(t);

	if (rc == 0)
		rc = mls__reinit_forget(client, t, number);
	for (type = MLS_REC_GROUP; rc == 0 && type <= MLS_REC_LAST; type++) {
		mls__group_key(&key, (enum mls_record_type)type, number);
		rc = key.error != 0 ? key.error : mls__txn_del_prefix(t,
		    mls__writer_buf(&key));
	}
	mls__writer_free(&key);
	return rc;
}

int
mls__group_erase(mls_client *client, struct mls_store_txn *t,
    struct mls_buf group_id, uint64_t number)
{
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	int rc = mls__group_erase_records(client, t, number);

	if (rc == 0) {
		mls__directory_key(&key, client, group_id);
		rc = key.error != 0 ? key.error : mls__txn_del(t,
		    mls__writer_buf(&key));
	}
	mls__writer_free(&key);
	return rc;
}

/* With a successor that has not begun goes the group of the same id that it
 * follows from: nobody could find it any more. */
static int
erase_all(mls_client *client, struct mls_store_txn *t,
    struct mls_buf group_id, uint64_t number)
{
	struct mls_arena arena = { 0 };
	struct mls_lineage lineage;
	bool found;
	int rc;

	rc = mls__lineage_read(&lineage, &found, &arena, t, number);
	if (rc == 0 && found)
		rc = mls__lineage_settle(client, t, &lineage, group_id);
	if (rc == 0)
		rc = mls__group_erase(client, t, group_id, number);
	mls__arena_free(&arena);
	return rc;
}

int
mls_group_delete(mls_client *client, struct mls_buf group_id)
{
	struct mls_store_txn t = { 0 };
	uint64_t number;
	bool found;
	int rc;

	if (client == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__txn_begin(&t, &client->store, true);
	if (rc == 0)
		rc = mls__directory_find(&number, &found, client, &t,
		    group_id);
	if (rc == 0 && !found)
		rc = MLS_E_GROUP_NOT_FOUND;
	if (rc == 0)
		rc = erase_all(client, &t, group_id, number);
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	return mls__api(MLS_MAY_READ, rc);
}
