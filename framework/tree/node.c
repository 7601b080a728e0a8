/* SPDX-License-Identifier: MIT */
/* RFC 9420 §7.1: parent nodes; nodes as counted, immutable objects. */
#include "tree/node.h"

#include <stdlib.h>
#include <string.h>

#include "base/customs.h"
#include "base/error.h"

void
mls__parent_read(struct mls_parent *out, struct mls_reader *r)
{
	const uint8_t *from = r->pos;

	out->encryption_key = mls__read_short(r);
	out->parent_hash = mls__read_short(r);
	out->unmerged = mls__read_opaque(r);
	if (out->unmerged.len % 4 != 0) /* WIRE-07 */
		mls__reader_fail(r, MLS_E_VECTOR_PARTIAL_ELEMENT);
	out->raw = mls__reader_since(r, from);
}

static size_t
content_size(bool is_leaf)
{
	return is_leaf ? sizeof(struct mls_leaf) : sizeof(struct mls_parent);
}

/* A node with so much room behind it, still without a content. */
static struct mls_node *
node_alloc(struct mls_buf raw, bool is_leaf, size_t behind)
{
	struct mls_node *node = NULL;

	if (behind <= SIZE_MAX - sizeof(*node))
		node = mls__alloc(sizeof(*node) + behind);
	if (node == NULL)
		return NULL;
	node->refs = 1;
	node->is_leaf = is_leaf;
	node->raw = raw;
	return node;
}

static int
decode(struct mls_node *node)
{
	struct mls_reader r;

	mls__reader_init(&r, node->raw);
	r.customs = &mls__customs_any;
	if (node->is_leaf)
		mls__leaf_read(&node->open->leaf, &r);
	else
		mls__parent_read(&node->open->parent, &r);
	return mls__reader_end(&r);
}

/* The node and its encoding are one allocation. */
static int
node_new(struct mls_node **out, struct mls_buf raw, bool is_leaf)
{
	size_t content = content_size(is_leaf);
	struct mls_node *node = NULL;
	uint8_t *copy;
	int rc;

	if (raw.len <= SIZE_MAX - content)
		node = node_alloc(raw, is_leaf, content + raw.len);
	if (node == NULL)
		return MLS_E_OUT_OF_MEMORY;
	copy = (uint8_t *)node->open + content;
	if (raw.len != 0)
		memcpy(copy, raw.data, raw.len);
	node->raw.data = copy;
	rc = decode(node);
	if (rc == 0)
		*out = node;
	else
		free(node);
	return rc;
}

int
mls__node_new_leaf(struct mls_node **out, struct mls_buf raw)
{
	return node_new(out, raw, true);
}

int
mls__node_new_parent(struct mls_node **out, struct mls_buf raw)
{
	return node_new(out, raw, false);
}

int
mls__node_borrow(struct mls_node **out, struct mls_buf raw, bool is_leaf)
{
	struct mls_node *node = node_alloc(raw, is_leaf,
	    is_leaf ? 0 : content_size(false));
	int rc = 0;

	if (node == NULL)
		return MLS_E_OUT_OF_MEMORY;
	node->closed = is_leaf;
	if (!is_leaf)
		rc = decode(node);
	if (rc == 0)
		*out = node;
	else
		free(node);
	return rc;
}

const struct mls_leaf *
mls__leaf_of(struct mls_leaf *room, const struct mls_node *node)
{
	struct mls_reader r;

	if (!node->closed)
		return &node->open->leaf;
	mls__reader_init(&r, node->raw);
	r.customs = &mls__customs_any;
	mls__leaf_read(room, &r);
	return room;
}

int
mls__node_make_parent(struct mls_node **out, struct mls_buf key,
    struct mls_buf parent_hash, const uint32_t *unmerged, size_t n)
{
	MLS_WRITER_ROOM(w, 512);
	size_t at, i;
	int rc;

	mls__write_opaque(&w, key);
	mls__write_opaque(&w, parent_hash);
	at = mls__write_open(&w);
	for (i = 0; i < n; i++)
		mls__write_u32(&w, unmerged[i]);
	mls__write_close(&w, at);
	rc = w.error;
	if (rc == 0)
		rc = mls__node_new_parent(out, mls__writer_buf(&w));
	mls__writer_free(&w);
	return rc;
}

size_t
mls__unmerged_count(const struct mls_parent *p)
{
	return p->unmerged.len / 4;
}

uint32_t
mls__unmerged_at(const struct mls_parent *p, size_t i)
{
	const uint8_t *b = p->unmerged.data + 4 * i;

	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 |
	    (uint32_t)b[2] << 8 | b[3];
}

size_t
mls__unmerged_from(const struct mls_parent *p, uint32_t leaf)
{
	size_t lo = 0, hi = mls__unmerged_count(p), mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (mls__unmerged_at(p, mid) < leaf)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct mls_buf
mls__node_key(const struct mls_node *node)
{
	struct mls_reader r;

	/* It comes first in either kind. */
	mls__reader_init(&r, node->raw);
	return mls__read_short(&r);
}

struct mls_buf
mls__node_parent_hash(const struct mls_node *node)
{
	struct mls_leaf room;

	return node->is_leaf ? mls__leaf_of(&room, node)->parent_hash :
	    node->open->parent.parent_hash;
}

struct mls_node *
mls__node_ref(struct mls_node *node)
{
	if (node != NULL)
		node->refs++;
	return node;
}

void
mls__node_free(struct mls_node *node)
{
	if (node != NULL && --node->refs == 0)
		free(node);
}
