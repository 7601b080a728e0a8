/* SPDX-License-Identifier: MIT */
/* RFC 9420 §5.3, §10, §16.8, §13.5: what clients put into leaves and key
 * packages. */
#include "three.h"

static struct three t;
static int asked; /* MLS_AT_* of the last question with a predecessor */

static int
watch(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	if (previous != NULL && previous->identity.len !=
	    identity->identity.len)
		asked = where;
	return identity->identity.len == 7 && memcmp(identity->identity.data,
	    "Mallory", 7) == 0;
}

static void
set_up(void)
{
	struct mls_policy p = MLS_POLICY_INIT;

	asked = 0;
	p.credential = watch;
	three_open(&t, &p);
}

static void
tear_down(void)
{
	three_close(&t);
}

TestSuite(credential, .init = set_up, .fini = tear_down);

static bool
key_is(struct mls_buf key, const struct mls_bytes *other)
{
	return key.len == other->len && memcmp(key.data, other->data,
	    key.len) == 0;
}

/* A signature key that stays, in every leaf of its suite and no other. */
Test(credential, one_signature_key)
{
	struct mls_bytes key, same, other;
	struct mls_identity who;

	must(mls_client_signature_key(&key, t.bob.client, 1, NO_OCTETS));
	must(mls_client_signature_key(&same, t.bob.client, 1, NO_OCTETS));
	cr_expect(key_is(octets(&key), &same));
	must(mls_client_signature_key(&other, t.bob.client, 3, NO_OCTETS));
	cr_expect_not(key_is(octets(&key), &other));
	two_meet(&t, 1, "first");
	must(mls_group_member(&who, t.alice.group, 1));
	cr_expect(key_is(who.signature_key, &key));
	mls_group_close(t.alice.group);
	mls_group_close(t.bob.group);
	two_meet(&t, 1, "second");
	must(mls_group_member(&who, t.alice.group, 1));
	cr_expect(key_is(who.signature_key, &key));
	must(mls_group_member(&who, t.alice.group, 0));
	cr_expect_not(key_is(who.signature_key, &key));
	mls_bytes_free(&key);
	mls_bytes_free(&same);
	mls_bytes_free(&other);
}

/* RFC 8032, test 1 of §7.1 */
Test(credential, signature_key_from_elsewhere)
{
	static const uint8_t seed[32] = { 0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd,
		0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
		0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b,
		0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60 };
	static const uint8_t head[4] = { 0xd7, 0x5a, 0x98, 0x01 };
	struct mls_buf private_key = { seed, sizeof(seed) };
	struct mls_bytes key, same;

	must(mls_client_signature_key(&key, t.bob.client, 1, private_key));
	cr_assert_eq(key.len, 32);
	cr_expect_arr_eq(key.data, head, 4);
	must(mls_client_signature_key(&same, t.bob.client, 1, NO_OCTETS));
	cr_expect(key_is(octets(&key), &same));
	private_key.len = 31;
	must_fail(mls_client_signature_key(NULL, t.bob.client, 1,
	    private_key), MLS_E_ARGUMENT);
	mls_bytes_free(&key);
	mls_bytes_free(&same);
}

/* A new name and a new key, by one commit; others are asked, and know the old
 * name as well. */
Test(credential, COMMIT_25_new_credential_by_a_commit)
{
	struct member *both[] = { &t.alice, &t.bob };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes key, message;
	const struct mls_effect *e;
	struct mls_identity who;
	mls_change *c;

	two_meet(&t, 1, "group");
	must(mls_client_set_credential(t.bob.client, MLS_CREDENTIAL_BASIC,
	    text("Robert")));
	must(mls_client_signature_key(&key, t.bob.client, 1, NO_OCTETS));
	cr_expect_arr_eq(mls_client_identity(t.bob.client).data, "Bob", 3);
	to(commit(&t.bob, NULL, 0, NULL), &t.alice, NULL);
	must(mls_group_member(&who, t.alice.group, 1));
	cr_expect_eq(who.identity.len, 3);
	o.flags = MLS_COMMIT_NEW_CREDENTIAL;
	message = commit_with(&t.bob, &o, NULL);
	must(mls_group_process(&c, t.alice.group, octets(&message)));
	cr_expect_eq(asked, MLS_AT_COMMIT);
	e = mls_change_summary(c)->effects;
	cr_assert_eq(e->type, MLS_EFFECT_PATH);
	cr_expect_arr_eq(e->identity.identity.data, "Robert", 6);
	cr_expect_arr_eq(e->previous.identity.data, "Bob", 3);
	mls_change_drop(c);
	to(message, &t.alice, NULL);
	must(mls_group_member(&who, t.alice.group, 1));
	cr_expect_eq(who.identity.len, 6);
	cr_expect(key_is(who.signature_key, &key));
	go_on(both, 2);
	mls_bytes_free(&key);
}

