/* SPDX-License-Identifier: MIT */
#include "tree/capset.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

static int
compare(const struct mls_order *oa, const struct mls_order *ob)
{
	const struct mls_capset *a, *b;
	size_t la, lb;
	int c;

	a = &((const struct mls_capset_entry *)oa)->set;
	b = &((const struct mls_capset_entry *)ob)->set;
	if (a->credential_type != b->credential_type)
		return a->credential_type < b->credential_type ? -1 : 1;
	la = a->capabilities.raw.len;
	lb = b->capabilities.raw.len;
	if (la != lb)
		return la < lb ? -1 : 1;
	c = la != 0 ? memcmp(a->capabilities.raw.data,
	    b->capabilities.raw.data, la) : 0;
	return c;
}

static struct mls_capset_entry *
find(const struct mls_capsets *c, const struct mls_capset *set)
{
	struct mls_capset_entry probe = { .set = *set };

	return (struct mls_capset_entry *)mls__order_find(c->root,
	    &probe.order, compare);
}

/* A list's borrowed octets, moved along with the whole encoding. */
static void
move(struct mls_buf *list, struct mls_buf from, const uint8_t *to)
{
	if (list->len != 0)
		list->data = to + (list->data - from.data);
}

/* A set of our own, with a copy of its encoding. */
static struct mls_capset_entry *
append(struct mls_capsets *c, const struct mls_capset *set)
{
	struct mls_buf raw = set->capabilities.raw;
	struct mls_capset_entry *e;
	struct mls_capabilities *caps;
	void *list = c->list;

	if (mls__array_grow(&list, &c->cap, c->n + 1, sizeof(*c->list)) != 0)
		return NULL;
	c->list = list;
	e = mls__alloc(sizeof(*e) + raw.len);
	if (e == NULL)
		return NULL;
	e->set = *set;
	caps = &e->set.capabilities;
	if (raw.len != 0)
		memcpy(e->raw, raw.data, raw.len);
	move(&caps->versions, raw, e->raw);
	move(&caps->suites, raw, e->raw);
	move(&caps->extensions, raw, e->raw);
	move(&caps->proposals, raw, e->raw);
	move(&caps->credentials, raw, e->raw);
	caps->raw = mls__buf(e->raw, raw.len);
	e->at = c->n;
	c->list[c->n++] = e;
	mls__order_insert(&c->root, &e->order, compare);
	return e;
}

/* A set of the base, to have a count of its own here. */
static struct mls_capset_entry *
shadow(struct mls_capsets *c, struct mls_capset_entry *base)
{
	struct mls_capset_entry *e = mls__alloc(sizeof(*e));

	if (e == NULL)
		return NULL;
	e->set = base->set;
	e->base = base;
	mls__order_insert(&c->root, &e->order, compare);
	return e;
}

static void
drop(struct mls_capsets *c, struct mls_capset_entry *e)
{
	mls__order_remove(&c->root, &e->order, compare);
	if (e->base == NULL) {
		c->list[e->at] = c->list[--c->n];
		c->list[e->at]->at = e->at;
	}
	free(e);
}

int
mls__capsets_load(struct mls_capsets *c, const struct mls_capset *set)
{
	if (append(c, set) == NULL)
		return MLS_E_OUT_OF_MEMORY;
	c->seen = c->seen_at = 0;
	if (set->id >= c->next_id)
		c->next_id = set->id + 1;
	return 0;
}

int
mls__capsets_count(struct mls_capsets *c, const struct mls_leaf *leaf,
    int delta)
{
	struct mls_capset set = { .capabilities = leaf->capabilities,
		.credential_type = leaf->credential.type };
	struct mls_capset_entry *e = find(c, &set), *base = NULL;

	c->seen = c->seen_at = 0;
	if (e == NULL && c->base != NULL)
		base = find(c->base, &set);
	if (e == NULL && base != NULL)
		e = shadow(c, base);
	else if (e == NULL && delta > 0) {
		set.id = c->next_id;
		e = append(c, &set);
		if (e != NULL)
			c->next_id++;
	}
	if (e == NULL)
		return delta > 0 || base != NULL ? MLS_E_OUT_OF_MEMORY : 0;
	e->set.count += (uint32_t)delta;
	if (e->set.count == 0 && e->base == NULL)
		drop(c, e);
	return 0;
}

/* The set at a position of the base's list, then of ours; NULL in *set if
 * it is no longer in use. */
static bool
at_position(const struct mls_capset **set, const struct mls_capsets *c,
    size_t at)
{
	const struct mls_capset_entry *e;
	size_t n = c->base != NULL ? c->base->n : 0;

	if (at >= n + c->n)
		return false;
	if (at >= n) {
		*set = &c->list[at - n]->set;
		return true;
	}
	e = find(c, &c->base->list[at]->set);
	if (e == NULL)
		e = c->base->list[at];
	*set = e->set.count != 0 ? &e->set : NULL;
	return true;
}

const struct mls_capset *
mls__capsets_at(struct mls_capsets *c, size_t i)
{
	const struct mls_capset *set;
	size_t n, at;

	n = i >= c->seen ? c->seen : 0;
	at = i >= c->seen ? c->seen_at : 0;
	for (; at_position(&set, c, at); at++) {
		if (set == NULL)
			continue;
		if (n++ == i) {
			c->seen = i;
			c->seen_at = at;
			return set;
		}
	}
	return NULL;
}

int
mls__capsets_visit(const struct mls_capsets *c,
    const struct mls_tree_visitor *v)
{
	const struct mls_capset_entry *e;
	const struct mls_order *o;
	struct mls_order_walk walk;
	int rc = 0;

	mls__order_walk(&walk, c->root);
	while (rc == 0 && (o = mls__order_next(&walk)) != NULL) {
		e = (const struct mls_capset_entry *)o;
		if (e->base == NULL || e->base->set.count != e->set.count)
			rc = v->capset(v->arg, &e->set);
	}
	return rc;
}

int
mls__capsets_prepare(struct mls_capsets *base, const struct mls_capsets *diff)
{
	void *list = base->list;
	int rc;

	rc = mls__array_grow(&list, &base->cap, base->n + diff->n,
	    sizeof(*base->list));
	base->list = list;
	return rc;
}

void
mls__capsets_merge(struct mls_capsets *base, struct mls_capsets *diff)
{
	struct mls_capset_entry *e;

	while ((e = (struct mls_capset_entry *)mls__order_pop(
	    &diff->root)) != NULL) {
		if (e->base == NULL) {
			e->at = base->n;
			base->list[base->n++] = e;
			mls__order_insert(&base->root, &e->order, compare);
			continue;
		}
		e->base->set.count = e->set.count;
		if (e->set.count == 0)
			drop(base, e->base);
		free(e);
	}
	base->next_id = diff->next_id;
	base->seen = base->seen_at = 0;
	diff->n = 0;
}

void
mls__capsets_free(struct mls_capsets *c)
{
	struct mls_order *o;

	while ((o = mls__order_pop(&c->root)) != NULL)
		free(o);
	free(c->list);
	memset(c, 0, sizeof(*c));
}
