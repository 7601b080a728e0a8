/* SPDX-License-Identifier: MIT */
/* mls-bench: what operations cost, in time and in counts. */
#ifndef TOOLS_BENCH_H
#define TOOLS_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "group/group.h"
#include "libmls/mls.h"

struct gauge;

struct world {
	const char *provider; /* of all crypto; NULL: as configured */
	const char *config;   /* a file, which says it instead; or NULL */
	const char *keystore; /* of members that are measured */
	const char *executor; /* NULL: as configured */
	uint16_t suite;
	mls_context *context;
	char dir[64];       /* of sqlite's files; empty until one is wanted */
	unsigned files;
	struct gauge *gauge; /* of the executor, once it is there */
};

/* world_open(w): of provider, keystore and suite; ends the program if there
 * is none.  world_close: removes what it made. */
void world_open(struct world *w);
void world_close(struct world *w);

/* world_file(out, size, w): the name of a new file, which world_close
 * removes. */
void world_file(char *out, size_t size, struct world *w);

/* must(w, rc, what): ends the program, telling why, unless rc is 0. */
void must(const struct world *w, int rc, const char *what);
void *must_alloc(size_t n, size_t size);
void broken(const char *what);

struct member {
	mls_client *client;
	mls_group *group;
	struct mls_bytes package;
};

/* member_new(m, w, i): member-%06u with a key package, to be measured;
 * member_extra: one that needs no keystore but memory.  package_extra: the key
 * package alone of somebody who will never join. */
void member_new(struct member *m, struct world *w, uint32_t i);
void member_extra(struct member *m, struct world *w, uint32_t i);
struct mls_bytes package_extra(struct world *w, uint32_t i);

/* member_at: with its store in that file of sqlite's.  member_open: the client
 * that is there. */
void member_at(struct member *m, struct world *w, uint32_t i,
    const char *path);
void member_open(struct member *m, struct world *w, const char *path);
void member_free(struct member *m);

/* Each ends the program unless it works. */
void member_found(struct member *m, const struct world *w);
void member_join(struct member *m, const struct world *w,
    const struct mls_bytes *welcome);

/* member_commit(c, message, welcome, ...): made and released; adds n key
 * packages.  welcome may be NULL.  The caller applies or cancels, and
 * drops. */
mls_change *member_commit(struct mls_bytes *message,
    struct mls_bytes *welcome, const struct member *m, const struct world *w,
    const struct mls_bytes *packages, size_t n, uint32_t flags);
mls_change *member_process(const struct member *m, const struct world *w,
    const struct mls_bytes *message);
void change_take(mls_change *c, const struct world *w); /* and drop */

/* observe(w, m): a server that looks on from where m is. */
mls_observer *observe(const struct world *w, const struct member *m);
struct mls_buf octets(const struct mls_bytes *b);

/* group_full(creator, last, w, n): a group of n without a blank parent above
 * members, of which the first and the last member are at hand: every second
 * member has committed while adding the next two.  These need not join, which
 * would take ever longer: the creator's handle commits in their names. */
void group_full(struct member *creator, struct member *last,
    struct world *w, uint32_t n);

/* group_scattered(creator, w, n): a group of n leaves, every second one blank,
 * and no blank parent above the others: who is added next is unmerged all the
 * way up.  The creator's handle commits in the name of one of them. */
void group_scattered(struct member *creator, struct world *w, uint32_t n);

/* What one operation took, several times over.  If it is to be held against
 * its floor, the first time is for the tape and not for the clock. */
struct reading {
	double wall, cpu, ranges; /* microseconds */
	uint64_t count[MLS_COUNT_MAX], allocs;
};
struct meter {
	const char *op;
	uint32_t n; /* members */
	struct reading *v;
	size_t runs;
	size_t bytes; /* of what it made or took */
	bool floor;
	struct mls_instance *store; /* to be on it too; or NULL */
	struct tape *tape; /* of the first time, if there is to be a floor */
};
void meter_begin(struct meter *m, struct world *w);
void meter_end(struct meter *m, struct world *w);
double meter_wall(const struct meter *m); /* medians */
double meter_cpu(const struct meter *m);
double meter_ranges(const struct meter *m);
double meter_floor(const struct meter *m, bool store); /* 0: none */
void meter_free(struct meter *m);

/* more(m, most, since): whether to repeat it. */
bool more(const struct meter *m, size_t most, double since);

/* CPU time inside of the executor's ranges. */
void gauge_watch(struct world *w);
double gauge_us(const struct world *w);
void gauge_end(struct world *w);

/* A stretch of time that repetitions may fill. */
double now_us(void);
double cpu_us(void); /* of this process */
#define BUDGET_US 3e6

int table_command(struct world *w, const uint32_t *sizes, size_t n);
int peer_command(struct world *w, const char *program, const char *mode,
    uint32_t n);

#endif
