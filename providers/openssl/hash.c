/* SPDX-License-Identifier: MIT */
/*
 * HMAC is made of the bare hash: an EVP_MD_CTX that keeps its state from call
 * to call is several times cheaper than EVP_MAC or EVP_KDF.  A context goes
 * back to the pool only after a fresh init, which overwrites what it hashed.
 */
#include "private.h"

#include "common/hmac.h"

struct hasher {
	EVP_MD_CTX *md;
	const EVP_MD *type;
};

static void
hasher_drop(EVP_MD_CTX *md)
{
	EVP_MD_CTX_free(md); /* wipes */
}

void
mls__ossl_hash_fini(struct instance *in)
{
	EVP_MD_CTX *md;

	while ((md = mls__pool_take(&in->md_pool)) != NULL)
		hasher_drop(md);
}

static int
hasher_open(struct hasher *h, struct instance *in, uint16_t kdf)
{
	if (kdf == 0 || kdf > HASHES)
		return MLS_P_UNSUPPORTED;
	h->type = in->md[kdf - 1];
	h->md = mls__pool_take(&in->md_pool);
	if (h->md == NULL)
		h->md = EVP_MD_CTX_new();
	return h->md != NULL ? MLS_P_OK : MLS_P_NOMEM;
}

static void
hasher_close(struct hasher *h, struct instance *in)
{
	if (EVP_DigestInit_ex2(h->md, h->type, NULL) != 1 ||
	    !mls__pool_put(&in->md_pool, h->md))
		hasher_drop(h->md);
}

static bool
digest(void *arg, struct mls_buf prefix, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	struct hasher *h = arg;
	size_t i;

	if (EVP_DigestInit_ex2(h->md, h->type, NULL) != 1)
		return false;
	if (prefix.len > 0 &&
	    EVP_DigestUpdate(h->md, prefix.data, prefix.len) != 1)
		return false;
	for (i = 0; i < n; i++)
		if (in[i].len > 0 &&
		    EVP_DigestUpdate(h->md, in[i].data, in[i].len) != 1)
			return false;
	return EVP_DigestFinal_ex(h->md, out, NULL) == 1;
}

int
mls__ossl_hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	struct instance *self = ctx;
	struct mls_buf none = { NULL, 0 };
	struct hasher h;
	int rc;

	quiet_begin();
	rc = hasher_open(&h, self, kdf);
	if (rc == MLS_P_OK) {
		if (!digest(&h, none, in, n, out))
			rc = MLS_P_NOMEM;
		hasher_close(&h, self);
	}
	quiet_end();
	return rc;
}

int
mls__ossl_hmac(void *ctx, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out)
{
	struct instance *self = ctx;
	struct hasher h;
	int rc;

	quiet_begin();
	rc = hasher_open(&h, self, kdf);
	if (rc == MLS_P_OK) {
		if (!mls__hmac_by(out, digest, &h, kdf, key, in, n))
			rc = MLS_P_NOMEM;
		hasher_close(&h, self);
	}
	quiet_end();
	return rc;
}

int
mls__ossl_hkdf_expand(void *ctx, uint16_t kdf, struct mls_buf prk,
    struct mls_buf info, uint8_t *out, size_t len)
{
	return mls__hkdf_expand_by(out, len, mls__ossl_hmac, ctx, kdf, prk,
	    &info, 1);
}
