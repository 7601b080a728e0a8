/* SPDX-License-Identifier: MIT */
/* REINIT, BRANCH: groups that follow from others (RFC 9420 §11.2, §11.3). */
#include "group/lineage.h"
#include "rules/welcome.h"

/* Alice, Bob and Carol have a group, and Alice makes one that is said to follow
 * from it: a plain one, whose Welcome is forged. */
struct family {
	struct party p;
	struct member maker;
	struct entry e;
	struct mls_psk_id id;
};

#define BOB 1u
#define CAROL 2u
#define DAVE 4u

/* Carol ends the group; the others take it. */
static void
end_group(struct party *p, const struct mls_reinit *reinit)
{
	struct mls_buf message = commit_of(p, 2, 1, propose_reinit(p, reinit));

	take(&p->m[0], message);
	take(&p->m[1], message);
}

static struct mls_reinit
reinit_of(const struct party *p)
{
	struct mls_reinit r = { text("next"), 1, p->suite, { NULL, 0 } };

	return r;
}

/* The new group, of this suite and these people besides Alice. */
static void
found(struct family *f, uint16_t suite, unsigned who)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add[3];
	struct mls_bytes kp[3];
	size_t i, n = 0;

	memset(add, 0, sizeof(add));
	f->maker.client = f->p.m[0].client;
	make_group(&f->maker, suite, "next");
	for (i = 0; i < 3; i++) {
		if ((who >> i & 1) == 0)
			continue;
		kp[n] = make_package(&f->p.m[i + 1], suite);
		add[n].type = MLS_EFFECT_ADD;
		add[n].key_package = octets(&kp[n]);
		n++;
	}
	o.intents = add;
	o.n_intents = n;
	entry_make(&f->e, &f->p, &f->maker, &f->p.m[1], &o);
	while (n > 0)
		mls_bytes_free(&kp[--n]);
}

static void
follows(struct family *f, uint8_t usage)
{
	memset(&f->id, 0, sizeof(f->id));
	f->id.type = MLS_PSK_RESUMPTION;
	f->id.usage = usage;
	f->id.group_id = text("rules");
	f->id.epoch = info(&f->p.m[0]).epoch;
	f->id.nonce = keep(&f->p, mls__buf((const uint8_t[MLS_MAX_HASH]){ 1 },
	    f->maker.group->suite->nh));
	entry_psk(&f->e, &f->id);
	entry_retag(&f->e);
}

static void
family_free(struct family *f)
{
	entry_free(&f->e);
	mls_group_close(f->maker.group);
	party_free(&f->p);
}

/* A group that ended as reinit says, and the one behind it. */
static void
reinit_family(struct family *f, const struct mls_reinit *reinit)
{
	end_group(&f->p, reinit);
	found(f, f->p.suite, BOB | CAROL);
	follows(f, MLS_PSK_REINIT);
}

#define FAMILY(f, reinit) \
	struct mls_reinit reinit; \
	struct family f; \
	memset(&f, 0, sizeof(f)); \
	party_new(&f.p, NULL, 3); \
	reinit = reinit_of(&f.p)

#define join_as(f, error) join_refused(&(f)->e, entry_welcome(&(f)->e), \
	NO_OCTETS, error)

Test(lineage, REINIT_02_not_pending)
{
	FAMILY(f, reinit);

	(void)reinit;
	found(&f, f.p.suite, BOB | CAROL);
	follows(&f, MLS_PSK_REINIT);
	join_as(&f, MLS_E_REINIT_NOT_PENDING);
	family_free(&f);
}

Test(lineage, REINIT_03_version)
{
	FAMILY(f, reinit);

	reinit.version = 2;
	reinit_family(&f, &reinit);
	join_as(&f, MLS_E_REINIT_VERSION_MISMATCH);
	family_free(&f);
}

Test(lineage, REINIT_04_cipher_suite)
{
	FAMILY(f, reinit);

	reinit.suite = f.p.other != 0 ? f.p.other : 0x0a0a;
	reinit_family(&f, &reinit);
	join_as(&f, MLS_E_REINIT_CIPHER_SUITE_MISMATCH);
	family_free(&f);
}

Test(lineage, REINIT_05_group_id)
{
	FAMILY(f, reinit);

	reinit.group_id = text("another");
	reinit_family(&f, &reinit);
	join_as(&f, MLS_E_REINIT_GROUP_ID_MISMATCH);
	family_free(&f);
}

