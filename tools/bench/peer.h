/* SPDX-License-Identifier: MIT */
/* What the modes of mls-bench share. */
#ifndef TOOLS_PEER_H
#define TOOLS_PEER_H

#include "bench.h"

#define COMMITS 16
#define MESSAGES 201
#define JOINERS 7

struct peer {
	struct world *w;
	const char *program;
	uint32_t n;
};

/* status_kb(field): of /proc/self/status, in KiB; 0 where there is none. */
unsigned long status_kb(const char *field);

/* emit(p, m): a line of JSON, and m is freed.  emit_more: with further fields,
 * each after a comma; m stays.  emit_bytes: a size alone. */
void emit(const struct peer *p, struct meter *m);
void emit_more(const struct peer *p, const struct meter *m,
    const char *further);
void emit_bytes(const struct peer *p, const char *op, size_t bytes);

/* A sparse group: everybody's key packages, of whom the first and some of the
 * last are at hand; made by adding all in one commit. */
struct crowd {
	struct mls_bytes *packages;
	struct member creator, one, last[JOINERS];
	size_t n_last;
};
void crowd_new(struct crowd *c, struct peer *p);
void crowd_free(struct crowd *c, const struct peer *p);

/* add_all(p, creator, packages, most): the creator adds all, anew each time,
 * and tells if there is more than one; the last Welcome is the one. */
struct mls_bytes add_all(struct peer *p, struct member *creator,
    const struct mls_bytes *packages, size_t most);

/* talk(p, from, to, size): application messages. */
void talk(struct peer *p, struct member *from, struct member *to,
    size_t size);

void mode_sparse(struct peer *p);
void mode_full(struct peer *p);
void mode_join_full(struct peer *p);
void mode_join_hostile(struct peer *p);
void mode_apps(struct peer *p);
void mode_hold(struct peer *p);
void mode_cold(struct peer *p);
void mode_many(struct peer *p);
void mode_make(struct peer *p); /* for hold; so below */
void mode_settle(struct peer *p); /* for cold */

#endif
