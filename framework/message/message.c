/* SPDX-License-Identifier: MIT */
#include "message/message.h"

#include <string.h>

#include "libmls/errors.h"

static void
read_head(struct mls_message *out, struct mls_reader *r)
{
	out->version = mls__read_u16(r);
	if (out->version != MLS_VERSION_MLS10)
		mls__reader_fail(r, MLS_E_UNKNOWN_PROTOCOL_VERSION);
	out->wire_format = mls__read_u16(r);
	if (out->wire_format < MLS_WIRE_PUBLIC_MESSAGE ||
	    out->wire_format > MLS_WIRE_KEY_PACKAGE)
		mls__reader_fail(r, MLS_E_UNKNOWN_WIRE_FORMAT);
}

static void
read_body(struct mls_message *out, struct mls_arena *arena,
    struct mls_reader *r)
{
	switch (out->wire_format) {
	case MLS_WIRE_PUBLIC_MESSAGE:
		mls__public_message_read(&out->u.public_message, arena, r);
		break;
	case MLS_WIRE_PRIVATE_MESSAGE:
		mls__private_message_read(&out->u.private_message, r);
		break;
	case MLS_WIRE_WELCOME:
		mls__welcome_read(&out->u.welcome, arena, r);
		break;
	case MLS_WIRE_GROUP_INFO:
		mls__group_info_read(&out->u.group_info, r);
		break;
	case MLS_WIRE_KEY_PACKAGE:
		mls__key_package_read(&out->u.key_package, r);
		/* RFC 9420 §10, KP-02 */
		if (out->u.key_package.version != out->version)
			mls__reader_fail(r, MLS_E_KEY_PACKAGE_OUTER_VERSION);
		break;
	}
}

int
mls__message_read(struct mls_message *out, struct mls_arena *arena,
    struct mls_buf in, const struct mls_customs *customs)
{
	struct mls_message m;
	struct mls_reader r;
	int rc;

	/* LIMIT-01 */
	if (in.len > MLS_LIMIT_MESSAGE)
		return MLS_E_MESSAGE_TOO_LARGE;
	memset(&m, 0, sizeof(m));
	mls__reader_init(&r, in);
	r.customs = customs;
	read_head(&m, &r);
	if (r.error == 0)
		read_body(&m, arena, &r);
	rc = mls__reader_end(&r);
	if (rc == 0)
		*out = m;
	return rc;
}

int
mls__message_target(struct mls_buf *group_id, uint64_t *epoch,
    struct mls_buf in)
{
	struct mls_message m;
	struct mls_reader r;
	struct mls_buf id;
	uint64_t number;

	memset(&m, 0, sizeof(m));
	mls__reader_init(&r, in);
	read_head(&m, &r);
	if (r.error == 0 && (m.wire_format == MLS_WIRE_WELCOME ||
	    m.wire_format == MLS_WIRE_KEY_PACKAGE))
		return MLS_E_UNEXPECTED_WIRE_FORMAT;
	if (m.wire_format == MLS_WIRE_GROUP_INFO) /* its GroupContext */
		mls__read_fixed(&r, 2 + 2);
	id = mls__read_short(&r);
	number = mls__read_u64(&r);
	if (r.error != 0)
		return r.error;
	*group_id = id;
	*epoch = number;
	return 0;
}

int
mls__message_suite(uint16_t *suite, struct mls_buf in)
{
	struct mls_message m;
	struct mls_reader r;
	uint16_t number;

	memset(&m, 0, sizeof(m));
	mls__reader_init(&r, in);
	read_head(&m, &r);
	if (m.wire_format == MLS_WIRE_KEY_PACKAGE ||
	    m.wire_format == MLS_WIRE_GROUP_INFO)
		mls__read_u16(&r); /* protocol version */
	else if (r.error == 0 && m.wire_format != MLS_WIRE_WELCOME)
		return MLS_E_UNEXPECTED_WIRE_FORMAT;
	number = mls__read_u16(&r);
	if (r.error == 0)
		*suite = number;
	return r.error;
}

int
mls__message_peek(uint16_t *wire_format, struct mls_buf in)
{
	struct mls_message m;
	struct mls_reader r;

	memset(&m, 0, sizeof(m));
	mls__reader_init(&r, in);
	read_head(&m, &r);
	if (r.error == 0)
		*wire_format = m.wire_format;
	return r.error;
}

void
mls__message_head(struct mls_writer *w, uint16_t wire_format)
{
	mls__write_u16(w, MLS_VERSION_MLS10);
	mls__write_u16(w, wire_format);
}
