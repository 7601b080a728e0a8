/* SPDX-License-Identifier: MIT */
/* RFC 9420 §7.4 to §7.6: update paths, made and taken. */
#ifndef MLS_TREE_TREEKEM_H
#define MLS_TREE_TREEKEM_H

#include "crypto/hpke.h"
#include "tree/tree.h"

struct mls_ciphertext { /* HPKECiphertext */
	struct mls_buf enc, ct;
};

struct mls_path_node { /* UpdatePathNode */
	struct mls_buf key;
	size_t n;
	struct mls_ciphertext *ciphertexts;
};

struct mls_update_path {
	struct mls_leaf leaf;
	size_t n;
	struct mls_path_node *nodes;
};

void mls__update_path_read(struct mls_update_path *out,
    struct mls_arena *arena, struct mls_reader *r);
void mls__update_path_write(struct mls_writer *w,
    const struct mls_update_path *path);

/* The private keys of one member: of its leaf (level 0) and of the nodes
 * above it that it knows, by level.  References are counted. */
struct mls_path_keys {
	uint32_t leaf;
	struct mls_privkey *key[MLS_MAX_LEVEL + 1];
};
void mls__path_keys_set(struct mls_path_keys *k, unsigned level,
    struct mls_privkey *key); /* takes the reference; NULL forgets */
void mls__path_keys_copy(struct mls_path_keys *out,
    const struct mls_path_keys *in);
void mls__path_keys_free(struct mls_path_keys *k);

/* path_keys_prune(k, t): forget keys of nodes that are blank, outside the
 * tree, or have another public key than ours (§7.5, ST-06). */
void mls__path_keys_prune(struct mls_path_keys *k, struct mls_tree *t);

/* Leaves whose key packages were added in this commit: they get no path
 * ciphertext (§7.5, §12.4.1). */
struct mls_leaf_list {
	size_t n;
	const uint32_t *leaves; /* ascending */
};

/* A path being made. */
struct mls_path_making {
	unsigned n; /* length of the filtered path */
	uint32_t path[MLS_MAX_LEVEL], copath[MLS_MAX_LEVEL];
	struct mls_secret secrets[MLS_MAX_LEVEL]; /* path_secret[i] */
	struct mls_secret commit_secret;
	struct mls_path_keys keys; /* the sender's keys of the new tree */
};

/*
 * path_make(pm, diff, fields, s, sign_key, group_id, leaf): draw fresh
 * secrets, put new parents and the re-signed leaf (source commit; fields
 * gives credential, signature_key, capabilities and extensions) into the
 * diff: §7.5.  A path of length 0 (one member) draws a fresh commit_secret
 * (COMMIT-22).  pm is freed with path_making_free, also after an error.
 */
int mls__path_make(struct mls_path_making *pm, struct mls_tree *diff,
    const struct mls_leaf *fields, const struct mls_privkey *sign_key,
    struct mls_buf group_id, uint32_t leaf);
void mls__path_making_free(struct mls_path_making *pm);

/* path_seal(out, arena, pm, diff, context, added): encrypt the path secrets
 * to the copath resolutions under the provisional GroupContext (§7.6); all
 * randomness drawn first, seals in ranges by the executor. */
int mls__path_seal(struct mls_update_path *out, struct mls_arena *arena,
    const struct mls_path_making *pm, struct mls_tree *diff,
    struct mls_buf context, struct mls_leaf_list added);

/*
 * path_apply(diff, path, sender, added): put a received path into the diff,
 * in which the proposals are applied already: COMMIT-04 path_length, COMMIT-05
 * path_ciphertext_count, COMMIT-06 committer_key_unchanged, COMMIT-07
 * path_key_in_tree, COMMIT-08 path_key_repeated, COMMIT-09 path_parent_hash,
 * CRYPT-02 for its keys.  The leaf's own rules and signature are the
 * caller's.  `sender` may be blank in the diff (external commit).
 */
int mls__path_apply(struct mls_tree *diff, const struct mls_update_path *path,
    uint32_t sender, struct mls_leaf_list added);

/*
 * path_open(commit_secret, keys, diff, path, sender, context, added): find
 * our ciphertext, open it, derive up to the top and compare with the tree:
 * COMMIT-11 path_secret_decrypt, COMMIT-12 path_key_mismatch, CRYPT-15.
 * keys: ours before the commit in, ours after it out (changed on success
 * alone).
 */
int mls__path_open(struct mls_secret *commit_secret,
    struct mls_path_keys *keys, struct mls_tree *diff,
    const struct mls_update_path *path, uint32_t sender,
    struct mls_buf context, struct mls_leaf_list added);

/* path_join(keys, t, node, path_secret): keys that a newcomer derives from the
 * path_secret of its Welcome, which belongs to `node`, its common ancestor
 * with the sender; WELCOME-21 welcome_path_secret_misplaced, WELCOME-22
 * welcome_path_key_mismatch.  keys->leaf tells whose. */
int mls__path_join(struct mls_path_keys *keys, struct mls_tree *t,
    uint32_t node, const struct mls_secret *path_secret);

#endif
