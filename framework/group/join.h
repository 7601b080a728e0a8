/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.3.1: joining by Welcome. */
#ifndef MLS_GROUP_JOIN_H
#define MLS_GROUP_JOIN_H

#include "group/client.h"
#include "group/lineage.h"

/* A join on its way: what stays until it is applied. */
struct mls_join {
	const struct mls_suite *suite;
	struct mls_own_package own;
	uint8_t ref[MLS_MAX_HASH]; /* of our key package, suite->nh octets */
	struct mls_lineage lineage; /* usage 0: it follows from no group */
	struct mls_buf tree; /* encoded, in the arena of the change */
};

void mls__join_free(struct mls_join *j);

/*
 * place_check(client, t, group_id, lineage): there may be a group of this id
 * here: GROUP_ID_IN_USE for one that we are a member of (WELCOME-14), unless
 * it ended and this is its successor, or is a successor that never began;
 * REINIT_PSK_MISSING for one that is none and has the id of a successor that
 * is to come (REINIT-10).  lineage NULL: none.
 * place_check_external(client, t, group_id, resync): the same of an external
 * commit; with resync, of one for the group that is here.
 * place_stale(rc): what either says later on, of a join that was made before:
 * CHANGE_STALE for these errors.
 * place_take(number, client, t, group_id): a number for it; whoever has the id
 * makes room.
 */
int mls__place_check(mls_client *client, struct mls_store_txn *t,
    struct mls_buf group_id, const struct mls_lineage *lineage);
int mls__place_check_external(mls_client *client, struct mls_store_txn *t,
    struct mls_buf group_id, bool resync);
int mls__place_stale(int rc);
int mls__place_take(uint64_t *number, mls_client *client,
    struct mls_store_txn *t, struct mls_buf group_id);

/* join_describe(c): the effects of its summary, who is there: an array several
 * times as large as the tree, which is made only for those who ask. */
int mls__join_describe(mls_change *c);

/* join_apply(c): spend the key package, store the group, open it. */
int mls__join_apply(mls_change *c);

#endif
