/* SPDX-License-Identifier: MIT */
#include "tree_model.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static unsigned
level_of(uint32_t x)
{
	unsigned k = 0;

	while (x >> k & 1)
		k++;
	return k;
}

static uint32_t
left_of(uint32_t x)
{
	return x ^ (1u << (level_of(x) - 1));
}

static uint32_t
right_of(uint32_t x)
{
	return x ^ (3u << (level_of(x) - 1));
}

static uint32_t
parent_of(uint32_t x)
{
	unsigned k = level_of(x);

	return (x | 1u << k) ^ ((x >> (k + 1) & 1) << (k + 1));
}

void
model_copy(struct model *out, const struct model *m)
{
	uint32_t i;

	*out = *m;
	for (i = 0; i < 2 * MODEL_MAX; i++)
		mls__node_ref(out->node[i]);
}

void
model_free(struct model *m)
{
	uint32_t i;

	for (i = 0; i < 2 * MODEL_MAX; i++)
		model_put(m, i, NULL);
}

void
model_put(struct model *m, uint32_t at, struct mls_node *node)
{
	mls__node_ref(node);
	mls__node_free(m->node[at]);
	m->node[at] = node;
}

static void
blank_path(struct model *m, uint32_t leaf)
{
	uint32_t at = 2 * leaf;

	while (at != m->width - 1) {
		at = parent_of(at);
		model_put(m, at, NULL);
	}
}

uint32_t
model_add(struct model *m, struct mls_node *node)
{
	uint32_t leaf = 0, at, list[MODEL_MAX];
	struct mls_node *new;
	const struct mls_parent *p;
	size_t n, i;

	while (leaf < m->width && m->node[2 * leaf] != NULL)
		leaf++;
	if (leaf == m->width)
		m->width *= 2;
	model_put(m, 2 * leaf, node);
	for (at = 2 * leaf; at != m->width - 1;) {
		at = parent_of(at);
		if (m->node[at] == NULL)
			continue;
		p = &m->node[at]->open->parent;
		n = mls__unmerged_count(p);
		for (i = n; i > 0 && mls__unmerged_at(p, i - 1) > leaf; i--)
			list[i] = mls__unmerged_at(p, i - 1);
		list[i] = leaf;
		while (i-- > 0)
			list[i] = mls__unmerged_at(p, i);
		cr_assert_eq(mls__node_make_parent(&new, p->encryption_key,
		    p->parent_hash, list, n + 1), 0);
		model_put(m, at, new);
		mls__node_free(new);
	}
	return leaf;
}

void
model_update(struct model *m, uint32_t leaf, struct mls_node *node)
{
	model_put(m, 2 * leaf, node);
	blank_path(m, leaf);
}

void
model_remove(struct model *m, uint32_t leaf)
{
	uint32_t i;

	model_update(m, leaf, NULL);
	while (m->width > 1) {
		for (i = m->width / 2; i < m->width; i++)
			if (m->node[2 * i] != NULL)
				return;
		for (i = m->width - 1; i < 2 * m->width - 1; i++)
			model_put(m, i, NULL);
		m->width /= 2;
	}
}

void
model_take_path(struct model *m, struct mls_tree *t, uint32_t leaf)
{
	uint32_t at = 2 * leaf;

	while (leaf >= m->width)
		m->width *= 2;
	model_put(m, at, mls__tree_node(t, at));
	while (at != m->width - 1) {
		at = parent_of(at);
		model_put(m, at, mls__tree_node(t, at));
	}
}

void
model_resolve(struct model_list *out, const struct model *m, uint32_t at)
{
	const struct mls_node *node = m->node[at];
	size_t i;

	if (node != NULL) {
		out->v[out->n++] = at;
		for (i = 0; !node->is_leaf &&
		    i < mls__unmerged_count(&node->open->parent); i++)
			out->v[out->n++] =
			    2 * mls__unmerged_at(&node->open->parent, i);
	} else if (at & 1) {
		model_resolve(out, m, left_of(at));
		model_resolve(out, m, right_of(at));
	}
}

static bool
listed(const uint32_t *list, size_t n, uint32_t v)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (list[i] == v)
			return true;
	return false;
}

