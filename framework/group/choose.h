/* SPDX-License-Identifier: MIT */
#ifndef MLS_GROUP_CHOOSE_H
#define MLS_GROUP_CHOOSE_H

#include "group/transition.h"

/*
 * choose(t, c, intents, with_cached): the list of a commit of ours, applied:
 * the cached proposals that fit together (PROP-26 to PROP-28), then what was
 * asked for, which must be good.  The summary tells what is left out.  t is
 * empty or what an earlier try left; its committer is us.
 */
int mls__choose(struct mls_transition *t, mls_change *c,
    const struct mls_list *intents, bool with_cached);

#endif
