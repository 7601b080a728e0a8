/* SPDX-License-Identifier: MIT */
/* The small record that says where a group stands. */
#include "group/state.h"

int
mls__header_read(struct mls_header *out, bool *found,
    struct mls_store_txn *t, uint64_t number)
{
	MLS_ARENA_ROOM(room);
	MLS_WRITER_ROOM(key, MLS_KEY_ROOM);
	struct mls_arena arena;
	struct mls_header h = { 0 };
	struct mls_buf record;
	struct mls_reader r;
	int rc;

	mls__arena_on(&arena, room, sizeof(room));
	mls__group_key(&key, MLS_REC_HEADER, number);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_get(&record, found, &arena, t,
		    mls__writer_buf(&key));
	if (rc == 0 && *found) {
		mls__reader_init(&r, record);
		h.active = mls__read_present(&r);
		h.pathless = mls__read_present(&r);
		h.reinit = mls__read_present(&r);
		h.revision = mls__read_u64(&r);
		h.epoch = mls__read_u64(&r);
		h.oldest = mls__read_u64(&r);
		h.oldest_psk = mls__read_u64(&r);
		h.suite = mls__read_u16(&r);
		/* GROUP-07 */
		if (mls__reader_end(&r) != 0 || h.oldest > h.epoch ||
		    h.oldest_psk > h.epoch)
			rc = MLS_E_STORED_STATE_MALFORMED;
		else
			*out = h;
	}
	mls__arena_free(&arena);
	mls__writer_free(&key);
	return rc;
}

void
mls__header_put(struct mls_batch *b, const struct mls_header *h)
{
	MLS_WRITER_ROOM(w, 512);

	mls__batch_key(b, MLS_REC_HEADER);
	mls__write_u8(&w, h->active);
	mls__write_u8(&w, h->pathless);
	mls__write_u8(&w, h->reinit);
	mls__write_u64(&w, h->revision);
	mls__write_u64(&w, h->epoch);
	mls__write_u64(&w, h->oldest);
	mls__write_u64(&w, h->oldest_psk);
	mls__write_u16(&w, h->suite);
	if (w.error != 0)
		mls__writer_fail(&b->ops, w.error);
	mls__batch_put(b, mls__writer_buf(&w));
	mls__writer_free(&w);
}

static int
store_header(mls_group *g, const struct mls_header *h)
{
	struct mls_batch b = { .direct = &g->txn, .number = g->number };
	int rc;

	mls__header_put(&b, h);
	rc = mls__batch_error(&b);
	mls__batch_free(&b);
	return rc;
}

int
mls__header_step(struct mls_header *out, mls_group *g)
{
	struct mls_header h = g->header;
	int rc;

	h.revision++;
	h.pathless = g->pathless;
	rc = store_header(g, &h);
	if (rc == 0)
		*out = h;
	return rc;
}

int
mls__header_follow(uint64_t *revision, mls_group *g)
{
	struct mls_header h;
	bool found;
	int rc = mls__header_read(&h, &found, &g->txn, g->number);

	if (rc == 0 && !found)
		rc = MLS_E_STORED_STATE_MALFORMED;
	if (rc == 0 && h.revision != g->header.revision + 1) {
		h.revision = g->header.revision + 1;
		rc = store_header(g, &h);
	}
	if (rc == 0)
		*revision = h.revision;
	return rc;
}
