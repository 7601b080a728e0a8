/* SPDX-License-Identifier: MIT */
#include "group/same.h"

#include "group/rules.h"

bool
mls__same(const mls_context *context, const struct mls_leaf *a,
    const struct mls_leaf *b)
{
	const struct mls_policy *p = &context->policy;
	struct mls_identity one, other;

	if (mls__equal(a->credential.raw, b->credential.raw))
		return true;
	if (p->same == NULL)
		return false;
	mls__identity_of(&one, a);
	mls__identity_of(&other, b);
	return p->same(p->payload, &one, &other) == 0;
}

bool
mls__shared_identity(const mls_context *context)
{
	return (context->policy.tolerate & MLS_TOLERATE_SHARED_IDENTITY) != 0;
}

bool
mls__is_there(const mls_context *context, struct mls_tree *t,
    const struct mls_leaf *who)
{
	if (mls__tree_find(t, MLS_INDEX_SIGNATURE, who->signature_key,
	    MLS_NO_NODE) != MLS_NO_NODE)
		return true;
	return !mls__shared_identity(context) && mls__tree_find(t,
	    MLS_INDEX_IDENTITY, who->credential.raw, MLS_NO_NODE) !=
	    MLS_NO_NODE;
}

uint32_t
mls__same_find(const mls_context *context, struct mls_tree *t,
    const struct mls_leaf *who)
{
	const struct mls_leaf *leaf;
	struct mls_leaf room;
	uint32_t at = mls__tree_find(t, MLS_INDEX_IDENTITY,
	    who->credential.raw, MLS_NO_NODE);

	if (at != MLS_NO_NODE)
		return mls__node_leaf(at);
	if (context->policy.same == NULL)
		return MLS_NO_LEAF;
	for (at = mls__tree_next_leaf(t, 0); at != MLS_NO_NODE;
	    at = mls__tree_next_leaf(t, at + 1)) {
		leaf = mls__tree_look(&room, t, at);
		if (leaf != NULL && mls__same(context, leaf, who))
			return at;
	}
	return MLS_NO_LEAF;
}
