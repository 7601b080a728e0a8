/* SPDX-License-Identifier: MIT */
#include "group/incoming.h"

#include <string.h>

#include "group/effects.h"
#include "group/external.h"
#include "group/self_remove.h"

static int
copy(struct mls_incoming *in, struct mls_buf message)
{
	size_t behind = in->g->state->context.raw.len;
	uint8_t *p;

	/* LIMIT-01 */
	if (message.len > MLS_LIMIT_MESSAGE)
		return MLS_E_MESSAGE_TOO_LARGE;
	p = mls__arena_octets(&in->c->arena, MLS_SIGNED_BEFORE + message.len +
	    behind);
	if (p == NULL)
		return MLS_E_OUT_OF_MEMORY;
	in->copy = p + MLS_SIGNED_BEFORE;
	in->copy_len = message.len;
	if (message.len != 0)
		memcpy(in->copy, message.data, message.len);
	return 0;
}

int
mls__incoming_read(struct mls_incoming *in, struct mls_message *m,
    struct mls_buf message)
{
	int rc = in->in_place ? 0 : copy(in, message);

	if (rc != 0)
		return rc;
	return mls__message_read(m, &in->c->arena, in->in_place ? message :
	    mls__buf(in->copy, in->copy_len), &in->g->context->customs);
}

/* FRAME-01 to FRAME-03 */
static int
check_epoch(struct mls_incoming *in, uint8_t content_type)
{
	const mls_group *g = in->g;

	if (!mls__equal(in->group_id, g->state->context.group_id))
		return MLS_E_GROUP_ID_UNKNOWN;
	if (content_type != MLS_CONTENT_APPLICATION) {
		if (in->epoch != g->header.epoch)
			return MLS_E_HANDSHAKE_EPOCH;
		if (!g->header.active)
			return MLS_E_GROUP_INACTIVE;
		if (g->header.reinit)
			return MLS_E_GROUP_REINITIALISED;
	}
	if (in->epoch > g->header.epoch)
		return MLS_E_EPOCH_IN_FUTURE;
	if (in->epoch == g->header.epoch && !g->header.active)
		return MLS_E_EPOCH_IN_FUTURE;
	in->past = in->epoch < g->header.epoch;
	in->context = g->state->context.raw;
	return 0;
}

/* FRAME-17 */
static int
check_framing(const struct mls_incoming *in)
{
	return (mls__policy(in->g)->receive_framing &
	    (uint32_t)in->c->summary.framing) != 0 ? 0 : MLS_E_FRAMING_POLICY;
}

int
mls__incoming_member(struct mls_incoming *in, uint32_t leaf, int error)
{
	if (leaf >= MLS_MAX_LEAVES)
		return MLS_E_LEAF_INDEX_TOO_LARGE; /* LIMIT-03 */
	in->sender = mls__tree_leaf(in->g->tree, leaf);
	if (mls__tree_error(in->g->tree) != 0)
		return mls__tree_error(in->g->tree);
	return in->sender != NULL ? 0 : error;
}

int
mls__incoming_public(struct mls_incoming *in, const struct mls_authentic *m)
{
	const struct mls_content *content = &m->content;
	int rc;

	in->a = *m;
	in->group_id = content->group_id;
	in->epoch = content->epoch;
	in->c->summary.framing = MLS_FRAMING_PUBLIC;
	if (content->type == MLS_CONTENT_APPLICATION)
		return MLS_E_APPLICATION_DATA_PUBLIC; /* FRAME-08 */
	rc = check_epoch(in, content->type);
	if (rc == 0)
		rc = check_framing(in);
	if (rc != 0)
		return rc;
	if (content->sender.type == MLS_SENDER_MEMBER) {
		in->error = MLS_E_CONTENT_SIGNATURE;
		return mls__incoming_member(in, content->sender.index,
		    MLS_E_UNKNOWN_SENDER_LEAF);
	}
	in->sender = &in->outsider;
	return mls__outsider_find(&in->outsider, &in->error, in->g, &in->a);
}

