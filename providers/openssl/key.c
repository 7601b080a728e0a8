/* SPDX-License-Identifier: MIT */
/* Private keys.  The public half is computed once and kept. */
#include "private.h"

#include <string.h>

static const struct key_type types[] = {
	{ MLS_ROLE_KEM, 0x0010, "P-256", MLS_P256, 32, 65, 0 },
	{ MLS_ROLE_KEM, 0x0011, "P-384", MLS_P384, 48, 97, 0 },
	{ MLS_ROLE_KEM, 0x0012, "P-521", MLS_P521, 66, 133, 0 },
	{ MLS_ROLE_KEM, 0x0020, "X25519", -1, 32, 32, 0 },
	{ MLS_ROLE_KEM, 0x0021, "X448", -1, 56, 56, 0 },
	{ MLS_ROLE_SIGN, 0x0403, "P-256", MLS_P256, 32, 65, 1 },
	{ MLS_ROLE_SIGN, 0x0503, "P-384", MLS_P384, 48, 97, 2 },
	{ MLS_ROLE_SIGN, 0x0603, "P-521", MLS_P521, 66, 133, 3 },
	{ MLS_ROLE_SIGN, 0x0807, "ED25519", -1, 32, 32, 0 },
	{ MLS_ROLE_SIGN, 0x0808, "ED448", -1, 57, 57, 0 },
};

const struct key_type *
mls__ossl_key_type(uint16_t role, uint16_t id)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].role == role && types[i].id == id)
			return &types[i];
	return NULL;
}

static int
set_nist(struct mls_key *key, const struct instance *in)
{
	const struct key_type *t = key->type;
	int rc;

	if (!mls__curve_scalar_ok(in->curve[t->curve].c, key->secret))
		return MLS_P_ARGUMENT;
	rc = mls__ossl_ec_public(key->public, in, t->curve, key->secret);
	if (rc == MLS_P_OK && t->role == MLS_ROLE_SIGN)
		rc = mls__ossl_ecdsa_key(&key->pkey, in, t, key->secret,
		    key->public);
	return rc;
}

/* X25519, X448 and EdDSA: every string of the right length is a key. */
static int
set_raw(struct mls_key *key, const struct instance *in)
{
	const struct key_type *t = key->type;
	size_t len = t->public_len;

	key->pkey = EVP_PKEY_new_raw_private_key_ex(in->lib, t->name, NULL,
	    key->secret, t->secret_len);
	if (key->pkey == NULL || EVP_PKEY_get_raw_public_key(key->pkey,
	    key->public, &len) != 1)
		return MLS_P_NOMEM;
	return MLS_P_OK;
}

/* Fills in a key that the caller owns; to be cleared even on failure. */
int
mls__ossl_key_set(struct mls_key *key, const struct instance *in,
    const struct key_type *t, const uint8_t *secret)
{
	int rc;

	key->type = t;
	key->pkey = NULL;
	memcpy(key->secret, secret, t->secret_len);
	quiet_begin();
	rc = t->curve >= 0 ? set_nist(key, in) : set_raw(key, in);
	quiet_end();
	return rc;
}

void
mls__ossl_key_clear(struct mls_key *key)
{
	EVP_PKEY_free(key->pkey); /* wipes */
	OPENSSL_cleanse(key, sizeof(*key));
}

static int
key_new(struct mls_key **out, const struct instance *in,
    const struct key_type *t, const uint8_t *secret)
{
	struct mls_key *key = OPENSSL_zalloc(sizeof(*key));
	int rc;

	if (key == NULL)
		return MLS_P_NOMEM;
	rc = mls__ossl_key_set(key, in, t, secret);
	if (rc != MLS_P_OK) {
		mls__ossl_key_release(NULL, key);
		return rc;
	}
	*out = key;
	return MLS_P_OK;
}

/* There are no opaque keys here. */
int
mls__ossl_key_generate(void *ctx, uint16_t role, uint16_t id,
    struct mls_key **out)
{
	(void)ctx, (void)role, (void)id, (void)out;
	return MLS_P_UNSUPPORTED;
}

int
mls__ossl_key_derive(void *ctx, uint16_t kem, struct mls_buf ikm,
    struct mls_key **out)
{
	const struct key_type *t = mls__ossl_key_type(MLS_ROLE_KEM, kem);
	uint8_t secret[MAX_PRIVATE];
	int rc;

	if (t == NULL)
		return MLS_P_UNSUPPORTED;
	rc = mls__dhkem_derive(secret, mls__dhkem_find(kem), mls__ossl_hmac,
	    ctx, ikm);
	if (rc == MLS_P_OK)
		rc = key_new(out, ctx, t, secret);
	OPENSSL_cleanse(secret, sizeof(secret));
	return rc;
}

int
mls__ossl_key_import(void *ctx, uint16_t role, uint16_t id,
    struct mls_buf priv, struct mls_key **out)
{
	const struct key_type *t = mls__ossl_key_type(role, id);

	if (t == NULL)
		return MLS_P_UNSUPPORTED;
	if (priv.len != t->secret_len)
		return MLS_P_ARGUMENT;
	return key_new(out, ctx, t, priv.data);
}

/* The blob is what key_import takes, so that key_load is key_import. */
int
mls__ossl_key_save(void *ctx, const struct mls_key *key, uint32_t *kind,
    uint8_t *blob, size_t *len)
{
	(void)ctx;
	if (*len < key->type->secret_len)
		return MLS_P_SPACE;
	*len = key->type->secret_len;
	memcpy(blob, key->secret, *len);
	*kind = MLS_KEY_RAW;
	return MLS_P_OK;
}

int
mls__ossl_key_public(void *ctx, const struct mls_key *key, uint8_t *pub,
    size_t *len)
{
	(void)ctx;
	if (*len < key->type->public_len)
		return MLS_P_SPACE;
	*len = key->type->public_len;
	memcpy(pub, key->public, *len);
	return MLS_P_OK;
}

int
mls__ossl_key_destroy(void *ctx, struct mls_key *key)
{
	mls__ossl_key_release(ctx, key);
	return MLS_P_OK;
}

void
mls__ossl_key_release(void *ctx, struct mls_key *key)
{
	(void)ctx;
	if (key == NULL)
		return;
	mls__ossl_key_clear(key);
	OPENSSL_free(key);
}
