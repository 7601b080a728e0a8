/* SPDX-License-Identifier: MIT */
/* Update paths made, sealed, taken and opened, in groups with unmerged, blank
 * and just added leaves. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "tree/treekem.h"
#include "tree_model.h"

#define GROUP "group"
#define MAX 40

static struct fixture fix;

static void
set_up(void)
{
	fixture_open(&fix, 1);
}

static void
tear_down(void)
{
	fixture_close(&fix);
}

TestSuite(treekem, .init = set_up, .fini = tear_down);

/* A group as an onlooker of all its members sees it. */
struct group {
	struct mls_tree *tree;
	struct model model;
	struct mls_privkey *signer[MODEL_MAX];
	struct mls_path_keys keys[MODEL_MAX];
};

/* One commit: two views of the tree, and what changes in the keys. */
struct commit {
	struct mls_tree *made, *taken;
	struct model model;
	uint32_t added[MODEL_MAX];
	struct mls_leaf_list list;
	bool gone[MODEL_MAX];
	struct mls_privkey *signer[MODEL_MAX]; /* of added leaves */
	struct mls_privkey *leaf_key[MODEL_MAX]; /* of added, updated ones */
	uint32_t sender;
	struct mls_path_making pm;
	struct mls_arena arena;
	struct mls_update_path path;
};

static struct mls_node *
new_leaf(struct mls_privkey **key, struct mls_privkey **signer,
    uint32_t index)
{
	struct mls_node *form = model_leaf(&fix, index), *node = NULL;
	struct mls_leaf fields = form->u.leaf;

	cr_assert_eq(mls__key_generate_kem(key, fix.suite), 0);
	if (*signer == NULL)
		cr_assert_eq(mls__key_generate_sign(signer, fix.suite), 0);
	fields.encryption_key = mls__key_public(*key);
	fields.signature_key = mls__key_public(*signer);
	cr_assert_eq(mls__leaf_sign(&node, &fields, fix.suite, *signer,
	    mls__buf_str(GROUP), index), 0);
	mls__node_free(form);
	return node;
}

static void
group_open(struct group *g)
{
	struct mls_node *leaf;
	uint32_t at;

	memset(g, 0, sizeof(*g));
	g->model.suite = fix.suite;
	g->model.width = 1;
	leaf = new_leaf(&g->keys[0].key[0], &g->signer[0], 0);
	model_put(&g->model, 0, leaf);
	cr_assert_eq(mls__tree_new(&g->tree, fix.suite, 1, NULL), 0);
	cr_assert_eq(mls__tree_add(&at, g->tree, leaf), 0);
	mls__node_free(leaf);
}

static void
group_close(struct group *g)
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
		leaf = fixture_draw(&fix, g->model.width);
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
	leaf = new_leaf(&c->leaf_key[at], &signer, at);
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
	leaf = new_leaf(&key, &signer, fixture_draw(&fix, 9));
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

static struct mls_buf
context(const struct commit *c, uint8_t *hash)
{
	cr_assert_eq(mls__tree_hash(hash, c->made), 0);
	return mls__buf(hash, fix.suite->nh);
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
	    context(c, hash), c->list), 0);
	mls__update_path_write(&w, &path);
	cr_assert_eq(mls__writer_take(&octets, &c->arena, &w), 0);
	mls__reader_init(&r, octets);
	mls__update_path_read(&c->path, &c->arena, &r);
	cr_assert_eq(mls__reader_end(&r), 0);
	mls__writer_free(&w);
}

static void
commit_open(struct commit *c, struct group *g, bool with_proposals)
{
	uint32_t n = with_proposals ? fixture_draw(&fix, 5) : 0, i;

	memset(c, 0, sizeof(*c));
	c->list.leaves = c->added;
	cr_assert_eq(mls__tree_diff(&c->made, g->tree), 0);
	cr_assert_eq(mls__tree_diff(&c->taken, g->tree), 0);
	model_copy(&c->model, &g->model);
	c->sender = old_member(g, c);
	for (i = 0; i < n; i++)
		do_update(c, g);
	n = with_proposals ? fixture_draw(&fix, 4) : 0;
	for (i = 0; i < n && count(&c->model) > 2; i++)
		do_remove(c, g);
	n = with_proposals ? fixture_draw(&fix, 5) : 0;
	for (i = 0; i < n; i++)
		do_add(c);
	make_path(c, g);
}

