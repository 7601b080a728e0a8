/* SPDX-License-Identifier: MIT */
/*
 * Ed25519 and Ed448, RFC 8032.
 *
 * gcry_pk_verify ends the process on some public keys: where y, or a number on
 * the way from y to x, is short of the prime by a machine word, libgcrypt
 * 1.10's field arithmetic finds "different sizes".  Such keys are not those of
 * small order alone, and anybody can make one.  So points are decoded here,
 * with plain modular arithmetic that takes numbers of any size, and of the
 * curve's own only multiplication and addition are used, which make their
 * operands as long as the prime first.
 */
#include "private.h"

#include <string.h>

#define MAX_POINT 57

static const char *
curve_name(const struct mls_alg *alg)
{
	return alg->public_len == MAX_POINT ? "Ed448" : "Ed25519";
}

/* SHA-512, or SHAKE256 to 114 octets, over n pieces; out has 2 * MAX_POINT
 * octets. */
static bool
digest(uint8_t *out, const struct mls_alg *alg, const struct mls_buf *in,
    size_t n)
{
	bool ed448 = alg->public_len == MAX_POINT;
	gcry_md_hd_t h;
	bool ok = true;
	size_t i;

	if (gcry_md_open(&h, ed448 ? GCRY_MD_SHAKE256 : GCRY_MD_SHA512, 0) != 0)
		return false;
	for (i = 0; i < n; i++)
		if (in[i].len > 0)
			gcry_md_write(h, in[i].data, in[i].len);
	if (ed448)
		ok = gcry_md_extract(h, GCRY_MD_SHAKE256, out,
		    2 * MAX_POINT) == 0;
	else
		memcpy(out, gcry_md_read(h, GCRY_MD_SHA512), 64);
	gcry_md_close(h);
	return ok;
}

/* §5.1.2, §5.2.2: y, and the lowest bit of x in the highest. */
static bool
encode(uint8_t *out, const struct mls_alg *alg, struct points *w,
    gcry_mpi_point_t p)
{
	size_t len = alg->public_len;

	if (gcry_mpi_ec_get_affine(w->x, w->y, p, w->ctx) != 0 ||
	    !mls__gcry_mpi_write(out, w->y, len, true))
		return false;
	out[len - 1] |= gcry_mpi_test_bit(w->x, 0) ? 0x80 : 0;
	return true;
}

/* In place of the seed, the scalar: §5.1.5, §5.2.5. */
static void
clamp(uint8_t *k, size_t len)
{
	if (len == MAX_POINT) {
		k[0] &= 0xfc;
		k[55] |= 0x80;
		k[56] = 0;
	} else {
		k[0] &= 0xf8;
		k[31] = (uint8_t)((k[31] & 0x7f) | 0x40);
	}
}

int
mls__gcry_eddsa_public(uint8_t *pub, const struct mls_alg *alg,
    const uint8_t *seed)
{
	struct mls_buf in = { seed, alg->secret_len };
	uint8_t *h = gcry_malloc_secure(2 * MAX_POINT);
	struct points w = { 0 };
	gcry_mpi_point_t g = NULL;
	int rc = MLS_P_NOMEM;

	if (h == NULL || !digest(h, alg, &in, 1))
		goto out;
	clamp(h, alg->secret_len);
	if (!mls__gcry_points_open(&w, curve_name(alg), true) ||
	    !mls__gcry_mpi_read(&w.k, h, alg->secret_len, true))
		goto out;
	g = gcry_mpi_ec_get_point("g", w.ctx, 1);
	if (g == NULL)
		goto out;
	gcry_mpi_ec_mul(w.b, w.k, g, w.ctx);
	if (encode(pub, alg, &w, w.b))
		rc = MLS_P_OK;
out:
	if (h != NULL)
		mls__module_wipe(h, 2 * MAX_POINT);
	gcry_free(h);
	gcry_mpi_point_release(g);
	mls__gcry_points_close(&w);
	return rc;
}

