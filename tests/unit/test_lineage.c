/* SPDX-License-Identifier: MIT */
/* RFC 9420 §8.6, §11.2, §11.3: resumption PSKs, groups that end and groups
 * that follow from others. */
#include <stdbool.h>

#include "three.h"

static struct three t;

/* Bob has another name since he is older. */
static bool renamed;

static int
same(void *payload, const struct mls_identity *one,
    const struct mls_identity *other)
{
	(void)payload;
	return !renamed || one->identity.len + other->identity.len !=
	    strlen("Bob") + strlen("Robert");
}

static void
set_up(void)
{
	struct mls_policy p = MLS_POLICY_INIT;

	renamed = false;
	p.same = same;
	p.past_epochs = 2;
	three_open(&t, &p);
}

static void
tear_down(void)
{
	three_close(&t);
}

TestSuite(lineage, .init = set_up, .fini = tear_down);

static void
next_epoch(struct member *who)
{
	struct member *all[] = { &t.alice, &t.bob, &t.carol };
	struct mls_bytes b = commit(who, NULL, 0, NULL);
	size_t i;

	for (i = 0; i < 3; i++)
		if (all[i] != who)
			take(all[i], &b);
	mls_bytes_free(&b);
}

/* Of this group, in any epoch that is kept; by both ways. */
Test(lineage, PSK_06_resumption)
{
	struct mls_intent v[2] = { { .type = MLS_EFFECT_PSK, .epoch = 1 },
		{ .type = MLS_EFFECT_PSK, .epoch = 2,
		.group_id = text("old") } };
	struct mls_bytes b;
	const struct mls_summary *s;
	mls_change *c;

	three_meet(&t, 1, "old");
	next_epoch(&t.bob);
	b = commit(&t.alice, v, 2, NULL);
	must(mls_group_process(&c, t.bob.group, octets(&b)));
	s = mls_change_summary(c);
	cr_assert_eq(s->n_effects, 2);
	cr_expect_eq(s->effects[0].type, MLS_EFFECT_PSK);
	cr_expect_eq(s->effects[0].psk_id.len, 0);
	cr_expect_eq(s->effects[0].epoch, 1);
	cr_expect_arr_eq(s->effects[1].group_id.data, "old", 3);
	must(mls_change_apply(c));
	mls_change_drop(c);
	take(&t.carol, &b);
	agree(&t.alice, &t.bob);
	agree(&t.alice, &t.carol);
	mls_bytes_free(&b);
	v[0].epoch = 7;
	{
		struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;

		o.intents = v;
		o.n_intents = 1;
		must_fail(mls_group_make_commit(&c, t.alice.group, &o),
		    MLS_E_RESUMPTION_PSK_UNAVAILABLE);
	}
}

static void
end_group(uint16_t suite, const char *id)
{
	struct mls_intent reinit = { .type = MLS_EFFECT_REINIT,
		.suite = suite, .group_id = text(id) };
	struct mls_bytes b = commit(&t.alice, &reinit, 1, NULL);

	take(&t.bob, &b);
	take(&t.carol, &b);
	mls_bytes_free(&b);
	agree(&t.alice, &t.bob);
}

