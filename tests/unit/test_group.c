/* SPDX-License-Identifier: MIT */
#include <sys/wait.h>
#include <unistd.h>

#include "group_fixture.h"

#ifndef TEST_SUITES
#define TEST_SUITES 7
#endif

/* Alice, Bob and Carol, with a commit made by one and taken by the others. */
struct three {
	mls_context *context;
	struct member m[3];
};

static void
commit_by(struct three *t, size_t who, size_t n,
    const struct mls_commit_options *o, struct mls_bytes *welcome)
{
	struct mls_bytes message;
	size_t i;

	must(mls_group_commit(&message, welcome, t->m[who].group, o));
	must(mls_group_settle(t->m[who].group, 1));
	for (i = 0; i < n; i++)
		if (i != who)
			must(mls_group_receive(t->m[i].group,
			    octets(&message), NULL, NULL));
	mls_bytes_free(&message);
}

static struct three
meet(uint16_t suite)
{
	struct three t = { open_context(NULL), { { NULL, NULL } } };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add[2] = { { .type = MLS_EFFECT_ADD },
		{ .type = MLS_EFFECT_ADD } };
	struct mls_bytes kp[2], welcome;
	size_t i;

	t.m[0] = make_member(t.context, "alice");
	t.m[1] = make_member(t.context, "bob");
	t.m[2] = make_member(t.context, "carol");
	make_group(&t.m[0], suite, "talk");
	for (i = 0; i < 2; i++) {
		kp[i] = make_package(&t.m[i + 1], suite);
		add[i].key_package = octets(&kp[i]);
	}
	o.intents = add;
	o.n_intents = 2;
	commit_by(&t, 0, 1, &o, &welcome);
	join(&t.m[1], octets(&welcome));
	join(&t.m[2], octets(&welcome));
	for (i = 0; i < 2; i++)
		mls_bytes_free(&kp[i]);
	mls_bytes_free(&welcome);
	return t;
}

static void
part(struct three *t)
{
	size_t i;

	for (i = 0; i < 3; i++)
		close_member(&t->m[i]);
	mls_context_free(t->context);
}

static int
expect_text(void *payload, const struct mls_summary *s)
{
	const char *want = payload;

	cr_assert_eq(s->kind, MLS_CHANGE_MESSAGE);
	cr_assert_eq(s->data.len, strlen(want));
	cr_assert(memcmp(s->data.data, want, s->data.len) == 0);
	return 0;
}

static void
say(struct three *t, size_t who, size_t n, char *words)
{
	struct mls_bytes message;
	size_t i;

	must(mls_group_send(&message, t->m[who].group, text(words)));
	for (i = 0; i < n; i++)
		if (i != who)
			must(mls_group_receive(t->m[i].group,
			    octets(&message), expect_text, words));
	mls_bytes_free(&message);
}

static void
converse(uint16_t suite)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent removal = { .type = MLS_EFFECT_REMOVE, .leaf = 2 };
	struct three t = meet(suite);
	struct mls_bytes message;
	char hello[] = "hello", hi[] = "hi", bye[] = "bye";

	agree(&t.m[0], &t.m[1]);
	agree(&t.m[0], &t.m[2]);
	say(&t, 0, 3, hello);
	say(&t, 1, 3, hi);
	say(&t, 2, 3, hi);
	commit_by(&t, 1, 3, NULL, NULL);
	agree(&t.m[0], &t.m[1]);
	agree(&t.m[0], &t.m[2]);
	say(&t, 2, 3, hello);
	o.intents = &removal;
	o.n_intents = 1;
	commit_by(&t, 0, 3, &o, NULL);
	agree(&t.m[0], &t.m[1]);
	cr_assert_eq(info(&t.m[2]).active, 0);
	say(&t, 1, 2, bye);
	must(mls_group_send(&message, t.m[0].group, text("secret")));
	must_fail(mls_group_receive(t.m[2].group, octets(&message), NULL,
	    NULL), MLS_E_EPOCH_IN_FUTURE);
	must_fail(mls_group_send(&message, t.m[2].group, text("x")),
	    MLS_E_GROUP_INACTIVE);
	mls_bytes_free(&message);
	part(&t);
}

