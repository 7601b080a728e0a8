/* SPDX-License-Identifier: MIT */
/* Members that share an identity, where that is wanted: the devices of one. */
#include "three.h"

static struct three t;

/* Alice and Bob know each other by other names, too. */
static int
same(void *payload, const struct mls_identity *one,
    const struct mls_identity *other)
{
	(void)payload;
	(void)one;
	(void)other;
	return 0;
}

/* Alice has two devices. */
static void
open_devices(bool alike)
{
	struct mls_policy p = MLS_POLICY_INIT;

	p.tolerate = MLS_TOLERATE_SHARED_IDENTITY;
	p.same = alike ? same : NULL;
	three_open(&t, &p);
	close_member(&t.bob);
	t.bob = make_member(t.context, "Alice");
}

/* Alice's successor of a group that ended for "new". */
static void
succeed(struct member *out)
{
	struct mls_intent reinit = { .type = MLS_EFFECT_REINIT, .suite = 1,
		.group_id = text("new") };
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;

	three_meet(&t, 1, "old");
	to(commit(&t.alice, &reinit, 1, NULL), &t.bob, &t.carol);
	o.lineage = MLS_LINEAGE_REINIT;
	o.parent = t.alice.group;
	out->client = t.alice.client;
	must(mls_group_create(&out->group, t.alice.client, &o));
}

Test(devices, REINIT_09_one_is_left_behind)
{
	struct member next[3] = { { 0 }, { 0 }, { 0 } };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent v = { .type = MLS_EFFECT_ADD };
	struct mls_bytes package, welcome;
	mls_change *c;

	open_devices(false);
	succeed(&next[0]);
	package = make_package(&t.carol, 1);
	v.key_package = octets(&package);
	o.intents = &v;
	o.n_intents = 1;
	/* One Alice is there, but there were two. */
	must_fail(mls_group_make_commit(&c, next[0].group, &o),
	    MLS_E_REINIT_MEMBERS_MISSING);
	welcome = add(&next[0], &t.bob, &t.carol, 1);
	next[1].client = t.bob.client;
	next[2].client = t.carol.client;
	join(&next[1], octets(&welcome));
	join(&next[2], octets(&welcome));
	agree(&next[0], &next[1]);
	agree(&next[0], &next[2]);
	mls_bytes_free(&package);
	mls_bytes_free(&welcome);
	mls_group_close(next[0].group);
	mls_group_close(next[1].group);
	mls_group_close(next[2].group);
	three_close(&t);
}

/* Whom the application knows by another credential may stand for a device. */
Test(devices, REINIT_09_by_another_name)
{
	struct member next = { 0 };
	struct mls_bytes welcome;

	open_devices(true);
	succeed(&next);
	welcome = add(&next, &t.carol, NULL, 1);
	mls_bytes_free(&welcome);
	mls_group_close(next.group);
	three_close(&t);
}
