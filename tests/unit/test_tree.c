/* SPDX-License-Identifier: MIT */
/* The tree against its model, over random and exhaustive histories. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tree/treekem.h"
#include "tree_store.h"

static struct fixture fix;
static struct mls_privkey *signer;

static void
set_up(void)
{
	fixture_open(&fix, 1);
	cr_assert_eq(mls__key_generate_sign(&signer, fix.suite), 0);
}

static void
tear_down(void)
{
	mls__key_free(signer);
	fixture_close(&fix);
}

TestSuite(tree, .init = set_up, .fini = tear_down);

/* One tree in memory and one over a store, led through the same history. */
struct pair {
	struct mls_tree *memory, *stored;
	struct store store;
	struct model model;
};

static void
pair_open(struct pair *p)
{
	struct mls_node *leaf = model_leaf(&fix, 0);
	struct mls_tree *blank, *diff;
	uint32_t at;

	memset(p, 0, sizeof(*p));
	p->model.suite = fix.suite;
	p->model.width = 1;
	model_put(&p->model, 0, leaf);
	cr_assert_eq(mls__tree_new(&p->memory, fix.suite, 1, NULL), 0);
	cr_assert_eq(mls__tree_add(&at, p->memory, leaf), 0);
	cr_assert_eq(mls__tree_new(&blank, fix.suite, 1, NULL), 0);
	cr_assert_eq(mls__tree_diff(&diff, blank), 0);
	cr_assert_eq(mls__tree_add(&at, diff, leaf), 0);
	store_take(&p->store, diff);
	mls__tree_free(diff);
	mls__tree_free(blank);
	p->stored = store_open(&p->store, fix.suite, 1);
	mls__node_free(leaf);
}

static void
pair_close(struct pair *p)
{
	mls__tree_free(p->memory);
	mls__tree_free(p->stored);
	store_free(&p->store);
	model_free(&p->model);
}

static uint32_t
random_member(const struct model *m)
{
	uint32_t leaf;

	do
		leaf = fixture_draw(&fix, m->width);
	while (m->node[2 * leaf] == NULL);
	return leaf;
}

static uint32_t
members(const struct model *m)
{
	uint32_t i, n = 0;

	for (i = 0; i < m->width; i++)
		n += m->node[2 * i] != NULL;
	return n;
}

static void
put_path(struct mls_tree *to, struct mls_tree *from, uint32_t leaf)
{
	uint32_t node = 2 * leaf;

	for (; node != MLS_NO_NODE;
	    node = mls__node_parent(node, mls__tree_width(to)))
		mls__tree_put(to, node, mls__tree_node(from, node));
}

static void
do_path(struct mls_tree *a, struct mls_tree *b, struct model *m)
{
	uint32_t leaf = random_member(m);
	struct mls_path_making pm;

	cr_assert_eq(mls__path_make(&pm, a, mls__tree_leaf(a, leaf), signer,
	    mls__buf_str("group"), leaf), 0);
	mls__path_making_free(&pm);
	put_path(b, a, leaf);
	model_take_path(m, a, leaf);
}

static void
do_change(struct mls_tree *a, struct mls_tree *b, struct model *m,
    uint32_t max)
{
	struct mls_node *leaf = model_leaf(&fix, fixture_draw(&fix, 30));
	uint32_t what = fixture_draw(&fix, 4), at, at_b;

	if (members(m) < 3 || (what == 0 && members(m) < max)) {
		cr_assert_eq(mls__tree_add(&at, a, leaf), 0);
		cr_assert_eq(mls__tree_add(&at_b, b, leaf), 0);
		cr_assert_eq(model_add(m, leaf), at);
		cr_assert_eq(at_b, at);
	} else if (what == 1) {
		at = random_member(m);
		cr_assert_eq(mls__tree_update(a, at, leaf), 0);
		cr_assert_eq(mls__tree_update(b, at, leaf), 0);
		model_update(m, at, leaf);
	} else {
		at = random_member(m);
		cr_assert_eq(mls__tree_remove(a, at), 0);
		cr_assert_eq(mls__tree_remove(b, at), 0);
		model_remove(m, at);
	}
	mls__node_free(leaf);
}

