/* SPDX-License-Identifier: MIT */
/* Alice, Bob and Carol, and what they do together. */
#ifndef TESTS_THREE_H
#define TESTS_THREE_H

#include "group_fixture.h"

struct three {
	mls_context *context;
	struct member alice, bob, carol;
};

static inline void
three_open(struct three *t, const struct mls_policy *policy)
{
	t->context = open_context(policy);
	t->alice = make_member(t->context, "Alice");
	t->bob = make_member(t->context, "Bob");
	t->carol = make_member(t->context, "Carol");
}

static inline void
three_close(struct three *t)
{
	close_member(&t->alice);
	close_member(&t->bob);
	close_member(&t->carol);
	mls_context_free(t->context);
}

/* A commit, which counts; welcome may be NULL. */
static inline struct mls_bytes
commit_with(struct member *who, const struct mls_commit_options *o,
    struct mls_bytes *welcome)
{
	struct mls_bytes message;

	must(mls_group_commit(&message, welcome, who->group, o));
	must(mls_group_settle(who->group, 1));
	return message;
}

static inline struct mls_bytes
commit(struct member *who, const struct mls_intent *v, size_t n,
    struct mls_bytes *welcome)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;

	o.intents = v;
	o.n_intents = n;
	return commit_with(who, &o, welcome);
}

static inline void
take(struct member *m, const struct mls_bytes *message)
{
	must(mls_group_receive(m->group, octets(message), NULL, NULL));
}

/* to(message, a, b): both take it; b may be NULL.  Frees it. */
static inline void
to(struct mls_bytes message, struct member *a, struct member *b)
{
	take(a, &message);
	if (b != NULL)
		take(b, &message);
	mls_bytes_free(&message);
}

/* who adds these two, of which b may be NULL, to its group. */
static inline struct mls_bytes
add(struct member *who, struct member *a, struct member *b, uint16_t suite)
{
	struct mls_intent v[2] = { { .type = MLS_EFFECT_ADD },
		{ .type = MLS_EFFECT_ADD } };
	struct mls_bytes package[2] = { make_package(a, suite), { NULL, 0 } };
	struct mls_bytes message, welcome;

	if (b != NULL)
		package[1] = make_package(b, suite);
	v[0].key_package = octets(&package[0]);
	v[1].key_package = octets(&package[1]);
	message = commit(who, v, b != NULL ? 2 : 1, &welcome);
	mls_bytes_free(&package[0]);
	mls_bytes_free(&package[1]);
	mls_bytes_free(&message);
	return welcome;
}

/* Alice's group, they being at the leaves 0, 1 and 2; or the first two. */
static inline void
three_meet(struct three *t, uint16_t suite, const char *id)
{
	struct mls_bytes welcome;

	make_group(&t->alice, suite, id);
	welcome = add(&t->alice, &t->bob, &t->carol, suite);
	join(&t->bob, octets(&welcome));
	join(&t->carol, octets(&welcome));
	mls_bytes_free(&welcome);
	agree(&t->alice, &t->carol);
}

static inline void
two_meet(struct three *t, uint16_t suite, const char *id)
{
	struct mls_bytes welcome;

	make_group(&t->alice, suite, id);
	welcome = add(&t->alice, &t->bob, NULL, suite);
	join(&t->bob, octets(&welcome));
	mls_bytes_free(&welcome);
	agree(&t->alice, &t->bob);
}

/* Everybody's next commit, and a message of everybody's. */
static inline void
go_on(struct member *const *v, size_t n)
{
	struct mls_bytes b;
	size_t i, k;

	for (i = 0; i < 2 * n; i++) {
		if (i < n)
			b = commit(v[i], NULL, 0, NULL);
		else
			must(mls_group_send(&b, v[i - n]->group,
			    text("to all")));
		for (k = 0; k < n; k++)
			if (k != i % n)
				take(v[k], &b);
		mls_bytes_free(&b);
		for (k = 1; k < n; k++)
			agree(v[0], v[k]);
	}
}

#endif
