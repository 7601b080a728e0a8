/* SPDX-License-Identifier: MIT */
/* A crypto provider with one fault; see wrong.h. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "common/ecdsa.h"
#include "wrong.h"

#define OPS(w) ((w)->good->crypto)

static int
init(const struct mls_host *host, const struct mls_param *params, size_t n,
    void **ctx)
{
	static struct wrong *shared;
	struct wrong *w = NULL;
	int rc = wrong_init(host, params, n, (void **)&w);

	if (rc != MLS_P_OK)
		return rc;
	if (fault_is(w, "leak"))
		memset(malloc(1 << 18), 1, 1 << 18);
	if (fault_is(w, "files"))
		rc = open("/dev/null", O_RDONLY) < 0 ? MLS_P_IO : MLS_P_OK;
	if (fault_is(w, "one-context")) {
		shared = shared != NULL ? shared : w;
		w = shared;
	}
	*ctx = w;
	return rc;
}

static int
self_test(void *ctx)
{
	return fault_is(ctx, "self-test") ? MLS_P_IO : MLS_P_OK;
}

static size_t
algorithms(void *ctx, const struct mls_alg **list)
{
	static struct mls_alg changed[64];
	struct wrong *w = ctx;
	size_t n = OPS(w)->algorithms(w->ctx, list), i;

	if (fault_is(w, "listed-twice")) {
		memcpy(changed, *list, n * sizeof(**list));
		changed[n] = changed[0];
		*list = changed;
		return n + 1;
	}
	if (fault_is(w, "tag")) {
		memcpy(changed, *list, n * sizeof(**list));
		for (i = 0; i < n; i++)
			if (changed[i].role == MLS_ROLE_AEAD)
				changed[i].output_len /= 2;
		*list = changed;
	}
	if (fault_is(w, "sizes")) {
		memcpy(changed, *list, n * sizeof(**list));
		changed[n - 1].output_len--;
		*list = changed;
	}
	return n;
}

static int
key_generate(void *ctx, uint16_t role, uint16_t id, struct mls_key **out)
{
	struct wrong *w = ctx;

	return OPS(w)->key_generate(w->ctx, role, id, out);
}

static int
key_derive(void *ctx, uint16_t kem, struct mls_buf ikm, struct mls_key **out)
{
	struct wrong *w = ctx;

	if (fault_is(w, "derive") && ikm.len > 64)
		ikm.len = 64;
	if (fault_is(w, "no-key") && w->calls++ > 0)
		return MLS_P_OK;
	return OPS(w)->key_derive(w->ctx, kem, ikm, out);
}

static int
key_import(void *ctx, uint16_t role, uint16_t id, struct mls_buf priv,
    struct mls_key **out)
{
	struct wrong *w = ctx;
	struct mls_buf cut = { priv.data, priv.len - 1 };
	uint8_t one[66] = { 0 };
	struct mls_buf other = { one, priv.len };
	int rc = OPS(w)->key_import(w->ctx, role, id, priv, out);

	if (rc != MLS_P_ARGUMENT)
		return rc;
	if (fault_is(w, "handle"))
		*out = NULL;
	if (fault_is(w, "long-key") && priv.len > 1)
		return OPS(w)->key_import(w->ctx, role, id, cut, out);
	if (fault_is(w, "range") && priv.len <= sizeof(one)) {
		one[priv.len - 1] = 1;
		return OPS(w)->key_import(w->ctx, role, id, other, out);
	}
	return rc;
}

static int
key_load(void *ctx, uint16_t role, uint16_t id, struct mls_buf blob,
    struct mls_key **out)
{
	struct wrong *w = ctx;
	uint8_t copy[66];

	if (fault_is(w, "load") && blob.len > 0 && blob.len <= sizeof(copy)) {
		memcpy(copy, blob.data, blob.len);
		copy[blob.len - 1] ^= 1;
		blob.data = copy;
		return OPS(w)->key_load(w->ctx, role, id, blob, out) ==
		    MLS_P_OK ? MLS_P_IO : MLS_P_ARGUMENT;
	}
	return OPS(w)->key_load(w->ctx, role, id, blob, out);
}

static int
key_save(void *ctx, const struct mls_key *key, uint32_t *kind, uint8_t *blob,
    size_t *len)
{
	struct wrong *w = ctx;
	size_t room = 66;

	int rc;

	if (fault_is(w, "save-space"))
		len = len != NULL && *len < room ? &room : len;
	rc = OPS(w)->key_save(w->ctx, key, kind, blob, len);
	if (rc == MLS_P_OK && fault_is(w, "save-long"))
		*len = 70000;
	if (rc == MLS_P_OK && fault_is(w, "save-kind"))
		*kind = 7;
	return rc;
}

static int
key_public(void *ctx, const struct mls_key *key, uint8_t *pub, size_t *len)
{
	struct wrong *w = ctx;
	int rc = OPS(w)->key_public(w->ctx, key, pub, len);

	if (rc == MLS_P_OK && fault_is(w, "public-long") && w->calls++ > 1)
		*len += 100;
	if (rc == MLS_P_OK && fault_is(w, "public-behind"))
		pub[*len] = 0;
	if (rc == MLS_P_OK && fault_is(w, "public-before"))
		pub[-1] = 0;
	return rc;
}

static int
key_destroy(void *ctx, struct mls_key *key)
{
	struct wrong *w = ctx;

	return OPS(w)->key_destroy(w->ctx, key);
}

static void
key_release(void *ctx, struct mls_key *key)
{
	struct wrong *w = ctx;

	if (key == NULL && fault_is(w, "release-null"))
		abort();
	OPS(w)->key_release(w->ctx, key);
}

static int
kem_encap(void *ctx, uint16_t kem, struct mls_buf pub, const uint8_t *seed,
    uint8_t *enc, uint8_t *shared)
{
	static const uint8_t fixed[66] = { 1 };
	struct wrong *w = ctx;
	int rc;

	if (fault_is(w, "seed"))
		seed = fixed;
	rc = OPS(w)->kem_encap(w->ctx, kem, pub, seed, enc, shared);
	if (fault_is(w, "dh-zero") && rc == MLS_P_ARGUMENT && pub.len == 32) {
		memset(enc, 0, 32);
		memset(shared, 0, 32);
		rc = MLS_P_OK;
	}
	return rc;
}

static int
kem_decap(void *ctx, const struct mls_key *key, struct mls_buf enc,
    uint8_t *shared)
{
	struct wrong *w = ctx;

	/* u not below the prime, or with its top bit */
	if (fault_is(w, "non-canonical") && enc.len == 32 &&
	    (enc.data[31] & 0x80) != 0)
		return MLS_P_ARGUMENT;
	return OPS(w)->kem_decap(w->ctx, key, enc, shared);
}

