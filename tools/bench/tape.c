/* SPDX-License-Identifier: MIT */
/* The recording side: providers that keep what they are asked for. */
#include "tape.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "plugin/internal.h"
#include "tape_state.h"

struct shim *
tape_lock(void *ctx)
{
	struct shim *m = ctx;

	pthread_mutex_lock(&m->tape->mutex);
	return m;
}

static void *
grown(void *p, size_t n, size_t *cap, size_t size)
{
	if (n <= *cap)
		return p;
	*cap = n > 2 * *cap ? n : 2 * *cap;
	p = realloc(p, *cap * size);
	if (p == NULL)
		broken("out of memory");
	return p;
}

struct call *
tape_note(struct shim *m, enum tape_op op, uint16_t id)
{
	struct tape *t = m->tape;
	struct call *c;

	t->calls = grown(t->calls, t->n + 1, &t->cap, sizeof(*t->calls));
	c = &t->calls[t->n++];
	memset(c, 0, sizeof(*c));
	c->op = op;
	c->id = id;
	c->shim = (unsigned)(m - t->shims);
	c->first = t->n_pieces;
	t->count[op]++;
	return c;
}

/* A copy of what was handed over; where it lies is known once all is. */
void
tape_piece(struct shim *m, struct mls_buf in)
{
	struct tape *t = m->tape;
	struct piece *p;

	t->pieces = grown(t->pieces, t->n_pieces + 1, &t->cap_pieces,
	    sizeof(*t->pieces));
	t->octets = grown(t->octets, t->n_octets + in.len, &t->cap_octets, 1);
	p = &t->pieces[t->n_pieces++];
	p->at = t->n_octets;
	p->len = in.len;
	if (in.len != 0)
		memcpy(t->octets + t->n_octets, in.data, in.len);
	t->n_octets += in.len;
	t->calls[t->n - 1].pieces++;
}

static void
raw_piece(struct shim *m, const uint8_t *data, size_t len)
{
	struct mls_buf in = { data, len };

	tape_piece(m, in);
}

/* A key that the tape makes, or that was there before. */
uint32_t
tape_slot(struct shim *m, const void *key)
{
	struct tape *t = m->tape;
	struct slot *slot;

	t->slots = grown(t->slots, t->n_slots + 1, &t->cap_slots,
	    sizeof(*t->slots));
	slot = &t->slots[t->n_slots];
	memset(slot, 0, sizeof(*slot));
	slot->seen = key;
	slot->shim = (unsigned)(m - t->shims);
	return (uint32_t)t->n_slots++;
}

uint32_t
tape_find(const struct tape *t, const void *key)
{
	size_t i;

	for (i = t->n_slots; i-- > 0;)
		if (t->slots[i].seen == key)
			return (uint32_t)i;
	return NO_SLOT;
}

/* Done, and the lock given back. */
int
tape_unlock(struct shim *m, int status)
{
	pthread_mutex_unlock(&m->tape->mutex);
	return status;
}

static int
kem_encap(void *ctx, uint16_t kem, struct mls_buf pub, const uint8_t *seed,
    uint8_t *enc, uint8_t *shared)
{
	struct shim *m = tape_lock(ctx);

	tape_note(m, TAPE_ENCAP, kem);
	tape_piece(m, pub);
	raw_piece(m, seed, m->tape->suite->seed_len);
	tape_unlock(m, 0);
	return m->real->kem_encap(m->ctx, kem, pub, seed, enc, shared);
}

static int
kem_decap(void *ctx, const struct mls_key *key, struct mls_buf enc,
    uint8_t *shared)
{
	struct shim *m = tape_lock(ctx);
	uint16_t id = m->tape->suite->row->kem;
	uint32_t slot = tape_key(m, key, MLS_ROLE_KEM, id);

	tape_note(m, TAPE_DECAP, id)->slot = slot;
	tape_piece(m, enc);
	return tape_unlock(m, m->real->kem_decap(m->ctx, key, enc, shared));
}

