/* SPDX-License-Identifier: MIT */
#include "message/framing.h"

#include <string.h>

#include "libmls/errors.h"

static void
read_sender(struct mls_sender *out, struct mls_reader *r)
{
	out->type = mls__read_u8(r);
	switch (out->type) {
	case MLS_SENDER_MEMBER:
	case MLS_SENDER_EXTERNAL:
		out->index = mls__read_u32(r);
		break;
	case MLS_SENDER_NEW_MEMBER_PROPOSAL:
	case MLS_SENDER_NEW_MEMBER_COMMIT:
		break;
	default:
		mls__reader_fail(r, MLS_E_UNKNOWN_SENDER_TYPE);
	}
}

static void
write_sender(struct mls_writer *w, struct mls_sender sender)
{
	mls__write_u8(w, sender.type);
	if (sender.type == MLS_SENDER_MEMBER ||
	    sender.type == MLS_SENDER_EXTERNAL)
		mls__write_u32(w, sender.index);
}

/* WIRE-11 */
static uint8_t
read_content_type(struct mls_reader *r)
{
	uint8_t type = mls__read_u8(r);

	if (type < MLS_CONTENT_APPLICATION || type > MLS_CONTENT_COMMIT)
		mls__reader_fail(r, MLS_E_UNKNOWN_CONTENT_TYPE);
	return type;
}

void
mls__content_body_read(struct mls_content *out, struct mls_arena *arena,
    struct mls_reader *r)
{
	const uint8_t *from = r->pos;

	switch (out->type) {
	case MLS_CONTENT_APPLICATION:
		out->u.application = mls__read_opaque(r);
		out->body = out->u.application;
		return;
	case MLS_CONTENT_PROPOSAL:
		mls__proposal_read(&out->u.proposal, r);
		break;
	case MLS_CONTENT_COMMIT:
		mls__commit_read(&out->u.commit, arena, r);
		break;
	}
	out->body = mls__reader_since(r, from);
}

void
mls__content_read(struct mls_content *out, struct mls_arena *arena,
    struct mls_reader *r)
{
	const uint8_t *from = r->pos;

	memset(out, 0, sizeof(*out));
	out->group_id = mls__read_short(r);
	out->epoch = mls__read_u64(r);
	read_sender(&out->sender, r);
	out->aad = mls__read_opaque(r);
	out->type = read_content_type(r);
	mls__content_body_read(out, arena, r);
	out->raw = mls__reader_since(r, from);
}

void
mls__content_write(struct mls_writer *w, const struct mls_content_head *head,
    struct mls_buf body)
{
	mls__content_head_write(w, head);
	if (head->type == MLS_CONTENT_APPLICATION)
		mls__write_opaque(w, body);
	else
		mls__write_bytes(w, body);
}

void
mls__content_head_write(struct mls_writer *w,
    const struct mls_content_head *head)
{
	mls__write_opaque(w, head->group_id);
	mls__write_u64(w, head->epoch);
	write_sender(w, head->sender);
	mls__write_opaque(w, head->aad);
	mls__write_u8(w, head->type);
}

/* RFC 9420 §6.1, FRAME-21: do signatures of such a sender cover the
 * GroupContext? */
static bool
covers_context(uint8_t sender_type)
{
	return sender_type == MLS_SENDER_MEMBER ||
	    sender_type == MLS_SENDER_NEW_MEMBER_COMMIT;
}

void
mls__content_tbs(struct mls_writer *w, uint16_t wire_format,
    struct mls_buf content, uint8_t sender_type, struct mls_buf context)
{
	mls__write_u16(w, MLS_VERSION_MLS10);
	mls__write_u16(w, wire_format);
	mls__write_bytes(w, content);
	if (covers_context(sender_type))
		mls__write_bytes(w, context);
}

/* Of the FramedContentTBS. */
static size_t
tbs_len(const struct mls_signing *in)
{
	return 4 + in->head.len + in->body.len +
	    (covers_context(in->sender_type) ? in->context.len : 0);
}

int
mls__content_signed(struct mls_writer *w, struct mls_signing *in)
{
	size_t len = tbs_len(in), at;

	mls__write_reserve(w, len + MLS_SIGNED_BEFORE);
	mls__labelled_head(w, MLS_CONTENT_LABEL, len);
	at = w->len;
	mls__write_u16(w, MLS_VERSION_MLS10);
	mls__write_u16(w, in->wire_format);
	mls__write_bytes(w, in->head);
	mls__write_bytes(w, in->body);
	if (covers_context(in->sender_type))
		mls__write_bytes(w, in->context);
	if (w->error != 0)
		return w->error;
	in->whole = mls__writer_buf(w);
	in->tbs = mls__buf(w->data + at, len);
	in->content = mls__buf(w->data + at + 4, in->head.len + in->body.len);
	return 0;
}

