/* SPDX-License-Identifier: MIT */
/* RFC 9420 §12.4.1: a commit of ours. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "group/choose.h"
#include "group/client.h"
#include "group/commit.h"
#include "group/committing.h"
#include "group/effects.h"
#include "group/intent.h"
#include "group/leaf.h"
#include "group/lineage.h"
#include "group/publish.h"

#define NEW_LEAF (MLS_COMMIT_NEW_SIGNATURE_KEY | MLS_COMMIT_NEW_CREDENTIAL)

/* A commit while it is made. */
struct commit_making {
	struct mls_committing m;
	const struct mls_commit_options *o;
	struct mls_privkey *rotated; /* our new signature key */
	struct mls_credential credential; /* our new one */
	struct mls_list intents;
	struct mls_lineage lineage; /* usage 0: none */
};

/* §11.2, §11.3: the first commit of a group that follows from another holds
 * the PSK of that one. */
static int
add_lineage(struct commit_making *x, const struct mls_sender *sender)
{
	mls_group *g = x->m.g;
	bool found;
	int rc;

	rc = mls__lineage_read(&x->lineage, &found, &x->m.c->arena, &g->txn,
	    g->number);
	if (rc == 0 && !found)
		rc = MLS_E_STORED_STATE_MALFORMED;
	if (rc == 0)
		rc = mls__intent_lineage(&x->intents.items[x->intents.n],
		    &x->m.c->arena, g, sender, &x->lineage);
	if (rc == 0)
		x->intents.n++;
	return rc;
}

/* What the members of the new group will check, REINIT-02 and on. */
static int
check_lineage(struct commit_making *x)
{
	struct mls_group_context context = x->m.g->state->context;
	struct mls_follower f = { x->m.g->client, &x->m.g->txn, x->lineage,
		&context, x->m.t.diff };

	context.epoch = x->m.t.header.epoch;
	context.extensions = x->m.t.applied.extensions;
	return x->lineage.usage != 0 ? mls__lineage_check(&f) : 0;
}

static int
read_intents(struct commit_making *x)
{
	const struct mls_sender sender = { MLS_SENDER_MEMBER,
		x->m.g->state->keys.leaf };
	struct mls_privkey *key = NULL;
	size_t i;
	int rc = 0;

	x->intents.items = mls__arena_array(&x->m.c->arena,
	    x->o->n_intents + 1, sizeof(*x->intents.items));
	if (x->intents.items == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; rc == 0 && i < x->o->n_intents; i++) {
		/* PROP-14: one's own leaf is made new by the path. */
		if (x->o->intents[i].type == MLS_EFFECT_UPDATE)
			return MLS_E_UPDATE_BY_COMMITTER;
		rc = mls__intent_item(&x->intents.items[i], &key,
		    &x->m.c->arena, x->m.g, &sender, &x->o->intents[i]);
	}
	x->intents.n = x->o->n_intents;
	return rc != 0 || x->m.g->lineage == 0 ? rc : add_lineage(x, &sender);
}

/* Our leaf, but for the key, as it was, or with a new signature key. */
static int
make_path(struct commit_making *x)
{
	struct mls_transition *t = &x->m.t;
	mls_group *g = x->m.g;
	const struct mls_leaf *old = mls__tree_leaf(g->tree, t->committer);
	struct mls_leaf fields;
	int rc;

	if (old == NULL) {
		rc = mls__tree_error(g->tree);
		return rc != 0 ? rc : MLS_E_INTERNAL;
	}
	fields = *old;
	if ((x->o->flags & MLS_COMMIT_NEW_CREDENTIAL) != 0)
		fields.credential = x->credential;
	if (x->rotated != NULL) {
		mls__key_free(t->next->sign_key);
		t->next->sign_key = mls__key_ref(x->rotated);
		fields.signature_key = mls__key_public(x->rotated);
	}
	return mls__committing_path(&x->m, &fields, t->next->sign_key);
}

/* The path secret that a newcomer gets: of the lowest node above both. */
static void
give_path_secret(struct mls_newcomer *newcomer,
    const struct mls_committing *m, uint32_t leaf)
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
note_newcomers(struct mls_committing *m)
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
note_psks(struct mls_committing *m)
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
make_group_info(struct commit_making *x, const struct mls_secret *tag)
{
	struct mls_transition *t = &x->m.t;
	struct mls_group_info_parts parts = {
		.suite = x->m.g->suite, .context = &t->next->context,
		.tag = mls__secret_buf(tag), .signer = t->committer,
		.sign_key = t->next->sign_key,
		.tree = (x->o->flags & MLS_COMMIT_TREE_BESIDE) == 0 ?
		    t->diff : NULL,
	};
	int rc = mls__grease_draw(&parts.grease, x->m.g->context,
	    parts.suite);

	return rc != 0 ? rc : mls__group_info_make(&x->m.c->making->group_info,
	    &x->m.c->arena, &parts);
}