static void
commit_close(struct commit *c)
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

/* What each member holds after the commit. */
static void
open_all(struct mls_path_keys *out, struct commit *c, const struct group *g)
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
			cr_assert_eq(mls__path_open(&secret, &out[i],
			    c->taken, &c->path, c->sender, context(c, hash),
			    c->list), 0, "leaf %u", i);
			cr_assert(mls__equal(mls__secret_buf(&secret),
			    mls__secret_buf(&c->pm.commit_secret)));
		}
		check_keys(&out[i], c->taken);
	}
}

static void
accept(struct group *g, struct commit *c, struct mls_path_keys *keys)
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

/* COMMIT-13, TREE-10, TREE-11, WELCOME-23 */
Test(treekem, random_histories)
{
	static struct mls_path_keys keys[MODEL_MAX];
	static struct commit c;
	static struct group g;
	uint32_t step, i;

	group_open(&g);
	for (step = 0; step < 70; step++) {
		memset(keys, 0, sizeof(keys));
		commit_open(&c, &g, true);
		cr_assert_eq(mls__path_apply(c.taken, &c.path, c.sender,
		    c.list), 0);
		model_take_path(&c.model, c.made, c.sender);
		model_compare(&c.model, c.made);
		model_compare(&c.model, c.taken);
		cr_assert_eq(mls__tree_check_unique(c.taken), 0);
		cr_assert_eq(mls__parent_hash_verify(c.taken), 0);
		if (step % 8 == 0)
			cr_assert(model_parent_hashes_valid(&c.model));
		open_all(keys, &c, &g);
		if (fixture_draw(&fix, 5) != 0)
			accept(&g, &c, keys);
		else
			for (i = 0; i < MODEL_MAX; i++)
				mls__path_keys_free(&keys[i]);
		commit_close(&c);
	}
	group_close(&g);
}

static void
grow_group(struct group *g, uint32_t n)
{
	static struct mls_path_keys keys[MODEL_MAX];
	static struct commit c;

	group_open(g);
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
		open_all(keys, &c, g);
		accept(g, &c, keys);
		commit_close(&c);
	}
}

/* A path with one thing changed is refused, and the good one is not. */
static int
try_path(struct commit *c, struct group *g)
{
	struct mls_tree *t;
	int rc;

	cr_assert_eq(mls__tree_diff(&t, g->tree), 0);
	rc = mls__path_apply(t, &c->path, c->sender, c->list);
	mls__tree_free(t);
	return rc;
}

static void
resign(struct commit *c, const struct group *g, const struct mls_leaf *fields,
    struct mls_node **keep)
{
	mls__node_free(*keep);
	cr_assert_eq(mls__leaf_sign(keep, fields, fix.suite,
	    g->signer[c->sender], mls__buf_str(GROUP), c->sender), 0);
	c->path.leaf = (*keep)->u.leaf;
}

