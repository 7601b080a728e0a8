/* SPDX-License-Identifier: MIT */
/* RFC 9420 §6.3: private messages. */
#include <string.h>

#include "libmls/errors.h"
#include "message/framing.h"
#include "message/util.h"

#define SENDER_DATA 12
#define HEAD_ROOM 320 /* of a FramedContent, but for its data */

static void
read_sender_data(struct mls_sender_data *out, struct mls_reader *r)
{
	struct mls_buf guard;

	out->leaf = mls__read_u32(r);
	out->generation = mls__read_u32(r);
	guard = mls__read_fixed(r, sizeof(out->reuse_guard));
	if (guard.len != 0)
		memcpy(out->reuse_guard, guard.data, guard.len);
}

int
mls__private_message_check(const struct mls_private_message *m,
    const struct mls_suite *s)
{
	if (m->sender_data.len < s->nt || m->ciphertext.len < s->nt)
		return MLS_E_CIPHERTEXT_LENGTH;
	return m->sender_data.len == SENDER_DATA + s->nt ? 0 :
	    MLS_E_SENDER_DATA_MALFORMED;
}

/* RFC 9420 §6.3.2, MSG-01 */
int
mls__sender_data_open(struct mls_sender_data *out, const struct mls_suite *s,
    const struct mls_secret *sender_data_secret,
    const struct mls_private_message *m)
{
	struct mls_message_key key = { { 0 }, { 0 } };
	struct mls_sender_data sd = { 0, 0, { 0 } };
	uint8_t plain[SENDER_DATA];
	struct mls_reader r;
	int rc;

	rc = mls__private_message_check(m, s);
	if (rc == 0)
		rc = mls__sender_data_key(&key, s, sender_data_secret,
		    m->ciphertext);
	if (rc == 0)
		rc = mls__aead_open(plain, s, key.key, key.nonce,
		    m->sender_data_aad, m->sender_data,
		    MLS_E_SENDER_DATA_DECRYPT);
	if (rc == 0) {
		mls__reader_init(&r, mls__buf(plain, sizeof(plain)));
		read_sender_data(&sd, &r);
		rc = mls__reader_end(&r);
	}
	if (rc == 0)
		*out = sd;
	mls__wipe(&key, sizeof(key));
	mls__wipe(&sd, sizeof(sd));
	mls__wipe(plain, sizeof(plain));
	return rc;
}

/* RFC 9420 §6.3.1: the reuse guard goes into the first four octets. */
static void
guard_nonce(uint8_t *out, const struct mls_message_key *key,
    const struct mls_sender_data *sd)
{
	size_t i;

	memcpy(out, key->nonce, sizeof(key->nonce));
	for (i = 0; i < sizeof(sd->reuse_guard); i++)
		out[i] ^= sd->reuse_guard[i];
}

/* MSG-07, in a time that does not tell where the first fault is. */
static int
check_padding(struct mls_buf padding)
{
	uint8_t any = 0;
	size_t i;

	for (i = 0; i < padding.len; i++)
		any |= padding.data[i];
	return any == 0 ? 0 : MLS_E_PADDING_NONZERO;
}

/* The opened octets from `from` on: body, FramedContentAuthData, padding.
 * Returns how long the body is in *body. */
static int
parse(size_t *body, struct mls_authentic *out, struct mls_arena *arena,
    const struct mls_customs *customs, struct mls_buf opened)
{
	struct mls_reader r;
	struct mls_buf padding;

	mls__reader_init(&r, opened);
	r.customs = customs;
	mls__content_body_read(&out->content, arena, &r);
	*body = mls__reader_since(&r, opened.data).len;
	mls__auth_read(out, &r);
	if (r.error == MLS_E_OUT_OF_MEMORY)
		return r.error;
	if (r.error != 0)
		return MLS_E_PRIVATE_CONTENT_MALFORMED; /* MSG-06 */
	padding = mls__read_fixed(&r, mls__reader_left(&r));
	return check_padding(padding);
}