/* What the Welcome needs, for newcomers. */
static int
note_welcome(struct commit_making *x, const struct mls_secret *tag)
{
	struct mls_making *out = x->m.c->making;
	int rc;

	if (x->m.t.applied.n_added == 0)
		return 0;
	out->joiner = x->m.t.joiner;
	out->psk = x->m.t.psk;
	rc = note_newcomers(&x->m);
	if (rc == 0)
		rc = note_psks(&x->m);
	if (rc == 0)
		rc = make_group_info(x, tag);
	return rc;
}

/* Sign, enter the next epoch, tag. */
static int
seal_commit(struct commit_making *x)
{
	struct mls_secret tag = { 0 };
	int rc;

	rc = mls__committing_sign(&tag, &x->m, x->o->send);
	if (rc == 0)
		rc = note_welcome(x, &tag);
	if (rc == 0)
		rc = mls__transition_finish(x->m.c, &x->m.t, &tag);
	mls__secret_wipe(&tag);
	return rc;
}

/* A new signature key, or credential, or both: those of the client, if it has
 * any to say. */
static int
renew(struct commit_making *x)
{
	mls_client *client = x->m.g->client;
	struct mls_reader r;

	mls__reader_init(&r, mls__buf(client->credential.data,
	    client->credential.len));
	r.customs = &mls__customs_any;
	mls__credential_read(&x->credential, &r);
	return mls__client_sign_key(&x->rotated, client, &x->m.g->txn,
	    x->m.g->suite);
}

/* What it does, and whether that is allowed (PROP-30). */
static int
describe(struct commit_making *x)
{
	mls_change *c = x->m.c;
	int rc;

	rc = mls__effects(&c->summary.effects, &c->summary.n_effects,
	    &c->arena, x->m.g, &x->m.t.list, x->m.t.committer,
	    x->m.with_path ? &x->m.update.leaf : NULL);
	return rc != 0 ? rc : mls__commit_ask(c);
}

static int
make_commit(struct commit_making *x)
{
	struct mls_committing *m = &x->m;
	mls_change *c = m->c;
	int rc;

	rc = mls__may_send(m->g, false);
	if (rc == 0 && m->g->parked)
		rc = MLS_E_COMMIT_PENDING; /* COMMIT-17 */
	if (rc == 0)
		rc = mls__making_new(c);
	if (rc == 0)
		rc = read_intents(x);
	if (rc == 0)
		rc = mls__choose(&m->t, c, &x->intents,
		    (x->o->flags & MLS_COMMIT_NO_CACHED) == 0);
	if (rc == 0)
		rc = check_lineage(x);
	if (rc == 0 && (x->o->flags & NEW_LEAF) != 0)
		rc = renew(x);
	if (rc != 0)
		return rc;
	/* COMMIT-27: an epoch's pathless welcome key serves once. */
	m->with_path = m->t.applied.needs_path || m->g->pathless ||
	    (x->o->flags & (MLS_COMMIT_FORCE_PATH | NEW_LEAF)) != 0;
	c->making->pathless = !m->with_path;
	c->summary.kind = MLS_CHANGE_COMMIT;
	if (m->with_path)
		rc = make_path(x);
	else
		m->t.commit_secret.len = (uint8_t)m->g->suite->nh;
	if (rc == 0)
		rc = describe(x);
	return rc != 0 ? rc : seal_commit(x);
}

int
mls_group_make_commit(mls_change **out, const mls_group *group,
    const struct mls_commit_options *options)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	mls_group *g = (mls_group *)(uintptr_t)group;
	struct commit_making x;
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
	memset(&x, 0, sizeof(x));
	x.m.g = g;
	x.o = &o;
	rc = mls__change_new(&x.m.c, g->client, g);
	if (rc == 0)
		rc = make_commit(&x);
	mls__group_leave(g);
	mls__committing_free(&x.m);
	mls__key_free(x.rotated);
	if (rc != 0) {
		mls_change_drop(x.m.c);
		return mls__api(MLS_MAY_MAKE, rc);
	}
	*out = x.m.c;
	return 0;
}
