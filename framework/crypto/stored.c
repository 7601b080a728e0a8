/* SPDX-License-Identifier: MIT */
/* Private keys as a store has them: octets, or references of their owner's. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "crypto/call.h"
#include "crypto/key.h"

#define BLOB_MIN 256
#define BLOB_MAX 65536

/* What key_save made, to be freed with free_saved. */
struct saved {
	uint8_t room[BLOB_MIN]; /* enough for software's */
	uint8_t *blob;
	size_t cap, len;
	uint32_t kind;
};

static void
free_saved(struct saved *v)
{
	if (v->blob == v->room)
		mls__wipe(v->room, v->cap);
	else
		mls__free_wiped(v->blob, v->cap);
	v->blob = NULL;
}

static int
make_room(struct saved *out, size_t cap)
{
	out->blob = cap <= BLOB_MIN ? out->room : mls__alloc(cap);
	if (out->blob == NULL)
		return MLS_P_NOMEM;
	out->cap = out->len = cap;
	return MLS_P_OK;
}

/* A key keeps the reference that it got first: the store counts by it. */
static int
remember(struct mls_privkey *key, const uint8_t *ref, size_t len)
{
	key->ref = mls__alloc(len + 1);
	if (key->ref == NULL)
		return MLS_P_NOMEM;
	if (len != 0)
		memcpy(key->ref, ref, len);
	key->ref_len = len;
	return MLS_P_OK;
}

static int
recall(struct saved *out, const struct mls_privkey *key)
{
	int st = make_room(out, key->ref_len);

	if (st != MLS_P_OK)
		return st;
	if (key->ref_len != 0)
		memcpy(out->blob, key->ref, key->ref_len);
	out->kind = MLS_KEY_REF;
	return MLS_P_OK;
}

/* With ever more room.  The provider's status. */
static int
save(struct saved *out, const struct mls_privkey *key)
{
	struct mls_privkey *k = (struct mls_privkey *)(uintptr_t)key;
	size_t cap;
	int st = MLS_P_SPACE;

	out->blob = NULL;
	if (key->ref != NULL)
		return recall(out, key);
	for (cap = BLOB_MIN; cap <= BLOB_MAX && st == MLS_P_SPACE; cap *= 2) {
		free_saved(out);
		if (make_room(out, cap) != MLS_P_OK)
			return MLS_P_NOMEM;
		MLS_CALL(st, key->owner, key_save, key->handle, &out->kind,
		    out->blob, &out->len);
	}
	/* Whoever uses the key may be the first to have it saved. */
	if (st == MLS_P_OK && out->kind == MLS_KEY_REF &&
	    out->len <= out->cap) {
		k->life = MLS_KEY_SAVED;
		st = remember(k, out->blob, out->len);
	}
	return st;
}

void
mls__key_unsettle(struct mls_privkey *key)
{
	key->life = MLS_KEY_SAVED;
	free(key->ref);
	key->ref = NULL;
	key->ref_len = 0;
}

void
mls__key_write(struct mls_writer *w, const struct mls_privkey *key)
{
	bool was_saved = key->life == MLS_KEY_SAVED;
	struct saved v;
	int st = save(&v, key);

	if (st == MLS_P_GONE && was_saved) {
		mls__writer_fail(w, MLS_E_CHANGE_STALE);
	} else if (st != MLS_P_OK) {
		mls__writer_fail(w, mls__error_of_status(st));
	} else if (v.len > v.cap ||
	    (v.kind != MLS_KEY_RAW && v.kind != MLS_KEY_REF)) {
		mls__writer_fail(w, mls__instance_broke(key->owner,
		    v.len > v.cap ? "key_save: longer than its buffer" :
		    "key_save: neither raw nor a reference"));
	} else {
		mls__write_u16(w, key->role);
		mls__write_u16(w, key->id);
		mls__write_u8(w, (uint8_t)v.kind);
		if (v.kind == MLS_KEY_REF)
			mls__write_opaque(w, mls__buf_str(key->owner->name));
		mls__write_opaque(w, mls__buf(v.blob, v.len));
	}
	free_saved(&v);
}

void
mls__key_export(struct mls_writer *w, const struct mls_privkey *key)
{
	struct saved v;
	int st = save(&v, key);

	if (st != MLS_P_OK)
		mls__writer_fail(w, mls__error_of_status(st));
	else if (v.kind != MLS_KEY_RAW || v.len > v.cap)
		mls__writer_fail(w, MLS_E_PROVIDER_FAILED);
	else
		mls__write_bytes(w, mls__buf(v.blob, v.len));
	free_saved(&v);
}

int
mls__key_copy(struct mls_key **out, const struct mls_privkey *key,
    struct mls_instance *inst)
{
	bool was_nowhere = key->life == MLS_KEY_VOLATILE;
	struct saved v;
	int st = save(&v, key);

