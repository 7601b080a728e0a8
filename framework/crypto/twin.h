/* SPDX-License-Identifier: MIT */
/*
 * Cross-check mode: with `verify-with` in the config, a second provider does
 * what the first one does, and both must come to the same.
 *
 *	rc = mls__twin_begin(&t, s, MLS_ROLE_HASH, s->nh);
 *	if (rc != 0)
 *		return rc;
 *	MLS_CALL(st, s->hash.inst, hash, id, in, n, out);
 *	MLS_TWIN_CALL(&t, hash, id, in, n, t.data);
 *	return mls__twin_end(&t, "hash", st, out);
 *
 * Where the first works in place, the twin goes before it.
 */
#ifndef MLS_CRYPTO_TWIN_H
#define MLS_CRYPTO_TWIN_H

#include "crypto/call.h"
#include "crypto/suite.h"

struct mls_twin {
	const struct mls_suite *suite;
	struct mls_instance *inst; /* NULL: nobody checks */
	uint16_t role;
	int status;
	uint8_t *data; /* len octets for the second result */
	size_t len;
};

/* twin_begin(t, s, role, len): OUT_OF_MEMORY, and then there is nothing to
 * end. */
int mls__twin_begin(struct mls_twin *t, const struct mls_suite *s,
    uint16_t role, size_t len);

#define MLS_TWIN_CALL(t, op, ...) \
	do { \
		if ((t)->inst != NULL) \
			MLS_CALL((t)->status, (t)->inst, op, __VA_ARGS__); \
	} while (0)

/* twin_end(t, what, first, out): the error of the second provider, or
 * PROVIDER_DISAGREEMENT, which is logged with both names and nothing secret.
 * A first provider that failed, or that refused as the second did, is not
 * judged: 0.  twin_drop(t) ends it without. */
int mls__twin_end(struct mls_twin *t, const char *what, int first,
    const uint8_t *out);
void mls__twin_drop(struct mls_twin *t);

#endif
