/* SPDX-License-Identifier: MIT */
/* What a provider may borrow, from whom, and when. */
#define _XOPEN_SOURCE 700
#include <criterion/criterion.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "plugin/internal.h"
#include "toy.h"

static struct toy_log logged;

static void
setup(void)
{
	unsetenv("MLS_CONFIG");
	unsetenv("MLS_PROVIDERS_DISABLE");
	unsetenv("MLS_LOG");
	logged.text[0] = '\0';
}

/* Who waits for himself is ended. */
TestSuite(host, .init = setup, .timeout = 20);

static const struct mls_host *lender;
static int lent_at_end[2];
static bool source_gone, drawn_from_gone;

static int
source_fill(void *ctx, uint8_t *out, size_t len)
{
	(void)ctx;
	memset(out, 7, len);
	drawn_from_gone |= source_gone;
	return MLS_P_OK;
}

static void
source_fini(void *ctx)
{
	(void)ctx;
	source_gone = true;
}

static const struct mls_rng_ops source_ops = { sizeof(source_ops),
	source_fill };
static const struct mls_provider source = {
	MLS_PROVIDER_HEADER,
	.name = "source",
	.init = mls__builtin_init,
	.fini = source_fini,
	.rng = &source_ops,
};

static int
borrower_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	uint8_t drawn[4];

	lender = host;
	return mls__builtin_init(host, params, n, ctx) != MLS_P_OK ?
	    MLS_P_IO : host->random(host->self, drawn, sizeof(drawn));
}

static void
borrower_fini(void *ctx)
{
	struct mls_buf in = { (const uint8_t *)"a", 1 };
	uint8_t out[4];

	(void)ctx;
	lent_at_end[0] = lender->random(lender->self, out, sizeof(out));
	lent_at_end[1] = lender->hash(lender->self, TOY_KDF, &in, 1, out);
}

/* What is lent until fini is lent in it, by whoever started first or has not
 * started yet. */
Test(host, until_fini)
{
	struct mls_provider borrower = toy;
	const struct mls_provider *const all[] = { &source, &toy, &borrower,
		NULL };
	struct mls_plugins_options o = { .no_files = true, .statics = all,
		.config_text = TOY_SUITE "[provider borrower]\n"
		"critical = yes\n[route]\nrng = source\nhash = toy\n",
		.log = toy_log, .payload = &logged };
	struct mls_plugins *p;

	borrower.name = "borrower";
	borrower.init = borrower_init;
	borrower.fini = borrower_fini;
	borrower.keystore = NULL;
	borrower.rng = NULL;
	cr_assert_eq(mls__plugins_new(&p, &o), 0, "%s", logged.text);
	lent_at_end[0] = lent_at_end[1] = -1;
	mls__plugins_free(p);
	cr_expect_eq(lent_at_end[0], MLS_P_OK);
	cr_expect_eq(lent_at_end[1], MLS_P_OK);
	cr_expect(source_gone && !drawn_from_gone);
	cr_expect_eq(toy_running, 0);
}

/* toy with another name, which borrows. */
static struct mls_provider
toy_as(const char *name, int (*init)(const struct mls_host *,
    const struct mls_param *, size_t, void **))
{
	struct mls_provider p = toy;

	p.name = name;
	p.init = init;
	p.fini = NULL;
	p.keystore = NULL;
	p.rng = NULL;
	return p;
}

static int
borrow_hash(const struct mls_host *host, uint8_t *out)
{
	struct mls_buf in = { (const uint8_t *)"a", 1 };

	return host->hash(host->self, TOY_KDF, &in, 1, out);
}

static pthread_barrier_t both;

/* Once both are in it, each wants a hash of the other. */
static int
crossing_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	uint8_t out[4];

	mls__builtin_init(host, params, n, ctx);
	pthread_barrier_wait(&both);
	return borrow_hash(host, out);
}

struct starting {
	struct mls_plugins *plugins;
	const char *name;
	int rc;
};

static void *
start_one(void *arg)
{
	struct starting *s = arg;
	struct mls_instance *inst;

	s->rc = mls__plugins_instance(&inst, s->plugins, s->name);
	return NULL;
}

Test(host, starts_that_need_each_other)
{
	const struct mls_provider x = toy_as("x", crossing_init),
	    y = toy_as("y", crossing_init);
	const struct mls_provider *const all[] = { &x, &y, &toy, NULL };
	struct mls_plugins_options o = { .no_files = true, .statics = all,
		.config_text = TOY_SUITE "[route]\nhash = x, y, toy\n",
		.log = toy_log, .payload = &logged };
	struct mls_plugins *p;
	struct starting s[2];
	pthread_t thread[2];
	size_t i;

	cr_assert_eq(mls__plugins_new(&p, &o), 0, "%s", logged.text);
	pthread_barrier_init(&both, NULL, 2);
	for (i = 0; i < 2; i++) {
		s[i] = (struct starting){ p, i == 0 ? "x" : "y", -1 };
		cr_assert_eq(pthread_create(&thread[i], NULL, start_one,
		    &s[i]), 0);
	}
	for (i = 0; i < 2; i++) {
		cr_assert_eq(pthread_join(thread[i], NULL), 0);
		cr_expect_eq(s[i].rc, 0, "%s: %s", s[i].name, logged.text);
	}
	pthread_barrier_destroy(&both);
	mls__plugins_free(p);
}