void
model_hash(uint8_t *out, const struct model *m, uint32_t at,
    const uint32_t *gone, size_t n)
{
	const struct mls_node *node = m->node[at];
	uint8_t left[MLS_MAX_HASH], right[MLS_MAX_HASH];
	struct mls_writer w = { 0 };
	struct mls_buf in;
	size_t list, i;

	if ((at & 1) == 0) {
		if (listed(gone, n, at / 2))
			node = NULL;
		mls__write_u8(&w, 1);
		mls__write_u32(&w, at / 2);
		mls__write_u8(&w, node != NULL);
		if (node != NULL)
			mls__write_bytes(&w, node->raw);
	} else {
		model_hash(left, m, left_of(at), gone, n);
		model_hash(right, m, right_of(at), gone, n);
		mls__write_u8(&w, 2);
		mls__write_u8(&w, node != NULL);
		if (node != NULL) {
			const struct mls_parent *p = &node->open->parent;

			mls__write_opaque(&w, p->encryption_key);
			mls__write_opaque(&w, p->parent_hash);
			list = mls__write_open(&w);
			for (i = 0; i < mls__unmerged_count(p); i++)
				if (!listed(gone, n, mls__unmerged_at(p, i)))
					mls__write_u32(&w,
					    mls__unmerged_at(p, i));
			mls__write_close(&w, list);
		}
		mls__write_opaque(&w, mls__buf(left, m->suite->nh));
		mls__write_opaque(&w, mls__buf(right, m->suite->nh));
	}
	in = mls__writer_buf(&w);
	cr_assert_eq(w.error, 0);
	cr_assert_eq(mls__hash(out, m->suite, &in, 1), 0);
	mls__writer_free(&w);
}

static bool
below(uint32_t at, uint32_t top)
{
	uint32_t span = (1u << level_of(top)) - 1;

	return at + span >= top && at <= top + span;
}

static void
model_parent_hash(uint8_t *out, const struct model *m,
    const struct mls_parent *p, uint32_t sibling)
{
	uint32_t gone[MODEL_MAX];
	uint8_t hash[MLS_MAX_HASH];
	struct mls_writer w = { 0 };
	struct mls_buf in;
	size_t i, n = mls__unmerged_count(p);

	for (i = 0; i < n; i++)
		gone[i] = mls__unmerged_at(p, i);
	model_hash(hash, m, sibling, gone, n);
	mls__write_opaque(&w, p->encryption_key);
	mls__write_opaque(&w, p->parent_hash);
	mls__write_opaque(&w, mls__buf(hash, m->suite->nh));
	in = mls__writer_buf(&w);
	cr_assert_eq(mls__hash(out, m->suite, &in, 1), 0);
	mls__writer_free(&w);
}

/* The three criteria of §7.9.2 for D and P, C being the child above D. */
static bool
link_valid(const struct model *m, uint32_t d, const struct mls_parent *p,
    uint32_t c, uint32_t s)
{
	struct model_list res = { 0 };
	uint8_t hash[MLS_MAX_HASH];
	size_t i, in_c = 0, n = mls__unmerged_count(p);

	if (m->node[d] == NULL || !below(d, c))
		return false;
	model_parent_hash(hash, m, p, s);
	if (!mls__equal(mls__node_parent_hash(m->node[d]),
	    mls__buf(hash, m->suite->nh)))
		return false;
	model_resolve(&res, m, c);
	if (!listed(res.v, res.n, d))
		return false;
	for (i = 0; i < n; i++) {
		uint32_t u = 2 * mls__unmerged_at(p, i);

		if (!below(u, c))
			continue;
		if (u == d || !listed(res.v, res.n, u))
			return false;
		in_c++;
	}
	return res.n == in_c + 1;
}

bool
model_parent_hashes_valid(const struct model *m)
{
	uint32_t at, d;
	unsigned links;

	for (at = 1; at < 2 * m->width - 1; at += 2) {
		if (m->node[at] == NULL)
			continue;
		links = 0;
		for (d = 0; d < 2 * m->width - 1; d++) {
			const struct mls_parent *p = &m->node[at]->open->parent;

			links += link_valid(m, d, p, left_of(at),
			    right_of(at));
			links += link_valid(m, d, p, right_of(at),
			    left_of(at));
		}
		if (links != 1)
			return false;
	}
	return true;
}

struct walk {
	struct model_list list;
};

static int
note(void *arg, uint32_t node)
{
	struct walk *w = arg;

	w->list.v[w->list.n++] = node;
	return 0;
}

static uint32_t
count_members(const struct model *m, uint32_t at)
{
	if ((at & 1) == 0)
		return m->node[at] != NULL;
	return count_members(m, left_of(at)) + count_members(m, right_of(at));
}

static void
compare_node(const struct model *m, struct mls_tree *t, uint32_t at)
{
	const struct mls_slot *slot = mls__tree_slot(t, at);
	struct model_list want = { 0 };
	struct walk got = { { 0 } };
	uint8_t hash[MLS_MAX_HASH];

	cr_assert_eq(slot->node == NULL, m->node[at] == NULL, "node %u", at);
	if (slot->node != NULL)
		cr_assert(mls__equal(slot->node->raw, m->node[at]->raw));
	cr_assert_eq(slot->members, count_members(m, at));
	model_resolve(&want, m, at);
	cr_assert_eq(slot->resolution, want.n);
	cr_assert_eq(mls__tree_resolve(t, at, note, &got), 0);
	cr_assert_eq(got.list.n, want.n);
	cr_assert_arr_eq(got.list.v, want.v, want.n * sizeof(want.v[0]));
	model_hash(hash, m, at, NULL, 0);
	cr_assert(slot->hashed);
	cr_assert_arr_eq(slot->hash, hash, m->suite->nh, "hash of %u", at);
}

