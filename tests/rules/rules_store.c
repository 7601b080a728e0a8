/* SPDX-License-Identifier: MIT */
/* ST: what is kept, and what is gone, in the store and in memory (RFC 9420
 * §9.2). */
#include "group/join.h"
#include "rules/welcome.h"
#include "unit/in_memory.h"

#define PARTY(p) \
	struct party p; \
	party_new(&p, NULL, 4)

/* The group's records of one type: how many, and the keys of the last ones,
 * behind type and number. */
struct records {
	size_t n;
	uint8_t key[16][24], value[16][160];
	size_t value_len[16];
};

static int
note_record(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct records *r = arg;
	size_t at = r->n++ % 16;

	memset(r->key[at], 0, sizeof(r->key[at]));
	memcpy(r->key[at], key.data + 9, key.len - 9 < 24 ? key.len - 9 : 24);
	r->value_len[at] = value.len < 160 ? value.len : 160;
	memcpy(r->value[at], value.data, r->value_len[at]);
	return 0;
}

static struct records
records_from(const struct member *m, enum mls_record_type type, bool now)
{
	struct mls_store_txn t = { 0 };
	struct mls_writer key = { 0 };
	struct records r;

	memset(&r, 0, sizeof(r));
	mls__group_key(&key, type, m->group->number);
	if (now)
		mls__write_u64(&key, m->group->header.epoch);
	must(mls__txn_begin(&t, &m->client->store, false));
	must(mls__txn_scan(&t, mls__writer_buf(&key), note_record, &r));
	mls__txn_end(&t);
	mls__writer_free(&key);
	return r;
}

static struct records
records(const struct member *m, enum mls_record_type type)
{
	return records_from(m, type, false);
}

/* Of the present epoch. */
static struct records
records_now(const struct member *m, enum mls_record_type type)
{
	return records_from(m, type, true);
}

/* The secret of the ratchet of application data, of the only sender. */
static struct mls_buf
ratchet_secret(struct party *p, const struct member *m)
{
	struct records r = records_now(m, MLS_REC_RATCHET);
	size_t at = MLS_RATCHET_APPLICATION;

	cr_assert_eq(r.n, 2);
	return keep(p, mls__buf(r.value[at] + r.value_len[at] - p->s->nh,
	    p->s->nh));
}

static uint32_t
number_at(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	    (uint32_t)p[2] << 8 | p[3];
}

static bool
contains(struct mls_buf in, struct mls_buf what)
{
	size_t i;

	for (i = 0; i + what.len <= in.len; i++)
		if (memcmp(in.data + i, what.data, what.len) == 0)
			return true;
	return false;
}

static struct mls_buf
said(struct party *p, size_t by)
{
	struct mls_bytes b;

	must(mls_group_send(&b, p->m[by].group, text("hi")));
	return keep_bytes(p, b);
}

static void
commits(struct party *p, size_t by, const struct mls_commit_options *o)
{
	struct mls_bytes b;
	size_t i;

	must(mls_group_commit(&b, NULL, p->m[by].group, o));
	must(mls_group_settle(p->m[by].group, 1));
	for (i = 0; i < p->n; i++)
		if (i != by && info(&p->m[i]).active)
			take(&p->m[i], octets(&b));
	mls_bytes_free(&b);
}

/* Of four leaves: the root alone; then, for leaf 1, its sibling and the other
 * half; then, for leaf 2, that one's sibling. */
Test(store, ST_02_secret_tree)
{
	struct records r;
	PARTY(p);

	r = records_now(&p.m[0], MLS_REC_SECRET);
	cr_assert_eq(r.n, 1);
	cr_assert_eq(number_at(r.key[0] + 8), 3);
	take(&p.m[0], said(&p, 1));
	r = records_now(&p.m[0], MLS_REC_SECRET);
	cr_assert_eq(r.n, 2);
	cr_assert_eq(number_at(r.key[0] + 8), 0);
	cr_assert_eq(number_at(r.key[1] + 8), 5);
	take(&p.m[0], said(&p, 2));
	r = records_now(&p.m[0], MLS_REC_SECRET);
	cr_assert_eq(r.n, 2);
	cr_assert_eq(number_at(r.key[0] + 8), 0);
	cr_assert_eq(number_at(r.key[1] + 8), 6);
	take(&p.m[0], said(&p, 3));
	party_free(&p);
}

