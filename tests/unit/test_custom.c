/* SPDX-License-Identifier: MIT */
/* RFC 9420 §13: proposals, extensions and credentials of the application. */
#include "three.h"

#include "certificate.h"

#define NOTE 0xf100  /* any member may propose it, but "no" */
#define RANK 0xf101  /* one octet; needs no path; external, too */
#define LABEL 0xf200 /* an extension; its data is "label..." */
#define BADGE 0xf300 /* a credential */

static struct three t;
static struct {
	int applied;
	uint16_t type;
	char body[16];
	uint64_t epoch;
} seen;

static int
rank_read(void *payload, uint16_t type, struct mls_buf in, size_t *length)
{
	(void)payload;
	cr_expect_eq(type, RANK);
	*length = 1;
	return in.len < 1 || in.data[0] > 9;
}

static int
note_judge(void *payload, const struct mls_effect *effect)
{
	(void)payload;
	cr_expect_eq(effect->type, MLS_EFFECT_CUSTOM);
	cr_expect_eq(effect->by, MLS_BY_MEMBER);
	return effect->body.len == 3 && memcmp(effect->body.data, "\2no",
	    3) == 0;
}

static void
note_apply(void *payload, mls_group *group, const struct mls_effect *effect)
{
	struct mls_group_info_view v = MLS_GROUP_INFO_VIEW_INIT;

	(void)payload;
	must(mls_group_info(&v, group));
	seen.applied++;
	seen.type = effect->proposal_type;
	seen.epoch = v.epoch;
	cr_assert_lt(effect->body.len, sizeof(seen.body));
	memcpy(seen.body, effect->body.data, effect->body.len);
}

static int
label_check(void *payload, uint16_t type, int place, struct mls_buf data)
{
	(void)payload;
	cr_expect_eq(type, LABEL);
	cr_expect(place == MLS_IN_LEAF || place == MLS_IN_GROUP_CONTEXT ||
	    place == MLS_IN_KEY_PACKAGE);
	return data.len < 5 || memcmp(data.data, "label", 5) != 0;
}

static const struct mls_custom_proposal customs[] = {
	{ .type = NOTE, .judge = note_judge, .apply = note_apply },
	{ .type = RANK, .flags = MLS_CUSTOM_NO_PATH | MLS_CUSTOM_EXTERNAL |
	    MLS_CUSTOM_EXTERNAL_COMMIT, .read = rank_read },
};
static const uint16_t labels[] = { LABEL };
static const uint16_t badges[] = { MLS_CREDENTIAL_X509, BADGE };

static struct mls_policy
policy(void)
{
	struct mls_policy p = MLS_POLICY_INIT;

	p.proposals = customs;
	p.n_proposals = 2;
	p.extensions = labels;
	p.n_extensions = 1;
	p.extension = label_check;
	p.credentials = badges;
	p.n_credentials = 2;
	p.external = MLS_EXTERNAL_JOIN;
	return p;
}

static void
set_up(void)
{
	struct mls_policy p = policy();

	memset(&seen, 0, sizeof(seen));
	three_open(&t, &p);
}

static void
tear_down(void)
{
	three_close(&t);
}

TestSuite(custom, .init = set_up, .fini = tear_down);

static struct mls_intent
note(const char *body)
{
	struct mls_intent v = { .type = MLS_EFFECT_CUSTOM,
		.proposal_type = NOTE, .body = text(body) };

	return v;
}

static struct mls_intent
rank(const char *body)
{
	struct mls_intent v = { .type = MLS_EFFECT_CUSTOM,
		.proposal_type = RANK, .body = text(body) };

	return v;
}

Test(custom, by_value_and_by_reference)
{
	struct member *all[] = { &t.alice, &t.bob, &t.carol };
	struct mls_intent v[2] = { note("\5hello"), rank("\7") };
	const struct mls_summary *s;
	struct mls_bytes proposal, message;
	mls_change *c;

	three_meet(&t, 1, "group");
	must(mls_group_make_proposal(&c, t.bob.group, &v[0], NULL));
	must(mls_change_release(&proposal, c));
	mls_change_drop(c);
	to(proposal, &t.alice, &t.carol);
	cr_expect_eq(seen.applied, 0);
	message = commit(&t.alice, &v[1], 1, NULL);
	cr_expect_eq(seen.applied, 1);
	must(mls_group_process(&c, t.carol.group, octets(&message)));
	s = mls_change_summary(c);
	cr_assert_eq(s->n_effects, 3); /* with the path */
	cr_expect_eq(seen.applied, 1);
	must(mls_change_apply(c));
	mls_change_drop(c);
	cr_expect_eq(seen.applied, 2);
	cr_expect_eq(seen.type, NOTE);
	cr_expect_str_eq(seen.body, "\5hello");
	cr_expect_eq(seen.epoch, 2);
	to(message, &t.bob, NULL);
	cr_expect_eq(seen.applied, 3);
	go_on(all, 3);
}

