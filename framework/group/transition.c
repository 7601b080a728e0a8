/* SPDX-License-Identifier: MIT */
#include "group/transition.h"

#include <string.h>

#include "group/customs.h"
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
	/* PROP-13: who commits as that leaf has to support the types, too. */
	if (rc == 0 && old != NULL)
		rc = mls__rule_types_listed(&old->capabilities, &t->list);
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

int
mls__transition_psks(struct mls_transition *t)
{
	return mls__list_psks(&t->applied, t->arena, t->g);
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
	if (rc != 0) /* FRAME-19 */
		return rc;
	return t->external ? mls__external_ask(t, leaf) :
	    mls__ask_credential(j.context, MLS_AT_COMMIT, leaf, old);
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
mls__transition_transcript(struct mls_transition *t, uint16_t wire_format,
    struct mls_buf content, struct mls_buf signature)
{
	struct mls_secret confirmed;
	int rc;

	rc = mls__transcript_confirmed(&confirmed, t->g->suite,
	    mls__secret_buf(&t->g->state->interim), wire_format, content,
	    signature);
	return rc != 0 ? rc : mls__transition_context(t,
	    mls__secret_buf(&confirmed));
}

int
mls__transition_enter(struct mls_secret *tag, struct mls_transition *t)
{
	const struct mls_suite *s = t->g->suite;
	struct mls_state *next = t->next;
	int rc;

	rc = mls__psk_secret(&t->psk, s, t->applied.psks, t->applied.n_psks);
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

	t->header.reinit = t->applied.reinit != NULL;
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

void
mls__transition_hand(mls_change *c, struct mls_transition *t)
{
	c->next = t->next;
	c->tree = t->diff;
	c->header = t->header;
	t->next = NULL;
	t->diff = NULL;
}

int
mls__transition_finish(mls_change *c, struct mls_transition *t,
    const struct mls_secret *tag)
{
	int rc;

	rc = mls__transition_settle(t, tag);
	mls__batch_begin(&c->batch, &c->arena);
	if (rc == 0 && t->g->lineage != 0) {
		mls__batch_key(&c->batch, MLS_REC_LINEAGE);
		mls__batch_del(&c->batch);
	}
	if (rc == 0 && t->applied.reinit != NULL)
		mls__reinit_put(&c->batch, t->g, t->applied.reinit);
	if (rc == 0)
		rc = mls__stage_state(&c->batch, t->g, &t->header, t->next,
		    t->diff);
	if (rc != 0)
		return rc;
	mls__epoch_begun(&t->next->epoch); /* ST-05 */
	mls__transition_hand(c, t);
	return 0;
}
