/* SPDX-License-Identifier: MIT */
/* What our own commits are like, and what they leave as it is (RFC 9420
 * §12.3, §12.4.1). */
#include "rules/welcome.h"

#define PARTY(p) \
	struct party p; \
	party_new(&p, NULL, 4)

/* Who commits, and all others take it; the message is kept. */
static struct mls_buf
commits(struct party *p, size_t by, const struct mls_commit_options *o,
    struct mls_bytes *welcome)
{
	struct mls_bytes b;
	struct mls_buf message;
	size_t i;

	must(mls_group_commit(&b, welcome, p->m[by].group, o));
	must(mls_group_settle(p->m[by].group, 1));
	message = keep_bytes(p, b);
	for (i = 0; i < p->n; i++)
		if (i != by)
			take(&p->m[i], message);
	return message;
}

/* Everybody's commit, taken by everybody. */
static void
go_round(struct party *p, struct member *const *v, size_t n)
{
	struct mls_bytes b;
	size_t i, k;

	for (i = 0; i < n; i++) {
		must(mls_group_commit(&b, NULL, v[i]->group, NULL));
		must(mls_group_settle(v[i]->group, 1));
		for (k = 0; k < n; k++)
			if (k != i)
				take(v[k], octets(&b));
		for (k = 1; k < n; k++)
			agree(v[0], v[k]);
		mls_bytes_free(&b);
	}
	(void)p;
}

/* It fails at each step, and the good one is taken after all. */
Test(making, COMMIT_15_failures_leave_no_trace)
{
	struct commit_spec spec = { .n = 1 }, bad;
	struct mls_buf good, before;
	struct forge f;
	PARTY(p);

	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	spec.values[0] = propose_remove(&p, 2);
	good = forge_commit(&f, &spec);
	before = party_store(&p, &p.m[0]);
	bad = spec;
	bad.pathless = true;
	refused(&p, &p.m[0], forge_commit(&f, &bad), MLS_E_PATH_REQUIRED);
	bad = spec;
	bad.old_context = true;
	refused(&p, &p.m[0], forge_commit(&f, &bad),
	    MLS_E_PATH_SECRET_DECRYPT);
	bad = spec;
	bad.wrong_secret = true;
	refused(&p, &p.m[0], forge_commit(&f, &bad),
	    MLS_E_PATH_KEY_MISMATCH);
	f.on_confirmation = hook_flip;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CONFIRMATION_TAG_INVALID);
	cr_assert(mls__equal(before, party_store(&p, &p.m[0])));
	take(&p.m[0], good);
	take(&p.m[3], good);
	agree(&p.m[0], &p.m[3]);
	party_free(&p);
}

Test(making, COMMIT_16_made_is_not_done)
{
	struct mls_intent in = { .type = MLS_EFFECT_REMOVE, .leaf = 2 };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_buf before;
	mls_change *c;
	PARTY(p);

	o.intents = &in;
	o.n_intents = 1;
	before = party_store(&p, &p.m[0]);
	must(mls_group_make_commit(&c, p.m[0].group, &o));
	mls_change_drop(c);
	must(mls_group_make_commit(&c, p.m[0].group, &o));
	cr_assert(mls__equal(before, party_store(&p, &p.m[0])));
	cr_assert_eq(info(&p.m[0]).members, 4);
	commits(&p, 1, NULL, NULL);
	must_fail(mls_change_release(&(struct mls_bytes){ NULL, 0 }, c),
	    MLS_E_CHANGE_STALE);
	mls_change_drop(c);
	agree(&p.m[0], &p.m[1]);
	party_free(&p);
}

/* Without a path its secret is zeros. */
Test(making, COMMIT_03_21_pathless)
{
	struct mls_reinit reinit = { text("next"), 1, 1, { NULL, 0 } };
	struct mls_psk_id psk = { .type = MLS_PSK_EXTERNAL,
		.id = text("psk") };
	struct commit_spec spec = { .n = 1 };
	struct mls_buf values[2];
	struct forge f;
	size_t i;
	PARTY(p);

	for (i = 0; i < 2; i++)
		must(mls_psk_put(p.m[i].client, text("psk"), text("value")));
	psk.nonce = nonce(&p, 1);
	values[0] = propose_psk(&p, &psk);
	values[1] = propose_reinit(&p, &reinit);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	for (i = 0; i < 2; i++) {
		spec.values[0] = values[i];
		spec.pathless = true;
		accepted(&p, &p.m[0], forge_commit(&f, &spec));
		spec.pathless = false;
		accepted(&p, &p.m[0], forge_commit(&f, &spec));
	}
	spec.pathless = true;
	spec.other_commit_secret = true;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CONFIRMATION_TAG_INVALID);
	party_free(&p);
}

