/* SPDX-License-Identifier: MIT */
#include "schedule/psk.h"

#include <string.h>

#include "crypto/labels.h"
#include "libmls/errors.h"

void
mls__psk_id_read(struct mls_psk_id *out, struct mls_reader *r)
{
	const uint8_t *from = r->pos;

	memset(out, 0, sizeof(*out));
	out->type = mls__read_u8(r);
	switch (out->type) {
	case MLS_PSK_EXTERNAL:
		out->id = mls__read_short(r);
		break;
	case MLS_PSK_RESUMPTION:
		out->usage = mls__read_u8(r);
		if (out->usage < MLS_PSK_APPLICATION ||
		    out->usage > MLS_PSK_BRANCH)
			mls__reader_fail(r, MLS_E_UNKNOWN_PSK_USAGE);
		out->group_id = mls__read_short(r);
		out->epoch = mls__read_u64(r);
		break;
	default:
		mls__reader_fail(r, MLS_E_UNKNOWN_PSK_TYPE);
	}
	out->nonce = mls__read_short(r);
	out->raw = mls__reader_since(r, from);
}

void
mls__psk_id_write(struct mls_writer *w, const struct mls_psk_id *id)
{
	mls__write_u8(w, id->type);
	if (id->type == MLS_PSK_EXTERNAL) {
		mls__write_opaque(w, id->id);
	} else {
		mls__write_u8(w, id->usage);
		mls__write_opaque(w, id->group_id);
		mls__write_u64(w, id->epoch);
	}
	mls__write_opaque(w, id->nonce);
}

/* secret: psk_secret_[i] in, psk_secret_[i + 1] out. */
static int
chain(struct mls_secret *secret, struct mls_writer *w,
    const struct mls_suite *s, struct mls_buf value)
{
	static const uint8_t zero[MLS_MAX_HASH];
	struct mls_secret extracted = { 0 }, input = { 0 }, next = { 0 };
	int rc;

	rc = w->error;
	if (rc == 0)
		rc = mls__kdf_extract(&extracted, s, mls__buf(zero, s->nh),
		    value);
	if (rc == 0)
		rc = mls__expand_with_label(input.data, s->nh, s, &extracted,
		    "derived psk", mls__writer_buf(w));
	if (rc == 0) {
		input.len = (uint8_t)s->nh;
		rc = mls__kdf_extract(&next, s, mls__secret_buf(&input),
		    mls__secret_buf(secret));
	}
	if (rc == 0)
		*secret = next;
	mls__secret_wipe(&extracted);
	mls__secret_wipe(&input);
	mls__secret_wipe(&next);
	return rc;
}

/* RFC 9420 §8.4, PSK-07 and PSK-08 */
int
mls__psk_secret(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_psk *psks, size_t n)
{
	struct mls_secret secret = { 0 };
	MLS_WRITER_ROOM(w, 512);
	size_t i;
	int rc = 0;

	if (n > UINT16_MAX)
		return MLS_E_PSK_TOO_MANY;
	secret.len = (uint8_t)s->nh;
	for (i = 0; rc == 0 && i < n; i++) {
		/* PSKLabel, over the id as it was received. */
		mls__writer_reset(&w);
		if (psks[i].id.raw.len != 0)
			mls__write_bytes(&w, psks[i].id.raw);
		else
			mls__psk_id_write(&w, &psks[i].id);
		mls__write_u16(&w, (uint16_t)i);
		mls__write_u16(&w, (uint16_t)n);
		rc = chain(&secret, &w, s, psks[i].value);
	}
	if (rc == 0)
		*out = secret;
	mls__writer_free(&w);
	mls__secret_wipe(&secret);
	return rc;
}
