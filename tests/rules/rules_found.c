/* SPDX-License-Identifier: MIT */
/* Messages that were once judged wrongly, either way. */
#include "rules/welcome.h"

/* Of who knows nothing but the default types. */
static mls_context *
open_bare(void)
{
	struct mls_policy policy = MLS_POLICY_INIT;

	policy.no_grease = 1;
	return open_context(&policy);
}

/* A party whose fifth member, Erin, has the policy of `erin`. */
static void
party_with_erin(struct party *p, const struct mls_policy *policy,
    mls_context *erin)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct mls_bytes kp, message, welcome;
	size_t i;

	party_new(p, policy, 4);
	close_member(&p->m[4]);
	p->m[4] = make_member(erin, "erin");
	kp = make_package(&p->m[4], p->suite);
	add.key_package = octets(&kp);
	o.intents = &add;
	o.n_intents = 1;
	must(mls_group_commit(&message, &welcome, p->m[0].group, &o));
	must(mls_group_settle(p->m[0].group, 1));
	for (i = 1; i < 4; i++)
		take(&p->m[i], octets(&message));
	join(&p->m[4], octets(&welcome));
	mls_bytes_free(&kp);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
}

static void
lists_extension(struct party *p, struct mls_leaf *l)
{
	l->capabilities.extensions = keep(p, mls__buf("\xf0\1", 2));
}

static void
lists_other_extension(struct party *p, struct mls_leaf *l)
{
	l->capabilities.extensions = keep(p, mls__buf("\xf0\2", 2));
}

/* §12.3: the leaf that counts is the one in the path. */
Test(found, PROP_12_committer_gets_ready)
{
	static const uint16_t types[] = { 0xf001 };
	struct mls_policy policy = MLS_POLICY_INIT;
	struct commit_spec spec = { .n = 1, .leaf = lists_extension };
	mls_context *bare = open_bare();
	struct mls_buf gce;
	struct forge f;
	struct party p;

	policy.extensions = types;
	policy.n_extensions = 1;
	party_with_erin(&p, &policy, bare);
	gce = propose_extensions(&p, extension(&p, 0xf001, text("x")));
	spec.values[0] = gce;
	forge_new(&f, &p, 4, MLS_CONTENT_COMMIT);
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	spec.leaf = lists_other_extension;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_NEW_EXTENSIONS_UNSUPPORTED);
	spec.leaf = NULL;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_GCE_EXTENSION_UNSUPPORTED);
	refused(&p, &p.m[0], commit_of(&p, 1, 1, gce),
	    MLS_E_GCE_EXTENSION_UNSUPPORTED);
	party_free(&p);
	mls_context_free(bare);
}

#define BADGE 0xf003 /* a type of credential */

static void
lists_badges(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->capabilities.credentials = mls__buf("\0\1\xf0\3", 4);
}

static void
lists_another(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->capabilities.credentials = mls__buf("\0\1\xf0\7", 4);
}

static void
has_badge(struct party *p, struct mls_leaf *l)
{
	lists_badges(p, l);
	l->credential.raw = mls__buf("\xf0\3\2ab", 5);
	l->credential.type = BADGE;
}

static void
has_badge_alone(struct party *p, struct mls_leaf *l)
{
	has_badge(p, l);
	l->capabilities.credentials = mls__buf("\xf0\3", 2);
}

Test(found, LEAF_11_12_committer_gets_ready)
{
	static const uint16_t types[] = { BADGE };
	struct mls_policy policy = MLS_POLICY_INIT;
	struct commit_spec spec = { .leaf = has_badge };
	struct package_spec frank = { .leaf = has_badge };
	mls_context *bare = open_bare();
	struct forge f;
	struct party p;

	policy.credentials = types;
	policy.n_credentials = 1;
	party_with_erin(&p, &policy, bare);
	/* Another type of her own, which she did not list before. */
	forge_new(&f, &p, 4, MLS_CONTENT_COMMIT);
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	spec.leaf = has_badge_alone;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CREDENTIAL_TYPE_IN_USE_UNSUPPORTED);
	/* Somebody else's. */
	p.m[5] = make_member(p.context, "frank");
	spec.n = 1;
	spec.values[0] = propose_add(&p, forge_package(&p, 5, &frank));
	spec.leaf = lists_badges;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	spec.leaf = lists_another;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CREDENTIAL_TYPE_IN_USE_UNSUPPORTED);
	spec.leaf = NULL;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CREDENTIAL_TYPE_UNSUPPORTED_BY_MEMBER);
	close_member(&p.m[5]);
	party_free(&p);
	mls_context_free(bare);
}

