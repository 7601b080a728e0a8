/* SPDX-License-Identifier: MIT */
/* messages: every object decodes, and encodes to the same octets from what
 * was decoded. */
#include "message/message.h"
#include "tree/tree.h"
#include "vectors.h"

static void
write_list16(struct mls_writer *w, struct mls_buf list)
{
	struct mls_reader r;
	size_t at = mls__write_open(w);

	mls__reader_init(&r, list);
	while (mls__reader_more(&r))
		mls__write_u16(w, mls__read_u16(&r));
	mls__write_close(w, at);
}

static void
write_extensions(struct mls_writer *w, struct mls_buf list)
{
	struct mls_extension e;
	struct mls_reader r;
	size_t at = mls__write_open(w);

	mls__reader_init(&r, list);
	while (mls__extension_next(&e, &r)) {
		mls__write_u16(w, e.type);
		mls__write_opaque(w, e.data);
	}
	mls__write_close(w, at);
}

static void
write_leaf(struct mls_writer *w, const struct mls_leaf *leaf)
{
	const struct mls_capabilities *c = &leaf->capabilities;

	mls__write_opaque(w, leaf->encryption_key);
	mls__write_opaque(w, leaf->signature_key);
	mls__write_u16(w, leaf->credential.type);
	mls__write_opaque(w, leaf->credential.identity);
	write_list16(w, c->versions);
	write_list16(w, c->suites);
	write_list16(w, c->extensions);
	write_list16(w, c->proposals);
	write_list16(w, c->credentials);
	mls__write_u8(w, leaf->source);
	if (leaf->source == MLS_LEAF_KEY_PACKAGE) {
		mls__write_u64(w, leaf->not_before);
		mls__write_u64(w, leaf->not_after);
	} else if (leaf->source == MLS_LEAF_COMMIT) {
		mls__write_opaque(w, leaf->parent_hash);
	}
	write_extensions(w, leaf->extensions);
	mls__write_opaque(w, leaf->signature);
}

static void
write_key_package(struct mls_writer *w, const struct mls_key_package *kp)
{
	mls__write_u16(w, kp->version);
	mls__write_u16(w, kp->suite);
	mls__write_opaque(w, kp->init_key);
	write_leaf(w, &kp->leaf);
	write_extensions(w, kp->extensions);
	mls__write_opaque(w, kp->signature);
}

static void
write_proposal(struct mls_writer *w, const struct mls_proposal *p)
{
	struct mls_writer part = { 0 };

	switch (p->type) {
	case MLS_PROPOSAL_ADD:
		write_key_package(&part, &p->u.add);
		mls__proposal_write_add(w, mls__writer_buf(&part));
		break;
	case MLS_PROPOSAL_UPDATE:
		write_leaf(&part, &p->u.update);
		mls__proposal_write_update(w, mls__writer_buf(&part));
		break;
	case MLS_PROPOSAL_REMOVE:
		mls__proposal_write_remove(w, p->u.removed);
		break;
	case MLS_PROPOSAL_PSK:
		mls__proposal_write_psk(w, &p->u.psk);
		break;
	case MLS_PROPOSAL_REINIT:
		mls__proposal_write_reinit(w, &p->u.reinit);
		break;
	case MLS_PROPOSAL_EXTERNAL_INIT:
		mls__proposal_write_external_init(w, p->u.kem_output);
		break;
	case MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS:
		mls__proposal_write_extensions(w, p->u.extensions);
		break;
	}
	mls__writer_free(&part);
}

static void
write_content(struct mls_writer *w, const struct mls_content *c)
{
	const struct mls_content_head head = {
		.group_id = c->group_id, .epoch = c->epoch,
		.sender = c->sender, .aad = c->aad, .type = c->type
	};
	struct mls_writer body = { 0 };

	if (c->type == MLS_CONTENT_APPLICATION)
		mls__write_bytes(&body, c->u.application);
	else if (c->type == MLS_CONTENT_PROPOSAL)
		write_proposal(&body, &c->u.proposal);
	else
		mls__commit_write(&body, c->u.commit.proposals,
		    c->u.commit.n, c->u.commit.has_path ?
		    &c->u.commit.path : NULL);
	mls__content_write(w, &head, mls__writer_buf(&body));
	mls__writer_free(&body);
}

static void
write_public(struct mls_writer *w, const struct mls_authentic *a)
{
	struct mls_writer content = { 0 }, auth = { 0 };

	write_content(&content, &a->content);
	mls__auth_write(&auth, a->signature, a->content.type,
	    a->confirmation_tag);
	mls__public_message_write(w, mls__writer_buf(&content),
	    mls__writer_buf(&auth), a->content.sender.type,
	    a->membership_tag);
	mls__writer_free(&content);
	mls__writer_free(&auth);
}

static void
write_message(struct mls_writer *w, const struct mls_message *m)
{
	const struct mls_private_message *p = &m->u.private_message;
	const struct mls_group_info *info = &m->u.group_info;

	mls__message_head(w, m->wire_format);
	switch (m->wire_format) {
	case MLS_WIRE_PUBLIC_MESSAGE:
		write_public(w, &m->u.public_message);
		break;
	case MLS_WIRE_PRIVATE_MESSAGE:
		mls__write_opaque(w, p->group_id);
		mls__write_u64(w, p->epoch);
		mls__write_u8(w, p->content_type);
		mls__write_opaque(w, p->aad);
		mls__write_opaque(w, p->sender_data);
		mls__write_opaque(w, p->ciphertext);
		break;
	case MLS_WIRE_WELCOME:
		mls__welcome_write(w, &m->u.welcome);
		break;
	case MLS_WIRE_GROUP_INFO:
		mls__group_context_write(w, &info->context);
		write_extensions(w, info->extensions);
		mls__write_opaque(w, info->confirmation_tag);
		mls__write_u32(w, info->signer);
		mls__write_opaque(w, info->signature);
		break;
	case MLS_WIRE_KEY_PACKAGE:
		write_key_package(w, &m->u.key_package);
		break;
	}
}

