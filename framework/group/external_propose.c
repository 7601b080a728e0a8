/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.1.8: proposals of ours to groups that we are not in. */
#include <string.h>

#include "group/arrival.h"
#include "group/client.h"
#include "group/intent.h"

/* A proposal to a group of which we know little. */
struct outgoing {
	mls_client *client;
	const struct mls_suite *suite;
	struct mls_arena arena;
	struct mls_content_head head;
	struct mls_buf body;
	const struct mls_privkey *key;
};

/* Such signatures cover no GroupContext (FRAME-21), and such messages have no
 * membership tag. */
static int
write_proposal(struct mls_writer *out, struct outgoing *o)
{
	const struct mls_suite *s = o->suite;
	uint8_t *sig = mls__arena_alloc(&o->arena, s->max_sig);
	struct mls_buf content, auth, none = { NULL, 0 };
	struct mls_writer w = { 0 };
	size_t len = s->max_sig;
	int rc;

	if (sig == NULL)
		return MLS_E_OUT_OF_MEMORY;
	o->head.type = MLS_CONTENT_PROPOSAL;
	mls__content_write(&w, &o->head, o->body);
	rc = mls__writer_take(&content, &o->arena, &w);
	if (rc != 0)
		goto out;
	mls__content_tbs(&w, MLS_WIRE_PUBLIC_MESSAGE, content,
	    o->head.sender.type, none);
	rc = w.error;
	if (rc == 0)
		rc = mls__sign_with_label(sig, &len, s, o->key,
		    "FramedContentTBS", mls__writer_buf(&w));
	mls__writer_free(&w);
	if (rc != 0)
		return rc;
	mls__auth_write(&w, mls__buf(sig, len), MLS_CONTENT_PROPOSAL, none);
	rc = mls__writer_take(&auth, &o->arena, &w);
	if (rc == 0) {
		mls__message_head(out, MLS_WIRE_PUBLIC_MESSAGE);
		mls__public_message_write(out, content, auth,
		    o->head.sender.type, none);
		rc = out->error;
	}
out:
	mls__writer_free(&w);
	return rc;
}

static int
own_package(struct mls_own_package *own, struct outgoing *o,
    struct mls_buf key_package)
{
	struct mls_store_txn t = { 0 };
	struct mls_key_package kp;
	uint8_t ref[MLS_MAX_HASH];
	bool found = false;
	int rc;

	rc = mls__package_read(&kp, &o->arena, o->client->context,
	    key_package);
	if (rc == 0)
		rc = mls__crypto_suite(&o->suite, o->client->context->crypto,
		    kp.suite);
	if (rc == 0)
		rc = mls__key_package_ref(ref, o->suite, kp.raw);
	if (rc == 0)
		rc = mls__txn_begin(&t, &o->client->store, false);
	if (rc == 0)
		rc = mls__own_package_find(own, &found, o->client, &t,
		    mls__buf(ref, o->suite->nh));
	mls__txn_end(&t);
	return rc == 0 && !found ? MLS_E_KEY_PACKAGE_NOT_FOUND : rc;
}

int
mls_propose_join(struct mls_bytes *out, mls_client *client,
    struct mls_buf group_id, uint64_t epoch, struct mls_buf key_package)
{
	struct outgoing o = { .client = client, .head = { .group_id = group_id,
		.epoch = epoch, .sender = { MLS_SENDER_NEW_MEMBER_PROPOSAL,
		0 } } };
	struct mls_writer w = { 0 }, body = { 0 };
	struct mls_own_package own;
	int rc;

	if (out == NULL || client == NULL)
		return MLS_E_ARGUMENT;
	memset(&own, 0, sizeof(own));
	rc = mls__plugins_usable(client->context->plugins);
	if (rc == 0)
		rc = own_package(&own, &o, key_package);
	if (rc == 0)
		rc = mls__rule_own_package(client, o.suite, &own.package);
	if (rc == 0) {
		mls__proposal_write_add(&body, own.package.raw);
		o.body = mls__writer_buf(&body);
		o.key = own.sign;
		rc = body.error;
	}
	if (rc == 0)
		rc = write_proposal(&w, &o);
	mls__writer_free(&body);
	mls__own_package_free(&own);
	mls__arena_free(&o.arena);
	return mls__api(MLS_MAY_PACKAGE, mls__give(out, &w, rc));
}

