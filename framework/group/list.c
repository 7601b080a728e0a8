/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.3: a list of proposals applied, in its fixed order. */
#include <stdlib.h>
#include <string.h>

#include "group/client.h"
#include "group/customs.h"
#include "group/lineage.h"
#include "group/same.h"
#include "group/self_remove.h"

/* What one application of a list works on. */
struct applying {
	struct mls_applied *out;
	struct mls_arena *arena;
	mls_group *g;
	struct mls_tree *diff;
	struct mls_list *list;
	bool new_extensions;
};

static void
apply_extensions(struct applying *a)
{
	const struct mls_proposal *p;
	size_t i;

	a->out->extensions = a->g->state->context.extensions;
	for (i = 0; i < a->list->n; i++) {
		p = a->list->items[i].proposal;
		if (p->type != MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS)
			continue;
		a->out->extensions = p->u.extensions;
		a->out->needs_path = true;
		a->new_extensions = true;
	}
}

static int
apply_updates(struct applying *a)
{
	uint32_t own = a->g->state->keys.leaf;
	struct mls_node *node;
	struct mls_item *item;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < a->list->n; i++) {
		item = &a->list->items[i];
		if (item->proposal->type != MLS_PROPOSAL_UPDATE)
			continue;
		a->out->needs_path = true;
		if (item->proposer == own) {
			/* PROP-29 */
			if (item->cached == NULL ||
			    item->cached->leaf_key == NULL)
				return MLS_E_OWN_UPDATE_KEY_MISSING;
			a->out->own_leaf_key = item->cached->leaf_key;
		}
		rc = mls__node_new_leaf(&node, item->proposal->u.update.raw);
		if (rc != 0)
			break;
		rc = mls__tree_update(a->diff, item->proposer, node);
		mls__node_free(node);
	}
	return rc;
}

static int
apply_removes(struct applying *a)
{
	uint32_t leaf;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < a->list->n; i++) {
		leaf = mls__item_removes(&a->list->items[i]);
		if (leaf == MLS_NO_LEAF)
			continue;
		a->out->needs_path = true;
		if (leaf == a->g->state->keys.leaf)
			a->out->removes_us = true;
		rc = mls__tree_remove(a->diff, leaf);
	}
	return rc;
}

static int
compare_leaves(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int
apply_adds(struct applying *a)
{
	const struct mls_leaf *leaf;
	struct mls_node *node;
	struct mls_item *item;
	size_t i;
	int rc = 0;

	a->out->added = mls__arena_array(a->arena, a->list->n,
	    sizeof(*a->out->added));
	if (a->out->added == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; rc == 0 && i < a->list->n; i++) {
		item = &a->list->items[i];
		if (item->proposal->type != MLS_PROPOSAL_ADD)
			continue;
		leaf = &item->proposal->u.add.leaf;
		/* PROP-18: not any more or yet. */
		if (mls__is_there(a->g->context, a->diff, leaf))
			rc = MLS_E_ADD_EXISTING_MEMBER;
		if (rc == 0 && mls__tree_members(a->diff) >=
		    mls__policy(a->g)->max_members)
			rc = MLS_E_TREE_TOO_LARGE; /* LIMIT-02 */
		if (rc == 0)
			rc = mls__node_new_leaf(&node, leaf->raw);
		if (rc != 0)
			break;
		rc = mls__tree_add(&item->leaf, a->diff, node);
		mls__node_free(node);
		a->out->added[a->out->n_added++] = item->leaf;
	}
	qsort(a->out->added, a->out->n_added, sizeof(*a->out->added),
	    compare_leaves);
	return rc;
}

/* Which PSKs there are; their values are for members to find. */
static int
note_psks(struct applying *a)
{
	const struct mls_proposal *p;
	size_t i;

	a->out->psks = mls__arena_array(a->arena, a->list->n,
	    sizeof(*a->out->psks));
	if (a->out->psks == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; i < a->list->n; i++) {
		p = a->list->items[i].proposal;
		if (p->type == MLS_PROPOSAL_PSK)
			a->out->psks[a->out->n_psks++].id = p->u.psk;
	}
	/* PSK-08: they are numbered by a uint16. */
	return a->out->n_psks > UINT16_MAX ? MLS_E_PSK_TOO_MANY : 0;
}

/* §12.4.2: every PSK is held. */
int
mls__list_psks(struct mls_applied *applied, struct mls_arena *arena,
    mls_group *g)
{
	struct mls_psk *psk;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < applied->n_psks; i++) {
		psk = &applied->psks[i];
		rc = mls__psk_find(&psk->value, arena, g->client, &g->txn,
		    &psk->id, psk->id.type == MLS_PSK_EXTERNAL ?
		    MLS_E_PSK_UNAVAILABLE :
		    MLS_E_RESUMPTION_PSK_UNAVAILABLE);
	}
	return rc;
}

