/* SPDX-License-Identifier: MIT */
/* tree-operations and tree-validation. */
#include <stdio.h>

#include "libmls/errors.h"
#include "message/proposal.h"
#include "tree/parent_hash.h"
#include "tree/tree.h"
#include "vectors.h"

static void
check_hash(struct vec *v, const char *field, struct mls_tree *t)
{
	uint8_t hash[MLS_MAX_HASH];

	if (vec_ok(v, field, mls__tree_hash(hash, t)))
		vec_expect(v, v->json, field, mls__buf(hash, v->suite->nh));
}

static void
check_encoding(struct vec *v, const char *field, struct mls_tree *t)
{
	struct mls_writer w = { 0 };

	mls__tree_write(&w, t);
	vec_ok(v, field, mls__tree_error(t));
	vec_expect(v, v->json, field, mls__writer_buf(&w));
	mls__writer_free(&w);
}

static void
apply(struct vec *v, struct mls_tree *t, const struct mls_proposal *p,
    uint32_t sender)
{
	struct mls_node *node = NULL;
	uint32_t leaf = 0;

	switch (p->type) {
	case MLS_PROPOSAL_ADD:
		vec_ok(v, "proposal", mls__node_new_leaf(&node,
		    p->u.add.leaf.raw));
		if (node != NULL)
			vec_ok(v, "proposal", mls__tree_add(&leaf, t, node));
		break;
	case MLS_PROPOSAL_UPDATE:
		vec_ok(v, "proposal", mls__node_new_leaf(&node,
		    p->u.update.raw));
		if (node != NULL)
			vec_ok(v, "proposal", mls__tree_update(t, sender,
			    node));
		break;
	case MLS_PROPOSAL_REMOVE:
		vec_ok(v, "proposal", mls__tree_remove(t, p->u.removed));
		break;
	default:
		vec_fail(v, "proposal", "has a type that no tree knows");
	}
	mls__node_free(node);
}

void
vec_tree_operations(struct vec *v)
{
	struct mls_buf in = vec_hex(v, v->json, "proposal");
	struct mls_tree *tree = NULL, *diff = NULL;
	struct mls_proposal p;
	struct mls_reader r;

	mls__reader_init(&r, in);
	mls__proposal_read(&p, &r);
	vec_ok(v, "proposal", mls__reader_end(&r));
	if (!vec_ok(v, "tree_before", mls__tree_read(&tree, v->suite,
	    vec_hex(v, v->json, "tree_before"), MLS_MAX_LEAVES, NULL)))
		return;
	check_encoding(v, "tree_before", tree);
	check_hash(v, "tree_hash_before", tree);
	if (!vec_ok(v, "diff", mls__tree_diff(&diff, tree)))
		goto out;
	apply(v, diff, &p, (uint32_t)vec_number(v, v->json,
	    "proposal_sender"));
	check_encoding(v, "tree_after", diff);
	check_hash(v, "tree_hash_after", diff);
	check_encoding(v, "tree_before", tree); /* a diff changes nothing */
	if (!v->failed && vec_ok(v, "merge",
	    mls__tree_merge_prepare(diff))) {
		mls__tree_merge(diff);
		diff = NULL;
		check_encoding(v, "tree_after", tree);
		check_hash(v, "tree_hash_after", tree);
	}
out:
	mls__tree_free(diff);
	mls__tree_free(tree);
}

struct walk {
	struct vec *v;
	const json_t *want;
	size_t n;
	const char *field;
};

static int
visit(void *arg, uint32_t node)
{
	struct walk *walk = arg;

	vec_same(walk->v, walk->field, node, (uint64_t)json_integer_value(
	    json_array_get(walk->want, walk->n++)));
	return 0;
}

static void
check_node(struct vec *v, struct mls_tree *t, uint32_t node)
{
	const json_t *hash = json_array_get(vec_array(v, v->json,
	    "tree_hashes"), node);
	const struct mls_slot *slot = mls__tree_slot(t, node);
	char field[48];
	struct walk walk = {
		.v = v, .field = field, .want = json_array_get(vec_array(v,
		    v->json, "resolutions"), node)
	};

	snprintf(field, sizeof(field), "tree_hashes[%lu]",
	    (unsigned long)node);
	vec_true(v, field, slot->hashed);
	vec_equal(v, field, mls__buf(slot->hash, v->suite->nh),
	    vec_hex_of(v, hash, field));
	snprintf(field, sizeof(field), "resolutions[%lu]",
	    (unsigned long)node);
	mls__tree_resolve(t, node, visit, &walk);
	vec_same(v, field, walk.n, json_array_size(walk.want));
	vec_same(v, field, mls__tree_slot(t, node)->resolution, walk.n);
}

static void
check_leaves(struct vec *v, struct mls_tree *t)
{
	struct mls_buf group_id = vec_hex(v, v->json, "group_id");
	struct mls_verify_job job;
	struct mls_writer w = { 0 };
	uint32_t leaf, n = 0;

	for (leaf = mls__tree_next_leaf(t, 0); leaf != MLS_NO_NODE;
	    leaf = mls__tree_next_leaf(t, leaf + 1)) {
		mls__writer_reset(&w);
		mls__leaf_verify_job(&job, &w, mls__tree_leaf(t, leaf),
		    group_id, leaf);
		vec_ok(v, "leaf signature", w.error);
		vec_ok(v, "leaf signature", mls__verify_with_label(v->suite,
		    &job));
		n++;
	}
	vec_same(v, "members", mls__tree_members(t), n);
	mls__writer_free(&w);
}

void
vec_tree_validation(struct vec *v)
{
	struct mls_tree *t = NULL;
	uint8_t hash[MLS_MAX_HASH];
	uint32_t i, n;

	if (!vec_ok(v, "tree", mls__tree_read(&t, v->suite,
	    vec_hex(v, v->json, "tree"), MLS_MAX_LEAVES, NULL)))
		return;
	check_encoding(v, "tree", t);
	vec_ok(v, "tree_hashes", mls__tree_hash(hash, t));
	n = mls__node_count(mls__tree_width(t));
	vec_same(v, "resolutions", json_array_size(vec_array(v, v->json,
	    "resolutions")), n);
	for (i = 0; i < n && !v->failed; i++)
		check_node(v, t, i);
	vec_ok(v, "parent hashes", mls__parent_hash_verify(t));
	check_leaves(v, t);
	vec_ok(v, "tree", mls__tree_error(t));
	mls__tree_free(t);
}
