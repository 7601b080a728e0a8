/* SPDX-License-Identifier: MIT */
#include "group/customs.h"

#include "group/effects.h"
#include "group/self_remove.h"

const struct mls_custom_proposal *
mls__custom_find(const mls_context *context, uint16_t type)
{
	const struct mls_policy *p = &context->policy;
	size_t i;

	for (i = 0; i < p->n_proposals; i++)
		if (p->proposals[i].type == type)
			return &p->proposals[i];
	return NULL;
}

/* WIRE-18: without its struct nobody knows where it ends. */
static int
read_proposal(const void *arg, uint16_t type, struct mls_buf in, size_t *len)
{
	const mls_context *c = arg;
	const struct mls_custom_proposal *custom = mls__custom_find(c, type);

	if (mls__self_remove_enabled(c, type)) {
		*len = 0;
		return 0;
	}
	if (custom == NULL)
		return MLS_E_UNKNOWN_PROPOSAL_TYPE;
	if (custom->read == NULL)
		return mls__customs_opaque(in, len);
	return custom->read(c->policy.payload, type, in, len) == 0 ? 0 :
	    MLS_E_INPUT_TRUNCATED;
}

/* WIRE-19 */
static int
read_credential(const void *arg, uint16_t type, struct mls_buf in,
    size_t *len)
{
	const mls_context *c = arg;
	size_t i;

	for (i = 0; i < c->policy.n_credentials; i++)
		if (c->policy.credentials[i] == type)
			return mls__customs_opaque(in, len);
	return MLS_E_UNKNOWN_CREDENTIAL_TYPE;
}

void
mls__customs_init(mls_context *c)
{
	c->customs.arg = c;
	c->customs.proposal = read_proposal;
	c->customs.credential = read_credential;
}

/* PROP-30: what the application says of it. */
static int
judge(mls_group *g, const struct mls_custom_proposal *custom,
    const struct mls_proposal *p, const struct mls_sender *sender)
{
	struct mls_effect e = { .type = MLS_EFFECT_CUSTOM,
		.leaf = MLS_NO_LEAF, .proposal_type = p->type,
		.body = p->u.custom };

	if (custom->judge == NULL)
		return 0;
	mls__by(&e.by, &e.proposer, sender);
	return custom->judge(mls__policy(g)->payload, &e) == 0 ? 0 :
	    MLS_E_POLICY_REJECTED;
}

int
mls__rule_custom(mls_group *g, const struct mls_proposal *p,
    const struct mls_sender *sender)
{
	const mls_context *context = g->context;
	const struct mls_custom_proposal *custom;

	if (mls__self_remove_enabled(context, p->type))
		return mls__rule_self_remove(sender);
	custom = mls__custom_find(context, p->type);
	return custom != NULL ? judge(g, custom, p, sender) :
	    MLS_E_UNKNOWN_PROPOSAL_TYPE;
}

bool
mls__may_be_external(const mls_group *g, const struct mls_proposal *p)
{
	const struct mls_custom_proposal *custom;

	if (mls__proposal_is_default(p->type))
		return p->type != MLS_PROPOSAL_UPDATE &&
		    p->type != MLS_PROPOSAL_EXTERNAL_INIT;
	custom = mls__custom_find(g->context, p->type);
	return custom != NULL && (custom->flags & MLS_CUSTOM_EXTERNAL) != 0;
}

int
mls__may_come_along(mls_group *g, const struct mls_item *item)
{
	const struct mls_proposal *p = item->proposal;
	const struct mls_custom_proposal *custom;

	/* XTN-04 */
	if (item->cached != NULL)
		return mls__is_self_remove(p) ? 0 :
		    MLS_E_EXTERNAL_COMMIT_REFERENCE;
	switch (p->type) {
	case MLS_PROPOSAL_EXTERNAL_INIT:
		return 0;
	case MLS_PROPOSAL_REMOVE:
	case MLS_PROPOSAL_PSK:
		return mls__rule_proposal(g, p, &item->sender);
	default:
		custom = mls__custom_find(g->context, p->type);
		if (custom == NULL ||
		    (custom->flags & MLS_CUSTOM_EXTERNAL_COMMIT) == 0)
			return MLS_E_EXTERNAL_COMMIT_PROPOSAL_TYPE;
		return mls__rule_proposal(g, p, &item->sender);
	}
}

bool
mls__custom_needs_path(const mls_group *g, const struct mls_proposal *p)
{
	const struct mls_custom_proposal *custom;

	if (mls__proposal_is_default(p->type))
		return false;
	custom = mls__custom_find(g->context, p->type);
	return custom == NULL || (custom->flags & MLS_CUSTOM_NO_PATH) == 0;
}

int
mls__rule_types_supported(struct mls_tree *t, const struct mls_list *list)
{
	const struct mls_capset *set;
	size_t i, k;
	uint16_t type;

	for (i = 0; i < list->n; i++) {
		type = list->items[i].proposal->type;
		if (mls__proposal_is_default(type))
			continue;
		for (k = 0; (set = mls__tree_capset(t, k)) != NULL; k++)
			if (!mls__list16_has(set->capabilities.proposals,
			    type))
				return MLS_E_PROPOSAL_TYPE_UNSUPPORTED;
	}
	return mls__tree_error(t);
}

int
mls__rule_types_listed(const struct mls_capabilities *c,
    const struct mls_list *list)
{
	uint16_t type;
	size_t i;

	for (i = 0; i < list->n; i++) {
		type = list->items[i].proposal->type;
		if (!mls__proposal_is_default(type) &&
		    !mls__list16_has(c->proposals, type))
			return MLS_E_PROPOSAL_TYPE_UNSUPPORTED;
	}
	return 0;
}

void
mls__customs_applied(mls_group *g, const struct mls_effect *effects, size_t n)
{
	const struct mls_custom_proposal *custom;
	size_t i;

	for (i = 0; i < n; i++) {
		if (effects[i].type != MLS_EFFECT_CUSTOM)
			continue;
		custom = mls__custom_find(g->context,
		    effects[i].proposal_type);
		if (custom != NULL && custom->apply != NULL)
			custom->apply(mls__policy(g)->payload, g,
			    &effects[i]);
	}
}

void
mls__customs_write(struct mls_writer *w, const mls_context *context)
{
	const struct mls_policy *p = &context->policy;
	size_t i;

	for (i = 0; i < p->n_proposals; i++)
		mls__write_u16(w, p->proposals[i].type);
	mls__self_remove_write(w, context);
}
