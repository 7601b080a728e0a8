/* SPDX-License-Identifier: MIT */
#include "tree/path_secret.h"

#include "tree/parent_hash.h"
#include "tree/state.h"

int
mls__path_secret_next(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_secret *secret)
{
	struct mls_secret next;
	int rc = mls__derive_secret(&next, s, secret, "path");

	if (rc == 0)
		*out = next;
	mls__secret_wipe(&next);
	return rc;
}

int
mls__path_secret_key(struct mls_privkey **out, const struct mls_suite *s,
    const struct mls_secret *secret)
{
	struct mls_secret node;
	int rc = mls__derive_secret(&node, s, secret, "node");

	if (rc == 0)
		rc = mls__key_derive(out, s, mls__secret_buf(&node));
	mls__secret_wipe(&node);
	return rc;
}

/* The key of one node from its secret; checked against the tree. */
static int
take_key(struct mls_path_keys *keys, const struct mls_secret *secret,
    const struct mls_suite *s, const struct mls_node *node, unsigned level,
    int error)
{
	struct mls_privkey *key;
	int rc = mls__path_secret_key(&key, s, secret);

	if (rc != 0)
		return rc;
	if (mls__equal(mls__key_public(key), mls__node_key(node))) {
		mls__path_keys_set(keys, level, key);
		return 0;
	}
	mls__key_free(key);
	return error;
}

int
mls__path_secret_climb(struct mls_path_keys *keys, struct mls_secret *secret,
    struct mls_tree *t, uint32_t at, int error)
{
	const struct mls_suite *s = mls__tree_suite(t);
	const struct mls_node *node;
	int rc = 0;

	for (; at != MLS_NO_NODE && rc == 0;
	    at = mls__node_parent(at, mls__tree_width(t))) {
		node = mls__tree_node(t, at);
		if (node == NULL)
			continue;
		rc = take_key(keys, secret, s, node, mls__node_level(at),
		    error);
		if (rc == 0)
			rc = mls__path_secret_next(secret, s, secret);
	}
	return rc != 0 ? rc : mls__tree_error(t);
}

/* The first position of the list that is not below leaf. */
static size_t
position(struct mls_leaf_list list, uint32_t leaf)
{
	size_t lo = 0, hi = list.n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (list.leaves[mid] < leaf)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool
mls__leaf_listed(struct mls_leaf_list list, uint32_t leaf)
{
	size_t i = position(list, leaf);

	return i < list.n && list.leaves[i] == leaf;
}

size_t
mls__leaves_below(struct mls_leaf_list list, uint32_t node)
{
	uint32_t first = mls__node_first(node);

	return position(list, first + (1u << mls__node_level(node))) -
	    position(list, first);
}

static int
put_parent(struct mls_tree *t, uint32_t at, struct mls_buf pub,
    struct mls_buf parent_hash)
{
	struct mls_node *node;
	int rc = mls__node_make_parent(&node, pub, parent_hash, NULL, 0);

	if (rc != 0)
		return rc;
	mls__tree_put(t, at, node);
	mls__node_free(node);
	return t->error;
}

int
mls__path_put(uint8_t *parent_hash, size_t *len, struct mls_tree *t,
    uint32_t leaf, const struct mls_buf *pubs, const uint32_t *path,
    const uint32_t *copath, unsigned n)
{
	uint32_t root = mls__node_root(t->width), at;
	unsigned level = mls__node_level(root);
	size_t hash_len = 0;
	int rc = 0;

	for (; level > 0 && rc == 0; level--) {
		at = mls__node_at(leaf, level);
		if (n == 0 || path[n - 1] != at) {
			mls__tree_put(t, at, NULL);
			rc = t->error;
			continue;
		}
		n--;
		/* DEC-09: the topmost has an empty one, root or not. */
		rc = put_parent(t, at, pubs[n], mls__buf(parent_hash,
		    hash_len));
		if (rc == 0)
			rc = mls__parent_hash(parent_hash, t, at, copath[n]);
		hash_len = t->suite->nh;
	}
	if (rc == 0)
		*len = hash_len;
	return rc;
}
