/* SPDX-License-Identifier: MIT */
/* What reading a tree and checking its parent hashes refuse. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/error.h"
#include "tree/treekem.h"
#include "tree_model.h"

static struct fixture fix;
static struct mls_node *leaf[8];

static void
set_up(void)
{
	size_t i;

	fixture_open(&fix, 1);
	for (i = 0; i < 8; i++)
		leaf[i] = model_leaf(&fix, (unsigned)i);
}

static void
tear_down(void)
{
	size_t i;

	for (i = 0; i < 8; i++)
		mls__node_free(leaf[i]);
	fixture_close(&fix);
}

TestSuite(tree_read, .init = set_up, .fini = tear_down);

/* Nodes in order; NULL is a blank. */
static int
read_nodes(struct mls_node *const *nodes, size_t n, uint32_t max)
{
	struct mls_writer w = { 0 };
	struct mls_tree *t = NULL;
	size_t at = mls__write_open(&w), i;
	int rc;

	for (i = 0; i < n; i++) {
		mls__write_u8(&w, nodes[i] != NULL);
		if (nodes[i] == NULL)
			continue;
		mls__write_u8(&w, nodes[i]->is_leaf ? 1 : 2);
		mls__write_bytes(&w, nodes[i]->raw);
	}
	mls__write_close(&w, at);
	rc = mls__tree_read(&t, fix.suite, mls__writer_buf(&w), max, NULL);
	cr_assert_eq(t == NULL, rc != 0);
	mls__writer_free(&w);
	mls__tree_free(t);
	return rc;
}

static struct mls_node *
parent(const char *key, size_t hash_len, size_t n, const uint32_t *unmerged)
{
	static const uint8_t hash[MLS_MAX_HASH] = { 1 };
	struct mls_node *node = NULL;

	cr_assert_eq(mls__node_make_parent(&node, mls__buf_str(key),
	    mls__buf(hash, hash_len), unmerged, n), 0);
	return node;
}

Test(tree_read, TREE_01_to_05_LIMIT_02_shape)
{
	struct mls_node *p = parent("p", 0, 0, NULL);
	struct mls_node *good[] = { leaf[0], p, leaf[1], NULL, leaf[2] };
	struct mls_node *blank[] = { leaf[0], NULL, NULL };
	struct mls_node *even[] = { leaf[0], p };
	struct mls_node *odd_leaf[] = { leaf[0], leaf[1], leaf[2] };
	struct mls_node *even_parent[] = { p, NULL, leaf[0] };

	cr_assert_eq(read_nodes(good, 5, 8), 0);
	cr_assert_eq(read_nodes(good, 5, 3), 0);
	cr_assert_eq(read_nodes(good, 5, 2), MLS_E_TREE_TOO_LARGE);
	cr_assert_eq(read_nodes(good, 0, 8), MLS_E_TREE_EMPTY);
	cr_assert_eq(read_nodes(good, 4, 8), MLS_E_TREE_TRAILING_BLANK);
	cr_assert_eq(read_nodes(blank, 3, 8), MLS_E_TREE_TRAILING_BLANK);
	cr_assert_eq(read_nodes(even, 2, 8), MLS_E_TREE_EVEN_LENGTH);
	cr_assert_eq(read_nodes(odd_leaf, 3, 8), MLS_E_TREE_NODE_POSITION);
	cr_assert_eq(read_nodes(even_parent, 3, 8), MLS_E_TREE_NODE_POSITION);
	mls__node_free(p);
}

/* A tree of four leaves and a root above, with one thing at its root. */
static int
with_root(struct mls_node *low, struct mls_node *root)
{
	struct mls_node *nodes[] = { leaf[0], low, leaf[1], root, leaf[2],
		NULL, leaf[3] };
	int rc = read_nodes(nodes, 7, 8);

	mls__node_free(low);
	mls__node_free(root);
	return rc;
}

static int
with_unmerged(size_t n, uint32_t a, uint32_t b)
{
	uint32_t list[] = { a, b };

	return with_root(NULL, parent("root", 0, n, list));
}

