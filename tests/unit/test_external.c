/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.3.2, §12.1.8: joins and proposals from outside. */
#include "outside_fixture.h"
#include "three.h"

static struct three t;
static int refuse_at; /* MLS_AT_*: nobody is known there */

static int
accept_but(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	if (where == MLS_AT_RESYNC)
		cr_expect(previous != NULL && previous->identity.len ==
		    identity->identity.len);
	return where == refuse_at;
}

static uint32_t tolerate;

static void
open_with(uint32_t external)
{
	struct mls_policy p = MLS_POLICY_INIT;

	p.credential = accept_but;
	p.external = external;
	p.tolerate = MLS_TOLERATE_UNCOMMITTED | tolerate;
	three_open(&t, &p);
}

static void
set_up(void)
{
	refuse_at = 0;
	open_with(MLS_EXTERNAL_JOIN | MLS_EXTERNAL_RESYNC | MLS_EXTERNAL_ADD);
}

static void
tear_down(void)
{
	three_close(&t);
}

TestSuite(external, .init = set_up, .fini = tear_down);

Test(external, KS_09_join_in_every_suite)
{
	struct member *all[] = { &t.alice, &t.bob, &t.carol };
	const struct mls_summary *s;
	struct mls_bytes info_, commit;
	mls_change *c;
	uint16_t suite;

	for (suite = 1; suite <= 7; suite++) {
		two_meet(&t, suite, "group");
		info_ = publish(&t.bob, 0);
		commit = come_in(&t.carol, &info_, NULL);
		must(mls_group_process(&c, t.alice.group, octets(&commit)));
		s = mls_change_summary(c);
		cr_expect_eq(s->kind, MLS_CHANGE_COMMIT);
		cr_expect_eq(s->by, MLS_BY_NEW_MEMBER);
		cr_expect_eq(s->sender, 2);
		cr_assert_eq(s->n_effects, 1);
		cr_expect_eq(s->effects[0].type, MLS_EFFECT_EXTERNAL_JOIN);
		cr_expect_eq(s->effects[0].leaf, 2);
		cr_expect_arr_eq(s->effects[0].identity.identity.data,
		    "Carol", 5);
		must(mls_change_apply(c));
		mls_change_drop(c);
		take(&t.bob, &commit);
		agree(&t.alice, &t.carol);
		agree(&t.alice, &t.bob);
		go_on(all, 3);
		mls_bytes_free(&info_);
		mls_bytes_free(&commit);
		tear_down();
		set_up();
	}
}

/* Also at epoch 0, and with the tree beside. */
Test(external, GI_04_09_WELCOME_15_join_a_lonely_member)
{
	struct member *both[] = { &t.alice, &t.carol };
	struct mls_bytes info_, tree, commit;
	mls_change *c;

	make_group(&t.alice, 1, "group");
	info_ = publish(&t.alice, MLS_PUBLISH_TREE_BESIDE);
	must(mls_group_tree(&tree, t.alice.group));
	must_fail(mls_group_join_external(&c, t.carol.client, octets(&info_),
	    NO_OCTETS, NULL), MLS_E_RATCHET_TREE_MISSING);
	must(mls_group_join_external(&c, t.carol.client, octets(&info_),
	    octets(&tree), NULL));
	must(mls_change_release(&commit, c));
	must(mls_change_apply(c));
	must(mls_change_group(&t.carol.group, c));
	mls_change_drop(c);
	take(&t.alice, &commit);
	go_on(both, 2);
	mls_bytes_free(&info_);
	mls_bytes_free(&tree);
	mls_bytes_free(&commit);
	info_ = publish(&t.alice, MLS_PUBLISH_NO_EXTERNAL_PUB);
	must_fail(mls_group_join_external(&c, t.bob.client, octets(&info_),
	    NO_OCTETS, NULL), MLS_E_EXTERNAL_PUB_MISSING);
	mls_bytes_free(&info_);
}

/* A leaf that was freed is taken, leaf 0 too; who was there
 * before finds itself outside. */
