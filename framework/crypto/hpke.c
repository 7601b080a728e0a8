/* SPDX-License-Identifier: MIT */
#include "crypto/hpke.h"

#include <string.h>

#include "base/error.h"
#include "crypto/kem.h"
#include "crypto/parts.h"

#define MODE_BASE 0x00
#define HEAD 17      /* "HPKE-v1" and the suite's id */
#define MAX_PIECES 4 /* of what is extracted from */
#define CHUNK 16     /* recipients encapsulated to in one call */
#define SEAL_GRAIN 16

/* RFC 9180 §4, §5.1: what opens each labelled input. */
static struct mls_buf
head_of(uint8_t out[HEAD], const struct mls_suite *s)
{
	const uint16_t ids[3] = { s->row->kem, s->row->kdf, s->row->aead };
	size_t i;

	memcpy(out, "HPKE-v1HPKE", 11);
	for (i = 0; i < 3; i++) {
		out[11 + 2 * i] = (uint8_t)(ids[i] >> 8);
		out[12 + 2 * i] = (uint8_t)ids[i];
	}
	return mls__buf(out, HEAD);
}

/* LabeledExtract; out holds nh octets. */
static int
extract(uint8_t *out, const struct mls_suite *s, struct mls_buf salt,
    const char *label, const struct mls_buf *ikm, size_t n)
{
	struct mls_buf in[2 + MAX_PIECES];
	uint8_t head[HEAD];

	in[0] = head_of(head, s);
	in[1] = mls__buf_str(label);
	if (n != 0)
		memcpy(in + 2, ikm, n * sizeof(*ikm));
	return mls__hmac(out, s, salt, in, 2 + n);
}

/* LabeledExpand with a pseudorandom key of nh octets. */
static int
expand(uint8_t *out, size_t len, const struct mls_suite *s,
    const uint8_t *prk, const char *label, struct mls_buf info)
{
	uint8_t head[HEAD], length[2] = { (uint8_t)(len >> 8), (uint8_t)len };
	struct mls_buf in[4] = {
		{ length, sizeof(length) }, head_of(head, s),
		mls__buf_str(label), info,
	};
	struct mls_flat flat;
	int rc;

	if (len > UINT16_MAX)
		return MLS_E_KDF_LENGTH;
	rc = mls__flat(&flat, in, 4);
	if (rc == 0)
		rc = mls__kdf_expand(out, len, s, mls__buf(prk, s->nh),
		    flat.buf);
	mls__flat_free(&flat);
	return rc;
}

int
mls__hpke_psk_id_hash(uint8_t *out, const struct mls_suite *s)
{
	return extract(out, s, mls__buf("", 0), "psk_id_hash", NULL, 0);
}

/* RFC 9180 §5.1: key_schedule_context. */
static int
prepare(struct mls_hpke_info *out, const struct mls_suite *s,
    const struct mls_buf *info, size_t n)
{
	uint8_t hash[MLS_MAX_HASH];
	int rc;

	rc = extract(hash, s, mls__buf("", 0), "info_hash", info, n);
	if (rc != 0)
		return rc;
	out->suite = s;
	out->len = 1 + 2 * s->nh;
	out->context[0] = MODE_BASE;
	memcpy(out->context + 1, s->psk_id_hash, s->nh);
	memcpy(out->context + 1 + s->nh, hash, s->nh);
	return 0;
}

int
mls__hpke_prepare(struct mls_hpke_info *out, const struct mls_suite *s,
    struct mls_buf info)
{
	return prepare(out, s, &info, 1);
}

/* RFC 9420 §5.1.3: EncryptContext */
int
mls__hpke_prepare_label(struct mls_hpke_info *out, const struct mls_suite *s,
    const char *label, struct mls_buf context)
{
	struct mls_labelled l;
	int rc;

	rc = mls__labelled(&l, MLS_LABEL, label, context);
	if (rc != 0)
		return rc;
	return prepare(out, s, l.part, MLS_LABELLED_PARTS);
}

static struct mls_buf
context_of(const struct mls_hpke_info *info)
{
	return mls__buf(info->context, info->len);
}

/* RFC 9180 §5.1: the secret of the key schedule, nh octets. */
static int
schedule(uint8_t *secret, const struct mls_hpke_info *info,
    const uint8_t *shared)
{
	const struct mls_suite *s = info->suite;

	return extract(secret, s, mls__buf(shared, s->nsecret), "secret",
	    NULL, 0);
}

/* The AEAD key and the nonce of the first and only message: MLS makes a
 * context for each. */
struct once {
	uint8_t key[MLS_MAX_KEY], nonce[MLS_MAX_NONCE];
};

static int
once_keys(struct once *out, const struct mls_hpke_info *info,
    const uint8_t *shared)
{
	const struct mls_suite *s = info->suite;
	uint8_t secret[MLS_MAX_HASH];
	int rc;

	rc = schedule(secret, info, shared);
	if (rc == 0)
		rc = expand(out->key, s->nk, s, secret, "key",
		    context_of(info));
	if (rc == 0)
		rc = expand(out->nonce, s->nn, s, secret, "base_nonce",
		    context_of(info));
	mls__wipe(secret, sizeof(secret));
	return rc;
}