Test(tree_read, TREE_12_13_LIMIT_03_unmerged_lists)
{
	cr_assert_eq(with_unmerged(2, 1, 3), 0);
	cr_assert_eq(with_unmerged(2, 3, 1), MLS_E_UNMERGED_LEAVES_UNSORTED);
	cr_assert_eq(with_unmerged(2, 1, 1), MLS_E_UNMERGED_LEAVES_UNSORTED);
	cr_assert_eq(with_unmerged(1, 4, 0),
	    MLS_E_UNMERGED_LEAF_OUT_OF_RANGE);
	cr_assert_eq(with_unmerged(1, (1u << 24) - 1, 0),
	    MLS_E_UNMERGED_LEAF_OUT_OF_RANGE);
	cr_assert_eq(with_unmerged(1, 1u << 24, 0),
	    MLS_E_LEAF_INDEX_TOO_LARGE);
	cr_assert_eq(with_unmerged(1, 0xffffffff, 0),
	    MLS_E_LEAF_INDEX_TOO_LARGE);
}

Test(tree_read, TREE_14_15_16_18_CRYPT_14_unmerged_leaves)
{
	uint32_t one = 1, two = 2;
	struct mls_node *p = parent("p", 0, 1, &two);
	struct mls_node *hole[] = { leaf[0], NULL, NULL, p, NULL, NULL,
		leaf[3] };
	struct mls_node *q = parent("q", 0, 0, NULL);
	struct mls_node *side[] = { leaf[0], q, NULL, NULL, leaf[2] };

	cr_assert_eq(read_nodes(hole, 7, 8), MLS_E_UNMERGED_LEAF_BLANK);
	hole[4] = leaf[2];
	cr_assert_eq(read_nodes(hole, 7, 8), 0);
	cr_assert_eq(with_root(parent("low", 0, 1, &two), NULL),
	    MLS_E_UNMERGED_LEAF_NOT_BELOW);
	cr_assert_eq(with_root(parent("low", 0, 0, NULL),
	    parent("root", 0, 1, &one)), MLS_E_UNMERGED_LEAF_GAP);
	cr_assert_eq(with_root(parent("low", 0, 1, &one),
	    parent("root", 0, 1, &one)), 0);
	cr_assert_eq(with_root(parent("low", 0, 1, &one),
	    parent("root", 0, 0, NULL)), 0);
	cr_assert_eq(read_nodes(side, 5, 8), MLS_E_PARENT_OVER_EMPTY_SIDE);
	side[2] = leaf[1];
	cr_assert_eq(read_nodes(side, 5, 8), 0);
	cr_assert_eq(with_root(NULL, parent("root", 31, 0, NULL)),
	    MLS_E_HASH_LENGTH);
	cr_assert_eq(with_root(NULL, parent("root", 32, 0, NULL)), 0);
	mls__node_free(p);
	mls__node_free(q);
}

Test(tree_read, LEAF_23_TREE_17_twins)
{
	char key[33] = "";
	struct mls_node *nodes[] = { leaf[0], NULL, leaf[0] };

	cr_assert_eq(read_nodes(nodes, 3, 8),
	    MLS_E_DUPLICATE_ENCRYPTION_KEY);
	cr_assert_eq(with_root(parent("a", 0, 0, NULL), parent("a", 0, 0,
	    NULL)), MLS_E_DUPLICATE_PARENT_KEY);
	memset(key, 'k', 32);
	cr_assert_eq(with_root(parent(key, 0, 0, NULL), parent("a", 0, 0,
	    NULL)), 0);
}

/* Octets */
Test(tree_read, WIRE_05_06_08_15_octets)
{
	struct mls_node *nodes[] = { leaf[0], NULL, leaf[1] };
	struct mls_writer w = { 0 };
	struct mls_tree *t = NULL;
	size_t at = mls__write_open(&w), i, n;
	uint8_t *first;

	for (i = 0; i < 3; i++) {
		mls__write_u8(&w, nodes[i] != NULL);
		if (nodes[i] == NULL)
			continue;
		mls__write_u8(&w, 1);
		mls__write_bytes(&w, nodes[i]->raw);
	}
	mls__write_close(&w, at);
	n = w.len;
	for (i = 0; i < n; i++)
		cr_assert_neq(mls__tree_read(&t, fix.suite,
		    mls__buf(w.data, i), 8, NULL), 0);
	mls__write_u8(&w, 0);
	cr_assert_eq(mls__tree_read(&t, fix.suite, mls__buf(w.data, n + 1),
	    8, NULL), MLS_E_TRAILING_BYTES);
	first = w.data + 2;
	cr_assert_eq(*first, 1);
	*first = 2;
	cr_assert_eq(mls__tree_read(&t, fix.suite, mls__buf(w.data, n), 8, NULL),
	    MLS_E_OPTIONAL_BAD_PRESENCE);
	*first = 1;
	for (i = 0; i < 4; i += 3) {
		first[1] = (uint8_t)i;
		cr_assert_eq(mls__tree_read(&t, fix.suite,
		    mls__buf(w.data, n), 8, NULL), MLS_E_UNKNOWN_NODE_TYPE);
	}
	first[1] = 1;
	cr_assert_eq(mls__tree_read(&t, fix.suite, mls__buf(w.data, n), 8, NULL),
	    0);
	mls__tree_free(t);
	mls__writer_free(&w);
}

