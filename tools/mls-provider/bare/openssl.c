/* SPDX-License-Identifier: MIT */
/* libcrypto in its quickest forms that are not deprecated. */
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

#include "bare.h"

struct state {
	EVP_MD_CTX *md;
	EVP_MD *sha256;
	EVP_CIPHER *cipher[4];
	EVP_CIPHER_CTX *c;
	EVP_PKEY_CTX *gen;
	EC_GROUP *group;
	BN_CTX *bn;
};

static bool
open_state(void **out)
{
	struct state *s = OPENSSL_zalloc(sizeof(*s));

	if (s == NULL)
		return false;
	s->md = EVP_MD_CTX_new();
	s->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	s->cipher[1] = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	s->cipher[3] = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);
	s->c = EVP_CIPHER_CTX_new();
	s->gen = EVP_PKEY_CTX_new_from_name(NULL, "X25519", NULL);
	s->group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	s->bn = BN_CTX_new();
	*out = s;
	return s->md != NULL && s->sha256 != NULL && s->c != NULL &&
	    s->gen != NULL && EVP_PKEY_keygen_init(s->gen) == 1;
}

static void
close_state(void *state)
{
	struct state *s = state;

	EVP_MD_CTX_free(s->md);
	EVP_MD_free(s->sha256);
	EVP_CIPHER_free(s->cipher[1]);
	EVP_CIPHER_free(s->cipher[3]);
	EVP_CIPHER_CTX_free(s->c);
	EVP_PKEY_CTX_free(s->gen);
	EC_GROUP_free(s->group);
	BN_CTX_free(s->bn);
	OPENSSL_free(s);
}

static bool
x25519(struct state *s, const uint8_t *pub, uint8_t *enc, uint8_t *dh)
{
	EVP_PKEY *eph = NULL, *peer;
	EVP_PKEY_CTX *c = NULL;
	size_t n = 32, m = 32;
	bool ok;

	peer = EVP_PKEY_new_raw_public_key_ex(NULL, "X25519", NULL, pub, 32);
	ok = EVP_PKEY_generate(s->gen, &eph) == 1 &&
	    EVP_PKEY_get_raw_public_key(eph, enc, &n) == 1 &&
	    (c = EVP_PKEY_CTX_new_from_pkey(NULL, eph, NULL)) != NULL &&
	    EVP_PKEY_derive_init(c) == 1 &&
	    EVP_PKEY_derive_set_peer_ex(c, peer, 0) == 1 &&
	    EVP_PKEY_derive(c, dh, &m) == 1;
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(eph);
	EVP_PKEY_free(peer);
	return ok;
}

static bool
p256(struct state *s, const uint8_t *pub, uint8_t *enc, uint8_t *dh)
{
	EC_POINT *q = EC_POINT_new(s->group), *e = EC_POINT_new(s->group);
	BIGNUM *k, *x;
	bool ok;

	BN_CTX_start(s->bn);
	k = BN_CTX_get(s->bn);
	x = BN_CTX_get(s->bn);
	ok = x != NULL &&
	    BN_priv_rand_range(k, EC_GROUP_get0_order(s->group)) == 1 &&
	    EC_POINT_oct2point(s->group, q, pub, 65, s->bn) == 1 &&
	    EC_POINT_mul(s->group, e, k, NULL, NULL, s->bn) == 1 &&
	    EC_POINT_point2oct(s->group, e, POINT_CONVERSION_UNCOMPRESSED,
	    enc, 65, s->bn) == 65 &&
	    EC_POINT_mul(s->group, q, NULL, q, k, s->bn) == 1 &&
	    EC_POINT_get_affine_coordinates(s->group, q, x, NULL, s->bn) ==
	    1 && BN_bn2binpad(x, dh, 32) == 32;
	BN_CTX_end(s->bn);
	EC_POINT_free(q);
	EC_POINT_free(e);
	return ok;
}

static bool
exchange(void *state, uint16_t kem, const uint8_t *pub, uint8_t *enc,
    uint8_t *dh)
{
	return kem == 0x20 ? x25519(state, pub, enc, dh) :
	    p256(state, pub, enc, dh);
}

/* From the bare hash: EVP_MAC is several times slower. */
static bool
hmac(void *state, const uint8_t *key, size_t key_len, const uint8_t *a,
    size_t a_len, const uint8_t *b, size_t b_len, uint8_t *out)
{
	struct state *s = state;
	uint8_t pad[64] = { 0 }, inner[32];
	size_t i;

	if (key_len > 0)
		memcpy(pad, key, key_len);
	for (i = 0; i < 64; i++)
		pad[i] ^= 0x36;
	if (EVP_DigestInit_ex2(s->md, s->sha256, NULL) != 1 ||
	    EVP_DigestUpdate(s->md, pad, 64) != 1 ||
	    EVP_DigestUpdate(s->md, a, a_len) != 1 ||
	    EVP_DigestUpdate(s->md, b, b_len) != 1 ||
	    EVP_DigestFinal_ex(s->md, inner, NULL) != 1)
		return false;
	for (i = 0; i < 64; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	return EVP_DigestInit_ex2(s->md, s->sha256, NULL) == 1 &&
	    EVP_DigestUpdate(s->md, pad, 64) == 1 &&
	    EVP_DigestUpdate(s->md, inner, 32) == 1 &&
	    EVP_DigestFinal_ex(s->md, out, NULL) == 1;
}

static bool
aead(void *state, uint16_t id, const uint8_t *key, const uint8_t *nonce,
    const uint8_t *pt, size_t len, uint8_t *ct)
{
	struct state *s = state;
	int n;

	return EVP_EncryptInit_ex2(s->c, s->cipher[id], key, nonce, NULL) ==
	    1 && EVP_EncryptUpdate(s->c, ct, &n, pt, (int)len) == 1 &&
	    EVP_EncryptFinal_ex(s->c, ct + len, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(s->c, EVP_CTRL_AEAD_GET_TAG, 16, ct + len) ==
	    1;
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
