/* SPDX-License-Identifier: MIT */
/* Groups.  Included by mls.h. */
#ifndef LIBMLS_GROUP_H
#define LIBMLS_GROUP_H

#include "libmls/change.h"
#include "libmls/client.h"
#include "libmls/types.h"

MLS_C_BEGIN

struct mls_group_options {
	size_t size;
	uint16_t suite;            /* 0: suite 0x0001 */
	struct mls_buf group_id;   /* empty: 16 random octets */
	struct mls_buf extensions; /* encoded Extension structs one after the
	                            * other, for the GroupContext */
	/* A group that follows from another one of this client: then its
	 * first commit has to add all members of the parent (REINIT), or some
	 * of them and nobody else (BRANCH). */
	int lineage;               /* MLS_LINEAGE_*; 0: none */
	const mls_group *parent;
	struct mls_buf leaf_extensions; /* of our leaf, encoded likewise */
};
#define MLS_GROUP_OPTIONS_INIT MLS_SIZED(struct mls_group_options)

#define MLS_LINEAGE_REINIT 2 /* the successor of a group whose last commit held
                              * a ReInit, which says what it is like (§11.2) */
#define MLS_LINEAGE_BRANCH 3 /* a subgroup, of the parent's suite (§11.3) */

/* group_create: of one member, at epoch 0 (§11); GROUP_ID_TAKEN.
 * RELOAD_REQUIRED if it was stored, but is to be opened by group_open.
 * REINIT_NOT_PENDING, BRANCH_PARENT_INACTIVE, REINIT_* and BRANCH_* for options
 * that are not the parent's. */
MLS_API int mls_group_create(mls_group **out, mls_client *client,
    const struct mls_group_options *options);
MLS_API int mls_group_open(mls_group **out, mls_client *client,
    struct mls_buf group_id);

/* group_close: the group is freed when its last change is dropped too. */
MLS_API void mls_group_close(mls_group *group);

/* group_delete(client, group_id): erase all that the store has of it. */
MLS_API int mls_group_delete(mls_client *client, struct mls_buf group_id);

/* group_join(out, client, welcome, tree): what a Welcome (MLSMessage) would
 * make of us; tree: the ratchet tree beside it, or empty. */
MLS_API int mls_group_join(mls_change **out, mls_client *client,
    struct mls_buf welcome, struct mls_buf tree);

struct mls_intent;
struct mls_external_options {
	size_t size;
	int resync; /* 1: in the place of our former leaf, found by our
	             * credential; a group of that id in the store is replaced */
	const struct mls_intent *intents; /* PSK, CUSTOM */
	size_t n_intents;
	/* SelfRemove proposals that wait in the group (MLSMessages), to be
	 * committed by reference; of one member's the first. */
	const struct mls_buf *self_removes;
	size_t n_self_removes;
	struct mls_buf aad;
	struct mls_buf leaf_extensions; /* of our leaf, encoded */
};
#define MLS_EXTERNAL_OPTIONS_INIT MLS_SIZED(struct mls_external_options)

/*
 * group_join_external(out, client, group_info, tree, options): an external
 * commit (§12.4.3.2) by which we come into the group of a GroupInfo
 * (MLSMessage) that somebody published; tree: the ratchet tree beside it, or
 * empty.  A change of our own: release gives the commit and keeps what is
 * needed in the store, apply makes the group once the commit was accepted,
 * cancel forgets it.  options may be NULL.
 * client_pending(out, client, group_id): the one that was released, also after
 * a crash; *out is NULL if there is none.
 */
MLS_API int mls_group_join_external(mls_change **out, mls_client *client,
    struct mls_buf group_info, struct mls_buf tree,
    const struct mls_external_options *options);
MLS_API int mls_client_pending(mls_change **out, mls_client *client,
    struct mls_buf group_id);

/* group_publish(out, group, flags): a GroupInfo (MLSMessage, §12.4.3) of this
 * epoch, with which others can come in.  EXTERNAL_COMMIT_DISALLOWED before the
 * first commit of a group that follows from another (§11.2, §11.3), unless
 * NO_EXTERNAL_PUB. */
