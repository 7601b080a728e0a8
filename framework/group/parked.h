/* SPDX-License-Identifier: MIT */
/* The released commit of ours that waits to be applied, as a record. */
#ifndef MLS_GROUP_PARKED_H
#define MLS_GROUP_PARKED_H

#include "group/group.h"

/* The record: the message, the Welcome, the batch that applying plays, and the
 * effects for the summary. */
struct mls_parked {
	struct mls_buf message, welcome, ops, effects;
};

/* park(c): a commit whose message was made, within the transaction of its
 * release; our new keys are saved in it. */
int mls__park(mls_change *c);

/* parked_read(out, found, arena, g, t). */
int mls__parked_read(struct mls_parked *out, bool *found,
    struct mls_arena *arena, mls_group *g, struct mls_store_txn *t);

/* parked_ops(ops, arena, g, t, message): the batch of the parked commit;
 * CHANGE_STALE unless it is this message. */
int mls__parked_ops(struct mls_buf *ops, struct mls_arena *arena,
    mls_group *g, struct mls_store_txn *t, const struct mls_buf *message);

/* parked_change(out, found, g, message): the parked commit as a released
 * change; with a message only if it is that (an echo, COMMIT-19).  Within
 * group_enter. */
int mls__parked_change(mls_change **out, bool *found, mls_group *g,
    const struct mls_buf *message);

#endif
