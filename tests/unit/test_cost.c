/* SPDX-License-Identifier: MIT */
/* Cost follows the change, not the group: counts of operations in groups of
 * two sizes, held against the difference in depth. */
#define _XOPEN_SOURCE 700
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define SMALL 256u
#define LARGE 1024u
#define DEEPER 2 /* path nodes that the larger has beyond the smaller */

enum { COMMIT, PROCESS, COLD, WATCH, SEND, RECEIVE, OPS };

/* What one operation of each kind counted. */
struct costs {
	uint64_t of[OPS][MLS_COUNT_MAX];
};

static struct world
open_world(void)
{
	struct world w = { .provider = "openssl", .keystore = "memory",
		.suite = 1 };

	setenv("MLS_PROVIDER_DIR", getenv("MLS_TEST_PROVIDERDIR"), 1);
	setenv("MLS_CONFIG", "/dev/null", 1);
	world_open(&w);
	return w;
}

static void
keep(struct costs *out, int op, struct meter *m)
{
	memcpy(out->of[op], m->v[m->runs - 1].count, sizeof(out->of[op]));
	meter_free(m);
}

/* A commit, and its processing by a group that was opened anew, then again by
 * the same; and by an observer. */
static void
commit(struct costs *out, struct world *w, struct member *from,
    struct member *to)
{
	mls_observer *server = observe(w, from);
	struct meter m = { .n = 0 };
	struct mls_bytes message;
	mls_change *c;

	meter_begin(&m, w);
	change_take(member_commit(&message, NULL, from, w, NULL, 0, 0), w);
	meter_end(&m, w);
	keep(out, COMMIT, &m);
	meter_begin(&m, w);
	c = member_process(to, w, &message);
	meter_end(&m, w);
	keep(out, COLD, &m);
	mls_change_drop(c);
	meter_begin(&m, w);
	change_take(member_process(to, w, &message), w);
	meter_end(&m, w);
	keep(out, PROCESS, &m);
	meter_begin(&m, w);
	must(w, mls_observer_process(&c, server, octets(&message)), "watch");
	change_take(c, w);
	meter_end(&m, w);
	keep(out, WATCH, &m);
	mls_observer_close(server);
	mls_bytes_free(&message);
}

static void
talk(struct costs *out, struct world *w, struct member *from,
    struct member *to)
{
	const struct mls_buf text = { (const uint8_t *)"hello", 5 };
	struct meter m = { .n = 0 };
	struct mls_bytes message;
	int i;

	for (i = 0; i < 2; i++) {
		meter_begin(&m, w);
		must(w, mls_group_send(&message, from->group, text), "send");
		meter_end(&m, w);
		keep(out, SEND, &m);
		meter_begin(&m, w);
		must(w, mls_group_receive(to->group, octets(&message), NULL,
		    NULL), "receive");
		meter_end(&m, w);
		keep(out, RECEIVE, &m);
		mls_bytes_free(&message);
	}
}

static struct costs
full(uint32_t n)
{
	struct world w = open_world();
	struct member creator, last;
	struct costs costs;

	group_full(&creator, &last, &w, n);
	commit(&costs, &w, &creator, &last);
	talk(&costs, &w, &creator, &last);
	member_free(&last);
	member_free(&creator);
	world_close(&w);
	return costs;
}

/* The larger counts at most `each` more a path node. */
static void
grows(const struct costs *small, const struct costs *large, int op,
    enum mls_counter which, uint64_t each)
{
	uint64_t s = small->of[op][which], l = large->of[op][which];

	cr_expect(l <= s + each * DEEPER,
	    "operation %d, counter %d: %ju, and %ju in the larger group", op,
	    (int)which, (uintmax_t)s, (uintmax_t)l);
}

static void
is(const struct costs *c, int op, enum mls_counter which, uint64_t n)
{
	cr_expect_eq(c->of[op][which], n, "operation %d, counter %d: %ju",
	    op, (int)which, (uintmax_t)c->of[op][which]);
}

Test(cost, LIMIT_17_follows_the_path)
{
	struct costs s = full(SMALL), l = full(LARGE);
	int op;

	is(&s, COMMIT, MLS_COUNT_SEAL, 8);
	is(&l, COMMIT, MLS_COUNT_SEAL, 10);
	is(&s, COMMIT, MLS_COUNT_NODE_COPY, 9);
	is(&l, COMMIT, MLS_COUNT_NODE_COPY, 11);
	is(&l, COMMIT, MLS_COUNT_SIGN, 2);
	is(&l, PROCESS, MLS_COUNT_NODE_COPY, 11);
	is(&l, PROCESS, MLS_COUNT_OPEN, 1);
	is(&l, PROCESS, MLS_COUNT_VERIFY, 2);
	is(&l, PROCESS, MLS_COUNT_SEAL, 0);
	is(&l, WATCH, MLS_COUNT_NODE_COPY, 11);
	is(&l, WATCH, MLS_COUNT_VERIFY, 2);
	is(&l, WATCH, MLS_COUNT_OPEN, 0);
	is(&l, WATCH, MLS_COUNT_HMAC, 0);
	is(&l, WATCH, MLS_COUNT_RECORD_READ, 0);
	is(&l, WATCH, MLS_COUNT_RECORD_WRITE, 0);
	for (op = COMMIT; op <= WATCH; op++) {
		/* Path, tree and parent hashes, and lookups by key. */
		grows(&s, &l, op, MLS_COUNT_HASH, 8);
		grows(&s, &l, op, MLS_COUNT_HMAC, 6);
		grows(&s, &l, op, MLS_COUNT_KEYGEN, 1);
		/* A node, its key, the key it had, our own key. */
		grows(&s, &l, op, MLS_COUNT_RECORD_WRITE, 6);
		grows(&s, &l, op, MLS_COUNT_RECORD_READ, 8);
	}
	for (op = SEND; op <= RECEIVE; op++) {
		grows(&s, &l, op, MLS_COUNT_HASH, 0);
		grows(&s, &l, op, MLS_COUNT_HMAC, 0);
		grows(&s, &l, op, MLS_COUNT_RECORD_WRITE, 0);
		grows(&s, &l, op, MLS_COUNT_RECORD_READ, 0);
	}
}

