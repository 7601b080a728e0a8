/* SPDX-License-Identifier: MIT */
/* What the application wants, as proposals. */
#ifndef MLS_GROUP_INTENT_H
#define MLS_GROUP_INTENT_H

#include "group/lineage.h"
#include "group/proposals.h"

/* item_written(item, arena, g, w, sender): the proposal that stands in w, read
 * back: what we make passes what we take. */
int mls__item_written(struct mls_item *item, struct mls_arena *arena,
    mls_group *g, struct mls_writer *w, const struct mls_sender *sender);

/* intent_item(item, key, arena, g, sender, intent): a proposal of ours, as
 * this sender; key: of the new leaf of an UPDATE (the caller's reference), else
 * untouched. */
int mls__intent_item(struct mls_item *item, struct mls_privkey **key,
    struct mls_arena *arena, mls_group *g, const struct mls_sender *sender,
    const struct mls_intent *intent);

/* intent_lineage(item, arena, g, sender, lineage): the PSK by which a group
 * follows from another. */
int mls__intent_lineage(struct mls_item *item, struct mls_arena *arena,
    mls_group *g, const struct mls_sender *sender,
    const struct mls_lineage *lineage);

#endif
