/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.1: a commit of ours. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "group/choose.h"
#include "group/client.h"
#include "group/effects.h"
#include "group/intent.h"
#include "group/making.h"

/* A commit while it is made. */
struct commit_making {
	mls_change *c;
	mls_group *g;
	const struct mls_commit_options *o;
	struct mls_transition t;
	struct mls_path_making path;
	struct mls_update_path update;
	struct mls_privkey *rotated; /* our new signature key */
	bool with_path;
	struct mls_list intents;
};

static int
read_intents(struct commit_making *m)
{
	struct mls_privkey *key = NULL;
	size_t i;
	int rc = 0;

	m->intents.items = mls__arena_array(&m->c->arena, m->o->n_intents,
	    sizeof(*m->intents.items));
	if (m->intents.items == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; rc == 0 && i < m->o->n_intents; i++) {
		/* PROP-14: one's own leaf is made new by the path. */
		if (m->o->intents[i].type == MLS_EFFECT_UPDATE)
			return MLS_E_UPDATE_BY_COMMITTER;
		rc = mls__intent_item(&m->intents.items[i], &key, &m->c->arena,
		    m->g, &m->o->intents[i]);
	}
	m->intents.n = m->o->n_intents;
	return rc;
}

/* Our leaf as it will be, and the key that signs it. */
static int
make_path(struct commit_making *m)
{
	struct mls_transition *t = &m->t;
	const struct mls_leaf *old = mls__tree_leaf(m->g->tree, t->committer);
	struct mls_leaf fields;
	struct mls_leaf_list added = { t->applied.n_added,
		t->applied.added };
	struct mls_privkey *sign = t->next->sign_key;
	int rc;

	if (old == NULL) {
		rc = mls__tree_error(m->g->tree);
		return rc != 0 ? rc : MLS_E_INTERNAL;
	}
	fields = *old;
	if (m->rotated != NULL) {
		sign = m->rotated;
		mls__key_free(t->next->sign_key);
		t->next->sign_key = mls__key_ref(sign);
		fields.signature_key = mls__key_public(sign);
	}
	rc = mls__path_make(&m->path, t->diff, &fields, sign,
	    m->g->state->context.group_id, t->committer);
	if (rc == 0)
		rc = mls__transition_context(t,
		    m->g->state->context.confirmed_transcript_hash);
	if (rc == 0)
		rc = mls__path_seal(&m->update, &m->c->arena, &m->path,
		    t->diff, t->next->context.raw, added);
	/* Sending is checked as strictly as receiving. */
	if (rc == 0)
		rc = mls__transition_leaf(t, &m->update.leaf);
	if (rc == 0)
		rc = mls__tree_check_unique(t->diff);
	if (rc != 0)
		return rc;
	mls__path_keys_free(&t->next->keys);
	mls__path_keys_copy(&t->next->keys, &m->path.keys);
	t->commit_secret = m->path.commit_secret;
	return 0;
}

/* The path secret that a newcomer gets: of the lowest node above both. */
static void
give_path_secret(struct mls_newcomer *newcomer,
    const struct commit_making *m, uint32_t leaf)
{
	uint32_t node = mls__leaf_node(leaf);
	unsigned i;

	for (i = 0; m->with_path && i < m->path.n; i++) {
		if (!mls__node_below(node, m->path.path[i]))
			continue;
		newcomer->path = m->path.secrets[i];
		return;
	}
}