/* §11.2: another suite; made by another than who ended it (REINIT-11). */
Test(lineage, REINIT_01_02_04_05_11_reinit)
{
	struct mls_external_options again =
	    MLS_SIZED(struct mls_external_options);
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct member successor[3] = { { t.alice.client, NULL },
		{ t.bob.client, NULL }, { t.carol.client, NULL } };
	struct mls_bytes welcome, b;
	mls_change *c;
	int i;

	three_meet(&t, 1, "old");
	o.lineage = MLS_LINEAGE_REINIT;
	o.parent = t.bob.group;
	must_fail(mls_group_create(&successor[1].group, t.bob.client, &o),
	    MLS_E_REINIT_NOT_PENDING);
	end_group(2, "new");
	must_fail(mls_group_send(&b, t.alice.group, text("x")),
	    MLS_E_GROUP_REINITIALISED);
	must_fail(mls_group_make_commit(&c, t.bob.group, NULL),
	    MLS_E_GROUP_REINITIALISED);
	must_fail(mls_group_publish(&b, t.bob.group, 0),
	    MLS_E_GROUP_REINITIALISED);
	o.suite = 3;
	must_fail(mls_group_create(&successor[1].group, t.bob.client, &o),
	    MLS_E_REINIT_CIPHER_SUITE_MISMATCH);
	o.suite = 0;
	o.group_id = text("other");
	must_fail(mls_group_create(&successor[1].group, t.bob.client, &o),
	    MLS_E_REINIT_GROUP_ID_MISMATCH);
	o.group_id = NO_OCTETS;
	must(mls_group_create(&successor[1].group, t.bob.client, &o));
	welcome = add(&successor[1], &t.alice, &t.carol, 2);
	must(mls_group_join(&c, t.alice.client, octets(&welcome), NO_OCTETS));
	cr_expect_eq(mls_change_summary(c)->lineage, MLS_LINEAGE_REINIT);
	cr_expect_arr_eq(mls_change_summary(c)->parent.data, "old", 3);
	mls_change_drop(c);
	join(&successor[0], octets(&welcome));
	join(&successor[2], octets(&welcome));
	cr_expect_eq(info(&successor[0]).suite, 2);
	cr_expect_eq(info(&successor[0]).epoch, 1);
	agree(&successor[0], &successor[1]);
	agree(&successor[0], &successor[2]);
	b = commit(&successor[0], NULL, 0, NULL);
	take(&successor[1], &b);
	take(&successor[2], &b);
	agree(&successor[0], &successor[2]);
	mls_bytes_free(&b);
	/* who is in it can come back from outside */
	must(mls_group_publish(&b, successor[0].group, 0));
	again.resync = 1;
	must(mls_group_join_external(&c, t.carol.client, octets(&b), NO_OCTETS,
	    &again));
	mls_change_drop(c);
	must(mls_group_delete(t.alice.client, text("old")));
	for (i = 0; i < 3; i++)
		mls_group_close(successor[i].group);
	mls_bytes_free(&welcome);
	mls_bytes_free(&b);
}

/* The successor has the id of the group that ends: it takes its place, with who
 * creates it from the start, with the others as they join. */
Test(lineage, reinit_of_the_same_id)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct member successor[3] = { { t.alice.client, NULL },
		{ t.bob.client, NULL }, { t.carol.client, NULL } };
	struct mls_bytes welcome, b;
	mls_group *again;
	int i;

	three_meet(&t, 1, "old");
	end_group(2, "old");
	o.lineage = MLS_LINEAGE_REINIT;
	o.parent = t.alice.group;
	must(mls_group_create(&successor[0].group, t.alice.client, &o));
	must_fail(mls_group_create(&again, t.alice.client, &o),
	    MLS_E_GROUP_ID_TAKEN);
	/* As after a crash: what is there goes by that id. */
	mls_group_close(successor[0].group);
	must(mls_group_open(&successor[0].group, t.alice.client, text("old")));
	cr_expect_eq(info(&successor[0]).epoch, 0);
	cr_expect_eq(info(&t.alice).epoch, 2);
	welcome = add(&successor[0], &t.bob, &t.carol, 2);
	must_fail(mls_group_info(&(struct mls_group_info_view)
	    MLS_GROUP_INFO_VIEW_INIT, t.alice.group), MLS_E_GROUP_NOT_FOUND);
	join(&successor[1], octets(&welcome));
	must_fail(mls_group_info(&(struct mls_group_info_view)
	    MLS_GROUP_INFO_VIEW_INIT, t.bob.group), MLS_E_GROUP_NOT_FOUND);
	join(&successor[2], octets(&welcome));
	agree(&successor[0], &successor[1]);
	agree(&successor[0], &successor[2]);
	b = commit(&successor[1], NULL, 0, NULL);
	take(&successor[0], &b);
	agree(&successor[0], &successor[1]);
	/* It is a group like any other now. */
	must_fail(mls_group_create(&again, t.alice.client, &o),
	    MLS_E_GROUP_NOT_FOUND);
	for (i = 0; i < 3; i++)
		mls_group_close(successor[i].group);
	mls_bytes_free(&welcome);
	mls_bytes_free(&b);
}