static const struct mls_host *lenders[2];

/* The context is who asks. */
static int
asking_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	(void)params;
	(void)n;
	*ctx = &lenders[lenders[0] != NULL];
	*(const struct mls_host **)*ctx = host;
	return MLS_P_OK;
}

static int
asking_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	const struct mls_host *host = *(const struct mls_host **)ctx;

	return host->hash(host->self, kdf, in, n, out);
}

/* A serial one borrows of one that borrows of it. */
Test(host, calls_that_come_back)
{
	struct mls_provider a = toy_as("a", asking_init),
	    b = toy_as("b", asking_init);
	const struct mls_provider *const all[] = { &a, &b, &toy, NULL };
	struct mls_crypto_ops asking = *toy.crypto;
	struct mls_plugins_options o = { .no_files = true, .statics = all,
		.config_text = TOY_SUITE "[route]\nhash = a, b, toy\n",
		.log = toy_log, .payload = &logged };
	struct mls_buf in = { (const uint8_t *)"a", 1 };
	struct mls_plugins *p;
	struct mls_route route;
	uint8_t out[4] = { 0 };
	int status;

	asking.hash = asking_hash;
	a.crypto = b.crypto = &asking;
	a.flags = MLS_PROVIDER_SERIAL;
	cr_assert_eq(mls__plugins_new(&p, &o), 0, "%s", logged.text);
	cr_assert_eq(mls__plugins_route(&route, p, mls__plugins_row(p, 0xf042),
	    MLS_ROLE_HASH), 0, "%s", logged.text);
	cr_assert_str_eq(route.inst->name, "a");
	mls__instance_lock(route.inst);
	status = route.inst->desc->crypto->hash(route.inst->ctx, TOY_KDF, &in,
	    1, out);
	mls__instance_unlock(route.inst);
	cr_expect_eq(status, MLS_P_OK, "%s", logged.text);
	cr_expect_eq(out[0], 'a');
	mls__plugins_free(p);
}

/* The threads meet in it, each in a call of its own provider. */
static int
meeting_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	pthread_barrier_wait(&both);
	return asking_hash(ctx, kdf, in, n, out);
}

struct asking {
	struct mls_instance *inst;
	int status;
	uint8_t out[4];
};

static void *
ask_one(void *arg)
{
	struct mls_buf in = { (const uint8_t *)"a", 1 };
	struct asking *a = arg;

	mls__instance_lock(a->inst);
	a->status = a->inst->desc->crypto->hash(a->inst->ctx, TOY_KDF, &in,
	    1, a->out);
	mls__instance_unlock(a->inst);
	return NULL;
}

/* Each would wait for the other's lock with its own held. */
Test(host, serial_ones_that_borrow_from_each_other, .timeout = 20)
{
	struct mls_provider a = toy_as("a", asking_init),
	    b = toy_as("b", asking_init);
	const struct mls_provider *const all[] = { &a, &b, &toy, NULL };
	struct mls_crypto_ops meeting = *toy.crypto;
	struct mls_plugins_options o = { .no_files = true, .statics = all,
		.config_text = TOY_SUITE "[route]\nhash = a, b, toy\n"
		    "[mls]\nself-test = never\n",
		.log = toy_log, .payload = &logged };
	struct asking asks[2] = { { .status = -1 }, { .status = -1 } };
	struct mls_plugins *p;
	pthread_t thread[2];
	size_t i;

	meeting.hash = meeting_hash;
	a.crypto = b.crypto = &meeting;
	a.flags = b.flags = MLS_PROVIDER_SERIAL;
	cr_assert_eq(mls__plugins_new(&p, &o), 0, "%s", logged.text);
	pthread_barrier_init(&both, NULL, 2);
	for (i = 0; i < 2; i++)
		cr_assert_eq(mls__plugins_instance(&asks[i].inst, p,
		    i == 0 ? "a" : "b"), 0, "%s", logged.text);
	for (i = 0; i < 2; i++)
		cr_assert_eq(pthread_create(&thread[i], NULL, ask_one,
		    &asks[i]), 0);
	for (i = 0; i < 2; i++) {
		cr_assert_eq(pthread_join(thread[i], NULL), 0);
		cr_expect_eq(asks[i].status, MLS_P_OK, "%s", logged.text);
		cr_expect_eq(asks[i].out[0], 'a');
	}
	pthread_barrier_destroy(&both);
	mls__plugins_free(p);
}