/* 0, 5 and 3 of six: what is kept are the keys of 1, 2 and 4. */
Test(store, ST_03_skipped_keys_alone)
{
	static const uint32_t kept[] = { 1, 2, 4 };
	struct mls_buf m[6], before;
	struct records r, head;
	size_t i;
	PARTY(p);

	for (i = 0; i < 6; i++)
		m[i] = said(&p, 1);
	take(&p.m[0], m[0]);
	before = ratchet_secret(&p, &p.m[0]);
	cr_assert(contains(party_store(&p, &p.m[0]), before));
	take(&p.m[0], m[5]);
	take(&p.m[0], m[3]);
	r = records_now(&p.m[0], MLS_REC_SKIPPED);
	cr_assert_eq(r.n, 3);
	for (i = 0; i < 3; i++) {
		cr_assert_eq(number_at(r.key[i] + 13), kept[i]);
		cr_assert_eq(r.value_len[i], p.s->nk + p.s->nn);
	}
	head = records_now(&p.m[0], MLS_REC_RATCHET);
	cr_assert_eq(number_at(head.value[MLS_RATCHET_APPLICATION]), 6);
	cr_assert_not(contains(party_store(&p, &p.m[0]), before));
	party_free(&p);
}

Test(store, ST_04_sending_erases)
{
	struct mls_buf secret, message;
	PARTY(p);

	said(&p, 1);
	secret = ratchet_secret(&p, &p.m[1]);
	cr_assert(contains(party_store(&p, &p.m[1]), secret));
	message = said(&p, 1);
	cr_assert_not(mls__equal(ratchet_secret(&p, &p.m[1]), secret));
	cr_assert_not(contains(party_store(&p, &p.m[1]), secret));
	refused(&p, &p.m[1], message, MLS_E_OWN_PRIVATE_MESSAGE);
	/* Some that a write which failed has spent are not kept either. */
	p.m[1].group->spent[MLS_RATCHET_APPLICATION] = 6;
	take(&p.m[0], said(&p, 1));
	cr_assert_eq(records(&p.m[1], MLS_REC_SKIPPED).n, 0);
	party_free(&p);
}

/* A secret that is looked for, masked so that this is no copy of it. */
struct masked {
	uint8_t data[MLS_MAX_HASH];
	size_t len;
};

static struct masked
mask_of(struct mls_buf b)
{
	struct masked m = { { 0 }, b.len };
	size_t i;

	cr_assert_gt(b.len, 0);
	for (i = 0; i < b.len; i++)
		m.data[i] = b.data[i] ^ 0xa5;
	return m;
}

static struct masked
mask(const struct mls_secret *s)
{
	return mask_of(mls__secret_buf(s));
}

static unsigned
copies(const struct masked *m)
{
	return in_memory(m->data, m->len);
}

/* The root of the secret tree, of which nothing is used yet. */
static struct masked
root_secret(const struct member *m)
{
	struct records r = records_now(m, MLS_REC_SECRET);
	struct masked root;

	cr_assert_eq(r.n, 1);
	root = mask_of(mls__buf(r.value[0], r.value_len[0]));
	mls__wipe(&r, sizeof(r));
	cr_assert_gt(copies(&root), 0);
	return root;
}

/* Nobody has the secret of the whole tree once they had a message of some
 * leaf, however they came into the epoch. */
static void
root_goes(struct party *p, size_t by)
{
	struct masked root = root_secret(&p->m[by]);
	struct mls_buf message = said(p, by);
	size_t i;

	for (i = 0; i <= p->n; i++)
		if (i != by && p->m[i].group != NULL)
			take(&p->m[i], message);
	cr_expect_eq(copies(&root), 0, "%u", copies(&root));
}

Test(store, ST_02_04_05_root_of_the_secret_tree)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_bytes b, welcome, kp;
	mls_change *c, *taken;
	struct masked root;
	struct party p;
	size_t i;

	policy.external = MLS_EXTERNAL_JOIN;
	party_new(&p, &policy, 3);
	root_goes(&p, 1); /* a commit, made or received */
	kp = make_package(&p.m[3], p.suite);
	add.key_package = octets(&kp);
	o.intents = &add;
	o.n_intents = 1;
	must(mls_group_commit(&b, &welcome, p.m[0].group, &o));
	must(mls_group_settle(p.m[0].group, 1));
	take(&p.m[1], octets(&b));
	must(mls_group_process(&taken, p.m[2].group, octets(&b)));
	must(mls_change_apply(taken));
	must(mls_group_join(&c, p.m[3].client, octets(&welcome), NO_OCTETS));
	must(mls_change_apply(c));
	must(mls_change_group(&p.m[3].group, c));
	root_goes(&p, 0); /* also while the changes are there */
	mls_change_drop(taken);
	mls_change_drop(c);
	mls_bytes_free(&b);
	mls_bytes_free(&welcome);
	mls_bytes_free(&kp);
	p.n = 4;
	p.m[4] = make_member(p.context, "erin");
	must(mls_group_publish(&b, p.m[0].group, 0));
	must(mls_group_join_external(&c, p.m[4].client, octets(&b), NO_OCTETS,
	    NULL));
	mls_bytes_free(&b);
	must(mls_change_release(&b, c));
	for (i = 0; i < 4; i++)
		take(&p.m[i], octets(&b));
	must(mls_change_apply(c));
	must(mls_change_group(&p.m[4].group, c));
	root_goes(&p, 4); /* an external commit */
	mls_change_drop(c);
	mls_bytes_free(&b);
	mls_group_close(p.m[4].group);
	p.m[4].group = NULL;
	make_group(&p.m[4], p.suite, "alone");
	root = root_secret(&p.m[4]);
	said(&p, 4);
	cr_expect_eq(copies(&root), 0); /* a new group */
	party_free(&p);
}

