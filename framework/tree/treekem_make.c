/* SPDX-License-Identifier: MIT */
/* RFC 9420 §7.4 to §7.6: making an update path. */
#include <stdlib.h>

#include "base/customs.h"
#include "base/error.h"
#include "tree/path_secret.h"
#include "tree/state.h"

/* Draw the leaf's key and the first path secret; derive the rest. */
static int
draw(struct mls_path_making *pm, const struct mls_suite *s)
{
	struct mls_privkey *key;
	struct mls_secret next;
	unsigned i;
	int rc;

	rc = mls__key_generate_kem(&key, s);
	if (rc != 0)
		return rc;
	mls__path_keys_set(&pm->keys, 0, key);
	rc = mls__random_secret(&next, s);
	for (i = 0; i < pm->n && rc == 0; i++) {
		pm->secrets[i] = next;
		rc = mls__path_secret_key(&key, s, &next);
		if (rc == 0)
			mls__path_keys_set(&pm->keys,
			    mls__node_level(pm->path[i]), key);
		if (rc == 0)
			rc = mls__path_secret_next(&next, s, &next);
	}
	/* DEC-11: with no node, the fresh secret itself. */
	if (rc == 0)
		pm->commit_secret = next;
	mls__secret_wipe(&next);
	return rc;
}

/* Step 4 of §7.5: the leaf with its new key and parent hash, re-signed. */
static int
put_leaf(struct mls_path_making *pm, struct mls_tree *t,
    const struct mls_leaf *fields, const struct mls_privkey *sign_key,
    struct mls_buf group_id, struct mls_buf parent_hash)
{
	struct mls_leaf leaf = *fields;
	struct mls_node *node;
	int rc;

	leaf.source = MLS_LEAF_COMMIT;
	leaf.encryption_key = mls__key_public(pm->keys.key[0]);
	leaf.parent_hash = parent_hash;
	rc = mls__leaf_sign(&node, &leaf, t->suite, sign_key, group_id,
	    pm->keys.leaf);
	if (rc != 0)
		return rc;
	mls__tree_put(t, mls__leaf_node(pm->keys.leaf), node);
	mls__node_free(node);
	return t->error;
}

int
mls__path_make(struct mls_path_making *pm, struct mls_tree *diff,
    const struct mls_leaf *fields, const struct mls_privkey *sign_key,
    struct mls_buf group_id, uint32_t leaf)
{
	struct mls_path_making made = { .keys = { .leaf = leaf } };
	struct mls_buf pubs[MLS_MAX_LEVEL];
	uint8_t hash[MLS_MAX_HASH];
	size_t len = 0;
	unsigned i;
	int rc;

	*pm = made;
	while (leaf >= diff->width && diff->error == 0)
		mls__tree_grow(diff);
	pm->n = mls__tree_filtered_path(pm->path, pm->copath, diff, leaf);
	rc = diff->error;
	if (rc == 0)
		rc = draw(pm, diff->suite);
	if (rc != 0)
		return rc;
	for (i = 0; i < pm->n; i++)
		pubs[i] = mls__key_public(
		    pm->keys.key[mls__node_level(pm->path[i])]);
	rc = mls__path_put(hash, &len, diff, leaf, pubs, pm->path, pm->copath,
	    pm->n);
	if (rc == 0)
		rc = put_leaf(pm, diff, fields, sign_key, group_id,
		    mls__buf(hash, len));
	return rc;
}

void
mls__path_making_free(struct mls_path_making *pm)
{
	mls__path_keys_free(&pm->keys);
	mls__wipe(pm->secrets, sizeof(pm->secrets));
	mls__secret_wipe(&pm->commit_secret);
	pm->n = 0;
}

/* All seals of a path, in order. */
struct sealing {
	struct mls_tree *tree;
	struct mls_arena *arena;
	struct mls_leaf_list added;
	struct mls_hpke_job *jobs;
	size_t n, cap;
	struct mls_buf plaintext; /* the path secret at hand */
};

/* One recipient, unless it was added in this commit. */
static int
push_seal(void *arg, uint32_t at)
{
	struct sealing *s = arg;
	struct mls_hpke_job job = { .plaintext = s->plaintext };
	const struct mls_node *node = mls__tree_node(s->tree, at);
	void *v = s->jobs;
	int rc;

	if (mls__node_is_leaf(at) &&
	    mls__leaf_listed(s->added, mls__node_leaf(at)))
		return 0;
	if (node == NULL)
		return s->tree->error != 0 ? s->tree->error : MLS_E_INTERNAL;
	rc = mls__array_grow(&v, &s->cap, s->n + 1, sizeof(job));
	s->jobs = v;
	if (rc != 0)
		return rc;
	job.pub = mls__node_key(node);
	s->jobs[s->n++] = job;
	return 0;
}