static struct mls_buf
sender_list(struct party *p, struct mls_buf key)
{
	struct mls_writer w = { 0 };
	size_t at = mls__write_open(&w);

	mls__write_opaque(&w, key);
	mls__write_u16(&w, MLS_CREDENTIAL_BASIC);
	mls__write_opaque(&w, text("service"));
	mls__write_close(&w, at);
	return extension(p, MLS_EXT_EXTERNAL_SENDERS, keep_writer(p, &w));
}

/* What nobody could verify by is no key of a sender. */
Test(found, CRYPT_04_external_sender_key)
{
	struct mls_buf key;
	struct party p;
	struct entry e;

	party_new(&p, NULL, 4);
	key = keep(&p, mls__key_public(p.m[1].group->state->sign_key));
	accepted_both(&p, propose_extensions(&p, sender_list(&p, key)));
	refused_both(&p, propose_extensions(&p, sender_list(&p,
	    cut(key, 1))), MLS_E_SIGNATURE_KEY_INVALID);
	refused_both(&p, propose_extensions(&p, sender_list(&p,
	    longer(&p, key, 1))), MLS_E_SIGNATURE_KEY_INVALID);
	entry_new(&e, &p, 0);
	e.info.context.extensions = sender_list(&p, cut(key, 1));
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_SIGNATURE_KEY_INVALID);
	entry_free(&e);
	party_free(&p);
}

static struct mls_buf
with_external_pub(struct entry *e, struct mls_buf key)
{
	struct mls_writer w = { 0 };

	mls__write_opaque(&w, key);
	e->info.extensions = joined(e->p, extension(e->p,
	    MLS_EXT_RATCHET_TREE, e->tree), extension(e->p,
	    MLS_EXT_EXTERNAL_PUB, keep_writer(e->p, &w)));
	return entry_welcome(e);
}

Test(found, CRYPT_02_external_pub_in_welcome)
{
	struct mls_buf key;
	struct party p;
	struct entry e;

	party_new(&p, NULL, 4);
	entry_new(&e, &p, 0);
	key = keep(&p, mls__key_public(p.m[1].group->state->keys.key[0]));
	join_accepted(&e, with_external_pub(&e, key), NO_OCTETS);
	join_refused(&e, with_external_pub(&e, cut(key, 1)), NO_OCTETS,
	    MLS_E_HPKE_PUBLIC_KEY_INVALID);
	join_refused(&e, with_external_pub(&e, longer(&p, key, 1)), NO_OCTETS,
	    MLS_E_HPKE_PUBLIC_KEY_INVALID);
	entry_free(&e);
	party_free(&p);
}

/* A Welcome of the context as it is now, whose tag is right. */
static struct mls_buf
retagged(struct entry *e)
{
	const struct mls_suite *s = e->p->m[0].group->suite;
	struct mls_writer w = { 0 };
	struct mls_secret tag;
	struct mls_epoch epoch;
	struct mls_buf raw;

	mls__group_context_write(&w, &e->info.context);
	raw = keep_writer(e->p, &w);
	must(mls__epoch_enter(&epoch, s, &e->m->joiner, &e->m->psk, raw));
	must(mls__confirmation_tag(&tag, s, &epoch,
	    e->info.context.confirmed_transcript_hash));
	e->info.confirmation_tag = keep(e->p, mls__secret_buf(&tag));
	return entry_welcome(e);
}

/* Any octets name a group, none as well; leaves of key packages stand in any
 * group. */
Test(found, LIMIT_15_group_ids)
{
	struct party p = { .context = open_context(NULL),
		.suite = suite_asked(), .n = 1 };
	struct mls_group_info_view v;
	struct entry e;
	mls_change *c;
	size_t i;

	for (i = 0; i < 3; i++) {
		p.m[0] = make_member(p.context, "alice");
		p.m[1] = make_member(p.context, "bob");
		make_group(&p.m[0], p.suite, "some");
		entry_new(&e, &p, 0);
		e.info.context.group_id = longer(&p, NO_OCTETS,
		    i == 0 ? 0 : i == 1 ? 4096 : 1);
		must(mls_group_join(&c, p.m[1].client, retagged(&e),
		    NO_OCTETS));
		must(mls_change_apply(c));
		must(mls_change_group(&p.m[1].group, c));
		mls_change_drop(c);
		mls_group_close(p.m[1].group);
		must(mls_group_open(&p.m[1].group, p.m[1].client,
		    e.info.context.group_id));
		v = info(&p.m[1]);
		cr_assert_eq(v.group_id.len, e.info.context.group_id.len);
		entry_free(&e);
		close_member(&p.m[0]);
		close_member(&p.m[1]);
	}
	mls_context_free(p.context);
	mls__arena_free(&p.arena);
}
