/* SPDX-License-Identifier: MIT */
/*
 * The provider ABI, version 1, to the octet: members are appended, never moved,
 * and numbers never change (a change here is a new ABI).  A table that grows
 * gets a row and its new size; one that stands in arrays (alg, buf, param,
 * encap) never does.  P is the size of a pointer: 8 on LP64, 4 on ILP32.
 * Compiled with the tests; there is nothing to run.  What the operations take
 * is watched by tools/abi.
 */
#include <stddef.h>

#include "libmls/provider.h"

#define P sizeof(void *)
#define AT(type, member, offset) \
	_Static_assert(offsetof(struct type, member) == (offset), \
	    #type "." #member " has moved")
#define SIZE(type, size) \
	_Static_assert(sizeof(struct type) == (size), \
	    "struct " #type " has another size")
#define IS(name, value) \
	_Static_assert((name) == (value), #name " has changed")

_Static_assert(sizeof(size_t) == sizeof(void *), "an unknown data model");

AT(mls_alg, role, 0);
AT(mls_alg, id, 2);
AT(mls_alg, public_len, 4);
AT(mls_alg, secret_len, 6);
AT(mls_alg, output_len, 8);
AT(mls_alg, aux_len, 10);
AT(mls_alg, seed_len, 12);
AT(mls_alg, flags, 14);
AT(mls_alg, zero, 16);
SIZE(mls_alg, 20);

AT(mls_buf, data, 0 * P);
AT(mls_buf, len, 1 * P);
SIZE(mls_buf, 2 * P);

AT(mls_param, name, 0 * P);
AT(mls_param, value, 1 * P);
SIZE(mls_param, 2 * P);

AT(mls_encap, pub, 0 * P);
AT(mls_encap, seed, 2 * P);
AT(mls_encap, enc, 3 * P);
AT(mls_encap, shared, 4 * P);
AT(mls_encap, status, 5 * P);
SIZE(mls_encap, 6 * P);

AT(mls_host, size, 0 * P);
AT(mls_host, self, 1 * P);
AT(mls_host, log, 2 * P);
AT(mls_host, random, 3 * P);
AT(mls_host, hash, 4 * P);
AT(mls_host, hmac, 5 * P);
SIZE(mls_host, 6 * P);

AT(mls_crypto_ops, size, 0 * P);
AT(mls_crypto_ops, algorithms, 1 * P);
AT(mls_crypto_ops, key_generate, 2 * P);
AT(mls_crypto_ops, key_derive, 3 * P);
AT(mls_crypto_ops, key_import, 4 * P);
AT(mls_crypto_ops, key_load, 5 * P);
AT(mls_crypto_ops, key_save, 6 * P);
AT(mls_crypto_ops, key_public, 7 * P);
AT(mls_crypto_ops, key_destroy, 8 * P);
AT(mls_crypto_ops, key_release, 9 * P);
AT(mls_crypto_ops, kem_encap, 10 * P);
AT(mls_crypto_ops, kem_decap, 11 * P);
AT(mls_crypto_ops, kem_check_public, 12 * P);
AT(mls_crypto_ops, sign, 13 * P);
AT(mls_crypto_ops, verify, 14 * P);
AT(mls_crypto_ops, hash, 15 * P);
AT(mls_crypto_ops, hmac, 16 * P);
AT(mls_crypto_ops, aead_seal, 17 * P);
AT(mls_crypto_ops, aead_open, 18 * P);
AT(mls_crypto_ops, hkdf_expand, 19 * P);
AT(mls_crypto_ops, kem_encap_batch, 20 * P);
SIZE(mls_crypto_ops, 21 * P);

AT(mls_keystore_ops, size, 0 * P);
AT(mls_keystore_ops, begin, 1 * P);
AT(mls_keystore_ops, get, 2 * P);
AT(mls_keystore_ops, scan, 3 * P);
AT(mls_keystore_ops, put, 4 * P);
AT(mls_keystore_ops, del, 5 * P);
AT(mls_keystore_ops, commit, 6 * P);
AT(mls_keystore_ops, rollback, 7 * P);
SIZE(mls_keystore_ops, 8 * P);

AT(mls_rng_ops, size, 0 * P);
AT(mls_rng_ops, fill, 1 * P);
SIZE(mls_rng_ops, 2 * P);

AT(mls_executor_ops, size, 0 * P);
AT(mls_executor_ops, width, 1 * P);
AT(mls_executor_ops, parallel_for, 2 * P);
SIZE(mls_executor_ops, 3 * P);

AT(mls_provider, magic, 0);
AT(mls_provider, abi, 4);
AT(mls_provider, size, 8);
AT(mls_provider, name, 8 + 1 * P);
AT(mls_provider, version, 8 + 2 * P);
AT(mls_provider, vendor, 8 + 3 * P);
AT(mls_provider, flags, 8 + 4 * P);
AT(mls_provider, zero, 12 + 4 * P);
AT(mls_provider, init, 16 + 4 * P);
AT(mls_provider, fini, 16 + 5 * P);
AT(mls_provider, self_test, 16 + 6 * P);
AT(mls_provider, crypto, 16 + 7 * P);
AT(mls_provider, keystore, 16 + 8 * P);
AT(mls_provider, rng, 16 + 9 * P);
AT(mls_provider, executor, 16 + 10 * P);
SIZE(mls_provider, 16 + 11 * P);

IS(MLS_PROVIDER_MAGIC, 0x4d4c5350);
IS(MLS_PROVIDER_ABI, 1);

IS(MLS_P_OK, 0);
IS(MLS_P_VERIFY, 1);
IS(MLS_P_UNSUPPORTED, 2);
IS(MLS_P_ARGUMENT, 3);
IS(MLS_P_SPACE, 4);
IS(MLS_P_NOMEM, 5);
IS(MLS_P_NOTFOUND, 6);
IS(MLS_P_BUSY, 7);
IS(MLS_P_FULL, 8);
IS(MLS_P_IO, 9);
IS(MLS_P_AUTH, 10);
IS(MLS_P_GONE, 11);

IS(MLS_ROLE_KEM, 1);
IS(MLS_ROLE_AEAD, 2);
IS(MLS_ROLE_HASH, 3);
IS(MLS_ROLE_SIGN, 4);
IS(MLS_ROLE_VERIFY, 5);

IS(MLS_KEY_RAW, 1);
IS(MLS_KEY_REF, 2);
IS(MLS_PROVIDER_SERIAL, 1);
IS(MLS_PROVIDER_VOLATILE, 2);

IS(MLS_LOG_ERROR, 0);
IS(MLS_LOG_WARNING, 1);
IS(MLS_LOG_INFO, 2);
IS(MLS_LOG_DEBUG, 3);

int
main(void)
{
	return 0;
}
