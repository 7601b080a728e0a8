/* SPDX-License-Identifier: MIT */
/* What the kinds of Wycheproof's cases are put to. */
#include <string.h>

#include "common/dhkem.h"
#include "crypto/kem.h"
#include "crypto/labels.h"
#include "sha2.h"
#include "wycheproof.h"

#define REFUSED_AS MLS_E_ARGUMENT /* what the library is to say */

struct name {
	const char *name;
	uint16_t id;
};

static uint16_t
by_name(const struct name *names, const char *name)
{
	for (; names->name != NULL; names++)
		if (strcmp(names->name, name) == 0)
			return names->id;
	return 0;
}

static json_int_t
number(const json_t *v, const char *name)
{
	return json_integer_value(json_object_get(v, name));
}

static uint16_t
gcm_id(const json_t *group, const char *algorithm)
{
	json_int_t bits = number(group, "keySize");

	(void)algorithm;
	return bits == 128 ? 1 : bits == 256 ? 2 : 0;
}

static uint16_t
chacha_id(const json_t *group, const char *algorithm)
{
	(void)group;
	(void)algorithm;
	return 3;
}

static enum wycheproof_answer
run_aead(struct wycheproof *w, const json_t *test)
{
	struct conf *t = w->t;
	struct mls_buf key = wycheproof_octets(t, test, "key"),
	    nonce = wycheproof_octets(t, test, "iv"),
	    aad = wycheproof_octets(t, test, "aad"),
	    msg = wycheproof_octets(t, test, "msg"),
	    ct = wycheproof_octets(t, test, "ct"),
	    tag = wycheproof_octets(t, test, "tag");
	uint8_t *sealed, *made = conf_alloc(t, msg.len + w->suite.nt),
	    *opened = conf_alloc(t, ct.len);

	if (key.len != w->suite.nk || nonce.len != w->suite.nn ||
	    tag.len != w->suite.nt)
		return WYCHEPROOF_NOT_OURS;
	sealed = conf_alloc(t, ct.len + tag.len);
	memcpy(sealed, ct.data, ct.len);
	memcpy(sealed + ct.len, tag.data, tag.len);
	if (mls__aead_open(opened, &w->suite, key.data, nonce.data, aad,
	    mls__buf(sealed, ct.len + tag.len), REFUSED_AS) != 0)
		return WYCHEPROOF_REFUSED;
	if (mls__aead_seal(made, &w->suite, key.data, nonce.data, aad,
	    msg) != 0)
		return WYCHEPROOF_WRONG;
	return ct.len == msg.len && memcmp(opened, msg.data, msg.len) == 0 &&
	    memcmp(made, sealed, ct.len + tag.len) == 0 ?
	    WYCHEPROOF_TAKEN : WYCHEPROOF_WRONG;
}

static uint16_t
dh_id(const json_t *group, const char *algorithm)
{
	static const struct name curves[] = { { "curve25519", 0x0020 },
		{ "curve448", 0x0021 }, { "secp256r1", 0x0010 },
		{ "secp384r1", 0x0011 }, { "secp521r1", 0x0012 },
		{ NULL, 0 } };

	(void)algorithm;
	return by_name(curves, wycheproof_text(group, "curve"));
}

/* A number may have more zeros in front than the library takes. */
static struct mls_buf
scalar(struct wycheproof *w, struct mls_buf priv)
{
	for (; priv.len > w->suite.nsk && priv.data[0] == 0; priv.len--)
		priv.data++;
	return priv;
}

/* KEM.Decap with the other's key as enc; the secret that the file has is that
 * of the curve alone, and goes through the rest of DHKEM here. */
static enum wycheproof_answer
run_dh(struct wycheproof *w, const json_t *test)
{
	struct conf *t = w->t;
	struct mls_buf pub = wycheproof_octets(t, test, "public"),
	    priv = scalar(w, wycheproof_octets(t, test, "private")),
	    dh = wycheproof_octets(t, test, "shared");
	uint8_t got[MLS_MAX_KEY], want[MLS_DHKEM_MAX_HASH];
	const struct mls_dhkem *kem = mls__dhkem_find(w->alg->id);
	struct mls_privkey *key = NULL;
	int checked, rc;

	if (mls__key_import(&key, &w->suite, MLS_ROLE_KEM, priv) != 0)
		return WYCHEPROOF_NOT_OURS;
	checked = mls__kem_check_public(&w->suite, pub);
	rc = mls__kem_decap(got, &w->suite, key, pub);
	if (rc == 0 && dh.len == kem->dh_len)
		rc = mls__dhkem_shared(want, kem, sha2_hmac, NULL, dh.data,
		    pub.data, mls__key_public(key).data) == MLS_P_OK &&
		    memcmp(got, want, kem->hash_len) == 0 ? 0 : 1;
	mls__key_free(key);
	/* Both have to be of one mind. */
	if (checked != 0 && rc < 0)
		return WYCHEPROOF_REFUSED;
	return checked == 0 && rc == 0 ? WYCHEPROOF_TAKEN : WYCHEPROOF_WRONG;
}

