/* SPDX-License-Identifier: MIT */
#include "private.h"

#include <string.h>

/* X25519 and X448.  libcrypto refuses the all-zero result, with which alone a
 * key of the right length can fail. */
static int
raw_dh(uint8_t *out, const struct instance *in, const struct mls_key *key,
    struct mls_buf pub)
{
	const struct key_type *t = key->type;
	EVP_PKEY *peer = NULL;
	EVP_PKEY_CTX *c = NULL;
	size_t len = t->public_len;
	int rc = MLS_P_NOMEM;

	peer = EVP_PKEY_new_raw_public_key_ex(in->lib, t->name, NULL,
	    pub.data, pub.len);
	if (peer == NULL)
		goto out;
	c = EVP_PKEY_CTX_new_from_pkey(in->lib, key->pkey, NULL);
	if (c == NULL || EVP_PKEY_derive_init(c) != 1 ||
	    EVP_PKEY_derive_set_peer_ex(c, peer, 0) != 1)
		goto out;
	rc = EVP_PKEY_derive(c, out, &len) == 1 ? MLS_P_OK :
	    refused(MLS_P_ARGUMENT);
out:
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(peer);
	return rc;
}

static int
dh(uint8_t *out, const struct instance *in, const struct mls_key *key,
    struct mls_buf pub)
{
	int rc;

	if (pub.len != key->type->public_len)
		return MLS_P_ARGUMENT;
	quiet_begin();
	if (key->type->curve >= 0)
		rc = mls__ossl_ec_dh(out, in, key->type->curve, key->secret,
		    pub);
	else
		rc = raw_dh(out, in, key, pub);
	quiet_end();
	return rc;
}

int
mls__ossl_kem_encap(void *ctx, uint16_t kem, struct mls_buf pub,
    const uint8_t *seed, uint8_t *enc, uint8_t *shared)
{
	const struct key_type *t = mls__ossl_key_type(MLS_ROLE_KEM, kem);
	const struct mls_dhkem *k = mls__dhkem_find(kem);
	struct mls_buf ikm = { seed, 0 };
	uint8_t secret[MAX_PRIVATE], result[MAX_PRIVATE];
	struct mls_key eph = { 0 };
	int rc;

	if (t == NULL || k == NULL)
		return MLS_P_UNSUPPORTED;
	ikm.len = k->secret_len;
	rc = mls__dhkem_derive(secret, k, mls__ossl_hmac, ctx, ikm);
	if (rc == MLS_P_OK)
		rc = mls__ossl_key_set(&eph, ctx, t, secret);
	if (rc == MLS_P_OK)
		rc = dh(result, ctx, &eph, pub);
	if (rc == MLS_P_OK)
		rc = mls__dhkem_shared(shared, k, mls__ossl_hmac, ctx, result,
		    eph.public, pub.data);
	if (rc == MLS_P_OK)
		memcpy(enc, eph.public, t->public_len);
	mls__ossl_key_clear(&eph);
	OPENSSL_cleanse(secret, sizeof(secret));
	OPENSSL_cleanse(result, sizeof(result));
	return rc;
}

int
mls__ossl_kem_decap(void *ctx, const struct mls_key *key, struct mls_buf enc,
    uint8_t *shared)
{
	uint8_t result[MAX_PRIVATE];
	int rc;

	if (key->type->role != MLS_ROLE_KEM)
		return MLS_P_ARGUMENT;
	rc = dh(result, ctx, key, enc);
	if (rc == MLS_P_OK)
		rc = mls__dhkem_shared(shared, mls__dhkem_find(key->type->id),
		    mls__ossl_hmac, ctx, result, enc.data, key->public);
	OPENSSL_cleanse(result, sizeof(result));
	return rc;
}

/* X25519 and X448: by RFC 7748 §5 every string of the right length is a public
 * key; those of small order fail in dh. */
int
mls__ossl_kem_check_public(void *ctx, uint16_t kem, struct mls_buf pub)
{
	const struct key_type *t = mls__ossl_key_type(MLS_ROLE_KEM, kem);
	int rc = MLS_P_OK;

	if (t == NULL)
		return MLS_P_UNSUPPORTED;
	if (pub.len != t->public_len)
		return MLS_P_ARGUMENT;
	if (t->curve >= 0) {
		quiet_begin();
		rc = mls__ossl_ec_check(ctx, t->curve, pub);
		quiet_end();
	}
	return rc;
}
