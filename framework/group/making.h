/* SPDX-License-Identifier: MIT */
/* Our own output: made, then released. */
#ifndef MLS_GROUP_MAKING_H
#define MLS_GROUP_MAKING_H

#include "group/transition.h"

/* A newcomer of a commit of ours. */
struct mls_newcomer {
	struct mls_buf init_key;
	struct mls_buf ref;     /* KeyPackageRef */
	struct mls_secret path; /* path_secret of the common ancestor; len 0:
	                         * none */
};

/* What release needs: signed content, still to be sealed or tagged. */
struct mls_making {
	struct mls_content_head head;
	uint16_t wire_format;
	size_t padding;
	struct mls_buf body, content, auth;
	struct mls_buf tbs; /* FramedContentTBS */
	bool pathless; /* a commit without path */
	bool claimed;  /* it has begun to use the epoch's pathless keys */
	bool sealing;  /* it has begun to use the Welcome's key */
	uint8_t reuse_guard[4];
	uint8_t *room; /* where the message is to go; NULL: anywhere */
	size_t room_len;
	uint8_t *seeds; /* of the Welcome's seals */
	/* a commit that adds members: */
	struct mls_secret joiner, psk;
	struct mls_buf group_info; /* signed */
	size_t n_psks;
	struct mls_psk_id *psks;
	size_t n_newcomers;
	struct mls_newcomer *newcomers;
};

/* message_make(out, g, data, stays, options): an application message; data
 * that stays until the change is dropped is not copied. */
int mls__message_make(mls_change **out, mls_group *g, struct mls_buf data,
    bool stays, const struct mls_send_options *options);

int mls__making_new(mls_change *c);
void mls__making_free(struct mls_making *m);

/* making_padding(padding, g, options, type, len): of a body of len octets. */
int mls__making_padding(size_t *padding, const mls_group *g,
    const struct mls_send_options *options, uint8_t type, size_t len);

/* making_sign(c, type, body): frame and sign the body as options say. */
int mls__making_sign(struct mls_buf *signature, mls_change *c, uint8_t type,
    struct mls_buf body, const struct mls_send_options *options);

/* making_release(message, welcome, c): spend, make durable, and keep the
 * octets in the change; either may be NULL. */
int mls__making_release(struct mls_bytes *message, struct mls_bytes *welcome,
    mls_change *c);

/* welcome_make(out, c): the Welcome for all newcomers (§12.4.3.1). */
int mls__welcome_make(struct mls_buf *out, mls_change *c);

/* may_send(g, application): GROUP-04, REINIT-01, APP-01, APP-07. */
int mls__may_send(mls_group *g, bool application);

#endif
