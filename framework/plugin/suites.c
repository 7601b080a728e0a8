/* SPDX-License-Identifier: MIT */
#include "plugin/suites.h"

#include <string.h>

#include "plugin/text.h"

/* RFC 9420 §17.1: number, KEM, KDF, AEAD, signature, name. */
const struct mls_suite_row mls__suites[MLS_SUITES] = {
	{ 0x0001, 0x0020, 0x0001, 0x0001, 0x0807,
	    "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519" },
	{ 0x0002, 0x0010, 0x0001, 0x0001, 0x0403,
	    "MLS_128_DHKEMP256_AES128GCM_SHA256_P256" },
	{ 0x0003, 0x0020, 0x0001, 0x0003, 0x0807,
	    "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519" },
	{ 0x0004, 0x0021, 0x0003, 0x0002, 0x0808,
	    "MLS_256_DHKEMX448_AES256GCM_SHA512_Ed448" },
	{ 0x0005, 0x0012, 0x0003, 0x0002, 0x0603,
	    "MLS_256_DHKEMP521_AES256GCM_SHA512_P521" },
	{ 0x0006, 0x0021, 0x0003, 0x0003, 0x0808,
	    "MLS_256_DHKEMX448_CHACHA20POLY1305_SHA512_Ed448" },
	{ 0x0007, 0x0011, 0x0002, 0x0002, 0x0503,
	    "MLS_256_DHKEMP384_AES256GCM_SHA384_P384" },
};

struct name {
	uint16_t id;
	const char *name;
};

static const struct name kems[] = {
	{ 0x0010, "DHKEM(P-256)" },
	{ 0x0011, "DHKEM(P-384)" },
	{ 0x0012, "DHKEM(P-521)" },
	{ 0x0020, "DHKEM(X25519)" },
	{ 0x0021, "DHKEM(X448)" },
	{ 0x0040, "ML-KEM-512" },
	{ 0x0041, "ML-KEM-768" },
	{ 0x0042, "ML-KEM-1024" },
	{ 0x647a, "X-Wing" },
	{ 0, NULL },
};
static const struct name aeads[] = {
	{ 0x0001, "AES-128-GCM" },
	{ 0x0002, "AES-256-GCM" },
	{ 0x0003, "ChaCha20Poly1305" },
	{ 0, NULL },
};
static const struct name hashes[] = {
	{ 0x0001, "SHA-256" },
	{ 0x0002, "SHA-384" },
	{ 0x0003, "SHA-512" },
	{ 0, NULL },
};
static const struct name signatures[] = {
	{ 0x0403, "ecdsa_secp256r1_sha256" },
	{ 0x0503, "ecdsa_secp384r1_sha384" },
	{ 0x0603, "ecdsa_secp521r1_sha512" },
	{ 0x0807, "ed25519" },
	{ 0x0808, "ed448" },
	{ 0x0904, "mldsa44" },
	{ 0x0905, "mldsa65" },
	{ 0x0906, "mldsa87" },
	{ 0, NULL },
};

bool
mls__suite_number(uint16_t *out, const char *text)
{
	size_t i;

	for (i = 0; i < MLS_SUITES; i++)
		if (strcmp(mls__suites[i].name, text) == 0) {
			*out = mls__suites[i].number;
			return true;
		}
	return mls__number16(out, text);
}

bool
mls__signature_number(uint16_t *out, const char *text)
{
	const struct name *s;

	for (s = signatures; s->name != NULL; s++)
		if (strcmp(s->name, text) == 0) {
			*out = s->id;
			return true;
		}
	return mls__number16(out, text);
}

uint16_t
mls__suite_id(const struct mls_suite_row *row, uint16_t role)
{
	switch (role) {
	case MLS_ROLE_KEM:
		return row->kem;
	case MLS_ROLE_AEAD:
		return row->aead;
	case MLS_ROLE_HASH:
		return row->kdf;
	default:
		return row->signature;
	}
}

const char *
mls__role_name(uint16_t role)
{
	static const char *const names[] = { "?", "kem", "aead", "hash",
		"sign", "verify" };

	return names[role <= MLS_ROLE_VERIFY ? role : 0];
}

const char *
mls__alg_name(uint16_t role, uint16_t id)
{
	const struct name *n = role == MLS_ROLE_KEM ? kems :
	    role == MLS_ROLE_AEAD ? aeads :
	    role == MLS_ROLE_HASH ? hashes : signatures;

	for (; n->name != NULL; n++)
		if (n->id == id)
			return n->name;
	return NULL;
}
