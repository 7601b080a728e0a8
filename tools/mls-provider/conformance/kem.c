/* SPDX-License-Identifier: MIT */
/* Tests of KEMs. */
#include <string.h>

#include "common/dhkem.h"
#include "crypto/call.h"
#include "crypto/key.h"
#include "keys.h"
#include "sha2.h"
#include "vectors.h"

enum { POINT = 6, BATCH = 7 };

/* DHKEM over a published Diffie-Hellman; enc is the other's public key. */
static void
dh_answer(struct conf *t, const struct conf_dh_vector *v)
{
	struct conf_hex priv = conf_hex(v->priv), pub = conf_hex(v->pub),
	    dh = conf_hex(v->dh);
	uint8_t want[MLS_DHKEM_MAX_HASH];
	struct mls_key *key = NULL;
	struct octets own, got;

	conf_doing(t, "Diffie-Hellman: %s", v->what);
	conf_expect(t, t->ops->key_import(t->ctx, MLS_ROLE_KEM, t->alg->id,
	    HEX_BUF(priv), &key), MLS_P_OK, "key_import (%s)", v->what);
	key_public(t, &own, key);
	conf_expect(t, kem_from(t, &got, key, HEX_BUF(pub)), MLS_P_OK,
	    "kem_decap (%s)", v->what);
	mls__dhkem_shared(want, mls__dhkem_find(t->alg->id), sha2_hmac, NULL,
	    dh.data, pub.data, own.data);
	NEED(t, memcmp(got.data, want, got.len) == 0,
	    "kem_decap comes to a wrong secret (%s)", v->what);
	conf_expect(t, t->ops->kem_check_public(t->ctx, t->alg->id,
	    HEX_BUF(pub)), MLS_P_OK, "kem_check_public (%s)", v->what);
	t->ops->key_release(t->ctx, key);
}

static void
known_answers(struct conf *t)
{
	const struct conf_dh_vector *v;
	size_t n = 0;

	if (!MLS_HAS(t->ops, key_import))
		conf_skip(t, "it does not import keys");
	for (v = conf_dhs; v->kem != 0; v++)
		if (v->kem == t->alg->id) {
			dh_answer(t, v);
			n++;
		}
	if (n == 0)
		conf_skip(t, "no answers are known of this KEM");
}

static void
agree(struct conf *t)
{
	struct octets pub, enc, there, here, wrong;
	struct mls_key *key;
	uint32_t i, j;

	for (i = 0; i < 12; i++) {
		key = key_new(t, i);
		key_public(t, &pub, key);
		conf_expect(t, t->ops->kem_check_public(t->ctx, t->alg->id,
		    conf_in(t, POINT, pub.data, pub.len)), MLS_P_OK,
		    "kem_check_public of a good key");
		for (j = 0; j < 4; j++) {
			conf_expect(t, kem_to(t, &enc, &there, HEX_BUF(pub),
			    i * 8 + j), MLS_P_OK, "kem_encap");
			conf_expect(t, kem_from(t, &here, key, HEX_BUF(enc)),
			    MLS_P_OK, "kem_decap");
			NEED(t, octets_same(&there, &here), "the two sides "
			    "come to different secrets");
		}
		/* KEMs may answer with a secret that nobody knows. */
		enc.data[enc.len / 2] ^= 1;
		NEED(t, kem_from(t, &wrong, key, HEX_BUF(enc)) != MLS_P_OK ||
		    !octets_same(&wrong, &here), "another enc gives the same "
		    "secret");
		t->ops->key_release(t->ctx, key);
	}
}

