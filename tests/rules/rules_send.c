/* SPDX-License-Identifier: MIT */
/* What the API refuses to make: what others would refuse, and more. */
#include "rules/forge.h"

#define PARTY(p) \
	struct party p; \
	party_new(&p, NULL, 3)

/* Neither proposed nor committed; nothing has changed. */
static void
not_made(struct party *p, const struct mls_intent *intent, int error)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_buf before = party_store(p, &p->m[0]), after;
	mls_change *c;

	o.intents = intent;
	o.n_intents = 1;
	must_fail(mls_group_make_proposal(&c, p->m[0].group, intent, NULL),
	    error);
	must_fail(mls_group_make_commit(&c, p->m[0].group, &o), error);
	after = party_store(p, &p->m[0]);
	cr_assert(mls__equal(before, after));
}

static struct mls_buf
package_message(struct party *p, const struct package_spec *spec)
{
	struct mls_writer w = { 0 };

	mls__message_head(&w, MLS_WIRE_KEY_PACKAGE);
	mls__write_bytes(&w, forge_package(p, p->n, spec));
	return keep_writer(p, &w);
}

static void
other_suite(struct party *p, struct mls_key_package *kp)
{
	kp->suite = p->other;
}

static void
expired(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->not_before = 0;
	l->not_after = 1000;
}

static void
x509_only(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->capabilities.credentials = mls__buf("\0\2", 2);
}

Test(send, KP_03_04_LEAF_01_03_14_adds_that_others_would_refuse)
{
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct package_spec spec = { .bad_signature = true };
	PARTY(p);

	add.key_package = package_message(&p, &spec);
	not_made(&p, &add, MLS_E_KEY_PACKAGE_SIGNATURE);
	spec.bad_signature = false;
	spec.bad_leaf_signature = true;
	add.key_package = package_message(&p, &spec);
	not_made(&p, &add, MLS_E_LEAF_SIGNATURE);
	spec.bad_leaf_signature = false;
	spec.package = other_suite;
	add.key_package = package_message(&p, &spec);
	not_made(&p, &add, MLS_E_KEY_PACKAGE_CIPHER_SUITE);
	spec.package = NULL;
	spec.leaf = expired;
	add.key_package = package_message(&p, &spec);
	not_made(&p, &add, MLS_E_LIFETIME_NOT_CURRENT);
	spec.leaf = x509_only;
	add.key_package = package_message(&p, &spec);
	not_made(&p, &add, MLS_E_LEAF_CREDENTIAL_UNLISTED);
	party_free(&p);
}

Test(send, PROP_08_15_16_removes_that_others_would_refuse)
{
	struct mls_intent remove_[2] = { { .type = MLS_EFFECT_REMOVE } };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	mls_change *c;
	PARTY(p);

	remove_[0].leaf = 3;
	not_made(&p, remove_, MLS_E_REMOVE_UNKNOWN_LEAF);
	remove_[0].leaf = 0xffffffff;
	not_made(&p, remove_, MLS_E_LEAF_INDEX_TOO_LARGE);
	o.intents = remove_;
	o.n_intents = 1;
	remove_[0].leaf = 0;
	must_fail(mls_group_make_commit(&c, p.m[0].group, &o),
	    MLS_E_REMOVE_OF_COMMITTER);
	remove_[0].leaf = 1;
	remove_[1] = remove_[0];
	o.n_intents = 2;
	must_fail(mls_group_make_commit(&c, p.m[0].group, &o),
	    MLS_E_LEAF_CHANGED_TWICE);
	party_free(&p);
}

Test(send, PROP_12_14_17_20_commits_that_others_would_refuse)
{
	struct mls_intent in = { .type = MLS_EFFECT_UPDATE }, two[2];
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct package_spec spec = { 0 };
	mls_change *c;
	PARTY(p);

	o.intents = &in;
	o.n_intents = 1;
	must_fail(mls_group_make_commit(&c, p.m[0].group, &o),
	    MLS_E_UPDATE_BY_COMMITTER);
	in.type = MLS_EFFECT_PSK;
	in.psk_id = text("not held");
	must_fail(mls_group_make_commit(&c, p.m[0].group, &o),
	    MLS_E_PSK_UNAVAILABLE);
	in.type = MLS_EFFECT_EXTENSIONS;
	in.extensions = extension(&p, 0xf001, text("x"));
	must_fail(mls_group_make_commit(&c, p.m[0].group, &o),
	    MLS_E_GCE_EXTENSION_UNSUPPORTED);
	two[0].type = two[1].type = MLS_EFFECT_EXTENSIONS;
	two[0].extensions = two[1].extensions = NO_OCTETS;
	o.intents = two;
	o.n_intents = 2;
	must_fail(mls_group_make_commit(&c, p.m[0].group, &o),
	    MLS_E_MULTIPLE_GCE);
	memset(two, 0, sizeof(two));
	two[0].type = two[1].type = MLS_EFFECT_ADD;
	two[0].key_package = package_message(&p, &spec);
	two[1].key_package = package_message(&p, &spec);
	must_fail(mls_group_make_commit(&c, p.m[0].group, &o),
	    MLS_E_DUPLICATE_ADD);
	party_free(&p);
}

