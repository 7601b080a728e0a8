/* SPDX-License-Identifier: MIT */
/* What a group makes does not depend on the executor. */
#include "group_fixture.h"

#define MEMBERS 64

/* Randomness that is the same each time it begins anew: splitmix64. */
static uint64_t state;

static int
fill(void *ctx, uint8_t *out, size_t len)
{
	uint64_t z;

	(void)ctx;
	for (; len > 0; len--) {
		z = state += 0x9e3779b97f4a7c15u;
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		*out++ = (uint8_t)((z * 0x94d049bb133111ebu) >> 56);
	}
	return MLS_P_OK;
}

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	(void)host;
	(void)params;
	(void)n;
	*ctx = NULL;
	return MLS_P_OK;
}

static void
fini(void *ctx)
{
	(void)ctx;
}

static const struct mls_rng_ops rng_ops = { sizeof(rng_ops), fill };
static const struct mls_provider replay = { MLS_PROVIDER_HEADER,
	.name = "replay", .version = "1", .vendor = "tests",
	.init = init, .fini = fini, .rng = &rng_ops };

static uint64_t
fixed_time(void *payload)
{
	(void)payload;
	return 1700000000;
}

/* Nothing is to go wrong quietly, as a fallback does. */
static void
no_warnings(void *payload, int level, const char *line)
{
	(void)payload;
	cr_assert_gt(level, MLS_LOG_WARNING, "%s", line);
}

static mls_context *
context_with(const char *executor)
{
	const struct mls_provider *const providers[] = { &replay, NULL };
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_policy policy = MLS_POLICY_INIT;
	mls_context *c;
	char config[256];

	snprintf(config, sizeof(config), "[route]\ncrypto = openssl\n"
	    "keystore = memory\nrng = replay\nexecutor = %s\n"
	    "[provider threads]\nmodule = threads.so\nx-width = 4\n",
	    executor);
	policy.credential = accept_all;
	policy.now = fixed_time;
	o.no_files = 1;
	o.providers = providers;
	o.provider_dir = getenv("MLS_TEST_PROVIDERDIR");
	o.config_text = config;
	o.policy = &policy;
	o.log = no_warnings;
	must(mls_context_new(&c, &o));
	return c;
}

/* What one run leaves behind. */
struct result {
	struct mls_bytes commit, welcome;
	uint8_t tree_hash[64], authenticator[64];
};

static void
play(struct result *r, uint16_t suite, const char *executor)
{
	mls_context *context = context_with(executor);
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add[MEMBERS - 1];
	struct mls_bytes kp[MEMBERS - 1];
	struct member m[MEMBERS];
	struct mls_group_info_view v;
	char name[16];
	size_t i;

	state = 1;
	for (i = 0; i < MEMBERS; i++) {
		snprintf(name, sizeof(name), "member %zu", i);
		m[i] = make_member(context, name);
	}
	make_group(&m[0], suite, "wide");
	memset(add, 0, sizeof(add));
	for (i = 0; i < MEMBERS - 1; i++) {
		kp[i] = make_package(&m[i + 1], suite);
		add[i].type = MLS_EFFECT_ADD;
		add[i].key_package = octets(&kp[i]);
	}
	o.intents = add;
	o.n_intents = MEMBERS - 1;
	must(mls_group_commit(&r->commit, &r->welcome, m[0].group, &o));
	must(mls_group_settle(m[0].group, 1));
	/* One with a wide path: all those leaves are its copath. */
	mls_bytes_free(&r->commit);
	must(mls_group_commit(&r->commit, NULL, m[0].group, NULL));
	must(mls_group_settle(m[0].group, 1));
	v = info(&m[0]);
	cr_assert_eq(v.epoch, 2);
	memcpy(r->tree_hash, v.tree_hash.data, v.tree_hash.len);
	memcpy(r->authenticator, v.authenticator.data, v.authenticator.len);
	join(&m[MEMBERS - 1], octets(&r->welcome));
	must(mls_group_receive(m[MEMBERS - 1].group, octets(&r->commit), NULL,
	    NULL));
	agree(&m[0], &m[MEMBERS - 1]);
	for (i = 0; i < MEMBERS - 1; i++)
		mls_bytes_free(&kp[i]);
	for (i = 0; i < MEMBERS; i++)
		close_member(&m[i]);
	mls_context_free(context);
}

static void
same(const struct mls_bytes *a, const struct mls_bytes *b)
{
	cr_assert_eq(a->len, b->len);
	cr_expect(memcmp(a->data, b->data, a->len) == 0);
}

static void
compare(uint16_t suite)
{
	struct result a = { 0 }, b = { 0 };

	play(&a, suite, "serial");
	play(&b, suite, "threads");
	cr_expect_arr_eq(a.tree_hash, b.tree_hash, sizeof(a.tree_hash));
	cr_expect_arr_eq(a.authenticator, b.authenticator,
	    sizeof(a.authenticator));
	same(&a.commit, &b.commit);
	same(&a.welcome, &b.welcome);
	mls_bytes_free(&a.commit);
	mls_bytes_free(&a.welcome);
	mls_bytes_free(&b.commit);
	mls_bytes_free(&b.welcome);
}

/* EdDSA signs the same each time. */
Test(threads_group, octets_are_those_of_serial, .timeout = 120)
{
	compare(1);
	compare(3);
}
