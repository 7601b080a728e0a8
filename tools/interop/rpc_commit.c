/* SPDX-License-Identifier: MIT */
/* Commits, made and taken. */
#include <stdlib.h>

#include "interop.h"

int
take_proposals(struct entry *e, const ProtobufCBinaryData *v, size_t n)
{
	mls_change *c;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < n; i++) {
		if (entry_sent(e, octets(v[i])))
			continue;
		rc = mls_group_process(&c, e->group, octets(v[i]));
		if (rc != 0)
			break;
		rc = mls_change_apply(c);
		mls_change_drop(c);
	}
	return rc;
}

static uint16_t
reinit_suite(mls_change *c)
{
	const struct mls_summary *s = mls_change_summary(c);
	size_t i;

	for (i = 0; i < s->n_effects; i++)
		if (s->effects[i].type == MLS_EFFECT_REINIT)
			return s->effects[i].suite;
	return 0;
}

int
take(uint16_t *reinit, struct entry *e, ProtobufCBinaryData message)
{
	mls_change *c = NULL;
	int rc = mls_group_process(&c, e->group, octets(message));

	if (rc == 0)
		rc = mls_change_apply(c);
	if (rc == 0)
		*reinit = reinit_suite(c);
	mls_change_drop(c);
	return rc;
}

int
settle(uint16_t *reinit, struct entry *e)
{
	mls_change *c = NULL;
	int rc = mls_group_pending(&c, e->group);

	if (rc == 0 && c == NULL)
		rc = MLS_E_CHANGE_MISUSE;
	if (rc == 0)
		*reinit = reinit_suite(c);
	if (rc == 0)
		rc = mls_change_apply(c);
	mls_change_drop(c);
	return rc;
}

/* What a commit is made of, and what comes of it. */
struct making {
	struct world *w;
	struct entry *e;
	struct mls_intent *intents;
	struct mls_bytes *extensions; /* of the intents */
	size_t n;
	struct mls_bytes commit, welcome, tree;
};

static int
read_values(struct making *m, const MlsClient__CommitRequest *in)
{
	const MlsClient__ProposalDescription *d;
	size_t i;
	int rc = 0;

	m->intents = calloc(in->n_by_value + 1, sizeof(*m->intents));
	m->extensions = calloc(in->n_by_value + 1, sizeof(*m->extensions));
	if (m->intents == NULL || m->extensions == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; rc == 0 && i < in->n_by_value; i++) {
		d = in->by_value[i];
		rc = describe(&m->intents[i], &m->extensions[i], m->w, d);
		m->n = i + 1;
		if (rc == 0 && m->intents[i].type == MLS_EFFECT_REMOVE)
			rc = mls_group_find(&m->intents[i].leaf, m->e->group,
			    octets(d->removed_id));
	}
	return rc;
}

static int
make(struct making *m, const MlsClient__CommitRequest *in)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	mls_change *c = NULL;
	int rc;

	send.framing = m->e->framing;
	o.send = &send;
	o.intents = m->intents;
	o.n_intents = m->n;
	o.flags = (in->force_path ? MLS_COMMIT_FORCE_PATH : 0) |
	    (in->external_tree ? MLS_COMMIT_TREE_BESIDE : 0);
	rc = mls_group_make_commit(&c, m->e->group, &o);
	if (rc == 0 && mls_change_summary(c)->n_left_out != 0)
		rc = complain(m->w, "not all proposals fit into one commit",
		    0);
	if (rc == 0)
		rc = mls_change_release(&m->commit, c);
	if (rc == 0)
		rc = mls_change_welcome(&m->welcome, c);
	if (rc == 0 && in->external_tree)
		rc = mls_change_tree(&m->tree, c);
	mls_change_drop(c);
	return rc;
}

RPC(commit, CommitRequest, CommitResponse)
{
	MlsClient__CommitResponse out = MLS_CLIENT__COMMIT_RESPONSE__INIT;
	struct making m = { .w = world_of(service) };
	size_t i;
	int rc = entry_state(&m.e, m.w, in->state_id);

	if (rc == 0)
		rc = take_proposals(m.e, in->by_reference,
		    in->n_by_reference);
	if (rc == 0)
		rc = read_values(&m, in);
	if (rc == 0)
		rc = make(&m, in);
	give(&out.commit, &m.commit);
	give(&out.welcome, &m.welcome);
	give(&out.ratchet_tree, &m.tree);
	reply(done(m.w, rc) ? &out : NULL, call);
	for (i = 0; i < m.n; i++)
		mls_bytes_free(&m.extensions[i]);
	free(m.extensions);
	free(m.intents);
	mls_bytes_free(&m.commit);
	mls_bytes_free(&m.welcome);
	mls_bytes_free(&m.tree);
}

RPC(handle_commit, HandleCommitRequest, HandleCommitResponse)
{
	MlsClient__HandleCommitResponse out =
	    MLS_CLIENT__HANDLE_COMMIT_RESPONSE__INIT;
	struct world *w = world_of(service);
	struct entry *e;
	uint16_t reinit;
	int rc = entry_state(&e, w, in->state_id);

	if (rc == 0)
		rc = take_proposals(e, in->proposal, in->n_proposal);
	if (rc == 0)
		rc = take(&reinit, e, in->commit);
	if (rc == 0)
		rc = authenticator(&out.epoch_authenticator, e->group);
	out.state_id = in->state_id;
	reply(done(w, rc) ? &out : NULL, call);
}

RPC(handle_pending_commit, HandlePendingCommitRequest, HandleCommitResponse)
{
	MlsClient__HandleCommitResponse out =
	    MLS_CLIENT__HANDLE_COMMIT_RESPONSE__INIT;
	struct world *w = world_of(service);
	struct entry *e;
	uint16_t reinit;
	int rc = entry_state(&e, w, in->state_id);

	if (rc == 0)
		rc = settle(&reinit, e);
	if (rc == 0)
		rc = authenticator(&out.epoch_authenticator, e->group);
	out.state_id = in->state_id;
	reply(done(w, rc) ? &out : NULL, call);
}
