/* SPDX-License-Identifier: MIT */
/*
 * A random walk over all that groups can do: several groups at once, people who
 * are in many of them, who come and go in every way, groups that end, follow
 * from others and branch; and an observer beside each.
 */
#ifndef TESTS_HISTORIES_WALK_H
#define TESTS_HISTORIES_WALK_H

#include "world.h"

#define WALKERS 10
#define PORTER WALKERS /* one more, in no group: an external sender */
#define ROOMS 6
#define LETTERS 24
#define MOST_LEAVERS 4
#define PAST 3 /* epochs kept */

#define NOTE 0xf101  /* a proposal of the application */
#define BADGE 0xf003 /* a credential: the name in a vector */

/* A person's place in a room. */
struct seat {
	mls_group *group; /* of a former member too, until it is forgotten */
	bool in;
	uint64_t since; /* epoch of the join */
	bool asked;     /* an Add of theirs waits in this epoch */
};

struct room {
	bool used;
	bool over; /* ended by a ReInit; its successor is to be made */
	unsigned serial;
	char id[16];
	uint16_t suite, next_suite;
	uint64_t epoch;
	struct seat seats[WALKERS];
	bool door; /* the porter is one of its external senders */
	unsigned waiting; /* proposals in this epoch */
	struct mls_bytes leavers[MOST_LEAVERS]; /* SelfRemoves among them */
	unsigned n_leavers;
	unsigned applied; /* NOTEs of the last commit, by members */
	mls_observer *watch; /* NULL: not yet */
};

/* A message that is still under way to some. */
struct letter {
	unsigned serial;
	uint64_t epoch;
	unsigned from;
	struct mls_bytes message, data;
	bool due[WALKERS];
};

struct walk {
	mls_context *context;
	struct person people[WALKERS + 1];
	struct room rooms[ROOMS];
	struct letter letters[LETTERS];
	unsigned rooms_made;
	unsigned long shown, unseen; /* messages, to observers */
	unsigned long done[32]; /* by operation */
};

extern struct walk walk;

/* Of what a room is, and who is there. */
unsigned room_members(const struct room *r);
unsigned room_member(const struct room *r);          /* a random one */
bool room_stranger(unsigned *out, const struct room *r); /* not asked yet */
struct room *room_free_slot(void);
struct room *room_of(const mls_group *group);
void room_begin(struct room *r, uint16_t suite);
void room_end(struct room *r);
struct mls_bytes room_info(struct room *r, bool beside);
/* walker_of(identity): its number. */
unsigned walker_of(const struct mls_identity *identity);
uint16_t draw_suite(void);

/* room_compare(r): all members agree with one another. */
void room_compare(struct room *r);

/* room_tell(r, from, message): all others take it, and see the same.
 * room_tell_but(..., but): except that one, too. */
void room_tell(struct room *r, unsigned from, const struct mls_bytes *message,
    unsigned but);

/* room_commit(r, by, change): a commit that was made: released, taken by all,
 * with the Welcome to those whom it adds. */
void room_commit(struct room *r, unsigned by, mls_change *change);

/* room_next(r): the next epoch: nothing waits any more. */
void room_next(struct room *r);

/* person_leaves(r, who): a member that a commit has removed. */
void person_leaves(struct room *r, unsigned who);

/* walk_watch.c: watch_take(r, message): what the members take as well;
 * watch_compare(r, members): it knows as much as they, but for secrets. */
void watch_take(struct room *r, const struct mls_bytes *message);
void watch_compare(struct room *r, const struct mls_group_info_view *members);
void watch_end(struct room *r);

/* walk_letters.c: someone says something; what is under way arrives. */
bool walk_send(void);
void walk_deliver(void);
void walk_letters_free(void);

/* walk_token.c: token_context(policy, module): suites 1 and 3 by a token, of
 * the module at that path.  token_check(): exactly the keys that the stores
 * refer to live there; how many. */
mls_context *token_context(const struct mls_policy *policy,
    const char *module);
unsigned token_check(void);
void token_end(void);

/* Operations: false if it does not fit what there is now. */
bool walk_propose(void);
bool walk_propose_outside(void);
bool walk_commit(void);
bool walk_enter(void);
bool walk_return(void); /* resync */
bool walk_door(void);
bool walk_past(void); /* a resumption PSK */
bool walk_renew(void); /* credential or signature key */
bool walk_create(void);
bool walk_reinit(void);
bool walk_branch(void);
bool walk_dissolve(void);
bool walk_crash(void);

#endif
