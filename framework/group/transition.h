/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4: the way from an epoch to the next, which making, taking and
 * observing a commit have in common. */
#ifndef MLS_GROUP_TRANSITION_H
#define MLS_GROUP_TRANSITION_H

#include "group/proposals.h"

struct mls_transition {
	mls_group *g;
	struct mls_arena *arena;
	bool external; /* an external commit, */
	bool own;      /* and of ours */
	uint32_t committer;
	const struct mls_leaf *path_leaf; /* of a received path, or NULL */
	struct mls_secret init; /* that the next epoch comes from */
	struct mls_list list;
	struct mls_applied applied;
	struct mls_tree *diff;
	struct mls_state *next; /* being filled in */
	struct mls_header header;
	struct mls_secret commit_secret, joiner, psk;
};

/* transition_new(t, g, arena, committer): with an empty diff.  committer
 * MLS_NO_LEAF: of an external commit, whose place is still to be found. */
int mls__transition_new(struct mls_transition *t, mls_group *g,
    struct mls_arena *arena, uint32_t committer);
void mls__transition_free(struct mls_transition *t);

/* transition_apply(t): the list, by value and reference, to the diff.
 * transition_psks(t): the values of its PSKs. */
int mls__transition_apply(struct mls_transition *t);
int mls__transition_psks(struct mls_transition *t);

/* transition_leaf(t, leaf): the committer's new leaf against the rules; its
 * signature too. */
int mls__transition_leaf(struct mls_transition *t,
    const struct mls_leaf *leaf);

/* transition_context(t, confirmed): fill in next->context with the tree's
 * hash; confirmed: the transcript hash, the old one for the provisional
 * GroupContext. */
int mls__transition_context(struct mls_transition *t,
    struct mls_buf confirmed);

/* transition_transcript(t, wire_format, content, signature): the new
 * transcript hash, and with it the GroupContext. */
int mls__transition_transcript(struct mls_transition *t, uint16_t wire_format,
    struct mls_buf content, struct mls_buf signature);

/* transition_enter(tag, t): then, the key schedule, from the secrets in t and
 * its PSKs; tag is the confirmation tag of the new epoch. */
int mls__transition_enter(struct mls_secret *tag, struct mls_transition *t);

/* transition_settle(t, tag): the rest of the next state and header, whose
 * confirmation tag this is. */
int mls__transition_settle(struct mls_transition *t,
    const struct mls_secret *tag);

/* transition_hand(c, t): what was made is the change's.
 * transition_finish(c, t, tag): settle it, put it into the change's batch, and
 * hand it over. */
void mls__transition_hand(mls_change *c, struct mls_transition *t);
int mls__transition_finish(mls_change *c, struct mls_transition *t,
    const struct mls_secret *tag);

#endif
