/* SPDX-License-Identifier: MIT */
/*
 * The evercrypt provider: cryptography by EverCrypt and HACL*, C and assembly
 * that were proved to compute what the specifications say, in safe ways and in
 * constant time.
 *
 * It serves the suites 0x0001, 0x0002 and 0x0003 whole, and SHA-384 and
 * SHA-512 to others.  EverCrypt has AES-GCM for some processors only.
 *
 * What EverCrypt allocates it does not check, so that only those of its
 * functions are called that allocate nothing.  They leave what they worked with
 * on the stack, below their caller; burn() after them erases it.  There is no
 * state but the keys, so that any operation may run on any thread.
 */
#ifndef MLS_EVERCRYPT_PRIVATE_H
#define MLS_EVERCRYPT_PRIVATE_H

#include "common/soft.h"
#include "common/wipe.h"
#include "libmls/provider.h"

/* How long associated data may be for the proofs to hold, and so here anything
 * else. */
#define MLS_EVER_LONGEST ((size_t)1 << 31)

/* The octets of b as EverCrypt takes them: its headers know no const, and not
 * even no octets may lie at NULL. */
static inline uint8_t *
lend(struct mls_buf b)
{
	static const uint8_t none[1];

	return (uint8_t *)(uintptr_t)(b.len > 0 ? b.data : none);
}

static inline uint8_t *
lend_octets(const uint8_t *p)
{
	return (uint8_t *)(uintptr_t)p;
}

/* burn.c: erases the stack below the caller, as deep as any function of
 * EverCrypt's goes. */
void mls__ever_burn(void);

/* key.c: keys and KEMs. */
extern const struct mls_soft_ops mls__ever_soft;

/* data.c: whether this processor has AES-GCM. */
bool mls__ever_has_aes(void);

/* The operations; see struct mls_crypto_ops. */
int mls__ever_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len);
int mls__ever_verify(void *ctx, uint16_t scheme, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig);

int mls__ever_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out);
int mls__ever_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out);
int mls__ever_hkdf_expand(void *ctx, uint16_t kdf, struct mls_buf prk,
    struct mls_buf info, uint8_t *out, size_t len);

int mls__ever_aead_seal(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt, uint8_t *ct);
int mls__ever_aead_open(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct, uint8_t *pt);

#endif
