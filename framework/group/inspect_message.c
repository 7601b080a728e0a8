/* SPDX-License-Identifier: MIT */
/* mls_inspect: proposals, commits, framed content, welcomes, group infos. */
#include "base/secret.h"
#include "group/inspect.h"

static void
psk_id(struct mls_text *t, const struct mls_psk_id *id)
{
	static const char *const usages[] = { "?", "application", "reinit",
		"branch" };

	if (id->type == MLS_PSK_EXTERNAL) {
		mls__text_line(t, "psktype", "external");
		mls__text_string(t, "psk_id", id->id);
	} else {
		mls__text_line(t, "psktype", "resumption");
		mls__text_line(t, "usage", "%s",
		    id->usage < 4 ? usages[id->usage] : "?");
		mls__text_string(t, "psk_group_id", id->group_id);
		mls__text_line(t, "psk_epoch", "%llu",
		    (unsigned long long)id->epoch);
	}
	mls__text_hex(t, "psk_nonce", id->nonce);
}

static void
reinit(struct mls_text *t, const struct mls_reinit *r)
{
	mls__text_string(t, "group_id", r->group_id);
	mls__text_code(t, "version", r->version,
	    mls__name_version(r->version));
	mls__text_suite(t, r->suite);
	mls__inspect_extensions(t, "extensions", r->extensions);
}

void
mls__inspect_proposal(struct mls_text *t, const struct mls_proposal *p)
{
	const char *known = mls__name_proposal(p->type);

	mls__text_open(t, "proposal: %s", known != NULL ? known : "?");
	switch (p->type) {
	case MLS_PROPOSAL_ADD:
		mls__inspect_key_package(t, &p->u.add);
		break;
	case MLS_PROPOSAL_UPDATE:
		mls__inspect_leaf(t, &p->u.update);
		break;
	case MLS_PROPOSAL_REMOVE:
		mls__text_line(t, "removed", "leaf %lu",
		    (unsigned long)p->u.removed);
		break;
	case MLS_PROPOSAL_PSK:
		psk_id(t, &p->u.psk);
		break;
	case MLS_PROPOSAL_REINIT:
		reinit(t, &p->u.reinit);
		break;
	case MLS_PROPOSAL_EXTERNAL_INIT:
		mls__text_hex(t, "kem_output", p->u.kem_output);
		break;
	case MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		mls__inspect_extensions(t, "extensions", p->u.extensions);
		break;
	default:
		if (known != NULL)
			break;
		mls__text_code(t, "type", p->type, NULL);
		mls__text_hex(t, "body", p->u.custom);
		break;
	}
	mls__text_close(t);
}

static void
update_path(struct mls_text *t, const struct mls_update_path *path)
{
	size_t i;

	mls__text_open(t, "path");
	mls__text_open(t, "leaf_node");
	mls__inspect_leaf(t, &path->leaf);
	mls__text_close(t);
	for (i = 0; i < path->n; i++) {
		mls__text_open(t, "path node %zu", i);
		mls__text_hex(t, "encryption_key", path->nodes[i].key);
		mls__text_line(t, "encrypted_path_secret",
		    "for %zu recipients", path->nodes[i].n);
		mls__text_close(t);
	}
	mls__text_close(t);
}

static void
commit(struct mls_text *t, const struct mls_commit *c)
{
	size_t i;

	if (c->n == 0)
		mls__text_line(t, "proposals", "(none)");
	for (i = 0; i < c->n; i++) {
		if (c->proposals[i].kind == MLS_BY_VALUE)
			mls__inspect_proposal(t, c->proposals[i].proposal);
		else
			mls__text_hex(t, "proposal reference",
			    c->proposals[i].ref);
	}
	if (c->has_path)
		update_path(t, &c->path);
	else
		mls__text_line(t, "path", "(none)");
}

static const char *
content_type(unsigned type)
{
	switch (type) {
	case MLS_CONTENT_APPLICATION:
		return "application";
	case MLS_CONTENT_PROPOSAL:
		return "proposal";
	case MLS_CONTENT_COMMIT:
		return "commit";
	default:
		return "?";
	}
}

static void
sender(struct mls_text *t, const struct mls_sender *s)
{
	unsigned long index = s->index;

	switch (s->type) {
	case MLS_SENDER_MEMBER:
		mls__text_line(t, "sender", "member, leaf %lu", index);
		break;
	case MLS_SENDER_EXTERNAL:
		mls__text_line(t, "sender", "external, number %lu", index);
		break;
	case MLS_SENDER_NEW_MEMBER_PROPOSAL:
		mls__text_line(t, "sender", "new_member_proposal");
		break;
	default:
		mls__text_line(t, "sender", "new_member_commit");
		break;
	}
}

