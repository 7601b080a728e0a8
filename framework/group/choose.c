/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.2: which of the cached proposals a commit of ours takes up. */
#include "group/choose.h"

#include <string.h>

#include "group/effects.h"
#include "group/self_remove.h"

/* What a cached proposal does to which leaf; MLS_NO_LEAF: to none. */
enum touch { UPDATES, REMOVES, LEAVES };

static uint32_t
touched(enum touch *how, struct mls_cached *c)
{
	struct mls_item item;

	mls__item_cached(&item, c);
	*how = item.proposal->type == MLS_PROPOSAL_UPDATE ? UPDATES :
	    mls__is_self_remove(item.proposal) ? LEAVES : REMOVES;
	return *how == UPDATES ? item.proposer : mls__item_removes(&item);
}

/* PROP-26, PROP-27, XTN-03: of conflicting proposals of others, which to take:
 * who leaves before a Remove, that before Updates, the latest of either;
 * nothing against ourselves. */
static bool
superseded(const mls_group *g, struct mls_cached *c)
{
	struct mls_cached *o;
	enum touch how, other;
	uint32_t leaf = touched(&how, c);
	bool later = false;

	if (leaf == MLS_NO_LEAF)
		return false;
	if (leaf == g->state->keys.leaf)
		return true;
	for (o = g->cache; o != NULL; o = o->next) {
		if (o == c)
			later = true;
		else if (touched(&other, o) == leaf &&
		    (other > how || (other == how && later)))
			return true;
	}
	return false;
}

/* PROP-33: the end of the group waits while there is other work. */
static bool
waits(const mls_group *g, const struct mls_list *intents,
    const struct mls_cached *c)
{
	struct mls_cached *o;

	if (c->authentic.content.u.proposal.type != MLS_PROPOSAL_REINIT)
		return false;
	for (o = g->cache; o != NULL; o = o->next)
		if (o->authentic.content.u.proposal.type !=
		    MLS_PROPOSAL_REINIT && !superseded(g, o))
			return true;
	return intents->n != 0;
}

/* A by-value intent about a leaf has the last word on it. */
static bool
overruled(const struct mls_list *intents, struct mls_cached *c)
{
	const struct mls_proposal *p = &c->authentic.content.u.proposal, *q;
	enum touch how;
	uint32_t leaf = touched(&how, c);
	size_t i;

	for (i = 0; i < intents->n; i++) {
		q = intents->items[i].proposal;
		if (q->type == MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS &&
		    p->type == q->type)
			return true;
		if (q->type == MLS_PROPOSAL_REMOVE && leaf != MLS_NO_LEAF &&
		    leaf == q->u.removed)
			return true;
	}
	return false;
}

/* What goes into a commit. */
struct choice {
	struct mls_transition *t;
	mls_change *c;
	const struct mls_list *intents;
	struct mls_list cached, taken, left;
};

/* Try what is taken so far on a fresh diff. */
static int
try_taken(struct choice *x)
{
	mls_group *g = x->c->group;
	int rc;

	mls__transition_free(x->t);
	rc = mls__transition_new(x->t, g, &x->c->arena,
	    g->state->keys.leaf);
	if (rc != 0)
		return rc;
	x->t->list = x->taken;
	rc = mls__transition_apply(x->t);
	return rc != 0 ? rc : mls__transition_psks(x->t);
}

/* It says nothing against a proposal that something failed on the way. */
static bool
is_fault(int rc)
{
	const struct mls_error_info *info = mls_error_info(rc);

	return rc == MLS_E_OUT_OF_MEMORY || info == NULL ||
	    (info->family & (MLS_FAMILY_STORAGE | MLS_FAMILY_PROVIDER |
	    MLS_FAMILY_INTERNAL)) != 0;
}

static void
take(struct choice *x, const struct mls_item *items, size_t n)
{
	if (n != 0)
		memcpy(&x->taken.items[x->taken.n], items,
		    n * sizeof(*items));
	x->taken.n += n;
}

/* PROP-28: what spoils the list is left out, one by one; what the caller asked
 * for is not.  Proposals are tried in runs, longer while that goes well and
 * shorter until the one at fault stands alone: a few tries for each. */
static int
choose_slowly(struct choice *x)
{
	const struct mls_list *cached = &x->cached;
	size_t i = 0, run = cached->n, n;
	int rc;

	x->taken.n = 0;
	take(x, x->intents->items, x->intents->n);
	rc = try_taken(x);
	while (rc == 0 && i < cached->n) {
		n = run < cached->n - i ? run : cached->n - i;
		take(x, &cached->items[i], n);
		rc = try_taken(x);
		if (rc == 0) {
			i += n;
			run = 2 * n;
			continue;
		}
		if (is_fault(rc))
			break;
		x->taken.n -= n;
		if (n == 1)
			x->left.items[x->left.n++] = cached->items[i++];
		run = n > 1 ? n / 2 : 1;
		rc = 0;
	}
	return rc != 0 ? rc : try_taken(x);
}

int
mls__choose(struct mls_transition *t, mls_change *c,
    const struct mls_list *intents, bool with_cached)
{
	struct choice x = { t, c, intents, { 0 }, { 0 }, { 0 } };
	size_t most = c->group->cached + intents->n;
	struct mls_cached *p;
	int rc;

	x.taken.items = mls__arena_array(&c->arena, most, sizeof(*x.taken.items));
	x.left.items = mls__arena_array(&c->arena, most, sizeof(*x.left.items));
	x.cached.items = mls__arena_array(&c->arena, most,
	    sizeof(*x.cached.items));
	if (x.taken.items == NULL || x.left.items == NULL ||
	    x.cached.items == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (p = c->group->cache; p != NULL; p = p->next) {
		if (!with_cached || superseded(c->group, p) ||
		    waits(c->group, intents, p) || overruled(intents, p))
			mls__item_cached(&x.left.items[x.left.n++], p);
		else
			mls__item_cached(&x.cached.items[x.cached.n++],
			    p);
	}
	take(&x, x.cached.items, x.cached.n);
	take(&x, intents->items, intents->n);
	rc = try_taken(&x);
	if (rc != 0 && !is_fault(rc) && x.cached.n != 0)
		rc = choose_slowly(&x);
	if (rc == 0)
		rc = mls__effects(&c->summary.left_out,
		    &c->summary.n_left_out, &c->arena, c->group, &x.left,
		    t->committer, NULL);
	return rc;
}
