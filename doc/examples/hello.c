/* SPDX-License-Identifier: MIT */
/*
 * Alice makes a group, adds Bob, and says hello.  Both live in one program
 * here, each with a store in memory; what passes between them are octets that
 * any transport can carry.  README.md shows the marked lines.
 *
 *	cc hello.c $(pkg-config --cflags --libs libmls) -o hello
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmls/mls.h>

static const struct mls_buf nothing = { NULL, 0 };

static struct mls_buf
text(const char *s)
{
	return (struct mls_buf){ (const uint8_t *)s, strlen(s) };
}

static struct mls_buf
octets(const struct mls_bytes *b)
{
	return (struct mls_buf){ b->data, b->len };
}

static void
must(int error)
{
	if (error == 0)
		return;
	fprintf(stderr, "hello: %s\n", mls_strerror(error));
	exit(EXIT_FAILURE);
}

static void
complain(void *payload, int level, const char *line)
{
	(void)payload;
	if (level == MLS_LOG_ERROR)
		fprintf(stderr, "hello: %s\n", line);
}

/* Is this credential of whom it names?  A real program looks it up. */
static int
trust(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	(void)where;
	(void)identity;
	(void)previous;
	return 0;
}

static int
print(void *payload, const struct mls_summary *s)
{
	(void)payload;
	printf("%.*s: %.*s\n", (int)s->sender_identity.identity.len,
	    (const char *)s->sender_identity.identity.data,
	    (int)s->data.len, (const char *)s->data.data);
	return 0;
}

int
main(void)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_context_options options = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_client_options client = MLS_CLIENT_OPTIONS_INIT;
	struct mls_commit_options adding = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct mls_bytes package, commit, welcome, message;
	mls_context *context;
	mls_client *alice, *bob;
	mls_group *hers, *his;
	mls_change *join;

	policy.credential = trust;
	options.policy = &policy;
	options.log = complain;
	client.keystore = "memory";
	/* README begin */
	must(mls_context_new(&context, &options));
	client.identity = text("Alice");
	must(mls_client_create(&alice, context, &client));
	client.identity = text("Bob");
	must(mls_client_create(&bob, context, &client));

	must(mls_key_package_new(&package, bob, NULL)); /* Bob to Alice */
	must(mls_group_create(&hers, alice, NULL));
	add.key_package = octets(&package);
	adding.intents = &add;
	adding.n_intents = 1;
	must(mls_group_commit(&commit, &welcome, hers, &adding));
	must(mls_group_settle(hers, 1)); /* nobody else committed */

	must(mls_group_join(&join, bob, octets(&welcome), nothing));
	must(mls_change_apply(join)); /* Bob is content */
	must(mls_change_group(&his, join));

	must(mls_group_send(&message, hers, text("Hello, Bob!")));
	must(mls_group_receive(his, octets(&message), print, NULL));
	/* README end */
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	mls_bytes_free(&commit);
	mls_bytes_free(&package);
	mls_change_drop(join);
	mls_group_close(his);
	mls_group_close(hers);
	mls_client_close(bob);
	mls_client_close(alice);
	mls_context_free(context);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
