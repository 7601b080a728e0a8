/* SPDX-License-Identifier: MIT */
#include "crypto/suite.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "crypto/call.h"
#include "crypto/hpke.h"
#include "crypto/twin.h"

/* The shortest limit of the AEADs in use, AES-GCM's. */
#define AEAD_MAX (((uint64_t)1 << 36) - 31)
#define EXPAND_MAX 255 /* blocks, RFC 5869 §2.3 */

/* A suite, or why there is none. */
struct entry {
	struct entry *next;
	struct mls_suite suite;
	uint16_t number;
	int error;
};

struct mls_crypto {
	struct mls_plugins *plugins;
	pthread_mutex_t mutex;
	struct entry *entries;
};

int
mls__crypto_new(struct mls_crypto **out, struct mls_plugins *plugins)
{
	struct mls_crypto *c = mls__alloc(sizeof(*c));

	if (c == NULL)
		return MLS_E_OUT_OF_MEMORY;
	if (pthread_mutex_init(&c->mutex, NULL) != 0) {
		free(c);
		return MLS_E_OUT_OF_MEMORY;
	}
	c->plugins = plugins;
	*out = c;
	return 0;
}

void
mls__crypto_free(struct mls_crypto *c)
{
	struct entry *e, *next;

	if (c == NULL)
		return;
	for (e = c->entries; e != NULL; e = next) {
		next = e->next;
		free(e);
	}
	pthread_mutex_destroy(&c->mutex);
	free(c);
}

struct mls_plugins *
mls__crypto_plugins(const struct mls_crypto *c)
{
	return c->plugins;
}

static int
route_roles(struct mls_suite *s)
{
	const struct {
		uint16_t role;
		const char *name;
		struct mls_route *route;
	} roles[] = {
		{ MLS_ROLE_KEM, "kem", &s->kem },
		{ MLS_ROLE_AEAD, "aead", &s->aead },
		{ MLS_ROLE_HASH, "hash", &s->hash },
		{ MLS_ROLE_SIGN, "sign", &s->sign },
		{ MLS_ROLE_VERIFY, "verify", &s->verify },
	};
	size_t i;
	int rc;

	for (i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
		rc = mls__plugins_route(roles[i].route, s->plugins, s->row,
		    roles[i].role);
		if (rc == 0)
			rc = mls__plugins_second(&s->second[roles[i].role],
			    s->plugins, s->row, roles[i].route,
			    roles[i].role);
		if (rc == 0)
			continue;
		mls__log(s->plugins, MLS_LOG_WARNING,
		    "suite 0x%04x: no provider serves the role %s",
		    (unsigned)s->row->number, roles[i].name);
		/* CRYPT-01; a provider that fails keeps its own error. */
		return rc == MLS_E_PROVIDER_MISSING ?
		    MLS_E_UNSUPPORTED_CIPHER_SUITE : rc;
	}
	return 0;
}

static int
take_sizes(struct mls_suite *s)
{
	const struct mls_alg *sign = s->sign.alg, *verify = s->verify.alg;

	s->nh = s->hash.alg->output_len;
	s->nk = s->aead.alg->secret_len;
	s->nt = s->aead.alg->output_len;
	s->nn = s->aead.alg->aux_len;
	s->npk = s->kem.alg->public_len;
	s->nsk = s->kem.alg->secret_len;
	s->nsecret = s->kem.alg->output_len;
	s->nenc = s->kem.alg->aux_len;
	s->seed_len = s->kem.alg->seed_len;
	s->max_sig = sign->output_len > verify->output_len ?
	    sign->output_len : verify->output_len;
	/* Each size by itself was looked at when its provider started. */
	if (verify->public_len == sign->public_len)
		return 0;
	mls__log(s->plugins, MLS_LOG_ERROR, "suite 0x%04x: a public key of "
	    "sign 0x%04x has %u octets for %s and %u for %s",
	    (unsigned)s->row->number, (unsigned)sign->id, sign->public_len,
	    s->sign.inst->name, verify->public_len, s->verify.inst->name);
	return MLS_E_PROVIDER_CONTRACT;
}

static int
assemble(struct mls_suite *s, struct mls_plugins *plugins, uint16_t number)
{
	int rc;

	s->plugins = plugins;
	s->row = mls__plugins_row(plugins, number);
	if (s->row == NULL)
		return MLS_E_UNSUPPORTED_CIPHER_SUITE;
	rc = route_roles(s);
	if (rc == 0)
		rc = take_sizes(s);
	if (rc == 0)
		rc = mls__hpke_psk_id_hash(s->psk_id_hash, s);
	return rc;
}