/* The same ones, in the same order. */
Test(lineage, REINIT_06_extensions)
{
	struct mls_buf a, b;
	FAMILY(f, reinit);

	a = extension(&f.p, MLS_EXT_REQUIRED_CAPABILITIES,
	    mls__buf("\0\0\0", 3));
	b = extension(&f.p, MLS_EXT_EXTERNAL_SENDERS, mls__buf("\0", 1));
	reinit.extensions = joined(&f.p, a, b);
	reinit_family(&f, &reinit);
	join_as(&f, MLS_E_REINIT_EXTENSIONS_MISMATCH);
	f.e.info.context.extensions = joined(&f.p, b, a);
	join_as(&f, MLS_E_REINIT_EXTENSIONS_MISMATCH);
	f.e.info.context.extensions = joined(&f.p, a, b);
	entry_retag(&f.e);
	join_accepted(&f.e, entry_welcome(&f.e), NO_OCTETS);
	family_free(&f);
}

Test(lineage, REINIT_07_epoch)
{
	FAMILY(f, reinit);

	reinit_family(&f, &reinit);
	f.e.info.context.epoch = 2;
	join_as(&f, MLS_E_REINIT_EPOCH);
	f.e.info.context.epoch = 1;
	join_accepted(&f.e, entry_welcome(&f.e), NO_OCTETS);
	family_free(&f);
}

/* Another group of Alice's and Bob's, which ends with another successor. */
static uint64_t
other_group(struct party *p)
{
	struct member alice = { p->m[0].client, NULL };
	struct member bob = { p->m[1].client, NULL };
	struct mls_intent in = { .type = MLS_EFFECT_ADD };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes kp = make_package(&bob, p->suite), b, welcome;
	uint64_t epoch;

	make_group(&alice, p->suite, "other");
	in.key_package = octets(&kp);
	o.intents = &in;
	o.n_intents = 1;
	must(mls_group_commit(&b, &welcome, alice.group, &o));
	must(mls_group_settle(alice.group, 1));
	join(&bob, octets(&welcome));
	mls_bytes_free(&kp);
	mls_bytes_free(&b);
	mls_bytes_free(&welcome);
	in.type = MLS_EFFECT_REINIT;
	in.group_id = text("other next");
	must(mls_group_commit(&b, NULL, alice.group, &o));
	must(mls_group_settle(alice.group, 1));
	take(&bob, octets(&b));
	mls_bytes_free(&b);
	epoch = info(&bob).epoch;
	mls_group_close(alice.group);
	mls_group_close(bob.group);
	return epoch;
}

/* The epoch before the last; another group that ended; one that nobody has. */
Test(lineage, REINIT_08_psk)
{
	uint64_t epoch;
	FAMILY(f, reinit);

	reinit_family(&f, &reinit);
	f.id.epoch--;
	entry_psk(&f.e, &f.id);
	join_as(&f, MLS_E_REINIT_PSK_MISMATCH);
	epoch = f.id.epoch + 1;
	f.id.group_id = text("other");
	f.id.epoch = other_group(&f.p);
	entry_psk(&f.e, &f.id);
	join_as(&f, MLS_E_REINIT_PSK_MISMATCH);
	f.id.group_id = text("rules");
	f.id.epoch = epoch;
	entry_psk(&f.e, &f.id);
	join_accepted(&f.e, entry_welcome(&f.e), NO_OCTETS);
	f.e.m->psks[0].group_id = text("unknown");
	join_as(&f, MLS_E_WELCOME_PSK_MISSING);
	family_free(&f);
}

Test(lineage, REINIT_09_members)
{
	FAMILY(f, reinit);

	end_group(&f.p, &reinit);
	found(&f, f.p.suite, BOB);
	follows(&f, MLS_PSK_REINIT);
	join_as(&f, MLS_E_REINIT_MEMBERS_MISSING);
	family_free(&f);
}

/* One more than there were may come.  A Welcome that was opened before the
 * ReInit is of another group too. */
