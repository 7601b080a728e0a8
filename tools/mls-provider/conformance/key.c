/* SPDX-License-Identifier: MIT */
/* Tests of the life of private keys, of a KEM or for signatures. */
#include <string.h>

#include "common/dhkem.h"
#include "keys.h"
#include "sha2.h"

enum { BLOB = 5 };

/* Where a failing operation must not write a handle. */
static struct mls_key *const nobody = (struct mls_key *)(uintptr_t)0x5a5a5a50;

static void
import_refused(struct conf *t, struct mls_buf priv, const char *what)
{
	const struct mls_alg *a = t->alg;
	struct mls_key *key = nobody;

	conf_doing(t, "key_import of %s", what);
	conf_expect(t, t->ops->key_import(t->ctx, a->role, a->id,
	    conf_in(t, BLOB, priv.data, priv.len), &key), MLS_P_ARGUMENT,
	    "key_import of %s", what);
	NEED(t, key == nobody, "key_import fails for %s, and gives a handle",
	    what);
}

static void
import_accepted(struct conf *t, struct mls_buf priv, const char *what)
{
	struct mls_key *key = NULL;
	struct octets pub;

	conf_doing(t, "key_import of %s", what);
	conf_expect(t, t->ops->key_import(t->ctx, t->alg->role, t->alg->id,
	    conf_in(t, BLOB, priv.data, priv.len), &key), MLS_P_OK,
	    "key_import of %s", what);
	key_public(t, &pub, key);
	t->ops->key_release(t->ctx, key);
}

static void
skip_opaque(struct conf *t)
{
	if (key_opaque(t))
		conf_skip(t, "its keys are opaque");
	if (!MLS_HAS(t->ops, key_import))
		conf_skip(t, "it does not import keys");
}

static void
import_lengths(struct conf *t)
{
	size_t len = t->alg->secret_len;
	struct octets priv;

	skip_opaque(t);
	key_octets(t, &priv, 1);
	import_accepted(t, mls__buf(priv.data, len), "a good key");
	memset(priv.data + len, 0, KEYS_MAX - len);
	import_refused(t, mls__buf(priv.data, 0), "no octets");
	import_refused(t, mls__buf(priv.data, len - 1), "an octet too few");
	import_refused(t, mls__buf(priv.data, len + 1), "an octet too many");
	import_refused(t, mls__buf(priv.data, 2 * len), "twice its octets");
}

static void
plus(uint8_t *v, size_t len, int by)
{
	int carry = by;

	while (len-- > 0) {
		carry += v[len];
		v[len] = (uint8_t)(carry & 0xff);
		carry >>= 8;
	}
}

static void
import_range(struct conf *t)
{
	size_t len = t->alg->secret_len;
	uint8_t v[256];
	struct mls_buf in = mls__buf(v, len);

	skip_opaque(t);
	memset(v, 0, sizeof(v));
	if (curve_len(t) == 0) {
		import_accepted(t, in, "zeros, of which any are a key");
		memset(v, 0xff, sizeof(v));
		import_accepted(t, in, "ones, of which any are a key");
		return;
	}
	import_refused(t, in, "0");
	v[len - 1] = 1;
	import_accepted(t, in, "1");
	memcpy(v, curve_order(t), len);
	import_refused(t, in, "n, the order of the group");
	plus(v, len, 1);
	import_refused(t, in, "n + 1");
	memcpy(v, curve_order(t), len);
	plus(v, len, -1);
	import_accepted(t, in, "n - 1");
	memset(v, 0xff, sizeof(v));
	import_refused(t, in, "all ones");
}

