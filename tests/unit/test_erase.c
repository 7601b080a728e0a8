/* SPDX-License-Identifier: MIT */
/*
 * Keys that stay in their provider: after whatever was done, those live there
 * that a record refers to, and no others.
 */
#include "erase_fixture.h"

TestSuite(erase, .init = set_up_erase, .fini = tear_down);

Test(erase, commits)
{
	PEOPLE;
	unsigned i;

	meet(&a, &b);
	for (i = 0; i < 3; i++) {
		commit(&a, &b, NULL);
		LIVES(&a, 3);
		LIVES(&b, 3);
		commit(&b, &a, NULL);
		LIVES(&a, 3);
		LIVES(&b, 3);
	}
	agree(&a.m, &b.m);
	part(&a, &b);
}

/* An Update of B's, which A commits, or leaves out. */
Test(erase, updates)
{
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes message, back;
	mls_change *c;
	PEOPLE;
	int i;

	meet(&a, &b);
	must(mls_group_make_proposal(&c, b.m.group, &update, NULL));
	LIVES(&b, 3);
	mls_change_drop(c);
	LIVES(&b, 3);
	for (i = 0; i < 2; i++) {
		must(mls_group_make_proposal(&c, b.m.group, &update, NULL));
		must(mls_change_release(&message, c));
		mls_change_drop(c);
		LIVES(&b, 4);
		close_person(&b);
		open_person(&b, false);
		must(mls_group_open(&b.m.group, b.m.client, text("g")));
		LIVES(&b, 4);
		must(mls_group_receive(a.m.group, octets(&message), NULL,
		    NULL));
		o.flags = MLS_COMMIT_FORCE_PATH |
		    (i == 0 ? 0 : MLS_COMMIT_NO_CACHED);
		must(mls_group_commit(&back, NULL, a.m.group, &o));
		must(mls_group_settle(a.m.group, 1));
		must(mls_group_receive(b.m.group, octets(&back), NULL, NULL));
		LIVES(&a, 3);
		LIVES(&b, 3);
		agree(&a.m, &b.m);
		mls_bytes_free(&message);
		mls_bytes_free(&back);
	}
	part(&a, &b);
}

/* Changes that come to nothing. */
Test(erase, dropped)
{
	struct mls_bytes message, other;
	mls_change *c, *d;
	PEOPLE;

	meet(&a, &b);
	mls_change_drop(commit_of(&a, NULL, 0));
	LIVES(&a, 3);
	c = commit_of(&a, NULL, 0);
	must(mls_change_release(&message, c));
	LIVES(&a, 5);
	must(mls_group_process(&d, b.m.group, octets(&message)));
	mls_change_drop(d);
	LIVES(&b, 3);
	must(mls_group_process(&d, b.m.group, octets(&message)));
	must(mls_change_discard(d));
	mls_change_drop(d);
	LIVES(&b, 3);
	must(mls_change_cancel(c));
	mls_change_drop(c);
	LIVES(&a, 3);
	mls_bytes_free(&message);
	/* Another one comes first. */
	c = commit_of(&a, NULL, 0);
	must(mls_change_release(&message, c));
	LIVES(&a, 5);
	d = commit_of(&b, NULL, 0);
	must(mls_change_release(&other, d));
	must(mls_change_apply(d));
	mls_change_drop(d);
	must(mls_group_receive(a.m.group, octets(&other), NULL, NULL));
	LIVES(&a, 3);
	must_fail(mls_change_apply(c), MLS_E_CHANGE_STALE);
	mls_change_drop(c);
	LIVES(&a, 3);
	LIVES(&b, 3);
	agree(&a.m, &b.m);
	mls_bytes_free(&message);
	mls_bytes_free(&other);
	part(&a, &b);
}

/* A parked commit is found again, and applied. */
Test(erase, parked)
{
	struct mls_bytes message;
	mls_change *c;
	PEOPLE;

	meet(&a, &b);
	c = commit_of(&a, NULL, 0);
	must(mls_change_release(&message, c));
	mls_change_drop(c);
	close_person(&a);
	open_person(&a, false);
	must(mls_group_open(&a.m.group, a.m.client, text("g")));
	LIVES(&a, 5);
	must(mls_group_settle(a.m.group, 1));
	LIVES(&a, 3);
	must(mls_group_receive(b.m.group, octets(&message), NULL, NULL));
	agree(&a.m, &b.m);
	commit(&b, &a, NULL);
	LIVES(&a, 3);
	mls_bytes_free(&message);
	part(&a, &b);
}

Test(erase, removed_and_deleted)
{
	struct mls_intent remove = { .type = MLS_EFFECT_REMOVE, .leaf = 1 };
	PEOPLE;

	meet(&a, &b);
	commit(&a, &b, &remove);
	LIVES(&a, 2);
	LIVES(&b, 0);
	must(mls_group_delete(b.m.client, text("g")));
	LIVES(&b, 0);
	must(mls_group_delete(a.m.client, text("g")));
	LIVES(&a, 0);
	part(&a, &b);
}

Test(erase, packages)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_bytes one, last;
	struct person a = { .name = "a" };

	open_person(&a, true);
	one = make_package(&a.m, 1);
	o.suite = 1;
	o.last_resort = 1;
	must(mls_key_package_new(&last, a.m.client, &o));
	LIVES(&a, 6);
	must(mls_key_package_delete(a.m.client, octets(&one)));
	LIVES(&a, 3);
	must(mls_key_package_delete(a.m.client, octets(&one)));
	LIVES(&a, 3);
	must(mls_key_package_delete(a.m.client, octets(&last)));
	LIVES(&a, 0);
	mls_bytes_free(&one);
	mls_bytes_free(&last);
	close_person(&a);
}

