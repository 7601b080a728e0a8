/* SPDX-License-Identifier: MIT */
/* LEAF, CRED: leaf nodes in Updates, paths and key packages (RFC 9420 §7.2,
 * §7.3, §5.3). */
#include "rules/forge.h"

#define LIST(...) keep(p, mls__buf((const uint8_t[]){ __VA_ARGS__ }, \
    sizeof((const uint8_t[]){ __VA_ARGS__ })))

/* A defect of a leaf is refused in an Update, in a path and in an Add; error
 * is 0 where a leaf may be so. */
static void
everywhere(struct party *p, leaf_hook hook, int error, int in_package)
{
	struct package_spec package = { .leaf = hook };
	struct commit_spec spec = { .leaf = hook };
	struct mls_buf update = propose_update(p, 1, hook), add;
	struct forge f;

	add = propose_add(p, forge_package(p, p->n, &package));
	forge_new(&f, p, 1, MLS_CONTENT_COMMIT);
	if (error == 0) {
		accepted(p, &p->m[0], proposal_of(p, 1, update));
		accepted(p, &p->m[0], forge_commit(&f, &spec));
	} else {
		refused(p, &p->m[0], proposal_of(p, 1, update), error);
		refused(p, &p->m[0], forge_commit(&f, &spec), error);
	}
	if (in_package == 0) {
		accepted_both(p, add);
	} else {
		refused_both(p, add, in_package);
	}
}

static void
x509_only(struct party *p, struct mls_leaf *l)
{
	l->capabilities.credentials = LIST(0, 2);
}

Test(leaf, LEAF_03_KP_07_PROP_07_COMMIT_10_credential_unlisted)
{
	struct party p;

	party_new(&p, NULL, 3);
	everywhere(&p, x509_only, MLS_E_LEAF_CREDENTIAL_UNLISTED,
	    MLS_E_LEAF_CREDENTIAL_UNLISTED);
	everywhere(&p, NULL, 0, 0);
	party_free(&p);
}

static void
unlisted_extension(struct party *p, struct mls_leaf *l)
{
	l->extensions = extension(p, 0xf001, text("x"));
}

static void
listed_extension(struct party *p, struct mls_leaf *l)
{
	unlisted_extension(p, l);
	l->capabilities.extensions = LIST(0x1a, 0x1a, 0xf0, 1);
}

static void
application_id(struct party *p, struct mls_leaf *l)
{
	l->extensions = extension(p, MLS_EXT_APPLICATION_ID, LIST(1, 'a'));
}

Test(leaf, LEAF_04_25_extension_unlisted)
{
	struct party p;

	party_new(&p, NULL, 3);
	everywhere(&p, unlisted_extension, MLS_E_LEAF_EXTENSION_UNLISTED,
	    MLS_E_LEAF_EXTENSION_UNLISTED);
	everywhere(&p, application_id, 0, 0);
	everywhere(&p, listed_extension, 0, 0); /* LEAF-25 */
	party_free(&p);
}

static void
lists_default_extension(struct party *p, struct mls_leaf *l)
{
	l->capabilities.extensions = LIST(0, 3);
}

static void
lists_default_proposal(struct party *p, struct mls_leaf *l)
{
	l->capabilities.proposals = LIST(0xf0, 9, 0, 7);
}

Test(leaf, LEAF_05_default_type_listed)
{
	struct party p;

	party_new(&p, NULL, 3);
	everywhere(&p, lists_default_extension, MLS_E_DEFAULT_TYPE_LISTED,
	    MLS_E_DEFAULT_TYPE_LISTED);
	everywhere(&p, lists_default_proposal, MLS_E_DEFAULT_TYPE_LISTED,
	    MLS_E_DEFAULT_TYPE_LISTED);
	party_free(&p);
}

Test(leaf, LEAF_05_tolerated)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct party p;

	policy.tolerate = MLS_TOLERATE_DEFAULT_TYPES;
	party_new(&p, &policy, 3);
	everywhere(&p, lists_default_extension, 0, 0);
	party_free(&p);
}

static void
other_suites(struct party *p, struct mls_leaf *l)
{
	l->capabilities.suites = LIST(0, (uint8_t)p->other, 0x0a, 0x0a);
}

static void
other_versions(struct party *p, struct mls_leaf *l)
{
	l->capabilities.versions = LIST(0, 2);
}

