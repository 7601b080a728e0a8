/* SPDX-License-Identifier: MIT */
/* RFC 9420 §6: a received message on its way, judged from cheap to dear: what
 * a member and an observer do alike. */
#ifndef MLS_GROUP_INCOMING_H
#define MLS_GROUP_INCOMING_H

#include "group/group.h"

struct mls_incoming {
	mls_group *g;
	mls_change *c;
	struct mls_buf group_id;
	uint64_t epoch;
	bool past; /* one before the group's */
	struct mls_authentic a;
	struct mls_buf context; /* GroupContext of the epoch, encoded */
	struct mls_leaf outsider; /* of who is no member */
	const struct mls_leaf *sender;
	struct mls_signing signing; /* what is signed, once it was wanted */
	bool in_place;              /* the message is ours to write to */
	uint8_t *copy; /* if not: ours, with room on both sides for what is
	                * signed with it */
	size_t copy_len;
	int error; /* if the sender's signature does not hold */
};

/* incoming_read(in, m, message): decode a copy, which the change owns; in place
 * the message itself, which then has to live as long. */
int mls__incoming_read(struct mls_incoming *in, struct mls_message *m,
    struct mls_buf message);

/* message_process(out, g, message, writable): group_process; writable: the
 * message again, to be opened in place and to live as long as the change; or
 * NULL. */
int mls__message_process(mls_change **out, mls_group *g,
    struct mls_buf message, uint8_t *writable);

/* incoming_public, incoming_private(in, m): the header against the group:
 * FRAME-01 to FRAME-03, FRAME-08, FRAME-17; and who sent what is public, by
 * its own word: FRAME-04, FRAME-10 to FRAME-16. */
int mls__incoming_public(struct mls_incoming *in,
    const struct mls_authentic *m);
int mls__incoming_private(struct mls_incoming *in,
    const struct mls_private_message *m);

/* incoming_member(in, leaf, error): it is of that member, as of now; else
 * `error`. */
int mls__incoming_member(struct mls_incoming *in, uint32_t leaf, int error);

/* incoming_signed(in): put together what is signed.
 * incoming_verify(in): the sender's signature. */
int mls__incoming_signed(struct mls_incoming *in);
int mls__incoming_verify(struct mls_incoming *in);

/* incoming_introduce(in): what every summary says of the sender.
 * incoming_proposal(in): judge a proposal, for the cache. */
int mls__incoming_introduce(struct mls_incoming *in);
int mls__incoming_proposal(struct mls_incoming *in);

#endif