/* The numbers of a curve, a x^2 + y^2 = 1 + d x^2 y^2 modulo p. */
struct edwards {
	gcry_mpi_t p, a, d, n;
};

static bool
edwards_open(struct edwards *c, struct points *w)
{
	c->p = gcry_mpi_ec_get_mpi("p", w->ctx, 1);
	c->a = gcry_mpi_ec_get_mpi("a", w->ctx, 1);
	c->d = gcry_mpi_ec_get_mpi("b", w->ctx, 1);
	c->n = gcry_mpi_ec_get_mpi("n", w->ctx, 1);
	return c->p != NULL && c->a != NULL && c->d != NULL && c->n != NULL;
}

static void
edwards_close(struct edwards *c)
{
	gcry_mpi_release(c->p);
	gcry_mpi_release(c->a);
	gcry_mpi_release(c->d);
	gcry_mpi_release(c->n);
}

/* A hash as a number below n; secret if room, of 2 * MAX_POINT octets, lies in
 * secure memory. */
static bool
digest_number(gcry_mpi_t *out, const struct mls_alg *alg,
    const struct edwards *c, const struct mls_buf *in, size_t n,
    uint8_t *room)
{
	bool ok = digest(room, alg, in, n) &&
	    mls__gcry_mpi_read(out, room, 2 * alg->public_len, true);

	if (ok)
		gcry_mpi_mod(*out, *out, c->n);
	mls__module_wipe(room, 2 * MAX_POINT);
	return ok;
}

static const uint8_t dom4[10] = "SigEd448";

/* What comes before R, or before the prefix, in a hash: §5.1, §5.2. */
static struct mls_buf
domain(const struct mls_alg *alg)
{
	struct mls_buf b = { dom4, alg->public_len == MAX_POINT ?
	    sizeof(dom4) : 0 };

	return b;
}

/* §5.1.6, §5.2.6.  libgcrypt's own signing ends the process where the message
 * is longer than the 65535 octets of an atom of its S-expressions. */
static int
sign_with(const struct mls_alg *alg, struct points *w,
    const struct edwards *c, const struct mls_key *key, struct mls_buf msg,
    uint8_t *h, uint8_t *sig)
{
	size_t half = alg->public_len;
	uint8_t *room = h + 2 * MAX_POINT;
	struct mls_buf seed = { key->secret, alg->secret_len };
	struct mls_buf first[] = { domain(alg), { h + half, half }, msg };
	struct mls_buf second[] = { domain(alg), { sig, half },
		{ key->public, half }, msg };
	gcry_mpi_point_t g = gcry_mpi_ec_get_point("g", w->ctx, 1);
	gcry_mpi_t s = NULL, k = NULL;
	int rc = MLS_P_NOMEM;

	if (g == NULL || !digest(h, alg, &seed, 1) ||
	    !digest_number(&w->k, alg, c, first, 3, room))
		goto out;
	gcry_mpi_ec_mul(w->b, w->k, g, w->ctx);
	clamp(h, half);
	if (!encode(sig, alg, w, w->b) ||
	    !mls__gcry_mpi_read(&s, h, half, true) ||
	    !digest_number(&k, alg, c, second, 4, room))
		goto out;
	gcry_mpi_mulm(s, s, k, c->n);
	gcry_mpi_addm(s, s, w->k, c->n);
	if (mls__gcry_mpi_write(sig + half, s, half, true))
		rc = MLS_P_OK;
out:
	gcry_mpi_release(k);
	gcry_mpi_release(s);
	gcry_mpi_point_release(g);
	return rc;
}

int
mls__gcry_eddsa_sign(const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len)
{
	const struct mls_alg *alg = key->alg;
	uint8_t *h;
	struct points w = { 0 };
	struct edwards c = { 0 };
	int rc = MLS_P_NOMEM;

	if (*len < 2 * (size_t)alg->public_len)
		return MLS_P_SPACE;
	h = gcry_malloc_secure(4 * MAX_POINT);
	if (h != NULL && mls__gcry_points_open(&w, curve_name(alg), true) &&
	    edwards_open(&c, &w))
		rc = sign_with(alg, &w, &c, key, msg, h, sig);
	if (rc == MLS_P_OK)
		*len = 2 * (size_t)alg->public_len;
	if (h != NULL)
		mls__module_wipe(h, 4 * MAX_POINT);
	gcry_free(h);
	edwards_close(&c);
	mls__gcry_points_close(&w);
	return rc;
}

