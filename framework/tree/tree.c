/* SPDX-License-Identifier: MIT */
/* RFC 9420 §4, §7: the slots of a tree and what is kept beside them. */
#include "tree/state.h"

#include <stdlib.h>

#include "base/compat.h"
#include "base/customs.h"
#include "base/error.h"

int
mls__tree_new(struct mls_tree **out, const struct mls_suite *s,
    uint32_t width, const struct mls_tree_source *source)
{
	struct mls_tree *t;
	int rc;

	if (width == 0 || width > MLS_MAX_LEAVES || (width & (width - 1)))
		return MLS_E_ARGUMENT;
	t = mls__alloc(sizeof(*t));
	if (t == NULL)
		return MLS_E_OUT_OF_MEMORY;
	t->suite = s;
	t->width = width;
	t->sourced = source != NULL;
	if (t->sourced)
		t->source = *source;
	t->pages.nh = s->nh;
	rc = mls__pages_reserve(&t->pages, mls__node_count(width));
	if (rc == 0)
		*out = t;
	else
		mls__tree_free(t);
	return rc;
}

int
mls__tree_capset_load(struct mls_tree *t, const struct mls_capset *set)
{
	return mls__capsets_load(&t->capsets, set);
}

int
mls__tree_diff(struct mls_tree **out, struct mls_tree *base)
{
	struct mls_tree *t;
	int rc;

	MLS_DEBUG_ASSERT(base->base == NULL);
	rc = mls__tree_hash_below(base, mls__node_root(base->width));
	if (rc != 0)
		return rc;
	t = mls__alloc(sizeof(*t));
	if (t == NULL)
		return MLS_E_OUT_OF_MEMORY;
	t->suite = base->suite;
	t->base = base;
	t->width = base->width;
	t->index.diff = true;
	t->index.base = base->sourced ? NULL : &base->index;
	t->capsets.base = &base->capsets;
	t->capsets.next_id = base->capsets.next_id;
	*out = t;
	return 0;
}

void
mls__tree_free(struct mls_tree *t)
{
	if (t == NULL)
		return;
	mls__pages_free(&t->pages);
	mls__overlay_free(&t->overlay);
	mls__index_free(&t->index);
	mls__capsets_free(&t->capsets);
	free(t->octets);
	free(t);
}

void
mls__tree_fail(struct mls_tree *t, int error)
{
	if (t->error == 0)
		t->error = error;
}

int
mls__tree_error(const struct mls_tree *t)
{
	return t->error;
}

void
mls__tree_retry(struct mls_tree *t)
{
	t->error = 0;
}

const struct mls_suite *
mls__tree_suite(const struct mls_tree *t)
{
	return t->suite;
}

uint32_t
mls__tree_width(const struct mls_tree *t)
{
	return t->width;
}

uint32_t
mls__tree_members(struct mls_tree *t)
{
	return mls__tree_slot(t, mls__node_root(t->width))->members;
}

/* A slot from the source into its page. */
static int
fetch(struct mls_page *page, struct mls_tree *base, uint32_t node)
{
	uint32_t i = node % MLS_PAGE_SLOTS;
	int rc;

	if (base->sourced) {
		rc = base->source.load(base->source.arg, node,
		    &page->slot[i]);
		if (rc != 0)
			return rc;
	}
	page->loaded |= (uint32_t)1 << i;
	return 0;
}

/* The page of a base tree with the slot in it, from the source if need be; an
 * error is noted in the tree that asks. */
static struct mls_page *
load(struct mls_tree *base, uint32_t node, struct mls_tree *asking)
{
	struct mls_page *page = mls__page_take(&base->pages, node);
	uint32_t bit = (uint32_t)1 << node % MLS_PAGE_SLOTS;
	int rc = MLS_E_OUT_OF_MEMORY;

	if (page != NULL)
		rc = page->loaded & bit ? 0 : fetch(page, base, node);
	if (rc == 0)
		return page;
	mls__tree_fail(asking, rc);
	return NULL;
}

static const struct mls_slot *
base_slot(struct mls_tree *base, uint32_t node, struct mls_tree *asking)
{
	struct mls_page *page;

	if (node >= mls__node_count(base->width))
		return &mls__slot_blank;
	page = base->sourced ? load(base, node, asking) :
	    mls__page_of(&base->pages, node);
	return page != NULL ? &page->slot[node % MLS_PAGE_SLOTS] :
	    &mls__slot_blank;
}

const struct mls_slot *
mls__tree_slot(struct mls_tree *t, uint32_t node)
{
	const struct mls_overlay_slot *e;

	if (node >= mls__node_count(t->width))
		return &mls__slot_blank;
	if (t->base == NULL)
		return base_slot(t, node, t);
	e = mls__overlay_find(&t->overlay, node);
	return e != NULL ? &e->slot : base_slot(t->base, node, t);
}

