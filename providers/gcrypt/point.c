/* SPDX-License-Identifier: MIT */
/* Numbers and points, and Diffie-Hellman on the NIST curves. */
#include "private.h"

#include <string.h>

#define UNCOMPRESSED 4

const char *
mls__gcry_curve_name(const struct mls_curve *c)
{
	static const char *const names[MLS_CURVES] = { "NIST P-256",
		"NIST P-384", "NIST P-521" };

	return names[c - mls__curves];
}

bool
mls__gcry_points_open(struct points *w, const char *name, bool eddsa)
{
	gcry_sexp_t curve = NULL;
	gcry_error_t e;

	memset(w, 0, sizeof(*w));
	e = gcry_sexp_build(&curve, NULL, eddsa ?
	    "(public-key(ecc(curve %s)(flags eddsa)))" :
	    "(public-key(ecc(curve %s)))", name);
	if (e == 0)
		e = gcry_mpi_ec_new(&w->ctx, curve, NULL);
	gcry_sexp_release(curve);
	if (e != 0)
		return false;
	w->a = gcry_mpi_point_new(0);
	w->b = gcry_mpi_point_new(0);
	w->c = gcry_mpi_point_new(0);
	w->x = gcry_mpi_new(0);
	w->y = gcry_mpi_new(0);
	return true;
}

void
mls__gcry_points_close(struct points *w)
{
	gcry_mpi_release(w->k);
	gcry_mpi_release(w->x);
	gcry_mpi_release(w->y);
	gcry_mpi_point_release(w->a);
	gcry_mpi_point_release(w->b);
	gcry_mpi_point_release(w->c);
	gcry_ctx_release(w->ctx);
}

static void
reverse(uint8_t *p, size_t len)
{
	uint8_t swap;
	size_t i;

	for (i = 0; i < len / 2; i++) {
		swap = p[i];
		p[i] = p[len - 1 - i];
		p[len - 1 - i] = swap;
	}
}

bool
mls__gcry_mpi_read(gcry_mpi_t *out, const uint8_t *p, size_t len, bool little)
{
	uint8_t *copy;
	bool ok;

	if (!little)
		return gcry_mpi_scan(out, GCRYMPI_FMT_USG, p, len, NULL) == 0;
	copy = gcry_is_secure(p) ? gcry_malloc_secure(len) : gcry_malloc(len);
	if (copy == NULL)
		return false;
	memcpy(copy, p, len);
	reverse(copy, len);
	ok = gcry_mpi_scan(out, GCRYMPI_FMT_USG, copy, len, NULL) == 0;
	mls__module_wipe(copy, len);
	gcry_free(copy);
	return ok;
}

bool
mls__gcry_mpi_write(uint8_t *out, gcry_mpi_t v, size_t len, bool little)
{
	size_t n;

	if (gcry_mpi_print(GCRYMPI_FMT_USG, out, len, &n, v) != 0)
		return false;
	memmove(out + (len - n), out, n);
	memset(out, 0, len - n);
	if (little)
		reverse(out, len);
	return true;
}

static bool
points_open(struct points *w, const struct mls_curve *c)
{
	return mls__gcry_points_open(w, mls__gcry_curve_name(c), false);
}

int
mls__gcry_ec_public(uint8_t *pub, const struct mls_curve *c, const uint8_t *k)
{
	size_t len = c->len;
	struct points w;
	gcry_mpi_point_t g = NULL;
	int rc = MLS_P_NOMEM;

	if (!points_open(&w, c) ||
	    !mls__gcry_mpi_read(&w.k, k, len, false))
		goto out;
	g = gcry_mpi_ec_get_point("g", w.ctx, 1);
	if (g == NULL)
		goto out;
	gcry_mpi_ec_mul(w.b, w.k, g, w.ctx);
	pub[0] = UNCOMPRESSED;
	if (gcry_mpi_ec_get_affine(w.x, w.y, w.b, w.ctx) == 0 &&
	    mls__gcry_mpi_write(pub + 1, w.x, len, false) &&
	    mls__gcry_mpi_write(pub + 1 + len, w.y, len, false))
		rc = MLS_P_OK;
out:
	gcry_mpi_point_release(g);
	mls__gcry_points_close(&w);
	return rc;
}

/* Into w->a.  Only the uncompressed form of a point on the curve, with
 * coordinates below the prime: the curves have cofactor 1. */
static int
read_point(struct points *w, const struct mls_curve *c, const uint8_t *pub)
{
	size_t len = c->len;
	gcry_mpi_t x = NULL, y = NULL, p = NULL;
	int rc = MLS_P_NOMEM;

	if (pub[0] != UNCOMPRESSED)
		return MLS_P_ARGUMENT;
	p = gcry_mpi_ec_get_mpi("p", w->ctx, 1);
	if (p == NULL || !mls__gcry_mpi_read(&x, pub + 1, len, false) ||
	    !mls__gcry_mpi_read(&y, pub + 1 + len, len, false))
		goto out;
	rc = MLS_P_ARGUMENT;
	if (gcry_mpi_cmp(x, p) >= 0 || gcry_mpi_cmp(y, p) >= 0)
		goto out;
	gcry_mpi_point_set(w->a, x, y, GCRYMPI_CONST_ONE);
	if (gcry_mpi_ec_curve_point(w->a, w->ctx))
		rc = MLS_P_OK;
out:
	gcry_mpi_release(x);
	gcry_mpi_release(y);
	gcry_mpi_release(p);
	return rc;
}

int
mls__gcry_ec_check(const struct mls_curve *c, const uint8_t *pub)
{
	struct points w;
	int rc = MLS_P_NOMEM;

	if (points_open(&w, c))
		rc = read_point(&w, c, pub);
	mls__gcry_points_close(&w);
	return rc;
}

int
mls__gcry_ec_dh(uint8_t *x, const struct mls_curve *c, const uint8_t *k,
    const uint8_t *pub)
{
	struct points w;
	int rc = MLS_P_NOMEM;

	if (points_open(&w, c))
		rc = read_point(&w, c, pub);
	if (rc != MLS_P_OK)
		goto out;
	rc = MLS_P_NOMEM;
	if (!mls__gcry_mpi_read(&w.k, k, c->len, false))
		goto out;
	gcry_mpi_ec_mul(w.b, w.k, w.a, w.ctx);
	if (gcry_mpi_ec_get_affine(w.x, NULL, w.b, w.ctx) == 0 &&
	    mls__gcry_mpi_write(x, w.x, c->len, false))
		rc = MLS_P_OK;
out:
	mls__gcry_points_close(&w);
	return rc;
}
