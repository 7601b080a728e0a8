/* SPDX-License-Identifier: MIT */
#include "group/lineage.h"

#include <stdlib.h>
#include <string.h>

#include "group/client.h"
#include "group/state.h"

/* Groups of several people may end for the same id; whose successor comes is
 * found by the PSK that it comes with. */
static void
successor_key(struct mls_writer *w, const mls_client *client,
    struct mls_buf group_id)
{
	mls__write_u8(w, MLS_REC_SUCCESSOR);
	mls__write_u32(w, client->number);
	mls__write_opaque(w, group_id);
}

void
mls__reinit_put(struct mls_batch *b, const mls_group *g,
    const struct mls_reinit *reinit)
{
	struct mls_writer w = { 0 };

	mls__batch_key(b, MLS_REC_REINIT);
	mls__reinit_encode(&w, reinit);
	if (w.error != 0)
		mls__writer_fail(&b->ops, w.error);
	mls__batch_put(b, mls__writer_buf(&w));
	mls__writer_reset(&w);
	mls__writer_reset(&b->key);
	successor_key(&b->key, g->client, reinit->group_id);
	mls__write_u64(&b->key, g->number);
	mls__write_u8(&w, mls__equal(g->state->context.group_id,
	    reinit->group_id));
	if (w.error != 0)
		mls__writer_fail(&b->ops, w.error);
	mls__batch_put(b, mls__writer_buf(&w));
	mls__writer_free(&w);
}

/* A record of a group that has no further key. */
static int
read_record(struct mls_buf *out, bool *found, struct mls_arena *arena,
    struct mls_store_txn *t, enum mls_record_type type, uint64_t number)
{
	struct mls_writer key = { 0 };
	int rc;

	mls__group_key(&key, type, number);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_get(out, found, arena, t,
		    mls__writer_buf(&key));
	mls__writer_free(&key);
	return rc;
}

int
mls__reinit_read(struct mls_reinit *out, bool *found, struct mls_arena *arena,
    struct mls_store_txn *t, uint64_t number)
{
	struct mls_buf record;
	struct mls_reader r;
	int rc;

	rc = read_record(&record, found, arena, t, MLS_REC_REINIT, number);
	if (rc != 0 || !*found)
		return rc;
	mls__reader_init(&r, record);
	mls__reinit_decode(out, &r);
	return mls__reader_end(&r) != 0 ? MLS_E_STORED_STATE_MALFORMED : 0;
}

int
mls__reinit_forget(mls_client *client, struct mls_store_txn *t,
    uint64_t number)
{
	struct mls_arena arena = { 0 };
	struct mls_writer key = { 0 };
	struct mls_reinit reinit;
	bool found;
	int rc;

	rc = mls__reinit_read(&reinit, &found, &arena, t, number);
	if (rc == 0 && found) {
		successor_key(&key, client, reinit.group_id);
		mls__write_u64(&key, number);
		rc = key.error != 0 ? key.error : mls__txn_del(t,
		    mls__writer_buf(&key));
	}
	mls__writer_free(&key);
	mls__arena_free(&arena);
	return rc;
}

/* The groups that ended for an id. */
struct ended {
	uint64_t wanted;
	bool any, has_wanted;
	bool has_same; /* one of the same id, */
	uint64_t same; /* of this number */
};

static int
note_ended(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct ended *e = arg;
	struct mls_reader r;
	uint64_t number;
	bool same;

	mls__reader_init(&r, key);
	mls__read_fixed(&r, 1 + 4);
	mls__read_opaque(&r);
	number = mls__read_u64(&r);
	if (mls__reader_end(&r) != 0)
		return MLS_E_STORED_STATE_MALFORMED;
	mls__reader_init(&r, value);
	same = mls__read_present(&r);
	if (mls__reader_end(&r) != 0)
		return MLS_E_STORED_STATE_MALFORMED;
	e->any = true;
	e->has_wanted |= number == e->wanted;
	if (same) {
		e->has_same = true;
		e->same = number;
	}
	return 0;
}

static int
find_ended(struct ended *e, mls_client *client, struct mls_store_txn *t,
    struct mls_buf group_id)
{
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	int rc;

	successor_key(&key, client, group_id);
	rc = key.error != 0 ? key.error : mls__txn_scan(t,
	    mls__writer_buf(&key), note_ended, e);
	mls__writer_free(&key);
	return rc;
}

int
mls__lineage_expected(bool *expected, mls_client *client,
    struct mls_store_txn *t, struct mls_buf group_id)
{
	struct ended e = { 0 };
	int rc = find_ended(&e, client, t, group_id);

	*expected = e.any;
	return rc;
}

bool
mls__lineage_same_id(const struct mls_lineage *lineage,
    struct mls_buf group_id)
{
	return lineage != NULL && lineage->usage == MLS_LINEAGE_REINIT &&
	    mls__equal(lineage->group_id, group_id);
}

int
mls__lineage_parent(uint64_t *number, bool *found, mls_client *client,
    struct mls_store_txn *t, const struct mls_lineage *lineage)
{
	struct mls_header header;
	struct ended e = { 0 };
	int rc;

	rc = mls__directory_find(number, found, client, t, lineage->group_id);
	if (rc != 0 || !*found || lineage->usage != MLS_LINEAGE_REINIT)
		return rc;
	rc = mls__header_read(&header, found, t, *number);
	if (rc != 0 || (*found && header.reinit))
		return rc;
	/* A successor of the same id may stand before it. */
	rc = find_ended(&e, client, t, lineage->group_id);
	if (rc == 0 && e.has_same)
		*number = e.same;
	return rc;
}

