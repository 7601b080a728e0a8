/* SPDX-License-Identifier: MIT */
/* Private keys.  The public half is computed once and kept. */
#include "private.h"

#include <string.h>

static const struct key_type types[] = {
	{ MLS_ROLE_KEM, 0x0010, "NIST P-256", MLS_P256, 32, 65, 0 },
	{ MLS_ROLE_KEM, 0x0011, "NIST P-384", MLS_P384, 48, 97, 0 },
	{ MLS_ROLE_KEM, 0x0012, "NIST P-521", MLS_P521, 66, 133, 0 },
	{ MLS_ROLE_KEM, 0x0020, "Curve25519", -1, 32, 32, 0 },
	{ MLS_ROLE_KEM, 0x0021, "X448", -1, 56, 56, 0 },
	{ MLS_ROLE_SIGN, 0x0403, "NIST P-256", MLS_P256, 32, 65, 1 },
	{ MLS_ROLE_SIGN, 0x0503, "NIST P-384", MLS_P384, 48, 97, 2 },
	{ MLS_ROLE_SIGN, 0x0603, "NIST P-521", MLS_P521, 66, 133, 3 },
	{ MLS_ROLE_SIGN, 0x0807, "Ed25519", -1, 32, 32, 0 },
	{ MLS_ROLE_SIGN, 0x0808, "Ed448", -1, 57, 57, 0 },
};

const struct key_type *
mls__gcry_key_type(uint16_t role, uint16_t id)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (types[i].role == role && types[i].id == id)
			return &types[i];
	return NULL;
}

/* X25519, X448 and EdDSA: every string of the right length is a key. */
static int
set_public(struct mls_key *key)
{
	const struct key_type *t = key->type;

	if (t->curve >= 0)
		return mls__curve_scalar_ok(&mls__curves[t->curve],
		    key->secret) ? mls__gcry_ec_public(key->public, t,
		    key->secret) : MLS_P_ARGUMENT;
	if (t->role == MLS_ROLE_KEM)
		return mls__gcry_x_public(key->public, t, key->secret);
	return mls__gcry_eddsa_public(key->public, t, key->secret);
}

int
mls__gcry_key_new(struct mls_key **out, const struct key_type *t,
    const uint8_t *secret)
{
	struct mls_key *key = gcry_calloc_secure(1, sizeof(*key));
	int rc;

	if (key == NULL)
		return MLS_P_NOMEM;
	key->type = t;
	memcpy(key->secret, secret, t->secret_len);
	rc = set_public(key);
	if (rc != MLS_P_OK) {
		mls__gcry_key_release(NULL, key);
		return rc;
	}
	*out = key;
	return MLS_P_OK;
}

/* There are no opaque keys here. */
int
mls__gcry_key_generate(void *ctx, uint16_t role, uint16_t id,
    struct mls_key **out)
{
	(void)ctx, (void)role, (void)id, (void)out;
	return MLS_P_UNSUPPORTED;
}

int
mls__gcry_key_derive(void *ctx, uint16_t kem, struct mls_buf ikm,
    struct mls_key **out)
{
	const struct key_type *t = mls__gcry_key_type(MLS_ROLE_KEM, kem);
	uint8_t secret[MAX_PRIVATE];
	int rc;

	if (t == NULL)
		return MLS_P_UNSUPPORTED;
	rc = mls__dhkem_derive(secret, mls__dhkem_find(kem), mls__gcry_hmac,
	    ctx, ikm);
	if (rc == MLS_P_OK)
		rc = mls__gcry_key_new(out, t, secret);
	mls__module_wipe(secret, sizeof(secret));
	return rc;
}

int
mls__gcry_key_import(void *ctx, uint16_t role, uint16_t id,
    struct mls_buf priv, struct mls_key **out)
{
	const struct key_type *t = mls__gcry_key_type(role, id);

	(void)ctx;
	if (t == NULL)
		return MLS_P_UNSUPPORTED;
	if (priv.len != t->secret_len)
		return MLS_P_ARGUMENT;
	return mls__gcry_key_new(out, t, priv.data);
}

/* The blob is what key_import takes, so that key_load is key_import. */
int
mls__gcry_key_save(void *ctx, const struct mls_key *key, uint32_t *kind,
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
mls__gcry_key_public(void *ctx, const struct mls_key *key, uint8_t *pub,
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
mls__gcry_key_destroy(void *ctx, struct mls_key *key)
{
	mls__gcry_key_release(ctx, key);
	return MLS_P_OK;
}

void
mls__gcry_key_release(void *ctx, struct mls_key *key)
{
	(void)ctx;
	if (key == NULL)
		return;
	mls__module_wipe(key, sizeof(*key));
	gcry_free(key);
}
