/* SPDX-License-Identifier: MIT */
#include "group/making.h"

#include <stdlib.h>
#include <string.h>

#include "group/parked.h"
#include "group/ratchet.h"
#include "group/state.h"

#define MESSAGE_MAX (16u << 20) /* LIMIT-01, for application data */
#define EPOCH_MESSAGES (1u << 24)
#define SURROUNDINGS 512 /* octets around a body, most often */

int
mls__making_new(mls_change *c)
{
	c->making = mls__arena_alloc(&c->arena, sizeof(*c->making));
	if (c->making == NULL)
		return MLS_E_OUT_OF_MEMORY;
	c->stage = MLS_STAGE_MADE;
	c->making->head.sender.type = MLS_SENDER_MEMBER;
	c->making->head.sender.index = c->group->state->keys.leaf;
	c->summary.own = 1;
	c->summary.by = MLS_BY_MEMBER;
	c->summary.sender = c->group->state->keys.leaf;
	return mls__arena_copy(&c->summary.group_id, &c->arena,
	    c->group->state->context.group_id);
}

void
mls__making_free(struct mls_making *m)
{
	size_t i;

	if (m == NULL)
		return;
	for (i = 0; i < m->n_newcomers; i++)
		mls__secret_wipe(&m->newcomers[i].path);
	mls__wipe(m, sizeof(*m));
}

int
mls__may_send(mls_group *g, bool application)
{
	uint32_t tolerate = mls__policy(g)->tolerate;

	if (!g->header.active)
		return MLS_E_GROUP_INACTIVE; /* GROUP-04 */
	if (g->header.reinit)
		return MLS_E_GROUP_REINITIALISED; /* REINIT-01 */
	if (!application)
		return 0;
	if (g->parked && (tolerate & MLS_TOLERATE_PENDING_SEND) == 0)
		return MLS_E_SEND_WHILE_COMMIT_PENDING; /* APP-07 */
	if (g->cached != 0 && (tolerate & MLS_TOLERATE_UNCOMMITTED) == 0)
		return MLS_E_COMMIT_BEFORE_SEND; /* APP-01 */
	return 0;
}

/* Sizes that others refuse are not sent (MSG-19). */
int
mls__making_padding(size_t *padding, const mls_group *g,
    const struct mls_send_options *options, uint8_t type, size_t len)
{
	size_t block = mls__policy(g)->padding;

	/* LIMIT-01; a commit may add very many. */
	if (len > (type == MLS_CONTENT_APPLICATION ? MESSAGE_MAX :
	    MLS_LIMIT_MESSAGE - MESSAGE_MAX))
		return MLS_E_MESSAGE_TOO_LARGE;
	if (options != NULL && options->padding != 0)
		*padding = options->padding;
	else
		*padding = block > 1 ? (block - len % block) % block : 0;
	return *padding > MESSAGE_MAX ? MLS_E_PADDING_TOO_LARGE : 0;
}

static int
choose_framing(uint16_t *wire_format, const mls_group *g,
    const struct mls_send_options *options, uint8_t type, uint8_t sender)
{
	uint32_t framing = mls__policy(g)->send_framing;

	if (type == MLS_CONTENT_APPLICATION)
		framing = MLS_FRAMING_PRIVATE;
	/* §6: who is no member has no keys to encrypt under. */
	if (sender != MLS_SENDER_MEMBER)
		framing = MLS_FRAMING_PUBLIC;
	if (options != NULL && options->framing != 0) {
		if (sender != MLS_SENDER_MEMBER &&
		    options->framing != MLS_FRAMING_PUBLIC)
			return MLS_E_EXTERNAL_MESSAGE_PRIVATE; /* EXT-19 */
		if (type == MLS_CONTENT_APPLICATION &&
		    options->framing != MLS_FRAMING_PRIVATE)
			return MLS_E_APPLICATION_FRAMING_PUBLIC; /* APP-02 */
		framing = options->framing;
	}
	if (framing == MLS_FRAMING_PUBLIC)
		*wire_format = MLS_WIRE_PUBLIC_MESSAGE;
	else if (framing == MLS_FRAMING_PRIVATE)
		*wire_format = MLS_WIRE_PRIVATE_MESSAGE;
	else
		return MLS_E_ARGUMENT;
	return 0;
}

