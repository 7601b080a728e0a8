/* SPDX-License-Identifier: MIT */
/* What is written of a group, in the log and for people, and what comes of it
 * if the store is damaged. */
#include "rules/forge.h"

static char logged[1 << 16];

static void
log_text(void *payload, int level, const char *line)
{
	(void)payload;
	(void)level;
	if (strlen(logged) + strlen(line) + 2 < sizeof(logged)) {
		strcat(logged, line);
		strcat(logged, "\n");
	}
}

/* A secret as hex, in either case. */
static bool
is_logged(const struct mls_secret *s)
{
	char small[2 * MLS_MAX_HASH + 1], big[2 * MLS_MAX_HASH + 1];
	size_t i;

	for (i = 0; i < 8 && i < s->len; i++) {
		snprintf(small + 2 * i, 3, "%02x", s->data[i]);
		snprintf(big + 2 * i, 3, "%02X", s->data[i]);
	}
	return strstr(logged, small) != NULL || strstr(logged, big) != NULL;
}

/* Neither in the log nor in mls_inspect's text. */
Test(store, ST_12_never_printed)
{
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_policy policy = MLS_POLICY_INIT;
	char config[256];
	struct mls_bytes b, shown;
	const struct mls_epoch *e;
	mls_context *context;
	struct member m;

	snprintf(config, sizeof(config), "[provider %s]\nmodule = %s.so\n"
	    "[route]\ncrypto = %s\nkeystore = memory\n", test_crypto(),
	    test_crypto(), test_crypto());
	policy.credential = accept_all;
	o.no_files = 1;
	o.provider_dir = getenv("MLS_TEST_PROVIDERDIR");
	o.config_text = config;
	o.log = log_text;
	o.policy = &policy;
	must(mls_context_new(&context, &o));
	m = make_member(context, "alice");
	make_group(&m, suite_asked(), "group");
	must(mls_group_commit(&b, NULL, m.group, NULL));
	must(mls_group_settle(m.group, 1));
	mls_bytes_free(&b);
	must_fail(mls_group_process(&(mls_change *){ NULL }, m.group,
	    text("no message")), MLS_E_UNKNOWN_PROTOCOL_VERSION);
	must(mls_group_publish(&b, m.group, 0));
	must(mls_inspect(&shown, context, octets(&b)));
	log_text(NULL, 0, (const char *)shown.data);
	cr_assert_gt(strlen(logged), 1000);
	e = &m.group->state->epoch;
	cr_assert_not(is_logged(&e->init));
	cr_assert_not(is_logged(&e->exporter));
	cr_assert_not(is_logged(&e->membership));
	cr_assert_not(is_logged(&e->external));
	/* it would be found */
	cr_assert(is_logged(&m.group->state->confirmation_tag));
	mls_bytes_free(&b);
	mls_bytes_free(&shown);
	close_member(&m);
	mls_context_free(context);
}

/* Each record of a group, cut: the group opens, or says what is wrong. */
struct spoil {
	struct mls_arena arena;
	struct mls_buf key[64], value[64];
	size_t n;
};

static int
remember(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct spoil *s = arg;

	if (s->n < 64 && key.data[0] >= MLS_REC_GROUP) {
		must(mls__arena_copy(&s->key[s->n], &s->arena, key));
		must(mls__arena_copy(&s->value[s->n++], &s->arena, value));
	}
	return 0;
}

static void
put_record(struct member *m, struct mls_buf key, struct mls_buf value)
{
	struct mls_store_txn t = { 0 };

	must(mls__txn_begin(&t, &m->client->store, true));
	must(mls__txn_put(&t, key, value));
	must(mls__txn_commit(&t));
	mls__txn_end(&t);
}

static void
open_and_use(struct member *m, unsigned *refusals)
{
	struct mls_bytes b;
	mls_change *c;
	int rc = mls_group_open(&m->group, m->client, text("rules"));

	if (rc == 0)
		rc = mls_group_make_commit(&c, m->group, NULL);
	if (rc == 0) {
		mls_change_drop(c);
		rc = mls_group_tree(&b, m->group);
		if (rc == 0)
			mls_bytes_free(&b);
	}
	*refusals += rc == MLS_E_STORED_STATE_MALFORMED;
	mls_group_close(m->group);
	m->group = NULL;
}

Test(store, GROUP_07_stored_state_malformed)
{
	struct mls_store_txn t = { 0 };
	struct spoil s = { { 0 }, { { 0 } }, { { 0 } }, 0 };
	unsigned refusals = 0, good = 0;
	struct member *m;
	size_t i, k;
	struct party p;

	party_new(&p, NULL, 4);
	m = &p.m[0];
	mls_group_close(m->group);
	m->group = NULL;
	must(mls__txn_begin(&t, &m->client->store, false));
	must(mls__txn_scan(&t, NO_OCTETS, remember, &s));
	mls__txn_end(&t);
	for (i = 0; i < s.n; i++) {
		for (k = 0; k < s.value[i].len; k += 1 + k / 8) {
			put_record(m, s.key[i], mls__buf(s.value[i].data,
			    k));
			open_and_use(m, &refusals);
			put_record(m, s.key[i], flipped(&p, s.value[i],
			    (long)k));
			open_and_use(m, &refusals);
		}
		put_record(m, s.key[i], s.value[i]);
	}
	cr_assert_gt(refusals, 100);
	open_and_use(m, &good);
	cr_assert_eq(good, 0);
	must(mls_group_open(&m->group, m->client, text("rules")));
	agree(&p.m[0], &p.m[1]);
	mls__arena_free(&s.arena);
	party_free(&p);
}
