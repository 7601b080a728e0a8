/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.1 to §12.3: proposals one by one, as a list, and applied. */
#ifndef MLS_GROUP_PROPOSALS_H
#define MLS_GROUP_PROPOSALS_H

#include "group/group.h"
#include "group/rules.h"

/* A proposal in a commit. */
struct mls_item {
	const struct mls_proposal *proposal;
	struct mls_sender sender;   /* who proposed it */
	uint32_t proposer;          /* its leaf, or MLS_NO_LEAF */
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
	struct mls_buf kem_output;        /* of an ExternalInit; else empty */
	const struct mls_reinit *reinit;  /* or NULL */
	struct mls_privkey *own_leaf_key; /* borrowed: our Update was taken */
	size_t n_psks;
	struct mls_psk *psks; /* in the order of the list; see list_psks */
};

/* item_value(item, p, sender): by value.  item_cached(item, c): by
 * reference. */
void mls__item_value(struct mls_item *item, const struct mls_proposal *p,
    const struct mls_sender *sender);
void mls__item_cached(struct mls_item *item, struct mls_cached *c);

/* sender_leaf(sender): of a member, else MLS_NO_LEAF. */
uint32_t mls__sender_leaf(const struct mls_sender *sender);

/* rule_proposal(g, p, sender): by itself, signatures included, as it is
 * received.  What the GroupContext's extensions ask of its leaf is told at the
 * commit, which may bring others (PROP-22).  rule_own_proposal(g, p, sender):
 * as we make it, that too. */
int mls__rule_proposal(mls_group *g, const struct mls_proposal *p,
    const struct mls_sender *sender);
int mls__rule_own_proposal(mls_group *g, const struct mls_proposal *p,
    const struct mls_sender *sender);

/* has_twins(v, n): two are equal; sorts them. */
bool mls__has_twins(struct mls_buf *v, size_t n);

/* list_resolve(out, arena, g, commit, sender): references become cached
 * proposals: PROP-03, PROP-04. */
int mls__list_resolve(struct mls_list *out, struct mls_arena *arena,
    mls_group *g, const struct mls_commit *commit,
    const struct mls_sender *sender);

/* list_check_twins(g, list): PROP-16, PROP-17, PROP-19, KP-12: nothing
 * twice. */
int mls__list_check_twins(const mls_group *g, const struct mls_list *list);

/* list_check(g, list, committer): §12.2, what needs no tree.
 * list_check_external(g, list): the same of an external commit: EXT-02 to
 * EXT-06. */
int mls__list_check(mls_group *g, const struct mls_list *list,
    uint32_t committer);
int mls__list_check_external(mls_group *g, const struct mls_list *list);

/* list_apply(out, arena, g, diff, list): §12.3, in order, with the rules for
 * the resulting tree. */
int mls__list_apply(struct mls_applied *out, struct mls_arena *arena,
    mls_group *g, struct mls_tree *diff, struct mls_list *list);

/* list_psks(applied, arena, g): the values of its PSKs: PSK-05, PSK-06. */
int mls__list_psks(struct mls_applied *applied, struct mls_arena *arena,
    mls_group *g);

/* psk_find(out, arena, client, t, id): its value; `error` if not held. */
int mls__psk_find(struct mls_buf *out, struct mls_arena *arena,
    mls_client *client, struct mls_store_txn *t, const struct mls_psk_id *id,
    int error);

/* cached_new(out, g, a): a copy of an authenticated proposal with its
 * reference.  cached_read(out, g, wire_format, content, auth): of one as it
 * was encoded. */
int mls__cached_read(struct mls_cached **out, const mls_group *g,
    uint16_t wire_format, struct mls_buf content, struct mls_buf auth);
int mls__cached_new(struct mls_cached **out, const mls_group *g,
    const struct mls_authentic *a);

/* cache_has(g, ref): whether it holds the proposal of that reference. */
bool mls__cache_has(const mls_group *g, struct mls_buf ref);

/* cache_room(g, sender): for one more of this sender: LIMIT-05. */
int mls__cache_room(const mls_group *g, const struct mls_sender *sender);

/* cache_add(g, c): behind the others; takes c.  cache_put(b, c): its record;
 * cache_load(g): all of them, at opening. */
void mls__cache_add(mls_group *g, struct mls_cached *c);
void mls__cache_put(struct mls_batch *b, const struct mls_cached *c);
int mls__cache_load(mls_group *g, struct mls_store_txn *t);

#endif
