/* SPDX-License-Identifier: MIT */
#include "group/intent.h"

#include <string.h>

#include "group/client.h"
#include "group/self_remove.h"

#define REINIT_ID_LEN 16

static int
write_add(struct mls_writer *w, struct mls_arena *arena, mls_group *g,
    struct mls_buf package)
{
	struct mls_key_package kp;
	int rc = mls__package_read(&kp, arena, g->context, package);

	if (rc == 0)
		mls__proposal_write_add(w, kp.raw);
	return rc;
}

/* §12.1.2: our leaf with a fresh key; all else as it is. */
static int
write_update(struct mls_writer *w, struct mls_privkey **key, mls_group *g)
{
	const struct mls_leaf *old = mls__tree_leaf(g->tree,
	    g->state->keys.leaf);
	struct mls_leaf fields;
	struct mls_node *node;
	struct mls_privkey *fresh;
	int rc;

	if (old == NULL) {
		rc = mls__tree_error(g->tree);
		return rc != 0 ? rc : MLS_E_INTERNAL;
	}
	fields = *old;
	rc = mls__key_generate_kem(&fresh, g->suite);
	if (rc != 0)
		return rc;
	fields.source = MLS_LEAF_UPDATE;
	fields.encryption_key = mls__key_public(fresh);
	rc = mls__leaf_sign(&node, &fields, g->suite, g->state->sign_key,
	    g->state->context.group_id, g->state->keys.leaf);
	if (rc != 0) {
		mls__key_free(fresh);
		return rc;
	}
	mls__proposal_write_update(w, node->raw);
	mls__node_free(node);
	*key = fresh;
	return 0;
}

/* PSK-02: with a fresh nonce. */
static int
write_psk_id(struct mls_writer *w, mls_group *g, struct mls_psk_id psk)
{
	uint8_t nonce[MLS_MAX_HASH];
	int rc;

	rc = mls__random(nonce, g->suite->nh, g->suite);
	if (rc != 0)
		return rc;
	psk.nonce = mls__buf(nonce, g->suite->nh);
	mls__proposal_write_psk(w, &psk);
	return 0;
}

static int
write_psk(struct mls_writer *w, mls_group *g, const struct mls_intent *intent)
{
	struct mls_psk_id psk;

	memset(&psk, 0, sizeof(psk));
	if (intent->psk_id.len != 0) {
		psk.type = MLS_PSK_EXTERNAL;
		psk.id = intent->psk_id;
	} else {
		psk.type = MLS_PSK_RESUMPTION;
		psk.usage = MLS_PSK_APPLICATION;
		psk.epoch = intent->epoch;
		psk.group_id = intent->group_id.len != 0 ? intent->group_id :
		    g->state->context.group_id;
	}
	return write_psk_id(w, g, psk);
}

/* The id of a group that this client does not have; or the group's own, which
 * its successor then takes over. */
static int
check_unused(mls_group *g, struct mls_buf group_id)
{
	uint64_t number;
	bool found = false;
	int rc = 0;

	if (g->client->store.inst != NULL &&
	    !mls__equal(group_id, g->state->context.group_id))
		rc = mls__directory_find(&number, &found, g->client, &g->txn,
		    group_id);
	return rc == 0 && found ? MLS_E_REINIT_PARAMETERS_UNUSABLE : rc;
}

/* REINIT-12: to something that we have. */
static int
write_reinit(struct mls_writer *w, mls_group *g,
    const struct mls_intent *intent)
{
	struct mls_reinit reinit = { intent->group_id, MLS_VERSION_MLS10,
		intent->suite, intent->extensions };
	const struct mls_suite *s;
	uint8_t id[REINIT_ID_LEN];
	int rc;

	if (reinit.suite == 0)
		reinit.suite = g->suite->row->number;
	if (reinit.group_id.len > MLS_LIMIT_OPAQUE)
		return MLS_E_OPAQUE_TOO_LARGE;
	rc = mls__crypto_suite(&s, g->context->crypto, reinit.suite);
	if (rc == MLS_E_UNSUPPORTED_CIPHER_SUITE)
		rc = MLS_E_REINIT_PARAMETERS_UNUSABLE;
	if (rc == 0 && reinit.group_id.len == 0) {
		rc = mls__random(id, sizeof(id), g->suite);
		reinit.group_id = mls__buf(id, sizeof(id));
	}
	if (rc == 0)
		rc = check_unused(g, reinit.group_id);
	if (rc == 0)
		rc = mls__rule_no_grease(reinit.extensions);
	if (rc == 0)
		mls__proposal_write_reinit(w, &reinit);
	return rc;
}

