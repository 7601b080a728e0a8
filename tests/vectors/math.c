/* SPDX-License-Identifier: MIT */
/* tree-math and deserialization. */
#include <stdio.h>

#include "tree/math.h"
#include "vectors.h"

/* got: MLS_NO_NODE where the vector says null. */
static void
check_node(struct vec *v, const char *field, uint32_t node, uint32_t got)
{
	const json_t *want = json_array_get(vec_array(v, v->json, field),
	    node);
	char name[32];

	snprintf(name, sizeof(name), "%s[%lu]", field, (unsigned long)node);
	if (json_is_null(want))
		vec_same(v, name, got, MLS_NO_NODE);
	else if (json_is_integer(want))
		vec_same(v, name, got, (uint64_t)json_integer_value(want));
	else
		vec_fail(v, name, "is no number");
}

void
vec_tree_math(struct vec *v)
{
	uint32_t width = (uint32_t)vec_number(v, v->json, "n_leaves");
	uint32_t nodes = (uint32_t)vec_number(v, v->json, "n_nodes");
	uint32_t i, root;
	bool leaf;

	vec_same(v, "width", mls__width_for(width), width);
	vec_same(v, "n_nodes", mls__node_count(width), nodes);
	root = mls__node_root(width);
	vec_same(v, "root", root, vec_number(v, v->json, "root"));
	for (i = 0; i < nodes && !v->failed; i++) {
		leaf = mls__node_is_leaf(i);
		check_node(v, "left", i, leaf ? MLS_NO_NODE :
		    mls__node_left(i));
		check_node(v, "right", i, leaf ? MLS_NO_NODE :
		    mls__node_right(i));
		check_node(v, "parent", i, mls__node_parent(i, width));
		check_node(v, "sibling", i, i == root ? MLS_NO_NODE :
		    mls__node_sibling(i, width));
	}
}

void
vec_deserialization(struct vec *v)
{
	struct mls_buf header = vec_hex(v, v->json, "vlbytes_header");
	struct mls_buf cut = header;
	uint64_t length = vec_number(v, v->json, "length");
	struct mls_writer w = { 0 };
	struct mls_reader r;

	mls__reader_init(&r, header);
	vec_same(v, "length", mls__read_varint(&r), length);
	vec_ok(v, "vlbytes_header", mls__reader_end(&r));
	mls__write_varint(&w, (size_t)length);
	vec_equal(v, "encoding", mls__writer_buf(&w), header);
	mls__writer_free(&w);
	while (cut.len > 0) {
		cut.len--;
		mls__reader_init(&r, cut);
		mls__read_varint(&r);
		vec_true(v, "cut header is refused", r.error != 0);
	}
}
