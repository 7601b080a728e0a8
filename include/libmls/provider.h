/* SPDX-License-Identifier: MIT */
/*
 * The provider ABI of libmls, version 1.
 *
 * This header is all that a provider includes.  It needs no library to link
 * with: a provider is a shared object that exports one data symbol,
 * mls_provider_1, made with the MLS_PROVIDER macro at the end of this file.
 *
 * Rules that hold for every operation:
 *  - The caller owns every buffer; the provider owns key handles and
 *    transactions until their release, commit or rollback.
 *  - On an error nothing is written through an out pointer to a handle, and
 *    what stands in output buffers is unspecified; libmls wipes it.
 *  - Outputs never overlap inputs, but for aead_seal and aead_open, whose
 *    plaintext and ciphertext may start at exactly the same address.
 *  - Any operation may be called on one context from any threads at once,
 *    unless the provider sets MLS_PROVIDER_SERIAL.  A transaction belongs to
 *    one thread at a time.
 *  - Who makes a copy of a secret wipes it.
 */
#ifndef LIBMLS_PROVIDER_H
#define LIBMLS_PROVIDER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MLS_PROVIDER_MAGIC 0x4d4c5350u /* "MLSP" */
#define MLS_PROVIDER_ABI 1u

/* Statuses of a provider, numbered apart from the library's errors. */
#define MLS_P_OK 0
#define MLS_P_VERIFY 1      /* a signature, tag or ciphertext is not genuine */
#define MLS_P_UNSUPPORTED 2 /* no such algorithm, role or operation here */
#define MLS_P_ARGUMENT 3    /* a length, point or scalar is not valid */
#define MLS_P_SPACE 4       /* the output does not fit in *len octets */
#define MLS_P_NOMEM 5
#define MLS_P_NOTFOUND 6
#define MLS_P_BUSY 7 /* another process or transaction holds it; try later */
#define MLS_P_FULL 8
#define MLS_P_IO 9
#define MLS_P_AUTH 10 /* the token wants a login that was not given */
#define MLS_P_GONE 11 /* the device or object went away */

/* Roles of an algorithm. */
#define MLS_ROLE_KEM 1
#define MLS_ROLE_AEAD 2
#define MLS_ROLE_HASH 3
#define MLS_ROLE_SIGN 4
#define MLS_ROLE_VERIFY 5

/* Kinds of a saved key. */
#define MLS_KEY_RAW 1u /* canonical octets that any provider can import */
#define MLS_KEY_REF 2u /* a reference that only its owner understands */

/* Flags of struct mls_provider. */
#define MLS_PROVIDER_SERIAL 1u /* never call into me from two threads */
#define MLS_PROVIDER_VOLATILE 2u /* my keystore ends with its context */

/* Levels of host->log. */
#define MLS_LOG_ERROR 0
#define MLS_LOG_WARNING 1
#define MLS_LOG_INFO 2
#define MLS_LOG_DEBUG 3

/* Borrowed octets, good for one call.  data may be NULL if len is 0. */
struct mls_buf {
	const uint8_t *data;
	size_t len;
};

/* One `x-name = value` of the config, or of the application. */
struct mls_param {
	const char *name, *value;
};

/*
 * An algorithm that a provider offers, with its sizes in octets.  Frozen.
 *
 * id is an IANA number: the HPKE KEM or AEAD (RFC 9180, section 7), for
 * MLS_ROLE_HASH the HPKE KDF that the hash underlies, for signatures the TLS
 * SignatureScheme.
 *
 *          public_len  secret_len  output_len  aux_len  seed_len
 *   KEM    Npk         Nsk         Nsecret     Nenc     taken by kem_encap
 *   AEAD   0           Nk          Nt          Nn       0
 *   HASH   0           0           Nh          0        0
 *   SIGN   public key  private key signature   0        0
 *   VERIFY public key  0           signature   0        0
 *
 * For SIGN, secret_len 0 says that keys are opaque only; output_len is the
 * longest signature.
 */
struct mls_alg {
	uint16_t role, id;
	uint16_t public_len, secret_len;
	uint16_t output_len, aux_len;
	uint16_t seed_len, flags;
	uint32_t zero;
};

/* One recipient of kem_encap_batch.  Frozen. */
struct mls_encap {
	struct mls_buf pub;
	const uint8_t *seed;
	uint8_t *enc, *shared;
	int status;
};

struct mls_key; /* a private key: an immutable object of the provider's own */
struct mls_txn; /* a transaction of a keystore */

