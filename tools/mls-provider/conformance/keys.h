/* SPDX-License-Identifier: MIT */
/* What tests with private keys share. */
#ifndef CONFORMANCE_KEYS_H
#define CONFORMANCE_KEYS_H

#include "conform.h"

#define KEYS_MAX 4096 /* octets of a public key, a signature or a blob */

struct octets {
	size_t len;
	uint8_t data[KEYS_MAX];
};

/* key_new(t, seed): derived or imported from octets that the seed decides; of
 * an algorithm with opaque keys alone a fresh one. */
struct mls_key *key_new(struct conf *t, uint32_t seed);

/* key_opaque(t): keys of this algorithm cannot be imported. */
bool key_opaque(const struct conf *t);

/* key_octets(t, out, seed): what key_new imports. */
void key_octets(struct conf *t, struct octets *out, uint32_t seed);

/* key_public, key_sign(t, key, ...): of the announced sizes, or it fails. */
void key_public(struct conf *t, struct octets *out, const struct mls_key *key);
void key_sign(struct conf *t, struct octets *sig, const struct mls_key *key,
    struct mls_buf msg);

/* key_works(t, key, pub): what is done with pub, the key undoes. */
void key_works(struct conf *t, const struct mls_key *key,
    const struct octets *pub);

/* key_verify(t, pub, msg, sig): by the provider, or else by the one that the
 * config routes to; UNSUPPORTED if there is none. */
int key_verify(struct conf *t, struct mls_buf pub, struct mls_buf msg,
    struct mls_buf sig);

/* kem_to(t, enc, shared, pub, seed): kem_encap; a status. */
int kem_to(struct conf *t, struct octets *enc, struct octets *shared,
    struct mls_buf pub, uint32_t seed);

/* kem_from(t, shared, key, enc): kem_decap; a status. */
int kem_from(struct conf *t, struct octets *shared, const struct mls_key *key,
    struct mls_buf enc);

bool octets_same(const struct octets *a, const struct octets *b);

/* find_alg(t, role, id): what the provider offers, or NULL. */
const struct mls_alg *find_alg(struct conf *t, uint16_t role, uint16_t id);

/* key_derives(t): the test of key_derive. */
void key_derives(struct conf *t);

/* curve_len(t): octets of a coordinate of the NIST curve of the algorithm, or
 * 0 if it is of none; curve_order: its order. */
size_t curve_len(const struct conf *t);
const uint8_t *curve_order(const struct conf *t);

/* Public keys that are none, of a NIST curve: NULL behind the last. */
struct bad_point {
	const char *what;
	struct octets point;
};
const struct bad_point *bad_points(struct conf *t, const struct octets *pub);

#endif
