/* SPDX-License-Identifier: MIT */
/* Types that RFC 9420 leaves to others (§13): what a reader asks for the length
 * of a body whose struct it does not know. */
#ifndef MLS_BASE_CUSTOMS_H
#define MLS_BASE_CUSTOMS_H

#include "base/reader.h"

/* Each tells how many octets of `in` are the body: 0 or MLS_E_*. */
struct mls_customs {
	const void *arg;
	int (*proposal)(const void *arg, uint16_t type, struct mls_buf in,
	    size_t *len);
	int (*credential)(const void *arg, uint16_t type, struct mls_buf in,
	    size_t *len);
};

/* For what was read and judged before: any credential of one vector. */
extern const struct mls_customs mls__customs_any;

/* read_proposal_body, read_credential_body(r, type): by r->customs;
 * UNKNOWN_PROPOSAL_TYPE, UNKNOWN_CREDENTIAL_TYPE (WIRE-18, WIRE-19). */
struct mls_buf mls__read_proposal_body(struct mls_reader *r, uint16_t type);
struct mls_buf mls__read_credential_body(struct mls_reader *r,
    uint16_t type);

/* customs_opaque(in, len): the length of one opaque<V>. */
int mls__customs_opaque(struct mls_buf in, size_t *len);

#endif
