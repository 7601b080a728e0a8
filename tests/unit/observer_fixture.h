/* SPDX-License-Identifier: MIT */
/* Members of a group, and an observer beside them. */
#ifndef TESTS_OBSERVER_FIXTURE_H
#define TESTS_OBSERVER_FIXTURE_H

#include "outside_fixture.h"

static mls_context *context;
static struct member alice, bob, carol;
static mls_observer *server;
static int refuse_at;       /* MLS_AT_*: nobody is known there */
static int refuse_commits;

static inline int
accept_but(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	(void)identity;
	(void)previous;
	return where == refuse_at;
}

static inline int
allow(void *payload, const struct mls_summary *summary)
{
	(void)payload;
	(void)summary;
	return refuse_commits;
}

static inline void
open_with(const struct mls_policy *policy)
{
	struct mls_policy p = *policy;

	refuse_at = refuse_commits = 0;
	p.credential = accept_but;
	p.commit = allow;
	p.external = MLS_EXTERNAL_JOIN | MLS_EXTERNAL_RESYNC |
	    MLS_EXTERNAL_ADD;
	p.send_framing = MLS_FRAMING_PUBLIC;
	p.tolerate = MLS_TOLERATE_UNCOMMITTED | MLS_TOLERATE_PENDING_SEND;
	p.past_epochs = 2;
	context = open_context(&p);
	alice = make_member(context, "Alice");
	bob = make_member(context, "Bob");
	carol = make_member(context, "Carol");
}

static inline void
set_up(void)
{
	struct mls_policy p = MLS_POLICY_INIT;

	open_with(&p);
}

static inline void
tear_down(void)
{
	mls_observer_close(server);
	server = NULL;
	close_member(&alice);
	close_member(&bob);
	close_member(&carol);
	mls_context_free(context);
}

static inline struct mls_observer_view
seen(void)
{
	struct mls_observer_view v = MLS_OBSERVER_VIEW_INIT;

	must(mls_observer_info(&v, server));
	return v;
}

static inline void
same(struct mls_buf a, struct mls_buf b)
{
	cr_expect(a.len == b.len && (a.len == 0 ||
	    memcmp(a.data, b.data, a.len) == 0), "octets differ");
}

/* Members, one by one. */
static inline void
same_members(const struct member *m)
{
	struct mls_identity a, b;
	uint32_t at = 0, theirs = 0, ours = 0, leaf;
	int rc;

	for (;; at = theirs + 1) {
		rc = mls_group_next(&theirs, m->group, at);
		cr_assert_eq(mls_observer_next(&ours, server, at), rc);
		if (rc != 0)
			break;
		cr_assert_eq(theirs, ours);
		must(mls_group_member(&a, m->group, theirs));
		must(mls_observer_member(&b, server, ours));
		same(a.identity, b.identity);
		same(a.signature_key, b.signature_key);
		must(mls_observer_find(&leaf, server, b.identity));
		cr_expect_eq(leaf, ours);
		must(mls_observer_find_key(&leaf, server, b.signature_key));
		cr_expect_eq(leaf, ours);
	}
	must_fail(mls_observer_member(&b, server, at), MLS_E_MEMBER_NOT_FOUND);
}

/* The observer has the group as this member has it. */
static inline void
sees(const struct member *m)
{
	struct mls_observer_view v = seen();
	struct mls_group_info_view i = info(m);
	struct mls_node_view a = MLS_NODE_VIEW_INIT, b = MLS_NODE_VIEW_INIT;
	struct mls_bytes theirs, ours;

	cr_assert_eq(v.epoch, i.epoch);
	cr_expect_eq(v.suite, i.suite);
	cr_expect_eq(v.members, i.members);
	cr_expect_eq(v.width, i.width);
	cr_expect_eq(v.proposals, i.proposals);
	cr_expect(!v.lost);
	same(v.group_id, i.group_id);
	same(v.tree_hash, i.tree_hash);
	same(v.confirmed_transcript_hash, i.confirmed_transcript_hash);
	same(v.extensions, i.extensions);
	must(mls_group_tree(&theirs, m->group));
	must(mls_observer_tree(&ours, server));
	same(octets(&ours), octets(&theirs));
	must(mls_group_node(&a, m->group, 0));
	must(mls_observer_node(&b, server, 0));
	same(a.encryption_key, b.encryption_key);
	cr_expect_eq(b.own_key, 0);
	same_members(m);
	mls_bytes_free(&theirs);
	mls_bytes_free(&ours);
}

