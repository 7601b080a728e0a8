/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4: commits. */
#include <string.h>

#include "libmls/errors.h"
#include "message/proposal.h"
#include "message/util.h"

static void
read_by_value(struct mls_proposal_or_ref *out, struct mls_arena *arena,
    struct mls_reader *r)
{
	struct mls_proposal p;

	/* Room is taken for what was read, not for what was announced. */
	mls__proposal_read(&p, r);
	if (r->error != 0)
		return;
	out->proposal = mls__arena_alloc(arena, sizeof(p));
	if (out->proposal == NULL)
		mls__reader_fail(r, MLS_E_OUT_OF_MEMORY);
	else
		*out->proposal = p;
}

static void
read_proposal_or_ref(struct mls_proposal_or_ref *out,
    struct mls_arena *arena, struct mls_reader *r)
{
	out->kind = mls__read_u8(r);
	switch (out->kind) {
	case MLS_BY_VALUE:
		read_by_value(out, arena, r);
		break;
	case MLS_BY_REFERENCE:
		out->ref = mls__read_short(r);
		break;
	default:
		mls__reader_fail(r, MLS_E_UNKNOWN_PROPOSAL_OR_REF);
	}
}

void
mls__commit_read(struct mls_commit *out, struct mls_arena *arena,
    struct mls_reader *r)
{
	struct mls_list list = { 0 };
	struct mls_reader sub = mls__read_vector(r);
	struct mls_proposal_or_ref *item;

	memset(out, 0, sizeof(*out));
	while (mls__reader_more(&sub)) {
		if (list.n == MLS_LIMIT_PROPOSALS) {
			/* LIMIT-04 */
			mls__reader_fail(&sub, MLS_E_TOO_MANY_PROPOSALS);
			break;
		}
		item = mls__list_push(&list, arena, sizeof(*item));
		if (item == NULL)
			mls__reader_fail(&sub, MLS_E_OUT_OF_MEMORY);
		else
			read_proposal_or_ref(item, arena, &sub);
	}
	mls__reader_join(r, &sub);
	out->has_path = mls__read_present(r);
	if (out->has_path)
		mls__update_path_read(&out->path, arena, r);
	if (r->error != 0)
		return;
	out->proposals = list.items;
	out->n = list.n;
}

void
mls__commit_write(struct mls_writer *w,
    const struct mls_proposal_or_ref *proposals, size_t n,
    const struct mls_update_path *path)
{
	size_t i, at = mls__write_open(w);

	for (i = 0; i < n; i++) {
		mls__write_u8(w, proposals[i].kind);
		if (proposals[i].kind == MLS_BY_VALUE)
			mls__write_bytes(w, proposals[i].proposal->raw);
		else
			mls__write_opaque(w, proposals[i].ref);
	}
	mls__write_close(w, at);
	mls__write_u8(w, path != NULL);
	if (path != NULL)
		mls__update_path_write(w, path);
}

/* CRYPT-07 and CRYPT-08 */
static int
check_ciphertext(const struct mls_ciphertext *c, const struct mls_suite *s)
{
	if (c->enc.len != s->nenc)
		return MLS_E_KEM_OUTPUT_LENGTH;
	if (c->ct.len < s->nt)
		return MLS_E_CIPHERTEXT_LENGTH;
	return 0;
}

int
mls__proposal_check(const struct mls_proposal *p, const struct mls_suite *s)
{
	if (p->type == MLS_PROPOSAL_EXTERNAL_INIT &&
	    p->u.kem_output.len != s->nenc)
		return MLS_E_KEM_OUTPUT_LENGTH; /* CRYPT-07 */
	if (p->type == MLS_PROPOSAL_PSK && p->u.psk.nonce.len != s->nh)
		return MLS_E_PSK_NONCE_LENGTH; /* PSK-01 */
	return 0;
}

int
mls__commit_check(const struct mls_commit *c, const struct mls_suite *s)
{
	const struct mls_proposal_or_ref *p;
	const struct mls_path_node *node;
	size_t i, j;
	int rc = 0;

	for (i = 0; rc == 0 && i < c->n; i++) {
		p = &c->proposals[i];
		if (p->kind == MLS_BY_VALUE)
			rc = mls__proposal_check(p->proposal, s);
		else if (p->ref.len != s->nh)
			rc = MLS_E_HASH_LENGTH; /* CRYPT-14 */
	}
	if (!c->has_path)
		return rc;
	for (i = 0; rc == 0 && i < c->path.n; i++) {
		node = &c->path.nodes[i];
		for (j = 0; rc == 0 && j < node->n; j++)
			rc = check_ciphertext(&node->ciphertexts[j], s);
	}
	return rc;
}
