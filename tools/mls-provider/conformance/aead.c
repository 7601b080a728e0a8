/* SPDX-License-Identifier: MIT */
/* Tests of AEADs. */
#include <string.h>

#include "conform.h"
#include "vectors.h"

#define KEY 0
#define NONCE 1
#define AAD 2
#define IN 3
#define OUT 4

/* What is sealed, in one place, so that any of it can be changed. */
struct letter {
	uint8_t key[256], nonce[64];
	struct mls_buf aad, pt;
	uint8_t *ct;
	size_t ct_len;
};

static int
seal_to(struct conf *t, uint8_t *ct, const struct letter *l)
{
	const struct mls_alg *a = t->alg;

	return t->ops->aead_seal(t->ctx, a->id,
	    conf_in(t, KEY, l->key, a->secret_len).data,
	    conf_in(t, NONCE, l->nonce, a->aux_len).data,
	    conf_in(t, AAD, l->aad.data, l->aad.len), l->pt, ct);
}

/* Into l->ct, of its own memory. */
static void
seal(struct conf *t, struct letter *l)
{
	uint8_t *ct;

	l->ct_len = l->pt.len + t->alg->output_len;
	l->ct = conf_alloc(t, l->ct_len);
	conf_doing(t, "aead_seal of %zu octets, aad %zu", l->pt.len,
	    l->aad.len);
	ct = conf_out(t, OUT, l->ct_len);
	conf_expect(t, seal_to(t, ct, l), MLS_P_OK, "aead_seal of %zu octets",
	    l->pt.len);
	conf_whole(t, OUT, l->ct_len, "aead_seal");
	memcpy(l->ct, ct, l->ct_len);
}

/* Opens the letter's ciphertext, of which len octets came; *out: the
 * plaintext. */
static int
open_letter(struct conf *t, uint8_t **out, const struct letter *l, size_t len)
{
	const struct mls_alg *a = t->alg;
	size_t room = len > a->output_len ? len - a->output_len : 0;
	int st;

	*out = conf_out(t, OUT, room);
	st = t->ops->aead_open(t->ctx, a->id,
	    conf_in(t, KEY, l->key, a->secret_len).data,
	    conf_in(t, NONCE, l->nonce, a->aux_len).data,
	    conf_in(t, AAD, l->aad.data, l->aad.len),
	    conf_in(t, IN, l->ct, len), *out);
	conf_whole(t, OUT, room, "aead_open");
	return st;
}

static void
letter_set(struct conf *t, struct letter *l, uint32_t seed, size_t aad,
    size_t pt)
{
	uint8_t *octets = conf_alloc(t, aad + pt);

	NEED(t, t->alg->secret_len <= sizeof(l->key) &&
	    t->alg->aux_len <= sizeof(l->nonce), "keys of %u octets, nonces "
	    "of %u", t->alg->secret_len, t->alg->aux_len);
	conf_fill(l->key, sizeof(l->key), seed);
	conf_fill(l->nonce, sizeof(l->nonce), seed + 1);
	conf_fill(octets, aad + pt, seed + 2);
	l->aad = mls__buf(octets, aad);
	l->pt = mls__buf(octets + aad, pt);
}

static void
known_answers(struct conf *t)
{
	const struct conf_aead_vector *v;
	struct conf_hex key, nonce, aad, pt, ct;
	struct letter l;
	uint8_t *got;
	size_t n = 0;

	for (v = conf_aeads; v->id != 0; v++) {
		if (v->id != t->alg->id)
			continue;
		n++;
		key = conf_hex(v->key);
		nonce = conf_hex(v->nonce);
		aad = conf_hex(v->aad);
		pt = conf_hex(v->pt);
		ct = conf_hex(v->ct);
		memcpy(l.key, key.data, key.len);
		memcpy(l.nonce, nonce.data, nonce.len);
		l.aad = HEX_BUF(aad);
		l.pt = HEX_BUF(pt);
		seal(t, &l);
		NEED(t, memcmp(l.ct, ct.data, ct.len) == 0,
		    "the ciphertext of %zu octets is wrong", pt.len);
		conf_expect(t, open_letter(t, &got, &l, l.ct_len), MLS_P_OK,
		    "opening what it sealed");
		NEED(t, memcmp(got, pt.data, pt.len) == 0,
		    "the plaintext of %zu octets is wrong", pt.len);
	}
	if (n == 0)
		conf_skip(t, "no answers are known of this AEAD");
}

static void
round_trip(struct conf *t, size_t aad, size_t pt)
{
	struct letter l;
	uint8_t *got;

	letter_set(t, &l, (uint32_t)(pt * 3 + aad), aad, pt);
	seal(t, &l);
	conf_doing(t, "aead_open of %zu octets, aad %zu", l.ct_len, aad);
	conf_expect(t, open_letter(t, &got, &l, l.ct_len), MLS_P_OK,
	    "opening %zu octets", l.ct_len);
	NEED(t, memcmp(got, l.pt.data, pt) == 0,
	    "%zu octets are opened to something else", pt);
	NEED(t, pt < 16 || memcmp(l.ct, l.pt.data, pt) != 0,
	    "%zu octets are sealed to themselves", pt);
}

