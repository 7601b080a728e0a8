/* SPDX-License-Identifier: MIT */
/* KP and LEAF-13 to LEAF-17: key packages (RFC 9420 §10.1). */
#include "rules/forge.h"

static void
refused_package(struct party *p, const struct package_spec *spec, int error)
{
	struct mls_buf add = propose_add(p, forge_package(p, 3, spec));

	refused_both(p, add, error);
}

static void
version_two(struct party *p, struct mls_key_package *kp)
{
	(void)p;
	kp->version = 2;
}

static void
other_suite(struct party *p, struct mls_key_package *kp)
{
	kp->suite = p->other;
}

static void
init_is_leaf(struct party *p, struct mls_key_package *kp)
{
	(void)p;
	kp->init_key = kp->leaf.encryption_key;
}

static void
short_init(struct party *p, struct mls_key_package *kp)
{
	(void)p;
	kp->init_key = cut(kp->init_key, 1);
}

static void
grease(struct party *p, struct mls_key_package *kp)
{
	kp->extensions = extension(p, 0x1a1a, text("any"));
}

static void
misplaced(struct party *p, struct mls_key_package *kp)
{
	kp->extensions = extension(p, MLS_EXT_EXTERNAL_PUB,
	    mls__buf("\1x", 2));
}

static void
of_update(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->source = MLS_LEAF_UPDATE;
}

static void
of_commit(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->source = MLS_LEAF_COMMIT;
}

#define PARTY(p) \
	struct package_spec spec = { 0 }; \
	struct party p; \
	party_new(&p, NULL, 3)

Test(key_package, KP_01_PROP_05_version)
{
	PARTY(p);
	spec.package = version_two;
	refused_package(&p, &spec, MLS_E_KEY_PACKAGE_VERSION);
	party_free(&p);
}

Test(key_package, KP_03_cipher_suite)
{
	PARTY(p);
	spec.package = other_suite;
	refused_package(&p, &spec, MLS_E_KEY_PACKAGE_CIPHER_SUITE);
	party_free(&p);
}

Test(key_package, KP_04_signature)
{
	PARTY(p);
	spec.bad_signature = true;
	refused_package(&p, &spec, MLS_E_KEY_PACKAGE_SIGNATURE);
	spec.bad_signature = false;
	spec.leaf_label = true;
	refused_package(&p, &spec, MLS_E_KEY_PACKAGE_SIGNATURE);
	spec.leaf_label = false;
	accepted_both(&p, propose_add(&p, forge_package(&p, 3, &spec)));
	party_free(&p);
}

Test(key_package, LEAF_01_signature)
{
	PARTY(p);
	spec.bad_leaf_signature = true;
	refused_package(&p, &spec, MLS_E_LEAF_SIGNATURE);
	party_free(&p);
}

Test(key_package, KP_05_leaf_source)
{
	PARTY(p);
	spec.leaf = of_update;
	refused_package(&p, &spec, MLS_E_KEY_PACKAGE_LEAF_SOURCE);
	spec.leaf = of_commit;
	refused_package(&p, &spec, MLS_E_KEY_PACKAGE_LEAF_SOURCE);
	party_free(&p);
}

Test(key_package, KP_06_CRYPT_02_init_key_is_leaf_key)
{
	PARTY(p);
	spec.package = init_is_leaf;
	refused_package(&p, &spec, MLS_E_INIT_KEY_IS_LEAF_KEY);
	spec.package = short_init;
	refused_package(&p, &spec, MLS_E_HPKE_PUBLIC_KEY_INVALID);
	party_free(&p);
}

Test(key_package, KP_09_unlisted_extension)
{
	PARTY(p);
	spec.package = grease;
	accepted_both(&p, propose_add(&p, forge_package(&p, 3, &spec)));
	spec.package = misplaced;
	refused_package(&p, &spec, MLS_E_EXTENSION_WRONG_PLACE); /* WIRE-24 */
	party_free(&p);
}

static struct mls_buf shared_init;

static void
share_init(struct party *p, struct mls_key_package *kp)
{
	if (shared_init.len == 0)
		shared_init = keep(p, kp->init_key);
	kp->init_key = shared_init;
}

static void
other_identity(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->credential.raw = mls__buf("\0\1\5other", 8);
}

