/* SPDX-License-Identifier: MIT */
/*
 * What an operation asked of its providers, to be asked again with nothing
 * around it: the floor that no framework gets below.  While a tape runs, it
 * stands between the routed instances and their providers, and keeps every
 * call with its inputs.
 */
#ifndef TOOLS_TAPE_H
#define TOOLS_TAPE_H

#include "plugin/plugins.h"
#include "crypto/suite.h"

enum tape_op {
	TAPE_GENERATE, TAPE_DERIVE, TAPE_IMPORT, TAPE_LOAD, TAPE_SAVE,
	TAPE_PUBLIC, TAPE_RELEASE, TAPE_ENCAP, TAPE_BATCH, TAPE_DECAP,
	TAPE_CHECK, TAPE_SIGN, TAPE_VERIFY, TAPE_HASH, TAPE_HMAC, TAPE_SEAL,
	TAPE_OPEN, TAPE_EXPAND, TAPE_RANDOM,
	TAPE_BEGIN, TAPE_GET, TAPE_SCAN, TAPE_PUT, TAPE_DEL, TAPE_COMMIT,
	TAPE_ROLLBACK, TAPE_OPS
};

struct tape;

/* tape_start(s, store): record what is asked of the providers of this suite,
 * and of a keystore (may be NULL), which has to live as long as it is played.
 * One tape runs at a time.  tape_stop(t): no more. */
struct tape *tape_start(const struct mls_suite *s,
    struct mls_instance *store);
void tape_stop(struct tape *t);

/* tape_play(t, store): every call again, in order; CPU time in microseconds.
 * store false: but for those of the keystore; what is written again is the
 * store's between tape_keep(t) and tape_restore(t). */
double tape_play(struct tape *t, bool store);
void tape_keep(struct tape *t);
void tape_restore(struct tape *t);

/* tape_calls(t, op): how many there were, each recipient of a batch one.
 * tape_key_ops(t): of those with private or public keys. */
uint64_t tape_calls(const struct tape *t, enum tape_op op);
uint64_t tape_key_ops(const struct tape *t);
void tape_free(struct tape *t);

#endif
