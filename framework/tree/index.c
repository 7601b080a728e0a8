/* SPDX-License-Identifier: MIT */
#include "tree/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/compat.h"
#include "base/error.h"

static const struct mls_index_entry *
entry(const struct mls_order *e)
{
	return (const struct mls_index_entry *)e;
}

/* Eight octets as a number that sorts as they do. */
static uint64_t
word(const uint8_t *p)
{
	return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 |
	    (uint64_t)p[2] << 40 | (uint64_t)p[3] << 32 |
	    (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
	    (uint64_t)p[6] << 8 | p[7];
}

static int
compare(const struct mls_order *oa, const struct mls_order *ob)
{
	const struct mls_index_entry *a = entry(oa), *b = entry(ob);
	uint64_t x, y;
	int c;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	/* Most often they differ in the first octets. */
	x = word(a->hash);
	y = word(b->hash);
	if (x != y)
		return x < y ? -1 : 1;
	c = memcmp(a->hash, b->hash, sizeof(a->hash));
	if (c != 0)
		return c;
	return a->node == b->node ? 0 : a->node < b->node ? -1 : 1;
}

static struct mls_index_entry
probe(const struct mls_index_key *key, uint32_t node)
{
	struct mls_index_entry e = { .node = node };

	e.kind = (uint8_t)key->kind;
	memcpy(e.hash, key->hash, sizeof(e.hash));
	return e;
}

int
mls__index_key(struct mls_index_key *out, const struct mls_suite *s,
    enum mls_index_kind kind, struct mls_buf octets)
{
	uint8_t hash[MLS_MAX_HASH];
	int rc;

	/* Keys are of one length, so that those of this one are their own
	 * hash. */
	if (octets.len == MLS_INDEX_HASH && kind != MLS_INDEX_IDENTITY) {
		out->kind = kind;
		memcpy(out->hash, octets.data, octets.len);
		return 0;
	}
	if (s->nh < MLS_INDEX_HASH)
		return MLS_E_UNSUPPORTED_CIPHER_SUITE;
	rc = mls__hash(hash, s, &octets, 1);
	if (rc != 0)
		return rc;
	out->kind = kind;
	memcpy(out->hash, hash, sizeof(out->hash));
	return 0;
}

static const uint8_t *
row_hash(const struct mls_index_bulk *bulk, const struct mls_index_row *row)
{
	return bulk->octets + row->at;
}

/* The first row of the bulk that is not below p; NULL if none. */
static const struct mls_index_row *
row_from(const struct mls_index *x, const struct mls_index_entry *p)
{
	const struct mls_index_bulk *bulk = &x->bulk[p->kind];
	size_t from = 0, to = bulk->n, middle;
	int c;

	while (from < to) {
		middle = from + (to - from) / 2;
		c = memcmp(row_hash(bulk, &bulk->v[middle]), p->hash,
		    sizeof(p->hash));
		if (c < 0 || (c == 0 && bulk->v[middle].node < p->node))
			from = middle + 1;
		else
			to = middle;
	}
	return from < bulk->n ? &bulk->v[from] : NULL;
}

static uint32_t
bulk_from(const struct mls_index *x, const struct mls_index_entry *p)
{
	const struct mls_index_row *row = row_from(x, p);

	return row != NULL && memcmp(row_hash(&x->bulk[p->kind], row),
	    p->hash, sizeof(p->hash)) == 0 ? row->node : MLS_NO_NODE;
}

/* Note a change; a change and its contrary leave nothing. */
static int
note(struct mls_index *x, const struct mls_index_key *key, uint32_t node,
    bool gone)
{
	struct mls_index_entry p = probe(key, node), *e;
	struct mls_order *old;

	if (gone && !x->diff && bulk_from(x, &p) != node &&
	    mls__order_find(x->root, &p.order, compare) == NULL)
		return 0;
	e = mls__alloc(sizeof(*e));
	if (e == NULL)
		return MLS_E_OUT_OF_MEMORY;
	*e = p;
	e->gone = gone;
	old = mls__order_insert(&x->root, &e->order, compare);
	if (old == NULL)
		return 0;
	free(e);
	if (entry(old)->gone != gone) {
		mls__order_remove(&x->root, old, compare);
		free(old);
	}
	return 0;
}

int
mls__index_add(struct mls_index *x, const struct mls_index_key *key,
    uint32_t node)
{
	return note(x, key, node, false);
}

int
mls__index_del(struct mls_index *x, const struct mls_index_key *key,
    uint32_t node)
{
	return note(x, key, node, true);
}

bool
mls__index_gone(const struct mls_index *x, const struct mls_index_key *key,
    uint32_t node)
{
	struct mls_index_entry p = probe(key, node);
	const struct mls_order *e = mls__order_find(x->root, &p.order, compare);

	return e != NULL && entry(e)->gone;
}

/* The first node that x alone adds under the key of p, from p's node on. */
static uint32_t
own_from(const struct mls_index *x, const struct mls_index_entry *p)
{
	struct mls_index_entry from = *p;
	const struct mls_order *o;
	const struct mls_index_entry *e;

	while ((o = mls__order_from(x->root, &from.order, compare)) != NULL) {
		e = entry(o);
		if (e->kind != p->kind ||
		    memcmp(e->hash, p->hash, sizeof(e->hash)) != 0)
			break;
		if (!e->gone)
			return e->node;
		from.node = e->node + 1;
	}
	return MLS_NO_NODE;
}

/* The first that x has without its base: added, or of its bulk. */
static uint32_t
layer_from(const struct mls_index *x, const struct mls_index_key *key,
    uint32_t from)
{
	struct mls_index_entry p = probe(key, from);
	uint32_t own = own_from(x, &p), bulk;

	while ((bulk = bulk_from(x, &p)) != MLS_NO_NODE &&
	    mls__index_gone(x, key, bulk))
		p.node = bulk + 1;
	return own < bulk ? own : bulk;
}

uint32_t
mls__index_from(const struct mls_index *x, const struct mls_index_key *key,
    uint32_t from)
{
	uint32_t own = layer_from(x, key, from), theirs = MLS_NO_NODE;

	while (x->base != NULL) {
		theirs = layer_from(x->base, key, from);
		if (theirs == MLS_NO_NODE || !mls__index_gone(x, key, theirs))
			break;
		from = theirs + 1;
	}
	return own < theirs ? own : theirs;
}

/* Hashes lie anywhere in the tree's octets: they are asked for ahead. */
#define AHEAD 8

static int
visit_bulk(const struct mls_index *x, int kind,
    const struct mls_tree_visitor *v)
{
	const struct mls_index_bulk *bulk = &x->bulk[kind];
	struct mls_index_key key = { .kind = (enum mls_index_kind)kind };
	size_t i;
	int rc = 0;

	for (i = 0; i < bulk->n && rc == 0; i++) {
		if (i + AHEAD < bulk->n)
			MLS_PREFETCH(row_hash(bulk, &bulk->v[i + AHEAD]));
		memcpy(key.hash, row_hash(bulk, &bulk->v[i]),
		    sizeof(key.hash));
		if (x->root != NULL &&
		    mls__index_gone(x, &key, bulk->v[i].node))
			continue;
		rc = v->index(v->arg, key.kind, key.hash, bulk->v[i].node,
		    false);
	}
	return rc;
}

int
mls__index_visit(const struct mls_index *x, const struct mls_tree_visitor *v)
{
	const struct mls_order *o;
	const struct mls_index_entry *e;
	struct mls_order_walk walk;
	int kind, rc = 0;

	for (kind = 0; kind <= MLS_INDEX_IDENTITY && rc == 0; kind++)
		rc = visit_bulk(x, kind, v);
	mls__order_walk(&walk, x->root);
	while (rc == 0 && (o = mls__order_next(&walk)) != NULL) {
		e = entry(o);
		if (x->diff || !e->gone)
			rc = v->index(v->arg, (enum mls_index_kind)e->kind,
			    e->hash, e->node, e->gone);
	}
	return rc;
}

/* One change of a diff, which becomes the base's or goes. */
static void
merge_entry(struct mls_index *base, struct mls_order *o)
{
	struct mls_order *old = mls__order_find(base->root, o, compare);

	if (old != NULL) {
		mls__order_remove(&base->root, old, compare);
		free(old);
	} else if (!entry(o)->gone ||
	    bulk_from(base, entry(o)) == entry(o)->node) {
		mls__order_insert(&base->root, o, compare);
		return;
	}
	free(o);
}

void
mls__index_merge(struct mls_index *base, struct mls_index *diff)
{
	struct mls_order *o;

	while ((o = mls__order_pop(&diff->root)) != NULL)
		merge_entry(base, o);
}

void
mls__index_free(struct mls_index *x)
{
	struct mls_order *o;
	int kind;

	while ((o = mls__order_pop(&x->root)) != NULL)
		free(o);
	for (kind = 0; kind <= MLS_INDEX_IDENTITY; kind++) {
		free(x->bulk[kind].v);
		free(x->bulk[kind].own);
	}
}