static void
round_trips(struct conf *t)
{
	static const size_t lens[] = { 1023, 1024, 1025, 4095, 4096, 4097,
		8191, 8192, 8193, 16384, 65535, 65536, 65537, 1048577 };
	size_t i;

	for (i = 0; i <= 260; i++)
		round_trip(t, i % 40, i);
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		round_trip(t, 20, lens[i]);
	for (i = 0; i < 140; i++)
		round_trip(t, i, 33);
	round_trip(t, 100000, 5);
}

/* NULL stands for no octets; and the nonce counts. */
static void
empties(struct conf *t)
{
	struct letter l, other;
	uint8_t *got;

	letter_set(t, &l, 9, 0, 40);
	seal(t, &l);
	other = l;
	conf_doing(t, "aead_open without aad");
	conf_expect(t, t->ops->aead_open(t->ctx, t->alg->id, l.key, l.nonce,
	    mls__buf(NULL, 0), mls__buf(l.ct, l.ct_len),
	    conf_out(t, OUT, 40)), MLS_P_OK, "opening with no aad at all");
	l.pt = mls__buf(NULL, 0);
	seal(t, &l);
	conf_doing(t, "aead_open of no octets");
	conf_expect(t, t->ops->aead_open(t->ctx, t->alg->id, l.key, l.nonce,
	    mls__buf(NULL, 0), mls__buf(l.ct, l.ct_len), NULL), MLS_P_OK,
	    "opening no octets into nowhere");
	l = other;
	l.nonce[0] ^= 1;
	seal(t, &l);
	NEED(t, memcmp(l.ct, other.ct, 40) != 0, "the nonce does not count");
	conf_expect(t, open_letter(t, &got, &l, l.ct_len), MLS_P_OK,
	    "opening with another nonce");
}

static void
must_fail(struct conf *t, const struct letter *l, size_t len, const char *what,
    size_t at)
{
	uint8_t *got;
	size_t room = len > t->alg->output_len ? len - t->alg->output_len : 0;
	int st;

	conf_doing(t, "aead_open of %zu octets, %s (bit or octet %zu)", len,
	    what, at);
	st = open_letter(t, &got, l, len);
	conf_expect(t, st, MLS_P_VERIFY, "opening %zu octets, %s (bit or "
	    "octet %zu)", len, what, at);
	NEED(t, conf_untouched(got, room), "it wrote plaintext of a "
	    "ciphertext that is not genuine: %zu octets, %s", len, what);
}

