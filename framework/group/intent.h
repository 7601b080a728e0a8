/* SPDX-License-Identifier: MIT */
/* What the application wants, as proposals. */
#ifndef MLS_GROUP_INTENT_H
#define MLS_GROUP_INTENT_H

#include "group/proposals.h"

/* intent_item(item, key, arena, g, intent): a proposal of ours; key: of the
 * new leaf of an UPDATE (the caller's reference), else untouched. */
int mls__intent_item(struct mls_item *item, struct mls_privkey **key,
    struct mls_arena *arena, mls_group *g, const struct mls_intent *intent);

#endif
