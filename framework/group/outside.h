/* SPDX-License-Identifier: MIT */
/* A group as it is seen from outside: by a GroupInfo and a ratchet tree. */
#ifndef MLS_GROUP_OUTSIDE_H
#define MLS_GROUP_OUTSIDE_H

#include "group/group.h"

struct mls_outside {
	const mls_context *context;
	const struct mls_suite *suite;
	struct mls_group_info info;
	struct mls_buf beside; /* a tree handed over, encoded, or empty */
};

/* outside_read(out, arena, context, group_info, tree): the GroupInfo
 * (MLSMessage), with what can be said of it by itself: GI-03 to GI-07,
 * CRYPT-14.  *out borrows from the arena. */
int mls__outside_read(struct mls_outside *out, struct mls_arena *arena,
    const mls_context *context, struct mls_buf group_info,
    struct mls_buf tree);

/* outside_group(out, o): an object of its public state, which no store knows
 * and nobody is a member of; the tree is checked as a joiner does.
 * outside_make(out, o, tree): of a tree that is known to be good, which it
 * takes; of the GroupInfo the context and the tag are enough. */
int mls__outside_group(mls_group **out, const struct mls_outside *o);
int mls__outside_make(mls_group **out, const struct mls_outside *o,
    struct mls_tree *tree);

#endif
