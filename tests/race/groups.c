/* SPDX-License-Identifier: MIT */
/*
 * Threads that share a context, each with groups of its own: what a context,
 * its providers and its executor do for several callers at once.  A plain
 * program, since Criterion cannot start under ThreadSanitizer.
 *
 *	groups [CRYPTO...]   providers by name; openssl if none is named;
 *	                     options, which are Criterion's, are passed over
 */
#include <libmls/mls.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THREADS 8
#define MEMBERS 5
#define EPOCHS 6

static mls_context *context;
static const struct mls_buf nothing = { NULL, 0 };

struct life {
	pthread_t thread;
	unsigned number;
	uint16_t suite;
	mls_client *client[MEMBERS];
	mls_group *group[MEMBERS];
};

static void
must_at(int line, int rc)
{
	if (rc == 0)
		return;
	fprintf(stderr, "groups.c:%d: %s\n", line, mls_strerror(rc));
	abort();
}
#define must(rc) must_at(__LINE__, (rc))

static int
trust(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload, (void)where, (void)identity, (void)previous;
	return 0;
}

static struct mls_buf
octets(const struct mls_bytes *b)
{
	return (struct mls_buf){ b->data, b->len };
}

static void
open_client(struct life *l, unsigned i)
{
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	char name[32];

	snprintf(name, sizeof(name), "%u of %u", i, l->number);
	o.keystore = "memory";
	o.identity = (struct mls_buf){ (uint8_t *)name, strlen(name) };
	must(mls_client_create(&l->client[i], context, &o));
}

/* All that are not the first come in by one commit. */
static void
gather(struct life *l)
{
	struct mls_key_package_options kp = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_group_options g = MLS_GROUP_OPTIONS_INIT;
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add[MEMBERS] = { { 0 } };
	struct mls_bytes package[MEMBERS] = { { 0 } }, commit, welcome;
	mls_change *join;
	unsigned i;

	kp.suite = g.suite = l->suite;
	open_client(l, 0);
	for (i = 1; i < MEMBERS; i++) {
		open_client(l, i);
		must(mls_key_package_new(&package[i], l->client[i], &kp));
		add[i].type = MLS_EFFECT_ADD;
		add[i].key_package = octets(&package[i]);
	}
	must(mls_group_create(&l->group[0], l->client[0], &g));
	o.intents = add + 1;
	o.n_intents = MEMBERS - 1;
	must(mls_group_commit(&commit, &welcome, l->group[0], &o));
	must(mls_group_settle(l->group[0], 1));
	for (i = 1; i < MEMBERS; i++) {
		must(mls_group_join(&join, l->client[i], octets(&welcome),
		    nothing));
		must(mls_change_apply(join));
		must(mls_change_group(&l->group[i], join));
		mls_change_drop(join);
		mls_bytes_free(&package[i]);
	}
	mls_bytes_free(&commit);
	mls_bytes_free(&welcome);
}

static void
deliver(struct life *l, unsigned from, const struct mls_bytes *message)
{
	unsigned i;

	for (i = 0; i < MEMBERS; i++)
		if (i != from)
			must(mls_group_receive(l->group[i], octets(message),
			    NULL, NULL));
}

static void
epoch(struct life *l, unsigned who)
{
	static const uint8_t words[] = "to all of you";
	struct mls_bytes message;
	uint8_t secret[2][32];
	unsigned i;

	must(mls_group_commit(&message, NULL, l->group[who], NULL));
	must(mls_group_settle(l->group[who], 1));
	deliver(l, who, &message);
	mls_bytes_free(&message);
	must(mls_group_send(&message, l->group[who],
	    (struct mls_buf){ words, sizeof(words) }));
	deliver(l, who, &message);
	mls_bytes_free(&message);
	must(mls_group_export(secret[0], 32, l->group[who], "x", nothing));
	for (i = 0; i < MEMBERS; i++) {
		must(mls_group_export(secret[1], 32, l->group[i], "x",
		    nothing));
		if (memcmp(secret[0], secret[1], 32) != 0)
			abort();
	}
}

static void *
live(void *arg)
{
	struct life *l = arg;
	unsigned i;

	gather(l);
	for (i = 0; i < EPOCHS; i++)
		epoch(l, (i + l->number) % MEMBERS);
	for (i = 0; i < MEMBERS; i++) {
		mls_group_close(l->group[i]);
		mls_client_close(l->client[i]);
	}
	return NULL;
}

static void
open_context(const char *crypto)
{
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_policy policy = MLS_POLICY_INIT;
	char config[256];

	policy.credential = trust;
	snprintf(config, sizeof(config), "[provider threads]\n"
	    "module = threads.so\nx-width = 3\n[route]\ncrypto = %s\n"
	    "executor = threads\n", crypto);
	o.no_files = 1;
	o.config_text = config;
	o.provider_dir = getenv("MLS_TEST_PROVIDERDIR");
	o.policy = &policy;
	must(mls_context_new(&context, &o));
}

/* Every thread meets the providers for the first time when all others do. */
static void
run(const char *crypto)
{
	static const uint16_t suites[] = { 3, 1, 3, 2 };
	struct life life[THREADS] = { { 0 } };
	unsigned i;

	open_context(crypto);
	for (i = 0; i < THREADS; i++) {
		life[i].number = i;
		life[i].suite = strcmp(crypto, "sodium") == 0 ? 3 :
		    suites[i % 4];
		if (pthread_create(&life[i].thread, NULL, live,
		    &life[i]) != 0)
			abort();
	}
	for (i = 0; i < THREADS; i++)
		pthread_join(life[i].thread, NULL);
	mls_context_free(context);
}

int
main(int argc, char **argv)
{
	int i, n = 0;

	for (i = 1; i < argc; i++) {
		if (argv[i][0] == '-')
			continue;
		run(argv[i]);
		printf("ok %d - %d threads, %s\n", ++n, THREADS, argv[i]);
	}
	if (n == 0) {
		run("openssl");
		printf("ok %d - %d threads\n", ++n, THREADS);
	}
	printf("1..%d\n", n);
	return 0;
}
