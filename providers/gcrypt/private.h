/* SPDX-License-Identifier: MIT */
/*
 * The gcrypt provider: cryptography by libgcrypt, 1.10 and later.
 *
 * An instance holds nothing but idle cipher handles, so that any operation may
 * run on any thread.  Contexts of curves keep working numbers and are made
 * anew for each operation, at a small part of its cost.
 *
 * Private keys live in libgcrypt's secure memory.  That keeps them from the
 * swap, and it is what makes libgcrypt choose its multiplications of constant
 * time: a number that is read from secure memory is a secret one.  Where the
 * application has disabled it, the provider does not start; and as that can be
 * done at any time, each operation with a private key looks anew.
 *
 * What fails inside libgcrypt by no fault of the input is for want of memory,
 * and is said to be so.
 */
#ifndef MLS_GCRYPT_PRIVATE_H
#define MLS_GCRYPT_PRIVATE_H

#include <stdbool.h>

#include <gcrypt.h>

#include "common/pool.h"
#include "common/soft.h"
#include "common/wipe.h"
#include "libmls/provider.h"

enum { AEADS = 3 };

struct instance {
	struct mls_soft soft;
	struct mls_pool aead[AEADS]; /* by AEAD id - 1 */
};

/* What work on the points of one curve takes. */
struct points {
	gcry_ctx_t ctx;
	gcry_mpi_point_t a, b, c;
	gcry_mpi_t x, y, k;
};

/* point.c.  points_open(w, name, eddsa): to be closed even on failure. */
bool mls__gcry_points_open(struct points *w, const char *name, bool eddsa);
void mls__gcry_points_close(struct points *w);

/* mpi_read(out, p, len, little), mpi_write(out, v, len, little): numbers of
 * len octets; the number is secret if p lies in secure memory. */
bool mls__gcry_mpi_read(gcry_mpi_t *out, const uint8_t *p, size_t len,
    bool little);
bool mls__gcry_mpi_write(uint8_t *out, gcry_mpi_t v, size_t len,
    bool little);

/* curve_name(c): libgcrypt's. */
const char *mls__gcry_curve_name(const struct mls_curve *c);

/* NIST curves: k is a valid scalar in secure memory; points have their right
 * length. */
int mls__gcry_ec_public(uint8_t *pub, const struct mls_curve *c,
    const uint8_t *k);
int mls__gcry_ec_check(const struct mls_curve *c, const uint8_t *pub);
int mls__gcry_ec_dh(uint8_t *x, const struct mls_curve *c, const uint8_t *k,
    const uint8_t *pub);

/* ecdsa.c and eddsa.c */
int mls__gcry_ecdsa_sign(void *ctx, const struct mls_key *key,
    struct mls_buf msg, uint8_t *sig, size_t *len);
int mls__gcry_ecdsa_verify(void *ctx, const struct mls_curve *curve,
    struct mls_buf pub, struct mls_buf msg, struct mls_buf sig);
int mls__gcry_eddsa_public(uint8_t *pub, const struct mls_alg *alg,
    const uint8_t *seed);
int mls__gcry_eddsa_sign(const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len);
int mls__gcry_eddsa_verify(const struct mls_alg *alg, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig);

/* x448.c: 56 octets each; u NULL: the base point. */
void mls__gcry_x448(uint8_t *out, const uint8_t *k, const uint8_t *u);

/* key.c: keys, in secure memory, and KEMs.  usable(key): GONE if libgcrypt does
 * not take that for secure memory any more. */
int mls__gcry_usable(const struct mls_key *key);
extern const struct mls_soft_ops mls__gcry_soft;

/* The operations; see struct mls_crypto_ops. */
int mls__gcry_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len);
int mls__gcry_verify(void *ctx, uint16_t scheme, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig);

int mls__gcry_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out);
int mls__gcry_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out);
int mls__gcry_hkdf_expand(void *ctx, uint16_t kdf, struct mls_buf prk,
    struct mls_buf info, uint8_t *out, size_t len);

int mls__gcry_aead_init(void);
void mls__gcry_aead_fini(struct instance *in);
int mls__gcry_aead_seal(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt, uint8_t *ct);
int mls__gcry_aead_open(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct, uint8_t *pt);

#endif
