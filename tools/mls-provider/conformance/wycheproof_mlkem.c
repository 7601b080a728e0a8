/* SPDX-License-Identifier: MIT */
/*
 * ML-KEM, for providers that offer it as an HPKE KEM: private keys are seeds
 * d and z of 64 octets in all, and a seed of 32 octets is what encapsulation
 * draws.
 */
#include <string.h>

#include "crypto/call.h"
#include "crypto/kem.h"
#include "wycheproof.h"

uint16_t
wycheproof_mlkem_id(const json_t *group, const char *algorithm)
{
	static const char *const sets[] = { "ML-KEM-512", "ML-KEM-768",
		"ML-KEM-1024" };
	const char *name = wycheproof_text(group, "parameterSet");
	uint16_t i;

	(void)algorithm;
	for (i = 0; i < 3; i++)
		if (strcmp(sets[i], name) == 0)
			return (uint16_t)(0x0040 + i);
	return 0;
}

static struct mls_privkey *
import(struct wycheproof *w, const json_t *test)
{
	struct mls_privkey *key = NULL;

	return mls__key_import(&key, &w->suite, MLS_ROLE_KEM,
	    wycheproof_octets(w->t, test, "seed")) == 0 ? key : NULL;
}

static bool
same(struct wycheproof *w, const json_t *test, const char *name,
    struct mls_buf got)
{
	return mls__equal(wycheproof_octets(w->t, test, name), got);
}

enum wycheproof_answer
wycheproof_mlkem_keygen(struct wycheproof *w, const json_t *test)
{
	struct mls_privkey *key = import(w, test);
	bool good;

	if (key == NULL)
		return WYCHEPROOF_REFUSED;
	good = same(w, test, "ek", mls__key_public(key));
	mls__key_free(key);
	return good ? WYCHEPROOF_TAKEN : WYCHEPROOF_WRONG;
}

enum wycheproof_answer
wycheproof_mlkem_decaps(struct wycheproof *w, const json_t *test)
{
	struct mls_privkey *key = import(w, test);
	uint8_t shared[MLS_MAX_KEY];
	int rc;

	if (key == NULL)
		return WYCHEPROOF_REFUSED;
	rc = mls__kem_decap(shared, &w->suite, key,
	    wycheproof_octets(w->t, test, "c"));
	mls__key_free(key);
	if (rc != 0)
		return WYCHEPROOF_REFUSED;
	return same(w, test, "K", mls__buf(shared, w->suite.nsecret)) ?
	    WYCHEPROOF_TAKEN : WYCHEPROOF_WRONG;
}

enum wycheproof_answer
wycheproof_mlkem_encaps(struct wycheproof *w, const json_t *test)
{
	struct mls_buf pub = wycheproof_octets(w->t, test, "ek"),
	    seed = wycheproof_octets(w->t, test, "m");
	uint8_t *enc = conf_alloc(w->t, w->suite.nenc), shared[MLS_MAX_KEY];
	int checked = mls__kem_check_public(&w->suite, pub);
	int st = MLS_P_ARGUMENT;

	if (seed.len != w->suite.seed_len)
		return WYCHEPROOF_NOT_OURS;
	/* libmls asks nobody to encapsulate to a key of another length. */
	if (pub.len == w->suite.npk)
		MLS_CALL(st, w->suite.kem.inst, kem_encap, w->alg->id, pub,
		    seed.data, enc, shared);
	if (checked != 0 && st == MLS_P_ARGUMENT)
		return WYCHEPROOF_REFUSED;
	return checked == 0 && st == MLS_P_OK &&
	    same(w, test, "c", mls__buf(enc, w->suite.nenc)) &&
	    same(w, test, "K", mls__buf(shared, w->suite.nsecret)) ?
	    WYCHEPROOF_TAKEN : WYCHEPROOF_WRONG;
}
