/* SPDX-License-Identifier: MIT */
/*
 * aead_open must not write plaintext before the tag has proved genuine.  What
 * fits in the scratch room is decrypted there and copied; what does not is
 * decrypted twice, first piece by piece into the scratch room for the sake of
 * the tag, then into place.  That needs no memory of the size of the message,
 * and leaves a ciphertext that is opened in place intact if it is forged.
 */
#include "private.h"

#include <string.h>

#include "common/algs.h"

#define TAG 16
#define SCRATCH 8192
#define STEP ((size_t)1 << 30) /* libcrypto takes lengths as int */

struct worker {
	EVP_CIPHER_CTX *c;
	uint8_t scratch[SCRATCH];
};

static void
worker_free(struct worker *w)
{
	EVP_CIPHER_CTX_free(w->c);
	OPENSSL_free(w);
}

void
mls__ossl_aead_fini(struct instance *in)
{
	struct worker *w;

	while ((w = mls__pool_take(&in->aead_pool)) != NULL)
		worker_free(w);
}

static struct worker *
worker_open(struct instance *in)
{
	struct worker *w = mls__pool_take(&in->aead_pool);

	if (w != NULL)
		return w;
	w = OPENSSL_malloc(sizeof(*w));
	if (w == NULL)
		return NULL;
	w->c = EVP_CIPHER_CTX_new();
	if (w->c == NULL) {
		OPENSSL_free(w);
		return NULL;
	}
	return w;
}

/* The reset frees and wipes the key schedule and the last key stream, which
 * setting another key would leave. */
static void
worker_close(struct worker *w, struct instance *in)
{
	if (EVP_CIPHER_CTX_reset(w->c) != 1 ||
	    !mls__pool_put(&in->aead_pool, w))
		worker_free(w);
}

/* Octets through the cipher; associated data if out is NULL. */
static bool
feed(EVP_CIPHER_CTX *c, uint8_t *out, const uint8_t *in, size_t len)
{
	size_t step;
	int n;

	for (; len > 0; len -= step, in += step) {
		step = len < STEP ? len : STEP;
		if (EVP_CipherUpdate(c, out, &n, in, (int)step) != 1)
			return false;
		if (out != NULL)
			out += step;
	}
	return true;
}

static bool
start(struct worker *w, const EVP_CIPHER *type, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, int sealing)
{
	return EVP_CipherInit_ex2(w->c, type, key, nonce, sealing, NULL) == 1 &&
	    feed(w->c, NULL, aad.data, aad.len);
}

int
mls__ossl_aead_seal(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt, uint8_t *ct)
{
	struct instance *self = ctx;
	struct worker *w;
	uint8_t none[TAG];
	int n, rc = MLS_P_NOMEM;

	if (aead == 0 || aead > AEADS)
		return MLS_P_UNSUPPORTED;
	if (!mls__aead_fits(aead, pt.len))
		return MLS_P_ARGUMENT;
	quiet_begin();
	w = worker_open(self);
	if (w != NULL && start(w, self->cipher[aead - 1], key, nonce, aad, 1) &&
	    feed(w->c, ct, pt.data, pt.len) &&
	    EVP_CipherFinal_ex(w->c, none, &n) == 1 &&
	    EVP_CIPHER_CTX_ctrl(w->c, EVP_CTRL_AEAD_GET_TAG, TAG,
	    ct + pt.len) == 1)
		rc = MLS_P_OK;
	if (w != NULL)
		worker_close(w, self);
	quiet_end();
	return rc;
}

static int
finish(struct worker *w, const uint8_t *tag)
{
	uint8_t copy[TAG];
	int n;

	memcpy(copy, tag, TAG);
	if (EVP_CIPHER_CTX_ctrl(w->c, EVP_CTRL_AEAD_SET_TAG, TAG, copy) != 1)
		return MLS_P_NOMEM;
	return EVP_CipherFinal_ex(w->c, copy, &n) == 1 ? MLS_P_OK :
	    mls__refused(MLS_P_VERIFY);
}

/* Decrypts into the scratch room, over and over, and checks the tag. */
static int
check(struct worker *w, const uint8_t *ct, size_t len)
{
	size_t step;

	for (; len > 0; len -= step, ct += step) {
		step = len < SCRATCH ? len : SCRATCH;
		if (!feed(w->c, w->scratch, ct, step))
			return MLS_P_NOMEM;
	}
	return finish(w, ct);
}

int
mls__ossl_aead_open(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf ct, uint8_t *pt)
{
	struct instance *self = ctx;
	const EVP_CIPHER *type;
	struct worker *w;
	size_t len;
	int rc = MLS_P_NOMEM;

	if (aead == 0 || aead > AEADS)
		return MLS_P_UNSUPPORTED;
	if (ct.len < TAG || !mls__aead_fits(aead, ct.len - TAG))
		return MLS_P_VERIFY;
	len = ct.len - TAG;
	type = self->cipher[aead - 1];
	quiet_begin();
	w = worker_open(self);
	if (w == NULL) {
		quiet_end();
		return MLS_P_NOMEM;
	}
	if (start(w, type, key, nonce, aad, 0))
		rc = check(w, ct.data, len);
	if (rc == MLS_P_OK && len > SCRATCH)
		rc = start(w, type, key, nonce, aad, 0) &&
		    feed(w->c, pt, ct.data, len) ? finish(w, ct.data + len) :
		    MLS_P_NOMEM;
	else if (rc == MLS_P_OK && len > 0)
		memcpy(pt, w->scratch, len);
	quiet_end();
	OPENSSL_cleanse(w->scratch, len < SCRATCH ? len : SCRATCH);
	worker_close(w, self);
	return rc;
}
