/* SPDX-License-Identifier: MIT */
/* Known answers, in hexadecimal; the tables end with a NULL or an id of 0. */
#ifndef CONFORMANCE_VECTORS_H
#define CONFORMANCE_VECTORS_H

#include <stdbool.h>
#include <stdint.h>

/* By SHA-256, SHA-384 and SHA-512. */
struct conf_hash_vector {
	const char *msg, *hash[3];
};
struct conf_hmac_vector {
	const char *key, *msg, *mac[3];
};
struct conf_hkdf_vector {
	const char *ikm, *salt, *info, *prk, *okm;
};
struct conf_aead_vector {
	uint16_t id;
	const char *key, *nonce, *aad, *pt, *ct; /* with the tag */
};
struct conf_dh_vector {
	uint16_t kem;
	const char *what, *priv, *pub, *dh;
};
struct conf_sign_vector {
	uint16_t id;
	const char *priv, *pub, *msg, *sig;
};
struct conf_torsion_vector {
	uint16_t id;
	bool holds;
	const char *what, *pub, *msg, *sig;
};

extern const struct conf_hash_vector conf_hashes[];
extern const struct conf_hmac_vector conf_hmacs[];
extern const struct conf_hkdf_vector conf_hkdfs[];
extern const struct conf_aead_vector conf_aeads[];
extern const struct conf_dh_vector conf_dhs[];
extern const struct conf_sign_vector conf_signs[];
extern const struct conf_torsion_vector conf_torsions[];

#endif
