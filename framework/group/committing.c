/* SPDX-License-Identifier: MIT */
#include "group/committing.h"

#include <stdlib.h>

void
mls__committing_free(struct mls_committing *m)
{
	mls__transition_free(&m->t);
	mls__path_making_free(&m->path);
}

int
mls__committing_path(struct mls_committing *m, const struct mls_leaf *fields,
    struct mls_privkey *sign)
{
	struct mls_transition *t = &m->t;
	struct mls_leaf_list added = { t->applied.n_added,
		t->applied.added };
	int rc;

	rc = mls__path_make(&m->path, t->diff, fields, sign,
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

static int
encode_commit(struct mls_buf *out, struct mls_committing *m)
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

int
mls__committing_sign(struct mls_secret *tag, struct mls_committing *m,
    const struct mls_send_options *send)
{
	struct mls_making *out = m->c->making;
	struct mls_buf body, signature;
	struct mls_writer w = { 0 };
	int rc;

	rc = encode_commit(&body, m);
	if (rc == 0)
		rc = mls__making_sign(&signature, m->c, MLS_CONTENT_COMMIT,
		    body, send);
	if (rc == 0)
		rc = mls__transition_transcript(&m->t, out->wire_format,
		    out->content, signature);
	if (rc == 0)
		rc = mls__transition_enter(tag, &m->t);
	if (rc != 0)
		return rc;
	mls__auth_write(&w, signature, MLS_CONTENT_COMMIT,
	    mls__secret_buf(tag));
	rc = mls__writer_take(&out->auth, &m->c->arena, &w);
	mls__writer_free(&w);
	return rc;
}
