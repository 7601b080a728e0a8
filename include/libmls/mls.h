/* SPDX-License-Identifier: MIT */
/*
 * libmls: Messaging Layer Security, RFC 9420.
 *
 * A context (config, providers, policy) has clients; a client (an identity
 * with a keystore) has groups; what happens to a group is a change.
 *
 * Every function that can fail returns 0 or a negative MLS_E_* and writes
 * nothing through its outputs when it fails.  Outputs come first.  Octets
 * that go in (struct mls_buf) are borrowed for the call; octets that come out
 * as struct mls_bytes are the caller's, to be freed by mls_bytes_free; those
 * that come out as struct mls_buf are borrowed from the object named.
 *
 * Threads: a context may be used from many threads; a client, its groups and
 * their changes from one thread at a time each, different groups in parallel.
 * After a fork the child makes a context of its own.
 */
#ifndef LIBMLS_MLS_H
#define LIBMLS_MLS_H

#include "libmls/types.h"
#include "libmls/errors.h"
#include "libmls/context.h"
#include "libmls/client.h"
#include "libmls/change.h"
#include "libmls/group.h"
#include "libmls/observer.h"

MLS_C_BEGIN

/* bytes_free(b): wipes, frees and empties; NULL and empty are fine. */
MLS_API void mls_bytes_free(struct mls_bytes *b);

/* What is known of an error.  Static data. */
struct mls_error_info {
	size_t size;
	int code;            /* MLS_E_* */
	const char *name;    /* without MLS_E_, in small letters */
	const char *rule;    /* id of the rule it reports */
	const char *section; /* of RFC 9420, or "-" */
	unsigned family;     /* one bit: MLS_FAMILY_* */
	int reaction;        /* MLS_REACT_* */
	int authenticated;   /* 1: the sender was authenticated by then */
	const char *text;
};

/* error_info(code): NULL for a number that is not in the table.
 * error_at(i): the i-th row from 0, or NULL behind the last. */
MLS_API const struct mls_error_info *mls_error_info(int code);
MLS_API const struct mls_error_info *mls_error_at(size_t i);

/* strerror(code): a line of text; never NULL. */
MLS_API const char *mls_strerror(int code);

MLS_API const char *mls_version(void);

MLS_C_END

#endif
