/* SPDX-License-Identifier: MIT */
/* treekem: the update paths given, and paths of our own. */
#include <stdlib.h>
#include <string.h>

#include "libmls/errors.h"
#include "schedule/context.h"
#include "tree/treekem.h"
#include "vectors.h"

/* What one member holds. */
struct leaf_private {
	struct mls_path_keys keys;
	struct mls_privkey *signer;
};

struct treekem {
	struct mls_tree *tree;
	struct mls_buf group_id;
	size_t n;
	struct leaf_private *leaves;
};

static const struct mls_leaf_list nobody;

/* The key that belongs to a path secret (§7.4). */
static struct mls_privkey *
node_key(struct vec *v, const struct mls_secret *path_secret)
{
	struct mls_secret node = { 0 };
	struct mls_privkey *key = NULL;

	if (vec_ok(v, "node_secret", mls__derive_secret(&node, v->suite,
	    path_secret, "node")))
		vec_ok(v, "node_secret", mls__key_derive(&key, v->suite,
		    mls__secret_buf(&node)));
	return key;
}

/* The tree has at that place the public key of what we hold. */
static void
check_held(struct vec *v, const char *field, struct mls_tree *t,
    uint32_t node, const struct mls_privkey *key)
{
	const struct mls_node *n = mls__tree_node(t, node);

	if (!vec_true(v, field, n != NULL && key != NULL))
		return;
	vec_equal(v, field, mls__key_public(key), mls__node_key(n));
}

static void
load_leaf(struct leaf_private *out, struct vec *v, struct treekem *tk,
    const json_t *o)
{
	const json_t *secret;
	struct mls_secret path_secret;
	struct mls_privkey *key;
	uint32_t node;
	size_t i;

	out->keys.leaf = (uint32_t)vec_number(v, o, "index");
	key = vec_key(v, MLS_ROLE_KEM, vec_hex(v, o, "encryption_priv"),
	    "encryption_priv");
	check_held(v, "encryption_priv", tk->tree,
	    mls__leaf_node(out->keys.leaf), key);
	mls__path_keys_set(&out->keys, 0, key);
	out->signer = vec_key(v, MLS_ROLE_SIGN, vec_hex(v, o,
	    "signature_priv"), "signature_priv");
	json_array_foreach(vec_array(v, o, "path_secrets"), i, secret) {
		node = (uint32_t)vec_number(v, secret, "node");
		path_secret = vec_secret(v, secret, "path_secret");
		key = node_key(v, &path_secret);
		check_held(v, "path_secret", tk->tree, node, key);
		mls__path_keys_set(&out->keys, mls__node_level(node), key);
	}
}

static struct leaf_private *
find_leaf(struct treekem *tk, uint32_t leaf)
{
	size_t i;

	for (i = 0; i < tk->n; i++)
		if (tk->leaves[i].keys.leaf == leaf)
			return &tk->leaves[i];
	return NULL;
}

/* The GroupContext with the tree hash of the diff. */
static struct mls_buf
context_of(struct vec *v, struct treekem *tk, struct mls_tree *diff)
{
	struct mls_group_context c = {
		.version = MLS_VERSION_MLS10, .suite = v->suite->row->number,
		.group_id = tk->group_id,
		.epoch = vec_number(v, v->json, "epoch"),
		.confirmed_transcript_hash = vec_hex(v, v->json,
		    "confirmed_transcript_hash")
	};
	uint8_t hash[MLS_MAX_HASH];
	struct mls_buf context = { NULL, 0 };
	struct mls_writer w = { 0 };

	vec_ok(v, "tree hash", mls__tree_hash(hash, diff));
	c.tree_hash = mls__buf(hash, v->suite->nh);
	mls__group_context_write(&w, &c);
	vec_ok(v, "context", mls__writer_take(&context, &v->arena, &w));
	mls__writer_free(&w);
	return context;
}

/* The path secret that the vector gives member `leaf` fits the key that it
 * learnt, and leads to the commit secret. */
static void
check_path_secret(struct vec *v, struct mls_tree *diff, uint32_t sender,
    const struct mls_path_keys *keys, const json_t *text,
    struct mls_secret commit)
{
	uint32_t path[MLS_MAX_LEVEL], copath[MLS_MAX_LEVEL];
	unsigned i, n = mls__tree_filtered_path(path, copath, diff, sender);
	uint32_t common = mls__node_common(mls__leaf_node(sender),
	    mls__leaf_node(keys->leaf));
	struct mls_secret secret = { 0 };
	struct mls_privkey *key;

	vec_ok(v, "path_secrets", mls__secret_set(&secret,
	    vec_hex_of(v, text, "path_secrets")));
	for (i = 0; i < n && path[i] != common; i++)
		continue;
	vec_true(v, "path_secrets", i < n);
	for (; i < n && !v->failed; i++) {
		key = node_key(v, &secret);
		check_held(v, "path_secrets", diff, path[i], key);
		if (key != NULL)
			vec_equal(v, "path_secrets", mls__key_public(
			    keys->key[mls__node_level(path[i])]),
			    mls__key_public(key));
		mls__key_free(key);
		vec_ok(v, "path_secrets", mls__derive_secret(&secret,
		    v->suite, &secret, "path"));
	}
	vec_equal(v, "commit_secret", mls__secret_buf(&secret),
	    mls__secret_buf(&commit));
}

