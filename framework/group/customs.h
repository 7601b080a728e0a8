/* SPDX-License-Identifier: MIT */
/* RFC 9420 §13.2: proposal types beyond the default ones, as rules see them. */
#ifndef MLS_GROUP_CUSTOMS_H
#define MLS_GROUP_CUSTOMS_H

#include "group/proposals.h"

/* customs_init(c): what readers of the context ask. */
void mls__customs_init(mls_context *c);

/* custom_find(context, type): registered by the application, or NULL. */
const struct mls_custom_proposal *mls__custom_find(const mls_context *context,
    uint16_t type);

/* rule_custom(g, p, sender): what there is to say of one of another type. */
int mls__rule_custom(mls_group *g, const struct mls_proposal *p,
    const struct mls_sender *sender);

/* may_be_external(g, p): external senders may send it: FRAME-11.
 * may_come_along(g, item): it may stand in an external commit: EXT-05,
 * EXT-06. */
bool mls__may_be_external(const mls_group *g, const struct mls_proposal *p);
int mls__may_come_along(mls_group *g, const struct mls_item *item);

/* needs_path(g, p): COMMIT-02, of other than the default types. */
bool mls__custom_needs_path(const mls_group *g, const struct mls_proposal *p);

/* rule_types_supported(tree, list): PROP-13: all leaves of the tree, which are
 * those who process the commit, support the types of the list.
 * rule_types_listed(c, list): one of them does. */
int mls__rule_types_supported(struct mls_tree *t, const struct mls_list *list);
int mls__rule_types_listed(const struct mls_capabilities *c,
    const struct mls_list *list);

/* customs_applied(g, effects, n): tell the application. */
void mls__customs_applied(mls_group *g, const struct mls_effect *effects,
    size_t n);

/* customs_write(w, context): the types for a list of capabilities. */
void mls__customs_write(struct mls_writer *w, const mls_context *context);

#endif