Test(external, EXT_08_12_13_resync)
{
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct member again = make_member(t.context, "Alice");
	struct member *both[] = { &t.bob, &again };
	struct mls_bytes info_, commit;
	mls_change *c;

	o.resync = 1;
	two_meet(&t, 3, "group");
	info_ = publish(&t.bob, 0);
	must_fail(mls_group_join_external(&c, again.client, octets(&info_),
	    NO_OCTETS, NULL), MLS_E_EXTERNAL_JOIN_EXISTING_MEMBER);
	must_fail(mls_group_join_external(&c, t.carol.client, octets(&info_),
	    NO_OCTETS, &o), MLS_E_MEMBER_NOT_FOUND);
	commit = come_in(&again, &info_, &o);
	cr_expect_eq(info(&again).own_leaf, 0);
	take(&t.bob, &commit);
	take(&t.alice, &commit);
	cr_expect_eq(info(&t.alice).active, 0);
	agree(&t.bob, &again);
	go_on(both, 2);
	mls_bytes_free(&info_);
	mls_bytes_free(&commit);
	close_member(&again);
}

/* A user's second device comes in by itself and a third is added; of those that
 * share a credential the signature key tells who comes back. */
Test(external, EXT_12_shared_identity)
{
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct member *all[] = { &t.alice, &t.bob, NULL, NULL };
	struct member second, third;
	struct mls_bytes b, info_, key, package, welcome;
	struct mls_intent in = { .type = MLS_EFFECT_ADD };
	mls_change *c;
	size_t i;

	tear_down();
	tolerate = MLS_TOLERATE_SHARED_IDENTITY;
	open_with(MLS_EXTERNAL_JOIN | MLS_EXTERNAL_RESYNC);
	all[2] = &second;
	all[3] = &third;
	second = make_member(t.context, "Alice");
	third = make_member(t.context, "Alice");
	must(mls_client_signature_key(&key, second.client, 1, NO_OCTETS));
	mls_bytes_free(&key);
	two_meet(&t, 1, "group");
	info_ = publish(&t.bob, 0);
	to(come_in(&second, &info_, NULL), &t.alice, &t.bob);
	mls_bytes_free(&info_);
	go_on(all, 3);
	package = make_package(&third, 1);
	in.key_package = octets(&package);
	b = commit(&t.bob, &in, 1, &welcome);
	take(&t.alice, &b);
	take(&second, &b);
	join(&third, octets(&welcome));
	go_on(all, 4);
	info_ = publish(&t.bob, 0);
	o.resync = 1;
	must_fail(mls_group_join_external(&c, third.client, octets(&info_),
	    NO_OCTETS, &o), MLS_E_MEMBER_NOT_FOUND);
	mls_bytes_free(&b);
	b = come_in(&second, &info_, &o);
	cr_expect_eq(info(&second).own_leaf, 2);
	for (i = 0; i < 4; i++)
		if (i != 2)
			take(all[i], &b);
	go_on(all, 4);
	mls_bytes_free(&b);
	mls_bytes_free(&info_);
	mls_bytes_free(&package);
	mls_bytes_free(&welcome);
	close_member(&second);
	close_member(&third);
}

/* The same client, whose group is there: it is replaced; and proves by a PSK
 * that it was there before. */
Test(external, EXT_14_15_resync_with_psks)
{
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct mls_intent psks[2] = { { .type = MLS_EFFECT_PSK },
		{ .type = MLS_EFFECT_PSK, .psk_id = text("psk") } };
	struct member *both[] = { &t.alice, &t.bob };
	struct mls_bytes info_, commit;
	mls_change *c;

	tear_down();
	open_with(MLS_EXTERNAL_RESYNC_PSK);
	two_meet(&t, 1, "group");
	psks[0].epoch = info(&t.bob).epoch;
	psks[0].group_id = text("group");
	o.resync = 1;
	info_ = publish(&t.alice, 0);
	commit = come_in(&t.carol, &info_, NULL);
	must_fail(mls_group_process(&c, t.alice.group, octets(&commit)),
	    MLS_E_EXTERNAL_COMMIT_DISALLOWED);
	mls_bytes_free(&commit);
	c = make_join(&t.bob, &info_, &o);
	must(mls_change_release(&commit, c));
	must(mls_change_cancel(c));
	mls_change_drop(c);
	must_fail(mls_group_process(&c, t.alice.group, octets(&commit)),
	    MLS_E_RESYNC_DISALLOWED);
	mls_bytes_free(&commit);
	o.intents = psks;
	o.n_intents = 2;
	must_fail(mls_group_join_external(&c, t.bob.client, octets(&info_),
	    NO_OCTETS, &o), MLS_E_PSK_UNAVAILABLE);
	must(mls_psk_put(t.bob.client, text("psk"), text("secret")));
	must(mls_psk_put(t.alice.client, text("psk"), text("secret")));
	commit = come_in(&t.bob, &info_, &o);
	take(&t.alice, &commit);
	cr_expect_eq(info(&t.bob).own_leaf, 1);
	go_on(both, 2);
	mls_bytes_free(&info_);
	mls_bytes_free(&commit);
}