static int
kem_check_public(void *ctx, uint16_t kem, struct mls_buf pub)
{
	struct wrong *w = ctx;

	if (fault_is(w, "off-curve"))
		return MLS_P_OK;
	return OPS(w)->kem_check_public(w->ctx, kem, pub);
}

static int
kem_encap_batch(void *ctx, uint16_t kem, struct mls_encap *v, size_t n)
{
	struct wrong *w = ctx;
	bool spoilt = false;
	size_t i;

	for (i = 0; i < n; i++) {
		v[i].status = spoilt ? MLS_P_ARGUMENT : OPS(w)->kem_encap(
		    w->ctx, kem, v[i].pub, v[i].seed, v[i].enc, v[i].shared);
		if (v[i].status != MLS_P_OK && fault_is(w, "batch-spoilt"))
			spoilt = true;
		if (i == 2 && fault_is(w, "batch"))
			v[i].shared[0] ^= 1;
	}
	return MLS_P_OK;
}

static int
sign(void *ctx, const struct mls_key *key, struct mls_buf msg, uint8_t *sig,
    size_t *len)
{
	struct wrong *w = ctx;
	uint8_t room[256];
	size_t cap = *len;
	int rc;

	if (fault_is(w, "sign-long") && msg.len > 65535)
		return MLS_P_ARGUMENT;
	if (!fault_is(w, "sign-space")) {
		rc = OPS(w)->sign(w->ctx, key, msg, sig, len);
		if (fault_is(w, "signature-long") && w->calls++ > 0)
			*len = 70000;
		if (fault_is(w, "signature-short") && w->calls++ > 0)
			*len -= 1;
		return rc;
	}
	*len = sizeof(room);
	rc = OPS(w)->sign(w->ctx, key, msg, room, len);
	memcpy(sig, room, cap < *len ? cap : *len);
	return rc;
}

/* S less the order of Ed25519, if that can be. */
static bool
reduce(uint8_t s[32])
{
	static const uint8_t order[32] = { 0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63,
		0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
		[31] = 0x10 };
	uint8_t less[32];
	unsigned borrow = 0, d;
	size_t i;

	for (i = 0; i < 32; i++) {
		d = (unsigned)s[i] - order[i] - borrow;
		less[i] = (uint8_t)d;
		borrow = d >> 8 & 1;
	}
	if (borrow == 0)
		memcpy(s, less, 32);
	return borrow == 0;
}

/* The signature that a lenient reader of P-256's would see. */
static struct mls_buf
lenient(struct wrong *w, struct mls_buf sig, uint8_t room[300])
{
	const struct mls_curve *c = &mls__curves[MLS_P256];
	size_t len = 300;

	if (sig.len < 2 || sig.len > 200)
		return sig;
	memcpy(room, sig.data, sig.len);
	if (fault_is(w, "malleable") && sig.len == 64 && reduce(room + 32))
		sig.data = room;
	if (fault_is(w, "bare") && sig.len == 64 && mls__ecdsa_encode(room,
	    &len, c, sig.data, sig.data + 32) == MLS_P_OK)
		sig = (struct mls_buf){ room, len };
	if (fault_is(w, "trailing") && sig.data[0] == 0x30 &&
	    sig.data[1] + 2u < sig.len)
		sig.len = sig.data[1] + 2u;
	return sig;
}