static void
frame(struct mls_text *t, struct mls_buf group_id, uint64_t epoch)
{
	mls__text_string(t, "group_id", group_id);
	mls__text_line(t, "epoch", "%llu", (unsigned long long)epoch);
}

static void
public_message(struct mls_text *t, const struct mls_authentic *a)
{
	const struct mls_content *c = &a->content;

	mls__text_open(t, "PublicMessage");
	frame(t, c->group_id, c->epoch);
	sender(t, &c->sender);
	mls__text_hex(t, "authenticated_data", c->aad);
	mls__text_open(t, "content: %s", content_type(c->type));
	if (c->type == MLS_CONTENT_APPLICATION)
		mls__text_size(t, "application_data", c->u.application);
	else if (c->type == MLS_CONTENT_PROPOSAL)
		mls__inspect_proposal(t, &c->u.proposal);
	else
		commit(t, &c->u.commit);
	mls__text_close(t);
	mls__text_hex(t, "signature", a->signature);
	if (c->type == MLS_CONTENT_COMMIT)
		mls__text_hex(t, "confirmation_tag", a->confirmation_tag);
	if (c->sender.type == MLS_SENDER_MEMBER)
		mls__text_hex(t, "membership_tag", a->membership_tag);
	mls__text_close(t);
}

static void
private_message(struct mls_text *t, const struct mls_private_message *m)
{
	mls__text_open(t, "PrivateMessage");
	frame(t, m->group_id, m->epoch);
	mls__text_line(t, "content_type", "%s",
	    content_type(m->content_type));
	mls__text_hex(t, "authenticated_data", m->aad);
	mls__text_size(t, "encrypted_sender_data", m->sender_data);
	mls__text_size(t, "ciphertext", m->ciphertext);
	mls__text_close(t);
}

static void
welcome(struct mls_text *t, const struct mls_welcome *w)
{
	size_t i;

	mls__text_open(t, "Welcome");
	mls__text_suite(t, w->suite);
	for (i = 0; i < w->n; i++) {
		mls__text_open(t, "secrets %zu", i);
		mls__text_hex(t, "new_member", w->entries[i].new_member);
		mls__text_size(t, "kem_output", w->entries[i].secrets.enc);
		mls__text_size(t, "ciphertext", w->entries[i].secrets.ct);
		mls__text_close(t);
	}
	mls__text_size(t, "encrypted_group_info", w->group_info);
	mls__text_close(t);
}

void
mls__inspect_group_info(struct mls_text *t, const struct mls_group_info *info)
{
	const struct mls_group_context *c = &info->context;

	mls__text_open(t, "GroupInfo");
	mls__text_open(t, "group_context");
	mls__text_code(t, "version", c->version,
	    mls__name_version(c->version));
	mls__text_suite(t, c->suite);
	frame(t, c->group_id, c->epoch);
	mls__text_hex(t, "tree_hash", c->tree_hash);
	mls__text_hex(t, "confirmed_transcript_hash",
	    c->confirmed_transcript_hash);
	mls__inspect_extensions(t, "extensions", c->extensions);
	mls__text_close(t);
	mls__inspect_extensions(t, "extensions", info->extensions);
	mls__text_hex(t, "confirmation_tag", info->confirmation_tag);
	mls__text_line(t, "signer", "leaf %lu", (unsigned long)info->signer);
	mls__text_hex(t, "signature", info->signature);
	mls__text_close(t);
}

void
mls__inspect_message(struct mls_text *t, const struct mls_message *m)
{
	mls__text_open(t, "MLSMessage");
	mls__text_code(t, "version", m->version,
	    mls__name_version(m->version));
	mls__text_code(t, "wire_format", m->wire_format,
	    mls__name_wire_format(m->wire_format));
	switch (m->wire_format) {
	case MLS_WIRE_PUBLIC_MESSAGE:
		public_message(t, &m->u.public_message);
		break;
	case MLS_WIRE_PRIVATE_MESSAGE:
		private_message(t, &m->u.private_message);
		break;
	case MLS_WIRE_WELCOME:
		welcome(t, &m->u.welcome);
		break;
	case MLS_WIRE_GROUP_INFO:
		mls__inspect_group_info(t, &m->u.group_info);
		break;
	default:
		mls__inspect_key_package(t, &m->u.key_package);
		break;
	}
	mls__text_close(t);
}
