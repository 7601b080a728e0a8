/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.3.3: the ratchet_tree extension. */
#include <stdlib.h>

#include "base/error.h"
#include "tree/state.h"

enum { NODE_LEAF = 1, NODE_PARENT = 2 };

/* Keys that are hashed at a time. */
#define BATCH 4096
#define GRAIN 64

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

/* Nodes as they come. */
struct nodes {
	struct mls_node **v;
	size_t n, cap;
};

/* One Node; its extent is learnt by decoding it from the input. */
static void
read_node(struct mls_node **out, struct mls_reader *r, size_t position)
{
	struct mls_leaf leaf;
	struct mls_parent parent;
	uint8_t type = mls__read_u8(r);
	int rc = 0;

	if (r->error != 0)
		return;
	if (type != NODE_LEAF && type != NODE_PARENT) /* WIRE-15 */
		rc = MLS_E_UNKNOWN_NODE_TYPE;
	else if ((type == NODE_LEAF) != (position % 2 == 0)) /* TREE-04 */
		rc = MLS_E_TREE_NODE_POSITION;
	if (rc == 0 && type == NODE_LEAF) {
		mls__leaf_read(&leaf, r);
		if (r->error == 0)
			rc = mls__node_new_leaf(out, leaf.raw);
	} else if (rc == 0) {
		mls__parent_read(&parent, r);
		if (r->error == 0)
			rc = mls__node_new_parent(out, parent.raw);
	}
	if (rc != 0)
		mls__reader_fail(r, rc);
}

static void
read_nodes(struct nodes *nodes, struct mls_reader *r, uint32_t max_leaves)
{
	struct mls_reader sub = mls__read_vector(r);
	void *v;
	int rc;

	if (max_leaves > MLS_MAX_LEAVES)
		max_leaves = MLS_MAX_LEAVES;
	while (mls__reader_more(&sub)) {
		v = nodes->v;
		rc = mls__array_grow(&v, &nodes->cap, nodes->n + 1,
		    sizeof(*nodes->v));
		nodes->v = v;
		if (rc == 0 && nodes->n / 2 >= max_leaves) /* LIMIT-02 */
			rc = MLS_E_TREE_TOO_LARGE;
		if (rc != 0) {
			mls__reader_fail(&sub, rc);
			break;
		}
		if (mls__read_present(&sub))
			read_node(&nodes->v[nodes->n], &sub, nodes->n);
		nodes->n++;
	}
	mls__reader_join(r, &sub);
}

/* TREE-01 to TREE-03 */
static int
check_length(const struct nodes *nodes)
{
	if (nodes->n == 0)
		return MLS_E_TREE_EMPTY;
	if (nodes->v[nodes->n - 1] == NULL)
		return MLS_E_TREE_TRAILING_BLANK;
	if (nodes->n % 2 == 0)
		return MLS_E_TREE_EVEN_LENGTH;
	return 0;
}

/* The slot's content, and what its children tell. */
static void
fill_slot(struct mls_tree *t, uint32_t at, struct mls_node *content)
{
	const struct mls_slot *l = &mls__slot_blank, *r = &mls__slot_blank;
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
	slot->node = mls__node_ref(content);
	slot->members = l->members + r->members;
	slot->resolution = l->resolution + r->resolution;
	if (content != NULL && content->is_leaf)
		slot->members = slot->resolution = 1;
	else if (content != NULL)
		slot->resolution = 1 +
		    (uint32_t)mls__unmerged_count(&content->u.parent);
}

/* Level by level, so that the children come first. */
static void
fill(struct mls_tree *t, const struct nodes *nodes)
{
	uint32_t n = mls__node_count(t->width), step, at;

	for (step = 1; step <= t->width; step *= 2)
		for (at = step - 1; at < n; at += 2 * step)
			fill_slot(t, at, at < nodes->n ? nodes->v[at] : NULL);
}

/* A key to be hashed for the index. */
struct item {
	struct mls_buf octets;
	struct mls_index_key key;
	uint32_t node;
	int status;
};

