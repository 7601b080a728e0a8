/* SPDX-License-Identifier: MIT */
/* PROP-13 and WIRE: types of the application's own (RFC 9420 §13.2); XTN: the
 * draft's SelfRemove. */
#include "rules/forge.h"

#define NOTE 0xf100
#define RANK 0xf101 /* needs no path, and may come with a joiner */

static const struct mls_custom_proposal customs[] = {
	{ .type = NOTE }, { .type = RANK, .flags = MLS_CUSTOM_NO_PATH |
	    MLS_CUSTOM_EXTERNAL_COMMIT }
};

static void
party_open(struct party *p)
{
	struct mls_policy policy = MLS_POLICY_INIT;

	policy.proposals = customs;
	policy.n_proposals = 2;
	policy.drafts = MLS_DRAFT_SELF_REMOVE;
	policy.external = MLS_EXTERNAL_JOIN;
	policy.tolerate = MLS_TOLERATE_UNCOMMITTED;
	party_new(p, &policy, 4);
}

static struct mls_buf
note(struct party *p)
{
	return keep(p, mls__buf("\xf1\0\2hi", 5));
}

static struct mls_buf
rank(struct party *p)
{
	return keep(p, mls__buf("\xf1\1\1x", 4));
}

static struct mls_buf
self_remove(struct party *p)
{
	return keep(p, mls__buf("\0\x0a", 2));
}

static void
knows_none(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->capabilities.proposals = NO_OCTETS;
}

/* Carol's leaf is one from now on that lists none; only she, who cannot take
 * her own forgery, does not go on. */
static void
carol_forgets(struct party *p)
{
	struct commit_spec spec = { .leaf = knows_none };
	struct mls_buf message;
	struct forge f;

	forge_new(&f, p, 2, MLS_CONTENT_COMMIT);
	message = forge_commit(&f, &spec);
	take(&p->m[0], message);
	take(&p->m[1], message);
	take(&p->m[3], message);
}

/* To those who go on. */
static struct mls_buf
cached(struct party *p, size_t by, struct mls_buf value)
{
	struct mls_buf message = proposal_of(p, by, value);

	take(&p->m[0], message);
	take(&p->m[1], message);
	take(&p->m[3], message);
	return keep(p, last_ref(&p->m[0]));
}

Test(custom, PROP_13_all_support_it)
{
	struct mls_intent in = { .type = MLS_EFFECT_CUSTOM,
		.proposal_type = NOTE, .body = text("\2hi") };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_buf ref;
	mls_change *c;
	struct party p;

	party_open(&p);
	accepted_both(&p, note(&p));
	carol_forgets(&p);
	/* alone it may wait: she may be gone by then */
	accepted(&p, &p.m[0], proposal_of(&p, 1, note(&p)));
	refused(&p, &p.m[0], commit_of(&p, 1, 1, note(&p)),
	    MLS_E_PROPOSAL_TYPE_UNSUPPORTED);
	refused(&p, &p.m[0], commit_of(&p, 1, 2, note(&p), good_add(&p)),
	    MLS_E_PROPOSAL_TYPE_UNSUPPORTED);
	o.intents = &in;
	o.n_intents = 1;
	must_fail(mls_group_make_commit(&c, p.m[0].group, &o),
	    MLS_E_PROPOSAL_TYPE_UNSUPPORTED);
	ref = cached(&p, 3, note(&p));
	refused(&p, &p.m[0], commit_refs(&p, 1, ref, NO_OCTETS),
	    MLS_E_PROPOSAL_TYPE_UNSUPPORTED);
	accepted(&p, &p.m[0], commit_mixed(&p, ref, propose_remove(&p, 2)));
	accepted(&p, &p.m[0], commit_of(&p, 1, 2, propose_remove(&p, 2),
	    note(&p)));
	party_free(&p);
}

static void
knows_another(struct party *p, struct mls_leaf *l)
{
	l->capabilities.proposals = keep(p, mls__buf("\xf1\xee", 2));
}