/* Every other member follows the path.  secrets: of the vector, or NULL. */
static void
follow(struct vec *v, struct treekem *tk, struct mls_tree *diff,
    const struct mls_update_path *path, uint32_t sender,
    const struct mls_secret *commit, const json_t *secrets)
{
	struct mls_buf context = context_of(v, tk, diff);
	struct mls_path_keys keys;
	struct mls_secret got = { 0 };
	size_t i;

	for (i = 0; i < tk->n && !v->failed; i++) {
		if (tk->leaves[i].keys.leaf == sender)
			continue;
		mls__path_keys_copy(&keys, &tk->leaves[i].keys);
		if (vec_ok(v, "update_path", mls__path_open(&got, &keys,
		    diff, path, sender, context, nobody))) {
			vec_equal(v, "commit_secret", mls__secret_buf(&got),
			    mls__secret_buf(commit));
			if (secrets != NULL)
				check_path_secret(v, diff, sender, &keys,
				    json_array_get(secrets, keys.leaf), got);
		}
		mls__path_keys_free(&keys);
	}
}

static void
check_leaf(struct vec *v, struct treekem *tk, const struct mls_leaf *leaf,
    uint32_t index)
{
	struct mls_verify_job job;
	struct mls_writer w = { 0 };

	mls__leaf_verify_job(&job, &w, leaf, tk->group_id, index);
	vec_ok(v, "update_path leaf", mls__verify_with_label(v->suite, &job));
	mls__writer_free(&w);
}

static void
take_path(struct vec *v, struct treekem *tk, const json_t *o,
    uint32_t sender)
{
	struct mls_secret commit = vec_secret(v, o, "commit_secret");
	struct mls_update_path path;
	struct mls_tree *diff = NULL;
	uint8_t hash[MLS_MAX_HASH];
	struct mls_reader r;

	mls__reader_init(&r, vec_hex(v, o, "update_path"));
	mls__update_path_read(&path, &v->arena, &r);
	if (!vec_ok(v, "update_path", mls__reader_end(&r)) ||
	    !vec_ok(v, "diff", mls__tree_diff(&diff, tk->tree)))
		return;
	check_leaf(v, tk, &path.leaf, sender);
	if (vec_ok(v, "update_path", mls__path_apply(diff, &path, sender,
	    nobody))) {
		vec_ok(v, "tree_hash_after", mls__tree_hash(hash, diff));
		vec_expect(v, o, "tree_hash_after", mls__buf(hash,
		    v->suite->nh));
		follow(v, tk, diff, &path, sender, &commit,
		    vec_array(v, o, "path_secrets"));
	}
	mls__tree_free(diff);
}

/* A path of our own, through its encoding. */
static bool
make_path(struct mls_update_path *out, struct vec *v, struct treekem *tk,
    struct mls_path_making *pm, const struct leaf_private *sender)
{
	struct mls_tree *diff = NULL;
	struct mls_update_path made;
	struct mls_buf raw = { NULL, 0 };
	struct mls_writer w = { 0 };
	struct mls_reader r;
	uint32_t leaf = sender->keys.leaf;
	bool ok;

	ok = vec_ok(v, "diff", mls__tree_diff(&diff, tk->tree)) &&
	    vec_ok(v, "own path", mls__path_make(pm, diff,
	    mls__tree_leaf(diff, leaf), sender->signer, tk->group_id,
	    leaf)) &&
	    vec_ok(v, "own path", mls__path_seal(&made, &v->arena, pm, diff,
	    context_of(v, tk, diff), nobody));
	if (ok) {
		mls__update_path_write(&w, &made);
		ok = vec_ok(v, "own path", mls__writer_take(&raw, &v->arena,
		    &w));
	}
	mls__writer_free(&w);
	mls__tree_free(diff);
	mls__reader_init(&r, raw);
	mls__update_path_read(out, &v->arena, &r);
	return ok && vec_ok(v, "own path", mls__reader_end(&r));
}

static void
give_path(struct vec *v, struct treekem *tk, uint32_t sender)
{
	const struct leaf_private *own = find_leaf(tk, sender);
	struct mls_update_path path;
	struct mls_path_making pm;
	struct mls_tree *diff = NULL;

	memset(&pm, 0, sizeof(pm));
	if (vec_true(v, "sender", own != NULL && own->signer != NULL) &&
	    make_path(&path, v, tk, &pm, own) &&
	    vec_ok(v, "diff", mls__tree_diff(&diff, tk->tree)) &&
	    vec_ok(v, "own path", mls__path_apply(diff, &path, sender,
	    nobody))) {
		check_leaf(v, tk, &path.leaf, sender);
		follow(v, tk, diff, &path, sender, &pm.commit_secret, NULL);
	}
	mls__tree_free(diff);
	mls__path_making_free(&pm);
}

void
vec_treekem(struct vec *v)
{
	const json_t *leaves = vec_array(v, v->json, "leaves_private"), *o;
	struct treekem tk = { .group_id = vec_hex(v, v->json, "group_id") };
	uint32_t sender;
	size_t i;

	if (!vec_ok(v, "ratchet_tree", mls__tree_read(&tk.tree, v->suite,
	    vec_hex(v, v->json, "ratchet_tree"), MLS_MAX_LEAVES, NULL)))
		return;
	tk.leaves = mls__array_alloc(json_array_size(leaves),
	    sizeof(*tk.leaves));
	if (tk.leaves != NULL)
		tk.n = json_array_size(leaves);
	vec_true(v, "memory", tk.leaves != NULL);
	for (i = 0; i < tk.n; i++)
		load_leaf(&tk.leaves[i], v, &tk, json_array_get(leaves, i));
	json_array_foreach(vec_array(v, v->json, "update_paths"), i, o) {
		if (v->failed)
			break;
		sender = (uint32_t)vec_number(v, o, "sender");
		take_path(v, &tk, o, sender);
		give_path(v, &tk, sender);
	}
	for (i = 0; i < tk.n; i++) {
		mls__path_keys_free(&tk.leaves[i].keys);
		mls__key_free(tk.leaves[i].signer);
	}
	free(tk.leaves);
	mls__tree_free(tk.tree);
}