/* x becomes a square root of v, if there is one: p is 3 mod 4 or 5 mod 8. */
static bool
square_root(gcry_mpi_t x, gcry_mpi_t v, gcry_mpi_t p)
{
	bool three = gcry_mpi_test_bit(p, 1);
	gcry_mpi_t e = gcry_mpi_new(0), t = gcry_mpi_new(0);
	bool ok;

	gcry_mpi_add_ui(e, p, three ? 1 : 3);
	gcry_mpi_rshift(e, e, three ? 2 : 3);
	gcry_mpi_powm(x, v, e, p);
	gcry_mpi_mulm(t, x, x, p);
	ok = gcry_mpi_cmp(t, v) == 0;
	if (!ok && !three) {
		gcry_mpi_rshift(e, p, 2); /* times a root of -1 */
		gcry_mpi_powm(t, GCRYMPI_CONST_TWO, e, p);
		gcry_mpi_mulm(x, x, t, p);
		gcry_mpi_mulm(t, x, x, p);
		ok = gcry_mpi_cmp(t, v) == 0;
	}
	gcry_mpi_release(e);
	gcry_mpi_release(t);
	return ok;
}

/* x^2 = (y^2 - 1) / (d y^2 - a); no divisor is 0, as d is no square and a is
 * one. */
static bool
recover(gcry_mpi_t x, gcry_mpi_t y, const struct edwards *c)
{
	gcry_mpi_t u = gcry_mpi_new(0), v = gcry_mpi_new(0);
	bool ok;

	gcry_mpi_mulm(u, y, y, c->p);
	gcry_mpi_mulm(v, u, c->d, c->p);
	gcry_mpi_subm(v, v, c->a, c->p);
	gcry_mpi_subm(u, u, GCRYMPI_CONST_ONE, c->p);
	ok = gcry_mpi_invm(v, v, c->p) != 0;
	if (ok) {
		gcry_mpi_mulm(u, u, v, c->p);
		ok = square_root(x, u, c->p);
	}
	gcry_mpi_release(u);
	gcry_mpi_release(v);
	return ok;
}

/* Into w->a, the inverse of the point that pub stands for: §5.1.3, §5.2.3. */
static int
read_inverse(struct points *w, const struct mls_alg *alg,
    const struct edwards *c, const uint8_t *pub)
{
	uint8_t copy[MAX_POINT];
	bool odd = (pub[alg->public_len - 1] & 0x80) != 0;
	gcry_mpi_t y = NULL;
	int rc = MLS_P_VERIFY;

	memcpy(copy, pub, alg->public_len);
	copy[alg->public_len - 1] &= 0x7f;
	if (!mls__gcry_mpi_read(&y, copy, alg->public_len, true))
		return MLS_P_NOMEM;
	if (gcry_mpi_cmp(y, c->p) >= 0 || !recover(w->x, y, c) ||
	    (odd && gcry_mpi_cmp_ui(w->x, 0) == 0))
		goto out;
	if ((gcry_mpi_test_bit(w->x, 0) != 0) == odd &&
	    gcry_mpi_cmp_ui(w->x, 0) != 0)
		gcry_mpi_sub(w->x, c->p, w->x);
	gcry_mpi_point_set(w->a, w->x, y, GCRYMPI_CONST_ONE);
	rc = MLS_P_OK;
out:
	gcry_mpi_release(y);
	return rc;
}