/* Two members create the successor at once: who is welcomed by the other gives
 * the own one up. */
Test(lineage, reinit_by_two)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct member one = { t.alice.client, NULL }, other = { t.bob.client,
		NULL }, mine = { t.bob.client, NULL };
	struct mls_bytes welcome;
	mls_change *c;
	int same;

	for (same = 0; same < 2; same++) {
		three_meet(&t, 1, "old");
		end_group(0, same ? "old" : "new");
		o.lineage = MLS_LINEAGE_REINIT;
		o.parent = t.alice.group;
		must(mls_group_create(&one.group, t.alice.client, &o));
		o.parent = t.bob.group;
		must(mls_group_create(&mine.group, t.bob.client, &o));
		welcome = add(&one, &t.bob, &t.carol, 1);
		join(&other, octets(&welcome));
		agree(&one, &other);
		must_fail(mls_group_make_commit(&c, mine.group, NULL),
		    MLS_E_GROUP_NOT_FOUND);
		mls_group_close(one.group);
		mls_group_close(other.group);
		mls_group_close(mine.group);
		mls_bytes_free(&welcome);
		tear_down();
		set_up();
		one.client = t.alice.client;
		other.client = mine.client = t.bob.client;
	}
}

static int
count_group(void *payload, struct mls_buf group_id)
{
	(void)group_id;
	++*(int *)payload;
	return 0;
}

/* A successor that is given up takes the group before it along. */
Test(lineage, delete_of_the_same_id)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct mls_group_info_view v = MLS_GROUP_INFO_VIEW_INIT;
	mls_group *successor;
	int n = 0;

	three_meet(&t, 1, "old");
	end_group(0, "old");
	o.lineage = MLS_LINEAGE_REINIT;
	o.parent = t.alice.group;
	must(mls_group_create(&successor, t.alice.client, &o));
	must(mls_group_delete(t.alice.client, text("old")));
	must_fail(mls_group_info(&v, t.alice.group), MLS_E_GROUP_NOT_FOUND);
	must_fail(mls_group_info(&v, successor), MLS_E_GROUP_NOT_FOUND);
	must(mls_client_groups(t.alice.client, count_group, &n));
	cr_expect_eq(n, 0);
	mls_group_close(successor);
	mls_group_close(t.alice.group);
	make_group(&t.alice, 1, "old");
}

Test(lineage, REINIT_09_10_reinit_of_all)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct mls_commit_options co = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes package = make_package(&t.bob, 1), welcome;
	struct mls_intent intent = { .type = MLS_EFFECT_ADD,
		.key_package = octets(&package) };
	struct member plain = make_member(t.context, "Dave");
	mls_group *successor;
	mls_change *c;

	three_meet(&t, 1, "old");
	end_group(0, "new");
	o.lineage = MLS_LINEAGE_REINIT;
	o.parent = t.alice.group;
	must(mls_group_create(&successor, t.alice.client, &o));
	co.intents = &intent;
	co.n_intents = 1;
	must_fail(mls_group_make_commit(&c, successor, &co),
	    MLS_E_REINIT_MEMBERS_MISSING);
	mls_group_close(successor);
	/* Somebody else's group of that id. */
	make_group(&plain, 1, "new");
	welcome = add(&plain, &t.bob, NULL, 1);
	must_fail(mls_group_join(&c, t.bob.client, octets(&welcome), NO_OCTETS),
	    MLS_E_REINIT_PSK_MISSING);
	mls_bytes_free(&package);
	mls_bytes_free(&welcome);
	close_member(&plain);
}