/* One signature key of all that the client has, and of its package, which
 * serves once more. */
Test(erase, shared)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct mls_bytes package, welcome, message, key;
	unsigned i;
	PEOPLE;

	open_person(&a, true);
	open_person(&b, true);
	must(mls_client_signature_key(NULL, b.m.client, 1, NO_OCTETS));
	must(mls_client_signature_key(&key, b.m.client, 1, NO_OCTETS));
	LIVES(&b, 1);
	o.suite = 1;
	o.last_resort = 1;
	must(mls_key_package_new(&package, b.m.client, &o));
	LIVES(&b, 3);
	add.key_package = octets(&package);
	for (i = 0; i < 2; i++) {
		mls_change *c;

		make_group(&a.m, 1, i == 0 ? "one" : "two");
		c = commit_of(&a, &add, 1);
		must(mls_change_release(&message, c));
		must(mls_change_welcome(&welcome, c));
		must(mls_change_apply(c));
		mls_change_drop(c);
		join(&b.m, octets(&welcome));
		LIVES(&b, 4 + i); /* the leaf's is shared, too */
		mls_group_close(a.m.group);
		if (i == 0)
			mls_group_close(b.m.group);
		mls_bytes_free(&message);
		mls_bytes_free(&welcome);
	}
	a.m.group = NULL;
	must(mls_group_delete(b.m.client, text("one")));
	LIVES(&b, 4);
	must(mls_key_package_delete(b.m.client, octets(&package)));
	LIVES(&b, 3); /* the group's leaf and root */
	commit(&b, NULL, NULL);
	LIVES(&b, 3);
	must(mls_group_delete(b.m.client, text("two")));
	LIVES(&b, 1);
	mls_bytes_free(&package);
	mls_bytes_free(&key);
	part(&a, &b);
}

/* A new signature key takes the old one's place, and the old one is erased once
 * the group has it no more: not before. */
Test(erase, rotated)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes message;
	struct person a = { .name = "a", .imports = true };
	mls_change *c;

	open_person(&a, true);
	give_key(&a, 1);
	make_group(&a.m, 1, "g");
	LIVES(&a, 2);
	give_key(&a, 2);
	LIVES(&a, 3);
	give_key(&a, 2);
	LIVES(&a, 3);
	o.flags = MLS_COMMIT_NEW_SIGNATURE_KEY;
	must(mls_group_make_commit(&c, a.m.group, &o));
	/* By now it is another one. */
	give_key(&a, 3);
	LIVES(&a, 3);
	must_fail(mls_change_release(&message, c), MLS_E_CHANGE_STALE);
	mls_change_drop(c);
	LIVES_AND(&a, 3, 1);
	must(mls_group_make_commit(&c, a.m.group, &o));
	must(mls_change_release(&message, c));
	LIVES(&a, 4);
	give_key(&a, 4);
	LIVES(&a, 5);
	must(mls_change_apply(c));
	mls_change_drop(c);
	LIVES(&a, 3);
	/* What was there before comes back. */
	give_key(&a, 1);
	LIVES(&a, 3);
	commit(&a, NULL, NULL);
	LIVES(&a, 3);
	mls_bytes_free(&message);
	close_person(&a);
}

Test(erase, entering)
{
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct mls_bytes group_info, message;
	mls_change *c;
	unsigned i;
	PEOPLE;

	meet(&a, &b);
	must(mls_group_publish(&group_info, a.m.group, 0));
	o.resync = 1;
	must(mls_group_delete(b.m.client, text("g")));
	close_member(&b.m);
	b.m.client = client_at(b.context, "b", false);
	LIVES(&b, 0);
	for (i = 0; i < 3; i++) {
		must(mls_group_join_external(&c, b.m.client,
		    octets(&group_info), NO_OCTETS, &o));
		LIVES(&b, 0);
		if (i > 0) {
			must(mls_change_release(&message, c));
			LIVES(&b, 3);
		}
		if (i == 1) {
			must(mls_change_cancel(c));
			LIVES(&b, 0);
		}
		if (i == 2) {
			must(mls_change_apply(c));
			LIVES(&b, 3);
		}
		mls_change_drop(c);
		if (i > 0)
			mls_bytes_free(&message);
	}
	must(mls_group_open(&b.m.group, b.m.client, text("g")));
	commit(&b, NULL, NULL);
	LIVES(&b, 3);
	mls_bytes_free(&group_info);
	part(&a, &b);
}

/* A second provider cannot have the keys; that it asked leaves none behind. */
Test(erase, twice)
{
	struct person a = { .name = "a", .twice = true }, b = { .name = "b" };
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct mls_bytes group_info, message;
	mls_change *c;

	meet(&a, &b);
	must(mls_group_publish(&group_info, a.m.group, 0));
	o.resync = 1;
	must(mls_group_delete(b.m.client, text("g")));
	must(mls_group_join_external(&c, b.m.client, octets(&group_info),
	    NO_OCTETS, &o));
	must(mls_change_release(&message, c));
	must(mls_change_apply(c));
	mls_change_drop(c);
	must(mls_group_receive(a.m.group, octets(&message), NULL, NULL));
	LIVES(&a, 3);
	LIVES(&b, 3);
	mls_bytes_free(&group_info);
	mls_bytes_free(&message);
	part(&a, &b);
}

Test(erase, senders)
{
	struct person a = { .name = "a" };
	struct mls_bytes sender;

	open_person(&a, true);
	must(mls_external_sender_new(&sender, a.m.client, 1));
	LIVES(&a, 1);
	mls_bytes_free(&sender);
	close_person(&a);
}