/* Three at once, by one Welcome; each knows the keys above it, or none. */
static void
welcome_three(uint32_t flags)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_node_view root = MLS_NODE_VIEW_INIT;
	struct mls_intent add[3];
	struct member more[3], *all[7];
	struct mls_bytes kp[3], welcome;
	size_t i;
	PARTY(p);

	memset(add, 0, sizeof(add));
	for (i = 0; i < 3; i++) {
		more[i] = make_member(p.context, (const char *[]){ "x", "y",
		    "z" }[i]);
		kp[i] = make_package(&more[i], p.suite);
		add[i].type = MLS_EFFECT_ADD;
		add[i].key_package = octets(&kp[i]);
	}
	o.intents = add;
	o.n_intents = 3;
	o.flags = flags;
	commits(&p, 1, &o, &welcome);
	for (i = 0; i < 4; i++)
		all[i] = &p.m[i];
	for (i = 0; i < 3; i++) {
		join(&more[i], octets(&welcome));
		agree(&p.m[0], &more[i]);
		must(mls_group_node(&root, more[i].group, 7));
		cr_assert_eq(root.own_key, flags != 0);
		all[4 + i] = &more[i];
		mls_bytes_free(&kp[i]);
	}
	mls_bytes_free(&welcome);
	go_round(&p, all, 7);
	for (i = 0; i < 3; i++)
		close_member(&more[i]);
	party_free(&p);
}

Test(making, COMMIT_23_path_secrets)
{
	welcome_three(MLS_COMMIT_FORCE_PATH);
}

Test(making, WELCOME_23_26_no_path_secrets)
{
	welcome_three(0);
}

/* Three PSKs: members and newcomer agree, and the Welcome has their order. */
Test(making, COMMIT_24_PSK_07_psks)
{
	static const char *const names[] = { "c", "a", "b" };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent in[4];
	struct mls_bytes kp, b, welcome;
	mls_change *c;
	size_t i, k;
	PARTY(p);

	memset(in, 0, sizeof(in));
	kp = make_package(&p.m[4], p.suite);
	in[0].type = MLS_EFFECT_ADD;
	in[0].key_package = octets(&kp);
	for (i = 0; i < 3; i++) {
		in[i + 1].type = MLS_EFFECT_PSK;
		in[i + 1].psk_id = text(names[i]);
		for (k = 0; k < 5; k++)
			must(mls_psk_put(p.m[k].client, text(names[i]),
			    text(names[2 - i])));
	}
	o.intents = in;
	o.n_intents = 4;
	must(mls_group_make_commit(&c, p.m[0].group, &o));
	cr_assert_eq(c->making->n_psks, 3);
	for (i = 0; i < 3; i++)
		cr_assert(mls__equal(c->making->psks[i].id,
		    text(names[i])));
	must(mls_change_release(&b, c));
	must(mls_change_welcome(&welcome, c));
	must(mls_change_apply(c));
	mls_change_drop(c);
	take(&p.m[1], octets(&b));
	join(&p.m[4], octets(&welcome));
	agree(&p.m[0], &p.m[1]);
	agree(&p.m[0], &p.m[4]);
	mls_bytes_free(&kp);
	mls_bytes_free(&b);
	mls_bytes_free(&welcome);
	party_free(&p);
}

/* A new signature key and a newcomer by one commit: who joins sees the new key
 * in the tree and in the GroupInfo's signature; the others in the path. */
Test(making, COMMIT_25_LEAF_26_rotation)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent in = { .type = MLS_EFFECT_ADD };
	struct member *all[5];
	struct mls_bytes kp, welcome;
	struct mls_buf old, message;
	struct mls_identity there;
	struct mls_message m;
	size_t i;
	PARTY(p);

	old = keep(&p, mls__key_public(p.m[1].group->state->sign_key));
	kp = make_package(&p.m[4], p.suite);
	in.key_package = octets(&kp);
	o.intents = &in;
	o.n_intents = 1;
	o.flags = MLS_COMMIT_NEW_SIGNATURE_KEY;
	o.send = &(struct mls_send_options){ .size = sizeof(*o.send),
		.framing = MLS_FRAMING_PUBLIC };
	message = commits(&p, 1, &o, &welcome);
	must(mls__message_read(&m, &p.arena, message, NULL));
	cr_assert(m.u.public_message.content.u.commit.has_path);
	join(&p.m[4], octets(&welcome));
	must(mls_group_member(&there, p.m[4].group, 1));
	cr_assert_not(mls__equal(there.signature_key, old));
	for (i = 0; i < 5; i++)
		all[i] = &p.m[i];
	go_round(&p, all, 5);
	mls_bytes_free(&kp);
	mls_bytes_free(&welcome);
	party_free(&p);
}

Test(making, WELCOME_28_apart_from_its_commit)
{
	struct mls_bytes message, welcome;
	struct party p;
	struct entry e;

	party_new(&p, NULL, 4);
	entry_new(&e, &p, 0);
	must_fail(mls_change_welcome(&welcome, e.c), MLS_E_CHANGE_MISUSE);
	must(mls_change_release(&message, e.c));
	must(mls_change_welcome(&welcome, e.c));
	cr_assert_neq(message.len, 0);
	cr_assert_neq(welcome.len, 0);
	must(mls_change_cancel(e.c));
	cr_assert_eq(info(&p.m[0]).members, 4);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	entry_free(&e);
	party_free(&p);
}

