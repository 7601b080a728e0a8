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
Test(observer, OBS_01_private_handshake)
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

/* Octets of a message that no signature covers and no key is there for. */
static bool
is_tag(const struct mls_bytes *b, size_t at, bool commit_)
{
	size_t n = 32, end = b->len; /* suite 1 */

	return (at >= end - n) ||
	    (commit_ && at >= end - 2 * n - 1 && at < end - n - 1);
}

/* Every octet cut off or flipped; nothing has changed after it. */
static void
mangle(struct mls_bytes *b, bool commit_)
{
	struct mls_bytes before, after;
	mls_change *c = NULL;
	uint8_t bit;
	size_t i;
	int rc;

	must(mls_observer_save(&before, server));
	for (i = 0; i < b->len; i++) {
		cr_expect_neq(mls_observer_process(&c, server,
		    (struct mls_buf){ b->data, i }), 0);
		bit = (uint8_t)(1u << i % 8);
		b->data[i] ^= bit;
		rc = mls_observer_process(&c, server, octets(b));
		cr_expect_eq(rc == 0, is_tag(b, i, commit_), "octet %zu", i);
		if (rc == 0)
			mls_change_drop(c);
		b->data[i] ^= bit;
	}
	must(mls_observer_save(&after, server));
	same(octets(&before), octets(&after));
	mls_bytes_free(&before);
	mls_bytes_free(&after);
}

Test(observer, mangled)
{
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_bytes b;

	pair(1);
	b = propose(&bob, &update);
	mangle(&b, false);
	deliver(&b, &alice, NULL);
	b = commit(&alice, NULL, 0, NULL);
	mangle(&b, true);
	deliver(&b, &bob, NULL);
	b = add(&bob, &carol, 1);
	mangle(&b, true);
	deliver(&b, &alice, NULL);
	sees(&alice);
}
