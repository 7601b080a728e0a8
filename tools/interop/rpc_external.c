/* SPDX-License-Identifier: MIT */
/* Proposals of those who stand outside, by the group's leave. */
#include "interop.h"

RPC(create_external_signer, CreateExternalSignerRequest,
    CreateExternalSignerResponse)
{
	MlsClient__CreateExternalSignerResponse out =
	    MLS_CLIENT__CREATE_EXTERNAL_SIGNER_RESPONSE__INIT;
	struct world *w = world_of(service);
	struct mls_bytes sender = { NULL, 0 };
	struct actor *a = NULL;
	struct entry *e;
	int rc = actor_new(&a, w, octets(in->identity));

	if (rc == 0)
		rc = entry_new(&e, &out.signer_id, w, a);
	if (rc == 0)
		rc = mls_external_sender_new(&sender, a->client,
		    (uint16_t)in->cipher_suite);
	actor_drop(a);
	give(&out.external_sender, &sender);
	reply(done(w, rc) ? &out : NULL, call);
	mls_bytes_free(&sender);
}

RPC(add_external_signer, AddExternalSignerRequest, ProposalResponse)
{
	struct mls_group_info_view v = MLS_GROUP_INFO_VIEW_INIT;
	struct mls_intent intent = { .type = MLS_EFFECT_EXTENSIONS };
	struct mls_bytes extensions = { NULL, 0 };
	struct world *w = world_of(service);
	struct entry *e = NULL;
	int rc = entry_state(&e, w, in->state_id);

	if (rc == 0)
		rc = mls_group_info(&v, e->group);
	if (rc == 0)
		rc = senders_write(&extensions, v.extensions,
		    octets(in->external_sender));
	intent.extensions = (struct mls_buf){ extensions.data,
		extensions.len };
	propose(w, e, &intent, rc, reply, call);
	mls_bytes_free(&extensions);
}

/* The harness never says which of the senders we are: the library finds us by
 * our key. */
RPC(external_signer_proposal, ExternalSignerProposalRequest,
    ProposalResponse)
{
	MlsClient__ProposalResponse out = MLS_CLIENT__PROPOSAL_RESPONSE__INIT;
	const MlsClient__ProposalDescription *d = in->description;
	struct mls_bytes extensions = { NULL, 0 }, proposal = { NULL, 0 };
	struct world *w = world_of(service);
	struct mls_intent intent;
	struct entry *e;
	int rc = entry_any(&e, w, in->signer_id);

	if (rc == 0 && d == NULL)
		rc = complain(w, "nothing to propose", 0);
	if (rc == 0)
		rc = describe(&intent, &extensions, w, d);
	if (rc == 0 && intent.type == MLS_EFFECT_REMOVE)
		rc = mls_group_info_find(&intent.leaf, e->actor->client,
		    octets(in->group_info), octets(in->ratchet_tree),
		    octets(d->removed_id));
	if (rc == 0)
		rc = mls_external_propose(&proposal, e->actor->client,
		    octets(in->group_info), &intent);
	give(&out.proposal, &proposal);
	reply(done(w, rc) ? &out : NULL, call);
	mls_bytes_free(&extensions);
	mls_bytes_free(&proposal);
}