static void
seeds(struct conf *t)
{
	struct mls_key *key = key_new(t, 20), *eph = NULL;
	struct octets pub, enc[3], shared[3];
	uint8_t seed[512];

	key_public(t, &pub, key);
	t->ops->key_release(t->ctx, key);
	conf_expect(t, kem_to(t, &enc[0], &shared[0], HEX_BUF(pub), 1),
	    MLS_P_OK, "kem_encap");
	conf_expect(t, kem_to(t, &enc[1], &shared[1], HEX_BUF(pub), 1),
	    MLS_P_OK, "kem_encap");
	conf_expect(t, kem_to(t, &enc[2], &shared[2], HEX_BUF(pub), 2),
	    MLS_P_OK, "kem_encap");
	NEED(t, !octets_same(&enc[0], &enc[2]) &&
	    !octets_same(&shared[0], &shared[2]), "two seeds come to the "
	    "same");
	if (!octets_same(&enc[0], &enc[1]))
		conf_skip(t, "it draws for itself, and minds no seed");
	NEED(t, octets_same(&shared[0], &shared[1]), "the same seed comes to "
	    "another secret");
	if (mls__dhkem_find(t->alg->id) == NULL)
		return;
	conf_fill(seed, t->alg->seed_len, 1);
	conf_expect(t, t->ops->key_derive(t->ctx, t->alg->id, mls__buf(seed,
	    t->alg->seed_len), &eph), MLS_P_OK, "key_derive from the seed");
	key_public(t, &pub, eph);
	NEED(t, octets_same(&pub, &enc[0]), "enc is not the public key of "
	    "DeriveKeyPair(seed)");
	t->ops->key_release(t->ctx, eph);
}

static void
pub_refused(struct conf *t, struct mls_buf pub, const char *what)
{
	struct octets a, b;

	conf_expect(t, kem_to(t, &a, &b, pub, 3), MLS_P_ARGUMENT,
	    "kem_encap to a bad key (%s)", what);
}

static void
enc_refused(struct conf *t, const struct mls_key *key, struct mls_buf enc,
    const char *what)
{
	struct octets a;

	conf_expect(t, kem_from(t, &a, key, enc), MLS_P_ARGUMENT,
	    "kem_decap of a bad enc (%s)", what);
}

static void
check_refused(struct conf *t, struct mls_buf pub, const char *what)
{
	conf_doing(t, "kem_check_public: %s", what);
	conf_expect(t, t->ops->kem_check_public(t->ctx, t->alg->id,
	    conf_in(t, POINT, pub.data, pub.len)), MLS_P_ARGUMENT,
	    "kem_check_public (%s)", what);
	pub_refused(t, pub, what);
}

static void
bad_keys(struct conf *t)
{
	struct mls_key *key = key_new(t, 30);
	size_t len = t->alg->public_len, enc_len = t->alg->aux_len;
	const struct bad_point *v;
	struct octets pub, enc, secret;

	key_public(t, &pub, key);
	conf_expect(t, kem_to(t, &enc, &secret, HEX_BUF(pub), 3), MLS_P_OK,
	    "kem_encap");
	memset(pub.data + len, 0, KEYS_MAX - len);
	check_refused(t, mls__buf(pub.data, 0), "no octets");
	check_refused(t, mls__buf(pub.data, len - 1), "an octet too few");
	check_refused(t, mls__buf(pub.data, len + 1), "an octet too many");
	check_refused(t, mls__buf(pub.data, 2 * len), "twice its octets");
	memset(enc.data + enc_len, 0, KEYS_MAX - enc_len);
	enc_refused(t, key, mls__buf(enc.data, 0), "no octets");
	enc_refused(t, key, mls__buf(enc.data, enc_len - 1),
	    "an octet too few");
	enc_refused(t, key, mls__buf(enc.data, enc_len + 1),
	    "an octet too many");
	if (curve_len(t) > 0)
		for (v = bad_points(t, &pub); v->what != NULL; v++) {
			check_refused(t, HEX_BUF(v->point), v->what);
			enc_refused(t, key, HEX_BUF(v->point), v->what);
		}
	t->ops->key_release(t->ctx, key);
}

