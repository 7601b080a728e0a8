/* SPDX-License-Identifier: MIT */
#ifndef TESTS_TREE_STORE_H
#define TESTS_TREE_STORE_H

#include "tree_model.h"

/* A store as a source: what visits told, and nothing else. */
struct store {
	struct {
		struct mls_slot slot;
		uint8_t hash[MLS_MAX_HASH];
		bool there;
	} slots[2 * MODEL_MAX];
	struct key {
		enum mls_index_kind kind;
		uint8_t hash[MLS_INDEX_HASH];
		uint32_t node;
	} keys[6 * MODEL_MAX];
	size_t n;
	struct mls_capset sets[64];
	uint8_t raw[64][128];
	size_t nh; /* size of a hash */
	size_t loads;
	int fail;
};

/* store_open(st, s, width): a tree over it.  store_take(st, diff): write what
 * the diff would write, each change checked against what is there. */
struct mls_tree *store_open(struct store *st, const struct mls_suite *s,
    uint32_t width);
void store_take(struct store *st, struct mls_tree *diff);
void store_free(struct store *st);

#endif
