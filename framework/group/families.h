/* SPDX-License-Identifier: MIT */
/* Which families of errors a public call may answer, as its users may rely
 * on; a debug build stops where one answers another (base/error.h). */
#ifndef MLS_GROUP_FAMILIES_H
#define MLS_GROUP_FAMILIES_H

#include "libmls/errors.h"

/* What any call may meet: misuse, memory, a provider, a bug of ours. */
#define MLS_MAY_ANY (MLS_FAMILY_CALLER | MLS_FAMILY_LIMIT | \
	MLS_FAMILY_PROVIDER | MLS_FAMILY_INTERNAL | MLS_FAMILY_CONFIG)

/* Contexts read the configuration; clients have a store. */
#define MLS_MAY_CONTEXT MLS_MAY_ANY
#define MLS_MAY_STORE (MLS_MAY_ANY | MLS_FAMILY_STORAGE)
#define MLS_MAY_CLIENT (MLS_MAY_STORE | MLS_FAMILY_MISSING | \
	MLS_FAMILY_DUPLICATE | MLS_FAMILY_DECODE | MLS_FAMILY_UNSUPPORTED)

/* Octets are parsed; a message's header alone. */
#define MLS_MAY_PARSE (MLS_FAMILY_CALLER | MLS_FAMILY_LIMIT | \
	MLS_FAMILY_DECODE | MLS_FAMILY_INVALID | MLS_FAMILY_UNSUPPORTED)

/* Looking at a group: another handle may have gone on, or what is asked for
 * may not be there. */
#define MLS_MAY_READ (MLS_MAY_STORE | MLS_FAMILY_STALE | MLS_FAMILY_MISSING)
#define MLS_MAY_EXPORT (MLS_MAY_READ | MLS_FAMILY_STATE)
#define MLS_MAY_PUBLISH (MLS_MAY_EXPORT | MLS_FAMILY_POLICY)

/* Objects of ours or others' are judged by the rules. */
#define MLS_MAY_RULES (MLS_MAY_STORE | MLS_FAMILY_DECODE | \
	MLS_FAMILY_CRYPTO | MLS_FAMILY_POLICY | MLS_FAMILY_INVALID | \
	MLS_FAMILY_AUTHENTICATION | MLS_FAMILY_UNSUPPORTED | \
	MLS_FAMILY_DUPLICATE)
#define MLS_MAY_PACKAGE (MLS_MAY_RULES | MLS_FAMILY_MISSING)
/* A new group may follow from another, which is read. */
#define MLS_MAY_CREATE (MLS_MAY_RULES | MLS_MAY_READ | MLS_FAMILY_STATE)
#define MLS_MAY_JUDGE (MLS_MAY_RULES | MLS_FAMILY_STALE | \
	MLS_FAMILY_MISSING | MLS_FAMILY_STATE)
#define MLS_MAY_MAKE MLS_MAY_JUDGE

/* A change is carried out, released or given up. */
#define MLS_MAY_APPLY (MLS_MAY_READ | MLS_FAMILY_STATE | MLS_FAMILY_CRYPTO)

#endif
