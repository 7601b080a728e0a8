/* SPDX-License-Identifier: MIT */
/* PROP: proposals and their lists (RFC 9420 §12.1, §12.2). */
#include "rules/forge.h"

#define PARTY(p) \
	struct party p; \
	party_new(&p, NULL, 4)

Test(prop, PROP_01_unverified_is_not_cached)
{
	struct forge f;
	PARTY(p);

	forge_new(&f, &p, 1, MLS_CONTENT_PROPOSAL);
	f.on_signature = hook_flip;
	refused(&p, &p.m[0], forge_message(&f, propose_remove(&p, 2)),
	    MLS_E_CONTENT_SIGNATURE);
	cr_assert_eq(info(&p.m[0]).proposals, 0);
	party_free(&p);
}

Test(prop, PROP_02_03_CRYPT_14_unknown_ref)
{
	uint8_t kept[MLS_MAX_HASH];
	struct mls_buf ref;
	struct mls_bytes b;
	size_t i;
	PARTY(p);

	ref = cache(&p, 2, propose_remove(&p, 3));
	/* The cache goes with the epoch; this is to outlive it. */
	memcpy(kept, ref.data, ref.len);
	ref.data = kept;
	refused(&p, &p.m[0], commit_refs(&p, 1, flipped(&p, ref, 4),
	    NO_OCTETS), MLS_E_UNKNOWN_PROPOSAL_REF);
	/* CRYPT-14 */
	refused(&p, &p.m[0], commit_refs(&p, 1, cut(ref, 1), NO_OCTETS),
	    MLS_E_HASH_LENGTH);
	accepted(&p, &p.m[0], commit_refs(&p, 1, ref, NO_OCTETS));
	/* An epoch later it is unknown. */
	must(mls_group_commit(&b, NULL, p.m[0].group,
	    &(struct mls_commit_options){ .size = sizeof(struct
	    mls_commit_options), .flags = MLS_COMMIT_NO_CACHED }));
	must(mls_group_settle(p.m[0].group, 1));
	for (i = 1; i < p.n; i++)
		take(&p.m[i], octets(&b));
	mls_bytes_free(&b);
	refused(&p, &p.m[0], commit_refs(&p, 1, ref, NO_OCTETS),
	    MLS_E_UNKNOWN_PROPOSAL_REF);
	party_free(&p);
}

Test(prop, PROP_04_duplicate_ref)
{
	struct mls_buf ref;
	PARTY(p);

	ref = cache(&p, 2, propose_remove(&p, 3));
	refused(&p, &p.m[0], commit_refs(&p, 2, ref, ref),
	    MLS_E_DUPLICATE_PROPOSAL_REF);
	party_free(&p);
}

Test(prop, PROP_08_LIMIT_03_remove_unknown_leaf)
{
	PARTY(p);

	refused_both(&p, propose_remove(&p, 4), MLS_E_REMOVE_UNKNOWN_LEAF);
	refused_both(&p, propose_remove(&p, 99), MLS_E_REMOVE_UNKNOWN_LEAF);
	refused_both(&p, propose_remove(&p, MLS_MAX_LEAVES),
	    MLS_E_LEAF_INDEX_TOO_LARGE);
	refused_both(&p, propose_remove(&p, 0xffffffff),
	    MLS_E_LEAF_INDEX_TOO_LARGE);
	accepted_both(&p, propose_remove(&p, 3));
	party_free(&p);
}

Test(prop, PROP_09_reinit_version)
{
	struct mls_reinit reinit = { text("next"), 0, 1, { NULL, 0 } };
	struct mls_writer w = { 0 };
	struct mls_buf value;
	PARTY(p);

	mls__proposal_write_reinit(&w, &reinit);
	value = keep_writer(&p, &w);
	refused_both(&p, value, MLS_E_REINIT_VERSION_LOWER);
	reinit.version = 1;
	mls__proposal_write_reinit(&w, &reinit);
	value = keep_writer(&p, &w);
	accepted_both(&p, value);
	party_free(&p);
}

