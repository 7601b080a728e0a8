/* SPDX-License-Identifier: MIT */
/* Hashes, HMAC and ChaCha20-Poly1305. */
#include "private.h"

#define TAG crypto_aead_chacha20poly1305_ietf_ABYTES

/* The longest plaintext under one nonce, RFC 8439 §2.8; libsodium aborts past
 * it. */
static bool
fits(size_t len)
{
	return len <= crypto_aead_chacha20poly1305_ietf_messagebytes_max();
}

int
mls__sodium_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	union {
		crypto_hash_sha256_state s256;
		crypto_hash_sha512_state s512;
	} h;

	(void)ctx;
	if (kdf == 1) {
		crypto_hash_sha256_init(&h.s256);
		for (; n > 0; n--, in++)
			crypto_hash_sha256_update(&h.s256, octets(*in),
			    in->len);
		crypto_hash_sha256_final(&h.s256, out);
	} else if (kdf == 3) {
		crypto_hash_sha512_init(&h.s512);
		for (; n > 0; n--, in++)
			crypto_hash_sha512_update(&h.s512, octets(*in),
			    in->len);
		crypto_hash_sha512_final(&h.s512, out);
	} else {
		return MLS_P_UNSUPPORTED;
	}
	sodium_memzero(&h, sizeof(h));
	return MLS_P_OK;
}

int
mls__sodium_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out)
{
	union {
		crypto_auth_hmacsha256_state s256;
		crypto_auth_hmacsha512_state s512;
	} h;

	(void)ctx;
	if (kdf == 1) {
		crypto_auth_hmacsha256_init(&h.s256, octets(key), key.len);
		for (; n > 0; n--, in++)
			crypto_auth_hmacsha256_update(&h.s256, octets(*in),
			    in->len);
		crypto_auth_hmacsha256_final(&h.s256, out);
	} else if (kdf == 3) {
		crypto_auth_hmacsha512_init(&h.s512, octets(key), key.len);
		for (; n > 0; n--, in++)
			crypto_auth_hmacsha512_update(&h.s512, octets(*in),
			    in->len);
		crypto_auth_hmacsha512_final(&h.s512, out);
	} else {
		return MLS_P_UNSUPPORTED;
	}
	sodium_memzero(&h, sizeof(h));
	return MLS_P_OK;
}

int
mls__sodium_aead_seal(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt, uint8_t *ct)
{
	(void)ctx;
	if (aead != AEAD_CHACHA)
		return MLS_P_UNSUPPORTED;
	if (!fits(pt.len))
		return MLS_P_ARGUMENT;
	crypto_aead_chacha20poly1305_ietf_encrypt_detached(ct, ct + pt.len,
	    NULL, octets(pt), pt.len, octets(aad), aad.len, NULL, nonce, key);
	return MLS_P_OK;
}

/* libsodium's opening clears the output if the tag is wrong, which would be
 * the ciphertext where it is opened in place.  So it is asked for its verdict
 * alone; the keystream begins with block 1, block 0 being Poly1305's key. */
int
mls__sodium_aead_open(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct, uint8_t *pt)
{
	size_t len;

	(void)ctx;
	if (aead != AEAD_CHACHA)
		return MLS_P_UNSUPPORTED;
	if (ct.len < TAG || !fits(ct.len - TAG))
		return MLS_P_VERIFY;
	len = ct.len - TAG;
	if (crypto_aead_chacha20poly1305_ietf_decrypt_detached(NULL, NULL,
	    ct.data, len, ct.data + len, octets(aad), aad.len, nonce,
	    key) != 0)
		return MLS_P_VERIFY;
	if (len > 0)
		crypto_stream_chacha20_ietf_xor_ic(pt, ct.data, len, nonce, 1,
		    key);
	return MLS_P_OK;
}
