/* SPDX-License-Identifier: MIT */
/* RFC 9420 §6: framing, content authentication, public and private
 * messages. */
#ifndef MLS_MESSAGE_FRAMING_H
#define MLS_MESSAGE_FRAMING_H

#include "message/proposal.h"
#include "schedule/secret_tree.h"

enum {
	MLS_WIRE_PUBLIC_MESSAGE = 1,
	MLS_WIRE_PRIVATE_MESSAGE = 2,
	MLS_WIRE_WELCOME = 3,
	MLS_WIRE_GROUP_INFO = 4,
	MLS_WIRE_KEY_PACKAGE = 5
};
enum {
	MLS_CONTENT_APPLICATION = 1,
	MLS_CONTENT_PROPOSAL = 2,
	MLS_CONTENT_COMMIT = 3
};
enum {
	MLS_SENDER_MEMBER = 1,
	MLS_SENDER_EXTERNAL = 2,
	MLS_SENDER_NEW_MEMBER_PROPOSAL = 3,
	MLS_SENDER_NEW_MEMBER_COMMIT = 4
};

struct mls_sender {
	uint8_t type;
	uint32_t index; /* leaf index, or place in external_senders */
};

/* FramedContent */
struct mls_content {
	struct mls_buf group_id;
	uint64_t epoch;
	struct mls_sender sender;
	struct mls_buf aad; /* authenticated_data */
	uint8_t type;
	union {
		struct mls_buf application;
		struct mls_proposal proposal;
		struct mls_commit commit;
	} u;
	struct mls_buf body; /* as mls__content_write takes it */
	struct mls_buf raw;  /* the encoded FramedContent */
	struct mls_buf beside; /* what of it stands elsewhere, behind raw: the
	                        * body of a message that was opened in place */
};

/* AuthenticatedContent, however it travelled. */
struct mls_authentic {
	uint16_t wire_format;
	struct mls_content content;
	struct mls_buf signature;
	struct mls_buf confirmation_tag; /* commits; else empty */
	struct mls_buf auth; /* the encoded FramedContentAuthData */
	struct mls_buf membership_tag; /* public messages of members */
};

struct mls_private_message {
	struct mls_buf group_id;
	uint64_t epoch;
	uint8_t content_type;
	struct mls_buf aad, sender_data, ciphertext;
	struct mls_buf sender_data_aad; /* the encoding up to content_type */
	struct mls_buf content_aad;     /* the encoding up to aad */
	const struct mls_customs *customs; /* for what is inside */
	uint8_t *writable; /* the ciphertext, if it may be opened in place */
};

/* content_read(out, arena, r): FramedContent. */
void mls__content_read(struct mls_content *out, struct mls_arena *arena,
    struct mls_reader *r);

/* content_body_read(out, arena, r): what follows content_type. */
void mls__content_body_read(struct mls_content *out, struct mls_arena *arena,
    struct mls_reader *r);

/* content_write(w, group_id, epoch, sender, aad, type, body): body is encoded
 * content: for application data the data itself (the vector header is added),
 * else a Proposal or Commit. */
struct mls_content_head {
	struct mls_buf group_id;
	uint64_t epoch;
	struct mls_sender sender;
	struct mls_buf aad;
	uint8_t type;
};
void mls__content_write(struct mls_writer *w,
    const struct mls_content_head *head, struct mls_buf body);

/* content_head_write(w, head): all that precedes the body. */
void mls__content_head_write(struct mls_writer *w,
    const struct mls_content_head *head);

/* content_tbs(w, wire_format, content, sender_type, context): FramedContentTBS
 * (§6.1) over the encoded FramedContent; context is the encoded GroupContext,
 * used for members and new_member_commit. */
void mls__content_tbs(struct mls_writer *w, uint16_t wire_format,
    struct mls_buf content, uint8_t sender_type, struct mls_buf context);

/* content_signed(w, in): the whole SignContent of that, in an empty writer,
 * for a job without a label.  The FramedContent may come in two parts. */
struct mls_signing {
	uint16_t wire_format;
	struct mls_buf head, body; /* of the FramedContent */
	uint8_t sender_type;
	struct mls_buf context;
	/* What lies in the writer afterwards. */
	struct mls_buf whole;
	struct mls_buf tbs;     /* the FramedContentTBS in it */
	struct mls_buf content; /* the FramedContent in that */
};
int mls__content_signed(struct mls_writer *w, struct mls_signing *in);
#define MLS_CONTENT_LABEL "FramedContentTBS"

