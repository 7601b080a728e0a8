/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.2: commits that were received. */
#ifndef MLS_GROUP_COMMIT_H
#define MLS_GROUP_COMMIT_H

#include "group/transition.h"

/*
 * commit_judge(t, g, arena, a): all that can be told of an authenticated commit
 * without a secret: its form, its proposals, which are applied, its path.  t
 * has the tree of the next epoch then; it is freed by transition_free, also
 * after an error.
 */
int mls__commit_judge(struct mls_transition *t, mls_group *g,
    struct mls_arena *arena, const struct mls_authentic *a);

/* commit_describe(c, t, commit): say in the summary what it does.
 * commit_ask(c): whether the application allows that: PROP-30. */
int mls__commit_describe(mls_change *c, struct mls_transition *t,
    const struct mls_commit *commit);
int mls__commit_ask(const mls_change *c);

/* commit_process(c, g, a): a received commit, authenticated, by a member. */
int mls__commit_process(mls_change *c, mls_group *g,
    const struct mls_authentic *a);

#endif
