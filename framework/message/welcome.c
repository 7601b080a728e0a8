/* SPDX-License-Identifier: MIT */
#include "message/welcome.h"

#include <string.h>

#include "base/compat.h"
#include "libmls/errors.h"
#include "message/util.h"

#define LABEL "GroupInfoTBS"
#define NONCE_MIN 32 /* Nh of the smallest KDF, SHA-256 */

void
mls__group_info_read(struct mls_group_info *out, struct mls_reader *r)
{
	const uint8_t *from = r->pos;

	memset(out, 0, sizeof(*out));
	mls__group_context_read(&out->context, r);
	out->extensions = mls__extensions_read(r);
	out->confirmation_tag = mls__read_short(r);
	out->signer = mls__read_u32(r);
	out->tbs = mls__reader_since(r, from);
	out->signature = mls__read_short(r);
	out->raw = mls__reader_since(r, from);
}

void
mls__group_info_head(struct mls_group_info *info, uint8_t *room)
{
	MLS_WRITER_ROOM(w, MLS_GROUP_INFO_ROOM);
	uint8_t *from;

	mls__labelled_head(&w, LABEL, info->tbs.len);
	MLS_DEBUG_ASSERT(w.error == 0 &&
	    info->tbs.data == room + MLS_GROUP_INFO_ROOM);
	from = room + MLS_GROUP_INFO_ROOM - w.len;
	memcpy(from, w.data, w.len);
	info->whole = mls__buf(from, w.len + info->tbs.len);
	mls__writer_free(&w);
}

int
mls__group_info_sign(struct mls_writer *w,
    const struct mls_group_info *fields, const struct mls_suite *s,
    const struct mls_privkey *key)
{
	size_t at = w->len;

	mls__write_bytes(w, fields->context.raw);
	mls__write_opaque(w, fields->extensions);
	mls__write_opaque(w, fields->confirmation_tag);
	mls__write_u32(w, fields->signer);
	return mls__write_signature(w, at, s, key, LABEL);
}

void
mls__group_info_verify_job(struct mls_verify_job *job,
    const struct mls_group_info *info, struct mls_buf signer_key)
{
	memset(job, 0, sizeof(*job));
	job->pub = signer_key;
	job->label = info->whole.len != 0 ? NULL : LABEL;
	job->content = info->whole.len != 0 ? info->whole : info->tbs;
	job->sig = info->signature;
	job->error = MLS_E_GROUP_INFO_SIGNATURE;
}

static void
read_entry(struct mls_welcome_entry *out, struct mls_reader *r)
{
	out->new_member = mls__read_short(r);
	out->secrets.enc = mls__read_short(r);
	out->secrets.ct = mls__read_opaque(r);
}

void
mls__welcome_read(struct mls_welcome *out, struct mls_arena *arena,
    struct mls_reader *r)
{
	struct mls_list list = { 0 };
	struct mls_welcome_entry *entry;
	struct mls_reader sub;

	memset(out, 0, sizeof(*out));
	out->suite = mls__read_u16(r);
	sub = mls__read_vector(r);
	while (mls__reader_more(&sub)) {
		if (list.n == MLS_LIMIT_WELCOME_ENTRIES) {
			/* LIMIT-14 */
			mls__reader_fail(&sub,
			    MLS_E_TOO_MANY_WELCOME_ENTRIES);
			break;
		}
		entry = mls__list_push(&list, arena, sizeof(*entry));
		if (entry == NULL)
			mls__reader_fail(&sub, MLS_E_OUT_OF_MEMORY);
		else
			read_entry(entry, &sub);
	}
	mls__reader_join(r, &sub);
	out->group_info = mls__read_opaque(r);
	if (r->error != 0)
		return;
	out->entries = list.items;
	out->n = list.n;
}

