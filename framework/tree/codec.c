/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.3.3: the ratchet_tree extension. */
#include <stdlib.h>
#include <string.h>

#include "base/customs.h"
#include "base/error.h"
#include "tree/state.h"

enum { NODE_LEAF = 1, NODE_PARENT = 2 };

void
mls__tree_write(struct mls_writer *w, struct mls_tree *t)
{
	uint32_t node, last = mls__node_count(t->width);
	const struct mls_node *content;
	size_t at = mls__write_open(w);

	while (last > 0 && mls__tree_node(t, last - 1) == NULL)
		last--;
	for (node = 0; node < last; node++) {
		content = mls__tree_node(t, node);
		mls__write_u8(w, content != NULL);
		if (content == NULL)
			continue;
		mls__write_u8(w, content->is_leaf ? NODE_LEAF : NODE_PARENT);
		mls__write_bytes(w, content->raw);
	}
	mls__write_close(w, at);
	if (t->error != 0)
		mls__writer_fail(w, t->error);
}

void
mls__tree_members_begin(struct mls_reader *nodes, struct mls_buf in)
{
	struct mls_reader r;

	mls__reader_init(&r, in);
	r.customs = &mls__customs_any;
	*nodes = mls__read_vector(&r);
}

bool
mls__tree_members_next(struct mls_leaf *out, uint32_t *at,
    struct mls_reader *nodes)
{
	struct mls_parent parent;
	bool present;

	while (mls__reader_more(nodes)) {
		present = mls__read_present(nodes);
		++*at; /* behind MLS_NO_NODE comes 0 */
		if (present && mls__read_u8(nodes) == NODE_LEAF) {
			mls__leaf_read(out, nodes);
			return nodes->error == 0;
		}
		if (present)
			mls__parent_read(&parent, nodes);
	}
	return false;
}

/* One Node; its extent is learnt by decoding it from the input. */
static int
read_node(struct mls_tree *t, uint32_t at, struct mls_reader *r)
{
	struct mls_node **out =
	    &mls__page_of(&t->pages, at)->slot[at % MLS_PAGE_SLOTS].node;
	struct mls_leaf leaf;
	struct mls_parent parent;
	uint8_t type = mls__read_u8(r);
	int rc;

	if (r->error != 0)
		return r->error;
	if (type != NODE_LEAF && type != NODE_PARENT) /* WIRE-15 */
		return MLS_E_UNKNOWN_NODE_TYPE;
	if ((type == NODE_LEAF) != mls__node_is_leaf(at)) /* TREE-04 */
		return MLS_E_TREE_NODE_POSITION;
	if (type == NODE_PARENT) {
		mls__parent_read(&parent, r);
		return r->error != 0 ? r->error :
		    mls__node_borrow(out, parent.raw, false);
	}
	mls__leaf_read(&leaf, r);
	rc = r->error;
	if (rc == 0)
		rc = mls__node_borrow(out, leaf.raw, true);
	return rc == 0 ? mls__capsets_count(&t->capsets, &leaf, 1) : rc;
}

/* Room for another node, and the node. */
static int
read_place(struct mls_tree *t, uint32_t at, struct mls_reader *r)
{
	int rc = mls__pages_reserve(&t->pages, at);

	if (rc == 0 && mls__page_take(&t->pages, at) == NULL)
		rc = MLS_E_OUT_OF_MEMORY;
	if (rc == 0 && mls__read_present(r))
		rc = read_node(t, at, r);
	return rc;
}

/* How many there are goes to *n. */
static void
read_nodes(uint32_t *n, struct mls_tree *t, struct mls_reader *r,
    uint32_t max_leaves)
{
	struct mls_reader sub = mls__read_vector(r);
	int rc;

	if (max_leaves > MLS_MAX_LEAVES)
		max_leaves = MLS_MAX_LEAVES;
	while (mls__reader_more(&sub)) {
		rc = *n / 2 >= max_leaves ? MLS_E_TREE_TOO_LARGE : /* LIMIT-02 */
		    read_place(t, *n, &sub);
		if (rc != 0)
			mls__reader_fail(&sub, rc);
		++*n;
	}
	mls__reader_join(r, &sub);
}

