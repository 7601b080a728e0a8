/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.3.3: the ratchet_tree extension. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tree/state.h"

enum { NODE_LEAF = 1, NODE_PARENT = 2 };

#define GRAIN 64 /* keys that are worth another thread */

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

/* The index of a tree while it is made, a kind at a time. */
struct rows {
	const struct mls_suite *suite;
	const struct nodes *nodes;
	struct mls_index_bulk *bulk;
	int kind;
	_Atomic int status; /* an error of any of them */
};

/* Whose key is whose, before it is known what the index calls it. */
static int
list_rows(struct mls_index_bulk *bulk, const struct nodes *nodes, int kind)
{
	struct mls_buf octets;
	size_t n = 0, i;
	int pass;

	for (pass = 0; pass < 2; pass++) {
		for (n = 0, i = 0; i < nodes->n; i++) {
			if (!mls__node_index_octets(&octets, nodes->v[i],
			    (enum mls_index_kind)kind))
				continue;
			if (pass != 0)
				bulk->v[n].node = (uint32_t)i;
			n++;
		}
		if (pass != 0)
			break;
		bulk->v = mls__array_alloc(n, sizeof(*bulk->v));
		if (bulk->v == NULL)
			return MLS_E_OUT_OF_MEMORY;
	}
	bulk->n = n;
	return 0;
}

static void
hash_rows(void *arg, size_t from, size_t to)
{
	struct rows *r = arg;
	enum mls_index_kind kind = (enum mls_index_kind)r->kind;
	struct mls_index_row *row;
	struct mls_index_key key;
	struct mls_buf octets;
	int rc = 0;

	for (; from < to && rc == 0; from++) {
		row = &r->bulk[kind].v[from];
		mls__node_index_octets(&octets, r->nodes->v[row->node], kind);
		rc = mls__index_key(&key, r->suite, kind, octets);
		if (rc == 0)
			memcpy(row->hash, key.hash, sizeof(row->hash));
	}
	if (rc != 0)
		r->status = rc;
}

static void
sort_rows(void *arg, size_t from, size_t to)
{
	struct rows *r = arg;

	for (; from < to; from++)
		mls__index_rows_sort(r->bulk[MLS_INDEX_ENCRYPTION + from].v,
		    r->bulk[MLS_INDEX_ENCRYPTION + from].n);
}

/* LEAF-22, LEAF-23, TREE-17: keys are unique, identities need not be. */
static int
check_rows(const struct mls_index_bulk *bulk, int kind)
{
	const struct mls_index_row *a, *b;
	size_t i;

	for (i = 1; i < bulk->n; i++) {
		a = &bulk->v[i - 1];
		b = &bulk->v[i];
		if (memcmp(a->hash, b->hash, sizeof(a->hash)) != 0)
			continue;
		if (kind == MLS_INDEX_SIGNATURE)
			return MLS_E_DUPLICATE_SIGNATURE_KEY;
		return mls__node_is_leaf(a->node) &&
		    mls__node_is_leaf(b->node) ?
		    MLS_E_DUPLICATE_ENCRYPTION_KEY :
		    MLS_E_DUPLICATE_PARENT_KEY;
	}
	return 0;
}

static int
fill_index(struct mls_tree *t, const struct nodes *nodes)
{
	struct rows r = { .suite = t->suite, .nodes = nodes,
		.bulk = t->index.bulk };
	int rc = 0;

	for (r.kind = MLS_INDEX_ENCRYPTION; r.kind <= MLS_INDEX_IDENTITY &&
	    rc == 0; r.kind++) {
		rc = list_rows(&r.bulk[r.kind], nodes, r.kind);
		if (rc == 0)
			rc = mls__plugins_parallel(t->suite->plugins,
			    t->suite->hash.inst, r.bulk[r.kind].n, GRAIN,
			    hash_rows, &r);
		if (rc == 0)
			rc = r.status;
	}
	if (rc == 0)
		rc = mls__plugins_parallel(t->suite->plugins, NULL,
		    MLS_INDEX_IDENTITY, 1, sort_rows, &r);
	if (rc == 0)
		rc = check_rows(&r.bulk[MLS_INDEX_ENCRYPTION],
		    MLS_INDEX_ENCRYPTION);
	if (rc == 0)
		rc = check_rows(&r.bulk[MLS_INDEX_SIGNATURE],
		    MLS_INDEX_SIGNATURE);
	return rc;
}

static int
fill_capsets(struct mls_tree *t, const struct nodes *nodes)
{
	size_t i;
	int rc = 0;

	for (i = 0; i < nodes->n && rc == 0; i += 2)
		if (nodes->v[i] != NULL)
			rc = mls__capsets_count(&t->capsets,
			    &nodes->v[i]->u.leaf, 1);
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
		rc = fill_capsets(t, nodes);
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