/* Each bit of *what in turn. */
static void
flip_each(struct conf *t, const struct letter *l, uint8_t *what, size_t len,
    const char *name)
{
	size_t bit;

	for (bit = 0; bit < 8 * len; bit++) {
		what[bit / 8] ^= (uint8_t)(1 << bit % 8);
		must_fail(t, l, l->ct_len, name, bit);
		what[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
}

static void
forge(struct conf *t, size_t aad, size_t pt)
{
	struct letter l, longer;
	uint8_t extra[300];
	size_t cut;

	letter_set(t, &l, 77, aad, pt);
	memcpy(extra, l.aad.data, aad);
	l.aad = mls__buf(extra, aad);
	seal(t, &l);
	flip_each(t, &l, l.ct, l.ct_len, "ciphertext or tag changed");
	flip_each(t, &l, l.key, t->alg->secret_len, "key changed");
	flip_each(t, &l, l.nonce, t->alg->aux_len, "nonce changed");
	flip_each(t, &l, extra, aad, "aad changed");
	for (cut = l.ct_len; cut-- > t->alg->output_len;)
		must_fail(t, &l, cut, "cut short", cut);
	longer = l;
	longer.ct = conf_alloc(t, l.ct_len + 1);
	memcpy(longer.ct, l.ct, l.ct_len);
	must_fail(t, &longer, l.ct_len + 1, "an octet behind", 0);
	extra[aad] = 0;
	l.aad.len++;
	must_fail(t, &l, l.ct_len, "an octet behind the aad", 0);
}

static void
forgeries(struct conf *t)
{
	forge(t, 0, 0);
	forge(t, 13, 1);
	forge(t, 20, 50);
}

/* Where the work is done in steps, the first are done when the tag is seen. */
static void
long_forgeries(struct conf *t)
{
	static const size_t lens[] = { 1000, 5000, 9000, 40000, 300000 };
	struct letter l;
	size_t i;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		letter_set(t, &l, 78, 10, lens[i]);
		seal(t, &l);
		l.ct[l.ct_len - 1] ^= 0x80;
		must_fail(t, &l, l.ct_len, "the last bit changed", 0);
		l.ct[l.ct_len - 1] ^= 0x80;
		l.ct[lens[i] / 2] ^= 1;
		must_fail(t, &l, l.ct_len, "a bit amidst changed", 0);
	}
}

/* The library refuses these before; a second lock does not hurt. */
static void
shorter_than_tag(struct conf *t)
{
	struct letter l;
	uint8_t *got;
	size_t len;

	letter_set(t, &l, 79, 10, 0);
	seal(t, &l);
	for (len = 0; len < t->alg->output_len; len++) {
		conf_doing(t, "aead_open of %zu octets", len);
		conf_refused(t, open_letter(t, &got, &l, len),
		    "opening %zu octets, less than a tag", len);
	}
}

static void
in_place(struct conf *t)
{
	static const size_t lens[] = { 0, 1, 16, 100, 9000, 70000 };
	const struct mls_alg *a = t->alg;
	struct letter l;
	uint8_t *at;
	size_t i;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		letter_set(t, &l, 80, 10, lens[i]);
		seal(t, &l);
		conf_doing(t, "aead_seal of %zu octets in place", lens[i]);
		at = conf_out(t, OUT, l.ct_len);
		memcpy(at, l.pt.data, lens[i]);
		conf_expect(t, t->ops->aead_seal(t->ctx, a->id, l.key,
		    l.nonce, l.aad, mls__buf(at, lens[i]), at), MLS_P_OK,
		    "sealing %zu octets in place", lens[i]);
		NEED(t, memcmp(at, l.ct, l.ct_len) == 0, "%zu octets are "
		    "sealed otherwise in place", lens[i]);
		conf_doing(t, "aead_open of %zu octets in place", lens[i]);
		at[l.ct_len - 1] ^= 1;
		conf_expect(t, t->ops->aead_open(t->ctx, a->id, l.key,
		    l.nonce, l.aad, mls__buf(at, l.ct_len), at), MLS_P_VERIFY,
		    "opening a forgery in place");
		at[l.ct_len - 1] ^= 1;
		NEED(t, memcmp(at, l.ct, l.ct_len) == 0, "a ciphertext that "
		    "is not genuine was written over in place");
		conf_expect(t, t->ops->aead_open(t->ctx, a->id, l.key,
		    l.nonce, l.aad, mls__buf(at, l.ct_len), at), MLS_P_OK,
		    "opening %zu octets in place", lens[i]);
		NEED(t, memcmp(at, l.pt.data, lens[i]) == 0, "%zu octets are "
		    "opened otherwise in place", lens[i]);
	}
}

static void
unknown(struct conf *t)
{
	struct letter l;

	letter_set(t, &l, 81, 1, 1);
	conf_doing(t, "an AEAD that there is not");
	conf_expect(t, t->ops->aead_seal(t->ctx, 0x7f7f, l.key, l.nonce,
	    l.aad, l.pt, conf_out(t, OUT, 64)), MLS_P_UNSUPPORTED,
	    "aead_seal 0x7f7f");
	conf_expect(t, t->ops->aead_open(t->ctx, 0x7f7f, l.key, l.nonce,
	    l.aad, mls__buf(l.key, 32), conf_out(t, OUT, 64)),
	    MLS_P_UNSUPPORTED, "aead_open 0x7f7f");
}

/* The sealed octets' end, with the tag; and that they open. */
static void
work(struct conf *t, void *arg, unsigned i, uint8_t out[256])
{
	const uint8_t *octets = arg;
	const struct mls_alg *a = t->alg;
	struct mls_buf pt = mls__buf(octets, 200 + 150 * i);
	uint8_t ct[4096 + 256], back[4096];
	size_t len = pt.len + a->output_len;

	conf_expect(t, t->ops->aead_seal(t->ctx, a->id, octets + i,
	    octets + 300 + i, mls__buf(octets, i), pt, ct), MLS_P_OK,
	    "aead_seal");
	conf_expect(t, t->ops->aead_open(t->ctx, a->id, octets + i,
	    octets + 300 + i, mls__buf(octets, i), mls__buf(ct, len), back),
	    MLS_P_OK, "aead_open");
	NEED(t, memcmp(back, pt.data, pt.len) == 0, "with many threads it "
	    "opens to something else");
	memcpy(out, ct + len - 128, 128);
}

static void
threads(struct conf *t)
{
	uint8_t *octets = conf_alloc(t, 4096);

	conf_fill(octets, 4096, 6);
	conf_threads(t, work, octets);
}

const struct conf_test conf_aead_tests[] = {
	{ "known answers", known_answers, false },
	{ "every length comes back", round_trips, false },
	{ "no octets are octets too", empties, false },
	{ "forgeries are refused, and nothing is written", forgeries, false },
	{ "long forgeries write nothing", long_forgeries, false },
	{ "less than a tag is refused", shorter_than_tag, false },
	{ "in place", in_place, false },
	{ "a number that there is not", unknown, false },
	{ "many threads", threads, false },
	{ NULL, NULL, false },
};
