/* SPDX-License-Identifier: MIT */
/* A group's state as records: written by a batch, read at opening. */
#ifndef MLS_GROUP_STATE_H
#define MLS_GROUP_STATE_H

#include "group/group.h"

int mls__header_read(struct mls_header *out, bool *found,
    struct mls_store_txn *t, uint64_t number);
void mls__header_put(struct mls_batch *b, const struct mls_header *h);

/* header_step(out, g): in a write transaction that changes what handles keep
 * in memory: the header goes up by a revision, so that other handles notice.
 * The group has *out as its header once the transaction is through.
 * header_follow(revision, g): the same after a header was written that was
 * made beforehand. */
int mls__header_step(struct mls_header *out, mls_group *g);
int mls__header_follow(uint64_t *revision, mls_group *g);

/* stage_state(b, g, header, next, tree): all that takes the place of the
 * group's current epoch, which g (NULL for a new group) still holds, but for
 * what stage_own adds: header, touched nodes, the epoch left behind, what goes
 * with it.  The header is told which past epochs are kept. */
int mls__stage_state(struct mls_batch *b, mls_group *g,
    struct mls_header *header, const struct mls_state *next,
    struct mls_tree *tree);

/* stage_own(b, old, next): the state with our own keys, those that old (NULL:
 * none) has not.  Within the transaction that writes it, or parks it: a key
 * that stays in its provider is there for good once it has been saved. */
int mls__stage_own(struct mls_batch *b, const struct mls_state *old,
    const struct mls_state *next);

/* stage_removal(b, g, header): the group goes on as one that we left: the
 * epoch's keys for late messages stay for a while, the rest goes. */
int mls__stage_removal(struct mls_batch *b, mls_group *g,
    struct mls_header *header);

int mls__state_read(struct mls_state **out, const struct mls_suite *s,
    struct mls_store_txn *t, uint64_t number);

/* A kept past epoch. */
struct mls_past {
	struct mls_buf context; /* encoded GroupContext */
	struct mls_secret sender_data;
	uint32_t width;
};
/* past_read: EPOCH_SECRETS_GONE if it is not kept. */
int mls__past_read(struct mls_past *out, struct mls_arena *arena,
    mls_group *g, uint64_t epoch);

/* past_leaf(out, ...): the leaf as it was in that epoch; *out NULL: blank.
 * The node is the caller's reference. */
int mls__past_leaf(struct mls_node **out, mls_group *g, uint64_t epoch,
    uint32_t leaf);

#endif