/* COMMIT-04 to COMMIT-09, CRYPT-02 */
Test(treekem, refused_paths)
{
	static struct commit c;
	static struct group g;
	struct mls_node *made = NULL;
	struct mls_leaf fields;
	struct mls_buf key;
	size_t n;

	grow_group(&g, 9);
	commit_open(&c, &g, false);
	cr_assert_geq(c.path.n, 2);

	c.path.n--;
	cr_assert_eq(try_path(&c, &g), MLS_E_PATH_LENGTH);
	c.path.n++;
	n = c.path.nodes[1].n--;
	cr_assert_eq(try_path(&c, &g), MLS_E_PATH_CIPHERTEXT_COUNT);
	c.path.nodes[1].n = n;

	key = c.path.nodes[0].key;
	c.path.nodes[0].key.len--;
	cr_assert_eq(try_path(&c, &g), MLS_E_HPKE_PUBLIC_KEY_INVALID);
	c.path.nodes[0].key = mls__tree_leaf(g.tree, c.sender)->encryption_key;
	cr_assert_eq(try_path(&c, &g), MLS_E_PATH_KEY_IN_TREE);
	c.path.nodes[0].key = mls__node_key(mls__tree_node(g.tree,
	    c.pm.path[c.pm.n - 1]));
	cr_assert_eq(try_path(&c, &g), MLS_E_PATH_KEY_IN_TREE);
	c.path.nodes[0].key = c.path.nodes[1].key;
	cr_assert_eq(try_path(&c, &g), MLS_E_PATH_KEY_REPEATED);
	c.path.nodes[0].key = c.path.leaf.encryption_key;
	cr_assert_eq(try_path(&c, &g), MLS_E_PATH_KEY_REPEATED);
	c.path.nodes[0].key = key;

	fields = c.path.leaf;
	fields.encryption_key =
	    mls__tree_leaf(g.tree, c.sender)->encryption_key;
	resign(&c, &g, &fields, &made);
	cr_assert_eq(try_path(&c, &g), MLS_E_COMMITTER_KEY_UNCHANGED);
	fields = mls__tree_leaf(c.made, c.sender)[0];
	fields.parent_hash = mls__buf(NULL, 0);
	resign(&c, &g, &fields, &made);
	cr_assert_eq(try_path(&c, &g), MLS_E_PATH_PARENT_HASH);
	resign(&c, &g, mls__tree_leaf(c.made, c.sender), &made);
	cr_assert_eq(try_path(&c, &g), 0);

	mls__node_free(made);
	commit_close(&c);
	group_close(&g);
}

static int
try_open(struct commit *c, const struct group *g, uint32_t leaf,
    struct mls_buf info)
{
	struct mls_path_keys keys;
	struct mls_secret secret;
	struct mls_privkey *before;
	int rc;

	mls__path_keys_copy(&keys, &g->keys[leaf]);
	before = keys.key[0];
	rc = mls__path_open(&secret, &keys, c->taken, &c->path, c->sender,
	    info, c->list);
	cr_assert_eq(keys.key[0], before);
	mls__path_keys_free(&keys);
	return rc;
}

/* COMMIT-11, COMMIT-12, CRYPT-07, CRYPT-08 */
Test(treekem, refused_secrets)
{
	static struct commit c;
	static struct group g;
	struct mls_ciphertext *ct;
	uint8_t hash[MLS_MAX_HASH], octets[256], enc[32] = { 9 };
	struct mls_buf info, good;
	uint32_t leaf;

	grow_group(&g, 2);
	commit_open(&c, &g, false);
	leaf = 1 - c.sender;
	cr_assert_eq(mls__path_apply(c.taken, &c.path, c.sender, c.list), 0);
	info = context(&c, hash);
	cr_assert_eq(try_open(&c, &g, leaf, info), 0);
	cr_assert_eq(try_open(&c, &g, leaf, mls__buf_str("old")),
	    MLS_E_PATH_SECRET_DECRYPT);
	ct = &c.path.nodes[0].ciphertexts[0];
	good = ct->ct;
	memcpy(octets, good.data, good.len);
	octets[3] ^= 1;
	ct->ct.data = octets;
	cr_assert_eq(try_open(&c, &g, leaf, info),
	    MLS_E_PATH_SECRET_DECRYPT);
	ct->ct.len = fix.suite->nt - 1;
	cr_assert_eq(try_open(&c, &g, leaf, info), MLS_E_CIPHERTEXT_LENGTH);
	ct->ct = good;
	good = ct->enc;
	ct->enc.len--;
	cr_assert_eq(try_open(&c, &g, leaf, info), MLS_E_KEM_OUTPUT_LENGTH);
	ct->enc = mls__buf(enc, sizeof(enc));
	cr_assert_eq(try_open(&c, &g, leaf, info),
	    MLS_E_PATH_SECRET_DECRYPT);
	ct->enc = good;
	/* The secret of another key than the path announces. */
	c.pm.secrets[0].data[0] ^= 1;
	cr_assert_eq(mls__path_seal(&c.path, &c.arena, &c.pm, c.made, info,
	    c.list), 0);
	cr_assert_eq(try_open(&c, &g, leaf, info), MLS_E_PATH_KEY_MISMATCH);
	c.pm.secrets[0].data[0] ^= 1;
	c.pm.secrets[0].len--;
	cr_assert_eq(mls__path_seal(&c.path, &c.arena, &c.pm, c.made, info,
	    c.list), 0);
	cr_assert_eq(try_open(&c, &g, leaf, info), MLS_E_SECRET_LENGTH);
	commit_close(&c);
	group_close(&g);
}

