/* SPDX-License-Identifier: MIT */
#include "tree/math.h"

uint32_t
mls__node_count(uint32_t width)
{
	return 2 * width - 1;
}

uint32_t
mls__node_root(uint32_t width)
{
	return width - 1;
}

unsigned
mls__node_level(uint32_t node)
{
	unsigned level = 0;

	for (; node & 1; node >>= 1)
		level++;
	return level;
}

/* The node at `level` above (or equal to) a node that is not higher. */
static uint32_t
above(uint32_t node, unsigned level)
{
	return (node >> (level + 1)) << (level + 1) | ((1u << level) - 1);
}

uint32_t
mls__node_left(uint32_t node)
{
	return node - (1u << (mls__node_level(node) - 1));
}

uint32_t
mls__node_right(uint32_t node)
{
	return node + (1u << (mls__node_level(node) - 1));
}

uint32_t
mls__node_parent(uint32_t node, uint32_t width)
{
	if (node == mls__node_root(width))
		return MLS_NO_NODE;
	return above(node, mls__node_level(node) + 1);
}

uint32_t
mls__node_sibling(uint32_t node, uint32_t width)
{
	if (node == mls__node_root(width))
		return MLS_NO_NODE;
	return node ^ (2u << mls__node_level(node));
}

uint32_t
mls__node_at(uint32_t leaf, unsigned level)
{
	return above(mls__leaf_node(leaf), level);
}

bool
mls__node_below(uint32_t node, uint32_t top)
{
	unsigned level = mls__node_level(top);

	return mls__node_level(node) <= level && above(node, level) == top;
}

uint32_t
mls__node_common(uint32_t a, uint32_t b)
{
	unsigned la = mls__node_level(a), lb = mls__node_level(b);
	unsigned level = la > lb ? la : lb;

	while (above(a, level) != above(b, level))
		level++;
	return above(a, level);
}

uint32_t
mls__node_first(uint32_t node)
{
	unsigned level = mls__node_level(node);

	return (node >> (level + 1)) << level;
}

uint32_t
mls__width_for(uint32_t leaves)
{
	uint32_t width = 1;

	while (width < leaves && width < MLS_MAX_LEAVES)
		width *= 2;
	return width;
}
