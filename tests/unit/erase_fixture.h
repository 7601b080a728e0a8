/* SPDX-License-Identifier: MIT */
/*
 * People with a token and a store each.  Which keys the store refers to is read
 * from its records, but for those that keep count.
 */
#ifndef TESTS_UNIT_ERASE_FIXTURE_H
#define TESTS_UNIT_ERASE_FIXTURE_H

#include "faults.h"

#include "group/client.h"

#define NAME 16

static inline void
set_up_erase(void)
{
	set_up();
	copy_module(getenv("MLS_TEST_PROVIDERDIR"), "sqlite.so");
	copy_module(FAULTS, "opaque.so");
}

struct person {
	const char *name;
	bool imports;
	bool twice; /* another provider does everything once more */
	bool shelf; /* a store that the test may have registered */
	mls_context *context;
	struct member m;
};

static inline mls_client *
shelf_client(const struct person *p, bool fresh)
{
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	struct mls_param slot = { "slot", "1" };
	mls_client *c;

	o.identity = text(p->name);
	o.keystore = "shelf";
	o.params = &slot;
	o.n_params = 1;
	if (fresh)
		must(mls_client_create(&c, p->context, &o));
	else
		must(mls_client_open(&c, p->context, &o));
	return c;
}

/* The context and client of a person; `with`: the token is there. */
static inline void
open_as(struct person *p, bool fresh, bool with)
{
	const char *imports = p->imports ? "x-imports = yes\n" : "";
	int rc;

	mkdir(made("%s/%s.t", dir, p->name), 0700);
	rc = context_of(&p->context, made("[provider hsm]\n"
	    "module = opaque.so\nx-module = %s/openssl.so\n"
	    "x-token = %s/%s.t\nx-kem = yes\n%senabled = %s\n"
	    "[provider openssl]\nmodule = openssl.so\n"
	    "[provider sqlite]\nmodule = sqlite.so\n[route]\n"
	    "crypto = openssl\nkeystore = sqlite\n%s", dir, dir, p->name,
	    imports, with ? "yes" : "no", !with ? "" : p->twice ?
	    "[suite 1]\nkem = hsm\nsign = hsm\nverify-with = openssl\n" :
	    "[suite 1]\nkem = hsm\nsign = hsm\n"));
	cr_assert_eq(rc, 0, "%s:%s", mls_strerror(rc), logged);
	p->m.client = p->shelf ? shelf_client(p, fresh) :
	    client_at(p->context, p->name, fresh);
}

static inline void
open_person(struct person *p, bool fresh)
{
	open_as(p, fresh, true);
}

static inline void
close_person(struct person *p)
{
	close_member(&p->m);
	mls_context_free(p->context);
	p->context = NULL;
}

/* All references in values of records that keep no count, each once. */
struct refs {
	char names[256][NAME + 1];
	unsigned n;
	unsigned notes; /* keys that wait to be erased */
};

static inline void
add_ref(struct refs *r, const uint8_t *name)
{
	unsigned i;

	for (i = 0; i < r->n; i++)
		if (memcmp(r->names[i], name, NAME) == 0)
			return;
	cr_assert_lt(r->n, 256);
	memcpy(r->names[r->n++], name, NAME);
}

static inline int
look_at(void *arg, struct mls_buf key, struct mls_buf value)
{
	static const uint8_t mark[] = { MLS_KEY_REF, 3, 'h', 's', 'm', NAME };
	struct refs *r = arg;
	size_t i;

	r->notes += key.data[0] == MLS_REC_ERASE;
	if (key.data[0] == MLS_REC_HOLDS || key.data[0] == MLS_REC_HOLDER)
		return 0;
	for (i = 0; i + sizeof(mark) + NAME <= value.len; i++)
		if (memcmp(value.data + i, mark, sizeof(mark)) == 0)
			add_ref(r, value.data + i + sizeof(mark));
	return 0;
}

