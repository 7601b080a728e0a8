/* SPDX-License-Identifier: MIT */
/* What a tape holds, for those who record and play it. */
#ifndef TOOLS_TAPE_STATE_H
#define TOOLS_TAPE_STATE_H

#include <pthread.h>

#include "tape.h"

#define NO_SLOT UINT32_MAX
#define MOST_SHIMS 6 /* five roles and the randomness */

/* Stands in the place of an instance's provider. */
struct shim {
	struct tape *tape;
	struct mls_instance *inst;
	const struct mls_provider *desc; /* the real one, so below */
	const struct mls_crypto_ops *real;
	const struct mls_rng_ops *rng;
	void *ctx;
	struct mls_provider mine;
	struct mls_crypto_ops ops;
	struct mls_rng_ops rng_ops;
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

/* A private key: made on the tape, or (blob not NULL) there before. */
struct slot {
	const struct mls_key *seen; /* while it records */
	struct mls_key *key;        /* while it plays */
	unsigned shim;
	uint16_t role, id;
	uint8_t *blob;
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
};

#endif
