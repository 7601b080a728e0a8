/* SPDX-License-Identifier: MIT */
/* EXT: external commits (RFC 9420 §12.4.3.2). */
#include "rules/forge.h"

static int refuse_at; /* MLS_AT_* */
static size_t asked; /* of joiners */

static int
judge(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	(void)identity;
	(void)previous;
	asked += where == MLS_AT_EXTERNAL_JOIN || where == MLS_AT_RESYNC;
	return where == refuse_at;
}

static void
party_open(struct party *p, uint32_t external)
{
	struct mls_policy policy = MLS_POLICY_INIT;

	refuse_at = 0;
	policy.credential = judge;
	policy.external = external;
	party_new(p, &policy, 4);
}

/* A joining commit; spec.values[0] is its ExternalInit. */
#define JOINER(p, f, spec) \
	struct commit_spec spec = { .n = 1 }; \
	struct party p; \
	struct forge f; \
	party_open(&p, MLS_EXTERNAL_JOIN | MLS_EXTERNAL_RESYNC); \
	forge_joiner(&f, &p, 1); \
	spec.values[0] = external_init(&f)

static const char *as_whom;

static void
take_name(struct party *p, struct mls_leaf *l)
{
	struct mls_writer w = { 0 };

	mls__write_u16(&w, MLS_CRED_BASIC);
	mls__write_opaque(&w, text(as_whom));
	l->credential.raw = keep_writer(p, &w);
}

Test(external, EXT_01_no_path)
{
	JOINER(p, f, spec);

	spec.pathless = true;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_COMMIT_NO_PATH);
	spec.pathless = false;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

Test(external, EXT_02_03_one_external_init)
{
	JOINER(p, f, spec);

	spec.n = 0;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_INIT_MISSING);
	spec.n = 2;
	spec.values[1] = external_init(&f);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_INIT_REPEATED);
	spec.n = 1;
	spec.values[0] = spec.values[1];
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

Test(external, EXT_04_removes)
{
	JOINER(p, f, spec);

	spec.n = 3;
	spec.values[1] = propose_remove(&p, 2);
	spec.values[2] = propose_remove(&p, 3);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_COMMIT_REMOVES);
	spec.n = 2;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

Test(external, EXT_05_PROP_06_proposal_types)
{
	struct mls_reinit reinit = { text("next"), 1, 1, { NULL, 0 } };
	struct mls_psk_id psk = { .type = MLS_PSK_EXTERNAL,
		.id = text("psk") };
	struct mls_buf bad[4];
	size_t i;
	JOINER(p, f, spec);

	bad[0] = good_add(&p);
	bad[1] = propose_update(&p, 1, NULL);
	bad[2] = propose_extensions(&p, NO_OCTETS);
	bad[3] = propose_reinit(&p, &reinit);
	spec.n = 2;
	for (i = 0; i < 4; i++) {
		spec.values[1] = bad[i];
		refused(&p, &p.m[0], forge_commit(&f, &spec),
		    MLS_E_EXTERNAL_COMMIT_PROPOSAL_TYPE);
	}
	psk.nonce = nonce(&p, 1);
	spec.values[1] = propose_psk(&p, &psk);
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_PSK_UNAVAILABLE);
	for (i = 0; i < 2; i++)
		must(mls_psk_put(p.m[i].client, text("psk"), text("value")));
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	psk.nonce.len--;
	spec.values[1] = propose_psk(&p, &psk);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PSK_NONCE_LENGTH);
	party_free(&p);
}

Test(external, EXT_06_reference)
{
	JOINER(p, f, spec);

	spec.refs[0] = cache(&p, 2, propose_remove(&p, 3));
	spec.n_refs = 1;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_COMMIT_REFERENCE);
	spec.n_refs = 0;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

Test(external, EXT_07_signature)
{
	JOINER(p, f, spec);

	f.key = p.m[2].group->state->sign_key;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_COMMIT_SIGNATURE);
	f.key = p.stranger_key;
	f.context = flipped(&p, f.context, -1);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_COMMIT_SIGNATURE);
	f.context = p.m[1].group->state->context.raw;
	f.on_signature = hook_flip;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_COMMIT_SIGNATURE);
	f.on_signature = NULL;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

/* The joiner signs for the place that it gets: behind the others, or where the
 * commit makes room. */
Test(external, EXT_08_LEAF_02_place)
{
	struct mls_identity there;
	JOINER(p, f, spec);

	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	spec.sign_as = 4 + 2;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_LEAF_GROUP_SIGNATURE);
	spec.n = 2;
	spec.values[1] = propose_remove(&p, 2);
	spec.sign_as = 4 + 1;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_LEAF_GROUP_SIGNATURE);
	spec.sign_as = 0;
	take(&p.m[0], forge_commit(&f, &spec));
	must(mls_group_member(&there, p.m[0].group, 2));
	cr_assert(mls__equal(there.signature_key,
	    mls__key_public(p.stranger_key)));
	party_free(&p);
}