Test(send, WIRE_21_23_24_that_others_would_refuse)
{
	struct mls_intent in = { .type = MLS_EFFECT_EXTENSIONS };
	PARTY(p);

	in.extensions = extension(&p, MLS_EXT_REQUIRED_CAPABILITIES,
	    mls__buf("\0\0\0\0", 4));
	not_made(&p, &in, MLS_E_EXTENSION_DATA_MALFORMED);
	in.extensions = joined(&p, extension(&p, 0xf001, text("x")),
	    extension(&p, 0xf001, text("x")));
	not_made(&p, &in, MLS_E_DUPLICATE_EXTENSION);
	in.extensions = extension(&p, MLS_EXT_RATCHET_TREE,
	    mls__buf("\0", 1));
	not_made(&p, &in, MLS_E_EXTENSION_WRONG_PLACE);
	party_free(&p);
}

Test(send, WIRE_29_grease)
{
	struct mls_intent in = { .type = MLS_EFFECT_EXTENSIONS };
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	mls_group *g;
	PARTY(p);

	in.extensions = extension(&p, 0xeaea, text("x"));
	not_made(&p, &in, MLS_E_GREASE_IN_CLOSED_FIELD);
	o.suite = p.suite;
	o.extensions = in.extensions;
	must_fail(mls_group_create(&g, p.m[3].client, &o),
	    MLS_E_GREASE_IN_CLOSED_FIELD);
	party_free(&p);
}

Test(send, GROUP_01_02_create)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	mls_group *g;
	PARTY(p);

	o.suite = p.suite;
	o.group_id = text("rules");
	must_fail(mls_group_create(&g, p.m[0].client, &o),
	    MLS_E_GROUP_ID_TAKEN);
	o.group_id = text("another");
	o.extensions = extension(&p, 0xf001, text("x"));
	must_fail(mls_group_create(&g, p.m[0].client, &o),
	    MLS_E_CREATOR_INCOMPATIBLE);
	o.extensions = extension(&p, MLS_EXT_APPLICATION_ID,
	    mls__buf("\1a", 2));
	must_fail(mls_group_create(&g, p.m[0].client, &o),
	    MLS_E_EXTENSION_WRONG_PLACE);
	party_free(&p);
}

Test(send, APP_01_02_MSG_19_messages)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_bytes b;
	mls_change *c;
	PARTY(p);

	o.framing = MLS_FRAMING_PUBLIC;
	must_fail(mls_group_make_message(&c, p.m[0].group, text("x"), &o),
	    MLS_E_APPLICATION_FRAMING_PUBLIC);
	o.framing = 0;
	o.padding = 17u << 20; /* MSG-19 */
	must_fail(mls_group_make_message(&c, p.m[0].group, text("x"), &o),
	    MLS_E_PADDING_TOO_LARGE);
	take(&p.m[0], proposal_of(&p, 1, propose_remove(&p, 2)));
	must_fail(mls_group_send(&b, p.m[0].group, text("x")),
	    MLS_E_COMMIT_BEFORE_SEND);
	party_free(&p);
}

Test(send, APP_03_aead_limit)
{
	struct mls_bytes b;
	PARTY(p);

	p.m[0].group->spent[MLS_RATCHET_APPLICATION] = 1u << 24;
	if (p.s->row->aead != 0x0003) /* ChaCha20-Poly1305 bears more */
		must_fail(mls_group_send(&b, p.m[0].group, text("x")),
		    MLS_E_AEAD_LIMIT);
	/* A commit goes out still. */
	must(mls_group_commit(&b, NULL, p.m[0].group, NULL));
	mls_bytes_free(&b);
	party_free(&p);
}

