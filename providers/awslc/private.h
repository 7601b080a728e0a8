/* SPDX-License-Identifier: MIT */
/*
 * The awslc provider: cryptography by AWS-LC's libcrypto, for all of RFC 9420
 * but X448 and Ed448.
 *
 * AWS-LC's plain functions work on the caller's stack, so that there is
 * nothing to keep from call to call but keys, and any operation may run on any
 * thread.  The library is the module's own copy, with names of its own: an
 * OpenSSL in the same process neither sees it nor is seen, and its error queue
 * is read by nobody.
 *
 * What fails inside by no fault of the input is for want of memory, and is
 * said to be so.
 */
#ifndef MLS_AWSLC_PRIVATE_H
#define MLS_AWSLC_PRIVATE_H

#include <openssl/boringssl_prefix_symbols.h> /* before all other of its */

#include <openssl/ec.h>

#include "common/refused.h"
#include "common/soft.h"
#include "libmls/provider.h"

/* key.c: keys and KEMs.  The `own` of a key of a NIST curve is an EC_KEY. */
extern const struct mls_soft_ops mls__aws_soft;

/* group_of(c): AWS-LC's, which is static. */
const EC_GROUP *mls__aws_group_of(const struct mls_curve *c);

/* point(out, c, pub): pub has its right length; ARGUMENT unless it is
 * uncompressed and on the curve.  EC_POINT_free is the caller's. */
int mls__aws_point(EC_POINT **out, const struct mls_curve *c,
    const uint8_t *pub);

/* The operations; see struct mls_crypto_ops. */
int mls__aws_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len);
int mls__aws_verify(void *ctx, uint16_t scheme, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig);

int mls__aws_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out);
int mls__aws_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out);
int mls__aws_hkdf_expand(void *ctx, uint16_t kdf, struct mls_buf prk,
    struct mls_buf info, uint8_t *out, size_t len);

int mls__aws_aead_seal(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt, uint8_t *ct);
int mls__aws_aead_open(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct, uint8_t *pt);

#endif
