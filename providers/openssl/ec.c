/* SPDX-License-Identifier: MIT */
/*
 * Diffie-Hellman on the NIST curves by points, not by EVP_PKEY_derive: there
 * the check of the peer alone is a whole scalar multiplication.  On curves of
 * cofactor 1, EC_POINT_oct2point's check of the curve's equation suffices.
 * EC_POINT_mul with a single scalar takes constant time.
 */
#include "private.h"

#include <openssl/obj_mac.h>

int
mls__ossl_curve_init(struct instance *in, int index)
{
	static const int nid[MLS_CURVES] = { NID_X9_62_prime256v1,
		NID_secp384r1, NID_secp521r1 };
	static const char *const names[MLS_CURVES] = { "P-256", "P-384",
		"P-521" };
	struct curve *v = &in->curve[index];
	EVP_PKEY_CTX *c;
	OSSL_PARAM p[2];
	char name[8];
	int ok;

	OPENSSL_strlcpy(name, names[index], sizeof(name));
	p[0] = OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
	    name, 0);
	p[1] = OSSL_PARAM_construct_end();
	v->name = names[index];
	v->group = EC_GROUP_new_by_curve_name_ex(in->lib, NULL, nid[index]);
	c = EVP_PKEY_CTX_new_from_name(in->lib, "EC", NULL);
	ok = v->group != NULL && c != NULL &&
	    EVP_PKEY_fromdata_init(c) == 1 &&
	    EVP_PKEY_fromdata(c, &v->params, EVP_PKEY_KEY_PARAMETERS, p) == 1;
	EVP_PKEY_CTX_free(c);
	return ok ? MLS_P_OK : MLS_P_UNSUPPORTED;
}

void
mls__ossl_curve_fini(struct curve *v)
{
	EC_GROUP_free(v->group);
	EVP_PKEY_free(v->params);
}

/* What one multiplication takes. */
struct work {
	BN_CTX *bn;
	BIGNUM *k, *x;
	EC_POINT *from, *to;
};

static bool
work_open(struct work *w, const struct instance *in, const struct mls_curve *c,
    const uint8_t *k)
{
	const EC_GROUP *group = curve_in(in, c)->group;

	w->bn = BN_CTX_new_ex(in->lib);
	w->k = BN_new();
	w->x = BN_new();
	w->from = EC_POINT_new(group);
	w->to = EC_POINT_new(group);
	if (w->bn == NULL || w->k == NULL || w->x == NULL ||
	    w->from == NULL || w->to == NULL)
		return false;
	BN_set_flags(w->k, BN_FLG_CONSTTIME);
	return BN_bin2bn(k, c->len, w->k) != NULL;
}

static void
work_close(struct work *w)
{
	EC_POINT_clear_free(w->to);
	EC_POINT_free(w->from);
	BN_clear_free(w->x);
	BN_clear_free(w->k);
	BN_CTX_free(w->bn); /* wipes */
}

int
mls__ossl_ec_public(uint8_t *pub, const struct instance *in,
    const struct mls_curve *c, const uint8_t *k)
{
	const EC_GROUP *group = curve_in(in, c)->group;
	size_t len = 1 + 2 * (size_t)c->len;
	struct work w;
	bool ok;

	ok = work_open(&w, in, c, k) &&
	    EC_POINT_mul(group, w.to, w.k, NULL, NULL, w.bn) == 1 &&
	    EC_POINT_point2oct(group, w.to, POINT_CONVERSION_UNCOMPRESSED,
	    pub, len, w.bn) == len;
	work_close(&w);
	return ok ? MLS_P_OK : MLS_P_NOMEM;
}

/* Only the uncompressed form: the infinite point has another length. */
static int
read_point(EC_POINT *out, const EC_GROUP *group, const struct mls_curve *c,
    const uint8_t *pub, BN_CTX *bn)
{
	if (pub[0] != POINT_CONVERSION_UNCOMPRESSED)
		return MLS_P_ARGUMENT;
	return EC_POINT_oct2point(group, out, pub, 1 + 2 * (size_t)c->len,
	    bn) == 1 ? MLS_P_OK : mls__refused(MLS_P_ARGUMENT);
}

int
mls__ossl_ec_check(const struct instance *in, const struct mls_curve *c,
    const uint8_t *pub)
{
	const EC_GROUP *group = curve_in(in, c)->group;
	BN_CTX *bn = BN_CTX_new_ex(in->lib);
	EC_POINT *p = EC_POINT_new(group);
	int rc = MLS_P_NOMEM;

	if (bn != NULL && p != NULL)
		rc = read_point(p, group, c, pub, bn);
	EC_POINT_free(p);
	BN_CTX_free(bn);
	return rc;
}

int
mls__ossl_ec_dh(uint8_t *x, const struct instance *in,
    const struct mls_curve *c, const uint8_t *k, const uint8_t *pub)
{
	const EC_GROUP *group = curve_in(in, c)->group;
	struct work w;
	int rc = MLS_P_NOMEM;

	if (work_open(&w, in, c, k))
		rc = read_point(w.from, group, c, pub, w.bn);
	if (rc == MLS_P_OK &&
	    (EC_POINT_mul(group, w.to, NULL, w.from, w.k, w.bn) != 1 ||
	    EC_POINT_get_affine_coordinates(group, w.to, w.x, NULL,
	    w.bn) != 1 ||
	    BN_bn2binpad(w.x, x, c->len) != c->len))
		rc = MLS_P_NOMEM;
	work_close(&w);
	return rc;
}