Test(send, LIMIT_09_generation_exhausted)
{
	struct mls_batch batch = { .direct = NULL };
	struct mls_writer *key, value = { 0 };
	struct mls_bytes b;
	mls_group *g;
	PARTY(p);

	g = p.m[0].group;
	key = mls__batch_key(&batch, MLS_REC_RATCHET);
	mls__write_u64(key, g->header.epoch);
	mls__write_u32(key, 0);
	mls__write_u8(key, MLS_RATCHET_APPLICATION);
	mls__write_u32(&value, UINT32_MAX);
	mls__write_u32(&value, 0);
	mls__write_u8(&value, 1);
	mls__write_opaque(&value, mls__secret_buf(&g->state->epoch.init));
	mls__batch_put(&batch, mls__writer_buf(&value));
	must(mls__group_begin(g));
	must(mls__batch_play(&g->txn, mls__writer_buf(&batch.ops),
	    g->number));
	must(mls__group_commit(g));
	mls__group_leave(g);
	must_fail(mls_group_send(&b, g, text("x")),
	    MLS_E_GENERATION_EXHAUSTED);
	mls__batch_free(&batch);
	mls__writer_free(&value);
	party_free(&p);
}

Test(send, KS_04_CRYPT_10_exporter)
{
	static uint8_t out[65536];
	PARTY(p);

	must_fail(mls_group_export(out, 0, p.m[0].group, "x", NO_OCTETS),
	    MLS_E_EXPORTER_LENGTH);
	must(mls_group_export(out, 255 * p.s->nh, p.m[0].group, "x", NO_OCTETS));
	must_fail(mls_group_export(out, 255 * p.s->nh + 1, p.m[0].group, "x",
	    NO_OCTETS), MLS_E_KDF_LENGTH);
	must_fail(mls_group_export(out, 65536, p.m[0].group, "x",
	    NO_OCTETS), MLS_E_KDF_LENGTH);
	party_free(&p);
}

Test(send, PROP_26_27_28_31_what_spoils_is_left_out)
{
	struct mls_psk_id psk = { .type = MLS_PSK_EXTERNAL,
		.id = text("unheld") };
	const struct mls_summary *s;
	struct mls_bytes b;
	mls_change *c;
	struct party p;

	party_new(&p, NULL, 4);
	cache(&p, 0, propose_update(&p, 0, NULL)); /* Alice's own */
	cache(&p, 1, propose_remove(&p, 0));       /* of Alice */
	cache(&p, 2, propose_update(&p, 2, NULL)); /* older */
	cache(&p, 2, propose_update(&p, 2, NULL));
	cache(&p, 3, propose_update(&p, 3, NULL)); /* less than a Remove */
	cache(&p, 1, propose_remove(&p, 3));
	psk.nonce = nonce(&p, 1);
	cache(&p, 1, propose_psk(&p, &psk));       /* not held */
	must(mls_group_make_commit(&c, p.m[0].group, NULL));
	s = mls_change_summary(c);
	cr_assert_eq(s->n_left_out, 5);
	cr_assert_eq(s->n_effects, 3); /* Update, Remove, path */
	must(mls_change_release(&b, c));
	must(mls_change_apply(c));
	mls_change_drop(c);
	take(&p.m[1], octets(&b)); /* PROP-31 */
	agree(&p.m[0], &p.m[1]);
	mls_bytes_free(&b);
	party_free(&p);
}

Test(send, WELCOME_14_again_after_removal)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent in = { .type = MLS_EFFECT_REMOVE, .leaf = 2 };
	struct mls_bytes b, kp, welcome, again;
	struct member old;
	mls_change *c;
	uint32_t leaf;
	PARTY(p);

	old.client = p.m[2].client;
	old.group = NULL;
	o.intents = &in;
	o.n_intents = 1;
	must(mls_group_commit(&b, NULL, p.m[0].group, &o));
	must(mls_group_settle(p.m[0].group, 1));
	take(&p.m[2], octets(&b));
	mls_bytes_free(&b);
	kp = make_package(&p.m[2], p.suite);
	in.type = MLS_EFFECT_ADD;
	in.key_package = octets(&kp);
	must(mls_group_commit(&b, &welcome, p.m[0].group, &o));
	must(mls_group_settle(p.m[0].group, 1));
	/* A group that we left makes way; one that we are in does not. */
	join(&old, octets(&welcome));
	agree(&p.m[0], &old);
	must_fail(mls_group_next(&leaf, p.m[2].group, 0),
	    MLS_E_GROUP_NOT_FOUND);
	again = make_package(&old, p.suite);
	in.key_package = octets(&again);
	must_fail(mls_group_make_commit(&c, p.m[0].group, &o),
	    MLS_E_ADD_EXISTING_MEMBER);
	mls_group_close(old.group);
	mls_bytes_free(&again);
	mls_bytes_free(&b);
	mls_bytes_free(&kp);
	mls_bytes_free(&welcome);
	party_free(&p);
}
