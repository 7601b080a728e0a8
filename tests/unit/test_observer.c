/* SPDX-License-Identifier: MIT */
/* Observers beside a group: what they see, and what they make of it. */
#include "observer_fixture.h"

TestSuite(observer, .init = set_up, .fini = tear_down);

Test(observer, follows_in_every_suite)
{
	struct mls_intent remove = { .type = MLS_EFFECT_REMOVE, .leaf = 2 };
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_bytes b;
	uint16_t suite;

	for (suite = 1; suite <= 7; suite++) {
		pair(suite);
		b = commit(&bob, NULL, 0, NULL);
		deliver(&b, &alice, NULL);
		b = add(&bob, &carol, suite);
		deliver(&b, &alice, NULL);
		sees(&carol);
		b = propose(&carol, &update);
		deliver(&b, &alice, &bob);
		b = propose(&bob, &remove);
		deliver(&b, &alice, &carol);
		sees(&alice);
		cr_expect_eq(seen().proposals, 2);
		b = commit(&alice, NULL, 0, NULL);
		deliver(&b, &bob, &carol);
		sees(&bob);
		b = commit(&bob, NULL, 0, NULL);
		deliver(&b, &alice, NULL);
		sees(&alice);
		tear_down();
		set_up();
	}
}

Test(observer, summary_comes_first)
{
	struct mls_bytes b;
	const struct mls_summary *s;
	mls_change *c, *twin;

	pair(1);
	b = add(&alice, &carol, 1);
	take(&bob, &b);
	must(mls_observer_process(&c, server, octets(&b)));
	must(mls_observer_process(&twin, server, octets(&b)));
	s = mls_change_summary(c);
	cr_expect_eq(s->kind, MLS_CHANGE_COMMIT);
	cr_expect_eq(s->framing, MLS_FRAMING_PUBLIC);
	cr_expect_eq(s->by, MLS_BY_MEMBER);
	cr_expect_eq(s->own, 0);
	cr_expect_eq(s->sender, 0);
	cr_expect_eq(s->epoch, 1);
	cr_expect_eq(s->unseen, 0);
	cr_expect_arr_eq(s->sender_identity.identity.data, "Alice", 5);
	cr_assert_eq(s->n_effects, 1);
	cr_expect_eq(s->effects[0].type, MLS_EFFECT_ADD);
	cr_expect_eq(s->effects[0].leaf, 2);
	cr_expect_arr_eq(s->effects[0].identity.identity.data, "Carol", 5);
	cr_expect_eq(seen().epoch, 1);
	cr_expect_eq(seen().members, 2);
	must(mls_change_apply(c));
	must_fail(mls_change_apply(c), MLS_E_CHANGE_MISUSE);
	must_fail(mls_change_apply(twin), MLS_E_CHANGE_STALE);
	sees(&bob);
	mls_change_drop(c);
	mls_change_drop(twin);
	/* The observer may be closed before its last change. */
	mls_bytes_free(&b);
	b = commit(&bob, NULL, 0, NULL);
	must(mls_observer_process(&c, server, octets(&b)));
	must(mls_change_discard(c));
	must_fail(mls_change_apply(c), MLS_E_CHANGE_MISUSE);
	mls_change_drop(c);
	must(mls_observer_process(&c, server, octets(&b)));
	must_fail(mls_change_cancel(c), MLS_E_CHANGE_MISUSE);
	must_fail(mls_change_release(&b, c), MLS_E_CHANGE_MISUSE);
	mls_observer_close(server);
	server = NULL;
	must(mls_change_apply(c));
	mls_change_drop(c);
	mls_bytes_free(&b);
}

