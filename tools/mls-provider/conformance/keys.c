/* SPDX-License-Identifier: MIT */
#include "keys.h"

#include <string.h>

#include "common/curve.h"
#include "crypto/call.h"
#include "plugin/suites.h"

enum { IN, IN2, OUT, OUT2 };

bool
octets_same(const struct octets *a, const struct octets *b)
{
	return a->len == b->len && memcmp(a->data, b->data, a->len) == 0;
}

static const struct mls_curve *
curve(const struct conf *t)
{
	switch (t->alg->id) {
	case MLS_KEM_P256:
	case MLS_SIG_ECDSA_P256:
		return &mls__curves[MLS_P256];
	case MLS_KEM_P384:
	case MLS_SIG_ECDSA_P384:
		return &mls__curves[MLS_P384];
	case MLS_KEM_P521:
	case MLS_SIG_ECDSA_P521:
		return &mls__curves[MLS_P521];
	default:
		return NULL;
	}
}

size_t
curve_len(const struct conf *t)
{
	return curve(t) != NULL ? curve(t)->len : 0;
}

const uint8_t *
curve_order(const struct conf *t)
{
	return curve(t)->order;
}

const struct mls_alg *
find_alg(struct conf *t, uint16_t role, uint16_t id)
{
	const struct mls_alg *list = NULL;
	size_t n = t->ops->algorithms(t->ctx, &list), i;

	for (i = 0; i < n; i++)
		if (list[i].role == role && list[i].id == id)
			return &list[i];
	return NULL;
}

bool
key_opaque(const struct conf *t)
{
	return t->alg->role == MLS_ROLE_SIGN && (t->alg->secret_len == 0 ||
	    !MLS_HAS(t->ops, key_import));
}

/* Below the order of every curve. */
void
key_octets(struct conf *t, struct octets *out, uint32_t seed)
{
	NEED(t, t->alg->secret_len <= KEYS_MAX, "private keys of %u octets",
	    t->alg->secret_len);
	out->len = t->alg->secret_len;
	conf_fill(out->data, out->len, seed);
	if (curve_len(t) > 0)
		out->data[0] = 0;
}

struct mls_key *
key_new(struct conf *t, uint32_t seed)
{
	const struct mls_alg *a = t->alg;
	struct mls_key *key = NULL;
	struct octets in;
	int st;

	if (key_opaque(t)) {
		NEED(t, MLS_HAS(t->ops, key_generate),
		    "it can neither import nor generate a key");
		conf_doing(t, "key_generate");
		st = t->ops->key_generate(t->ctx, a->role, a->id, &key);
	} else {
		key_octets(t, &in, seed);
		conf_doing(t, "making a key of %zu octets", in.len);
		st = a->role == MLS_ROLE_KEM ?
		    t->ops->key_derive(t->ctx, a->id, conf_in(t, IN, in.data,
		    in.len), &key) : t->ops->key_import(t->ctx, a->role, a->id,
		    conf_in(t, IN, in.data, in.len), &key);
	}
	conf_expect(t, st, MLS_P_OK, "making a key");
	NEED(t, key != NULL, "it made a key, and gives none");
	return key;
}

void
key_public(struct conf *t, struct octets *out, const struct mls_key *key)
{
	size_t len = t->alg->public_len;
	uint8_t *room = conf_out(t, OUT, len);

	NEED(t, len <= KEYS_MAX, "public keys of %zu octets", len);
	conf_doing(t, "key_public");
	conf_expect(t, t->ops->key_public(t->ctx, key, room, &len), MLS_P_OK,
	    "key_public with room for as many octets as it announces");
	conf_whole(t, OUT, t->alg->public_len, "key_public");
	NEED(t, len == t->alg->public_len, "a public key of %zu octets, and "
	    "%u are announced", len, t->alg->public_len);
	out->len = len;
	memcpy(out->data, room, len);
}

void
key_sign(struct conf *t, struct octets *sig, const struct mls_key *key,
    struct mls_buf msg)
{
	size_t len = t->alg->output_len;
	uint8_t *room = conf_out(t, OUT, len);

	NEED(t, len <= KEYS_MAX, "signatures of %zu octets", len);
	conf_doing(t, "sign of %zu octets", msg.len);
	conf_expect(t, t->ops->sign(t->ctx, key, msg, room, &len), MLS_P_OK,
	    "signing %zu octets", msg.len);
	conf_whole(t, OUT, t->alg->output_len, "sign");
	NEED(t, len > 0 && len <= t->alg->output_len, "a signature of %zu "
	    "octets, and at most %u are announced", len, t->alg->output_len);
	sig->len = len;
	memcpy(sig->data, room, len);
}

/* Who checks signatures of this scheme as the system is configured. */
static int
verify_elsewhere(struct conf *t, struct mls_buf pub, struct mls_buf msg,
    struct mls_buf sig)
{
	struct mls_plugins_options options = { .log = NULL };
	struct mls_suite_row row = { .signature = t->alg->id };
	struct mls_plugins *p = NULL;
	struct mls_route route;
	int st = MLS_P_UNSUPPORTED;

