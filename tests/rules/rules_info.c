/* SPDX-License-Identifier: MIT */
/* GI: the GroupInfo of an external join (RFC 9420 §12.4.3), by the outsider. */
#include "rules/forge.h"

/* What Alice publishes, to be changed and signed again. */
struct shown {
	struct party p;
	struct mls_group_info info;
	const struct mls_privkey *key;
};

static void
show(struct shown *x)
{
	struct mls_message m;
	struct mls_bytes b;

	must(mls_group_publish(&b, x->p.m[0].group, 0));
	must(mls__message_read(&m, &x->p.arena, keep_bytes(&x->p, b), NULL));
	x->info = m.u.group_info;
	x->key = x->p.m[0].group->state->sign_key;
}

static void
shown_open(struct shown *x, const struct mls_policy *policy)
{
	party_new(&x->p, policy, 4);
	show(x);
}

static struct mls_buf
message_of(struct shown *x)
{
	struct mls_writer w = { 0 }, context = { 0 };
	struct mls_group_info again = x->info;

	mls__group_context_write(&context, &again.context);
	again.context.raw = keep_writer(&x->p, &context);
	mls__message_head(&w, MLS_WIRE_GROUP_INFO);
	must(mls__group_info_sign(&w, &again, x->p.s, x->key));
	return keep_writer(&x->p, &w);
}

#define enter(x, message, error) \
	enter_at(__LINE__, x, message, error, #error)

static void
enter_at(int line, struct shown *x, struct mls_buf message, int error,
    const char *name)
{
	struct member *m = &x->p.m[4];
	struct mls_buf before = party_store(&x->p, m);
	mls_change *c = NULL;
	int rc = mls_group_join_external(&c, m->client, message, NO_OCTETS,
	    NULL);
	const struct mls_error_info *e = mls_error_info(rc);

	cr_assert_eq(rc, error, "line %d: %s, not %s", line, rc == 0 ?
	    "accepted" : e != NULL ? e->name : "?", name);
	mls_change_drop(c);
	cr_assert(mls__equal(before, party_store(&x->p, m)),
	    "line %d: the store changed", line);
}

Test(info, GI_01_LIMIT_03_signer)
{
	struct shown x;

	shown_open(&x, NULL);
	enter(&x, message_of(&x), 0);
	x.info.signer = 7;
	enter(&x, message_of(&x), MLS_E_GROUP_INFO_SIGNER_UNKNOWN);
	x.info.signer = MLS_MAX_LEAVES;
	enter(&x, message_of(&x), MLS_E_LEAF_INDEX_TOO_LARGE);
	party_free(&x.p);
}

Test(info, GI_02_signature)
{
	struct shown x;

	shown_open(&x, NULL);
	enter(&x, flipped(&x.p, message_of(&x), -2),
	    MLS_E_GROUP_INFO_SIGNATURE);
	x.key = x.p.m[1].group->state->sign_key;
	enter(&x, message_of(&x), MLS_E_GROUP_INFO_SIGNATURE);
	x.info.signer = 1;
	enter(&x, message_of(&x), 0);
	party_free(&x.p);
}

Test(info, GI_03_CRYPT_01_14_context)
{
	struct mls_buf hash;
	struct shown x;

	shown_open(&x, NULL);
	x.info.context.version = 2;
	enter(&x, message_of(&x), MLS_E_GROUP_CONTEXT_VERSION);
	x.info.context.version = 0;
	enter(&x, message_of(&x), MLS_E_GROUP_CONTEXT_VERSION);
	x.info.context.version = 1;
	x.info.context.suite = 0x0a0a;
	enter(&x, message_of(&x), MLS_E_UNSUPPORTED_CIPHER_SUITE);
	x.info.context.suite = x.p.suite;
	hash = x.info.context.tree_hash;
	x.info.context.tree_hash = cut(hash, 1);
	enter(&x, message_of(&x), MLS_E_HASH_LENGTH);
	x.info.context.tree_hash = flipped(&x.p, hash, 0);
	enter(&x, message_of(&x), MLS_E_TREE_HASH_MISMATCH);
	party_free(&x.p);
}

/* The list without the extension of this type, or with it alone. */
static struct mls_buf
extensions_but(struct shown *x, uint16_t type, bool alone)
{
	struct mls_writer w = { 0 };
	struct mls_extension e;
	struct mls_reader r;

	mls__reader_init(&r, x->info.extensions);
	while (mls__extension_next(&e, &r))
		if ((e.type == type) == alone)
			mls__write_bytes(&w, extension(&x->p, e.type,
			    e.data));
	return keep_writer(&x->p, &w);
}

Test(info, GI_04_CRYPT_02_WIRE_23_external_pub)
{
	struct mls_buf without, key;
	struct mls_reader r;
	struct shown x;

	shown_open(&x, NULL);
	without = extensions_but(&x, MLS_EXT_EXTERNAL_PUB, false);
	mls__extension_find(&key, x.info.extensions, MLS_EXT_EXTERNAL_PUB);
	mls__reader_init(&r, key);
	key = mls__read_opaque(&r);
	x.info.extensions = without;
	enter(&x, message_of(&x), MLS_E_EXTERNAL_PUB_MISSING);
	/* without the length in front, and of a key that is none */
	x.info.extensions = joined(&x.p, without, extension(&x.p,
	    MLS_EXT_EXTERNAL_PUB, longer(&x.p, key, 200)));
	enter(&x, message_of(&x), MLS_E_EXTENSION_DATA_MALFORMED);
	x.info.extensions = joined(&x.p, without, extension(&x.p,
	    MLS_EXT_EXTERNAL_PUB, mls__buf("\3abc", 4)));
	enter(&x, message_of(&x), MLS_E_HPKE_PUBLIC_KEY_INVALID);
	party_free(&x.p);
}

/* The outsider's commit, which is not to be. */
static struct mls_buf
commit_to(struct shown *x)
{
	struct mls_bytes b;
	mls_change *c;

	must(mls_group_join_external(&c, x->p.m[4].client, message_of(x),
	    NO_OCTETS, NULL));
	must(mls_change_release(&b, c));
	must(mls_change_cancel(c));
	mls_change_drop(c);
	return keep_bytes(&x->p, b);
}

/* Another epoch's external key: nobody can open what is sealed to it. */
Test(info, GI_09_external_pub_of_the_epoch)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_buf old;
	struct mls_bytes b;
	struct shown x;

	policy.external = MLS_EXTERNAL_JOIN;
	shown_open(&x, &policy);
	old = extensions_but(&x, MLS_EXT_EXTERNAL_PUB, true);
	must(mls_group_commit(&b, NULL, x.p.m[0].group, NULL));
	must(mls_group_settle(x.p.m[0].group, 1));
	mls_bytes_free(&b);
	show(&x);
	accepted(&x.p, &x.p.m[0], commit_to(&x));
	x.info.extensions = joined(&x.p, extensions_but(&x,
	    MLS_EXT_EXTERNAL_PUB, false), old);
	refused(&x.p, &x.p.m[0], commit_to(&x),
	    MLS_E_CONFIRMATION_TAG_INVALID);
	party_free(&x.p);
}

