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
 * time: a number that is read from secure memory is a secret one.
 *
 * What fails inside libgcrypt by no fault of the input is for want of memory,
 * and is said to be so.
 */
#ifndef MLS_GCRYPT_PRIVATE_H
#define MLS_GCRYPT_PRIVATE_H

#include <stdbool.h>

#include <gcrypt.h>

#include "common/curve.h"
#include "common/dhkem.h"
#include "common/pool.h"
#include "common/wipe.h"
#include "libmls/provider.h"

#define MAX_PUBLIC MLS_DHKEM_MAX_PUBLIC
#define MAX_PRIVATE MLS_DHKEM_MAX_SECRET

enum { AEADS = 3 };

struct instance {
	struct mls_pool aead[AEADS]; /* by AEAD id - 1 */
};

/* A kind of private key. */
struct key_type {
	uint16_t role, id;
	const char *name; /* libgcrypt's, of the curve */
	int curve;        /* index, or -1: X25519, X448 and EdDSA */
	uint16_t secret_len, public_len;
	uint16_t kdf;     /* ECDSA: the hash, by KDF id */
};

/* In secure memory. */
struct mls_key {
	const struct key_type *type;
	uint8_t secret[MAX_PRIVATE], public[MAX_PUBLIC];
};

/* What work on the points of one curve takes. */
struct points {
	gcry_ctx_t ctx;
	gcry_mpi_point_t a, b, c;
	gcry_mpi_t x, y, k;
};

/* point.c.  points_open(w, t): to be closed even on failure. */
bool mls__gcry_points_open(struct points *w, const struct key_type *t);
void mls__gcry_points_close(struct points *w);

/* mpi_read(out, p, len, little), mpi_write(out, v, len, little): numbers of
 * len octets; the number is secret if p lies in secure memory. */
bool mls__gcry_mpi_read(gcry_mpi_t *out, const uint8_t *p, size_t len,
    bool little);
bool mls__gcry_mpi_write(uint8_t *out, gcry_mpi_t v, size_t len,
    bool little);

/* NIST curves: k is a valid scalar in secure memory. */
int mls__gcry_ec_public(uint8_t *pub, const struct key_type *t,
    const uint8_t *k);
int mls__gcry_ec_check(const struct key_type *t, struct mls_buf pub);
int mls__gcry_ec_dh(uint8_t *x, const struct key_type *t, const uint8_t *k,
    struct mls_buf pub);

/* ecdsa.c and eddsa.c */
int mls__gcry_ecdsa_sign(void *ctx, const struct mls_key *key,
    struct mls_buf msg, uint8_t *sig, size_t *len);
int mls__gcry_ecdsa_verify(void *ctx, const struct key_type *t,
    struct mls_buf pub, struct mls_buf msg, struct mls_buf sig);
int mls__gcry_eddsa_public(uint8_t *pub, const struct key_type *t,
    const uint8_t *seed);
int mls__gcry_eddsa_sign(const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len);
int mls__gcry_eddsa_verify(const struct key_type *t, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig);

/* kem.c: the public half of X25519 or X448. */
int mls__gcry_x_public(uint8_t *pub, const struct key_type *t,
    const uint8_t *k);

/* key.c.  key_new(out, t, secret): released by key_release. */
const struct key_type *mls__gcry_key_type(uint16_t role, uint16_t id);
int mls__gcry_key_new(struct mls_key **out, const struct key_type *t,
    const uint8_t *secret);

/* The operations; see struct mls_crypto_ops. */
int mls__gcry_key_generate(void *ctx, uint16_t role, uint16_t id,
    struct mls_key **out);
int mls__gcry_key_derive(void *ctx, uint16_t kem, struct mls_buf ikm,
    struct mls_key **out);
int mls__gcry_key_import(void *ctx, uint16_t role, uint16_t id,
    struct mls_buf priv, struct mls_key **out);
int mls__gcry_key_save(void *ctx, const struct mls_key *key, uint32_t *kind,
    uint8_t *blob, size_t *len);
int mls__gcry_key_public(void *ctx, const struct mls_key *key, uint8_t *pub,
    size_t *len);
int mls__gcry_key_destroy(void *ctx, struct mls_key *key);
void mls__gcry_key_release(void *ctx, struct mls_key *key);

int mls__gcry_kem_encap(void *ctx, uint16_t kem, struct mls_buf pub,
    const uint8_t *seed, uint8_t *enc, uint8_t *shared);
int mls__gcry_kem_decap(void *ctx, const struct mls_key *key,
    struct mls_buf enc, uint8_t *shared);
int mls__gcry_kem_check_public(void *ctx, uint16_t kem, struct mls_buf pub);

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