Test(external, EXT_14_switched_off)
{
	struct mls_bytes info_, commit;
	mls_change *c;

	tear_down();
	open_with(0);
	two_meet(&t, 1, "group");
	info_ = publish(&t.alice, 0);
	commit = come_in(&t.carol, &info_, NULL);
	must_fail(mls_group_process(&c, t.alice.group, octets(&commit)),
	    MLS_E_EXTERNAL_COMMIT_DISALLOWED);
	mls_bytes_free(&commit);
	mls_bytes_free(&info_);
}

/* The race is lost, a fresh GroupInfo, a second try; a crash between
 * the release and what comes of it. */
Test(external, EXT_23_pending)
{
	struct member *all[] = { &t.alice, &t.bob, &t.carol };
	struct mls_bytes old, fresh, commit, lost, again;
	mls_change *c, *d;

	two_meet(&t, 1, "group");
	old = publish(&t.alice, 0);
	must(mls_client_pending(&c, t.carol.client, text("group")));
	cr_expect_null(c);
	c = make_join(&t.carol, &old, NULL);
	d = make_join(&t.carol, &old, NULL);
	must_fail(mls_change_apply(c), MLS_E_CHANGE_MISUSE);
	must(mls_change_release(&lost, c));
	must_fail(mls_change_release(&again, d), MLS_E_COMMIT_PENDING);
	mls_change_drop(d);
	must_fail(mls_group_join_external(&d, t.carol.client, octets(&old),
	    NO_OCTETS, NULL), MLS_E_COMMIT_PENDING);
	must(mls_group_commit(&commit, NULL, t.bob.group, NULL));
	must(mls_group_settle(t.bob.group, 1));
	take(&t.alice, &commit);
	must_fail(mls_group_process(&d, t.alice.group, octets(&lost)),
	    MLS_E_HANDSHAKE_EPOCH);
	must(mls_change_cancel(c));
	must_fail(mls_change_apply(c), MLS_E_CHANGE_MISUSE);
	mls_change_drop(c);
	mls_bytes_free(&commit);

	fresh = publish(&t.alice, 0);
	c = make_join(&t.carol, &fresh, NULL);
	must(mls_change_release(&commit, c));
	mls_change_drop(c);
	must(mls_client_pending(&c, t.carol.client, text("group")));
	cr_assert_not_null(c);
	cr_expect_eq(mls_change_summary(c)->kind, MLS_CHANGE_EXTERNAL_JOIN);
	cr_expect_eq(mls_change_summary(c)->sender, 2);
	cr_expect_eq(mls_change_summary(c)->n_effects, 1);
	must(mls_change_release(&again, c));
	cr_assert_eq(again.len, commit.len);
	cr_expect_arr_eq(again.data, commit.data, commit.len);
	must(mls_change_apply(c));
	must(mls_change_group(&t.carol.group, c));
	mls_change_drop(c);
	must(mls_client_pending(&c, t.carol.client, text("group")));
	cr_expect_null(c);
	take(&t.alice, &commit);
	take(&t.bob, &commit);
	go_on(all, 3);
	must_fail(mls_group_join_external(&d, t.carol.client, octets(&fresh),
	    NO_OCTETS, NULL), MLS_E_GROUP_ID_IN_USE);
	mls_bytes_free(&old);
	mls_bytes_free(&fresh);
	mls_bytes_free(&commit);
	mls_bytes_free(&lost);
	mls_bytes_free(&again);
}

Test(external, COMMIT_18_voids_a_parked_commit)
{
	struct member *all[] = { &t.alice, &t.bob, &t.carol };
	struct mls_bytes info_, commit, parked;

	two_meet(&t, 1, "group");
	info_ = publish(&t.alice, 0);
	must(mls_group_commit(&parked, NULL, t.bob.group, NULL));
	commit = come_in(&t.carol, &info_, NULL);
	take(&t.alice, &commit);
	take(&t.bob, &commit);
	must_fail(mls_group_settle(t.bob.group, 1), MLS_E_CHANGE_STALE);
	go_on(all, 3);
	mls_bytes_free(&info_);
	mls_bytes_free(&commit);
	mls_bytes_free(&parked);
}

