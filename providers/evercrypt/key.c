/* SPDX-License-Identifier: MIT */
/* Keys, and Diffie-Hellman with them. */
#include "private.h"

#include <string.h>

#include <EverCrypt_Curve25519.h>
#include <EverCrypt_Ed25519.h>
#include <Hacl_P256.h>

#define UNCOMPRESSED 4
#define KEY 32 /* of a scalar, a coordinate, a seed */

/* X25519 and Ed25519: every string of the right length is a key.  Of an
 * Ed25519 key its expanded form is kept behind the seed; it begins with the
 * public half. */
static int
set(void *ctx, struct mls_key *key)
{
	bool ok = true;

	(void)ctx;
	if (key->curve != NULL) {
		key->public[0] = UNCOMPRESSED;
		ok = Hacl_P256_dh_initiator(key->public + 1, key->secret);
	} else if (key->alg->role == MLS_ROLE_KEM) {
		EverCrypt_Curve25519_secret_to_public(key->public,
		    key->secret);
	} else {
		EverCrypt_Ed25519_expand_keys(key->secret + KEY, key->secret);
		memcpy(key->public, key->secret + KEY, KEY);
	}
	mls__ever_burn();
	return ok ? MLS_P_OK : MLS_P_ARGUMENT;
}

/* EverCrypt refuses points off the curve, and the all-zero result of
 * RFC 7748 §6.1. */
static int
dh(void *ctx, const struct mls_key *key, const uint8_t *pub, uint8_t *out)
{
	uint8_t point[2 * KEY];
	bool ok;

	(void)ctx;
	if (key->curve == NULL) {
		ok = EverCrypt_Curve25519_ecdh(out, lend_octets(key->secret),
		    lend_octets(pub));
	} else {
		ok = pub[0] == UNCOMPRESSED && Hacl_P256_dh_responder(point,
		    lend_octets(pub + 1), lend_octets(key->secret));
		if (ok)
			memcpy(out, point, KEY);
		mls__module_wipe(point, sizeof(point));
	}
	mls__ever_burn();
	return ok ? MLS_P_OK : MLS_P_ARGUMENT;
}

static int
check(void *ctx, const struct mls_curve *c, const uint8_t *pub)
{
	(void)ctx;
	(void)c;
	return pub[0] == UNCOMPRESSED &&
	    Hacl_P256_validate_public_key(lend_octets(pub + 1)) ?
	    MLS_P_OK : MLS_P_ARGUMENT;
}

const struct mls_soft_ops mls__ever_soft = {
	.hmac = mls__ever_hmac,
	.set = set,
	.dh = dh,
	.check = check,
};
