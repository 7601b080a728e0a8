/* SPDX-License-Identifier: MIT */
/* Update paths made, sealed, taken and opened, in groups with unmerged, blank
 * and just added leaves. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "kem_group.h"

static void
set_up(void)
{
	fixture_open(&kem_fix, 1);
}

static void
tear_down(void)
{
	fixture_close(&kem_fix);
}

TestSuite(treekem, .init = set_up, .fini = tear_down);

Test(treekem, COMMIT_13_TREE_10_11_random_histories)
{
	static struct mls_path_keys keys[MODEL_MAX];
	static struct commit c;
	static struct group g;
	uint32_t step, i;

	kem_open(&g);
	for (step = 0; step < 70; step++) {
		memset(keys, 0, sizeof(keys));
		kem_commit(&c, &g, true);
		cr_assert_eq(mls__path_apply(c.taken, &c.path, c.sender,
		    c.list), 0);
		model_take_path(&c.model, c.made, c.sender);
		model_compare(&c.model, c.made);
		model_compare(&c.model, c.taken);
		cr_assert_eq(mls__tree_check_unique(c.taken), 0);
		cr_assert_eq(mls__parent_hash_verify(c.taken), 0);
		if (step % 8 == 0)
			cr_assert(model_parent_hashes_valid(&c.model));
		kem_open_all(keys, &c, &g);
		if (fixture_draw(&kem_fix, 5) != 0)
			kem_accept(&g, &c, keys);
		else
			for (i = 0; i < MODEL_MAX; i++)
				mls__path_keys_free(&keys[i]);
		kem_drop(&c);
	}
	kem_close(&g);
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
	cr_assert_eq(mls__leaf_sign(keep, fields, kem_fix.suite,
	    g->signer[c->sender], mls__buf_str(GROUP), c->sender), 0);
	c->path.leaf = (*keep)->open->leaf;
}

Test(treekem, COMMIT_04_to_09_CRYPT_02_refused_paths)
{
	static struct commit c;
	static struct group g;
	struct mls_node *made = NULL;
	struct mls_leaf fields;
	struct mls_buf key;
	size_t n;

	kem_grow(&g, 9);
	kem_commit(&c, &g, false);
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
	kem_drop(&c);
	kem_close(&g);
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

Test(treekem, COMMIT_11_12_CRYPT_07_08_15_refused_secrets)
{
	static struct commit c;
	static struct group g;
	struct mls_ciphertext *ct;
	uint8_t hash[MLS_MAX_HASH], octets[256], enc[32] = { 9 };
	struct mls_buf info, good;
	uint32_t leaf;

	kem_grow(&g, 2);
	kem_commit(&c, &g, false);
	leaf = 1 - c.sender;
	cr_assert_eq(mls__path_apply(c.taken, &c.path, c.sender, c.list), 0);
	info = kem_context(&c, hash);
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
	ct->ct.len = kem_fix.suite->nt - 1;
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
	kem_drop(&c);
	kem_close(&g);
}

Test(treekem, WELCOME_21_22_COMMIT_22_joining)
{
	static struct commit c;
	static struct group g;
	struct mls_path_keys keys = { .leaf = 0 };
	struct mls_secret wrong;
	struct mls_tree *t;

	kem_open(&g);
	kem_commit(&c, &g, false);
	cr_assert_eq(c.pm.n, 0);
	cr_assert_eq(c.pm.commit_secret.len, kem_fix.suite->nh);
	cr_assert_eq(c.path.leaf.parent_hash.len, 0);
	cr_assert_eq(mls__path_apply(c.taken, &c.path, 0, c.list), 0);
	kem_drop(&c);
	kem_close(&g);

	kem_grow(&g, 4);
	kem_commit(&c, &g, false);
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
	kem_drop(&c);
	kem_close(&g);
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
		kem_grow(&g, at);
		leaf = kem_leaf(&key, &signer, 0);
		cr_assert_eq(mls__tree_diff(&made, g.tree), 0);
		cr_assert_eq(mls__tree_diff(&taken, g.tree), 0);
		cr_assert_eq(mls__tree_free_leaf(made), at);
		cr_assert_eq(mls__path_make(&pm, made, &leaf->open->leaf, signer,
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
		kem_close(&g);
	}
}
