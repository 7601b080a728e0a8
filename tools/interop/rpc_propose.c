/* SPDX-License-Identifier: MIT */
/* Proposals of members. */
#include "interop.h"

static int
make(struct mls_bytes *out, struct entry *e, const struct mls_intent *intent)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	mls_change *c = NULL;
	int rc;

	o.framing = e->framing;
	rc = mls_group_make_proposal(&c, e->group, intent, &o);
	if (rc == 0)
		rc = mls_change_release(out, c);
	if (rc == 0)
		rc = entry_note(e, (struct mls_buf){ out->data, out->len });
	mls_change_drop(c);
	return rc;
}

void
propose(struct world *w, struct entry *e, const struct mls_intent *intent,
    int rc, MlsClient__ProposalResponse_Closure reply, void *call)
{
	MlsClient__ProposalResponse out = MLS_CLIENT__PROPOSAL_RESPONSE__INIT;
	struct mls_bytes proposal = { NULL, 0 };

	if (rc == 0)
		rc = make(&proposal, e, intent);
	give(&out.proposal, &proposal);
	reply(done(w, rc) ? &out : NULL, call);
	mls_bytes_free(&proposal);
}

RPC(add_proposal, AddProposalRequest, ProposalResponse)
{
	struct mls_intent intent = { .type = MLS_EFFECT_ADD,
		.key_package = octets(in->key_package) };
	struct world *w = world_of(service);
	struct entry *e = NULL;
	int rc = entry_state(&e, w, in->state_id);

	propose(w, e, &intent, rc, reply, call);
}

RPC(update_proposal, UpdateProposalRequest, ProposalResponse)
{
	struct mls_intent intent = { .type = MLS_EFFECT_UPDATE };
	struct world *w = world_of(service);
	struct entry *e = NULL;
	int rc = entry_state(&e, w, in->state_id);

	propose(w, e, &intent, rc, reply, call);
}

RPC(remove_proposal, RemoveProposalRequest, ProposalResponse)
{
	struct mls_intent intent = { .type = MLS_EFFECT_REMOVE };
	struct world *w = world_of(service);
	struct entry *e = NULL;
	int rc = entry_state(&e, w, in->state_id);

	if (rc == 0)
		rc = mls_group_find(&intent.leaf, e->group,
		    octets(in->removed_id));
	propose(w, e, &intent, rc, reply, call);
}

RPC(external_pskproposal, ExternalPSKProposalRequest, ProposalResponse)
{
	struct mls_intent intent = { .type = MLS_EFFECT_PSK,
		.psk_id = octets(in->psk_id) };
	struct world *w = world_of(service);
	struct entry *e = NULL;
	int rc = entry_state(&e, w, in->state_id);

	propose(w, e, &intent, rc, reply, call);
}

RPC(resumption_pskproposal, ResumptionPSKProposalRequest, ProposalResponse)
{
	struct mls_intent intent = { .type = MLS_EFFECT_PSK,
		.epoch = in->epoch_id };
	struct world *w = world_of(service);
	struct entry *e = NULL;
	int rc = entry_state(&e, w, in->state_id);

	propose(w, e, &intent, rc, reply, call);
}

/* One whose extensions are written first. */
static void
propose_extensions(struct world *w, uint32_t id, struct mls_intent *intent,
    MlsClient__Extension **v, size_t n,
    MlsClient__ProposalResponse_Closure reply, void *call)
{
	struct mls_bytes extensions = { NULL, 0 };
	struct entry *e = NULL;
	int rc = entry_state(&e, w, id);

	if (rc == 0)
		rc = extensions_write(&extensions, v, n);
	intent->extensions = (struct mls_buf){ extensions.data,
		extensions.len };
	propose(w, e, intent, rc, reply, call);
	mls_bytes_free(&extensions);
}

RPC(group_context_extensions_proposal, GroupContextExtensionsProposalRequest,
    ProposalResponse)
{
	struct mls_intent intent = { .type = MLS_EFFECT_EXTENSIONS };

	propose_extensions(world_of(service), in->state_id, &intent,
	    in->extensions, in->n_extensions, reply, call);
}

RPC(re_init_proposal, ReInitProposalRequest, ProposalResponse)
{
	struct mls_intent intent = { .type = MLS_EFFECT_REINIT,
		.group_id = octets(in->group_id),
		.suite = (uint16_t)in->cipher_suite };

	propose_extensions(world_of(service), in->state_id, &intent,
	    in->extensions, in->n_extensions, reply, call);
}
