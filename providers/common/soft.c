/* SPDX-License-Identifier: MIT */
#include "common/soft.h"

#include <stdlib.h>
#include <string.h>

#include "common/wipe.h"

const struct mls_alg *
mls__soft_find(const struct mls_soft *s, uint16_t role, uint16_t id)
{
	size_t i;

	for (i = 0; i < s->n_algs; i++)
		if (s->algs[i].role == role && s->algs[i].id == id)
			return &s->algs[i];
	return NULL;
}

size_t
mls__soft_algorithms(void *ctx, const struct mls_alg **list)
{
	const struct mls_soft *s = ctx;

	*list = s->algs;
	return s->n_algs;
}

/* Memory for a key; `room` serves for the time of a call, unless keys lie in
 * memory of their own. */
static struct mls_key *
key_room(const struct mls_soft *s, struct mls_key *room)
{
	if (s->ops->calloc != NULL)
		return s->ops->calloc(1, sizeof(*room));
	if (room == NULL)
		return calloc(1, sizeof(*room));
	memset(room, 0, sizeof(*room));
	return room;
}

static void
key_drop(const struct mls_soft *s, struct mls_key *key,
    const struct mls_key *room)
{
	if (key == NULL)
		return;
	if (s->ops->clear != NULL)
		s->ops->clear(key);
	mls__module_wipe(key, sizeof(*key));
	if (s->ops->free != NULL)
		s->ops->free(key);
	else if (key != room)
		free(key);
}

/* Makes a key whole whose secret is there. */
static int
key_complete(void *ctx, struct mls_key *key, const struct mls_alg *alg)
{
	const struct mls_soft *s = ctx;

	key->alg = alg;
	key->curve = mls__curve_of(alg->id);
	if (key->curve != NULL &&
	    !mls__curve_scalar_ok(key->curve, key->secret))
		return MLS_P_ARGUMENT;
	return s->ops->set(ctx, key);
}

static int
key_derive(void *ctx, struct mls_key *key, const struct mls_alg *alg,
    struct mls_buf ikm)
{
	const struct mls_soft *s = ctx;
	int rc;

	rc = mls__dhkem_derive(key->secret, mls__dhkem_find(alg->id),
	    s->ops->hmac, ctx, ikm);
	return rc == MLS_P_OK ? key_complete(ctx, key, alg) : rc;
}

static int
hand_out(const struct mls_soft *s, struct mls_key **out, struct mls_key *key,
    int rc)
{
	if (rc == MLS_P_OK)
		*out = key;
	else
		key_drop(s, key, NULL);
	return rc;
}

/* There are no opaque keys here. */
int
mls__soft_key_generate(void *ctx, uint16_t role, uint16_t id,
    struct mls_key **out)
{
	(void)ctx, (void)role, (void)id, (void)out;
	return MLS_P_UNSUPPORTED;
}

int
mls__soft_key_derive(void *ctx, uint16_t kem, struct mls_buf ikm,
    struct mls_key **out)
{
	const struct mls_alg *alg = mls__soft_find(ctx, MLS_ROLE_KEM, kem);
	struct mls_key *key;
	int rc;

	if (alg == NULL)
		return MLS_P_UNSUPPORTED;
	key = key_room(ctx, NULL);
	if (key == NULL)
		return MLS_P_NOMEM;
	rc = key_derive(ctx, key, alg, ikm);
	return hand_out(ctx, out, key, rc);
}

int
mls__soft_key_import(void *ctx, uint16_t role, uint16_t id,
    struct mls_buf priv, struct mls_key **out)
{
	const struct mls_alg *alg = mls__soft_find(ctx, role, id);
	struct mls_key *key;
	int rc;

	if (alg == NULL || (role != MLS_ROLE_KEM && role != MLS_ROLE_SIGN))
		return MLS_P_UNSUPPORTED;
	if (priv.len != alg->secret_len)
		return MLS_P_ARGUMENT;
	key = key_room(ctx, NULL);
	if (key == NULL)
		return MLS_P_NOMEM;
	memcpy(key->secret, priv.data, priv.len);
	rc = key_complete(ctx, key, alg);
	return hand_out(ctx, out, key, rc);
}

