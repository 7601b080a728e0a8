/* SPDX-License-Identifier: MIT */
/* RFC 9420 §6: a received message, judged and opened by a member. */
#include <stdint.h>
#include <string.h>

#include "group/commit.h"
#include "group/incoming.h"
#include "group/parked.h"
#include "group/ratchet.h"
#include "group/state.h"

/* What a private message may need beside: its epoch may have passed. */
struct sealed {
	struct mls_incoming *in;
	struct mls_past kept;
	struct mls_node *node; /* the sender's leaf of a past epoch, held */
};

/* RFC 9420 §6.2, FRAME-06, CRYPT-09 */
static int
check_membership(struct mls_incoming *in)
{
	const struct mls_suite *s = in->g->suite;
	struct mls_secret tag = { 0 };
	int rc = mls__incoming_signed(in);

	if (rc == 0)
		rc = mls__membership_tag(&tag, s,
		    &in->g->state->epoch.membership, in->signing.tbs, in->a.auth);
	if (rc == 0)
		rc = mls__tag_check(&tag, in->a.membership_tag,
		    MLS_E_MEMBERSHIP_TAG_INVALID);
	mls__secret_wipe(&tag);
	return rc;
}

static int
open_public(struct mls_incoming *in, const struct mls_authentic *m)
{
	int rc = mls__incoming_public(in, m);

	/* FRAME-07: the tag before all else.  RFC 9420 §12.1.8, §12.4.3.2:
	 * who is no member has none. */
	if (rc == 0 && m->content.sender.type == MLS_SENDER_MEMBER)
		rc = check_membership(in);
	return rc != 0 ? rc : mls__incoming_verify(in);
}

/* FRAME-18, MSG-03: who it is from, as of that epoch. */
static int
find_sender(struct sealed *p, uint32_t leaf)
{
	struct mls_incoming *in = p->in;
	int rc = 0;

	if (!in->past)
		return mls__incoming_member(in, leaf,
		    MLS_E_SENDER_DATA_UNKNOWN_LEAF);
	if (leaf >= MLS_MAX_LEAVES)
		return MLS_E_LEAF_INDEX_TOO_LARGE; /* LIMIT-03 */
	if (leaf < p->kept.width)
		rc = mls__past_leaf(&p->node, in->g, in->epoch, leaf);
	in->sender = p->node != NULL ? &p->node->open->leaf : NULL;
	return rc == 0 && p->node == NULL ?
	    MLS_E_PAST_EPOCH_SENDER_UNKNOWN : rc;
}

/* MSG-05 to MSG-12: the content, under a key that is only looked at. */
static int
open_content(struct sealed *p, const struct mls_private_message *m,
    const struct mls_sender_data *sd)
{
	struct mls_incoming *in = p->in;
	struct mls_ratchet_at at = { in->epoch, in->past ? p->kept.width :
		in->g->state->width, sd->leaf,
		m->content_type == MLS_CONTENT_APPLICATION ?
		MLS_RATCHET_APPLICATION : MLS_RATCHET_HANDSHAKE };
	struct mls_message_key key = { { 0 }, { 0 } };
	uint8_t ops_room[512], key_room[MLS_KEY_ROOM];
	struct mls_batch batch = { .ops = MLS_WRITER_ON(ops_room),
		.key = MLS_WRITER_ON(key_room) };
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
read_past(struct sealed *p)
{
	struct mls_incoming *in = p->in;
	int rc = mls__past_read(&p->kept, &in->c->arena, in->g, in->epoch);

	if (rc == 0)
		in->context = p->kept.context;
	return rc;
}

static int
open_private(struct sealed *p, const struct mls_private_message *m)
{
	struct mls_incoming *in = p->in;
	struct mls_sender_data sd;
	int rc = mls__incoming_private(in, m);

	if (rc == 0 && in->past)
		rc = read_past(p);
	if (rc == 0)
		rc = mls__sender_data_open(&sd, in->g->suite, in->past ?
		    &p->kept.sender_data : &in->g->state->epoch.sender_data,
		    m);
	if (rc == 0)
		rc = find_sender(p, sd.leaf);
	if (rc == 0 && sd.leaf == in->g->state->keys.leaf)
		rc = MLS_E_OWN_PRIVATE_MESSAGE; /* MSG-14 */
	if (rc == 0)
		rc = open_content(p, m, &sd);
	return rc != 0 ? rc : mls__incoming_verify(in);
}

static int
take(struct mls_incoming *in)
{
	int rc = mls__incoming_introduce(in);

	if (rc != 0)
		return rc;
	switch (in->a.content.type) {
	case MLS_CONTENT_APPLICATION:
		in->c->summary.kind = MLS_CHANGE_MESSAGE;
		in->c->summary.data = in->a.content.u.application;
		return 0;
	case MLS_CONTENT_PROPOSAL:
		return mls__incoming_proposal(in);
	default:
		in->c->summary.kind = MLS_CHANGE_COMMIT;
		/* COMMIT-19: a commit of ours that is not the parked one. */
		if (in->c->summary.own)
			return MLS_E_OWN_COMMIT_MISMATCH;
		return mls__commit_process(in->c, in->g, &in->a);
	}
}

static int
judge(mls_change *c, mls_group *g, struct mls_buf message, uint8_t *writable)
{
	struct mls_incoming in = { .g = g, .c = c,
		.in_place = writable != NULL };
	struct sealed p = { .in = &in };
	struct mls_message m;
	int rc;

	rc = mls__incoming_read(&in, &m, message);
	if (rc != 0)
		return rc;
	if (m.wire_format == MLS_WIRE_PUBLIC_MESSAGE) {
		rc = open_public(&in, &m.u.public_message);
	} else if (m.wire_format == MLS_WIRE_PRIVATE_MESSAGE) {
		if (writable != NULL)
			m.u.private_message.writable = writable +
			    (m.u.private_message.ciphertext.data -
			    message.data);
		rc = open_private(&p, &m.u.private_message);
	} else {
		rc = MLS_E_UNEXPECTED_WIRE_FORMAT; /* WIRE-31 */
	}
	if (rc == 0)
		rc = take(&in);
	/* FRAME-19: nothing stays where it was opened. */
	if (rc != 0 && writable != NULL && c->spend.wanted)
		mls__wipe(writable, message.len);
	mls__node_free(p.node);
	mls__secret_wipe(&p.kept.sender_data);
	return rc;
}

int
mls__message_process(mls_change **out, mls_group *g, struct mls_buf message,
    uint8_t *writable)
{
	mls_change *c = NULL;
	bool echo;
	int rc;

	rc = mls__group_enter(g);
	if (rc != 0)
		return rc;
	rc = mls__parked_change(&c, &echo, g, &message);
	if (rc == 0 && !echo) {
		rc = mls__change_new(&c, g->client, g);
		if (rc == 0)
			rc = judge(c, g, message, writable);
	}
	mls__group_leave(g);
	if (rc != 0)
		mls_change_drop(c);
	else
		*out = c;
	return rc;
}

int
mls_group_process(mls_change **out, const mls_group *group,
    struct mls_buf message)
{
	if (out == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	/* Reading loads what is needed; nothing that anyone sees changes. */
	return mls__api(MLS_MAY_JUDGE, mls__message_process(out,
	    (mls_group *)(uintptr_t)group, message, NULL));
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