static void
public_key(struct conf *t)
{
	const struct mls_alg *a = t->alg;
	struct mls_key *key = key_new(t, 2), *same, *other;
	struct octets pub, again;
	uint8_t room[KEYS_MAX + 16];
	size_t len = a->public_len + 10u;

	key_public(t, &pub, key);
	key_public(t, &again, key);
	NEED(t, octets_same(&pub, &again), "one key has two public keys");
	memset(room, CONF_PATTERN, sizeof(room));
	conf_expect(t, t->ops->key_public(t->ctx, key, room, &len), MLS_P_OK,
	    "key_public with room to spare");
	NEED(t, len == a->public_len && memcmp(room, pub.data, len) == 0 &&
	    conf_untouched(room + len, 10), "key_public with room to spare "
	    "gives something else");
	len = a->public_len - 1u;
	conf_expect(t, t->ops->key_public(t->ctx, key, conf_out(t, BLOB, len),
	    &len), MLS_P_SPACE, "key_public with an octet too little room");
	conf_whole(t, BLOB, a->public_len - 1u, "key_public");
	other = key_new(t, 3);
	key_public(t, &again, other);
	NEED(t, !octets_same(&pub, &again), "two keys have one public key");
	if (!key_opaque(t)) {
		same = key_new(t, 2);
		key_public(t, &again, same);
		NEED(t, octets_same(&pub, &again), "the same octets make "
		    "another key");
		t->ops->key_release(t->ctx, same);
	}
	key_works(t, key, &pub);
	t->ops->key_release(t->ctx, key);
	key_public(t, &again, other);
	key_works(t, other, &again);
	t->ops->key_release(t->ctx, other);
}

struct saved {
	uint32_t kind;
	struct octets blob, pub;
};

static void
save(struct conf *t, struct saved *s, const struct mls_key *key)
{
	size_t len = KEYS_MAX;

	if (!MLS_HAS(t->ops, key_save) || !MLS_HAS(t->ops, key_load))
		conf_skip(t, "it does not save keys");
	key_public(t, &s->pub, key);
	conf_doing(t, "key_save");
	s->kind = 0;
	conf_expect(t, t->ops->key_save(t->ctx, key, &s->kind, s->blob.data,
	    &len), MLS_P_OK, "key_save");
	NEED(t, len <= KEYS_MAX, "a blob of %zu octets, in room for %u", len,
	    KEYS_MAX);
	NEED(t, s->kind == MLS_KEY_RAW || s->kind == MLS_KEY_REF,
	    "a blob of kind %u, and there are RAW and REF",
	    (unsigned)s->kind);
	NEED(t, s->kind == MLS_KEY_REF || !key_opaque(t),
	    "the octets of a key that it says is opaque");
	NEED(t, s->kind == MLS_KEY_REF || len == t->alg->secret_len,
	    "a RAW blob of %zu octets, and keys have %u", len,
	    t->alg->secret_len);
	s->blob.len = len;
}

/* As libmls does it: who can import is given what is RAW. */
static int
load(struct conf *t, struct mls_key **out, const struct saved *s)
{
	struct mls_buf blob = conf_in(t, BLOB, s->blob.data, s->blob.len);

	conf_doing(t, "loading a saved key");
	if (s->kind == MLS_KEY_RAW && MLS_HAS(t->ops, key_import))
		return t->ops->key_import(t->ctx, t->alg->role, t->alg->id,
		    blob, out);
	return t->ops->key_load(t->ctx, t->alg->role, t->alg->id, blob, out);
}

static void
load_and_use(struct conf *t, const struct saved *s, const char *where)
{
	struct mls_key *key = NULL;
	struct octets pub;

	conf_expect(t, load(t, &key, s), MLS_P_OK, "loading a saved key, %s",
	    where);
	key_public(t, &pub, key);
	NEED(t, octets_same(&pub, &s->pub), "a saved key comes back as "
	    "another, %s", where);
	key_works(t, key, &pub);
	t->ops->key_release(t->ctx, key);
}