static int
note_newcomers(struct commit_making *m)
{
	struct mls_making *out = m->c->making;
	const struct mls_key_package *kp;
	struct mls_newcomer *newcomer;
	uint8_t *ref;
	size_t i;
	int rc;

	out->newcomers = mls__arena_array(&m->c->arena,
	    m->t.applied.n_added, sizeof(*out->newcomers));
	if (out->newcomers == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; i < m->t.list.n; i++) {
		if (m->t.list.items[i].proposal->type != MLS_PROPOSAL_ADD)
			continue;
		kp = &m->t.list.items[i].proposal->u.add;
		newcomer = &out->newcomers[out->n_newcomers++];
		ref = mls__arena_alloc(&m->c->arena, m->g->suite->nh);
		if (ref == NULL)
			return MLS_E_OUT_OF_MEMORY;
		rc = mls__key_package_ref(ref, m->g->suite, kp->raw);
		if (rc != 0)
			return rc;
		newcomer->ref = mls__buf(ref, m->g->suite->nh);
		rc = mls__arena_copy(&newcomer->init_key, &m->c->arena,
		    kp->init_key);
		if (rc != 0)
			return rc;
		give_path_secret(newcomer, m, m->t.list.items[i].leaf);
	}
	return 0;
}

static int
note_psks(struct commit_making *m)
{
	struct mls_making *out = m->c->making;
	struct mls_reader r;
	struct mls_buf raw;
	size_t i;
	int rc;

	out->n_psks = m->t.applied.n_psks;
	out->psks = mls__arena_array(&m->c->arena, out->n_psks,
	    sizeof(*out->psks));
	if (out->psks == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; i < out->n_psks; i++) {
		rc = mls__arena_copy(&raw, &m->c->arena,
		    m->t.applied.psks[i].id.raw);
		if (rc != 0)
			return rc;
		mls__reader_init(&r, raw);
		mls__psk_id_read(&out->psks[i], &r);
	}
	return 0;
}

/* §12.4.3: signed now, with the key that the new tree shows (COMMIT-25);
 * encrypted at release. */
static int
make_group_info(struct commit_making *m, const struct mls_secret *tag)
{
	struct mls_transition *t = &m->t;
	struct mls_group_info info;
	struct mls_writer w = { 0 };
	struct mls_buf tree;
	size_t at;
	int rc;

	memset(&info, 0, sizeof(info));
	info.context = t->next->context;
	info.confirmation_tag = mls__secret_buf(tag);
	info.signer = t->committer;
	if ((m->o->flags & MLS_COMMIT_TREE_BESIDE) == 0) {
		mls__write_u16(&w, MLS_EXT_RATCHET_TREE);
		at = mls__write_open(&w);
		mls__tree_write(&w, t->diff);
		mls__write_close(&w, at);
		rc = mls__writer_take(&tree, &m->c->arena, &w);
		if (rc != 0)
			goto out;
		info.extensions = tree;
	}
	rc = mls__group_info_sign(&w, &info, m->g->suite, t->next->sign_key);
	if (rc == 0)
		rc = mls__writer_take(&m->c->making->group_info,
		    &m->c->arena, &w);
out:
	mls__writer_free(&w);
	return rc;
}

static int
encode_commit(struct mls_buf *out, struct commit_making *m)
{
	const struct mls_list *list = &m->t.list;
	struct mls_proposal_or_ref *v;
	struct mls_proposal *values;
	struct mls_writer w = { 0 };
	size_t i;
	int rc;

	v = mls__array_alloc(list->n, sizeof(*v));
	values = mls__array_alloc(list->n, sizeof(*values));
	if (v == NULL || values == NULL) {
		rc = MLS_E_OUT_OF_MEMORY;
		goto out;
	}
	for (i = 0; i < list->n; i++) {
		if (list->items[i].cached != NULL) {
			v[i].kind = MLS_BY_REFERENCE;
			v[i].ref = list->items[i].cached->ref;
		} else {
			v[i].kind = MLS_BY_VALUE;
			values[i].raw = list->items[i].raw;
			v[i].proposal = &values[i];
		}
	}
	mls__commit_write(&w, v, list->n, m->with_path ? &m->update : NULL);
	rc = mls__writer_take(out, &m->c->arena, &w);
out:
	mls__writer_free(&w);
	free(values);
	free(v);
	return rc;
}

