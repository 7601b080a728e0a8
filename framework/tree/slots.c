/* SPDX-License-Identifier: MIT */
#include "tree/slots.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

const struct mls_slot mls__slot_blank;

int
mls__pages_reserve(struct mls_pages *p, uint32_t nodes)
{
	size_t need = nodes / MLS_PAGE_SLOTS + 1;
	void *v = p->page;
	int rc = mls__array_grow(&v, &p->n, need, sizeof(*p->page));

	p->page = v;
	return rc;
}

struct mls_page *
mls__page_of(const struct mls_pages *p, uint32_t node)
{
	size_t i = node / MLS_PAGE_SLOTS;

	return i < p->n ? p->page[i] : NULL;
}

struct mls_page *
mls__page_take(struct mls_pages *p, uint32_t node)
{
	struct mls_page **at = &p->page[node / MLS_PAGE_SLOTS];
	uint32_t i;

	if (*at != NULL)
		return *at;
	*at = mls__alloc(sizeof(**at) + MLS_PAGE_SLOTS * p->nh);
	for (i = 0; *at != NULL && i < MLS_PAGE_SLOTS; i++)
		(*at)->slot[i].hash = (*at)->hash + i * p->nh;
	return *at;
}

void
mls__slot_copy(struct mls_slot *out, const struct mls_slot *in, size_t nh)
{
	uint8_t *hash = out->hash;

	*out = *in;
	out->hash = hash;
	if (in->hashed)
		memcpy(hash, in->hash, nh);
}

static void
page_clear(struct mls_page *page, uint32_t from)
{
	uint32_t i;

	for (i = from; i < MLS_PAGE_SLOTS; i++) {
		mls__node_free(page->slot[i].node);
		mls__slot_copy(&page->slot[i], &mls__slot_blank, 0);
		page->loaded &= ~((uint32_t)1 << i);
	}
}

void
mls__pages_trim(struct mls_pages *p, uint32_t nodes)
{
	size_t i = nodes / MLS_PAGE_SLOTS;

	if (i < p->n && p->page[i] != NULL)
		page_clear(p->page[i], nodes % MLS_PAGE_SLOTS);
	for (i++; i < p->n; i++) {
		if (p->page[i] != NULL)
			page_clear(p->page[i], 0);
		free(p->page[i]);
		p->page[i] = NULL;
	}
}

void
mls__pages_free(struct mls_pages *p)
{
	mls__pages_trim(p, 0);
	if (p->n != 0)
		free(p->page[0]);
	free(p->page);
	p->page = NULL;
	p->n = 0;
}

static size_t
bucket_of(const struct mls_overlay *o, uint32_t node)
{
	return (node * 2654435761u >> 7) & (o->buckets - 1);
}

struct mls_overlay_slot *
mls__overlay_find(const struct mls_overlay *o, uint32_t node)
{
	size_t i;

	if (o->buckets == 0)
		return NULL;
	for (i = bucket_of(o, node); o->bucket[i] != 0;
	    i = (i + 1) & (o->buckets - 1))
		if (o->all[o->bucket[i] - 1]->node == node)
			return o->all[o->bucket[i] - 1];
	return NULL;
}

static void
fill_bucket(struct mls_overlay *o, size_t position)
{
	size_t i = bucket_of(o, o->all[position]->node);

	while (o->bucket[i] != 0)
		i = (i + 1) & (o->buckets - 1);
	o->bucket[i] = (uint32_t)position + 1;
}

/* Keep at most half of the buckets full. */
static int
make_room(struct mls_overlay *o)
{
	size_t want = o->buckets != 0 ? 2 * o->buckets : 128, i;
	void *all = o->all;
	uint32_t *bucket;

	if (mls__array_grow(&all, &o->cap, o->n + 1, sizeof(*o->all)) != 0)
		return MLS_E_OUT_OF_MEMORY;
	o->all = all;
	if (2 * (o->n + 1) <= o->buckets)
		return 0;
	bucket = mls__array_alloc(want, sizeof(*bucket));
	if (bucket == NULL)
		return MLS_E_OUT_OF_MEMORY;
	free(o->bucket);
	o->bucket = bucket;
	o->buckets = want;
	for (i = 0; i < o->n; i++)
		fill_bucket(o, i);
	return 0;
}

struct mls_overlay_slot *
mls__overlay_add(struct mls_overlay *o, uint32_t node, size_t nh)
{
	struct mls_overlay_slot *e;

	if (make_room(o) != 0)
		return NULL;
	e = mls__arena_alloc(&o->arena, sizeof(*e) + nh);
	if (e == NULL)
		return NULL;
	e->node = node;
	e->slot.hash = e->hash;
	o->all[o->n] = e;
	fill_bucket(o, o->n++);
	return e;
}

void
mls__overlay_free(struct mls_overlay *o)
{
	size_t i;

	for (i = 0; i < o->n; i++)
		mls__node_free(o->all[i]->slot.node);
	free(o->all);
	free(o->bucket);
	mls__arena_free(&o->arena);
	memset(o, 0, sizeof(*o));
}
