/* SPDX-License-Identifier: MIT */
/* The index of a tree that is read at once. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tree/state.h"

/* Keys that are worth another thread. */
#define GRAIN 64

struct bulks {
	struct mls_tree *tree;
	const uint8_t *octets;
	enum mls_index_kind kind; /* whose rows are hashed */
};

static struct mls_index_bulk *
bulk_of(const struct bulks *b, size_t i)
{
	return &b->tree->index.bulk[MLS_INDEX_ENCRYPTION + i];
}

/* How many nodes have a key of the kind. */
static size_t
count_rows(struct mls_tree *t, enum mls_index_kind kind)
{
	uint32_t n = mls__node_count(t->width), at;
	const struct mls_node *node;
	size_t count = 0;

	for (at = 0; at < n; at++) {
		node = mls__tree_node(t, at);
		count += node != NULL &&
		    (node->is_leaf || kind == MLS_INDEX_ENCRYPTION);
	}
	return count;
}

/* Whose key of the kind is whose, and where. */
static int
list_rows(void *arg, size_t i)
{
	const struct bulks *b = arg;
	struct mls_index_bulk *bulk = bulk_of(b, i);
	enum mls_index_kind kind = MLS_INDEX_ENCRYPTION + (unsigned)i;
	uint32_t n = mls__node_count(b->tree->width), at;
	bool direct = kind != MLS_INDEX_IDENTITY;
	struct mls_index_row *row;
	struct mls_buf key;

	row = bulk->v = mls__array_alloc(count_rows(b->tree, kind),
	    sizeof(*bulk->v));
	if (row == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (at = 0; at < n; at++) {
		if (!mls__node_index_octets(&key, mls__tree_node(b->tree, at),
		    kind))
			continue;
		direct = direct && key.len == MLS_INDEX_HASH;
		row->at = (uint32_t)(key.data - b->octets);
		row++->node = at;
	}
	bulk->n = (size_t)(row - bulk->v);
	/* Keys that are all their own hash need no other place. */
	bulk->octets = direct ? b->octets : NULL;
	return 0;
}

static int
hash_row(void *arg, size_t i)
{
	const struct bulks *b = arg;
	struct mls_index_bulk *bulk = &b->tree->index.bulk[b->kind];
	struct mls_index_row *row = &bulk->v[i];
	struct mls_index_key key;
	struct mls_buf octets;
	int rc;

	mls__node_index_octets(&octets, mls__tree_node(b->tree, row->node),
	    b->kind);
	rc = mls__index_key(&key, b->tree->suite, b->kind, octets);
	row->at = (uint32_t)(i * MLS_INDEX_HASH);
	if (rc == 0)
		memcpy(bulk->own + row->at, key.hash, MLS_INDEX_HASH);
	return rc;
}

static int
hash_rows(struct bulks *b)
{
	struct mls_tree *t = b->tree;
	struct mls_index_bulk *bulk = &t->index.bulk[b->kind];

	if (bulk->octets != NULL)
		return 0;
	bulk->octets = bulk->own = mls__octets_alloc(
	    bulk->n * MLS_INDEX_HASH);
	if (bulk->own == NULL)
		return MLS_E_OUT_OF_MEMORY;
	return mls__plugins_each(t->suite->plugins, t->suite->hash.inst,
	    bulk->n, GRAIN, hash_row, b);
}

/* A row as it is sorted. */
struct sorted {
	const uint8_t *hash;
	struct mls_index_row row;
};

static int
compare(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	int c = memcmp(x->hash, y->hash, MLS_INDEX_HASH);

	return c != 0 ? c : x->row.node < y->row.node ? -1 :
	    x->row.node > y->row.node;
}

static int
sort_bulk(void *arg, size_t i)
{
	struct mls_index_bulk *bulk = bulk_of(arg, i);
	struct sorted *v = mls__array_alloc(bulk->n, sizeof(*v));
	size_t at;

	if (v == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (at = 0; at < bulk->n; at++)
		v[at] = (struct sorted){ bulk->octets + bulk->v[at].at,
			bulk->v[at] };
	qsort(v, bulk->n, sizeof(*v), compare);
	for (at = 0; at < bulk->n; at++)
		bulk->v[at] = v[at].row;
	free(v);
	return 0;
}

/* LEAF-22, LEAF-23, TREE-17: keys are unique, identities need not be. */
static int
check_bulk(const struct mls_index_bulk *bulk, enum mls_index_kind kind)
{
	const struct mls_index_row *a, *b;
	size_t i;

	for (i = 1; i < bulk->n; i++) {
		a = &bulk->v[i - 1];
		b = &bulk->v[i];
		if (memcmp(bulk->octets + a->at, bulk->octets + b->at,
		    MLS_INDEX_HASH) != 0)
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

int
mls__index_read(struct mls_tree *t, const uint8_t *octets)
{
	struct bulks b = { t, octets, MLS_INDEX_ENCRYPTION };
	struct mls_index_bulk *bulk = t->index.bulk;
	int kind, rc;

	rc = mls__plugins_each(t->suite->plugins, NULL, MLS_INDEX_IDENTITY, 1,
	    list_rows, &b);
	for (kind = b.kind; kind <= MLS_INDEX_IDENTITY && rc == 0; kind++) {
		b.kind = (enum mls_index_kind)kind;
		rc = hash_rows(&b);
	}
	if (rc == 0)
		rc = mls__plugins_each(t->suite->plugins, NULL,
		    MLS_INDEX_IDENTITY, 1, sort_bulk, &b);
	if (rc == 0)
		rc = check_bulk(&bulk[MLS_INDEX_ENCRYPTION],
		    MLS_INDEX_ENCRYPTION);
	if (rc == 0)
		rc = check_bulk(&bulk[MLS_INDEX_SIGNATURE],
		    MLS_INDEX_SIGNATURE);
	return rc;
}
