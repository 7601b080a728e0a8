/* SPDX-License-Identifier: MIT */
#include "crypto/key.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/compat.h"
#include "base/error.h"
#include "crypto/call.h"
#include "crypto/forms.h"
#include "crypto/twin.h"

#define GENERATE_TRIES 64 /* a scalar is out of range once in 2^32 at most */

const struct mls_route *
mls__key_route(const struct mls_suite *s, uint16_t role)
{
	MLS_DEBUG_ASSERT(role == MLS_ROLE_KEM || role == MLS_ROLE_SIGN);
	return role == MLS_ROLE_KEM ? &s->kem : &s->sign;
}

static void
release(struct mls_instance *inst, struct mls_key *handle)
{
	const struct mls_crypto_ops *ops = inst->desc->crypto;

	if (handle == NULL || ops == NULL || !MLS_HAS(ops, key_release))
		return;
	mls__instance_lock(inst);
	ops->key_release(inst->ctx, handle);
	mls__instance_unlock(inst);
}

int
mls__key_destroy(struct mls_instance *inst, struct mls_key *handle)
{
	int st;

	MLS_CALL(st, inst, key_destroy, handle);
	if (!MLS_CAN(inst, key_destroy))
		release(inst, handle);
	return st;
}

int
mls__key_wrap(struct mls_privkey **out, struct mls_instance *inst,
    const struct mls_route *route, struct mls_key *handle)
{
	size_t expected = route->alg->public_len, len = expected;
	struct mls_privkey *key;
	int st, rc;

	if (handle == NULL)
		return mls__instance_broke(inst, "a new key: it is NULL");
	key = mls__alloc(sizeof(*key) + expected);
	if (key == NULL) {
		release(inst, handle);
		return MLS_E_OUT_OF_MEMORY;
	}
	key->owner = inst;
	key->handle = handle;
	key->role = route->alg->role;
	key->id = route->alg->id;
	key->refs = 1;
	MLS_CALL(st, inst, key_public, handle, key->pub, &len);
	rc = mls__error_of_status(st);
	if (rc == 0 && len != expected)
		rc = mls__instance_broke(inst, "key_public: another length");
	if (rc != 0) {
		mls__key_free(key);
		return rc;
	}
	key->pub_len = len;
	*out = key;
	return 0;
}

/* The public key that the second provider derives. */
static int
derive_twin(const struct mls_suite *s, struct mls_buf ikm,
    const struct mls_privkey *key)
{
	struct mls_key *handle = NULL;
	struct mls_twin t;
	size_t len;
	int rc;

	rc = mls__twin_begin(&t, s, MLS_ROLE_KEM, key->pub_len);
	if (rc != 0)
		return rc;
	len = t.len;
	MLS_TWIN_CALL(&t, key_derive, s->kem.alg->id, ikm, &handle);
	if (handle != NULL)
		MLS_TWIN_CALL(&t, key_public, handle, t.data, &len);
	mls__key_copy_free(handle, t.inst);
	return mls__twin_end(&t, "the derivation of a key", MLS_P_OK,
	    key->pub);
}

int
mls__key_derive(struct mls_privkey **out, const struct mls_suite *s,
    struct mls_buf ikm)
{
	struct mls_key *handle = NULL;
	struct mls_privkey *key;
	int st, rc;

	mls__count(s->plugins, MLS_COUNT_KEYGEN, 1);
	MLS_CALL(st, s->kem.inst, key_derive, s->kem.alg->id, ikm, &handle);
	if (st != MLS_P_OK)
		return mls__error_of_status(st);
	rc = mls__key_wrap(&key, s->kem.inst, &s->kem, handle);
	if (rc != 0)
		return rc;
	rc = derive_twin(s, ikm, key);
	if (rc != 0) {
		mls__key_free(key);
		return rc;
	}
	*out = key;
	return 0;
}

/* Keys that never leave their provider are drawn there. */
static int
generate_opaque(struct mls_privkey **out, const struct mls_route *route)
{
	struct mls_key *handle = NULL;
	int st;

	MLS_CALL(st, route->inst, key_generate, route->alg->role,
	    route->alg->id, &handle);
	if (st != MLS_P_OK)
		return mls__error_of_status(st);
	return mls__key_wrap(out, route->inst, route, handle);
}

