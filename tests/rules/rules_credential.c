/* SPDX-License-Identifier: MIT */
/* CRED: the application judges credentials (RFC 9420 §5.3). */
#include "crypto/der.h"
#include "rules/forge.h"
#include "unit/certificate.h"

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

Test(credential, CRED_01_KP_14_rejected)
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
	kp = make_package(&p.m[3], p.suite);
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
	o.suite = p.suite;
	o.extensions = list;
	must_fail(mls_group_create(&g, p.m[3].client, &o),
	    MLS_E_EXTERNAL_SENDER_CREDENTIAL_REJECTED);
	party_free(&p);
}

Test(credential, CRED_04_validator_missing)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct package_spec good = { 0 };
	struct mls_buf add;
	mls_group *g;
	struct party p;

	party_judged(&p);
	add = propose_add(&p, forge_package(&p, 3, &good));
	accepted_both(&p, add);
	p.context->policy.credential = NULL;
	refused_both(&p, add, MLS_E_CREDENTIAL_VALIDATOR_MISSING);
	o.suite = p.suite;
	must_fail(mls_group_create(&g, p.m[3].client, &o),
	    MLS_E_CREDENTIAL_VALIDATOR_MISSING);
	party_free(&p);
}

/* What the leaf's credential is made into. */
static struct mls_buf (*spoil)(struct party *, struct mls_buf);

static void
has_x509(struct party *p, struct mls_leaf *l)
{
	l->credential.type = MLS_CRED_X509;
	l->credential.raw = x509_chain(p, l->signature_key);
	if (spoil != NULL)
		l->credential.raw = spoil(p, l->credential.raw);
	l->capabilities.credentials = mls__buf("\0\1\0\2", 4);
}

/* A chain of one entry, made from the first certificate of the chain. */
static struct mls_buf
one_entry(struct party *p, struct mls_buf entry)
{
	struct mls_writer w = { 0 };
	size_t at;

	mls__write_u16(&w, MLS_CRED_X509);
	at = mls__write_open(&w);
	mls__write_opaque(&w, entry);
	mls__write_close(&w, at);
	return keep_writer(p, &w);
}

static struct mls_buf
first_entry(struct mls_buf credential)
{
	struct mls_reader r, list;

	mls__reader_init(&r, mls__buf(credential.data + 2,
	    credential.len - 2));
	list = mls__read_vector(&r);
	return mls__read_opaque(&list);
}

static struct mls_buf
entry_alone(struct party *p, struct mls_buf b)
{
	return one_entry(p, first_entry(b));
}

static struct mls_buf
spare_octet(struct party *p, struct mls_buf b)
{
	return one_entry(p, longer(p, first_entry(b), 1));
}

static struct mls_buf
twice_in_one(struct party *p, struct mls_buf b)
{
	return one_entry(p, joined(p, first_entry(b), first_entry(b)));
}

static struct mls_buf
as_pem(struct party *p, struct mls_buf b)
{
	(void)b;
	return one_entry(p, text("-----BEGIN CERTIFICATE-----"));
}

/* The outer length in four octets. */
static struct mls_buf
long_form(struct party *p, struct mls_buf b)
{
	struct mls_buf entry = first_entry(b), body;
	uint8_t head[6] = { MLS_DER_SEQUENCE, 0x84 };

	must(!mls__der_value(&body, &entry, MLS_DER_SEQUENCE));
	head[4] = (uint8_t)(body.len >> 8);
	head[5] = (uint8_t)body.len;
	return one_entry(p, joined(p, mls__buf(head, 6), body));
}

/* Something behind the signature, within the certificate. */
static struct mls_buf
spare_element(struct party *p, struct mls_buf b)
{
	struct mls_buf entry = first_entry(b), body;
	uint8_t out[512];

	must(!mls__der_value(&body, &entry, MLS_DER_SEQUENCE));
	memcpy(out, body.data, body.len);
	memcpy(out + body.len, "\5\0", 2);
	return one_entry(p, mls__buf(out, put_der(out, MLS_DER_SEQUENCE, out,
	    body.len + 2)));
}

static struct mls_buf
second_spoilt(struct party *p, struct mls_buf b)
{
	return flipped(p, b, -3); /* the length of its signature */
}

static struct mls_buf
for_another_key(struct party *p, struct mls_buf b)
{
	(void)b;
	return x509_chain(p, mls__key_public(p->m[0].group->state->sign_key));
}

static void
chain_is(struct party *p, struct mls_buf (*how)(struct party *,
    struct mls_buf), int error)
{
	struct package_spec spec = { .leaf = has_x509 };

	spoil = how;
	refused_both(p, propose_add(p, forge_package(p, p->n, &spec)),
	    error);
	refused(p, &p->m[0], proposal_of(p, 1, propose_update(p, 1,
	    has_x509)), error);
}

Test(credential, CRED_06_07_x509)
{
	struct party p;

	party_judged(&p);
	spoil = NULL;
	accepted(&p, &p.m[0], proposal_of(&p, 1, propose_update(&p, 1,
	    has_x509)));
	spoil = entry_alone;
	accepted(&p, &p.m[0], proposal_of(&p, 1, propose_update(&p, 1,
	    has_x509)));
	chain_is(&p, spare_octet, MLS_E_X509_MALFORMED);
	chain_is(&p, twice_in_one, MLS_E_X509_MALFORMED);
	chain_is(&p, as_pem, MLS_E_X509_MALFORMED);
	chain_is(&p, long_form, MLS_E_X509_MALFORMED);
	chain_is(&p, spare_element, MLS_E_X509_MALFORMED);
	chain_is(&p, second_spoilt, MLS_E_X509_MALFORMED);
	chain_is(&p, for_another_key, MLS_E_X509_KEY_MISMATCH);
	party_free(&p);
}
