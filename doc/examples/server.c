/* SPDX-License-Identifier: MIT */
/*
 * A server that passes on the messages of a group, and lets nothing pass that
 * its members would refuse; it has no key and is no member.  Alice and Bob live
 * in the same program here, and commit at the same time: one has to begin
 * anew.
 *
 *	cc server.c $(pkg-config --cflags --libs libmls) -o server
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
	fprintf(stderr, "server: %s\n", mls_strerror(error));
	exit(EXIT_FAILURE);
}

/* Is this credential of whom it names?  A real server looks it up. */
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

/* What a message does, before it is passed on. */
static void
show(const struct mls_summary *s)
{
	size_t i;

	printf("epoch %u, %s of %.*s:", (unsigned)s->epoch,
	    s->kind == MLS_CHANGE_COMMIT ? "a commit" :
	    s->kind == MLS_CHANGE_PROPOSAL ? "a proposal" : "a message",
	    s->unseen ? 8 : (int)s->sender_identity.identity.len,
	    s->unseen ? "somebody" :
	    (const char *)s->sender_identity.identity.data);
	for (i = 0; i < s->n_effects; i++)
		printf(" %s %.*s", s->effects[i].type == MLS_EFFECT_ADD ?
		    "adds" : s->effects[i].type == MLS_EFFECT_REMOVE ?
		    "removes" : "renews",
		    (int)s->effects[i].identity.identity.len,
		    (const char *)s->effects[i].identity.identity.data);
	printf("\n");
}

/* pass(server, message): whether the others are to get it. */
static int
pass(mls_observer *server, const struct mls_bytes *message)
{
	mls_change *change;
	int error;

	error = mls_observer_process(&change, server, octets(message));
	switch (mls_observer_verdict(error)) {
	case MLS_VERDICT_ACCEPT:
		show(mls_change_summary(change));
		must(mls_change_apply(change));
		mls_change_drop(change);
		return 1;
	case MLS_VERDICT_STALE:
		printf("too late\n");
		return 0;
	case MLS_VERDICT_INVALID:
		printf("refused: %s\n", mls_strerror(error));
		return 0;
	default: /* it is lost, or out of memory, or the like */
		must(error);
		return 0;
	}
}

int
main(void)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_context_options options = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_client_options client = MLS_CLIENT_OPTIONS_INIT;
	struct mls_observer_options from_start = MLS_OBSERVER_OPTIONS_INIT;
	struct mls_commit_options adding = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct mls_bytes package, info, commit, rival, welcome, message;
	mls_context *context;
	mls_client *alice, *bob;
	mls_group *hers, *his;
	mls_observer *server;
	mls_change *join;

	policy.credential = trust;
	policy.send_framing = MLS_FRAMING_PUBLIC; /* or it sees little */
	policy.receive_framing = MLS_FRAMING_PUBLIC;
	options.policy = &policy;
	client.keystore = "memory";
	must(mls_context_new(&context, &options));
	client.identity = text("Alice");
	must(mls_client_create(&alice, context, &client));
	client.identity = text("Bob");
	must(mls_client_create(&bob, context, &client));

	/* Alice begins, and tells the server of it. */
	must(mls_group_create(&hers, alice, NULL));
	must(mls_group_publish(&info, hers, 0));
	from_start.from_start = 1;
	must(mls_observer_new(&server, context, octets(&info), nothing,
	    &from_start));

	/* Her commit goes to the server first, then it is hers. */
	must(mls_key_package_new(&package, bob, NULL));
	add.key_package = octets(&package);
	adding.intents = &add;
	adding.n_intents = 1;
	must(mls_group_commit(&commit, &welcome, hers, &adding));
	must(mls_group_settle(hers, pass(server, &commit)));
	must(mls_group_join(&join, bob, octets(&welcome), nothing));
	must(mls_change_apply(join));
	must(mls_change_group(&his, join));
	mls_bytes_free(&commit);

	/* Both commit; who comes first at the server has won. */
	must(mls_group_commit(&commit, NULL, his, NULL));
	must(mls_group_commit(&rival, NULL, hers, NULL));
	must(mls_group_settle(his, pass(server, &commit)));
	must(mls_group_settle(hers, pass(server, &rival)));
	must(mls_group_receive(hers, octets(&commit), NULL, NULL));

	must(mls_group_send(&message, hers, text("Hello, Bob!")));
	pass(server, &message);
	message.data[0] ^= 1;
	pass(server, &message);

	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	mls_bytes_free(&commit);
	mls_bytes_free(&rival);
	mls_bytes_free(&package);
	mls_bytes_free(&info);
	mls_change_drop(join);
	mls_observer_close(server);
	mls_group_close(his);
	mls_group_close(hers);
	mls_client_close(bob);
	mls_client_close(alice);
	mls_context_free(context);
	return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
