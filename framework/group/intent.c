/* SPDX-License-Identifier: MIT */
#include "group/intent.h"

#include <string.h>

#include "group/client.h"

static int
write_add(struct mls_writer *w, struct mls_arena *arena,
    struct mls_buf package)
{
	struct mls_message m;
	struct mls_buf copy;
	int rc;

	rc = mls__arena_copy(&copy, arena, package);
	if (rc == 0)
		rc = mls__message_read(&m, arena, copy);
	if (rc == 0 && m.wire_format != MLS_WIRE_KEY_PACKAGE)
		rc = MLS_E_UNEXPECTED_WIRE_FORMAT;
	if (rc == 0)
		mls__proposal_write_add(w, m.u.key_package.raw);
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

static int
write_psk(struct mls_writer *w, mls_group *g, struct mls_buf id)
{
	uint8_t nonce[MLS_MAX_HASH];
	struct mls_psk_id psk;
	int rc;

	if (id.len == 0)
		return MLS_E_ARGUMENT;
	rc = mls__random(nonce, g->suite->nh, g->suite); /* PSK-02 */
	if (rc != 0)
		return rc;
	memset(&psk, 0, sizeof(psk));
	psk.type = MLS_PSK_EXTERNAL;
	psk.id = id;
	psk.nonce = mls__buf(nonce, g->suite->nh);
	mls__proposal_write_psk(w, &psk);
	return 0;
}

static int
write_intent(struct mls_writer *w, struct mls_privkey **key,
    struct mls_arena *arena, mls_group *g, const struct mls_intent *intent)
{
	switch (intent->type) {
	case MLS_EFFECT_ADD:
		return write_add(w, arena, intent->key_package);
	case MLS_EFFECT_UPDATE:
		return write_update(w, key, g);
	case MLS_EFFECT_REMOVE:
		mls__proposal_write_remove(w, intent->leaf);
		return 0;
	case MLS_EFFECT_PSK:
		return write_psk(w, g, intent->psk_id);
	case MLS_EFFECT_EXTENSIONS:
		mls__proposal_write_extensions(w, intent->extensions);
		return mls__rule_no_grease(intent->extensions);
	default:
		return MLS_E_ARGUMENT;
	}
}

int
mls__intent_item(struct mls_item *item, struct mls_privkey **key,
    struct mls_arena *arena, mls_group *g, const struct mls_intent *intent)
{
	struct mls_privkey *fresh = NULL;
	struct mls_proposal *p;
	struct mls_writer w = { 0 };
	struct mls_reader r;
	struct mls_buf raw;
	int rc;

	p = mls__arena_alloc(arena, sizeof(*p));
	if (p == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = write_intent(&w, &fresh, arena, g, intent);
	if (rc == 0)
		rc = mls__writer_take(&raw, arena, &w);
	mls__writer_free(&w);
	if (rc == 0) {
		/* Read back: what we make passes what we take. */
		mls__reader_init(&r, raw);
		mls__proposal_read(p, &r);
		rc = mls__reader_end(&r);
	}
	if (rc != 0) {
		mls__key_free(fresh);
		return rc;
	}
	item->proposal = p;
	item->raw = raw;
	item->proposer = g->state->keys.leaf;
	item->cached = NULL;
	item->leaf = MLS_NO_LEAF;
	if (fresh != NULL)
		*key = fresh;
	return 0;
}
