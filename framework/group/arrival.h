/* SPDX-License-Identifier: MIT */
/* The tree of a group that is joined, checked as a whole. */
#ifndef MLS_GROUP_ARRIVAL_H
#define MLS_GROUP_ARRIVAL_H

#include "group/rules.h"

struct mls_arrival {
	const mls_context *context;
	const struct mls_suite *suite;
	const struct mls_group_info *info;
	struct mls_buf beside; /* a tree handed over, encoded, or empty */
	bool lasts; /* both stay for as long as the tree, which borrows then */
};

/* arrival_find(tree, inside, a): the encoded tree, which is inside of the
 * GroupInfo or beside it: WELCOME-15, WELCOME-16. */
int mls__arrival_find(struct mls_buf *tree, bool *inside,
    const struct mls_arrival *a);

/* arrival_tree(out, a): it, decoded: TREE-*, GI-01, GI-02, every leaf's rules,
 * signature and credential, parent hashes. */
int mls__arrival_tree(struct mls_tree **out, const struct mls_arrival *a);

/* arrival_signer(t, info): a member of the tree signed it: GI-01, GI-02. */
int mls__arrival_signer(struct mls_tree *t,
    const struct mls_group_info *info);

/* arrival_leaf(leaf, t, own): where our leaf stands: WELCOME-18. */
int mls__arrival_leaf(uint32_t *leaf, struct mls_tree *t,
    const struct mls_leaf *own);

#endif
