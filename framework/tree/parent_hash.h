/* SPDX-License-Identifier: MIT */
/* RFC 9420 §7.9: parent hashes. */
#ifndef MLS_TREE_PARENT_HASH_H
#define MLS_TREE_PARENT_HASH_H

#include "tree/tree.h"

/* parent_hash(out, t, parent, copath_child): the parent hash that a child of
 * `parent` carries, the other child being copath_child: nh octets, with the
 * sibling's tree hash taken without the parent's unmerged leaves. */
int mls__parent_hash(uint8_t *out, struct mls_tree *t, uint32_t parent,
    uint32_t copath_child);

/* parent_hash_verify(t): §7.9.2 for every non-blank parent, in ranges by the
 * executor: TREE-07 to TREE-09. */
int mls__parent_hash_verify(struct mls_tree *t);

#endif