Test(info, GI_05_tag_length)
{
	struct mls_buf tag;
	struct shown x;

	shown_open(&x, NULL);
	tag = x.info.confirmation_tag;
	x.info.confirmation_tag = NO_OCTETS;
	enter(&x, message_of(&x), MLS_E_GROUP_INFO_TAG_LENGTH);
	x.info.confirmation_tag = longer(&x.p, tag, 1);
	enter(&x, message_of(&x), MLS_E_GROUP_INFO_TAG_LENGTH);
	/* A wrong one of the right length is for those inside to see. */
	x.info.confirmation_tag = flipped(&x.p, tag, 0);
	enter(&x, message_of(&x), 0);
	party_free(&x.p);
}

Test(info, GI_06_07_WIRE_24_extensions)
{
	struct mls_buf good;
	struct shown x;

	shown_open(&x, NULL);
	good = x.info.extensions;
	x.info.extensions = joined(&x.p, good, extension(&x.p, 0xf0f0,
	    text("unknown")));
	enter(&x, message_of(&x), 0);
	x.info.extensions = joined(&x.p, good, extension(&x.p,
	    MLS_EXT_REQUIRED_CAPABILITIES, mls__buf("\0\0\0", 3)));
	enter(&x, message_of(&x), MLS_E_EXTENSION_WRONG_PLACE);
	x.info.extensions = good;
	x.info.context.extensions = extension(&x.p, 0xf001, text("x"));
	enter(&x, message_of(&x), MLS_E_GROUP_CONTEXT_EXTENSION_UNSUPPORTED);
	x.info.context.extensions = extension(&x.p, MLS_EXT_APPLICATION_ID,
	    mls__buf("\1a", 2));
	enter(&x, message_of(&x), MLS_E_EXTENSION_WRONG_PLACE);
	party_free(&x.p);
}

Test(info, WIRE_31_WELCOME_14_15_16_way_in)
{
	struct mls_bytes kp;
	struct mls_buf tree, good;
	struct shown x;
	mls_change *c;

	shown_open(&x, NULL);
	good = message_of(&x);
	kp = make_package(&x.p.m[4], x.p.suite);
	enter(&x, octets(&kp), MLS_E_UNEXPECTED_WIRE_FORMAT);
	mls_bytes_free(&kp);
	mls__extension_find(&tree, x.info.extensions, MLS_EXT_RATCHET_TREE);
	must_fail(mls_group_join_external(&c, x.p.m[4].client, good,
	    flipped(&x.p, tree, 9), NULL), MLS_E_RATCHET_TREE_CONFLICT);
	x.info.extensions = extensions_but(&x, MLS_EXT_RATCHET_TREE, false);
	enter(&x, message_of(&x), MLS_E_RATCHET_TREE_MISSING);
	must_fail(mls_group_join_external(&c, x.p.m[0].client, good,
	    NO_OCTETS, NULL), MLS_E_GROUP_ID_IN_USE);
	party_free(&x.p);
}

/* A new signature key: the GroupInfo is signed with it, as the tree has it. */
Test(info, GI_08_after_rotation)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_message m;
	struct mls_buf old;
	struct mls_bytes b;
	struct shown x;

	shown_open(&x, NULL);
	old = keep(&x.p, mls__key_public(x.key));
	o.flags = MLS_COMMIT_NEW_SIGNATURE_KEY;
	must(mls_group_commit(&b, NULL, x.p.m[0].group, &o));
	must(mls_group_settle(x.p.m[0].group, 1));
	mls_bytes_free(&b);
	cr_assert_not(mls__equal(old, mls__key_public(
	    x.p.m[0].group->state->sign_key)));
	must(mls_group_publish(&b, x.p.m[0].group, 0));
	enter(&x, octets(&b), 0);
	must(mls__message_read(&m, &x.p.arena, keep_bytes(&x.p, b), NULL));
	cr_assert_eq(m.u.group_info.signer, 0);
	party_free(&x.p);
}
