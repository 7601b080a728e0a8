/* SPDX-License-Identifier: MIT */
/* A group of up to 40 members whose keys are all known, and random commits
 * to it. */
#ifndef TESTS_KEM_GROUP_H
#define TESTS_KEM_GROUP_H

#include "tree/treekem.h"
#include "tree_model.h"

#define GROUP "group"
#define MAX 40

extern struct fixture kem_fix;

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

/* kem_leaf(key, signer, index): a signed leaf with fresh keys; a signer that
 * is there is kept. */
struct mls_node *kem_leaf(struct mls_privkey **key,
    struct mls_privkey **signer, uint32_t index);

/* kem_open(g): one member.  kem_grow(g, n): n of them. */
void kem_open(struct group *g);
void kem_grow(struct group *g, uint32_t n);
void kem_close(struct group *g);

/* kem_commit(c, g, with_proposals): make one, not yet applied to c->taken. */
void kem_commit(struct commit *c, struct group *g, bool with_proposals);
void kem_drop(struct commit *c);

/* kem_context(c, hash): stands for the GroupContext. */
struct mls_buf kem_context(const struct commit *c, uint8_t *hash);

/* kem_open_all(out, c, g): each member opens or joins, and agrees.
 * kem_accept(g, c, keys): merge; takes the keys. */
void kem_open_all(struct mls_path_keys *out, struct commit *c,
    const struct group *g);
void kem_accept(struct group *g, struct commit *c,
    struct mls_path_keys *keys);

#endif
