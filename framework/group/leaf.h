/* SPDX-License-Identifier: MIT */
/* RFC 9420 §7.2: leaves of ours. */
#ifndef MLS_GROUP_LEAF_H
#define MLS_GROUP_LEAF_H

#include "group/client.h"

/* own_lifetime(context): seconds, for leaves of ours, unless asked for. */
uint64_t mls__own_lifetime(const mls_context *context);

/* What goes into a leaf of ours beside what the client and the policy say; all
 * borrowed. */
struct mls_leaf_parts {
	struct mls_buf signature_key, encryption_key;
	struct mls_buf extensions; /* encoded */
	uint16_t package_type;     /* of an extension of its package, or 0 */
	uint16_t grease;           /* or 0 */
};

/* own_leaf(out, arena, client, s, parts): credential, capabilities, keys,
 * extensions, in the arena. */
int mls__own_leaf(struct mls_leaf *out, struct mls_arena *arena,
    const mls_client *client, const struct mls_suite *s,
    const struct mls_leaf_parts *parts);

/* grease_draw(out, context, s): one of the values of §13.5, or 0 if the policy
 * wants none.  grease_write(w, type): an extension of it, unless it is 0. */
int mls__grease_draw(uint16_t *out, const mls_context *context,
    const struct mls_suite *s);
void mls__grease_write(struct mls_writer *w, uint16_t type);

/* credential_make(out, context, type, body): the encoded Credential. */
int mls__credential_make(struct mls_bytes *out, const mls_context *context,
    uint16_t type, struct mls_buf body);

/* client_sign_key(out, client, t, s): the signature key of what is made now:
 * the client's for that suite, or a fresh one.  t: a transaction that is open,
 * or NULL. */
int mls__client_sign_key(struct mls_privkey **out, mls_client *client,
    struct mls_store_txn *t, const struct mls_suite *s);

#endif
