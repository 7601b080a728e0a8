/* SPDX-License-Identifier: MIT */
#include "crypto/labels.h"

#include <string.h>

#include "base/error.h"
#include "crypto/call.h"
#include "crypto/forms.h"
#include "crypto/kem.h"
#include "crypto/parts.h"
#include "crypto/twin.h"

#define VERIFY_GRAIN 8

/* RFC 9420 §5.2 */
int
mls__ref_hash(uint8_t *out, const struct mls_suite *s, const char *label,
    struct mls_buf value)
{
	struct mls_labelled l;
	int rc;

	rc = mls__labelled(&l, "", label, value);
	if (rc != 0)
		return rc;
	return mls__hash(out, s, l.part, MLS_LABELLED_PARTS);
}

/* RFC 9420 §5.1.2, §8 */
void
mls__labelled_head(struct mls_writer *w, const char *label, size_t len)
{
	size_t label_len = strlen(label);

	mls__write_varint(w, strlen(MLS_LABEL) + label_len);
	mls__write_bytes(w, mls__buf_str(MLS_LABEL));
	mls__write_bytes(w, mls__buf(label, label_len));
	mls__write_varint(w, len);
}

/* RFC 9420 §8: KDFLabel, after the length has been found to fit. */
int
mls__expand_with_label(uint8_t *out, size_t len, const struct mls_suite *s,
    const struct mls_secret *secret, const char *label,
    struct mls_buf context)
{
	MLS_WRITER_ROOM(info, 320);
	int rc;

	if (len > UINT16_MAX)
		return MLS_E_KDF_LENGTH;
	mls__write_u16(&info, (uint16_t)len);
	mls__labelled_head(&info, label, context.len);
	mls__write_bytes(&info, context);
	rc = info.error;
	if (rc == 0)
		rc = mls__kdf_expand(out, len, s, mls__secret_buf(secret),
		    mls__writer_buf(&info));
	mls__writer_free(&info);
	return rc;
}

int
mls__derive_secret(struct mls_secret *out, const struct mls_suite *s,
    const struct mls_secret *secret, const char *label)
{
	uint8_t tmp[MLS_MAX_HASH];
	int rc;

	rc = mls__expand_with_label(tmp, s->nh, s, secret, label,
	    mls__buf(NULL, 0));
	if (rc == 0)
		rc = mls__secret_set(out, mls__buf(tmp, s->nh));
	mls__wipe(tmp, sizeof(tmp));
	return rc;
}

/* RFC 9420 §9.1 */
int
mls__derive_tree_secret(uint8_t *out, size_t len, const struct mls_suite *s,
    const struct mls_secret *secret, const char *label, uint32_t generation)
{
	uint8_t context[4] = {
		(uint8_t)(generation >> 24), (uint8_t)(generation >> 16),
		(uint8_t)(generation >> 8), (uint8_t)generation,
	};

	return mls__expand_with_label(out, len, s, secret, label,
	    mls__buf(context, sizeof(context)));
}

/* RFC 9420 §5.1.2: SignContent, flat. */
static int
sign_content(struct mls_flat *out, const char *label, struct mls_buf content)
{
	struct mls_labelled l;
	int rc;

	out->heap = NULL;
	out->buf = mls__buf(NULL, 0);
	if (label == NULL)
		return 0;
	rc = mls__labelled(&l, MLS_LABEL, label, content);
	if (rc == 0)
		rc = mls__flat(out, l.part, MLS_LABELLED_PARTS);
	return rc;
}

/* A signature may be made in many ways; but the second provider takes it. */
static int
sign_twin(const struct mls_suite *s, const struct mls_privkey *key,
    struct mls_buf msg, struct mls_buf sig)
{
	struct mls_twin t;
	int rc;

	rc = mls__twin_begin(&t, s, MLS_ROLE_SIGN, 0);
	if (rc != 0)
		return rc;
	MLS_TWIN_CALL(&t, verify, key->id, mls__key_public(key), msg, sig);
	return mls__twin_end(&t, "a signature", MLS_P_OK, NULL);
}

static int
sign_flat(uint8_t *sig, size_t *len, const struct mls_suite *s,
    const struct mls_privkey *key, struct mls_buf msg)
{
	struct mls_plugins *p = key->owner->plugins;
	size_t made = *len;
	int st, rc;

	mls__count(p, MLS_COUNT_SIGN, 1);
	MLS_CALL(st, key->owner, sign, key->handle, msg, sig, &made);
	if (st == MLS_P_SPACE)
		return MLS_E_BUFFER_TOO_SMALL;
	if (st != MLS_P_OK)
		return mls__error_of_status(st);
	/* What every receiver will check. */
	if (made > *len)
		return mls__instance_broke(key->owner,
		    "sign: longer than its buffer");
	if (made == 0 ||
	    mls__form_signature(key->id, mls__buf(sig, made)) != 0)
		return mls__instance_broke(key->owner,
		    "sign: a malformed signature");
	rc = sign_twin(s, key, msg, mls__buf(sig, made));
	if (rc == 0)
		*len = made;
	return rc;
}