Test(lineage, REINIT_10_psk_missing)
{
	mls_change *c;
	FAMILY(f, reinit);

	found(&f, f.p.suite, BOB | CAROL | DAVE);
	must(mls_group_join(&c, f.p.m[1].client, entry_welcome(&f.e),
	    NO_OCTETS));
	end_group(&f.p, &reinit);
	must_fail(mls_change_apply(c), MLS_E_CHANGE_STALE);
	mls_change_drop(c);
	join_as(&f, MLS_E_REINIT_PSK_MISSING);
	follows(&f, MLS_PSK_BRANCH);
	join_as(&f, MLS_E_REINIT_PSK_MISSING);
	follows(&f, MLS_PSK_REINIT);
	join_accepted(&f.e, entry_welcome(&f.e), NO_OCTETS);
	family_free(&f);
}

/* By an external commit into a stranger's group of that id: made before the
 * ReInit, or behind it, it comes to nothing; also as a resync, if a stranger
 * has put our name into that group. */
Test(lineage, REINIT_10_EXT_23_joined_from_outside)
{
	struct mls_external_options again =
	    MLS_SIZED(struct mls_external_options);
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_reinit reinit;
	struct mls_bytes b, m[2];
	struct member stranger;
	mls_change *c[2], *late;
	struct family f;

	policy.external = MLS_EXTERNAL_JOIN;
	memset(&f, 0, sizeof(f));
	party_new(&f.p, &policy, 3);
	reinit = reinit_of(&f.p);
	stranger = (struct member){ f.p.m[3].client, NULL };
	make_group(&stranger, f.p.suite, "next");
	must(mls_group_publish(&b, stranger.group, 0));
	must(mls_group_join_external(&c[0], f.p.m[0].client, octets(&b),
	    NO_OCTETS, NULL));
	must(mls_group_join_external(&c[1], f.p.m[1].client, octets(&b),
	    NO_OCTETS, NULL));
	must(mls_change_release(&m[1], c[1]));
	end_group(&f.p, &reinit);
	must_fail(mls_change_release(&m[0], c[0]), MLS_E_CHANGE_STALE);
	must_fail(mls_change_apply(c[1]), MLS_E_CHANGE_STALE);
	must(mls_change_cancel(c[1]));
	must_fail(mls_group_join_external(&late, f.p.m[1].client, octets(&b),
	    NO_OCTETS, NULL), MLS_E_REINIT_PSK_MISSING);
	again.resync = 1;
	must_fail(mls_group_join_external(&late, f.p.m[1].client, octets(&b),
	    NO_OCTETS, &again), MLS_E_REINIT_PSK_MISSING);
	mls_change_drop(c[0]);
	mls_change_drop(c[1]);
	mls_bytes_free(&m[1]);
	mls_bytes_free(&b);
	mls_group_close(stranger.group);
	found(&f, f.p.suite, BOB | CAROL);
	follows(&f, MLS_PSK_REINIT);
	join_accepted(&f.e, entry_welcome(&f.e), NO_OCTETS);
	family_free(&f);
}

/* A successor or branch that Alice has made, which waits for her commit. */
static void
make_heir(struct family *f, int lineage)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;

	o.lineage = lineage;
	o.parent = f->p.m[0].group;
	if (lineage == MLS_LINEAGE_BRANCH)
		o.group_id = text("next");
	f->maker.client = f->p.m[0].client;
	must(mls_group_create(&f->maker.group, f->maker.client, &o));
}

/* An outsider's external commit, of a GroupInfo as another would make it. */
static void
nobody_else_begins(struct family *f)
{
	mls_group *g = f->maker.group;
	int lineage = g->lineage;
	struct mls_bytes b, message;
	mls_change *c;

	must_fail(mls_group_publish(&b, g, 0),
	    MLS_E_EXTERNAL_COMMIT_DISALLOWED);
	must(mls_group_publish(&b, g, MLS_PUBLISH_NO_EXTERNAL_PUB));
	mls_bytes_free(&b);
	g->lineage = 0;
	must(mls_group_publish(&b, g, 0));
	g->lineage = lineage;
	must(mls_group_join_external(&c, f->p.m[3].client, octets(&b),
	    NO_OCTETS, NULL));
	must(mls_change_release(&message, c));
	must(mls_change_cancel(c));
	mls_change_drop(c);
	must_fail(mls_group_process(&c, g, octets(&message)),
	    MLS_E_EXTERNAL_COMMIT_DISALLOWED);
	g->lineage = 0;
	must(mls_group_process(&c, g, octets(&message)));
	g->lineage = lineage;
	mls_change_drop(c);
	mls_bytes_free(&b);
	mls_bytes_free(&message);
}

