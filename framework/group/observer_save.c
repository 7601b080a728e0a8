/* SPDX-License-Identifier: MIT */
/*
 * Snapshots of observers.
 *
 *	opaque magic[4]; uint16 version; uint16 suite; uint8 flags;
 *	opaque group_context<V>; opaque confirmation_tag<V>;
 *	opaque ratchet_tree<V>; Waiting proposals<V>; opaque group_info<V>;
 *	opaque hash[KDF.Nh];
 *
 * the hash being that of all before it, and Waiting
 *
 *	uint16 wire_format; opaque content<V>; opaque auth<V>;
 */
#include "group/observer.h"

#include <string.h>

#include "group/proposals.h"

static const uint8_t magic[4] = { 'M', 'L', 'S', 'O' };

#define FORMAT 1

enum { LOST = 1, PARTIAL = 2, ENDED = 4, ALL_FLAGS = 7 };

static void
write_proposals(struct mls_writer *w, const mls_group *g)
{
	size_t at = mls__write_open(w);
	const struct mls_cached *c;

	for (c = g->cache; c != NULL; c = c->next) {
		mls__write_u16(w, c->authentic.wire_format);
		mls__write_opaque(w, c->authentic.content.raw);
		mls__write_opaque(w, c->authentic.auth);
	}
	mls__write_close(w, at);
}

static void
write_group(struct mls_writer *w, mls_group *g)
{
	const struct mls_bytes *info = &g->sight.info;
	size_t at;

	mls__write_bytes(w, mls__buf(magic, sizeof(magic)));
	mls__write_u16(w, FORMAT);
	mls__write_u16(w, g->header.suite);
	mls__write_u8(w, (uint8_t)((g->header.active ? 0 : LOST) |
	    (g->sight.partial ? PARTIAL : 0) |
	    (g->header.reinit ? ENDED : 0)));
	mls__write_opaque(w, g->state->context.raw);
	mls__write_opaque(w, mls__secret_buf(&g->state->confirmation_tag));
	at = mls__write_open(w);
	mls__tree_write(w, g->tree);
	mls__write_close(w, at);
	write_proposals(w, g);
	mls__write_opaque(w, mls__buf(info->data, info->len));
}

