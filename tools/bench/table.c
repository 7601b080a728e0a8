/* SPDX-License-Identifier: MIT */
/* The table: what each operation takes at each size. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

enum op {
	OP_CREATE, OP_JOIN, OP_MAKE, OP_RELEASE, OP_COMMIT_APPLY, OP_PROCESS,
	OP_PROCESS_APPLY, OP_COLD, OP_SEND_FIRST, OP_SEND, OP_RECEIVE_FIRST,
	OP_RECEIVE, OP_LOOK, OP_WATCH, OP_WATCH_APPLY, OP_SAVE, OP_LOAD, OP_MAX
};

static const char *const names[OP_MAX] = {
	"create", "join", "commit: make", "commit: release", "commit: apply",
	"process", "process: apply", "process, cold", "send, first", "send",
	"receive, first", "receive", "observe", "watch", "watch: apply",
	"save", "load"
};

#define EPOCHS 15
#define MESSAGES 5 /* in each of them */

/* create: the creator adds all the others; join: the last one, in time. */
static void
create_and_join(struct meter *v, struct world *w, uint32_t n)
{
	struct mls_bytes *packages = must_alloc(n, sizeof(*packages));
	struct mls_bytes message, welcome;
	struct member creator, last;
	mls_change *c;
	uint32_t i;

	member_new(&creator, w, 0);
	member_new(&last, w, n - 1);
	for (i = 1; i < n - 1; i++)
		packages[i - 1] = package_extra(w, i);
	packages[n - 2] = last.package;
	meter_begin(&v[OP_CREATE], w);
	member_found(&creator, w);
	c = member_commit(&message, &welcome, &creator, w, packages, n - 1,
	    0);
	change_take(c, w);
	meter_end(&v[OP_CREATE], w);
	meter_begin(&v[OP_JOIN], w);
	member_join(&last, w, &welcome);
	meter_end(&v[OP_JOIN], w);
	for (i = 1; i < n - 1; i++)
		mls_bytes_free(&packages[i - 1]);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	member_free(&last);
	member_free(&creator);
	free(packages);
}

static int
look(void *payload, const struct mls_summary *summary)
{
	size_t *len = payload;

	*len = summary->data.len;
	return 0;
}

static void
talk(struct meter *v, struct world *w, struct member *from,
    struct member *to)
{
	static const uint8_t text[100] = { 7 };
	struct mls_buf data = { text, sizeof(text) };
	struct mls_bytes message;
	struct meter *send, *receive;
	size_t len;
	int i;

	for (i = 0; i < MESSAGES; i++) {
		send = &v[i == 0 ? OP_SEND_FIRST : OP_SEND];
		receive = &v[i == 0 ? OP_RECEIVE_FIRST : OP_RECEIVE];
		meter_begin(send, w);
		must(w, mls_group_send(&message, from->group, data), "send");
		meter_end(send, w);
		meter_begin(receive, w);
		must(w, mls_group_receive(to->group, octets(&message), look,
		    &len), "receive");
		meter_end(receive, w);
		if (len != sizeof(text))
			broken("a message was not what was sent");
		mls_bytes_free(&message);
	}
}

/* One epoch of a full group. */
static void
advance(struct meter *v, struct world *w, struct member *creator,
    struct member *last, mls_observer *server)
{
	struct mls_bytes message;
	mls_change *c;

	meter_begin(&v[OP_MAKE], w);
	must(w, mls_group_make_commit(&c, creator->group, NULL), "commit");
	meter_end(&v[OP_MAKE], w);
	meter_begin(&v[OP_RELEASE], w);
	must(w, mls_change_release(&message, c), "commit");
	meter_end(&v[OP_RELEASE], w);
	meter_begin(&v[OP_COMMIT_APPLY], w);
	change_take(c, w);
	meter_end(&v[OP_COMMIT_APPLY], w);
	meter_begin(&v[OP_PROCESS], w);
	c = member_process(last, w, &message);
	meter_end(&v[OP_PROCESS], w);
	meter_begin(&v[OP_PROCESS_APPLY], w);
	change_take(c, w);
	meter_end(&v[OP_PROCESS_APPLY], w);
	meter_begin(&v[OP_WATCH], w);
	must(w, mls_observer_process(&c, server, octets(&message)), "watch");
	meter_end(&v[OP_WATCH], w);
	meter_begin(&v[OP_WATCH_APPLY], w);
	change_take(c, w);
	meter_end(&v[OP_WATCH_APPLY], w);
	mls_bytes_free(&message);
}

/* A group that is opened for one commit, which is then dropped. */
static void
process_cold(struct meter *m, struct world *w, struct member *creator,
    struct member *last)
{
	struct mls_group_info_view view = MLS_GROUP_INFO_VIEW_INIT;
	struct mls_bytes message, id;
	mls_change *c, *mine;