/* What led to an epoch is gone once its commit is through: at the committer,
 * whose stage is all of it, and at those who take it. */
Test(store, ST_05_06_12_secrets_of_a_commit)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct masked init, joiner, path, next, exporter, own;
	struct mls_writer w = { 0 };
	struct mls_bytes b, welcome, kp;
	mls_change *c;
	size_t i;
	PARTY(p);

	kp = make_package(&p.m[4], p.suite);
	add.key_package = octets(&kp);
	o.intents = &add;
	o.n_intents = 1;
	o.flags = MLS_COMMIT_FORCE_PATH;
	init = mask(&p.m[0].group->state->epoch.init);
	exporter = mask(&p.m[0].group->state->epoch.exporter);
	cr_assert_gt(copies(&init), 0);
	must(mls_group_make_commit(&c, p.m[0].group, &o));
	joiner = mask(&c->making->joiner);
	path = mask(&c->making->newcomers[0].path);
	next = mask(&c->next->epoch.init);
	/* until the Welcome is sealed; on no stack */
	cr_assert_eq(copies(&joiner), 1);
	cr_assert_eq(copies(&path), 1);
	must(mls_change_release(&b, c));
	cr_assert_eq(copies(&joiner), 0, "the joiner secret");
	cr_assert_eq(copies(&path), 0, "the path secret");
	must(mls_change_welcome(&welcome, c));
	must(mls_change_apply(c));
	mls_change_drop(c);
	for (i = 1; i < 4; i++) {
		take(&p.m[i], octets(&b));
		cr_assert_eq(copies(&joiner), 0, "joiner, at %zu", i);
	}
	must(mls_group_join(&c, p.m[4].client, octets(&welcome), NO_OCTETS));
	cr_assert_eq(copies(&joiner), 0, "joiner, at who joins");
	cr_assert_eq(copies(&path), 0, "the path secret");
	mls__key_export(&w, c->join->own.init);
	own = mask_of(mls__writer_buf(&w));
	mls__writer_free(&w);
	must(mls_change_apply(c));
	cr_assert_eq(copies(&own), 0, "the init key");
	must(mls_change_group(&p.m[4].group, c));
	mls_change_drop(c);
	cr_assert_eq(copies(&init), 0, "the old init secret");
	cr_assert_eq(copies(&exporter), 0, "the old exporter secret");
	cr_assert_gt(copies(&next), 0);
	mls_bytes_free(&b);
	mls_bytes_free(&welcome);
	mls_bytes_free(&kp);
	party_free(&p);
	cr_assert_eq(copies(&next), 0, "all is closed");
}

/* Private keys that a commit replaces. */
Test(store, ST_06_replaced_keys)
{
	struct mls_writer w = { 0 };
	struct mls_buf old[2];
	size_t who;
	PARTY(p);

	for (who = 0; who < 2; who++) {
		mls__key_write(&w, p.m[who].group->state->keys.key[who]);
		old[who] = keep_writer(&p, &w);
		cr_assert(contains(party_store(&p, &p.m[who]), old[who]));
	}
	commits(&p, 0, NULL); /* Alice's leaf, and the node above Bob */
	for (who = 0; who < 2; who++)
		cr_assert_not(contains(party_store(&p, &p.m[who]),
		    old[who]));
	party_free(&p);
}

Test(store, ST_07_skipped_keys_are_bounded)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_buf last = NO_OCTETS;
	struct party p;
	size_t i;

	policy.max_skipped = 3;
	party_new(&p, &policy, 4);
	for (i = 0; i < 12; i++)
		last = said(&p, 1);
	take(&p.m[0], last);
	cr_assert_eq(records(&p.m[0], MLS_REC_SKIPPED).n, 2);
	party_free(&p);
}

