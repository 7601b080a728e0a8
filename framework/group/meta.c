/* SPDX-License-Identifier: MIT */
#include "group/meta.h"

#include "base/error.h"

int
mls__meta_read(struct mls_meta *out, struct mls_store_txn *t)
{
	const uint8_t key = MLS_REC_META;
	struct mls_arena arena = { 0 };
	struct mls_buf record;
	struct mls_reader r;
	bool found;
	int rc;

	*out = (struct mls_meta){ 1, 1, false };
	rc = mls__txn_get(&record, &found, &arena, t, mls__buf(&key, 1));
	if (rc == 0 && found) {
		mls__reader_init(&r, record);
		if (mls__read_u16(&r) > MLS_SCHEMA)
			rc = MLS_E_STORE_VERSION;
		out->next_group = mls__read_u64(&r);
		out->next_client = mls__read_u32(&r);
		/* A store that never held such keys does not say so. */
		if (r.error == 0 && mls__reader_more(&r))
			out->holds = mls__read_present(&r);
		if (rc == 0 && mls__reader_end(&r) != 0)
			rc = MLS_E_STORED_STATE_MALFORMED;
	}
	if (rc == 0 && out->holds)
		t->store->holds = true;
	mls__arena_free(&arena);
	return rc;
}

int
mls__meta_write(struct mls_store_txn *t, const struct mls_meta *m)
{
	const uint8_t key = MLS_REC_META;
	struct mls_writer w = { 0 };
	int rc;

	mls__write_u16(&w, MLS_SCHEMA);
	mls__write_u64(&w, m->next_group);
	mls__write_u32(&w, m->next_client);
	if (m->holds)
		mls__write_u8(&w, 1);
	rc = w.error;
	if (rc == 0)
		rc = mls__txn_put(t, mls__buf(&key, 1), mls__writer_buf(&w));
	mls__writer_free(&w);
	return rc;
}
