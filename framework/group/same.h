/* SPDX-License-Identifier: MIT */
/* Who is who: members of one group in another, or of a group again. */
#ifndef MLS_GROUP_SAME_H
#define MLS_GROUP_SAME_H

#include "group/group.h"

/* same(context, a, b): one member, by the octets of the credentials or by the
 * word of the application. */
bool mls__same(const mls_context *context, const struct mls_leaf *a,
    const struct mls_leaf *b);

/* same_find(context, tree, who): the leaf of that member, or MLS_NO_LEAF. */
uint32_t mls__same_find(const mls_context *context, struct mls_tree *t,
    const struct mls_leaf *who);

#endif
