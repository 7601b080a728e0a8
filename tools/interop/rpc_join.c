/* SPDX-License-Identifier: MIT */
/* How one becomes a member. */
#include <stdlib.h>
#include <string.h>

#include "interop.h"

static uint32_t
framing(bool encrypt)
{
	return encrypt ? MLS_FRAMING_PRIVATE : MLS_FRAMING_PUBLIC;
}

RPC(create_group, CreateGroupRequest, CreateGroupResponse)
{
	MlsClient__CreateGroupResponse out =
	    MLS_CLIENT__CREATE_GROUP_RESPONSE__INIT;
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	struct world *w = world_of(service);
	struct actor *a = NULL;
	struct entry *e;
	int rc = actor_new(&a, w, octets(in->identity));

	o.suite = (uint16_t)in->cipher_suite;
	o.group_id = octets(in->group_id);
	if (rc == 0)
		rc = entry_new(&e, &out.state_id, w, a);
	if (rc == 0)
		rc = mls_group_create(&e->group, a->client, &o);
	if (rc == 0)
		e->framing = framing(in->encrypt_handshake);
	else
		entry_free(w, out.state_id);
	actor_drop(a);
	reply(done(w, rc) ? &out : NULL, call);
}

/* A transaction of a new actor, with the private keys of its key package. */
struct transaction {
	struct actor *actor;
	struct entry *entry;
	uint32_t id;
	struct mls_bytes init, leaf, signature;
};

static int
begin(struct transaction *t, struct world *w, struct mls_buf identity,
    uint16_t suite)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_bytes *package;
	int rc;

	memset(t, 0, sizeof(*t));
	o.suite = suite;
	rc = actor_new(&t->actor, w, identity);
	if (rc == 0)
		rc = entry_new(&t->entry, &t->id, w, t->actor);
	if (rc != 0)
		return rc;
	package = &t->entry->package;
	rc = mls_key_package_new(package, t->actor->client, &o);
	if (rc == 0)
		rc = mls_key_package_export(&t->init, &t->leaf, &t->signature,
		    t->actor->client, (struct mls_buf){ package->data,
		    package->len });
	return rc;
}

/* Nothing is left of one that failed. */
static void
end(struct transaction *t, struct world *w, int rc)
{
	if (rc != 0)
		entry_free(w, t->id);
	actor_drop(t->actor);
	mls_bytes_free(&t->init);
	mls_bytes_free(&t->leaf);
	mls_bytes_free(&t->signature);
}

RPC(create_key_package, CreateKeyPackageRequest, CreateKeyPackageResponse)
{
	MlsClient__CreateKeyPackageResponse out =
	    MLS_CLIENT__CREATE_KEY_PACKAGE_RESPONSE__INIT;
	struct world *w = world_of(service);
	struct transaction t;
	int rc = begin(&t, w, octets(in->identity),
	    (uint16_t)in->cipher_suite);

	if (rc == 0) {
		out.transaction_id = t.id;
		give(&out.key_package, &t.entry->package);
		give(&out.init_priv, &t.init);
		give(&out.encryption_priv, &t.leaf);
		give(&out.signature_priv, &t.signature);
	}
	reply(done(w, rc) ? &out : NULL, call);
	end(&t, w, rc);
}

RPC(new_member_add_proposal, NewMemberAddProposalRequest,
    NewMemberAddProposalResponse)
{
	MlsClient__NewMemberAddProposalResponse out =
	    MLS_CLIENT__NEW_MEMBER_ADD_PROPOSAL_RESPONSE__INIT;
	struct world *w = world_of(service);
	struct mls_bytes proposal = { NULL, 0 };
	struct mls_buf group_id;
	struct transaction t = { 0 };
	uint64_t epoch;
	uint16_t suite;
	int rc;

	rc = mls_message_group(&group_id, &epoch, octets(in->group_info));
	if (rc == 0)
		rc = mls_message_suite(&suite, octets(in->group_info));
	if (rc == 0)
		rc = begin(&t, w, octets(in->identity), suite);
	if (rc == 0)
		rc = mls_propose_join(&proposal, t.actor->client, group_id,
		    epoch, (struct mls_buf){ t.entry->package.data,
		    t.entry->package.len });
	if (rc == 0) {
		out.transaction_id = t.id;
		give(&out.proposal, &proposal);
		give(&out.init_priv, &t.init);
		give(&out.encryption_priv, &t.leaf);
		give(&out.signature_priv, &t.signature);
	}
	reply(done(w, rc) ? &out : NULL, call);
	mls_bytes_free(&proposal);
	end(&t, w, rc);
}

