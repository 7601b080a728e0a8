/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <errno.h>

#include "common/ecdsa.h"

static const char *const hashes[] = { "sha256", "sha384", "sha512" };

/* The hash of a message as libgcrypt takes it.  The nonce comes from key and
 * message (RFC 6979), so that no signature rests on a generator. */
static int
hashed(gcry_sexp_t *out, void *ctx, const struct mls_curve *curve,
    struct mls_buf msg, const char *form)
{
	uint8_t sum[MLS_DHKEM_MAX_HASH];
	int rc = mls__gcry_hash(ctx, curve->kdf, &msg, 1, sum);

	if (rc == MLS_P_OK && gcry_sexp_build(out, NULL, form,
	    hashes[curve->kdf - 1], (int)mls__hash_len(curve->kdf),
	    sum) != 0)
		rc = MLS_P_NOMEM;
	return rc;
}

static bool
take_number(uint8_t *out, gcry_sexp_t sig, const char *name, size_t len)
{
	gcry_sexp_t found = gcry_sexp_find_token(sig, name, 1);
	gcry_mpi_t v;
	bool ok;

	v = found != NULL ? gcry_sexp_nth_mpi(found, 1, GCRYMPI_FMT_USG) :
	    NULL;
	ok = v != NULL && mls__gcry_mpi_write(out, v, len, false);
	gcry_mpi_release(v);
	gcry_sexp_release(found);
	return ok;
}

int
mls__gcry_ecdsa_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len)
{
	const struct mls_curve *curve = key->curve;
	uint8_t r[MLS_CURVE_MAX], s[MLS_CURVE_MAX];
	gcry_sexp_t priv = NULL, data = NULL, made = NULL;
	int rc;

	rc = hashed(&data, ctx, curve, msg,
	    "(data(flags rfc6979)(hash %s %b))");
	if (rc != MLS_P_OK)
		return rc;
	rc = MLS_P_NOMEM;
	if (gcry_sexp_build(&priv, NULL, "(private-key(ecc(curve %s)"
	    "(q %b)(d %b)))", mls__gcry_curve_name(curve),
	    (int)key->alg->public_len, key->public, (int)curve->len,
	    key->secret) == 0 &&
	    gcry_pk_sign(&made, data, priv) == 0 &&
	    take_number(r, made, "r", curve->len) &&
	    take_number(s, made, "s", curve->len))
		rc = mls__ecdsa_encode(sig, len, curve, r, s);
	gcry_sexp_release(made);
	gcry_sexp_release(priv);
	gcry_sexp_release(data);
	return rc;
}

int
mls__gcry_ecdsa_verify(void *ctx, const struct mls_curve *curve,
    struct mls_buf pub, struct mls_buf msg, struct mls_buf sig)
{
	uint8_t r[MLS_CURVE_MAX], s[MLS_CURVE_MAX];
	gcry_sexp_t key = NULL, data = NULL, made = NULL;
	int rc;

	if (pub.len != 1 + 2 * (size_t)curve->len)
		return MLS_P_ARGUMENT;
	rc = mls__gcry_ec_check(curve, pub.data);
	if (rc == MLS_P_OK)
		rc = mls__ecdsa_decode(r, s, curve, sig);
	if (rc == MLS_P_OK)
		rc = hashed(&data, ctx, curve, msg,
		    "(data(flags raw)(hash %s %b))");
	if (rc != MLS_P_OK)
		return rc;
	rc = MLS_P_NOMEM;
	if (gcry_sexp_build(&key, NULL, "(public-key(ecc(curve %s)(q %b)))",
	    mls__gcry_curve_name(curve), (int)pub.len, pub.data) == 0 &&
	    gcry_sexp_build(&made, NULL, "(sig-val(ecdsa(r %b)(s %b)))",
	    (int)curve->len, r, (int)curve->len, s) == 0) {
		/* Not each want of memory has an error of its own. */
		errno = 0;
		rc = gcry_pk_verify(made, data, key) == 0 ? MLS_P_OK :
		    errno == ENOMEM ? MLS_P_NOMEM : MLS_P_VERIFY;
	}
	gcry_sexp_release(made);
	gcry_sexp_release(key);
	gcry_sexp_release(data);
	return rc;
}

int
mls__gcry_sign(void *ctx, const struct mls_key *key, struct mls_buf msg,
    uint8_t *sig, size_t *len)
{
	int rc = mls__gcry_usable(key);

	if (key->alg->role != MLS_ROLE_SIGN)
		return MLS_P_ARGUMENT;
	if (rc != MLS_P_OK)
		return rc;
	if (key->curve != NULL)
		return mls__gcry_ecdsa_sign(ctx, key, msg, sig, len);
	return mls__gcry_eddsa_sign(key, msg, sig, len);
}

int
mls__gcry_verify(void *ctx, uint16_t scheme, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig)
{
	const struct mls_alg *alg = mls__soft_find(ctx, MLS_ROLE_VERIFY,
	    scheme);
	const struct mls_curve *curve = mls__curve_of(scheme);

	if (alg == NULL)
		return MLS_P_UNSUPPORTED;
	if (curve != NULL)
		return mls__gcry_ecdsa_verify(ctx, curve, pub, msg, sig);
	return mls__gcry_eddsa_verify(alg, pub, msg, sig);
}