Test(observer, verdicts)
{
	struct mls_bytes b, late, package;
	mls_change *c;

	cr_expect_eq(mls_observer_verdict(0), MLS_VERDICT_ACCEPT);
	cr_expect_eq(mls_observer_verdict(MLS_E_HANDSHAKE_EPOCH),
	    MLS_VERDICT_STALE);
	cr_expect_eq(mls_observer_verdict(MLS_E_EPOCH_SECRETS_GONE),
	    MLS_VERDICT_STALE);
	cr_expect_eq(mls_observer_verdict(MLS_E_CONTENT_SIGNATURE),
	    MLS_VERDICT_INVALID);
	cr_expect_eq(mls_observer_verdict(MLS_E_POLICY_REJECTED),
	    MLS_VERDICT_INVALID);
	cr_expect_eq(mls_observer_verdict(MLS_E_GROUP_REINITIALISED),
	    MLS_VERDICT_INVALID);
	cr_expect_eq(mls_observer_verdict(MLS_E_OBSERVER_LOST),
	    MLS_VERDICT_LOST);
	cr_expect_eq(mls_observer_verdict(MLS_E_OUT_OF_MEMORY),
	    MLS_VERDICT_NONE);
	cr_expect_eq(mls_observer_verdict(MLS_E_ARGUMENT), MLS_VERDICT_NONE);
	cr_expect_eq(mls_observer_verdict(MLS_E_PROVIDER_FAILED),
	    MLS_VERDICT_NONE);
	cr_expect_eq(mls_observer_verdict(-99999), MLS_VERDICT_NONE);

	pair(1);
	must(mls_group_commit(&late, NULL, bob.group, NULL));
	b = commit(&alice, NULL, 0, NULL);
	deliver(&b, &bob, NULL);
	must_fail(passes(octets(&late)), MLS_E_HANDSHAKE_EPOCH);
	mls_bytes_free(&late);
	package = make_package(&carol, 1);
	must_fail(passes(octets(&package)), MLS_E_UNEXPECTED_WIRE_FORMAT);
	mls_bytes_free(&package);
	b = add(&alice, &carol, 1);
	refuse_at = MLS_AT_ADD;
	must_fail(passes(octets(&b)), MLS_E_CREDENTIAL_REJECTED);
	refuse_at = 0;
	refuse_commits = 1;
	must_fail(passes(octets(&b)), MLS_E_POLICY_REJECTED);
	refuse_commits = 0;
	b.data[b.len / 2] ^= 1;
	cr_expect_eq(mls_observer_verdict(passes(octets(&b))),
	    MLS_VERDICT_INVALID);
	b.data[b.len / 2] ^= 1;
	deliver(&b, &bob, NULL);
	sees(&bob);
	must_fail(mls_observer_process(NULL, server, NO_OCTETS),
	    MLS_E_ARGUMENT);
	must_fail(mls_observer_process(&c, server, NO_OCTETS),
	    MLS_E_INPUT_TRUNCATED);
}

/* What is in private goes by unseen; a commit takes the group out of sight. */
Test(observer, private_handshake)
{
	const struct mls_summary *s;
	struct mls_bytes b, info_;
	mls_change *c, *old;

	pair(1);
	b = in_private(&bob, true);
	must(mls_observer_process(&c, server, octets(&b)));
	s = mls_change_summary(c);
	cr_expect_eq(s->kind, MLS_CHANGE_PROPOSAL);
	cr_expect_eq(s->framing, MLS_FRAMING_PRIVATE);
	cr_expect_eq(s->unseen, 1);
	cr_expect_eq(s->by, MLS_BY_MEMBER);
	cr_expect_eq(s->sender, MLS_NO_LEAF);
	cr_expect_eq(s->n_effects, 0);
	cr_expect_eq(seen().partial, 0);
	must(mls_change_apply(c));
	mls_change_drop(c);
	cr_expect_eq(seen().partial, 1);
	cr_expect_eq(seen().proposals, 0);
	take(&alice, &b);
	mls_bytes_free(&b);

	/* Alice's commit takes it up: who knows whether it may. */
	b = commit(&alice, NULL, 0, NULL);
	must(mls_observer_process(&old, server, octets(&b)));
	cr_expect_eq(mls_change_summary(old)->unseen, 1);
	cr_expect_eq(mls_change_summary(old)->sender, 0);
	must(mls_change_apply(old));
	mls_change_drop(old);
	cr_expect_eq(seen().lost, 1);
	take(&bob, &b);
	must_fail(passes(octets(&b)), MLS_E_HANDSHAKE_EPOCH);
	mls_bytes_free(&b);
	b = commit(&bob, NULL, 0, NULL);
	take(&alice, &b);
	must_fail(passes(octets(&b)), MLS_E_OBSERVER_LOST);
	mls_bytes_free(&b);
	must_fail(mls_observer_group_info(&b, server), MLS_E_OBSERVER_LOST);

	info_ = publish(&alice, 0);
	must(mls_observer_resync(server, octets(&info_), NO_OCTETS, NULL));
	mls_bytes_free(&info_);
	sees(&alice);
	cr_expect_eq(seen().partial, 1);
	b = commit(&bob, NULL, 0, NULL);
	deliver(&b, &alice, NULL);
	cr_expect_eq(seen().partial, 0);
	sees(&bob);

	/* A commit in private, which the members then did not take. */
	info_ = publish(&alice, 0);
	b = in_private(&bob, false);
	refuse_commits = 1;
	must_fail(passes(octets(&b)), MLS_E_POLICY_REJECTED);
	refuse_commits = 0;
	must(mls_observer_process(&old, server, octets(&b)));
	must(passes(octets(&b)));
	must_fail(mls_change_apply(old), MLS_E_CHANGE_STALE);
	mls_change_drop(old);
	mls_bytes_free(&b);
	cr_expect_eq(seen().lost, 1);
	must(mls_observer_resync(server, octets(&info_), NO_OCTETS, NULL));
	mls_bytes_free(&info_);
	sees(&alice);
	cr_expect_eq(seen().partial, 1);
	b = commit(&alice, NULL, 0, NULL);
	deliver(&b, NULL, NULL);
	sees(&alice);
}

