/* SPDX-License-Identifier: MIT */
/* crypto-basics, secret-tree and psk_secret. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hpke.h"
#include "crypto/labels.h"
#include "libmls/errors.h"
#include "schedule/psk.h"
#include "schedule/secret_tree.h"
#include "tree/math.h"
#include "vectors.h"

/* Room for an output whose length the vector names. */
static uint8_t *
room(struct vec *v, uint64_t len, const char *field)
{
	uint8_t *p = NULL;

	if (len <= 1 << 20)
		p = mls__arena_alloc(&v->arena, (size_t)len);
	if (p == NULL)
		vec_fail(v, field, "has no usable length");
	return p;
}

static void
basics_kdf(struct vec *v)
{
	const json_t *o = vec_object(v, v->json, "ref_hash");
	uint8_t hash[MLS_MAX_HASH];
	struct mls_secret secret, derived = { 0 };
	uint64_t len;
	uint8_t *out;

	vec_ok(v, "ref_hash", mls__ref_hash(hash, v->suite,
	    vec_text(v, o, "label"), vec_hex(v, o, "value")));
	vec_expect(v, o, "out", mls__buf(hash, v->suite->nh));

	o = vec_object(v, v->json, "expand_with_label");
	secret = vec_secret(v, o, "secret");
	len = vec_number(v, o, "length");
	out = room(v, len, "length");
	if (out == NULL)
		return;
	vec_ok(v, "expand_with_label", mls__expand_with_label(out,
	    (size_t)len, v->suite, &secret, vec_text(v, o, "label"),
	    vec_hex(v, o, "context")));
	vec_expect(v, o, "out", mls__buf(out, (size_t)len));

	o = vec_object(v, v->json, "derive_secret");
	secret = vec_secret(v, o, "secret");
	vec_ok(v, "derive_secret", mls__derive_secret(&derived, v->suite,
	    &secret, vec_text(v, o, "label")));
	vec_expect(v, o, "out", mls__secret_buf(&derived));

	o = vec_object(v, v->json, "derive_tree_secret");
	secret = vec_secret(v, o, "secret");
	len = vec_number(v, o, "length");
	out = room(v, len, "length");
	if (out == NULL)
		return;
	vec_ok(v, "derive_tree_secret", mls__derive_tree_secret(out,
	    (size_t)len, v->suite, &secret, vec_text(v, o, "label"),
	    (uint32_t)vec_number(v, o, "generation")));
	vec_expect(v, o, "out", mls__buf(out, (size_t)len));
}

static void
basics_sign(struct vec *v)
{
	const json_t *o = vec_object(v, v->json, "sign_with_label");
	struct mls_buf pub = vec_hex(v, o, "pub");
	struct mls_privkey *key = vec_key(v, MLS_ROLE_SIGN,
	    vec_hex(v, o, "priv"), "sign_with_label.priv");
	struct mls_verify_job job = {
		.pub = pub, .label = vec_text(v, o, "label"),
		.content = vec_hex(v, o, "content"),
		.sig = vec_hex(v, o, "signature"),
		.error = MLS_E_CONTENT_SIGNATURE
	};
	size_t len = v->suite->max_sig;
	uint8_t *sig = room(v, len, "signature");

	vec_ok(v, "sign_with_label.signature",
	    mls__verify_with_label(v->suite, &job));
	if (key == NULL || sig == NULL)
		goto out;
	vec_equal(v, "sign_with_label.pub", mls__key_public(key), pub);
	vec_ok(v, "SignWithLabel", mls__sign_with_label(sig, &len, v->suite,
	    key, job.label, job.content));
	job.sig = mls__buf(sig, len);
	vec_ok(v, "own signature", mls__verify_with_label(v->suite, &job));
	job.label = "another label";
	vec_true(v, "own signature is bound to its label",
	    mls__verify_with_label(v->suite, &job) ==
	    MLS_E_CONTENT_SIGNATURE);
out:
	mls__key_free(key);
}

static void
open_and_compare(struct vec *v, const struct mls_hpke_info *info,
    const struct mls_privkey *key, struct mls_buf enc, struct mls_buf ct,
    struct mls_buf want)
{
	uint8_t *pt = room(v, ct.len, "ciphertext");

	if (pt == NULL)
		return;
	if (vec_ok(v, "DecryptWithLabel", mls__hpke_open(pt, info, key, enc,
	    mls__buf(NULL, 0), ct, MLS_E_GROUP_SECRETS_DECRYPT)))
		vec_equal(v, "plaintext", mls__buf(pt,
		    ct.len - v->suite->nt), want);
}

