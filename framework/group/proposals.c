/* SPDX-License-Identifier: MIT */
#include "group/proposals.h"

#include <stdlib.h>
#include <string.h>

#include "group/customs.h"
#include "group/lineage.h"
#include "group/same.h"
#include "group/self_remove.h"

uint32_t
mls__sender_leaf(const struct mls_sender *sender)
{
	return sender->type == MLS_SENDER_MEMBER ? sender->index :
	    MLS_NO_LEAF;
}

void
mls__item_value(struct mls_item *item, const struct mls_proposal *p,
    const struct mls_sender *sender)
{
	memset(item, 0, sizeof(*item));
	item->proposal = p;
	item->sender = *sender;
	item->proposer = mls__sender_leaf(sender);
	item->raw = p->raw;
	item->leaf = MLS_NO_LEAF;
}

void
mls__item_cached(struct mls_item *item, struct mls_cached *c)
{
	const struct mls_content *content = &c->authentic.content;

	mls__item_value(item, &content->u.proposal, &content->sender);
	item->cached = c;
	item->raw = mls__buf(NULL, 0);
}

/* A stranger's wish is the application's to grant, not only its name. */
static int
ask_newcomer(mls_group *g, const struct mls_leaf *leaf,
    const struct mls_sender *sender)
{
	bool stranger = sender->type == MLS_SENDER_NEW_MEMBER_PROPOSAL;
	int rc;

	rc = mls__ask_credential(g->context, stranger ?
	    MLS_AT_EXTERNAL_ADD : MLS_AT_ADD, leaf, NULL);
	/* EXT-18 */
	return rc != 0 && stranger ? MLS_E_NEW_MEMBER_ADD_UNAUTHORISED : rc;
}

static int
rule_add(mls_group *g, const struct mls_key_package *kp,
    const struct mls_sender *sender)
{
	struct mls_judge j = mls__judge(g);
	int rc;

	rc = mls__rule_key_package(&j, kp);
	if (rc == 0)
		rc = mls__rule_lifetime(&j, &kp->leaf,
		    MLS_E_LIFETIME_NOT_CURRENT); /* LEAF-14 */
	if (rc == 0)
		rc = mls__verify_packages(g->suite, &kp, 1);
	if (rc == 0)
		rc = ask_newcomer(g, &kp->leaf, sender);
	return rc;
}

static int
rule_update(mls_group *g, const struct mls_leaf *leaf, uint32_t proposer)
{
	const struct mls_leaf *old = mls__tree_leaf(g->tree, proposer);
	struct mls_judge j = mls__judge(g);
	int rc;

	rc = mls__tree_error(g->tree);
	if (rc != 0)
		return rc;
	if (old == NULL)
		return MLS_E_UNKNOWN_SENDER_LEAF;
	if (leaf->source != MLS_LEAF_UPDATE)
		return MLS_E_UPDATE_LEAF_SOURCE; /* LEAF-18 */
	if (mls__equal(leaf->encryption_key, old->encryption_key))
		return MLS_E_UPDATE_KEY_UNCHANGED; /* LEAF-21 */
	rc = mls__rule_leaf(&j, leaf);
	if (rc == 0)
		rc = mls__verify_leaf(&j, leaf, proposer);
	if (rc == 0)
		rc = mls__ask_credential(j.context, MLS_AT_UPDATE, leaf, old);
	return rc;
}

/* Only the first commit of a group that follows from another has them. */
static int
rule_psk(const mls_group *g, const struct mls_psk_id *id)
{
	if (id->type == MLS_PSK_RESUMPTION && (g->lineage == id->usage ||
	    g->lineage == MLS_LINEAGE_UNKNOWN))
		return 0;
	if (id->type == MLS_PSK_RESUMPTION && id->usage == MLS_PSK_REINIT)
		return MLS_E_PSK_USAGE_REINIT; /* PSK-03 */
	if (id->type == MLS_PSK_RESUMPTION && id->usage == MLS_PSK_BRANCH)
		return MLS_E_PSK_USAGE_BRANCH; /* PSK-04 */
	return 0;
}