Test(observer, public_only)
{
	struct mls_policy p = MLS_POLICY_INIT;
	struct mls_bytes b;

	tear_down();
	p.receive_framing = MLS_FRAMING_PUBLIC;
	open_with(&p);
	pair(1);
	b = in_private(&bob, true);
	must_fail(passes(octets(&b)), MLS_E_FRAMING_POLICY);
	mls_bytes_free(&b);
	b = in_private(&bob, false);
	must_fail(passes(octets(&b)), MLS_E_FRAMING_POLICY);
	mls_bytes_free(&b);
	must(mls_group_send(&b, alice.group, text("hello")));
	must(passes(octets(&b)));
	mls_bytes_free(&b);
}

/* Application messages: by their epoch, two being kept. */
Test(observer, application_messages)
{
	struct mls_bytes said[5], b;
	const struct mls_summary *s;
	mls_change *c;
	size_t i;

	pair(1);
	for (i = 0; i < 5; i++) {
		must(mls_group_send(&said[i], bob.group, text("hello")));
		b = commit(&bob, NULL, 0, NULL);
		if (i < 4)
			deliver(&b, &alice, NULL);
		mls_bytes_free(&b);
	}
	must_fail(passes(octets(&said[0])), MLS_E_EPOCH_SECRETS_GONE);
	must_fail(passes(octets(&said[1])), MLS_E_EPOCH_SECRETS_GONE);
	for (i = 2; i < 5; i++)
		must(passes(octets(&said[i])));
	must(mls_observer_process(&c, server, octets(&said[3])));
	s = mls_change_summary(c);
	cr_expect_eq(s->kind, MLS_CHANGE_MESSAGE);
	cr_expect_eq(s->unseen, 1);
	cr_expect_eq(s->epoch, 4);
	same(s->group_id, text("group"));
	cr_expect_eq(s->data.len, 0);
	mls_change_drop(c);
	must(mls_group_send(&b, bob.group, text("too early")));
	must_fail(passes(octets(&b)), MLS_E_EPOCH_IN_FUTURE);
	mls_bytes_free(&b);
	/* One octet short of sender data and tag. */
	b = said[4];
	said[4].len = 0;
	for (i = b.len - 1; i > b.len - 40; i--)
		cr_expect_neq(passes((struct mls_buf){ b.data, i }), 0);
	mls_bytes_free(&b);
	for (i = 0; i < 4; i++)
		mls_bytes_free(&said[i]);
}

