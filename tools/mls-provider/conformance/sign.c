/* SPDX-License-Identifier: MIT */
/* Tests of signing. */
#include <string.h>

#include "common/ecdsa.h"
#include "crypto/call.h"
#include "crypto/forms.h"
#include "keys.h"
#include "vectors.h"

enum { MSG = 6, SIG = 7 };

static bool
eddsa(const struct conf *t)
{
	return t->alg->id == MLS_SIG_ED25519 || t->alg->id == MLS_SIG_ED448;
}

static void
known_answers(struct conf *t)
{
	const struct conf_sign_vector *v;
	struct conf_hex priv, pub, msg, sig;
	struct mls_key *key;
	struct octets got;
	size_t n = 0;

	if (key_opaque(t))
		conf_skip(t, "its keys are opaque");
	for (v = conf_signs; v->id != 0; v++) {
		if (v->id != t->alg->id)
			continue;
		n++;
		priv = conf_hex(v->priv);
		pub = conf_hex(v->pub);
		msg = conf_hex(v->msg);
		sig = conf_hex(v->sig);
		key = NULL;
		conf_doing(t, "key_import of a published key");
		conf_expect(t, t->ops->key_import(t->ctx, MLS_ROLE_SIGN,
		    v->id, HEX_BUF(priv), &key), MLS_P_OK, "key_import");
		key_public(t, &got, key);
		NEED(t, memcmp(got.data, pub.data, pub.len) == 0,
		    "the public key is wrong");
		key_sign(t, &got, key, HEX_BUF(msg));
		NEED(t, !eddsa(t) || (got.len == sig.len &&
		    memcmp(got.data, sig.data, sig.len) == 0),
		    "the signature of %zu octets is wrong", msg.len);
		t->ops->key_release(t->ctx, key);
	}
	if (n == 0)
		conf_skip(t, "no answers are known of this scheme");
}

/* What receivers see of the form, and the lower one of s and n - s. */
static void
well_formed(struct conf *t, const struct octets *sig)
{
	uint8_t r[MLS_CURVE_MAX], s[MLS_CURVE_MAX], der[MLS_ECDSA_MAX];
	const struct mls_curve *c;
	size_t len = sizeof(der), i;

	NEED(t, mls__form_signature(t->alg->id, HEX_BUF(*sig)) == 0,
	    "a signature of its own is not well-formed");
	for (i = 0; i < MLS_CURVES; i++) {
		c = &mls__curves[i];
		if (c->len != curve_len(t) ||
		    mls__ecdsa_decode(r, s, c, HEX_BUF(*sig)) != MLS_P_OK ||
		    mls__ecdsa_encode(der, &len, c, r, s) != MLS_P_OK)
			continue;
		NEED(t, len == sig->len && memcmp(der, sig->data, len) == 0,
		    "an ECDSA signature with the higher one of s and n - s");
	}
}

static void
signs(struct conf *t)
{
	static const size_t lens[] = { 0, 1, 31, 32, 64, 127, 128, 129, 1000,
		70000, 1 << 20 };
	uint8_t *octets = conf_alloc(t, 1 << 20);
	struct mls_key *key = key_new(t, 1), *other = key_new(t, 2);
	struct octets pub, pub2, sig, again;
	bool checked = true;
	struct mls_buf msg;
	size_t i, j;
	int st;

	conf_fill(octets, 1 << 20, 3);
	key_public(t, &pub, key);
	key_public(t, &pub2, other);
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		msg = conf_in(t, MSG, octets, lens[i]);
		for (j = 0; j < (lens[i] < 2000 ? 6 : 1); j++) {
			key_sign(t, &sig, key, msg);
			well_formed(t, &sig);
			st = key_verify(t, HEX_BUF(pub), msg, HEX_BUF(sig));
			checked = st != MLS_P_UNSUPPORTED;
			if (!checked)
				break;
			conf_expect(t, st, MLS_P_OK, "verifying what it "
			    "signed, %zu octets", lens[i]);
			conf_expect(t, key_verify(t, HEX_BUF(pub2), msg,
			    HEX_BUF(sig)), MLS_P_VERIFY,
			    "verifying with another's key");
		}
		key_sign(t, &again, key, msg);
		NEED(t, !eddsa(t) || octets_same(&sig, &again),
		    "EdDSA signs the same message otherwise");
	}
	key_sign(t, &sig, key, mls__buf(NULL, 0));
	if (!checked)
		conf_pass(t, "but nobody is there to verify them");
	conf_expect(t, key_verify(t, HEX_BUF(pub), mls__buf(NULL, 0),
	    HEX_BUF(sig)), MLS_P_OK, "verifying a message without address");
	t->ops->key_release(t->ctx, key);
	t->ops->key_release(t->ctx, other);
}

static void
space(struct conf *t)
{
	struct mls_key *key = key_new(t, 4);
	struct mls_buf msg = mls__buf("message", 7);
	size_t len, cap;

	for (cap = 0; cap < 8; cap++) {
		len = cap;
		conf_doing(t, "sign into %zu octets", cap);
		conf_expect(t, t->ops->sign(t->ctx, key, msg,
		    conf_out(t, SIG, cap), &len), MLS_P_SPACE,
		    "sign into %zu octets", cap);
		conf_whole(t, SIG, cap, "sign");
	}
	if (eddsa(t)) {
		len = t->alg->output_len - 1u;
		conf_expect(t, t->ops->sign(t->ctx, key, msg,
		    conf_out(t, SIG, len), &len), MLS_P_SPACE,
		    "sign with an octet too little room");
	}
	t->ops->key_release(t->ctx, key);
}

struct signer {
	const struct mls_key *key;
	struct octets pub;
};

static void
work(struct conf *t, void *arg, unsigned i, uint8_t out[256])
{
	const struct signer *s = arg;
	struct mls_buf msg = mls__buf(s->pub.data, 1 + i);
	uint8_t sig[KEYS_MAX];
	size_t len = sizeof(sig);

	conf_expect(t, t->ops->sign(t->ctx, s->key, msg, sig, &len), MLS_P_OK,
	    "sign");
	NEED(t, len <= t->alg->output_len &&
	    mls__form_signature(t->alg->id, mls__buf(sig, len)) == 0,
	    "with many threads it makes a malformed signature");
	if (find_alg(t, MLS_ROLE_VERIFY, t->alg->id) != NULL)
		conf_expect(t, t->ops->verify(t->ctx, t->alg->id,
		    HEX_BUF(s->pub), msg, mls__buf(sig, len)), MLS_P_OK,
		    "verifying what it signed with many threads");
	if (eddsa(t))
		memcpy(out, sig, len);
}

static void
threads(struct conf *t)
{
	struct mls_key *key = key_new(t, 5);
	struct signer s = { .key = key };

	key_public(t, &s.pub, key);
	conf_threads(t, work, &s);
	t->ops->key_release(t->ctx, key);
}

const struct conf_test conf_sign_tests[] = {
	{ "known answers", known_answers, false },
	{ "what it signs holds", signs, false },
	{ "too little room", space, false },
	{ "many threads", threads, false },
	{ NULL, NULL, false },
};