static int
fill_head(struct mls_making *m, mls_change *c, uint8_t type,
    const struct mls_send_options *options)
{
	struct mls_content_head *head = &m->head;
	int rc = 0;

	head->group_id = c->summary.group_id;
	head->epoch = c->epoch;
	head->type = type;
	if (options != NULL)
		rc = mls__arena_copy(&head->aad, &c->arena, options->aad);
	if (rc == 0 && head->aad.len > MESSAGE_MAX)
		rc = MLS_E_MESSAGE_TOO_LARGE;
	c->summary.aad = head->aad;
	return rc;
}

int
mls__making_sign(struct mls_buf *signature, mls_change *c, uint8_t type,
    struct mls_buf body, const struct mls_send_options *options)
{
	struct mls_making *m = c->making;
	mls_group *g = c->group;
	struct mls_writer head = MLS_WRITER_IN(&c->arena);
	struct mls_writer w = MLS_WRITER_IN(&c->arena);
	uint8_t *sig = mls__arena_octets(&c->arena, g->suite->max_sig);
	size_t len = g->suite->max_sig;
	struct mls_signing signing = { .body = body,
		.context = g->state->context.raw };
	int rc;

	if (sig == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = choose_framing(&m->wire_format, g, options, type,
	    m->head.sender.type);
	if (rc == 0)
		rc = mls__making_padding(&m->padding, g, options, type,
		    body.len);
	if (rc == 0)
		rc = fill_head(m, c, type, options);
	if (rc != 0)
		return rc;
	c->summary.framing = m->wire_format == MLS_WIRE_PUBLIC_MESSAGE ?
	    MLS_FRAMING_PUBLIC : MLS_FRAMING_PRIVATE;
	m->body = body;
	mls__content_head_write(&head, &m->head);
	if (type == MLS_CONTENT_APPLICATION)
		mls__write_varint(&head, body.len);
	signing.wire_format = m->wire_format;
	signing.head = mls__writer_buf(&head);
	signing.sender_type = m->head.sender.type;
	rc = head.error;
	if (rc == 0)
		rc = mls__content_signed(&w, &signing);
	m->content = signing.content;
	m->tbs = signing.tbs;
	if (rc == 0)
		rc = mls__sign_with_label(sig, &len, g->suite,
		    g->state->sign_key, NULL, signing.whole);
	if (rc == 0)
		*signature = mls__buf(sig, len);
	return rc;
}

/* §6.2 */
static int
write_public(struct mls_writer *w, mls_change *c)
{
	struct mls_making *m = c->making;
	mls_group *g = c->group;
	struct mls_secret tag;
	int rc;

	rc = mls__membership_tag(&tag, g->suite,
	    &g->state->epoch.membership, m->tbs, m->auth);
	if (rc == 0)
		mls__public_message_write(w, m->content, m->auth,
		    MLS_SENDER_MEMBER, mls__secret_buf(&tag));
	return rc;
}

/* RFC 9420 §15.2, APP-03.  Each message has a key of its own; what is bounded
 * is what one sender has under one epoch, by what AES-GCM bears under one key.
 * A commit is always possible: it is the way out. */
static int
check_epoch_use(const struct mls_suite *s, uint8_t kind, uint32_t generation)
{
	bool gcm = s->row->aead == 0x0001 || s->row->aead == 0x0002;

	return kind == MLS_RATCHET_APPLICATION && gcm &&
	    generation >= EPOCH_MESSAGES ? MLS_E_AEAD_LIMIT : 0;
}

/* §6.3: with the next generation of ours, and what spends it. */
static int
write_private(struct mls_writer *w, mls_change *c)
{
	struct mls_making *m = c->making;
	mls_group *g = c->group;
	uint8_t kind = m->head.type == MLS_CONTENT_APPLICATION ?
	    MLS_RATCHET_APPLICATION : MLS_RATCHET_HANDSHAKE;
	struct mls_ratchet_at at = { c->epoch, g->state->width,
		g->state->keys.leaf, kind };
	struct mls_message_key key = { { 0 }, { 0 } };
	uint8_t key_room[MLS_KEY_ROOM];
	struct mls_batch batch = { .key = MLS_WRITER_ON(key_room),
		.direct = &g->txn, .number = g->number };
	struct mls_private_seal seal;
	int rc;

	memset(&seal, 0, sizeof(seal));
	seal.head = &m->head;
	seal.body = m->body;
	seal.auth = m->auth;
	seal.padding = m->padding;
	seal.key = &key;
	seal.sender_data_secret = &g->state->epoch.sender_data;
	seal.sender_data.leaf = at.leaf;
	rc = mls__ratchet_next(&seal.sender_data.generation, g, &g->txn,
	    &at);
	if (rc == 0)
		rc = check_epoch_use(g->suite, kind,
		    seal.sender_data.generation);
	memcpy(seal.sender_data.reuse_guard, m->reuse_guard,
	    sizeof(m->reuse_guard));
	if (rc == 0)
		rc = mls__ratchet_take(&key, &batch, g, &g->txn, &at,
		    seal.sender_data.generation);
	if (rc == 0) {
		/* Whatever becomes of the write, this handle never uses the
		 * generation again. */
		g->spent[kind] = (uint64_t)seal.sender_data.generation + 1;
		rc = mls__private_seal(w, g->suite, &seal);
	}
	if (rc == 0)
		c->summary.generation = seal.sender_data.generation;
	mls__wipe(&key, sizeof(key));
	mls__batch_free(&batch);
	return rc;
}

static int
write_message(mls_change *c)
{
	struct mls_writer w = MLS_WRITER_IN(&c->arena);
	const struct mls_making *m = c->making;
	int rc;

	w.data = m->room;
	w.cap = m->room_len;
	w.lent = true;
	mls__write_reserve(&w, m->room != NULL ? 0 : m->content.len +
	    m->auth.len + m->padding + SURROUNDINGS);
	mls__message_head(&w, m->wire_format);
	if (m->wire_format == MLS_WIRE_PUBLIC_MESSAGE)
		rc = write_public(&w, c);
	else
		rc = write_private(&w, c);
	if (rc == 0)
		rc = w.error;
	if (rc == 0)
		c->message = mls__writer_buf(&w);
	return rc;
}

/* A proposal of ours is cached like anybody's. */
static int
keep_proposal(mls_change *c)
{
	struct mls_authentic a;
	struct mls_batch b = { .direct = &c->group->txn,
		.number = c->group->number };
	struct mls_privkey *key = c->proposal->leaf_key;
	struct mls_cached *fresh;
	int rc;

	memset(&a, 0, sizeof(a));
	a.wire_format = c->making->wire_format;
	a.content.raw = c->making->content;
	a.auth = c->making->auth;
	rc = mls__cached_new(&fresh, c->group, &a);
	if (rc != 0)
		return rc;
	fresh->leaf_key = key != NULL ? mls__key_ref(key) : NULL;
	fresh->order = c->group->next_order;
	mls__cached_free(c->proposal);
	c->proposal = NULL;
	/* The same words again, by a signature without chance in it, are the
	 * same proposal, to us as to the others (FRAME-22). */
	if (mls__cache_has(c->group, fresh->ref)) {
		mls__cached_free(fresh);
		return 0;
	}
	c->proposal = fresh;
	mls__cache_put(&b, fresh);
	rc = mls__batch_error(&b);
	mls__batch_free(&b);
	return rc;
}

static int
release_commit(mls_change *c)
{
	struct mls_making *m = c->making;
	int rc = 0;

	if (m->pathless)
		c->group->pathless = m->claimed = true;
	if (m->n_newcomers != 0 && c->welcome.data == NULL) {
		/* A seal that failed half-way is not begun again. */
		if (m->sealing)
			return MLS_E_CHANGE_STALE;
		m->sealing = true;
		rc = mls__welcome_make(&c->welcome, c);
	}
	if (rc == 0)
		rc = write_message(c);
	return rc == 0 ? mls__park(c) : rc;
}

/* Whether the change may still go out. */
static int
permitted(const mls_change *c)
{
	mls_group *g = c->group;
	int rc;

	rc = mls__plugins_usable(g->context->plugins);
	if (rc == 0 && g->reload_required)
		rc = MLS_E_RELOAD_REQUIRED;
	if (rc == 0 && (c->epoch != g->header.epoch || !g->header.active))
		rc = MLS_E_CHANGE_STALE;
	if (rc == 0)
		rc = mls__may_send(g, c->summary.kind == MLS_CHANGE_MESSAGE);
	if (rc == 0 && c->summary.kind == MLS_CHANGE_COMMIT && g->parked)
		rc = MLS_E_COMMIT_PENDING; /* COMMIT-17 */
	/* COMMIT-27: this epoch's pathless welcome key is this change's once
	 * it was claimed, even if the write failed. */
	if (rc == 0 && c->making->pathless && g->pathless &&
	    !c->making->claimed)
		rc = MLS_E_CHANGE_STALE;
	return rc;
}

/* All randomness of a release, before anything is spent (CRYPT-11). */
static int
draw(mls_change *c)
{
	struct mls_making *m = c->making;
	const struct mls_suite *s = c->group->suite;
	size_t len = m->n_newcomers * s->seed_len;
	int rc = 0;

	if (m->wire_format == MLS_WIRE_PRIVATE_MESSAGE)
		rc = mls__random(m->reuse_guard, sizeof(m->reuse_guard), s);
	if (rc != 0 || len == 0)
		return rc;
	if (m->seeds == NULL)
		m->seeds = mls__arena_alloc(&c->arena, len);
	return m->seeds == NULL ? MLS_E_OUT_OF_MEMORY :
	    mls__random(m->seeds, len, s);
}

/* Without a path, equal commits have the same key for their Welcomes, which
 * need not be equal.  So that none is made after a crash, or by another
 * handle, the store knows of it before the key is used. */
static int
claim(mls_change *c)
{
	struct mls_making *m = c->making;
	struct mls_header header;
	mls_group *g = c->group;
	int rc;

	if (!m->pathless || m->n_newcomers == 0 || m->claimed)
		return 0;
	rc = mls__group_begin(g);
	if (rc != 0)
		return rc;
	g->pathless = true;
	rc = mls__header_step(&header, g);
	if (rc == 0)
		rc = mls__group_commit(g);
	mls__group_leave(g);
	g->pathless = m->claimed = rc == 0;
	if (rc == 0)
		g->header = header;
	return rc;
}

/* All that the change writes, and copies of its octets for the caller. */
static int
write_all(struct mls_bytes *message, struct mls_bytes *welcome,
    mls_change *c, struct mls_header *header)
{
	int rc;

	if (c->summary.kind == MLS_CHANGE_COMMIT)
		rc = release_commit(c);
	else
		rc = write_message(c);
	if (rc == 0 && c->summary.kind == MLS_CHANGE_PROPOSAL)
		rc = keep_proposal(c);
	if (rc == 0 && c->summary.kind != MLS_CHANGE_MESSAGE)
		rc = mls__header_step(header, c->group);
	/* Once it is durable nothing fails any more (LIMIT-16). */
	if (rc == 0 && message != NULL)
		rc = mls__bytes_copy(message, c->message);
	if (rc == 0 && welcome != NULL)
		rc = mls__bytes_copy(welcome, c->welcome);
	return rc;
}

static void
released(mls_change *c)
{
	mls_group *g = c->group;

	if (c->summary.kind == MLS_CHANGE_COMMIT) {
		g->parked = true;
		c->parked = true;
		c->stage = MLS_STAGE_RELEASED;
		mls__batch_free(&c->batch);
	} else {
		if (c->proposal != NULL)
			mls__cache_add(g, c->proposal);
		c->proposal = NULL;
		c->stage = MLS_STAGE_DONE;
	}
	mls__making_free(c->making);
	c->making = NULL;
}

int
mls__making_release(struct mls_bytes *message, struct mls_bytes *welcome,
    mls_change *c)
{
	struct mls_bytes octets = { NULL, 0 }, joining = { NULL, 0 };
	mls_group *g = c->group;
	struct mls_header header;
	int rc = permitted(c);

	if (rc == 0)
		rc = draw(c);
	if (rc == 0)
		rc = claim(c);
	if (rc == 0)
		rc = mls__group_begin(g);
	if (rc != 0)
		return rc;
	header = g->header;
	rc = write_all(message != NULL ? &octets : NULL,
	    welcome != NULL ? &joining : NULL, c, &header);
	/* MSG-17: no octets without a durable store. */
	if (rc == 0)
		rc = mls__group_commit(g);
	mls__group_leave(g);
	if (rc != 0) {
		c->message = mls__buf(NULL, 0);
		mls_bytes_free(&octets);
		mls_bytes_free(&joining);
		return rc;
	}
	g->header = header;
	released(c);
	if (message != NULL)
		*message = octets;
	if (welcome != NULL)
		*welcome = joining;
	return 0;
}