Test(store, ST_08_PSK_10_LIMIT_08_retention)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct party p;
	size_t i;

	policy.past_epochs = 2;
	policy.max_resumption = 3;
	party_new(&p, &policy, 4);
	for (i = 0; i < 6; i++) {
		said(&p, 0);
		commits(&p, 1, NULL);
	}
	for (i = 0; i < 4; i++) {
		cr_assert_eq(records(&p.m[i], MLS_REC_EPOCH).n, 2);
		/* beside that of the present epoch */
		cr_assert_eq(records(&p.m[i], MLS_REC_RESUMPTION).n, 4);
		/* of the present epoch and of two */
		cr_assert_leq(records(&p.m[i], MLS_REC_SECRET).n, 3 * 4);
		cr_assert_leq(records(&p.m[i], MLS_REC_RATCHET).n, 3 * 8);
	}
	party_free(&p);
}

/* Removed, one keeps what late messages need and no more. */
Test(store, ST_09_removed)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent in = { .type = MLS_EFFECT_REMOVE, .leaf = 2 };
	struct mls_buf late, init;
	struct mls_writer w = { 0 };
	struct mls_buf sign;
	PARTY(p);

	late = said(&p, 1);
	mls__key_write(&w, p.m[2].group->state->sign_key);
	sign = keep_writer(&p, &w);
	init = keep(&p, mls__secret_buf(&p.m[2].group->state->epoch.init));
	cr_assert(contains(party_store(&p, &p.m[2]), init));
	cr_assert(contains(party_store(&p, &p.m[2]), sign));
	o.intents = &in;
	o.n_intents = 1;
	commits(&p, 0, &o);
	cr_assert_eq(info(&p.m[2]).active, 0);
	cr_assert_not(contains(party_store(&p, &p.m[2]), init));
	cr_assert_not(contains(party_store(&p, &p.m[2]), sign));
	cr_assert_eq(records(&p.m[2], MLS_REC_OWN_KEY).n, 0);
	cr_assert_eq(records(&p.m[2], MLS_REC_RESUMPTION).n, 0);
	accepted(&p, &p.m[2], late);
	party_free(&p);
}

/* Parked, then applied, cancelled, or overtaken. */
Test(store, GROUP_06_fork_states)
{
	struct mls_bytes b;
	PARTY(p);

	must(mls_group_commit(&b, NULL, p.m[0].group, NULL));
	cr_assert_eq(records(&p.m[0], MLS_REC_PARKED).n, 1);
	must(mls_group_settle(p.m[0].group, 0));
	cr_assert_eq(records(&p.m[0], MLS_REC_PARKED).n, 0);
	mls_bytes_free(&b);
	must(mls_group_commit(&b, NULL, p.m[0].group, NULL));
	mls_bytes_free(&b);
	commits(&p, 1, NULL);
	cr_assert_eq(records(&p.m[0], MLS_REC_PARKED).n, 0);
	must(mls_group_commit(&b, NULL, p.m[0].group, NULL));
	must(mls_group_settle(p.m[0].group, 1));
	cr_assert_eq(records(&p.m[0], MLS_REC_PARKED).n, 0);
	mls_bytes_free(&b);
	party_free(&p);
}

/* After the join the init key is nowhere, and the leaf key in the group. */
Test(store, WELCOME_27_init_key)
{
	struct mls_bytes init, leaf, sign, kp, b, welcome;
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent in = { .type = MLS_EFFECT_ADD };
	PARTY(p);

	kp = make_package(&p.m[4], p.suite);
	must(mls_key_package_export(&init, &leaf, &sign, p.m[4].client,
	    octets(&kp)));
	cr_assert(contains(party_store(&p, &p.m[4]), octets(&init)));
	in.key_package = octets(&kp);
	o.intents = &in;
	o.n_intents = 1;
	must(mls_group_commit(&b, &welcome, p.m[0].group, &o));
	must(mls_group_settle(p.m[0].group, 1));
	join(&p.m[4], octets(&welcome));
	cr_assert_not(contains(party_store(&p, &p.m[4]), octets(&init)));
	cr_assert(contains(party_store(&p, &p.m[4]), octets(&leaf)));
	mls_bytes_free(&init);
	mls_bytes_free(&leaf);
	mls_bytes_free(&sign);
	mls_bytes_free(&kp);
	mls_bytes_free(&b);
	mls_bytes_free(&welcome);
	party_free(&p);
}
