/* SPDX-License-Identifier: MIT */
/* The algorithms of RFC 9420's suites, as rows of a provider's table. */
#ifndef MLS_COMMON_ALGS_H
#define MLS_COMMON_ALGS_H

#include <stdbool.h>

#include "common/ecdsa.h"
#include "libmls/provider.h"

/* role, id, public, secret, output, aux, seed */
#define MLS_ALG_KEM_P256 { MLS_ROLE_KEM, 0x0010, 65, 32, 32, 65, 32, 0, 0 }
#define MLS_ALG_KEM_P384 { MLS_ROLE_KEM, 0x0011, 97, 48, 48, 97, 48, 0, 0 }
#define MLS_ALG_KEM_P521 { MLS_ROLE_KEM, 0x0012, 133, 66, 64, 133, 66, 0, 0 }
#define MLS_ALG_KEM_X25519 { MLS_ROLE_KEM, 0x0020, 32, 32, 32, 32, 32, 0, 0 }
#define MLS_ALG_KEM_X448 { MLS_ROLE_KEM, 0x0021, 56, 56, 64, 56, 56, 0, 0 }
#define MLS_ALG_AES_128_GCM { MLS_ROLE_AEAD, 1, 0, 16, 16, 12, 0, 0, 0 }
#define MLS_ALG_AES_256_GCM { MLS_ROLE_AEAD, 2, 0, 32, 16, 12, 0, 0, 0 }
#define MLS_ALG_CHACHA { MLS_ROLE_AEAD, 3, 0, 32, 16, 12, 0, 0, 0 }
#define MLS_ALG_SHA256 { MLS_ROLE_HASH, 1, 0, 0, 32, 0, 0, 0, 0 }
#define MLS_ALG_SHA384 { MLS_ROLE_HASH, 2, 0, 0, 48, 0, 0, 0, 0 }
#define MLS_ALG_SHA512 { MLS_ROLE_HASH, 3, 0, 0, 64, 0, 0, 0, 0 }
#define MLS_ALG_SIGN_P256 { MLS_ROLE_SIGN, 0x0403, 65, 32, 72, 0, 0, 0, 0 }
#define MLS_ALG_SIGN_P384 { MLS_ROLE_SIGN, 0x0503, 97, 48, 104, 0, 0, 0, 0 }
#define MLS_ALG_SIGN_P521 \
	{ MLS_ROLE_SIGN, 0x0603, 133, 66, MLS_ECDSA_MAX, 0, 0, 0, 0 }
#define MLS_ALG_SIGN_ED25519 { MLS_ROLE_SIGN, 0x0807, 32, 32, 64, 0, 0, 0, 0 }
#define MLS_ALG_SIGN_ED448 { MLS_ROLE_SIGN, 0x0808, 57, 57, 114, 0, 0, 0, 0 }
#define MLS_ALG_VERIFY_P256 { MLS_ROLE_VERIFY, 0x0403, 65, 0, 72, 0, 0, 0, 0 }
#define MLS_ALG_VERIFY_P384 { MLS_ROLE_VERIFY, 0x0503, 97, 0, 104, 0, 0, 0, 0 }
#define MLS_ALG_VERIFY_P521 \
	{ MLS_ROLE_VERIFY, 0x0603, 133, 0, MLS_ECDSA_MAX, 0, 0, 0, 0 }
#define MLS_ALG_VERIFY_ED25519 \
	{ MLS_ROLE_VERIFY, 0x0807, 32, 0, 64, 0, 0, 0, 0 }
#define MLS_ALG_VERIFY_ED448 \
	{ MLS_ROLE_VERIFY, 0x0808, 57, 0, 114, 0, 0, 0, 0 }

/* All of them. */
#define MLS_ALGS_RFC9420 \
	MLS_ALG_KEM_P256, MLS_ALG_KEM_P384, MLS_ALG_KEM_P521, \
	MLS_ALG_KEM_X25519, MLS_ALG_KEM_X448, \
	MLS_ALG_AES_128_GCM, MLS_ALG_AES_256_GCM, MLS_ALG_CHACHA, \
	MLS_ALG_SHA256, MLS_ALG_SHA384, MLS_ALG_SHA512, \
	MLS_ALG_SIGN_P256, MLS_ALG_SIGN_P384, MLS_ALG_SIGN_P521, \
	MLS_ALG_SIGN_ED25519, MLS_ALG_SIGN_ED448, \
	MLS_ALG_VERIFY_P256, MLS_ALG_VERIFY_P384, MLS_ALG_VERIFY_P521, \
	MLS_ALG_VERIFY_ED25519, MLS_ALG_VERIFY_ED448

/* aead_fits(aead, len): whether a plaintext may be so long under one nonce:
 * RFC 5116 §5.1, RFC 8439 §2.8. */
static inline bool
mls__aead_fits(uint16_t aead, size_t len)
{
	static const uint64_t gcm = ((uint64_t)1 << 36) - 32;
	static const uint64_t chacha = ((uint64_t)1 << 38) - 64;

	return len <= (aead == 3 ? chacha : gcm);
}

#endif
