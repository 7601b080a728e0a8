/* SPDX-License-Identifier: MIT */
/* RFC 9420 §7.4: the chain of path secrets; for TreeKEM's files alone. */
#ifndef MLS_TREE_PATH_SECRET_H
#define MLS_TREE_PATH_SECRET_H

#include "tree/treekem.h"

#define MLS_PATH_LABEL "UpdatePathNode" /* of the encryption */

/* path_secret_next(out, s, secret): the secret of the next node, or after the
 * last the commit secret; out may be secret. */
int mls__path_secret_next(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_secret *secret);

/* path_secret_key(out, s, secret): the key pair of its node. */
int mls__path_secret_key(struct mls_privkey **out, const struct mls_suite *s,
    const struct mls_secret *secret);

/*
 * path_secret_climb(keys, secret, t, node, error): keys of `node` and of the
 * non-blank nodes above it, compared with the tree; `error` where they
 * differ.  The secret comes out as the one after the last.
 */
int mls__path_secret_climb(struct mls_path_keys *keys,
    struct mls_secret *secret, struct mls_tree *t, uint32_t node, int error);

/* leaf_listed(list, leaf) */
bool mls__leaf_listed(struct mls_leaf_list list, uint32_t leaf);

/* leaves_below(list, node): how many of the list lie below the node. */
size_t mls__leaves_below(struct mls_leaf_list list, uint32_t node);

/*
 * path_put(t, leaf, pubs, path, copath, n): §7.5, steps 1 to 3: blank the
 * direct path and put new parents along the filtered one, from the top, with
 * their parent hashes.  parent_hash: what the leaf is to carry; *len is 0 or
 * nh.
 */
int mls__path_put(uint8_t *parent_hash, size_t *len, struct mls_tree *t,
    uint32_t leaf, const struct mls_buf *pubs, const uint32_t *path,
    const uint32_t *copath, unsigned n);

#endif