/* Sign, enter the next epoch, tag. */
static int
seal_commit(struct commit_making *m)
{
	struct mls_making *out = m->c->making;
	struct mls_buf body, signature;
	struct mls_writer w = { 0 };
	struct mls_secret tag = { 0 };
	int rc;

	rc = encode_commit(&body, m);
	if (rc == 0)
		rc = mls__making_sign(&signature, m->c, MLS_CONTENT_COMMIT,
		    body, m->o->send);
	if (rc == 0)
		rc = mls__transition_enter(&tag, &m->t, out->wire_format,
		    out->content, signature);
	if (rc != 0)
		goto out;
	mls__auth_write(&w, signature, MLS_CONTENT_COMMIT,
	    mls__secret_buf(&tag));
	rc = mls__writer_take(&out->auth, &m->c->arena, &w);
	if (rc == 0 && m->t.applied.n_added != 0) {
		out->joiner = m->t.joiner;
		out->psk = m->t.psk;
		rc = note_newcomers(m);
		if (rc == 0)
			rc = note_psks(m);
		if (rc == 0)
			rc = make_group_info(m, &tag);
	}
	if (rc == 0)
		rc = mls__transition_finish(m->c, &m->t, &tag);
out:
	mls__secret_wipe(&tag);
	mls__writer_free(&w);
	return rc;
}

static int
make_commit(struct commit_making *m)
{
	const struct mls_policy *p = mls__policy(m->g);
	mls_change *c = m->c;
	int rc;

	rc = mls__may_send(m->g, false);
	if (rc == 0 && m->g->parked)
		rc = MLS_E_COMMIT_PENDING; /* COMMIT-17 */
	if (rc == 0)
		rc = mls__making_new(c);
	if (rc == 0)
		rc = read_intents(m);
	if (rc == 0)
		rc = mls__choose(&m->t, c, &m->intents,
		    (m->o->flags & MLS_COMMIT_NO_CACHED) == 0);
	if (rc == 0 && (m->o->flags & MLS_COMMIT_NEW_SIGNATURE_KEY) != 0)
		rc = mls__key_generate_sign(&m->rotated, m->g->suite);
	if (rc != 0)
		return rc;
	/* COMMIT-27: an epoch's pathless welcome key serves once. */
	m->with_path = m->t.applied.needs_path || m->rotated != NULL ||
	    m->g->pathless || (m->o->flags & MLS_COMMIT_FORCE_PATH) != 0;
	c->making->pathless = !m->with_path;
	c->summary.kind = MLS_CHANGE_COMMIT;
	if (m->with_path)
		rc = make_path(m);
	else
		m->t.commit_secret.len = (uint8_t)m->g->suite->nh;
	if (rc == 0)
		rc = mls__effects(&c->summary.effects, &c->summary.n_effects,
		    &c->arena, m->g, &m->t.list, m->t.committer,
		    m->with_path ? &m->update.leaf : NULL);
	if (rc == 0 && p->commit != NULL &&
	    p->commit(p->payload, &c->summary) != 0)
		rc = MLS_E_POLICY_REJECTED; /* PROP-30 */
	return rc != 0 ? rc : seal_commit(m);
}

int
mls_group_make_commit(mls_change **out, const mls_group *group,
    const struct mls_commit_options *options)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	mls_group *g = (mls_group *)(uintptr_t)group;
	struct commit_making m;
	int rc;

	if (out == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	if (options != NULL)
		memcpy(&o, options, options->size < sizeof(o) ?
		    options->size : sizeof(o));
	if (o.n_intents != 0 && o.intents == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(g);
	if (rc != 0)
		return mls__api(MLS_MAY_MAKE, rc);
	memset(&m, 0, sizeof(m));
	m.g = g;
	m.o = &o;
	rc = mls__change_new(&m.c, g->client, g);
	if (rc == 0)
		rc = make_commit(&m);
	mls__group_leave(g);
	mls__transition_free(&m.t);
	mls__path_making_free(&m.path);
	mls__key_free(m.rotated);
	if (rc != 0) {
		mls_change_drop(m.c);
		return mls__api(MLS_MAY_MAKE, rc);
	}
	*out = m.c;
	return 0;
}
