/* SPDX-License-Identifier: MIT */
#include "sha2.h"

#include <string.h>

#define MAX_BLOCK 128

/* Words of 64 bits; those of SHA-256 use half of each. */
struct state {
	uint64_t h[8];
	uint8_t block[MAX_BLOCK];
	size_t fill, size; /* octets in the block, and its size */
	uint64_t total;
	size_t out_len;
};

/* The first 64 bits of the fractional parts of the cube roots of the first 80
 * primes; SHA-256 takes the first half of the first 64. */
static const uint64_t constants[80] = {
	0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f,
	0xe9b5dba58189dbbc, 0x3956c25bf348b538, 0x59f111f1b605d019,
	0x923f82a4af194f9b, 0xab1c5ed5da6d8118, 0xd807aa98a3030242,
	0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
	0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235,
	0xc19bf174cf692694, 0xe49b69c19ef14ad2, 0xefbe4786384f25e3,
	0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65, 0x2de92c6f592b0275,
	0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
	0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f,
	0xbf597fc7beef0ee4, 0xc6e00bf33da88fc2, 0xd5a79147930aa725,
	0x06ca6351e003826f, 0x142929670a0e6e70, 0x27b70a8546d22ffc,
	0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
	0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6,
	0x92722c851482353b, 0xa2bfe8a14cf10364, 0xa81a664bbc423001,
	0xc24b8b70d0f89791, 0xc76c51a30654be30, 0xd192e819d6ef5218,
	0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
	0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99,
	0x34b0bcb5e19b48a8, 0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb,
	0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3, 0x748f82ee5defb2fc,
	0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
	0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915,
	0xc67178f2e372532b, 0xca273eceea26619c, 0xd186b8c721c0c207,
	0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178, 0x06f067aa72176fba,
	0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
	0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc,
	0x431d67c49c100d4c, 0x4cc5d4becb3e42b6, 0x597f299cfc657e2a,
	0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

/* Those of SHA-256 are the first half of SHA-512's. */
static const uint64_t start512[8] = {
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b,
	0xa54ff53a5f1d36f1, 0x510e527fade682d1, 0x9b05688c2b3e6c1f,
	0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};
static const uint64_t start384[8] = {
	0xcbbb9d5dc1059ed8, 0x629a292a367cd507, 0x9159015a3070dd17,
	0x152fecd8f70e5939, 0x67332667ffc00b31, 0x8eb44a8768581511,
	0xdb0c2e0d64f98fa7, 0x47b5481dbefa4fa4,
};

/* The rotations and shifts of one size of word. */
struct kind {
	unsigned bits, rounds;
	unsigned big0[3], big1[3];     /* all three rotate */
	unsigned small0[3], small1[3]; /* the third shifts */
};

static const struct kind narrow = { 32, 64, { 2, 13, 22 }, { 6, 11, 25 },
	{ 7, 18, 3 }, { 17, 19, 10 } };
static const struct kind wide = { 64, 80, { 28, 34, 39 }, { 14, 18, 41 },
	{ 1, 8, 7 }, { 19, 61, 6 } };

static uint64_t
word(uint64_t x, const struct kind *k)
{
	return k->bits == 64 ? x : x & 0xffffffff;
}

static uint64_t
turn(uint64_t x, unsigned by, const struct kind *k)
{
	return word(x >> by | x << (k->bits - by), k);
}

static uint64_t
big(uint64_t x, const unsigned by[3], const struct kind *k)
{
	return turn(x, by[0], k) ^ turn(x, by[1], k) ^ turn(x, by[2], k);
}

static uint64_t
small(uint64_t x, const unsigned by[3], const struct kind *k)
{
	return turn(x, by[0], k) ^ turn(x, by[1], k) ^ x >> by[2];
}

/* FIPS 180-4 §6.2.2, §6.4.2. */
static void
compress(struct state *s)
{
	const struct kind *k = s->size == 64 ? &narrow : &wide;
	uint64_t w[80] = { 0 }, v[8], t1, t2;
	size_t octets = k->bits / 8, i;
	unsigned r;

	for (i = 0; i < s->size; i++)
		w[i / octets] = w[i / octets] << 8 | s->block[i];
	for (r = 16; r < k->rounds; r++)
		w[r] = word(small(w[r - 2], k->small1, k) + w[r - 7] +
		    small(w[r - 15], k->small0, k) + w[r - 16], k);
	memcpy(v, s->h, sizeof(v));
	for (r = 0; r < k->rounds; r++) {
		t1 = v[7] + big(v[4], k->big1, k) + ((v[4] & v[5]) ^
		    (~v[4] & v[6])) + (constants[r] >> (64 - k->bits)) + w[r];
		t2 = big(v[0], k->big0, k) + ((v[0] & v[1]) ^ (v[0] & v[2]) ^
		    (v[1] & v[2]));
		memmove(v + 1, v, 7 * sizeof(v[0]));
		v[4] = word(v[4] + t1, k);
		v[0] = word(t1 + t2, k);
	}
	for (i = 0; i < 8; i++)
		s->h[i] = word(s->h[i] + v[i], k);
}

static void
start(struct state *s, uint16_t kdf)
{
	size_t i;

	memset(s, 0, sizeof(*s));
	s->size = kdf == 1 ? 64 : 128;
	s->out_len = kdf == 1 ? 32 : kdf == 2 ? 48 : 64;
	for (i = 0; i < 8; i++)
		s->h[i] = kdf == 1 ? start512[i] >> 32 :
		    kdf == 2 ? start384[i] : start512[i];
}

static void
feed(struct state *s, struct mls_buf in)
{
	size_t i;

	for (i = 0; i < in.len; i++) {
		s->block[s->fill++] = in.data[i];
		if (s->fill == s->size) {
			compress(s);
			s->fill = 0;
		}
	}
	s->total += in.len;
}

static void
finish(uint8_t *out, struct state *s)
{
	uint8_t pad[2 * MAX_BLOCK] = { 0x80 };
	size_t tail = s->size / 8, len, i;
	uint64_t bits = s->total * 8, w;

	len = s->size - (s->fill + tail) % s->size;
	for (i = 0; i < 8; i++)
		pad[len + tail - 1 - i] = (uint8_t)(bits >> 8 * i);
	feed(s, (struct mls_buf){ pad, len + tail });
	for (i = 0; i < s->out_len; i++) {
		w = s->size == 64 ? s->h[i / 4] >> (24 - i % 4 * 8) :
		    s->h[i / 8] >> (56 - i % 8 * 8);
		out[i] = (uint8_t)w;
	}
}

int
sha2(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n, uint8_t *out)
{
	struct state s;

	(void)ctx;
	if (kdf < 1 || kdf > 3)
		return MLS_P_UNSUPPORTED;
	start(&s, kdf);
	for (; n > 0; n--, in++)
		feed(&s, *in);
	finish(out, &s);
	return MLS_P_OK;
}

int
sha2_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out)
{
	uint8_t pad[MAX_BLOCK] = { 0 }, inner[64];
	struct mls_buf block = { pad, 0 };
	struct state s;
	size_t i;

	(void)ctx;
	if (kdf < 1 || kdf > 3)
		return MLS_P_UNSUPPORTED;
	start(&s, kdf);
	block.len = s.size;
	if (key.len > s.size)
		sha2(NULL, kdf, &key, 1, pad);
	else if (key.len > 0)
		memcpy(pad, key.data, key.len);
	for (i = 0; i < block.len; i++)
		pad[i] ^= 0x36;
	feed(&s, block);
	for (; n > 0; n--, in++)
		feed(&s, *in);
	finish(inner, &s);
	for (i = 0; i < block.len; i++)
		pad[i] ^= 0x36 ^ 0x5c;
	start(&s, kdf);
	feed(&s, block);
	feed(&s, (struct mls_buf){ inner, s.out_len });
	finish(out, &s);
	return MLS_P_OK;
}

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	(void)host;
	(void)params;
	(void)n;
	*ctx = NULL;
	return MLS_P_OK;
}

static size_t
algorithms(void *ctx, const struct mls_alg **list)
{
	static const struct mls_alg algs[] = {
		{ MLS_ROLE_HASH, 1, 0, 0, 32, 0, 0, 0, 0 },
		{ MLS_ROLE_HASH, 2, 0, 0, 48, 0, 0, 0, 0 },
		{ MLS_ROLE_HASH, 3, 0, 0, 64, 0, 0, 0, 0 },
	};

	(void)ctx;
	*list = algs;
	return sizeof(algs) / sizeof(algs[0]);
}

static const struct mls_crypto_ops ops = {
	.size = sizeof(ops),
	.algorithms = algorithms,
	.hash = sha2,
	.hmac = sha2_hmac,
};

const struct mls_provider sha2_provider = {
	MLS_PROVIDER_HEADER,
	.name = "reference",
	.init = init,
	.crypto = &ops,
};
