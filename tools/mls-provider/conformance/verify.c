/* SPDX-License-Identifier: MIT */
/* Tests of verification. */
#include <string.h>

#include "crypto/call.h"
#include "crypto/labels.h"
#include "crypto/suite.h"
#include "keys.h"
#include "plugin/kat_vectors.h"
#include "vectors.h"
#include "verify.h"

enum { PUB = 5, MSG = 6, SIG = 7 };

static void
set(struct octets *out, const char *hex)
{
	struct conf_hex h = conf_hex(hex);

	out->len = h.len;
	memcpy(out->data, h.data, h.len);
}

/* The i-th published one of the scheme. */
static bool
published(struct conf *t, struct good *g, size_t i)
{
	const struct conf_sign_vector *v;

	for (v = conf_signs; v->id != 0; v++)
		if (v->id == t->alg->id && i-- == 0) {
			set(&g->pub, v->pub);
			set(&g->msg, v->msg);
			set(&g->sig, v->sig);
			return true;
		}
	return false;
}

void
verify_good(struct conf *t, struct good *g)
{
	const struct mls_kat_sign *v = mls__kat_signs;

	while (v->id != 0 && v->id != t->alg->id)
		v++;
	if (v->id == 0)
		conf_skip(t, "no signature of this scheme is known");
	set(&g->pub, v->pub);
	set(&g->sig, v->sig);
	g->msg.len = strlen(mls__kat_message);
	memcpy(g->msg.data, mls__kat_message, g->msg.len);
}

int
verify_it(struct conf *t, const struct good *g)
{
	return t->ops->verify(t->ctx, t->alg->id,
	    conf_in(t, PUB, g->pub.data, g->pub.len),
	    conf_in(t, MSG, g->msg.data, g->msg.len),
	    conf_in(t, SIG, g->sig.data, g->sig.len));
}

static void
known_answers(struct conf *t)
{
	struct good g;
	size_t i;

	for (i = 0; published(t, &g, i); i++) {
		conf_doing(t, "verify of published signature %zu", i);
		conf_expect(t, verify_it(t, &g), MLS_P_OK,
		    "verifying published signature %zu", i);
	}
	verify_good(t, &g);
	conf_expect(t, verify_it(t, &g), MLS_P_OK,
	    "verifying a good signature");
}

/* One bit of each octet: all of them would take too long. */
static void
flip(struct conf *t, const struct good *g, struct octets *what,
    const char *name, bool key)
{
	size_t i;
	int st;

	for (i = 0; i < what->len; i++) {
		what->data[i] ^= (uint8_t)(1 << i % 8);
		conf_doing(t, "verify, octet %zu of the %s changed", i, name);
		st = verify_it(t, g);
		if (!key || st != MLS_P_ARGUMENT)
			conf_expect(t, st, MLS_P_VERIFY, "verifying with "
			    "octet %zu of the %s changed", i, name);
		what->data[i] ^= (uint8_t)(1 << i % 8);
	}
}

static void
changed(struct conf *t)
{
	struct good g;

	verify_good(t, &g);
	flip(t, &g, &g.sig, "signature", false);
	flip(t, &g, &g.msg, "message", false);
	flip(t, &g, &g.pub, "key", true);
	g.msg.data[g.msg.len++] = 0;
	conf_expect(t, verify_it(t, &g), MLS_P_VERIFY,
	    "verifying with an octet behind the message");
	g.msg.len = 0;
	conf_expect(t, verify_it(t, &g), MLS_P_VERIFY,
	    "verifying with no message");
}

void
verify_refused(struct conf *t, const struct good *g, const char *what)
{
	conf_doing(t, "verify of a signature %s", what);
	conf_expect(t, verify_it(t, g), MLS_P_VERIFY,
	    "verifying a signature %s", what);
}