static const struct mls_node *
node_at(const struct mls_tree *t, uint32_t at)
{
	const struct mls_page *page = mls__page_of(&t->pages, at);

	return page != NULL ? page->slot[at % MLS_PAGE_SLOTS].node : NULL;
}

/* TREE-01 to TREE-03 */
static int
check_length(const struct mls_tree *t, uint32_t n)
{
	if (n == 0)
		return MLS_E_TREE_EMPTY;
	if (node_at(t, n - 1) == NULL)
		return MLS_E_TREE_TRAILING_BLANK;
	if (n % 2 == 0)
		return MLS_E_TREE_EVEN_LENGTH;
	return 0;
}

/* What the children tell of the slot. */
static void
fill_slot(struct mls_tree *t, uint32_t at)
{
	const struct mls_slot *l = &mls__slot_blank, *r = &mls__slot_blank;
	const struct mls_node *content = node_at(t, at);
	struct mls_slot *slot;

	if (!mls__node_is_leaf(at)) {
		l = mls__tree_slot(t, mls__node_left(at));
		r = mls__tree_slot(t, mls__node_right(at));
	}
	if (content == NULL && l->members == 0 && r->members == 0 &&
	    l->resolution == 0 && r->resolution == 0)
		return;
	slot = mls__tree_edit(t, at);
	if (slot == NULL)
		return;
	slot->members = (l->members + r->members) & MLS_SLOT_MEMBERS;
	slot->resolution = l->resolution + r->resolution;
	if (content == NULL)
		return;
	slot->resolution = 1;
	if (content->is_leaf)
		slot->members = 1;
	else
		slot->resolution += (uint32_t)
		    mls__unmerged_count(&content->open->parent);
}

/* Level by level, so that the children come first. */
static void
fill(struct mls_tree *t)
{
	uint32_t n = mls__node_count(t->width), step, at;

	for (step = 1; step <= t->width; step *= 2)
		for (at = step - 1; at < n; at += 2 * step)
			fill_slot(t, at);
}

/* What follows from the nodes. */
static int
build(struct mls_tree *t, uint32_t n, const uint8_t *octets)
{
	int rc;

	t->width = mls__width_for(n / 2 + 1); /* TREE-05 */
	rc = mls__pages_reserve(&t->pages, mls__node_count(t->width));
	if (rc != 0)
		return rc;
	fill(t);
	rc = t->error;
	if (rc == 0)
		rc = mls__tree_check_nodes(t);
	if (rc == 0)
		rc = mls__index_read(t, octets);
	return rc == 0 ? mls__tree_hash_all(t) : rc;
}

int
mls__tree_read_on(struct mls_tree **out, const struct mls_suite *s,
    struct mls_buf in, uint32_t max_leaves, const struct mls_customs *customs)
{
	struct mls_tree *t = NULL;
	struct mls_reader r;
	uint32_t n = 0;
	int rc = mls__tree_new(&t, s, 1, NULL);

	if (rc != 0)
		return rc;
	mls__reader_init(&r, in);
	r.customs = customs;
	read_nodes(&n, t, &r, max_leaves);
	rc = mls__reader_end(&r);
	if (rc == 0)
		rc = check_length(t, n);
	if (rc == 0)
		rc = build(t, n, in.data);
	if (rc == 0)
		*out = t;
	else
		mls__tree_free(t);
	return rc;
}

int
mls__tree_read(struct mls_tree **out, const struct mls_suite *s,
    struct mls_buf in, uint32_t max_leaves, const struct mls_customs *customs)
{
	uint8_t *copy = mls__octets_alloc(in.len);
	int rc;

	if (copy == NULL)
		return MLS_E_OUT_OF_MEMORY;
	if (in.len != 0)
		memcpy(copy, in.data, in.len);
	rc = mls__tree_read_on(out, s, mls__buf(copy, in.len), max_leaves,
	    customs);
	if (rc == 0)
		(*out)->octets = copy;
	else
		free(copy);
	return rc;
}
