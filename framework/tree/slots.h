/* SPDX-License-Identifier: MIT */
/* Where slots live: paged for a base tree, hashed by node for a diff. */
#ifndef MLS_TREE_SLOTS_H
#define MLS_TREE_SLOTS_H

#include "base/alloc.h"
#include "tree/tree.h"

/* What is in no page is a blank of an empty subtree, not hashed. */
extern const struct mls_slot mls__slot_blank;

#define MLS_PAGE_SLOTS 32u

struct mls_page {
	uint32_t loaded; /* a bit a slot: it does not wait for the source */
	struct mls_slot slot[MLS_PAGE_SLOTS];
	uint8_t hash[]; /* of each slot, nh octets */
};

struct mls_pages {
	struct mls_page **page;
	size_t n;  /* pages there is room for */
	size_t nh; /* size of a hash */
};

/* slot_copy(out, in, nh): all but the node's reference; out has its room for
 * the hash. */
void mls__slot_copy(struct mls_slot *out, const struct mls_slot *in,
    size_t nh);

/* pages_reserve(p, nodes): room for the page table; page_take(p, node): the
 * page of the node, made if need be.  NULL or OUT_OF_MEMORY. */
int mls__pages_reserve(struct mls_pages *p, uint32_t nodes);
struct mls_page *mls__page_take(struct mls_pages *p, uint32_t node);

/* page_of(p, node): NULL if there is none. */
struct mls_page *mls__page_of(const struct mls_pages *p, uint32_t node);

/* pages_trim(p, nodes): forget the slots from there on. */
void mls__pages_trim(struct mls_pages *p, uint32_t nodes);
void mls__pages_free(struct mls_pages *p);

struct mls_overlay_slot {
	uint32_t node;
	bool put; /* its content was given anew, not only its caches */
	struct mls_slot slot;
	uint8_t hash[];
};

/* Entries stay where they are while the table grows. */
struct mls_overlay {
	struct mls_arena arena;
	struct mls_overlay_slot **all; /* in the order of their making */
	size_t n, cap;
	uint32_t *bucket; /* position in `all` plus 1, or 0 */
	size_t buckets;   /* a power of two */
};

struct mls_overlay_slot *mls__overlay_find(const struct mls_overlay *o,
    uint32_t node);

/* overlay_add(o, node, nh): a blank; the node is not in yet.  NULL: no
 * memory. */
struct mls_overlay_slot *mls__overlay_add(struct mls_overlay *o,
    uint32_t node, size_t nh);
void mls__overlay_free(struct mls_overlay *o);

#endif
