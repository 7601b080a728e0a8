/* SPDX-License-Identifier: MIT */
#include "schedule/context.h"

#include <string.h>

#include "libmls/errors.h"
#include "tree/node.h"

void
mls__group_context_read(struct mls_group_context *out, struct mls_reader *r)
{
	const uint8_t *from = r->pos;

	memset(out, 0, sizeof(*out));
	out->version = mls__read_u16(r); /* WIRE-32: judged by others */
	out->suite = mls__read_u16(r);
	out->group_id = mls__read_short(r);
	out->epoch = mls__read_u64(r);
	out->tree_hash = mls__read_short(r);
	out->confirmed_transcript_hash = mls__read_short(r);
	out->extensions = mls__extensions_read(r);
	out->raw = mls__reader_since(r, from);
}

void
mls__group_context_write(struct mls_writer *w,
    const struct mls_group_context *c)
{
	mls__write_u16(w, c->version);
	mls__write_u16(w, c->suite);
	mls__write_opaque(w, c->group_id);
	mls__write_u64(w, c->epoch);
	mls__write_opaque(w, c->tree_hash);
	mls__write_opaque(w, c->confirmed_transcript_hash);
	mls__write_opaque(w, c->extensions);
}

/* RFC 9420 §8.1, CRYPT-14 */
int
mls__group_context_check(const struct mls_group_context *c,
    const struct mls_suite *s)
{
	size_t confirmed = c->confirmed_transcript_hash.len;

	if (c->tree_hash.len != s->nh)
		return MLS_E_HASH_LENGTH;
	/* Epoch 0 has had no commit yet (§11); the official key schedule
	 * vectors have a hash even so. */
	if (confirmed != s->nh && (confirmed != 0 || c->epoch != 0))
		return MLS_E_HASH_LENGTH;
	return 0;
}

/* RFC 9420 §8.2: over ConfirmedTranscriptHashInput. */
int
mls__transcript_confirmed(struct mls_secret *out, const struct mls_suite *s,
    struct mls_buf interim, uint16_t wire_format, struct mls_buf content,
    struct mls_buf signature)
{
	MLS_WRITER_ROOM(w, 512);
	struct mls_secret hash = { 0 };
	struct mls_buf in[4];
	int rc;

	mls__write_u16(&w, wire_format);
	mls__write_opaque(&w, signature);
	rc = w.error;
	if (rc != 0)
		goto out;
	in[0] = interim;
	in[1] = mls__buf(w.data, 2);
	in[2] = content;
	in[3] = mls__buf(w.data + 2, w.len - 2);
	rc = mls__hash(hash.data, s, in, 4);
	if (rc != 0)
		goto out;
	hash.len = (uint8_t)s->nh;
	*out = hash;
out:
	mls__writer_free(&w);
	return rc;
}

/* RFC 9420 §8.2: over InterimTranscriptHashInput. */
int
mls__transcript_interim(struct mls_secret *out, const struct mls_suite *s,
    struct mls_buf confirmed, struct mls_buf confirmation_tag)
{
	MLS_WRITER_ROOM(w, 512);
	struct mls_secret hash = { 0 };
	struct mls_buf in[2];
	int rc;

	mls__write_opaque(&w, confirmation_tag);
	rc = w.error;
	if (rc != 0)
		goto out;
	in[0] = confirmed;
	in[1] = mls__writer_buf(&w);
	rc = mls__hash(hash.data, s, in, 2);
	if (rc != 0)
		goto out;
	hash.len = (uint8_t)s->nh;
	*out = hash;
out:
	mls__writer_free(&w);
	return rc;
}