int
mls__lineage_settle(mls_client *client, struct mls_store_txn *t,
    const struct mls_lineage *lineage, struct mls_buf group_id)
{
	struct ended e = { 0 };
	int rc;

	if (!mls__lineage_same_id(lineage, group_id))
		return 0;
	rc = find_ended(&e, client, t, group_id);
	return rc == 0 && e.has_same ?
	    mls__group_erase_records(client, t, e.same) : rc;
}

void
mls__lineage_put(struct mls_batch *b, const struct mls_lineage *lineage)
{
	struct mls_writer w = { 0 };

	mls__batch_key(b, MLS_REC_LINEAGE);
	mls__write_u8(&w, (uint8_t)lineage->usage);
	mls__write_opaque(&w, lineage->group_id);
	mls__write_u64(&w, lineage->epoch);
	if (w.error != 0)
		mls__writer_fail(&b->ops, w.error);
	mls__batch_put(b, mls__writer_buf(&w));
	mls__writer_free(&w);
}

int
mls__lineage_read(struct mls_lineage *out, bool *found,
    struct mls_arena *arena, struct mls_store_txn *t, uint64_t number)
{
	struct mls_buf record;
	struct mls_reader r;
	int rc;

	rc = read_record(&record, found, arena, t, MLS_REC_LINEAGE, number);
	if (rc != 0 || !*found)
		return rc;
	mls__reader_init(&r, record);
	out->usage = mls__read_u8(&r);
	out->group_id = mls__read_opaque(&r);
	out->epoch = mls__read_u64(&r);
	return mls__reader_end(&r) != 0 ? MLS_E_STORED_STATE_MALFORMED : 0;
}

int
mls__lineage_load(mls_group *g, struct mls_store_txn *t)
{
	struct mls_arena arena = { 0 };
	struct mls_lineage lineage;
	bool found;
	int rc;

	rc = mls__lineage_read(&lineage, &found, &arena, t, g->number);
	if (rc == 0 && found)
		g->lineage = lineage.usage;
	mls__arena_free(&arena);
	return rc;
}

bool
mls__lineage_waits(const mls_group *g)
{
	return g->lineage != 0 && g->lineage != MLS_LINEAGE_UNKNOWN;
}

static int
check_reinit(const struct mls_follower *f, mls_group *parent)
{
	const struct mls_group_context *c = f->context;
	struct mls_arena arena = { 0 };
	struct ended e = { .wanted = parent->number };
	struct mls_reinit want;
	bool found;
	int rc;

	if (!parent->header.reinit)
		return MLS_E_REINIT_NOT_PENDING; /* REINIT-02 */
	if (!mls__equal(parent->state->context.group_id, f->lineage.group_id))
		return MLS_E_REINIT_PSK_MISMATCH; /* REINIT-08 */
	rc = find_ended(&e, f->client, f->t, c->group_id);
	if (rc != 0)
		return rc;
	if (f->lineage.epoch != parent->header.epoch ||
	    (e.any && !e.has_wanted))
		return MLS_E_REINIT_PSK_MISMATCH; /* REINIT-08 */
	rc = mls__reinit_read(&want, &found, &arena, f->t, parent->number);
	if (rc == 0 && !found)
		rc = MLS_E_STORED_STATE_MALFORMED;
	if (rc != 0)
		goto out;
	if (c->version != want.version)
		rc = MLS_E_REINIT_VERSION_MISMATCH; /* REINIT-03 */
	else if (c->suite != want.suite)
		rc = MLS_E_REINIT_CIPHER_SUITE_MISMATCH; /* REINIT-04 */
	else if (!mls__equal(c->group_id, want.group_id))
		rc = MLS_E_REINIT_GROUP_ID_MISMATCH; /* REINIT-05 */
	else if (!mls__equal(c->extensions, want.extensions))
		rc = MLS_E_REINIT_EXTENSIONS_MISMATCH; /* REINIT-06 */
	else if (c->epoch != 1)
		rc = MLS_E_REINIT_EPOCH; /* REINIT-07 */
	else
		rc = mls__lineage_all_there(f, parent->tree);
out:
	mls__arena_free(&arena);
	return rc;
}

static int
check_branch(const struct mls_follower *f, mls_group *parent)
{
	const struct mls_group_context *c = f->context;

	if (c->version != parent->state->context.version)
		return MLS_E_BRANCH_VERSION_MISMATCH; /* BRANCH-02 */
	if (c->suite != parent->header.suite)
		return MLS_E_BRANCH_CIPHER_SUITE_MISMATCH; /* BRANCH-03 */
	if (c->epoch != 1)
		return MLS_E_BRANCH_EPOCH; /* BRANCH-04 */
	return mls__lineage_known(f, parent);
}

int
mls__lineage_check(const struct mls_follower *f)
{
	bool reinit = f->lineage.usage == MLS_LINEAGE_REINIT, found;
	mls_group *parent;
	uint64_t number;
	int rc;

	rc = mls__lineage_parent(&number, &found, f->client, f->t,
	    &f->lineage);
	if (rc == 0 && !found)
		rc = reinit ? MLS_E_REINIT_PSK_MISMATCH :
		    MLS_E_BRANCH_PARENT_UNKNOWN; /* BRANCH-01 */
	if (rc == 0)
		rc = mls__group_look(&parent, f->client, number, f->t);
	if (rc != 0)
		return rc;
	rc = reinit ? check_reinit(f, parent) : check_branch(f, parent);
	mls_group_close(parent);
	return rc;
}