Test(lineage, REINIT_07_09_BRANCH_04_05_EXT_14_begun_by_its_maker)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_reinit reinit;
	struct family f;

	policy.external = MLS_EXTERNAL_JOIN;
	memset(&f, 0, sizeof(f));
	party_new(&f.p, &policy, 3);
	make_heir(&f, MLS_LINEAGE_BRANCH);
	nobody_else_begins(&f);
	mls_group_close(f.maker.group);
	must(mls_group_delete(f.maker.client, text("next")));
	reinit = reinit_of(&f.p);
	end_group(&f.p, &reinit);
	make_heir(&f, MLS_LINEAGE_REINIT);
	nobody_else_begins(&f);
	mls_group_close(f.maker.group);
	party_free(&f.p);
}

/* Neither made nor taken any more. */
Test(lineage, REINIT_01_ended)
{
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_bytes b;
	struct mls_buf late;
	mls_change *c;
	struct forge o;
	FAMILY(f, reinit);

	must(mls_group_send(&b, f.p.m[1].group, text("late")));
	late = keep_bytes(&f.p, b);
	end_group(&f.p, &reinit);
	must_fail(mls_group_send(&b, f.p.m[0].group, text("x")),
	    MLS_E_GROUP_REINITIALISED);
	must_fail(mls_group_make_proposal(&c, f.p.m[0].group, &update, NULL),
	    MLS_E_GROUP_REINITIALISED);
	must_fail(mls_group_make_commit(&c, f.p.m[0].group, NULL),
	    MLS_E_GROUP_REINITIALISED);
	refused(&f.p, &f.p.m[0], proposal_of(&f.p, 1, propose_remove(&f.p,
	    2)), MLS_E_GROUP_REINITIALISED);
	forge_new(&o, &f.p, 1, MLS_CONTENT_COMMIT);
	refused(&f.p, &f.p.m[0], forge_commit(&o, &(struct commit_spec){
	    .n = 0 }), MLS_E_GROUP_REINITIALISED);
	accepted(&f.p, &f.p.m[0], late);
	party_free(&f.p);
}

static int
id_is_unusable(struct family *f, const char *id, uint16_t suite)
{
	struct mls_intent in = { .type = MLS_EFFECT_REINIT,
		.group_id = text(id), .suite = suite };
	mls_change *c;
	int rc = mls_group_make_proposal(&c, f->p.m[0].group, &in, NULL);

	if (rc == 0)
		mls_change_drop(c);
	return rc;
}

Test(lineage, REINIT_12_parameters)
{
	FAMILY(f, reinit);

	(void)reinit;
	other_group(&f.p);
	cr_expect_eq(id_is_unusable(&f, "other", 0),
	    MLS_E_REINIT_PARAMETERS_UNUSABLE);
	cr_expect_eq(id_is_unusable(&f, "next", 0x0a0a),
	    MLS_E_REINIT_PARAMETERS_UNUSABLE);
	cr_expect_eq(id_is_unusable(&f, "next", f.p.suite), 0);
	party_free(&f.p);
}

/* What is made is what the ReInit says. */
Test(lineage, REINIT_03_to_06_made)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	mls_group *g;
	FAMILY(f, reinit);

	o.lineage = MLS_LINEAGE_REINIT;
	o.parent = f.p.m[0].group;
	must_fail(mls_group_create(&g, f.p.m[0].client, &o),
	    MLS_E_REINIT_NOT_PENDING);
	end_group(&f.p, &reinit);
	o.suite = 0x0a0a;
	must_fail(mls_group_create(&g, f.p.m[0].client, &o),
	    MLS_E_REINIT_CIPHER_SUITE_MISMATCH);
	o.suite = 0;
	o.group_id = text("another");
	must_fail(mls_group_create(&g, f.p.m[0].client, &o),
	    MLS_E_REINIT_GROUP_ID_MISMATCH);
	o.group_id = NO_OCTETS;
	o.extensions = extension(&f.p, MLS_EXT_REQUIRED_CAPABILITIES,
	    mls__buf("\0\0\0", 3));
	must_fail(mls_group_create(&g, f.p.m[0].client, &o),
	    MLS_E_REINIT_EXTENSIONS_MISMATCH);
	o.extensions = NO_OCTETS;
	must(mls_group_create(&g, f.p.m[0].client, &o));
	mls_group_close(g);
	party_free(&f.p);
}

