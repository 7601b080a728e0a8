/* SPDX-License-Identifier: MIT */
/* Groups that end, and groups that follow from others. */
#include <stdlib.h>

#include "interop.h"

RPC(re_init_commit, CommitRequest, CommitResponse)
{
	rpc_commit(service, in, reply, call);
}

/* Every member brings a key package for the group that is to come. */
static void
end_group(struct world *w, struct entry *e, uint32_t id, uint16_t suite,
    int rc, MlsClient__HandleReInitCommitResponse_Closure reply, void *call)
{
	MlsClient__HandleReInitCommitResponse out =
	    MLS_CLIENT__HANDLE_RE_INIT_COMMIT_RESPONSE__INIT;
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_bytes package = { NULL, 0 };

	o.suite = suite;
	if (rc == 0 && suite == 0)
		rc = complain(w, "this commit holds no ReInit", 0);
	if (rc == 0)
		rc = mls_key_package_new(&package, e->actor->client, &o);
	if (rc == 0)
		rc = authenticator(&out.epoch_authenticator, e->group);
	out.reinit_id = id;
	give(&out.key_package, &package);
	reply(done(w, rc) ? &out : NULL, call);
	mls_bytes_free(&package);
}

RPC(handle_pending_re_init_commit, HandlePendingCommitRequest,
    HandleReInitCommitResponse)
{
	struct world *w = world_of(service);
	struct entry *e = NULL;
	uint16_t suite = 0;
	int rc = entry_state(&e, w, in->state_id);

	if (rc == 0)
		rc = settle(&suite, e);
	end_group(w, e, in->state_id, suite, rc, reply, call);
}

RPC(handle_re_init_commit, HandleCommitRequest, HandleReInitCommitResponse)
{
	struct world *w = world_of(service);
	struct entry *e = NULL;
	uint16_t suite = 0;
	int rc = entry_state(&e, w, in->state_id);

	if (rc == 0)
		rc = take_proposals(e, in->proposal, in->n_proposal);
	if (rc == 0)
		rc = take(&suite, e, in->commit);
	end_group(w, e, in->state_id, suite, rc, reply, call);
}

/* A group that follows from another, with its first members. */
struct founding {
	struct mls_group_options o;
	const ProtobufCBinaryData *packages;
	size_t n;
	uint32_t flags; /* MLS_COMMIT_* */
	mls_group *group;
	struct mls_bytes welcome, tree;
};

static int
add_all(struct founding *f, uint32_t framing)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	struct mls_intent *v = calloc(f->n + 1, sizeof(*v));
	struct mls_bytes commit = { NULL, 0 };
	size_t i;
	int rc;

	if (v == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; i < f->n; i++) {
		v[i].type = MLS_EFFECT_ADD;
		v[i].key_package = octets(f->packages[i]);
	}
	send.framing = framing;
	o.send = &send;
	o.intents = v;
	o.n_intents = f->n;
	o.flags = f->flags;
	rc = mls_group_commit(&commit, &f->welcome, f->group, &o);
	if (rc == 0)
		rc = mls_group_settle(f->group, 1);
	if (rc == 0 && (f->flags & MLS_COMMIT_TREE_BESIDE) != 0)
		rc = mls_group_tree(&f->tree, f->group);
	mls_bytes_free(&commit);
	free(v);
	return rc;
}

static int
found(struct founding *f, const struct entry *parent)
{
	int rc;

	f->o.parent = parent->group;
	rc = mls_group_create(&f->group, parent->actor->client, &f->o);
	return rc != 0 ? rc : add_all(f, parent->framing);
}

static uint32_t
flags(bool force_path, bool external_tree)
{
	return (force_path ? MLS_COMMIT_FORCE_PATH : 0) |
	    (external_tree ? MLS_COMMIT_TREE_BESIDE : 0);
}

static void
show_founding(MlsClient__CreateSubgroupResponse *out,
    const struct founding *f)
{
	give(&out->welcome, &f->welcome);
	give(&out->ratchet_tree, &f->tree);
}

static void
founding_free(struct founding *f)
{
	mls_group_close(f->group);
	mls_bytes_free(&f->welcome);
	mls_bytes_free(&f->tree);
}

/* The successor takes the place of the group that ended. */
static void
replace(struct entry *e, mls_group **successor)
{
	mls_group_close(e->group);
	e->group = *successor;
	*successor = NULL;
}

