/* SPDX-License-Identifier: MIT */
/* CRED: the application judges credentials (RFC 9420 §5.3). */
#include "rules/forge.h"

static int refuse_at, refuse_previous;

static int
judge(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	(void)identity;
	return where == refuse_at && (previous != NULL) == refuse_previous;
}

static void
party_judged(struct party *p)
{
	struct mls_policy policy = MLS_POLICY_INIT;

	refuse_at = 0;
	policy.credential = judge;
	party_new(p, &policy, 3);
}

static void
rename_me(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->credential.raw = mls__buf("\0\1\4eve!", 7);
}

Test(credential, CRED_01_rejected)
{
	struct mls_intent intent = { .type = MLS_EFFECT_ADD };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct package_spec good = { 0 };
	struct mls_bytes kp, message, welcome;
	struct mls_buf add;
	mls_change *c;
	struct party p;

	party_judged(&p);
	add = propose_add(&p, forge_package(&p, 3, &good));
	accepted_both(&p, add);
	refuse_at = MLS_AT_ADD;
	refused_both(&p, add, MLS_E_CREDENTIAL_REJECTED);
	/* made, too; and in the tree of a group being joined */
	kp = make_package(&p.m[3], 1);
	intent.key_package = octets(&kp);
	o.intents = &intent;
	o.n_intents = 1;
	must_fail(mls_group_make_proposal(&c, p.m[0].group, &intent, NULL),
	    MLS_E_CREDENTIAL_REJECTED);
	must_fail(mls_group_make_commit(&c, p.m[0].group, &o),
	    MLS_E_CREDENTIAL_REJECTED);
	refuse_at = MLS_AT_JOIN;
	must(mls_group_commit(&message, &welcome, p.m[0].group, &o));
	must_fail(mls_group_join(&c, p.m[3].client, octets(&welcome),
	    NO_OCTETS), MLS_E_CREDENTIAL_REJECTED);
	refuse_at = 0;
	join(&p.m[3], octets(&welcome)); /* KP-14 */
	mls_bytes_free(&kp);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	party_free(&p);
}

Test(credential, CRED_02_successor)
{
	struct commit_spec spec = { .leaf = rename_me };
	struct forge f;
	struct party p;

	party_judged(&p);
	refuse_previous = 1;
	refuse_at = MLS_AT_UPDATE;
	refused(&p, &p.m[0], proposal_of(&p, 1, propose_update(&p, 1,
	    rename_me)), MLS_E_CREDENTIAL_SUCCESSOR_REJECTED);
	/* what is not new is not asked about */
	accepted(&p, &p.m[0], proposal_of(&p, 1, propose_update(&p, 1,
	    NULL)));
	refuse_at = MLS_AT_COMMIT;
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CREDENTIAL_SUCCESSOR_REJECTED);
	refuse_at = 0;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	refuse_previous = 0;
	party_free(&p);
}

Test(credential, CRED_03_external_sender)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct mls_writer w = { 0 };
	struct mls_buf list;
	size_t at;
	mls_group *g;
	struct party p;

	party_judged(&p);
	at = mls__write_open(&w);
	mls__write_opaque(&w, mls__key_public(
	    p.m[1].group->state->sign_key));
	mls__write_bytes(&w, mls__buf("\0\1\6server", 9));
	mls__write_close(&w, at);
	list = extension(&p, MLS_EXT_EXTERNAL_SENDERS, keep_writer(&p, &w));
	accepted_both(&p, propose_extensions(&p, list));
	refuse_at = MLS_AT_EXTERNAL_SENDER;
	refused_both(&p, propose_extensions(&p, list),
	    MLS_E_EXTERNAL_SENDER_CREDENTIAL_REJECTED);
	o.extensions = list;
	must_fail(mls_group_create(&g, p.m[3].client, &o),
	    MLS_E_EXTERNAL_SENDER_CREDENTIAL_REJECTED);
	party_free(&p);
}

Test(credential, CRED_04_validator_missing)
{
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	mls_context *context;
	struct member m;

	o.no_files = 1;
	o.provider_dir = getenv("MLS_TEST_PROVIDERDIR");
	o.config_text = "[route]\ncrypto = openssl\nkeystore = memory\n";
	must(mls_context_new(&context, &o));
	m = make_member(context, "alice");
	must_fail(mls_group_create(&m.group, m.client, NULL),
	    MLS_E_CREDENTIAL_VALIDATOR_MISSING);
	close_member(&m);
	mls_context_free(context);
}
