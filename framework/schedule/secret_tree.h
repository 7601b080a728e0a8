/* SPDX-License-Identifier: MIT */
/* RFC 9420 §9 and §6.3.2: secret tree, ratchets and sender data keys, as
 * functions of secrets; who keeps and erases them is the group's matter. */
#ifndef MLS_SCHEDULE_SECRET_TREE_H
#define MLS_SCHEDULE_SECRET_TREE_H

#include "crypto/labels.h"

enum { MLS_RATCHET_HANDSHAKE = 0, MLS_RATCHET_APPLICATION = 1 };

/* Key and nonce of one message, of any suite; wiped by its owner. */
struct mls_message_key {
	uint8_t key[64];
	uint8_t nonce[32];
};

/* secret_tree_children(left, right, s, secret): of a node secret. */
int mls__secret_tree_children(struct mls_secret *left,
    struct mls_secret *right, const struct mls_suite *s,
    const struct mls_secret *secret);

/* secret_tree_leaf(handshake, application, s, secret): generation 0 secrets of
 * both ratchets of a leaf. */
int mls__secret_tree_leaf(struct mls_secret *handshake,
    struct mls_secret *application, const struct mls_suite *s,
    const struct mls_secret *secret);

/* ratchet_step(key, next, s, secret, generation): the key of the generation
 * and the secret of the next one; key NULL: the next secret alone; next may be
 * the same object as secret. */
int mls__ratchet_step(struct mls_message_key *key, struct mls_secret *next,
    const struct mls_suite *s, const struct mls_secret *secret,
    uint32_t generation);

/* sender_data_key(key, s, sender_data_secret, ciphertext): §6.3.2. */
int mls__sender_data_key(struct mls_message_key *key,
    const struct mls_suite *s, const struct mls_secret *sender_data_secret,
    struct mls_buf ciphertext);

#endif
