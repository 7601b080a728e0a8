/* SPDX-License-Identifier: MIT */
/*
 * mls-counters FILE: what twelve operations count, exactly, held against what
 * was recorded in FILE; TAP.  mls-counters alone prints what is to be recorded.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define SPARSE 100u
#define FULL 128u
#define FIELDS 6

static const char *const fields[FIELDS] = {
	"key operations", "hashes", "octets hashed", "allocations",
	"nodes copied", "records written"
};

struct counters {
	FILE *recorded; /* NULL: print */
	unsigned n;
	bool failed;
	struct world w;
};

static void
take_fields(uint64_t out[FIELDS], const struct reading *r)
{
	const uint64_t *c = r->count;

	out[0] = c[MLS_COUNT_SEAL] + c[MLS_COUNT_OPEN] + c[MLS_COUNT_SIGN] +
	    c[MLS_COUNT_VERIFY] + c[MLS_COUNT_KEYGEN];
	out[1] = c[MLS_COUNT_HASH] + c[MLS_COUNT_HMAC];
	out[2] = c[MLS_COUNT_HASH_BYTES];
	out[3] = r->allocs;
	out[4] = c[MLS_COUNT_NODE_COPY];
	out[5] = c[MLS_COUNT_RECORD_WRITE];
}

static void
compare(struct counters *x, const char *op, const uint64_t is[FIELDS])
{
	unsigned long long was;
	char name[40], word[40];
	bool more = false, less = false;
	size_t i;

	if (fscanf(x->recorded, "%39s", name) != 1 || strcmp(name, op) != 0)
		broken("what was recorded is of other operations");
	for (i = 0; i < FIELDS; i++) {
		if (fscanf(x->recorded, "%39s", word) != 1)
			broken("what was recorded ends early");
		was = strtoull(word, NULL, 10);
		if (is[i] == was)
			continue;
		more = more || is[i] > was;
		less = less || is[i] < was;
		printf("# %s: %s: %ju, recorded %llu\n", op, fields[i],
		    (uintmax_t)is[i], was);
	}
	if (less && !more)
		printf("# less than recorded: mls-counters >"
		    "tests/perf/recorded\n");
	printf("%sok %u - %s\n", more ? "not " : "", x->n, op);
	x->failed = x->failed || more;
}

/* What was measured last. */
static void
report(struct counters *x, const char *op, struct meter *m)
{
	uint64_t v[FIELDS];
	size_t i;

	take_fields(v, &m->v[m->runs - 1]);
	x->n++;
	if (x->recorded != NULL) {
		compare(x, op, v);
	} else {
		printf("%s", op);
		for (i = 0; i < FIELDS; i++)
			printf(" %ju", (uintmax_t)v[i]);
		printf("\n");
	}
	meter_free(m);
}

/* Twice, so that what only the first one loads does not count. */
static void
commits(struct counters *x, const char *make, const char *apply,
    const char *process, struct member *from, struct member *to)
{
	struct meter m = { .n = 0 }, a = { .n = 0 }, p = { .n = 0 };
	struct mls_bytes message;
	mls_change *c;
	int i;

	for (i = 0; i < 2; i++) {
		meter_begin(&m, &x->w);
		c = member_commit(&message, NULL, from, &x->w, NULL, 0, 0);
		meter_end(&m, &x->w);
		meter_begin(&a, &x->w);
		change_take(c, &x->w);
		meter_end(&a, &x->w);
		meter_begin(&p, &x->w);
		change_take(member_process(to, &x->w, &message), &x->w);
		meter_end(&p, &x->w);
		mls_bytes_free(&message);
	}
	report(x, make, &m);
	report(x, apply, &a);
	report(x, process, &p);
}

