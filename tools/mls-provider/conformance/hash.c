/* SPDX-License-Identifier: MIT */
/* Tests of hashes, HMAC and HKDF-Expand. */
#include <stdlib.h>
#include <string.h>

#include "common/dhkem.h"
#include "conform.h"
#include "sha2.h"
#include "vectors.h"

#define IN 0
#define KEY 1
#define INFO 2
#define OUT 3

/* One with published answers, or of which the tool knows how it goes. */
static bool
known(const struct conf *t)
{
	return t->alg->id >= 1 && t->alg->id <= 3;
}

static void
hash_pieces(struct conf *t, uint8_t out[MLS_MAX_HASH],
    const struct mls_buf *in, size_t n)
{
	uint8_t *room = conf_out(t, OUT, t->alg->output_len);

	conf_expect(t, t->ops->hash(t->ctx, t->alg->id, in, n, room),
	    MLS_P_OK, "hash of %zu pieces", n);
	conf_whole(t, OUT, t->alg->output_len, "hash");
	memcpy(out, room, t->alg->output_len);
}

static void
hmac_pieces(struct conf *t, uint8_t out[MLS_MAX_HASH], struct mls_buf key,
    const struct mls_buf *in, size_t n)
{
	uint8_t *room = conf_out(t, OUT, t->alg->output_len);

	conf_expect(t, t->ops->hmac(t->ctx, t->alg->id, key, in, n, room),
	    MLS_P_OK, "hmac of %zu pieces under %zu octets", n, key.len);
	conf_whole(t, OUT, t->alg->output_len, "hmac");
	memcpy(out, room, t->alg->output_len);
}

static bool
same(const struct conf *t, const uint8_t *a, const uint8_t *b)
{
	return memcmp(a, b, t->alg->output_len) == 0;
}

static void
known_answers(struct conf *t)
{
	const struct conf_hash_vector *h;
	const struct conf_hmac_vector *m;
	uint8_t got[MLS_MAX_HASH];
	struct conf_hex msg, key, want;
	struct mls_buf in;

	if (!known(t))
		conf_skip(t, "no answers are known of this hash");
	for (h = conf_hashes; h->msg != NULL; h++) {
		msg = conf_hex(h->msg);
		want = conf_hex(h->hash[t->alg->id - 1]);
		in = conf_in(t, IN, msg.data, msg.len);
		hash_pieces(t, got, &in, 1);
		NEED(t, same(t, got, want.data), "the hash of %zu octets is "
		    "wrong", msg.len);
	}
	for (m = conf_hmacs; m->msg != NULL; m++) {
		msg = conf_hex(m->msg);
		key = conf_hex(m->key);
		want = conf_hex(m->mac[t->alg->id - 1]);
		in = conf_in(t, IN, msg.data, msg.len);
		hmac_pieces(t, got, conf_in(t, KEY, key.data, key.len), &in,
		    1);
		NEED(t, same(t, got, want.data), "the HMAC under %zu octets "
		    "is wrong", key.len);
	}
}

/* Both of messages and keys of every length about the blocks of a hash. */
static void
lengths(struct conf *t)
{
	uint8_t octets[600], got[MLS_MAX_HASH], want[MLS_MAX_HASH];
	struct mls_buf in, key;
	size_t len;

	if (!known(t))
		conf_skip(t, "there is nothing to compare this hash with");
	conf_fill(octets, sizeof(octets), 1);
	for (len = 0; len <= 300; len++) {
		conf_doing(t, "hash and hmac of %zu octets", len);
		in = conf_in(t, IN, octets, len);
		key = conf_in(t, KEY, octets + len, len);
		hash_pieces(t, got, &in, 1);
		sha2(NULL, t->alg->id, &in, 1, want);
		NEED(t, same(t, got, want), "the hash of %zu octets is wrong",
		    len);
		hmac_pieces(t, got, key, &in, 1);
		sha2_hmac(NULL, t->alg->id, key, &in, 1, want);
		NEED(t, same(t, got, want), "the HMAC of %zu octets under as "
		    "many is wrong", len);
	}
}

static void
check_pieces(struct conf *t, const uint8_t whole[2][MLS_MAX_HASH],
    const struct mls_buf *in, size_t n, struct mls_buf key, const char *what)
{
	uint8_t got[MLS_MAX_HASH];

	conf_doing(t, "hash and hmac in pieces: %s", what);
	hash_pieces(t, got, in, n);
	NEED(t, same(t, got, whole[0]), "hash: %s", what);
	hmac_pieces(t, got, key, in, n);
	NEED(t, same(t, got, whole[1]), "hmac: %s", what);
}

