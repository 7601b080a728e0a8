/* SPDX-License-Identifier: MIT */
/* Keys that stay in their provider, where something fails between the record
 * and the key. */
#include <sys/wait.h>

#include "../histories/shelf.h"
#include "erase_fixture.h"

static const struct mls_provider *const statics[] = { &shelf_provider,
	NULL };

static void
set_up_late(void)
{
	set_up_erase();
	linked = statics;
}

TestSuite(erase_late, .init = set_up_late, .fini = tear_down);

/* The next commit of a store on the shelf. */
static void
commit_fails(int status, bool written)
{
	shelf_fault = (struct shelf_fault){ 1, status, written, false };
}

/* Another process applies a commit, and dies with the first key that it is
 * to destroy, before or behind that. */
static void
die_in(struct person *p, const char *what)
{
	int status;
	pid_t child;

	touch(p, what);
	close_person(p);
	child = fork();
	cr_assert_geq(child, 0);
	if (child == 0) {
		open_person(p, false);
		must(mls_group_open(&p->m.group, p->m.client, text("g")));
		commit(p, NULL, NULL);
		_exit(0);
	}
	cr_assert_eq(waitpid(child, &status, 0), child);
	cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 3,
	    "status %d", status);
	cr_expect_eq(living(p), strcmp(what, "late") == 0 ? 4 : 5);
	untouch(p, what);
}

Test(erase_late, crash)
{
	static const char *const when[] = { "dies", "late" };
	unsigned i;
	PEOPLE;

	meet(&a, &b);
	for (i = 0; i < 2; i++) {
		die_in(&a, when[i]);
		open_person(&a, false);
		LIVES(&a, 3);
		must(mls_group_open(&a.m.group, a.m.client, text("g")));
		commit(&a, NULL, NULL);
		LIVES(&a, 3);
	}
	part(&a, &b);
}

/* The name of a key that lives, and nothing refers to. */
static const char *
superfluous(const struct person *p)
{
	static char name[NAME + 1];
	FILE *f = popen(made("ls '%s/%s.t'", dir, p->name), "r");
	struct refs r;
	unsigned i = 0;

	read_refs(&r, p);
	cr_assert_not_null(f);
	while (i < r.n || name[0] == '\0') {
		cr_assert_eq(fscanf(f, "%16s", name), 1);
		for (i = 0; i < r.n && strcmp(r.names[i], name) != 0; i++)
			continue;
		if (i == r.n)
			break;
		name[0] = '\0';
	}
	pclose(f);
	return name;
}

/* A token that refuses, until the next change or opening. */
Test(erase_late, refused)
{
	struct mls_bytes message;
	struct refs r;
	PEOPLE;

	meet(&a, &b);
	touch(&a, "locked");
	strcpy(logged, "\n");
	commit(&a, &b, NULL);
	said(made("hsm: keys that are not needed any more wait to be erased, "
	    "2 so far: %s", mls_strerror(MLS_E_PROVIDER_FAILED)));
	agree(&a.m, &b.m);
	read_refs(&r, &a);
	cr_expect_eq(r.n, 3);
	cr_expect_eq(r.notes, 2);
	cr_expect_eq(living(&a), 5);
	/* Somebody else came first to one of them. */
	cr_assert_eq(system(made("rm '%s/a.t/%s'", dir, superfluous(&a))), 0);
	strcpy(logged, "\n");
	commit(&a, &b, NULL);
	said(made("hsm: keys that are not needed any more wait to be erased, "
	    "3 so far: %s", mls_strerror(MLS_E_PROVIDER_FAILED)));
	read_refs(&r, &a);
	cr_expect_eq(r.notes, 3);
	/* A message is no reason to try again. */
	strcpy(logged, "\n");
	must(mls_group_send(&message, b.m.group, text("hello")));
	must(mls_group_receive(a.m.group, octets(&message), NULL, NULL));
	mls_bytes_free(&message);
	cr_expect_str_eq(logged, "\n");
	untouch(&a, "locked");
	commit(&a, &b, NULL);
	LIVES(&a, 3);
	touch(&a, "locked");
	commit(&a, &b, NULL);
	cr_expect_eq(living(&a), 5);
	untouch(&a, "locked");
	close_person(&a);
	open_person(&a, false);
	LIVES(&a, 3);
	part(&a, &b);
}