static int
kem_check_public(void *ctx, uint16_t kem, struct mls_buf pub)
{
	struct shim *m = tape_lock(ctx);

	tape_note(m, TAPE_CHECK, kem);
	tape_piece(m, pub);
	tape_unlock(m, 0);
	return m->real->kem_check_public(m->ctx, kem, pub);
}

static int
sign(void *ctx, const struct mls_key *key, struct mls_buf msg, uint8_t *sig,
    size_t *len)
{
	struct shim *m = tape_lock(ctx);
	uint16_t id = m->tape->suite->row->signature;
	uint32_t slot = tape_key(m, key, MLS_ROLE_SIGN, id);

	tape_note(m, TAPE_SIGN, id)->slot = slot;
	tape_piece(m, msg);
	return tape_unlock(m, m->real->sign(m->ctx, key, msg, sig, len));
}

static int
verify(void *ctx, uint16_t scheme, struct mls_buf pub, struct mls_buf msg,
    struct mls_buf sig)
{
	struct shim *m = tape_lock(ctx);

	tape_note(m, TAPE_VERIFY, scheme);
	tape_piece(m, pub);
	tape_piece(m, msg);
	tape_piece(m, sig);
	tape_unlock(m, 0);
	return m->real->verify(m->ctx, scheme, pub, msg, sig);
}

static int
hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	struct shim *m = tape_lock(ctx);
	size_t i;

	tape_note(m, TAPE_HASH, kdf);
	for (i = 0; i < n; i++)
		tape_piece(m, in[i]);
	tape_unlock(m, 0);
	return m->real->hash(m->ctx, kdf, in, n, out);
}

static int
hmac(void *ctx, uint16_t kdf, struct mls_buf key, const struct mls_buf *in,
    size_t n, uint8_t *out)
{
	struct shim *m = tape_lock(ctx);
	size_t i;

	tape_note(m, TAPE_HMAC, kdf);
	tape_piece(m, key);
	for (i = 0; i < n; i++)
		tape_piece(m, in[i]);
	tape_unlock(m, 0);
	return m->real->hmac(m->ctx, kdf, key, in, n, out);
}

static void
note_aead(struct shim *m, enum tape_op op, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf in)
{
	const struct mls_suite *s = m->tape->suite;

	tape_note(m, op, aead);
	raw_piece(m, key, s->nk);
	raw_piece(m, nonce, s->nn);
	tape_piece(m, aad);
	tape_piece(m, in);
	if (m->tape->scratch_len < in.len + s->nt)
		m->tape->scratch_len = in.len + s->nt;
}

static int
aead_seal(void *ctx, uint16_t aead, const uint8_t *key, const uint8_t *nonce,
    struct mls_buf aad, struct mls_buf pt, uint8_t *ct)
{
	struct shim *m = tape_lock(ctx);

	note_aead(m, TAPE_SEAL, aead, key, nonce, aad, pt);
	tape_unlock(m, 0);
	return m->real->aead_seal(m->ctx, aead, key, nonce, aad, pt, ct);
}

static int
aead_open(void *ctx, uint16_t aead, const uint8_t *key, const uint8_t *nonce,
    struct mls_buf aad, struct mls_buf ct, uint8_t *pt)
{
	struct shim *m = tape_lock(ctx);

	note_aead(m, TAPE_OPEN, aead, key, nonce, aad, ct);
	tape_unlock(m, 0);
	return m->real->aead_open(m->ctx, aead, key, nonce, aad, ct, pt);
}

static int
hkdf_expand(void *ctx, uint16_t kdf, struct mls_buf prk, struct mls_buf info,
    uint8_t *out, size_t len)
{
	struct shim *m = tape_lock(ctx);

	tape_note(m, TAPE_EXPAND, kdf)->len = len;
	tape_piece(m, prk);
	tape_piece(m, info);
	tape_unlock(m, 0);
	return m->real->hkdf_expand(m->ctx, kdf, prk, info, out, len);
}