/* The last commit of the group: a forger has to go on from where it was. */
Test(prop, REINIT_01_group_reinitialised)
{
	struct mls_reinit reinit = { text("next"), 1, 1, { NULL, 0 } };
	struct mls_writer w = { 0 };
	struct mls_buf last, more;
	struct forge f;
	PARTY(p);

	mls__proposal_write_reinit(&w, &reinit);
	last = commit_of(&p, 1, 1, keep_writer(&p, &w));
	accepted(&p, &p.m[0], last);
	take(&p.m[0], last);
	watch_take(&p, last);
	forge_new(&f, &p, 0, MLS_CONTENT_PROPOSAL);
	more = forge_message(&f, propose_remove(&p, 3));
	refused(&p, &p.m[0], more, MLS_E_GROUP_REINITIALISED);
	forge_new(&f, &p, 0, MLS_CONTENT_PROPOSAL);
	forge_private(&f);
	more = forge_message(&f, propose_remove(&p, 3));
	refused(&p, &p.m[0], more, MLS_E_GROUP_REINITIALISED);
	cr_assert_not_null(p.watch);
	party_free(&p);
}

Test(prop, PROP_10_CRYPT_07_external_init_misplaced)
{
	struct mls_writer w = { 0 };
	uint8_t enc[256] = { 9 };
	struct mls_buf value;
	PARTY(p);

	mls__proposal_write_external_init(&w, mls__buf(enc, p.s->nenc));
	value = keep_writer(&p, &w);
	refused_both(&p, value, MLS_E_EXTERNAL_INIT_MISPLACED);
	mls__proposal_write_external_init(&w, mls__buf(enc, p.s->nenc - 1));
	value = keep_writer(&p, &w);
	refused_both(&p, value, MLS_E_KEM_OUTPUT_LENGTH);
	party_free(&p);
}

Test(prop, PROP_11_12_extensions_unsupported)
{
	PARTY(p);

	refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_extensions(&p,
	    extension(&p, 0xf001, text("x")))),
	    MLS_E_GCE_EXTENSION_UNSUPPORTED);
	refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_extensions(&p,
	    extension(&p, MLS_EXT_REQUIRED_CAPABILITIES,
	    mls__buf("\2\xf0\1\0\0", 5)))), MLS_E_GCE_REQUIRED_CAPABILITIES);
	refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_extensions(&p,
	    extension(&p, MLS_EXT_REQUIRED_CAPABILITIES,
	    mls__buf("\0\2\xf0\1\0", 5)))), MLS_E_GCE_REQUIRED_CAPABILITIES);
	accepted(&p, &p.m[0], commit_of(&p, 1, 1, propose_extensions(&p,
	    extension(&p, MLS_EXT_REQUIRED_CAPABILITIES,
	    mls__buf("\0\0\2\0\1", 5)))));
	party_free(&p);
}

Test(prop, WIRE_21_23_24_extensions)
{
	struct mls_buf one;
	PARTY(p);

	one = extension(&p, MLS_EXT_REQUIRED_CAPABILITIES,
	    mls__buf("\0\0\0", 3));
	accepted_both(&p, propose_extensions(&p, one));
	refused_both(&p, propose_extensions(&p, joined(&p, one, one)),
	    MLS_E_DUPLICATE_EXTENSION);
	refused_both(&p, propose_extensions(&p, extension(&p,
	    MLS_EXT_REQUIRED_CAPABILITIES, mls__buf("\0\0\0\0", 4))),
	    MLS_E_EXTENSION_DATA_MALFORMED);
	refused_both(&p, propose_extensions(&p, extension(&p,
	    MLS_EXT_EXTERNAL_SENDERS, mls__buf("\2\0", 2))),
	    MLS_E_EXTENSION_DATA_MALFORMED);
	refused_both(&p, propose_extensions(&p, extension(&p,
	    MLS_EXT_APPLICATION_ID, mls__buf("\1a", 2))),
	    MLS_E_EXTENSION_WRONG_PLACE);
	party_free(&p);
}

Test(prop, PROP_14_update_by_committer)
{
	struct mls_buf ref;
	PARTY(p);

	refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_update(&p, 1,
	    NULL)), MLS_E_UPDATE_BY_COMMITTER);
	ref = cache(&p, 1, propose_update(&p, 1, NULL));
	refused(&p, &p.m[0], commit_refs(&p, 1, ref, NO_OCTETS),
	    MLS_E_UPDATE_BY_COMMITTER);
	ref = cache(&p, 2, propose_update(&p, 2, NULL));
	accepted(&p, &p.m[0], commit_refs(&p, 1, ref, NO_OCTETS));
	party_free(&p);
}