int
mls__sign_with_label(uint8_t *sig, size_t *len, const struct mls_suite *s,
    const struct mls_privkey *key, const char *label, struct mls_buf content)
{
	struct mls_flat msg;
	int rc;

	/* CRYPT-12 */
	if (key->role != MLS_ROLE_SIGN || key->id != s->row->signature)
		return MLS_E_SIGNER_SCHEME_MISMATCH;
	rc = sign_content(&msg, label, content);
	if (rc == 0)
		rc = sign_flat(sig, len, s, key, label != NULL ? msg.buf :
		    content);
	mls__flat_free(&msg);
	return rc;
}

/* RFC 9420 §5.1.1, CRYPT-04: what can be seen without curve arithmetic. */
static int
key_form(const struct mls_suite *s, struct mls_buf pub)
{
	if (pub.len != s->verify.alg->public_len)
		return MLS_E_SIGNATURE_KEY_INVALID;
	return mls__form_sign_key(s->row->signature, pub);
}

static int
verify_flat(const struct mls_suite *s, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig, int error)
{
	struct mls_twin t;
	int st, rc;

	mls__count(s->plugins, MLS_COUNT_VERIFY, 1);
	rc = mls__twin_begin(&t, s, MLS_ROLE_VERIFY, 0);
	if (rc != 0)
		return rc;
	MLS_CALL(st, s->verify.inst, verify, s->verify.alg->id, pub, msg, sig);
	MLS_TWIN_CALL(&t, verify, s->verify.alg->id, pub, msg, sig);
	rc = mls__twin_end(&t, "the check of a signature", st, NULL);
	if (rc != 0)
		return rc;
	if (st == MLS_P_VERIFY)
		return error;
	if (st == MLS_P_ARGUMENT)
		return MLS_E_SIGNATURE_KEY_INVALID;
	return mls__error_of_status(st);
}

/* CRYPT-04 to CRYPT-06: what is refused before the provider is asked. */
static int
verify_forms(const struct mls_suite *s, struct mls_buf pub,
    struct mls_buf sig, int error)
{
	int rc;

	rc = key_form(s, pub);
	if (rc == 0)
		rc = mls__form_signature(s->row->signature, sig);
	if (rc == 0 && (sig.len == 0 || sig.len > s->verify.alg->output_len))
		rc = error;
	return rc;
}

int
mls__verify(const struct mls_suite *s, struct mls_buf pub,
    struct mls_buf msg, struct mls_buf sig, int error)
{
	int rc;

	rc = verify_forms(s, pub, sig, error);
	return rc != 0 ? rc : verify_flat(s, pub, msg, sig, error);
}

int
mls__verify_with_label(const struct mls_suite *s, struct mls_verify_job *job)
{
	struct mls_flat msg;
	int rc;

	rc = verify_forms(s, job->pub, job->sig, job->error);
	if (rc == 0) {
		rc = sign_content(&msg, job->label, job->content);
		if (rc == 0)
			rc = verify_flat(s, job->pub, job->label != NULL ?
			    msg.buf : job->content, job->sig, job->error);
		mls__flat_free(&msg);
	}
	return job->status = rc;
}

struct verify_loop {
	const struct mls_suite *suite;
	struct mls_verify_job *jobs;
};

static void
verify_range(void *arg, size_t from, size_t to)
{
	const struct verify_loop *loop = arg;
	size_t i;

	for (i = from; i < to; i++)
		mls__verify_with_label(loop->suite, &loop->jobs[i]);
}

int
mls__verify_many(const struct mls_suite *s, struct mls_verify_job *jobs,
    size_t n)
{
	struct verify_loop loop = { s, jobs };
	size_t i;
	int rc;

	/* 0 is what holds: nothing does that was not looked at. */
	for (i = 0; i < n; i++)
		jobs[i].status = MLS_E_PROVIDER_CONTRACT;
	rc = mls__plugins_parallel(s->plugins, s->verify.inst, n, VERIFY_GRAIN,
	    verify_range, &loop);
	for (i = 0; i < n && rc == 0; i++)
		rc = jobs[i].status;
	return rc;
}

/* True if the KEM works on the curve of the signature scheme. */
static bool
same_curve(const struct mls_suite_row *row)
{
	switch (row->signature) {
	case MLS_SIG_ECDSA_P256:
		return row->kem == MLS_KEM_P256;
	case MLS_SIG_ECDSA_P384:
		return row->kem == MLS_KEM_P384;
	case MLS_SIG_ECDSA_P521:
		return row->kem == MLS_KEM_P521;
	default:
		return false;
	}
}

/* The ABI has no check for keys of signatures.  A NIST key is a point on the
 * curve for the KEM or, failing that, for the verification of a signature
 * that is well-formed and, but for chance, false. */
static int
nist_point(const struct mls_suite *s, struct mls_buf pub)
{
	static const uint8_t one_one[] = {
		0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01,
	};
	int rc;

	if (same_curve(s->row) && MLS_CAN(s->kem.inst, kem_check_public)) {
		rc = mls__kem_check_public(s, pub);
		return rc == MLS_E_HPKE_PUBLIC_KEY_INVALID ?
		    MLS_E_SIGNATURE_KEY_INVALID : rc;
	}
	return verify_flat(s, pub, mls__buf(NULL, 0),
	    mls__buf(one_one, sizeof(one_one)), 0);
}

int
mls__check_signature_key(const struct mls_suite *s, struct mls_buf pub)
{
	int rc;

	rc = key_form(s, pub);
	if (rc == 0 && mls__form_scalar(MLS_ROLE_SIGN, s->row->signature))
		rc = nist_point(s, pub);
	return rc;
}