Test(external, EXT_09_CRED_01_the_application_decides)
{
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct member again = make_member(t.context, "Bob");
	struct mls_bytes info_, commit;
	mls_change *c;

	two_meet(&t, 1, "group");
	info_ = publish(&t.alice, 0);
	refuse_at = MLS_AT_EXTERNAL_JOIN;
	must_fail(mls_group_join_external(&c, t.carol.client, octets(&info_),
	    NO_OCTETS, NULL), MLS_E_CREDENTIAL_REJECTED);
	refuse_at = 0;
	commit = come_in(&t.carol, &info_, NULL);
	refuse_at = MLS_AT_EXTERNAL_JOIN;
	must_fail(mls_group_process(&c, t.alice.group, octets(&commit)),
	    MLS_E_CREDENTIAL_REJECTED);
	refuse_at = 0;
	mls_bytes_free(&commit);
	o.resync = 1;
	commit = come_in(&again, &info_, &o);
	refuse_at = MLS_AT_RESYNC;
	must_fail(mls_group_process(&c, t.alice.group, octets(&commit)),
	    MLS_E_RESYNC_IDENTITY);
	mls_bytes_free(&commit);
	mls_bytes_free(&info_);
	close_member(&again);
}

/* A stranger asks to be added. */
Test(external, EXT_18_propose_to_join)
{
	struct member *all[] = { &t.alice, &t.bob, &t.carol };
	struct mls_bytes package, proposal, commit, welcome;
	const struct mls_summary *s;
	mls_change *c;

	two_meet(&t, 1, "group");
	package = make_package(&t.carol, 1);
	must(mls_propose_join(&proposal, t.carol.client, text("group"),
	    info(&t.alice).epoch, octets(&package)));
	must_fail(mls_propose_join(&commit, t.bob.client, text("group"), 1,
	    octets(&package)), MLS_E_KEY_PACKAGE_NOT_FOUND);
	refuse_at = MLS_AT_EXTERNAL_ADD;
	must_fail(mls_group_process(&c, t.alice.group, octets(&proposal)),
	    MLS_E_NEW_MEMBER_ADD_UNAUTHORISED);
	refuse_at = 0;
	must(mls_group_process(&c, t.alice.group, octets(&proposal)));
	s = mls_change_summary(c);
	cr_expect_eq(s->kind, MLS_CHANGE_PROPOSAL);
	cr_expect_eq(s->by, MLS_BY_NEW_MEMBER);
	cr_expect_eq(s->sender, MLS_NO_LEAF);
	cr_expect_eq(s->effects[0].type, MLS_EFFECT_ADD);
	cr_expect_eq(s->effects[0].by, MLS_BY_NEW_MEMBER);
	must(mls_change_apply(c));
	mls_change_drop(c);
	take(&t.bob, &proposal);
	must(mls_group_commit(&commit, &welcome, t.bob.group, NULL));
	must(mls_group_settle(t.bob.group, 1));
	take(&t.alice, &commit);
	join(&t.carol, octets(&welcome));
	go_on(all, 3);
	mls_bytes_free(&package);
	mls_bytes_free(&proposal);
	mls_bytes_free(&commit);
	mls_bytes_free(&welcome);
}

/* Who stands outside finds a member; what is not the group's tree is not
 * looked at (GI-02). */
Test(external, find_from_outside)
{
	struct mls_bytes info_, tree, foreign;
	uint32_t leaf = 7;

	two_meet(&t, 1, "group");
	info_ = publish(&t.alice, MLS_PUBLISH_TREE_BESIDE);
	must(mls_group_tree(&tree, t.alice.group));
	must(mls_group_info_find(&leaf, t.carol.client, octets(&info_),
	    octets(&tree), text("Bob")));
	cr_expect_eq(leaf, 1);
	must_fail(mls_group_info_find(&leaf, t.carol.client, octets(&info_),
	    octets(&tree), text("Bo")), MLS_E_MEMBER_NOT_FOUND);
	must_fail(mls_group_info_find(&leaf, t.carol.client, octets(&info_),
	    NO_OCTETS, text("Bob")), MLS_E_RATCHET_TREE_MISSING);
	make_group(&t.carol, 1, "another");
	must(mls_group_tree(&foreign, t.carol.group));
	must_fail(mls_group_info_find(&leaf, t.carol.client, octets(&info_),
	    octets(&foreign), text("Carol")), MLS_E_TREE_HASH_MISMATCH);
	must_fail(mls_group_info_find(&leaf, t.carol.client, octets(&tree),
	    NO_OCTETS, text("Bob")), MLS_E_UNKNOWN_PROTOCOL_VERSION);
	cr_expect_eq(leaf, 1);
	mls_bytes_free(&info_);
	mls_bytes_free(&tree);
	mls_bytes_free(&foreign);
}

