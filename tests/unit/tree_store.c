/* SPDX-License-Identifier: MIT */
#include "tree_store.h"

#include "tree/slots.h"

#include <criterion/criterion.h>
#include <string.h>

static int
store_load(void *arg, uint32_t node, struct mls_slot *out)
{
	struct store *st = arg;

	if (st->fail != 0)
		return st->fail;
	cr_assert(st->slots[node].there, "node %u is not stored", node);
	mls__slot_copy(out, &st->slots[node].slot, st->nh);
	mls__node_ref(out->node);
	st->loads++;
	return 0;
}

static int
store_find(void *arg, enum mls_index_kind kind,
    const uint8_t hash[MLS_INDEX_HASH],
    void (*fn)(void *fn_arg, uint32_t node), void *fn_arg)
{
	const struct store *st = arg;
	size_t i;

	for (i = 0; i < st->n; i++)
		if (st->keys[i].kind == kind &&
		    memcmp(st->keys[i].hash, hash, MLS_INDEX_HASH) == 0)
			fn(fn_arg, st->keys[i].node);
	return 0;
}

static int
store_slot(void *arg, uint32_t node, const struct mls_slot *slot)
{
	struct store *st = arg;

	mls__node_free(st->slots[node].slot.node);
	st->slots[node].slot.node = NULL;
	st->slots[node].there = slot != NULL;
	if (slot == NULL)
		return 0;
	cr_assert(slot->hashed);
	st->slots[node].slot.hash = st->slots[node].hash;
	mls__slot_copy(&st->slots[node].slot, slot, st->nh);
	mls__node_ref(slot->node);
	return 0;
}

static int
store_index(void *arg, enum mls_index_kind kind,
    const uint8_t hash[MLS_INDEX_HASH], uint32_t node, bool gone)
{
	struct store *st = arg;
	size_t i;

	for (i = 0; i < st->n; i++)
		if (st->keys[i].kind == kind && st->keys[i].node == node &&
		    memcmp(st->keys[i].hash, hash, MLS_INDEX_HASH) == 0)
			break;
	cr_assert_eq(i < st->n, gone);
	if (gone) {
		st->keys[i] = st->keys[--st->n];
		return 0;
	}
	st->keys[i].kind = kind;
	st->keys[i].node = node;
	memcpy(st->keys[i].hash, hash, MLS_INDEX_HASH);
	st->n++;
	return 0;
}

static int
store_capset(void *arg, const struct mls_capset *set)
{
	struct store *st = arg;

	cr_assert_lt(set->id, 64);
	cr_assert_leq(set->capabilities.raw.len, 128);
	st->sets[set->id] = *set;
	memcpy(st->raw[set->id], set->capabilities.raw.data,
	    set->capabilities.raw.len);
	st->sets[set->id].capabilities.raw.data = st->raw[set->id];
	return 0;
}

struct mls_tree *
store_open(struct store *st, const struct mls_suite *s, uint32_t width)
{
	struct mls_tree_source source = { st, store_load, store_find };
	struct mls_tree *t = NULL;
	size_t i;

	st->nh = s->nh;
	cr_assert_eq(mls__tree_new(&t, s, width, &source), 0);
	for (i = 0; i < 64; i++)
		if (st->sets[i].count != 0)
			cr_assert_eq(mls__tree_capset_load(t, &st->sets[i]),
			    0);
	return t;
}

void
store_take(struct store *st, struct mls_tree *diff)
{
	struct mls_tree_visitor v = { st, store_slot, store_index,
		store_capset };

	st->nh = mls__tree_suite(diff)->nh;
	cr_assert_eq(mls__tree_visit(diff, &v), 0);
}

void
store_free(struct store *st)
{
	size_t i;

	for (i = 0; i < 2 * MODEL_MAX; i++)
		mls__node_free(st->slots[i].slot.node);
}
