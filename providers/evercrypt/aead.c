/* SPDX-License-Identifier: MIT */
/*
 * The key is expanded on the stack for each message, as keys of MLS serve for
 * one.  EverCrypt's AES-GCM writes plaintext before it knows that the tag is
 * genuine; its ChaCha20-Poly1305 does not.
 */
#include "private.h"

#include <EverCrypt_AEAD.h>

#include "common/aside.h"

#define TAG 16
#define NONCE 12
#define AEADS 3
#define CHACHA 3

/* By AEAD id - 1. */
static const Spec_Agile_AEAD_alg algs[AEADS] = { Spec_Agile_AEAD_AES128_GCM,
	Spec_Agile_AEAD_AES256_GCM, Spec_Agile_AEAD_CHACHA20_POLY1305 };

static int
status(EverCrypt_Error_error_code e)
{
	switch (e) {
	case EverCrypt_Error_Success:
		return MLS_P_OK;
	case EverCrypt_Error_AuthenticationFailure:
		return MLS_P_VERIFY;
	default: /* EverCrypt_Error_UnsupportedAlgorithm */
		return MLS_P_UNSUPPORTED;
	}
}

int
mls__ever_aead_seal(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt, uint8_t *ct)
{
	EverCrypt_Error_error_code e;

	(void)ctx;
	if (aead == 0 || aead > AEADS)
		return MLS_P_UNSUPPORTED;
	if (pt.len > MLS_EVER_LONGEST || aad.len > MLS_EVER_LONGEST)
		return MLS_P_ARGUMENT;
	e = EverCrypt_AEAD_encrypt_expand(algs[aead - 1], lend_octets(key),
	    lend_octets(nonce), NONCE, lend(aad), (uint32_t)aad.len, lend(pt),
	    (uint32_t)pt.len, ct, ct + pt.len);
	mls__ever_burn();
	return status(e);
}

static int
open_to(uint8_t *pt, const struct mls_sealed *s)
{
	uint8_t none[1];
	EverCrypt_Error_error_code e;

	e = EverCrypt_AEAD_decrypt_expand(algs[s->aead - 1],
	    lend_octets(s->key), lend_octets(s->nonce), NONCE, lend(s->aad),
	    (uint32_t)s->aad.len, lend(s->ct), (uint32_t)s->ct.len,
	    lend_octets(s->ct.data + s->ct.len), s->ct.len > 0 ? pt : none);
	mls__ever_burn();
	return status(e);
}

int
mls__ever_aead_open(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct, uint8_t *pt)
{
	struct mls_sealed s = { aead, key, nonce, aad, ct };

	(void)ctx;
	if (aead == 0 || aead > AEADS)
		return MLS_P_UNSUPPORTED;
	if (aad.len > MLS_EVER_LONGEST)
		return MLS_P_ARGUMENT;
	if (ct.len < TAG || ct.len - TAG > MLS_EVER_LONGEST)
		return MLS_P_VERIFY;
	s.ct.len -= TAG;
	return aead == CHACHA ? open_to(pt, &s) :
	    mls__open_aside(pt, open_to, &s);
}

bool
mls__ever_has_aes(void)
{
	uint8_t key[32] = { 0 }, out[TAG];
	struct mls_buf none = { NULL, 0 };

	return mls__ever_aead_seal(NULL, 1, key, key, none, none, out) ==
	    MLS_P_OK && mls__ever_aead_seal(NULL, 2, key, key, none, none,
	    out) == MLS_P_OK;
}