Test(external, FRAME_11_12_13_senders)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent set = { .type = MLS_EFFECT_EXTENSIONS };
	struct mls_intent wish = { .type = MLS_EFFECT_REMOVE, .leaf = 1 };
	struct mls_bytes sender[2], list, info_, b, commit;
	struct member service = make_member(t.context, "Service");
	const struct mls_summary *s;
	mls_change *c;

	two_meet(&t, 1, "group");
	must(mls_external_sender_new(&sender[0], t.carol.client, 1));
	must(mls_external_sender_new(&sender[1], service.client, 1));
	info_ = publish(&t.alice, 0);
	must_fail(mls_external_propose(&b, service.client, octets(&info_),
	    &wish), MLS_E_EXTERNAL_SENDERS_ABSENT);
	mls_bytes_free(&info_);
	list = senders(sender, 2);
	set.extensions = octets(&list);
	o.intents = &set;
	o.n_intents = 1;
	must(mls_group_commit(&commit, NULL, t.alice.group, &o));
	must(mls_group_settle(t.alice.group, 1));
	take(&t.bob, &commit);
	mls_bytes_free(&commit);

	info_ = publish(&t.alice, 0);
	must_fail(mls_external_propose(&b, t.bob.client, octets(&info_), &wish),
	    MLS_E_EXTERNAL_SENDER_INDEX);
	must(mls_external_propose(&b, service.client, octets(&info_),
	    &wish));
	must(mls_group_process(&c, t.alice.group, octets(&b)));
	s = mls_change_summary(c);
	cr_expect_eq(s->by, MLS_BY_EXTERNAL);
	cr_expect_eq(s->sender, 1);
	cr_expect_arr_eq(s->sender_identity.identity.data, "Service", 7);
	cr_expect_eq(s->effects[0].by, MLS_BY_EXTERNAL);
	cr_expect_eq(s->effects[0].proposer, 1);
	must(mls_change_apply(c));
	mls_change_drop(c);
	take(&t.bob, &b);
	must(mls_group_commit(&commit, NULL, t.alice.group, NULL));
	must(mls_group_settle(t.alice.group, 1));
	take(&t.bob, &commit);
	cr_expect_eq(info(&t.alice).members, 1);
	cr_expect_eq(info(&t.bob).active, 0);
	wish.type = MLS_EFFECT_UPDATE;
	must_fail(mls_external_propose(&list, service.client, octets(&info_),
	    &wish), MLS_E_EXTERNAL_SENDER_PROPOSAL_TYPE);
	mls_bytes_free(&sender[0]);
	mls_bytes_free(&sender[1]);
	mls_bytes_free(&list);
	mls_bytes_free(&info_);
	mls_bytes_free(&commit);
	mls_bytes_free(&b);
	close_member(&service);
}

/* The private keys of a package go round. */
Test(external, package_keys)
{
	struct mls_bytes package = make_package(&t.bob, 1), a, b, c;
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent intent = { .type = MLS_EFFECT_ADD,
		.key_package = octets(&package) };
	struct mls_bytes commit, welcome;

	must(mls_key_package_export(&a, &b, &c, t.bob.client,
	    octets(&package)));
	must_fail(mls_key_package_export(&commit, &welcome, &c, t.carol.client,
	    octets(&package)), MLS_E_KEY_PACKAGE_NOT_FOUND);
	must(mls_key_package_import(t.carol.client, octets(&package),
	    octets(&a), octets(&b), octets(&c)));
	make_group(&t.alice, 1, "group");
	o.intents = &intent;
	o.n_intents = 1;
	must(mls_group_commit(&commit, &welcome, t.alice.group, &o));
	must(mls_group_settle(t.alice.group, 1));
	join(&t.carol, octets(&welcome));
	agree(&t.alice, &t.carol);
	mls_bytes_free(&package);
	mls_bytes_free(&a);
	mls_bytes_free(&b);
	mls_bytes_free(&c);
	mls_bytes_free(&commit);
	mls_bytes_free(&welcome);
}