/* Lost at epoch 1: what is known to be too old is still called so. */
Test(observer, application_messages_when_lost)
{
	struct mls_bytes said, b;
	int i;

	pair(1);
	must(mls_group_send(&said, bob.group, text("hello")));
	for (i = 0; i < 3; i++) {
		b = i < 2 ? commit(&bob, NULL, 0, NULL) :
		    in_private(&bob, false);
		deliver(&b, &alice, NULL);
	}
	cr_expect_eq(seen().lost, 1);
	must_fail(passes(octets(&said)), MLS_E_EPOCH_SECRETS_GONE);
	mls_bytes_free(&said);
	must(mls_group_send(&said, bob.group, text("hello")));
	must_fail(passes(octets(&said)), MLS_E_OBSERVER_LOST);
	mls_bytes_free(&said);
}

Test(observer, joins_from_outside)
{
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct member again = make_member(context, "Alice");
	const struct mls_summary *s;
	struct mls_bytes info_, b;
	mls_change *c;

	pair(1);
	info_ = publish(&alice, 0);
	b = come_in(&carol, &info_, NULL);
	refuse_at = MLS_AT_EXTERNAL_JOIN;
	must_fail(passes(octets(&b)), MLS_E_CREDENTIAL_REJECTED);
	refuse_at = 0;
	must(mls_observer_process(&c, server, octets(&b)));
	s = mls_change_summary(c);
	cr_expect_eq(s->by, MLS_BY_NEW_MEMBER);
	cr_expect_eq(s->sender, 2);
	cr_assert_eq(s->n_effects, 1);
	cr_expect_eq(s->effects[0].type, MLS_EFFECT_EXTERNAL_JOIN);
	cr_expect_arr_eq(s->effects[0].identity.identity.data, "Carol", 5);
	mls_change_drop(c);
	deliver(&b, &alice, &bob);
	sees(&carol);
	mls_bytes_free(&info_);

	info_ = publish(&carol, 0);
	o.resync = 1;
	b = come_in(&again, &info_, &o);
	deliver(&b, &bob, &carol);
	sees(&again);
	cr_expect_eq(seen().members, 3);
	mls_bytes_free(&info_);
	b = commit(&carol, NULL, 0, NULL);
	deliver(&b, &bob, &again);
	sees(&again);
	close_member(&again);
}

/* Proposals of who is no member. */
Test(observer, proposals_from_outside)
{
	struct mls_intent set = { .type = MLS_EFFECT_EXTENSIONS };
	struct mls_intent wish = { .type = MLS_EFFECT_REMOVE, .leaf = 1 };
	struct mls_bytes sender[2], list, info_, package, b, welcome;

	pair(1);
	must(mls_external_sender_new(&sender[0], bob.client, 1));
	must(mls_external_sender_new(&sender[1], carol.client, 1));
	list = senders(sender, 2);
	set.extensions = octets(&list);
	b = commit(&alice, &set, 1, NULL);
	refuse_at = MLS_AT_EXTERNAL_SENDER;
	must_fail(passes(octets(&b)),
	    MLS_E_EXTERNAL_SENDER_CREDENTIAL_REJECTED);
	refuse_at = 0;
	deliver(&b, &bob, NULL);
	sees(&bob);
	info_ = publish(&alice, 0);
	must(mls_external_propose(&b, carol.client, octets(&info_), &wish));
	mls_bytes_free(&info_);
	deliver(&b, &alice, NULL);
	package = make_package(&carol, 1);
	must(mls_propose_join(&b, carol.client, text("group"),
	    info(&alice).epoch, octets(&package)));
	deliver(&b, &alice, NULL);
	cr_expect_eq(seen().proposals, 2);
	b = commit(&alice, NULL, 0, &welcome);
	join(&carol, octets(&welcome));
	deliver(&b, NULL, NULL);
	sees(&carol);
	cr_expect_eq(seen().members, 2);
	mls_bytes_free(&welcome);
	mls_bytes_free(&package);
	mls_bytes_free(&sender[0]);
	mls_bytes_free(&sender[1]);
	mls_bytes_free(&list);
}

