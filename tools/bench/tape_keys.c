/* SPDX-License-Identifier: MIT */
/* The keys of a tape: those that were there before, made and given back. */
#include <string.h>

#include "bench.h"
#include "tape_state.h"

uint32_t
tape_key(struct shim *m, const struct mls_key *key, uint16_t role,
    uint16_t id)
{
	uint32_t i = tape_find(m->tape, key);
	struct slot *slot;
	uint8_t blob[4096];
	size_t len = sizeof(blob);
	uint32_t kind;

	if (i != NO_SLOT)
		return i;
	i = tape_slot(m, key);
	slot = &m->tape->slots[i];
	if (m->real->key_save(m->ctx, key, &kind, blob, &len) != MLS_P_OK)
		broken("a key cannot be saved");
	slot->role = role;
	slot->id = id;
	slot->blob = must_alloc(len, 1);
	slot->len = len;
	memcpy(slot->blob, blob, len);
	return i;
}

static int
made_key(struct shim *m, int status, struct mls_key *const *out)
{
	struct tape *t = m->tape;

	t->calls[t->n - 1].slot = status == MLS_P_OK ? tape_slot(m, *out) :
	    NO_SLOT;
	return tape_unlock(m, status);
}

static int
key_generate(void *ctx, uint16_t role, uint16_t id, struct mls_key **out)
{
	struct shim *m = tape_lock(ctx);

	tape_note(m, TAPE_GENERATE, id)->role = role;
	return made_key(m, m->real->key_generate(m->ctx, role, id, out),
	    out);
}

static int
key_derive(void *ctx, uint16_t kem, struct mls_buf ikm, struct mls_key **out)
{
	struct shim *m = tape_lock(ctx);

	tape_note(m, TAPE_DERIVE, kem);
	tape_piece(m, ikm);
	return made_key(m, m->real->key_derive(m->ctx, kem, ikm, out), out);
}

static int
key_import(void *ctx, uint16_t role, uint16_t id, struct mls_buf priv,
    struct mls_key **out)
{
	struct shim *m = tape_lock(ctx);

	tape_note(m, TAPE_IMPORT, id)->role = role;
	tape_piece(m, priv);
	return made_key(m, m->real->key_import(m->ctx, role, id, priv, out),
	    out);
}

static int
key_load(void *ctx, uint16_t role, uint16_t id, struct mls_buf blob,
    struct mls_key **out)
{
	struct shim *m = tape_lock(ctx);

	tape_note(m, TAPE_LOAD, id)->role = role;
	tape_piece(m, blob);
	return made_key(m, m->real->key_load(m->ctx, role, id, blob, out),
	    out);
}

static int
key_save(void *ctx, const struct mls_key *key, uint32_t *kind, uint8_t *blob,
    size_t *len)
{
	struct shim *m = tape_lock(ctx);
	uint32_t slot = tape_find(m->tape, key);

	/* Of one that was there before, nobody here knows the algorithm. */
	if (slot != NO_SLOT)
		tape_note(m, TAPE_SAVE, 0)->slot = slot;
	return tape_unlock(m, m->real->key_save(m->ctx, key, kind, blob, len));
}

static int
key_public(void *ctx, const struct mls_key *key, uint8_t *pub, size_t *len)
{
	struct shim *m = tape_lock(ctx);
	uint32_t slot = tape_find(m->tape, key);

	if (slot != NO_SLOT)
		tape_note(m, TAPE_PUBLIC, 0)->slot = slot;
	return tape_unlock(m, m->real->key_public(m->ctx, key, pub, len));
}

static void
gone(struct shim *m, const struct mls_key *key)
{
	struct tape *t = m->tape;
	uint32_t slot = tape_find(t, key);

	if (key == NULL || slot == NO_SLOT)
		return;
	tape_note(m, TAPE_RELEASE, 0)->slot = slot;
	t->slots[slot].seen = NULL;
}

static int
key_destroy(void *ctx, struct mls_key *key)
{
	struct shim *m = tape_lock(ctx);

	gone(m, key);
	return tape_unlock(m, m->real->key_destroy(m->ctx, key));
}

static void
key_release(void *ctx, struct mls_key *key)
{
	struct shim *m = tape_lock(ctx);

	gone(m, key);
	m->real->key_release(m->ctx, key);
	tape_unlock(m, 0);
}

void
tape_take_keys(struct shim *m)
{
	m->ops.key_generate = key_generate;
	m->ops.key_derive = key_derive;
	m->ops.key_import = key_import;
	m->ops.key_load = key_load;
	m->ops.key_save = key_save;
	m->ops.key_public = key_public;
	m->ops.key_destroy = key_destroy;
	m->ops.key_release = key_release;
}