/* content_signed_around(in, message): the same without a copy, where all of the
 * FramedContent stands, behind the head of its MLSMessage.  Written over are
 * MLS_SIGNED_BEFORE octets in front of the message and, behind the content, as
 * many as the context has. */
#define MLS_SIGNED_BEFORE 32
int mls__content_signed_around(struct mls_signing *in, uint8_t *message);

/* membership_tag(out, s, membership_key, tbs, auth): §6.2. */
int mls__membership_tag(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_secret *membership_key, struct mls_buf tbs,
    struct mls_buf auth);

/* auth_write(w, signature, type, confirmation_tag): FramedContentAuthData. */
void mls__auth_write(struct mls_writer *w, struct mls_buf signature,
    uint8_t type, struct mls_buf confirmation_tag);

/* auth_read(out, r): the same into out, for its content's type. */
void mls__auth_read(struct mls_authentic *out, struct mls_reader *r);

/* public_auth_read(out, r): that with the membership tag of a member. */
void mls__public_auth_read(struct mls_authentic *out, struct mls_reader *r);

/* authentic_read, _write: AuthenticatedContent as such (§6). */
void mls__authentic_read(struct mls_authentic *out, struct mls_arena *arena,
    struct mls_reader *r);
void mls__authentic_write(struct mls_writer *w,
    const struct mls_authentic *a);

/* public_message_read, _write: without the MLSMessage header. */
void mls__public_message_read(struct mls_authentic *out,
    struct mls_arena *arena, struct mls_reader *r);
void mls__public_message_write(struct mls_writer *w, struct mls_buf content,
    struct mls_buf auth, uint8_t sender_type, struct mls_buf membership_tag);

/* The largest message, and the largest input of mls__message_read. */
enum { MLS_LIMIT_MESSAGE = 64 << 20 };

void mls__private_message_read(struct mls_private_message *out,
    struct mls_reader *r);

/* What §6.3.2 encrypts apart. */
struct mls_sender_data {
	uint32_t leaf, generation;
	uint8_t reuse_guard[4];
};

/* private_message_check(m, s): the lengths that the suite fixes: CRYPT-08 of
 * both ciphertexts, MSG-02. */
int mls__private_message_check(const struct mls_private_message *m,
    const struct mls_suite *s);

/* sender_data_open(out, s, secret, m): that; MSG-01. */
int mls__sender_data_open(struct mls_sender_data *out,
    const struct mls_suite *s, const struct mls_secret *sender_data_secret,
    const struct mls_private_message *m);

/*
 * private_open(out, arena, s, m, sd, key): opens the content (§6.3.1), checks
 * the padding and parses: MSG-05 to MSG-07.  *out has the content as
 * FramedContent with its raw encoding rebuilt in the arena; or, for
 * application data of a message that is `writable`, with the body where its
 * ciphertext was.  After a failure no octet of the plaintext is left there
 * (FRAME-19).
 */
int mls__private_open(struct mls_authentic *out, struct mls_arena *arena,
    const struct mls_suite *s, const struct mls_private_message *m,
    const struct mls_sender_data *sd, const struct mls_message_key *key);

/* private_seal(w, s, head, body, auth, padding, sd, key, secret): appends a
 * PrivateMessage (without MLSMessage header): body and auth as above, padding
 * zeros, sender data under sender_data_secret.  PRIVATE_SENDER_NOT_MEMBER
 * (MSG-16), PADDING_TOO_LARGE (MSG-19).  w stays as it was on failure. */
struct mls_private_seal {
	const struct mls_content_head *head;
	struct mls_buf body, auth;
	size_t padding;
	struct mls_sender_data sender_data;
	const struct mls_message_key *key;
	const struct mls_secret *sender_data_secret;
};
int mls__private_seal(struct mls_writer *w, const struct mls_suite *s,
    const struct mls_private_seal *in);

/* private_size(body_at, s, in): how long that gets, and where the body will
 * stand.  private_seal wants it there if it is in the writer's own room. */
size_t mls__private_size(size_t *body_at, const struct mls_suite *s,
    const struct mls_private_seal *in);

/* proposal_ref(out, s, a): §5.2, of an AuthenticatedContent. */
int mls__proposal_ref(uint8_t *out, const struct mls_suite *s,
    const struct mls_authentic *a);

#endif