/* Erin's leaf never listed it; she may not commit one, whatever her path's leaf
 * lists. */
Test(custom, PROP_13_the_committer_too)
{
	struct mls_intent in = { .type = MLS_EFFECT_ADD };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct commit_spec spec = { 0 };
	struct mls_bytes package, b, welcome;
	struct mls_buf commit;
	struct party p;
	struct forge f;
	size_t i;

	party_open(&p);
	p.context->policy.n_proposals = 0;
	package = make_package(&p.m[4], p.suite);
	p.context->policy.n_proposals = 2;
	in.key_package = octets(&package);
	o.intents = &in;
	o.n_intents = 1;
	must(mls_group_commit(&b, &welcome, p.m[0].group, &o));
	must(mls_group_settle(p.m[0].group, 1));
	commit = keep_bytes(&p, b);
	for (i = 1; i < p.n; i++)
		take(&p.m[i], commit);
	join(&p.m[4], octets(&welcome));
	forge_new(&f, &p, 4, MLS_CONTENT_COMMIT);
	spec.leaf = knows_another;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	spec.n = 1;
	spec.values[0] = note(&p);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PROPOSAL_TYPE_UNSUPPORTED);
	spec.leaf = NULL;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PROPOSAL_TYPE_UNSUPPORTED);
	mls_bytes_free(&welcome);
	mls_bytes_free(&package);
	party_free(&p);
}

/* A newcomer that does not know it processes no such commit. */
Test(custom, PROP_13_newcomers_need_not)
{
	struct package_spec spec = { .leaf = knows_none };
	struct party p;

	party_open(&p);
	accepted(&p, &p.m[0], commit_of(&p, 1, 2, note(&p), propose_add(&p,
	    forge_package(&p, 4, &spec))));
	party_free(&p);
}

Test(custom, COMMIT_02_03_path_duty)
{
	struct commit_spec spec = { .n = 1, .pathless = true };
	struct party p;
	struct forge f;

	party_open(&p);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	spec.values[0] = note(&p);
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_PATH_REQUIRED);
	spec.values[0] = rank(&p);
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	spec.pathless = false;
	spec.values[0] = note(&p);
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

Test(custom, EXT_05_with_a_joiner)
{
	struct commit_spec spec = { .n = 2 };
	struct party p;
	struct forge f;

	party_open(&p);
	forge_joiner(&f, &p, 1);
	spec.values[0] = external_init(&f);
	spec.values[1] = note(&p);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_COMMIT_PROPOSAL_TYPE);
	spec.values[1] = rank(&p);
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

/* What is cut inside its body, or followed by something. */
Test(custom, WIRE_06_18_bodies)
{
	struct party p;

	party_open(&p);
	refused(&p, &p.m[0], proposal_of(&p, 1, keep(&p,
	    mls__buf("\xf1\2\1x", 4))), MLS_E_UNKNOWN_PROPOSAL_TYPE);
	/* the rest is taken for a signature, and that for a tag */
	cr_assert_neq(mls_group_process(&(mls_change *){ NULL },
	    p.m[0].group, proposal_of(&p, 1, longer(&p, note(&p), 1))), 0);
	p.context->policy.n_proposals = 0;
	refused(&p, &p.m[0], proposal_of(&p, 1, note(&p)),
	    MLS_E_UNKNOWN_PROPOSAL_TYPE);
	p.context->policy.n_proposals = 2;
	accepted(&p, &p.m[0], proposal_of(&p, 1, note(&p)));
	party_free(&p);
}

Test(custom, XTN_01_self_remove_by_value)
{
	struct mls_buf ref;
	struct party p;

	party_open(&p);
	refused(&p, &p.m[0], commit_of(&p, 1, 1, self_remove(&p)),
	    MLS_E_SELF_REMOVE_BY_VALUE);
	ref = cache(&p, 2, self_remove(&p));
	accepted(&p, &p.m[0], commit_refs(&p, 1, ref, NO_OCTETS));
	party_free(&p);
}

