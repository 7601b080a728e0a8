/* SPDX-License-Identifier: MIT */
/*
 * One workload as JSON lines, for comparing implementations: what enters an
 * operation is octets, and what leaves it is.  process_* takes a member into
 * the new epoch.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

struct mls_bytes
add_all(struct peer *p, struct member *creator,
    const struct mls_bytes *packages, size_t most)
{
	struct meter m = { .op = "add_all", .floor = most > 1,
		.store = creator->client->store.inst };
	struct mls_bytes message = { NULL, 0 }, welcome = { NULL, 0 };
	double since = now_us();
	mls_change *c;

	do {
		mls_bytes_free(&welcome);
		mls_group_close(creator->group);
		creator->group = NULL;
		member_found(creator, p->w);
		meter_begin(&m, p->w);
		c = member_commit(&message, &welcome, creator, p->w, packages,
		    p->n - 1, 0);
		meter_end(&m, p->w);
		m.bytes = message.len;
		mls_change_drop(c);
		mls_bytes_free(&message);
	} while (more(&m, most, since));
	if (most > 1)
		emit(p, &m);
	meter_free(&m);
	return welcome;
}

/* The last joiners join, each a repetition of the others. */
static void
join_all(struct peer *p, const char *op, struct member *v, size_t n,
    const struct mls_bytes *welcome)
{
	struct meter m = { .op = op, .bytes = welcome->len, .floor = true,
		.store = v[0].client->store.inst };
	size_t i, bytes;

	for (i = 0; i < n; i++) {
		meter_begin(&m, p->w);
		member_join(&v[i], p->w, welcome);
		meter_end(&m, p->w);
	}
	bytes = (size_t)m.v[0].count[MLS_COUNT_RECORD_BYTES];
	emit(p, &m);
	emit_bytes(p, "state_bytes", bytes);
}

/* Empty commits until the time is up; the last one holds. */
static struct mls_bytes
commit_sparse(struct peer *p, struct member *from)
{
	struct meter m = { .op = "commit_sparse", .floor = true,
		.store = from->client->store.inst };
	struct meter apply = { .op = "commit_sparse_apply" };
	struct mls_bytes message = { NULL, 0 };
	double since = now_us();
	mls_change *c;

	for (;;) {
		meter_begin(&m, p->w);
		c = member_commit(&message, NULL, from, p->w, NULL, 0, 0);
		meter_end(&m, p->w);
		m.bytes = message.len;
		if (!more(&m, COMMITS, since))
			break;
		must(p->w, mls_change_cancel(c), "cancel");
		mls_change_drop(c);
		mls_bytes_free(&message);
	}
	meter_begin(&apply, p->w);
	change_take(c, p->w);
	meter_end(&apply, p->w);
	emit(p, &m);
	emit(p, &apply);
	return message;
}

static void
process(struct meter *m, struct peer *p, struct member *who,
    const struct mls_bytes *message)
{
	m->bytes = message->len;
	meter_begin(m, p->w);
	change_take(member_process(who, p->w, message), p->w);
	meter_end(m, p->w);
}

void
crowd_new(struct crowd *c, struct peer *p)
{
	size_t i;

	c->packages = must_alloc(p->n, sizeof(*c->packages));
	c->n_last = p->n - 2 < JOINERS ? p->n - 2 : JOINERS;
	member_new(&c->creator, p->w, 0);
	member_new(&c->one, p->w, 1);
	c->packages[0] = c->one.package;
	for (i = 2; i < p->n - c->n_last; i++)
		c->packages[i - 1] = package_extra(p->w, (uint32_t)i);
	for (i = 0; i < c->n_last; i++) {
		member_new(&c->last[i], p->w, (uint32_t)(p->n - 1 - i));
		c->packages[p->n - 2 - i] = c->last[i].package;
	}
}

void
crowd_free(struct crowd *c, const struct peer *p)
{
	size_t i;

	for (i = 2; i < p->n - c->n_last; i++)
		mls_bytes_free(&c->packages[i - 1]);
	for (i = 0; i < c->n_last; i++)
		member_free(&c->last[i]);
	member_free(&c->one);
	member_free(&c->creator);
	free(c->packages);
}

