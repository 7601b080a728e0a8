/* SPDX-License-Identifier: MIT */
/* Keys that stay in their provider, where memory runs out: none is left behind,
 * and the call can be made again.  LIMIT-16. */
#include "../histories/heap.h"
#include "../histories/shelf.h"
#include "erase_fixture.h"

static const struct mls_provider *const statics[] = { &shelf_provider,
	NULL };

static void
set_up_starved(void)
{
	set_up_erase();
	linked = statics;
}

TestSuite(erase_starved, .init = set_up_starved, .fini = tear_down);

/* The call with the n-th allocation failing; its error, and whether there was
 * such an allocation. */
static int
starved(bool *failed, int (*call)(void *arg), void *arg, unsigned long n)
{
	int rc;

	heap_arm(n);
	rc = call(arg);
	*failed = heap_disarm();
	if (rc != 0) {
		cr_assert(*failed);
		must_fail(rc, MLS_E_OUT_OF_MEMORY);
	}
	return rc;
}

struct releasing {
	mls_change *c;
	struct mls_bytes message;
};

static int
release(void *arg)
{
	struct releasing *r = arg;

	return mls_change_release(&r->message, r->c);
}

static int
apply(void *arg)
{
	return mls_change_apply(arg);
}

struct packing {
	mls_client *client;
	struct mls_bytes package;
};

static int
pack(void *arg)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct packing *p = arg;

	o.suite = 1;
	return mls_key_package_new(&p->package, p->client, &o);
}

Test(erase_starved, packages)
{
	struct person a = { .name = "a", .shelf = true };
	bool failed = heap_can_fail();
	struct packing p;
	unsigned long n;

	open_person(&a, true);
	p.client = a.m.client;
	for (n = 1; failed; n++) {
		if (starved(&failed, pack, &p, n) != 0)
			must(pack(&p));
		LIVES(&a, 3);
		must(mls_key_package_delete(p.client, octets(&p.package)));
		mls_bytes_free(&p.package);
		LIVES(&a, 0);
	}
	close_person(&a);
	shelf_clear();
}

/* Dropped, or released once more. */
Test(erase_starved, releases)
{
	struct person a = { .name = "a", .shelf = true };
	bool failed = heap_can_fail(), again;
	unsigned long n;
	struct releasing r;

	open_person(&a, true);
	make_group(&a.m, 1, "g");
	for (n = 2; failed; n++) {
		again = n % 2;
		r.c = commit_of(&a, NULL, 0);
		if (starved(&failed, release, &r, n / 2) == 0 ||
		    (again && release(&r) == 0)) {
			LIVES(&a, 3);
			must(mls_change_cancel(r.c));
			mls_bytes_free(&r.message);
		} else {
			cr_expect_not(again, "%lu", n);
		}
		mls_change_drop(r.c);
		commit(&a, NULL, NULL);
		LIVES(&a, 2);
	}
	close_person(&a);
	shelf_clear();
}

Test(erase_starved, applications)
{
	struct person a = { .name = "a", .shelf = true };
	bool failed = heap_can_fail();
	struct releasing r;
	unsigned long n;

	open_person(&a, true);
	make_group(&a.m, 1, "g");
	for (n = 1; failed; n++) {
		r.c = commit_of(&a, NULL, 0);
		must(release(&r));
		mls_bytes_free(&r.message);
		if (starved(&failed, apply, r.c, n) != 0) {
			LIVES(&a, 3);
			must(mls_change_apply(r.c));
		}
		mls_change_drop(r.c);
		/* What could not be erased then is by now. */
		commit(&a, NULL, NULL);
		LIVES(&a, 2);
	}
	close_person(&a);
	shelf_clear();
}
