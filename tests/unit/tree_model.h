/* SPDX-License-Identifier: MIT */
/* The ratchet tree as RFC 9420 defines it: an array, and everything computed
 * from it by the letter.  What the real one is compared with. */
#ifndef TESTS_TREE_MODEL_H
#define TESTS_TREE_MODEL_H

#include "fixture.h"
#include "tree/parent_hash.h"
#include "tree/tree.h"

#define MODEL_MAX 128 /* leaves */

struct model {
	const struct mls_suite *suite;
	uint32_t width;
	struct mls_node *node[2 * MODEL_MAX];
};

struct model_list {
	size_t n;
	uint32_t v[2 * MODEL_MAX];
};

void model_copy(struct model *out, const struct model *m);
void model_free(struct model *m);
void model_put(struct model *m, uint32_t at, struct mls_node *node);

uint32_t model_add(struct model *m, struct mls_node *node);
void model_update(struct model *m, uint32_t leaf, struct mls_node *node);
void model_remove(struct model *m, uint32_t leaf);

/* The direct path as it stands in a tree after a path was put there. */
void model_take_path(struct model *m, struct mls_tree *t, uint32_t leaf);

void model_resolve(struct model_list *out, const struct model *m,
    uint32_t at);

/* model_hash(out, m, at, gone, n): the tree hash with n leaves left out. */
void model_hash(uint8_t *out, const struct model *m, uint32_t at,
    const uint32_t *gone, size_t n);

/* Every non-blank parent has exactly one valid link (§7.9.2). */
bool model_parent_hashes_valid(const struct model *m);

/* All that the tree tells is what the model tells. */
void model_compare(const struct model *m, struct mls_tree *t);

/* A leaf of random keys, with no valid signature; `kind` chooses among a few
 * capability sets and identities. */
struct mls_node *model_leaf(struct fixture *f, unsigned kind);

#endif