Test(group, three_talk_in_every_suite)
{
	uint16_t suite;

	for (suite = 1; suite <= TEST_SUITES; suite++)
		converse(suite);
}

static void
receive_by(struct three *t, size_t who, const struct mls_bytes *message)
{
	must(mls_group_receive(t->m[who].group, octets(message), NULL,
	    NULL));
}

Test(group, proposals_by_reference)
{
	struct three t = meet(1);
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_bytes proposal, message;
	mls_change *c;

	must(mls_group_make_proposal(&c, t.m[1].group, &update, NULL));
	must(mls_change_release(&proposal, c));
	mls_change_drop(c);
	receive_by(&t, 0, &proposal);
	receive_by(&t, 2, &proposal);
	must_fail(mls_group_send(&message, t.m[0].group, text("x")),
	    MLS_E_COMMIT_BEFORE_SEND);
	commit_by(&t, 0, 3, NULL, NULL);
	agree(&t.m[0], &t.m[1]);
	agree(&t.m[0], &t.m[2]);
	/* Bob's new leaf key works. */
	commit_by(&t, 2, 3, NULL, NULL);
	agree(&t.m[0], &t.m[1]);
	mls_bytes_free(&proposal);
	part(&t);
}

/* What tells its suite, and what does not. */
Test(group, suites_of_messages)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	mls_context *context = open_context(NULL);
	struct member alice = make_member(context, "alice");
	struct member bob = make_member(context, "bob");
	struct mls_bytes b[4];
	uint16_t suite = 0;
	int i;

	b[0] = make_package(&bob, 2);
	add.key_package = octets(&b[0]);
	o.intents = &add;
	o.n_intents = 1;
	make_group(&alice, 2, "group");
	must(mls_group_commit(&b[3], &b[1], alice.group, &o));
	must(mls_group_settle(alice.group, 1));
	must(mls_group_publish(&b[2], alice.group, 0));
	for (i = 0; i < 3; i++) {
		must(mls_message_suite(&suite, octets(&b[i])));
		cr_expect_eq(suite, 2);
		suite = 0;
	}
	must_fail(mls_message_suite(&suite, octets(&b[3])),
	    MLS_E_UNEXPECTED_WIRE_FORMAT);
	cr_expect_eq(suite, 0);
	for (i = 0; i < 4; i++)
		mls_bytes_free(&b[i]);
	close_member(&alice);
	close_member(&bob);
	mls_context_free(context);
}

Test(group, reopened_from_its_store)
{
	struct three t = meet(1);
	size_t i;

	for (i = 0; i < 3; i++) {
		mls_group_close(t.m[i].group);
		must(mls_group_open(&t.m[i].group, t.m[i].client,
		    text("talk")));
		commit_by(&t, i, 3, NULL, NULL);
		agree(&t.m[0], &t.m[1]);
		agree(&t.m[0], &t.m[2]);
	}
	part(&t);
}

Test(group, COMMIT_17_parked_commit_survives_its_handle)
{
	struct three t = meet(1);
	struct mls_intent removal = { .type = MLS_EFFECT_REMOVE, .leaf = 2 };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	const struct mls_summary *s;
	struct mls_bytes message, again;
	mls_change *c;

	o.intents = &removal;
	o.n_intents = 1;
	must(mls_group_commit(&message, NULL, t.m[0].group, &o));
	must_fail(mls_group_make_commit(&c, t.m[0].group, NULL),
	    MLS_E_COMMIT_PENDING);
	mls_group_close(t.m[0].group);
	must(mls_group_open(&t.m[0].group, t.m[0].client, text("talk")));
	must(mls_group_pending(&c, t.m[0].group));
	cr_assert_not_null(c);
	s = mls_change_summary(c);
	cr_assert_eq(s->n_effects, 2);
	cr_assert_eq(s->effects[0].type, MLS_EFFECT_REMOVE);
	cr_assert_eq(s->effects[0].previous.identity.len, 5);
	cr_assert_eq(s->effects[1].type, MLS_EFFECT_PATH);
	must(mls_change_release(&again, c));
	cr_assert_eq(again.len, message.len);
	cr_assert(memcmp(again.data, message.data, message.len) == 0);
	mls_change_drop(c);
	/* The echo applies it. */
	receive_by(&t, 0, &message);
	receive_by(&t, 1, &message);
	agree(&t.m[0], &t.m[1]);
	cr_assert_eq(info(&t.m[0]).members, 2);
	mls_bytes_free(&message);
	mls_bytes_free(&again);
	part(&t);
}

