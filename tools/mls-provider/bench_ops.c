/* SPDX-License-Identifier: MIT */
/* Each operation as the library calls it, in a loop. */
#include <stdio.h>
#include <stdlib.h>

#include "base/secret.h"
#include "bench.h"
#include "plugin/suites.h"

#define LONGEST 65536

/* What the operations of one algorithm of one provider work on. */
struct work {
	const struct mls_crypto_ops *ops;
	void *ctx;
	const struct mls_alg *alg;
	uint8_t *in, *out; /* LONGEST octets, and room behind them */
	size_t len;
	uint8_t seed[256], enc[2048], shared[256], pub[4096], sig[8192];
	size_t pub_len, sig_len;
	struct mls_key *key;
};

static bool
run_hash(void *arg, size_t times)
{
	struct work *w = arg;
	struct mls_buf in = { w->in, w->len };

	while (times-- > 0)
		if (w->ops->hash(w->ctx, w->alg->id, &in, 1, w->out) !=
		    MLS_P_OK)
			return false;
	return true;
}

static bool
run_hmac(void *arg, size_t times)
{
	struct work *w = arg;
	struct mls_buf in = { w->in, w->len };

	while (times-- > 0)
		if (w->ops->hmac(w->ctx, w->alg->id, mls__buf(w->seed, 32),
		    &in, 1, w->out) != MLS_P_OK)
			return false;
	return true;
}

static bool
run_expand(void *arg, size_t times)
{
	struct work *w = arg;

	if (!MLS_HAS(w->ops, hkdf_expand))
		return false;
	while (times-- > 0)
		if (w->ops->hkdf_expand(w->ctx, w->alg->id,
		    mls__buf(w->seed, 32), mls__buf(w->in, w->len), w->out,
		    32) != MLS_P_OK)
			return false;
	return true;
}

static bool
run_seal(void *arg, size_t times)
{
	struct work *w = arg;

	while (times-- > 0)
		if (w->ops->aead_seal(w->ctx, w->alg->id, w->seed, w->seed,
		    mls__buf(w->seed, 16), mls__buf(w->in, w->len),
		    w->out) != MLS_P_OK)
			return false;
	return true;
}

/* What run_seal made last. */
static bool
run_open(void *arg, size_t times)
{
	struct work *w = arg;

	while (times-- > 0)
		if (w->ops->aead_open(w->ctx, w->alg->id, w->seed, w->seed,
		    mls__buf(w->seed, 16), mls__buf(w->out, w->len +
		    w->alg->output_len), w->in) != MLS_P_OK)
			return false;
	return true;
}

static bool
run_derive(void *arg, size_t times)
{
	struct work *w = arg;
	struct mls_key *key;

	while (times-- > 0) {
		key = NULL;
		if (w->ops->key_derive(w->ctx, w->alg->id, mls__buf(w->seed,
		    w->alg->secret_len), &key) != MLS_P_OK)
			return false;
		w->ops->key_release(w->ctx, key);
	}
	return true;
}

static bool
run_encap(void *arg, size_t times)
{
	struct work *w = arg;

	while (times-- > 0)
		if (w->ops->kem_encap(w->ctx, w->alg->id, mls__buf(w->pub,
		    w->pub_len), w->seed, w->enc, w->shared) != MLS_P_OK)
			return false;
	return true;
}

static bool
run_decap(void *arg, size_t times)
{
	struct work *w = arg;

	while (times-- > 0)
		if (w->ops->kem_decap(w->ctx, w->key, mls__buf(w->enc,
		    w->alg->aux_len), w->shared) != MLS_P_OK)
			return false;
	return true;
}

static bool
run_sign(void *arg, size_t times)
{
	struct work *w = arg;

	while (times-- > 0) {
		w->sig_len = sizeof(w->sig);
		if (w->ops->sign(w->ctx, w->key, mls__buf(w->in, w->len),
		    w->sig, &w->sig_len) != MLS_P_OK)
			return false;
	}
	return true;
}

static bool
run_verify(void *arg, size_t times)
{
	struct work *w = arg;

	while (times-- > 0)
		if (w->ops->verify(w->ctx, w->alg->id, mls__buf(w->pub,
		    w->pub_len), mls__buf(w->in, w->len), mls__buf(w->sig,
		    w->sig_len)) != MLS_P_OK)
			return false;
	return true;
}

