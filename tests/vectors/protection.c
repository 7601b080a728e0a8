/* SPDX-License-Identifier: MIT */
/* message-protection: two members, the sender is leaf 1. */
#include <string.h>

#include "libmls/errors.h"
#include "message/message.h"
#include "schedule/context.h"
#include "schedule/epoch.h"
#include "vectors.h"

#define SENDER 1
#define GENERATION 3 /* of our own messages: any will do */

struct group {
	struct mls_buf context, group_id, pub;
	uint64_t epoch;
	struct mls_privkey *signer;
	struct mls_secret membership, sender_data;
	struct mls_secret ratchet[2]; /* of the sender, generation 0 */
};

static void
set_up(struct group *g, struct vec *v)
{
	struct mls_secret left = { 0 }, right = { 0 }, root;
	struct mls_group_context c = { .version = MLS_VERSION_MLS10 };
	struct mls_writer w = { 0 };

	memset(g, 0, sizeof(*g));
	c.suite = v->suite->row->number;
	c.group_id = g->group_id = vec_hex(v, v->json, "group_id");
	c.epoch = g->epoch = vec_number(v, v->json, "epoch");
	c.tree_hash = vec_hex(v, v->json, "tree_hash");
	c.confirmed_transcript_hash = vec_hex(v, v->json,
	    "confirmed_transcript_hash");
	mls__group_context_write(&w, &c);
	vec_ok(v, "context", mls__writer_take(&g->context, &v->arena, &w));
	mls__writer_free(&w);
	g->pub = vec_hex(v, v->json, "signature_pub");
	g->signer = vec_key(v, MLS_ROLE_SIGN, vec_hex(v, v->json,
	    "signature_priv"), "signature_priv");
	g->membership = vec_secret(v, v->json, "membership_key");
	g->sender_data = vec_secret(v, v->json, "sender_data_secret");
	root = vec_secret(v, v->json, "encryption_secret");
	vec_ok(v, "secret tree", mls__secret_tree_children(&left, &right,
	    v->suite, &root));
	vec_ok(v, "secret tree", mls__secret_tree_leaf(
	    &g->ratchet[MLS_RATCHET_HANDSHAKE],
	    &g->ratchet[MLS_RATCHET_APPLICATION], v->suite, &right));
}

/* MSG-18 */
static struct mls_message_key
message_key(struct vec *v, const struct group *g, uint8_t type,
    uint32_t generation)
{
	struct mls_secret secret = g->ratchet[type == MLS_CONTENT_APPLICATION
	    ? MLS_RATCHET_APPLICATION : MLS_RATCHET_HANDSHAKE];
	struct mls_message_key key = { { 0 }, { 0 } };
	uint32_t i;

	for (i = 0; i <= generation && i < 1000 && !v->failed; i++)
		vec_ok(v, "ratchet", mls__ratchet_step(&key, &secret,
		    v->suite, &secret, i));
	return key;
}

static struct mls_buf
content_tbs(struct vec *v, const struct group *g, uint16_t wire_format,
    struct mls_buf content)
{
	struct mls_buf tbs = { NULL, 0 };
	struct mls_writer w = { 0 };

	mls__content_tbs(&w, wire_format, content, MLS_SENDER_MEMBER,
	    g->context);
	vec_ok(v, "tbs", mls__writer_take(&tbs, &v->arena, &w));
	mls__writer_free(&w);
	return tbs;
}

/* What is true of a message however it travelled. */
static void
check_content(struct vec *v, const char *field, const struct group *g,
    const struct mls_authentic *a, struct mls_buf want)
{
	struct mls_verify_job job = {
		.pub = g->pub, .label = "FramedContentTBS",
		.content = content_tbs(v, g, a->wire_format, a->content.raw),
		.sig = a->signature, .error = MLS_E_CONTENT_SIGNATURE
	};

	vec_ok(v, field, mls__verify_with_label(v->suite, &job));
	vec_equal(v, field, a->content.group_id, g->group_id);
	vec_same(v, field, a->content.epoch, g->epoch);
	vec_same(v, field, a->content.sender.type, MLS_SENDER_MEMBER);
	vec_same(v, field, a->content.sender.index, SENDER);
	vec_equal(v, field, a->content.body, want);
}

static void
open_public(struct vec *v, const char *field, const struct group *g,
    struct mls_buf in, struct mls_buf want)
{
	struct mls_secret tag = { 0 };
	struct mls_message m;
	const struct mls_authentic *a = &m.u.public_message;

	if (!vec_ok(v, field, mls__message_read(&m, &v->arena, in, NULL)) ||
	    !vec_same(v, field, m.wire_format, MLS_WIRE_PUBLIC_MESSAGE))
		return;
	vec_ok(v, field, mls__membership_tag(&tag, v->suite, &g->membership,
	    content_tbs(v, g, a->wire_format, a->content.raw), a->auth));
	vec_ok(v, field, mls__tag_check(&tag, a->membership_tag,
	    MLS_E_MEMBERSHIP_TAG_INVALID));
	check_content(v, field, g, a, want);
}

static void
open_private(struct vec *v, const char *field, const struct group *g,
    struct mls_buf in, struct mls_buf want)
{
	struct mls_message m;
	const struct mls_private_message *p = &m.u.private_message;
	struct mls_sender_data sd;
	struct mls_message_key key;
	struct mls_authentic a;

