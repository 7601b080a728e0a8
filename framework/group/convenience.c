/* SPDX-License-Identifier: MIT */
/* The common case in one call each. */
#include <string.h>

#include "group/incoming.h"
#include "group/making.h"

#define MESSAGE_HEAD 4 /* version and wire format */

int
mls_group_send(struct mls_bytes *message, mls_group *group,
    struct mls_buf data)
{
	mls_change *c;
	int rc;

	if (message == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__message_make(&c, group, data, true, NULL);
	if (rc != 0)
		return mls__api(MLS_MAY_MAKE, rc);
	rc = mls__making_release(message, NULL, c);
	mls_change_drop(c);
	return mls__api(MLS_MAY_MAKE, rc);
}

static int
receive(mls_group *group, struct mls_buf message, uint8_t *writable,
    int (*fn)(void *payload, const struct mls_summary *summary),
    void *payload)
{
	mls_change *c;
	int rc;

	if (group == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__message_process(&c, group, message, writable);
	if (rc != 0)
		return mls__api(MLS_MAY_JUDGE, rc);
	/* Shown first, applied then: a crash repeats, and loses nothing. */
	if (fn != NULL && fn(payload, mls_change_summary(c)) != 0)
		rc = MLS_E_POLICY_REJECTED;
	if (rc == 0)
		rc = mls_change_apply(c);
	mls_change_drop(c);
	/* What was not taken in is not left behind opened. */
	if (rc != 0 && writable != NULL)
		mls__wipe(writable, message.len);
	return mls__api(MLS_MAY_JUDGE, rc);
}

int
mls_group_receive(mls_group *group, struct mls_buf message,
    int (*fn)(void *payload, const struct mls_summary *summary),
    void *payload)
{
	return receive(group, message, NULL, fn, payload);
}

int
mls_group_receive_in_place(mls_group *group, uint8_t *message, size_t len,
    int (*fn)(void *payload, const struct mls_summary *summary),
    void *payload)
{
	return receive(group, mls__buf(message, len), message, fn, payload);
}

/* What the message of a change made of `len` octets of data will take; of a
 * signature that is not made yet, what it can take. */
static size_t
size_of(size_t *body_at, const mls_group *g, const struct mls_making *m,
    size_t len)
{
	struct mls_private_seal seal = { .head = &m->head,
		.body = { NULL, len }, .auth = m->auth,
		.padding = m->padding };
	size_t size;

	if (seal.auth.len == 0)
		seal.auth.len = mls__varint_size(g->suite->max_sig) +
		    g->suite->max_sig;
	size = MESSAGE_HEAD + mls__private_size(body_at, g->suite, &seal);
	*body_at += MESSAGE_HEAD;
	return size;
}

int
mls_group_send_size(size_t *size, const mls_group *group, size_t len)
{
	struct mls_making m = { .wire_format = MLS_WIRE_PRIVATE_MESSAGE };
	size_t at;
	int rc;

	if (size == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	m.head.group_id = group->state->context.group_id;
	m.head.type = MLS_CONTENT_APPLICATION;
	rc = mls__making_padding(&m.padding, group, NULL,
	    MLS_CONTENT_APPLICATION, len);
	if (rc == 0)
		*size = size_of(&at, group, &m, len);
	return mls__api(MLS_MAY_MAKE, rc);
}

int
mls_group_send_in_place(size_t *len, uint8_t *room, size_t size,
    mls_group *group, struct mls_buf data)
{
	struct mls_making *m;
	mls_change *c;
	size_t at, need;
	int rc;

	if (len == NULL || room == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__message_make(&c, group, data, true, NULL);
	if (rc != 0)
		return mls__api(MLS_MAY_MAKE, rc);
	m = c->making;
	need = size_of(&at, group, m, data.len);
	if (need > size)
		rc = MLS_E_BUFFER_TOO_SMALL;
	if (rc == 0) {
		/* It has been signed: now it may move. */
		if (data.len != 0)
			memmove(room + at, data.data, data.len);
		m->body.data = room + at;
		m->room = room;
		m->room_len = need;
		rc = mls__making_release(NULL, NULL, c);
	}
	if (rc == 0 && c->message.data != room)
		rc = MLS_E_INTERNAL; /* need was less than it took */
	if (rc == 0)
		*len = c->message.len;
	mls_change_drop(c);
	return mls__api(MLS_MAY_MAKE, rc);
}

int
mls_group_commit(struct mls_bytes *message, struct mls_bytes *welcome,
    mls_group *group, const struct mls_commit_options *options)
{
	mls_change *c;
	int rc;

	if (message == NULL)
		return MLS_E_ARGUMENT;
	rc = mls_group_make_commit(&c, group, options);
	if (rc != 0)
		return mls__api(MLS_MAY_MAKE, rc);
	rc = mls__making_release(message, welcome, c);
	mls_change_drop(c);
	return mls__api(MLS_MAY_MAKE, rc);
}

int
mls_group_settle(mls_group *group, int accepted)
{
	mls_change *c;
	int rc;

	rc = mls_group_pending(&c, group);
	if (rc != 0)
		return mls__api(MLS_MAY_APPLY, rc);
	if (c == NULL)
		return MLS_E_CHANGE_STALE;
	rc = accepted ? mls_change_apply(c) : mls_change_cancel(c);
	mls_change_drop(c);
	return mls__api(MLS_MAY_APPLY, rc);
}