Test(making, GI_10_no_external_pub_in_a_welcome)
{
	struct mls_buf data;
	struct party p;
	struct entry e;

	party_new(&p, NULL, 4);
	entry_new(&e, &p, 0);
	cr_assert(mls__extension_find(&data, e.info.extensions,
	    MLS_EXT_RATCHET_TREE));
	cr_assert_not(mls__extension_find(&data, e.info.extensions,
	    MLS_EXT_EXTERNAL_PUB));
	entry_free(&e);
	party_free(&p);
}

/* Alone at leaf 2: everybody left of her is gone, and those behind her. */
Test(making, TREE_23_COMMIT_22_alone)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent in[3];
	struct member *both[2], erin;
	struct mls_bytes kp, welcome, b;
	mls_change *c;
	size_t i;
	PARTY(p);

	memset(in, 0, sizeof(in));
	for (i = 0; i < 3; i++) {
		in[i].type = MLS_EFFECT_REMOVE;
		in[i].leaf = (uint32_t[]){ 0, 1, 3 }[i];
	}
	o.intents = in;
	o.n_intents = 3;
	commits(&p, 2, &o, NULL);
	cr_assert_eq(info(&p.m[2]).members, 1);
	cr_assert_eq(info(&p.m[2]).own_leaf, 2);
	must(mls_group_make_commit(&c, p.m[2].group, NULL));
	cr_assert_eq(mls__tree_leaf(c->tree, 2)->parent_hash.len, 0);
	mls_change_drop(c);
	for (i = 0; i < 2; i++) {
		must(mls_group_commit(&b, NULL, p.m[2].group, NULL));
		must(mls_group_settle(p.m[2].group, 1));
		mls_bytes_free(&b);
	}
	erin = p.m[4];
	kp = make_package(&erin, p.suite);
	in[0].type = MLS_EFFECT_ADD;
	in[0].key_package = octets(&kp);
	o.n_intents = 1;
	must(mls_group_commit(&b, &welcome, p.m[2].group, &o));
	must(mls_group_settle(p.m[2].group, 1));
	join(&erin, octets(&welcome));
	cr_assert_eq(info(&erin).own_leaf, 0);
	both[0] = &p.m[2];
	both[1] = &erin;
	go_round(&p, both, 2);
	mls_group_close(erin.group);
	mls_bytes_free(&kp);
	mls_bytes_free(&b);
	mls_bytes_free(&welcome);
	party_free(&p);
}

Test(making, KS_03_a_new_group)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct mls_secret interim;
	const struct mls_state *a, *b;
	mls_group *g[2];
	PARTY(p);

	o.suite = p.suite;
	must(mls_group_create(&g[0], p.m[4].client, &o));
	must(mls_group_create(&g[1], p.m[4].client, &o));
	a = g[0]->state;
	b = g[1]->state;
	cr_assert_eq(g[0]->header.epoch, 0);
	cr_assert_eq(a->context.confirmed_transcript_hash.len, 0);
	must(mls__transcript_interim(&interim, p.s, NO_OCTETS,
	    mls__secret_buf(&a->confirmation_tag)));
	cr_assert(mls__equal_ct(mls__secret_buf(&interim),
	    mls__secret_buf(&a->interim)));
	cr_assert_not(mls__equal_ct(mls__secret_buf(&a->epoch.init),
	    mls__secret_buf(&b->epoch.init)));
	mls_group_close(g[0]);
	mls_group_close(g[1]);
	party_free(&p);
}

/* Two commits of one epoch: those who take the same one agree. */
Test(making, KS_07_forks)
{
	struct mls_buf one, two;
	struct mls_group_info_view a, b;
	PARTY(p);

	one = commit_of(&p, 1, 0);
	two = commit_of(&p, 1, 0);
	take(&p.m[0], one);
	take(&p.m[2], one);
	take(&p.m[3], two);
	agree(&p.m[0], &p.m[2]);
	a = info(&p.m[0]);
	b = info(&p.m[3]);
	cr_assert_eq(a.epoch, b.epoch);
	cr_assert_not(mls__equal(a.authenticator, b.authenticator));
	refused(&p, &p.m[3], one, MLS_E_HANDSHAKE_EPOCH); /* GROUP-05 */
	party_free(&p);
}

/* One draw for each: what is proposed twice differs, and in the nonce alone. */
Test(making, PSK_02_fresh_nonces)
{
	struct mls_intent in = { .type = MLS_EFFECT_PSK,
		.psk_id = text("psk") };
	struct mls_proposal v[2];
	struct mls_reader r;
	mls_change *c;
	size_t i;
	PARTY(p);

	for (i = 0; i < 2; i++) {
		must(mls_group_make_proposal(&c, p.m[0].group, &in, NULL));
		mls__reader_init(&r, keep(&p, c->making->body));
		mls__proposal_read(&v[i], &r);
		must(mls__reader_end(&r));
		mls_change_drop(c);
		cr_assert_eq(v[i].u.psk.nonce.len, p.s->nh);
	}
	cr_assert(mls__equal(v[0].u.psk.id, v[1].u.psk.id));
	cr_assert_not(mls__equal(v[0].u.psk.nonce, v[1].u.psk.nonce));
	party_free(&p);
}
