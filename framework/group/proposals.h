/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.1 to §12.3: proposals one by one, as a list, and applied. */
#ifndef MLS_GROUP_PROPOSALS_H
#define MLS_GROUP_PROPOSALS_H

#include "group/group.h"
#include "group/rules.h"

/* A proposal in a commit. */
struct mls_item {
	const struct mls_proposal *proposal;
	uint32_t proposer;          /* leaf index */
	struct mls_cached *cached;  /* by reference; else NULL */
	struct mls_buf raw;         /* by value: to be encoded */
	uint32_t leaf;              /* of an Add, once applied */
};
struct mls_list {
	size_t n;
	struct mls_item *items;
};

/* What a list did to the tree and asks for. */
struct mls_applied {
	size_t n_added;
	uint32_t *added; /* leaves of the Adds, ascending */
	struct mls_buf extensions;
	bool removes_us;
	bool needs_path;
	struct mls_privkey *own_leaf_key; /* borrowed: our Update was taken */
	size_t n_psks;
	struct mls_psk *psks; /* in the order of the list, with values */
};

/* rule_proposal(g, p, proposer): by itself, signatures included; as it is
 * received, and as we make it. */
int mls__rule_proposal(mls_group *g, const struct mls_proposal *p,
    uint32_t proposer);

/* has_twins(v, n): two are equal; sorts them. */
bool mls__has_twins(struct mls_buf *v, size_t n);

/* list_resolve(out, arena, g, commit, committer): references become cached
 * proposals: PROP-03, PROP-04. */
int mls__list_resolve(struct mls_list *out, struct mls_arena *arena,
    mls_group *g, const struct mls_commit *commit, uint32_t committer);

/* list_check(g, list, committer): §12.2, what needs no tree. */
int mls__list_check(mls_group *g, const struct mls_list *list,
    uint32_t committer);

/* list_apply(out, arena, g, diff, list): §12.3, in order, with the rules for
 * the resulting tree. */
int mls__list_apply(struct mls_applied *out, struct mls_arena *arena,
    mls_group *g, struct mls_tree *diff, struct mls_list *list);

/* psk_find(out, arena, client, t, id): its value; `error` if not held. */
int mls__psk_find(struct mls_buf *out, struct mls_arena *arena,
    mls_client *client, struct mls_store_txn *t, const struct mls_psk_id *id,
    int error);

/* cached_new(out, s, a): a copy of an authenticated proposal with its
 * reference. */
int mls__cached_new(struct mls_cached **out, const struct mls_suite *s,
    const struct mls_authentic *a);

/* cache_has(g, ref): whether it holds the proposal of that reference. */
bool mls__cache_has(const mls_group *g, struct mls_buf ref);

/* cache_room(g, sender): for one more of this sender: LIMIT-05. */
int mls__cache_room(const mls_group *g, uint32_t sender);

/* cache_add(g, c): behind the others; takes c.  cache_put(b, c): its record;
 * cache_load(g): all of them, at opening. */
void mls__cache_add(mls_group *g, struct mls_cached *c);
void mls__cache_put(struct mls_batch *b, const struct mls_cached *c);
int mls__cache_load(mls_group *g, struct mls_store_txn *t);

#endif