#define MLS_PUBLISH_TREE_BESIDE 1u /* no ratchet_tree; see group_tree */
#define MLS_PUBLISH_NO_EXTERNAL_PUB 2u /* not for external commits */
MLS_API int mls_group_publish(struct mls_bytes *out, const mls_group *group,
    uint32_t flags);

/* group_process(out, group, message): judge a received MLSMessage. */
MLS_API int mls_group_process(mls_change **out, const mls_group *group,
    struct mls_buf message);

struct mls_send_options {
	size_t size;
	struct mls_buf aad; /* authenticated, not encrypted */
	uint32_t framing;   /* handshake: MLS_FRAMING_*; 0: as the policy */
	uint32_t padding;   /* octets added; 0: as the policy */
};
#define MLS_SEND_OPTIONS_INIT MLS_SIZED(struct mls_send_options)

/* group_make_message: application data (§6.3).  options may be NULL. */
MLS_API int mls_group_make_message(mls_change **out, const mls_group *group,
    struct mls_buf data, const struct mls_send_options *options);

/* One thing to propose, by a proposal or in a commit. */
struct mls_intent {
	int type; /* MLS_EFFECT_*, but for PATH and EXTERNAL_JOIN */
	struct mls_buf key_package; /* ADD: an MLSMessage */
	uint32_t leaf;              /* REMOVE */
	struct mls_buf psk_id;      /* PSK: external; empty: resumption */
	struct mls_buf extensions;  /* EXTENSIONS, REINIT: as in
	                             * mls_group_options */
	struct mls_buf group_id; /* PSK, resumption: of that group of this
	                          * client (empty: of this one); REINIT: the new
	                          * one (empty: 16 random octets) */
	uint64_t epoch;          /* PSK, resumption */
	uint16_t suite;          /* REINIT; 0: as it is */
	uint16_t proposal_type;  /* CUSTOM */
	struct mls_buf body;     /* CUSTOM */
};

/* group_make_proposal: for someone to commit; UPDATE makes our leaf new. */
MLS_API int mls_group_make_proposal(mls_change **out, const mls_group *group,
    const struct mls_intent *intent, const struct mls_send_options *options);

#define MLS_COMMIT_FORCE_PATH 1u   /* a path also where none is needed */
#define MLS_COMMIT_TREE_BESIDE 2u  /* no ratchet_tree in the Welcome */
#define MLS_COMMIT_NO_CACHED 4u    /* leave cached proposals out */
#define MLS_COMMIT_NEW_SIGNATURE_KEY 8u /* rotate ours; forces a path */
#define MLS_COMMIT_NEW_CREDENTIAL 16u /* the client's, and its signature key if
                                       * it has one; forces a path */

struct mls_commit_options {
	size_t size;
	const struct mls_intent *intents; /* by value */
	size_t n_intents;
	uint32_t flags; /* MLS_COMMIT_* */
	const struct mls_send_options *send;
};
#define MLS_COMMIT_OPTIONS_INIT MLS_SIZED(struct mls_commit_options)

/* group_make_commit: of the cached proposals and the intents; both may be
 * empty: then it makes our keys new.  options may be NULL. */
MLS_API int mls_group_make_commit(mls_change **out, const mls_group *group,
    const struct mls_commit_options *options);

/* group_pending(out, group): the commit that is parked, also after a crash,
 * to be applied, cancelled or given out again (change_release gives the same
 * octets); *out is NULL if there is none. */
MLS_API int mls_group_pending(mls_change **out, const mls_group *group);

/*
 * The common case in one call each.
 *
 * group_send: make and release a message.
 * group_receive: process, ask fn (NULL: yes; 0: yes), apply.  After a crash
 * a message may be seen twice, none is lost.
 * group_commit: make and release; welcome may be NULL and is empty if nobody
 * is added; then group_settle applies (yes) or cancels (no) it.
 */
MLS_API int mls_group_send(struct mls_bytes *message, mls_group *group,
    struct mls_buf data);
MLS_API int mls_group_receive(mls_group *group, struct mls_buf message,
    int (*fn)(void *payload, const struct mls_summary *summary),
    void *payload);