int
mls_observer_save(struct mls_bytes *out, const mls_observer *o)
{
	uint8_t hash[MLS_MAX_HASH];
	struct mls_writer w = { 0 };
	struct mls_buf all;
	int rc;

	if (out == NULL || o == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(o->group);
	if (rc != 0)
		return mls__api(MLS_MAY_READ, rc);
	write_group(&w, o->group);
	mls__group_leave(o->group);
	rc = w.error;
	if (rc == 0) {
		all = mls__writer_buf(&w);
		rc = mls__hash(hash, o->group->suite, &all, 1);
	}
	if (rc == 0)
		mls__write_bytes(&w, mls__buf(hash, o->group->suite->nh));
	return mls__api(MLS_MAY_READ, mls__give(out, &w, rc));
}

/* What is read of a snapshot; it borrows from that. */
struct snapshot {
	struct mls_outside group;
	uint8_t flags;
	struct mls_buf tree, proposals, group_info;
};

/* The fields that come before all others, and whether the rest is as it was
 * written. */
static int
check_whole(const struct mls_suite **suite, struct mls_reader *body,
    const mls_context *context, struct mls_buf in)
{
	uint8_t hash[MLS_MAX_HASH];
	struct mls_buf all, had;
	struct mls_reader r;
	uint16_t version, number;
	int rc;

	mls__reader_init(&r, in);
	if (!mls__equal(mls__read_fixed(&r, sizeof(magic)),
	    mls__buf(magic, sizeof(magic))))
		return MLS_E_STORED_STATE_MALFORMED;
	version = mls__read_u16(&r);
	number = mls__read_u16(&r);
	if (r.error != 0 || version == 0)
		return MLS_E_STORED_STATE_MALFORMED;
	if (version > FORMAT)
		return MLS_E_STORE_VERSION;
	rc = mls__crypto_suite(suite, context->crypto, number);
	if (rc != 0)
		return rc;
	if (mls__reader_left(&r) < (*suite)->nh)
		return MLS_E_STORED_STATE_MALFORMED;
	all = mls__buf(in.data, in.len - (*suite)->nh);
	had = mls__buf(in.data + all.len, (*suite)->nh);
	rc = mls__hash(hash, *suite, &all, 1);
	if (rc == 0 && !mls__equal(had, mls__buf(hash, had.len)))
		rc = MLS_E_STORED_STATE_MALFORMED;
	mls__reader_init(body, all);
	mls__read_fixed(body, sizeof(magic) + 2 + 2);
	return rc;
}

static int
read_fields(struct snapshot *s, struct mls_reader *r)
{
	const struct mls_suite *suite = s->group.suite;
	struct mls_group_info *info = &s->group.info;
	struct mls_reader context;

	s->flags = mls__read_u8(r);
	mls__reader_init(&context, mls__read_opaque(r));
	mls__group_context_read(&info->context, &context);
	info->confirmation_tag = mls__read_opaque(r);
	s->tree = mls__read_opaque(r);
	s->proposals = mls__read_opaque(r);
	s->group_info = mls__read_opaque(r);
	return mls__reader_end(r) != 0 || mls__reader_end(&context) != 0 ||
	    (s->flags & ~ALL_FLAGS) != 0 ||
	    info->context.suite != suite->row->number ||
	    mls__group_context_check(&info->context, suite) != 0 ||
	    info->confirmation_tag.len != suite->nh ?
	    MLS_E_STORED_STATE_MALFORMED : 0;
}

static int
read_tree(struct mls_tree **out, const struct snapshot *s)
{
	const struct mls_suite *suite = s->group.suite;
	uint8_t hash[MLS_MAX_HASH];
	struct mls_tree *t;
	int rc;

	rc = mls__tree_read(&t, suite, s->tree,
	    s->group.context->policy.max_members,
	    &s->group.context->customs);
	if (rc != 0)
		return rc;
	rc = mls__tree_hash(hash, t);
	if (rc == 0 && !mls__equal(mls__buf(hash, suite->nh),
	    s->group.info.context.tree_hash))
		rc = MLS_E_STORED_STATE_MALFORMED;
	if (rc != 0) {
		mls__tree_free(t);
		return rc;
	}
	*out = t;
	return 0;
}

/* What commits rely on when they refer to it. */
static bool
fits(mls_group *g, const struct mls_content *content)
{
	const struct mls_proposal *p = &content->u.proposal;
	struct mls_leaf room;

	return content->type == MLS_CONTENT_PROPOSAL &&
	    content->epoch == g->header.epoch &&
	    mls__equal(content->group_id, g->state->context.group_id) &&
	    (content->sender.type != MLS_SENDER_MEMBER ||
	    mls__tree_look(&room, g->tree, content->sender.index) != NULL) &&
	    (p->type != MLS_PROPOSAL_REMOVE ||
	    mls__tree_look(&room, g->tree, p->u.removed) != NULL);
}

static int
read_proposals(mls_group *g, struct mls_buf in)
{
	struct mls_buf content, auth;
	struct mls_cached *c;
	struct mls_reader r;
	uint16_t wire_format;
	int rc = 0;

	mls__reader_init(&r, in);
	while (rc == 0 && mls__reader_more(&r)) {
		wire_format = mls__read_u16(&r);
		content = mls__read_opaque(&r);
		auth = mls__read_opaque(&r);
		rc = r.error != 0 ? r.error : mls__cached_read(&c, g,
		    wire_format, content, auth);
		if (rc != 0)
			break;
		mls__cache_add(g, c);
		if (!fits(g, &c->authentic.content))
			rc = MLS_E_STORED_STATE_MALFORMED;
	}
	return rc;
}

static int
read_group(mls_group **out, const struct snapshot *s)
{
	struct mls_tree *tree;
	mls_group *g = NULL;
	int rc;

	rc = read_tree(&tree, s);
	if (rc == 0)
		rc = mls__outside_make(&g, &s->group, tree);
	if (rc == 0)
		rc = read_proposals(g, s->proposals);
	if (rc == 0)
		rc = mls__observer_keep(g, s->group_info);
	if (rc != 0) {
		mls_group_close(g);
		return rc;
	}
	mls__observe(g, (s->flags & PARTIAL) != 0);
	g->header.active = (s->flags & LOST) == 0;
	g->header.reinit = (s->flags & ENDED) != 0;
	*out = g;
	return 0;
}

/* Whatever does not parse was not written so; what a provider, the memory or
 * the policy has to say is passed on. */
static int
answer(int rc)
{
	const struct mls_error_info *e = mls_error_info(rc);

	return e != NULL && (e->family & (MLS_FAMILY_DECODE |
	    MLS_FAMILY_INVALID | MLS_FAMILY_CRYPTO |
	    MLS_FAMILY_DUPLICATE)) != 0 ? MLS_E_STORED_STATE_MALFORMED : rc;
}

int
mls_observer_load(mls_observer **out, mls_context *context,
    struct mls_buf in)
{
	struct snapshot s = { .group = { .context = context } };
	struct mls_reader r;
	mls_group *g;
	int rc;

	if (out == NULL || context == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__plugins_usable(context->plugins);
	if (rc == 0)
		rc = check_whole(&s.group.suite, &r, context, in);
	if (rc == 0)
		rc = read_fields(&s, &r);
	if (rc == 0)
		rc = read_group(&g, &s);
	if (rc == 0)
		rc = mls__observer_wrap(out, g);
	return mls__api(MLS_MAY_STORE | MLS_FAMILY_UNSUPPORTED, answer(rc));
}
