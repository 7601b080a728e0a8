/* SPDX-License-Identifier: MIT */
#include "kem_group.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct fixture kem_fix;

struct mls_node *
kem_leaf(struct mls_privkey **key, struct mls_privkey **signer,
    uint32_t index)
{
	struct mls_node *form = model_leaf(&kem_fix, index), *node = NULL;
	struct mls_leaf fields = form->open->leaf;

	cr_assert_eq(mls__key_generate_kem(key, kem_fix.suite), 0);
	if (*signer == NULL)
		cr_assert_eq(mls__key_generate_sign(signer, kem_fix.suite), 0);
	fields.encryption_key = mls__key_public(*key);
	fields.signature_key = mls__key_public(*signer);
	cr_assert_eq(mls__leaf_sign(&node, &fields, kem_fix.suite, *signer,
	    mls__buf_str(GROUP), index), 0);
	mls__node_free(form);
	return node;
}

void
kem_open(struct group *g)
{
	struct mls_node *leaf;
	uint32_t at;

	memset(g, 0, sizeof(*g));
	g->model.suite = kem_fix.suite;
	g->model.width = 1;
	leaf = kem_leaf(&g->keys[0].key[0], &g->signer[0], 0);
	model_put(&g->model, 0, leaf);
	cr_assert_eq(mls__tree_new(&g->tree, kem_fix.suite, 1, NULL), 0);
	cr_assert_eq(mls__tree_add(&at, g->tree, leaf), 0);
	mls__node_free(leaf);
}

void
kem_close(struct group *g)
{
	size_t i;

	for (i = 0; i < MODEL_MAX; i++) {
		mls__key_free(g->signer[i]);
		mls__path_keys_free(&g->keys[i]);
	}
	mls__tree_free(g->tree);
	model_free(&g->model);
}

static uint32_t
old_member(const struct group *g, const struct commit *c)
{
	uint32_t leaf;

	do
		leaf = fixture_draw(&kem_fix, g->model.width);
	while (g->model.node[2 * leaf] == NULL || c->gone[leaf]);
	return leaf;
}

static uint32_t
count(const struct model *m)
{
	uint32_t i, n = 0;

	for (i = 0; i < m->width; i++)
		n += m->node[2 * i] != NULL;
	return n;
}

static void
do_update(struct commit *c, const struct group *g)
{
	uint32_t at = old_member(g, c);
	struct mls_privkey *signer = g->signer[at];
	struct mls_node *leaf;

	if (at == c->sender || c->leaf_key[at] != NULL)
		return;
	leaf = kem_leaf(&c->leaf_key[at], &signer, at);
	cr_assert_eq(mls__tree_update(c->made, at, leaf), 0);
	cr_assert_eq(mls__tree_update(c->taken, at, leaf), 0);
	model_update(&c->model, at, leaf);
	mls__node_free(leaf);
}

static void
do_remove(struct commit *c, const struct group *g)
{
	uint32_t at = old_member(g, c);

	if (at == c->sender || c->leaf_key[at] != NULL)
		return;
	cr_assert_eq(mls__tree_remove(c->made, at), 0);
	cr_assert_eq(mls__tree_remove(c->taken, at), 0);
	model_remove(&c->model, at);
	c->gone[at] = true;
}

static int
ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void
do_add(struct commit *c)
{
	struct mls_privkey *key = NULL, *signer = NULL;
	struct mls_node *leaf;
	uint32_t at, again;

	if (count(&c->model) >= MAX)
		return;
	leaf = kem_leaf(&key, &signer, fixture_draw(&kem_fix, 9));
	cr_assert_eq(mls__tree_add(&at, c->made, leaf), 0);
	cr_assert_eq(mls__tree_add(&again, c->taken, leaf), 0);
	cr_assert_eq(at, again);
	cr_assert_eq(model_add(&c->model, leaf), at);
	mls__node_free(leaf);
	c->leaf_key[at] = key;
	c->signer[at] = signer;
	c->added[c->list.n++] = at;
	qsort(c->added, c->list.n, sizeof(c->added[0]), ascending);
}

struct mls_buf
kem_context(const struct commit *c, uint8_t *hash)
{
	cr_assert_eq(mls__tree_hash(hash, c->made), 0);
	return mls__buf(hash, kem_fix.suite->nh);
}

/* Make, seal, write, read; the path is then as a receiver has it. */
static void
make_path(struct commit *c, const struct group *g)
{
	struct mls_update_path path;
	struct mls_writer w = { 0 };
	uint8_t hash[MLS_MAX_HASH];
	struct mls_reader r;
	struct mls_buf octets;

	cr_assert_eq(mls__path_make(&c->pm, c->made, mls__tree_leaf(c->made,
	    c->sender), g->signer[c->sender], mls__buf_str(GROUP),
	    c->sender), 0);
	cr_assert_eq(mls__path_seal(&path, &c->arena, &c->pm, c->made,
	    kem_context(c, hash), c->list), 0);
	mls__update_path_write(&w, &path);
	cr_assert_eq(mls__writer_take(&octets, &c->arena, &w), 0);
	mls__reader_init(&r, octets);
	mls__update_path_read(&c->path, &c->arena, &r);
	cr_assert_eq(mls__reader_end(&r), 0);
	mls__writer_free(&w);
}

