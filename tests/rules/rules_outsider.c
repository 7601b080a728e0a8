/* SPDX-License-Identifier: MIT */
/* FRAME, EXT: proposals of those who are no members (RFC 9420 §12.1.8), and
 * what our own side refuses to make for them. */
#include "rules/forge.h"

#define NOTE 0xf100 /* members alone may propose it */
#define RANK 0xf101 /* external senders, too */

static const struct mls_custom_proposal customs[] = {
	{ .type = NOTE }, { .type = RANK, .flags = MLS_CUSTOM_EXTERNAL }
};
static int refuse_at; /* MLS_AT_* */

static int
judge(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	(void)identity;
	(void)previous;
	return where == refuse_at;
}

static void
party_open(struct party *p)
{
	struct mls_policy policy = MLS_POLICY_INIT;

	refuse_at = 0;
	policy.credential = judge;
	policy.external = MLS_EXTERNAL_ADD;
	policy.proposals = customs;
	policy.n_proposals = 2;
	party_new(p, &policy, 4);
}

/* The extension with a sender of each of these keys; x509: by chains. */
static struct mls_buf
senders(struct party *p, struct mls_buf a, struct mls_buf b, bool x509)
{
	struct mls_buf key[2] = { a, b };
	struct mls_writer w = { 0 };
	size_t at = mls__write_open(&w), i;

	for (i = 0; i < 2; i++) {
		mls__write_opaque(&w, key[i]);
		if (x509) {
			mls__write_bytes(&w, x509_chain(p, key[i]));
			continue;
		}
		mls__write_u16(&w, MLS_CRED_BASIC);
		mls__write_opaque(&w, text("\1s"));
	}
	mls__write_close(&w, at);
	return extension(p, MLS_EXT_EXTERNAL_SENDERS, keep_writer(p, &w));
}

/* Alice commits one thing, and all take it. */
static void
all_commit(struct party *p, const struct mls_intent *intent)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes b;
	struct mls_buf message;
	size_t i;

	o.intents = intent;
	o.n_intents = 1;
	must(mls_group_commit(&b, NULL, p->m[0].group, &o));
	must(mls_group_settle(p->m[0].group, 1));
	message = keep_bytes(p, b);
	for (i = 1; i < p->n; i++)
		take(&p->m[i], message);
}

/* The outsider is sender 1, Bob's signature key that of sender 0. */
static void
list_senders(struct party *p, struct forge *f)
{
	struct mls_intent in = { .type = MLS_EFFECT_EXTENSIONS };

	in.extensions = senders(p, mls__key_public(
	    p->m[1].group->state->sign_key), mls__key_public(f->key),
	    false);
	all_commit(p, &in);
	f->head.epoch++;
	f->head.sender.index = 1;
}

Test(outsider, FRAME_10_to_13_EXT_16_COMMIT_26_PROP_06_senders)
{
	struct mls_reinit reinit = { text("next"), 1, 1, { NULL, 0 } };
	struct mls_psk_id psk = { .type = MLS_PSK_EXTERNAL,
		.id = text("psk") };
	struct mls_writer w = { 0 };
	struct mls_buf remove_, good[6];
	size_t i;
	struct party p;
	struct forge f;

	party_open(&p);
	forge_proposer(&f, &p, MLS_SENDER_EXTERNAL);
	psk.nonce = nonce(&p, 1);
	remove_ = propose_remove(&p, 2);
	refused(&p, &p.m[0], forge_message(&f, remove_),
	    MLS_E_EXTERNAL_SENDERS_ABSENT);
	list_senders(&p, &f);
	f.head.sender.index = 2;
	refused(&p, &p.m[0], forge_message(&f, remove_),
	    MLS_E_EXTERNAL_SENDER_INDEX);
	f.head.sender.index = 0; /* whose key is another */
	refused(&p, &p.m[0], forge_message(&f, remove_),
	    MLS_E_EXTERNAL_PROPOSAL_SIGNATURE);
	f.head.sender.index = 1;
	f.on_signature = hook_flip;
	refused(&p, &p.m[0], forge_message(&f, remove_),
	    MLS_E_EXTERNAL_PROPOSAL_SIGNATURE);
	f.on_signature = NULL;
	refused(&p, &p.m[0], forge_message(&f, propose_update(&p, 1, NULL)),
	    MLS_E_EXTERNAL_SENDER_PROPOSAL_TYPE);
	refused(&p, &p.m[0], forge_message(&f, external_init(&f)),
	    MLS_E_EXTERNAL_SENDER_PROPOSAL_TYPE);
	refused(&p, &p.m[0], forge_message(&f, keep(&p, mls__buf(
	    "\xf1\0\1x", 4))), MLS_E_EXTERNAL_SENDER_PROPOSAL_TYPE);
	good[0] = remove_;
	good[1] = good_add(&p);
	good[2] = propose_psk(&p, &psk);
	good[3] = propose_extensions(&p, NO_OCTETS);
	good[4] = propose_reinit(&p, &reinit);
	good[5] = keep(&p, mls__buf("\xf1\1\1x", 4));
	for (i = 0; i < 6; i++)
		accepted(&p, &p.m[0], forge_message(&f, good[i]));
	f.head.type = MLS_CONTENT_COMMIT;
	mls__commit_write(&w, NULL, 0, NULL);
	f.body = keep_writer(&p, &w);
	forge_sign(&f);
	refused(&p, &p.m[0], forge_seal(&f, nonce(&p, 1)),
	    MLS_E_EXTERNAL_SENDER_CONTENT);
	party_free(&p);
}

