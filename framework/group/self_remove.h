/* SPDX-License-Identifier: MIT */
/*
 * SelfRemove, of draft-ietf-mls-extensions: a member leaves.  All that the draft
 * says of it is behind these functions; others ask mls__item_removes, which
 * treats it as the Remove that it stands for.
 */
#ifndef MLS_GROUP_SELF_REMOVE_H
#define MLS_GROUP_SELF_REMOVE_H

#include "group/proposals.h"

bool mls__is_self_remove(const struct mls_proposal *p);

/* self_remove_enabled(context, type): it is this type, and not switched off. */
bool mls__self_remove_enabled(const mls_context *context, uint16_t type);

/* self_remove_write(w, context): its type, for a list of capabilities. */
void mls__self_remove_write(struct mls_writer *w, const mls_context *context);

/* item_removes(item): the leaf that a Remove or SelfRemove takes away, or
 * MLS_NO_LEAF. */
uint32_t mls__item_removes(const struct mls_item *item);

/* rule_self_remove(sender): XTN-02.  self_remove_framing(p, wire_format): the
 * same, of a lone proposal. */
int mls__rule_self_remove(const struct mls_sender *sender);
int mls__self_remove_framing(const struct mls_proposal *p,
    uint16_t wire_format);

/* self_remove_list(list): XTN-01, XTN-03. */
int mls__self_remove_list(const struct mls_list *list);

/* self_remove_take(g, message): one that waits in a group which we look at
 * from outside, into its cache: all is checked but the membership tag. */
int mls__self_remove_take(mls_group *g, struct mls_arena *arena,
    struct mls_buf message);

#endif