/*
 * What libmls lends a provider, from init until fini.  Safe from any thread.
 * hash and hmac take an HPKE KDF id, as in struct mls_crypto_ops; a provider
 * with MLS_PROVIDER_SERIAL gets them from one without, so that no two wait for
 * each other, and UNSUPPORTED if there is none.
 */
struct mls_host {
	size_t size;
	void *self;
	void (*log)(void *self, int level, const char *text);
	int (*random)(void *self, uint8_t *out, size_t len);
	int (*hash)(void *self, uint16_t kdf, const struct mls_buf *in,
	    size_t n, uint8_t *out);
	int (*hmac)(void *self, uint16_t kdf, struct mls_buf key,
	    const struct mls_buf *in, size_t n, uint8_t *out);
};

/*
 * Cryptography.  Members after aead_open are optional: where they are NULL
 * or beyond `size`, libmls composes or loops.  A provider that does not offer
 * a role may leave that role's operations NULL.
 */
struct mls_crypto_ops {
	size_t size;
	/* The algorithms offered; the list lives until fini. */
	size_t (*algorithms)(void *ctx, const struct mls_alg **list);

	/* A new opaque key.  Software keys are made with key_derive and
	 * key_import from octets that libmls draws.  However it was made, a
	 * key is volatile until key_save. */
	int (*key_generate)(void *ctx, uint16_t role, uint16_t id,
	    struct mls_key **out);
	/* RFC 9180 DeriveKeyPair(ikm). */
	int (*key_derive)(void *ctx, uint16_t kem, struct mls_buf ikm,
	    struct mls_key **out);
	/* From canonical octets: a big-endian scalar or the EdDSA seed, of
	 * exactly secret_len octets.  ARGUMENT if out of range. */
	int (*key_import)(void *ctx, uint16_t role, uint16_t id,
	    struct mls_buf priv, struct mls_key **out);
	/* From a blob that key_save of this provider made.  NOTFOUND if, and
	 * only if, its key is not there any more. */
	int (*key_load)(void *ctx, uint16_t role, uint16_t id,
	    struct mls_buf blob, struct mls_key **out);
	/* *len: capacity in, length out.  *kind: MLS_KEY_RAW or _REF.  With
	 * REF the key is there for good, until key_destroy; one key has one
	 * reference. */
	int (*key_save)(void *ctx, const struct mls_key *key, uint32_t *kind,
	    uint8_t *blob, size_t *len);
	int (*key_public)(void *ctx, const struct mls_key *key, uint8_t *pub,
	    size_t *len);
	/* Erase the key where it lives, and drop the handle, also on an
	 * error.  OK or NOTFOUND: it is not there any more; else it is asked
	 * again.  Other handles of it may be open: they answer GONE. */
	int (*key_destroy)(void *ctx, struct mls_key *key);
	/* Drop the handle, wiping what is in memory.  NULL is fine. */
	void (*key_release)(void *ctx, struct mls_key *key);

	/* seed: seed_len octets; DHKEM: skE = DeriveKeyPair(seed). */
	int (*kem_encap)(void *ctx, uint16_t kem, struct mls_buf pub,
	    const uint8_t *seed, uint8_t *enc, uint8_t *shared);
	int (*kem_decap)(void *ctx, const struct mls_key *key,
	    struct mls_buf enc, uint8_t *shared);
	/* ARGUMENT unless pub is a valid public key in canonical form. */
	int (*kem_check_public)(void *ctx, uint16_t kem, struct mls_buf pub);

	/* *len: capacity in, length out.  ECDSA gives strict DER, low s. */
	int (*sign)(void *ctx, const struct mls_key *key, struct mls_buf msg,
	    uint8_t *sig, size_t *len);
	/* VERIFY if the signature does not hold, ARGUMENT for a bad key. */
	int (*verify)(void *ctx, uint16_t scheme, struct mls_buf pub,
	    struct mls_buf msg, struct mls_buf sig);

	/* Over the concatenation of n pieces. */
	int (*hash)(void *ctx, uint16_t kdf, const struct mls_buf *in,
	    size_t n, uint8_t *out);
	int (*hmac)(void *ctx, uint16_t kdf, struct mls_buf key,
	    const struct mls_buf *in, size_t n, uint8_t *out);

	/* ct holds pt.len + Nt octets: ciphertext, then tag. */
	int (*aead_seal)(void *ctx, uint16_t aead, const uint8_t *key,
	    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt,
	    uint8_t *ct);
	/* pt holds ct.len - Nt octets; nothing is written on VERIFY. */
	int (*aead_open)(void *ctx, uint16_t aead, const uint8_t *key,
	    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct,
	    uint8_t *pt);

