/* SPDX-License-Identifier: MIT */
/*
 * Observers: a group as a server sees it, without private keys.
 *
 *   GroupInfo and tree -> observer_new -> for each message that comes in:
 *   process -> its verdict, and the summary -> apply what is passed on, or drop
 *
 * An observer needs no client and no keystore: what it knows is in memory, and
 * in the snapshots that are taken of it.  It judges public handshake messages
 * by the rules that members judge them by, with the credential and commit
 * callbacks of the context's policy, and follows the group from commit to
 * commit; one takes time and memory with the path it brings, not with the
 * group.
 *
 * Without keys it cannot check: membership tags (§6.2) and confirmation tags
 * (§6.1), but for their lengths; path secrets (§7.6); the KEM output of an
 * external commit (§8.3); the values of PSKs (§8.4); what is in a
 * PrivateMessage (§6.3).  So members may still refuse a commit that it
 * accepts, if its sender forged one of these, or if somebody spoilt a tag,
 * which no signature covers, on its way: know who hands in messages, and let
 * nobody else touch them.
 *
 * Threads: an observer with its changes is used by one thread at a time;
 * different observers of one context in parallel.  Included by mls.h.
 */
#ifndef LIBMLS_OBSERVER_H
#define LIBMLS_OBSERVER_H

#include "libmls/change.h"
#include "libmls/context.h"
#include "libmls/group.h"
#include "libmls/types.h"

MLS_C_BEGIN

typedef struct mls_observer mls_observer;

struct mls_observer_options {
	size_t size;
	int from_start; /* 1: all proposals of the GroupInfo's epoch will be
	                 * shown to the observer; else it may have missed some
	                 * that a commit refers to */
};
#define MLS_OBSERVER_OPTIONS_INIT MLS_SIZED(struct mls_observer_options)

/*
 * observer_new(out, context, group_info, tree, options): from a GroupInfo
 * (MLSMessage, §12.4.3), of any epoch from 0 on, and the ratchet tree beside
 * it, or empty if it is inside.  Both are checked as a joiner does: signature,
 * tree and parent hashes, the rules and the signature of each leaf; each
 * credential is asked about (MLS_AT_JOIN, MLS_AT_EXTERNAL_SENDER).  The
 * GroupInfo is kept to be handed out.  options may be NULL.  The context
 * outlives the observer.
 *
 * Whoever can hand over a GroupInfo tells the observer who is in the group: no
 * key of the server's is in it.  Take it from somebody known.
 */
MLS_API int mls_observer_new(mls_observer **out, mls_context *context,
    struct mls_buf group_info, struct mls_buf tree,
    const struct mls_observer_options *options);

/* observer_close: its changes may be dropped later; NULL is fine. */
MLS_API void mls_observer_close(mls_observer *observer);

/*
 * observer_process(out, observer, message): judge an MLSMessage.  Nothing
 * changes until the change is applied; a change that is dropped has never
 * been.  *out is only made if the message is accepted; its summary tells who
 * sent it, and what it does.
 *
 * Proposals and commits in public: all rules but the above.  HANDSHAKE_EPOCH
 * for another epoch than the group's: if the message is not older, the observer
 * has missed something.  A proposal that is applied is kept, as many as the
 * policy's max_proposals.
 *
 * In private the header alone is checked, and the summary is `unseen`: of a
 * member, who is not named.  Handshake messages: of the current epoch, if the
 * policy's receive_framing lets them in.  Application messages: of this epoch
 * or the past_epochs before it; EPOCH_SECRETS_GONE, EPOCH_IN_FUTURE.
 *
 * A commit that is unseen, or that refers to a proposal that was, takes the
 * group to a place where the observer cannot follow: once it is applied the
 * observer is lost.  Messages that are not surely too old are answered with
 * OBSERVER_LOST from then on, until observer_resync.
 *
 * After a ReInit (§11.2) the group is at its end: GROUP_REINITIALISED for
 * further handshake messages.
 */
MLS_API int mls_observer_process(mls_change **out,
    const mls_observer *observer, struct mls_buf message);