/* The FramedContent that is inside m: all but its body. */
static void
describe(struct mls_authentic *out, const struct mls_private_message *m,
    const struct mls_sender_data *sd)
{
	memset(out, 0, sizeof(*out));
	out->wire_format = MLS_WIRE_PRIVATE_MESSAGE;
	out->content.group_id = m->group_id;
	out->content.epoch = m->epoch;
	out->content.sender.type = MLS_SENDER_MEMBER;
	out->content.sender.index = sd->leaf;
	out->content.aad = m->aad;
	out->content.type = m->content_type;
}

static void
write_head(struct mls_writer *w, const struct mls_content *c)
{
	const struct mls_content_head head = {
		.group_id = c->group_id, .epoch = c->epoch,
		.sender = c->sender, .aad = c->aad, .type = c->type
	};

	mls__content_head_write(w, &head);
}

int
mls__private_open(struct mls_authentic *out, struct mls_arena *arena,
    const struct mls_suite *s, const struct mls_private_message *m,
    const struct mls_sender_data *sd, const struct mls_message_key *key)
{
	bool in_place = m->writable != NULL &&
	    m->content_type == MLS_CONTENT_APPLICATION;
	struct mls_writer head = MLS_WRITER_IN(arena);
	struct mls_authentic a;
	uint8_t nonce[sizeof(key->nonce)];
	uint8_t *plain = NULL;
	size_t len, body;
	int rc;

	if (m->ciphertext.len < s->nt)
		return MLS_E_CIPHERTEXT_LENGTH;
	len = m->ciphertext.len - s->nt;
	describe(&a, m, sd);
	guard_nonce(nonce, key, sd);

	/* The plaintext starts with the body: opened right behind the head
	 * of the FramedContent, it completes that without a copy. */
	if (!in_place)
		mls__write_reserve(&head, len + HEAD_ROOM + m->aad.len);
	write_head(&head, &a.content);
	a.content.raw = mls__writer_buf(&head);
	plain = in_place ? m->writable : mls__write_space(&head, len);
	rc = head.error;
	if (rc == 0)
		rc = mls__aead_open(plain, s, key->key, nonce,
		    m->content_aad, m->ciphertext, MLS_E_CONTENT_DECRYPT);
	if (rc != 0)
		goto out;
	if (!in_place)
		a.content.raw.data = head.data;
	rc = parse(&body, &a, arena, m->customs, mls__buf(plain, len));
	if (rc == 0 && in_place)
		a.content.beside = mls__buf(plain, body);
	else if (rc == 0)
		a.content.raw.len += body;
	if (rc == 0)
		*out = a;
	else
		mls__wipe(plain, len); /* FRAME-19 */
out:
	mls__wipe(nonce, sizeof(nonce));
	return rc;
}

/* MSG-16, MSG-19 and LIMIT-01; *len: octets of PrivateMessageContent. */
static int
check_seal(size_t *len, const struct mls_private_seal *in)
{
	size_t fixed;

	if (in->head->sender.type != MLS_SENDER_MEMBER)
		return MLS_E_PRIVATE_SENDER_NOT_MEMBER;
	if (in->head->sender.index != in->sender_data.leaf)
		return MLS_E_ARGUMENT;
	/* Room for what surrounds these, by far. */
	fixed = 16384;
	if (in->head->aad.len > MLS_LIMIT_MESSAGE - fixed)
		return MLS_E_MESSAGE_TOO_LARGE;
	fixed += in->head->aad.len;
	if (in->body.len > MLS_LIMIT_MESSAGE - fixed)
		return MLS_E_MESSAGE_TOO_LARGE;
	fixed += in->body.len;
	if (in->auth.len > MLS_LIMIT_MESSAGE - fixed)
		return MLS_E_MESSAGE_TOO_LARGE;
	fixed += in->auth.len;
	if (in->padding > MLS_LIMIT_MESSAGE - fixed)
		return MLS_E_PADDING_TOO_LARGE;
	*len = in->body.len + in->auth.len + in->padding;
	return 0;
}

/* The plaintext, with room for the tag behind it. */
static void
write_plain(struct mls_writer *w, const struct mls_private_seal *in,
    size_t tag)
{
	uint8_t *p;

	if (in->head->type == MLS_CONTENT_APPLICATION)
		mls__write_opaque(w, in->body);
	else
		mls__write_bytes(w, in->body);
	mls__write_bytes(w, in->auth);
	p = mls__write_space(w, in->padding + tag);
	if (p != NULL && in->padding + tag != 0)
		memset(p, 0, in->padding + tag);
}

