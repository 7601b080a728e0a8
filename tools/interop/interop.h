/* SPDX-License-Identifier: MIT */
/*
 * mls-interop: libmls as a client of the interoperability harness of the MLS
 * working group.
 *
 * rpc_*.c hold the calls, a subject a file; world.c what lives between them;
 * wire.c and describe.c bring the harness's words into the library's; server.c
 * alone knows gRPC, lines.c JSON.  Everything goes through the public API of
 * libmls.
 */
#ifndef TOOLS_INTEROP_H
#define TOOLS_INTEROP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "libmls/mls.h"
#include "tools/interop/mls_client.pb-c.h"

/* Somebody with a store of their own. */
struct actor {
	unsigned refs;
	mls_client *client;
};

/* What a number of the harness stands for. */
struct entry {
	struct actor *actor;
	mls_group *group;         /* a state; it ended while a ReInit waits */
	struct mls_bytes package; /* a transaction: its key package */
	uint32_t framing;         /* MLS_FRAMING_*: of what we send */
	struct mls_bytes *sent;   /* proposals of ours in `epoch` */
	size_t n_sent;
	uint64_t epoch;
};

/* All that this process holds. */
struct world {
	MlsClient__MLSClient_Service service;
	mls_context *context;
	const char *name;
	struct entry **entries; /* by number, less 1; NULL: freed */
	size_t n_entries;
	char complaint[256]; /* why the last call failed */
};

/* world_init(w, name, crypto, grease): crypto: providers, or NULL as configured;
 * grease: make some.  world_close(w). */
int world_init(struct world *w, const char *name, const char *crypto,
    bool grease);
void world_close(struct world *w);

/* done(w, rc): true for 0; else the reason is noted for the reply.
 * complain(w, text, id): an error of the caller's; id: what it is about, or
 * 0. */
bool done(struct world *w, int rc);
int complain(struct world *w, const char *text, uint32_t id);

/*
 * actor_new(out, w, identity), actor_drop(a).
 * entry_new(out, id, w, actor): takes a reference to the actor.
 * entry_state(out, w, id), entry_package(out, w, id): a state, a transaction.
 * entry_any(out, w, id): whatever it is.
 * entry_free(w, id): of anything, nothing at all too.
 */
int actor_new(struct actor **out, struct world *w, struct mls_buf identity);
void actor_drop(struct actor *a);
int entry_new(struct entry **out, uint32_t *id, struct world *w,
    struct actor *actor);
int entry_any(struct entry **out, struct world *w, uint32_t id);
int entry_state(struct entry **out, struct world *w, uint32_t id);
int entry_package(struct entry **out, struct world *w, uint32_t id);
void entry_free(struct world *w, uint32_t id);

/* entry_note(e, proposal): we sent it; entry_sent: whether we did, in this
 * epoch.  A private message of ours is one that we cannot read. */
int entry_note(struct entry *e, struct mls_buf proposal);
bool entry_sent(const struct entry *e, struct mls_buf proposal);

/* Octets of the harness, and for it; nobody's copy. */
struct mls_buf octets(ProtobufCBinaryData data);
void show(ProtobufCBinaryData *out, struct mls_buf b);
void give(ProtobufCBinaryData *out, const struct mls_bytes *b);

/* authenticator(out, group): of its epoch; good until its next change. */
int authenticator(ProtobufCBinaryData *out, const mls_group *group);

/* open_join(out, client, welcome, tree): apply a Welcome. */
int open_join(mls_group **out, mls_client *client, ProtobufCBinaryData welcome,
    ProtobufCBinaryData tree);

/* extensions_write(out, v, n): as the library takes them.
 * senders_write(out, extensions, sender): the same extensions, but with one
 * external sender more. */
int extensions_write(struct mls_bytes *out, MlsClient__Extension **v,
    size_t n);
int senders_write(struct mls_bytes *out, struct mls_buf extensions,
    struct mls_buf sender);

/* describe(out, extensions, w, d): as an intent, which borrows; its leaf, for
 * a REMOVE, is the caller's to find. */