/* Nobody is brought in whom the application does not know. */
Test(credential, CRED_02_new_credential_refused)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	mls_change *c;

	two_meet(&t, 1, "group");
	must(mls_client_set_credential(t.bob.client, MLS_CREDENTIAL_BASIC,
	    text("Mallory")));
	o.flags = MLS_COMMIT_NEW_CREDENTIAL;
	must_fail(mls_group_make_commit(&c, t.bob.group, &o),
	    MLS_E_CREDENTIAL_SUCCESSOR_REJECTED);
	/* an empty body is the identity again */
	must(mls_client_set_credential(t.bob.client, MLS_CREDENTIAL_BASIC,
	    NO_OCTETS));
	must(mls_group_make_commit(&c, t.bob.group, &o));
	mls_change_drop(c);
}

static struct mls_bytes
invite(struct member *who, struct mls_buf package, const char *id)
{
	struct mls_intent v = { .type = MLS_EFFECT_ADD,
		.key_package = package };
	struct mls_bytes message, welcome;

	make_group(who, 1, id);
	message = commit(who, &v, 1, &welcome);
	mls_bytes_free(&message);
	return welcome;
}

/* One package for two groups, if it says so. */
static void
two_groups(int last_resort)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct member *both[] = { &t.carol, &t.bob };
	struct mls_bytes package, first, second;
	mls_change *c;

	o.last_resort = last_resort;
	must(mls_key_package_new(&package, t.bob.client, &o));
	first = invite(&t.alice, octets(&package), "first");
	second = invite(&t.carol, octets(&package), "second");
	join(&t.bob, octets(&first));
	agree(&t.alice, &t.bob);
	mls_group_close(t.bob.group);
	t.bob.group = NULL;
	if (last_resort) {
		join(&t.bob, octets(&second));
		agree(&t.carol, &t.bob);
		go_on(both, 2);
		must(mls_key_package_delete(t.bob.client, octets(&package)));
	}
	must_fail(mls_group_join(&c, t.bob.client, octets(&second),
	    NO_OCTETS), last_resort ? MLS_E_WELCOME_NOT_FOR_US :
	    MLS_E_KEY_PACKAGE_CONSUMED);
	mls_bytes_free(&package);
	mls_bytes_free(&first);
	mls_bytes_free(&second);
}

Test(credential, KP_13_last_resort)
{
	two_groups(1);
}

Test(credential, KP_13_no_last_resort)
{
	two_groups(0);
}

/* What a package carries, its leaf lists. */
Test(credential, KP_08_LEAF_04_package_extension_unlisted)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_bytes package;

	o.extensions = (struct mls_buf){ (const uint8_t *)"\xf2\0\0", 3 };
	must_fail(mls_key_package_new(&package, t.bob.client, &o),
	    MLS_E_KEY_PACKAGE_EXTENSION_UNLISTED);
	o.extensions = NO_OCTETS;
	o.leaf_extensions = (struct mls_buf){ (const uint8_t *)"\xf2\0\0", 3 };
	must_fail(mls_key_package_new(&package, t.bob.client, &o),
	    MLS_E_LEAF_EXTENSION_UNLISTED);
}

static int
grease_in(const struct mls_bytes *b)
{
	struct mls_bytes shown;
	const char *at;
	int n = 0;

	must(mls_inspect(&shown, t.context, octets(b)));
	for (at = (const char *)shown.data;
	    (at = strstr(at, "grease")) != NULL; at++)
		n++;
	mls_bytes_free(&shown);
	return n;
}

/* §13.5: there is some in what we make, unless it is not wanted. */
Test(credential, grease)
{
	struct mls_policy p = MLS_POLICY_INIT;
	mls_context *quiet;
	struct member dave;
	struct mls_bytes b;

	make_group(&t.alice, 1, "group");
	b = make_package(&t.bob, 1);
	/* four lists of capabilities, an extension of it and of the leaf */
	cr_expect_eq(grease_in(&b), 6);
	mls_bytes_free(&b);
	must(mls_group_publish(&b, t.alice.group, MLS_PUBLISH_TREE_BESIDE));
	cr_expect_eq(grease_in(&b), 1);
	mls_bytes_free(&b);
	p.no_grease = 1;
	quiet = open_context(&p);
	dave = make_member(quiet, "Dave");
	make_group(&dave, 1, "group");
	b = make_package(&dave, 1);
	cr_expect_eq(grease_in(&b), 0);
	mls_bytes_free(&b);
	must(mls_group_publish(&b, dave.group, 0));
	cr_expect_eq(grease_in(&b), 0);
	mls_bytes_free(&b);
	close_member(&dave);
	mls_context_free(quiet);
}