static int
kem_encap_batch(void *ctx, uint16_t kem, struct mls_encap *v, size_t n)
{
	struct shim *m = tape_lock(ctx);
	size_t i;

	tape_note(m, TAPE_BATCH, kem);
	m->tape->count[TAPE_BATCH] += n - 1;
	for (i = 0; i < n; i++) {
		tape_piece(m, v[i].pub);
		raw_piece(m, v[i].seed, m->tape->suite->seed_len);
	}
	tape_unlock(m, 0);
	return m->real->kem_encap_batch(m->ctx, kem, v, n);
}

static int
fill(void *ctx, uint8_t *out, size_t len)
{
	struct shim *m = tape_lock(ctx);

	tape_note(m, TAPE_RANDOM, 0)->len = len;
	if (m->tape->scratch_len < len)
		m->tape->scratch_len = len;
	tape_unlock(m, 0);
	return m->rng->fill(m->ctx, out, len);
}

static const struct mls_crypto_ops all_ops = {
	.kem_encap = kem_encap, .kem_decap = kem_decap,
	.kem_check_public = kem_check_public,
	.sign = sign, .verify = verify, .hash = hash, .hmac = hmac,
	.aead_seal = aead_seal, .aead_open = aead_open,
	.hkdf_expand = hkdf_expand, .kem_encap_batch = kem_encap_batch,
};

/* Only what the provider offers itself. */
static void
take_ops(struct shim *m)
{
	m->ops = all_ops;
	tape_take_keys(m);
	m->ops.size = sizeof(m->ops);
	m->ops.algorithms = m->real->algorithms;
	if (!MLS_HAS(m->real, kem_check_public))
		m->ops.kem_check_public = NULL;
	if (!MLS_HAS(m->real, hkdf_expand))
		m->ops.hkdf_expand = NULL;
	if (!MLS_HAS(m->real, kem_encap_batch))
		m->ops.kem_encap_batch = NULL;
}

static void
stand_before(struct tape *t, struct mls_instance *inst)
{
	struct shim *m = &t->shims[t->n_shims];
	size_t i;

	for (i = 0; inst != NULL && i < t->n_shims; i++)
		if (t->shims[i].inst == inst)
			return;
	if (inst == NULL)
		return;
	t->n_shims++;
	m->tape = t;
	m->inst = inst;
	m->desc = inst->desc;
	m->ctx = inst->ctx;
	m->mine = *inst->desc;
	if (inst->desc->crypto != NULL) {
		m->real = inst->desc->crypto;
		take_ops(m);
		m->mine.crypto = &m->ops;
	}
	if (inst->desc->rng != NULL) {
		m->rng = inst->desc->rng;
		m->rng_ops = *inst->desc->rng;
		m->rng_ops.fill = fill;
		m->mine.rng = &m->rng_ops;
	}
	if (inst->desc->keystore != NULL)
		tape_take_store(m);
	inst->desc = &m->mine;
	inst->ctx = m;
}

struct tape *
tape_start(const struct mls_suite *s, struct mls_instance *store)
{
	struct tape *t = must_alloc(1, sizeof(*t));

	t->suite = s;
	t->scratch_len = 1 << 16;
	if (pthread_mutex_init(&t->mutex, NULL) != 0)
		broken("no mutex");
	stand_before(t, s->kem.inst);
	stand_before(t, s->aead.inst);
	stand_before(t, s->hash.inst);
	stand_before(t, s->sign.inst);
	stand_before(t, s->verify.inst);
	stand_before(t, s->plugins->rng);
	stand_before(t, store);
	return t;
}

void
tape_stop(struct tape *t)
{
	size_t i;

	for (i = 0; i < t->n_shims; i++) {
		t->shims[i].inst->desc = t->shims[i].desc;
		t->shims[i].inst->ctx = t->shims[i].ctx;
	}
}
