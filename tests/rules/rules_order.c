/* SPDX-License-Identifier: MIT */
/* What a list of proposals comes to (RFC 9420 §12.3). */
#include "rules/forge.h"

#define PARTY(p) \
	struct party p; \
	party_new(&p, NULL, 4)

static void
named_x(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->credential.raw = mls__buf("\0\1\1x", 4);
}

static void
at_leaf(struct party *p, uint32_t leaf, const char *who)
{
	struct mls_identity there;

	must(mls_group_member(&there, p->m[0].group, leaf));
	cr_assert(mls__equal(there.identity, text(who)), "leaf %u", leaf);
}

/* Whatever the order of the list: Removes before Adds, and these as listed. */
Test(order, PROP_23_24_order)
{
	struct package_spec spec = { .leaf = named_x };
	struct mls_buf remove_, frank, x;
	PARTY(p);

	remove_ = propose_remove(&p, 2);
	frank = good_add(&p);
	x = propose_add(&p, forge_package(&p, 4, &spec));
	accepted(&p, &p.m[0], commit_of(&p, 1, 3, x, remove_, frank));
	take(&p.m[0], commit_of(&p, 1, 3, frank, x, remove_));
	at_leaf(&p, 2, "erin");
	at_leaf(&p, 4, "x");
	party_free(&p);
}

Test(order, PROP_23_swapped_adds)
{
	struct package_spec spec = { .leaf = named_x };
	PARTY(p);

	take(&p.m[0], commit_of(&p, 1, 3, propose_remove(&p, 2),
	    propose_add(&p, forge_package(&p, 4, &spec)), good_add(&p)));
	at_leaf(&p, 2, "x");
	at_leaf(&p, 4, "erin");
	party_free(&p);
}

static struct mls_buf one_key;

static void
with_key(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->encryption_key = one_key;
}

static void
x_with_key(struct party *p, struct mls_leaf *l)
{
	named_x(p, l);
	with_key(p, l);
}

/* Each is fine alone. */
Test(order, PROP_25_LEAF_23_together)
{
	struct package_spec a = { .leaf = with_key }, b = { .leaf =
		x_with_key };
	struct mls_buf one, two;
	PARTY(p);

	one_key = fresh_key(&p);
	one = propose_add(&p, forge_package(&p, 4, &a));
	two = propose_add(&p, forge_package(&p, 4, &b));
	accepted(&p, &p.m[0], commit_of(&p, 1, 1, one));
	accepted(&p, &p.m[0], commit_of(&p, 1, 1, two));
	refused(&p, &p.m[0], commit_of(&p, 1, 2, one, two),
	    MLS_E_DUPLICATE_ENCRYPTION_KEY);
	refused(&p, &p.m[0], commit_mixed(&p, cache(&p, 2, one), two),
	    MLS_E_DUPLICATE_ENCRYPTION_KEY);
	party_free(&p);
}

Test(order, PROP_34_extensions_are_replaced)
{
	struct mls_group_info_view v;
	struct mls_buf list[2], first;
	PARTY(p);

	list[0] = extension(&p, MLS_EXT_REQUIRED_CAPABILITIES,
	    mls__buf("\0\0\0", 3));
	list[1] = extension(&p, MLS_EXT_EXTERNAL_SENDERS, mls__buf("\0", 1));
	first = commit_of(&p, 2, 1, propose_extensions(&p, list[0]));
	take(&p.m[1], first);
	take(&p.m[3], first);
	take(&p.m[1], commit_of(&p, 3, 1, propose_extensions(&p, list[1])));
	v = info(&p.m[1]);
	cr_assert(mls__equal(v.extensions, list[1]));
	cr_assert(mls__equal(v.group_id, text("rules")));
	cr_assert_eq(v.suite, p.suite);
	cr_assert_eq(p.m[1].group->state->context.version, 1);
	party_free(&p);
}