Test(prop, PROP_15_remove_of_committer)
{
	struct mls_buf ref;
	PARTY(p);

	refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_remove(&p, 1)),
	    MLS_E_REMOVE_OF_COMMITTER);
	ref = cache(&p, 2, propose_remove(&p, 1));
	refused(&p, &p.m[0], commit_refs(&p, 1, ref, NO_OCTETS),
	    MLS_E_REMOVE_OF_COMMITTER);
	party_free(&p);
}

Test(prop, PROP_16_leaf_changed_twice)
{
	struct mls_buf a, b, rm;
	PARTY(p);

	rm = propose_remove(&p, 2);
	refused(&p, &p.m[0], commit_of(&p, 1, 2, rm, rm),
	    MLS_E_LEAF_CHANGED_TWICE);
	a = cache(&p, 2, propose_update(&p, 2, NULL));
	b = cache(&p, 2, propose_update(&p, 2, NULL));
	refused(&p, &p.m[0], commit_refs(&p, 2, a, b),
	    MLS_E_LEAF_CHANGED_TWICE);
	refused(&p, &p.m[0], commit_mixed(&p, a, rm),
	    MLS_E_LEAF_CHANGED_TWICE);
	b = cache(&p, 3, rm);
	refused(&p, &p.m[0], commit_refs(&p, 2, a, b),
	    MLS_E_LEAF_CHANGED_TWICE);
	refused(&p, &p.m[0], commit_mixed(&p, b, rm),
	    MLS_E_LEAF_CHANGED_TWICE);
	accepted(&p, &p.m[0], commit_mixed(&p, a, propose_remove(&p, 3)));
	party_free(&p);
}

static void
other_identity(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->credential.raw = mls__buf("\0\1\5other", 8);
}

static void
same_key(struct party *p, struct mls_leaf *l)
{
	other_identity(p, l);
	l->signature_key = mls__key_public(p->leaf_key);
}

static void
same_key_own_name(struct party *p, struct mls_leaf *l)
{
	l->signature_key = mls__key_public(p->leaf_key);
}

Test(prop, PROP_17_duplicate_add)
{
	struct package_spec other = { .leaf = other_identity };
	struct mls_buf a, b;
	PARTY(p);

	a = good_add(&p);
	refused(&p, &p.m[0], commit_of(&p, 1, 2, a, good_add(&p)),
	    MLS_E_DUPLICATE_ADD);
	b = propose_add(&p, forge_package(&p, 4, &other));
	accepted(&p, &p.m[0], commit_of(&p, 1, 2, a, b));
	/* one key, two names */
	must(mls__key_generate_sign((struct mls_privkey **)(uintptr_t)
	    &p.leaf_key, p.m[0].group->suite));
	other.leaf = same_key;
	b = propose_add(&p, forge_package(&p, 4, &other));
	other.leaf = same_key_own_name;
	a = propose_add(&p, forge_package(&p, 4, &other));
	refused(&p, &p.m[0], commit_of(&p, 1, 2, a, b),
	    MLS_E_DUPLICATE_ADD);
	a = cache(&p, 2, a);
	refused(&p, &p.m[0], commit_mixed(&p, a, b), MLS_E_DUPLICATE_ADD);
	mls__key_free((struct mls_privkey *)(uintptr_t)p.leaf_key);
	party_free(&p);
}

Test(prop, PROP_18_add_existing_member)
{
	struct package_spec spec = { 0 };
	struct mls_buf add;
	PARTY(p);

	add = propose_add(&p, forge_package(&p, 2, &spec));
	refused(&p, &p.m[0], commit_of(&p, 1, 1, add),
	    MLS_E_ADD_EXISTING_MEMBER);
	add = cache(&p, 3, add);
	refused(&p, &p.m[0], commit_refs(&p, 1, add, NO_OCTETS),
	    MLS_E_ADD_EXISTING_MEMBER);
	accepted(&p, &p.m[0], commit_mixed(&p, add, propose_remove(&p, 2)));
	party_free(&p);
}

