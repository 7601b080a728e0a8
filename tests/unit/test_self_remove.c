/* SPDX-License-Identifier: MIT */
/* SelfRemove of draft-ietf-mls-extensions. */
#include "three.h"

static struct three t;

static struct mls_policy
policy(void)
{
	struct mls_policy p = MLS_POLICY_INIT;

	p.drafts = MLS_DRAFT_SELF_REMOVE;
	p.external = MLS_EXTERNAL_JOIN;
	p.tolerate = MLS_TOLERATE_UNCOMMITTED;
	return p;
}

static void
set_up(void)
{
	struct mls_policy p = policy();

	three_open(&t, &p);
}

static void
tear_down(void)
{
	three_close(&t);
}

TestSuite(self_remove, .init = set_up, .fini = tear_down);

static struct mls_bytes
leave(struct member *m)
{
	struct mls_intent v = { .type = MLS_EFFECT_SELF_REMOVE };
	struct mls_bytes message;
	mls_change *c;

	must(mls_group_make_proposal(&c, m->group, &v, NULL));
	must(mls_change_release(&message, c));
	mls_change_drop(c);
	return message;
}

/* The one who leaves proposes; another one commits. */
Test(self_remove, leaves)
{
	struct member *both[] = { &t.alice, &t.carol };
	struct mls_bytes proposal, message;
	const struct mls_summary *s;
	mls_change *c;

	three_meet(&t, 1, "group");
	proposal = leave(&t.bob);
	must(mls_group_process(&c, t.alice.group, octets(&proposal)));
	s = mls_change_summary(c);
	cr_expect_eq(s->framing, MLS_FRAMING_PUBLIC);
	cr_assert_eq(s->n_effects, 1);
	cr_expect_eq(s->effects[0].type, MLS_EFFECT_SELF_REMOVE);
	cr_expect_eq(s->effects[0].leaf, 1);
	cr_expect_arr_eq(s->effects[0].previous.identity.data, "Bob", 3);
	mls_change_drop(c);
	to(proposal, &t.alice, &t.carol);
	/* nobody commits that one leaves oneself */
	must(mls_group_make_commit(&c, t.bob.group, NULL));
	cr_expect_eq(mls_change_summary(c)->n_left_out, 1);
	mls_change_drop(c);
	message = commit(&t.carol, NULL, 0, NULL);
	must(mls_group_process(&c, t.bob.group, octets(&message)));
	cr_expect_eq(mls_change_summary(c)->removes_us, 1);
	mls_change_drop(c);
	to(message, &t.alice, &t.bob);
	cr_expect_eq(info(&t.bob).active, 0);
	cr_expect_eq(info(&t.alice).members, 2);
	go_on(both, 2);
}

/* Not by value, and not in private. */
Test(self_remove, XTN_01_02_only_by_reference_and_in_public)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_commit_options co = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent v = { .type = MLS_EFFECT_SELF_REMOVE };
	mls_change *c;

	two_meet(&t, 1, "group");
	co.intents = &v;
	co.n_intents = 1;
	must_fail(mls_group_make_commit(&c, t.bob.group, &co),
	    MLS_E_SELF_REMOVE_BY_VALUE);
	o.framing = MLS_FRAMING_PRIVATE;
	must_fail(mls_group_make_proposal(&c, t.bob.group, &v, &o),
	    MLS_E_SELF_REMOVE_FRAMING);
}

/* Who leaves is not removed as well; of proposals, the SelfRemove goes
 * first, but what a commit is asked for goes before proposals. */
Test(self_remove, XTN_03_not_with_a_remove)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent v = { .type = MLS_EFFECT_REMOVE, .leaf = 1 };
	const struct mls_effect *left;
	struct mls_bytes remove, message;
	mls_change *c;

	three_meet(&t, 1, "group");
	must(mls_group_make_proposal(&c, t.carol.group, &v, NULL));
	must(mls_change_release(&remove, c));
	mls_change_drop(c);
	to(leave(&t.bob), &t.alice, &t.carol);
	o.intents = &v;
	o.n_intents = 1;
	must(mls_group_make_commit(&c, t.alice.group, &o));
	left = mls_change_summary(c)->left_out;
	cr_expect_eq(left->type, MLS_EFFECT_SELF_REMOVE);
	mls_change_drop(c);
	to(remove, &t.alice, &t.bob);
	must(mls_group_make_commit(&c, t.alice.group, NULL));
	cr_expect_eq(mls_change_summary(c)->n_left_out, 1);
	left = mls_change_summary(c)->left_out;
	cr_expect_eq(left->type, MLS_EFFECT_REMOVE);
	must(mls_change_release(&message, c));
	must(mls_change_apply(c));
	mls_change_drop(c);
	to(message, &t.bob, &t.carol);
	agree(&t.alice, &t.carol);
	cr_expect_eq(info(&t.bob).active, 0);
}