/* In private, and from who is no member. */
Test(custom, XTN_02_self_remove_framing)
{
	struct mls_writer w = { 0 };
	struct mls_intent in = { .type = MLS_EFFECT_EXTENSIONS };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes b;
	struct party p;
	struct forge f;
	size_t at;

	party_open(&p);
	forge_new(&f, &p, 1, MLS_CONTENT_PROPOSAL);
	forge_private(&f);
	refused(&p, &p.m[0], forge_message(&f, self_remove(&p)),
	    MLS_E_SELF_REMOVE_FRAMING);
	accepted(&p, &p.m[0], proposal_of(&p, 1, self_remove(&p)));
	forge_proposer(&f, &p, MLS_SENDER_EXTERNAL);
	at = mls__write_open(&w);
	mls__write_opaque(&w, mls__key_public(f.key));
	mls__write_bytes(&w, mls__buf("\0\1\1s", 4));
	mls__write_close(&w, at);
	in.extensions = extension(&p, MLS_EXT_EXTERNAL_SENDERS,
	    keep_writer(&p, &w));
	o.intents = &in;
	o.n_intents = 1;
	must(mls_group_commit(&b, NULL, p.m[0].group, &o));
	must(mls_group_settle(p.m[0].group, 1));
	mls_bytes_free(&b);
	f.head.epoch++;
	refused(&p, &p.m[0], forge_message(&f, self_remove(&p)),
	    MLS_E_SELF_REMOVE_FRAMING);
	party_free(&p);
}

Test(custom, XTN_03_self_remove_and_remove)
{
	struct mls_buf ref, remove_;
	struct party p;

	party_open(&p);
	ref = cache(&p, 2, self_remove(&p));
	refused(&p, &p.m[0], commit_mixed(&p, ref, propose_remove(&p, 2)),
	    MLS_E_SELF_REMOVE_AND_REMOVE);
	accepted(&p, &p.m[0], commit_mixed(&p, ref, propose_remove(&p, 3)));
	remove_ = cache(&p, 3, propose_remove(&p, 2));
	refused(&p, &p.m[0], commit_refs(&p, 2, ref, remove_),
	    MLS_E_SELF_REMOVE_AND_REMOVE);
	accepted(&p, &p.m[0], commit_refs(&p, 1, remove_, NO_OCTETS));
	party_free(&p);
}

/* PROP-15: nobody commits that one leaves oneself; PROP-16: twice. */
Test(custom, PROP_15_16_self_remove)
{
	struct mls_buf own, theirs, update;
	struct party p;

	party_open(&p);
	own = cache(&p, 1, self_remove(&p));
	refused(&p, &p.m[0], commit_refs(&p, 1, own, NO_OCTETS),
	    MLS_E_REMOVE_OF_COMMITTER);
	theirs = cache(&p, 2, self_remove(&p));
	update = cache(&p, 2, propose_update(&p, 2, NULL));
	refused(&p, &p.m[0], commit_refs(&p, 2, theirs, update),
	    MLS_E_LEAF_CHANGED_TWICE);
	accepted(&p, &p.m[0], commit_refs(&p, 1, theirs, NO_OCTETS));
	party_free(&p);
}

/* A joiner takes the place of who leaves by a reference of its commit. */
Test(custom, XTN_04_05_with_a_joiner)
{
	struct commit_spec spec = { .n = 1, .n_refs = 1 };
	struct party p;
	struct forge f;

	party_open(&p);
	forge_joiner(&f, &p, 1);
	spec.values[0] = external_init(&f);
	spec.refs[0] = cache(&p, 2, self_remove(&p));
	spec.sign_as = 4 + 1; /* as if nobody left */
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_LEAF_GROUP_SIGNATURE);
	spec.sign_as = 0;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	spec.refs[0] = cache(&p, 3, propose_remove(&p, 2));
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_COMMIT_REFERENCE);
	party_free(&p);
}