static inline void
observe(const struct member *m, int from_start)
{
	struct mls_observer_options o = MLS_OBSERVER_OPTIONS_INIT;
	struct mls_bytes b = publish(m, MLS_PUBLISH_NO_EXTERNAL_PUB);

	o.from_start = from_start;
	mls_observer_close(server);
	must(mls_observer_new(&server, context, octets(&b), NO_OCTETS, &o));
	mls_bytes_free(&b);
	cr_expect_eq(seen().partial, !from_start);
	sees(m);
}

/* The server's answer; what is accepted is applied. */
static inline int
passes(struct mls_buf message)
{
	mls_change *c = NULL;
	int rc = mls_observer_process(&c, server, message);

	if (rc == 0)
		rc = mls_change_apply(c);
	mls_change_drop(c);
	return rc;
}

static inline void
take(struct member *m, const struct mls_bytes *message)
{
	must(mls_group_receive(m->group, octets(message), NULL, NULL));
}

/* By way of the server to these members; frees it. */
static inline void
deliver(struct mls_bytes *message, struct member *a, struct member *b)
{
	must(passes(octets(message)));
	if (a != NULL)
		take(a, message);
	if (b != NULL)
		take(b, message);
	mls_bytes_free(message);
}

/* What `who` makes of these intents, applied by itself. */
static inline struct mls_bytes
commit(struct member *who, const struct mls_intent *v, size_t n,
    struct mls_bytes *welcome)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_bytes message;

	o.intents = v;
	o.n_intents = n;
	must(mls_group_commit(&message, welcome, who->group, &o));
	must(mls_group_settle(who->group, 1));
	return message;
}

static inline struct mls_bytes
propose(struct member *who, const struct mls_intent *intent)
{
	struct mls_bytes message;
	mls_change *c;

	must(mls_group_make_proposal(&c, who->group, intent, NULL));
	must(mls_change_release(&message, c));
	mls_change_drop(c);
	return message;
}

/* A handshake message in private: a proposal of an Update, or a commit. */
static inline struct mls_bytes
in_private(struct member *who, bool proposal)
{
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_bytes message;
	mls_change *c;

	send.framing = MLS_FRAMING_PRIVATE;
	o.send = &send;
	if (proposal)
		must(mls_group_make_proposal(&c, who->group, &update, &send));
	else
		must(mls_group_make_commit(&c, who->group, &o));
	must(mls_change_release(&message, c));
	if (!proposal)
		must(mls_change_apply(c));
	mls_change_drop(c);
	return message;
}

static inline struct mls_bytes
add(struct member *who, struct member *newcomer, uint16_t suite)
{
	struct mls_bytes package = make_package(newcomer, suite), message;
	struct mls_intent intent = { .type = MLS_EFFECT_ADD,
		.key_package = octets(&package) };
	struct mls_bytes welcome;

	message = commit(who, &intent, 1, &welcome);
	join(newcomer, octets(&welcome));
	mls_bytes_free(&package);
	mls_bytes_free(&welcome);
	return message;
}

/* Alice and Bob, observed from epoch 0. */
static inline void
pair(uint16_t suite)
{
	struct mls_bytes b;

	make_group(&alice, suite, "group");
	observe(&alice, 1);
	b = add(&alice, &bob, suite);
	deliver(&b, NULL, NULL);
	sees(&alice);
}

#endif
