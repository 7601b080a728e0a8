/* SPDX-License-Identifier: MIT */
/* RFC 9420 §8, §8.3, §8.5: the key schedule and the exporter. */
#ifndef MLS_SCHEDULE_EPOCH_H
#define MLS_SCHEDULE_EPOCH_H

#include "crypto/key.h"
#include "crypto/labels.h"

/* What an epoch has; two of them only until it has begun. */
struct mls_epoch {
	struct mls_secret sender_data, encryption, exporter, external;
	struct mls_secret confirmation, membership, resumption;
	struct mls_secret authenticator, init;
};
void mls__epoch_wipe(struct mls_epoch *e);

/* epoch_begun(e): its tag is made and the root of its secret tree is staged:
 * what these came from goes, as the root goes with its first use (§9.2). */
void mls__epoch_begun(struct mls_epoch *e);

/* epoch_joiner(joiner, s, init, commit, context): context is the encoded
 * GroupContext of the new epoch. */
int mls__epoch_joiner(struct mls_secret *joiner, const struct mls_suite *s,
    const struct mls_secret *init, const struct mls_secret *commit,
    struct mls_buf context);

/* epoch_welcome_secret(out, s, joiner, psk): welcome_secret itself. */
int mls__epoch_welcome_secret(struct mls_secret *out,
    const struct mls_suite *s, const struct mls_secret *joiner,
    const struct mls_secret *psk);

/* epoch_welcome(key, nonce, s, joiner, psk): nk and nn octets, derived from
 * welcome_secret (§12.4.3). */
int mls__epoch_welcome(uint8_t *key, uint8_t *nonce,
    const struct mls_suite *s, const struct mls_secret *joiner,
    const struct mls_secret *psk);

/* epoch_enter(out, s, joiner, psk, context): all secrets of the epoch. */
int mls__epoch_enter(struct mls_epoch *out, const struct mls_suite *s,
    const struct mls_secret *joiner, const struct mls_secret *psk,
    struct mls_buf context);

/* epoch_derive(out, s, epoch_secret): the same from the epoch_secret itself,
 * as a new group does (§11). */
int mls__epoch_derive(struct mls_epoch *out, const struct mls_suite *s,
    const struct mls_secret *epoch_secret);

/* epoch_export(out, len, s, epoch, label, context): MLS-Exporter;
 * EXPORTER_LENGTH for 0, KDF_LENGTH beyond CRYPT-10. */
int mls__epoch_export(uint8_t *out, size_t len, const struct mls_suite *s,
    const struct mls_epoch *epoch, const char *label, struct mls_buf context);

/* epoch_external_key(out, s, epoch): KEM.DeriveKeyPair(external_secret). */
int mls__epoch_external_key(struct mls_privkey **out,
    const struct mls_suite *s, const struct mls_epoch *epoch);

/* confirmation_tag(out, s, epoch, confirmed): §6.1, over the confirmed
 * transcript hash. */
int mls__confirmation_tag(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_epoch *epoch, struct mls_buf confirmed);

/* tag_check(want, got, error): MAC_LENGTH for another length (CRYPT-09),
 * `error` for other octets; constant time. */
int mls__tag_check(const struct mls_secret *want, struct mls_buf got,
    int error);

/* epoch_secrets written to and read from the store (with a length octet
 * each), as of an epoch that has begun. */
void mls__epoch_write(struct mls_writer *w, const struct mls_epoch *e);
void mls__epoch_read(struct mls_epoch *out, struct mls_reader *r);

#endif
