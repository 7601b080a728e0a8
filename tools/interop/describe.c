/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "interop.h"

static bool
is(ProtobufCBinaryData type, const char *name)
{
	return type.len == strlen(name) &&
	    memcmp(type.data, name, type.len) == 0;
}

int
describe(struct mls_intent *out, struct mls_bytes *extensions,
    struct world *w, const MlsClient__ProposalDescription *d)
{
	struct mls_intent intent = { .group_id = octets(d->group_id),
		.epoch = d->epoch_id, .suite = (uint16_t)d->cipher_suite };
	int rc = 0;

	if (is(d->proposal_type, "add")) {
		intent.type = MLS_EFFECT_ADD;
		intent.key_package = octets(d->key_package);
	} else if (is(d->proposal_type, "remove")) {
		intent.type = MLS_EFFECT_REMOVE;
	} else if (is(d->proposal_type, "externalPSK")) {
		intent.type = MLS_EFFECT_PSK;
		intent.psk_id = octets(d->psk_id);
	} else if (is(d->proposal_type, "resumptionPSK")) {
		intent.type = MLS_EFFECT_PSK;
	} else if (is(d->proposal_type, "groupContextExtensions")) {
		intent.type = MLS_EFFECT_EXTENSIONS;
	} else if (is(d->proposal_type, "reinit")) {
		intent.type = MLS_EFFECT_REINIT;
	} else {
		return complain(w, "an unknown type of proposal", 0);
	}
	rc = extensions_write(extensions, d->extensions, d->n_extensions);
	if (rc != 0)
		return rc;
	intent.extensions = (struct mls_buf){ extensions->data,
		extensions->len };
	*out = intent;
	return 0;
}
