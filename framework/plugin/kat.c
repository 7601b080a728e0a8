/* SPDX-License-Identifier: MIT */
#include "plugin/kat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/secret.h"
#include "plugin/kat_vectors.h"

/* The longest field of a vector: a P-521 signature. */
struct octets {
	uint8_t data[160];
	size_t len;
};

/* One test. */
struct test {
	const struct mls_crypto_ops *ops;
	void *ctx;
	const struct mls_alg *alg;
	const char *why;
	bool starved;
	bool strayed; /* said what is no status */
	int status;   /* that */
};

static uint8_t
digit(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static struct octets
octets(const char *hex)
{
	struct octets o = { { 0 }, 0 };

	for (; hex[0] != '\0' && o.len < sizeof(o.data); hex += 2)
		o.data[o.len++] = (uint8_t)(digit(hex[0]) << 4 |
		    digit(hex[1]));
	return o;
}

static struct mls_buf
buf(const struct octets *o)
{
	return mls__buf(o->data, o->len);
}

static bool
same(const uint8_t *data, const struct octets *o)
{
	return memcmp(data, o->data, o->len) == 0;
}

/* What the provider said.  A want of memory is no wrong answer: it must not
 * count against the algorithm from then on. */
static int
said(struct test *t, int status)
{
	t->starved = t->starved || status == MLS_P_NOMEM;
	if (!t->strayed && !mls__status_known(status)) {
		t->strayed = true;
		t->status = status;
	}
	return status;
}

static bool
wrong(struct test *t, const char *why)
{
	t->why = t->starved ? NULL : why;
	return false;
}

/* Counting octets, where there is no vector. */
static void
fill(struct octets *o, size_t len)
{
	size_t i;

	o->len = len < sizeof(o->data) ? len : sizeof(o->data);
	for (i = 0; i < o->len; i++)
		o->data[i] = (uint8_t)(i + 1);
}

/* Room for what a KEM makes. */
struct kem_room {
	uint8_t *pub, *enc, *first, *second;
};

static bool
kem_round(struct test *t, const struct mls_key *key, const struct octets *seed,
    struct kem_room *r)
{
	const struct mls_alg *a = t->alg;
	size_t len = a->public_len;

	if (said(t, t->ops->key_public(t->ctx, key, r->pub, &len)) !=
	    MLS_P_OK || len != a->public_len)
		return wrong(t, "no public key");
	if (said(t, t->ops->kem_check_public(t->ctx, a->id,
	    mls__buf(r->pub, len))) != MLS_P_OK)
		return wrong(t, "it refuses a valid public key");
	if (said(t, t->ops->kem_encap(t->ctx, a->id, mls__buf(r->pub, len),
	    seed->data, r->enc, r->first)) != MLS_P_OK)
		return wrong(t, "encapsulation failed");
	if (said(t, t->ops->kem_decap(t->ctx, key, mls__buf(r->enc, a->aux_len),
	    r->second)) != MLS_P_OK ||
	    memcmp(r->first, r->second, a->output_len) != 0)
		return wrong(t, "encapsulation and decapsulation differ");
	return true;
}

/* A module that draws the ephemeral key itself makes another enc; that it
 * opens to the same secret has been seen then. */
static bool
kem_known(struct test *t, const struct mls_key *key,
    const struct mls_kat_kem *v, const struct kem_room *r, uint8_t *shared)
{
	struct octets pub = octets(v->pub), enc = octets(v->enc),
	    want = octets(v->shared);

	if (!same(r->pub, &pub))
		return wrong(t, "wrong public key");
	if (same(r->enc, &enc) && !same(r->first, &want))
		return wrong(t, "wrong secret of encapsulation");
	if (said(t, t->ops->kem_decap(t->ctx, key, buf(&enc), shared)) !=
	    MLS_P_OK || !same(shared, &want))
		return wrong(t, "wrong secret of decapsulation");
	return true;
}

static bool
kem_sizes(const struct mls_alg *a, const struct mls_kat_kem *v,
    const struct octets *ikm, const struct octets *seed)
{
	return a->public_len == strlen(v->pub) / 2 &&
	    a->aux_len == strlen(v->enc) / 2 &&
	    a->output_len == strlen(v->shared) / 2 &&
	    a->secret_len == ikm->len && a->seed_len == seed->len;
}

static bool
kem(struct test *t)
{
	const struct mls_alg *a = t->alg;
	const struct mls_kat_kem *v = mls__kat_kems;
	struct octets ikm, seed;
	struct kem_room r;
	struct mls_key *key = NULL;
	uint8_t *room;
	bool ok;

	while (v->id != 0 && v->id != a->id)
		v++;
	fill(&ikm, a->secret_len);
	fill(&seed, a->seed_len);
	if (v->id != 0) {
		ikm = octets(v->ikm);
		seed = octets(v->seed);
		if (!kem_sizes(a, v, &ikm, &seed))
			return wrong(t, "it announces wrong sizes");
	}
	if (seed.len < a->seed_len)
		return wrong(t, "it wants too long a seed");
	room = mls__alloc((size_t)a->public_len + a->aux_len +
	    2u * a->output_len);
	if (room == NULL)
		return wrong(t, NULL);
	r.pub = room;
	r.enc = r.pub + a->public_len;
	r.first = r.enc + a->aux_len;
	r.second = r.first + a->output_len;
	ok = said(t, t->ops->key_derive(t->ctx, a->id, buf(&ikm), &key)) ==
	    MLS_P_OK || wrong(t, "no key can be derived");
	ok = ok && kem_round(t, key, &seed, &r) &&
	    (v->id == 0 || kem_known(t, key, v, &r, r.second));
	t->ops->key_release(t->ctx, key);
	free(room);
	return ok;
}

static bool
aead(struct test *t)
{
	const struct mls_alg *a = t->alg;
	const struct mls_kat_aead *v = mls__kat_aeads;
	struct mls_buf aad = mls__buf_str(mls__kat_message);
	struct mls_buf pt = mls__buf_str(mls__kat_plaintext);
	struct octets key, nonce, want;
	uint8_t sealed[160], opened[160];
	size_t len = pt.len + a->output_len;

	while (v->id != 0 && v->id != a->id)
		v++;
	fill(&key, a->secret_len);
	fill(&nonce, a->aux_len);
	if (v->id != 0) {
		key = octets(v->key);
		nonce = octets(v->nonce);
	}
	want = octets(v->id != 0 ? v->sealed : "");
	if (key.len != a->secret_len || nonce.len != a->aux_len ||
	    len > sizeof(sealed) || (v->id != 0 && len != want.len))
		return wrong(t, "it announces wrong sizes");
	if (said(t, t->ops->aead_seal(t->ctx, a->id, key.data, nonce.data,
	    aad, pt, sealed)) != MLS_P_OK || !same(sealed, &want))
		return wrong(t, "wrong ciphertext");
	if (said(t, t->ops->aead_open(t->ctx, a->id, key.data, nonce.data,
	    aad, mls__buf(sealed, len), opened)) != MLS_P_OK ||
	    memcmp(opened, pt.data, pt.len) != 0)
		return wrong(t, "its ciphertext does not open");
	sealed[0] ^= 1;
	if (said(t, t->ops->aead_open(t->ctx, a->id, key.data, nonce.data,
	    aad, mls__buf(sealed, len), opened)) != MLS_P_VERIFY)
		return wrong(t, "it opens a changed ciphertext");
	return true;
}

static bool
hash(struct test *t)
{
	const struct mls_kat_hash *v = mls__kat_hashes;
	struct mls_buf in[2] = { mls__buf("a", 1), mls__buf("bc", 2) };
	uint8_t key[20], out[MLS_MAX_HASH];
	struct octets want;
	size_t i;

	while (v->id != 0 && v->id != t->alg->id)
		v++;
	if (v->id == 0)
		return true;
	for (i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	want = octets(v->hash);
	if (t->alg->output_len != want.len)
		return wrong(t, "it announces wrong sizes");
	if (said(t, t->ops->hash(t->ctx, v->id, in, 2, out)) != MLS_P_OK ||
	    !same(out, &want))
		return wrong(t, "wrong hash");
	want = octets(v->hmac);
	if (said(t, t->ops->hmac(t->ctx, v->id, mls__buf(key, sizeof(key)),
	    in, 2, out)) != MLS_P_OK || !same(out, &want))
		return wrong(t, "wrong HMAC");
	return true;
}

static bool
offers(const struct test *t, uint16_t role)
{
	const struct mls_alg *list = NULL;
	size_t n = t->ops->algorithms(t->ctx, &list), i;

	for (i = 0; i < n; i++)
		if (list[i].role == role && list[i].id == t->alg->id)
			return true;
	return false;
}

static const struct mls_kat_sign *
sign_vector(uint16_t id)
{
	const struct mls_kat_sign *v = mls__kat_signs;

	while (v->id != 0 && v->id != id)
		v++;
	return v;
}

static bool
sign_with(struct test *t, const struct mls_kat_sign *v,
    const struct mls_key *key, uint8_t *sig)
{
	struct mls_buf msg = mls__buf_str(mls__kat_message);
	struct octets pub = octets(v->pub), want = octets(v->sig);
	uint8_t out[160];
	size_t len = sizeof(out), max = t->alg->output_len;

	if (said(t, t->ops->key_public(t->ctx, key, out, &len)) != MLS_P_OK ||
	    len != pub.len || !same(out, &pub))
		return wrong(t, "wrong public key");
	len = max;
	if (said(t, t->ops->sign(t->ctx, key, msg, sig, &len)) != MLS_P_OK ||
	    len == 0 || len > max)
		return wrong(t, "it does not sign");
	if (v->deterministic && (len != want.len || !same(sig, &want)))
		return wrong(t, "wrong signature");
	if (offers(t, MLS_ROLE_VERIFY) &&
	    said(t, t->ops->verify(t->ctx, v->id, buf(&pub), msg,
	    mls__buf(sig, len))) != MLS_P_OK)
		return wrong(t, "its signature does not hold");
	return true;
}

static bool
sign(struct test *t)
{
	const struct mls_alg *a = t->alg;
	const struct mls_kat_sign *v = sign_vector(a->id);
	struct mls_key *key = NULL;
	struct octets priv;
	uint8_t *sig;
	bool ok;

	if (v->id == 0 || a->secret_len == 0 || !MLS_HAS(t->ops, key_import))
		return true;
	priv = octets(v->priv);
	if (a->secret_len != priv.len || a->public_len != strlen(v->pub) / 2 ||
	    a->output_len < strlen(v->sig) / 2)
		return wrong(t, "it announces wrong sizes");
	sig = mls__alloc(a->output_len);
	if (sig == NULL)
		return wrong(t, NULL);
	ok = said(t, t->ops->key_import(t->ctx, MLS_ROLE_SIGN, a->id,
	    buf(&priv), &key)) == MLS_P_OK ||
	    wrong(t, "it refuses a valid key");
	ok = ok && sign_with(t, v, key, sig);
	t->ops->key_release(t->ctx, key);
	free(sig);
	return ok;
}

static bool
verify(struct test *t)
{
	const struct mls_kat_sign *v = sign_vector(t->alg->id);
	struct mls_buf msg = mls__buf_str(mls__kat_message);
	struct octets pub, sig;

	if (v->id == 0)
		return true;
	pub = octets(v->pub);
	sig = octets(v->sig);
	if (t->alg->public_len != pub.len)
		return wrong(t, "it announces wrong sizes");
	if (said(t, t->ops->verify(t->ctx, v->id, buf(&pub), msg, buf(&sig))) !=
	    MLS_P_OK)
		return wrong(t, "it refuses a good signature");
	msg.len--;
	if (said(t, t->ops->verify(t->ctx, v->id, buf(&pub), msg, buf(&sig))) !=
	    MLS_P_VERIFY)
		return wrong(t, "it takes a bad signature");
	return true;
}

int
mls__kat_run(const struct mls_instance *inst, const struct mls_alg *alg,
    char *why, size_t cap)
{
	static bool (*const tests[])(struct test *) = { NULL, kem, aead, hash,
		sign, verify };
	struct test t = { .ops = inst->desc->crypto, .ctx = inst->ctx,
		.alg = alg };
	bool ok;

	if (alg->role == 0 || alg->role > MLS_ROLE_VERIFY)
		return MLS_E_PROVIDER_CONTRACT;
	mls__instance_lock(inst);
	ok = tests[alg->role](&t);
	mls__instance_unlock(inst);
	if (ok)
		return 0;
	if (t.why == NULL)
		return MLS_E_OUT_OF_MEMORY;
	if (t.strayed)
		snprintf(why, cap, "%s: %d is no status of ABI %u", t.why,
		    t.status, MLS_PROVIDER_ABI);
	else
		snprintf(why, cap, "%s", t.why);
	return MLS_E_PROVIDER_KNOWN_ANSWER;
}
