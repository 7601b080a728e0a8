/* SPDX-License-Identifier: MIT */
/* RFC 9420 §11: a new group of one member. */
#include <stdint.h>
#include <string.h>

#include "group/client.h"
#include "group/leaf.h"
#include "group/lineage.h"
#include "group/rules.h"
#include "group/state.h"

#define GROUP_ID_LEN 16

/* A group on its way into the store. */
struct creating {
	mls_client *client;
	const struct mls_suite *s;
	struct mls_group_options o;
	struct mls_state *state;
	struct mls_tree *tree;
	struct mls_batch batch;
	struct mls_arena arena; /* what the parent says */
	struct mls_lineage lineage; /* usage 0: none */
};

/* Our leaf: of source key_package, for want of a commit to have made it. */
static int
make_leaf(struct creating *cr)
{
	struct mls_state *st = cr->state;
	const struct mls_policy *p = &cr->client->context->policy;
	struct mls_judge j = { cr->client->context, cr->s, { NULL, 0 },
		cr->o.extensions };
	uint64_t now = mls__now(cr->client->context);
	struct mls_leaf_parts parts = { .package_type = 0 };
	struct mls_leaf fields;
	struct mls_node *node;
	int rc;

	parts.signature_key = mls__key_public(st->sign_key);
	parts.encryption_key = mls__key_public(st->keys.key[0]);
	parts.extensions = cr->o.leaf_extensions;
	rc = mls__grease_draw(&parts.grease, j.context, cr->s);
	if (rc == 0)
		rc = mls__own_leaf(&fields, &st->arena, cr->client, cr->s,
		    &parts);
	if (rc != 0)
		return rc;
	fields.source = MLS_LEAF_KEY_PACKAGE;
	fields.not_before = now > p->clock_skew ? now - p->clock_skew : 0;
	fields.not_after = now + mls__own_lifetime(cr->client->context);
	rc = mls__leaf_sign(&node, &fields, cr->s, st->sign_key,
	    mls__buf(NULL, 0), 0);
	if (rc != 0)
		return rc;
	rc = mls__rule_leaf(&j, &node->open->leaf);
	if (rc == 0)
		rc = mls__rule_no_grease(cr->o.extensions);
	if (rc == 0)
		rc = mls__rule_group_extensions(j.context, cr->s,
		    cr->o.extensions, mls__buf(NULL, 0));
	/* GROUP-02 */
	if (rc == 0 && (!mls__understood(j.context, cr->o.extensions) ||
	    mls__rule_leaf_group(&node->open->leaf.capabilities,
	    cr->o.extensions) != 0))
		rc = MLS_E_CREATOR_INCOMPATIBLE;
	if (rc == 0)
		rc = mls__ask_credential(j.context, MLS_AT_CREATE,
		    &node->open->leaf, NULL);
	if (rc == 0) {
		mls__tree_put(cr->tree, 0, node);
		rc = mls__tree_error(cr->tree);
	}
	if (rc == 0)
		rc = mls__rule_sender_types(j.context, cr->tree,
		    cr->o.extensions);
	mls__node_free(node);
	return rc;
}

static int
make_context(struct creating *cr)
{
	struct mls_group_context fields;
	uint8_t hash[MLS_MAX_HASH], id[GROUP_ID_LEN];
	int rc;

	memset(&fields, 0, sizeof(fields));
	fields.version = MLS_VERSION_MLS10;
	fields.suite = cr->s->row->number;
	fields.group_id = cr->o.group_id;
	fields.extensions = cr->o.extensions;
	if (fields.group_id.len == 0) {
		rc = mls__random(id, sizeof(id), cr->s);
		if (rc != 0)
			return rc;
		fields.group_id = mls__buf(id, sizeof(id));
	}
	rc = mls__tree_hash(hash, cr->tree);
	if (rc != 0)
		return rc;
	fields.tree_hash = mls__buf(hash, cr->s->nh);
	cr->state->width = 1;
	return mls__state_context(cr->state, &fields);
}

