/* SPDX-License-Identifier: MIT */
#include "crypto/kem.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "crypto/call.h"
#include "crypto/forms.h"
#include "crypto/twin.h"

#define UNANSWERED (-1)

/* Length and form of a recipient's key: CRYPT-02, CRYPT-03. */
int
mls__kem_key_form(const struct mls_suite *s, struct mls_buf pub)
{
	if (pub.len != s->npk)
		return MLS_E_HPKE_PUBLIC_KEY_INVALID;
	return mls__form_kem_key(s->row->kem, pub);
}

int
mls__kem_check_public(const struct mls_suite *s, struct mls_buf pub)
{
	struct mls_twin t;
	int st, rc;

	rc = mls__kem_key_form(s, pub);
	if (rc != 0 || !MLS_CAN(s->kem.inst, kem_check_public))
		return rc;
	rc = mls__twin_begin(&t, s, MLS_ROLE_KEM, 0);
	if (rc != 0)
		return rc;
	MLS_CALL(st, s->kem.inst, kem_check_public, s->kem.alg->id, pub);
	MLS_TWIN_CALL(&t, kem_check_public, s->kem.alg->id, pub);
	rc = mls__twin_end(&t, "the check of a public key", st, NULL);
	if (rc != 0)
		return rc;
	return st == MLS_P_ARGUMENT ? MLS_E_HPKE_PUBLIC_KEY_INVALID :
	    mls__error_of_status(st);
}

/* CRYPT-03: what comes out of a KEM is hashed, so that zeros show a provider
 * that hid a failure. */
static int
check_shared(const struct mls_suite *s, const uint8_t *shared)
{
	static const uint8_t zeros[MLS_MAX_KEY];

	return mls__equal_ct(mls__buf(shared, s->nsecret),
	    mls__buf(zeros, s->nsecret)) ? MLS_E_HPKE_DH_ZERO : 0;
}

/* The second provider encapsulates to the same recipient from the same seed. */
static int
encap_twin(const struct mls_suite *s, const struct mls_encap *v)
{
	size_t len = s->nenc + s->nsecret;
	struct mls_twin t;
	uint8_t *both;
	int rc;

	if (s->second[MLS_ROLE_KEM] == NULL)
		return 0;
	both = mls__alloc(len);
	if (both == NULL)
		return MLS_E_OUT_OF_MEMORY;
	memcpy(both, v->enc, s->nenc);
	memcpy(both + s->nenc, v->shared, s->nsecret);
	rc = mls__twin_begin(&t, s, MLS_ROLE_KEM, len);
	if (rc == 0) {
		MLS_TWIN_CALL(&t, kem_encap, s->kem.alg->id, v->pub, v->seed,
		    t.data, t.data + s->nenc);
		rc = mls__twin_end(&t, "encapsulation", v->status, both);
	}
	mls__free_wiped(both, len);
	return rc;
}

/* The library's error for what a provider did with one recipient. */
static int
encap_error(const struct mls_suite *s, const struct mls_encap *v)
{
	int rc;

	if (v->status == UNANSWERED)
		return mls__instance_broke(s->kem.inst,
		    "kem_encap_batch: a recipient without a status");
	rc = encap_twin(s, v);
	if (rc != 0)
		return rc;
	if (v->status == MLS_P_ARGUMENT)
		return MLS_E_HPKE_PUBLIC_KEY_INVALID;
	return v->status != MLS_P_OK ? mls__error_of_status(v->status) :
	    check_shared(s, v->shared);
}

static void
encap_batch(const struct mls_suite *s, struct mls_encap *v, size_t n)
{
	size_t i;
	int st;

	for (i = 0; i < n; i++)
		v[i].status = UNANSWERED;
	MLS_CALL(st, s->kem.inst, kem_encap_batch, s->kem.alg->id, v, n);
	for (i = 0; i < n; i++)
		if (v[i].status == UNANSWERED && st != MLS_P_OK)
			v[i].status = st;
		else if (v[i].status != UNANSWERED)
			mls__instance_said(s->kem.inst, "kem_encap_batch",
			    v[i].status);
}

void
mls__kem_encap(const struct mls_suite *s, struct mls_encap *v, size_t n)
{
	size_t i;

	if (n > 1 && MLS_CAN(s->kem.inst, kem_encap_batch)) {
		encap_batch(s, v, n);
	} else {
		for (i = 0; i < n; i++)
			MLS_CALL(v[i].status, s->kem.inst, kem_encap,
			    s->kem.alg->id, v[i].pub, v[i].seed, v[i].enc,
			    v[i].shared);
	}
	for (i = 0; i < n; i++)
		v[i].status = encap_error(s, &v[i]);
}

/* The status of a decapsulation whose input has the right length and form. */
static int
decap_error(const struct mls_suite *s, int st)
{
	if (st != MLS_P_ARGUMENT)
		return mls__error_of_status(st);
	/* On these curves every other string is a point. */
	if (s->row->kem == MLS_KEM_X25519 || s->row->kem == MLS_KEM_X448)
		return MLS_E_HPKE_DH_ZERO;
	return MLS_E_HPKE_PUBLIC_KEY_INVALID;
}

/* The key in the second provider, for one call: only where it can be told. */
static void
decap_twin(struct mls_twin *t, const struct mls_privkey *key,
    struct mls_buf enc)
{
	struct mls_key *copy = NULL;

	t->status = mls__key_copy(&copy, key, t->inst);
	if (t->status == MLS_P_UNSUPPORTED) {
		mls__twin_drop(t);
		return;
	}
	if (t->status == MLS_P_OK)
		MLS_TWIN_CALL(t, kem_decap, copy, enc, t->data);
	mls__key_copy_free(copy, t->inst);
}

/* CRYPT-07, CRYPT-03 */
int
mls__kem_decap(uint8_t *shared, const struct mls_suite *s,
    const struct mls_privkey *key, struct mls_buf enc)
{
	struct mls_twin t;
	int st, rc;

	if (key->role != MLS_ROLE_KEM || key->id != s->row->kem)
		return MLS_E_PRIVATE_KEY_MISMATCH;
	if (enc.len != s->nenc)
		return MLS_E_KEM_OUTPUT_LENGTH;
	rc = mls__form_kem_key(s->row->kem, enc);
	if (rc != 0)
		return rc;
	rc = mls__twin_begin(&t, s, MLS_ROLE_KEM, s->nsecret);
	if (rc != 0)
		return rc;
	MLS_CALL(st, key->owner, kem_decap, key->handle, enc, shared);
	if (t.inst != NULL)
		decap_twin(&t, key, enc);
	rc = mls__twin_end(&t, "decapsulation", st, shared);
	if (rc == 0)
		rc = decap_error(s, st);
	return rc != 0 ? rc : check_shared(s, shared);
}