static int
give(uint8_t *out, size_t *len, const uint8_t *from, size_t n)
{
	if (*len < n)
		return MLS_P_SPACE;
	memcpy(out, from, n);
	*len = n;
	return MLS_P_OK;
}

int
mls__soft_key_save(void *ctx, const struct mls_key *key, uint32_t *kind,
    uint8_t *blob, size_t *len)
{
	(void)ctx;
	*kind = MLS_KEY_RAW;
	return give(blob, len, key->secret, key->alg->secret_len);
}

int
mls__soft_key_public(void *ctx, const struct mls_key *key, uint8_t *pub,
    size_t *len)
{
	(void)ctx;
	return give(pub, len, key->public, key->alg->public_len);
}

int
mls__soft_key_destroy(void *ctx, struct mls_key *key)
{
	mls__soft_key_release(ctx, key);
	return MLS_P_OK;
}

void
mls__soft_key_release(void *ctx, struct mls_key *key)
{
	key_drop(ctx, key, NULL);
}

static int
shared_secret(void *ctx, const struct mls_key *key, const uint8_t *theirs,
    const uint8_t *enc, const uint8_t *pub, uint8_t *shared)
{
	const struct mls_soft *s = ctx;
	uint8_t result[MLS_DHKEM_MAX_SECRET];
	int rc;

	rc = s->ops->dh(ctx, key, theirs, result);
	if (rc == MLS_P_OK)
		rc = mls__dhkem_shared(shared, mls__dhkem_find(key->alg->id),
		    s->ops->hmac, ctx, result, enc, pub);
	mls__module_wipe(result, sizeof(result));
	return rc;
}

int
mls__soft_kem_encap(void *ctx, uint16_t kem, struct mls_buf pub,
    const uint8_t *seed, uint8_t *enc, uint8_t *shared)
{
	const struct mls_alg *alg = mls__soft_find(ctx, MLS_ROLE_KEM, kem);
	struct mls_buf ikm = { seed, 0 };
	struct mls_key room, *eph;
	int rc;

	if (alg == NULL)
		return MLS_P_UNSUPPORTED;
	if (pub.len != alg->public_len)
		return MLS_P_ARGUMENT;
	eph = key_room(ctx, &room);
	if (eph == NULL)
		return MLS_P_NOMEM;
	ikm.len = alg->seed_len;
	rc = key_derive(ctx, eph, alg, ikm);
	if (rc == MLS_P_OK)
		rc = shared_secret(ctx, eph, pub.data, eph->public, pub.data,
		    shared);
	if (rc == MLS_P_OK)
		memcpy(enc, eph->public, alg->public_len);
	key_drop(ctx, eph, &room);
	return rc;
}

int
mls__soft_kem_decap(void *ctx, const struct mls_key *key, struct mls_buf enc,
    uint8_t *shared)
{
	if (key->alg->role != MLS_ROLE_KEM || enc.len != key->alg->public_len)
		return MLS_P_ARGUMENT;
	return shared_secret(ctx, key, enc.data, enc.data, key->public,
	    shared);
}

/* X25519 and X448: by RFC 7748 §5 every string of the right length is a public
 * key; those of small order fail when they are used. */
int
mls__soft_kem_check_public(void *ctx, uint16_t kem, struct mls_buf pub)
{
	const struct mls_soft *s = ctx;
	const struct mls_alg *alg = mls__soft_find(s, MLS_ROLE_KEM, kem);
	const struct mls_curve *curve = mls__curve_of(kem);

	if (alg == NULL)
		return MLS_P_UNSUPPORTED;
	if (pub.len != alg->public_len)
		return MLS_P_ARGUMENT;
	return curve == NULL ? MLS_P_OK :
	    s->ops->check(ctx, curve, pub.data);
}
