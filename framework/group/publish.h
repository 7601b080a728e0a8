/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.3: GroupInfo of ours. */
#ifndef MLS_GROUP_PUBLISH_H
#define MLS_GROUP_PUBLISH_H

#include "group/group.h"

/* What a GroupInfo is made of; all borrowed. */
struct mls_group_info_parts {
	const struct mls_suite *suite;
	const struct mls_group_context *context;
	struct mls_buf tag;       /* confirmation_tag */
	uint32_t signer;
	const struct mls_privkey *sign_key;
	struct mls_tree *tree;    /* for ratchet_tree, or NULL */
	struct mls_buf external_pub; /* or empty */
	uint16_t grease;          /* or 0 */
};

/* group_info_make(out, arena, parts): the signed GroupInfo, encoded. */
int mls__group_info_make(struct mls_buf *out, struct mls_arena *arena,
    const struct mls_group_info_parts *parts);

#endif