static void
save_and_load(struct conf *t)
{
	struct mls_key *key = key_new(t, 4), *loaded = NULL;
	struct saved s;
	uint32_t kind = 0;
	size_t len;

	save(t, &s, key);
	conf_doing(t, "key_save into too little room");
	len = s.blob.len - 1;
	conf_expect(t, t->ops->key_save(t->ctx, key, &kind,
	    conf_out(t, BLOB, len), &len), MLS_P_SPACE,
	    "key_save with an octet too little room");
	conf_doing(t, "key_save into just enough room");
	len = s.blob.len;
	conf_expect(t, t->ops->key_save(t->ctx, key, &kind,
	    conf_out(t, BLOB, len), &len), MLS_P_OK,
	    "key_save with just enough room");
	load_and_use(t, &s, "beside the key itself");
	conf_doing(t, "key_load");
	conf_expect(t, t->ops->key_load(t->ctx, t->alg->role, t->alg->id,
	    HEX_BUF(s.blob), &loaded), MLS_P_OK, "key_load");
	t->ops->key_release(t->ctx, loaded);
	t->ops->key_release(t->ctx, key);
	load_and_use(t, &s, "after its release");
}

static void
save_in_child(struct conf *t, void *arg)
{
	struct mls_key *key;

	conf_open(t);
	key = key_new(t, 5);
	save(t, arg, key);
	t->ops->key_release(t->ctx, key);
	conf_close(t);
}

static void
load_in_child(struct conf *t, void *arg)
{
	conf_open(t);
	load_and_use(t, arg, "in another process");
	conf_close(t);
}

static void
across_processes(struct conf *t)
{
	struct saved *s = conf_common(t, sizeof(*s));

	conf_apart(t, save_in_child, s);
	conf_apart(t, load_in_child, s);
	conf_apart(t, load_in_child, s);
}

static void
garbage(struct conf *t)
{
	static const size_t lens[] = { 0, 1, 8, 31, 33, 300, 4000 };
	struct mls_key *key;
	uint8_t octets[4000];
	size_t i;
	int st;

	if (!MLS_HAS(t->ops, key_load))
		conf_skip(t, "it does not load keys");
	conf_fill(octets, sizeof(octets), 6);
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		key = nobody;
		conf_doing(t, "key_load of %zu random octets", lens[i]);
		st = t->ops->key_load(t->ctx, t->alg->role, t->alg->id,
		    conf_in(t, BLOB, octets, lens[i]), &key);
		if (st == MLS_P_OK && lens[i] == t->alg->secret_len) {
			t->ops->key_release(t->ctx, key);
			continue;
		}
		conf_refused(t, st, "key_load of %zu random octets", lens[i]);
		NEED(t, key == nobody, "key_load fails, and gives a handle");
	}
}

static void
destroy(struct conf *t)
{
	struct mls_key *key = key_new(t, 7), *other = nobody, *gone = nobody;
	struct saved s;
	int st;

	conf_doing(t, "key_release of NULL");
	t->ops->key_release(t->ctx, NULL);
	if (!MLS_HAS(t->ops, key_destroy))
		conf_skip(t, "it does not destroy keys");
	save(t, &s, key);
	if (s.kind == MLS_KEY_REF)
		conf_expect(t, load(t, &other, &s), MLS_P_OK, "key_load");
	conf_doing(t, "key_destroy");
	conf_expect(t, t->ops->key_destroy(t->ctx, key), MLS_P_OK,
	    "key_destroy");
	if (s.kind == MLS_KEY_RAW)
		return;
	/* By this libmls knows that a destruction was carried out. */
	conf_expect(t, load(t, &gone, &s), MLS_P_NOTFOUND, "loading a key "
	    "that was destroyed");
	NEED(t, gone == nobody, "key_load fails, and gives a handle");
	conf_doing(t, "key_destroy by another handle");
	st = t->ops->key_destroy(t->ctx, other);
	NEED(t, st == MLS_P_OK || st == MLS_P_NOTFOUND || st == MLS_P_GONE,
	    "key_destroy of a key that was destroyed fails");
}