/* A tree whose parents come from paths of some members. */
static struct mls_tree *
committed(struct mls_privkey *signer, const uint32_t *who, size_t n)
{
	struct mls_path_making pm;
	struct mls_tree *t;
	uint32_t at;
	size_t i;

	cr_assert_eq(mls__tree_new(&t, fix.suite, 8, NULL), 0);
	for (i = 0; i < 7; i++)
		cr_assert_eq(mls__tree_add(&at, t, leaf[i]), 0);
	for (i = 0; i < n; i++) {
		cr_assert_eq(mls__path_make(&pm, t, mls__tree_leaf(t,
		    who[i]), signer, mls__buf_str("group"), who[i]), 0);
		mls__path_making_free(&pm);
	}
	return t;
}

static void
put_parent(struct mls_tree *t, uint32_t at, struct mls_buf hash,
    const uint32_t *unmerged, size_t n)
{
	struct mls_node *node = NULL;

	cr_assert_eq(mls__node_make_parent(&node,
	    mls__node_key(mls__tree_node(t, at)), hash, unmerged, n), 0);
	mls__tree_put(t, at, node);
	mls__node_free(node);
}

Test(tree_read, TREE_07_09_parent_hashes)
{
	static const uint32_t who[] = { 0, 3, 2, 5 };
	struct mls_privkey *signer;
	struct mls_tree *good, *t;
	struct mls_node *node = NULL;
	uint32_t at;

	cr_assert_eq(mls__key_generate_sign(&signer, fix.suite), 0);
	good = committed(signer, who, 4);
	cr_assert_eq(mls__parent_hash_verify(good), 0);

	cr_assert_eq(mls__tree_diff(&t, good), 0); /* another key */
	cr_assert_eq(mls__node_make_parent(&node, mls__buf_str("forged"),
	    mls__node_parent_hash(mls__tree_node(t, 7)), NULL, 0), 0);
	mls__tree_put(t, 7, node);
	mls__node_free(node);
	cr_assert_eq(mls__parent_hash_verify(t),
	    MLS_E_PARENT_HASH_UNCOVERED);
	mls__tree_free(t);

	cr_assert_eq(mls__tree_diff(&t, good), 0); /* emptied half way */
	put_parent(t, 11, mls__buf(NULL, 0), NULL, 0);
	cr_assert_eq(mls__parent_hash_verify(t),
	    MLS_E_PARENT_HASH_UNCOVERED);
	mls__tree_free(t);

	/* An extra member below the node that is linked to the root. */
	cr_assert_eq(mls__tree_diff(&t, good), 0);
	cr_assert_eq(mls__tree_add(&at, t, leaf[7]), 0);
	cr_assert_eq(at, 7);
	cr_assert_eq(mls__parent_hash_verify(t), 0);
	put_parent(t, 7, mls__buf(NULL, 0), NULL, 0);
	cr_assert_eq(mls__parent_hash_verify(t),
	    MLS_E_PARENT_HASH_UNMERGED_MISMATCH);
	mls__tree_free(t);

	mls__tree_free(good);
	mls__key_free(signer);
}

/* A leaf with this parent hash. */
static void
put_claim(struct mls_tree *t, uint32_t at, struct mls_buf hash,
    const struct mls_privkey *signer)
{
	struct mls_leaf fields = leaf[at]->open->leaf;
	struct mls_node *node = NULL;

	fields.source = MLS_LEAF_COMMIT;
	fields.parent_hash = hash;
	cr_assert_eq(mls__leaf_sign(&node, &fields, fix.suite, signer,
	    mls__buf_str("g"), at), 0);
	mls__tree_put(t, mls__leaf_node(at), node);
	mls__node_free(node);
}

