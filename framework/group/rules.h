/* SPDX-License-Identifier: MIT */
/* The rules for leaves and key packages, one function each;
 * what they need of a group is in struct mls_judge. */
#ifndef MLS_GROUP_RULES_H
#define MLS_GROUP_RULES_H

#include "group/extensions.h"

struct mls_judge {
	const mls_context *context;
	const struct mls_suite *suite;
	struct mls_buf group_id;
	struct mls_buf extensions; /* of the GroupContext */
};
struct mls_judge mls__judge(const mls_group *g);

/* Rules of a leaf by itself and for the suite: LEAF-03 to LEAF-06, LEAF-16,
 * LEAF-17, CRYPT-02, CRYPT-04. */
int mls__rule_leaf(const struct mls_judge *j, const struct mls_leaf *leaf);

/* LEAF-07 to LEAF-10: what the GroupContext's extensions ask of a member. */
int mls__rule_leaf_group(const struct mls_capabilities *c,
    struct mls_buf extensions);

/* LEAF-14 (LEAF-13 for our own): now lies in the lifetime. */
int mls__rule_lifetime(const struct mls_judge *j,
    const struct mls_leaf *leaf, int error);

/* KP-01 to KP-06, KP-10 and the leaf's rules; signatures are checked by
 * mls__verify_packages. */
int mls__rule_key_package(const struct mls_judge *j,
    const struct mls_key_package *kp);

/* verify_packages(s, v, n): both signatures of each, in ranges: KP-04,
 * LEAF-01. */
int mls__verify_packages(const struct mls_suite *s,
    const struct mls_key_package *const *v, size_t n);

/* verify_leaf(j, leaf, index): its signature: LEAF-01, LEAF-02. */
int mls__verify_leaf(const struct mls_judge *j, const struct mls_leaf *leaf,
    uint32_t index);

/* A package of our own before it leaves. */
int mls__rule_own_package(const mls_client *client,
    const struct mls_suite *s, const struct mls_key_package *kp);

/* LEAF-11, LEAF-12: a new leaf's credential type and those in use. */
int mls__rule_credential_type(struct mls_tree *t,
    const struct mls_leaf *leaf);

/* credential_types_agree(t): LEAF-11 and LEAF-12 hold for all leaves, told
 * from sets of capabilities and types alone: many new leaves need not be held
 * against every set one by one. */
bool mls__credential_types_agree(struct mls_tree *t);

/* PROP-11, PROP-12: each member supports the new extensions. */
int mls__rule_members_support(struct mls_tree *t, struct mls_buf extensions);

/* CRED-01, CRED-02, CRED-04: ask the application. */
int mls__ask_credential(const mls_context *context, int where,
    const struct mls_leaf *leaf, const struct mls_leaf *previous);

void mls__identity_of(struct mls_identity *out, const struct mls_leaf *leaf);

#endif