/* §12.1.5.  A version or suite that we do not have is no reason to stay in the
 * old group alone; who proposes one sees to that (REINIT-12). */
static int
rule_reinit(const mls_group *g, const struct mls_reinit *reinit)
{
	if (reinit->version < MLS_VERSION_MLS10)
		return MLS_E_REINIT_VERSION_LOWER; /* PROP-09 */
	return mls__rule_extensions(g->context, reinit->extensions,
	    MLS_IN_GROUP_CONTEXT);
}

static int
rule_alone(mls_group *g, const struct mls_proposal *p,
    const struct mls_sender *sender)
{
	switch (p->type) {
	case MLS_PROPOSAL_ADD:
		return rule_add(g, &p->u.add, sender);
	case MLS_PROPOSAL_UPDATE:
		/* PROP-06: so far only members' get; see mls__outsider_find,
		 * mls__may_come_along. */
		if (sender->type != MLS_SENDER_MEMBER)
			return MLS_E_EXTERNAL_SENDER_PROPOSAL_TYPE;
		return rule_update(g, &p->u.update, sender->index);
	case MLS_PROPOSAL_REMOVE:
		if (p->u.removed >= MLS_MAX_LEAVES)
			return MLS_E_LEAF_INDEX_TOO_LARGE; /* LIMIT-03 */
		if (mls__tree_leaf(g->tree, p->u.removed) != NULL)
			return 0;
		/* PROP-08, unless it could not be read. */
		return mls__tree_error(g->tree) != 0 ?
		    mls__tree_error(g->tree) : MLS_E_REMOVE_UNKNOWN_LEAF;
	case MLS_PROPOSAL_PSK:
		return rule_psk(g, &p->u.psk);
	case MLS_PROPOSAL_REINIT:
		return rule_reinit(g, &p->u.reinit);
	case MLS_PROPOSAL_EXTERNAL_INIT:
		return MLS_E_EXTERNAL_INIT_MISPLACED; /* PROP-10 */
	case MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		return mls__rule_group_extensions(g->context, g->suite,
		    p->u.extensions, g->state->context.extensions);
	default:
		return mls__rule_custom(g, p, sender);
	}
}

int
mls__rule_proposal(mls_group *g, const struct mls_proposal *p,
    const struct mls_sender *sender)
{
	int rc = mls__proposal_check(p, g->suite); /* PSK-01, CRYPT-07 */

	return rc != 0 ? rc : rule_alone(g, p, sender);
}

int
mls__rule_own_proposal(mls_group *g, const struct mls_proposal *p,
    const struct mls_sender *sender)
{
	const struct mls_leaf *leaf = p->type == MLS_PROPOSAL_ADD ?
	    &p->u.add.leaf : p->type == MLS_PROPOSAL_UPDATE ?
	    &p->u.update : NULL;
	int rc = mls__rule_proposal(g, p, sender);

	return rc != 0 || leaf == NULL ? rc : mls__rule_leaf_group(
	    &leaf->capabilities, g->state->context.extensions);
}

static struct mls_cached *
find_cached(const mls_group *g, struct mls_buf ref)
{
	struct mls_cached *c;

	for (c = g->cache; c != NULL; c = c->next)
		if (mls__equal(c->ref, ref))
			return c;
	return NULL;
}

bool
mls__has_twins(struct mls_buf *v, size_t n)
{
	size_t i;

	qsort(v, n, sizeof(*v), mls__buf_compare);
	for (i = 1; i < n; i++)
		if (mls__buf_compare(&v[i - 1], &v[i]) == 0)
			return true;
	return false;
}

/* Key packages that are worth another thread. */
#define RULES_GRAIN 64

/* Octet strings gathered to be looked at for twins, and what they are. */
struct gather {
	struct mls_buf *v;
	size_t n;
	int error;
};