static struct entry *
find(const struct mls_crypto *c, uint16_t number)
{
	struct entry *e;

	for (e = c->entries; e != NULL; e = e->next)
		if (e->number == number)
			return e;
	return NULL;
}

/* What another try would find as it is. */
static bool
lasting(int error)
{
	switch (error) {
	case MLS_E_OUT_OF_MEMORY:
	case MLS_E_PROVIDER_FAILED:
		return false;
	default:
		return true;
	}
}

/* A new entry of the list, also for a row that nobody serves: what strangers
 * send must not make us search and log again. */
static int
add(struct entry **out, struct mls_crypto *c, uint16_t number)
{
	struct entry *e = mls__alloc(sizeof(*e));
	int rc;

	if (e == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = e->error = assemble(&e->suite, c->plugins, number);
	if (e->suite.row == NULL || !lasting(rc)) {
		free(e);
		return rc;
	}
	e->number = number;
	e->next = c->entries;
	c->entries = e;
	*out = e;
	return 0;
}

int
mls__crypto_suite(const struct mls_suite **out, struct mls_crypto *c,
    uint16_t number)
{
	struct entry *e;
	int rc = 0;

	pthread_mutex_lock(&c->mutex);
	e = find(c, number);
	if (e == NULL)
		rc = add(&e, c, number);
	if (rc == 0)
		rc = e->error;
	if (rc == 0)
		*out = &e->suite;
	pthread_mutex_unlock(&c->mutex);
	return rc;
}

int
mls__hash(uint8_t *out, const struct mls_suite *s, const struct mls_buf *in,
    size_t n)
{
	uint64_t len = 0;
	struct mls_twin t;
	size_t i;
	int st, rc;

	for (i = 0; i < n; i++)
		len += in[i].len;
	mls__count(s->plugins, MLS_COUNT_HASH, 1);
	mls__count(s->plugins, MLS_COUNT_HASH_BYTES, len);
	rc = mls__twin_begin(&t, s, MLS_ROLE_HASH, s->nh);
	if (rc != 0)
		return rc;
	MLS_CALL(st, s->hash.inst, hash, s->hash.alg->id, in, n, out);
	MLS_TWIN_CALL(&t, hash, s->hash.alg->id, in, n, t.data);
	rc = mls__twin_end(&t, "hash", st, out);
	return rc != 0 ? rc : mls__error_of_status(st);
}

int
mls__hmac(uint8_t *out, const struct mls_suite *s, struct mls_buf key,
    const struct mls_buf *in, size_t n)
{
	struct mls_twin t;
	int st, rc;

	mls__count(s->plugins, MLS_COUNT_HMAC, 1);
	rc = mls__twin_begin(&t, s, MLS_ROLE_HASH, s->nh);
	if (rc != 0)
		return rc;
	MLS_CALL(st, s->hash.inst, hmac, s->hash.alg->id, key, in, n, out);
	MLS_TWIN_CALL(&t, hmac, s->hash.alg->id, key, in, n, t.data);
	rc = mls__twin_end(&t, "hmac", st, out);
	return rc != 0 ? rc : mls__error_of_status(st);
}

/* HMAC into a secret, which is untouched on failure. */
static int
hmac_secret(struct mls_secret *out, const struct mls_suite *s,
    struct mls_buf key, struct mls_buf data)
{
	uint8_t tmp[MLS_MAX_HASH];
	int rc;

	rc = mls__hmac(tmp, s, key, &data, 1);
	if (rc == 0)
		rc = mls__secret_set(out, mls__buf(tmp, s->nh));
	mls__wipe(tmp, sizeof(tmp));
	return rc;
}

int
mls__mac(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_secret *key, struct mls_buf data)
{
	return hmac_secret(out, s, mls__secret_buf(key), data);
}

/* RFC 5869 §2.2: HMAC, keyed with the salt. */
int
mls__kdf_extract(struct mls_secret *out, const struct mls_suite *s,
    struct mls_buf salt, struct mls_buf ikm)
{
	return hmac_secret(out, s, salt, ikm);
}

/* RFC 5869 §2.3, for providers that leave it to us. */
static int
expand_by_hmac(uint8_t *out, size_t len, const struct mls_suite *s,
    struct mls_buf prk, struct mls_buf info)
{
	uint8_t block[2][MLS_MAX_HASH], i;
	struct mls_buf in[3] = { { NULL, 0 }, info, { &i, 1 } };
	size_t take;
	int rc = 0;

	for (i = 1; len != 0; i++) {
		/* No output overlaps an input. */
		rc = mls__hmac(block[i & 1], s, prk, in, 3);
		if (rc != 0)
			break;
		take = len < s->nh ? len : s->nh;
		memcpy(out, block[i & 1], take);
		out += take;
		len -= take;
		in[0] = mls__buf(block[i & 1], s->nh);
	}
	mls__wipe(block, sizeof(block));
	return rc;
}

/* With a second provider it is composed of what both are asked for, so that
 * the provider's own way is held against the other's HMAC. */
static int
expand_by_provider(uint8_t *out, size_t len, const struct mls_suite *s,
    struct mls_buf prk, struct mls_buf info)
{
	struct mls_twin t;
	int st, rc;

	mls__count(s->plugins, MLS_COUNT_HMAC, (len + s->nh - 1) / s->nh);
	rc = mls__twin_begin(&t, s, MLS_ROLE_HASH, len);
	if (rc != 0)
		return rc;
	MLS_CALL(st, s->hash.inst, hkdf_expand, s->hash.alg->id, prk, info,
	    out, len);
	if (t.inst != NULL) {
		rc = expand_by_hmac(t.data, len, s, prk, info);
		t.status = MLS_P_OK;
	}
	if (rc != 0)
		mls__twin_drop(&t);
	else
		rc = mls__twin_end(&t, "hkdf_expand", st, out);
	return rc != 0 ? rc : mls__error_of_status(st);
}

/* CRYPT-10 */
int
mls__kdf_expand(uint8_t *out, size_t len, const struct mls_suite *s,
    struct mls_buf prk, struct mls_buf info)
{
	int rc;

	if (len > UINT16_MAX || len > EXPAND_MAX * s->nh)
		return MLS_E_KDF_LENGTH;
	if (len == 0)
		return 0;
	rc = MLS_CAN(s->hash.inst, hkdf_expand) ?
	    expand_by_provider(out, len, s, prk, info) :
	    expand_by_hmac(out, len, s, prk, info);
	if (rc != 0)
		mls__wipe(out, len);
	return rc;
}

/* A size_t of 32 bits never is; its compiler need not say so. */
static bool
too_long(uint64_t len)
{
	return len > AEAD_MAX;
}

int
mls__aead_seal(uint8_t *ct, const struct mls_suite *s, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt)
{
	struct mls_twin t;
	int st, rc;

	if (too_long(pt.len) || pt.len > SIZE_MAX - s->nt)
		return MLS_E_CIPHERTEXT_LENGTH;
	mls__count(s->plugins, MLS_COUNT_AEAD, 1);
	rc = mls__twin_begin(&t, s, MLS_ROLE_AEAD, pt.len + s->nt);
	if (rc != 0)
		return rc;
	MLS_TWIN_CALL(&t, aead_seal, s->aead.alg->id, key, nonce, aad, pt,
	    t.data);
	MLS_CALL(st, s->aead.inst, aead_seal, s->aead.alg->id, key, nonce,
	    aad, pt, ct);
	rc = mls__twin_end(&t, "seal", st, ct);
	if (rc == 0)
		rc = mls__error_of_status(st);
	if (rc != 0 && ct != pt.data)
		mls__wipe(ct, pt.len + s->nt);
	return rc;
}

/* CRYPT-08 */
int
mls__aead_open(uint8_t *pt, const struct mls_suite *s, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct, int error)
{
	struct mls_twin t;
	int st, rc;

	if (ct.len < s->nt || too_long(ct.len - s->nt))
		return MLS_E_CIPHERTEXT_LENGTH;
	mls__count(s->plugins, MLS_COUNT_AEAD, 1);
	rc = mls__twin_begin(&t, s, MLS_ROLE_AEAD, ct.len - s->nt);
	if (rc != 0)
		return rc;
	MLS_TWIN_CALL(&t, aead_open, s->aead.alg->id, key, nonce, aad, ct,
	    t.data);
	MLS_CALL(st, s->aead.inst, aead_open, s->aead.alg->id, key, nonce,
	    aad, ct, pt);
	rc = mls__twin_end(&t, "open", st, pt);
	if (rc == 0)
		rc = st == MLS_P_VERIFY ? error : mls__error_of_status(st);
	if (rc != 0 && pt != ct.data)
		mls__wipe(pt, ct.len - s->nt);
	return rc;
}

int
mls__random(uint8_t *out, size_t len, const struct mls_suite *s)
{
	return mls__plugins_random(s->plugins, out, len);
}

int
mls__random_secret(struct mls_secret *out, const struct mls_suite *s)
{
	uint8_t tmp[MLS_MAX_HASH];
	int rc;

	rc = mls__random(tmp, s->nh, s);
	if (rc == 0)
		rc = mls__secret_set(out, mls__buf(tmp, s->nh));
	mls__wipe(tmp, sizeof(tmp));
	return rc;
}