/* What the key schedule, or what follows on the group, needs of the list. */
static void
note_endings(struct applying *a)
{
	const struct mls_proposal *p;
	size_t i;

	for (i = 0; i < a->list->n; i++) {
		p = a->list->items[i].proposal;
		if (p->type == MLS_PROPOSAL_EXTERNAL_INIT) {
			a->out->kem_output = p->u.kem_output;
			a->out->needs_path = true;
		} else if (p->type == MLS_PROPOSAL_REINIT) {
			a->out->reinit = &p->u.reinit;
		} else if (mls__custom_needs_path(a->g, p)) {
			a->out->needs_path = true;
		}
	}
}

/* The new leaves against the resulting tree and extensions. */
static int
check_new_leaves(struct applying *a)
{
	const struct mls_proposal *p;
	const struct mls_leaf *leaf;
	bool agree = a->list->n > 1 && mls__credential_types_agree(a->diff);
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < a->list->n; i++) {
		p = a->list->items[i].proposal;
		if (p->type == MLS_PROPOSAL_ADD)
			leaf = &p->u.add.leaf;
		else if (p->type == MLS_PROPOSAL_UPDATE)
			leaf = &p->u.update;
		else
			continue;
		rc = mls__rule_leaf_group(&leaf->capabilities,
		    a->out->extensions);
		if (rc != 0 && a->new_extensions)
			rc = MLS_E_NEW_EXTENSIONS_UNSUPPORTED; /* PROP-22 */
		if (rc == 0 && !agree)
			rc = mls__rule_credential_type(a->diff, leaf);
	}
	if (rc == 0 && a->new_extensions)
		rc = mls__rule_members_support(a->diff, a->out->extensions);
	if (rc == 0 && a->new_extensions && !a->out->removes_us &&
	    !mls__understood(a->g->context, a->out->extensions))
		rc = MLS_E_GCE_EXTENSION_UNSUPPORTED;
	return rc;
}

int
mls__list_apply(struct mls_applied *out, struct mls_arena *arena,
    mls_group *g, struct mls_tree *diff, struct mls_list *list)
{
	struct applying a = { out, arena, g, diff, list, false };
	int rc;

	memset(out, 0, sizeof(*out));
	out->needs_path = list->n == 0;
	apply_extensions(&a);
	rc = apply_updates(&a);
	if (rc == 0)
		rc = apply_removes(&a);
	if (rc == 0)
		rc = mls__rule_types_supported(diff, list); /* PROP-13 */
	if (rc == 0)
		rc = apply_adds(&a);
	note_endings(&a);
	if (rc == 0)
		rc = check_new_leaves(&a);
	if (rc == 0)
		rc = note_psks(&a);
	if (rc == 0)
		rc = mls__tree_error(diff);
	return rc;
}

int
mls__psk_find(struct mls_buf *out, struct mls_arena *arena,
    mls_client *client, struct mls_store_txn *t, const struct mls_psk_id *id,
    int error)
{
	struct mls_writer key = { 0 };
	struct mls_lineage of = { 0 };
	uint64_t number;
	bool found = true;
	int rc = 0;

	if (id->type == MLS_PSK_EXTERNAL) {
		mls__psk_key(&key, client, id->id);
	} else {
		of.usage = id->usage;
		of.group_id = id->group_id;
		rc = mls__lineage_parent(&number, &found, client, t, &of);
		if (rc == 0 && found) {
			mls__group_key(&key, MLS_REC_RESUMPTION, number);
			mls__write_u64(&key, id->epoch);
		}
	}
	if (rc == 0)
		rc = key.error;
	if (rc == 0 && found)
		rc = mls__txn_get(out, &found, arena, t,
		    mls__writer_buf(&key));
	if (rc == 0 && !found)
		rc = error;
	mls__writer_free(&key);
	return rc;
}