static int
verify(void *ctx, uint16_t scheme, struct mls_buf pub, struct mls_buf msg,
    struct mls_buf sig)
{
	struct wrong *w = ctx;
	uint8_t room[300], r[MLS_CURVE_MAX], s[MLS_CURVE_MAX], low;

	sig = lenient(w, sig, room);
	if (fault_is(w, "low-s-alone") && scheme == 0x0403 &&
	    mls__ecdsa_decode(r, s, &mls__curves[MLS_P256], sig) == MLS_P_OK) {
		low = s[0];
		mls__curve_make_low(&mls__curves[MLS_P256], s);
		if (s[0] != low)
			return MLS_P_VERIFY;
	}
	if (fault_is(w, "verify-key") && pub.len != 32 && pub.len != 65)
		return MLS_P_VERIFY;
	return OPS(w)->verify(w->ctx, scheme, pub, msg, sig);
}

static int
hash(void *ctx, uint16_t kdf, const struct mls_buf *in, size_t n, uint8_t *out)
{
	struct wrong *w = ctx;
	size_t i;
	int rc;

	if (fault_is(w, "hang") && n == 1 && in[0].len == 77)
		for (;;)
			pause();
	for (i = 0; i < n && fault_is(w, "pieces"); i++)
		if (in[i].len == 0)
			n = i;
	rc = OPS(w)->hash(w->ctx, kdf, in, n, out);
	if (fault_is(w, "status"))
		rc = 77;
	if (fault_is(w, "answer") ||
	    (fault_is(w, "padding") && n == 1 && in[0].len == 119))
		out[0] ^= 1;
	return rc;
}

static int
hmac(void *ctx, uint16_t kdf, struct mls_buf key, const struct mls_buf *in,
    size_t n, uint8_t *out)
{
	static uint8_t scratch[64];
	struct wrong *w = ctx;
	int rc;

	if (fault_is(w, "status-late") && w->calls++ > 0)
		return -3;
	if (fault_is(w, "gone-late") && w->calls++ > 0)
		return MLS_P_GONE;
	if (!fault_is(w, "race"))
		return OPS(w)->hmac(w->ctx, kdf, key, in, n, out);
	rc = OPS(w)->hmac(w->ctx, kdf, key, in, n, scratch);
	sched_yield();
	memcpy(out, scratch, kdf == 1 ? 32 : kdf == 2 ? 48 : 64);
	return rc;
}

static int
aead_seal(void *ctx, uint16_t aead, const uint8_t *key, const uint8_t *nonce,
    struct mls_buf aad, struct mls_buf pt, uint8_t *ct)
{
	struct wrong *w = ctx;
	int rc;

	if (fault_is(w, "crash") && pt.len >= 1024)
		raise(SIGSEGV);
	rc = OPS(w)->aead_seal(w->ctx, aead, key, nonce, aad, pt, ct);
	if (fault_is(w, "in-place") && pt.data == ct)
		ct[0] ^= 1;
	if (fault_is(w, "seal-behind"))
		ct[pt.len + 16] = 0;
	return rc;
}

static int
aead_open(void *ctx, uint16_t aead, const uint8_t *key, const uint8_t *nonce,
    struct mls_buf aad, struct mls_buf ct, uint8_t *pt)
{
	struct wrong *w = ctx;
	int rc;

	if (fault_is(w, "tag-behind") && ct.len < 16)
		return ((volatile const uint8_t *)ct.data)[15] == 0 ?
		    MLS_P_OK : MLS_P_VERIFY;
	rc = OPS(w)->aead_open(w->ctx, aead, key, nonce, aad, ct, pt);
	if (rc == MLS_P_VERIFY && fault_is(w, "plaintext") && ct.len > 16)
		memset(pt, 0, 1);
	if (rc == MLS_P_VERIFY && fault_is(w, "plaintext-late") &&
	    ct.len > 100000)
		memset(pt, 0, 1);
	if (rc == MLS_P_VERIFY && fault_is(w, "forgery") && ct.len == 16)
		rc = MLS_P_OK;
	return rc;
}

static int
hkdf_expand(void *ctx, uint16_t kdf, struct mls_buf prk, struct mls_buf info,
    uint8_t *out, size_t len)
{
	struct wrong *w = ctx;
	int rc = OPS(w)->hkdf_expand(w->ctx, kdf, prk, info, out, len);

	if (fault_is(w, "expand") && len > 32)
		out[32] ^= 1;
	if (fault_is(w, "expand-limit") && rc == MLS_P_ARGUMENT)
		rc = MLS_P_OK;
	return rc;
}

static const struct mls_crypto_ops ops = {
	sizeof(ops), algorithms, key_generate, key_derive, key_import,
	key_load, key_save, key_public, key_destroy, key_release, kem_encap,
	kem_decap, kem_check_public, sign, verify, hash, hmac, aead_seal,
	aead_open, hkdf_expand, kem_encap_batch,
};

MLS_PROVIDER(wrong) = {
	MLS_PROVIDER_HEADER,
	.name = "wrong",
	.init = init,
	.fini = wrong_fini,
	.self_test = self_test,
	.crypto = &ops,
};
