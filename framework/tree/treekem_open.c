/* SPDX-License-Identifier: MIT */
/* RFC 9420 §7.5, §12.4.2: taking a received update path. */
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "crypto/kem.h"
#include "tree/path_secret.h"
#include "tree/state.h"

/* The path's keys: of its nodes, then of the leaf. */
struct path_pubs {
	const struct mls_suite *suite;
	struct mls_buf key[MLS_MAX_LEVEL + 1];
	int status[MLS_MAX_LEVEL + 1];
	size_t n;
};

/* COMMIT-04, COMMIT-05 */
static int
check_shape(struct mls_tree *t, const struct mls_update_path *path,
    const uint32_t *copath, unsigned n, struct mls_leaf_list added)
{
	size_t want;
	unsigned i;

	/* What could not be read counts as blank. */
	if (t->error != 0)
		return t->error;
	if (path->n != n)
		return MLS_E_PATH_LENGTH;
	for (i = 0; i < n; i++) {
		want = mls__tree_slot(t, copath[i])->resolution -
		    mls__leaves_below(added, copath[i]);
		if (path->nodes[i].n != want)
			return MLS_E_PATH_CIPHERTEXT_COUNT;
	}
	return t->error;
}

static void
check_range(void *arg, size_t from, size_t to)
{
	struct path_pubs *p = arg;

	for (; from < to; from++)
		p->status[from] = mls__kem_check_public(p->suite,
		    p->key[from]);
}

/* CRYPT-02 */
static int
check_valid(struct path_pubs *p)
{
	size_t i;
	int rc;

	rc = mls__plugins_parallel(p->suite->plugins, p->suite->kem.inst, p->n,
	    1, check_range, p);
	for (i = 0; i < p->n && rc == 0; i++)
		rc = p->status[i];
	return rc;
}

/* COMMIT-06 to COMMIT-08, against the tree before blanking (DEC-12). */
static int
check_fresh(struct mls_tree *t, const struct path_pubs *p, uint32_t sender)
{
	const struct mls_leaf *old = mls__tree_leaf(t, sender);
	size_t i, j;

	if (old != NULL && mls__equal(old->encryption_key, p->key[p->n - 1]))
		return MLS_E_COMMITTER_KEY_UNCHANGED;
	for (i = 0; i < p->n; i++)
		if (mls__tree_find(t, MLS_INDEX_ENCRYPTION, p->key[i],
		    MLS_NO_NODE) != MLS_NO_NODE)
			return MLS_E_PATH_KEY_IN_TREE;
	for (i = 0; i < p->n; i++)
		for (j = 0; j < i; j++)
			if (mls__equal(p->key[i], p->key[j]))
				return MLS_E_PATH_KEY_REPEATED;
	return t->error;
}

static int
put_leaf(struct mls_tree *t, uint32_t leaf, struct mls_buf raw)
{
	struct mls_node *node;
	int rc = mls__node_new_leaf(&node, raw);

	if (rc != 0)
		return rc;
	mls__tree_put(t, mls__leaf_node(leaf), node);
	mls__node_free(node);
	return t->error;
}

int
mls__path_apply(struct mls_tree *diff, const struct mls_update_path *path,
    uint32_t sender, struct mls_leaf_list added)
{
	uint32_t nodes[MLS_MAX_LEVEL], copath[MLS_MAX_LEVEL];
	struct path_pubs pubs = { .suite = diff->suite };
	uint8_t hash[MLS_MAX_HASH];
	unsigned n, i;
	size_t len = 0;
	int rc;

	if (sender >= MLS_MAX_LEAVES) /* LIMIT-03 */
		return MLS_E_LEAF_INDEX_TOO_LARGE;
	while (sender >= diff->width && diff->error == 0)
		mls__tree_grow(diff);
	n = mls__tree_filtered_path(nodes, copath, diff, sender);
	rc = check_shape(diff, path, copath, n, added);
	if (rc != 0)
		return rc;
	for (i = 0; i < n; i++)
		pubs.key[pubs.n++] = path->nodes[i].key;
	pubs.key[pubs.n++] = path->leaf.encryption_key;
	rc = check_valid(&pubs);
	if (rc == 0)
		rc = check_fresh(diff, &pubs, sender);
	if (rc == 0)
		rc = mls__path_put(hash, &len, diff, sender, pubs.key, nodes,
		    copath, n);
	if (rc == 0 && !mls__equal(path->leaf.parent_hash,
	    mls__buf(hash, len))) /* COMMIT-09 */
		rc = MLS_E_PATH_PARENT_HASH;
	if (rc == 0)
		rc = put_leaf(diff, sender, path->leaf.raw);
	return rc;
}

/* Which ciphertext of a path node is for a key that we hold. */
struct recipient {
	struct mls_tree *tree;
	const struct mls_path_keys *keys;
	struct mls_leaf_list added;
	size_t found;
	const struct mls_privkey *key;
};

/* An old key of a node that we are unmerged at must not be tried. */
static bool
holds(struct recipient *r, uint32_t at)
{
	const struct mls_privkey *key = r->keys->key[mls__node_level(at)];
	const struct mls_node *node = mls__tree_node(r->tree, at);

	if (key == NULL || node == NULL ||
	    !mls__equal(mls__key_public(key), mls__node_key(node)))
		return false;
	r->key = key;
	return true;
}

/* Behind a parent in its resolution: the unmerged leaves, of which those
 * added in this commit have no ciphertext. */