/*
 * For large data, and for those who want nothing allocated: what is sent or
 * received stays in one buffer of the caller's.
 *
 * group_send_size(size, group, len): room that a message of len octets takes.
 * group_send_in_place(len, room, size, group, data): group_send into `room`,
 * of which *len octets are the message then.  data may lie anywhere in it.
 * BUFFER_TOO_SMALL, which spends nothing.  What fails may have changed the
 * room, but for ARGUMENT and BUFFER_TOO_SMALL.
 * group_receive_in_place: group_receive; application data is decrypted where
 * it stands, and what fn is shown of it stays there.  The message is gone
 * then, also after an error.
 */
MLS_API int mls_group_send_size(size_t *size, const mls_group *group,
    size_t len);
MLS_API int mls_group_send_in_place(size_t *len, uint8_t *room, size_t size,
    mls_group *group, struct mls_buf data);
MLS_API int mls_group_receive_in_place(mls_group *group, uint8_t *message,
    size_t len,
    int (*fn)(void *payload, const struct mls_summary *summary),
    void *payload);

MLS_API int mls_group_commit(struct mls_bytes *message,
    struct mls_bytes *welcome, mls_group *group,
    const struct mls_commit_options *options);
MLS_API int mls_group_settle(mls_group *group, int accepted);

/* What a group is.  Borrowed until the next change is applied. */
struct mls_group_info_view {
	size_t size;
	struct mls_buf group_id;
	uint16_t suite;
	uint64_t epoch;
	uint32_t own_leaf;
	uint32_t members;
	uint32_t width; /* leaves of the tree, blank ones too */
	int active;     /* 0: we were removed */
	int ended;      /* 1: by a ReInit; another group follows (§11.2) */
	int pending;    /* 1: a commit of ours is parked */
	uint32_t proposals; /* cached in this epoch */
	struct mls_buf tree_hash;
	struct mls_buf confirmed_transcript_hash;
	struct mls_buf authenticator; /* epoch_authenticator (§8.7) */
	struct mls_buf extensions;    /* of the GroupContext */
};
#define MLS_GROUP_INFO_VIEW_INIT MLS_SIZED(struct mls_group_info_view)
MLS_API int mls_group_info(struct mls_group_info_view *out,
    const mls_group *group);

/* message_group(group_id, epoch, in): whom an MLSMessage is for; borrowed
 * from in.  UNEXPECTED_WIRE_FORMAT for a Welcome or KeyPackage. */
MLS_API int mls_message_group(struct mls_buf *group_id, uint64_t *epoch,
    struct mls_buf in);

/* message_suite(suite, in): the ciphersuite of a KeyPackage, a GroupInfo or a
 * Welcome (MLSMessages).  UNEXPECTED_WIRE_FORMAT for others. */
MLS_API int mls_message_suite(uint16_t *suite, struct mls_buf in);

/* group_export(out, len, group, label, context): MLS-Exporter (§8.5). */
MLS_API int mls_group_export(uint8_t *out, size_t len,
    const mls_group *group, const char *label, struct mls_buf context);

/* group_tree(out, group): the ratchet tree, encoded (§12.4.3.3). */
MLS_API int mls_group_tree(struct mls_bytes *out, const mls_group *group);

/* group_member(out, group, leaf): MEMBER_NOT_FOUND for a blank leaf.
 * group_find: by identity, or by signature key; the first leaf.
 * group_next(leaf, group, from): the first member at or behind `from`. */
MLS_API int mls_group_member(struct mls_identity *out, const mls_group *group,
    uint32_t leaf);
MLS_API int mls_group_find(uint32_t *leaf, const mls_group *group,
    struct mls_buf identity);
MLS_API int mls_group_find_key(uint32_t *leaf, const mls_group *group,
    struct mls_buf signature_key);
MLS_API int mls_group_next(uint32_t *leaf, const mls_group *group,
    uint32_t from);

/* A node of the ratchet tree, by its index (Appendix C). */
struct mls_node_view {
	size_t size;
	int blank, leaf;
	struct mls_buf encryption_key;
	struct mls_buf parent_hash;
	struct mls_buf unmerged; /* of a parent: big-endian uint32 each */
	int own_key;             /* 1: we hold its private key */
};
#define MLS_NODE_VIEW_INIT MLS_SIZED(struct mls_node_view)
MLS_API int mls_group_node(struct mls_node_view *out, const mls_group *group,
    uint32_t node);

MLS_C_END

#endif
