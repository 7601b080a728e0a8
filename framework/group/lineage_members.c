/* SPDX-License-Identifier: MIT */
/* RFC 9420 §11.2, §11.3: who is in a group that follows from another. */
#include <stdlib.h>

#include "base/customs.h"
#include "group/client.h"
#include "group/lineage.h"
#include "group/same.h"
#include "group/state.h"

/* Credentials, in order. */
struct people {
	struct mls_arena arena;
	struct mls_buf *v;
	size_t n;
};

/* Does the application know this one by another credential among them? */
static bool
renamed(const struct people *p, const mls_context *context,
    const struct mls_leaf *leaf)
{
	struct mls_leaf other = { .source = 0 };
	struct mls_reader r;
	size_t i;

	for (i = 0; context->policy.same != NULL && i < p->n; i++) {
		mls__reader_init(&r, p->v[i]);
		r.customs = &mls__customs_any;
		mls__credential_read(&other.credential, &r);
		if (r.error == 0 && !mls__equal(leaf->credential.raw,
		    p->v[i]) && mls__same(context, leaf, &other))
			return true;
	}
	return false;
}

static bool
was_there(const struct people *p, const mls_context *context,
    const struct mls_leaf *leaf)
{
	return bsearch(&leaf->credential.raw, p->v, p->n, sizeof(*p->v),
	    mls__buf_compare) != NULL || renamed(p, context, leaf);
}

/* Those of a tree, which they are borrowed from. */
static int
gather(struct people *p, struct mls_tree *t)
{
	const struct mls_leaf *leaf;
	struct mls_leaf room;
	uint32_t at;

	p->v = mls__arena_array(&p->arena, mls__tree_members(t),
	    sizeof(*p->v));
	if (p->v == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (at = mls__tree_next_leaf(t, 0); at != MLS_NO_NODE;
	    at = mls__tree_next_leaf(t, at + 1)) {
		leaf = mls__tree_look(&room, t, at);
		if (leaf != NULL)
			p->v[p->n++] = leaf->credential.raw;
	}
	qsort(p->v, p->n, sizeof(*p->v), mls__buf_compare);
	return mls__tree_error(t);
}

/* Where several devices have one identity, there are as many of each. */
static int
check_each_there(const struct mls_follower *f, struct mls_tree *old)
{
	struct people was = { { 0 }, NULL, 0 }, is = { { 0 }, NULL, 0 };
	struct mls_leaf leaf = { .source = 0 };
	struct mls_reader r;
	size_t i, j = 0;
	int c, rc = gather(&was, old);

	if (rc == 0)
		rc = gather(&is, f->tree);
	for (i = 0; rc == 0 && i < was.n; i++) {
		c = -1;
		while (j < is.n &&
		    (c = mls__buf_compare(&is.v[j], &was.v[i])) < 0)
			j++;
		if (j < is.n && c == 0) {
			j++;
			continue;
		}
		mls__reader_init(&r, was.v[i]);
		r.customs = &mls__customs_any;
		mls__credential_read(&leaf.credential, &r);
		if (r.error != 0 || !renamed(&is, f->client->context, &leaf))
			rc = MLS_E_REINIT_MEMBERS_MISSING;
	}
	mls__arena_free(&was.arena);
	mls__arena_free(&is.arena);
	return rc;
}

static int
check_all_there(const struct mls_follower *f, struct mls_tree *old)
{
	const struct mls_leaf *leaf;
	struct mls_leaf room;
	uint32_t at;

	for (at = mls__tree_next_leaf(old, 0); at != MLS_NO_NODE;
	    at = mls__tree_next_leaf(old, at + 1)) {
		leaf = mls__tree_look(&room, old, at);
		if (leaf != NULL && mls__same_find(f->client->context,
		    f->tree, leaf) == MLS_NO_LEAF)
			return MLS_E_REINIT_MEMBERS_MISSING;
	}
	return mls__tree_error(old);
}

int
mls__lineage_all_there(const struct mls_follower *f, struct mls_tree *old)
{
	return mls__shared_identity(f->client->context) ?
	    check_each_there(f, old) : check_all_there(f, old);
}

static int
gather_past(struct people *p, mls_group *parent, uint64_t epoch)
{
	struct mls_past past;
	struct mls_node *node;
	uint32_t leaf;
	int rc;

	rc = mls__past_read(&past, &p->arena, parent, epoch);
	if (rc != 0)
		return rc == MLS_E_EPOCH_SECRETS_GONE ?
		    MLS_E_BRANCH_PARENT_UNKNOWN : rc;
	mls__secret_wipe(&past.sender_data);
	p->v = mls__arena_array(&p->arena, past.width, sizeof(*p->v));
	if (p->v == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (leaf = 0; rc == 0 && leaf < past.width; leaf++) {
		rc = mls__past_leaf(&node, parent, epoch, leaf);
		if (rc != 0 || node == NULL)
			continue;
		rc = mls__arena_copy(&p->v[p->n++], &p->arena,
		    node->open->leaf.credential.raw);
		mls__node_free(node);
	}
	qsort(p->v, p->n, sizeof(*p->v), mls__buf_compare);
	return rc;
}

int
mls__lineage_known(const struct mls_follower *f, mls_group *parent)
{
	bool now = f->lineage.epoch == parent->header.epoch &&
	    parent->header.active;
	const mls_context *context = f->client->context;
	struct people past = { { 0 }, NULL, 0 };
	const struct mls_leaf *leaf;
	struct mls_leaf room;
	bool known = true;
	uint32_t at;
	int rc = 0;

	if (!now)
		rc = gather_past(&past, parent, f->lineage.epoch);
	for (at = mls__tree_next_leaf(f->tree, 0);
	    rc == 0 && known && at != MLS_NO_NODE;
	    at = mls__tree_next_leaf(f->tree, at + 1)) {
		leaf = mls__tree_look(&room, f->tree, at);
		known = leaf != NULL && (now ? mls__same_find(context,
		    parent->tree, leaf) != MLS_NO_LEAF :
		    was_there(&past, context, leaf));
	}
	if (rc == 0)
		rc = mls__tree_error(parent->tree);
	if (rc == 0)
		rc = mls__tree_error(f->tree);
	mls__arena_free(&past.arena);
	return rc == 0 && !known ? MLS_E_BRANCH_MEMBER_UNKNOWN : rc;
}