/* Such a proposal, by reference, keeps the rules of lists. */
Test(outsider, PROP_08_15_LIMIT_03_05_by_a_sender)
{
	struct mls_buf ref;
	struct party p;
	struct forge f;
	size_t i;

	party_open(&p);
	forge_proposer(&f, &p, MLS_SENDER_EXTERNAL);
	list_senders(&p, &f);
	refused(&p, &p.m[0], forge_message(&f, propose_remove(&p, 7)),
	    MLS_E_REMOVE_UNKNOWN_LEAF);
	refused(&p, &p.m[0], forge_message(&f, propose_remove(&p,
	    MLS_MAX_LEAVES)), MLS_E_LEAF_INDEX_TOO_LARGE);
	for (i = 0; i < p.n; i++)
		take(&p.m[i], forge_message(&f, propose_remove(&p, 1)));
	ref = keep(&p, last_ref(&p.m[0]));
	refused(&p, &p.m[0], commit_refs(&p, 1, ref, NO_OCTETS),
	    MLS_E_REMOVE_OF_COMMITTER);
	p.context->policy.max_proposals = 16; /* one of one sender */
	refused(&p, &p.m[0], forge_message(&f, propose_remove(&p, 2)),
	    MLS_E_PROPOSAL_CACHE_FULL);
	accepted(&p, &p.m[0], proposal_of(&p, 1, propose_remove(&p, 2)));
	party_free(&p);
}

/* It is bound to no GroupContext: group and epoch alone say what it is for. */
Test(outsider, EXT_20_FRAME_21_group_and_epoch)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct mls_buf message;
	mls_group *sibling, *own;
	struct party p;
	struct forge f;

	party_open(&p);
	forge_proposer(&f, &p, MLS_SENDER_EXTERNAL);
	list_senders(&p, &f);
	f.context = text("no context at all");
	message = forge_message(&f, propose_remove(&p, 2));
	accepted(&p, &p.m[0], message);
	o.suite = p.suite;
	o.group_id = text("sibling");
	must(mls_group_create(&sibling, p.m[0].client, &o));
	own = p.m[0].group;
	p.m[0].group = sibling;
	refused(&p, &p.m[0], message, MLS_E_GROUP_ID_UNKNOWN);
	p.m[0].group = own;
	mls_group_close(sibling);
	f.head.epoch++;
	refused(&p, &p.m[0], forge_message(&f, propose_remove(&p, 2)),
	    MLS_E_HANDSHAKE_EPOCH);
	all_commit(&p, &(struct mls_intent){ .type = MLS_EFFECT_EXTENSIONS });
	refused(&p, &p.m[0], message, MLS_E_HANDSHAKE_EPOCH);
	party_free(&p);
}

static void
of_stranger(struct party *p, struct mls_leaf *l)
{
	l->signature_key = mls__key_public(p->stranger_key);
}

