/* SPDX-License-Identifier: MIT */
/* mls-memory: the failing of allocations (memory.c), the scenario whose calls
 * are made to fail (memory_scene.c, memory_side.c, memory_watch.c), and the
 * loading of modules (memory_load.c). */
#ifndef TESTS_MEMORY_H
#define TESTS_MEMORY_H

#include "world.h"

#define PEOPLE 4
#define MOST_CALLS 160
#define ALICE (&s->person[0])
#define BOB (&s->person[1])
#define CAROL (&s->person[2])
#define DAVE (&s->person[3])

/* What a person's group is, as far as a failure must not change it. */
struct image {
	bool has;
	struct stand stand;
	uint32_t proposals;
	int pending, active;
};

/* One call of the scenario, over all rounds. */
struct call {
	const char *name;
	unsigned long n; /* the allocation that is to fail */
	unsigned turn;   /* in this round */
	unsigned long failures, absorbed;
	bool through;
};

struct stage;
typedef int (*runner)(struct stage *s, struct person *p);

struct stage {
	const struct options *o;
	uint16_t suite;
	mls_context *context;
	char folder[64]; /* of stores that are files */
	struct person person[PEOPLE];
	struct mls_bytes package[PEOPLE];
	struct mls_bytes message, welcome, tree;
	mls_change *change;
	runner maker; /* of the change that is to be released */
	uint32_t flags; /* of all commits */
	long made;      /* blocks there were when it was last made anew */
	unsigned grown; /* times in a row that these were more */
	long left;      /* blocks there were after the first round */
	mls_group *twin;
	mls_client *side;
	struct image before[PEOPLE]; /* the call that is made */
	struct mls_observer_view watched; /* then, too */
	unsigned long failures;
	mls_observer *observer;
	struct mls_bytes group_info;
	struct call call[MOST_CALLS];
	unsigned calls; /* so far in this round */
	unsigned long reloaded, remade;
};

/* stage_open(s): with its people; stage_close(s). */
void stage_open(struct stage *s);
void stage_close(struct stage *s);

/* attempt(s, name, p, run): a call of the scenario by this person, with each
 * of its allocations failing. */
void attempt(struct stage *s, const char *name, struct person *p,
    runner run);

/* scene_play(s): all calls in order; scene_side: those beside the main line,
 * in the midst of it; scene_watch: those of an observer, of a group of Alice, Bob
 * and Carol. */
void scene_play(struct stage *s);
void scene_side(struct stage *s);
void scene_watch(struct stage *s);

/* watch_long(s): an observer of many epochs takes no more memory in the last
 * than in the first ones. */
void watch_long(struct stage *s);

/* client_try(out, s, context, make): of somebody who is in no group; make is
 * mls_client_create or mls_client_open. */
int client_try(mls_client **out, const struct stage *s, mls_context *context,
    int (*make)(mls_client **, mls_context *,
    const struct mls_client_options *));

/* load_play(s): the first calls of a program, that load the modules. */
void load_play(struct stage *s);

#endif