/* Where that is wanted, a user has several clients; a key still has one. */
Test(prop, PROP_17_18_shared_identity)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct package_spec own = { 0 }, spec = { .leaf = same_key_own_name };
	struct mls_buf a, b;
	struct party p;

	policy.tolerate = MLS_TOLERATE_SHARED_IDENTITY;
	party_new(&p, &policy, 4);
	a = propose_add(&p, forge_package(&p, 2, &own));
	b = propose_add(&p, forge_package(&p, 2, &own));
	accepted(&p, &p.m[0], commit_of(&p, 1, 2, a, b));
	accepted(&p, &p.m[0], commit_mixed(&p, cache(&p, 3, a), b));
	must(mls__key_generate_sign((struct mls_privkey **)(uintptr_t)
	    &p.leaf_key, p.s));
	a = propose_add(&p, forge_package(&p, 4, &spec));
	b = propose_add(&p, forge_package(&p, 2, &spec));
	refused(&p, &p.m[0], commit_of(&p, 1, 2, a, b),
	    MLS_E_DUPLICATE_ADD);
	mls__key_free((struct mls_privkey *)(uintptr_t)p.leaf_key);
	p.leaf_key = p.m[3].group->state->sign_key;
	refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_add(&p,
	    forge_package(&p, 4, &spec))), MLS_E_ADD_EXISTING_MEMBER);
	p.leaf_key = NULL;
	party_free(&p);
}

Test(prop, PROP_20_multiple_gce)
{
	struct mls_buf a, ref;
	PARTY(p);

	a = propose_extensions(&p, NO_OCTETS);
	refused(&p, &p.m[0], commit_of(&p, 1, 2, a, a), MLS_E_MULTIPLE_GCE);
	ref = cache(&p, 2, a);
	refused(&p, &p.m[0], commit_mixed(&p, ref, a), MLS_E_MULTIPLE_GCE);
	accepted(&p, &p.m[0], commit_refs(&p, 1, ref, NO_OCTETS));
	party_free(&p);
}

Test(prop, PROP_21_reinit_not_alone)
{
	struct mls_reinit reinit = { text("next"), 1, 1, { NULL, 0 } };
	struct mls_writer w = { 0 };
	struct mls_buf r;
	PARTY(p);

	mls__proposal_write_reinit(&w, &reinit);
	r = keep_writer(&p, &w);
	refused(&p, &p.m[0], commit_of(&p, 1, 2, r, good_add(&p)),
	    MLS_E_REINIT_NOT_ALONE);
	refused(&p, &p.m[0], commit_of(&p, 1, 2, r, r),
	    MLS_E_REINIT_NOT_ALONE);
	party_free(&p);
}

static void
lists_it(struct party *p, struct mls_leaf *l)
{
	l->capabilities.extensions = keep(p, mls__buf("\xf0\1", 2));
}

static void
lists_nothing(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->capabilities.extensions = NO_OCTETS;
}

Test(prop, PROP_22_new_extensions_unsupported)
{
	static const uint16_t types[] = { 0xf001 };
	struct mls_policy policy = MLS_POLICY_INIT;
	struct package_spec lacking = { .leaf = lists_nothing };
	struct package_spec having = { .leaf = lists_it };
	struct commit_spec spec = { .n = 1, .leaf = lists_nothing };
	struct mls_buf gce, add;
	struct forge f;
	struct party p;

	policy.extensions = types;
	policy.n_extensions = 1;
	party_new(&p, &policy, 4);
	gce = propose_extensions(&p, extension(&p, 0xf001, text("x")));
	add = propose_add(&p, forge_package(&p, 4, &lacking));
	refused(&p, &p.m[0], commit_of(&p, 1, 2, gce, add),
	    MLS_E_NEW_EXTENSIONS_UNSUPPORTED);
	refused(&p, &p.m[0], commit_of(&p, 1, 2, add, gce),
	    MLS_E_NEW_EXTENSIONS_UNSUPPORTED);
	accepted(&p, &p.m[0], commit_of(&p, 1, 2, propose_add(&p,
	    forge_package(&p, 4, &having)), gce));
	refused(&p, &p.m[0], commit_mixed(&p, cache(&p, 2, propose_update(
	    &p, 2, lists_nothing)), gce), MLS_E_NEW_EXTENSIONS_UNSUPPORTED);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	spec.values[0] = gce;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_NEW_EXTENSIONS_UNSUPPORTED);
	/* A defect of its own keeps its name beside new extensions. */
	spec.leaf = lists_it;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	spec.leaf = other_identity;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