static void
compare_leaf(const struct model *m, struct mls_tree *t, uint32_t leaf)
{
	uint32_t path[MLS_MAX_LEVEL], copath[MLS_MAX_LEVEL], at = 2 * leaf;
	uint32_t next = leaf, up, sibling;
	unsigned n, i = 0;

	while (next < m->width && m->node[2 * next] == NULL)
		next++;
	cr_assert_eq(mls__tree_next_leaf(t, leaf), next < m->width ? next :
	    MLS_NO_NODE);
	n = mls__tree_filtered_path(path, copath, t, leaf);
	for (; at != m->width - 1; at = up) {
		struct model_list res = { 0 };

		up = parent_of(at);
		sibling = left_of(up) == at ? right_of(up) : left_of(up);
		model_resolve(&res, m, sibling);
		if (res.n == 0)
			continue;
		cr_assert_lt(i, n);
		cr_assert_eq(path[i], up);
		cr_assert_eq(copath[i++], sibling);
	}
	cr_assert_eq(i, n);
}

/* All nodes that have the same octets, in order. */
static void
compare_index(const struct model *m, struct mls_tree *t, uint32_t at)
{
	const struct mls_leaf *leaf = &m->node[at]->open->leaf;
	uint32_t found = MLS_NO_NODE, i;

	cr_assert_eq(mls__tree_find(t, MLS_INDEX_ENCRYPTION,
	    mls__node_key(m->node[at]), MLS_NO_NODE), at);
	if (at & 1)
		return;
	cr_assert_eq(mls__tree_find(t, MLS_INDEX_SIGNATURE,
	    leaf->signature_key, MLS_NO_NODE), at);
	for (i = 0; i < 2 * m->width; i += 2) {
		if (m->node[i] == NULL || !mls__equal(leaf->credential.raw,
		    m->node[i]->open->leaf.credential.raw))
			continue;
		found = mls__tree_find(t, MLS_INDEX_IDENTITY,
		    leaf->credential.raw, found);
		cr_assert_eq(found, i);
	}
	cr_assert_eq(mls__tree_find(t, MLS_INDEX_IDENTITY,
	    leaf->credential.raw, found), MLS_NO_NODE);
}

static void
compare_capsets(const struct model *m, struct mls_tree *t)
{
	const struct mls_capset *set;
	uint32_t i, total = 0, n;
	size_t k;

	for (k = 0; (set = mls__tree_capset(t, k)) != NULL; k++) {
		for (i = n = 0; i < 2 * m->width; i += 2)
			n += m->node[i] != NULL &&
			    mls__equal(m->node[i]->open->leaf.capabilities.raw,
			    set->capabilities.raw);
		cr_assert_eq(set->count, n);
		cr_assert_gt(n, 0);
		total += n;
	}
	cr_assert_eq(total, mls__tree_members(t));
}

void
model_compare(const struct model *m, struct mls_tree *t)
{
	uint8_t hash[MLS_MAX_HASH];
	uint32_t at, leaf;

	cr_assert_eq(mls__tree_width(t), m->width);
	cr_assert_eq(mls__tree_hash(hash, t), 0);
	for (at = 0; at < 2 * m->width - 1; at++) {
		compare_node(m, t, at);
		if (m->node[at] != NULL)
			compare_index(m, t, at);
	}
	for (leaf = 0; leaf < m->width; leaf++)
		compare_leaf(m, t, leaf);
	for (leaf = 0; leaf < m->width && m->node[2 * leaf] != NULL;)
		leaf++;
	cr_assert_eq(mls__tree_free_leaf(t), leaf);
	compare_capsets(m, t);
	cr_assert_eq(mls__tree_error(t), 0);
}

struct mls_node *
model_leaf(struct fixture *f, unsigned kind)
{
	static const char lists[] = "\0\1\0\2\0\3\0\4\0\5\0\6";
	char identity[] = "member 0";
	struct mls_writer w = { 0 };
	struct mls_node *node = NULL;
	uint8_t key[32];
	size_t i;

	fixture_fill(f, key, sizeof(key));
	mls__write_opaque(&w, mls__buf(key, sizeof(key)));
	fixture_fill(f, key, sizeof(key));
	mls__write_opaque(&w, mls__buf(key, sizeof(key)));
	identity[7] = (char)('0' + kind % 7);
	mls__write_u16(&w, MLS_CRED_BASIC);
	mls__write_opaque(&w, mls__buf_str(identity));
	for (i = 0; i < 5; i++)
		mls__write_opaque(&w, mls__buf(lists, 2 * (1 + kind % 5)));
	mls__write_u8(&w, MLS_LEAF_UPDATE);
	mls__write_opaque(&w, mls__buf(NULL, 0));
	mls__write_opaque(&w, mls__buf_str("not a signature"));
	cr_assert_eq(mls__node_new_leaf(&node, mls__writer_buf(&w)), 0);
	mls__writer_free(&w);
	return node;
}