/* By the flags of the type. */
Test(custom, COMMIT_02_path_or_none)
{
	struct mls_intent v = rank("\3");
	struct mls_bytes message;
	mls_change *c;

	two_meet(&t, 1, "group");
	message = commit(&t.alice, &v, 1, NULL);
	must(mls_group_process(&c, t.bob.group, octets(&message)));
	cr_assert_eq(mls_change_summary(c)->n_effects, 1);
	cr_expect_eq(mls_change_summary(c)->effects[0].type,
	    MLS_EFFECT_CUSTOM);
	cr_expect_eq(mls_change_summary(c)->effects[0].body.len, 1);
	must(mls_change_apply(c));
	mls_change_drop(c);
	mls_bytes_free(&message);
	v = note("\1a");
	message = commit(&t.alice, &v, 1, NULL);
	must(mls_group_process(&c, t.bob.group, octets(&message)));
	cr_expect_eq(mls_change_summary(c)->n_effects, 2);
	mls_change_drop(c);
	mls_bytes_free(&message);
}

/* What the callbacks refuse is not made either. */
Test(custom, PROP_30_WIRE_18_refused_by_the_application)
{
	struct mls_intent v[] = { note("\2no"), note("\5four"), rank("\12"),
		rank("\1\1"), rank(""), note("") };
	mls_change *c;
	size_t i;

	two_meet(&t, 1, "group");
	must_fail(mls_group_make_proposal(&c, t.bob.group, &v[0], NULL),
	    MLS_E_POLICY_REJECTED);
	for (i = 1; i < sizeof(v) / sizeof(*v); i++)
		cr_expect_neq(mls_group_make_proposal(&c, t.bob.group, &v[i],
		    NULL), 0, "%zu", i);
	v[0].proposal_type = 0xf102;
	must_fail(mls_group_make_proposal(&c, t.bob.group, &v[0], NULL),
	    MLS_E_UNKNOWN_PROPOSAL_TYPE);
}

/* Of three, one knows nothing of it; once she goes, it may pass, also
 * by the commit that removes her. */
Test(custom, PROP_13_all_must_support_it)
{
	struct mls_policy plain = MLS_POLICY_INIT;
	mls_context *other = open_context(&plain);
	struct member dave = make_member(other, "Dave");
	struct mls_intent v[2] = { note("\5hello"),
		{ .type = MLS_EFFECT_REMOVE, .leaf = 2 } };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes welcome, message;
	mls_change *c;

	make_group(&t.alice, 1, "group");
	welcome = add(&t.alice, &t.bob, &dave, 1);
	join(&t.bob, octets(&welcome));
	join(&dave, octets(&welcome));
	o.intents = v;
	o.n_intents = 1;
	must_fail(mls_group_make_commit(&c, t.alice.group, &o),
	    MLS_E_PROPOSAL_TYPE_UNSUPPORTED);
	message = commit(&t.alice, v, 2, NULL);
	to(message, &t.bob, NULL);
	agree(&t.alice, &t.bob);
	cr_expect_eq(seen.applied, 2);
	mls_bytes_free(&welcome);
	close_member(&dave);
	mls_context_free(other);
}

/* MLS_CUSTOM_EXTERNAL_COMMIT: one type may come in with a joiner. */
Test(custom, EXT_05_in_an_external_commit)
{
	struct member dave = make_member(t.context, "Dave");
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct mls_intent v = rank("\3");
	struct mls_bytes group_info, message;
	mls_change *c;

	two_meet(&t, 1, "group");
	must(mls_group_publish(&group_info, t.alice.group, 0));
	o.intents = &v;
	o.n_intents = 1;
	must(mls_group_join_external(&c, t.carol.client, octets(&group_info),
	    NO_OCTETS, &o));
	must(mls_change_release(&message, c));
	must(mls_change_apply(c));
	must(mls_change_group(&t.carol.group, c));
	mls_change_drop(c);
	must(mls_group_process(&c, t.alice.group, octets(&message)));
	cr_expect_eq(mls_change_summary(c)->n_effects, 2);
	mls_change_drop(c);
	to(message, &t.alice, &t.bob);
	agree(&t.alice, &t.carol);
	v = note("\1a");
	must_fail(mls_group_join_external(&c, dave.client,
	    octets(&group_info), NO_OCTETS, &o),
	    MLS_E_EXTERNAL_COMMIT_PROPOSAL_TYPE);
	close_member(&dave);
	mls_bytes_free(&group_info);
}