static void
check_message(struct vec *v, const char *field, uint16_t wire_format,
    uint8_t type)
{
	struct mls_buf in = vec_hex(v, v->json, field);
	struct mls_writer w = { 0 };
	struct mls_message m;
	uint16_t peeked = 0;

	vec_ok(v, field, mls__message_peek(&peeked, in));
	vec_same(v, field, peeked, wire_format);
	if (!vec_ok(v, field, mls__message_read(&m, &v->arena, in, NULL)))
		return;
	vec_same(v, field, m.wire_format, wire_format);
	if (wire_format == MLS_WIRE_PUBLIC_MESSAGE)
		vec_same(v, field, m.u.public_message.content.type, type);
	write_message(&w, &m);
	vec_equal(v, field, mls__writer_buf(&w), in);
	mls__writer_free(&w);
}

/* The fields have the struct alone, without the type in front. */
static void
check_proposal(struct vec *v, const char *field, uint16_t type)
{
	struct mls_writer in = { 0 }, w = { 0 };
	struct mls_proposal p;
	struct mls_reader r;

	mls__write_u16(&in, type);
	mls__write_bytes(&in, vec_hex(v, v->json, field));
	mls__reader_init(&r, mls__writer_buf(&in));
	mls__proposal_read(&p, &r);
	if (vec_ok(v, field, mls__reader_end(&r))) {
		write_proposal(&w, &p);
		vec_equal(v, field, mls__writer_buf(&w),
		    mls__writer_buf(&in));
	}
	mls__writer_free(&in);
	mls__writer_free(&w);
}

static void
check_commit(struct vec *v)
{
	struct mls_buf in = vec_hex(v, v->json, "commit");
	struct mls_writer w = { 0 };
	struct mls_commit c;
	struct mls_reader r;

	mls__reader_init(&r, in);
	mls__commit_read(&c, &v->arena, &r);
	if (vec_ok(v, "commit", mls__reader_end(&r))) {
		mls__commit_write(&w, c.proposals, c.n, c.has_path ?
		    &c.path : NULL);
		vec_equal(v, "commit", mls__writer_buf(&w), in);
	}
	mls__writer_free(&w);
}

static void
check_group_secrets(struct vec *v)
{
	struct mls_buf in = vec_hex(v, v->json, "group_secrets");
	struct mls_group_secrets gs;
	struct mls_writer w = { 0 };
	struct mls_reader r;

	mls__reader_init(&r, in);
	mls__group_secrets_read(&gs, &v->arena, &r);
	if (vec_ok(v, "group_secrets", mls__reader_end(&r))) {
		mls__group_secrets_write(&w, &gs);
		vec_equal(v, "group_secrets", mls__writer_buf(&w), in);
	}
	mls__writer_free(&w);
}

/* The tree names no suite; none of its rules here depends on one. */
static void
check_tree(struct vec *v)
{
	struct mls_buf in = vec_hex(v, v->json, "ratchet_tree");
	const struct mls_suite *s = NULL;
	struct mls_tree *t = NULL;
	struct mls_writer w = { 0 };

	if (!vec_ok(v, "cipher suite", mls__crypto_suite(&s, v->crypto, 1)) ||
	    !vec_ok(v, "ratchet_tree", mls__tree_read(&t, s, in,
	    MLS_MAX_LEAVES, NULL)))
		return;
	mls__tree_write(&w, t);
	vec_ok(v, "ratchet_tree", mls__tree_error(t));
	vec_equal(v, "ratchet_tree", mls__writer_buf(&w), in);
	mls__writer_free(&w);
	mls__tree_free(t);
}

void
vec_messages(struct vec *v)
{
	check_message(v, "mls_welcome", MLS_WIRE_WELCOME, 0);
	check_message(v, "mls_group_info", MLS_WIRE_GROUP_INFO, 0);
	check_message(v, "mls_key_package", MLS_WIRE_KEY_PACKAGE, 0);
	check_tree(v);
	check_group_secrets(v);
	check_proposal(v, "add_proposal", MLS_PROPOSAL_ADD);
	check_proposal(v, "update_proposal", MLS_PROPOSAL_UPDATE);
	check_proposal(v, "remove_proposal", MLS_PROPOSAL_REMOVE);
	check_proposal(v, "pre_shared_key_proposal", MLS_PROPOSAL_PSK);
	check_proposal(v, "re_init_proposal", MLS_PROPOSAL_REINIT);
	check_proposal(v, "external_init_proposal",
	    MLS_PROPOSAL_EXTERNAL_INIT);
	check_proposal(v, "group_context_extensions_proposal",
	    MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS);
	check_commit(v);
	check_message(v, "public_message_application",
	    MLS_WIRE_PUBLIC_MESSAGE, MLS_CONTENT_APPLICATION);
	check_message(v, "public_message_proposal", MLS_WIRE_PUBLIC_MESSAGE,
	    MLS_CONTENT_PROPOSAL);
	check_message(v, "public_message_commit", MLS_WIRE_PUBLIC_MESSAGE,
	    MLS_CONTENT_COMMIT);
	check_message(v, "private_message", MLS_WIRE_PRIVATE_MESSAGE, 0);
}
