/* SPDX-License-Identifier: MIT */
/*
 * Private keys and KEMs of a provider whose keys are octets in memory, over
 * its own HMAC and Diffie-Hellman.  The provider's context begins with a
 * struct mls_soft; its table of operations begins with MLS_SOFT_OPS.
 */
#ifndef MLS_COMMON_SOFT_H
#define MLS_COMMON_SOFT_H

#include "common/dhkem.h"

/* Room for a secret, and for what a provider makes of it for quick use. */
#define MLS_SOFT_SECRET 128

/* The public half is computed once and kept. */
struct mls_key {
	const struct mls_alg *alg;     /* a row of the provider's */
	const struct mls_curve *curve; /* NULL: X25519, X448 and EdDSA */
	void *own;                     /* the provider's */
	uint8_t secret[MLS_SOFT_SECRET]; /* what key_save saves comes first */
	uint8_t public[MLS_DHKEM_MAX_PUBLIC];
};

struct mls_soft_ops {
	mls_hmac_fn hmac;
	/* Fills in the public half of a key, and what the provider wants
	 * beside; a secret of a NIST curve has proved to be in range. */
	int (*set)(void *ctx, struct mls_key *key);
	/* Frees what set left outside of the key, or half of that; wiping the
	 * key itself is not its business.  Optional. */
	void (*clear)(struct mls_key *key);
	/* dh_len octets; ARGUMENT for a point that is none.  pub has its right
	 * length. */
	int (*dh)(void *ctx, const struct mls_key *key, const uint8_t *pub,
	    uint8_t *out);
	/* The same verdict on a point of a NIST curve; NULL: there are none. */
	int (*check)(void *ctx, const struct mls_curve *c, const uint8_t *pub);
	/* Where keys lie.  NULL: on the heap, and a key that is but for one
	 * call on the stack. */
	void *(*calloc)(size_t n, size_t size);
	void (*free)(void *p);
};

struct mls_soft {
	const struct mls_soft_ops *ops;
	const struct mls_alg *algs;
	size_t n_algs;
};

/* soft_find(s, role, id): the row of the provider's table, or NULL. */
const struct mls_alg *mls__soft_find(const struct mls_soft *s, uint16_t role,
    uint16_t id);

/* The operations; see struct mls_crypto_ops. */
size_t mls__soft_algorithms(void *ctx, const struct mls_alg **list);
int mls__soft_key_generate(void *ctx, uint16_t role, uint16_t id,
    struct mls_key **out);
int mls__soft_key_derive(void *ctx, uint16_t kem, struct mls_buf ikm,
    struct mls_key **out);
int mls__soft_key_import(void *ctx, uint16_t role, uint16_t id,
    struct mls_buf priv, struct mls_key **out);
int mls__soft_key_save(void *ctx, const struct mls_key *key, uint32_t *kind,
    uint8_t *blob, size_t *len);
int mls__soft_key_public(void *ctx, const struct mls_key *key, uint8_t *pub,
    size_t *len);
int mls__soft_key_destroy(void *ctx, struct mls_key *key);
void mls__soft_key_release(void *ctx, struct mls_key *key);
int mls__soft_kem_encap(void *ctx, uint16_t kem, struct mls_buf pub,
    const uint8_t *seed, uint8_t *enc, uint8_t *shared);
int mls__soft_kem_decap(void *ctx, const struct mls_key *key,
    struct mls_buf enc, uint8_t *shared);
int mls__soft_kem_check_public(void *ctx, uint16_t kem, struct mls_buf pub);

/* What key_save gives is what key_import takes, so that it loads as well. */
#define MLS_SOFT_OPS \
	.algorithms = mls__soft_algorithms, \
	.key_generate = mls__soft_key_generate, \
	.key_derive = mls__soft_key_derive, \
	.key_import = mls__soft_key_import, \
	.key_load = mls__soft_key_import, \
	.key_save = mls__soft_key_save, \
	.key_public = mls__soft_key_public, \
	.key_destroy = mls__soft_key_destroy, \
	.key_release = mls__soft_key_release, \
	.kem_encap = mls__soft_kem_encap, \
	.kem_decap = mls__soft_kem_decap, \
	.kem_check_public = mls__soft_kem_check_public

#endif
