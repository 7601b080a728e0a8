/* SPDX-License-Identifier: MIT */
/* Who we are, and what is kept for us: names, suites, PSKs. */
#include "interop.h"

#define SUITES 7 /* of RFC 9420 §17.1 */

RPC(name, NameRequest, NameResponse)
{
	MlsClient__NameResponse out = MLS_CLIENT__NAME_RESPONSE__INIT;

	(void)in;
	out.name = (char *)(uintptr_t)world_of(service)->name;
	reply(&out, call);
}

/* A suite that can be had is one that a client can make a key package for. */
static bool
have_suite(struct world *w, uint16_t suite)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_buf nobody = { (const uint8_t *)"nobody", 6 };
	struct mls_bytes package = { NULL, 0 };
	struct actor *a = NULL;
	bool have;

	o.suite = suite;
	have = actor_new(&a, w, nobody) == 0 &&
	    mls_key_package_new(&package, a->client, &o) == 0;
	mls_bytes_free(&package);
	actor_drop(a);
	return have;
}

RPC(supported_ciphersuites, SupportedCiphersuitesRequest,
    SupportedCiphersuitesResponse)
{
	MlsClient__SupportedCiphersuitesResponse out =
	    MLS_CLIENT__SUPPORTED_CIPHERSUITES_RESPONSE__INIT;
	uint32_t suites[SUITES];
	uint16_t suite;

	(void)in;
	out.ciphersuites = suites;
	for (suite = 1; suite <= SUITES; suite++)
		if (have_suite(world_of(service), suite))
			suites[out.n_ciphersuites++] = suite;
	reply(&out, call);
}

RPC(store_psk, StorePSKRequest, StorePSKResponse)
{
	MlsClient__StorePSKResponse out = MLS_CLIENT__STORE_PSKRESPONSE__INIT;
	struct world *w = world_of(service);
	struct entry *e;
	int rc = entry_any(&e, w, in->state_or_transaction_id);

	if (rc == 0)
		rc = mls_psk_put(e->actor->client, octets(in->psk_id),
		    octets(in->psk_secret));
	reply(done(w, rc) ? &out : NULL, call);
}

/* It cannot fail: its error would hide the one that came before. */
RPC(free, FreeRequest, FreeResponse)
{
	MlsClient__FreeResponse out = MLS_CLIENT__FREE_RESPONSE__INIT;

	entry_free(world_of(service), in->state_id);
	reply(&out, call);
}
