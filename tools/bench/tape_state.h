/* SPDX-License-Identifier: MIT */
/* What a tape holds, for those who record and play it. */
#ifndef TOOLS_TAPE_STATE_H
#define TOOLS_TAPE_STATE_H

#include <pthread.h>

#include "tape.h"

#define NO_SLOT UINT32_MAX
#define MOST_SHIMS 7 /* five roles, the randomness, the store */

/* Stands in the place of an instance's provider. */
struct shim {
	struct tape *tape;
	struct mls_instance *inst;
	const struct mls_provider *desc; /* the real one, so below */
	const struct mls_crypto_ops *real;
	const struct mls_rng_ops *rng;
	const struct mls_keystore_ops *store;
	void *ctx;
	struct mls_provider mine;
	struct mls_crypto_ops ops;
	struct mls_rng_ops rng_ops;
	struct mls_keystore_ops store_ops;
};

struct piece {
	size_t at, len;
};

struct call {
	enum tape_op op;
	unsigned shim;
	uint16_t role, id;
	uint32_t slot;        /* of the key, made or used */
	size_t first, pieces; /* what was handed over */
	size_t len;
};

/* A private key: made on the tape, or (blob not NULL) there before; or a
 * transaction. */
struct slot {
	const void *seen;    /* while it records */
	struct mls_key *key; /* while it plays; so below */
	struct mls_txn *txn;
	unsigned shim;
	uint16_t role, id;
	uint8_t *blob;
	size_t len;
};

/* A record as it was before playing. */
struct kept {
	bool found;
	uint8_t *data;
	size_t len;
};

struct tape {
	const struct mls_suite *suite;
	pthread_mutex_t mutex;
	struct shim shims[MOST_SHIMS];
	size_t n_shims;
	struct call *calls;
	struct piece *pieces;
	struct slot *slots;
	uint8_t *octets;
	size_t n, cap, n_pieces, cap_pieces, n_slots, cap_slots;
	size_t n_octets, cap_octets;
	size_t scratch_len;
	uint64_t count[TAPE_OPS];
	struct kept *kept; /* by call, while it plays */
};

/* For the wrappers: tape_lock(ctx) gives the shim, tape_unlock(m, status) the
 * status back; in between a call is noted, and what was handed over. */
struct shim *tape_lock(void *ctx);
int tape_unlock(struct shim *m, int status);
struct call *tape_note(struct shim *m, enum tape_op op, uint16_t id);
void tape_piece(struct shim *m, struct mls_buf in);
uint32_t tape_slot(struct shim *m, const void *object);
uint32_t tape_find(const struct tape *t, const void *object);

/* tape_key(m, key, role, id): the slot of a key; of one from before the tape, a
 * copy to be used when it plays.  tape_take_keys(m): stand before the operations
 * that make keys and give them back. */
uint32_t tape_key(struct shim *m, const struct mls_key *key, uint16_t role,
    uint16_t id);
void tape_take_keys(struct shim *m);

/* tape_take_store(m): stand before a keystore.  tape_play_store(m, c, in,
 * slot): one call again. */
void tape_take_store(struct shim *m);
void tape_play_store(struct shim *m, const struct call *c,
    const struct mls_buf *in, struct slot *slot);

#endif