Test(leaf, LEAF_06_KP_10_group_parameters_unlisted)
{
	struct party p;

	party_new(&p, NULL, 3);
	/* of a package KP-10 says it first */
	everywhere(&p, other_suites, MLS_E_LEAF_GROUP_PARAMETERS_UNLISTED,
	    MLS_E_KEY_PACKAGE_SUITE_UNLISTED);
	everywhere(&p, other_versions, MLS_E_LEAF_GROUP_PARAMETERS_UNLISTED,
	    MLS_E_KEY_PACKAGE_SUITE_UNLISTED);
	party_free(&p);
}

static void
tree_in_leaf(struct party *p, struct mls_leaf *l)
{
	l->extensions = extension(p, MLS_EXT_RATCHET_TREE, LIST(0));
}

static void
bad_application_id(struct party *p, struct mls_leaf *l)
{
	l->extensions = extension(p, MLS_EXT_APPLICATION_ID, LIST(1, 'a', 0));
}

Test(leaf, WIRE_23_24_leaf_extensions)
{
	struct party p;

	party_new(&p, NULL, 3);
	everywhere(&p, tree_in_leaf, MLS_E_EXTENSION_WRONG_PLACE,
	    MLS_E_EXTENSION_WRONG_PLACE);
	everywhere(&p, bad_application_id, MLS_E_EXTENSION_DATA_MALFORMED,
	    MLS_E_EXTENSION_DATA_MALFORMED);
	party_free(&p);
}

static void
short_key(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->encryption_key = cut(l->encryption_key, 1);
}

static void
short_signature_key(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->signature_key = cut(l->signature_key, 1);
}

Test(leaf, CRYPT_02_04_keys)
{
	struct party p;

	party_new(&p, NULL, 3);
	everywhere(&p, short_key, MLS_E_HPKE_PUBLIC_KEY_INVALID,
	    MLS_E_HPKE_PUBLIC_KEY_INVALID);
	everywhere(&p, short_signature_key, MLS_E_SIGNATURE_KEY_INVALID,
	    MLS_E_SIGNATURE_KEY_INVALID);
	party_free(&p);
}

/* Everyone lists 0xf001, and the group has it and requires it. */
static void
party_with_extension(struct party *p, int required)
{
	static const uint16_t types[] = { 0xf001 };
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_intent intent = { .type = MLS_EFFECT_EXTENSIONS };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes message;
	struct mls_buf commit;

	policy.extensions = types;
	policy.n_extensions = 1;
	party_new(p, &policy, 3);
	intent.extensions = required ? extension(p,
	    MLS_EXT_REQUIRED_CAPABILITIES, LIST(2, 0xf0, 1, 0, 2, 0, 1)) :
	    extension(p, 0xf001, text("x"));
	o.intents = &intent;
	o.n_intents = 1;
	must(mls_group_commit(&message, NULL, p->m[0].group, &o));
	must(mls_group_settle(p->m[0].group, 1));
	commit = keep_bytes(p, message);
	take(&p->m[1], commit);
	take(&p->m[2], commit);
}

/* What the group's extensions ask of a leaf is told by the commit: a proposal
 * may wait, and is taken with new extensions that ask for less. */
static void
in_commits(struct party *p, struct mls_buf value, int error)
{
	struct mls_buf ref = cache(p, 2, value);

	refused(p, &p->m[0], commit_refs(p, 1, ref, NO_OCTETS), error);
	accepted(p, &p->m[0], commit_mixed(p, ref,
	    propose_extensions(p, NO_OCTETS)));
}

static void
for_the_group(struct party *p, leaf_hook hook, int error)
{
	struct package_spec package = { .leaf = hook };
	struct commit_spec spec = { .leaf = hook };
	struct mls_buf add;
	struct forge f;

	add = propose_add(p, forge_package(p, p->n, &package));
	forge_new(&f, p, 1, MLS_CONTENT_COMMIT);
	refused(p, &p->m[0], forge_commit(&f, &spec), error);
	refused(p, &p->m[0], commit_of(p, 1, 1, add), error);
	in_commits(p, add, error);
	in_commits(p, propose_update(p, 2, hook), error);
}

/* Of ours, no proposal leaves that could not be committed as things are. */
static void
not_proposed(struct party *p, int error)
{
	struct mls_intent in = { .type = MLS_EFFECT_ADD };
	struct mls_bytes b;
	mls_change *c;

	p->context->policy.n_extensions = 0;
	b = make_package(&p->m[p->n], p->suite);
	p->context->policy.n_extensions = 1;
	in.key_package = octets(&b);
	must_fail(mls_group_make_proposal(&c, p->m[0].group, &in, NULL),
	    error);
	mls_bytes_free(&b);
}

