/* SPDX-License-Identifier: MIT */
/* The proposals of an epoch that wait for a commit. */
#include <stdlib.h>
#include <string.h>

#include "group/erase.h"
#include "group/proposals.h"

void
mls__cached_free(struct mls_cached *c)
{
	if (c == NULL)
		return;
	mls__key_free(c->leaf_key);
	mls__arena_free(&c->arena);
	free(c);
}

void
mls__cache_clear(mls_group *g)
{
	struct mls_cached *c, *next;

	for (c = g->cache; c != NULL; c = next) {
		next = c->next;
		mls__cached_free(c);
	}
	g->cache = NULL;
	g->cached = 0;
}

/* Decode content and auth data that lie in c's arena. */
static int
decode(struct mls_cached *c, const mls_group *g, uint16_t wire_format,
    struct mls_buf content, struct mls_buf auth)
{
	struct mls_authentic *a = &c->authentic;
	struct mls_reader r;
	int rc;

	a->wire_format = wire_format;
	mls__reader_init(&r, content);
	r.customs = &g->context->customs;
	mls__content_read(&a->content, &c->arena, &r);
	rc = mls__reader_end(&r);
	if (rc != 0)
		return rc;
	a->auth = auth;
	mls__reader_init(&r, auth);
	a->signature = mls__read_short(&r);
	return mls__reader_end(&r);
}

int
mls__cached_read(struct mls_cached **out, const mls_group *g,
    uint16_t wire_format, struct mls_buf content, struct mls_buf auth)
{
	const struct mls_suite *s = g->suite;
	struct mls_cached *c = mls__alloc(sizeof(*c));
	uint8_t *ref;
	int rc;

	if (c == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = mls__arena_copy(&content, &c->arena, content);
	if (rc == 0)
		rc = mls__arena_copy(&auth, &c->arena, auth);
	if (rc == 0)
		rc = decode(c, g, wire_format, content, auth);
	ref = mls__arena_alloc(&c->arena, s->nh);
	if (rc == 0 && ref == NULL)
		rc = MLS_E_OUT_OF_MEMORY;
	if (rc == 0)
		rc = mls__proposal_ref(ref, s, &c->authentic);
	if (rc != 0) {
		mls__cached_free(c);
		return rc;
	}
	c->ref = mls__buf(ref, s->nh);
	*out = c;
	return 0;
}

int
mls__cached_new(struct mls_cached **out, const mls_group *g,
    const struct mls_authentic *a)
{
	return mls__cached_read(out, g, a->wire_format, a->content.raw,
	    a->auth);
}

void
mls__cache_add(mls_group *g, struct mls_cached *c)
{
	struct mls_cached **at = &g->cache;

	while (*at != NULL)
		at = &(*at)->next;
	*at = c;
	c->next = NULL;
	g->cached++;
	if (g->next_order <= c->order)
		g->next_order = c->order + 1;
}

bool
mls__cache_has(const mls_group *g, struct mls_buf ref)
{
	const struct mls_cached *c;

	for (c = g->cache; c != NULL; c = c->next)
		if (mls__equal(c->ref, ref))
			return true;
	return false;
}

/* LIMIT-05: of all, and of one sender. */
int
mls__cache_room(const mls_group *g, const struct mls_sender *sender)
{
	uint32_t most = mls__policy(g)->max_proposals, of_sender = 0;
	const struct mls_sender *other;
	const struct mls_cached *c;

	for (c = g->cache; c != NULL; c = c->next) {
		other = &c->authentic.content.sender;
		of_sender += other->type == sender->type &&
		    other->index == sender->index;
	}
	if (g->cached >= most || of_sender >= (most + 15) / 16)
		return MLS_E_PROPOSAL_CACHE_FULL;
	return 0;
}

void
mls__cache_put(struct mls_batch *b, const struct mls_cached *c)
{
	struct mls_writer w = { 0 };

	mls__write_u32(mls__batch_key(b, MLS_REC_PROPOSAL), c->order);
	mls__write_u16(&w, c->authentic.wire_format);
	mls__write_opaque(&w, c->authentic.content.raw);
	mls__write_opaque(&w, c->authentic.auth);
	mls__write_opaque(&w, c->ref);
	mls__write_u8(&w, c->leaf_key != NULL);
	if (c->leaf_key != NULL)
		mls__batch_write_key(b, &w, c->leaf_key);
	if (w.error != 0)
		mls__writer_fail(&b->ops, w.error);
	mls__batch_put(b, mls__writer_buf(&w));
	mls__writer_free(&w);
}

static int
load_one(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct mls_cached *c = mls__alloc(sizeof(*c));
	mls_group *g = arg;
	struct mls_buf copy, content, auth;
	struct mls_reader r;
	uint16_t wire_format;
	int rc;

	if (c == NULL)
		return MLS_E_OUT_OF_MEMORY;
	mls__reader_init(&r, key);
	mls__read_fixed(&r, 1 + 8);
	c->order = mls__read_u32(&r);
	rc = mls__reader_end(&r);
	if (rc == 0)
		rc = mls__arena_copy(&copy, &c->arena, value);
	if (rc != 0)
		goto out;
	mls__reader_init(&r, copy);
	wire_format = mls__read_u16(&r);
	content = mls__read_opaque(&r);
	auth = mls__read_opaque(&r);
	c->ref = mls__read_opaque(&r);
	if (mls__read_present(&r))
		rc = mls__key_read(&c->leaf_key, &r, g->suite);
	mls__store_saw(&g->client->store, c->leaf_key);
	if (rc == 0)
		rc = mls__reader_end(&r);
	if (rc == 0)
		rc = decode(c, g, wire_format, content, auth);
out:
	if (rc != 0) {
		mls__cached_free(c);
		return rc == MLS_E_OUT_OF_MEMORY ? rc :
		    MLS_E_STORED_STATE_MALFORMED;
	}
	mls__cache_add(g, c);
	return 0;
}

int
mls__cache_load(mls_group *g, struct mls_store_txn *t)
{
	struct mls_writer key = { 0 };
	int rc;

	mls__group_key(&key, MLS_REC_PROPOSAL, g->number);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_scan(t, mls__writer_buf(&key), load_one, g);
	mls__writer_free(&key);
	return rc;
}