static struct mls_overlay_slot *
copy_up(struct mls_tree *t, uint32_t node)
{
	struct mls_overlay_slot *e = mls__overlay_find(&t->overlay, node);
	const struct mls_slot *old;

	if (e != NULL)
		return e;
	old = base_slot(t->base, node, t);
	if (t->error != 0)
		return NULL;
	e = mls__overlay_add(&t->overlay, node, t->suite->nh);
	if (e == NULL) {
		mls__tree_fail(t, MLS_E_OUT_OF_MEMORY);
		return NULL;
	}
	mls__slot_copy(&e->slot, old, t->suite->nh);
	mls__node_ref(e->slot.node);
	mls__count(t->suite->plugins, MLS_COUNT_NODE_COPY, 1);
	return e;
}

struct mls_slot *
mls__tree_edit(struct mls_tree *t, uint32_t node)
{
	struct mls_overlay_slot *e;
	struct mls_page *page;

	if (t->error != 0)
		return NULL;
	t->prepared = false;
	if (t->base != NULL) {
		e = copy_up(t, node);
		return e != NULL ? &e->slot : NULL;
	}
	page = load(t, node, t);
	return page != NULL ? &page->slot[node % MLS_PAGE_SLOTS] : NULL;
}

struct mls_node *
mls__tree_node(struct mls_tree *t, uint32_t node)
{
	return mls__tree_slot(t, node)->node;
}

/* An open leaf takes the place of a closed one; only a tree in memory has
 * such, or a diff over it. */
static struct mls_node *
open_leaf(struct mls_tree *t, uint32_t at)
{
	struct mls_overlay_slot *e = mls__overlay_find(&t->overlay, at);
	struct mls_pages *pages = &(t->base != NULL ? t->base : t)->pages;
	struct mls_slot *slot = e != NULL ? &e->slot :
	    &mls__page_of(pages, at)->slot[at % MLS_PAGE_SLOTS];
	struct mls_node *closed = slot->node;
	int rc = mls__node_new_leaf(&slot->node, closed->raw);

	if (rc != 0) {
		mls__tree_fail(t, rc);
		return NULL;
	}
	mls__node_free(closed);
	return slot->node;
}

const struct mls_leaf *
mls__tree_leaf(struct mls_tree *t, uint32_t leaf)
{
	const struct mls_node *node;

	if (leaf >= t->width)
		return NULL;
	node = mls__tree_node(t, mls__leaf_node(leaf));
	if (node != NULL && node->closed)
		node = open_leaf(t, mls__leaf_node(leaf));
	return node != NULL ? &node->open->leaf : NULL;
}

const struct mls_leaf *
mls__tree_look(struct mls_leaf *room, struct mls_tree *t, uint32_t leaf)
{
	const struct mls_node *node = leaf < t->width ?
	    mls__tree_node(t, mls__leaf_node(leaf)) : NULL;

	return node != NULL ? mls__leaf_of(room, node) : NULL;
}

bool
mls__node_index_octets(struct mls_buf *out, const struct mls_node *node,
    enum mls_index_kind kind)
{
	struct mls_credential credential;
	struct mls_reader r;

	if (node == NULL || (!node->is_leaf && kind != MLS_INDEX_ENCRYPTION))
		return false;
	/* The leaf begins with them. */
	mls__reader_init(&r, node->raw);
	r.customs = &mls__customs_any;
	*out = mls__read_short(&r);
	if (kind != MLS_INDEX_ENCRYPTION)
		*out = mls__read_short(&r);
	if (kind == MLS_INDEX_IDENTITY) {
		mls__credential_read(&credential, &r);
		*out = credential.raw;
	}
	return true;
}

static int
reindex_kind(struct mls_tree *t, uint32_t at, const struct mls_node *old,
    const struct mls_node *new, enum mls_index_kind kind)
{
	struct mls_buf was, is;
	struct mls_index_key key;
	bool had = mls__node_index_octets(&was, old, kind);
	bool has = mls__node_index_octets(&is, new, kind);
	int rc = 0;

	if (had && has && mls__equal(was, is))
		return 0;
	if (had)
		rc = mls__index_key(&key, t->suite, kind, was);
	if (had && rc == 0)
		rc = mls__index_del(&t->index, &key, at);
	if (has && rc == 0)
		rc = mls__index_key(&key, t->suite, kind, is);
	if (has && rc == 0)
		rc = mls__index_add(&t->index, &key, at);
	return rc;
}

/* Index and capability sets follow a change of content. */
static int
follow(struct mls_tree *t, uint32_t at, const struct mls_node *old,
    const struct mls_node *new)
{
	struct mls_leaf room;
	int kind, rc = 0;

	for (kind = MLS_INDEX_ENCRYPTION; kind <= MLS_INDEX_IDENTITY; kind++)
		if (rc == 0)
			rc = reindex_kind(t, at, old, new,
			    (enum mls_index_kind)kind);
	if (rc == 0 && new != NULL && new->is_leaf)
		rc = mls__capsets_count(&t->capsets,
		    mls__leaf_of(&room, new), 1);
	if (rc == 0 && old != NULL && old->is_leaf)
		rc = mls__capsets_count(&t->capsets,
		    mls__leaf_of(&room, old), -1);
	return rc;
}

