/* SPDX-License-Identifier: MIT */
/* RFC 9420 §7.6: update paths on the wire, and the keys of a member. */
#include "tree/treekem.h"

#include <string.h>

#include "base/error.h"

static struct mls_ciphertext
read_ciphertext(struct mls_reader *r)
{
	struct mls_ciphertext c;

	c.enc = mls__read_short(r);
	c.ct = mls__read_opaque(r);
	return c;
}

static size_t
count_ciphertexts(struct mls_reader list)
{
	size_t n = 0;

	for (; mls__reader_more(&list); n++)
		read_ciphertext(&list);
	return n;
}

/* Room for as many as there are if all are as long as this first one, which
 * one maker's are, so that they are read once; where they are not, what is left
 * is counted. */
static int
make_room(struct mls_path_node *out, size_t *room, struct mls_arena *arena,
    const struct mls_reader *from, const struct mls_reader *behind)
{
	size_t left = mls__reader_left(from);
	size_t more = out->n == 0 ? left / (left - mls__reader_left(behind)) :
	    count_ciphertexts(*from);
	struct mls_ciphertext *v = mls__arena_array(arena, out->n + more,
	    sizeof(*v));

	if (v == NULL)
		return MLS_E_OUT_OF_MEMORY;
	if (out->n != 0)
		memcpy(v, out->ciphertexts, out->n * sizeof(*v));
	out->ciphertexts = v;
	*room = out->n + more;
	return 0;
}

static void
read_path_node(struct mls_path_node *out, struct mls_arena *arena,
    struct mls_reader *r)
{
	struct mls_reader sub, from;
	struct mls_ciphertext c;
	size_t room = 0;
	int rc = 0;

	out->key = mls__read_short(r);
	sub = mls__read_vector(r);
	while (mls__reader_more(&sub)) {
		from = sub;
		c = read_ciphertext(&sub);
		if (sub.error == 0 && out->n == room)
			rc = make_room(out, &room, arena, &from, &sub);
		if (rc != 0)
			mls__reader_fail(&sub, rc);
		if (sub.error == 0)
			out->ciphertexts[out->n++] = c;
	}
	mls__reader_join(r, &sub);
}

void
mls__update_path_read(struct mls_update_path *out, struct mls_arena *arena,
    struct mls_reader *r)
{
	struct mls_update_path path = { .n = 0 };
	struct mls_reader sub, count;
	size_t n = 0, i;

	mls__leaf_read(&path.leaf, r);
	count = sub = mls__read_vector(r);
	for (; mls__reader_more(&count); n++) {
		mls__read_short(&count);
		mls__read_opaque(&count);
	}
	mls__reader_join(r, &count);
	if (r->error != 0)
		return;
	path.nodes = mls__arena_array(arena, n, sizeof(*path.nodes));
	if (path.nodes == NULL) {
		mls__reader_fail(r, MLS_E_OUT_OF_MEMORY);
		return;
	}
	for (i = 0; i < n; i++)
		read_path_node(&path.nodes[i], arena, &sub);
	mls__reader_join(r, &sub);
	path.n = n;
	if (r->error == 0)
		*out = path;
}

void
mls__update_path_write(struct mls_writer *w,
    const struct mls_update_path *path)
{
	size_t nodes, list, i, j;

	mls__write_bytes(w, path->leaf.raw);
	nodes = mls__write_open(w);
	for (i = 0; i < path->n; i++) {
		mls__write_opaque(w, path->nodes[i].key);
		list = mls__write_open(w);
		for (j = 0; j < path->nodes[i].n; j++) {
			mls__write_opaque(w, path->nodes[i].ciphertexts[j].enc);
			mls__write_opaque(w, path->nodes[i].ciphertexts[j].ct);
		}
		mls__write_close(w, list);
	}
	mls__write_close(w, nodes);
}

void
mls__path_keys_set(struct mls_path_keys *k, unsigned level,
    struct mls_privkey *key)
{
	mls__key_free(k->key[level]);
	k->key[level] = key;
}

void
mls__path_keys_copy(struct mls_path_keys *out, const struct mls_path_keys *in)
{
	unsigned i;

	out->leaf = in->leaf;
	for (i = 0; i <= MLS_MAX_LEVEL; i++)
		out->key[i] = in->key[i] != NULL ? mls__key_ref(in->key[i]) :
		    NULL;
}

void
mls__path_keys_free(struct mls_path_keys *k)
{
	unsigned i;

	for (i = 0; i <= MLS_MAX_LEVEL; i++)
		mls__path_keys_set(k, i, NULL);
}

void
mls__path_keys_prune(struct mls_path_keys *k, struct mls_tree *t)
{
	unsigned top = mls__node_level(mls__node_root(mls__tree_width(t))), i;
	const struct mls_node *node;

	for (i = 0; i <= MLS_MAX_LEVEL; i++) {
		if (k->key[i] == NULL)
			continue;
		node = i <= top && k->leaf < mls__tree_width(t) ?
		    mls__tree_node(t, mls__node_at(k->leaf, i)) : NULL;
		if (node == NULL || !mls__equal(mls__node_key(node),
		    mls__key_public(k->key[i])))
			mls__path_keys_set(k, i, NULL);
	}
}