/* Twice the same counts once; also if both were judged before. */
Test(observer, proposal_twice)
{
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_bytes b;
	mls_change *c, *twin;

	pair(1);
	b = propose(&bob, &update);
	must(mls_observer_process(&c, server, octets(&b)));
	must(mls_observer_process(&twin, server, octets(&b)));
	must(mls_change_apply(c));
	must(mls_change_apply(twin));
	must(passes(octets(&b)));
	cr_expect_eq(seen().proposals, 1);
	mls_change_drop(c);
	mls_change_drop(twin);
	mls_bytes_free(&b);
}

/* LIMIT-05: one sender has a sixteenth of what is kept; also if more were
 * judged before any was applied. */
Test(observer, proposals_are_bounded)
{
	struct mls_intent v[2] = { { .type = MLS_EFFECT_UPDATE },
		{ .type = MLS_EFFECT_EXTENSIONS } };
	struct mls_policy p = MLS_POLICY_INIT;
	mls_context *narrow;
	struct mls_bytes b[2], info_;
	mls_change *c[2];
	int i;

	pair(1);
	p.max_proposals = 16;
	narrow = open_context(&p);
	info_ = publish(&alice, 0);
	mls_observer_close(server);
	must(mls_observer_new(&server, narrow, octets(&info_), NO_OCTETS,
	    NULL));
	for (i = 0; i < 2; i++) {
		b[i] = propose(&bob, &v[i]);
		must(mls_observer_process(&c[i], server, octets(&b[i])));
	}
	must(mls_change_apply(c[0]));
	must_fail(mls_change_apply(c[1]), MLS_E_PROPOSAL_CACHE_FULL);
	mls_change_drop(c[0]);
	mls_change_drop(c[1]);
	must_fail(passes(octets(&b[1])), MLS_E_PROPOSAL_CACHE_FULL);
	must(passes(octets(&b[0])));
	cr_expect_eq(seen().proposals, 1);
	mls_bytes_free(&info_);
	mls_bytes_free(&b[0]);
	mls_bytes_free(&b[1]);
	mls_observer_close(server);
	server = NULL;
	mls_context_free(narrow);
}

/* §11.2: the group is at its end.  Its successor is another one, whose first
 * commit has a PSK of the old one: what that was, only members know. */
Test(observer, reinit)
{
	struct mls_intent end = { .type = MLS_EFFECT_REINIT,
		.group_id = text("new") };
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct member next = { alice.client, NULL };
	struct member other = { bob.client, NULL };
	struct mls_bytes b, late;

	pair(1);
	must(mls_group_send(&late, alice.group, text("good bye")));
	b = commit(&alice, &end, 1, NULL);
	deliver(&b, &bob, NULL);
	sees(&bob);
	cr_expect_eq(seen().ended, 1);
	must(passes(octets(&late)));
	mls_bytes_free(&late);

	o.suite = 1;
	o.lineage = MLS_LINEAGE_REINIT;
	o.parent = alice.group;
	o.group_id = text("new");
	must(mls_group_create(&next.group, alice.client, &o));
	observe(&next, 1);
	b = add(&next, &other, 1);
	deliver(&b, NULL, NULL);
	sees(&other);
	cr_expect_eq(seen().ended, 0);
	mls_group_close(next.group);
	mls_group_close(other.group);
}

