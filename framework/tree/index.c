/* SPDX-License-Identifier: MIT */
#include "tree/index.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static const struct mls_index_entry *
entry(const struct mls_order *e)
{
	return (const struct mls_index_entry *)e;
}

static int
compare(const struct mls_order *oa, const struct mls_order *ob)
{
	const struct mls_index_entry *a = entry(oa), *b = entry(ob);
	int c;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
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

/* Note a change; a change and its contrary leave nothing. */
static int
note(struct mls_index *x, const struct mls_index_key *key, uint32_t node,
    bool gone)
{
	struct mls_index_entry p = probe(key, node), *e;
	struct mls_order *old = mls__order_find(x->root, &p.order, compare);

	if (old != NULL) {
		if (entry(old)->gone != gone) {
			mls__order_remove(&x->root, old, compare);
			free(old);
		}
		return 0;
	}
	if (gone && !x->diff)
		return 0;
	e = mls__alloc(sizeof(*e));
	if (e == NULL)
		return MLS_E_OUT_OF_MEMORY;
	*e = p;
	e->gone = gone;
	mls__order_insert(&x->root, &e->order, compare);
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
	const struct mls_order *o = mls__order_from(x->root, &p->order,
	    compare);
	const struct mls_index_entry *e;

	for (; o != NULL; o = mls__order_next(x->root, o, compare)) {
		e = entry(o);
		if (e->kind != p->kind ||
		    memcmp(e->hash, p->hash, sizeof(e->hash)) != 0)
			break;
		if (!e->gone)
			return e->node;
	}
	return MLS_NO_NODE;
}

uint32_t
mls__index_from(const struct mls_index *x, const struct mls_index_key *key,
    uint32_t from)
{
	struct mls_index_entry p = probe(key, from);
	uint32_t own = own_from(x, &p), theirs = MLS_NO_NODE;

	while (x->base != NULL) {
		theirs = own_from(x->base, &p);
		if (theirs == MLS_NO_NODE || !mls__index_gone(x, key, theirs))
			break;
		p.node = theirs + 1;
	}
	return own < theirs ? own : theirs;
}

int
mls__index_visit(const struct mls_index *x, const struct mls_tree_visitor *v)
{
	const struct mls_order *o;
	const struct mls_index_entry *e;
	int rc = 0;

	for (o = mls__order_first(x->root); o != NULL && rc == 0;
	    o = mls__order_next(x->root, o, compare)) {
		e = entry(o);
		rc = v->index(v->arg, (enum mls_index_kind)e->kind, e->hash,
		    e->node, e->gone);
	}
	return rc;
}

void
mls__index_merge(struct mls_index *base, struct mls_index *diff)
{
	struct mls_order *o, *old;

	while ((o = mls__order_pop(&diff->root)) != NULL) {
		if (!entry(o)->gone) {
			mls__order_insert(&base->root, o, compare);
			continue;
		}
		old = mls__order_find(base->root, o, compare);
		if (old != NULL)
			mls__order_remove(&base->root, old, compare);
		free(old);
		free(o);
	}
}

void
mls__index_free(struct mls_index *x)
{
	struct mls_order *o;

	while ((o = mls__order_pop(&x->root)) != NULL)
		free(o);
}