static void
sender_key(struct mls_writer *w, const mls_client *client,
    struct mls_buf signature_key)
{
	mls__writer_reset(w);
	mls__write_u8(w, MLS_REC_SENDER);
	mls__write_u32(w, client->number);
	mls__write_bytes(w, signature_key);
}

static int
store_sender(mls_client *client, const struct mls_suite *s,
    struct mls_privkey *key)
{
	struct mls_store_txn t = { 0 };
	struct mls_batch b = { .direct = &t };
	struct mls_writer w = { 0 };
	int rc;

	rc = mls__txn_begin(&t, &client->store, true);
	if (rc == 0) {
		sender_key(&b.key, client, mls__key_public(key));
		mls__write_u16(&w, s->row->number);
		mls__batch_write_key(&b, &w, key);
		if (w.error != 0)
			mls__writer_fail(&b.ops, w.error);
		mls__batch_put(&b, mls__writer_buf(&w));
		rc = mls__batch_error(&b);
	}
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	mls__writer_free(&w);
	mls__batch_free(&b);
	return rc;
}

int
mls_external_sender_new(struct mls_bytes *out, mls_client *client,
    uint16_t suite)
{
	struct mls_privkey *key = NULL;
	const struct mls_suite *s;
	struct mls_writer w = { 0 };
	int rc;

	if (out == NULL || client == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__plugins_usable(client->context->plugins);
	if (rc == 0)
		rc = mls__crypto_suite(&s, client->context->crypto,
		    suite != 0 ? suite : 1);
	if (rc == 0)
		rc = mls__key_generate_sign(&key, s);
	if (rc == 0) {
		mls__write_opaque(&w, mls__key_public(key));
		mls__write_bytes(&w, mls__buf(client->credential.data,
		    client->credential.len));
		rc = w.error;
	}
	if (rc == 0)
		rc = store_sender(client, s, key);
	mls__key_free(key);
	return mls__api(MLS_MAY_PACKAGE, mls__give(out, &w, rc));
}

/* The private key of an external sender, if it is one of ours. */
static int
find_key(struct mls_privkey **out, struct outgoing *o,
    struct mls_store_txn *t, struct mls_buf signature_key)
{
	struct mls_writer key = { 0 };
	struct mls_buf record;
	struct mls_reader r;
	bool found;
	int rc;

	sender_key(&key, o->client, signature_key);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_get(&record, &found, &o->arena, t,
		    mls__writer_buf(&key));
	mls__writer_free(&key);
	if (rc != 0 || !found)
		return rc;
	mls__reader_init(&r, record);
	if (mls__read_u16(&r) != o->suite->row->number)
		return 0;
	rc = mls__key_read(out, &r, o->suite);
	return rc == 0 && mls__reader_end(&r) != 0 ?
	    MLS_E_STORED_STATE_MALFORMED : rc;
}

/* Our place in the group's list of senders. */
static int
find_place(struct mls_privkey **out, struct outgoing *o,
    struct mls_buf extensions)
{
	struct mls_store_txn t = { 0 };
	struct mls_reader list;
	struct mls_leaf sender;
	int rc;

	if (!mls__senders_open(&list, o->client->context, extensions))
		return MLS_E_EXTERNAL_SENDERS_ABSENT;
	rc = mls__txn_begin(&t, &o->client->store, false);
	while (rc == 0 && mls__sender_next(&sender, &list)) {
		rc = find_key(out, o, &t, sender.signature_key);
		if (rc == 0 && *out != NULL)
			break;
		o->head.sender.index++;
	}
	mls__txn_end(&t);
	return rc == 0 && *out == NULL ? MLS_E_EXTERNAL_SENDER_INDEX : rc;
}

/* The intent needs a group to stand for; there is no tree of it. */
static int
write_body(struct outgoing *o, const struct mls_group_context *context,
    const struct mls_intent *intent)
{
	struct mls_state state = { .context = *context };
	mls_group g = { .context = o->client->context, .client = o->client,
		.suite = o->suite, .state = &state };
	struct mls_item item;
	int rc;

	if (intent->type == MLS_EFFECT_UPDATE)
		return MLS_E_EXTERNAL_SENDER_PROPOSAL_TYPE; /* FRAME-11 */
	rc = mls__txn_begin(&g.txn, &o->client->store, false);
	if (rc == 0)
		rc = mls__intent_item(&item, NULL, &o->arena, &g,
		    &o->head.sender, intent);
	mls__txn_end(&g.txn);
	if (rc == 0)
		rc = mls__proposal_check(item.proposal, o->suite);
	if (rc == 0)
		o->body = item.raw;
	return rc;
}

/* The group of a GroupInfo, and that we have its suite. */
static int
read_info(struct mls_group_info *out, struct outgoing *o,
    struct mls_buf group_info)
{
	struct mls_message m;
	struct mls_buf copy;
	int rc;

	rc = mls__arena_copy(&copy, &o->arena, group_info);
	if (rc == 0)
		rc = mls__message_read(&m, &o->arena, copy,
		    &o->client->context->customs);
	if (rc == 0 && m.wire_format != MLS_WIRE_GROUP_INFO)
		rc = MLS_E_UNEXPECTED_WIRE_FORMAT;
	if (rc == 0)
		rc = mls__crypto_suite(&o->suite, o->client->context->crypto,
		    m.u.group_info.context.suite);
	if (rc == 0)
		*out = m.u.group_info;
	return rc;
}

static int
propose(struct mls_writer *w, struct outgoing *o, struct mls_buf group_info,
    const struct mls_intent *intent)
{
	struct mls_group_info info;
	const struct mls_group_context *context = &info.context;
	struct mls_privkey *key = NULL;
	int rc = read_info(&info, o, group_info);

	if (rc != 0)
		return rc;
	o->head.group_id = context->group_id;
	o->head.epoch = context->epoch;
	o->head.sender.type = MLS_SENDER_EXTERNAL;
	rc = find_place(&key, o, context->extensions);
	if (rc == 0)
		rc = write_body(o, context, intent);
	o->key = key;
	if (rc == 0)
		rc = write_proposal(w, o);
	mls__key_free(key);
	return rc;
}

int
mls_external_propose(struct mls_bytes *out, mls_client *client,
    struct mls_buf group_info, const struct mls_intent *intent)
{
	struct outgoing o = { .client = client };
	struct mls_writer w = { 0 };
	int rc;

	if (out == NULL || client == NULL || intent == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__plugins_usable(client->context->plugins);
	if (rc == 0)
		rc = propose(&w, &o, group_info, intent);
	mls__arena_free(&o.arena);
	return mls__api(MLS_MAY_MAKE, mls__give(out, &w, rc));
}

/* The tree is not believed before it is the one that the GroupInfo's signer
 * vouches for (GI-01, GI-02). */
static int
find_member(uint32_t *leaf, struct outgoing *o,
    const struct mls_group_info *info, struct mls_buf tree,
    struct mls_buf credential)
{
	struct mls_arrival arrival = { o->client->context, o->suite, info,
	    tree, true };
	struct mls_tree *t = NULL;
	uint32_t node = MLS_NO_NODE;
	int rc;

	rc = mls__group_context_check(&info->context, o->suite);
	if (rc == 0)
		rc = mls__arrival_tree(&t, &arrival);
	if (rc == 0) {
		node = mls__tree_find(t, MLS_INDEX_IDENTITY, credential,
		    MLS_NO_NODE);
		rc = mls__tree_error(t);
	}
	if (rc == 0 && node == MLS_NO_NODE)
		rc = MLS_E_MEMBER_NOT_FOUND;
	if (rc == 0)
		*leaf = mls__node_leaf(node);
	mls__tree_free(t);
	return rc;
}

int
mls_group_info_find(uint32_t *leaf, mls_client *client,
    struct mls_buf group_info, struct mls_buf tree, struct mls_buf identity)
{
	struct outgoing o = { .client = client };
	struct mls_writer credential = { 0 };
	struct mls_group_info info;
	struct mls_buf copy;
	int rc;

	if (leaf == NULL || client == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__plugins_usable(client->context->plugins);
	if (rc == 0)
		rc = read_info(&info, &o, group_info);
	if (rc == 0)
		rc = mls__arena_copy(&copy, &o.arena, tree);
	mls__credential_write_basic(&credential, identity);
	if (rc == 0)
		rc = credential.error;
	if (rc == 0)
		rc = find_member(leaf, &o, &info, copy,
		    mls__writer_buf(&credential));
	mls__writer_free(&credential);
	mls__arena_free(&o.arena);
	return mls__api(MLS_MAY_JUDGE, rc);
}