Test(external, EXT_09_13_resync)
{
	JOINER(p, f, spec);

	spec.n = 2;
	spec.values[1] = propose_remove(&p, 3);
	/* who is removed is another, or said to be one */
	refuse_at = MLS_AT_RESYNC;
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_RESYNC_IDENTITY);
	refuse_at = 0;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	take(&p.m[3], forge_commit(&f, &spec));
	cr_assert_eq(info(&p.m[3]).active, 0);
	party_free(&p);
}

static struct mls_buf kept_key;

static void
keep_key(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->encryption_key = kept_key;
}

Test(external, EXT_10_resync_key_unchanged)
{
	JOINER(p, f, spec);

	spec.n = 2;
	spec.values[1] = propose_remove(&p, 3);
	kept_key = keep(&p, mls__key_public(
	    p.m[3].group->state->keys.key[0]));
	spec.leaf = keep_key;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_RESYNC_KEY_UNCHANGED);
	spec.leaf = NULL;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

Test(external, EXT_11_CRYPT_07_external_init)
{
	struct mls_writer w = { 0 };
	uint8_t enc[256] = { 0 };
	struct mls_buf good;
	JOINER(p, f, spec);

	good = spec.values[0];
	mls__proposal_write_external_init(&w, mls__buf(enc, p.s->nenc));
	spec.values[0] = keep_writer(&p, &w);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_INIT_OPEN);
	mls__proposal_write_external_init(&w, mls__buf(enc, p.s->nenc - 1));
	spec.values[0] = keep_writer(&p, &w);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_KEM_OUTPUT_LENGTH);
	spec.values[0] = good;
	/* KS-09: another init secret than the one it brings */
	f.init.data[3] ^= 1;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CONFIRMATION_TAG_INVALID);
	f.init.data[3] ^= 1;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

/* The stranger has the signature key of a member. */
static void
sign_as_carol(struct party *p, struct forge *f)
{
	mls__key_free(p->stranger_key);
	p->stranger_key = mls__key_ref(p->m[2].group->state->sign_key);
	p->stranger.signature_key = mls__key_public(p->stranger_key);
	f->key = p->stranger_key;
}

/* By name, and by signature key. */
Test(external, EXT_12_existing_member)
{
	JOINER(p, f, spec);

	as_whom = "carol";
	spec.leaf = take_name;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_JOIN_EXISTING_MEMBER);
	spec.n = 2;
	spec.values[1] = propose_remove(&p, 2);
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	spec.n = 1;
	spec.leaf = NULL;
	sign_as_carol(&p, &f);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_JOIN_EXISTING_MEMBER);
	spec.n = 2;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

Test(external, EXT_12_shared_identity)
{
	JOINER(p, f, spec);

	as_whom = "carol";
	spec.leaf = take_name;
	p.context->policy.tolerate |= MLS_TOLERATE_SHARED_IDENTITY;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	sign_as_carol(&p, &f);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_EXTERNAL_JOIN_EXISTING_MEMBER);
	party_free(&p);
}

Test(external, EXT_14_15_what_the_policy_lets_in)
{
	struct mls_psk_id psk = { .type = MLS_PSK_EXTERNAL,
		.id = text("psk") };
	struct mls_psk_id own = { .type = MLS_PSK_RESUMPTION,
		.usage = MLS_PSK_APPLICATION };
	struct mls_buf join, resync, with_psk, no_proof, elsewhere;
	uint32_t *may;
	size_t i;
	JOINER(p, f, spec);

	may = &p.context->policy.external;
	psk.nonce = own.nonce = nonce(&p, 1);
	own.group_id = text("rules");
	own.epoch = info(&p.m[0]).epoch;
	for (i = 0; i < 2; i++)
		must(mls_psk_put(p.m[i].client, text("psk"), text("value")));
	join = forge_commit(&f, &spec);
	spec.n = 2;
	spec.values[1] = propose_remove(&p, 2);
	resync = forge_commit(&f, &spec);
	spec.n = 3;
	spec.values[2] = propose_psk(&p, &psk);
	no_proof = forge_commit(&f, &spec);
	spec.values[2] = propose_psk(&p, &own);
	with_psk = forge_commit(&f, &spec);
	own.group_id = text("other");
	spec.values[2] = propose_psk(&p, &own);
	elsewhere = forge_commit(&f, &spec);
	*may = 0;
	refused(&p, &p.m[0], join, MLS_E_EXTERNAL_COMMIT_DISALLOWED);
	refused(&p, &p.m[0], resync, MLS_E_EXTERNAL_COMMIT_DISALLOWED);
	*may = MLS_EXTERNAL_JOIN;
	accepted(&p, &p.m[0], join);
	refused(&p, &p.m[0], resync, MLS_E_RESYNC_DISALLOWED);
	*may = MLS_EXTERNAL_RESYNC_PSK;
	refused(&p, &p.m[0], join, MLS_E_EXTERNAL_COMMIT_DISALLOWED);
	refused(&p, &p.m[0], resync, MLS_E_RESYNC_DISALLOWED);
	refused(&p, &p.m[0], no_proof, MLS_E_RESYNC_DISALLOWED);
	refused(&p, &p.m[0], elsewhere, MLS_E_RESYNC_DISALLOWED);
	accepted(&p, &p.m[0], with_psk);
	*may = MLS_EXTERNAL_RESYNC;
	accepted(&p, &p.m[0], resync);
	party_free(&p);
}