static void
pair_step(struct pair *p, uint32_t max)
{
	uint32_t n = fixture_draw(&fix, 5), i;
	struct mls_tree *a, *b;
	struct model m;

	model_copy(&m, &p->model);
	cr_assert_eq(mls__tree_diff(&a, p->memory), 0);
	cr_assert_eq(mls__tree_diff(&b, p->stored), 0);
	for (i = 0; i < n; i++)
		do_change(a, b, &m, max);
	if (fixture_draw(&fix, 3) != 0)
		do_path(a, b, &m);
	if (fixture_draw(&fix, 2) != 0) {
		model_compare(&m, a);
		model_compare(&m, b);
	}
	cr_assert_eq(mls__tree_check_unique(a), 0);
	cr_assert_eq(mls__tree_check_unique(b), 0);
	if (fixture_draw(&fix, 4) == 0) {
		mls__tree_free(a);
		mls__tree_free(b);
		model_free(&m);
		return;
	}
	store_take(&p->store, b);
	cr_assert_eq(mls__tree_merge_prepare(a), 0);
	cr_assert_eq(mls__tree_merge_prepare(b), 0);
	mls__tree_merge(a);
	mls__tree_merge(b);
	model_free(&p->model);
	p->model = m;
}

/* What is read is the same, and what goes on from here. */
static void
check_read_back(const struct model *m, struct mls_tree **tree)
{
	struct mls_tree *t = *tree;
	struct mls_writer w = { 0 }, again = { 0 };
	struct mls_tree *read = NULL;

	mls__tree_write(&w, t);
	cr_assert_eq(w.error, 0);
	cr_assert_eq(mls__tree_read(&read, fix.suite, mls__writer_buf(&w),
	    MODEL_MAX, NULL), 0);
	model_compare(m, read);
	cr_assert(model_parent_hashes_valid(m));
	cr_assert_eq(mls__parent_hash_verify(read), 0);
	mls__tree_write(&again, read);
	cr_assert(mls__equal(mls__writer_buf(&w), mls__writer_buf(&again)));
	mls__writer_free(&w);
	mls__writer_free(&again);
	mls__tree_free(t);
	*tree = read;
}

/* TREE-20 to TREE-24, COMMIT-15 and COMMIT-16 for the tree */
Test(tree, TREE_20_to_22_24_random_histories)
{
	static struct pair p;
	uint32_t run, step;

	for (run = 0; run < 3; run++) {
		pair_open(&p);
		for (step = 0; step < 120; step++) {
			pair_step(&p, run == 2 ? 40 : 12);
			model_compare(&p.model, p.memory);
			if (fixture_draw(&fix, 5) == 0) {
				mls__tree_free(p.stored);
				p.stored = store_open(&p.store,
				    fix.suite, p.model.width);
			}
			model_compare(&p.model, p.stored);
			if (fixture_draw(&fix, 3) == 0)
				check_read_back(&p.model, &p.memory);
		}
		pair_close(&p);
	}
}

/* All sets of up to 16 leaves that removals leave, then adds until full. */
Test(tree, TREE_21_22_exhaustive_removals)
{
	struct mls_node *leaf[16];
	uint32_t mask, i, at;

	for (i = 0; i < 16; i++)
		leaf[i] = model_leaf(&fix, i);
	for (mask = 1; mask < 1u << 16; mask += mask < 512 ? 1 : 257) {
		struct model m = { .suite = fix.suite, .width = 1 };
		struct mls_tree *t;

		cr_assert_eq(mls__tree_new(&t, fix.suite, 1, NULL), 0);
		for (i = 0; i < 16; i++) {
			cr_assert_eq(mls__tree_add(&at, t, leaf[i]), 0);
			cr_assert_eq(at, model_add(&m, leaf[i]));
		}
		for (i = 0; i < 16; i++) {
			if (mask >> i & 1)
				continue;
			cr_assert_eq(mls__tree_remove(t, i), 0);
			model_remove(&m, i);
		}
		cr_assert_eq(mls__tree_width(t), m.width);
		cr_assert_eq(mls__tree_members(t), members(&m));
		cr_assert_eq(mls__tree_add(&at, t, leaf[15]), 0);
		cr_assert_eq(at, model_add(&m, leaf[15]));
		if ((mask & 0xff) == 0x11)
			cr_assert_eq(mls__tree_width(t), m.width);
		for (at = 0; at < 2 * m.width - 1; at++)
			cr_assert_eq(mls__tree_node(t, at), m.node[at]);
		mls__tree_free(t);
		model_free(&m);
	}
	for (i = 0; i < 16; i++)
		mls__node_free(leaf[i]);
}

