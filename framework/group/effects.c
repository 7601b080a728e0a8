/* SPDX-License-Identifier: MIT */
/* What a change would do, for its summary; and as octets, for a commit that is
 * parked. */
#include "group/effects.h"

#include <string.h>

#include "group/self_remove.h"

int
mls__identity_copy(struct mls_identity *out, struct mls_arena *arena,
    const struct mls_leaf *leaf)
{
	struct mls_identity in;
	int rc;

	mls__identity_of(&in, leaf);
	rc = mls__arena_copy(&in.identity, arena, in.identity);
	if (rc == 0)
		rc = mls__arena_copy(&in.signature_key, arena,
		    in.signature_key);
	if (rc == 0)
		rc = mls__arena_copy(&in.application_id, arena,
		    in.application_id);
	if (rc == 0)
		*out = in;
	return rc;
}

void
mls__by(int *by, uint32_t *index, const struct mls_sender *sender)
{
	*by = sender->type == MLS_SENDER_MEMBER ? MLS_BY_MEMBER :
	    sender->type == MLS_SENDER_EXTERNAL ? MLS_BY_EXTERNAL :
	    MLS_BY_NEW_MEMBER;
	*index = *by == MLS_BY_NEW_MEMBER ? MLS_NO_LEAF : sender->index;
}

static int
previous_of(struct mls_effect *e, struct mls_arena *arena, mls_group *g)
{
	const struct mls_leaf *old = mls__tree_leaf(g->tree, e->leaf);

	if (old == NULL)
		return mls__tree_error(g->tree);
	return mls__identity_copy(&e->previous, arena, old);
}

static int
custom_effect(struct mls_effect *e, struct mls_arena *arena, mls_group *g,
    const struct mls_item *item)
{
	const struct mls_proposal *p = item->proposal;

	if (mls__is_self_remove(p)) {
		e->type = MLS_EFFECT_SELF_REMOVE;
		e->leaf = item->proposer;
		return previous_of(e, arena, g);
	}
	e->type = MLS_EFFECT_CUSTOM;
	e->proposal_type = p->type;
	return mls__arena_copy(&e->body, arena, p->u.custom);
}

static int
effect_of(struct mls_effect *e, struct mls_arena *arena, mls_group *g,
    const struct mls_item *item)
{
	const struct mls_proposal *p = item->proposal;
	int rc = 0;

	mls__by(&e->by, &e->proposer, &item->sender);
	e->by_reference = item->cached != NULL;
	e->leaf = MLS_NO_LEAF;
	switch (p->type) {
	case MLS_PROPOSAL_ADD:
		e->type = MLS_EFFECT_ADD;
		e->leaf = item->leaf;
		return mls__identity_copy(&e->identity, arena,
		    &p->u.add.leaf);
	case MLS_PROPOSAL_UPDATE:
		e->type = MLS_EFFECT_UPDATE;
		e->leaf = item->proposer;
		rc = mls__identity_copy(&e->identity, arena, &p->u.update);
		return rc != 0 ? rc : previous_of(e, arena, g);
	case MLS_PROPOSAL_REMOVE:
		e->type = MLS_EFFECT_REMOVE;
		e->leaf = p->u.removed;
		return previous_of(e, arena, g);
	case MLS_PROPOSAL_PSK:
		e->type = MLS_EFFECT_PSK;
		e->epoch = p->u.psk.epoch;
		rc = mls__arena_copy(&e->group_id, arena, p->u.psk.group_id);
		return rc != 0 ? rc : mls__arena_copy(&e->psk_id, arena,
		    p->u.psk.id);
	case MLS_PROPOSAL_REINIT:
		e->type = MLS_EFFECT_REINIT;
		e->suite = p->u.reinit.suite;
		rc = mls__arena_copy(&e->group_id, arena,
		    p->u.reinit.group_id);
		return rc != 0 ? rc : mls__arena_copy(&e->extensions, arena,
		    p->u.reinit.extensions);
	case MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		e->type = MLS_EFFECT_EXTENSIONS;
		return mls__arena_copy(&e->extensions, arena,
		    p->u.extensions);
	default:
		return custom_effect(e, arena, g, item);
	}
}