static void
sparse(struct counters *x)
{
	struct mls_bytes *packages = must_alloc(SPARSE, sizeof(*packages));
	struct mls_bytes message, welcome;
	struct member creator, last;
	struct meter m = { .n = 0 };
	mls_change *c;
	uint32_t i;

	member_new(&creator, &x->w, 0);
	member_found(&creator, &x->w);
	member_new(&last, &x->w, SPARSE - 1);
	for (i = 1; i < SPARSE - 1; i++)
		packages[i - 1] = package_extra(&x->w, i);
	packages[SPARSE - 2] = last.package;
	meter_begin(&m, &x->w);
	c = member_commit(&message, &welcome, &creator, &x->w, packages,
	    SPARSE - 1, 0);
	meter_end(&m, &x->w);
	report(x, "add_all", &m);
	change_take(c, &x->w);
	meter_begin(&m, &x->w);
	member_join(&last, &x->w, &welcome);
	meter_end(&m, &x->w);
	report(x, "join", &m);
	mls_bytes_free(&message);
	meter_begin(&m, &x->w);
	c = member_commit(&message, NULL, &creator, &x->w, NULL, 0, 0);
	meter_end(&m, &x->w);
	report(x, "commit_sparse", &m);
	change_take(c, &x->w);
	meter_begin(&m, &x->w);
	change_take(member_process(&last, &x->w, &message), &x->w);
	meter_end(&m, &x->w);
	report(x, "process_sparse", &m);
	for (i = 1; i < SPARSE - 1; i++)
		mls_bytes_free(&packages[i - 1]);
	free(packages);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	member_free(&last);
	member_free(&creator);
}

static void
talk(struct counters *x, struct member *from, struct member *to)
{
	static const uint8_t text[32] = { 7 };
	struct mls_buf data = { text, sizeof(text) };
	struct meter out = { .n = 0 }, in = { .n = 0 };
	struct mls_bytes message;
	int i;

	for (i = 0; i < 3; i++) {
		meter_begin(&out, &x->w);
		must(&x->w, mls_group_send(&message, from->group, data),
		    "send");
		meter_end(&out, &x->w);
		meter_begin(&in, &x->w);
		must(&x->w, mls_group_receive(to->group, octets(&message),
		    NULL, NULL), "receive");
		meter_end(&in, &x->w);
		mls_bytes_free(&message);
	}
	report(x, "send", &out);
	report(x, "receive", &in);
}

static void
join_full(struct counters *x, struct member *creator)
{
	struct mls_bytes message, welcome;
	struct meter m = { .n = 0 };
	struct member more;

	member_new(&more, &x->w, FULL);
	change_take(member_commit(&message, &welcome, creator, &x->w,
	    &more.package, 1, 0), &x->w);
	meter_begin(&m, &x->w);
	member_join(&more, &x->w, &welcome);
	meter_end(&m, &x->w);
	report(x, "join_full", &m);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	member_free(&more);
}

/* A server that looks on, and the group as it is opened. */
static void
look_on(struct counters *x, struct member *creator)
{
	struct mls_group_info_view view = MLS_GROUP_INFO_VIEW_INIT;
	mls_observer *o = observe(&x->w, creator);
	struct meter m = { .n = 0 };
	struct mls_bytes message;
	uint8_t id[64];
	struct mls_buf group_id = { id, 0 };
	mls_change *c;

	change_take(member_commit(&message, NULL, creator, &x->w, NULL, 0,
	    0), &x->w);
	meter_begin(&m, &x->w);
	must(&x->w, mls_observer_process(&c, o, octets(&message)), "watch");
	change_take(c, &x->w);
	meter_end(&m, &x->w);
	report(x, "watch", &m);
	mls_observer_close(o);
	mls_bytes_free(&message);
	must(&x->w, mls_group_info(&view, creator->group), "the group");
	group_id.len = view.group_id.len;
	if (group_id.len > sizeof(id))
		broken("a long group id");
	memcpy(id, view.group_id.data, group_id.len);
	mls_group_close(creator->group);
	creator->group = NULL;
	meter_begin(&m, &x->w);
	must(&x->w, mls_group_open(&creator->group, creator->client,
	    group_id), "open");
	meter_end(&m, &x->w);
	report(x, "open", &m);
}

int
main(int argc, char **argv)
{
	struct counters x = { .w = { .provider = "openssl",
		.keystore = "memory", .executor = "serial", .suite = 1 } };
	struct member creator, last;

	if (argc > 1) {
		x.recorded = fopen(argv[1], "r");
		if (x.recorded == NULL)
			broken("cannot read what was recorded");
		printf("1..12\n");
	}
	world_open(&x.w);
	sparse(&x);
	group_full(&creator, &last, &x.w, FULL);
	commits(&x, "commit_full", "commit_full_apply", "process_full",
	    &creator, &last);
	talk(&x, &creator, &last);
	join_full(&x, &creator);
	look_on(&x, &creator);
	member_free(&last);
	member_free(&creator);
	world_close(&x.w);
	if (x.recorded != NULL)
		fclose(x.recorded);
	return x.failed;
}
