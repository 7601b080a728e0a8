/* SPDX-License-Identifier: MIT */
/* Messages of those who are no members: who they are, and what they may do. */
#include "group/external.h"

#include "group/customs.h"
#include "group/extensions.h"
#include "group/lineage.h"
#include "group/same.h"
#include "group/self_remove.h"

/* RFC 9420 §12.1.8.1 */
static int
find_sender(struct mls_leaf *out, mls_group *g,
    const struct mls_content *content)
{
	struct mls_reader list;
	uint32_t i = 0;

	if (content->type != MLS_CONTENT_PROPOSAL)
		return MLS_E_EXTERNAL_SENDER_CONTENT; /* FRAME-10 */
	if (!mls__senders_open(&list, g->context,
	    g->state->context.extensions))
		return MLS_E_EXTERNAL_SENDERS_ABSENT; /* FRAME-12 */
	do
		if (!mls__sender_next(out, &list))
			return MLS_E_EXTERNAL_SENDER_INDEX; /* FRAME-13 */
	while (i++ != content->sender.index);
	if (mls__may_be_external(g, &content->u.proposal))
		return 0;
	return mls__is_self_remove(&content->u.proposal) ?
	    MLS_E_SELF_REMOVE_FRAMING : /* XTN-02 */
	    MLS_E_EXTERNAL_SENDER_PROPOSAL_TYPE; /* FRAME-11 */
}

static int
find_newcomer(struct mls_leaf *out, mls_group *g,
    const struct mls_content *content)
{
	if (content->type != MLS_CONTENT_PROPOSAL)
		return MLS_E_NEW_MEMBER_PROPOSAL_CONTENT; /* FRAME-15 */
	if (content->u.proposal.type != MLS_PROPOSAL_ADD)
		return MLS_E_NEW_MEMBER_PROPOSAL_NOT_ADD; /* FRAME-16 */
	if ((mls__policy(g)->external & MLS_EXTERNAL_ADD) == 0)
		return MLS_E_NEW_MEMBER_ADD_UNAUTHORISED; /* EXT-18 */
	*out = content->u.proposal.u.add.leaf;
	return 0;
}

static int
find_joiner(struct mls_leaf *out, mls_group *g,
    const struct mls_content *content)
{
	if (content->type != MLS_CONTENT_COMMIT)
		return MLS_E_NEW_MEMBER_COMMIT_CONTENT; /* FRAME-14 */
	if ((mls__policy(g)->external & (MLS_EXTERNAL_JOIN |
	    MLS_EXTERNAL_RESYNC | MLS_EXTERNAL_RESYNC_PSK)) == 0)
		return MLS_E_EXTERNAL_COMMIT_DISALLOWED; /* EXT-14 */
	if (mls__lineage_waits(g))
		return MLS_E_EXTERNAL_COMMIT_DISALLOWED; /* REINIT-09 */
	if (!content->u.commit.has_path)
		return MLS_E_EXTERNAL_COMMIT_NO_PATH; /* EXT-01 */
	*out = content->u.commit.path.leaf;
	return 0;
}

int
mls__outsider_find(struct mls_leaf *out, int *error, mls_group *g,
    const struct mls_authentic *a)
{
	const struct mls_content *content = &a->content;

	switch (content->sender.type) {
	case MLS_SENDER_EXTERNAL:
		*error = MLS_E_EXTERNAL_PROPOSAL_SIGNATURE; /* EXT-16 */
		return find_sender(out, g, content);
	case MLS_SENDER_NEW_MEMBER_PROPOSAL:
		*error = MLS_E_NEW_MEMBER_PROPOSAL_SIGNATURE; /* EXT-17 */
		return find_newcomer(out, g, content);
	default:
		*error = MLS_E_EXTERNAL_COMMIT_SIGNATURE; /* EXT-07 */
		return find_joiner(out, g, content);
	}
}

int
mls__list_check_external(mls_group *g, const struct mls_list *list)
{
	size_t inits = 0, removes = 0, i;
	int rc = 0;

	for (i = 0; rc == 0 && i < list->n; i++) {
		rc = mls__may_come_along(g, &list->items[i]);
		inits += list->items[i].proposal->type ==
		    MLS_PROPOSAL_EXTERNAL_INIT;
		removes += list->items[i].proposal->type ==
		    MLS_PROPOSAL_REMOVE;
	}
	if (rc != 0)
		return rc;
	if (inits == 0)
		return MLS_E_EXTERNAL_INIT_MISSING; /* EXT-02 */
	if (inits > 1)
		return MLS_E_EXTERNAL_INIT_REPEATED; /* EXT-03 */
	if (removes > 1)
		return MLS_E_EXTERNAL_COMMIT_REMOVES; /* EXT-04 */
	rc = mls__self_remove_list(list);
	return rc != 0 ? rc : mls__list_check_twins(g, list);
}

