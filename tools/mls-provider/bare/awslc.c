/* SPDX-License-Identifier: MIT */
/* AWS-LC's libcrypto, by its functions that allocate least. */
#include <openssl/boringssl_prefix_symbols.h> /* before all other of its */

#include <openssl/aead.h>
#include <openssl/bn.h>
#include <openssl/curve25519.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/mem.h>

#include "bare.h"

struct state {
	const EC_GROUP *group;
	EC_POINT *e, *q;
	BIGNUM *k, *x;
	HMAC_CTX h;
	EVP_AEAD_CTX c;
};

static void
close_state(void *state)
{
	struct state *s = state;

	EC_POINT_free(s->e);
	EC_POINT_free(s->q);
	BN_free(s->k);
	BN_free(s->x);
	OPENSSL_free(s);
}

static bool
open_state(void **out)
{
	struct state *s = OPENSSL_zalloc(sizeof(*s));

	if (s == NULL)
		return false;
	s->group = EC_group_p256();
	s->e = EC_POINT_new(s->group);
	s->q = EC_POINT_new(s->group);
	s->k = BN_new();
	s->x = BN_new();
	*out = s;
	return s->e != NULL && s->q != NULL && s->k != NULL && s->x != NULL;
}

static bool
x25519(const uint8_t *pub, uint8_t *enc, uint8_t *dh)
{
	uint8_t k[X25519_PRIVATE_KEY_LEN];

	X25519_keypair(enc, k);
	return X25519(dh, k, pub) == 1;
}

static bool
p256(struct state *s, const uint8_t *pub, uint8_t *enc, uint8_t *dh)
{
	return BN_rand_range_ex(s->k, 1, EC_GROUP_get0_order(s->group)) ==
	    1 && EC_POINT_oct2point(s->group, s->q, pub, 65, NULL) == 1 &&
	    EC_POINT_mul(s->group, s->e, s->k, NULL, NULL, NULL) == 1 &&
	    EC_POINT_point2oct(s->group, s->e, POINT_CONVERSION_UNCOMPRESSED,
	    enc, 65, NULL) == 65 &&
	    EC_POINT_mul(s->group, s->q, NULL, s->q, s->k, NULL) == 1 &&
	    EC_POINT_get_affine_coordinates_GFp(s->group, s->q, s->x, NULL,
	    NULL) == 1 && BN_bn2bin_padded(dh, 32, s->x) == 1;
}

static bool
exchange(void *state, uint16_t kem, const uint8_t *pub, uint8_t *enc,
    uint8_t *dh)
{
	return kem == 0x20 ? x25519(pub, enc, dh) : p256(state, pub, enc, dh);
}

static bool
hmac(void *state, const uint8_t *key, size_t key_len, const uint8_t *a,
    size_t a_len, const uint8_t *b, size_t b_len, uint8_t *out)
{
	struct state *s = state;

	return HMAC_Init_ex(&s->h, key != NULL ? (const void *)key : "",
	    key_len, EVP_sha256(), NULL) == 1 &&
	    HMAC_Update(&s->h, a, a_len) == 1 &&
	    HMAC_Update(&s->h, b, b_len) == 1 &&
	    HMAC_Final(&s->h, out, NULL) == 1;
}

static bool
aead(void *state, uint16_t id, const uint8_t *key, const uint8_t *nonce,
    const uint8_t *pt, size_t len, uint8_t *ct)
{
	struct state *s = state;
	size_t n;
	bool ok;

	ok = EVP_AEAD_CTX_init(&s->c, id == 1 ? EVP_aead_aes_128_gcm() :
	    EVP_aead_chacha20_poly1305(), key, id == 1 ? 16 : 32, 16, NULL) ==
	    1 && EVP_AEAD_CTX_seal(&s->c, ct, &n, len + 16, nonce, 12, pt,
	    len, NULL, 0) == 1;
	EVP_AEAD_CTX_cleanup(&s->c);
	return ok;
}

static bool
seal(void *state, uint16_t suite, const uint8_t *pub, const uint8_t *context,
    size_t context_len, const uint8_t *pt, size_t len, uint8_t *enc,
    uint8_t *ct)
{
	static const struct bare_library lib = { exchange, hmac, aead };

	return bare_seal(&lib, state, suite, pub, context, context_len, pt,
	    len, enc, ct);
}

const struct mls_bare mls_bare = { open_state, close_state, seal };