/* A tree of blank parents has as many seals as members; who takes them looks
 * at the path alone. */
static struct costs
sparse(uint32_t n)
{
	struct world w = open_world();
	struct mls_bytes *packages = must_alloc(n, sizeof(*packages));
	struct mls_bytes message, welcome;
	struct member creator, last;
	struct costs costs;
	uint32_t i;

	member_new(&creator, &w, 0);
	member_found(&creator, &w);
	member_new(&last, &w, n - 1);
	for (i = 1; i < n - 1; i++)
		packages[i - 1] = package_extra(&w, i);
	packages[n - 2] = last.package;
	change_take(member_commit(&message, &welcome, &creator, &w, packages,
	    n - 1, 0), &w);
	member_join(&last, &w, &welcome);
	commit(&costs, &w, &creator, &last);
	for (i = 1; i < n - 1; i++)
		mls_bytes_free(&packages[i - 1]);
	free(packages);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	member_free(&last);
	member_free(&creator);
	world_close(&w);
	return costs;
}

Test(cost, LIMIT_17_of_taking_a_sparse_path)
{
	struct costs s = sparse(SMALL / 4), l = sparse(LARGE / 4);

	is(&s, COMMIT, MLS_COUNT_SEAL, SMALL / 4 - 1);
	is(&l, COMMIT, MLS_COUNT_SEAL, LARGE / 4 - 1);
	grows(&s, &l, COLD, MLS_COUNT_RECORD_READ, 8);
	grows(&s, &l, COLD, MLS_COUNT_NODE_COPY, 1);
	grows(&s, &l, COLD, MLS_COUNT_HASH, 8);
	grows(&s, &l, PROCESS, MLS_COUNT_RECORD_WRITE, 6);
	grows(&s, &l, WATCH, MLS_COUNT_NODE_COPY, 1);
	grows(&s, &l, WATCH, MLS_COUNT_HASH, 8);
}

/* One member proposes to add somebody, and all the others know of it. */
static void
propose(struct world *w, struct member *from, struct member *to,
    const struct mls_bytes *package)
{
	struct mls_intent add = { .type = MLS_EFFECT_ADD,
		.key_package = octets(package) };
	struct mls_bytes message;
	mls_change *c;

	must(w, mls_group_make_proposal(&c, from->group, &add, NULL),
	    "propose");
	must(w, mls_change_release(&message, c), "propose");
	mls_change_drop(c);
	must(w, mls_group_receive(to->group, octets(&message), NULL, NULL),
	    "receive");
	mls_bytes_free(&message);
}

/* Hashes of committing n proposals of which one is there twice. */
static uint64_t
spoilt_list(uint32_t n)
{
	struct world w = open_world();
	const struct mls_summary *summary;
	struct meter m = { .n = n };
	struct member creator, last;
	struct mls_bytes package;
	mls_change *c;
	uint64_t hashes;
	uint32_t i;

	group_full(&creator, &last, &w, 3);
	for (i = 0; i < n; i++) {
		package = package_extra(&w, 3 + i);
		propose(&w, &last, &creator, &package);
		if (i == n / 3)
			propose(&w, &creator, &last, &package);
		mls_bytes_free(&package);
	}
	meter_begin(&m, &w);
	must(&w, mls_group_make_commit(&c, creator.group, NULL), "commit");
	meter_end(&m, &w);
	summary = mls_change_summary(c);
	cr_expect_eq(summary->n_effects, n, "%zu", summary->n_effects);
	cr_expect_eq(summary->n_left_out, 1);
	mls_change_drop(c);
	hashes = m.v[0].count[MLS_COUNT_HASH];
	meter_free(&m);
	member_free(&last);
	member_free(&creator);
	world_close(&w);
	return hashes;
}

Test(cost, LIMIT_17_of_leaving_out_a_proposal)
{
	uint64_t small = spoilt_list(16), large = spoilt_list(64);

	/* Sixteen times as much would be a try for each. */
	cr_expect(large <= 7 * small, "%ju, and %ju for four times as many",
	    (uintmax_t)small, (uintmax_t)large);
}