/* Decision 4: what a commit copies and hashes follows the path. */
Test(tree, cost_follows_the_change)
{
	struct mls_tree *t, *diff;
	struct mls_path_making pm;
	uint64_t copies, hashes;
	uint8_t hash[MLS_MAX_HASH];
	uint32_t i, at;

	cr_assert_eq(mls__tree_new(&t, fix.suite, 1, NULL), 0);
	for (i = 0; i < 1000; i++) {
		struct mls_node *leaf = model_leaf(&fix, i);

		cr_assert_eq(mls__tree_add(&at, t, leaf), 0);
		mls__node_free(leaf);
	}
	for (i = 0; i < 1000; i += 2) {
		cr_assert_eq(mls__path_make(&pm, t, mls__tree_leaf(t, i),
		    signer, mls__buf_str("group"), i), 0);
		mls__path_making_free(&pm);
	}
	cr_assert_eq(mls__tree_hash(hash, t), 0);
	copies = mls__counted(fix.plugins, MLS_COUNT_NODE_COPY);
	hashes = mls__counted(fix.plugins, MLS_COUNT_HASH);
	cr_assert_eq(mls__tree_diff(&diff, t), 0);
	cr_assert_eq(mls__path_make(&pm, diff, mls__tree_leaf(diff, 500),
	    signer, mls__buf_str("group"), 500), 0);
	mls__path_making_free(&pm);
	cr_assert_eq(mls__tree_check_unique(diff), 0);
	cr_assert_eq(mls__tree_hash(hash, diff), 0);
	cr_assert_eq(mls__tree_merge_prepare(diff), 0);
	mls__tree_merge(diff);
	copies = mls__counted(fix.plugins, MLS_COUNT_NODE_COPY) - copies;
	hashes = mls__counted(fix.plugins, MLS_COUNT_HASH) - hashes;
	cr_assert_eq(copies, 11, "%u copies", (unsigned)copies);
	cr_assert_leq(hashes, 100, "%u hashes", (unsigned)hashes);
	mls__tree_free(t);
}

/* A cold tree loads what is asked for, and an error of the source is not
 * for ever. */
Test(tree, source_is_lazy)
{
	static struct pair p;
	struct mls_tree *cold, *diff;
	uint32_t i, at;

	pair_open(&p);
	cr_assert_eq(mls__tree_diff(&diff, p.stored), 0);
	for (i = 0; i < 63; i++) {
		struct mls_node *leaf = model_leaf(&fix, i);

		cr_assert_eq(mls__tree_add(&at, diff, leaf), 0);
		mls__node_free(leaf);
	}
	store_take(&p.store, diff);
	mls__tree_free(diff);
	cold = store_open(&p.store, fix.suite, 64);
	p.store.loads = 0;
	cr_assert_not_null(mls__tree_leaf(cold, 17));
	cr_assert_eq(p.store.loads, 1);
	cr_assert_eq(mls__tree_members(cold), 64);
	cr_assert_eq(p.store.loads, 2);
	cr_assert_eq(mls__tree_diff(&diff, cold), 0);
	p.store.fail = MLS_E_STORE_IO;
	cr_assert_null(mls__tree_leaf(diff, 18));
	cr_assert_eq(mls__tree_error(diff), MLS_E_STORE_IO);
	cr_assert_eq(mls__tree_add(&at, diff, mls__tree_node(cold, 34)),
	    MLS_E_STORE_IO);
	mls__tree_free(diff);
	p.store.fail = 0;
	cr_assert_eq(mls__tree_error(cold), 0);
	cr_assert_not_null(mls__tree_leaf(cold, 18));
	mls__tree_free(cold);
	pair_close(&p);
}