/* Who proposes from outside does not know the members. */
static int
write_extensions(struct mls_writer *w, mls_group *g, struct mls_buf list)
{
	int rc = mls__rule_no_grease(list);

	if (rc == 0 && g->tree != NULL)
		rc = mls__rule_sender_types(g->context, g->tree,
		    list);
	if (rc == 0)
		mls__proposal_write_extensions(w, list);
	return rc;
}

static int
write_intent(struct mls_writer *w, struct mls_privkey **key,
    struct mls_arena *arena, mls_group *g, const struct mls_intent *intent)
{
	switch (intent->type) {
	case MLS_EFFECT_ADD:
		return write_add(w, arena, g, intent->key_package);
	case MLS_EFFECT_UPDATE:
		return write_update(w, key, g);
	case MLS_EFFECT_REMOVE:
		mls__proposal_write_remove(w, intent->leaf);
		return 0;
	case MLS_EFFECT_PSK:
		return write_psk(w, g, intent);
	case MLS_EFFECT_EXTENSIONS:
		return write_extensions(w, g, intent->extensions);
	case MLS_EFFECT_REINIT:
		return write_reinit(w, g, intent);
	case MLS_EFFECT_SELF_REMOVE:
		mls__self_remove_write(w, g->context);
		return w->len == 0 ? MLS_E_ARGUMENT : 0;
	case MLS_EFFECT_CUSTOM:
		mls__proposal_write_custom(w, intent->proposal_type,
		    intent->body);
		return 0;
	default:
		return MLS_E_ARGUMENT;
	}
}

int
mls__item_written(struct mls_item *item, struct mls_arena *arena,
    mls_group *g, struct mls_writer *w, const struct mls_sender *sender)
{
	struct mls_proposal *p = mls__arena_alloc(arena, sizeof(*p));
	struct mls_reader r;
	struct mls_buf raw;
	int rc;

	if (p == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = mls__writer_take(&raw, arena, w);
	if (rc != 0)
		return rc;
	mls__reader_init(&r, raw);
	r.customs = &g->context->customs;
	mls__proposal_read(p, &r);
	rc = mls__reader_end(&r);
	if (rc == 0)
		mls__item_value(item, p, sender);
	return rc;
}

int
mls__intent_lineage(struct mls_item *item, struct mls_arena *arena,
    mls_group *g, const struct mls_sender *sender,
    const struct mls_lineage *lineage)
{
	struct mls_writer w = { 0 };
	struct mls_psk_id psk;
	int rc;

	memset(&psk, 0, sizeof(psk));
	psk.type = MLS_PSK_RESUMPTION;
	psk.usage = (uint8_t)lineage->usage;
	psk.group_id = lineage->group_id;
	psk.epoch = lineage->epoch;
	rc = write_psk_id(&w, g, psk);
	if (rc == 0)
		rc = mls__item_written(item, arena, g, &w, sender);
	mls__writer_free(&w);
	return rc;
}

int
mls__intent_item(struct mls_item *item, struct mls_privkey **key,
    struct mls_arena *arena, mls_group *g, const struct mls_sender *sender,
    const struct mls_intent *intent)
{
	struct mls_privkey *fresh = NULL;
	struct mls_writer w = { 0 };
	int rc;

	rc = write_intent(&w, &fresh, arena, g, intent);
	if (rc == 0)
		rc = mls__item_written(item, arena, g, &w, sender);
	mls__writer_free(&w);
	if (rc != 0) {
		mls__key_free(fresh);
		return rc;
	}
	if (fresh != NULL)
		*key = fresh;
	return 0;
}