/* §12.4.3.2: only who was in the group has this. */
static bool
proves_presence(const mls_group *g, const struct mls_proposal *p)
{
	const struct mls_psk_id *id = &p->u.psk;

	return p->type == MLS_PROPOSAL_PSK && id->type == MLS_PSK_RESUMPTION &&
	    id->usage == MLS_PSK_APPLICATION &&
	    mls__equal(id->group_id, g->state->context.group_id);
}

/* EXT-14, EXT-15 */
int
mls__external_allowed(const mls_group *g, const struct mls_list *list)
{
	uint32_t may = mls__policy(g)->external;
	bool removes = false, proof = false;
	size_t i;

	for (i = 0; i < list->n; i++) {
		removes |= list->items[i].proposal->type ==
		    MLS_PROPOSAL_REMOVE;
		proof |= proves_presence(g, list->items[i].proposal);
	}
	if (!removes)
		return (may & MLS_EXTERNAL_JOIN) != 0 ? 0 :
		    MLS_E_EXTERNAL_COMMIT_DISALLOWED;
	return (may & MLS_EXTERNAL_RESYNC) != 0 ||
	    ((may & MLS_EXTERNAL_RESYNC_PSK) != 0 && proof) ? 0 :
	    MLS_E_RESYNC_DISALLOWED;
}

/* RFC 9420 §8.3 */
int
mls__external_init_open(struct mls_secret *out, const mls_group *g,
    struct mls_buf kem_output)
{
	const struct mls_suite *s = g->suite;
	uint8_t secret[MLS_MAX_HASH];
	struct mls_hpke_info info;
	struct mls_privkey *key;
	int rc;

	rc = mls__epoch_external_key(&key, s, &g->state->epoch);
	if (rc != 0)
		return rc;
	rc = mls__hpke_prepare(&info, s, mls__buf(NULL, 0));
	if (rc == 0)
		rc = mls__hpke_export_recv(secret, s->nh, &info, key,
		    kem_output, mls__buf_str(MLS_EXTERNAL_INIT_LABEL));
	/* EXT-11 */
	if (rc == MLS_E_HPKE_PUBLIC_KEY_INVALID || rc == MLS_E_HPKE_DH_ZERO)
		rc = MLS_E_EXTERNAL_INIT_OPEN;
	if (rc == 0)
		rc = mls__secret_set(out, mls__buf(secret, s->nh));
	mls__wipe(secret, sizeof(secret));
	mls__key_free(key);
	return rc;
}

/* The leaf that a resync takes the place of, as it was; NULL: a join. */
static const struct mls_leaf *
replaced(const struct mls_transition *t)
{
	const struct mls_proposal *p;
	size_t i;

	for (i = 0; i < t->list.n; i++) {
		p = t->list.items[i].proposal;
		if (p->type == MLS_PROPOSAL_REMOVE)
			return mls__tree_leaf(t->g->tree, p->u.removed);
	}
	return NULL;
}

int
mls__external_leaf(struct mls_transition *t, const struct mls_leaf *leaf)
{
	const struct mls_leaf *old = replaced(t);
	int rc = mls__tree_error(t->g->tree);

	if (rc != 0)
		return rc;
	if (old != NULL && mls__equal(old->encryption_key,
	    leaf->encryption_key))
		return MLS_E_RESYNC_KEY_UNCHANGED; /* EXT-10 */
	/* EXT-12: nobody is in a group twice. */
	if (mls__is_there(t->g->context, t->diff, leaf))
		return MLS_E_EXTERNAL_JOIN_EXISTING_MEMBER;
	if (mls__tree_members(t->diff) >= mls__policy(t->g)->max_members)
		return MLS_E_TREE_TOO_LARGE; /* LIMIT-02 */
	t->committer = mls__tree_free_leaf(t->diff); /* EXT-08 */
	return mls__tree_error(t->diff);
}

int
mls__external_ask(const struct mls_transition *t, const struct mls_leaf *leaf)
{
	const struct mls_leaf *old = replaced(t);
	int rc = mls__tree_error(t->g->tree);

	if (rc == 0)
		rc = mls__ask_credential(t->g->context, old != NULL ?
		    MLS_AT_RESYNC : MLS_AT_EXTERNAL_JOIN, leaf, old);
	/* EXT-09 */
	return rc == MLS_E_CREDENTIAL_SUCCESSOR_REJECTED ?
	    MLS_E_RESYNC_IDENTITY : rc;
}