/* A stranger's, and Bob's, which ends for the id that others chose. */
static void
end_another(const struct member *stranger, const char *id, const char *next)
{
	struct member maker = { stranger->client, NULL };
	struct member bob = { t.bob.client, NULL };
	struct mls_intent reinit = { .type = MLS_EFFECT_REINIT,
		.group_id = text(next) };
	struct mls_bytes b;

	make_group(&maker, 1, id);
	b = add(&maker, &bob, NULL, 1);
	join(&bob, octets(&b));
	mls_bytes_free(&b);
	to(commit(&maker, &reinit, 1, NULL), &bob, NULL);
	mls_group_close(maker.group);
	mls_group_close(bob.group);
}

/* One group cannot take the successor's id from another: before it, behind
 * it, or by going. */
Test(lineage, REINIT_08_10_one_id_for_several)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct member successor[2] = { { t.alice.client, NULL },
		{ t.bob.client, NULL } };
	struct member plain = make_member(t.context, "Dave");
	struct mls_bytes welcome;
	mls_change *c;

	three_meet(&t, 1, "old");
	end_another(&plain, "one", "new");
	end_group(0, "new");
	end_another(&plain, "two", "new");
	must(mls_group_delete(t.bob.client, text("two")));
	make_group(&plain, 1, "new");
	welcome = add(&plain, &t.bob, NULL, 1);
	must_fail(mls_group_join(&c, t.bob.client, octets(&welcome), NO_OCTETS),
	    MLS_E_REINIT_PSK_MISSING);
	mls_bytes_free(&welcome);
	o.lineage = MLS_LINEAGE_REINIT;
	o.parent = t.alice.group;
	must(mls_group_create(&successor[0].group, t.alice.client, &o));
	welcome = add(&successor[0], &t.bob, &t.carol, 1);
	join(&successor[1], octets(&welcome));
	agree(&successor[0], &successor[1]);
	mls_group_close(successor[0].group);
	mls_group_close(successor[1].group);
	mls_bytes_free(&welcome);
	close_member(&plain);
}

/* Nor from one that goes on under its own id. */
Test(lineage, reinit_of_another_to_the_same_id)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct member successor[2] = { { t.alice.client, NULL },
		{ t.bob.client, NULL } };
	struct member dave = make_member(t.context, "Dave");
	struct mls_bytes welcome;

	three_meet(&t, 1, "old");
	end_group(0, "old");
	end_another(&dave, "other", "old");
	o.lineage = MLS_LINEAGE_REINIT;
	o.parent = t.alice.group;
	must(mls_group_create(&successor[0].group, t.alice.client, &o));
	welcome = add(&successor[0], &t.bob, &t.carol, 1);
	join(&successor[1], octets(&welcome));
	agree(&successor[0], &successor[1]);
	must_fail(mls_group_info(&(struct mls_group_info_view)
	    MLS_GROUP_INFO_VIEW_INIT, t.bob.group), MLS_E_GROUP_NOT_FOUND);
	mls_group_close(successor[0].group);
	mls_group_close(successor[1].group);
	mls_bytes_free(&welcome);
	close_member(&dave);
}