	/* Optional from here on. */
	int (*hkdf_expand)(void *ctx, uint16_t kdf, struct mls_buf prk,
	    struct mls_buf info, uint8_t *out, size_t len);
	int (*kem_encap_batch)(void *ctx, uint16_t kem, struct mls_encap *v,
	    size_t n);
};

/* Called with borrowed octets; a value other than 0 ends a scan, and get or
 * scan returns it.  Makes no call on the transaction. */
typedef int (*mls_record_fn)(void *arg, struct mls_buf key,
    struct mls_buf value);

/* Ordered records in transactions.  Keys are compared as octet strings. */
struct mls_keystore_ops {
	size_t size;
	/* BUSY if another process or transaction holds the write lock. */
	int (*begin)(void *ctx, uint32_t writable, struct mls_txn **out);
	int (*get)(struct mls_txn *txn, struct mls_buf key, mls_record_fn fn,
	    void *arg); /* NOTFOUND if absent */
	int (*scan)(struct mls_txn *txn, struct mls_buf prefix,
	    mls_record_fn fn, void *arg); /* ascending */
	int (*put)(struct mls_txn *txn, struct mls_buf key,
	    struct mls_buf value);
	/* Absent is OK.  The old value is gone from every file of the
	 * provider when commit returns. */
	int (*del)(struct mls_txn *txn, struct mls_buf key);
	/* Durable on OK, unless the provider is VOLATILE; the transaction is
	 * gone either way. */
	int (*commit)(struct mls_txn *txn);
	void (*rollback)(struct mls_txn *txn); /* NULL is fine */
};

struct mls_rng_ops {
	size_t size;
	int (*fill)(void *ctx, uint8_t *out, size_t len);
};

typedef void (*mls_range_fn)(void *arg, size_t from, size_t to);

struct mls_executor_ops {
	size_t size;
	size_t (*width)(void *ctx);
	/* Calls fn for ranges of about `grain` that cover 0..n, every index
	 * once, and blocks until all are done.  Runs inline when nested. */
	void (*parallel_for)(void *ctx, size_t n, size_t grain,
	    mls_range_fn fn, void *arg);
};

/* The descriptor.  Constant data in static storage. */
struct mls_provider {
	uint32_t magic, abi; /* with size, the same in every ABI to come */
	size_t size;
	const char *name, *version, *vendor;
	uint32_t flags, zero;
	/* params and their strings live only during the call; ARGUMENT for
	 * one that is not known.  init may be called again for a second,
	 * independent context. */
	int (*init)(const struct mls_host *host,
	    const struct mls_param *params, size_t n, void **ctx);
	void (*fini)(void *ctx);
	int (*self_test)(void *ctx); /* optional */
	const struct mls_crypto_ops *crypto; /* NULL: not offered; so below */
	const struct mls_keystore_ops *keystore;
	const struct mls_rng_ops *rng;
	const struct mls_executor_ops *executor;
};

/* True if the table at p was compiled with member m and has it. */
#define MLS_HAS(p, m) \
	((p)->size >= (size_t)((const char *)(&(p)->m + 1) - \
	    (const char *)(p)) && (p)->m != NULL)

/*
 * Opens the definition of a provider's descriptor:
 *
 *	MLS_PROVIDER(acme) = {
 *		MLS_PROVIDER_HEADER, .name = "acme", ...
 *	};
 *
 * In a static build (MLS_PROVIDER_STATIC defined) the symbol is
 * mls_provider_1_acme, so that several can be linked into one program.
 */
#if defined(__GNUC__)
#define MLS_PROVIDER_EXPORT __attribute__((visibility("default")))
#else
#define MLS_PROVIDER_EXPORT
#endif

#ifdef MLS_PROVIDER_STATIC
#define MLS_PROVIDER_SYMBOL(id) mls_provider_1_##id
#else
#define MLS_PROVIDER_SYMBOL(id) mls_provider_1
#endif

#define MLS_PROVIDER(id) \
	extern MLS_PROVIDER_EXPORT const struct mls_provider \
	    MLS_PROVIDER_SYMBOL(id); \
	const struct mls_provider MLS_PROVIDER_SYMBOL(id)

#define MLS_PROVIDER_HEADER \
	.magic = MLS_PROVIDER_MAGIC, .abi = MLS_PROVIDER_ABI, \
	.size = sizeof(struct mls_provider)

#ifdef __cplusplus
}
#endif

#endif