/* A key that waits to be erased comes once more from outside; and one that is
 * in use, into a store that does not take it. */
Test(erase_late, again)
{
	struct person a = { .name = "a", .imports = true, .shelf = true };
	uint8_t priv[32] = { 1 };

	open_person(&a, true);
	give_key(&a, 1);
	touch(&a, "locked");
	give_key(&a, 2);
	cr_expect_eq(living(&a), 2);
	give_key(&a, 1);
	untouch(&a, "locked");
	make_group(&a.m, 1, "g");
	LIVES(&a, 2);
	commit_fails(MLS_P_FULL, false);
	must_fail(mls_client_signature_key(NULL, a.m.client, 1,
	    mls__buf(priv, sizeof(priv))), MLS_E_STORE_FULL);
	LIVES(&a, 2);
	commit(&a, NULL, NULL);
	LIVES(&a, 2);
	close_person(&a);
	shelf_clear();
}

/* Without the token nothing can be erased, but a group can be deleted. */
Test(erase_late, absent)
{
	struct refs r;
	PEOPLE;

	meet(&a, &b);
	close_person(&a);
	open_as(&a, false, false);
	must(mls_group_delete(a.m.client, text("g")));
	said(made("hsm: keys that are not needed any more wait to be erased, "
	    "3 so far: %s", mls_strerror(MLS_E_PROVIDER_MISSING)));
	read_refs(&r, &a);
	cr_expect_eq(r.n, 0);
	cr_expect_eq(r.notes, 3);
	close_person(&a);
	open_person(&a, false);
	LIVES(&a, 0);
	part(&a, &b);
}

/* Where no key stays anywhere, the store has nothing beside, and nothing is
 * asked. */
Test(erase_late, raw)
{
	struct person a = { .name = "a" };
	struct mls_store_txn t = { 0 };
	uint8_t type;
	struct refs r;

	open_as(&a, true, false);
	make_group(&a.m, 1, "g");
	commit(&a, NULL, NULL);
	LIVES(&a, 0);
	must(mls__txn_begin(&t, &a.m.client->store, false));
	memset(&r, 0, sizeof(r));
	for (type = MLS_REC_HOLDS; type <= MLS_REC_ERASE; type++)
		must(mls__txn_scan(&t, mls__buf(&type, 1), look_at, &r));
	mls__txn_end(&t);
	cr_expect_not(a.m.client->store.holds);
	close_person(&a);
}

/* What a release wrote that failed is wiped, and not there twice behind the
 * next one: it has the secrets of the next epoch. */
static void
undone(const mls_change *c, size_t staged)
{
	static const uint8_t zeros[64];

	cr_expect_eq(c->batch.ops.len, staged);
	cr_expect_arr_eq(c->batch.ops.data + staged, zeros, sizeof(zeros));
}

/* A release that the store refuses: it can be tried again, or dropped. */
Test(erase_late, not_released)
{
	struct mls_bytes message;
	struct person a = { .name = "a", .shelf = true };
	mls_change *c;
	size_t staged;

	open_person(&a, true);
	make_group(&a.m, 1, "g");
	c = commit_of(&a, NULL, 0);
	staged = c->batch.ops.len;
	touch(&a, "full");
	must_fail(mls_change_release(&message, c), MLS_E_PROVIDER_FAILED);
	undone(c, staged);
	untouch(&a, "full");
	commit_fails(MLS_P_FULL, false);
	must_fail(mls_change_release(&message, c), MLS_E_STORE_FULL);
	undone(c, staged);
	/* Where nobody can look what is there, neither. */
	commit_fails(MLS_P_FULL, false);
	shelf_fault.busy = true;
	must_fail(mls_change_release(&message, c), MLS_E_STORE_FULL);
	must(mls_change_release(&message, c));
	LIVES(&a, 3);
	must(mls_change_cancel(c));
	mls_change_drop(c);
	mls_bytes_free(&message);
	LIVES(&a, 2);
	c = commit_of(&a, NULL, 0);
	commit_fails(MLS_P_FULL, false);
	must_fail(mls_change_release(&message, c), MLS_E_STORE_FULL);
	mls_change_drop(c);
	LIVES_AND(&a, 2, 1);
	commit(&a, NULL, NULL);
	LIVES(&a, 2);
	close_person(&a);
	shelf_clear();
}