/* It waits until those are gone who do not know it. */
Test(self_remove, PROP_13_all_must_support_it)
{
	mls_context *other = open_context(NULL);
	struct member dave = make_member(other, "Dave");
	struct mls_intent v = { .type = MLS_EFFECT_SELF_REMOVE };
	struct mls_intent remove = { .type = MLS_EFFECT_REMOVE, .leaf = 2 };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes welcome;
	mls_change *c;

	make_group(&t.alice, 1, "group");
	welcome = add(&t.alice, &t.bob, &dave, 1);
	join(&t.bob, octets(&welcome));
	join(&dave, octets(&welcome));
	must_fail(mls_group_make_proposal(&c, dave.group, &v, NULL),
	    MLS_E_ARGUMENT);
	to(leave(&t.bob), &t.alice, NULL);
	must(mls_group_make_commit(&c, t.alice.group, NULL));
	cr_expect_eq(mls_change_summary(c)->n_left_out, 1);
	mls_change_drop(c);
	o.intents = &remove;
	o.n_intents = 1;
	must(mls_group_make_commit(&c, t.alice.group, &o));
	cr_expect_eq(mls_change_summary(c)->n_left_out, 0);
	mls_change_drop(c);
	mls_bytes_free(&welcome);
	close_member(&dave);
	mls_context_free(other);
}

/* A stranger comes in while a member waits to leave; the
 * joiner sits where that one sat. */
Test(self_remove, XTN_04_05_with_a_joiner)
{
	struct member dave = make_member(t.context, "Dave");
	struct member *all[] = { &t.alice, &t.carol, &dave };
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct mls_bytes proposal, group_info, message;
	const struct mls_summary *s;
	struct mls_buf waiting;
	mls_change *c;

	three_meet(&t, 1, "group");
	proposal = leave(&t.bob);
	take(&t.alice, &proposal);
	take(&t.carol, &proposal);
	must(mls_group_publish(&group_info, t.alice.group, 0));
	waiting = octets(&proposal);
	o.self_removes = &waiting;
	o.n_self_removes = 1;
	must(mls_group_join_external(&c, dave.client, octets(&group_info),
	    NO_OCTETS, &o));
	must(mls_change_release(&message, c));
	must(mls_change_apply(c));
	must(mls_change_group(&dave.group, c));
	mls_change_drop(c);
	cr_expect_eq(info(&dave).own_leaf, 1);
	must(mls_group_process(&c, t.carol.group, octets(&message)));
	s = mls_change_summary(c);
	cr_expect_eq(s->sender, 1);
	cr_expect_eq(s->n_effects, 2);
	mls_change_drop(c);
	to(message, &t.alice, &t.carol);
	agree(&t.alice, &dave);
	agree(&t.alice, &t.carol);
	go_on(all, 3);
	mls_bytes_free(&proposal);
	mls_bytes_free(&group_info);
	close_member(&dave);
}

/* It is looked at before it is taken along. */
Test(self_remove, XTN_04_FRAME_05_joiner_with_something_else)
{
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct mls_intent v = { .type = MLS_EFFECT_UPDATE };
	struct mls_send_options so = MLS_SEND_OPTIONS_INIT;
	struct mls_bytes update, old, group_info;
	struct mls_buf waiting;
	mls_change *c;

	two_meet(&t, 1, "group");
	old = leave(&t.bob);
	so.framing = MLS_FRAMING_PUBLIC;
	must(mls_group_make_proposal(&c, t.alice.group, &v, &so));
	must(mls_change_release(&update, c));
	mls_change_drop(c);
	must(mls_group_publish(&group_info, t.alice.group, 0));
	o.self_removes = &waiting;
	o.n_self_removes = 1;
	waiting = octets(&update);
	must_fail(mls_group_join_external(&c, t.carol.client,
	    octets(&group_info), NO_OCTETS, &o),
	    MLS_E_EXTERNAL_COMMIT_REFERENCE);
	old.data[old.len - 40] ^= 1; /* the signature, before the tag */
	waiting = octets(&old);
	must_fail(mls_group_join_external(&c, t.carol.client,
	    octets(&group_info), NO_OCTETS, &o), MLS_E_CONTENT_SIGNATURE);
	mls_bytes_free(&group_info);
	mls_bytes_free(&update);
	mls_bytes_free(&old);
}
