/* SPDX-License-Identifier: MIT */
/* RFC 9420 §13.4: extension lists. */
#ifndef MLS_GROUP_EXTENSIONS_H
#define MLS_GROUP_EXTENSIONS_H

#include "group/group.h"

/* WIRE-23, WIRE-24; place: MLS_IN_*. */
int mls__rule_extensions(const mls_context *context, struct mls_buf list,
    int place);

/* rule_group_extensions(context, s, list, old): of a GroupContext, with the
 * external senders, whose keys have to be of the suite and whom the application
 * has to confirm, if they are others than in the old list: CRYPT-04, CRED-03.
 * rule_info_extensions(context, s, list): of a GroupInfo; CRYPT-02. */
int mls__rule_group_extensions(const mls_context *context,
    const struct mls_suite *s, struct mls_buf list, struct mls_buf old);
int mls__rule_info_extensions(const mls_context *context,
    const struct mls_suite *s, struct mls_buf list);

/* WIRE-29: for lists of our own. */
int mls__rule_no_grease(struct mls_buf extensions);
bool mls__is_grease(uint16_t type);

/* understands(p, type): a default type, or one of the application's.
 * understood(context, list): all of them: WELCOME-25, our own new lists. */
bool mls__understands(const struct mls_policy *p, uint16_t type);
bool mls__understood(const mls_context *context, struct mls_buf extensions);

/* senders_open(list, context, extensions): the external_senders (§12.1.8.1) in
 * an extension list; false: there are none.  sender_next(out, list): signature
 * key and credential of the next one. */
bool mls__senders_open(struct mls_reader *list, const mls_context *context,
    struct mls_buf extensions);
bool mls__sender_next(struct mls_leaf *out, struct mls_reader *list);

/* rule_sender_types(context, t, extensions): all members know the types of the
 * senders' credentials, when it is us who let them in: EXT-22. */
int mls__rule_sender_types(const mls_context *context, struct mls_tree *t,
    struct mls_buf extensions);

#endif