/* Little-endian numbers u whose point is of small order: RFC 7748 §6. */
static const struct {
	uint16_t kem;
	const char *u;
} small[] = {
	{ MLS_KEM_X25519, "0000000000000000000000000000000000000000000000000000"
	    "000000000000" },
	{ MLS_KEM_X25519, "0100000000000000000000000000000000000000000000000000"
	    "000000000000" },
	{ MLS_KEM_X25519, "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd8662"
	    "05165f49b800" },
	{ MLS_KEM_X25519, "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d822"
	    "4eddd09f1157" },
	{ MLS_KEM_X25519, "ecffffffffffffffffffffffffffffffffffffffffffffffffff"
	    "ffffffffff7f" },
	{ MLS_KEM_X25519, "edffffffffffffffffffffffffffffffffffffffffffffffffff"
	    "ffffffffff7f" },
	{ MLS_KEM_X25519, "eeffffffffffffffffffffffffffffffffffffffffffffffffff"
	    "ffffffffff7f" },
	{ MLS_KEM_X448, "0000000000000000000000000000000000000000000000000000"
	    "000000000000000000000000000000000000000000000000000000000000" },
	{ MLS_KEM_X448, "0100000000000000000000000000000000000000000000000000"
	    "000000000000000000000000000000000000000000000000000000000000" },
	{ MLS_KEM_X448, "feffffffffffffffffffffffffffffffffffffffffffffffffff"
	    "fffffeffffffffffffffffffffffffffffffffffffffffffffffffffffff" },
	{ MLS_KEM_X448, "ffffffffffffffffffffffffffffffffffffffffffffffffffff"
	    "fffffeffffffffffffffffffffffffffffffffffffffffffffffffffffff" },
	{ MLS_KEM_X448, "0000000000000000000000000000000000000000000000000000"
	    "0000ffffffffffffffffffffffffffffffffffffffffffffffffffffffff" },
};

static void
small_order(struct conf *t)
{
	struct mls_key *key;
	struct conf_hex u;
	size_t i, n = 0;

	key = key_new(t, 31);
	for (i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
		if (small[i].kem != t->alg->id)
			continue;
		n++;
		u = conf_hex(small[i].u);
		pub_refused(t, HEX_BUF(u), "small order");
		enc_refused(t, key, HEX_BUF(u), "small order");
		if (t->alg->id == MLS_KEM_X448)
			continue;
		u.data[31] |= 0x80;
		pub_refused(t, HEX_BUF(u), "small order, with bit 255");
		enc_refused(t, key, HEX_BUF(u), "small order, with bit 255");
	}
	t->ops->key_release(t->ctx, key);
	if (n == 0)
		conf_skip(t, "this KEM has none");
}

struct batch {
	size_t n, bad; /* the one that is bad, or n */
	struct octets pub[33];
	uint8_t *seeds;
};

/* Each gets a room of its own; the batch in one, those alone in another. */
static uint8_t *
room_of(const struct conf *t, uint8_t *rooms, size_t i)
{
	return rooms + i * ((size_t)t->alg->aux_len + t->alg->output_len);
}

static void
prepare(struct conf *t, struct mls_encap *v, const struct batch *b,
    uint8_t *rooms)
{
	size_t i;

	for (i = 0; i < b->n; i++) {
		v[i].pub = HEX_BUF(b->pub[i]);
		v[i].seed = b->seeds + i * t->alg->seed_len;
		v[i].enc = room_of(t, rooms, i);
		v[i].shared = v[i].enc + t->alg->aux_len;
		v[i].status = -1;
	}
}

static void
batch_of(struct conf *t, const struct batch *b)
{
	size_t each = (size_t)t->alg->aux_len + t->alg->output_len, i;
	struct mls_encap all[33], one[33];
	uint8_t *rooms = conf_out(t, BATCH, (b->n + 1) * each);
	uint8_t *alone = conf_alloc(t, (b->n + 1) * each);

	prepare(t, all, b, rooms);
	prepare(t, one, b, alone);
	conf_doing(t, "kem_encap_batch of %zu, bad: %zu", b->n, b->bad);
	t->ops->kem_encap_batch(t->ctx, t->alg->id, all, b->n);
	NEED(t, conf_untouched(room_of(t, rooms, b->n), each),
	    "kem_encap_batch writes behind the last");
	conf_doing(t, "kem_encap");
	for (i = 0; i < b->n; i++) {
		one[i].status = t->ops->kem_encap(t->ctx, t->alg->id,
		    one[i].pub, one[i].seed, one[i].enc, one[i].shared);
		NEED(t, all[i].status == one[i].status, "recipient %zu of "
		    "%zu: kem_encap_batch says %s (%d), kem_encap %s", i,
		    b->n, conf_status(all[i].status), all[i].status,
		    conf_status(one[i].status));
		NEED(t, (one[i].status == MLS_P_OK) == (i != b->bad),
		    "kem_encap to recipient %zu: %s", i,
		    conf_status(one[i].status));
		NEED(t, i == b->bad || memcmp(all[i].enc, one[i].enc,
		    each) == 0, "recipient %zu of %zu: kem_encap_batch comes "
		    "to another result than kem_encap", i, b->n);
	}
}

