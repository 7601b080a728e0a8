/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.1: proposals. */
#include "message/proposal.h"

#include <string.h>

#include "base/customs.h"

#include "libmls/errors.h"

void
mls__reinit_decode(struct mls_reinit *out, struct mls_reader *r)
{
	out->group_id = mls__read_short(r);
	out->version = mls__read_u16(r); /* WIRE-32: judged by others */
	out->suite = mls__read_u16(r);
	out->extensions = mls__extensions_read(r);
}

void
mls__proposal_read(struct mls_proposal *out, struct mls_reader *r)
{
	const uint8_t *from = r->pos;

	memset(out, 0, sizeof(*out));
	out->type = mls__read_u16(r);
	switch (out->type) {
	case MLS_PROPOSAL_ADD:
		mls__key_package_read(&out->u.add, r);
		break;
	case MLS_PROPOSAL_UPDATE:
		mls__leaf_read(&out->u.update, r);
		break;
	case MLS_PROPOSAL_REMOVE:
		out->u.removed = mls__read_u32(r);
		break;
	case MLS_PROPOSAL_PSK:
		mls__psk_id_read(&out->u.psk, r);
		break;
	case MLS_PROPOSAL_REINIT:
		mls__reinit_decode(&out->u.reinit, r);
		break;
	case MLS_PROPOSAL_EXTERNAL_INIT:
		out->u.kem_output = mls__read_short(r);
		break;
	case MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		out->u.extensions = mls__extensions_read(r);
		break;
	default:
		out->u.custom = mls__read_proposal_body(r, out->type);
	}
	out->raw = mls__reader_since(r, from);
}

void
mls__proposal_write_add(struct mls_writer *w, struct mls_buf package)
{
	mls__write_u16(w, MLS_PROPOSAL_ADD);
	mls__write_bytes(w, package);
}

void
mls__proposal_write_update(struct mls_writer *w, struct mls_buf leaf)
{
	mls__write_u16(w, MLS_PROPOSAL_UPDATE);
	mls__write_bytes(w, leaf);
}

void
mls__proposal_write_remove(struct mls_writer *w, uint32_t leaf)
{
	mls__write_u16(w, MLS_PROPOSAL_REMOVE);
	mls__write_u32(w, leaf);
}

void
mls__proposal_write_psk(struct mls_writer *w, const struct mls_psk_id *id)
{
	mls__write_u16(w, MLS_PROPOSAL_PSK);
	mls__psk_id_write(w, id);
}

void
mls__proposal_write_custom(struct mls_writer *w, uint16_t type,
    struct mls_buf body)
{
	mls__write_u16(w, type);
	mls__write_bytes(w, body);
}

void
mls__reinit_encode(struct mls_writer *w, const struct mls_reinit *reinit)
{
	mls__write_opaque(w, reinit->group_id);
	mls__write_u16(w, reinit->version);
	mls__write_u16(w, reinit->suite);
	mls__write_opaque(w, reinit->extensions);
}

void
mls__proposal_write_reinit(struct mls_writer *w,
    const struct mls_reinit *reinit)
{
	mls__write_u16(w, MLS_PROPOSAL_REINIT);
	mls__reinit_encode(w, reinit);
}

void
mls__proposal_write_external_init(struct mls_writer *w,
    struct mls_buf kem_output)
{
	mls__write_u16(w, MLS_PROPOSAL_EXTERNAL_INIT);
	mls__write_opaque(w, kem_output);
}

void
mls__proposal_write_extensions(struct mls_writer *w,
    struct mls_buf extensions)
{
	mls__write_u16(w, MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS);
	mls__write_opaque(w, extensions);
}
