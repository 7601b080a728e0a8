/* SPDX-License-Identifier: MIT */
/* What a change would do, for its summary. */
#ifndef MLS_GROUP_EFFECTS_H
#define MLS_GROUP_EFFECTS_H

#include "group/proposals.h"

/* effects(out, n, arena, g, list, committer, path_leaf): what the list does,
 * for the summary; path_leaf: the committer's new leaf, or NULL. */
int mls__effects(const struct mls_effect **out, size_t *n,
    struct mls_arena *arena, mls_group *g, const struct mls_list *list,
    uint32_t committer, const struct mls_leaf *path_leaf);

/* by(by, index, sender): who sends, as the summary says it. */
void mls__by(int *by, uint32_t *index, const struct mls_sender *sender);

/* identity_copy(out, arena, leaf): of its own. */
int mls__identity_copy(struct mls_identity *out, struct mls_arena *arena,
    const struct mls_leaf *leaf);

/* effects_write(w, v, n), effects_read(out, n, arena, in): as octets; what is
 * read borrows from in. */
void mls__effects_write(struct mls_writer *w, const struct mls_effect *v,
    size_t n);
int mls__effects_read(const struct mls_effect **out, size_t *n,
    struct mls_arena *arena, struct mls_buf in);

#endif