static void
batches(struct conf *t)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 16, 33 };
	struct batch *b = conf_alloc(t, sizeof(*b));
	struct octets good;
	struct mls_key *key;
	size_t i;

	if (!MLS_HAS(t->ops, kem_encap_batch))
		conf_skip(t, "it leaves batches to libmls");
	b->seeds = conf_alloc(t, 33 * (size_t)t->alg->seed_len);
	conf_fill(b->seeds, 33 * (size_t)t->alg->seed_len, 40);
	for (i = 0; i < 33; i++) {
		key = key_new(t, (uint32_t)(50 + i));
		key_public(t, &b->pub[i], key);
		t->ops->key_release(t->ctx, key);
	}
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		b->n = b->bad = sizes[i];
		batch_of(t, b);
	}
	b->n = 5;
	for (b->bad = 0; b->bad < b->n; b->bad++) {
		good = b->pub[b->bad];
		if (curve_len(t) > 0)
			b->pub[b->bad].data[good.len - 1] ^= 1;
		else
			b->pub[b->bad].len--;
		batch_of(t, b);
		b->pub[b->bad] = good;
	}
}

static void
unknown(struct conf *t)
{
	struct octets pub, enc, shared;
	struct mls_key *key = key_new(t, 32);

	key_public(t, &pub, key);
	t->ops->key_release(t->ctx, key);
	conf_doing(t, "a KEM that there is not");
	conf_expect(t, t->ops->kem_encap(t->ctx, 0x7f7f, HEX_BUF(pub),
	    enc.data, enc.data + 1024, shared.data), MLS_P_UNSUPPORTED,
	    "kem_encap 0x7f7f");
	conf_expect(t, t->ops->kem_check_public(t->ctx, 0x7f7f, HEX_BUF(pub)),
	    MLS_P_UNSUPPORTED, "kem_check_public 0x7f7f");
}

struct pair {
	const struct mls_key *key;
	struct octets pub;
	bool drawn; /* it minds no seed */
};

static void
work(struct conf *t, void *arg, unsigned i, uint8_t out[256])
{
	const struct pair *p = arg;
	uint8_t seed[512], enc[KEYS_MAX], shared[512], back[512];

	conf_fill(seed, t->alg->seed_len, i);
	conf_expect(t, t->ops->kem_encap(t->ctx, t->alg->id, HEX_BUF(p->pub),
	    seed, enc, shared), MLS_P_OK, "kem_encap");
	conf_expect(t, t->ops->kem_decap(t->ctx, p->key, mls__buf(enc,
	    t->alg->aux_len), back), MLS_P_OK, "kem_decap");
	NEED(t, memcmp(shared, back, t->alg->output_len) == 0, "with many "
	    "threads the two sides come to different secrets");
	if (!p->drawn)
		memcpy(out, shared, t->alg->output_len < 256 ?
		    t->alg->output_len : 256);
}

static void
threads(struct conf *t)
{
	struct mls_key *key = key_new(t, 33);
	struct pair p = { .key = key };
	struct octets a[2], b;

	key_public(t, &p.pub, key);
	conf_expect(t, kem_to(t, &a[0], &b, HEX_BUF(p.pub), 1), MLS_P_OK,
	    "kem_encap");
	conf_expect(t, kem_to(t, &a[1], &b, HEX_BUF(p.pub), 1), MLS_P_OK,
	    "kem_encap");
	p.drawn = !octets_same(&a[0], &a[1]);
	conf_threads(t, work, &p);
	t->ops->key_release(t->ctx, key);
}

const struct conf_test conf_kem_tests[] = {
	{ "known answers of Diffie-Hellman", known_answers, false },
	{ "DeriveKeyPair", key_derives, false },
	{ "both sides agree", agree, false },
	{ "the seed decides", seeds, false },
	{ "keys of another form are refused", bad_keys, false },
	{ "points of small order are refused", small_order, false },
	{ "a batch is what each alone is", batches, false },
	{ "a number that there is not", unknown, false },
	{ "many threads", threads, false },
	{ NULL, NULL, false },
};
