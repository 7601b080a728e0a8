/* SPDX-License-Identifier: MIT */
/* RFC 9420 §7.8: tree hashes. */
#include "tree/state.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"

enum { NODE_LEAF = 1, NODE_PARENT = 2 };

/* Hashes that are worth another thread. */
#define GRAIN 64

/* What is to be hashed at one level; children are hashed by then. */
struct job {
	struct mls_slot *slot;
	const uint8_t *left, *right;
	uint32_t node;
	int status;
};

struct jobs {
	struct job *v;
	size_t n, cap;
	const struct mls_suite *suite;
};

static size_t
put_hash(uint8_t *out, const uint8_t *hash, size_t nh)
{
	size_t n = 0;

	if (nh >= 0x40)
		out[n++] = (uint8_t)(0x40 | nh >> 8);
	out[n++] = (uint8_t)nh;
	memcpy(out + n, hash, nh);
	return n + nh;
}

int
mls__hash_leaf(uint8_t *out, const struct mls_suite *s, uint32_t leaf,
    const struct mls_buf *content)
{
	uint8_t head[6] = { NODE_LEAF, (uint8_t)(leaf >> 24),
		(uint8_t)(leaf >> 16), (uint8_t)(leaf >> 8), (uint8_t)leaf,
		content != NULL };
	struct mls_buf in[2] = { mls__buf(head, sizeof(head)) };

	if (content != NULL)
		in[1] = *content;
	return mls__hash(out, s, in, content != NULL ? 2 : 1);
}

int
mls__hash_parent(uint8_t *out, const struct mls_suite *s,
    const struct mls_buf *content, const uint8_t *left, const uint8_t *right)
{
	uint8_t head[2] = { NODE_PARENT, content != NULL };
	uint8_t tail[2 * (2 + MLS_MAX_HASH)];
	size_t len = put_hash(tail, left, s->nh), n = 1;
	struct mls_buf in[3] = { mls__buf(head, sizeof(head)) };

	len += put_hash(tail + len, right, s->nh);
	if (content != NULL)
		in[n++] = *content;
	in[n++] = mls__buf(tail, len);
	return mls__hash(out, s, in, n);
}

static void
hash_range(void *arg, size_t from, size_t to)
{
	const struct jobs *jobs = arg;
	const struct mls_buf *content;
	struct job *j;

	for (; from < to; from++) {
		j = &jobs->v[from];
		content = j->slot->node != NULL ? &j->slot->node->raw : NULL;
		if (mls__node_is_leaf(j->node))
			j->status = mls__hash_leaf(j->slot->hash, jobs->suite,
			    mls__node_leaf(j->node), content);
		else
			j->status = mls__hash_parent(j->slot->hash,
			    jobs->suite, content, j->left, j->right);
	}
}

/* Children are looked up only now: collecting may have copied them. */
static int
run_level(struct mls_tree *t, struct jobs *jobs)
{
	struct job *j;
	size_t i;
	int rc = 0;

	for (i = 0; i < jobs->n; i++) {
		j = &jobs->v[i];
		if (mls__node_is_leaf(j->node))
			continue;
		j->left = mls__tree_slot(t, mls__node_left(j->node))->hash;
		j->right = mls__tree_slot(t, mls__node_right(j->node))->hash;
	}
	jobs->suite = t->suite;
	if (jobs->n > GRAIN)
		rc = mls__plugins_parallel(t->suite->plugins,
		    t->suite->hash.inst, jobs->n, GRAIN, hash_range, jobs);
	else
		hash_range(jobs, 0, jobs->n);
	for (i = 0; i < jobs->n && rc == 0; i++) {
		rc = jobs->v[i].status;
		jobs->v[i].slot->hashed = rc == 0;
	}
	return rc;
}

static int
add_job(struct jobs *jobs, struct mls_tree *t, uint32_t node)
{
	struct job job = { .slot = mls__tree_edit(t, node), .node = node };
	void *v = jobs->v;

	if (job.slot == NULL)
		return t->error;
	if (mls__array_grow(&v, &jobs->cap, jobs->n + 1, sizeof(job)) != 0)
		return MLS_E_OUT_OF_MEMORY;
	jobs->v = v;
	jobs->v[jobs->n++] = job;
	return 0;
}

/* All that is not hashed below a node, by level. */
static int
collect(struct jobs *levels, struct mls_tree *t, uint32_t top)
{
	uint32_t todo[MLS_MAX_LEVEL + 2], node;
	size_t n = 0;
	int rc = 0;

	todo[n++] = top;
	while (n != 0 && rc == 0) {
		node = todo[--n];
		if (mls__tree_slot(t, node)->hashed)
			continue;
		rc = add_job(&levels[mls__node_level(node)], t, node);
		if (!mls__node_is_leaf(node)) {
			todo[n++] = mls__node_right(node);
			todo[n++] = mls__node_left(node);
		}
	}
	return rc;
}

int
mls__tree_hash_below(struct mls_tree *t, uint32_t node)
{
	struct jobs levels[MLS_MAX_LEVEL + 1];
	unsigned i;
	int rc = t->error;

	if (rc != 0 || mls__tree_slot(t, node)->hashed)
		return t->error;
	memset(levels, 0, sizeof(levels));
	rc = collect(levels, t, node);
	for (i = 0; i <= MLS_MAX_LEVEL && rc == 0; i++)
		rc = run_level(t, &levels[i]);
	for (i = 0; i <= MLS_MAX_LEVEL; i++)
		free(levels[i].v);
	if (rc == 0)
		rc = t->error;
	if (rc != 0)
		mls__tree_fail(t, rc);
	return rc;
}

/* One level of a tree in memory of which nothing is hashed. */
struct level {
	struct mls_tree *tree;
	unsigned level;
};

static int
hash_place(void *arg, size_t i)
{
	const struct level *l = arg;
	struct mls_tree *t = l->tree;
	uint32_t at = mls__node_at((uint32_t)i << l->level, l->level);
	struct mls_slot *slot =
	    &mls__page_of(&t->pages, at)->slot[at % MLS_PAGE_SLOTS];
	const struct mls_buf *content =
	    slot->node != NULL ? &slot->node->raw : NULL;
	int rc;

	rc = l->level == 0 ? mls__hash_leaf(slot->hash, t->suite,
	    mls__node_leaf(at), content) : mls__hash_parent(slot->hash,
	    t->suite, content, mls__tree_slot(t, mls__node_left(at))->hash,
	    mls__tree_slot(t, mls__node_right(at))->hash);
	slot->hashed = rc == 0;
	return rc;
}

int
mls__tree_hash_all(struct mls_tree *t)
{
	struct level l = { t, 0 };
	uint32_t n = mls__node_count(t->width), at;
	int rc = 0;

	for (at = 0; at < n && rc == 0; at += MLS_PAGE_SLOTS)
		if (mls__page_take(&t->pages, at) == NULL)
			rc = MLS_E_OUT_OF_MEMORY;
	for (; rc == 0 && t->width >> l.level != 0; l.level++)
		rc = mls__plugins_each(t->suite->plugins, t->suite->hash.inst,
		    t->width >> l.level, GRAIN, hash_place, &l);
	return rc;
}

int
mls__tree_hash(uint8_t *out, struct mls_tree *t)
{
	uint32_t root = mls__node_root(t->width);
	int rc = mls__tree_hash_below(t, root);

	if (rc == 0)
		memcpy(out, mls__tree_slot(t, root)->hash, t->suite->nh);
	return rc;
}
