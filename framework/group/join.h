/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.3.1: joining by Welcome. */
#ifndef MLS_GROUP_JOIN_H
#define MLS_GROUP_JOIN_H

#include "group/client.h"

/* A join on its way: what stays until it is applied. */
struct mls_join {
	const struct mls_suite *suite;
	struct mls_own_package own;
	uint8_t ref[MLS_MAX_HASH]; /* of our key package, suite->nh octets */
};

void mls__join_free(struct mls_join *j);

/* join_apply(c): spend the key package, store the group, open it. */
int mls__join_apply(mls_change *c);

#endif