struct items {
	const struct mls_suite *suite;
	size_t n;
	struct item v[BATCH];
};

static void
hash_items(void *arg, size_t from, size_t to)
{
	struct items *items = arg;
	struct item *i;

	for (; from < to; from++) {
		i = &items->v[from];
		i->status = mls__index_key(&i->key, items->suite, i->key.kind,
		    i->octets);
	}
}

/* LEAF-22, LEAF-23, TREE-17: keys are unique, identities need not be. */
static int
insert_item(struct mls_tree *t, const struct item *i)
{
	uint32_t twin;

	if (i->status != 0)
		return i->status;
	twin = i->key.kind != MLS_INDEX_IDENTITY ?
	    mls__index_from(&t->index, &i->key, 0) : MLS_NO_NODE;
	if (twin == MLS_NO_NODE)
		return mls__index_add(&t->index, &i->key, i->node);
	if (i->key.kind == MLS_INDEX_SIGNATURE)
		return MLS_E_DUPLICATE_SIGNATURE_KEY;
	return mls__node_is_leaf(twin) && mls__node_is_leaf(i->node) ?
	    MLS_E_DUPLICATE_ENCRYPTION_KEY : MLS_E_DUPLICATE_PARENT_KEY;
}

static int
flush(struct mls_tree *t, struct items *items)
{
	size_t i;
	int rc;

	rc = mls__plugins_parallel(t->suite->plugins, t->suite->hash.inst,
	    items->n, GRAIN, hash_items, items);
	for (i = 0; i < items->n && rc == 0; i++)
		rc = insert_item(t, &items->v[i]);
	items->n = 0;
	return rc;
}

static void
push_node(struct items *items, const struct mls_node *node, uint32_t at)
{
	int kind;

	for (kind = MLS_INDEX_ENCRYPTION; kind <= MLS_INDEX_IDENTITY; kind++) {
		struct item *i = &items->v[items->n];

		i->node = at;
		i->key.kind = (enum mls_index_kind)kind;
		if (mls__node_index_octets(&i->octets, node, i->key.kind))
			items->n++;
	}
}

static int
fill_index(struct mls_tree *t, const struct nodes *nodes)
{
	struct items *items = mls__alloc(sizeof(*items));
	size_t i;
	int rc = 0;

	if (items == NULL)
		return MLS_E_OUT_OF_MEMORY;
	items->suite = t->suite;
	for (i = 0; i < nodes->n && rc == 0; i++) {
		if (nodes->v[i] == NULL)
			continue;
		push_node(items, nodes->v[i], (uint32_t)i);
		if (nodes->v[i]->is_leaf)
			rc = mls__capsets_count(&t->capsets,
			    &nodes->v[i]->u.leaf, 1);
		if (rc == 0 && items->n > BATCH - 3)
			rc = flush(t, items);
	}
	if (rc == 0)
		rc = flush(t, items);
	free(items);
	return rc;
}

static int
build(struct mls_tree **out, const struct mls_suite *s,
    const struct nodes *nodes)
{
	uint32_t width = mls__width_for((uint32_t)(nodes->n / 2 + 1));
	struct mls_tree *t = NULL;
	int rc = mls__tree_new(&t, s, width, NULL); /* TREE-05 */

	if (rc != 0)
		return rc;
	fill(t, nodes);
	rc = t->error;
	if (rc == 0)
		rc = mls__tree_check_nodes(t);
	if (rc == 0)
		rc = fill_index(t, nodes);
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
	struct nodes nodes = { 0 };
	struct mls_reader r;
	size_t i;
	int rc;

	mls__reader_init(&r, in);
	r.customs = customs;
	read_nodes(&nodes, &r, max_leaves);
	rc = mls__reader_end(&r);
	if (rc == 0)
		rc = check_length(&nodes);
	if (rc == 0)
		rc = build(out, s, &nodes);
	for (i = 0; i < nodes.n; i++)
		mls__node_free(nodes.v[i]);
	free(nodes.v);
	return rc;
}