/* Room for the outputs, and the randomness, drawn in order. */
static int
prepare(struct sealing *s, uint8_t **seeds)
{
	const struct mls_suite *suite = s->tree->suite;
	struct mls_hpke_job *job;
	size_t i;

	*seeds = mls__array_alloc(s->n, suite->seed_len);
	if (*seeds == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; i < s->n; i++) {
		job = &s->jobs[i];
		job->seed = *seeds + i * suite->seed_len;
		job->enc = mls__arena_alloc(s->arena, suite->nenc);
		job->ct = mls__arena_alloc(s->arena,
		    job->plaintext.len + suite->nt);
		if (job->enc == NULL || job->ct == NULL)
			return MLS_E_OUT_OF_MEMORY;
	}
	return mls__random(*seeds, s->n * suite->seed_len, suite);
}

/* One UpdatePathNode from its share of the jobs. */
static int
fill_node(struct mls_path_node *out, const struct sealing *s, size_t from,
    size_t to, struct mls_buf key)
{
	const struct mls_suite *suite = s->tree->suite;
	const struct mls_hpke_job *job;
	size_t i;
	int rc = mls__arena_copy(&out->key, s->arena, key);

	if (rc != 0)
		return rc;
	out->n = to - from;
	out->ciphertexts = mls__arena_array(s->arena, out->n,
	    sizeof(*out->ciphertexts));
	if (out->ciphertexts == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; i < out->n; i++) {
		job = &s->jobs[from + i];
		out->ciphertexts[i].enc = mls__buf(job->enc, suite->nenc);
		out->ciphertexts[i].ct = mls__buf(job->ct,
		    job->plaintext.len + suite->nt);
	}
	return 0;
}

static int
fill_path(struct mls_update_path *out, const struct sealing *s,
    const struct mls_path_making *pm, const size_t *from)
{
	struct mls_tree *t = s->tree;
	const struct mls_node *leaf;
	struct mls_reader r;
	struct mls_buf raw;
	size_t i;
	int rc;

	leaf = mls__tree_node(t, mls__leaf_node(pm->keys.leaf));
	if (leaf == NULL)
		return t->error != 0 ? t->error : MLS_E_INTERNAL;
	out->n = pm->n;
	out->nodes = mls__arena_array(s->arena, pm->n, sizeof(*out->nodes));
	if (out->nodes == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = mls__arena_copy(&raw, s->arena, leaf->raw);
	if (rc != 0)
		return rc;
	mls__reader_init(&r, raw);
	r.customs = &mls__customs_any;
	mls__leaf_read(&out->leaf, &r);
	rc = mls__reader_end(&r);
	for (i = 0; i < pm->n && rc == 0; i++)
		rc = fill_node(&out->nodes[i], s, from[i], from[i + 1],
		    mls__key_public(
		    pm->keys.key[mls__node_level(pm->path[i])]));
	return rc;
}

int
mls__path_seal(struct mls_update_path *out, struct mls_arena *arena,
    const struct mls_path_making *pm, struct mls_tree *diff,
    struct mls_buf context, struct mls_leaf_list added)
{
	struct sealing s = { .tree = diff, .arena = arena, .added = added };
	struct mls_update_path path = { .n = 0 };
	size_t from[MLS_MAX_LEVEL + 1] = { 0 };
	struct mls_hpke_info info;
	uint8_t *seeds = NULL;
	unsigned i;
	int rc;

	rc = mls__hpke_prepare_label(&info, diff->suite, MLS_PATH_LABEL,
	    context);
	for (i = 0; i < pm->n && rc == 0; i++) {
		s.plaintext = mls__secret_buf(&pm->secrets[i]);
		rc = mls__tree_resolve(diff, pm->copath[i], push_seal, &s);
		from[i + 1] = s.n;
	}
	if (rc == 0)
		rc = diff->error;
	if (rc == 0)
		rc = prepare(&s, &seeds);
	if (rc == 0)
		rc = mls__hpke_seal_many(&info, s.jobs, s.n);
	if (rc == 0)
		rc = fill_path(&path, &s, pm, from);
	if (rc == 0)
		*out = path;
	mls__free_wiped(seeds, s.n * diff->suite->seed_len);
	free(s.jobs);
	return rc;
}