static int
gather_new(struct gather *out, size_t most)
{
	out->n = 0;
	out->v = mls__array_alloc(most, sizeof(*out->v));
	return out->v != NULL ? 0 : MLS_E_OUT_OF_MEMORY;
}

static bool
has_twins(struct gather *in)
{
	return mls__has_twins(in->v, in->n);
}

int
mls__list_resolve(struct mls_list *out, struct mls_arena *arena,
    mls_group *g, const struct mls_commit *commit,
    const struct mls_sender *sender)
{
	const struct mls_proposal_or_ref *p = commit->proposals;
	struct mls_cached *cached;
	struct gather refs;
	size_t i;
	int rc = 0;

	if (commit->n > mls__policy(g)->max_members)
		return MLS_E_TOO_MANY_PROPOSALS; /* LIMIT-04 */
	out->n = commit->n;
	out->items = mls__arena_array(arena, commit->n, sizeof(*out->items));
	if (out->items == NULL || gather_new(&refs, commit->n) != 0)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; i < commit->n; i++)
		if (p[i].kind == MLS_BY_REFERENCE)
			refs.v[refs.n++] = p[i].ref;
	if (has_twins(&refs))
		rc = MLS_E_DUPLICATE_PROPOSAL_REF; /* PROP-04 */
	for (i = 0; rc == 0 && i < commit->n; i++) {
		if (p[i].kind == MLS_BY_VALUE) {
			mls__item_value(&out->items[i], p[i].proposal,
			    sender);
			continue;
		}
		cached = find_cached(g, p[i].ref);
		if (cached != NULL)
			mls__item_cached(&out->items[i], cached);
		else
			rc = MLS_E_UNKNOWN_PROPOSAL_REF; /* PROP-03 */
	}
	free(refs.v);
	return rc;
}

/* In the order in which they are told. */
enum { LEAVES, PSKS, KEYS, IDENTITIES, INITS, GATHERED };

static void
gather(struct gather *to, const struct mls_item *item, uint32_t *touched)
{
	const struct mls_proposal *p = item->proposal;

	if (p->type == MLS_PROPOSAL_PSK) {
		to[PSKS].v[to[PSKS].n++] = p->u.psk.raw;
		return;
	}
	if (p->type == MLS_PROPOSAL_ADD) {
		to[KEYS].v[to[KEYS].n++] = p->u.add.leaf.signature_key;
		to[INITS].v[to[INITS].n++] = p->u.add.init_key;
		to[IDENTITIES].v[to[IDENTITIES].n++] =
		    p->u.add.leaf.credential.raw;
		return;
	}
	*touched = p->type == MLS_PROPOSAL_UPDATE ? item->proposer :
	    mls__item_removes(item);
	if (*touched != MLS_NO_LEAF)
		to[LEAVES].v[to[LEAVES].n++] = mls__buf(touched,
		    sizeof(*touched));
}

static int
check_gathered(void *arg, size_t i)
{
	struct gather *all = arg;

	return has_twins(&all[i]) ? all[i].error : 0;
}

int
mls__list_check_twins(const mls_group *g, const struct mls_list *list)
{
	struct gather all[GATHERED] = {
		[LEAVES] = { .error = MLS_E_LEAF_CHANGED_TWICE },
		[PSKS] = { .error = MLS_E_DUPLICATE_PSK_ID },
		[KEYS] = { .error = MLS_E_DUPLICATE_ADD },
		[IDENTITIES] = { .error = MLS_E_DUPLICATE_ADD },
		[INITS] = { .error = MLS_E_DUPLICATE_INIT_KEY },
	};
	uint32_t *touched = mls__array_alloc(list->n, sizeof(*touched));
	size_t i;
	int rc = touched != NULL ? 0 : MLS_E_OUT_OF_MEMORY;

	for (i = 0; i < GATHERED && rc == 0; i++)
		rc = gather_new(&all[i], list->n);
	for (i = 0; i < list->n && rc == 0; i++)
		gather(all, &list->items[i], &touched[i]);
	if (mls__shared_identity(g->context))
		all[IDENTITIES].n = 0;
	if (rc == 0)
		rc = mls__plugins_each(g->context->plugins, NULL, GATHERED,
		    list->n > RULES_GRAIN ? 1 : GATHERED, check_gathered,
		    all);
	for (i = 0; i < GATHERED; i++)
		free(all[i].v);
	free(touched);
	return rc;
}