Test(lineage, BRANCH_01_parent)
{
	FAMILY(f, reinit);

	(void)reinit;
	found(&f, f.p.suite, BOB);
	follows(&f, MLS_PSK_BRANCH);
	join_accepted(&f.e, entry_welcome(&f.e), NO_OCTETS);
	f.e.m->psks[0].group_id = text("unknown");
	join_as(&f, MLS_E_BRANCH_PARENT_UNKNOWN);
	f.e.m->psks[0].group_id = text("rules");
	f.e.m->psks[0].epoch++;
	join_as(&f, MLS_E_BRANCH_PARENT_UNKNOWN);
	family_free(&f);
}

/* Of a version that we have no group of: WELCOME-13 says it before. */
Test(lineage, BRANCH_02_version)
{
	struct mls_group_context context;
	struct mls_store_txn t = { 0 };
	struct mls_follower follower;
	FAMILY(f, reinit);

	(void)reinit;
	found(&f, f.p.suite, BOB);
	follows(&f, MLS_PSK_BRANCH);
	context = f.e.info.context;
	follower = (struct mls_follower){ f.p.m[0].client, &t,
		{ MLS_LINEAGE_BRANCH, text("rules"), f.id.epoch }, &context,
		f.e.c->tree };
	must(mls__txn_begin(&t, &f.p.m[0].client->store, false));
	must(mls__lineage_check(&follower));
	context.version = 2;
	must_fail(mls__lineage_check(&follower),
	    MLS_E_BRANCH_VERSION_MISMATCH);
	mls__txn_end(&t);
	family_free(&f);
}

Test(lineage, BRANCH_03_cipher_suite)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	mls_group *g;
	FAMILY(f, reinit);

	(void)reinit;
	o.lineage = MLS_LINEAGE_BRANCH;
	o.parent = f.p.m[0].group;
	o.suite = 0x0a0a;
	must_fail(mls_group_create(&g, f.p.m[0].client, &o),
	    MLS_E_BRANCH_CIPHER_SUITE_MISMATCH);
	if (f.p.other == 0) {
		party_free(&f.p);
		return;
	}
	found(&f, f.p.other, BOB);
	follows(&f, MLS_PSK_BRANCH);
	join_as(&f, MLS_E_BRANCH_CIPHER_SUITE_MISMATCH);
	family_free(&f);
}

Test(lineage, BRANCH_04_epoch)
{
	FAMILY(f, reinit);

	(void)reinit;
	found(&f, f.p.suite, BOB);
	follows(&f, MLS_PSK_BRANCH);
	f.e.info.context.epoch = 2;
	join_as(&f, MLS_E_BRANCH_EPOCH);
	f.e.info.context.epoch = 1;
	join_accepted(&f.e, entry_welcome(&f.e), NO_OCTETS);
	family_free(&f);
}

Test(lineage, BRANCH_05_stranger)
{
	FAMILY(f, reinit);

	(void)reinit;
	found(&f, f.p.suite, BOB | DAVE);
	follows(&f, MLS_PSK_BRANCH);
	join_as(&f, MLS_E_BRANCH_MEMBER_UNKNOWN);
	family_free(&f);
}

/* Of a group that ended, and of one that we were removed from. */
Test(lineage, BRANCH_06_parent_inactive)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	mls_group *g;
	FAMILY(f, reinit);

	o.lineage = MLS_LINEAGE_BRANCH;
	o.group_id = text("rules");
	o.parent = f.p.m[1].group;
	must_fail(mls_group_create(&g, f.p.m[1].client, &o),
	    MLS_E_GROUP_ID_TAKEN);
	o.group_id = text("twig");
	must(mls_group_create(&g, f.p.m[1].client, &o));
	mls_group_close(g);
	take(&f.p.m[1], commit_of(&f.p, 2, 1, propose_remove(&f.p, 1)));
	o.group_id = text("another twig");
	must_fail(mls_group_create(&g, f.p.m[1].client, &o),
	    MLS_E_BRANCH_PARENT_INACTIVE);
	o.parent = f.p.m[0].group;
	take(&f.p.m[0], commit_of(&f.p, 2, 1, propose_reinit(&f.p,
	    &reinit)));
	must_fail(mls_group_create(&g, f.p.m[0].client, &o),
	    MLS_E_BRANCH_PARENT_INACTIVE);
	party_free(&f.p);
}