static void
find_unmerged(struct recipient *r, const struct mls_parent *p)
{
	uint32_t own = r->keys->leaf, leaf;
	size_t n = mls__unmerged_count(p), i;

	r->found++;
	for (i = 0; i < n; i++) {
		leaf = mls__unmerged_at(p, i);
		if (mls__leaf_listed(r->added, leaf))
			continue;
		if (leaf == own) {
			holds(r, mls__leaf_node(leaf));
			return;
		}
		r->found++;
	}
}

/* The resolution of a node that we are below: of the subtrees beside the way
 * down to us the counts are enough. */
static void
find_ours(struct recipient *r, uint32_t at)
{
	uint32_t own = mls__leaf_node(r->keys->leaf), left;
	const struct mls_node *node;

	while ((node = mls__tree_node(r->tree, at)) == NULL &&
	    !mls__node_is_leaf(at)) {
		left = mls__node_left(at);
		if (mls__node_below(own, left)) {
			at = left;
			continue;
		}
		r->found += mls__tree_slot(r->tree, left)->resolution -
		    mls__leaves_below(r->added, left);
		at = mls__node_right(at);
	}
	if (node != NULL && !holds(r, at) && !node->is_leaf)
		find_unmerged(r, &node->open->parent);
}

/* COMMIT-11, CRYPT-15 */
static int
open_secret(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_privkey *key, const struct mls_ciphertext *c,
    struct mls_buf context)
{
	size_t len = c->ct.len >= s->nt ? c->ct.len - s->nt : 0;
	struct mls_hpke_info info;
	uint8_t *pt;
	int rc;

	rc = mls__hpke_prepare_label(&info, s, MLS_PATH_LABEL, context);
	if (rc != 0)
		return rc;
	pt = mls__alloc(len);
	if (pt == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = mls__hpke_open(pt, &info, key, c->enc, mls__buf(NULL, 0), c->ct,
	    MLS_E_PATH_SECRET_DECRYPT);
	if (rc == 0 && len != s->nh)
		rc = MLS_E_SECRET_LENGTH;
	if (rc == 0)
		rc = mls__secret_set(out, mls__buf(pt, len));
	mls__free_wiped(pt, len);
	return rc;
}

/* The path secret of the lowest node that we share with the sender. */
static int
find_secret(struct mls_secret *out, uint32_t *common,
    const struct mls_path_keys *keys, struct mls_tree *t,
    const struct mls_update_path *path, uint32_t sender,
    struct mls_buf context, struct mls_leaf_list added)
{
	uint32_t nodes[MLS_MAX_LEVEL], copath[MLS_MAX_LEVEL];
	struct recipient r = { .tree = t, .keys = keys, .added = added };
	unsigned n = mls__tree_filtered_path(nodes, copath, t, sender), i;

	*common = mls__node_common(mls__leaf_node(keys->leaf),
	    mls__leaf_node(sender));
	for (i = 0; i < n && nodes[i] != *common; i++)
		continue;
	if (i < n && i < path->n)
		find_ours(&r, copath[i]);
	if (t->error != 0)
		return t->error;
	if (r.key == NULL || r.found >= path->nodes[i].n)
		return MLS_E_PATH_SECRET_DECRYPT;
	return open_secret(out, t->suite, r.key,
	    &path->nodes[i].ciphertexts[r.found], context);
}

int
mls__path_open(struct mls_secret *commit_secret, struct mls_path_keys *keys,
    struct mls_tree *diff, const struct mls_update_path *path,
    uint32_t sender, struct mls_buf context, struct mls_leaf_list added)
{
	struct mls_path_keys fresh;
	struct mls_secret secret = { 0 };
	uint32_t common;
	int rc;

	rc = find_secret(&secret, &common, keys, diff, path, sender, context,
	    added);
	if (rc != 0)
		goto out;
	mls__path_keys_copy(&fresh, keys);
	rc = mls__path_secret_climb(&fresh, &secret, diff, common,
	    MLS_E_PATH_KEY_MISMATCH);
	if (rc == 0)
		mls__path_keys_prune(&fresh, diff);
	if (rc == 0)
		rc = diff->error;
	if (rc != 0) {
		mls__path_keys_free(&fresh);
		goto out;
	}
	mls__path_keys_free(keys);
	*keys = fresh;
	*commit_secret = secret;
out:
	mls__secret_wipe(&secret);
	return rc;
}

int
mls__path_join(struct mls_path_keys *keys, struct mls_tree *t, uint32_t node,
    const struct mls_secret *path_secret)
{
	struct mls_path_keys fresh;
	struct mls_secret secret;
	int rc;

	if (node >= mls__node_count(t->width) || mls__node_is_leaf(node) ||
	    !mls__node_below(mls__leaf_node(keys->leaf), node) ||
	    mls__tree_node(t, node) == NULL) /* WELCOME-21 */
		return t->error != 0 ? t->error :
		    MLS_E_WELCOME_PATH_SECRET_MISPLACED;
	if (path_secret->len != t->suite->nh) /* CRYPT-15 */
		return MLS_E_SECRET_LENGTH;
	secret = *path_secret;
	mls__path_keys_copy(&fresh, keys);
	rc = mls__path_secret_climb(&fresh, &secret, t, node,
	    MLS_E_WELCOME_PATH_KEY_MISMATCH);
	mls__secret_wipe(&secret);
	mls__path_keys_free(rc == 0 ? keys : &fresh);
	if (rc == 0)
		*keys = fresh;
	return rc;
}
