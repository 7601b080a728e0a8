/* SPDX-License-Identifier: MIT */
/* The playing side of a tape: the same calls, in a bare loop. */
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "tape_state.h"

/* What playing needs beside the tape, made beforehand. */
struct deck {
	struct tape *t;
	struct mls_buf *in;     /* the pieces */
	struct mls_encap *many; /* of the largest batch */
	uint8_t *scratch;
	bool store;
};

/* The key in a provider again. */
static void
give_key(struct tape *t, struct slot *slot)
{
	struct shim *m = &t->shims[slot->shim];
	struct mls_buf blob = { slot->blob, slot->len };

	slot->key = NULL;
	slot->txn = NULL;
	if (blob.data == NULL)
		return;
	if (m->real->key_import(m->ctx, slot->role, slot->id, blob,
	    &slot->key) != MLS_P_OK &&
	    m->real->key_load(m->ctx, slot->role, slot->id, blob,
	    &slot->key) != MLS_P_OK)
		broken("a key cannot be loaded");
}

static void
drop_key(struct tape *t, struct slot *slot)
{
	struct shim *m = &t->shims[slot->shim];

	if (slot->key != NULL)
		m->real->key_release(m->ctx, slot->key);
	slot->key = NULL;
}

static void
make_key(struct deck *d, const struct call *c)
{
	struct shim *m = &d->t->shims[c->shim];
	const struct mls_buf *in = &d->in[c->first];
	struct mls_key *none = NULL;
	struct mls_key **out = c->slot != NO_SLOT ?
	    &d->t->slots[c->slot].key : &none;

	if (c->op == TAPE_DERIVE)
		m->real->key_derive(m->ctx, c->id, in[0], out);
	else if (c->op == TAPE_IMPORT)
		m->real->key_import(m->ctx, c->role, c->id, in[0], out);
	else if (c->op == TAPE_LOAD)
		m->real->key_load(m->ctx, c->role, c->id, in[0], out);
	else
		m->real->key_generate(m->ctx, c->role, c->id, out);
}

static void
batch(struct deck *d, const struct call *c)
{
	const struct mls_suite *s = d->t->suite;
	struct shim *m = &d->t->shims[c->shim];
	uint8_t *out = d->scratch;
	size_t i;

	for (i = 0; i < c->pieces / 2; i++) {
		d->many[i].pub = d->in[c->first + 2 * i];
		d->many[i].seed = d->in[c->first + 2 * i + 1].data;
		d->many[i].enc = out;
		d->many[i].shared = out + s->nenc;
		out += s->nenc + s->nsecret;
	}
	m->real->kem_encap_batch(m->ctx, c->id, d->many, i);
}

static void
with_key(struct deck *d, const struct call *c)
{
	struct shim *m = &d->t->shims[c->shim];
	struct slot *slot = &d->t->slots[c->slot];
	const struct mls_buf *in = &d->in[c->first];
	size_t len = d->t->scratch_len;
	uint32_t kind;

	switch (c->op) {
	case TAPE_SAVE:
		m->real->key_save(m->ctx, slot->key, &kind, d->scratch, &len);
		break;
	case TAPE_PUBLIC:
		m->real->key_public(m->ctx, slot->key, d->scratch, &len);
		break;
	case TAPE_RELEASE:
		drop_key(d->t, slot);
		break;
	case TAPE_DECAP:
		m->real->kem_decap(m->ctx, slot->key, in[0], d->scratch);
		break;
	default:
		m->real->sign(m->ctx, slot->key, in[0], d->scratch, &len);
	}
}

