/* SPDX-License-Identifier: MIT */
#include "group/outside.h"

#include <string.h>

#include "group/arrival.h"
#include "group/extensions.h"
#include "group/rules.h"

/* GI-03, GI-05, CRYPT-14 */
static int
check_context(struct mls_outside *o, uint16_t version)
{
	const struct mls_group_context *c = &o->info.context;
	int rc;

	if (c->version != MLS_VERSION_MLS10 || c->version != version)
		return MLS_E_GROUP_CONTEXT_VERSION;
	rc = mls__crypto_suite(&o->suite, o->context->crypto, c->suite);
	if (rc != 0)
		return rc;
	if (o->info.confirmation_tag.len != o->suite->nh)
		return MLS_E_GROUP_INFO_TAG_LENGTH;
	return mls__group_context_check(c, o->suite);
}

/* GI-06, GI-07 */
static int
check_extensions(const struct mls_outside *o)
{
	struct mls_buf extensions = o->info.context.extensions;
	int rc;

	rc = mls__rule_group_extensions(o->context, o->suite, extensions,
	    mls__buf(NULL, 0));
	if (rc == 0)
		rc = mls__rule_info_extensions(o->context, o->suite,
		    o->info.extensions);
	if (rc == 0 && !mls__understood(o->context, extensions))
		rc = MLS_E_GROUP_CONTEXT_EXTENSION_UNSUPPORTED;
	return rc;
}

int
mls__outside_read(struct mls_outside *out, struct mls_arena *arena,
    const mls_context *context, struct mls_buf group_info,
    struct mls_buf tree)
{
	struct mls_message m;
	struct mls_buf copy;
	int rc;

	memset(out, 0, sizeof(*out));
	out->context = context;
	rc = mls__arena_copy(&out->beside, arena, tree);
	if (rc == 0)
		rc = mls__arena_copy(&copy, arena, group_info);
	if (rc == 0)
		rc = mls__message_read(&m, arena, copy, &context->customs);
	if (rc == 0 && m.wire_format != MLS_WIRE_GROUP_INFO)
		rc = MLS_E_UNEXPECTED_WIRE_FORMAT;
	if (rc != 0)
		return rc;
	out->info = m.u.group_info;
	rc = check_context(out, m.version);
	return rc != 0 ? rc : check_extensions(out);
}

/* What anybody can know of the group's state. */
static int
fill_state(struct mls_state *st, const struct mls_outside *o)
{
	int rc;

	st->keys.leaf = MLS_NO_LEAF;
	rc = mls__state_context(st, &o->info.context);
	if (rc == 0)
		rc = mls__secret_set(&st->confirmation_tag,
		    o->info.confirmation_tag);
	if (rc == 0)
		rc = mls__transcript_interim(&st->interim, o->suite,
		    st->context.confirmed_transcript_hash,
		    o->info.confirmation_tag);
	return rc;
}

int
mls__outside_make(mls_group **out, const struct mls_outside *o,
    struct mls_tree *tree)
{
	mls_group *g = mls__alloc(sizeof(*g));
	int rc;

	if (g == NULL) {
		mls__tree_free(tree);
		return MLS_E_OUT_OF_MEMORY;
	}
	g->refs = 1;
	g->context = o->context;
	g->suite = o->suite;
	g->header.active = 1;
	g->header.epoch = o->info.context.epoch;
	g->header.suite = o->info.context.suite;
	g->tree = tree;
	g->state = mls__state_new();
	rc = g->state != NULL ? fill_state(g->state, o) :
	    MLS_E_OUT_OF_MEMORY;
	if (rc != 0) {
		mls_group_close(g);
		return rc;
	}
	g->state->width = mls__tree_width(tree);
	*out = g;
	return 0;
}

int
mls__outside_group(mls_group **out, const struct mls_outside *o)
{
	struct mls_arrival arrival = { o->context, o->suite, &o->info,
		o->beside, false };
	struct mls_tree *tree;
	int rc = mls__arrival_tree(&tree, &arrival);

	return rc != 0 ? rc : mls__outside_make(out, o, tree);
}