static int
is_bob(void *payload, const struct mls_identity *one,
    const struct mls_identity *other)
{
	(void)payload;
	return !mls__equal(one->identity, text("bob")) &&
	    !mls__equal(other->identity, text("bob"));
}

/* The leaf that goes need not know the credential type of the one that comes;
 * a leaf that stays has to. */
Test(external, EXT_21_LEAF_11_resync_with_a_newer_type)
{
	static const uint16_t types[] = { 0xf002 };
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct mls_commit_options co = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent in = { .type = MLS_EFFECT_ADD };
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_bytes b, package, welcome, info_;
	struct member alice, bob, carol;
	mls_context *context;
	mls_change *c;

	policy.external = MLS_EXTERNAL_JOIN | MLS_EXTERNAL_RESYNC;
	policy.credentials = types;
	policy.n_credentials = 1;
	policy.same = is_bob;
	context = open_context(&policy);
	alice = make_member(context, "alice");
	bob = make_member(context, "bob");
	make_group(&alice, suite_asked(), "group");
	context->policy.n_credentials = 0;
	package = make_package(&bob, suite_asked());
	context->policy.n_credentials = 1;
	in.key_package = octets(&package);
	co.intents = &in;
	co.n_intents = 1;
	must(mls_group_commit(&b, &welcome, alice.group, &co));
	must(mls_group_settle(alice.group, 1));
	join(&bob, octets(&welcome));
	must(mls_client_set_credential(bob.client, types[0], text("\3bob")));
	must(mls_group_publish(&info_, alice.group, 0));
	carol = make_member(context, "carol");
	must(mls_client_set_credential(carol.client, types[0],
	    text("\5carol")));
	must_fail(mls_group_join_external(&c, carol.client, octets(&info_),
	    NO_OCTETS, NULL), MLS_E_EXTERNAL_JOIN_INCOMPATIBLE);
	o.resync = 1;
	must(mls_group_join_external(&c, bob.client, octets(&info_),
	    NO_OCTETS, &o));
	mls_bytes_free(&b);
	must(mls_change_release(&b, c));
	mls_change_drop(c);
	must(mls_group_receive(alice.group, octets(&b), NULL, NULL));
	mls_bytes_free(&b);
	mls_bytes_free(&info_);
	mls_bytes_free(&package);
	mls_bytes_free(&welcome);
	close_member(&alice);
	close_member(&bob);
	close_member(&carol);
	mls_context_free(context);
}

/* Leaf and path of a joiner keep the rules of any. */
static void
x509_only(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->capabilities.credentials = mls__buf("\0\2", 2);
}

static void
no_suites(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->capabilities.suites = NO_OCTETS;
}

static void
twice_the_top(struct party *p, struct mls_update_path *path)
{
	(void)p;
	path->nodes[0].key = path->nodes[path->n - 1].key;
}

Test(external, COMMIT_08_10_14_FRAME_09_of_a_joiner)
{
	JOINER(p, f, spec);

	spec.leaf = x509_only;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_LEAF_CREDENTIAL_UNLISTED);
	spec.leaf = no_suites;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_LEAF_GROUP_PARAMETERS_UNLISTED);
	spec.leaf = NULL;
	/* so that there are two nodes */
	spec.n = 2;
	spec.values[1] = propose_remove(&p, 2);
	spec.path = twice_the_top;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_KEY_REPEATED);
	spec.path = NULL;
	f.on_confirmation = hook_flip;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CONFIRMATION_TAG_INVALID);
	f.on_confirmation = hook_empty;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CONFIRMATION_TAG_MISSING);
	f.on_confirmation = NULL;
	refuse_at = MLS_AT_RESYNC;
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_RESYNC_IDENTITY);
	refuse_at = 0;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	spec.n = 1;
	refuse_at = MLS_AT_EXTERNAL_JOIN;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CREDENTIAL_REJECTED);
	party_free(&p);
}

/* Nobody is asked about a leaf that is not the joiner's or not a good one, by a
 * member nor by an observer. */
Test(external, FRAME_19_asked_last)
{
	JOINER(p, f, spec);

	asked = 0;
	spec.sign_as = 4 + 2;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_LEAF_GROUP_SIGNATURE);
	spec.sign_as = 0;
	spec.leaf = no_suites;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_LEAF_GROUP_PARAMETERS_UNLISTED);
	cr_assert_eq(asked, 0);
	spec.leaf = NULL;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	cr_assert_gt(asked, 0);
	party_free(&p);
}

Test(external, LIMIT_02_members)
{
	JOINER(p, f, spec);

	p.context->policy.max_members = 4;
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_TREE_TOO_LARGE);
	spec.n = 2;
	spec.values[1] = propose_remove(&p, 2);
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}
