/* SPDX-License-Identifier: MIT */
/* RFC 9180, base mode, composed once over KEM, KDF and AEAD. */
#ifndef MLS_CRYPTO_HPKE_H
#define MLS_CRYPTO_HPKE_H

#include "crypto/key.h"
#include "crypto/suite.h"

/* What does not depend on the recipient: the key schedule context with the
 * hash of the info, which may be as large as the tree. */
struct mls_hpke_info {
	const struct mls_suite *suite;
	uint8_t context[1 + 2 * MLS_MAX_HASH];
	size_t len;
};

/* hpke_prepare(out, s, info); hpke_prepare_label(out, s, label, context): with
 * the EncryptContext of §5.1.3 as info, label without "MLS 1.0 ". */
int mls__hpke_prepare(struct mls_hpke_info *out, const struct mls_suite *s,
    struct mls_buf info);
int mls__hpke_prepare_label(struct mls_hpke_info *out,
    const struct mls_suite *s, const char *label, struct mls_buf context);

/* hpke_psk_id_hash(out, s): nh octets, for the assembly of a suite. */
int mls__hpke_psk_id_hash(uint8_t *out, const struct mls_suite *s);

/* One seal.  enc holds nenc octets, ct plaintext.len + nt. */
struct mls_hpke_job {
	struct mls_buf pub;
	const uint8_t *seed; /* seed_len octets drawn beforehand */
	struct mls_buf aad, plaintext;
	uint8_t *enc, *ct;
	int status;
};

/* hpke_seal_many(info, jobs, n): by the executor in ranges, with the batch
 * encapsulation of the provider where it has one; the first failing status by
 * index.  The octets made depend on the jobs alone.  HPKE_PUBLIC_KEY_INVALID,
 * HPKE_DH_ZERO; enc and ct of a job that failed mean nothing. */
int mls__hpke_seal_many(const struct mls_hpke_info *info,
    struct mls_hpke_job *jobs, size_t n);

/* hpke_open(pt, info, key, enc, aad, ct, error): pt holds ct.len - nt octets.
 * KEM_OUTPUT_LENGTH, CIPHERTEXT_LENGTH, HPKE_DH_ZERO, HPKE_PUBLIC_KEY_INVALID
 * for an enc that is no point of its curve, PRIVATE_KEY_MISMATCH for a key of
 * another KEM, or `error` if the ciphertext is not genuine. */
int mls__hpke_open(uint8_t *pt, const struct mls_hpke_info *info,
    const struct mls_privkey *key, struct mls_buf enc, struct mls_buf aad,
    struct mls_buf ct, int error);

/* hpke_export_send / _recv(out, len, ...): §8.3 external init.
 * send: from seed_len octets; enc holds nenc octets. */
int mls__hpke_export_send(uint8_t *out, size_t len, uint8_t *enc,
    const struct mls_hpke_info *info, struct mls_buf pub,
    const uint8_t *seed, struct mls_buf exporter_context);
int mls__hpke_export_recv(uint8_t *out, size_t len,
    const struct mls_hpke_info *info, const struct mls_privkey *key,
    struct mls_buf enc, struct mls_buf exporter_context);

#endif