int
mls__incoming_private(struct mls_incoming *in,
    const struct mls_private_message *m)
{
	int rc;

	in->group_id = m->group_id;
	in->epoch = m->epoch;
	in->error = MLS_E_PRIVATE_CONTENT_SIGNATURE;
	in->c->summary.framing = MLS_FRAMING_PRIVATE;
	rc = check_epoch(in, m->content_type);
	if (rc == 0 && m->content_type != MLS_CONTENT_APPLICATION)
		rc = check_framing(in);
	return rc;
}

/* What is signed of a public message, which may be as large as the tree, is
 * made of our copy: only what stands where the GroupContext is to be moves. */
static int
signed_around(struct mls_incoming *in)
{
	size_t at = 4 + in->a.content.raw.len;
	struct mls_buf rest;
	struct mls_reader r;
	int rc;

	rc = mls__arena_copy(&rest, &in->c->arena, mls__buf(in->copy + at,
	    in->copy_len - at));
	if (rc != 0)
		return rc;
	mls__reader_init(&r, rest);
	mls__public_auth_read(&in->a, &r);
	rc = mls__reader_end(&r);
	return rc != 0 ? rc : mls__content_signed_around(&in->signing,
	    in->copy);
}

int
mls__incoming_signed(struct mls_incoming *in)
{
	struct mls_writer w = MLS_WRITER_IN(&in->c->arena);
	struct mls_signing *s = &in->signing;

	if (s->whole.len != 0)
		return 0;
	s->wire_format = in->a.wire_format;
	s->head = in->a.content.raw;
	s->body = in->a.content.beside;
	s->sender_type = in->a.content.sender.type;
	s->context = in->context;
	return in->copy != NULL && s->wire_format == MLS_WIRE_PUBLIC_MESSAGE ?
	    signed_around(in) : mls__content_signed(&w, s);
}

int
mls__incoming_verify(struct mls_incoming *in)
{
	struct mls_verify_job job = { in->sender->signature_key, NULL,
		{ NULL, 0 }, { NULL, 0 }, in->error, 0 };
	int rc = mls__incoming_signed(in);

	if (rc != 0)
		return rc;
	job.content = in->signing.whole;
	job.sig = in->a.signature;
	return mls__verify_with_label(in->g->suite, &job);
}

int
mls__incoming_introduce(struct mls_incoming *in)
{
	struct mls_summary *s = &in->c->summary;

	s->epoch = in->epoch;
	mls__by(&s->by, &s->sender, &in->a.content.sender);
	s->own = s->by == MLS_BY_MEMBER && !in->past &&
	    s->sender == in->g->state->keys.leaf;
	s->group_id = in->group_id;
	s->aad = in->a.content.aad;
	return mls__identity_copy(&s->sender_identity, &in->c->arena,
	    in->sender);
}

int
mls__incoming_proposal(struct mls_incoming *in)
{
	const struct mls_proposal *p = &in->a.content.u.proposal;
	const struct mls_sender *sender = &in->a.content.sender;
	mls_change *c = in->c;
	mls_group *g = in->g;
	struct mls_item item;
	struct mls_list list = { 1, &item };
	int rc;

	mls__item_value(&item, p, sender);
	c->summary.kind = MLS_CHANGE_PROPOSAL;
	rc = mls__self_remove_framing(p, in->a.wire_format); /* XTN-02 */
	if (rc == 0)
		rc = mls__cached_new(&c->proposal, g, &in->a);
	if (rc != 0)
		return rc;
	/* FRAME-22: our own coming back, or one that we have already. */
	if (mls__cache_has(g, c->proposal->ref)) {
		mls__cached_free(c->proposal);
		c->proposal = NULL;
	} else {
		rc = mls__cache_room(g, sender);
		if (rc == 0)
			rc = mls__rule_proposal(g, p, sender);
	}
	if (rc == 0)
		rc = mls__effects(&c->summary.effects, &c->summary.n_effects,
		    &c->arena, g, &list, MLS_NO_LEAF, NULL);
	return rc;
}