/* Nobody knows what became of a commit: what it may have written is kept, and
 * no more than that. */
Test(erase_late, not_known)
{
	struct mls_bytes message;
	struct person a = { .name = "a", .shelf = true };
	mls_change *c;
	unsigned i;

	open_person(&a, true);
	make_group(&a.m, 1, "g");
	for (i = 0; i < 2; i++) {
		c = commit_of(&a, NULL, 0);
		commit_fails(MLS_P_IO, i == 1);
		must_fail(mls_change_release(&message, c),
		    MLS_E_RELOAD_REQUIRED);
		mls_change_drop(c);
		LIVES_AND(&a, 2 + i, 1 - i);
		close_person(&a);
		open_person(&a, false);
		LIVES(&a, 2 + i);
		must(mls_group_open(&a.m.group, a.m.client, text("g")));
	}
	must(mls_group_settle(a.m.group, 1));
	LIVES(&a, 2);
	commit(&a, NULL, NULL);
	LIVES(&a, 2);
	close_person(&a);
	shelf_clear();
}

/* What else is made, where the store refuses it. */
Test(erase_late, not_made)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_group_options g = MLS_GROUP_OPTIONS_INIT;
	struct person a = { .name = "a", .shelf = true };
	struct mls_bytes out;

	open_person(&a, true);
	o.suite = g.suite = 1;
	commit_fails(MLS_P_FULL, false);
	must_fail(mls_key_package_new(&out, a.m.client, &o),
	    MLS_E_STORE_FULL);
	commit_fails(MLS_P_FULL, false);
	must_fail(mls_group_create(&a.m.group, a.m.client, &g),
	    MLS_E_STORE_FULL);
	commit_fails(MLS_P_FULL, false);
	must_fail(mls_client_signature_key(NULL, a.m.client, 1, NO_OCTETS),
	    MLS_E_STORE_FULL);
	commit_fails(MLS_P_FULL, false);
	must_fail(mls_external_sender_new(&out, a.m.client, 1),
	    MLS_E_STORE_FULL);
	LIVES_AND(&a, 0, 7);
	close_person(&a);
	open_person(&a, false);
	LIVES(&a, 0);
	close_person(&a);
	shelf_clear();
}

/* A client that was opened when the store had no such keys, beside another. */
Test(erase_late, beside)
{
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct person a = { .name = "a", .imports = true }, b = { .name = "b" };
	struct mls_bytes package, group_info, message;
	mls_client *early[4];
	mls_change *c, *again;
	struct person d;
	unsigned i;

	open_person(&b, true);
	make_group(&b.m, 1, "other");
	must(mls_group_publish(&group_info, b.m.group, 0));
	open_person(&a, true);
	for (i = 0; i < 4; i++)
		early[i] = client_at(a.context, "a", false);
	d = a;
	give_key(&a, 1);
	d.m.client = early[0];
	give_key(&d, 2);
	LIVES(&a, 1);
	package = make_package(&a.m, 1);
	LIVES(&a, 3);
	must(mls_key_package_delete(early[1], octets(&package)));
	LIVES(&a, 1);
	make_group(&a.m, 1, "g");
	LIVES(&a, 2);
	must(mls_group_delete(early[2], text("g")));
	LIVES(&a, 1);
	must(mls_group_join_external(&c, a.m.client, octets(&group_info),
	    NO_OCTETS, &o));
	must(mls_change_release(&message, c));
	LIVES(&a, 3);
	must(mls_client_pending(&again, early[3], text("other")));
	must(mls_change_cancel(again));
	LIVES(&a, 1);
	mls_change_drop(again);
	mls_change_drop(c);
	for (i = 0; i < 4; i++)
		mls_client_close(early[i]);
	mls_bytes_free(&package);
	mls_bytes_free(&group_info);
	mls_bytes_free(&message);
	part(&a, &b);
}

