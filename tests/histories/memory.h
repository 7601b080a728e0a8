/* SPDX-License-Identifier: MIT */
/* mls-memory: the failing of allocations (memory.c), and the scenario whose
 * calls are made to fail (memory_scene.c, memory_watch.c). */
#ifndef TESTS_MEMORY_H
#define TESTS_MEMORY_H

#include "world.h"

#define PEOPLE 4
#define MOST_CALLS 160
#define ALICE (&s->person[0])
#define BOB (&s->person[1])
#define CAROL (&s->person[2])
#define DAVE (&s->person[3])

/* One call of the scenario, over all rounds. */
struct call {
	const char *name;
	unsigned long n; /* the allocation that is to fail */
	unsigned long failures, absorbed;
	bool through;
};

struct stage;
typedef int (*runner)(struct stage *s, struct person *p);

struct stage {
	const struct options *o;
	uint16_t suite;
	mls_context *context;
	struct person person[PEOPLE];
	struct mls_bytes package[PEOPLE];
	struct mls_bytes message, welcome, tree;
	mls_change *change;
	runner maker; /* of the change that is to be released */
	uint32_t flags; /* of all commits */
	long made;      /* blocks there were when it was last made anew */
	unsigned grown; /* times in a row that these were more */
	mls_group *twin;
	mls_observer *observer;
	struct mls_bytes group_info;
	struct call call[MOST_CALLS];
	unsigned calls; /* so far in this round */
	unsigned long others; /* errors but OUT_OF_MEMORY */
	unsigned long reloaded, remade;
};

/* stage_open(s): with its people; stage_close(s). */
void stage_open(struct stage *s);
void stage_close(struct stage *s);

/* attempt(s, name, p, run): a call of the scenario by this person, with each
 * of its allocations failing. */
void attempt(struct stage *s, const char *name, struct person *p,
    runner run);

/* scene_play(s): all calls in order.  scene_watch(s): those of an observer, of
 * a group of Alice, Bob and Carol. */
void scene_play(struct stage *s);
void scene_watch(struct stage *s);

/* watch_long(s): an observer of many epochs takes no more memory in the last
 * than in the first ones. */
void watch_long(struct stage *s);

#endif