static void
whole_of(struct conf *t, uint8_t whole[2][MLS_MAX_HASH], struct mls_buf in,
    struct mls_buf key)
{
	hash_pieces(t, whole[0], &in, 1);
	hmac_pieces(t, whole[1], key, &in, 1);
}

static void
pieces(struct conf *t)
{
	uint8_t octets[300], whole[2][MLS_MAX_HASH];
	const struct mls_buf none = { NULL, 0 };
	struct mls_buf in, key, part[300];
	size_t i;

	conf_fill(octets, sizeof(octets), 2);
	in = conf_in(t, IN, octets, sizeof(octets));
	key = conf_in(t, KEY, octets, 20);
	whole_of(t, whole, in, key);
	for (i = 0; i <= in.len; i++) {
		part[0] = mls__buf(in.data, i);
		part[1] = none;
		part[2] = mls__buf(in.data + i, in.len - i);
		check_pieces(t, whole, part, 3, key,
		    "two pieces and none between them differ from the whole");
	}
	for (i = 0; i < in.len; i++)
		part[i] = mls__buf(in.data + i, 1);
	check_pieces(t, whole, part, in.len, key,
	    "300 pieces of an octet differ from the whole");
	whole_of(t, whole, conf_in(t, IN, octets, 0), key);
	check_pieces(t, whole, NULL, 0, key,
	    "no pieces differ from no octets");
	part[0] = part[1] = none;
	check_pieces(t, whole, part, 2, key,
	    "pieces without an address differ from no octets");
	hmac_pieces(t, whole[1], conf_in(t, KEY, octets, 0), &in, 0);
	check_pieces(t, whole, NULL, 0, none,
	    "a key without an address differs from one of no octets");
}

static void
long_messages(struct conf *t)
{
	const size_t len = (size_t)3 << 20;
	uint8_t *octets = conf_alloc(t, len), got[MLS_MAX_HASH],
	    want[MLS_MAX_HASH];
	struct mls_buf part[2];

	if (!known(t))
		conf_skip(t, "there is nothing to compare this hash with");
	conf_fill(octets, 65536, 3);
	conf_doing(t, "hash of 3 MiB");
	part[0] = mls__buf(octets, 70001);
	part[1] = mls__buf(octets + 70001, len - 70001);
	hash_pieces(t, got, part, 2);
	sha2(NULL, t->alg->id, part, 2, want);
	NEED(t, same(t, got, want), "the hash of 3 MiB is wrong");
	hmac_pieces(t, got, part[0], part, 2);
	sha2_hmac(NULL, t->alg->id, part[0], part, 2, want);
	NEED(t, same(t, got, want), "the HMAC of 3 MiB is wrong");
}

static uint8_t *
expand(struct conf *t, struct mls_buf prk, struct mls_buf info, size_t len)
{
	uint8_t *out = conf_out(t, OUT, len);

	conf_doing(t, "hkdf_expand to %zu octets, info %zu, prk %zu", len,
	    info.len, prk.len);
	conf_expect(t, t->ops->hkdf_expand(t->ctx, t->alg->id, prk, info, out,
	    len), MLS_P_OK, "hkdf_expand to %zu octets", len);
	conf_whole(t, OUT, len, "hkdf_expand");
	return out;
}

static void
hkdf_known_answers(struct conf *t)
{
	const struct conf_hkdf_vector *v;
	uint8_t prk[MLS_MAX_HASH];
	struct conf_hex ikm, salt, info, want;
	struct mls_buf in;

	if (t->alg->id != 1)
		conf_skip(t, "RFC 5869 has answers of SHA-256 alone");
	for (v = conf_hkdfs; v->ikm != NULL; v++) {
		ikm = conf_hex(v->ikm);
		salt = conf_hex(v->salt);
		info = conf_hex(v->info);
		in = conf_in(t, IN, ikm.data, ikm.len);
		hmac_pieces(t, prk, conf_in(t, KEY, salt.data, salt.len), &in,
		    1);
		want = conf_hex(v->prk);
		NEED(t, same(t, prk, want.data), "HKDF-Extract is wrong");
		if (!MLS_HAS(t->ops, hkdf_expand))
			continue;
		want = conf_hex(v->okm);
		NEED(t, memcmp(expand(t, conf_in(t, KEY, prk, 32),
		    conf_in(t, INFO, info.data, info.len), want.len),
		    want.data, want.len) == 0, "HKDF-Expand is wrong");
	}
}