/* The same, of a group whose keys were octets until then; another handle has a
 * change to be released. */
static void
migrate(struct person *a, struct person *early)
{
	open_as(a, true, false);
	make_group(&a->m, 1, "g");
	close_person(a);
	open_person(a, false);
	must(mls_group_open(&a->m.group, a->m.client, text("g")));
	*early = *a;
	early->m.client = client_at(a->context, a->name, false);
}

static void
release_one(struct person *early, mls_change *c)
{
	struct mls_bytes message;

	must(mls_change_release(&message, c));
	mls_change_drop(c);
	mls_bytes_free(&message);
	must(mls_group_open(&early->m.group, early->m.client, text("g")));
}

Test(erase_late, beside_a_commit)
{
	struct person a = { .name = "a", .imports = true }, early;
	mls_change *c;

	migrate(&a, &early);
	release_one(&early, commit_of(&a, NULL, 0));
	LIVES(&a, 2);
	must(mls_group_pending(&c, early.m.group));
	must(mls_change_cancel(c));
	mls_change_drop(c);
	LIVES(&a, 0);
	close_member(&early.m);
	close_person(&a);
}

/* One that comes to nothing, by a commit of somebody who has not seen it. */
Test(erase_late, beside_an_update)
{
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct person a = { .name = "a", .imports = true }, early;
	struct person b = { .name = "b" };
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct mls_bytes group_info, message;
	mls_change *c;

	migrate(&a, &early);
	open_person(&b, true);
	must(mls_group_publish(&group_info, a.m.group, 0));
	must(mls_group_make_proposal(&c, a.m.group, &update, NULL));
	release_one(&early, c);
	LIVES(&a, 1);
	must(mls_group_join_external(&c, b.m.client, octets(&group_info),
	    NO_OCTETS, &o));
	must(mls_change_release(&message, c));
	mls_change_drop(c);
	must(mls_group_receive(early.m.group, octets(&message), NULL, NULL));
	LIVES(&a, 2); /* root and signature */
	mls_bytes_free(&group_info);
	mls_bytes_free(&message);
	close_member(&early.m);
	part(&a, &b);
}

/* The same commit is applied by another handle, behind one that failed: that
 * one's keys are those that the group has now. */
Test(erase_late, overtaken)
{
	struct person a = { .name = "a", .shelf = true }, b = { .name = "b" };
	struct mls_bytes message;
	mls_group *other;
	mls_change *c, *first, *second;

	meet(&a, &b);
	must(mls_group_open(&other, a.m.client, text("g")));
	c = commit_of(&b, NULL, 0);
	must(mls_change_release(&message, c));
	must(mls_change_apply(c));
	mls_change_drop(c);
	must(mls_group_process(&first, a.m.group, octets(&message)));
	must(mls_group_process(&second, other, octets(&message)));
	commit_fails(MLS_P_FULL, false);
	must_fail(mls_change_apply(first), MLS_E_STORE_FULL);
	must(mls_change_apply(second));
	mls_change_drop(first);
	mls_change_drop(second);
	LIVES(&a, 3);
	mls_group_close(a.m.group);
	a.m.group = other;
	commit(&a, &b, NULL);
	LIVES(&a, 3);
	mls_bytes_free(&message);
	part(&a, &b);
	shelf_clear();
}

/* A release that failed comes again when its keys have been erased. */
Test(erase_late, too_late)
{
	struct mls_bytes message;
	struct person a = { .name = "a", .shelf = true };
	mls_change *c;

	open_person(&a, true);
	make_group(&a.m, 1, "g");
	c = commit_of(&a, NULL, 0);
	commit_fails(MLS_P_FULL, false);
	must_fail(mls_change_release(&message, c), MLS_E_STORE_FULL);
	LIVES_AND(&a, 2, 1);
	must(mls_client_signature_key(NULL, a.m.client, 1, NO_OCTETS));
	LIVES(&a, 3);
	must_fail(mls_change_release(&message, c), MLS_E_CHANGE_STALE);
	mls_change_drop(c);
	LIVES(&a, 3);
	commit(&a, NULL, NULL);
	LIVES(&a, 3);
	close_person(&a);
	shelf_clear();
}