static void
no_extensions(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->capabilities.extensions = NO_OCTETS;
}

Test(leaf, LEAF_07_PROP_22_required_extension)
{
	struct party p;

	party_with_extension(&p, 1);
	everywhere(&p, NULL, 0, 0);
	not_proposed(&p, MLS_E_REQUIRED_EXTENSION_MISSING);
	for_the_group(&p, no_extensions, MLS_E_REQUIRED_EXTENSION_MISSING);
	party_free(&p);
}

Test(leaf, LEAF_08_required_proposal)
{
	struct mls_capabilities c;
	struct party whole, *p = &whole;

	/* No leaf of ours lists a proposal type, so no group can ask. */
	party_new(p, NULL, 2);
	memset(&c, 0, sizeof(c));
	c.credentials = LIST(0, 1);
	cr_assert_eq(mls__rule_leaf_group(&c, extension(p,
	    MLS_EXT_REQUIRED_CAPABILITIES, LIST(0, 2, 0xf0, 1, 0))),
	    MLS_E_REQUIRED_PROPOSAL_MISSING);
	c.proposals = LIST(0xf0, 1);
	must(mls__rule_leaf_group(&c, extension(p,
	    MLS_EXT_REQUIRED_CAPABILITIES, LIST(0, 4, 0xf0, 1, 0, 3, 0))));
	party_free(p);
}

static void
x509_credential(struct party *p, struct mls_leaf *l)
{
	l->credential.type = MLS_CRED_X509;
	l->credential.raw = x509_chain(p, l->signature_key);
	l->capabilities.credentials = LIST(0, 2);
}

Test(leaf, LEAF_09_required_credential)
{
	struct package_spec spec = { .leaf = x509_credential };
	struct mls_buf add;
	struct party p;

	party_with_extension(&p, 1);
	add = propose_add(&p, forge_package(&p, 3, &spec));
	refused(&p, &p.m[0], commit_of(&p, 1, 1, add),
	    MLS_E_REQUIRED_CREDENTIAL_MISSING);
	refused(&p, &p.m[0], commit_refs(&p, 1, cache(&p, 2, add), NO_OCTETS),
	    MLS_E_REQUIRED_CREDENTIAL_MISSING);
	party_free(&p);
}

Test(leaf, LEAF_10_PROP_22_group_extension)
{
	struct party p;

	party_with_extension(&p, 0);
	everywhere(&p, NULL, 0, 0);
	not_proposed(&p, MLS_E_LEAF_GROUP_EXTENSION_UNSUPPORTED);
	for_the_group(&p, no_extensions,
	    MLS_E_LEAF_GROUP_EXTENSION_UNSUPPORTED);
	party_free(&p);
}

static void
x509_and_basic(struct party *p, struct mls_leaf *l)
{
	x509_credential(p, l);
	l->capabilities.credentials = LIST(0, 2, 0, 1);
}

Test(leaf, LEAF_11_12_credential_types)
{
	struct package_spec spec = { .leaf = x509_and_basic };
	struct party p;

	party_new(&p, NULL, 3);
	refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_add(&p,
	    forge_package(&p, 3, &spec))),
	    MLS_E_CREDENTIAL_TYPE_UNSUPPORTED_BY_MEMBER);
	party_free(&p);
}

static void
from_package(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->source = MLS_LEAF_KEY_PACKAGE;
	l->not_after = UINT64_MAX;
}

static void
from_update(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->source = MLS_LEAF_UPDATE;
}

static void
from_commit(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->source = MLS_LEAF_COMMIT;
}

Test(leaf, LEAF_18_19_source)
{
	struct commit_spec spec = { .leaf = from_package };
	struct forge f;
	struct party p;

	party_new(&p, NULL, 3);
	refused(&p, &p.m[0], proposal_of(&p, 1, propose_update(&p, 1,
	    from_package)), MLS_E_UPDATE_LEAF_SOURCE);
	refused(&p, &p.m[0], proposal_of(&p, 1, propose_update(&p, 1,
	    from_commit)), MLS_E_UPDATE_LEAF_SOURCE);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_LEAF_SOURCE);
	spec.leaf = from_update;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_LEAF_SOURCE);
	party_free(&p);
}

