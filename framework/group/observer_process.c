/* SPDX-License-Identifier: MIT */
/* A message, judged by who has no keys. */
#include <stdint.h>
#include <string.h>

#include "group/commit.h"
#include "group/incoming.h"
#include "group/observer.h"

/* A commit that will be followed. */
static int
foresee(struct mls_incoming *in, struct mls_transition *t)
{
	const struct mls_authentic *a = &in->a;
	struct mls_secret tag = { 0 };
	int rc;

	rc = mls__transition_transcript(t, a->wire_format, a->content.raw,
	    a->signature);
	/* COMMIT-14 is for members; the transcript goes on with what they
	 * would not let pass if it were another. */
	if (rc == 0)
		rc = mls__secret_set(&tag, a->confirmation_tag);
	if (rc == 0)
		rc = mls__transition_settle(t, &tag);
	if (rc == 0)
		rc = mls__commit_describe(in->c, t, &a->content.u.commit);
	if (rc == 0)
		mls__transition_hand(in->c, t);
	return rc;
}

/* What it refers to was perhaps proposed before we came, or in private:
 * whether it is a good commit is for members to know. */
static bool
is_beyond_us(const struct mls_incoming *in, int rc)
{
	return rc == MLS_E_UNKNOWN_PROPOSAL_REF && in->g->sight.partial &&
	    in->a.content.sender.type == MLS_SENDER_MEMBER;
}

static int
take_commit(struct mls_incoming *in)
{
	struct mls_transition t;
	int rc;

	in->c->summary.kind = MLS_CHANGE_COMMIT;
	rc = mls__commit_judge(&t, in->g, &in->c->arena, &in->a);
	if (rc == 0)
		rc = foresee(in, &t);
	else if (is_beyond_us(in, rc)) {
		in->c->summary.unseen = 1;
		rc = 0;
	}
	if (rc == 0)
		rc = mls__commit_ask(in->c);
	mls__transition_free(&t);
	return rc;
}

/* CRYPT-09: of the membership tag we know the length alone. */
static int
check_tag(const struct mls_incoming *in)
{
	return in->a.content.sender.type != MLS_SENDER_MEMBER ||
	    in->a.membership_tag.len == in->g->suite->nh ? 0 :
	    MLS_E_MAC_LENGTH;
}

static int
look_public(struct mls_incoming *in, const struct mls_authentic *m)
{
	int rc = mls__incoming_public(in, m);

	if (rc == 0)
		rc = check_tag(in);
	if (rc == 0)
		rc = mls__incoming_verify(in);
	if (rc == 0)
		rc = mls__incoming_introduce(in);
	if (rc != 0)
		return rc;
	return m->content.type == MLS_CONTENT_PROPOSAL ?
	    mls__incoming_proposal(in) : take_commit(in);
}

static int
look_private(struct mls_incoming *in, const struct mls_private_message *m)
{
	struct mls_summary *s = &in->c->summary;
	int rc = mls__incoming_private(in, m);

	if (rc == 0 && in->g->header.epoch - in->epoch >
	    mls__policy(in->g)->past_epochs)
		rc = MLS_E_EPOCH_SECRETS_GONE; /* MSG-13 */
	if (rc == 0)
		rc = mls__private_message_check(m, in->g->suite);
	if (rc != 0)
		return rc;
	s->kind = m->content_type == MLS_CONTENT_APPLICATION ?
	    MLS_CHANGE_MESSAGE : m->content_type == MLS_CONTENT_PROPOSAL ?
	    MLS_CHANGE_PROPOSAL : MLS_CHANGE_COMMIT;
	s->epoch = in->epoch;
	s->by = MLS_BY_MEMBER; /* MSG-16: nobody else can */
	s->group_id = in->group_id;
	s->aad = m->aad;
	s->unseen = 1;
	return s->kind == MLS_CHANGE_COMMIT ? mls__commit_ask(in->c) : 0;
}

/* OBS-01: all that is known of the group is that its epoch is over, if the
 * commit that took it away was a good one. */
static int
be_lost(const mls_group *g, struct mls_buf group_id, uint64_t epoch,
    uint8_t content_type)
{
	uint64_t now = g->header.epoch + 1;

	if (!mls__equal(group_id, g->state->context.group_id))
		return MLS_E_GROUP_ID_UNKNOWN;
	if (content_type != MLS_CONTENT_APPLICATION)
		return epoch < now ? MLS_E_HANDSHAKE_EPOCH :
		    MLS_E_OBSERVER_LOST;
	return epoch < now && now - epoch > mls__policy(g)->past_epochs ?
	    MLS_E_EPOCH_SECRETS_GONE : MLS_E_OBSERVER_LOST;
}

static int
judge(mls_change *c, mls_group *g, struct mls_buf message)
{
	struct mls_incoming in = { .g = g, .c = c };
	const struct mls_private_message *private = NULL;
	const struct mls_content *public = NULL;
	struct mls_message m;
	int rc;

	rc = mls__incoming_read(&in, &m, message);
	if (rc != 0)
		return rc;
	if (m.wire_format == MLS_WIRE_PUBLIC_MESSAGE)
		public = &m.u.public_message.content;
	else if (m.wire_format == MLS_WIRE_PRIVATE_MESSAGE)
		private = &m.u.private_message;
	else
		return MLS_E_UNEXPECTED_WIRE_FORMAT; /* WIRE-31 */
	if (!g->header.active && public != NULL)
		return be_lost(g, public->group_id, public->epoch,
		    public->type);
	if (!g->header.active)
		return be_lost(g, private->group_id, private->epoch,
		    private->content_type);
	return public != NULL ? look_public(&in, &m.u.public_message) :
	    look_private(&in, private);
}

int
mls_observer_process(mls_change **out, const mls_observer *o,
    struct mls_buf message)
{
	mls_change *c = NULL;
	int rc;

	if (out == NULL || o == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(o->group);
	if (rc != 0)
		return mls__api(MLS_MAY_JUDGE, rc);
	rc = mls__change_new(&c, NULL, o->group);
	if (rc == 0)
		rc = judge(c, o->group, message);
	mls__group_leave(o->group);
	if (rc != 0) {
		mls_change_drop(c);
		return mls__api(MLS_MAY_JUDGE, rc);
	}
	*out = c;
	return 0;
}

int
mls_observer_verdict(int error)
{
	const struct mls_error_info *e = mls_error_info(error);

	if (error == 0)
		return MLS_VERDICT_ACCEPT;
	if (error == MLS_E_OBSERVER_LOST)
		return MLS_VERDICT_LOST;
	if (e == NULL || error == MLS_E_OUT_OF_MEMORY ||
	    error == MLS_E_CREDENTIAL_VALIDATOR_MISSING ||
	    (e->family & (MLS_FAMILY_CALLER | MLS_FAMILY_STORAGE |
	    MLS_FAMILY_INTERNAL | MLS_FAMILY_PROVIDER |
	    MLS_FAMILY_CONFIG)) != 0)
		return MLS_VERDICT_NONE;
	return (e->family & MLS_FAMILY_STALE) != 0 ? MLS_VERDICT_STALE :
	    MLS_VERDICT_INVALID;
}
