/* SPDX-License-Identifier: MIT */
/* A history as it is played: who is there, and what is under way. */
#ifndef TESTS_HISTORIES_PLAY_H
#define TESTS_HISTORIES_PLAY_H

#include "digest.h"
#include "world.h"

#define MOST_PEOPLE 40

/* An application message, and who is still to get it. */
struct letter {
	struct letter *next;
	struct mls_bytes message, data;
	uint64_t epoch;
	unsigned sender;
	uint32_t leaf;
	/* in how many epochs; 0: now; -1: never, or already */
	int due[MOST_PEOPLE];
	unsigned incarnation[MOST_PEOPLE];
};

struct play {
	struct options o;
	uint16_t suite;
	mls_context *contexts[MOST_PEOPLE]; /* one for all, or one each */
	unsigned n_contexts;
	struct mls_policy policy;
	struct digest digest;
	char folder[64];
	struct person people[MOST_PEOPLE];
	unsigned n, target; /* the size that the group drifts to */
	struct letter *letters;
	mls_observer *watch; /* NULL: none */
	struct {
		unsigned long commits, competing, messages, late, gone, joins,
		    removals, reloads, crashes, proposals, watched, unseen,
		    resyncs, entered, asked;
	} sum;
};

/* play_made(p, kind, by, message): a message was made, and goes round. */
void play_made(struct play *p, const char *kind, const struct person *by,
    const struct mls_bytes *message);

/* play_random(p): a member; play_members(p): how many. */
struct person *play_random(struct play *p);
unsigned play_members(const struct play *p);

/* play_send(p): someone says something; it is under way to all others.
 * play_deliver(p): what is due arrives, in any order, and is judged.
 * play_age(p): an epoch went by.  play_forget(p): all letters. */
void play_send(struct play *p);
void play_deliver(struct play *p);
void play_age(struct play *p);
void play_forget(struct play *p);

/* play_take(p, by, message): a handshake message arrives at a member, which
 * may look at it, drop it, and take it again before it applies it.  Gives
 * back whether it removed the member. */
bool play_take(struct play *p, struct person *by, struct mls_buf message);

/* play_propose(p): proposals by reference.  play_commit(p): the epoch ends. */
void play_propose(struct play *p);
void play_commit(struct play *p);

/* watch.c: an observer, if one is wanted; else these do nothing.
 * play_framing(p): of a handshake message.
 * watch_handshake(p, message): a proposal or commit goes round.
 * watch_commit(p, winner, loser): the commit of the epoch, and perhaps one that
 * comes too late.  watch_letter(p, message): application data.
 * watch_agree(p): it has what the members have. */
uint32_t play_framing(const struct play *p);
void watch_begin(struct play *p);
void watch_end(struct play *p);
void watch_handshake(struct play *p, struct mls_buf message);
void watch_commit(struct play *p, struct mls_buf winner,
    struct mls_buf loser);
void watch_letter(struct play *p, struct mls_buf message);
void watch_agree(struct play *p);

/* outside.c, of an observed history.  play_enter(p): somebody comes in by an
 * external commit, which ends the epoch; false if not.
 * play_ask(p, by, message): somebody proposes to be added; false if not. */
bool play_enter(struct play *p);
bool play_ask(struct play *p, struct person **by, struct mls_bytes *message);

/* intents.c: what to propose.  The octets that an intent borrows belong to
 * the struct. */
#define MOST_INTENTS 8
struct intents {
	unsigned n;
	struct mls_intent v[MOST_INTENTS];
	struct mls_bytes owned[MOST_INTENTS];
};
/* intents_draw(out, p, by, by_value): up to MOST_INTENTS that fit together. */
void intents_draw(struct intents *out, struct play *p, struct person *by,
    bool by_value);
void intents_free(struct intents *v);

#endif