static struct mls_node *
parent_with(struct mls_buf key, const uint32_t *unmerged, size_t n)
{
	struct mls_node *node = NULL;

	cr_assert_eq(mls__node_make_parent(&node, key, mls__buf(NULL, 0),
	    unmerged, n), 0);
	return node;
}

/* A leaf with chosen keys. */
static struct mls_node *
leaf_with(struct mls_buf encryption, struct mls_buf signature)
{
	struct mls_node *node = model_leaf(&fix, 1), *made = NULL;
	const struct mls_leaf *l = &node->open->leaf;
	struct mls_writer w = { 0 };

	mls__write_opaque(&w, encryption.len != 0 ? encryption :
	    l->encryption_key);
	mls__write_opaque(&w, signature.len != 0 ? signature :
	    l->signature_key);
	mls__write_bytes(&w, mls__buf(l->credential.raw.data,
	    (size_t)(l->raw.data + l->raw.len - l->credential.raw.data)));
	cr_assert_eq(mls__node_new_leaf(&made, mls__writer_buf(&w)), 0);
	mls__writer_free(&w);
	mls__node_free(node);
	return made;
}

#define NONE mls__buf(NULL, 0)

Test(tree, LEAF_22_23_24_TREE_17_uniqueness)
{
	struct mls_tree *t, *diff;
	struct mls_node *a = model_leaf(&fix, 1), *b = model_leaf(&fix, 2);
	struct mls_node *twin, *up;
	uint32_t at;

	cr_assert_eq(mls__tree_new(&t, fix.suite, 2, NULL), 0);
	cr_assert_eq(mls__tree_add(&at, t, a), 0);
	cr_assert_eq(mls__tree_add(&at, t, b), 0);

	twin = leaf_with(NONE, a->open->leaf.signature_key);
	cr_assert_eq(mls__tree_diff(&diff, t), 0);
	cr_assert_eq(mls__tree_add(&at, diff, twin), 0);
	cr_assert_eq(mls__tree_check_unique(diff),
	    MLS_E_DUPLICATE_SIGNATURE_KEY);
	mls__tree_free(diff);
	cr_assert_eq(mls__tree_diff(&diff, t), 0);
	cr_assert_eq(mls__tree_remove(diff, 0), 0);
	cr_assert_eq(mls__tree_add(&at, diff, twin), 0);
	cr_assert_eq(mls__tree_check_unique(diff), 0);
	mls__tree_free(diff);
	mls__node_free(twin);

	twin = leaf_with(b->open->leaf.encryption_key, NONE);
	cr_assert_eq(mls__tree_diff(&diff, t), 0);
	cr_assert_eq(mls__tree_update(diff, 0, twin), 0);
	cr_assert_eq(mls__tree_check_unique(diff),
	    MLS_E_DUPLICATE_ENCRYPTION_KEY);
	mls__tree_free(diff);

	up = parent_with(mls__buf_str("a key"), NULL, 0);
	mls__tree_put(t, 1, up);
	mls__node_free(up);
	mls__node_free(twin);
	twin = leaf_with(mls__buf_str("a key"), NONE);
	cr_assert_eq(mls__tree_diff(&diff, t), 0);
	cr_assert_eq(mls__tree_add(&at, diff, twin), 0);
	cr_assert_eq(mls__tree_check_unique(diff),
	    MLS_E_DUPLICATE_ENCRYPTION_KEY);
	mls__tree_free(diff);
	mls__node_free(twin);

	up = parent_with(b->open->leaf.encryption_key, NULL, 0);
	cr_assert_eq(mls__tree_diff(&diff, t), 0);
	mls__tree_put(diff, 1, up);
	cr_assert_eq(mls__tree_check_unique(diff),
	    MLS_E_DUPLICATE_PARENT_KEY);
	mls__tree_free(diff);
	mls__node_free(up);
	mls__tree_free(t);
	mls__node_free(a);
	mls__node_free(b);
}