int
mls__key_generate_kem(struct mls_privkey **out, const struct mls_suite *s)
{
	uint8_t *ikm = mls__alloc(s->nsk);
	int rc;

	if (ikm == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = mls__random(ikm, s->nsk, s);
	if (rc == 0)
		rc = mls__key_derive(out, s, mls__buf(ikm, s->nsk));
	mls__free_wiped(ikm, s->nsk);
	return rc;
}

/* Import of exactly secret_len octets: *st tells of a refused scalar. */
static int
import(struct mls_privkey **out, int *st, const struct mls_route *route,
    struct mls_buf priv)
{
	struct mls_key *handle = NULL;

	MLS_CALL(*st, route->inst, key_import, route->alg->role,
	    route->alg->id, priv, &handle);
	if (*st == MLS_P_ARGUMENT)
		return MLS_E_ARGUMENT;
	if (*st != MLS_P_OK)
		return mls__error_of_status(*st);
	return mls__key_wrap(out, route->inst, route, handle);
}

int
mls__key_generate_sign(struct mls_privkey **out, const struct mls_suite *s)
{
	size_t len = s->sign.alg->secret_len;
	int st = MLS_P_ARGUMENT, rc = 0, i;
	uint8_t *priv;

	if (len == 0)
		return generate_opaque(out, &s->sign);
	priv = mls__alloc(len);
	if (priv == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; i < GENERATE_TRIES && st == MLS_P_ARGUMENT; i++) {
		rc = mls__random(priv, len, s);
		if (rc != 0)
			break;
		/* 521 bits in 66 octets */
		if (s->sign.alg->id == MLS_SIG_ECDSA_P521)
			priv[0] &= 0x01;
		rc = import(out, &st, &s->sign, mls__buf(priv, len));
	}
	mls__free_wiped(priv, len);
	if (rc == MLS_E_ARGUMENT)
		rc = mls__instance_broke(s->sign.inst,
		    "key_import: it takes no key");
	return rc;
}

int
mls__key_import(struct mls_privkey **out, const struct mls_suite *s,
    uint16_t role, struct mls_buf priv)
{
	const struct mls_route *route = mls__key_route(s, role);
	size_t len = route->alg->secret_len;
	uint8_t *full;
	int st, rc;

	if (len == 0)
		return MLS_E_PROVIDER_MISSING; /* opaque keys only */
	/* Numbers come with as many zeros in front as others please. */
	if (mls__form_scalar(role, route->alg->id))
		while (priv.len > len && priv.data[0] == 0)
			priv = mls__buf(priv.data + 1, priv.len - 1);
	if (priv.len == len)
		return import(out, &st, route, priv);
	if (priv.len == 0 || priv.len > len ||
	    !mls__form_scalar(role, route->alg->id))
		return MLS_E_ARGUMENT;
	full = mls__alloc(len);
	if (full == NULL)
		return MLS_E_OUT_OF_MEMORY;
	memcpy(full + (len - priv.len), priv.data, priv.len);
	rc = import(out, &st, route, mls__buf(full, len));
	mls__free_wiped(full, len);
	return rc;
}

void
mls__key_copy_free(struct mls_key *copy, struct mls_instance *inst)
{
	if (copy != NULL)
		release(inst, copy);
}

struct mls_buf
mls__key_public(const struct mls_privkey *key)
{
	return mls__buf(key->pub, key->pub_len);
}

struct mls_privkey *
mls__key_ref(struct mls_privkey *key)
{
	key->refs++;
	return key;
}

void
mls__key_free(struct mls_privkey *key)
{
	int st = MLS_P_OK;

	if (key == NULL || --key->refs != 0)
		return;
	/* A child process has the handles of its parent, but not its keys. */
	if (key->life == MLS_KEY_ORPHAN &&
	    mls__plugins_usable(key->owner->plugins) == 0)
		st = mls__key_destroy(key->owner, key->handle);
	else
		release(key->owner, key->handle);
	if (st != MLS_P_OK)
		mls__log(key->owner->plugins, MLS_LOG_WARNING, "%s: a key that "
		    "nothing refers to could not be erased",
		    key->owner->name);
	free(key->ref);
	free(key);
}
