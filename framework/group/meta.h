/* SPDX-License-Identifier: MIT */
/* The record of the store itself. */
#ifndef MLS_GROUP_META_H
#define MLS_GROUP_META_H

#include "group/store.h"

struct mls_meta {
	uint64_t next_group;
	uint32_t next_client;
	bool holds; /* there are, or were, keys that stay in their provider */
};

/* meta_read(out, t): that of a new store if there is none.  The store learns
 * whether it holds keys. */
int mls__meta_read(struct mls_meta *out, struct mls_store_txn *t);
int mls__meta_write(struct mls_store_txn *t, const struct mls_meta *m);

#endif