void
kem_commit(struct commit *c, struct group *g, bool with_proposals)
{
	uint32_t n = with_proposals ? fixture_draw(&kem_fix, 5) : 0, i;

	memset(c, 0, sizeof(*c));
	c->list.leaves = c->added;
	cr_assert_eq(mls__tree_diff(&c->made, g->tree), 0);
	cr_assert_eq(mls__tree_diff(&c->taken, g->tree), 0);
	model_copy(&c->model, &g->model);
	c->sender = old_member(g, c);
	for (i = 0; i < n; i++)
		do_update(c, g);
	n = with_proposals ? fixture_draw(&kem_fix, 4) : 0;
	for (i = 0; i < n && count(&c->model) > 2; i++)
		do_remove(c, g);
	n = with_proposals ? fixture_draw(&kem_fix, 5) : 0;
	for (i = 0; i < n; i++)
		do_add(c);
	make_path(c, g);
}

void
kem_drop(struct commit *c)
{
	size_t i;

	for (i = 0; i < MODEL_MAX; i++) {
		mls__key_free(c->signer[i]);
		mls__key_free(c->leaf_key[i]);
	}
	mls__tree_free(c->made);
	mls__tree_free(c->taken);
	model_free(&c->model);
	mls__path_making_free(&c->pm);
	mls__arena_free(&c->arena);
}

static void
check_keys(const struct mls_path_keys *k, struct mls_tree *t)
{
	const struct mls_node *node;
	unsigned i;

	cr_assert_not_null(k->key[0]);
	for (i = 0; i <= MLS_MAX_LEVEL; i++) {
		if (k->key[i] == NULL)
			continue;
		node = mls__tree_node(t, mls__node_at(k->leaf, i));
		cr_assert_not_null(node);
		cr_assert(mls__equal(mls__node_key(node),
		    mls__key_public(k->key[i])));
	}
}

static void
join(struct mls_path_keys *out, const struct commit *c, uint32_t leaf)
{
	uint32_t up = mls__node_common(2 * leaf, 2 * c->sender);
	unsigned i;

	out->leaf = leaf;
	mls__path_keys_set(out, 0, mls__key_ref(c->leaf_key[leaf]));
	for (i = 0; c->pm.path[i] != up; i++)
		cr_assert_lt(i, c->pm.n);
	cr_assert_eq(mls__path_join(out, c->taken, up, &c->pm.secrets[i]), 0);
	cr_assert_not_null(out->key[mls__node_level(up)]);
}

/* Keys that belong to no node any more, where none is held: never tried. */
static void
plant_stale(struct mls_path_keys *k)
{
	unsigned i;

	for (i = 1; i < 6; i++)
		if (k->key[i] == NULL)
			mls__path_keys_set(k, i, mls__key_ref(k->key[0]));
}

/* What each member holds after the commit. */
void
kem_open_all(struct mls_path_keys *out, struct commit *c, const struct group *g)
{
	uint8_t hash[MLS_MAX_HASH];
	struct mls_secret secret;
	uint32_t i;

	for (i = 0; i < c->model.width; i++) {
		if (c->model.node[2 * i] == NULL)
			continue;
		if (i == c->sender) {
			mls__path_keys_copy(&out[i], &c->pm.keys);
		} else if (c->signer[i] != NULL) {
			join(&out[i], c, i);
		} else {
			mls__path_keys_copy(&out[i], &g->keys[i]);
			if (c->leaf_key[i] != NULL)
				mls__path_keys_set(&out[i], 0,
				    mls__key_ref(c->leaf_key[i]));
			plant_stale(&out[i]);
			cr_assert_eq(mls__path_open(&secret, &out[i],
			    c->taken, &c->path, c->sender, kem_context(c, hash),
			    c->list), 0, "leaf %u", i);
			cr_assert(mls__equal(mls__secret_buf(&secret),
			    mls__secret_buf(&c->pm.commit_secret)));
		}
		check_keys(&out[i], c->taken);
	}
}

void
kem_accept(struct group *g, struct commit *c, struct mls_path_keys *keys)
{
	uint32_t i;

	cr_assert_eq(mls__tree_merge_prepare(c->taken), 0);
	mls__tree_merge(c->taken);
	c->taken = NULL;
	model_free(&g->model);
	model_copy(&g->model, &c->model);
	for (i = 0; i < MODEL_MAX; i++) {
		mls__path_keys_free(&g->keys[i]);
		g->keys[i] = keys[i];
		if (c->gone[i] || c->signer[i] != NULL) {
			mls__key_free(g->signer[i]);
			g->signer[i] = c->signer[i];
			c->signer[i] = NULL;
		}
	}
}

void
kem_grow(struct group *g, uint32_t n)
{
	static struct mls_path_keys keys[MODEL_MAX];
	static struct commit c;

	kem_open(g);
	while (count(&g->model) < n) {
		memset(keys, 0, sizeof(keys));
		memset(&c, 0, sizeof(c));
		c.list.leaves = c.added;
		cr_assert_eq(mls__tree_diff(&c.made, g->tree), 0);
		cr_assert_eq(mls__tree_diff(&c.taken, g->tree), 0);
		model_copy(&c.model, &g->model);
		c.sender = old_member(g, &c);
		do_add(&c);
		make_path(&c, g);
		cr_assert_eq(mls__path_apply(c.taken, &c.path, c.sender,
		    c.list), 0);
		model_take_path(&c.model, c.made, c.sender);
		kem_open_all(keys, &c, g);
		kem_accept(g, &c, keys);
		kem_drop(&c);
	}
}