/* WELCOME-21, WELCOME-22, COMMIT-22, ST-06 */
Test(treekem, joining)
{
	static struct commit c;
	static struct group g;
	struct mls_path_keys keys = { .leaf = 0 };
	struct mls_secret wrong;
	struct mls_tree *t;

	group_open(&g);
	commit_open(&c, &g, false);
	cr_assert_eq(c.pm.n, 0);
	cr_assert_eq(c.pm.commit_secret.len, fix.suite->nh);
	cr_assert_eq(c.path.leaf.parent_hash.len, 0);
	cr_assert_eq(mls__path_apply(c.taken, &c.path, 0, c.list), 0);
	commit_close(&c);
	group_close(&g);

	grow_group(&g, 4);
	commit_open(&c, &g, false);
	t = c.made;
	keys.leaf = c.sender ^ 1;
	wrong = c.pm.secrets[0];
	cr_assert_eq(mls__path_join(&keys, t, c.pm.path[0], &wrong), 0);
	cr_assert_not_null(keys.key[1]);
	wrong.data[0] ^= 1;
	cr_assert_eq(mls__path_join(&keys, t, c.pm.path[0], &wrong),
	    MLS_E_WELCOME_PATH_KEY_MISMATCH);
	cr_assert_eq(mls__path_join(&keys, t, c.pm.path[0] ^ 4, &wrong),
	    MLS_E_WELCOME_PATH_SECRET_MISPLACED);
	mls__tree_put(t, c.pm.path[0], NULL);
	cr_assert_eq(mls__path_join(&keys, t, c.pm.path[0], &wrong),
	    MLS_E_WELCOME_PATH_SECRET_MISPLACED);
	cr_assert_not_null(keys.key[1]);
	mls__path_keys_prune(&keys, t);
	cr_assert_null(keys.key[1]);
	cr_assert_not_null(keys.key[2]);
	mls__path_keys_free(&keys);
	commit_close(&c);
	group_close(&g);
}

/* An external commit: the sender's leaf is blank, or beyond the width. */
Test(treekem, external)
{
	static struct group g;
	struct mls_path_making pm;
	struct mls_update_path path;
	struct mls_arena arena = { 0 };
	struct mls_leaf_list none = { 0, NULL };
	struct mls_tree *made, *taken;
	struct mls_privkey *key = NULL, *signer = NULL;
	struct mls_path_keys keys;
	struct mls_secret secret;
	struct mls_node *leaf;
	uint32_t at;

	for (at = 3; at < 5; at++) {
		grow_group(&g, at);
		leaf = new_leaf(&key, &signer, 0);
		cr_assert_eq(mls__tree_diff(&made, g.tree), 0);
		cr_assert_eq(mls__tree_diff(&taken, g.tree), 0);
		cr_assert_eq(mls__tree_free_leaf(made), at);
		cr_assert_eq(mls__path_make(&pm, made, &leaf->u.leaf, signer,
		    mls__buf_str(GROUP), at), 0);
		cr_assert_eq(mls__path_seal(&path, &arena, &pm, made,
		    mls__buf_str("context"), none), 0);
		cr_assert_eq(mls__path_apply(taken, &path, at, none), 0);
		cr_assert_eq(mls__tree_members(taken), at + 1);
		mls__path_keys_copy(&keys, &g.keys[1]);
		cr_assert_eq(mls__path_open(&secret, &keys, taken, &path, at,
		    mls__buf_str("context"), none), 0);
		cr_assert(mls__equal(mls__secret_buf(&secret),
		    mls__secret_buf(&pm.commit_secret)));
		model_take_path(&g.model, made, at);
		model_compare(&g.model, taken);
		cr_assert_eq(mls__parent_hash_verify(taken), 0);
		mls__path_keys_free(&keys);
		mls__path_making_free(&pm);
		mls__arena_free(&arena);
		mls__tree_free(made);
		mls__tree_free(taken);
		mls__node_free(leaf);
		mls__key_free(key);
		mls__key_free(signer);
		key = signer = NULL;
		group_close(&g);
	}
}