static void
lengths(struct conf *t)
{
	struct good g, h;
	size_t len;

	verify_good(t, &g);
	for (len = 0; len < g.sig.len; len++) {
		h = g;
		h.sig.len = len;
		verify_refused(t, &h, "cut short");
	}
	h = g;
	for (len = 1; len < 200; len += 33) {
		h.sig.len = g.sig.len + len;
		memset(h.sig.data + g.sig.len, 0, len);
		verify_refused(t, &h, "with zeros behind");
	}
	h.sig.len = 2 * g.sig.len;
	memcpy(h.sig.data + g.sig.len, g.sig.data, g.sig.len);
	verify_refused(t, &h, "twice over");
	h.sig.len = KEYS_MAX;
	verify_refused(t, &h, "of thousands of octets");
}

/* v += n, little-endian; false if it does not fit. */
static bool
add_order(uint8_t *v, const uint8_t *order, size_t len)
{
	unsigned carry = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		carry += (unsigned)v[i] + order[i];
		v[i] = (uint8_t)carry;
		carry >>= 8;
	}
	return carry == 0;
}

/* RFC 8032 §5.1.7, CRYPT-06 */
static void
eddsa_forms(struct conf *t)
{
	static const char *const orders[] = {
	    "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010",
	    "f34458ab92c27823558fc58d72c26c219036d6ae49db4ec4e923ca7cffffff"
	    "ffffffffffffffffffffffffffffffffffffffffffffffff3f00",
	};
	struct conf_hex order = conf_hex(orders[t->alg->id == MLS_SIG_ED448]);
	size_t half = t->alg->public_len;
	struct good g, h;

	verify_good(t, &g);
	h = g;
	while (add_order(h.sig.data + half, order.data, half))
		verify_refused(t, &h, "with S + L");
	h = g;
	memset(h.sig.data, 0, half);
	verify_refused(t, &h, "with R of zeros");
	memset(h.sig.data, 0xff, half);
	verify_refused(t, &h, "with R of ones");
	h = g;
	memset(h.sig.data + half, 0, half);
	verify_refused(t, &h, "with S of 0");
	memset(h.sig.data + half, 0xff, half);
	verify_refused(t, &h, "with S of ones");
	memcpy(h.sig.data + half, order.data, half);
	verify_refused(t, &h, "with S of L");
	memset(h.sig.data, 0, 2 * half);
	verify_refused(t, &h, "of zeros");
	memcpy(h.sig.data, g.sig.data + half, half);
	memcpy(h.sig.data + half, g.sig.data, half);
	verify_refused(t, &h, "with S before R");
}

static void
forms(struct conf *t)
{
	if (curve_len(t) > 0)
		ecdsa_forms(t);
	else if (t->alg->id == MLS_SIG_ED25519 || t->alg->id == MLS_SIG_ED448)
		eddsa_forms(t);
	else
		conf_skip(t, "what forms this scheme has is not known");
}

static void
bad_keys(struct conf *t)
{
	size_t len = t->alg->public_len;
	const struct bad_point *v;
	struct good g, h;

	verify_good(t, &g);
	h = g;
	memset(h.pub.data + len, 0, len);
	for (h.pub.len = 0; h.pub.len <= 2 * len; h.pub.len++) {
		if (h.pub.len == len)
			continue;
		conf_doing(t, "verify with a key of %zu octets", h.pub.len);
		conf_expect(t, verify_it(t, &h), MLS_P_ARGUMENT,
		    "verifying with a key of %zu octets", h.pub.len);
	}
	if (curve_len(t) == 0)
		return;
	for (v = bad_points(t, &g.pub); v->what != NULL; v++) {
		h.pub = v->point;
		conf_doing(t, "verify with a bad key (%s)", v->what);
		conf_expect(t, verify_it(t, &h), MLS_P_ARGUMENT,
		    "verifying with a bad key (%s)", v->what);
	}
}

/* Keys that sign everything, or on which libraries differ.  The library
 * refuses most before the provider is asked; what is left must not be taken
 * by any, nor end the process. */
