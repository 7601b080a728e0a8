/* SPDX-License-Identifier: MIT */
/* Groups.  Included by mls.h. */
#ifndef LIBMLS_GROUP_H
#define LIBMLS_GROUP_H

struct mls_group_options {
	size_t size;
	uint16_t suite;            /* 0: suite 0x0001 */
	struct mls_buf group_id;   /* empty: 16 random octets */
	struct mls_buf extensions; /* encoded Extension structs one after the
	                            * other, for the GroupContext */
};
#define MLS_GROUP_OPTIONS_INIT MLS_SIZED(struct mls_group_options)

/* group_create: of one member, at epoch 0 (§11); GROUP_ID_TAKEN.
 * RELOAD_REQUIRED if it was stored, but is to be opened by group_open. */
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
	int type;      /* MLS_EFFECT_ADD to _EXTENSIONS */
	struct mls_buf key_package; /* ADD: an MLSMessage */
	uint32_t leaf;              /* REMOVE */
	struct mls_buf psk_id;      /* PSK: external */
	struct mls_buf extensions;  /* EXTENSIONS: as in mls_group_options */
};

/* group_make_proposal: for someone to commit; UPDATE makes our leaf new. */
MLS_API int mls_group_make_proposal(mls_change **out, const mls_group *group,
    const struct mls_intent *intent, const struct mls_send_options *options);

#define MLS_COMMIT_FORCE_PATH 1u   /* a path also where none is needed */
#define MLS_COMMIT_TREE_BESIDE 2u  /* no ratchet_tree in the Welcome */
#define MLS_COMMIT_NO_CACHED 4u    /* leave cached proposals out */
#define MLS_COMMIT_NEW_SIGNATURE_KEY 8u /* rotate ours; forces a path */

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

#endif