/* Rules of one item in the list of this committer. */
static int
check_item(const struct mls_list *list, const struct mls_item *item,
    uint32_t committer)
{
	const struct mls_proposal *p = item->proposal;

	switch (p->type) {
	case MLS_PROPOSAL_UPDATE:
		if (item->proposer == committer)
			return MLS_E_UPDATE_BY_COMMITTER; /* PROP-14 */
		return 0;
	case MLS_PROPOSAL_REINIT:
		return list->n > 1 ? MLS_E_REINIT_NOT_ALONE : 0; /* PROP-21 */
	case MLS_PROPOSAL_EXTERNAL_INIT:
		return MLS_E_EXTERNAL_INIT_MISPLACED; /* PROP-10 */
	default: /* PROP-15 */
		return mls__item_removes(item) == committer ?
		    MLS_E_REMOVE_OF_COMMITTER : 0;
	}
}

struct packages {
	const struct mls_judge *judge;
	const struct mls_key_package *const *v;
};

static int
check_package(void *arg, size_t i)
{
	const struct packages *p = arg;

	return mls__rule_key_package(p->judge, p->v[i]);
}

/* In ranges, but for the clock, which is the application's: of the packages up
 * to the first that is out of its time, one may break a rule. */
static int
check_rules(const struct mls_judge *j, const struct mls_key_package *const *v,
    size_t n)
{
	struct packages p = { j, v };
	size_t timely = 0;
	int late = 0, rc;

	for (; timely < n && late == 0; timely++)
		late = mls__rule_lifetime(j, &v[timely]->leaf,
		    MLS_E_LIFETIME_NOT_CURRENT);
	rc = mls__plugins_each(j->suite->plugins, j->suite->kem.inst, timely,
	    RULES_GRAIN, check_package, &p);
	return rc != 0 ? rc : late;
}

/* The Adds by value: their rules and signatures are checked in ranges. */
static int
check_packages(mls_group *g, const struct mls_list *list)
{
	const struct mls_key_package **v;
	struct mls_judge j = mls__judge(g);
	const struct mls_proposal *p;
	size_t i, n = 0;
	int rc;

	v = mls__array_alloc(list->n, sizeof(*v));
	if (v == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; i < list->n; i++) {
		p = list->items[i].proposal;
		if (list->items[i].cached == NULL &&
		    p->type == MLS_PROPOSAL_ADD)
			v[n++] = &p->u.add;
	}
	rc = check_rules(&j, v, n);
	if (rc == 0)
		rc = mls__verify_packages(g->suite, v, n);
	for (i = 0; rc == 0 && i < n; i++)
		rc = mls__ask_credential(j.context, MLS_AT_ADD, &v[i]->leaf,
		    NULL);
	free(v);
	return rc;
}

int
mls__list_check(mls_group *g, const struct mls_list *list,
    uint32_t committer)
{
	const struct mls_item *item;
	bool extensions = false;
	size_t i;
	int rc = mls__self_remove_list(list);

	for (i = 0; rc == 0 && i < list->n; i++) {
		item = &list->items[i];
		rc = check_item(list, item, committer);
		if (rc == 0 && item->cached == NULL &&
		    item->proposal->type != MLS_PROPOSAL_ADD)
			rc = rule_alone(g, item->proposal, &item->sender);
		if (rc == 0 && item->proposal->type ==
		    MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS) {
			if (extensions)
				rc = MLS_E_MULTIPLE_GCE; /* PROP-20 */
			extensions = true;
		}
	}
	if (rc == 0)
		rc = mls__list_check_twins(g, list);
	if (rc == 0)
		rc = check_packages(g, list);
	return rc;
}