Test(key_package, KP_12_duplicate_init_key)
{
	struct package_spec other = { .leaf = other_identity };
	struct mls_buf one, two;
	PARTY(p);

	shared_init = NO_OCTETS;
	one = propose_add(&p, forge_package(&p, 3, &spec));
	two = propose_add(&p, forge_package(&p, 3, &other));
	accepted(&p, &p.m[0], commit_of(&p, 1, 2, one, two));
	spec.package = other.package = share_init;
	one = propose_add(&p, forge_package(&p, 3, &spec));
	two = propose_add(&p, forge_package(&p, 3, &other));
	refused(&p, &p.m[0], commit_of(&p, 1, 2, one, two),
	    MLS_E_DUPLICATE_INIT_KEY);
	party_free(&p);
}

static uint64_t clock_now = 2000000000;

static uint64_t
clock_of(void *payload)
{
	(void)payload;
	return clock_now;
}

static uint64_t from, until;

static void
lifetime(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->not_before = from;
	l->not_after = until;
}

static void
judge_lifetime(struct party *p, uint64_t a, uint64_t b, int error)
{
	struct package_spec spec = { .leaf = lifetime };

	from = a;
	until = b;
	if (error != 0)
		refused_package(p, &spec, error);
	else
		accepted_both(p, propose_add(p, forge_package(p, 3, &spec)));
}

Test(key_package, LEAF_14_16_17_lifetime)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	uint64_t now = clock_now, year = 365ull * 24 * 3600;
	struct party p;

	policy.now = clock_of;
	policy.clock_skew = 60;
	policy.max_lifetime = year;
	party_new(&p, &policy, 3);
	judge_lifetime(&p, now - 1000, now - 60, 0);
	judge_lifetime(&p, now - 1000, now - 61,
	    MLS_E_LIFETIME_NOT_CURRENT);
	judge_lifetime(&p, now + 60, now + 1000, 0);
	judge_lifetime(&p, now + 61, now + 1000,
	    MLS_E_LIFETIME_NOT_CURRENT);
	judge_lifetime(&p, now + 1, now, MLS_E_LIFETIME_INVERTED);
	judge_lifetime(&p, now, now + year, 0);
	judge_lifetime(&p, now, now + year + 1, MLS_E_LIFETIME_TOO_LONG);
	judge_lifetime(&p, 0, UINT64_MAX, MLS_E_LIFETIME_TOO_LONG);
	party_free(&p);
}

Test(key_package, LEAF_17_own_too_long)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_bytes kp;
	PARTY(p);

	o.suite = p.suite;
	o.lifetime = 400ull * 24 * 3600;
	must_fail(mls_key_package_new(&kp, p.m[3].client, &o),
	    MLS_E_LIFETIME_TOO_LONG);
	(void)spec;
	party_free(&p);
}

Test(key_package, KP_02_outer_version)
{
	struct mls_intent intent = { .type = MLS_EFFECT_ADD };
	struct mls_writer w = { 0 };
	mls_change *c;
	PARTY(p);

	spec.package = version_two;
	mls__message_head(&w, MLS_WIRE_KEY_PACKAGE);
	mls__write_bytes(&w, forge_package(&p, 3, &spec));
	intent.key_package = keep_writer(&p, &w);
	must_fail(mls_group_make_proposal(&c, p.m[0].group, &intent, NULL),
	    MLS_E_KEY_PACKAGE_OUTER_VERSION);
	party_free(&p);
}

Test(key_package, CRYPT_01_unsupported_suite)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_group_options go = MLS_GROUP_OPTIONS_INIT;
	struct mls_bytes kp;
	mls_group *g;
	PARTY(p);

	o.suite = go.suite = 0x0a0a;
	must_fail(mls_key_package_new(&kp, p.m[3].client, &o),
	    MLS_E_UNSUPPORTED_CIPHER_SUITE);
	must_fail(mls_group_create(&g, p.m[3].client, &go),
	    MLS_E_UNSUPPORTED_CIPHER_SUITE);
	(void)spec;
	party_free(&p);
}

Test(key_package, LEAF_17_short_policy)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct party p;

	/* What we make by default keeps to our own policy. */
	policy.max_lifetime = 3600 * 24;
	party_new(&p, &policy, 3);
	party_free(&p);
}
