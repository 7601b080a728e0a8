/* SPDX-License-Identifier: MIT */
#include "group/self_remove.h"

#include <stdlib.h>

#define SELF_REMOVE 0x000a

bool
mls__is_self_remove(const struct mls_proposal *p)
{
	return p->type == SELF_REMOVE;
}

bool
mls__self_remove_enabled(const mls_context *context, uint16_t type)
{
	return type == SELF_REMOVE &&
	    (context->policy.drafts & MLS_DRAFT_SELF_REMOVE) != 0;
}

void
mls__self_remove_write(struct mls_writer *w, const mls_context *context)
{
	if (mls__self_remove_enabled(context, SELF_REMOVE))
		mls__write_u16(w, SELF_REMOVE);
}

uint32_t
mls__item_removes(const struct mls_item *item)
{
	if (item->proposal->type == MLS_PROPOSAL_REMOVE)
		return item->proposal->u.removed;
	return mls__is_self_remove(item->proposal) ? item->proposer :
	    MLS_NO_LEAF;
}

int
mls__rule_self_remove(const struct mls_sender *sender)
{
	return sender->type == MLS_SENDER_MEMBER ? 0 :
	    MLS_E_SELF_REMOVE_FRAMING;
}

int
mls__self_remove_framing(const struct mls_proposal *p, uint16_t wire_format)
{
	return mls__is_self_remove(p) &&
	    wire_format != MLS_WIRE_PUBLIC_MESSAGE ?
	    MLS_E_SELF_REMOVE_FRAMING : 0;
}

static int
compare_leaves(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

int
mls__self_remove_list(const struct mls_list *list)
{
	uint32_t *leavers = mls__array_alloc(list->n, sizeof(*leavers));
	const struct mls_item *item;
	size_t n = 0, i;
	int rc = 0;

	if (leavers == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; rc == 0 && i < list->n; i++) {
		item = &list->items[i];
		if (!mls__is_self_remove(item->proposal))
			continue;
		if (item->cached == NULL)
			rc = MLS_E_SELF_REMOVE_BY_VALUE; /* XTN-01 */
		leavers[n++] = item->proposer;
	}
	if (n != 0)
		qsort(leavers, n, sizeof(*leavers), compare_leaves);
	for (i = 0; rc == 0 && n != 0 && i < list->n; i++) {
		item = &list->items[i];
		if (item->proposal->type == MLS_PROPOSAL_REMOVE &&
		    bsearch(&item->proposal->u.removed, leavers, n,
		    sizeof(*leavers), compare_leaves) != NULL)
			rc = MLS_E_SELF_REMOVE_AND_REMOVE; /* XTN-03 */
	}
	free(leavers);
	return rc;
}

/* The signature of a member's public proposal, as of this epoch. */
static int
check_signature(mls_group *g, const struct mls_authentic *a)
{
	const struct mls_leaf *sender = mls__tree_leaf(g->tree,
	    a->content.sender.index);
	struct mls_verify_job job = { .label = "FramedContentTBS",
		.sig = a->signature, .error = MLS_E_CONTENT_SIGNATURE };
	struct mls_writer w = { 0 };
	int rc = mls__tree_error(g->tree);

	if (rc == 0 && sender == NULL)
		rc = MLS_E_UNKNOWN_SENDER_LEAF;
	if (rc != 0)
		return rc;
	mls__content_tbs(&w, a->wire_format, a->content.raw,
	    a->content.sender.type, g->state->context.raw);
	rc = w.error;
	if (rc == 0) {
		job.pub = sender->signature_key;
		job.content = mls__writer_buf(&w);
		rc = mls__verify_with_label(g->suite, &job);
	}
	mls__writer_free(&w);
	return rc;
}

/* PROP-16: whoever wants to leave may say so twice, and goes once. */
static bool
leaves_already(const mls_group *g, uint32_t leaf)
{
	const struct mls_cached *c;

	for (c = g->cache; c != NULL; c = c->next)
		if (c->authentic.content.sender.index == leaf)
			return true;
	return false;
}

int
mls__self_remove_take(mls_group *g, struct mls_arena *arena,
    struct mls_buf message)
{
	const struct mls_content *content;
	struct mls_cached *cached;
	struct mls_message m;
	struct mls_buf copy;
	int rc;

	rc = mls__arena_copy(&copy, arena, message);
	if (rc == 0)
		rc = mls__message_read(&m, arena, copy,
		    &g->context->customs);
	if (rc != 0)
		return rc;
	content = &m.u.public_message.content;
	if (m.wire_format != MLS_WIRE_PUBLIC_MESSAGE)
		return MLS_E_SELF_REMOVE_FRAMING;
	if (content->type != MLS_CONTENT_PROPOSAL ||
	    content->sender.type != MLS_SENDER_MEMBER ||
	    !mls__is_self_remove(&content->u.proposal))
		return MLS_E_EXTERNAL_COMMIT_REFERENCE;
	if (!mls__equal(content->group_id, g->state->context.group_id))
		return MLS_E_GROUP_ID_UNKNOWN;
	if (content->epoch != g->header.epoch)
		return MLS_E_HANDSHAKE_EPOCH;
	rc = check_signature(g, &m.u.public_message);
	if (rc == 0)
		rc = mls__cached_new(&cached, g, &m.u.public_message);
	if (rc != 0)
		return rc;
	if (leaves_already(g, content->sender.index))
		mls__cached_free(cached);
	else
		mls__cache_add(g, cached);
	return 0;
}
