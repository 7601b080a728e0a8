/* SPDX-License-Identifier: MIT */
/* RFC 9420 §4.1 and Appendix C: array-based trees.  Widths are counts of
 * leaves, always a power of two of at most MLS_MAX_LEAVES; a node index is a
 * position in the array, a leaf index counts leaves alone. */
#ifndef MLS_TREE_MATH_H
#define MLS_TREE_MATH_H

#include <stdbool.h>
#include <stdint.h>

#define MLS_MAX_LEAVES (1u << 24) /* LIMIT-03: node arithmetic is 32 bits */
#define MLS_MAX_LEVEL 24
#define MLS_NO_NODE 0xffffffffu

static inline uint32_t
mls__leaf_node(uint32_t leaf)
{
	return 2 * leaf;
}

static inline uint32_t
mls__node_leaf(uint32_t node)
{
	return node / 2;
}

static inline bool
mls__node_is_leaf(uint32_t node)
{
	return (node & 1) == 0;
}

uint32_t mls__node_count(uint32_t width);
uint32_t mls__node_root(uint32_t width);
unsigned mls__node_level(uint32_t node);

/* left, right: of a parent.  parent: MLS_NO_NODE for the root. */
uint32_t mls__node_left(uint32_t node);
uint32_t mls__node_right(uint32_t node);
uint32_t mls__node_parent(uint32_t node, uint32_t width);
uint32_t mls__node_sibling(uint32_t node, uint32_t width);

/* node_at(leaf, level): the ancestor of the leaf at that level. */
uint32_t mls__node_at(uint32_t leaf, unsigned level);

/* node_below(node, top): node is top or below it. */
bool mls__node_below(uint32_t node, uint32_t top);

/* node_common(a, b): the lowest node above (or equal to) both. */
uint32_t mls__node_common(uint32_t a, uint32_t b);

/* node_first(node): the leftmost leaf index below it (or its own); there are
 * 1 << level of them. */
uint32_t mls__node_first(uint32_t node);

/* width_for(leaves): the smallest full width that holds them. */
uint32_t mls__width_for(uint32_t leaves);

#endif