static void
weak_keys(struct conf *t)
{
	static const uint8_t firsts[] = { 0, 1, 2, 3, 0xec, 0xed, 0xee, 0xef,
		0xfc, 0xfd, 0xfe, 0xff };
	size_t len = t->alg->public_len, i, fill;
	struct mls_suite_row row;
	struct mls_suite s;
	struct good g;

	if (t->alg->id != MLS_SIG_ED25519 && t->alg->id != MLS_SIG_ED448)
		conf_skip(t, "this scheme has none");
	conf_suite(&s, &row, &t->world, t->alg);
	verify_good(t, &g);
	memset(g.sig.data, 0, g.sig.len);
	g.sig.data[0] = 1; /* R is the identity, and S is 0 */
	for (i = 0; i < sizeof(firsts); i++)
		for (fill = 0; fill < 4; fill++) {
			memset(g.pub.data, fill & 1 ? 0xff : 0, len);
			g.pub.data[0] = firsts[i];
			g.pub.data[len - 1] = (uint8_t)(fill & 2 ? 0x80 : 0);
			if (fill & 1 && len == 32)
				g.pub.data[31] |= 0x7f;
			if (fill & 1 && len == 57)
				g.pub.data[28] = 0xfe;
			conf_doing(t, "verify with a key %02x%02x...%02x",
			    g.pub.data[0], g.pub.data[1],
			    g.pub.data[len - 1]);
			NEED(t, mls__verify(&s, HEX_BUF(g.pub),
			    HEX_BUF(g.msg), HEX_BUF(g.sig),
			    MLS_E_ARGUMENT) != 0, "a key of small "
			    "order signs everything");
			conf_doing(t, "verify, unasked, with a key "
			    "%02x%02x...%02x", g.pub.data[0], g.pub.data[1],
			    g.pub.data[len - 1]);
			verify_it(t, &g);
		}
}

/*
 * With T of small order in A or R, RFC 8032 lets a verifier choose; members of
 * a group must choose alike (CRYPT-16).  So Ed25519 compares R with S B - k A,
 * k reduced modulo L, and Ed448 four times the one with four times the other:
 * OpenSSL's way, and for Ed25519 everybody's here.
 */
static void
torsion(struct conf *t)
{
	const struct conf_torsion_vector *v = conf_torsions;
	struct good g;

	if (t->alg->id != MLS_SIG_ED25519 && t->alg->id != MLS_SIG_ED448)
		conf_skip(t, "this scheme has none");
	for (; v->id != 0; v++) {
		if (v->id != t->alg->id)
			continue;
		set(&g.pub, v->pub);
		set(&g.msg, v->msg);
		set(&g.sig, v->sig);
		conf_doing(t, "verify with %s", v->what);
		conf_expect(t, verify_it(t, &g), v->holds ? MLS_P_OK :
		    MLS_P_VERIFY, "verifying with %s", v->what);
		g.sig.data[t->alg->public_len] ^= 1;
		conf_expect(t, verify_it(t, &g), MLS_P_VERIFY,
		    "verifying with %s and another S", v->what);
	}
}

static void
unknown(struct conf *t)
{
	struct mls_buf b = mls__buf("x", 1);

	conf_doing(t, "a scheme that there is not");
	conf_expect(t, t->ops->verify(t->ctx, 0x7f7f, b, b, b),
	    MLS_P_UNSUPPORTED, "verify 0x7f7f");
}

static void
work(struct conf *t, void *arg, unsigned i, uint8_t out[256])
{
	struct good g = *(struct good *)arg;

	if (i % 2 != 0)
		g.msg.data[i % g.msg.len] ^= 1;
	out[0] = (uint8_t)t->ops->verify(t->ctx, t->alg->id, HEX_BUF(g.pub),
	    HEX_BUF(g.msg), HEX_BUF(g.sig));
}

static void
threads(struct conf *t)
{
	struct good g;

	verify_good(t, &g);
	conf_threads(t, work, &g);
}

const struct conf_test conf_verify_tests[] = {
	{ "known answers", known_answers, false },
	{ "what was changed is refused", changed, false },
	{ "signatures of another length are refused", lengths, false },
	{ "signatures of another form are refused", forms, false },
	{ "keys of another form are refused", bad_keys, false },
	{ "keys of small order sign nothing", weak_keys, false },
	{ "one verdict on points outside of the subgroup", torsion, false },
	{ "a number that there is not", unknown, false },
	{ "many threads", threads, false },
	{ NULL, NULL, false },
};