Test(group, APP_05_MSG_09_13_14_messages_out_of_order_and_late)
{
	struct three t = meet(1);
	struct mls_bytes m[6], late;
	const int order[] = { 3, 0, 5, 1, 4, 2 };
	size_t i;

	must(mls_group_send(&late, t.m[2].group, text("late")));
	for (i = 0; i < 6; i++)
		must(mls_group_send(&m[i], t.m[0].group, text("m")));
	for (i = 0; i < 6; i++)
		receive_by(&t, 1, &m[order[i]]);
	for (i = 0; i < 6; i++)
		must_fail(mls_group_receive(t.m[1].group, octets(&m[i]), NULL,
		    NULL), MLS_E_GENERATION_CONSUMED);
	must_fail(mls_group_receive(t.m[0].group, octets(&m[0]), NULL, NULL),
	    MLS_E_OWN_PRIVATE_MESSAGE);
	/* Carol sees them late, over three epochs, and no longer. */
	for (i = 0; i < 3; i++) {
		commit_by(&t, i, 3, NULL, NULL);
		receive_by(&t, 2, &m[i]);
	}
	receive_by(&t, 1, &late);
	commit_by(&t, 0, 3, NULL, NULL);
	must_fail(mls_group_receive(t.m[2].group, octets(&m[4]), NULL, NULL),
	    MLS_E_EPOCH_SECRETS_GONE);
	for (i = 0; i < 6; i++)
		mls_bytes_free(&m[i]);
	mls_bytes_free(&late);
	part(&t);
}

Test(group, changes_that_commute_and_that_do_not)
{
	struct three t = meet(1);
	struct mls_bytes m[2], commit;
	mls_change *a, *b, *again, *c;

	must(mls_group_send(&m[0], t.m[0].group, text("one")));
	must(mls_group_send(&m[1], t.m[0].group, text("two")));
	must(mls_group_process(&a, t.m[1].group, octets(&m[0])));
	must(mls_group_process(&b, t.m[1].group, octets(&m[1])));
	must(mls_group_process(&again, t.m[1].group, octets(&m[1])));
	must(mls_group_commit(&commit, NULL, t.m[2].group, NULL));
	must(mls_group_process(&c, t.m[1].group, octets(&commit)));
	/* The later message, the commit, then the earlier one. */
	must(mls_change_apply(b));
	must(mls_change_apply(c));
	must(mls_change_apply(a));
	must_fail(mls_change_apply(again), MLS_E_CHANGE_STALE);
	must_fail(mls_change_apply(a), MLS_E_CHANGE_MISUSE);
	mls_change_drop(a);
	mls_change_drop(b);
	mls_change_drop(c);
	mls_change_drop(again);
	must_fail(mls_group_process(&c, t.m[1].group, octets(&commit)),
	    MLS_E_HANDSHAKE_EPOCH);
	mls_bytes_free(&m[0]);
	mls_bytes_free(&m[1]);
	mls_bytes_free(&commit);
	part(&t);
}

Test(group, GROUP_05_COMMIT_18_the_first_commit_wins)
{
	struct three t = meet(1);
	struct mls_bytes mine, yours;
	mls_change *c;

	must(mls_group_commit(&mine, NULL, t.m[0].group, NULL));
	must(mls_group_commit(&yours, NULL, t.m[1].group, NULL));
	/* Bob's is taken; Alice's own is void. */
	must(mls_group_pending(&c, t.m[0].group));
	receive_by(&t, 0, &yours);
	must_fail(mls_change_apply(c), MLS_E_CHANGE_STALE);
	mls_change_drop(c);
	must(mls_group_settle(t.m[1].group, 1));
	receive_by(&t, 2, &yours);
	must_fail(mls_group_receive(t.m[2].group, octets(&mine), NULL, NULL),
	    MLS_E_HANDSHAKE_EPOCH);
	must_fail(mls_group_settle(t.m[0].group, 1), MLS_E_CHANGE_STALE);
	agree(&t.m[0], &t.m[1]);
	agree(&t.m[0], &t.m[2]);
	mls_bytes_free(&mine);
	mls_bytes_free(&yours);
	part(&t);
}