static uint16_t
signature_id(const json_t *group, const char *algorithm)
{
	static const struct name schemes[] = {
		{ "secp256r1 SHA-256", 0x0403 },
		{ "secp384r1 SHA-384", 0x0503 },
		{ "secp521r1 SHA-512", 0x0603 },
		{ "edwards25519 ", 0x0807 }, { "edwards448 ", 0x0808 },
		{ NULL, 0 } };
	const json_t *key = json_object_get(group, "publicKey");
	char name[64];

	(void)algorithm;
	snprintf(name, sizeof(name), "%s %s", wycheproof_text(key, "curve"),
	    wycheproof_text(group, "sha"));
	return by_name(schemes, name);
}

static enum wycheproof_answer
run_verify(struct wycheproof *w, const json_t *test)
{
	const json_t *key = json_object_get(w->group, "publicKey");
	struct mls_buf pub = wycheproof_octets(w->t, key,
	    json_object_get(key, "pk") != NULL ? "pk" : "uncompressed");

	return mls__verify(&w->suite, pub,
	    wycheproof_octets(w->t, test, "msg"),
	    wycheproof_octets(w->t, test, "sig"), REFUSED_AS) == 0 ?
	    WYCHEPROOF_TAKEN : WYCHEPROOF_REFUSED;
}

static uint16_t
hash_id(const json_t *group, const char *algorithm)
{
	static const struct name names[] = { { "HKDF-SHA-256", 1 },
		{ "HKDF-SHA-384", 2 }, { "HKDF-SHA-512", 3 },
		{ "HMACSHA256", 1 }, { "HMACSHA384", 2 }, { "HMACSHA512", 3 },
		{ NULL, 0 } };

	(void)group;
	return by_name(names, algorithm);
}

static enum wycheproof_answer
run_hkdf(struct wycheproof *w, const json_t *test)
{
	struct conf *t = w->t;
	struct mls_buf okm = wycheproof_octets(t, test, "okm");
	size_t size = (size_t)number(test, "size");
	uint8_t *got = conf_alloc(t, size);
	struct mls_secret prk;

	if (mls__kdf_extract(&prk, &w->suite, wycheproof_octets(t, test,
	    "salt"), wycheproof_octets(t, test, "ikm")) != 0 ||
	    mls__kdf_expand(got, size, &w->suite, mls__secret_buf(&prk),
	    wycheproof_octets(t, test, "info")) != 0)
		return WYCHEPROOF_REFUSED;
	return okm.len == size && memcmp(got, okm.data, size) == 0 ?
	    WYCHEPROOF_TAKEN : WYCHEPROOF_WRONG;
}

/* MLS cuts no MAC short; that of a shorter tag is compared as far as it goes,
 * and what is not the MAC counts as refused. */
static enum wycheproof_answer
run_mac(struct wycheproof *w, const json_t *test)
{
	struct conf *t = w->t;
	struct mls_buf tag = wycheproof_octets(t, test, "tag"),
	    msg = wycheproof_octets(t, test, "msg");
	uint8_t got[MLS_MAX_HASH];

	if (mls__hmac(got, &w->suite, wycheproof_octets(t, test, "key"), &msg,
	    1) != 0)
		return WYCHEPROOF_WRONG;
	return tag.len <= w->suite.nh && mls__equal_ct(tag, mls__buf(got,
	    tag.len)) ? WYCHEPROOF_TAKEN : WYCHEPROOF_REFUSED;
}

const struct wycheproof_kind wycheproof_kinds[] = {
	{ "AeadTest", "AES-GCM", MLS_ROLE_AEAD, gcm_id, run_aead },
	{ "AeadTest", "CHACHA20-POLY1305", MLS_ROLE_AEAD, chacha_id,
	    run_aead },
	{ "XdhComp", "", MLS_ROLE_KEM, dh_id, run_dh },
	{ "EcdhEcpointTest", "", MLS_ROLE_KEM, dh_id, run_dh },
	{ "EcdsaVerify", "", MLS_ROLE_VERIFY, signature_id, run_verify },
	{ "EddsaVerify", "", MLS_ROLE_VERIFY, signature_id, run_verify },
	{ "MLKEMKeyGen", "", MLS_ROLE_KEM, wycheproof_mlkem_id,
	    wycheproof_mlkem_keygen },
	{ "MLKEMTest", "", MLS_ROLE_KEM, wycheproof_mlkem_id,
	    wycheproof_mlkem_decaps },
	{ "MLKEMEncapsTest", "", MLS_ROLE_KEM, wycheproof_mlkem_id,
	    wycheproof_mlkem_encaps },
	{ "HkdfTest", "", MLS_ROLE_HASH, hash_id, run_hkdf },
	{ "MacTest", "", MLS_ROLE_HASH, hash_id, run_mac },
	{ NULL, NULL, 0, NULL, NULL },
};