/* A GroupInfo is handed on, if it says what the observer knows. */
Test(observer, offers)
{
	struct mls_bytes old, info_, beside, got, b;
	mls_change *c;

	pair(1);
	must_fail(mls_observer_group_info(&got, server),
	    MLS_E_OBSERVER_INFO_MISSING);
	old = publish(&alice, 0);
	must(mls_observer_offer(server, octets(&old)));
	cr_expect_eq(seen().offer, 1);
	must(mls_observer_group_info(&got, server));
	same(octets(&got), octets(&old));
	mls_bytes_free(&got);
	b = commit(&bob, NULL, 0, NULL);
	deliver(&b, &alice, NULL);
	cr_expect_eq(seen().offer, 0);
	must_fail(mls_observer_group_info(&got, server),
	    MLS_E_OBSERVER_INFO_MISSING);
	must_fail(mls_observer_offer(server, octets(&old)),
	    MLS_E_OBSERVER_INFO_EPOCH);
	must_fail(mls_observer_resync(server, octets(&old), NO_OCTETS, NULL),
	    MLS_E_OBSERVER_INFO_EPOCH);
	mls_bytes_free(&old);

	info_ = publish(&bob, 0);
	beside = publish(&bob, MLS_PUBLISH_TREE_BESIDE);
	must(mls_observer_offer(server, octets(&beside)));
	must(mls_observer_offer(server, octets(&info_)));
	info_.data[info_.len - 1] ^= 1;
	must_fail(mls_observer_offer(server, octets(&info_)),
	    MLS_E_GROUP_INFO_SIGNATURE);
	info_.data[info_.len - 1] ^= 1;
	must(mls_observer_group_info(&got, server));
	same(octets(&got), octets(&info_));
	must(mls_group_join_external(&c, carol.client, octets(&got),
	    NO_OCTETS, NULL));
	mls_change_drop(c);
	mls_bytes_free(&got);

	/* Of the next epoch: nothing to hand out yet. */
	b = commit(&bob, NULL, 0, NULL);
	old = publish(&bob, 0);
	must_fail(mls_observer_offer(server, octets(&old)),
	    MLS_E_OBSERVER_INFO_EPOCH);
	must_fail(mls_observer_offer(server, octets(&b)),
	    MLS_E_UNEXPECTED_WIRE_FORMAT);
	/* The observer has gone another way. */
	mls_bytes_free(&b);
	b = commit(&alice, NULL, 0, NULL);
	deliver(&b, NULL, NULL);
	must_fail(mls_observer_offer(server, octets(&old)),
	    MLS_E_OBSERVER_INFO_CONFLICT);
	must_fail(mls_observer_resync(server, octets(&old), NO_OCTETS, NULL),
	    MLS_E_OBSERVER_INFO_CONFLICT);
	mls_bytes_free(&old);
	make_group(&carol, 1, "another");
	old = publish(&carol, 0);
	must_fail(mls_observer_offer(server, octets(&old)),
	    MLS_E_GROUP_ID_UNKNOWN);
	mls_bytes_free(&old);
	mls_bytes_free(&info_);
	mls_bytes_free(&beside);
}

/* What an observer begins with is checked as by who joins. */
Test(observer, beginnings)
{
	struct mls_bytes info_, beside, tree;
	mls_observer *o = NULL;
	size_t i;

	pair(1);
	info_ = publish(&alice, MLS_PUBLISH_NO_EXTERNAL_PUB);
	beside = publish(&alice, MLS_PUBLISH_TREE_BESIDE);
	must(mls_group_tree(&tree, alice.group));
	must_fail(mls_observer_new(&o, context, octets(&beside), NO_OCTETS,
	    NULL), MLS_E_RATCHET_TREE_MISSING);
	must(mls_observer_new(&o, context, octets(&beside), octets(&tree),
	    NULL));
	mls_observer_close(o);
	o = NULL;
	refuse_at = MLS_AT_JOIN;
	must_fail(mls_observer_new(&o, context, octets(&info_), NO_OCTETS,
	    NULL), MLS_E_CREDENTIAL_REJECTED);
	refuse_at = 0;
	must_fail(mls_observer_new(&o, context, octets(&tree), NO_OCTETS,
	    NULL), MLS_E_UNKNOWN_PROTOCOL_VERSION);
	must_fail(mls_observer_new(NULL, context, octets(&info_), NO_OCTETS,
	    NULL), MLS_E_ARGUMENT);
	for (i = 0; i < info_.len; i += 3) {
		info_.data[i] ^= 4;
		cr_expect_neq(mls_observer_new(&o, context, octets(&info_),
		    NO_OCTETS, NULL), 0, "octet %zu", i);
		info_.data[i] ^= 4;
	}
	for (i = 0; i < tree.len; i += 3) {
		tree.data[i] ^= 4;
		cr_expect_neq(mls_observer_new(&o, context, octets(&beside),
		    octets(&tree), NULL), 0, "octet %zu", i);
		tree.data[i] ^= 4;
	}
	cr_expect_null(o);
	mls_bytes_free(&info_);
	mls_bytes_free(&beside);
	mls_bytes_free(&tree);
}
