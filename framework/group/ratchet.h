/* SPDX-License-Identifier: MIT */
/* RFC 9420 §9: the secret tree and its ratchets as records, and their
 * erasure. */
#ifndef MLS_GROUP_RATCHET_H
#define MLS_GROUP_RATCHET_H

#include "group/group.h"

/* Where a key is looked for. */
struct mls_ratchet_at {
	uint64_t epoch;
	uint32_t width; /* of that epoch's tree */
	uint32_t leaf;
	uint8_t kind; /* MLS_RATCHET_* */
};

/*
 * ratchet_take(key, batch, g, t, at, generation): the message key, unless key
 * is NULL, and in the batch what erases it: the secrets from the root to the
 * leaf, the ratchet secrets up to the generation; skipped keys are kept within
 * the window.  Writes nothing itself.  MSG-09 generation_consumed, MSG-10
 * generation_too_far, MSG-11 generation_too_old, MSG-13 epoch_secrets_gone.
 */
int mls__ratchet_take(struct mls_message_key *key, struct mls_batch *batch,
    mls_group *g, struct mls_store_txn *t, const struct mls_ratchet_at *at,
    uint32_t generation);

/* ratchet_spend(g, t, spend, width): take and erase, in an open write
 * transaction; CHANGE_STALE if the key is no longer there. */
int mls__ratchet_spend(mls_group *g, struct mls_store_txn *t,
    const struct mls_spend *spend, uint32_t width);

/* ratchet_next(generation, g, t, at): our own next one; never one that this
 * handle saw used. LIMIT-09 generation_exhausted. */
int mls__ratchet_next(uint32_t *generation, mls_group *g,
    struct mls_store_txn *t, const struct mls_ratchet_at *at);

#endif
