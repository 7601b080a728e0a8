/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.1.8 and §12.4.3.2: those who are no members. */
#ifndef MLS_GROUP_EXTERNAL_H
#define MLS_GROUP_EXTERNAL_H

#include "group/transition.h"

/*
 * outsider_find(out, error, g, a): who is behind a public message of a
 * non-member: the key that its signature is checked by, the credential, and
 * the error if the signature does not hold.  FRAME-10 to FRAME-16; what the
 * policy switches off: EXT-14, EXT-18.  *out may borrow from g and a.
 */
int mls__outsider_find(struct mls_leaf *out, int *error, mls_group *g,
    const struct mls_authentic *a);

/* external_allowed(g, list): what the policy lets in: EXT-14, EXT-15. */
int mls__external_allowed(const mls_group *g, const struct mls_list *list);

/* The label of the external init secret, §8.3. */
#define MLS_EXTERNAL_INIT_LABEL "MLS 1.0 external init secret"

/* external_init_open(out, g, kem_output): the init secret that an ExternalInit
 * makes: CRYPT-07, EXT-11. */
int mls__external_init_open(struct mls_secret *out, const mls_group *g,
    struct mls_buf kem_output);

/* external_leaf(t, leaf): give the committer of an external commit, whose new
 * leaf this is, its place, once the proposals are applied: EXT-08, EXT-10,
 * EXT-12, LIMIT-02.  external_ask(t, leaf): what the application says of it,
 * once it has proved true: EXT-09. */
int mls__external_leaf(struct mls_transition *t, const struct mls_leaf *leaf);
int mls__external_ask(const struct mls_transition *t,
    const struct mls_leaf *leaf);

#endif