Test(lineage, PROP_33_REINIT_12_reinit_waits)
{
	struct mls_intent reinit = { .type = MLS_EFFECT_REINIT };
	struct mls_intent remove = { .type = MLS_EFFECT_REMOVE, .leaf = 2 };
	struct member dave = { t.bob.client, NULL };
	struct mls_bytes b[2], message;
	mls_change *c;
	int i;

	three_meet(&t, 1, "old");
	reinit.suite = 0x4711;
	must_fail(mls_group_make_proposal(&c, t.bob.group, &reinit, NULL),
	    MLS_E_REINIT_PARAMETERS_UNUSABLE);
	reinit.suite = 0;
	make_group(&dave, 1, "another of Bob's");
	reinit.group_id = text("another of Bob's");
	must_fail(mls_group_make_proposal(&c, t.bob.group, &reinit, NULL),
	    MLS_E_REINIT_PARAMETERS_UNUSABLE);
	mls_group_close(dave.group);
	reinit.group_id = NO_OCTETS;
	for (i = 0; i < 2; i++) {
		must(mls_group_make_proposal(&c, t.bob.group, i == 0 ? &reinit :
		    &remove, NULL));
		must(mls_change_release(&b[i], c));
		mls_change_drop(c);
		take(&t.alice, &b[i]);
		mls_bytes_free(&b[i]);
	}
	must(mls_group_make_commit(&c, t.alice.group, NULL));
	cr_assert_eq(mls_change_summary(c)->n_left_out, 1);
	cr_expect_eq(mls_change_summary(c)->left_out[0].type,
	    MLS_EFFECT_REINIT);
	must(mls_change_release(&message, c));
	must(mls_change_apply(c));
	mls_change_drop(c);
	take(&t.bob, &message);
	cr_expect_eq(info(&t.bob).members, 2);
	mls_bytes_free(&message);
}

/* §11.3, BRANCH-01 to BRANCH-06 */
Test(lineage, BRANCH_01_03_05_branch)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct mls_commit_options co = MLS_COMMIT_OPTIONS_INIT;
	struct member dave = make_member(t.context, "Dave");
	struct member twig = { t.alice.client, NULL }, his = { t.bob.client, NULL };
	struct mls_bytes package = make_package(&dave, 1), welcome;
	struct mls_intent stranger = { .type = MLS_EFFECT_ADD,
		.key_package = octets(&package) };
	mls_change *c;

	three_meet(&t, 1, "old");
	o.lineage = MLS_LINEAGE_BRANCH;
	o.parent = t.alice.group;
	o.group_id = text("twig");
	o.suite = 3;
	must_fail(mls_group_create(&twig.group, t.alice.client, &o),
	    MLS_E_BRANCH_CIPHER_SUITE_MISMATCH);
	o.suite = 0;
	must_fail(mls_group_create(&twig.group, t.bob.client, &o),
	    MLS_E_ARGUMENT);
	must(mls_group_create(&twig.group, t.alice.client, &o));
	co.intents = &stranger;
	co.n_intents = 1;
	must_fail(mls_group_make_commit(&c, twig.group, &co),
	    MLS_E_BRANCH_MEMBER_UNKNOWN);
	welcome = add(&twig, &t.bob, NULL, 1);
	/* A parent that went on is still known, for a while. */
	next_epoch(&t.alice);
	must(mls_group_join(&c, t.bob.client, octets(&welcome), NO_OCTETS));
	cr_expect_eq(mls_change_summary(c)->lineage, MLS_LINEAGE_BRANCH);
	mls_change_drop(c);
	next_epoch(&t.bob);
	next_epoch(&t.carol);
	must_fail(mls_group_join(&c, t.bob.client, octets(&welcome), NO_OCTETS),
	    MLS_E_BRANCH_PARENT_UNKNOWN);
	mls_bytes_free(&welcome);
	mls_group_close(twig.group);
	o.group_id = text("another twig");
	must(mls_group_create(&twig.group, t.alice.client, &o));
	welcome = add(&twig, &t.bob, NULL, 1);
	join(&his, octets(&welcome));
	agree(&twig, &his);
	mls_bytes_free(&welcome);
	welcome = commit(&his, NULL, 0, NULL);
	take(&twig, &welcome);
	agree(&twig, &his);
	mls_bytes_free(&welcome);
	mls_bytes_free(&package);
	mls_group_close(twig.group);
	mls_group_close(his.group);
	close_member(&dave);
}