int describe(struct mls_intent *out, struct mls_bytes *extensions,
    struct world *w, const MlsClient__ProposalDescription *d);

/* The calls.  Each gives one reply, NULL if it failed. */
#define RPC(name, request, response) \
	void rpc_##name(MlsClient__MLSClient_Service *service, \
	    const MlsClient__##request *in, \
	    MlsClient__##response##_Closure reply, void *call)

RPC(name, NameRequest, NameResponse);
RPC(supported_ciphersuites, SupportedCiphersuitesRequest,
    SupportedCiphersuitesResponse);
RPC(create_group, CreateGroupRequest, CreateGroupResponse);
RPC(create_key_package, CreateKeyPackageRequest, CreateKeyPackageResponse);
RPC(join_group, JoinGroupRequest, JoinGroupResponse);
RPC(external_join, ExternalJoinRequest, ExternalJoinResponse);
RPC(group_info, GroupInfoRequest, GroupInfoResponse);
RPC(state_auth, StateAuthRequest, StateAuthResponse);
RPC(export, ExportRequest, ExportResponse);
RPC(protect, ProtectRequest, ProtectResponse);
RPC(unprotect, UnprotectRequest, UnprotectResponse);
RPC(store_psk, StorePSKRequest, StorePSKResponse);
RPC(add_proposal, AddProposalRequest, ProposalResponse);
RPC(update_proposal, UpdateProposalRequest, ProposalResponse);
RPC(remove_proposal, RemoveProposalRequest, ProposalResponse);
RPC(external_pskproposal, ExternalPSKProposalRequest, ProposalResponse);
RPC(resumption_pskproposal, ResumptionPSKProposalRequest, ProposalResponse);
RPC(group_context_extensions_proposal, GroupContextExtensionsProposalRequest,
    ProposalResponse);
RPC(commit, CommitRequest, CommitResponse);
RPC(handle_commit, HandleCommitRequest, HandleCommitResponse);
RPC(handle_pending_commit, HandlePendingCommitRequest, HandleCommitResponse);
RPC(re_init_proposal, ReInitProposalRequest, ProposalResponse);
RPC(re_init_commit, CommitRequest, CommitResponse);
RPC(handle_pending_re_init_commit, HandlePendingCommitRequest,
    HandleReInitCommitResponse);
RPC(handle_re_init_commit, HandleCommitRequest, HandleReInitCommitResponse);
RPC(re_init_welcome, ReInitWelcomeRequest, CreateSubgroupResponse);
RPC(handle_re_init_welcome, HandleReInitWelcomeRequest, JoinGroupResponse);
RPC(create_branch, CreateBranchRequest, CreateSubgroupResponse);
RPC(handle_branch, HandleBranchRequest, HandleBranchResponse);
RPC(new_member_add_proposal, NewMemberAddProposalRequest,
    NewMemberAddProposalResponse);
RPC(create_external_signer, CreateExternalSignerRequest,
    CreateExternalSignerResponse);
RPC(add_external_signer, AddExternalSignerRequest, ProposalResponse);
RPC(external_signer_proposal, ExternalSignerProposalRequest,
    ProposalResponse);
RPC(free, FreeRequest, FreeResponse);

/* What more than one of these files calls. */
struct world *world_of(MlsClient__MLSClient_Service *service);

/* propose(w, e, intent, reply, call): by a member; rc: so far. */
void propose(struct world *w, struct entry *e, const struct mls_intent *intent,
    int rc, MlsClient__ProposalResponse_Closure reply, void *call);

/* take(epilogue, e, message): process and apply a commit; the suite of a
 * ReInit in it, or 0.  settle: the one of ours that waits.  take_proposals. */
int take_proposals(struct entry *e, const ProtobufCBinaryData *v, size_t n);
int take(uint16_t *reinit, struct entry *e, ProtobufCBinaryData message);
int settle(uint16_t *reinit, struct entry *e);

/* serve(w, address): until SIGINT or SIGTERM; false: it cannot listen. */
bool serve(struct world *w, const char *address);

/* talk(w): lines of JSON, until the input ends; false: the output failed. */
bool talk(struct world *w);

#endif