/* RFC 9180 §5.3 */
static int
export_secret(uint8_t *out, size_t len, const struct mls_hpke_info *info,
    const uint8_t *shared, struct mls_buf exporter_context)
{
	const struct mls_suite *s = info->suite;
	uint8_t secret[MLS_MAX_HASH], exporter[MLS_MAX_HASH];
	int rc;

	rc = schedule(secret, info, shared);
	if (rc == 0)
		rc = expand(exporter, s->nh, s, secret, "exp",
		    context_of(info));
	if (rc == 0)
		rc = expand(out, len, s, exporter, "sec", exporter_context);
	mls__wipe(secret, sizeof(secret));
	mls__wipe(exporter, sizeof(exporter));
	return rc;
}

static int
seal(const struct mls_hpke_info *info, const struct mls_hpke_job *job,
    const uint8_t *shared)
{
	struct once k;
	int rc;

	rc = once_keys(&k, info, shared);
	if (rc == 0)
		rc = mls__aead_seal(job->ct, info->suite, k.key, k.nonce,
		    job->aad, job->plaintext);
	mls__wipe(&k, sizeof(k));
	return rc;
}

/* At most CHUNK jobs.  Those with a bad key are left out of the batch. */
static void
seal_chunk(const struct mls_hpke_info *info, struct mls_hpke_job *jobs,
    size_t n)
{
	const struct mls_suite *s = info->suite;
	uint8_t shared[CHUNK][MLS_MAX_KEY];
	struct mls_encap v[CHUNK];
	struct mls_hpke_job *of[CHUNK];
	size_t i, good = 0;

	for (i = 0; i < n; i++) {
		jobs[i].status = mls__kem_key_form(s, jobs[i].pub);
		if (jobs[i].status != 0)
			continue;
		v[good] = (struct mls_encap){ jobs[i].pub, jobs[i].seed,
			jobs[i].enc, shared[good], 0 };
		of[good++] = &jobs[i];
	}
	mls__kem_encap(s, v, good);
	for (i = 0; i < good; i++)
		of[i]->status = v[i].status != 0 ? v[i].status :
		    seal(info, of[i], shared[i]);
	mls__wipe(shared, sizeof(shared));
	mls__count(s->plugins, MLS_COUNT_SEAL, n);
}

struct seal_loop {
	const struct mls_hpke_info *info;
	struct mls_hpke_job *jobs;
};

static void
seal_range(void *arg, size_t from, size_t to)
{
	const struct seal_loop *loop = arg;
	size_t n;

	for (; from < to; from += n) {
		n = to - from < CHUNK ? to - from : CHUNK;
		seal_chunk(loop->info, loop->jobs + from, n);
	}
}

int
mls__hpke_seal_many(const struct mls_hpke_info *info,
    struct mls_hpke_job *jobs, size_t n)
{
	struct seal_loop loop = { info, jobs };
	const struct mls_suite *s = info->suite;
	size_t i;
	int rc;

	rc = mls__plugins_parallel(s->plugins, s->kem.inst, n, SEAL_GRAIN,
	    seal_range, &loop);
	for (i = 0; i < n && rc == 0; i++)
		rc = jobs[i].status;
	return rc;
}

int
mls__hpke_open(uint8_t *pt, const struct mls_hpke_info *info,
    const struct mls_privkey *key, struct mls_buf enc, struct mls_buf aad,
    struct mls_buf ct, int error)
{
	const struct mls_suite *s = info->suite;
	uint8_t shared[MLS_MAX_KEY];
	struct once k;
	int rc;

	/* CRYPT-08, before the dear part */
	if (ct.len < s->nt)
		return MLS_E_CIPHERTEXT_LENGTH;
	mls__count(s->plugins, MLS_COUNT_OPEN, 1);
	rc = mls__kem_decap(shared, s, key, enc);
	if (rc == 0)
		rc = once_keys(&k, info, shared);
	if (rc == 0)
		rc = mls__aead_open(pt, s, k.key, k.nonce, aad, ct, error);
	mls__wipe(shared, sizeof(shared));
	mls__wipe(&k, sizeof(k));
	return rc;
}

/* RFC 9420 §8.3 */
int
mls__hpke_export_send(uint8_t *out, size_t len, uint8_t *enc,
    const struct mls_hpke_info *info, struct mls_buf pub,
    const uint8_t *seed, struct mls_buf exporter_context)
{
	const struct mls_suite *s = info->suite;
	uint8_t shared[MLS_MAX_KEY];
	struct mls_encap v = { pub, seed, enc, shared, 0 };
	int rc;

	rc = mls__kem_key_form(s, pub);
	if (rc != 0)
		return rc;
	mls__kem_encap(s, &v, 1);
	rc = v.status;
	if (rc == 0)
		rc = export_secret(out, len, info, shared, exporter_context);
	mls__wipe(shared, sizeof(shared));
	return rc;
}

int
mls__hpke_export_recv(uint8_t *out, size_t len,
    const struct mls_hpke_info *info, const struct mls_privkey *key,
    struct mls_buf enc, struct mls_buf exporter_context)
{
	uint8_t shared[MLS_MAX_KEY];
	int rc;

	rc = mls__kem_decap(shared, info->suite, key, enc);
	if (rc == 0)
		rc = export_secret(out, len, info, shared, exporter_context);
	mls__wipe(shared, sizeof(shared));
	return rc;
}
