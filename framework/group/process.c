/* SPDX-License-Identifier: MIT */
/* RFC 9420 §6: a received message, judged from cheap to dear. */
#include <stdint.h>
#include <string.h>

#include "group/commit.h"
#include "group/effects.h"
#include "group/external.h"
#include "group/parked.h"
#include "group/ratchet.h"
#include "group/self_remove.h"
#include "group/state.h"

/* A message on its way. */
struct incoming {
	mls_group *g;
	mls_change *c;
	struct mls_buf group_id;
	uint64_t epoch;
	bool past; /* an epoch that is kept for late messages */
	struct mls_authentic a;
	struct mls_buf context; /* GroupContext of the epoch, encoded */
	struct mls_past kept;   /* if past */
	struct mls_node *node;  /* if past: the sender's leaf, held */
	struct mls_leaf outsider; /* of who is no member */
	const struct mls_leaf *sender;
};

/* FRAME-01 to FRAME-03 */
static int
check_epoch(struct incoming *in, uint8_t content_type)
{
	mls_group *g = in->g;
	int rc;

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
	if (in->past) {
		rc = mls__past_read(&in->kept, &in->c->arena, g, in->epoch);
		if (rc != 0)
			return rc;
		in->context = in->kept.context;
	}
	return 0;
}

/* FRAME-04, FRAME-18, MSG-03: who it is from, as of that epoch. */
static int
find_sender(struct incoming *in, uint32_t leaf, int error)
{
	int rc = 0;

	if (leaf >= MLS_MAX_LEAVES)
		return MLS_E_LEAF_INDEX_TOO_LARGE; /* LIMIT-03 */
	if (in->past) {
		if (leaf < in->kept.width)
			rc = mls__past_leaf(&in->node, in->g, in->epoch,
			    leaf);
		in->sender = in->node != NULL ? &in->node->u.leaf : NULL;
		error = MLS_E_PAST_EPOCH_SENDER_UNKNOWN;
	} else {
		in->sender = mls__tree_leaf(in->g->tree, leaf);
		rc = mls__tree_error(in->g->tree);
	}
	if (rc == 0 && in->sender == NULL)
		rc = error;
	return rc;
}

static int
check_signature(struct incoming *in, int error)
{
	struct mls_writer w = { 0 };
	struct mls_verify_job job = { in->sender->signature_key,
		"FramedContentTBS", { NULL, 0 }, in->a.signature, error, 0 };
	int rc;

	mls__content_tbs(&w, in->a.wire_format, in->a.content.raw,
	    in->a.content.sender.type, in->context);
	rc = w.error;
	if (rc == 0) {
		job.content = mls__writer_buf(&w);
		rc = mls__verify_with_label(in->g->suite, &job);
	}
	mls__writer_free(&w);
	return rc;
}

/* RFC 9420 §6.2, FRAME-06, CRYPT-09 */
static int
check_membership(struct incoming *in)
{
	const struct mls_suite *s = in->g->suite;
	struct mls_writer w = { 0 };
	struct mls_secret tag = { 0 };
	int rc;

	mls__content_tbs(&w, in->a.wire_format, in->a.content.raw,
	    in->a.content.sender.type, in->context);
	rc = w.error;
	if (rc == 0)
		rc = mls__membership_tag(&tag, s,
		    &in->g->state->epoch.membership, mls__writer_buf(&w),
		    in->a.auth);
	if (rc == 0)
		rc = mls__tag_check(&tag, in->a.membership_tag,
		    MLS_E_MEMBERSHIP_TAG_INVALID);
	mls__secret_wipe(&tag);
	mls__writer_free(&w);
	return rc;
}

/* RFC 9420 §12.1.8, §12.4.3.2: who is no member has no membership tag. */
static int
open_outsider(struct incoming *in)
{
	int error, rc;

	rc = mls__outsider_find(&in->outsider, &error, in->g, &in->a);
	if (rc != 0)
		return rc;
	in->sender = &in->outsider;
	return check_signature(in, error);
}

static int
open_public(struct incoming *in, const struct mls_authentic *m)
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
	if (rc != 0)
		return rc;
	if ((mls__policy(in->g)->receive_framing & MLS_FRAMING_PUBLIC) == 0)
		return MLS_E_FRAMING_POLICY; /* FRAME-17 */
	if (content->sender.type != MLS_SENDER_MEMBER)
		return open_outsider(in);
	rc = find_sender(in, content->sender.index,
	    MLS_E_UNKNOWN_SENDER_LEAF);
	/* FRAME-07: the tag before all else. */
	if (rc == 0)
		rc = check_membership(in);
	if (rc == 0)
		rc = check_signature(in, MLS_E_CONTENT_SIGNATURE);
	return rc;
}