	if (mls__plugins_new(&p, &options) != 0)
		return st;
	if (mls__plugins_route(&route, p, &row, MLS_ROLE_VERIFY) == 0)
		MLS_CALL(st, route.inst, verify, route.alg->id, pub, msg, sig);
	mls__plugins_free(p);
	return st;
}

int
key_verify(struct conf *t, struct mls_buf pub, struct mls_buf msg,
    struct mls_buf sig)
{
	if (find_alg(t, MLS_ROLE_VERIFY, t->alg->id) == NULL)
		return verify_elsewhere(t, pub, msg, sig);
	conf_doing(t, "verify of %zu octets", msg.len);
	return t->ops->verify(t->ctx, t->alg->id,
	    conf_in(t, IN, pub.data, pub.len), msg,
	    conf_in(t, IN2, sig.data, sig.len));
}

int
kem_to(struct conf *t, struct octets *enc, struct octets *shared,
    struct mls_buf pub, uint32_t seed)
{
	const struct mls_alg *a = t->alg;
	uint8_t octets[512], *to, *secret;
	int st;

	NEED(t, a->seed_len <= sizeof(octets) && a->aux_len <= KEYS_MAX &&
	    a->output_len <= KEYS_MAX, "seeds of %u octets, outputs of %u",
	    a->seed_len, a->aux_len);
	conf_fill(octets, a->seed_len, seed);
	to = conf_out(t, OUT, a->aux_len);
	secret = conf_out(t, OUT2, a->output_len);
	conf_doing(t, "kem_encap to a key of %zu octets", pub.len);
	st = t->ops->kem_encap(t->ctx, a->id, conf_in(t, IN, pub.data,
	    pub.len), conf_in(t, IN2, octets, a->seed_len).data, to, secret);
	conf_whole(t, OUT, a->aux_len, "kem_encap");
	conf_whole(t, OUT2, a->output_len, "kem_encap");
	enc->len = a->aux_len;
	memcpy(enc->data, to, enc->len);
	shared->len = a->output_len;
	memcpy(shared->data, secret, shared->len);
	return st;
}

int
kem_from(struct conf *t, struct octets *shared, const struct mls_key *key,
    struct mls_buf enc)
{
	uint8_t *secret = conf_out(t, OUT2, t->alg->output_len);
	int st;

	conf_doing(t, "kem_decap of %zu octets", enc.len);
	st = t->ops->kem_decap(t->ctx, key, conf_in(t, IN, enc.data, enc.len),
	    secret);
	conf_whole(t, OUT2, t->alg->output_len, "kem_decap");
	shared->len = t->alg->output_len;
	memcpy(shared->data, secret, shared->len);
	return st;
}

void
key_works(struct conf *t, const struct mls_key *key, const struct octets *pub)
{
	struct mls_buf msg = mls__buf("conformance", 11);
	struct octets a, b, c;
	int st;

	if (t->alg->role == MLS_ROLE_KEM) {
		conf_expect(t, kem_to(t, &a, &b, HEX_BUF(*pub), 5), MLS_P_OK,
		    "kem_encap to the public key");
		conf_expect(t, kem_from(t, &c, key, HEX_BUF(a)), MLS_P_OK,
		    "kem_decap with the private key");
		NEED(t, octets_same(&b, &c), "the private key does not "
		    "belong to the public key");
		return;
	}
	key_sign(t, &a, key, msg);
	st = key_verify(t, HEX_BUF(*pub), msg, HEX_BUF(a));
	if (st != MLS_P_UNSUPPORTED)
		conf_expect(t, st, MLS_P_OK, "verify with the public key");
}

/* p of the NIST curves is not needed: all ones are above it. */
const struct bad_point *
bad_points(struct conf *t, const struct octets *pub)
{
	struct bad_point *v = conf_alloc(t, 16 * sizeof(*v));
	size_t len = curve_len(t), n = 0, i;

	for (i = 0; i < 15; i++)
		v[i].point = *pub;
#define BAD(text) (v[n].what = (text), &v[n++].point)
	BAD("off the curve")->data[2 * len] ^= 1;
	BAD("another point's x")->data[len] ^= 1;
	memset(BAD("0, 0")->data + 1, 0, 2 * len);
	memset(BAD("x above the prime")->data + 1, 0xff, len);
	memset(BAD("y above the prime")->data + 1 + len, 0xff, len);
	BAD("a compressed point's tag, 2")->data[0] = 2;
	BAD("a compressed point's tag, 3")->data[0] = 3;
	BAD("the hybrid form, 6")->data[0] = 6;
	BAD("the hybrid form, 7")->data[0] = 7;
	BAD("tag 0")->data[0] = 0;
	BAD("tag 5")->data[0] = 5;
	memset(BAD("all zeros")->data, 0, 1 + 2 * len);
	v[n].point.data[0] = (uint8_t)(2 | (pub->data[2 * len] & 1));
	BAD("compressed")->len = 1 + len;
	v[n].point.data[0] = 0;
	BAD("the point at infinity")->len = 1;
	BAD("x alone")->len = 1 + len;
#undef BAD
	return v;
}
