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

/* shared_identity(context): members may have equal credentials.
 * is_there(context, tree, who): that client is in it, told by its signature
 * key, and by its credential unless that may be shared: PROP-18, EXT-12. */
bool mls__shared_identity(const mls_context *context);
bool mls__is_there(const mls_context *context, struct mls_tree *t,
    const struct mls_leaf *who);

#endif
