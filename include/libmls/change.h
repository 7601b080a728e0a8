/* SPDX-License-Identifier: MIT */
/*
 * Changes: everything that happens to a group, before it happens.
 *
 *   received   process -> look at the summary -> apply, discard or drop
 *   our own    make -> release (gives the octets) -> apply or cancel
 *
 * Joining by an external commit is of the second kind.
 *
 * A change that is dropped has never been: group, ratchets and store are as
 * they were, and the same octets can be processed again.  A change holds on
 * to its group; its summary is a copy of its own.  Included by mls.h.
 */
#ifndef LIBMLS_CHANGE_H
#define LIBMLS_CHANGE_H

#include "libmls/context.h"
#include "libmls/types.h"

MLS_C_BEGIN

typedef struct mls_change mls_change;
typedef struct mls_group mls_group;

/* What a change is. */
#define MLS_CHANGE_MESSAGE 1  /* application data */
#define MLS_CHANGE_PROPOSAL 2 /* a proposal, to be cached */
#define MLS_CHANGE_COMMIT 3   /* the next epoch */
#define MLS_CHANGE_JOIN 4     /* a Welcome: a new group here */
#define MLS_CHANGE_EXTERNAL_JOIN 5 /* an external commit of ours: the same */

/* What a proposal, or a commit in total, would do. */
#define MLS_EFFECT_ADD 1
#define MLS_EFFECT_UPDATE 2
#define MLS_EFFECT_REMOVE 3
#define MLS_EFFECT_PSK 4
#define MLS_EFFECT_EXTENSIONS 5
#define MLS_EFFECT_PATH 6 /* the committer's own leaf is made new */
#define MLS_EFFECT_REINIT 7 /* the group ends; another one follows */
#define MLS_EFFECT_EXTERNAL_JOIN 8 /* the committer comes in from outside */
#define MLS_EFFECT_SELF_REMOVE 9 /* the proposer leaves, by a SelfRemove */
#define MLS_EFFECT_CUSTOM 10 /* a proposal of the application's own */

#define MLS_NO_LEAF 0xffffffffu

/* Who sends (RFC 9420 §6). */
#define MLS_BY_MEMBER 1
#define MLS_BY_EXTERNAL 2   /* of the group's external_senders (§12.1.8.1) */
#define MLS_BY_NEW_MEMBER 3 /* somebody who wants to come in */

struct mls_effect {
	int type;          /* MLS_EFFECT_* */
	uint32_t leaf;     /* whom it is about; for an ADD its leaf to be, or
	                    * MLS_NO_LEAF for a lone proposal */
	int by;            /* MLS_BY_*: who proposed it */
	uint32_t proposer; /* a member: its leaf; external: the place in the
	                    * list of senders; else MLS_NO_LEAF */
	int by_reference;  /* it was sent before the commit */
	struct mls_identity identity; /* ADD: who; UPDATE, PATH: as after */
	struct mls_identity previous; /* UPDATE, PATH, REMOVE: as before */
	struct mls_buf psk_id;        /* PSK: id of an external PSK */
	struct mls_buf extensions;    /* EXTENSIONS, REINIT: the encoded list */
	struct mls_buf group_id; /* PSK, resumption: of that group; REINIT: the
	                          * new one */
	uint64_t epoch;          /* PSK, resumption: of that epoch */
	uint16_t suite;          /* REINIT: of the new group */
	uint16_t proposal_type;  /* CUSTOM, and then */
	struct mls_buf body;
};

struct mls_summary {
	size_t size;
	int kind;        /* MLS_CHANGE_* */
	int own;         /* 1: made by us, or an echo of what we made */
	int framing;     /* MLS_FRAMING_* it travelled in, if received */
	uint64_t epoch;  /* the message's; for a join the group's */
	int by;          /* MLS_BY_*: who sent it */
	uint32_t sender; /* a member: leaf index in that epoch; an external
	                  * commit: the leaf to be; external: the place in the
	                  * list of senders; else MLS_NO_LEAF */
	struct mls_identity sender_identity;
	uint32_t generation;   /* of an application message */
	struct mls_buf data;   /* application data */
	struct mls_buf aad;    /* authenticated_data */
	struct mls_buf group_id;
	const struct mls_effect *effects;
	size_t n_effects;
	const struct mls_effect *left_out; /* cached proposals that a commit of
	                                    * ours does not take up */
	size_t n_left_out;
	int removes_us;  /* 1: this commit removes us */
	int lineage;     /* a join: MLS_LINEAGE_*, if the group follows from
	                  * another, and then */
	struct mls_buf parent; /* that one's group id */
	int unseen;      /* 1: an observer cannot tell what it does */
};

/* change_summary(change): lives as long as the change.  NULL: there is no
 * memory for the effects of a join, which are made when they are first asked
 * for. */
MLS_API const struct mls_summary *mls_change_summary(mls_change *change);

/*
 * change_apply(change): take it: one transaction of the store, then the
 * group in memory; for an observer, which has no store, that alone.  For a
 * received change, and for a released commit of ours.
 * CHANGE_STALE if what it was made for is no longer so, CHANGE_MISUSE;
 * PROPOSAL_CACHE_FULL if too many were applied since this one was judged.
 * RELOAD_REQUIRED if the outcome of the write is unknown: then close the
 * group, unless this was a join, and open it again.  The change is to be
 * dropped afterwards.
 */
MLS_API int mls_change_apply(mls_change *change);

/* change_discard(change): refuse what was received for good and spend its key
 * (§9.2), so that it cannot be processed again; what came in public has no key
 * to spend. */
MLS_API int mls_change_discard(mls_change *change);

/* change_drop(change): forget and free it.  NULL is fine. */
MLS_API void mls_change_drop(mls_change *change);

/* change_group(out, change): after a join was applied, the new group; so for
 * an external commit of ours. */
MLS_API int mls_change_group(mls_group **out, mls_change *change);

/*
 * change_release(message, change): spend what the message needs, make that
 * durable, and give the octets to send.  Messages and proposals are applied
 * by that; a commit is parked until change_apply or change_cancel, or until
 * its echo or another member's commit of the epoch is applied.  At most one
 * commit is parked at a time (COMMIT_PENDING).
 */
MLS_API int mls_change_release(struct mls_bytes *message,
    mls_change *change);

/* change_welcome(out, change): of a released commit that adds members; one
 * Welcome for all of them, an MLSMessage; empty if it adds none.
 * change_tree(out, change): the ratchet tree of the new epoch, to send beside
 * a Welcome that does not carry it. */
MLS_API int mls_change_welcome(struct mls_bytes *out, mls_change *change);
MLS_API int mls_change_tree(struct mls_bytes *out, mls_change *change);

/* change_cancel(change): give a released commit up; what it spent stays
 * spent. */
MLS_API int mls_change_cancel(mls_change *change);

MLS_C_END

#endif
