/* SPDX-License-Identifier: MIT */
/* What a diff would write, and its merging into the base. */
#include "tree/state.h"

#include "base/compat.h"
#include "base/error.h"

static int
visit_touched(struct mls_tree *diff, const struct mls_tree_visitor *v)
{
	uint32_t now = mls__node_count(diff->width), node;
	uint32_t was = mls__node_count(diff->base->width);
	const struct mls_overlay_slot *e;
	size_t i;
	int rc = 0;

	for (i = 0; i < diff->overlay.n && rc == 0; i++) {
		e = diff->overlay.all[i];
		if (e->node < now)
			rc = v->slot(v->arg, e->node, &e->slot);
	}
	for (node = now; node < was && rc == 0; node++)
		rc = v->slot(v->arg, node, NULL);
	return rc;
}

static int
visit_all(struct mls_tree *t, const struct mls_tree_visitor *v)
{
	uint32_t n = mls__node_count(t->width), node;
	int rc = 0;

	for (node = 0; node < n && rc == 0; node++)
		rc = v->slot(v->arg, node, mls__tree_slot(t, node));
	return rc != 0 ? rc : t->error;
}

int
mls__tree_visit(struct mls_tree *t, const struct mls_tree_visitor *v)
{
	int rc = mls__tree_hash_below(t, mls__node_root(t->width));

	if (rc == 0)
		rc = t->base != NULL ? visit_touched(t, v) : visit_all(t, v);
	if (rc == 0)
		rc = mls__index_visit(&t->index, v);
	if (rc == 0)
		rc = mls__capsets_visit(&t->capsets, v);
	return rc;
}

/* A tree with a source holds blank slots too: the diff must have all of the
 * new half, and hashing makes them. */
int
mls__tree_merge_prepare(struct mls_tree *diff)
{
	struct mls_tree *base = diff->base;
	uint32_t now = mls__node_count(diff->width);
	const struct mls_overlay_slot *e;
	size_t i;
	int rc = diff->error;

	if (rc == 0 && base->sourced)
		rc = mls__tree_hash_below(diff, mls__node_root(diff->width));
	if (rc == 0)
		rc = mls__pages_reserve(&base->pages, now);
	if (rc == 0)
		rc = mls__capsets_prepare(&base->capsets, &diff->capsets);
	for (i = 0; i < diff->overlay.n && rc == 0; i++) {
		e = diff->overlay.all[i];
		if (e->node < now && mls__page_take(&base->pages,
		    e->node) == NULL)
			rc = MLS_E_OUT_OF_MEMORY;
	}
	diff->prepared = rc == 0;
	return rc;
}

/* The slot's node changes its owner; the overlay gets the old one. */
static void
settle(struct mls_tree *base, struct mls_overlay_slot *e)
{
	struct mls_page *page = mls__page_of(&base->pages, e->node);
	uint32_t i = e->node % MLS_PAGE_SLOTS;
	struct mls_node *old = page->slot[i].node;

	mls__slot_copy(&page->slot[i], &e->slot, base->suite->nh);
	page->loaded |= (uint32_t)1 << i;
	e->slot.node = old;
}

void
mls__tree_merge(struct mls_tree *diff)
{
	struct mls_tree *base = diff->base;
	uint32_t now = mls__node_count(diff->width);
	size_t i;

	MLS_DEBUG_ASSERT(diff->prepared && diff->error == 0);
	if (diff->width < base->width)
		mls__pages_trim(&base->pages, now);
	base->width = diff->width;
	for (i = 0; i < diff->overlay.n; i++)
		if (diff->overlay.all[i]->node < now)
			settle(base, diff->overlay.all[i]);
	/* The index of a tree with a source is the store's. */
	if (!base->sourced)
		mls__index_merge(&base->index, &diff->index);
	mls__capsets_merge(&base->capsets, &diff->capsets);
	mls__tree_free(diff);
}