static void
unknown(struct conf *t)
{
	const struct mls_alg *a = t->alg;
	struct mls_buf in = mls__buf("octets of a key of some kind    ", 32);
	struct mls_key *key = nobody;

	conf_doing(t, "a key of an algorithm that there is not");
	if (MLS_HAS(t->ops, key_derive))
		conf_expect(t, t->ops->key_derive(t->ctx, 0x7f7f, in, &key),
		    MLS_P_UNSUPPORTED, "key_derive 0x7f7f");
	if (MLS_HAS(t->ops, key_import))
		conf_expect(t, t->ops->key_import(t->ctx, a->role, 0x7f7f, in,
		    &key), MLS_P_UNSUPPORTED, "key_import 0x7f7f");
	if (MLS_HAS(t->ops, key_load))
		conf_refused(t, t->ops->key_load(t->ctx, a->role, 0x7f7f, in,
		    &key), "key_load 0x7f7f");
	if (MLS_HAS(t->ops, key_generate))
		conf_expect(t, t->ops->key_generate(t->ctx, a->role, 0x7f7f,
		    &key), MLS_P_UNSUPPORTED, "key_generate 0x7f7f");
	NEED(t, key == nobody, "an operation fails, and gives a handle");
}

static struct mls_key *
derive(struct conf *t, struct mls_buf ikm, struct octets *pub)
{
	struct mls_key *key = NULL;

	conf_doing(t, "key_derive from %zu octets", ikm.len);
	conf_expect(t, t->ops->key_derive(t->ctx, t->alg->id,
	    conf_in(t, BLOB, ikm.data, ikm.len), &key), MLS_P_OK,
	    "key_derive from %zu octets", ikm.len);
	key_public(t, pub, key);
	return key;
}

/* RFC 9180 §7.1.3 has only HMAC in it, up to the private key. */
static void
derived_right(struct conf *t, const struct mls_key *key, struct mls_buf ikm)
{
	const struct mls_dhkem *kem = mls__dhkem_find(t->alg->id);
	uint8_t want[MLS_DHKEM_MAX_SECRET];
	struct saved s;

	if (kem == NULL || !MLS_HAS(t->ops, key_save))
		return;
	save(t, &s, key);
	mls__dhkem_derive(want, kem, sha2_hmac, NULL, ikm);
	NEED(t, s.kind != MLS_KEY_RAW ||
	    memcmp(want, s.blob.data, s.blob.len) == 0,
	    "DeriveKeyPair of %zu octets is wrong", ikm.len);
}

/* MLS derives from secrets of Nh octets too, which are fewer than a key's on
 * P-521. */
void
key_derives(struct conf *t)
{
	const size_t lens[] = { t->alg->secret_len, t->alg->output_len, 64, 66,
		200 };
	struct mls_key *key, *twin;
	struct octets pub, again;
	uint8_t octets[200];
	struct mls_buf ikm;
	size_t i;

	for (i = 0; i < 3 * sizeof(lens) / sizeof(lens[0]); i++) {
		conf_fill(octets, sizeof(octets), (uint32_t)(100 + i));
		ikm = mls__buf(octets, lens[i / 3]);
		key = derive(t, ikm, &pub);
		twin = derive(t, ikm, &again);
		NEED(t, octets_same(&pub, &again), "the same octets derive "
		    "another key");
		derived_right(t, key, ikm);
		key_works(t, key, &again);
		t->ops->key_release(t->ctx, key);
		t->ops->key_release(t->ctx, twin);
	}
}

const struct conf_test conf_key_tests[] = {
	{ "keys of another length are refused", import_lengths, false },
	{ "private keys out of range are refused", import_range, false },
	{ "public keys", public_key, false },
	{ "keys are saved and loaded", save_and_load, false },
	{ "saved keys live in other processes", across_processes, true },
	{ "what is no saved key is refused", garbage, false },
	{ "keys are released and destroyed", destroy, false },
	{ "a key of a number that there is not", unknown, false },
	{ NULL, NULL, false },
};
