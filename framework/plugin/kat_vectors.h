/* SPDX-License-Identifier: MIT */
#ifndef MLS_PLUGIN_KAT_VECTORS_H
#define MLS_PLUGIN_KAT_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The tables end with an id of 0.  Octets are in hexadecimal. */
struct mls_kat_kem {
	uint16_t id;
	const char *ikm, *seed; /* of the recipient's key; of encapsulation */
	const char *pub, *enc, *shared;
};
struct mls_kat_aead {
	uint16_t id;
	const char *key, *nonce;
	const char *sealed; /* the plaintext, under the message as aad */
};
struct mls_kat_hash {
	uint16_t id;
	const char *hash, *hmac;
};
struct mls_kat_sign {
	uint16_t id;
	bool deterministic;
	const char *priv, *pub, *sig;
};

extern const struct mls_kat_kem mls__kat_kems[];
extern const struct mls_kat_aead mls__kat_aeads[];
extern const struct mls_kat_hash mls__kat_hashes[];
extern const struct mls_kat_sign mls__kat_signs[];
extern const char mls__kat_message[], mls__kat_plaintext[];

#endif