	/* Nobody wanted it to stay. */
	if (was_nowhere && key->life == MLS_KEY_SAVED)
		((struct mls_privkey *)(uintptr_t)key)->life = MLS_KEY_ORPHAN;
	if (st == MLS_P_OK && (v.kind != MLS_KEY_RAW || v.len > v.cap))
		st = MLS_P_UNSUPPORTED;
	if (st == MLS_P_OK)
		MLS_CALL(st, inst, key_import, key->role, key->id,
		    mls__buf(v.blob, v.len), out);
	free_saved(&v);
	return st;
}

/* The instance that a stored reference belongs to. */
static int
find_owner(struct mls_instance **out, struct mls_plugins *p,
    struct mls_buf name)
{
	char text[256];

	if (name.len >= sizeof(text) ||
	    (name.len != 0 && memchr(name.data, '\0', name.len) != NULL))
		return MLS_E_PROVIDER_KEY_OWNER;
	if (name.len != 0)
		memcpy(text, name.data, name.len);
	text[name.len] = '\0';
	return mls__plugins_instance(out, p, text);
}

static int
load(struct mls_privkey **out, const struct mls_suite *s, uint16_t role,
    struct mls_buf name, struct mls_buf blob)
{
	const struct mls_route *route = mls__key_route(s, role);
	struct mls_instance *owner;
	struct mls_key *handle = NULL;
	struct mls_privkey *key;
	int st, rc;

	rc = find_owner(&owner, s->plugins, name);
	if (rc == MLS_E_PROVIDER_MISSING) {
		mls__log(s->plugins, MLS_LOG_ERROR, "a stored key belongs to "
		    "provider '%.*s', which is not there", (int)name.len,
		    (const char *)name.data);
		rc = MLS_E_PROVIDER_KEY_OWNER;
	}
	if (rc != 0)
		return rc;
	MLS_CALL(st, owner, key_load, role, route->alg->id, blob, &handle);
	if (st != MLS_P_OK)
		return mls__error_of_status(st);
	rc = mls__key_wrap(&key, owner, route, handle);
	if (rc != 0)
		return rc;
	key->life = MLS_KEY_KEPT;
	if (remember(key, blob.data, blob.len) != MLS_P_OK) {
		mls__key_free(key);
		return MLS_E_OUT_OF_MEMORY;
	}
	*out = key;
	return 0;
}

/* The stored key is of this suite.  CRYPT-12 for signers. */
static int
check_stored(const struct mls_suite *s, uint16_t role, uint16_t id,
    uint32_t kind)
{
	if (kind != MLS_KEY_RAW && kind != MLS_KEY_REF)
		return MLS_E_STORED_STATE_MALFORMED;
	switch (role) {
	case MLS_ROLE_SIGN:
		return id == s->row->signature ? 0 :
		    MLS_E_SIGNER_SCHEME_MISMATCH;
	case MLS_ROLE_KEM:
		return id == s->row->kem ? 0 : MLS_E_PRIVATE_KEY_MISMATCH;
	default:
		return MLS_E_STORED_STATE_MALFORMED;
	}
}

int
mls__key_read(struct mls_privkey **out, struct mls_reader *r,
    const struct mls_suite *s)
{
	struct mls_buf name = { NULL, 0 }, blob;
	uint16_t role, id;
	uint8_t kind;
	int rc;

	role = mls__read_u16(r);
	id = mls__read_u16(r);
	kind = mls__read_u8(r);
	if (kind == MLS_KEY_REF)
		name = mls__read_opaque(r);
	blob = mls__read_opaque(r);
	rc = r->error;
	if (rc == 0)
		rc = check_stored(s, role, id, kind);
	if (rc == 0 && kind == MLS_KEY_REF)
		rc = load(out, s, role, name, blob);
	else if (rc == 0)
		rc = mls__key_import(out, s, role, blob);
	if (rc == MLS_E_ARGUMENT)
		rc = MLS_E_STORED_STATE_MALFORMED;
	if (rc != 0)
		mls__reader_fail(r, rc);
	return rc;
}

int
mls__key_erase(struct mls_buf *name, struct mls_plugins *p,
    struct mls_buf stored)
{
	struct mls_instance *owner;
	struct mls_key *handle = NULL;
	uint16_t role, id;
	struct mls_buf blob;
	struct mls_reader r;
	int st, rc;

	mls__reader_init(&r, stored);
	role = mls__read_u16(&r);
	id = mls__read_u16(&r);
	if (mls__read_u8(&r) != MLS_KEY_REF)
		mls__reader_fail(&r, MLS_E_STORED_STATE_MALFORMED);
	*name = mls__read_opaque(&r);
	blob = mls__read_opaque(&r);
	if (mls__reader_end(&r) != 0)
		return MLS_E_STORED_STATE_MALFORMED;
	rc = find_owner(&owner, p, *name);
	if (rc != 0)
		return rc;
	MLS_CALL(st, owner, key_load, role, id, blob, &handle);
	if (st == MLS_P_OK && handle == NULL)
		return mls__instance_broke(owner, "key_load: no key");
	if (st == MLS_P_OK)
		st = mls__key_destroy(owner, handle);
	/* Who was interrupted behind the erasure comes again. */
	return st == MLS_P_NOTFOUND ? 0 : mls__error_of_status(st);
}
