/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "tree/math.h"

/* RFC 9420 Appendix C, by recursion over the halves of an array. */
static void
walk(uint32_t from, uint32_t size, uint32_t parent, uint32_t sibling,
    uint32_t width)
{
	uint32_t half = size / 2, root = from + half, child = half / 2;

	cr_assert_eq(mls__node_parent(root, width), parent);
	cr_assert_eq(mls__node_sibling(root, width), sibling);
	cr_assert_eq(mls__node_first(root), from / 2);
	cr_assert_eq((2u << mls__node_level(root)) - 1, size);
	cr_assert_eq(mls__node_is_leaf(root), size == 1);
	if (size == 1)
		return;
	cr_assert_eq(mls__node_left(root), from + child);
	cr_assert_eq(mls__node_right(root), root + 1 + child);
	walk(from, half, root, root + 1 + child, width);
	walk(root + 1, half, root, from + child, width);
}

Test(tree_math, halves)
{
	uint32_t width;

	for (width = 1; width <= 1024; width *= 2) {
		cr_assert_eq(mls__node_count(width), 2 * width - 1);
		cr_assert_eq(mls__node_root(width), width - 1);
		walk(0, 2 * width - 1, MLS_NO_NODE, MLS_NO_NODE, width);
	}
}

Test(tree_math, ancestors)
{
	uint32_t width = 64, leaf, node, other, up;

	for (leaf = 0; leaf < width; leaf++) {
		node = mls__leaf_node(leaf);
		for (; node != MLS_NO_NODE;
		    node = mls__node_parent(node, width))
			cr_assert_eq(mls__node_at(leaf,
			    mls__node_level(node)), node);
	}
	for (node = 0; node < 2 * width - 1; node++) {
		for (other = 0; other < 2 * width - 1; other++) {
			bool is_below = false;

			for (up = node; up != MLS_NO_NODE;
			    up = mls__node_parent(up, width))
				is_below |= up == other;
			cr_assert_eq(mls__node_below(node, other), is_below);
			for (up = node; !mls__node_below(other, up);)
				up = mls__node_parent(up, width);
			cr_assert_eq(mls__node_common(node, other), up);
		}
	}
}

Test(tree_math, widest)
{
	uint32_t last = MLS_MAX_LEAVES - 1;

	cr_assert_eq(mls__node_at(last, MLS_MAX_LEVEL), last);
	cr_assert_eq(mls__node_root(MLS_MAX_LEAVES), last);
	cr_assert_eq(mls__node_parent(last, MLS_MAX_LEAVES), MLS_NO_NODE);
	cr_assert_eq(mls__node_common(0, mls__leaf_node(last)), last);
	cr_assert_eq(mls__width_for(0), 1);
	cr_assert_eq(mls__width_for(5), 8);
	cr_assert_eq(mls__width_for(8), 8);
	cr_assert_eq(mls__width_for(MLS_MAX_LEAVES), MLS_MAX_LEAVES);
}
