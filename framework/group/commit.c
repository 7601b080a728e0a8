/* SPDX-License-Identifier: MIT */
#include "group/commit.h"

#include <string.h>

#include "group/effects.h"
#include "group/external.h"
#include "group/state.h"

/* The path of a received commit, as all see it. */
static int
take_path(struct mls_transition *t, const struct mls_update_path *path)
{
	struct mls_leaf_list added = { t->applied.n_added, t->applied.added };
	int rc = 0;

	if (t->external)
		rc = mls__external_leaf(t, &path->leaf);
	if (rc == 0)
		rc = mls__transition_leaf(t, &path->leaf);
	if (rc == 0)
		rc = mls__path_apply(t->diff, path, t->committer, added);
	/* Of its keys for encryption COMMIT-06 to COMMIT-08 say more. */
	if (rc == 0)
		rc = mls__tree_check_signer(t->diff, t->committer);
	return rc;
}

/* What its secret is to us. */
static int
open_path(struct mls_transition *t, const struct mls_update_path *path)
{
	struct mls_leaf_list added = { t->applied.n_added, t->applied.added };
	int rc;

	rc = mls__transition_context(t,
	    t->g->state->context.confirmed_transcript_hash);
	if (rc != 0)
		return rc;
	/* Keys of nodes that the proposals blanked are no longer ours. */
	return mls__path_open(&t->commit_secret, &t->next->keys, t->diff,
	    path, t->committer, t->next->context.raw, added);
}

/* COMMIT-20: a commit that removes us leaves the group behind. */
static int
be_removed(mls_change *c, struct mls_transition *t)
{
	const struct mls_state *old = t->g->state;
	struct mls_state *next = t->next;
	unsigned i;
	int rc;

	t->header.active = 0;
	rc = mls__state_context(next, &old->context);
	if (rc != 0)
		return rc;
	next->interim = old->interim;
	next->confirmation_tag = old->confirmation_tag;
	next->width = old->width;
	for (i = 0; i <= MLS_MAX_LEVEL; i++)
		mls__path_keys_set(&next->keys, i, NULL);
	mls__key_free(next->sign_key);
	next->sign_key = NULL;
	rc = mls__stage_removal(&c->batch, t->g, &t->header);
	if (rc != 0)
		return rc;
	c->next = next;
	c->header = t->header;
	t->next = NULL;
	c->summary.removes_us = 1;
	return 0;
}

/* What the suite says of lengths, before anything is computed: also of the
 * tag, which who is removed cannot check further. */
static int
check_lengths(const struct mls_authentic *a, const struct mls_suite *s)
{
	if (a->confirmation_tag.len == 0)
		return MLS_E_CONFIRMATION_TAG_MISSING; /* FRAME-09 */
	if (a->confirmation_tag.len != s->nh)
		return MLS_E_MAC_LENGTH; /* CRYPT-09 */
	return mls__commit_check(&a->content.u.commit, s);
}

/* COMMIT-01, COMMIT-02 */
static int
check_path_duty(const struct mls_commit *commit,
    const struct mls_transition *t)
{
	if (commit->has_path || !t->applied.needs_path)
		return 0;
	return commit->n == 0 ? MLS_E_PATH_REQUIRED_EMPTY_COMMIT :
	    MLS_E_PATH_REQUIRED;
}

int
mls__commit_judge(struct mls_transition *t, mls_group *g,
    struct mls_arena *arena, const struct mls_authentic *a)
{
	const struct mls_commit *commit = &a->content.u.commit;
	int rc = check_lengths(a, g->suite);

	memset(t, 0, sizeof(*t));
	if (rc == 0)
		rc = mls__transition_new(t, g, arena,
		    mls__sender_leaf(&a->content.sender));
	t->path_leaf = commit->has_path ? &commit->path.leaf : NULL;
	if (rc == 0)
		rc = mls__list_resolve(&t->list, arena, g, commit,
		    &a->content.sender);
	if (rc == 0)
		rc = mls__transition_apply(t);
	if (rc == 0)
		rc = check_path_duty(commit, t);
	if (rc == 0 && commit->has_path)
		rc = take_path(t, &commit->path);
	return rc;
}

int
mls__commit_ask(const mls_change *c)
{
	const struct mls_policy *p = mls__policy(c->group);

	return p->commit == NULL || p->commit(p->payload, &c->summary) == 0 ?
	    0 : MLS_E_POLICY_REJECTED;
}

int
mls__commit_describe(mls_change *c, struct mls_transition *t,
    const struct mls_commit *commit)
{
	c->summary.sender = t->committer;
	return mls__effects(&c->summary.effects, &c->summary.n_effects,
	    t->arena, t->g, &t->list, t->committer,
	    commit->has_path ? &commit->path.leaf : NULL);
}

/* The next epoch, which the sender's tag must be of. */
static int
enter(mls_change *c, struct mls_transition *t, const struct mls_authentic *a)
{
	const struct mls_commit *commit = &a->content.u.commit;
	struct mls_secret tag = { 0 };
	int rc = mls__transition_psks(t);

	/* COMMIT-21: without a path the commit secret is zeros. */
	if (!commit->has_path)
		t->commit_secret.len = (uint8_t)t->g->suite->nh;
	else if (rc == 0)
		rc = open_path(t, &commit->path);
	if (rc == 0 && t->external) /* KS-09 */
		rc = mls__external_init_open(&t->init, t->g,
		    t->applied.kem_output);
	if (rc == 0)
		rc = mls__transition_transcript(t, a->wire_format,
		    a->content.raw, a->signature);
	if (rc == 0)
		rc = mls__transition_enter(&tag, t);
	if (rc == 0)
		rc = mls__tag_check(&tag, a->confirmation_tag,
		    MLS_E_CONFIRMATION_TAG_INVALID); /* COMMIT-14 */
	if (rc == 0)
		rc = mls__transition_finish(c, t, &tag);
	mls__secret_wipe(&tag);
	return rc;
}

int
mls__commit_process(mls_change *c, mls_group *g,
    const struct mls_authentic *a)
{
	struct mls_transition t;
	int rc;

	rc = mls__commit_judge(&t, g, &c->arena, a);
	/* COMMIT-20: nobody stays for want of a PSK that the others have. */
	if (rc == 0)
		rc = t.applied.removes_us ? be_removed(c, &t) :
		    enter(c, &t, a);
	/* FRAME-19: who decides sees nothing that may yet prove false. */
	if (rc == 0)
		rc = mls__commit_describe(c, &t, &a->content.u.commit);
	if (rc == 0)
		rc = mls__commit_ask(c);
	mls__transition_free(&t);
	return rc;
}