RPC(re_init_welcome, ReInitWelcomeRequest, CreateSubgroupResponse)
{
	MlsClient__CreateSubgroupResponse out =
	    MLS_CLIENT__CREATE_SUBGROUP_RESPONSE__INIT;
	struct founding f = { .o = MLS_GROUP_OPTIONS_INIT,
		.packages = in->key_package, .n = in->n_key_package,
		.flags = flags(in->force_path, in->external_tree) };
	struct world *w = world_of(service);
	struct entry *e;
	int rc = entry_state(&e, w, in->reinit_id);

	f.o.lineage = MLS_LINEAGE_REINIT;
	if (rc == 0)
		rc = found(&f, e);
	if (rc == 0)
		replace(e, &f.group);
	if (rc == 0)
		rc = authenticator(&out.epoch_authenticator, e->group);
	out.state_id = in->reinit_id;
	show_founding(&out, &f);
	reply(done(w, rc) ? &out : NULL, call);
	founding_free(&f);
}

RPC(handle_re_init_welcome, HandleReInitWelcomeRequest, JoinGroupResponse)
{
	MlsClient__JoinGroupResponse out =
	    MLS_CLIENT__JOIN_GROUP_RESPONSE__INIT;
	struct world *w = world_of(service);
	mls_group *successor = NULL;
	struct entry *e;
	int rc = entry_state(&e, w, in->reinit_id);

	if (rc == 0)
		rc = open_join(&successor, e->actor->client, in->welcome,
		    in->ratchet_tree);
	if (rc == 0)
		replace(e, &successor);
	if (rc == 0)
		rc = authenticator(&out.epoch_authenticator, e->group);
	out.state_id = in->reinit_id;
	reply(done(w, rc) ? &out : NULL, call);
}

RPC(create_branch, CreateBranchRequest, CreateSubgroupResponse)
{
	MlsClient__CreateSubgroupResponse out =
	    MLS_CLIENT__CREATE_SUBGROUP_RESPONSE__INIT;
	struct founding f = { .o = MLS_GROUP_OPTIONS_INIT,
		.packages = in->key_packages, .n = in->n_key_packages,
		.flags = flags(in->force_path, in->external_tree) };
	struct mls_bytes extensions = { NULL, 0 };
	struct world *w = world_of(service);
	struct entry *parent, *e;
	int rc = entry_state(&parent, w, in->state_id);

	if (rc == 0)
		rc = extensions_write(&extensions, in->extensions,
		    in->n_extensions);
	f.o.lineage = MLS_LINEAGE_BRANCH;
	f.o.group_id = octets(in->group_id);
	f.o.extensions = (struct mls_buf){ extensions.data, extensions.len };
	if (rc == 0)
		rc = found(&f, parent);
	if (rc == 0)
		rc = entry_new(&e, &out.state_id, w, parent->actor);
	if (rc == 0) {
		e->framing = parent->framing;
		replace(e, &f.group);
		rc = authenticator(&out.epoch_authenticator, e->group);
	}
	show_founding(&out, &f);
	reply(done(w, rc) ? &out : NULL, call);
	mls_bytes_free(&extensions);
	founding_free(&f);
}

/* The key package is a stranger's to whoever knows the parent group. */
static int
hand_over(mls_client *to, const struct entry *from)
{
	struct mls_bytes init = { NULL, 0 }, leaf = { NULL, 0 },
		signature = { NULL, 0 };
	struct mls_buf package = { from->package.data, from->package.len };
	int rc;

	rc = mls_key_package_export(&init, &leaf, &signature,
	    from->actor->client, package);
	if (rc == 0)
		rc = mls_key_package_import(to, package,
		    (struct mls_buf){ init.data, init.len },
		    (struct mls_buf){ leaf.data, leaf.len },
		    (struct mls_buf){ signature.data, signature.len });
	mls_bytes_free(&init);
	mls_bytes_free(&leaf);
	mls_bytes_free(&signature);
	return rc;
}

RPC(handle_branch, HandleBranchRequest, HandleBranchResponse)
{
	MlsClient__HandleBranchResponse out =
	    MLS_CLIENT__HANDLE_BRANCH_RESPONSE__INIT;
	struct world *w = world_of(service);
	struct entry *parent, *transaction, *e;
	int rc = entry_state(&parent, w, in->state_id);

	if (rc == 0)
		rc = entry_package(&transaction, w, in->transaction_id);
	if (rc == 0)
		rc = hand_over(parent->actor->client, transaction);
	if (rc == 0)
		rc = entry_new(&e, &out.state_id, w, parent->actor);
	if (rc == 0) {
		e->framing = parent->framing;
		rc = open_join(&e->group, parent->actor->client, in->welcome,
		    in->ratchet_tree);
	}
	if (rc == 0)
		rc = authenticator(&out.epoch_authenticator, e->group);
	entry_free(w, rc == 0 ? in->transaction_id : out.state_id);
	reply(done(w, rc) ? &out : NULL, call);
}