int
open_join(mls_group **out, mls_client *client, ProtobufCBinaryData welcome,
    ProtobufCBinaryData tree)
{
	mls_change *c = NULL;
	int rc = mls_group_join(&c, client, octets(welcome), octets(tree));

	if (rc == 0)
		rc = mls_change_apply(c);
	if (rc == 0)
		rc = mls_change_group(out, c);
	mls_change_drop(c);
	return rc;
}

RPC(join_group, JoinGroupRequest, JoinGroupResponse)
{
	MlsClient__JoinGroupResponse out =
	    MLS_CLIENT__JOIN_GROUP_RESPONSE__INIT;
	struct world *w = world_of(service);
	struct entry *e;
	int rc = entry_package(&e, w, in->transaction_id);

	if (rc == 0)
		rc = open_join(&e->group, e->actor->client, in->welcome,
		    in->ratchet_tree);
	if (rc == 0)
		rc = authenticator(&out.epoch_authenticator, e->group);
	if (rc == 0) {
		/* The transaction is over: its number is the state's now. */
		mls_bytes_free(&e->package);
		e->framing = framing(in->encrypt_handshake);
		out.state_id = in->transaction_id;
	}
	reply(done(w, rc) ? &out : NULL, call);
}

/* The PSKs of the request, stored and meant for the commit. */
static int
store_psks(struct mls_intent **out, mls_client *client,
    const MlsClient__ExternalJoinRequest *in)
{
	struct mls_intent *v = calloc(in->n_psks + 1, sizeof(*v));
	size_t i;
	int rc = 0;

	if (v == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; rc == 0 && i < in->n_psks; i++) {
		v[i].type = MLS_EFFECT_PSK;
		v[i].psk_id = octets(in->psks[i]->psk_id);
		rc = mls_psk_put(client, v[i].psk_id,
		    octets(in->psks[i]->psk_secret));
	}
	if (rc != 0)
		free(v);
	else
		*out = v;
	return rc;
}

/* The harness takes every external commit for accepted. */
static int
come_in(struct mls_bytes *commit, struct entry *e,
    const MlsClient__ExternalJoinRequest *in)
{
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct mls_intent *psks = NULL;
	mls_change *c = NULL;
	int rc = store_psks(&psks, e->actor->client, in);

	o.resync = in->remove_prior;
	o.intents = psks;
	o.n_intents = in->n_psks;
	if (rc == 0)
		rc = mls_group_join_external(&c, e->actor->client,
		    octets(in->group_info), octets(in->ratchet_tree), &o);
	if (rc == 0)
		rc = mls_change_release(commit, c);
	if (rc == 0)
		rc = mls_change_apply(c);
	if (rc == 0)
		rc = mls_change_group(&e->group, c);
	mls_change_drop(c);
	free(psks);
	return rc;
}

RPC(external_join, ExternalJoinRequest, ExternalJoinResponse)
{
	MlsClient__ExternalJoinResponse out =
	    MLS_CLIENT__EXTERNAL_JOIN_RESPONSE__INIT;
	struct world *w = world_of(service);
	struct mls_bytes commit = { NULL, 0 };
	struct actor *a = NULL;
	struct entry *e;
	int rc = actor_new(&a, w, octets(in->identity));

	if (rc == 0)
		rc = entry_new(&e, &out.state_id, w, a);
	if (rc == 0)
		rc = come_in(&commit, e, in);
	if (rc == 0)
		rc = authenticator(&out.epoch_authenticator, e->group);
	if (rc == 0) {
		e->framing = framing(in->encrypt_handshake);
		give(&out.commit, &commit);
	} else {
		entry_free(w, out.state_id);
	}
	actor_drop(a);
	reply(done(w, rc) ? &out : NULL, call);
	mls_bytes_free(&commit);
}