/* The new leaf of a committer: a member's, or one's who comes from outside. */
static int
path_effect(struct mls_effect *e, struct mls_arena *arena, mls_group *g,
    uint32_t committer, bool external, const struct mls_leaf *leaf)
{
	int rc;

	e->type = external ? MLS_EFFECT_EXTERNAL_JOIN : MLS_EFFECT_PATH;
	e->by = external ? MLS_BY_NEW_MEMBER : MLS_BY_MEMBER;
	e->leaf = committer;
	e->proposer = external ? MLS_NO_LEAF : committer;
	rc = mls__identity_copy(&e->identity, arena, leaf);
	return rc != 0 || external ? rc : previous_of(e, arena, g);
}

int
mls__effects(const struct mls_effect **out, size_t *n,
    struct mls_arena *arena, mls_group *g, const struct mls_list *list,
    uint32_t committer, const struct mls_leaf *path_leaf)
{
	struct mls_effect *v;
	bool external = false;
	size_t i, at = 0;
	int rc = 0;

	v = mls__arena_array(arena, list->n + 1, sizeof(*v));
	if (v == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; rc == 0 && i < list->n; i++) {
		/* It does nothing but let the committer in. */
		if (list->items[i].proposal->type ==
		    MLS_PROPOSAL_EXTERNAL_INIT)
			external = true;
		else
			rc = effect_of(&v[at++], arena, g, &list->items[i]);
	}
	if (rc == 0 && path_leaf != NULL)
		rc = path_effect(&v[at++], arena, g, committer, external,
		    path_leaf);
	if (rc == 0) {
		*out = v;
		*n = at;
	}
	return rc;
}

static void
write_identity(struct mls_writer *w, const struct mls_identity *id)
{
	mls__write_u16(w, id->credential_type);
	mls__write_opaque(w, id->identity);
	mls__write_opaque(w, id->signature_key);
	mls__write_opaque(w, id->application_id);
}

static void
read_identity(struct mls_identity *out, struct mls_reader *r)
{
	out->credential_type = mls__read_u16(r);
	out->identity = mls__read_opaque(r);
	out->signature_key = mls__read_opaque(r);
	out->application_id = mls__read_opaque(r);
}

void
mls__effects_write(struct mls_writer *w, const struct mls_effect *v, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		mls__write_u8(w, (uint8_t)v[i].type);
		mls__write_u8(w, v[i].by_reference != 0);
		mls__write_u8(w, (uint8_t)v[i].by);
		mls__write_u32(w, v[i].leaf);
		mls__write_u32(w, v[i].proposer);
		write_identity(w, &v[i].identity);
		write_identity(w, &v[i].previous);
		mls__write_opaque(w, v[i].psk_id);
		mls__write_opaque(w, v[i].extensions);
		mls__write_opaque(w, v[i].group_id);
		mls__write_u64(w, v[i].epoch);
		mls__write_u16(w, v[i].suite);
		mls__write_u16(w, v[i].proposal_type);
		mls__write_opaque(w, v[i].body);
	}
}

static void
read_effect(struct mls_effect *out, struct mls_reader *r)
{
	out->type = mls__read_u8(r);
	out->by_reference = mls__read_u8(r);
	out->by = mls__read_u8(r);
	out->leaf = mls__read_u32(r);
	out->proposer = mls__read_u32(r);
	read_identity(&out->identity, r);
	read_identity(&out->previous, r);
	out->psk_id = mls__read_opaque(r);
	out->extensions = mls__read_opaque(r);
	out->group_id = mls__read_opaque(r);
	out->epoch = mls__read_u64(r);
	out->suite = mls__read_u16(r);
	out->proposal_type = mls__read_u16(r);
	out->body = mls__read_opaque(r);
}

int
mls__effects_read(const struct mls_effect **out, size_t *n,
    struct mls_arena *arena, struct mls_buf in)
{
	struct mls_effect *v, one;
	struct mls_reader r;
	size_t count = 0, i;

	for (mls__reader_init(&r, in); mls__reader_more(&r); count++)
		read_effect(&one, &r);
	if (mls__reader_end(&r) != 0)
		return MLS_E_STORED_STATE_MALFORMED;
	v = mls__arena_array(arena, count, sizeof(*v));
	if (v == NULL)
		return MLS_E_OUT_OF_MEMORY;
	mls__reader_init(&r, in);
	for (i = 0; i < count; i++)
		read_effect(&v[i], &r);
	*out = v;
	*n = count;
	return 0;
}