static uint32_t
resolution(struct mls_tree *t, uint32_t at, const struct mls_node *content)
{
	if (mls__node_is_leaf(at))
		return content != NULL;
	if (content != NULL)
		return 1 + (uint32_t)mls__unmerged_count(&content->open->parent);
	return mls__tree_slot(t, mls__node_left(at))->resolution +
	    mls__tree_slot(t, mls__node_right(at))->resolution;
}

/* The caches above a changed node; differences may wrap around. */
static void
climb(struct mls_tree *t, uint32_t node, uint32_t members, uint32_t res)
{
	const struct mls_slot *seen;
	struct mls_slot *slot;

	while ((node = mls__node_parent(node, t->width)) != MLS_NO_NODE) {
		seen = mls__tree_slot(t, node);
		if (seen->node != NULL)
			res = 0;
		if (members == 0 && res == 0 && !seen->hashed)
			return; /* and so is all above */
		slot = mls__tree_edit(t, node);
		if (slot == NULL)
			return;
		slot->members = (slot->members + members) & MLS_SLOT_MEMBERS;
		slot->resolution += res;
		slot->hashed = false;
	}
}

void
mls__tree_put(struct mls_tree *t, uint32_t node, struct mls_node *content)
{
	struct mls_slot *slot;
	struct mls_node *old;
	uint32_t res, members;
	int rc;

	MLS_DEBUG_ASSERT(node < mls__node_count(t->width));
	MLS_DEBUG_ASSERT(content == NULL ||
	    content->is_leaf == mls__node_is_leaf(node));
	MLS_DEBUG_ASSERT(t->base != NULL || !t->sourced);
	if (t->error != 0 || mls__tree_node(t, node) == content)
		return;
	res = resolution(t, node, content);
	slot = mls__tree_edit(t, node);
	if (slot == NULL)
		return;
	rc = follow(t, node, slot->node, content);
	if (rc != 0) {
		mls__tree_fail(t, rc);
		return;
	}
	old = slot->node;
	slot->node = mls__node_ref(content);
	mls__node_free(old);
	members = mls__node_is_leaf(node) ? content != NULL : slot->members;
	members -= slot->members;
	slot->members = (slot->members + members) & MLS_SLOT_MEMBERS;
	res -= slot->resolution;
	slot->resolution += res;
	slot->hashed = false;
	if (t->base != NULL)
		mls__overlay_find(&t->overlay, node)->put = true;
	climb(t, node, members, res);
}

/* What looks for the lowest node, but for one, among those that a source
 * finds. */
struct lowest {
	const struct mls_tree *t;
	const struct mls_index_key *key;
	uint32_t from, but, best;
};

static void
consider(void *arg, uint32_t node)
{
	struct lowest *l = arg;

	if (node >= l->from && node < l->best && node != l->but &&
	    !mls__index_gone(&l->t->index, l->key, node))
		l->best = node;
}

static uint32_t
find(struct mls_tree *t, enum mls_index_kind kind, struct mls_buf octets,
    uint32_t from, uint32_t but)
{
	const struct mls_tree *base = t->base != NULL ? t->base : t;
	struct mls_index_key key;
	struct lowest l = { t, &key, from, but, MLS_NO_NODE };
	uint32_t own;
	int rc;

	if (t->error != 0)
		return MLS_NO_NODE;
	rc = mls__index_key(&key, t->suite, kind, octets);
	if (rc == 0 && base->sourced)
		rc = base->source.find(base->source.arg, kind, key.hash,
		    consider, &l);
	if (rc != 0) {
		mls__tree_fail(t, rc);
		return MLS_NO_NODE;
	}
	own = mls__index_from(&t->index, &key, from);
	if (own == but && own != MLS_NO_NODE)
		own = mls__index_from(&t->index, &key, own + 1);
	return own < l.best ? own : l.best;
}

uint32_t
mls__tree_find(struct mls_tree *t, enum mls_index_kind kind,
    struct mls_buf octets, uint32_t after)
{
	return find(t, kind, octets, after + 1, MLS_NO_NODE);
}

uint32_t
mls__tree_find_other(struct mls_tree *t, enum mls_index_kind kind,
    struct mls_buf octets, uint32_t at)
{
	return find(t, kind, octets, 0, at);
}

const struct mls_capset *
mls__tree_capset(struct mls_tree *t, size_t i)
{
	return mls__capsets_at(&t->capsets, i);
}

int
mls__tree_capset_count(struct mls_tree *t, const struct mls_leaf *leaf,
    int delta)
{
	return mls__capsets_count(&t->capsets, leaf, delta);
}
