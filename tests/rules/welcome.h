/* SPDX-License-Identifier: MIT */
/* Welcomes with a defect: Alice adds the party's outsider. */
#ifndef TESTS_RULES_WELCOME_H
#define TESTS_RULES_WELCOME_H

#include "group/arrival.h"
#include "rules/forge.h"

struct entry {
	struct party *p;
	struct member *maker, *newcomer;
	mls_change *c; /* Alice's commit, made and not released */
	struct mls_making *m;
	struct mls_group_info info; /* as it will be signed */
	const struct mls_privkey *key; /* that signs it */
	struct mls_buf tree; /* encoded */
};
/* entry_new(e, p, flags): flags: MLS_COMMIT_*. */
void entry_new(struct entry *e, struct party *p, uint32_t flags);
void entry_free(struct entry *e);
/* entry_make(e, p, maker, newcomer, o): of another's commit, or into another
 * group; the newcomer is the first of it. */
void entry_make(struct entry *e, struct party *p, struct member *maker,
    struct member *newcomer, const struct mls_commit_options *o);

/* entry_welcome(e): of info as it is now; the tree inside. */
struct mls_buf entry_welcome(struct entry *e);
/* entry_bare(e): of making->group_info as it is now. */
struct mls_buf entry_bare(struct entry *e);
/* entry_psk(e, id): as if the commit had this PSK, that the maker holds, and no
 * other.  entry_retag(e): the tag that info, as it is now, should have. */
void entry_psk(struct entry *e, const struct mls_psk_id *id);
void entry_retag(struct entry *e);
/* entry_tree(e, tree): another tree, with its hash in the GroupContext. */
void entry_tree(struct entry *e, struct mls_buf tree);
/* entry_node(e, node, raw): the tree with one node another; raw empty:
 * blank. */
void entry_node(struct entry *e, uint32_t node, struct mls_buf raw);
/* entry_raw(e, node): the encoding of a node of the tree. */
struct mls_buf entry_raw(struct entry *e, uint32_t node);

/* The Welcome as a struct, to be changed and written again. */
struct mls_welcome welcome_of(struct party *p, struct mls_buf message);
struct mls_buf welcome_bytes(struct party *p, const struct mls_welcome *w);

#define join_refused(e, welcome, tree, error) \
	join_refused_at(__LINE__, e, welcome, tree, error, #error)
#define join_accepted(e, welcome, tree) \
	join_refused_at(__LINE__, e, welcome, tree, 0, "accepted")
void join_refused_at(int line, struct entry *e, struct mls_buf welcome,
    struct mls_buf tree, int error, const char *name);

#endif
