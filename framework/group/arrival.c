/* SPDX-License-Identifier: MIT */
#include "group/arrival.h"

#include <stdlib.h>
#include <string.h>

#include "tree/parent_hash.h"

/* The check of the GroupInfo's signature. */
static int
signer_job(struct mls_verify_job *job, struct mls_tree *t,
    const struct mls_group_info *info)
{
	const struct mls_leaf *signer;
	struct mls_leaf room;

	if (info->signer >= MLS_MAX_LEAVES)
		return MLS_E_LEAF_INDEX_TOO_LARGE; /* LIMIT-03 */
	signer = mls__tree_look(&room, t, info->signer);
	if (signer == NULL)
		return MLS_E_GROUP_INFO_SIGNER_UNKNOWN; /* GI-01 */
	mls__group_info_verify_job(job, info, signer->signature_key);
	return 0;
}

int
mls__arrival_signer(struct mls_tree *t, const struct mls_group_info *info)
{
	struct mls_verify_job job;
	int rc = signer_job(&job, t, info);

	return rc == 0 ? mls__verify_with_label(mls__tree_suite(t), &job) :
	    rc;
}

static int
check_hash(struct mls_tree *t, const struct mls_arrival *a)
{
	uint8_t hash[MLS_MAX_HASH];
	int rc = mls__tree_hash(hash, t);

	if (rc == 0 && !mls__equal(mls__buf(hash, a->suite->nh),
	    a->info->context.tree_hash))
		rc = MLS_E_TREE_HASH_MISMATCH; /* TREE-06 */
	return rc;
}

/* What is looked at in ranges, leaf by leaf. */
struct leaves {
	const struct mls_judge *judge;
	struct mls_tree *tree;
	struct mls_verify_job info; /* the GroupInfo's signature */
};

/* One leaf's rules, but for its signature. */
static int
check_leaf(void *arg, size_t i)
{
	const struct leaves *l = arg;
	struct mls_leaf room;
	const struct mls_leaf *leaf = mls__tree_look(&room, l->tree,
	    (uint32_t)i);
	int rc;

	if (leaf == NULL)
		return 0;
	rc = mls__rule_leaf(l->judge, leaf);
	if (rc == 0)
		rc = mls__rule_leaf_group(&leaf->capabilities,
		    l->judge->extensions);
	return rc;
}

/* The GroupInfo's signature first, which is over as much as the tree, and then
 * those of leaves. */
static int
check_signature(void *arg, size_t i)
{
	struct leaves *l = arg;
	const struct mls_leaf *leaf;
	struct mls_leaf room;
	uint32_t at;

	if (i == 0)
		return mls__verify_with_label(l->judge->suite, &l->info);
	at = (uint32_t)(i - 1);
	leaf = mls__tree_look(&room, l->tree, at);
	return leaf != NULL ? mls__verify_leaf(l->judge, leaf, at) : 0;
}

/* LEAF-11, LEAF-12: one leaf against the others, once each is sound. */
static int
check_types(struct mls_tree *t)
{
	struct mls_leaf room;
	uint32_t at;
	int rc = 0;

	if (mls__credential_types_agree(t))
		return 0;
	for (at = mls__tree_next_leaf(t, 0); rc == 0 && at != MLS_NO_NODE;
	    at = mls__tree_next_leaf(t, at + 1))
		rc = mls__rule_credential_type(t,
		    mls__tree_look(&room, t, at));
	return rc;
}

static int
ask(const struct mls_judge *j, struct mls_tree *t)
{
	struct mls_leaf room;
	uint32_t at;
	int rc = 0;

	for (at = mls__tree_next_leaf(t, 0); rc == 0 && at != MLS_NO_NODE;
	    at = mls__tree_next_leaf(t, at + 1))
		rc = mls__ask_credential(j->context, MLS_AT_JOIN,
		    mls__tree_look(&room, t, at), NULL);
	return rc;
}

/* Leaves that are worth another thread: their rules, their signatures. */
#define RULES_GRAIN 64
#define SIGNATURE_GRAIN 8

static int
check_leaves(const struct mls_judge *j, struct mls_tree *t,
    const struct mls_group_info *info)
{
	const struct mls_suite *s = j->suite;
	struct leaves l = { .judge = j, .tree = t };
	uint32_t n = mls__tree_width(t);
	int rc = signer_job(&l.info, t, info);

	if (rc == 0)
		rc = mls__plugins_each(s->plugins, s->kem.inst, n,
		    RULES_GRAIN, check_leaf, &l);
	if (rc == 0)
		rc = check_types(t);
	if (rc == 0)
		rc = mls__plugins_each(s->plugins, s->verify.inst, n + 1,
		    SIGNATURE_GRAIN, check_signature, &l);
	return rc == 0 ? ask(j, t) : rc;
}

int
mls__arrival_find(struct mls_buf *out, bool *inside,
    const struct mls_arrival *a)
{
	struct mls_buf tree;
	bool found;

	found = mls__extension_find(&tree, a->info->extensions,
	    MLS_EXT_RATCHET_TREE);
	if (!found && a->beside.len == 0)
		return MLS_E_RATCHET_TREE_MISSING;
	if (found && a->beside.len != 0 && !mls__equal(tree, a->beside))
		return MLS_E_RATCHET_TREE_CONFLICT;
	*out = found ? tree : a->beside;
	*inside = found;
	return 0;
}

int
mls__arrival_tree(struct mls_tree **out, const struct mls_arrival *a)
{
	struct mls_judge j = { a->context, a->suite,
		a->info->context.group_id, a->info->context.extensions };
	struct mls_buf encoded;
	struct mls_tree *t;
	bool inside;
	int rc;

	rc = mls__arrival_find(&encoded, &inside, a);
	if (rc == 0)
		rc = (a->lasts ? mls__tree_read_on : mls__tree_read)(&t,
		    a->suite, encoded, j.context->policy.max_members,
		    &j.context->customs);
	if (rc != 0)
		return rc;
	rc = check_hash(t, a);
	if (rc == 0)
		rc = check_leaves(&j, t, a->info);
	if (rc == 0)
		rc = mls__parent_hash_verify(t);
	if (rc == 0)
		rc = mls__tree_error(t);
	if (rc != 0) {
		mls__tree_free(t);
		return rc;
	}
	*out = t;
	return 0;
}

int
mls__arrival_leaf(uint32_t *leaf, struct mls_tree *t,
    const struct mls_leaf *own)
{
	const struct mls_leaf *there;
	struct mls_leaf room;
	uint32_t node;

	node = mls__tree_find(t, MLS_INDEX_ENCRYPTION, own->encryption_key,
	    MLS_NO_NODE);
	if (mls__tree_error(t) != 0)
		return mls__tree_error(t);
	if (node == MLS_NO_NODE || !mls__node_is_leaf(node))
		return MLS_E_OWN_LEAF_ABSENT;
	there = mls__tree_look(&room, t, mls__node_leaf(node));
	if (there == NULL || !mls__equal(there->raw, own->raw))
		return MLS_E_OWN_LEAF_ABSENT;
	*leaf = mls__node_leaf(node);
	return 0;
}