/* Whether 8 times w->a, or 4 times on Ed448, is nothing. */
static int
small_order(bool *small, struct points *w, const struct mls_alg *alg)
{
	gcry_mpi_t k = gcry_mpi_set_ui(NULL, alg->public_len == MAX_POINT ?
	    4 : 8);
	int rc = MLS_P_NOMEM;

	gcry_mpi_ec_mul(w->b, k, w->a, w->ctx);
	if (gcry_mpi_ec_get_affine(w->x, NULL, w->b, w->ctx) == 0) {
		*small = gcry_mpi_cmp_ui(w->x, 0) == 0;
		rc = MLS_P_OK;
	}
	gcry_mpi_release(k);
	return rc;
}

/* Whether w->b, which is S B - h A, is R but for a point of small order. */
static int
equal_times_four(struct points *w, const struct mls_alg *alg,
    const struct edwards *c, const uint8_t *r)
{
	bool small;
	int rc = read_inverse(w, alg, c, r);

	if (rc != MLS_P_OK)
		return rc;
	gcry_mpi_ec_add(w->a, w->b, w->a, w->ctx);
	rc = small_order(&small, w, alg);
	return rc == MLS_P_OK && !small ? MLS_P_VERIFY : rc;
}

/*
 * Whether R is S B - h A, with -A in w->a.  RFC 8032 leaves it open whether
 * both are multiplied by the cofactor first.  All providers have to agree
 * (CRYPT-16), so that it is as OpenSSL does: on Ed448 they are.
 */
static int
equation(struct points *w, const struct mls_alg *alg,
    const struct edwards *c, gcry_mpi_t h, const uint8_t *r)
{
	gcry_mpi_point_t g = gcry_mpi_ec_get_point("g", w->ctx, 1);
	uint8_t got[MAX_POINT];
	int rc = MLS_P_NOMEM;

	if (g == NULL)
		return MLS_P_NOMEM;
	gcry_mpi_ec_mul(w->b, w->k, g, w->ctx);
	gcry_mpi_ec_mul(w->c, h, w->a, w->ctx);
	gcry_mpi_ec_add(w->b, w->b, w->c, w->ctx);
	if (alg->public_len == MAX_POINT)
		rc = equal_times_four(w, alg, c, r);
	else if (encode(got, alg, w, w->b))
		rc = memcmp(got, r, alg->public_len) == 0 ? MLS_P_OK :
		    MLS_P_VERIFY;
	gcry_mpi_point_release(g);
	return rc;
}

/* Libraries differ on what a key of small order signs, so that it signs
 * nothing here. */
static int
read_key(struct points *w, const struct mls_alg *alg,
    const struct edwards *c, const uint8_t *pub)
{
	bool small;
	int rc = read_inverse(w, alg, c, pub);

	if (rc == MLS_P_OK)
		rc = small_order(&small, w, alg);
	return rc == MLS_P_OK && small ? MLS_P_VERIFY : rc;
}

int
mls__gcry_eddsa_verify(const struct mls_alg *alg, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig)
{
	size_t len = alg->public_len;
	struct mls_buf in[] = { domain(alg), { sig.data, len }, pub, msg };
	uint8_t sum[2 * MAX_POINT];
	struct points w = { 0 };
	struct edwards c = { 0 };
	gcry_mpi_t h = NULL;
	int rc = MLS_P_NOMEM;

	if (pub.len != len)
		return MLS_P_ARGUMENT;
	if (sig.len != 2 * len)
		return MLS_P_VERIFY;
	if (!mls__gcry_points_open(&w, curve_name(alg), true) ||
	    !edwards_open(&c, &w) ||
	    !mls__gcry_mpi_read(&w.k, sig.data + len, len, true) ||
	    !digest_number(&h, alg, &c, in, 4, sum))
		goto out;
	rc = MLS_P_VERIFY;
	if (gcry_mpi_cmp(w.k, c.n) < 0)
		rc = read_key(&w, alg, &c, pub.data);
	if (rc == MLS_P_OK)
		rc = equation(&w, alg, &c, h, sig.data);
out:
	gcry_mpi_release(h);
	edwards_close(&c);
	mls__gcry_points_close(&w);
	return rc;
}