/* The data of an extension is what the application says. */
Test(custom, WIRE_23_extensions_are_looked_at)
{
	static const char good[] = "\xf2\0\6label1", bad[] = "\xf2\0\3lab";
	struct mls_group_options g = MLS_GROUP_OPTIONS_INIT;
	struct mls_key_package_options k = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_buf right = { (const uint8_t *)good, sizeof(good) - 1 };
	struct mls_buf wrong = { (const uint8_t *)bad, sizeof(bad) - 1 };
	struct mls_bytes package;

	g.extensions = wrong;
	must_fail(mls_group_create(&t.alice.group, t.alice.client, &g),
	    MLS_E_EXTENSION_DATA_MALFORMED);
	k.leaf_extensions = wrong;
	must_fail(mls_key_package_new(&package, t.bob.client, &k),
	    MLS_E_EXTENSION_DATA_MALFORMED);
	g.extensions = right;
	g.leaf_extensions = right;
	must(mls_group_create(&t.alice.group, t.alice.client, &g));
	k.leaf_extensions = right;
	k.extensions = right;
	must(mls_key_package_new(&package, t.bob.client, &k));
	mls_bytes_free(&package);
}

/* What cannot be told from ours, or from nobody's, is no type to register. */
Test(custom, WIRE_29_types_that_are_taken)
{
	static const uint16_t types[] = { 0, 1, 7, 0x0a0a, 0xeaea };
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_custom_proposal one = { 0 };
	struct mls_policy p = MLS_POLICY_INIT;
	uint16_t credential = MLS_CREDENTIAL_BASIC;
	mls_context *c;
	size_t i;

	o.policy = &p;
	o.no_files = 1;
	p.proposals = &one;
	p.n_proposals = 1;
	for (i = 0; i < sizeof(types) / sizeof(*types); i++) {
		one.type = types[i];
		must_fail(mls_context_new(&c, &o), types[i] < 8 ?
		    MLS_E_ARGUMENT : MLS_E_GREASE_IN_CLOSED_FIELD);
	}
	one.type = 0x000a;
	p.drafts = MLS_DRAFT_SELF_REMOVE;
	must_fail(mls_context_new(&c, &o), MLS_E_ARGUMENT);
	p.n_proposals = 0;
	p.credentials = &credential;
	p.n_credentials = 1;
	must_fail(mls_context_new(&c, &o), MLS_E_ARGUMENT);
}

/* A member with a credential of another type, whose octets come back
 * to the application as they were. */
static void
meet_with_credential(uint16_t type, struct mls_buf body)
{
	struct member *both[] = { &t.alice, &t.bob };
	struct mls_identity who;

	must(mls_client_set_credential(t.bob.client, type, body));
	two_meet(&t, 1, "group");
	must(mls_group_member(&who, t.alice.group, 1));
	cr_expect_eq(who.credential_type, type);
	cr_assert_eq(who.identity.len, body.len);
	cr_expect(memcmp(who.identity.data, body.data, body.len) == 0);
	go_on(both, 2);
}

Test(custom, credential_of_another_type)
{
	meet_with_credential(BADGE, text("\3abc"));
}

/* A chain, for the key that the client has from then on; and another key. */
Test(custom, CRED_07_credential_x509)
{
	uint8_t chain[1024], *one = chain + 2;
	struct mls_buf body = { chain, 0 };
	struct mls_bytes key, b;
	size_t n;

	must(mls_client_signature_key(&key, t.bob.client, 1, NO_OCTETS));
	n = certificate(one, key.data, key.len);
	cr_assert(n > 63 && n < 256);
	chain[0] = 0x40;
	chain[1] = (uint8_t)n;
	memcpy(chain + 2 + n, chain, 2 + n);
	body.len = 2 * (2 + n);
	meet_with_credential(MLS_CREDENTIAL_X509, body);
	chain[2 + n - 7] ^= 1; /* the last octet of its key */
	must(mls_client_set_credential(t.bob.client, MLS_CREDENTIAL_X509,
	    body));
	must_fail(mls_key_package_new(&b, t.bob.client, NULL),
	    MLS_E_X509_KEY_MISMATCH);
	mls_bytes_free(&key);
}

Test(custom, credentials_that_are_none)
{
	static const char *const chains[] = { "", "\2ab\1", "\3ab" };
	mls_client *b = t.bob.client;
	size_t i;

	must_fail(mls_client_set_credential(b, 0xf301, text("\1a")),
	    MLS_E_UNKNOWN_CREDENTIAL_TYPE);
	must_fail(mls_client_set_credential(b, BADGE, text("\2a")),
	    MLS_E_VECTOR_OVERRUNS_INPUT);
	must_fail(mls_client_set_credential(b, BADGE, text("\1ab")),
	    MLS_E_TRAILING_BYTES);
	for (i = 0; i < sizeof(chains) / sizeof(*chains); i++)
		cr_expect_neq(mls_client_set_credential(b,
		    MLS_CREDENTIAL_X509, text(chains[i])), 0, "%zu", i);
}
