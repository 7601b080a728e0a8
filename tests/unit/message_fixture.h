/* SPDX-License-Identifier: MIT */
/* Valid objects of the message layer, made by hand, without keys. */
#ifndef TESTS_MESSAGE_FIXTURE_H
#define TESTS_MESSAGE_FIXTURE_H

#include "crypto_fixture.h"

#include "libmls/errors.h"
#include "message/message.h"

static const uint8_t octets[200] = { 1, 2, 3 };

#define PART(n) mls__buf(octets, (n))

static inline void
put_leaf(struct mls_writer *w, uint8_t source)
{
	struct bytes lists = hex("020001" "0400010a0a" "020001" "020001"
	    "020001"); /* defaults listed: LEAF-05 is not for decoding */

	mls__write_opaque(w, PART(32));
	mls__write_opaque(w, PART(32));
	mls__write_u16(w, MLS_CRED_BASIC);
	mls__write_opaque(w, PART(5));
	mls__write_bytes(w, BUF(lists));
	mls__write_u8(w, source);
	if (source == MLS_LEAF_KEY_PACKAGE) {
		mls__write_u64(w, 0);
		mls__write_u64(w, UINT64_MAX);
	} else if (source == MLS_LEAF_COMMIT) {
		mls__write_opaque(w, PART(32));
	}
	mls__write_opaque(w, PART(0));
	mls__write_opaque(w, PART(64));
}

/* external_pub among the extensions: WIRE-24 is not for decoding either. */
static inline void
put_key_package(struct mls_writer *w, uint16_t version)
{
	struct bytes ext = hex("00040201ff" "0a0a00");

	mls__write_u16(w, version);
	mls__write_u16(w, 1);
	mls__write_opaque(w, PART(32));
	put_leaf(w, MLS_LEAF_KEY_PACKAGE);
	mls__write_opaque(w, BUF(ext));
	mls__write_opaque(w, PART(64));
}

static inline void
put_proposal(struct mls_writer *w, uint16_t type)
{
	struct mls_psk_id id = { .type = MLS_PSK_EXTERNAL, .id = PART(4),
		.nonce = PART(32) };
	struct mls_reinit reinit = { PART(3), 2, 0x0a0a, PART(0) };
	struct mls_writer part = { 0 };

	switch (type) {
	case MLS_PROPOSAL_ADD:
		put_key_package(&part, 1);
		mls__proposal_write_add(w, mls__writer_buf(&part));
		break;
	case MLS_PROPOSAL_UPDATE:
		put_leaf(&part, MLS_LEAF_UPDATE);
		mls__proposal_write_update(w, mls__writer_buf(&part));
		break;
	case MLS_PROPOSAL_REMOVE:
		mls__proposal_write_remove(w, 7);
		break;
	case MLS_PROPOSAL_PSK:
		mls__proposal_write_psk(w, &id);
		break;
	case MLS_PROPOSAL_REINIT:
		mls__proposal_write_reinit(w, &reinit);
		break;
	case MLS_PROPOSAL_EXTERNAL_INIT:
		mls__proposal_write_external_init(w, PART(32));
		break;
	case MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		mls__proposal_write_extensions(w, PART(0));
		break;
	}
	mls__writer_free(&part);
}

/* Seven proposals by value, one by reference, a path of two nodes. */
static inline void
put_commit(struct mls_writer *w)
{
	size_t at = mls__write_open(w), inner;
	uint16_t type;
	int i;

	for (type = 1; type <= 7; type++) {
		mls__write_u8(w, MLS_BY_VALUE);
		put_proposal(w, type);
	}
	mls__write_u8(w, MLS_BY_REFERENCE);
	mls__write_opaque(w, PART(32));
	mls__write_close(w, at);
	mls__write_u8(w, 1);
	put_leaf(w, MLS_LEAF_COMMIT);
	at = mls__write_open(w);
	for (i = 0; i < 2; i++) {
		mls__write_opaque(w, PART(32));
		inner = mls__write_open(w);
		mls__write_opaque(w, PART(32));
		mls__write_opaque(w, PART(48));
		mls__write_close(w, inner);
	}
	mls__write_close(w, at);
}

static inline void
put_body(struct mls_writer *w, uint8_t type)
{
	if (type == MLS_CONTENT_APPLICATION)
		mls__write_bytes(w, TEXT("hello"));
	else if (type == MLS_CONTENT_PROPOSAL)
		put_proposal(w, MLS_PROPOSAL_REMOVE);
	else
		put_commit(w);
}

static inline struct mls_content_head
head_of(uint8_t sender, uint8_t type)
{
	struct mls_content_head head = {
		.group_id = TEXT("group"), .epoch = 9,
		.sender = { sender, sender <= MLS_SENDER_EXTERNAL ? 1 : 0 },
		.aad = TEXT("aad"), .type = type
	};

	return head;
}

static inline void
put_public(struct mls_writer *w, uint8_t sender, uint8_t type)
{
	struct mls_content_head head = head_of(sender, type);
	struct mls_writer body = { 0 }, content = { 0 }, auth = { 0 };

	put_body(&body, type);
	mls__content_write(&content, &head, mls__writer_buf(&body));
	mls__auth_write(&auth, PART(64), type, PART(32));
	mls__message_head(w, MLS_WIRE_PUBLIC_MESSAGE);
	mls__public_message_write(w, mls__writer_buf(&content),
	    mls__writer_buf(&auth), sender, PART(32));
	mls__writer_free(&body);
	mls__writer_free(&content);
	mls__writer_free(&auth);
}

static inline void
put_context(struct mls_writer *w)
{
	struct mls_group_context c = {
		.version = 1, .suite = 1, .group_id = TEXT("group"),
		.epoch = 9, .tree_hash = PART(32),
		.confirmed_transcript_hash = PART(32)
	};

	mls__group_context_write(w, &c);
}

/* One of the MLSMessages; 0 behind the last. */
static inline int
put_message(struct mls_writer *w, unsigned which)
{
	struct mls_welcome_entry entries[2] = {
		{ PART(32), { PART(32), PART(50) } },
		{ PART(32), { PART(32), PART(51) } }
	};
	struct mls_welcome welcome = { 1, 2, entries, PART(100) };

	if (which < 12) {
		put_public(w, (uint8_t)(which / 3 + 1),
		    (uint8_t)(which % 3 + 1));
		return 1;
	}
	if (which > 15)
		return 0;
	mls__message_head(w, (uint16_t)(which - 10));
	switch (which - 10) {
	case MLS_WIRE_PRIVATE_MESSAGE:
		mls__write_opaque(w, TEXT("group"));
		mls__write_u64(w, 9);
		mls__write_u8(w, MLS_CONTENT_APPLICATION);
		mls__write_opaque(w, TEXT("aad"));
		mls__write_opaque(w, PART(28));
		mls__write_opaque(w, PART(90));
		break;
	case MLS_WIRE_WELCOME:
		mls__welcome_write(w, &welcome);
		break;
	case MLS_WIRE_GROUP_INFO:
		put_context(w);
		mls__write_opaque(w, PART(0));
		mls__write_opaque(w, PART(32));
		mls__write_u32(w, 0xffffffff); /* LIMIT-03: not here */
		mls__write_opaque(w, PART(64));
		break;
	case MLS_WIRE_KEY_PACKAGE:
		put_key_package(w, 1);
		break;
	}
	return 1;
}

#endif
