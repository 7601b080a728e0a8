/* SPDX-License-Identifier: MIT */
/* RFC 9420 §11.2, §11.3: groups that end, and groups that follow from
 * others. */
#ifndef MLS_GROUP_LINEAGE_H
#define MLS_GROUP_LINEAGE_H

#include "group/group.h"

/* Of a group at epoch 0 that is observed: nobody outside knows. */
#define MLS_LINEAGE_UNKNOWN (-1)

/* What a group follows from. */
struct mls_lineage {
	int usage; /* MLS_LINEAGE_* */
	struct mls_buf group_id;
	uint64_t epoch;
};

/* reinit_put(b, g, reinit): the records of a group that ends.  reinit_read:
 * of the group of that number.  reinit_forget: what stands outside of the
 * group's own records. */
void mls__reinit_put(struct mls_batch *b, const mls_group *g,
    const struct mls_reinit *reinit);
int mls__reinit_read(struct mls_reinit *out, bool *found,
    struct mls_arena *arena, struct mls_store_txn *t, uint64_t number);
int mls__reinit_forget(mls_client *client, struct mls_store_txn *t,
    uint64_t number);

/* lineage_put(b, lineage), lineage_read(out, found, arena, t, number): of a
 * group at epoch 0.  lineage_load(g, t): note it in the group. */
void mls__lineage_put(struct mls_batch *b, const struct mls_lineage *lineage);
int mls__lineage_read(struct mls_lineage *out, bool *found,
    struct mls_arena *arena, struct mls_store_txn *t, uint64_t number);
int mls__lineage_load(mls_group *g, struct mls_store_txn *t);

/* lineage_waits(g): its first commit is to tie it to what it follows from, and
 * to bring whom that had: nobody else's can (REINIT-07, REINIT-09,
 * BRANCH-05). */
bool mls__lineage_waits(const mls_group *g);

/* A group that follows from another, at its first epoch with others. */
struct mls_follower {
	mls_client *client;
	struct mls_store_txn *t;
	struct mls_lineage lineage;
	const struct mls_group_context *context;
	struct mls_tree *tree;
};

/* lineage_parent(number, found, client, t, lineage): the group that it is
 * about. */
int mls__lineage_parent(uint64_t *number, bool *found, mls_client *client,
    struct mls_store_txn *t, const struct mls_lineage *lineage);

/*
 * A successor may have the id of the group that ended.  From its creation on
 * the directory names the successor, and the one that ended is found as what it
 * follows from, until others are in the successor: then it goes.
 *
 * lineage_same_id(lineage, group_id): whether this is so.
 * lineage_settle(client, t, lineage, group_id): erase the one that ended, if it
 * is.  lineage NULL: none.
 */
bool mls__lineage_same_id(const struct mls_lineage *lineage,
    struct mls_buf group_id);
int mls__lineage_settle(mls_client *client, struct mls_store_txn *t,
    const struct mls_lineage *lineage, struct mls_buf group_id);

/* lineage_check(f): it is what its parent wants: REINIT-02 to REINIT-09,
 * BRANCH-01 to BRANCH-05. */
int mls__lineage_check(const struct mls_follower *f);

/* lineage_all_there(f, old): REINIT-09, nobody is left behind.
 * lineage_known(f, parent): BRANCH-05, nobody is there who was not in the
 * parent, in that epoch. */
int mls__lineage_all_there(const struct mls_follower *f,
    struct mls_tree *old);
int mls__lineage_known(const struct mls_follower *f, mls_group *parent);

/* lineage_expected(expected, client, t, group_id): a group of ours that ended
 * names this as its successor: REINIT-10. */
int mls__lineage_expected(bool *expected, mls_client *client,
    struct mls_store_txn *t, struct mls_buf group_id);

#endif