static const struct row {
	uint16_t role;
	const char *what;
	size_t len;
	bench_fn run;
	bench_fn before; /* makes what the run works on, once */
} rows[] = {
	{ MLS_ROLE_KEM, "derive a key", 0, run_derive, NULL },
	{ MLS_ROLE_KEM, "encapsulate", 0, run_encap, NULL },
	{ MLS_ROLE_KEM, "decapsulate", 0, run_decap, run_encap },
	{ MLS_ROLE_AEAD, "seal 64 octets", 64, run_seal, NULL },
	{ MLS_ROLE_AEAD, "seal 1 KiB", 1024, run_seal, NULL },
	{ MLS_ROLE_AEAD, "open 1 KiB", 1024, run_open, run_seal },
	{ MLS_ROLE_AEAD, "seal 64 KiB", LONGEST, run_seal, NULL },
	{ MLS_ROLE_HASH, "hash 64 octets", 64, run_hash, NULL },
	{ MLS_ROLE_HASH, "hash 16 KiB", 16384, run_hash, NULL },
	{ MLS_ROLE_HASH, "HMAC of 32 octets", 32, run_hmac, NULL },
	{ MLS_ROLE_HASH, "HKDF-Expand to 32", 32, run_expand, NULL },
	{ MLS_ROLE_SIGN, "sign 256 octets", 256, run_sign, NULL },
	{ MLS_ROLE_VERIFY, "check a signature", 256, run_verify, run_sign },
};

static const struct mls_alg *
find(const struct mls_instance *inst, uint16_t role, uint16_t id)
{
	const struct mls_alg *list = NULL;
	size_t n, i;

	if (inst->desc->crypto == NULL)
		return NULL;
	n = inst->desc->crypto->algorithms(inst->ctx, &list);
	for (i = 0; i < n; i++)
		if (list[i].role == role && list[i].id == id)
			return &list[i];
	return NULL;
}

/* A key for the rows that want one.  A VERIFY that has no SIGN of its own is
 * left out: there is nothing to check. */
static bool
make_key(struct work *w, const struct mls_instance *inst)
{
	const struct mls_alg *a = w->alg;
	int st;

	if (a->role == MLS_ROLE_AEAD || a->role == MLS_ROLE_HASH)
		return true;
	if (a->role == MLS_ROLE_VERIFY)
		a = find(inst, MLS_ROLE_SIGN, a->id);
	if (a == NULL)
		return false;
	if (a->role == MLS_ROLE_KEM)
		st = w->ops->key_derive(w->ctx, a->id, mls__buf(w->seed,
		    a->secret_len), &w->key);
	else if (a->secret_len > 0 && MLS_HAS(w->ops, key_import))
		st = w->ops->key_import(w->ctx, a->role, a->id,
		    mls__buf(w->seed, a->secret_len), &w->key);
	else
		st = MLS_HAS(w->ops, key_generate) ? w->ops->key_generate(
		    w->ctx, a->role, a->id, &w->key) : MLS_P_UNSUPPORTED;
	w->pub_len = sizeof(w->pub);
	return st == MLS_P_OK && w->ops->key_public(w->ctx, w->key, w->pub,
	    &w->pub_len) == MLS_P_OK;
}

static double
measure(const struct bench *b, const struct contestant *c,
    const struct row *row, uint16_t id)
{
	struct work *w = calloc(1, sizeof(*w));
	double rate = 0;
	size_t i;

	if (w == NULL)
		return 0;
	w->alg = find(c->inst, row->role, id);
	w->ops = c->inst->desc->crypto;
	w->ctx = c->inst->ctx;
	w->len = row->len;
	w->in = calloc(2, LONGEST + 256);
	/* Small numbers are valid scalars of every curve. */
	for (i = 0; i < sizeof(w->seed); i++)
		w->seed[i] = (uint8_t)(i * 7 % 128);
	if (w->in == NULL || w->alg == NULL)
		goto out;
	w->out = w->in + LONGEST + 256;
	if (make_key(w, c->inst) &&
	    (row->before == NULL || row->before(w, 1)))
		rate = bench_rate(b, true, row->run, w);
	if (w->key != NULL)
		w->ops->key_release(w->ctx, w->key);
out:
	free(w->in);
	free(w);
	return rate;
}

/* One row for an algorithm that somebody offers. */
static void
print_row(const struct bench *b, const struct row *row, uint16_t id)
{
	const char *name = mls__alg_name(row->role, id);
	size_t i;

	printf("%-26s %-18s", name != NULL ? name : "?", row->what);
	for (i = 0; i < b->n; i++)
		bench_figure(measure(b, &b->who[i], row, id));
	printf("\n");
}

static bool
offered(const struct bench *b, uint16_t role, uint16_t id)
{
	size_t i;

	for (i = 0; i < b->n; i++)
		if (find(b->who[i].inst, role, id) != NULL)
			return true;
	return false;
}

/* Algorithms in the order of the suites that use them. */
void
bench_operations(const struct bench *b)
{
	static const uint16_t ids[][8] = { { 0 }, { 0x20, 0x10, 0x11, 0x12,
		0x21 }, { 1, 2, 3 }, { 1, 2, 3 },
		{ 0x0807, 0x0403, 0x0503, 0x0603, 0x0808 },
		{ 0x0807, 0x0403, 0x0503, 0x0603, 0x0808 } };
	size_t i, k;
	uint16_t id;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (k = 0; (id = ids[rows[i].role][k]) != 0; k++)
			if (bench_wanted(b, rows[i].role, id) &&
			    offered(b, rows[i].role, id))
				print_row(b, &rows[i], id);
}
