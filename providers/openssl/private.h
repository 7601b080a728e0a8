/* SPDX-License-Identifier: MIT */
/*
 * The openssl provider: cryptography by OpenSSL's libcrypto, 3.0 and later.
 *
 * An instance has a library context of its own, in which every algorithm is
 * fetched once.  Everything in it is constant after init but for the pools of
 * idle working contexts, which are lock-free: any operation may run on any
 * thread.  libcrypto's error queue is the application's as well, so what can
 * fail for its input runs between quiet_begin and quiet_end.
 *
 * What fails inside libcrypto by no fault of the input is for want of memory,
 * and is said to be so.
 */
#ifndef MLS_OPENSSL_PRIVATE_H
#define MLS_OPENSSL_PRIVATE_H

#include <errno.h>
#include <stdbool.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "common/pool.h"
#include "common/refused.h"
#include "common/soft.h"
#include "libmls/provider.h"

enum { HASHES = 3, AEADS = 3 };

struct curve {
	const char *name;
	EC_GROUP *group;
	EVP_PKEY *params; /* a key without a key: to be copied for verify */
};

struct instance {
	struct mls_soft soft;
	OSSL_LIB_CTX *lib;
	EVP_MD *md[HASHES];          /* by KDF id - 1 */
	EVP_CIPHER *cipher[AEADS];   /* by AEAD id - 1 */
	struct mls_pool md_pool, aead_pool;
	struct curve curve[MLS_CURVES];
};

static inline const struct curve *
curve_in(const struct instance *in, const struct mls_curve *c)
{
	return &in->curve[c - mls__curves];
}

/* Its error queue does not tell want of memory from a refusal: not every want
 * of memory is put there, and what is there may be older. */
static inline void
quiet_begin(void)
{
	ERR_set_mark();
	errno = 0;
}

static inline void
quiet_end(void)
{
	ERR_pop_to_mark();
}

/* ec.c: k is a valid scalar; points are uncompressed. */
int mls__ossl_curve_init(struct instance *in, int index);
void mls__ossl_curve_fini(struct curve *v);
int mls__ossl_ec_public(uint8_t *pub, const struct instance *in,
    const struct mls_curve *c, const uint8_t *k);
int mls__ossl_ec_check(const struct instance *in, const struct mls_curve *c,
    const uint8_t *pub);
int mls__ossl_ec_dh(uint8_t *x, const struct instance *in,
    const struct mls_curve *c, const uint8_t *k, const uint8_t *pub);

/* ecdsa.c.  ecdsa_key(out, in, key): out of its secret and public halves.  The
 * operations dispatch in sign.c. */
int mls__ossl_ecdsa_key(EVP_PKEY **out, const struct instance *in,
    const struct mls_key *key);
int mls__ossl_ecdsa_sign(struct instance *in, const struct mls_key *key,
    struct mls_buf msg, uint8_t *sig, size_t *len);
int mls__ossl_ecdsa_verify(struct instance *in, const struct mls_curve *c,
    struct mls_buf pub, struct mls_buf msg, struct mls_buf sig);

/* key.c: keys and KEMs.  A key's `own` is an EVP_PKEY of both halves; NULL:
 * the KEMs of NIST curves. */
extern const struct mls_soft_ops mls__ossl_soft;

/* name(id): libcrypto's, of the key types of X25519, X448 and EdDSA. */
const char *mls__ossl_name(uint16_t id);

/* The operations; see struct mls_crypto_ops. */
int mls__ossl_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len);
int mls__ossl_verify(void *ctx, uint16_t scheme, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig);

void mls__ossl_hash_fini(struct instance *in);
int mls__ossl_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out);
int mls__ossl_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out);
int mls__ossl_hkdf_expand(void *ctx, uint16_t kdf, struct mls_buf prk,
    struct mls_buf info, uint8_t *out, size_t len);

void mls__ossl_aead_fini(struct instance *in);
int mls__ossl_aead_seal(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt, uint8_t *ct);
int mls__ossl_aead_open(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct, uint8_t *pt);

#endif
