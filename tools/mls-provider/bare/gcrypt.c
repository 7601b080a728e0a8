/* SPDX-License-Identifier: MIT */
/* libgcrypt; its scalars in secure memory, where its multiplications are the
 * ones of constant time. */
#include <gcrypt.h>
#include <stdlib.h>
#include <string.h>

#include "bare.h"

struct state {
	gcry_md_hd_t h;
	gcry_cipher_hd_t c[4];
	uint8_t *k; /* in secure memory */
};

static bool
open_state(void **out)
{
	struct state *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return false;
	if (!gcry_control(GCRYCTL_INITIALIZATION_FINISHED_P)) {
		gcry_check_version(NULL);
		gcry_control(GCRYCTL_INITIALIZATION_FINISHED, 0);
	}
	s->k = gcry_malloc_secure(32);
	*out = s;
	return s->k != NULL &&
	    gcry_md_open(&s->h, GCRY_MD_SHA256, GCRY_MD_FLAG_HMAC) == 0 &&
	    gcry_cipher_open(&s->c[1], GCRY_CIPHER_AES128,
	    GCRY_CIPHER_MODE_GCM, 0) == 0 &&
	    gcry_cipher_open(&s->c[3], GCRY_CIPHER_CHACHA20,
	    GCRY_CIPHER_MODE_POLY1305, 0) == 0;
}

static void
close_state(void *state)
{
	struct state *s = state;

	gcry_free(s->k);
	gcry_md_close(s->h);
	gcry_cipher_close(s->c[1]);
	gcry_cipher_close(s->c[3]);
	free(s);
}

static bool
affine(uint8_t *x, uint8_t *y, gcry_mpi_point_t p, gcry_ctx_t ctx)
{
	gcry_mpi_t a = gcry_mpi_new(0), b = gcry_mpi_new(0);
	uint8_t out[2][32] = { { 0 } }, *to[2] = { x, y };
	gcry_mpi_t from[2] = { a, b };
	bool ok = gcry_mpi_ec_get_affine(a, b, p, ctx) == 0;
	size_t n, i;

	for (i = 0; i < 2 && ok; i++) {
		ok = gcry_mpi_print(GCRYMPI_FMT_USG, out[i], 32, &n,
		    from[i]) == 0;
		if (ok && to[i] != NULL) {
			memset(to[i], 0, 32 - n);
			memcpy(to[i] + 32 - n, out[i], n);
		}
	}
	gcry_mpi_release(a);
	gcry_mpi_release(b);
	return ok;
}

static bool
p256(const uint8_t *k, const uint8_t *pub, uint8_t *enc, uint8_t *dh)
{
	gcry_mpi_point_t g = NULL, q = gcry_mpi_point_new(0),
	    r = gcry_mpi_point_new(0);
	gcry_mpi_t e = NULL, x = NULL, y = NULL, one = gcry_mpi_set_ui(NULL, 1);
	gcry_ctx_t ctx = NULL;
	bool ok;

	ok = gcry_mpi_ec_new(&ctx, NULL, "NIST P-256") == 0 &&
	    gcry_mpi_scan(&e, GCRYMPI_FMT_USG, k, 32, NULL) == 0 &&
	    gcry_mpi_scan(&x, GCRYMPI_FMT_USG, pub + 1, 32, NULL) == 0 &&
	    gcry_mpi_scan(&y, GCRYMPI_FMT_USG, pub + 33, 32, NULL) == 0;
	if (ok) {
		g = gcry_mpi_ec_get_point("g", ctx, 1);
		gcry_mpi_ec_mul(r, e, g, ctx);
		enc[0] = 4;
		ok = affine(enc + 1, enc + 33, r, ctx);
		gcry_mpi_point_set(q, x, y, one);
		ok = ok && gcry_mpi_ec_curve_point(q, ctx);
		gcry_mpi_ec_mul(r, e, q, ctx);
		ok = ok && affine(dh, NULL, r, ctx);
	}
	gcry_mpi_point_release(g);
	gcry_mpi_point_release(q);
	gcry_mpi_point_release(r);
	gcry_mpi_release(e);
	gcry_mpi_release(x);
	gcry_mpi_release(y);
	gcry_mpi_release(one);
	gcry_ctx_release(ctx);
	return ok;
}

static bool
exchange(void *state, uint16_t kem, const uint8_t *pub, uint8_t *enc,
    uint8_t *dh)
{
	struct state *s = state;

	gcry_randomize(s->k, 32, GCRY_STRONG_RANDOM);
	if (kem != 0x20)
		return p256(s->k, pub, enc, dh);
	return gcry_ecc_mul_point(GCRY_ECC_CURVE25519, enc, s->k, NULL) ==
	    0 && gcry_ecc_mul_point(GCRY_ECC_CURVE25519, dh, s->k, pub) == 0;
}

static bool
hmac(void *state, const uint8_t *key, size_t key_len, const uint8_t *a,
    size_t a_len, const uint8_t *b, size_t b_len, uint8_t *out)
{
	struct state *s = state;

	gcry_md_reset(s->h);
	if (gcry_md_setkey(s->h, key_len > 0 ? (const void *)key : "",
	    key_len) != 0)
		return false;
	gcry_md_write(s->h, a, a_len);
	if (b_len > 0)
		gcry_md_write(s->h, b, b_len);
	memcpy(out, gcry_md_read(s->h, 0), 32);
	return true;
}

static bool
aead(void *state, uint16_t id, const uint8_t *key, const uint8_t *nonce,
    const uint8_t *pt, size_t len, uint8_t *ct)
{
	struct state *s = state;
	gcry_cipher_hd_t c = s->c[id];

	return gcry_cipher_reset(c) == 0 &&
	    gcry_cipher_setkey(c, key, id == 1 ? 16 : 32) == 0 &&
	    gcry_cipher_setiv(c, nonce, 12) == 0 &&
	    gcry_cipher_encrypt(c, ct, len, pt, len) == 0 &&
	    gcry_cipher_gettag(c, ct + len, 16) == 0;
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