void
mls__welcome_write(struct mls_writer *w, const struct mls_welcome *in)
{
	const struct mls_welcome_entry *entry;
	size_t i, at;

	mls__write_u16(w, in->suite);
	at = mls__write_open(w);
	for (i = 0; i < in->n; i++) {
		entry = &in->entries[i];
		mls__write_opaque(w, entry->new_member);
		mls__write_opaque(w, entry->secrets.enc);
		mls__write_opaque(w, entry->secrets.ct);
	}
	mls__write_close(w, at);
	mls__write_opaque(w, in->group_info);
}

/* The psks of GroupSecrets. */
static void
read_psks(struct mls_group_secrets *out, struct mls_arena *arena,
    struct mls_reader *r)
{
	struct mls_list list = { 0 };
	struct mls_reader sub = mls__read_vector(r);
	struct mls_psk_id *id;

	while (mls__reader_more(&sub)) {
		if (list.n == UINT16_MAX) {
			/* PSK-08 */
			mls__reader_fail(&sub, MLS_E_PSK_TOO_MANY);
			break;
		}
		id = mls__list_push(&list, arena, sizeof(*id));
		if (id == NULL)
			mls__reader_fail(&sub, MLS_E_OUT_OF_MEMORY);
		else
			mls__psk_id_read(id, &sub);
	}
	mls__reader_join(r, &sub);
	if (r->error != 0)
		return;
	out->psks = list.items;
	out->n = list.n;
}

void
mls__group_secrets_read(struct mls_group_secrets *out,
    struct mls_arena *arena, struct mls_reader *r)
{
	memset(out, 0, sizeof(*out));
	out->joiner_secret = mls__read_short(r);
	out->has_path_secret = mls__read_present(r);
	if (out->has_path_secret)
		out->path_secret = mls__read_short(r);
	read_psks(out, arena, r);
}

void
mls__group_secrets_write(struct mls_writer *w,
    const struct mls_group_secrets *in)
{
	size_t i, at;

	mls__write_opaque(w, in->joiner_secret);
	mls__write_u8(w, in->has_path_secret);
	if (in->has_path_secret)
		mls__write_opaque(w, in->path_secret);
	at = mls__write_open(w);
	for (i = 0; i < in->n; i++)
		mls__psk_id_write(w, &in->psks[i]);
	mls__write_close(w, at);
}

/* §8.4 asks for a nonce as long as the new group's hash.  With a ReInit to
 * another suite some take the old group's, and since only the length is wrong
 * there is no reason to be left behind. */
static bool
nonce_fits(const struct mls_psk_id *psk, const struct mls_suite *s)
{
	if (psk->type == MLS_PSK_RESUMPTION && psk->usage == MLS_PSK_REINIT)
		return psk->nonce.len >= NONCE_MIN &&
		    psk->nonce.len <= MLS_MAX_HASH;
	return psk->nonce.len == s->nh;
}

/* RFC 9420 §12.4.3.1, CRYPT-15 and WELCOME-08 */
int
mls__group_secrets_check(const struct mls_group_secrets *gs,
    const struct mls_suite *s)
{
	size_t i;

	if (gs->joiner_secret.len != s->nh ||
	    (gs->has_path_secret && gs->path_secret.len != s->nh))
		return MLS_E_SECRET_LENGTH;
	for (i = 0; i < gs->n; i++)
		if (!nonce_fits(&gs->psks[i], s))
			return MLS_E_WELCOME_PSK_NONCE_LENGTH;
	return 0;
}

/* CRYPT-07, CRYPT-08 and CRYPT-14 */
int
mls__welcome_entry_check(const struct mls_welcome_entry *entry,
    const struct mls_suite *s)
{
	if (entry->new_member.len != s->nh)
		return MLS_E_HASH_LENGTH;
	if (entry->secrets.enc.len != s->nenc)
		return MLS_E_KEM_OUTPUT_LENGTH;
	if (entry->secrets.ct.len < s->nt)
		return MLS_E_CIPHERTEXT_LENGTH;
	return 0;
}