Test(outsider, EXT_17_FRAME_15_16_COMMIT_26_newcomer)
{
	struct package_spec spec = { .leaf = of_stranger };
	struct mls_writer w = { 0 };
	struct mls_buf add;
	struct party p;
	struct forge f;

	party_open(&p);
	forge_proposer(&f, &p, MLS_SENDER_NEW_MEMBER_PROPOSAL);
	p.leaf_key = p.stranger_key;
	add = propose_add(&p, forge_package(&p, p.n, &spec));
	accepted(&p, &p.m[0], forge_message(&f, add));
	p.leaf_key = NULL;
	add = good_add(&p); /* of another key than signs the message */
	refused(&p, &p.m[0], forge_message(&f, add),
	    MLS_E_NEW_MEMBER_PROPOSAL_SIGNATURE);
	refused(&p, &p.m[0], forge_message(&f, propose_remove(&p, 2)),
	    MLS_E_NEW_MEMBER_PROPOSAL_NOT_ADD);
	f.head.type = MLS_CONTENT_COMMIT;
	mls__commit_write(&w, NULL, 0, NULL);
	f.body = keep_writer(&p, &w);
	forge_sign(&f);
	refused(&p, &p.m[0], forge_seal(&f, nonce(&p, 1)),
	    MLS_E_NEW_MEMBER_PROPOSAL_CONTENT);
	party_free(&p);
}

static struct mls_buf
request(struct party *p)
{
	struct mls_bytes package = make_package(&p->m[p->n], p->suite), b;

	must(mls_propose_join(&b, p->m[p->n].client, text("rules"),
	    info(&p->m[0]).epoch, octets(&package)));
	mls_bytes_free(&package);
	return keep_bytes(p, b);
}

Test(outsider, EXT_17_18_request)
{
	struct mls_buf good;
	struct party p;

	party_open(&p);
	good = request(&p);
	accepted(&p, &p.m[0], good);
	refused(&p, &p.m[0], flipped(&p, good, -2),
	    MLS_E_NEW_MEMBER_PROPOSAL_SIGNATURE);
	refuse_at = MLS_AT_EXTERNAL_ADD;
	refused(&p, &p.m[0], good, MLS_E_NEW_MEMBER_ADD_UNAUTHORISED);
	refuse_at = 0;
	p.context->policy.external = 0;
	refused(&p, &p.m[0], good, MLS_E_NEW_MEMBER_ADD_UNAUTHORISED);
	p.context->policy.external = MLS_EXTERNAL_ADD;
	p.context->policy.credential = NULL;
	refused(&p, &p.m[0], good, MLS_E_NEW_MEMBER_ADD_UNAUTHORISED);
	party_free(&p);
}

static struct mls_buf
published(struct party *p, uint32_t flags)
{
	struct mls_bytes b;

	must(mls_group_publish(&b, p->m[0].group, flags));
	return keep_bytes(p, b);
}

/* No call of the API asks for it. */
Test(outsider, EXT_19_private)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_buf signature;
	struct party p;
	mls_change *c;

	party_open(&p);
	must(mls_group_join_external(&c, p.m[4].client, published(&p, 0),
	    NO_OCTETS, NULL));
	o.framing = MLS_FRAMING_PRIVATE;
	must_fail(mls__making_sign(&signature, c, MLS_CONTENT_COMMIT,
	    text("body"), &o), MLS_E_EXTERNAL_MESSAGE_PRIVATE);
	o.framing = MLS_FRAMING_PUBLIC;
	must(mls__making_sign(&signature, c, MLS_CONTENT_COMMIT,
	    text("body"), &o));
	mls_change_drop(c);
	party_free(&p);
}

/* The group asks for what the outsider has not. */
static void
cannot_join(struct party *p, const char *required, size_t len)
{
	struct mls_intent in = { .type = MLS_EFFECT_EXTENSIONS };
	struct mls_buf before;
	mls_change *c;

	in.extensions = extension(p, MLS_EXT_REQUIRED_CAPABILITIES,
	    mls__buf(required, len));
	all_commit(p, &in);
	must(mls_group_join_external(&c, p->m[4].client, published(p, 0),
	    NO_OCTETS, NULL));
	mls_change_drop(c);
	p->context->policy.n_proposals = 0;
	p->context->policy.n_credentials = 0;
	before = party_store(p, &p->m[4]);
	must_fail(mls_group_join_external(&c, p->m[4].client,
	    published(p, 0), NO_OCTETS, NULL),
	    MLS_E_EXTERNAL_JOIN_INCOMPATIBLE);
	cr_assert(mls__equal(before, party_store(p, &p->m[4])));
}