/* What an answer of observer_process means for the message. */
#define MLS_VERDICT_ACCEPT 1  /* pass it on, and apply the change */
#define MLS_VERDICT_STALE 2   /* too late: another commit has won */
#define MLS_VERDICT_INVALID 3 /* it breaks the rule that the error names */
#define MLS_VERDICT_LOST 4    /* only a fresh GroupInfo can tell */
#define MLS_VERDICT_NONE 5    /* it was not judged: the call failed */
MLS_API int mls_observer_verdict(int error);

/*
 * observer_resync(observer, group_info, tree, options): go on from another
 * GroupInfo of the group.  One of a later epoch is taken as by observer_new,
 * and what was processed before is CHANGE_STALE then.  One of this epoch is of
 * use to an observer that was lost: the commit came to nothing.
 * OBSERVER_INFO_EPOCH if it is older; OBSERVER_INFO_CONFLICT if it is of this
 * epoch and does not agree with what was seen.
 */
MLS_API int mls_observer_resync(mls_observer *observer,
    struct mls_buf group_info, struct mls_buf tree,
    const struct mls_observer_options *options);

/*
 * observer_offer(observer, group_info): keep a member's GroupInfo of this epoch
 * (MLSMessage) for those who want to come in; OBSERVER_INFO_EPOCH,
 * OBSERVER_INFO_CONFLICT, else as observer_new.  An observer cannot sign one.
 * observer_group_info(out, observer): the last one that it was given;
 * OBSERVER_INFO_MISSING if there is none of this epoch, OBSERVER_LOST.
 */
MLS_API int mls_observer_offer(mls_observer *observer,
    struct mls_buf group_info);
MLS_API int mls_observer_group_info(struct mls_bytes *out,
    const mls_observer *observer);

/* What the group is.  Borrowed until the next change is applied, or
 * observer_resync. */
struct mls_observer_view {
	size_t size;
	struct mls_buf group_id;
	uint16_t suite;
	uint64_t epoch;
	uint32_t members;
	uint32_t width;     /* leaves of the tree, blank ones too */
	uint32_t proposals; /* that wait for a commit */
	int lost;           /* 1: observer_resync is needed */
	int partial;        /* 1: there may be proposals that it has not seen */
	int ended;          /* 1: the last commit held a ReInit */
	int offer;          /* 1: observer_group_info has one */
	struct mls_buf context; /* GroupContext (§8.1), encoded */
	struct mls_buf tree_hash;
	struct mls_buf confirmed_transcript_hash;
	struct mls_buf confirmation_tag; /* as the committer sent it */
	struct mls_buf extensions;       /* of the GroupContext */
};
#define MLS_OBSERVER_VIEW_INIT MLS_SIZED(struct mls_observer_view)
MLS_API int mls_observer_info(struct mls_observer_view *out,
    const mls_observer *observer);

/* The members and the tree, as of a group: see mls_group_member, _find,
 * _find_key, _next, _node and _tree. */
MLS_API int mls_observer_member(struct mls_identity *out,
    const mls_observer *observer, uint32_t leaf);
MLS_API int mls_observer_find(uint32_t *leaf, const mls_observer *observer,
    struct mls_buf identity);
MLS_API int mls_observer_find_key(uint32_t *leaf,
    const mls_observer *observer, struct mls_buf signature_key);
MLS_API int mls_observer_next(uint32_t *leaf, const mls_observer *observer,
    uint32_t from);
MLS_API int mls_observer_node(struct mls_node_view *out,
    const mls_observer *observer, uint32_t node);
MLS_API int mls_observer_tree(struct mls_bytes *out,
    const mls_observer *observer);

/*
 * observer_save(out, observer): all that it knows, as octets that a later
 * libmls can read; as large as the tree.
 * observer_load(out, context, snapshot): STORE_VERSION if a newer libmls wrote
 * it, STORED_STATE_MALFORMED if it is damaged, TREE_TOO_LARGE under a stricter
 * policy.  Signatures and credentials are not checked again: keep it where
 * nobody else can write.
 */
MLS_API int mls_observer_save(struct mls_bytes *out,
    const mls_observer *observer);
MLS_API int mls_observer_load(mls_observer **out, mls_context *context,
    struct mls_buf snapshot);

MLS_C_END

#endif
