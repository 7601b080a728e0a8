/* SPDX-License-Identifier: MIT */
/* GroupInfos that a member signs, and an observer does not take. */
#include "group/publish.h"
#include "rules/forge.h"

/* What the member would publish, as far as it is not to be another. */
struct info_spec {
	struct mls_group_context context;
	struct mls_group_info_parts parts;
};

static void
info_new(struct info_spec *spec, struct party *p, size_t by)
{
	const mls_group *g = p->m[by].group;
	const struct mls_state *st = g->state;

	memset(spec, 0, sizeof(*spec));
	spec->context = st->context;
	spec->parts.suite = g->suite;
	spec->parts.context = &spec->context;
	spec->parts.tag = keep(p, mls__secret_buf(&st->confirmation_tag));
	spec->parts.signer = st->keys.leaf;
	spec->parts.sign_key = st->sign_key;
}

static struct mls_buf
make_info(struct party *p, const struct info_spec *spec)
{
	struct mls_group_info_parts parts = spec->parts;
	struct mls_group_context context = spec->context;
	struct mls_writer w = { 0 };
	struct mls_buf info_;

	mls__group_context_write(&w, &context);
	context.raw = keep_writer(p, &w);
	parts.context = &context;
	must(mls__group_info_make(&info_, &p->arena, &parts));
	mls__message_head(&w, MLS_WIRE_GROUP_INFO);
	mls__write_bytes(&w, info_);
	return keep_writer(p, &w);
}

static struct mls_buf
tree_of(struct party *p)
{
	struct mls_bytes b;

	must(mls_group_tree(&b, p->m[0].group));
	return keep_bytes(p, b);
}

/* Both where it begins and where it is already. */
static void
not_taken(int line, struct party *p, const struct info_spec *spec, int fresh,
    int offered)
{
	struct mls_buf info_ = make_info(p, spec);
	struct mls_buf tree = spec->parts.tree != NULL ? NO_OCTETS :
	    tree_of(p);
	mls_observer *o = NULL;
	int rc;

	rc = mls_observer_new(&o, p->context, info_, tree, NULL);
	cr_expect_eq(rc, fresh, "line %d: %d", line, rc);
	mls_observer_close(o);
	watch_begin(p, &p->m[0]);
	rc = mls_observer_offer(p->watch, info_);
	cr_expect_eq(rc, offered, "line %d: offered: %d", line, rc);
	rc = mls_observer_resync(p->watch, info_, tree, NULL);
	cr_expect_eq(rc, offered, "line %d: resync: %d", line, rc);
}
#define NOT_TAKEN(p, spec, fresh, offered) \
	not_taken(__LINE__, p, spec, fresh, offered)

Test(observer, OBS_02_03_group_infos)
{
	struct info_spec spec;
	struct party p;

	party_new(&p, NULL, 4);
	info_new(&spec, &p, 1);
	NOT_TAKEN(&p, &spec, 0, 0);
	spec.parts.external_pub = text("abc");
	NOT_TAKEN(&p, &spec, MLS_E_HPKE_PUBLIC_KEY_INVALID,
	    MLS_E_HPKE_PUBLIC_KEY_INVALID);
	info_new(&spec, &p, 1);
	spec.parts.signer = 77;
	NOT_TAKEN(&p, &spec, MLS_E_GROUP_INFO_SIGNER_UNKNOWN,
	    MLS_E_GROUP_INFO_SIGNER_UNKNOWN);
	spec.parts.signer = 0xffffffff;
	NOT_TAKEN(&p, &spec, MLS_E_LEAF_INDEX_TOO_LARGE,
	    MLS_E_LEAF_INDEX_TOO_LARGE);
	spec.parts.signer = 2;
	NOT_TAKEN(&p, &spec, MLS_E_GROUP_INFO_SIGNATURE,
	    MLS_E_GROUP_INFO_SIGNATURE);
	info_new(&spec, &p, 1);
	spec.parts.tag = cut(spec.parts.tag, 1);
	NOT_TAKEN(&p, &spec, MLS_E_GROUP_INFO_TAG_LENGTH,
	    MLS_E_OBSERVER_INFO_CONFLICT);
	info_new(&spec, &p, 1);
	spec.parts.tag = flipped(&p, spec.parts.tag, 3);
	NOT_TAKEN(&p, &spec, 0, MLS_E_OBSERVER_INFO_CONFLICT);
	info_new(&spec, &p, 1);
	spec.context.tree_hash = flipped(&p, spec.context.tree_hash, 0);
	NOT_TAKEN(&p, &spec, MLS_E_TREE_HASH_MISMATCH,
	    MLS_E_OBSERVER_INFO_CONFLICT);
	info_new(&spec, &p, 1);
	spec.context.epoch--;
	NOT_TAKEN(&p, &spec, 0, MLS_E_OBSERVER_INFO_EPOCH);
	party_free(&p);
}

/* TREE-06: the tree inside is another than the group has. */
Test(observer, group_info_of_another_tree)
{
	struct info_spec spec;
	struct mls_tree *diff;
	struct party p;
	mls_group *g;

	party_new(&p, NULL, 4);
	g = p.m[1].group;
	info_new(&spec, &p, 1);
	must(mls__group_enter(g));
	spec.parts.tree = g->tree;
	NOT_TAKEN(&p, &spec, 0, 0);
	must(mls__tree_diff(&diff, g->tree));
	must(mls__tree_remove(diff, 2));
	spec.parts.tree = diff;
	NOT_TAKEN(&p, &spec, MLS_E_TREE_HASH_MISMATCH,
	    MLS_E_TREE_HASH_MISMATCH);
	mls__tree_free(diff);
	mls__group_leave(g);
	party_free(&p);
}

/* A later epoch, of another suite or of a group that has ended. */
Test(observer, resync_to_what_cannot_be)
{
	struct mls_reinit reinit = { text("next"), 1, 1, { NULL, 0 } };
	struct mls_writer w = { 0 };
	struct info_spec spec;
	struct party p;

	party_new(&p, NULL, 4);
	info_new(&spec, &p, 1);
	spec.context.epoch++;
	spec.context.suite = p.other != 0 ? p.other : 0x0a0a;
	must_fail(mls_observer_resync(p.watch, make_info(&p, &spec),
	    tree_of(&p), NULL), MLS_E_OBSERVER_INFO_CONFLICT);
	spec.context.suite = p.suite;
	mls__proposal_write_reinit(&w, &reinit);
	watch_take(&p, commit_of(&p, 1, 1, keep_writer(&p, &w)));
	spec.context.epoch++;
	must_fail(mls_observer_resync(p.watch, make_info(&p, &spec),
	    tree_of(&p), NULL), MLS_E_GROUP_REINITIALISED);
	watch_begin(&p, &p.m[0]);
	must(mls_observer_resync(p.watch, make_info(&p, &spec), tree_of(&p),
	    NULL));
	party_free(&p);
}