static inline void
read_refs(struct refs *r, const struct person *p)
{
	struct mls_store_txn t = { 0 };

	memset(r, 0, sizeof(*r));
	must(mls__txn_begin(&t, &p->m.client->store, false));
	must(mls__txn_scan(&t, mls__buf(NULL, 0), look_at, r));
	mls__txn_end(&t);
}

static inline unsigned
living(const struct person *p)
{
	FILE *f = popen(made("ls '%s/%s.t' | wc -l", dir, p->name), "r");
	unsigned n = 0;

	cr_assert_not_null(f);
	cr_assert_eq(fscanf(f, "%u", &n), 1);
	pclose(f);
	return n;
}

/* Exactly the keys that are needed live, this many, and so many that wait to be
 * erased. */
static inline void
lives(const struct person *p, unsigned n, unsigned notes, int line)
{
	struct refs r;
	unsigned i;

	read_refs(&r, p);
	for (i = 0; i < r.n; i++)
		cr_expect_eq(access(made("%s/%s.t/%s", dir, p->name,
		    r.names[i]), F_OK), 0, "line %d: a key is missed", line);
	cr_expect_eq(r.notes, notes, "line %d: %u notes", line, r.notes);
	cr_expect_eq(living(p), r.n + notes, "line %d: %s has %u living, %u "
	    "needed", line, p->name, living(p), r.n);
	cr_expect_eq(r.n, n, "line %d: %s needs %u keys, not %u", line,
	    p->name, r.n, n);
}

#define LIVES(p, n) lives((p), (n), 0, __LINE__)
#define LIVES_AND(p, n, notes) lives((p), (n), (notes), __LINE__)

static inline void
touch(const struct person *p, const char *what)
{
	FILE *f = fopen(made("%s/%s.t.%s", dir, p->name, what), "w");

	cr_assert_not_null(f);
	fclose(f);
}

static inline void
untouch(const struct person *p, const char *what)
{
	cr_assert_eq(unlink(made("%s/%s.t.%s", dir, p->name, what)), 0);
}

static inline mls_change *
commit_of(struct person *p, const struct mls_intent *intents, size_t n)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	mls_change *c;

	o.flags = MLS_COMMIT_FORCE_PATH;
	o.intents = intents;
	o.n_intents = n;
	must(mls_group_make_commit(&c, p->m.group, &o));
	return c;
}

/* A commit of p's, taken by q (NULL: nobody). */
static inline void
commit(struct person *p, struct person *q, const struct mls_intent *intent)
{
	mls_change *c = commit_of(p, intent, intent != NULL);
	struct mls_bytes message;

	must(mls_change_release(&message, c));
	must(mls_change_apply(c));
	mls_change_drop(c);
	if (q != NULL)
		must(mls_group_receive(q->m.group, octets(&message), NULL,
		    NULL));
	mls_bytes_free(&message);
}

/* A has a group, and adds B. */
static inline void
meet(struct person *a, struct person *b)
{
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct mls_bytes package, message, welcome;
	mls_change *c;

	open_person(a, true);
	open_person(b, true);
	make_group(&a->m, 1, "g");
	LIVES(a, 2); /* leaf, signature */
	package = make_package(&b->m, 1);
	LIVES(b, 3); /* init, too */
	add.key_package = octets(&package);
	c = commit_of(a, &add, 1);
	LIVES(a, 2);
	must(mls_change_release(&message, c));
	LIVES(a, 4); /* leaf and root of a parked path */
	must(mls_change_welcome(&welcome, c));
	must(mls_change_apply(c));
	mls_change_drop(c);
	LIVES(a, 3);
	join(&b->m, octets(&welcome));
	LIVES(b, 3); /* leaf, root, signature */
	agree(&a->m, &b->m);
	mls_bytes_free(&package);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
}

static inline void
give_key(struct person *p, uint8_t first)
{
	uint8_t priv[32] = { first };

	must(mls_client_signature_key(NULL, p->m.client, 1,
	    mls__buf(priv, sizeof(priv))));
}

#define PEOPLE struct person a = { .name = "a" }, b = { .name = "b" }

static inline void
part(struct person *a, struct person *b)
{
	close_person(a);
	close_person(b);
}

#endif
