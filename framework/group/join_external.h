/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.3.2: coming in by an external commit of ours: made in
 * join_external.c; kept in the store and settled in joining.c. */
#ifndef MLS_GROUP_JOIN_EXTERNAL_H
#define MLS_GROUP_JOIN_EXTERNAL_H

#include "group/client.h"

/* What is kept of a released one: the message, the batch that makes the group,
 * and what the summary tells. */
struct mls_joining {
	struct mls_buf message, ops, effects;
	uint64_t epoch;
	uint32_t leaf;
	bool resync;
};

/* joining_read(out, found, arena, client, t, group_id). */
int mls__joining_read(struct mls_joining *out, bool *found,
    struct mls_arena *arena, mls_client *client, struct mls_store_txn *t,
    struct mls_buf group_id);

/* The stages of the change. */
int mls__external_release(struct mls_bytes *message, mls_change *c);
int mls__external_apply(mls_change *c);
int mls__external_cancel(mls_change *c);

#endif