/* RFC 5869 §2.3 by the provider's own HMAC. */
static void
hkdf_is_hmac(struct conf *t)
{
	size_t nh = t->alg->output_len, most = 255 * nh, i, j, k;
	const size_t lens[] = { 1, nh - 1, nh, nh + 1, 2 * nh, most };
	const size_t infos[] = { 0, 1, 200, 5000 }, prks[] = { nh, 1, 200 };
	uint8_t *want = conf_alloc(t, most), octets[5000];
	struct mls_buf prk, info;

	if (!MLS_HAS(t->ops, hkdf_expand))
		conf_skip(t, "it leaves HKDF-Expand to libmls");
	conf_fill(octets, sizeof(octets), 4);
	for (i = 0; i < 6; i++)
		for (j = 0; j < 4; j++)
			for (k = 0; k < 3; k++) {
				prk = conf_in(t, KEY, octets, prks[k]);
				info = infos[j] == 0 ? mls__buf(NULL, 0) :
				    conf_in(t, INFO, octets, infos[j]);
				mls__hkdf_expand_by(want, lens[i],
				    t->ops->hmac, t->ctx, t->alg->id, prk,
				    &info, 1);
				NEED(t, memcmp(expand(t, prk, info, lens[i]),
				    want, lens[i]) == 0, "hkdf_expand to %zu "
				    "octets, info %zu, prk %zu, is not what "
				    "hmac makes", lens[i], infos[j], prks[k]);
			}
}

static void
hkdf_limit(struct conf *t)
{
	size_t len = 255 * (size_t)t->alg->output_len + 1;
	uint8_t prk[MLS_MAX_HASH] = { 0 };

	if (!MLS_HAS(t->ops, hkdf_expand))
		conf_skip(t, "it leaves HKDF-Expand to libmls");
	conf_doing(t, "hkdf_expand to %zu octets", len);
	conf_refused(t, t->ops->hkdf_expand(t->ctx, t->alg->id,
	    mls__buf(prk, t->alg->output_len), mls__buf(NULL, 0),
	    conf_out(t, OUT, len), len),
	    "hkdf_expand to more than 255 blocks");
}

static void
unknown(struct conf *t)
{
	struct mls_buf in = mls__buf("abc", 3);
	uint8_t out[256];

	conf_doing(t, "a hash that there is not");
	conf_expect(t, t->ops->hash(t->ctx, 0x7f7f, &in, 1, out),
	    MLS_P_UNSUPPORTED, "hash 0x7f7f");
	conf_expect(t, t->ops->hmac(t->ctx, 0x7f7f, in, &in, 1, out),
	    MLS_P_UNSUPPORTED, "hmac 0x7f7f");
	if (MLS_HAS(t->ops, hkdf_expand))
		conf_expect(t, t->ops->hkdf_expand(t->ctx, 0x7f7f, in, in,
		    out, 32), MLS_P_UNSUPPORTED, "hkdf_expand 0x7f7f");
}

static void
work(struct conf *t, void *arg, unsigned i, uint8_t out[256])
{
	const uint8_t *octets = arg;
	struct mls_buf in[2] = { mls__buf(octets, 100 + 7 * i),
		mls__buf(octets + i, 3000) };
	size_t nh = t->alg->output_len;

	conf_expect(t, t->ops->hash(t->ctx, t->alg->id, in, 2, out), MLS_P_OK,
	    "hash");
	conf_expect(t, t->ops->hmac(t->ctx, t->alg->id, mls__buf(octets, i),
	    in, 2, out + nh), MLS_P_OK, "hmac");
	if (MLS_HAS(t->ops, hkdf_expand))
		conf_expect(t, t->ops->hkdf_expand(t->ctx, t->alg->id,
		    mls__buf(out, nh), in[0], out + 2 * nh, 256 - 2 * nh),
		    MLS_P_OK, "hkdf_expand");
}

static void
threads(struct conf *t)
{
	uint8_t *octets = conf_alloc(t, 4096);

	conf_fill(octets, 4096, 5);
	conf_threads(t, work, octets);
}

const struct conf_test conf_hash_tests[] = {
	{ "known answers", known_answers, false },
	{ "every length agrees with another implementation", lengths, false },
	{ "pieces are one message", pieces, false },
	{ "long messages", long_messages, false },
	{ "HKDF, known answers", hkdf_known_answers, false },
	{ "hkdf_expand is what hmac makes", hkdf_is_hmac, false },
	{ "hkdf_expand stops at 255 blocks", hkdf_limit, false },
	{ "a number that there is not", unknown, false },
	{ "many threads", threads, false },
	{ NULL, NULL, false },
};
