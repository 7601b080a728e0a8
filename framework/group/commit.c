/* SPDX-License-Identifier: MIT */
#include "group/commit.h"

#include <string.h>

#include "group/effects.h"
#include "group/external.h"
#include "group/lineage.h"
#include "group/state.h"

int
mls__transition_new(struct mls_transition *t, mls_group *g,
    struct mls_arena *arena, uint32_t committer)
{
	memset(t, 0, sizeof(*t));
	if (g->header.epoch == UINT64_MAX)
		return MLS_E_EPOCH_EXHAUSTED; /* LIMIT-10 */
	t->g = g;
	t->arena = arena;
	t->committer = committer;
	t->external = committer == MLS_NO_LEAF;
	t->init = g->state->epoch.init;
	t->header = g->header;
	t->header.epoch++;
	t->header.revision++;
	t->header.pathless = 0;
	t->header.reinit = 0;
	t->next = mls__state_new();
	if (t->next == NULL)
		return MLS_E_OUT_OF_MEMORY;
	mls__path_keys_copy(&t->next->keys, &g->state->keys);
	t->next->sign_key = g->state->sign_key != NULL ?
	    mls__key_ref(g->state->sign_key) : NULL;
	return mls__tree_diff(&t->diff, g->tree);
}

void
mls__transition_free(struct mls_transition *t)
{
	mls__tree_free(t->diff);
	mls__state_free(t->next);
	mls__secret_wipe(&t->init);
	mls__secret_wipe(&t->commit_secret);
	mls__secret_wipe(&t->joiner);
	mls__secret_wipe(&t->psk);
	t->diff = NULL;
	t->next = NULL;
}

/* The committer's leaf as it was; NULL: who comes from outside has none, but
 * may get the place of somebody who leaves. */
static const struct mls_leaf *
old_leaf(struct mls_transition *t)
{
	return t->external ? NULL : mls__tree_leaf(t->g->tree, t->committer);
}

/* What the group has judged before, and need not judge anew: there may be as
 * many sets of capabilities as members. */
static bool
same_capabilities(const struct mls_leaf *a, const struct mls_leaf *b)
{
	return a != NULL && a->credential.type == b->credential.type &&
	    mls__equal(a->capabilities.raw, b->capabilities.raw);
}

/* §12.3: in the tree that results a committer's path leaf stands for its old
 * one, whose capabilities are looked away from (NULL: they are the same). */
static const struct mls_leaf *
outgoing(struct mls_transition *t)
{
	const struct mls_leaf *old = old_leaf(t);

	return t->path_leaf != NULL && old != NULL &&
	    !same_capabilities(old, t->path_leaf) ? old : NULL;
}

static int
apply_list(struct mls_transition *t)
{
	const struct mls_leaf *old = outgoing(t);
	int rc = 0, back = 0;

	if (old != NULL)
		rc = mls__tree_capset_count(t->diff, old, -1);
	if (rc != 0)
		return rc;
	rc = mls__list_apply(&t->applied, t->arena, t->g, t->diff, &t->list);
	if (old != NULL)
		back = mls__tree_capset_count(t->diff, old, 1);
	return rc != 0 ? rc : back;
}

int
mls__transition_apply(struct mls_transition *t)
{
	struct mls_privkey *key;
	int rc;

	rc = t->external ? mls__list_check_external(t->g, &t->list) :
	    mls__list_check(t->g, &t->list, t->committer);
	if (rc == 0 && t->external && !t->own)
		rc = mls__external_allowed(t->g, &t->list);
	if (rc == 0)
		rc = apply_list(t);
	if (rc == 0)
		rc = mls__tree_check_unique(t->diff);
	if (rc == 0 && t->applied.own_leaf_key != NULL) {
		key = mls__key_ref(t->applied.own_leaf_key);
		mls__path_keys_set(&t->next->keys, 0, key);
	}
	return rc;
}

/* LEAF-11, LEAF-12 */
static int
check_credential_type(struct mls_transition *t, const struct mls_leaf *leaf)
{
	const struct mls_leaf *old = outgoing(t);
	int rc = 0, back = 0;

	if (same_capabilities(old_leaf(t), leaf))
		return 0;
	if (old != NULL)
		rc = mls__tree_capset_count(t->diff, old, -1);
	if (rc != 0)
		return rc;
	rc = mls__rule_credential_type(t->diff, leaf);
	if (old != NULL)
		back = mls__tree_capset_count(t->diff, old, 1);
	return rc != 0 ? rc : back;
}

int
mls__transition_leaf(struct mls_transition *t, const struct mls_leaf *leaf)
{
	const struct mls_leaf *old = old_leaf(t);
	struct mls_judge j = mls__judge(t->g);
	int rc;

	rc = mls__tree_error(t->g->tree);
	if (rc != 0)
		return rc;
	if (leaf->source != MLS_LEAF_COMMIT)
		return MLS_E_PATH_LEAF_SOURCE; /* LEAF-19 */
	/* COMMIT-10 */
	rc = mls__rule_leaf(&j, leaf);
	if (rc != 0)
		return rc;
	rc = mls__rule_leaf_group(&leaf->capabilities,
	    t->applied.extensions);
	if (rc != 0 && !mls__equal(t->applied.extensions,
	    t->g->state->context.extensions))
		rc = MLS_E_NEW_EXTENSIONS_UNSUPPORTED; /* PROP-22 */
	if (rc == 0)
		rc = mls__verify_leaf(&j, leaf, t->committer);
	if (rc == 0)
		rc = check_credential_type(t, leaf);
	if (rc == 0 && !t->external)
		rc = mls__ask_credential(j.context, MLS_AT_COMMIT, leaf, old);
	return rc;
}