int
mls__content_signed_around(struct mls_signing *in, uint8_t *message)
{
	MLS_WRITER_ROOM(before, MLS_SIGNED_BEFORE);
	size_t len = tbs_len(in);

	mls__labelled_head(&before, MLS_CONTENT_LABEL, len);
	if (before.error != 0)
		return before.error;
	/* The head of an MLSMessage is how FramedContentTBS begins. */
	memcpy(message - before.len, before.data, before.len);
	if (covers_context(in->sender_type))
		memcpy(message + 4 + in->head.len, in->context.data,
		    in->context.len);
	in->whole = mls__buf(message - before.len, before.len + len);
	in->tbs = mls__buf(message, len);
	in->content = in->head;
	return 0;
}

/* RFC 9420 §6.2: over AuthenticatedContentTBM. */
int
mls__membership_tag(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_secret *membership_key, struct mls_buf tbs,
    struct mls_buf auth)
{
	const struct mls_buf in[2] = { tbs, auth };
	struct mls_secret tag = { 0 };
	int rc;

	rc = mls__hmac(tag.data, s, mls__secret_buf(membership_key), in, 2);
	if (rc == 0) {
		tag.len = (uint8_t)s->nh;
		*out = tag;
	}
	mls__secret_wipe(&tag);
	return rc;
}

void
mls__auth_write(struct mls_writer *w, struct mls_buf signature, uint8_t type,
    struct mls_buf confirmation_tag)
{
	mls__write_opaque(w, signature);
	if (type == MLS_CONTENT_COMMIT)
		mls__write_opaque(w, confirmation_tag);
}

void
mls__auth_read(struct mls_authentic *out, struct mls_reader *r)
{
	const uint8_t *from = r->pos;

	out->signature = mls__read_short(r);
	if (out->content.type == MLS_CONTENT_COMMIT)
		out->confirmation_tag = mls__read_short(r);
	out->auth = mls__reader_since(r, from);
}

void
mls__public_auth_read(struct mls_authentic *out, struct mls_reader *r)
{
	mls__auth_read(out, r);
	if (out->content.sender.type == MLS_SENDER_MEMBER)
		out->membership_tag = mls__read_short(r);
}

void
mls__authentic_read(struct mls_authentic *out, struct mls_arena *arena,
    struct mls_reader *r)
{
	memset(out, 0, sizeof(*out));
	out->wire_format = mls__read_u16(r);
	if (out->wire_format < MLS_WIRE_PUBLIC_MESSAGE ||
	    out->wire_format > MLS_WIRE_KEY_PACKAGE)
		mls__reader_fail(r, MLS_E_UNKNOWN_WIRE_FORMAT);
	else if (out->wire_format > MLS_WIRE_PRIVATE_MESSAGE)
		mls__reader_fail(r, MLS_E_UNEXPECTED_WIRE_FORMAT);
	mls__content_read(&out->content, arena, r);
	mls__auth_read(out, r);
}

void
mls__authentic_write(struct mls_writer *w, const struct mls_authentic *a)
{
	mls__write_u16(w, a->wire_format);
	mls__write_bytes(w, a->content.raw);
	mls__write_bytes(w, a->auth);
}

void
mls__public_message_read(struct mls_authentic *out, struct mls_arena *arena,
    struct mls_reader *r)
{
	memset(out, 0, sizeof(*out));
	out->wire_format = MLS_WIRE_PUBLIC_MESSAGE;
	mls__content_read(&out->content, arena, r);
	mls__public_auth_read(out, r);
}

void
mls__public_message_write(struct mls_writer *w, struct mls_buf content,
    struct mls_buf auth, uint8_t sender_type, struct mls_buf membership_tag)
{
	mls__write_bytes(w, content);
	mls__write_bytes(w, auth);
	if (sender_type == MLS_SENDER_MEMBER)
		mls__write_opaque(w, membership_tag);
}

void
mls__private_message_read(struct mls_private_message *out,
    struct mls_reader *r)
{
	const uint8_t *from = r->pos;

	memset(out, 0, sizeof(*out));
	out->group_id = mls__read_short(r);
	out->epoch = mls__read_u64(r);
	out->content_type = read_content_type(r);
	out->sender_data_aad = mls__reader_since(r, from);
	out->aad = mls__read_opaque(r);
	out->content_aad = mls__reader_since(r, from);
	out->sender_data = mls__read_short(r);
	out->ciphertext = mls__read_opaque(r);
	out->customs = r->customs;
}

/* RFC 9420 §5.2, FRAME-20 */
int
mls__proposal_ref(uint8_t *out, const struct mls_suite *s,
    const struct mls_authentic *a)
{
	struct mls_writer w = { 0 };
	int rc;

	mls__authentic_write(&w, a);
	rc = w.error;
	if (rc == 0)
		rc = mls__ref_hash(out, s, "MLS 1.0 Proposal Reference",
		    mls__writer_buf(&w));
	mls__writer_free(&w);
	return rc;
}