/* Seal the len octets at `at` where they stand; room for the tag follows. */
static int
seal_at(struct mls_writer *w, size_t at, size_t len,
    const struct mls_suite *s, const struct mls_message_key *key,
    const uint8_t *nonce, struct mls_buf aad)
{
	return mls__aead_seal(w->data + at, s, key->key, nonce, aad,
	    mls__buf(w->data + at, len));
}

static void
write_sender_data(struct mls_writer *w, const struct mls_sender_data *sd,
    size_t tag)
{
	uint8_t *p;

	mls__write_varint(w, SENDER_DATA + tag);
	mls__write_u32(w, sd->leaf);
	mls__write_u32(w, sd->generation);
	mls__write_bytes(w, mls__buf(sd->reuse_guard,
	    sizeof(sd->reuse_guard)));
	p = mls__write_space(w, tag);
	if (p != NULL)
		memset(p, 0, tag);
}

/* Where the parts of a PrivateMessage stand in the writer. */
struct places {
	size_t type_end, aad_end, sender_data, content, content_len;
};

/* The PrivateMessage with both plaintexts in place of their ciphertexts. */
static int
lay_out(struct places *at, struct mls_writer *w, const struct mls_suite *s,
    const struct mls_private_seal *in, size_t len)
{
	/* The header of application_data counts too. */
	if (in->head->type == MLS_CONTENT_APPLICATION)
		len += mls__varint_size(in->body.len);
	mls__write_opaque(w, in->head->group_id);
	mls__write_u64(w, in->head->epoch);
	mls__write_u8(w, in->head->type);
	at->type_end = w->len;
	mls__write_opaque(w, in->head->aad);
	at->aad_end = w->len;
	write_sender_data(w, &in->sender_data, s->nt);
	at->sender_data = w->len - s->nt - SENDER_DATA;
	mls__write_varint(w, len + s->nt);
	at->content = w->len;
	at->content_len = len;
	write_plain(w, in, s->nt);
	return w->error;
}

size_t
mls__private_size(size_t *body_at, const struct mls_suite *s,
    const struct mls_private_seal *in)
{
	size_t group = in->head->group_id.len, aad = in->head->aad.len;
	size_t len = in->body.len + in->auth.len + in->padding, at;

	at = mls__varint_size(group) + group + 8 + 1 + mls__varint_size(aad) +
	    aad + mls__varint_size(SENDER_DATA + s->nt) + SENDER_DATA + s->nt;
	*body_at = 0;
	if (in->head->type == MLS_CONTENT_APPLICATION)
		*body_at = mls__varint_size(in->body.len);
	len += *body_at + s->nt;
	*body_at += at + mls__varint_size(len);
	return at + mls__varint_size(len) + len;
}

int
mls__private_seal(struct mls_writer *w, const struct mls_suite *s,
    const struct mls_private_seal *in)
{
	struct mls_message_key key = { { 0 }, { 0 } };
	uint8_t nonce[sizeof(key.nonce)];
	struct places at;
	size_t start = w->len, len;
	int rc;

	rc = check_seal(&len, in);
	if (rc != 0)
		return rc;
	guard_nonce(nonce, in->key, &in->sender_data);
	rc = lay_out(&at, w, s, in, len);
	if (rc == 0)
		rc = seal_at(w, at.content, at.content_len, s, in->key, nonce,
		    mls__buf(w->data + start, at.aad_end - start));
	if (rc == 0)
		rc = mls__sender_data_key(&key, s, in->sender_data_secret,
		    mls__buf(w->data + at.content, at.content_len + s->nt));
	if (rc == 0)
		rc = seal_at(w, at.sender_data, SENDER_DATA, s, &key,
		    key.nonce, mls__buf(w->data + start,
		    at.type_end - start));
	if (rc != 0)
		mls__writer_cut(w, start);
	mls__wipe(&key, sizeof(key));
	mls__wipe(nonce, sizeof(nonce));
	return rc;
}
