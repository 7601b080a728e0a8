/* SPDX-License-Identifier: MIT */
/* Observers and those outside: who comes in, who proposes, what is handed out
 * to them, and by what an observer begins. */
#include "observer_fixture.h"

TestSuite(watched, .init = set_up, .fini = tear_down);

Test(watched, joins_from_outside)
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
Test(watched, proposals_from_outside)
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

/* A GroupInfo is handed on, if it says what the observer knows. */
Test(watched, OBS_02_03_04_offers)
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
Test(watched, beginnings)
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

/* A later epoch, of which the observer has not seen the way: what was on its
 * way to the group before comes to nothing. */
Test(watched, resync_ahead)
{
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_bytes b, proposal, info_;
	mls_change *c, *p, *late;

	pair(1);
	proposal = propose(&bob, &update);
	must(mls_observer_process(&p, server, octets(&proposal)));
	b = commit(&alice, NULL, 0, NULL);
	must(mls_observer_process(&c, server, octets(&b)));
	take(&bob, &b);
	mls_bytes_free(&b);
	b = commit(&bob, NULL, 0, NULL);
	take(&alice, &b);
	info_ = publish(&bob, 0);
	must(mls_observer_resync(server, octets(&info_), NO_OCTETS, NULL));
	sees(&bob);
	must_fail(mls_change_apply(c), MLS_E_CHANGE_STALE);
	must_fail(mls_change_apply(p), MLS_E_CHANGE_STALE);
	sees(&bob);
	mls_change_drop(c);
	mls_change_drop(p);
	must_fail(passes(octets(&b)), MLS_E_HANDSHAKE_EPOCH);
	mls_bytes_free(&b);
	b = commit(&alice, NULL, 0, NULL);
	must(mls_observer_process(&late, server, octets(&b)));
	deliver(&b, &bob, NULL);
	must_fail(mls_change_apply(late), MLS_E_CHANGE_STALE);
	mls_change_drop(late);
	sees(&bob);
	mls_bytes_free(&proposal);
	mls_bytes_free(&info_);
}