/* Leaves 0 and 1, below a blank, both claim the root. */
Test(tree_read, TREE_08_09_covered_twice)
{
	struct mls_node *up = parent("up", 0, 0, NULL);
	uint8_t hash[MLS_MAX_HASH];
	struct mls_privkey *signer;
	struct mls_tree *t;
	uint32_t one = 1;

	cr_assert_eq(mls__key_generate_sign(&signer, fix.suite), 0);
	cr_assert_eq(mls__tree_new(&t, fix.suite, 4, NULL), 0);
	mls__tree_put(t, 0, leaf[0]);
	mls__tree_put(t, 4, leaf[2]);
	mls__tree_put(t, 3, up);
	cr_assert_eq(mls__parent_hash(hash, t, 3, 5), 0);
	put_claim(t, 0, mls__buf(hash, 32), signer);
	cr_assert_eq(mls__parent_hash_verify(t), 0);
	put_claim(t, 1, mls__buf(hash, 32), signer);
	cr_assert_eq(mls__parent_hash_verify(t),
	    MLS_E_PARENT_HASH_COVERED_TWICE);
	mls__tree_put(t, 2, leaf[1]);
	cr_assert_eq(mls__parent_hash_verify(t),
	    MLS_E_PARENT_HASH_UNMERGED_MISMATCH);
	put_parent(t, 3, mls__buf(NULL, 0), &one, 1);
	cr_assert_eq(mls__parent_hash_verify(t), 0);
	mls__node_free(up);
	mls__key_free(signer);
	mls__tree_free(t);
}

/* Whoever only looks at a leaf keeps nothing of it; who asks for it has it
 * opened, and what the tree says of it stays. */
Test(tree_read, closed_leaves)
{
	struct mls_writer w = { 0 };
	struct mls_tree *t = NULL, *read = NULL;
	struct mls_leaf room, next;
	struct mls_reader nodes;
	uint32_t at = MLS_NO_NODE, i;

	cr_assert_eq(mls__tree_new(&t, fix.suite, 8, NULL), 0);
	for (i = 0; i < 8; i += 3)
		mls__tree_put(t, mls__leaf_node(i), leaf[i]);
	mls__tree_write(&w, t);
	cr_assert_eq(mls__tree_read(&read, fix.suite, mls__writer_buf(&w), 8,
	    NULL), 0);
	cr_expect_null(mls__tree_look(&room, read, 1));
	cr_assert_eq(mls__tree_look(&room, read, 3), &room);
	cr_expect(mls__equal(room.signature_key,
	    leaf[3]->open->leaf.signature_key));
	cr_expect(mls__tree_node(read, 6)->closed);
	cr_assert_not_null(mls__tree_leaf(read, 3));
	cr_expect_not(mls__tree_node(read, 6)->closed);
	cr_expect_neq(mls__tree_look(&room, read, 3), &room);
	cr_expect_eq(mls__tree_find(read, MLS_INDEX_SIGNATURE,
	    leaf[3]->open->leaf.signature_key, MLS_NO_NODE), 6);
	mls__tree_members_begin(&nodes, mls__writer_buf(&w));
	for (i = 0; i < 8; i += 3) {
		cr_assert(mls__tree_members_next(&next, &at, &nodes));
		cr_expect_eq(at, mls__leaf_node(i));
		cr_expect(mls__equal(next.raw, leaf[i]->raw));
	}
	cr_expect_not(mls__tree_members_next(&next, &at, &nodes));
	mls__writer_free(&w);
	mls__tree_free(read);
	mls__tree_free(t);
}

/* What fails, and how often each was run. */
struct failing {
	size_t from, step;
	_Atomic unsigned runs[100];
};

static int
fail_some(void *arg, size_t i)
{
	struct failing *f = arg;

	f->runs[i]++;
	return i >= f->from && (i - f->from) % f->step == 0 ?
	    -(int)i - 1 : 0;
}

/* The lowest that fails is told, whatever the ranges are. */
Test(tree_read, the_first_failure)
{
	struct failing f = { 100, 1, { 0 } };
	size_t i, grain;

	for (grain = 1; grain < 200; grain *= 3) {
		for (f.from = 0; f.from <= 100; f.from += 20) {
			memset(f.runs, 0, sizeof(f.runs));
			f.step = 1 + grain % 7;
			cr_expect_eq(mls__plugins_each(fix.suite->plugins,
			    NULL, 100, grain, fail_some, &f),
			    f.from < 100 ? -(int)f.from - 1 : 0);
			for (i = 0; i < f.from; i++)
				cr_expect_eq(f.runs[i], 1);
		}
	}
}
