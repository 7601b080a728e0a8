/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.1: what a member's commit and an external one have in common
 * while they are made. */
#ifndef MLS_GROUP_COMMITTING_H
#define MLS_GROUP_COMMITTING_H

#include "group/making.h"

struct mls_committing {
	mls_change *c;
	mls_group *g;
	struct mls_transition t; /* its list is applied */
	struct mls_path_making path;
	struct mls_update_path update;
	bool with_path;
};
void mls__committing_free(struct mls_committing *m);

/* committing_path(m, fields, sign): our leaf as it will be, of these fields,
 * signed by this key; the path above it, sealed to the others; what we send is
 * judged as it will be judged. */
int mls__committing_path(struct mls_committing *m,
    const struct mls_leaf *fields, struct mls_privkey *sign);

/* committing_sign(tag, m, send): encode, sign, enter the next epoch; the
 * change has the message but for its protection, and tag is the confirmation
 * tag. */
int mls__committing_sign(struct mls_secret *tag, struct mls_committing *m,
    const struct mls_send_options *send);

#endif
