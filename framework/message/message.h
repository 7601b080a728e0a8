/* SPDX-License-Identifier: MIT */
/* RFC 9420 §6: MLSMessage, the outermost object. */
#ifndef MLS_MESSAGE_MESSAGE_H
#define MLS_MESSAGE_MESSAGE_H

#include "message/framing.h"
#include "message/welcome.h"

struct mls_message {
	uint16_t version, wire_format;
	union {
		struct mls_authentic public_message;
		struct mls_private_message private_message;
		struct mls_welcome welcome;
		struct mls_group_info group_info;
		struct mls_key_package key_package;
	} u;
};

/* message_read(out, arena, in, customs): the whole of in; TRAILING_BYTES, WIRE-09,
 * WIRE-10, KP-02, MESSAGE_TOO_LARGE above 64 MiB (LIMIT-01). */
int mls__message_read(struct mls_message *out, struct mls_arena *arena,
    struct mls_buf in, const struct mls_customs *customs);

/* message_target(group_id, epoch, in): of what begins with these, which alone is
 * read; UNEXPECTED_WIRE_FORMAT for a Welcome or KeyPackage. */
int mls__message_target(struct mls_buf *group_id, uint64_t *epoch,
    struct mls_buf in);

/* message_suite(suite, in): the ciphersuite at the head of a KeyPackage,
 * GroupInfo or Welcome; UNEXPECTED_WIRE_FORMAT for others. */
int mls__message_suite(uint16_t *suite, struct mls_buf in);

/* message_peek(wire_format, in): header alone. */
int mls__message_peek(uint16_t *wire_format, struct mls_buf in);

/* message_head(w, wire_format): version and wire format. */
void mls__message_head(struct mls_writer *w, uint16_t wire_format);

#endif
