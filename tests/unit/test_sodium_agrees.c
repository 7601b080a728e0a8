/* SPDX-License-Identifier: MIT */
/* sodium and openssl give the same for the same random inputs. */
#define TEST_MODULE "sodium"
#include "openssl.h"

#define X25519 0x0020
#define CHACHA 3
#define ED25519 0x0807

static const struct mls_crypto_ops *theirs;
static void *their_ctx;
static uint64_t state = 20;

static void
draw(uint8_t *out, size_t len)
{
	uint64_t z;

	while (len-- > 0) {
		z = state += 0x9e3779b97f4a7c15u;
		z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
		*out++ = (uint8_t)((z * 0x94d049bb133111ebu) >> 56);
	}
}

static void
agree_on_kem(void)
{
	uint8_t ikm[32], seed[32], enc[2][32], shared[4][32];
	struct mls_key *ours = NULL, *other = NULL;
	struct octets pub;

	draw(ikm, sizeof(ikm));
	draw(seed, sizeof(seed));
	cr_assert_eq(ops->key_derive(ctx, X25519, buf(ikm, 32), &ours), 0);
	cr_assert_eq(theirs->key_derive(their_ctx, X25519, buf(ikm, 32),
	    &other), 0);
	pub = public_of(ours);
	cr_assert_eq(ops->kem_encap(ctx, X25519, BUF(pub), seed, enc[0],
	    shared[0]), 0);
	cr_assert_eq(theirs->kem_encap(their_ctx, X25519, BUF(pub), seed,
	    enc[1], shared[1]), 0);
	cr_expect_arr_eq(enc[0], enc[1], 32);
	cr_expect_arr_eq(shared[0], shared[1], 32);
	/* Of any octets, which are a point of the curve or of its twist. */
	draw(enc[0], 32);
	cr_assert_eq(ops->kem_decap(ctx, ours, buf(enc[0], 32), shared[2]), 0);
	cr_assert_eq(theirs->kem_decap(their_ctx, other, buf(enc[0], 32),
	    shared[3]), 0);
	cr_expect_arr_eq(shared[2], shared[3], 32);
	ops->key_release(ctx, ours);
	theirs->key_release(their_ctx, other);
}

static void
agree_on_signatures(struct mls_buf msg)
{
	uint8_t secret[32], sig[2][64];
	struct mls_key *ours = NULL, *other = NULL;
	struct octets pub;
	size_t len = 64;

	draw(secret, sizeof(secret));
	cr_assert_eq(ops->key_import(ctx, MLS_ROLE_SIGN, ED25519,
	    buf(secret, 32), &ours), 0);
	cr_assert_eq(theirs->key_import(their_ctx, MLS_ROLE_SIGN, ED25519,
	    buf(secret, 32), &other), 0);
	pub = public_of(ours);
	cr_assert_eq(ops->sign(ctx, ours, msg, sig[0], &len), 0);
	cr_assert_eq(theirs->sign(their_ctx, other, msg, sig[1], &len), 0);
	cr_expect_arr_eq(sig[0], sig[1], 64);
	cr_expect_eq(theirs->verify(their_ctx, ED25519, BUF(pub), msg,
	    buf(sig[0], 64)), 0);
	sig[0][secret[0] % 64] ^= 0x10;
	cr_expect_eq(ops->verify(ctx, ED25519, BUF(pub), msg,
	    buf(sig[0], 64)), MLS_P_VERIFY);
	cr_expect_eq(theirs->verify(their_ctx, ED25519, BUF(pub), msg,
	    buf(sig[0], 64)), MLS_P_VERIFY);
	ops->key_release(ctx, ours);
	theirs->key_release(their_ctx, other);
}

static void
agree_on_data(struct mls_buf aad, struct mls_buf msg)
{
	uint8_t key[32], nonce[12], out[2][320], pt[300];
	struct mls_buf both[] = { aad, msg };
	uint16_t kdf;

	draw(key, sizeof(key));
	draw(nonce, sizeof(nonce));
	cr_assert_eq(ops->aead_seal(ctx, CHACHA, key, nonce, aad, msg,
	    out[0]), 0);
	cr_assert_eq(theirs->aead_seal(their_ctx, CHACHA, key, nonce, aad,
	    msg, out[1]), 0);
	cr_expect_arr_eq(out[0], out[1], msg.len + 16);
	cr_assert_eq(ops->aead_open(ctx, CHACHA, key, nonce, aad,
	    buf(out[1], msg.len + 16), pt), 0);
	cr_expect(memcmp(pt, msg.data, msg.len) == 0);
	for (kdf = 1; kdf <= 3; kdf += 2) {
		size_t nh = kdf == 1 ? 32 : 64;

		cr_assert_eq(ops->hash(ctx, kdf, both, 2, out[0]), 0);
		cr_assert_eq(theirs->hash(their_ctx, kdf, both, 2, out[1]), 0);
		cr_expect_arr_eq(out[0], out[1], nh);
		cr_assert_eq(ops->hmac(ctx, kdf, aad, both, 2, out[0]), 0);
		cr_assert_eq(theirs->hmac(their_ctx, kdf, aad, both, 2,
		    out[1]), 0);
		cr_expect_arr_eq(out[0], out[1], nh);
	}
}

TestSuite(sodium_agrees, .init = open_module, .fini = close_module);

Test(sodium_agrees, with_openssl)
{
	const struct mls_provider *p = find_module("openssl");
	uint8_t aad[300], msg[300], len[2];
	size_t i;

	theirs = p->crypto;
	cr_assert_eq(p->init(NULL, NULL, 0, &their_ctx), MLS_P_OK);
	for (i = 0; i < 200; i++) {
		draw(aad, sizeof(aad));
		draw(msg, sizeof(msg));
		draw(len, sizeof(len));
		agree_on_kem();
		agree_on_signatures(buf(msg, len[0]));
		agree_on_data(buf(aad, len[1]), buf(msg, len[0]));
	}
	p->fini(their_ctx);
}
