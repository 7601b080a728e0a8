/* SPDX-License-Identifier: MIT */
/* Observers: a group that is looked at from outside, and goes on. */
#ifndef MLS_GROUP_OBSERVER_H
#define MLS_GROUP_OBSERVER_H

#include "group/outside.h"

/* Changes hold on to the group as it was when they were made. */
struct mls_observer {
	mls_group *group;
};

/* observe(g, partial): begin to, with a group that was made from outside. */
void mls__observe(mls_group *g, bool partial);

/* observer_wrap(out, g): an observer of it; takes g. */
int mls__observer_wrap(mls_observer **out, mls_group *g);

/* observer_keep(g, group_info): to hand it out, in the place of another. */
int mls__observer_keep(mls_group *g, struct mls_buf group_info);

/* observer_apply(c): the change of an observed group. */
int mls__observer_apply(mls_change *c);

#endif