/* KS-03: a random epoch secret, an empty transcript, a tag of our own. */
static int
enter(struct creating *cr)
{
	struct mls_state *st = cr->state;
	struct mls_secret secret;
	int rc;

	rc = mls__random_secret(&secret, cr->s);
	if (rc == 0)
		rc = mls__epoch_derive(&st->epoch, cr->s, &secret);
	if (rc == 0)
		rc = mls__confirmation_tag(&st->confirmation_tag, cr->s,
		    &st->epoch, mls__buf(NULL, 0));
	if (rc == 0)
		rc = mls__transcript_interim(&st->interim, cr->s,
		    mls__buf(NULL, 0),
		    mls__secret_buf(&st->confirmation_tag));
	mls__secret_wipe(&secret);
	return rc;
}

static int
build(struct creating *cr)
{
	struct mls_privkey *key;
	int rc;

	rc = mls__crypto_suite(&cr->s, cr->client->context->crypto,
	    cr->o.suite);
	if (rc != 0)
		return rc;
	cr->state = mls__state_new();
	if (cr->state == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = mls__client_sign_key(&cr->state->sign_key, cr->client, NULL,
	    cr->s);
	if (rc == 0)
		rc = mls__key_generate_kem(&key, cr->s);
	if (rc != 0)
		return rc;
	mls__path_keys_set(&cr->state->keys, 0, key);
	rc = mls__tree_new(&cr->tree, cr->s, 1, NULL);
	if (rc == 0)
		rc = make_leaf(cr);
	if (rc == 0)
		rc = make_context(cr);
	if (rc == 0)
		rc = enter(cr);
	return rc;
}

/* §11.3, BRANCH-06 */
static int
follow_branch(struct creating *cr, mls_group *parent)
{
	if (!parent->header.active || parent->header.reinit)
		return MLS_E_BRANCH_PARENT_INACTIVE;
	if (cr->o.suite == 0)
		cr->o.suite = parent->header.suite;
	return cr->o.suite == parent->header.suite ? 0 :
	    MLS_E_BRANCH_CIPHER_SUITE_MISMATCH;
}

/* §11.2: all is as the ReInit says; options may leave it out, or agree. */
static int
follow_reinit(struct creating *cr, mls_group *parent)
{
	struct mls_reinit want;
	bool found;
	int rc;

	if (!parent->header.reinit)
		return MLS_E_REINIT_NOT_PENDING;
	rc = mls__reinit_read(&want, &found, &cr->arena, &parent->txn,
	    parent->number);
	if (rc != 0)
		return rc;
	if (!found)
		return MLS_E_STORED_STATE_MALFORMED;
	if (want.version != MLS_VERSION_MLS10)
		return MLS_E_REINIT_PARAMETERS_UNUSABLE;
	if (cr->o.suite != 0 && cr->o.suite != want.suite)
		return MLS_E_REINIT_CIPHER_SUITE_MISMATCH;
	if (cr->o.group_id.len != 0 &&
	    !mls__equal(cr->o.group_id, want.group_id))
		return MLS_E_REINIT_GROUP_ID_MISMATCH;
	if (cr->o.extensions.len != 0 &&
	    !mls__equal(cr->o.extensions, want.extensions))
		return MLS_E_REINIT_EXTENSIONS_MISMATCH;
	cr->o.suite = want.suite;
	cr->o.group_id = want.group_id;
	cr->o.extensions = want.extensions;
	return 0;
}

static int
follow(struct creating *cr)
{
	mls_group *parent = (mls_group *)(uintptr_t)cr->o.parent;
	int rc;

	if (cr->o.lineage == 0 && parent == NULL)
		return 0;
	if (parent == NULL || parent->client != cr->client ||
	    (cr->o.lineage != MLS_LINEAGE_REINIT &&
	    cr->o.lineage != MLS_LINEAGE_BRANCH))
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(parent);
	if (rc != 0)
		return rc;
	rc = cr->o.lineage == MLS_LINEAGE_REINIT ?
	    follow_reinit(cr, parent) : follow_branch(cr, parent);
	cr->lineage.usage = cr->o.lineage;
	cr->lineage.epoch = parent->header.epoch;
	if (rc == 0)
		rc = mls__arena_copy(&cr->lineage.group_id, &cr->arena,
		    parent->state->context.group_id);
	mls__group_leave(parent);
	return rc;
}

/* The successor of a group takes over its id, but once only. */
static int
replace_ended(uint64_t *number, struct creating *cr, struct mls_store_txn *t)
{
	struct mls_buf id = cr->state->context.group_id;
	uint64_t holder, ended;
	bool found;
	int rc;

	rc = mls__directory_find(&holder, &found, cr->client, t, id);
	if (rc == 0 && found)
		rc = mls__lineage_parent(&ended, &found, cr->client, t,
		    &cr->lineage);
	if (rc == 0 && (!found || holder != ended))
		rc = MLS_E_GROUP_ID_IN_USE;
	return rc != 0 ? rc : mls__directory_renew(number, cr->client, t, id);
}

static int
store(uint64_t *number, struct creating *cr)
{
	struct mls_header header = { .active = 1, .revision = 1,
		.suite = cr->s->row->number };
	struct mls_buf id = cr->state->context.group_id;
	struct mls_store_txn t = { 0 };
	struct mls_batch own = { .direct = &t };
	int rc;

	rc = mls__stage_state(&cr->batch, NULL, &header, cr->state, cr->tree);
	if (rc == 0 && cr->lineage.usage != 0) {
		mls__lineage_put(&cr->batch, &cr->lineage);
		rc = mls__batch_error(&cr->batch);
	}
	if (rc == 0)
		rc = mls__txn_begin(&t, &cr->client->store, true);
	if (rc == 0)
		rc = mls__lineage_same_id(&cr->lineage, id) ?
		    replace_ended(number, cr, &t) :
		    mls__directory_add(number, cr->client, &t, id);
	if (rc == MLS_E_GROUP_ID_IN_USE)
		rc = MLS_E_GROUP_ID_TAKEN; /* GROUP-01 */
	if (rc == 0)
		rc = mls__batch_play(&t, mls__writer_buf(&cr->batch.ops),
		    *number);
	if (rc == 0) {
		own.number = *number;
		rc = mls__stage_own(&own, NULL, cr->state);
	}
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	mls__batch_free(&own);
	return rc;
}

int
mls_group_create(mls_group **out, mls_client *client,
    const struct mls_group_options *options)
{
	struct creating cr;
	uint64_t number;
	int rc;

	if (out == NULL || client == NULL)
		return MLS_E_ARGUMENT;
	memset(&cr, 0, sizeof(cr));
	if (options != NULL)
		memcpy(&cr.o, options, options->size < sizeof(cr.o) ?
		    options->size : sizeof(cr.o));
	cr.client = client;
	rc = mls__plugins_usable(client->context->plugins);
	if (rc == 0 && cr.o.group_id.len > MLS_LIMIT_OPAQUE)
		rc = MLS_E_OPAQUE_TOO_LARGE;
	if (rc == 0)
		rc = follow(&cr);
	if (cr.o.suite == 0)
		cr.o.suite = 1;
	if (rc == 0)
		rc = build(&cr);
	if (rc == 0)
		rc = store(&number, &cr);
	/* It is in the store by now: this cannot be tried again. */
	if (rc == 0 && mls__group_load(out, client, number) != 0)
		rc = MLS_E_RELOAD_REQUIRED;
	mls__batch_free(&cr.batch);
	mls__tree_free(cr.tree);
	mls__state_free(cr.state);
	mls__arena_free(&cr.arena);
	return mls__api(MLS_MAY_CREATE, rc);
}