int
mls__transition_context(struct mls_transition *t, struct mls_buf confirmed)
{
	struct mls_group_context context = t->g->state->context;
	uint8_t hash[MLS_MAX_HASH];
	int rc;

	rc = mls__tree_hash(hash, t->diff);
	if (rc != 0)
		return rc;
	context.epoch = t->header.epoch;
	context.tree_hash = mls__buf(hash, t->g->suite->nh);
	context.confirmed_transcript_hash = confirmed;
	context.extensions = t->applied.extensions;
	t->next->width = mls__tree_width(t->diff);
	return mls__state_context(t->next, &context);
}

int
mls__transition_enter(struct mls_secret *tag, struct mls_transition *t,
    uint16_t wire_format, struct mls_buf content, struct mls_buf signature)
{
	const struct mls_suite *s = t->g->suite;
	struct mls_state *next = t->next;
	struct mls_secret confirmed;
	int rc;

	rc = mls__transcript_confirmed(&confirmed, s,
	    mls__secret_buf(&t->g->state->interim), wire_format, content,
	    signature);
	if (rc == 0)
		rc = mls__transition_context(t, mls__secret_buf(&confirmed));
	if (rc == 0)
		rc = mls__psk_secret(&t->psk, s, t->applied.psks,
		    t->applied.n_psks);
	if (rc == 0)
		rc = mls__epoch_joiner(&t->joiner, s, &t->init,
		    &t->commit_secret, next->context.raw);
	if (rc == 0)
		rc = mls__epoch_enter(&next->epoch, s, &t->joiner, &t->psk,
		    next->context.raw);
	if (rc == 0)
		rc = mls__confirmation_tag(tag, s, &next->epoch,
		    next->context.confirmed_transcript_hash);
	return rc;
}

int
mls__transition_settle(struct mls_transition *t, const struct mls_secret *tag)
{
	int rc;

	t->next->confirmation_tag = *tag;
	rc = mls__transcript_interim(&t->next->interim, t->g->suite,
	    t->next->context.confirmed_transcript_hash,
	    mls__secret_buf(tag));
	if (rc == 0) {
		mls__path_keys_prune(&t->next->keys, t->diff);
		rc = mls__tree_error(t->diff);
	}
	return rc;
}

int
mls__transition_finish(mls_change *c, struct mls_transition *t,
    const struct mls_secret *tag)
{
	int rc;

	rc = mls__transition_settle(t, tag);
	if (rc == 0 && t->g->lineage != 0) {
		mls__batch_key(&c->batch, MLS_REC_LINEAGE);
		mls__batch_del(&c->batch);
	}
	if (rc == 0 && t->applied.reinit != NULL) {
		t->header.reinit = 1;
		mls__reinit_put(&c->batch, t->g, t->applied.reinit);
	}
	if (rc == 0)
		rc = mls__stage_state(&c->batch, t->g, &t->header, t->next,
		    t->diff);
	if (rc != 0)
		return rc;
	c->next = t->next;
	c->tree = t->diff;
	c->header = t->header;
	t->next = NULL;
	t->diff = NULL;
	return 0;
}

/* The path of a received commit, and what its secret is to us. */
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
	if (rc == 0)
		rc = mls__tree_check_unique(t->diff);
	if (rc != 0 || t->applied.removes_us)
		return rc;
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

/* PROP-30 */
static int
ask_commit(mls_change *c, struct mls_transition *t,
    const struct mls_leaf *path_leaf)
{
	const struct mls_policy *p = mls__policy(t->g);
	int rc;

	rc = mls__effects(&c->summary.effects, &c->summary.n_effects,
	    t->arena, t->g, &t->list, t->committer, path_leaf);
	if (rc == 0 && p->commit != NULL &&
	    p->commit(p->payload, &c->summary) != 0)
		rc = MLS_E_POLICY_REJECTED;
	return rc;
}

/* The next epoch, which the sender's tag must be of. */
static int
enter(mls_change *c, struct mls_transition *t, const struct mls_authentic *a)
{
	struct mls_secret tag = { 0 };
	int rc = 0;

	/* COMMIT-21: without a path the commit secret is zeros. */
	if (!a->content.u.commit.has_path)
		t->commit_secret.len = (uint8_t)t->g->suite->nh;
	if (t->external) /* KS-09 */
		rc = mls__external_init_open(&t->init, t->g,
		    t->applied.kem_output);
	if (rc == 0)
		rc = mls__transition_enter(&tag, t, a->wire_format,
		    a->content.raw, a->signature);
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
	const struct mls_commit *commit = &a->content.u.commit;
	struct mls_transition t;
	int rc;

	rc = check_lengths(a, g->suite);
	if (rc != 0)
		return rc;
	rc = mls__transition_new(&t, g, &c->arena,
	    mls__sender_leaf(&a->content.sender));
	t.path_leaf = commit->has_path ? &commit->path.leaf : NULL;
	if (rc == 0)
		rc = mls__list_resolve(&t.list, &c->arena, g, commit,
		    &a->content.sender);
	if (rc == 0)
		rc = mls__transition_apply(&t);
	if (rc == 0)
		rc = check_path_duty(commit, &t);
	if (rc == 0 && commit->has_path)
		rc = take_path(&t, &commit->path);
	if (rc != 0)
		goto out;
	c->summary.sender = t.committer;
	if (t.applied.removes_us)
		rc = be_removed(c, &t);
	else
		rc = enter(c, &t, a);
	/* FRAME-19: who decides sees nothing that may yet prove false. */
	if (rc == 0)
		rc = ask_commit(c, &t,
		    commit->has_path ? &commit->path.leaf : NULL);
out:
	mls__transition_free(&t);
	return rc;
}