	must(w, mls_group_info(&view, last->group), "the group");
	id.len = view.group_id.len;
	id.data = must_alloc(id.len, 1);
	memcpy(id.data, view.group_id.data, id.len);
	mine = member_commit(&message, NULL, creator, w, NULL, 0, 0);
	mls_group_close(last->group);
	meter_begin(m, w);
	must(w, mls_group_open(&last->group, last->client, octets(&id)),
	    "open");
	c = member_process(last, w, &message);
	meter_end(m, w);
	mls_change_drop(c);
	must(w, mls_change_cancel(mine), "cancel");
	mls_change_drop(mine);
	mls_bytes_free(&message);
	mls_bytes_free(&id);
}

static mls_observer *
save_and_load(struct meter *v, struct world *w, mls_observer *server)
{
	struct mls_bytes snapshot;

	meter_begin(&v[OP_SAVE], w);
	must(w, mls_observer_save(&snapshot, server), "save");
	meter_end(&v[OP_SAVE], w);
	mls_observer_close(server);
	meter_begin(&v[OP_LOAD], w);
	must(w, mls_observer_load(&server, w->context, octets(&snapshot)),
	    "load");
	meter_end(&v[OP_LOAD], w);
	mls_bytes_free(&snapshot);
	return server;
}

static void
measure(struct meter *v, struct world *w, uint32_t n)
{
	struct member creator, last;
	mls_observer *server;
	unsigned i;

	create_and_join(v, w, n);
	group_full(&creator, &last, w, n);
	meter_begin(&v[OP_LOOK], w);
	server = observe(w, &creator);
	meter_end(&v[OP_LOOK], w);
	for (i = 0; i < EPOCHS; i++) {
		advance(v, w, &creator, &last, server);
		talk(v, w, &creator, &last);
		process_cold(&v[OP_COLD], w, &creator, &last);
	}
	server = save_and_load(v, w, server);
	mls_observer_close(server);
	member_free(&last);
	member_free(&creator);
}

/* Counts do not scatter, but the first runs load what later ones find. */
static void
print_row(const struct meter *m)
{
	const uint64_t *c = m->v[m->runs - 1].count;

	printf("%-16s%6u%11.0f%11.0f", m->op, (unsigned)m->n, meter_cpu(m),
	    meter_wall(m));
	printf("%7ju%9ju%7ju", (uintmax_t)c[MLS_COUNT_HASH],
	    (uintmax_t)c[MLS_COUNT_HASH_BYTES], (uintmax_t)c[MLS_COUNT_HMAC]);
	printf("%6ju%6ju%6ju%7ju%7ju%6ju", (uintmax_t)c[MLS_COUNT_SEAL],
	    (uintmax_t)c[MLS_COUNT_OPEN], (uintmax_t)c[MLS_COUNT_SIGN],
	    (uintmax_t)c[MLS_COUNT_VERIFY], (uintmax_t)c[MLS_COUNT_KEYGEN],
	    (uintmax_t)c[MLS_COUNT_AEAD]);
	printf("%7ju%7ju%7ju%9ju\n", (uintmax_t)c[MLS_COUNT_NODE_COPY],
	    (uintmax_t)c[MLS_COUNT_RECORD_READ],
	    (uintmax_t)c[MLS_COUNT_RECORD_WRITE],
	    (uintmax_t)c[MLS_COUNT_RECORD_BYTES]);
}

static void
print_head(struct world *w)
{
	printf("suite 0x%04x, %s, keystore %s; create and join in a tree of "
	    "blank parents,\nthe rest in a full one; times are medians, in "
	    "microseconds\n\n", w->suite,
	    mls_suite_name(w->context, w->suite), w->keystore);
	printf("%-16s%6s%11s%11s%7s%9s%7s%6s%6s%6s%7s%7s%6s%7s%7s%7s%9s\n",
	    "operation", "size", "cpu", "wall", "hash", "octets", "hmac",
	    "seal", "open", "sign", "verify", "keygen", "aead", "copies",
	    "reads", "writes", "octets");
}

int
table_command(struct world *w, const uint32_t *sizes, size_t n)
{
	struct meter *all = must_alloc(n * OP_MAX, sizeof(*all)), *m;
	size_t i, op;

	for (i = 0; i < n; i++) {
		for (op = 0; op < OP_MAX; op++) {
			all[i * OP_MAX + op].op = names[op];
			all[i * OP_MAX + op].n = sizes[i];
		}
		measure(&all[i * OP_MAX], w, sizes[i]);
	}
	print_head(w);
	for (op = 0; op < OP_MAX; op++) {
		for (i = 0; i < n; i++) {
			m = &all[i * OP_MAX + op];
			print_row(m);
			meter_free(m);
		}
	}
	free(all);
	return 0;
}