void
mode_sparse(struct peer *p)
{
	struct meter m = { .op = "process_sparse", .floor = true };
	struct mls_bytes welcome, message;
	struct crowd c;
	size_t i;

	crowd_new(&c, p);
	m.store = c.last[0].client->store.inst;
	welcome = add_all(p, &c.creator, c.packages, 6);
	emit_bytes(p, "add_all_welcome", welcome.len);
	join_all(p, "join", c.last, c.n_last, &welcome);
	member_join(&c.one, p->w, &welcome);
	message = commit_sparse(p, &c.one);
	for (i = 0; i < c.n_last; i++)
		process(&m, p, &c.last[i], &message);
	emit(p, &m);
	talk(p, &c.one, &c.last[0], 32);
	talk(p, &c.one, &c.last[0], 1024);
	talk(p, &c.one, &c.last[0], 65536);
	mls_bytes_free(&welcome);
	mls_bytes_free(&message);
	crowd_free(&c, p);
}

void
mode_full(struct peer *p)
{
	struct meter commit = { .op = "commit_full", .floor = true };
	struct meter settle = { .op = "commit_full_apply", .floor = true };
	struct meter taken = { .op = "process_full", .floor = true };
	struct member creator, last;
	struct mls_bytes message;
	mls_change *c;
	double since;

	group_full(&creator, &last, p->w, p->n);
	commit.store = settle.store = creator.client->store.inst;
	taken.store = last.client->store.inst;
	since = now_us();
	while (more(&commit, COMMITS, since)) {
		meter_begin(&commit, p->w);
		c = member_commit(&message, NULL, &creator, p->w, NULL, 0, 0);
		meter_end(&commit, p->w);
		commit.bytes = message.len;
		meter_begin(&settle, p->w);
		change_take(c, p->w);
		meter_end(&settle, p->w);
		process(&taken, p, &last, &message);
		mls_bytes_free(&message);
	}
	emit(p, &commit);
	emit(p, &settle);
	emit(p, &taken);
	member_free(&last);
	member_free(&creator);
}

/* A tree with parents, and with leaves that they do not know of yet. */
void
mode_join_full(struct peer *p)
{
	struct member creator, last, v[JOINERS];
	struct mls_bytes packages[JOINERS], message, welcome;
	uint32_t i;

	group_full(&creator, &last, p->w, p->n);
	for (i = 0; i < JOINERS; i++) {
		member_new(&v[i], p->w, p->n + i);
		packages[i] = v[i].package;
	}
	change_take(member_commit(&message, &welcome, &creator, p->w,
	    packages, JOINERS, 0), p->w);
	join_all(p, "join_full", v, JOINERS, &welcome);
	for (i = 0; i < JOINERS; i++)
		member_free(&v[i]);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	member_free(&last);
	member_free(&creator);
}

/* The tree whose parent hashes cost the most: every second leaf is unmerged at
 * all of its parents. */
void
mode_join_hostile(struct peer *p)
{
	size_t n = p->n / 2, extra = n > JOINERS ? n - JOINERS : 0, i;
	struct mls_bytes *packages = must_alloc(n, sizeof(*packages));
	struct mls_bytes message, welcome;
	struct member creator, v[JOINERS];

	group_scattered(&creator, p->w, p->n);
	for (i = 0; i < n; i++) {
		if (i >= extra)
			member_new(&v[i - extra], p->w, (uint32_t)(p->n + i));
		packages[i] = i < extra ? package_extra(p->w,
		    (uint32_t)(p->n + i)) : v[i - extra].package;
	}
	change_take(member_commit(&message, &welcome, &creator, p->w,
	    packages, n, 0), p->w);
	join_all(p, "join_hostile", v, n - extra, &welcome);
	for (i = 0; i < n; i++) {
		if (i >= extra)
			member_free(&v[i - extra]);
		else
			mls_bytes_free(&packages[i]);
	}
	free(packages);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	member_free(&creator);
}

static const struct {
	const char *name;
	void (*run)(struct peer *p);
} modes[] = {
	{ "sparse", mode_sparse }, { "full", mode_full },
	{ "join_full", mode_join_full },
	{ "join_hostile", mode_join_hostile }, { "apps", mode_apps },
	{ "hold", mode_hold }, { "cold", mode_cold }, { "many", mode_many },
	{ "make", mode_make }, { "settle", mode_settle },
};

int
peer_command(struct world *w, const char *program, const char *mode,
    uint32_t n)
{
	struct peer p = { w, program, n };
	size_t i;

	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		if (strcmp(mode, modes[i].name) != 0)
			continue;
		modes[i].run(&p);
		return 0;
	}
	return 2;
}