static void
basics_encrypt(struct vec *v)
{
	const json_t *o = vec_object(v, v->json, "encrypt_with_label");
	struct mls_buf plain = vec_hex(v, o, "plaintext");
	struct mls_privkey *key = vec_key(v, MLS_ROLE_KEM,
	    vec_hex(v, o, "priv"), "encrypt_with_label.priv");
	struct mls_hpke_job job = {
		.pub = vec_hex(v, o, "pub"), .plaintext = plain,
		.enc = room(v, v->suite->nenc, "kem_output"),
		.ct = room(v, plain.len + v->suite->nt, "ciphertext")
	};
	uint8_t *seed = room(v, v->suite->seed_len, "seed");
	struct mls_hpke_info info;

	if (key == NULL || job.enc == NULL || job.ct == NULL || seed == NULL)
		goto out;
	vec_equal(v, "encrypt_with_label.pub", mls__key_public(key),
	    job.pub);
	if (!vec_ok(v, "encrypt_with_label", mls__hpke_prepare_label(&info,
	    v->suite, vec_text(v, o, "label"), vec_hex(v, o, "context"))))
		goto out;
	open_and_compare(v, &info, key, vec_hex(v, o, "kem_output"),
	    vec_hex(v, o, "ciphertext"), plain);
	vec_ok(v, "random", mls__random(seed, v->suite->seed_len, v->suite));
	job.seed = seed;
	if (vec_ok(v, "EncryptWithLabel", mls__hpke_seal_many(&info, &job,
	    1)))
		open_and_compare(v, &info, key,
		    mls__buf(job.enc, v->suite->nenc),
		    mls__buf(job.ct, plain.len + v->suite->nt), plain);
out:
	mls__key_free(key);
}

void
vec_crypto_basics(struct vec *v)
{
	basics_kdf(v);
	basics_sign(v);
	basics_encrypt(v);
}

static void
check_key(struct vec *v, const json_t *in, const char *kind,
    const struct mls_message_key *key)
{
	char field[64];

	snprintf(field, sizeof(field), "%s%s", kind, "key");
	vec_expect(v, in, field, mls__buf(key->key, v->suite->nk));
	snprintf(field, sizeof(field), "%s%s", kind, "nonce");
	vec_expect(v, in, field, mls__buf(key->nonce, v->suite->nn));
}

/* One ratchet, through the generations that the vector lists ascending. */
static void
check_ratchet(struct vec *v, const json_t *list, const char *kind,
    struct mls_secret secret)
{
	struct mls_message_key key;
	const json_t *entry;
	uint32_t generation = 0;
	uint64_t want;
	size_t i;

	json_array_foreach(list, i, entry) {
		want = vec_number(v, entry, "generation");
		for (; generation <= want && !v->failed; generation++)
			vec_ok(v, kind, mls__ratchet_step(&key, &secret,
			    v->suite, &secret, generation));
		if (!v->failed)
			check_key(v, entry, kind, &key);
	}
}

/* The secret of a leaf, down from the root. */
static struct mls_secret
leaf_secret(struct vec *v, struct mls_secret secret, uint32_t leaf,
    uint32_t width)
{
	struct mls_secret child[2] = { { 0 }, { 0 } };
	uint32_t node = mls__node_root(width), to = mls__leaf_node(leaf);

	while (node != to && !v->failed) {
		vec_ok(v, "secret tree", mls__secret_tree_children(&child[0],
		    &child[1], v->suite, &secret));
		secret = child[to > node];
		node = to > node ? mls__node_right(node) :
		    mls__node_left(node);
	}
	return secret;
}

void
vec_secret_tree(struct vec *v)
{
	const json_t *o = vec_object(v, v->json, "sender_data");
	const json_t *leaves = vec_array(v, v->json, "leaves"), *list;
	struct mls_secret secret = vec_secret(v, o, "sender_data_secret");
	struct mls_secret leaf, ratchet[2] = { { 0 }, { 0 } };
	struct mls_message_key key = { { 0 }, { 0 } };
	uint32_t width = mls__width_for((uint32_t)json_array_size(leaves));
	size_t i;

	vec_ok(v, "sender_data", mls__sender_data_key(&key, v->suite,
	    &secret, vec_hex(v, o, "ciphertext")));
	check_key(v, o, "", &key);
	secret = vec_secret(v, v->json, "encryption_secret");
	json_array_foreach(leaves, i, list) {
		leaf = leaf_secret(v, secret, (uint32_t)i, width);
		vec_ok(v, "leaf", mls__secret_tree_leaf(&ratchet[0],
		    &ratchet[1], v->suite, &leaf));
		check_ratchet(v, list, "handshake_", ratchet[0]);
		check_ratchet(v, list, "application_", ratchet[1]);
	}
}

void
vec_psk_secret(struct vec *v)
{
	const json_t *list = vec_array(v, v->json, "psks"), *o;
	size_t i, n = json_array_size(list);
	struct mls_psk *psks = mls__array_alloc(n, sizeof(*psks));
	struct mls_secret secret = { 0 };

	if (psks == NULL) {
		vec_fail(v, "psks", "out of memory");
		return;
	}
	json_array_foreach(list, i, o) {
		psks[i].id.type = MLS_PSK_EXTERNAL;
		psks[i].id.id = vec_hex(v, o, "psk_id");
		psks[i].id.nonce = vec_hex(v, o, "psk_nonce");
		psks[i].value = vec_hex(v, o, "psk");
	}
	vec_ok(v, "psk_secret", mls__psk_secret(&secret, v->suite, psks, n));
	vec_expect(v, v->json, "psk_secret", mls__secret_buf(&secret));
	free(psks);
}