	if (!vec_ok(v, field, mls__message_read(&m, &v->arena, in, NULL)) ||
	    !vec_same(v, field, m.wire_format, MLS_WIRE_PRIVATE_MESSAGE) ||
	    !vec_ok(v, field, mls__sender_data_open(&sd, v->suite,
	    &g->sender_data, p)))
		return;
	vec_same(v, field, sd.leaf, SENDER);
	key = message_key(v, g, p->content_type, sd.generation);
	if (vec_ok(v, field, mls__private_open(&a, &v->arena, v->suite, p,
	    &sd, &key)))
		check_content(v, field, g, &a, want);
}

/* FramedContentAuthData of our own; the tag of a commit means nothing. */
static struct mls_buf
make_auth(struct vec *v, const struct group *g, uint16_t wire_format,
    const struct mls_content_head *head, struct mls_buf content)
{
	struct mls_buf tbs = content_tbs(v, g, wire_format, content);
	struct mls_buf auth = { NULL, 0 };
	struct mls_writer w = { 0 };
	size_t len = v->suite->max_sig;
	uint8_t *sig = mls__arena_alloc(&v->arena, len);

	if (sig == NULL || g->signer == NULL ||
	    !vec_ok(v, "signature", mls__sign_with_label(sig, &len, v->suite,
	    g->signer, "FramedContentTBS", tbs)))
		return auth;
	mls__auth_write(&w, mls__buf(sig, len), head->type,
	    mls__secret_buf(&g->membership));
	vec_ok(v, "auth", mls__writer_take(&auth, &v->arena, &w));
	mls__writer_free(&w);
	return auth;
}

static struct mls_buf
make_content(struct vec *v, const struct mls_content_head *head,
    struct mls_buf body)
{
	struct mls_buf content = { NULL, 0 };
	struct mls_writer w = { 0 };

	mls__content_write(&w, head, body);
	vec_ok(v, "content", mls__writer_take(&content, &v->arena, &w));
	mls__writer_free(&w);
	return content;
}

static void
protect_public(struct vec *v, const struct group *g,
    const struct mls_content_head *head, struct mls_buf body)
{
	struct mls_buf content = make_content(v, head, body);
	struct mls_buf auth = make_auth(v, g, MLS_WIRE_PUBLIC_MESSAGE, head,
	    content);
	struct mls_secret tag = { 0 };
	struct mls_writer w = { 0 };

	vec_ok(v, "membership_tag", mls__membership_tag(&tag, v->suite,
	    &g->membership, content_tbs(v, g, MLS_WIRE_PUBLIC_MESSAGE,
	    content), auth));
	mls__message_head(&w, MLS_WIRE_PUBLIC_MESSAGE);
	mls__public_message_write(&w, content, auth, MLS_SENDER_MEMBER,
	    mls__secret_buf(&tag));
	vec_ok(v, "own public message", w.error);
	open_public(v, "own public message", g, mls__writer_buf(&w), body);
	mls__writer_free(&w);
}

static void
protect_private(struct vec *v, const struct group *g,
    const struct mls_content_head *head, struct mls_buf body)
{
	struct mls_buf content = make_content(v, head, body);
	struct mls_message_key key = message_key(v, g, head->type,
	    GENERATION);
	struct mls_private_seal seal = {
		.head = head, .body = body, .padding = 17, .key = &key,
		.auth = make_auth(v, g, MLS_WIRE_PRIVATE_MESSAGE, head,
		    content),
		.sender_data = { .leaf = SENDER, .generation = GENERATION },
		.sender_data_secret = &g->sender_data
	};
	struct mls_writer w = { 0 };

	vec_ok(v, "random", mls__random(seal.sender_data.reuse_guard, 4,
	    v->suite));
	mls__message_head(&w, MLS_WIRE_PRIVATE_MESSAGE);
	if (vec_ok(v, "own private message", mls__private_seal(&w, v->suite,
	    &seal)))
		open_private(v, "own private message", g,
		    mls__writer_buf(&w), body);
	mls__writer_free(&w);
}

void
vec_message_protection(struct vec *v)
{
	static const struct {
		uint8_t type;
		const char *raw, *pub, *priv;
	} list[] = {
		{ MLS_CONTENT_PROPOSAL, "proposal", "proposal_pub",
		    "proposal_priv" },
		{ MLS_CONTENT_COMMIT, "commit", "commit_pub",
		    "commit_priv" },
		{ MLS_CONTENT_APPLICATION, "application", NULL,
		    "application_priv" },
	};
	struct mls_content_head head;
	struct mls_buf raw;
	struct group g;
	size_t i;

	set_up(&g, v);
	for (i = 0; i < 3 && !v->failed; i++) {
		raw = vec_hex(v, v->json, list[i].raw);
		memset(&head, 0, sizeof(head));
		head.group_id = g.group_id;
		head.epoch = g.epoch;
		head.sender.type = MLS_SENDER_MEMBER;
		head.sender.index = SENDER;
		head.aad = mls__buf_str("authenticated data");
		head.type = list[i].type;
		open_private(v, list[i].priv, &g, vec_hex(v, v->json,
		    list[i].priv), raw);
		protect_private(v, &g, &head, raw);
		if (list[i].pub == NULL)
			continue;
		open_public(v, list[i].pub, &g, vec_hex(v, v->json,
		    list[i].pub), raw);
		protect_public(v, &g, &head, raw);
	}
	mls__key_free(g.signer);
}