/* MSG-05 to MSG-12: the content, under a key that is only looked at. */
static int
open_content(struct incoming *in, const struct mls_private_message *m,
    const struct mls_sender_data *sd)
{
	struct mls_ratchet_at at = { in->epoch, in->past ? in->kept.width :
		in->g->state->width, sd->leaf,
		m->content_type == MLS_CONTENT_APPLICATION ?
		MLS_RATCHET_APPLICATION : MLS_RATCHET_HANDSHAKE };
	struct mls_message_key key = { { 0 }, { 0 } };
	struct mls_batch batch = { { 0 }, { 0 } };
	struct mls_spend *spend = &in->c->spend;
	int rc;

	rc = mls__ratchet_take(&key, &batch, in->g, &in->g->txn, &at,
	    sd->generation);
	if (rc == 0)
		rc = mls__private_open(&in->a, &in->c->arena, in->g->suite,
		    m, sd, &key);
	mls__wipe(&key, sizeof(key));
	mls__batch_free(&batch);
	if (rc != 0)
		return rc;
	spend->wanted = true;
	spend->epoch = in->epoch;
	spend->leaf = sd->leaf;
	spend->generation = sd->generation;
	spend->kind = at.kind;
	in->c->summary.generation = sd->generation;
	return 0;
}

static int
open_private(struct incoming *in, const struct mls_private_message *m)
{
	struct mls_sender_data sd;
	int rc;

	in->group_id = m->group_id;
	in->epoch = m->epoch;
	in->c->summary.framing = MLS_FRAMING_PRIVATE;
	rc = check_epoch(in, m->content_type);
	if (rc != 0)
		return rc;
	if (m->content_type != MLS_CONTENT_APPLICATION &&
	    (mls__policy(in->g)->receive_framing & MLS_FRAMING_PRIVATE) == 0)
		return MLS_E_FRAMING_POLICY; /* FRAME-17 */
	rc = mls__sender_data_open(&sd, in->g->suite, in->past ?
	    &in->kept.sender_data : &in->g->state->epoch.sender_data, m);
	if (rc == 0)
		rc = find_sender(in, sd.leaf,
		    MLS_E_SENDER_DATA_UNKNOWN_LEAF);
	if (rc == 0 && sd.leaf == in->g->state->keys.leaf)
		rc = MLS_E_OWN_PRIVATE_MESSAGE; /* MSG-14 */
	if (rc == 0)
		rc = open_content(in, m, &sd);
	if (rc == 0)
		rc = check_signature(in, MLS_E_PRIVATE_CONTENT_SIGNATURE);
	return rc;
}

static int
take_proposal(struct incoming *in)
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
	if (rc != 0)
		return rc;
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

/* What every summary says of the sender. */
static int
introduce(struct incoming *in)
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

static int
take(struct incoming *in)
{
	int rc = introduce(in);

	if (rc != 0)
		return rc;
	switch (in->a.content.type) {
	case MLS_CONTENT_APPLICATION:
		in->c->summary.kind = MLS_CHANGE_MESSAGE;
		in->c->summary.data = in->a.content.u.application;
		return 0;
	case MLS_CONTENT_PROPOSAL:
		return take_proposal(in);
	default:
		in->c->summary.kind = MLS_CHANGE_COMMIT;
		/* COMMIT-19: a commit of ours that is not the parked one. */
		if (in->c->summary.own)
			return MLS_E_OWN_COMMIT_MISMATCH;
		return mls__commit_process(in->c, in->g, &in->a);
	}
}

static int
judge(mls_change *c, mls_group *g, struct mls_buf message)
{
	struct incoming in;
	struct mls_message m;
	struct mls_buf copy;
	int rc;

	memset(&in, 0, sizeof(in));
	in.g = g;
	in.c = c;
	rc = mls__arena_copy(&copy, &c->arena, message);
	if (rc == 0)
		rc = mls__message_read(&m, &c->arena, copy,
		    &g->client->context->customs);
	if (rc != 0)
		return rc;
	if (m.wire_format == MLS_WIRE_PUBLIC_MESSAGE)
		rc = open_public(&in, &m.u.public_message);
	else if (m.wire_format == MLS_WIRE_PRIVATE_MESSAGE)
		rc = open_private(&in, &m.u.private_message);
	else
		rc = MLS_E_UNEXPECTED_WIRE_FORMAT; /* WIRE-31 */
	if (rc == 0)
		rc = take(&in);
	mls__node_free(in.node);
	mls__secret_wipe(&in.kept.sender_data);
	return rc;
}

int
mls_group_process(mls_change **out, const mls_group *group,
    struct mls_buf message)
{
	/* Reading loads what is needed; nothing that anyone sees changes. */
	mls_group *g = (mls_group *)(uintptr_t)group;
	mls_change *c = NULL;
	bool echo;
	int rc;

	if (out == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(g);
	if (rc != 0)
		return mls__api(MLS_MAY_JUDGE, rc);
	rc = mls__parked_change(&c, &echo, g, &message);
	if (rc == 0 && !echo) {
		rc = mls__change_new(&c, g->client, g);
		if (rc == 0)
			rc = judge(c, g, message);
	}
	mls__group_leave(g);
	if (rc != 0) {
		mls_change_drop(c);
		return mls__api(MLS_MAY_JUDGE, rc);
	}
	*out = c;
	return 0;
}

int
mls_message_suite(uint16_t *suite, struct mls_buf in)
{
	if (suite == NULL)
		return MLS_E_ARGUMENT;
	return mls__api(MLS_MAY_PARSE, mls__message_suite(suite, in));
}

int
mls_message_group(struct mls_buf *group_id, uint64_t *epoch,
    struct mls_buf in)
{
	if (group_id == NULL || epoch == NULL)
		return MLS_E_ARGUMENT;
	return mls__api(MLS_MAY_PARSE, mls__message_target(group_id, epoch,
	    in));
}
