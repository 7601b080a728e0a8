/* SPDX-License-Identifier: MIT */
/* RFC 9420 §5.1, §5.2 and §8: the labelled functions. */
#ifndef MLS_CRYPTO_LABELS_H
#define MLS_CRYPTO_LABELS_H

#include "base/writer.h"
#include "crypto/key.h"
#include "crypto/suite.h"

/* ref_hash(out, s, label, value): §5.2 RefHash; nh octets.  The label is used
 * as it is ("MLS 1.0 KeyPackage Reference", ...). */
int mls__ref_hash(uint8_t *out, const struct mls_suite *s, const char *label,
    struct mls_buf value);

/* §8: ExpandWithLabel, DeriveSecret; §9.1: DeriveTreeSecret.  Labels are
 * given without "MLS 1.0 ". */
int mls__expand_with_label(uint8_t *out, size_t len,
    const struct mls_suite *s, const struct mls_secret *secret,
    const char *label, struct mls_buf context);
int mls__derive_secret(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_secret *secret, const char *label);
int mls__derive_tree_secret(uint8_t *out, size_t len,
    const struct mls_suite *s, const struct mls_secret *secret,
    const char *label, uint32_t generation);

/* labelled_head(w, label, len): what precedes len octets of content in a
 * SignContent (§5.1.2), or of context in a KDFLabel.  Who writes the content to
 * be signed behind it spares the copy that is made otherwise, and gives the
 * whole with the label NULL. */
void mls__labelled_head(struct mls_writer *w, const char *label, size_t len);

/* sign_with_label(sig, *len, s, key, label, content): §5.1.2; *len: capacity
 * in (s->max_sig suffices), length out. */
int mls__sign_with_label(uint8_t *sig, size_t *len,
    const struct mls_suite *s, const struct mls_privkey *key,
    const char *label, struct mls_buf content);

/* One signature to check: status is 0, `error` as given, SIGNATURE_KEY_INVALID,
 * ECDSA_ or EDDSA_SIGNATURE_MALFORMED, or a provider error. */
struct mls_verify_job {
	struct mls_buf pub;
	const char *label; /* NULL: content is a whole SignContent */
	struct mls_buf content;
	struct mls_buf sig;
	int error; /* what to say if the signature does not hold */
	int status;
};

/* verify_with_label(s, job): returns job->status. */
int mls__verify_with_label(const struct mls_suite *s,
    struct mls_verify_job *job);

/* verify_many(s, jobs, n): in ranges by the executor; the first failing
 * status by index, or 0. */
int mls__verify_many(const struct mls_suite *s, struct mls_verify_job *jobs,
    size_t n);

/* verify(s, pub, msg, sig, error): the same over a message without a label;
 * verification of a suite is all that s needs. */
int mls__verify(const struct mls_suite *s, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig, int error);

/* check_signature_key(s, pub): length and form (CRYPT-04), small-order and
 * non-canonical EdDSA keys refused alike for every provider. */
int mls__check_signature_key(const struct mls_suite *s, struct mls_buf pub);

#endif