/* BRANCH-05 against the members of an epoch that has passed. */
Test(lineage, BRANCH_05_branch_of_the_past)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct mls_intent remove = { .type = MLS_EFFECT_REMOVE, .leaf = 2 };
	struct member twig = { t.alice.client, NULL }, hers = { t.carol.client,
		NULL };
	struct mls_bytes welcome, b;
	mls_change *c;

	three_meet(&t, 1, "old");
	o.lineage = MLS_LINEAGE_BRANCH;
	o.parent = t.alice.group;
	must(mls_group_create(&twig.group, t.alice.client, &o));
	welcome = add(&twig, &t.carol, &t.bob, 1);
	b = commit(&t.alice, &remove, 1, NULL);
	take(&t.bob, &b);
	/* Bob has seen Carol go, and knows that she was there. */
	must(mls_group_join(&c, t.bob.client, octets(&welcome), NO_OCTETS));
	mls_change_drop(c);
	join(&hers, octets(&welcome));
	agree(&twig, &hers);
	mls_bytes_free(&b);
	mls_bytes_free(&welcome);
	mls_group_close(twig.group);
	mls_group_close(hers.group);
}

/* Bob, who is in "old" by his old name, has another one by now. */
static void
rename_bob(void)
{
	must(mls_client_set_credential(t.bob.client, MLS_CREDENTIAL_BASIC,
	    text("Robert")));
}

/* REINIT-09: by the word of the application. */
Test(lineage, reinit_of_a_renamed_member)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct member next[2] = { { t.alice.client, NULL },
		{ t.bob.client, NULL } };
	struct mls_bytes package, welcome;
	struct mls_intent v = { .type = MLS_EFFECT_ADD };
	struct mls_commit_options co = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent end = { .type = MLS_EFFECT_REINIT };
	mls_change *c;

	two_meet(&t, 1, "old");
	to(commit(&t.alice, &end, 1, NULL), &t.bob, NULL);
	rename_bob();
	o.lineage = MLS_LINEAGE_REINIT;
	o.parent = t.alice.group;
	must(mls_group_create(&next[0].group, t.alice.client, &o));
	package = make_package(&t.bob, 1);
	v.key_package = octets(&package);
	co.intents = &v;
	co.n_intents = 1;
	must_fail(mls_group_make_commit(&c, next[0].group, &co),
	    MLS_E_REINIT_MEMBERS_MISSING);
	renamed = true;
	welcome = add(&next[0], &t.bob, NULL, 1);
	renamed = false;
	must_fail(mls_group_join(&c, t.bob.client, octets(&welcome),
	    NO_OCTETS), MLS_E_REINIT_MEMBERS_MISSING);
	renamed = true;
	join(&next[1], octets(&welcome));
	agree(&next[0], &next[1]);
	mls_bytes_free(&package);
	mls_bytes_free(&welcome);
	mls_group_close(next[0].group);
	mls_group_close(next[1].group);
}

/* BRANCH-05, of an epoch that is there and of one that has passed. */
Test(lineage, branch_with_a_renamed_member)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct member twig = { t.alice.client, NULL };
	struct mls_bytes welcome;
	mls_change *c;
	int i;

	three_meet(&t, 1, "old");
	rename_bob();
	o.lineage = MLS_LINEAGE_BRANCH;
	o.parent = t.alice.group;
	must(mls_group_create(&twig.group, t.alice.client, &o));
	renamed = true;
	welcome = add(&twig, &t.bob, &t.carol, 1);
	for (i = 0; i < 2; i++) {
		renamed = false;
		must_fail(mls_group_join(&c, t.carol.client,
		    octets(&welcome), NO_OCTETS),
		    MLS_E_BRANCH_MEMBER_UNKNOWN);
		renamed = true;
		must(mls_group_join(&c, t.carol.client, octets(&welcome),
		    NO_OCTETS));
		mls_change_drop(c);
		next_epoch(&t.carol);
	}
	mls_bytes_free(&welcome);
	mls_group_close(twig.group);
}