Test(prop, WIRE_18_unknown_proposal_type)
{
	PARTY(p);

	refused_both(&p, keep(&p, mls__buf("\xf0\1x", 3)),
	    MLS_E_UNKNOWN_PROPOSAL_TYPE);
	refused_both(&p, keep(&p, mls__buf("\x0a\x0ax", 3)),
	    MLS_E_UNKNOWN_PROPOSAL_TYPE);
	party_free(&p);
}

Test(prop, LIMIT_05_cache_full)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_intent intent = { .type = MLS_EFFECT_REMOVE, .leaf = 3 };
	struct mls_bytes b;
	mls_change *c;
	struct party p;

	policy.max_proposals = 32; /* two of one sender */
	party_new(&p, &policy, 4);
	cache(&p, 1, propose_remove(&p, 2));
	cache(&p, 1, propose_remove(&p, 3));
	refused(&p, &p.m[0], proposal_of(&p, 1, good_add(&p)),
	    MLS_E_PROPOSAL_CACHE_FULL);
	accepted(&p, &p.m[0], proposal_of(&p, 2, good_add(&p)));
	/* and what others would refuse is not made */
	must_fail(mls_group_make_proposal(&c, p.m[1].group, &intent, NULL),
	    MLS_E_PROPOSAL_CACHE_FULL);
	must(mls_group_make_proposal(&c, p.m[2].group, &intent, NULL));
	must(mls_change_release(&b, c));
	mls_change_drop(c);
	mls_bytes_free(&b);
	party_free(&p);
}

/* Several are judged before any is applied. */
Test(prop, LIMIT_05_cache_full_once_applied)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_buf message[3], store;
	struct party p;
	mls_change *c[3];
	size_t i;

	policy.max_proposals = 32; /* two of one sender */
	party_new(&p, &policy, 4);
	message[0] = proposal_of(&p, 1, propose_remove(&p, 2));
	message[1] = proposal_of(&p, 1, propose_remove(&p, 3));
	message[2] = proposal_of(&p, 1, good_add(&p));
	for (i = 0; i < 3; i++)
		must(mls_group_process(&c[i], p.m[0].group, message[i]));
	must(mls_change_apply(c[0]));
	must(mls_change_apply(c[1]));
	store = party_store(&p, &p.m[0]);
	must_fail(mls_change_apply(c[2]), MLS_E_PROPOSAL_CACHE_FULL);
	cr_expect(mls__equal(store, party_store(&p, &p.m[0])));
	for (i = 0; i < 3; i++)
		mls_change_drop(c[i]);
	party_free(&p);
}

Test(prop, PROP_29_own_update_key_missing)
{
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_bytes b;
	struct mls_buf ref;
	mls_change *c;
	PARTY(p);

	o.framing = MLS_FRAMING_PUBLIC;
	must(mls_group_make_proposal(&c, p.m[0].group, &update, &o));
	must(mls_change_release(&b, c));
	mls_change_drop(c);
	take(&p.m[1], octets(&b));
	mls_bytes_free(&b);
	ref = last_ref(&p.m[1]);
	accepted(&p, &p.m[0], commit_refs(&p, 1, ref, NO_OCTETS));
	/* One that another handle of our keys has made. */
	ref = cache(&p, 0, propose_update(&p, 0, NULL));
	refused(&p, &p.m[0], commit_refs(&p, 1, ref, NO_OCTETS),
	    MLS_E_OWN_UPDATE_KEY_MISSING);
	party_free(&p);
}

Test(prop, LIMIT_04_too_many_proposals)
{
	struct commit_spec spec = { .n = 5 };
	struct party p;
	struct forge f;
	size_t i;

	party_new(&p, NULL, 4);
	for (i = 0; i < 5; i++)
		spec.values[i] = propose_extensions(&p, NO_OCTETS);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_MULTIPLE_GCE);
	p.context->policy.max_members = 4;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_TOO_MANY_PROPOSALS);
	party_free(&p);
}