/* A source of randomness that begins again when it is told to. */
static uint8_t stuck_next;

static int
stuck_fill(void *ctx, uint8_t *out, size_t len)
{
	(void)ctx;
	while (len-- > 0)
		*out++ = stuck_next++;
	return MLS_P_OK;
}

static int
stuck_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	(void)host;
	(void)params;
	(void)n;
	*ctx = NULL;
	return MLS_P_OK;
}

static void
stuck_fini(void *ctx)
{
	(void)ctx;
}

static const struct mls_rng_ops stuck_ops = { sizeof(stuck_ops), stuck_fill };
static const struct mls_provider stuck = { MLS_PROVIDER_HEADER,
	.name = "stuck", .version = "1", .vendor = "tests",
	.init = stuck_init, .fini = stuck_fini, .rng = &stuck_ops };

Test(group, KP_11_an_init_key_is_issued_once)
{
	const struct mls_provider *const providers[] = { &stuck, NULL };
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_bytes a, b;
	mls_context *context;
	struct member m;

	o.no_files = 1;
	o.providers = providers;
	o.provider_dir = getenv("MLS_TEST_PROVIDERDIR");
	o.config_text = "[route]\ncrypto = openssl\nkeystore = memory\n"
	    "rng = stuck\n";
	must(mls_context_new(&context, &o));
	m = make_member(context, "alice");
	stuck_next = 0;
	must(mls_key_package_new(&a, m.client, NULL));
	stuck_next = 0;
	must_fail(mls_key_package_new(&b, m.client, NULL),
	    MLS_E_INIT_KEY_REUSED);
	mls_bytes_free(&a);
	close_member(&m);
	mls_context_free(context);
}

static int
count_group(void *payload, struct mls_buf group_id)
{
	(void)group_id;
	++*(unsigned *)payload;
	return 0;
}

/* How many of the calls that touch the store a child may make. */
static int
calls_of_child(mls_client *client, mls_change *join, struct mls_buf package)
{
	struct mls_bytes out[3] = { { NULL, 0 } };
	unsigned groups = 0;
	const int rc[] = {
		mls_psk_put(client, text("id"), text("secret")),
		mls_psk_delete(client, text("kept")),
		mls_client_groups(client, count_group, &groups),
		mls_group_delete(client, text("talk")),
		mls_key_package_new(&out[0], client, NULL),
		mls_key_package_export(&out[0], &out[1], &out[2], client,
		    package),
		mls_key_package_delete(client, package),
		mls_change_apply(join),
	};
	int allowed = 0;
	size_t i;

	for (i = 0; i < sizeof(rc) / sizeof(rc[0]); i++)
		allowed += rc[i] != MLS_E_CONTEXT_FORKED;
	return allowed + (int)groups;
}

Test(group, fork)
{
	mls_context *context = open_context(NULL);
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct mls_bytes package, commit, welcome;
	struct member a, b;
	mls_change *change;
	int status;
	pid_t pid;

	a = make_member(context, "alice");
	b = make_member(context, "bob");
	make_group(&a, 1, "talk");
	package = make_package(&b, 1);
	add.key_package = octets(&package);
	o.intents = &add;
	o.n_intents = 1;
	must(mls_group_commit(&commit, &welcome, a.group, &o));
	must(mls_group_join(&change, b.client, octets(&welcome), NO_OCTETS));
	pid = fork();
	if (pid == 0)
		_exit(calls_of_child(b.client, change, octets(&package)));
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0,
	    "%d calls", WEXITSTATUS(status));
	must(mls_change_apply(change));
	mls_change_drop(change);
	mls_bytes_free(&package);
	mls_bytes_free(&commit);
	mls_bytes_free(&welcome);
	close_member(&a);
	close_member(&b);
	mls_context_free(context);
}