static struct mls_buf other_key;

static void
set_key(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->encryption_key = other_key;
}

static void
set_signature_key(struct party *p, struct mls_leaf *l)
{
	l->signature_key = mls__key_public(p->leaf_key);
}

Test(leaf, LEAF_02_group_signature)
{
	struct commit_spec spec = { .sign_as = 3 };
	struct forge f;
	struct party p;

	party_new(&p, NULL, 3);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_LEAF_GROUP_SIGNATURE);
	/* Carol's Update, sent by Bob. */
	refused(&p, &p.m[0], proposal_of(&p, 1, propose_update(&p, 2, NULL)),
	    MLS_E_LEAF_GROUP_SIGNATURE);
	accepted(&p, &p.m[0], proposal_of(&p, 2, propose_update(&p, 2,
	    NULL)));
	/* leaf 0 can do it */
	accepted(&p, &p.m[1], proposal_of(&p, 0, propose_update(&p, 0,
	    NULL)));
	party_free(&p);
}

Test(leaf, LEAF_21_update_key_unchanged)
{
	struct party p;

	party_new(&p, NULL, 3);
	other_key = mls__key_public(p.m[1].group->state->keys.key[0]);
	refused(&p, &p.m[0], proposal_of(&p, 1, propose_update(&p, 1,
	    set_key)), MLS_E_UPDATE_KEY_UNCHANGED);
	party_free(&p);
}

/* Bob's Update as made with the hook, committed by Carol by reference. */
static void
committed_update(struct party *p, leaf_hook hook, int error)
{
	struct commit_spec spec = { .n_refs = 1 };
	struct mls_buf update = proposal_of(p, 1, propose_update(p, 1, hook));
	struct forge f;

	take(&p->m[0], update);
	take(&p->m[2], update);
	spec.refs[0] = last_ref(&p->m[0]);
	forge_new(&f, p, 2, MLS_CONTENT_COMMIT);
	if (error != 0)
		refused(p, &p->m[0], forge_commit(&f, &spec), error);
	else
		accepted(p, &p->m[0], forge_commit(&f, &spec));
}

Test(leaf, LEAF_22_duplicate_signature_key)
{
	struct commit_spec spec = { .leaf = set_signature_key };
	struct forge f;
	struct party p;

	party_new(&p, NULL, 3);
	p.leaf_key = p.m[0].group->state->sign_key;
	committed_update(&p, set_signature_key,
	    MLS_E_DUPLICATE_SIGNATURE_KEY);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_DUPLICATE_SIGNATURE_KEY);
	p.leaf_key = NULL;
	committed_update(&p, NULL, 0);
	party_free(&p);
}

Test(leaf, LEAF_23_duplicate_encryption_key)
{
	struct package_spec spec = { .leaf = set_key };
	struct party p;
	uint32_t i;

	party_new(&p, NULL, 3);
	other_key = mls__key_public(p.m[0].group->state->keys.key[0]);
	refused(&p, &p.m[2], commit_of(&p, 1, 1, propose_add(&p,
	    forge_package(&p, 3, &spec))), MLS_E_DUPLICATE_ENCRYPTION_KEY);
	committed_update(&p, set_key, MLS_E_DUPLICATE_ENCRYPTION_KEY);
	/* The root's: Alice's commit was the last. */
	for (i = MLS_MAX_LEVEL; p.m[0].group->state->keys.key[i] == NULL; )
		i--;
	other_key = keep(&p, mls__key_public(
	    p.m[0].group->state->keys.key[i]));
	refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_add(&p,
	    forge_package(&p, 3, &spec))), MLS_E_DUPLICATE_ENCRYPTION_KEY);
	party_free(&p);
}

Test(leaf, LEAF_24_freed_key_is_free)
{
	struct package_spec spec = { .leaf = set_signature_key };
	struct mls_buf add;
	struct party p;

	party_new(&p, NULL, 3);
	p.leaf_key = p.m[2].group->state->sign_key;
	add = propose_add(&p, forge_package(&p, 3, &spec));
	p.leaf_key = NULL;
	refused(&p, &p.m[0], commit_of(&p, 1, 1, add),
	    MLS_E_ADD_EXISTING_MEMBER); /* PROP-18 */
	accepted(&p, &p.m[0], commit_of(&p, 1, 2, add,
	    propose_remove(&p, 2)));
	party_free(&p);
}
