/* SPDX-License-Identifier: MIT */
/* What keys are to libcrypto, and Diffie-Hellman with them. */
#include "private.h"

const char *
mls__ossl_name(uint16_t id)
{
	switch (id) {
	case 0x0020:
		return "X25519";
	case 0x0021:
		return "X448";
	case 0x0807:
		return "ED25519";
	default:
		return "ED448";
	}
}

static int
set_nist(struct mls_key *key, const struct instance *in)
{
	EVP_PKEY *pkey = NULL;
	int rc;

	rc = mls__ossl_ec_public(key->public, in, key->curve, key->secret);
	if (rc == MLS_P_OK && key->alg->role == MLS_ROLE_SIGN)
		rc = mls__ossl_ecdsa_key(&pkey, in, key);
	key->own = pkey;
	return rc;
}

/* X25519, X448 and EdDSA: every string of the right length is a key. */
static int
set_raw(struct mls_key *key, const struct instance *in)
{
	size_t len = key->alg->public_len;

	key->own = EVP_PKEY_new_raw_private_key_ex(in->lib,
	    mls__ossl_name(key->alg->id), NULL, key->secret,
	    key->alg->secret_len);
	if (key->own == NULL || EVP_PKEY_get_raw_public_key(key->own,
	    key->public, &len) != 1)
		return MLS_P_NOMEM;
	return MLS_P_OK;
}

static int
set(void *ctx, struct mls_key *key)
{
	int rc;

	quiet_begin();
	rc = key->curve != NULL ? set_nist(key, ctx) : set_raw(key, ctx);
	quiet_end();
	return rc;
}

static void
clear(struct mls_key *key)
{
	EVP_PKEY_free(key->own); /* wipes */
}

/* X25519 and X448.  libcrypto refuses the all-zero result, with which alone a
 * key of the right length can fail. */
static int
raw_dh(uint8_t *out, const struct instance *in, const struct mls_key *key,
    const uint8_t *pub)
{
	EVP_PKEY *peer = NULL;
	EVP_PKEY_CTX *c = NULL;
	size_t len = key->alg->public_len;
	int rc = MLS_P_NOMEM;

	peer = EVP_PKEY_new_raw_public_key_ex(in->lib,
	    mls__ossl_name(key->alg->id), NULL, pub, len);
	if (peer == NULL)
		goto out;
	c = EVP_PKEY_CTX_new_from_pkey(in->lib, key->own, NULL);
	if (c == NULL || EVP_PKEY_derive_init(c) != 1 ||
	    EVP_PKEY_derive_set_peer_ex(c, peer, 0) != 1)
		goto out;
	rc = EVP_PKEY_derive(c, out, &len) == 1 ? MLS_P_OK :
	    mls__refused(MLS_P_ARGUMENT);
out:
	EVP_PKEY_CTX_free(c);
	EVP_PKEY_free(peer);
	return rc;
}

static int
dh(void *ctx, const struct mls_key *key, const uint8_t *pub, uint8_t *out)
{
	int rc;

	quiet_begin();
	rc = key->curve != NULL ?
	    mls__ossl_ec_dh(out, ctx, key->curve, key->secret, pub) :
	    raw_dh(out, ctx, key, pub);
	quiet_end();
	return rc;
}

static int
check(void *ctx, const struct mls_curve *c, const uint8_t *pub)
{
	int rc;

	quiet_begin();
	rc = mls__ossl_ec_check(ctx, c, pub);
	quiet_end();
	return rc;
}

const struct mls_soft_ops mls__ossl_soft = {
	.hmac = mls__ossl_hmac,
	.set = set,
	.clear = clear,
	.dh = dh,
	.check = check,
};