Test(outsider, EXT_21_required_proposal)
{
	struct party p;

	party_open(&p);
	cannot_join(&p, "\0\2\xf1\0\0", 5);
	party_free(&p);
}

static const uint16_t badges[] = { MLS_CREDENTIAL_X509 };

static void
party_with_x509(struct party *p)
{
	struct mls_policy policy = MLS_POLICY_INIT;

	policy.credentials = badges;
	policy.n_credentials = 1;
	party_new(p, &policy, 4);
}

Test(outsider, EXT_21_required_credential)
{
	struct party p;

	party_with_x509(&p);
	cannot_join(&p, "\0\0\2\0\2", 5);
	party_free(&p);
}

static void
has_x509(struct party *p, struct mls_leaf *l)
{
	l->credential.raw = x509_chain(p, l->signature_key);
}

/* A member has a credential that the joiner does not know. */
Test(outsider, EXT_21_credential_in_use)
{
	struct commit_spec spec = { .leaf = has_x509 };
	struct party p;
	struct forge f;
	mls_change *c;

	party_with_x509(&p);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	take(&p.m[0], forge_commit(&f, &spec));
	must(mls_group_join_external(&c, p.m[4].client, published(&p, 0),
	    NO_OCTETS, NULL));
	mls_change_drop(c);
	p.context->policy.n_credentials = 0;
	must_fail(mls_group_join_external(&c, p.m[4].client,
	    published(&p, 0), NO_OCTETS, NULL),
	    MLS_E_EXTERNAL_JOIN_INCOMPATIBLE);
	party_free(&p);
}

/* Senders whose credentials no member knows, in a new group and in one that is
 * there; what others commit is taken. */
Test(outsider, EXT_22_sender_credential_type)
{
	struct mls_intent in = { .type = MLS_EFFECT_EXTENSIONS };
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct mls_commit_options co = MLS_COMMIT_OPTIONS_INIT;
	struct mls_buf key[2];
	struct party p;
	mls_change *c;
	mls_group *g;
	size_t i;

	party_new(&p, NULL, 4);
	o.suite = p.suite;
	co.intents = &in;
	co.n_intents = 1;
	for (i = 0; i < 2; i++)
		key[i] = keep(&p, mls__key_public(
		    p.m[i].group->state->sign_key));
	in.extensions = o.extensions = senders(&p, key[0], key[1],
	    true);
	must_fail(mls_group_create(&g, p.m[4].client, &o),
	    MLS_E_EXTERNAL_SENDER_CREDENTIAL_TYPE);
	must_fail(mls_group_make_proposal(&c, p.m[0].group, &in, NULL),
	    MLS_E_EXTERNAL_SENDER_CREDENTIAL_TYPE);
	must_fail(mls_group_make_commit(&c, p.m[0].group, &co),
	    MLS_E_EXTERNAL_SENDER_CREDENTIAL_TYPE);
	accepted_both(&p, propose_extensions(&p, in.extensions));
	in.extensions = o.extensions = senders(&p, key[0], key[1],
	    false);
	must(mls_group_create(&g, p.m[4].client, &o));
	mls_group_close(g);
	must(mls_group_make_commit(&c, p.m[0].group, &co));
	mls_change_drop(c);
	party_free(&p);
}

Test(outsider, EXT_24_weak_signatures)
{
	bool ecdsa;
	struct mls_bytes b;
	struct party p;
	int rc;

	party_open(&p);
	ecdsa = p.suite == 2 || p.suite == 5 || p.suite == 7;
	p.context->policy.external |= MLS_EXTERNAL_STRONG;
	rc = mls_group_publish(&b, p.m[0].group, 0);
	cr_assert_eq(rc, ecdsa ? MLS_E_WEAK_SIGNATURE_FOR_EXTERNAL : 0);
	if (rc == 0)
		mls_bytes_free(&b);
	published(&p, MLS_PUBLISH_NO_EXTERNAL_PUB);
	p.context->policy.external = 0;
	published(&p, 0);
	party_free(&p);
}