static void
plain(struct deck *d, const struct call *c)
{
	struct shim *m = &d->t->shims[c->shim];
	const struct mls_crypto_ops *p = m->real;
	const struct mls_buf *in = &d->in[c->first];
	uint8_t *out = d->scratch;

	switch (c->op) {
	case TAPE_ENCAP:
		p->kem_encap(m->ctx, c->id, in[0], in[1].data, out,
		    out + d->t->suite->nenc);
		break;
	case TAPE_CHECK:
		p->kem_check_public(m->ctx, c->id, in[0]);
		break;
	case TAPE_VERIFY:
		p->verify(m->ctx, c->id, in[0], in[1], in[2]);
		break;
	case TAPE_HASH:
		p->hash(m->ctx, c->id, in, c->pieces, out);
		break;
	case TAPE_HMAC:
		p->hmac(m->ctx, c->id, in[0], in + 1, c->pieces - 1, out);
		break;
	case TAPE_SEAL:
		p->aead_seal(m->ctx, c->id, in[0].data, in[1].data, in[2],
		    in[3], out);
		break;
	case TAPE_OPEN:
		p->aead_open(m->ctx, c->id, in[0].data, in[1].data, in[2],
		    in[3], out);
		break;
	case TAPE_EXPAND:
		p->hkdf_expand(m->ctx, c->id, in[0], in[1], out, c->len);
		break;
	default:
		m->rng->fill(m->ctx, out, c->len);
	}
}

static void
play(struct deck *d, const struct call *c)
{
	switch (c->op) {
	case TAPE_GENERATE:
	case TAPE_DERIVE:
	case TAPE_IMPORT:
	case TAPE_LOAD:
		make_key(d, c);
		break;
	case TAPE_BATCH:
		batch(d, c);
		break;
	case TAPE_SAVE:
	case TAPE_PUBLIC:
	case TAPE_RELEASE:
	case TAPE_DECAP:
	case TAPE_SIGN:
		with_key(d, c);
		break;
	case TAPE_BEGIN:
	case TAPE_GET:
	case TAPE_SCAN:
	case TAPE_PUT:
	case TAPE_DEL:
	case TAPE_COMMIT:
	case TAPE_ROLLBACK:
		if (d->store)
			tape_play_store(&d->t->shims[c->shim], c,
			    &d->in[c->first], &d->t->slots[c->slot]);
		break;
	default:
		plain(d, c);
	}
}

static void
load(struct deck *d, struct tape *t)
{
	size_t i, most = 1;

	d->t = t;
	d->in = must_alloc(t->n_pieces, sizeof(*d->in));
	for (i = 0; i < t->n_pieces; i++) {
		d->in[i].data = t->octets + t->pieces[i].at;
		d->in[i].len = t->pieces[i].len;
	}
	for (i = 0; i < t->n; i++)
		if (t->calls[i].op == TAPE_BATCH && t->calls[i].pieces > most)
			most = t->calls[i].pieces;
	d->many = must_alloc(most, sizeof(*d->many));
	d->scratch = must_alloc(t->scratch_len + most * 2 * MLS_MAX_KEY +
	    4096, 1);
	for (i = 0; i < t->n_slots; i++)
		give_key(t, &t->slots[i]);
}

double
tape_play(struct tape *t, bool store)
{
	struct deck d = { .store = store };
	double took;
	size_t i;

	load(&d, t);
	took = cpu_us();
	for (i = 0; i < t->n; i++)
		play(&d, &t->calls[i]);
	took = cpu_us() - took;
	for (i = 0; i < t->n_slots; i++)
		drop_key(t, &t->slots[i]);
	free(d.in);
	free(d.many);
	free(d.scratch);
	return took;
}

uint64_t
tape_calls(const struct tape *t, enum tape_op op)
{
	return t->count[op];
}

uint64_t
tape_key_ops(const struct tape *t)
{
	const enum tape_op ops[] = { TAPE_GENERATE, TAPE_DERIVE, TAPE_IMPORT,
		TAPE_LOAD, TAPE_ENCAP, TAPE_BATCH, TAPE_DECAP, TAPE_CHECK,
		TAPE_SIGN, TAPE_VERIFY };
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		n += t->count[ops[i]];
	return n;
}

void
tape_free(struct tape *t)
{
	size_t i;

	if (t == NULL)
		return;
	for (i = 0; i < t->n_slots; i++)
		free(t->slots[i].blob);
	pthread_mutex_destroy(&t->mutex);
	free(t->calls);
	free(t->pieces);
	free(t->slots);
	free(t->octets);
	free(t);
}
