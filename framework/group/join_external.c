/* SPDX-License-Identifier: MIT */
/*
 * RFC 9420 §12.4.3.2: an external commit of ours.  The group is looked at from
 * outside: an object of its public state, which no store knows; the commit is
 * made in it as a member's would be, and what comes out is a new group.
 */
#include "group/join_external.h"

#include <string.h>

#include "crypto/kem.h"
#include "group/committing.h"
#include "group/effects.h"
#include "group/external.h"
#include "group/intent.h"
#include "group/join.h"
#include "group/leaf.h"
#include "group/outside.h"
#include "group/same.h"
#include "group/self_remove.h"
#include "group/state.h"

struct entering {
	struct mls_committing m;
	mls_client *client;
	struct mls_external_options o;
	struct mls_outside group;
	struct mls_buf external_pub;
	struct mls_leaf leaf; /* ours, but for what a path adds */
	struct mls_privkey *sign;
	uint32_t former; /* the leaf that we replace, or MLS_NO_LEAF */
};

/* GI-04 */
static int
check_external_pub(struct entering *e)
{
	struct mls_buf data;
	struct mls_reader r;

	if (!mls__extension_find(&data, e->group.info.extensions,
	    MLS_EXT_EXTERNAL_PUB))
		return MLS_E_EXTERNAL_PUB_MISSING;
	mls__reader_init(&r, data);
	e->external_pub = mls__read_opaque(&r);
	return 0;
}

/* WELCOME-14, REINIT-10; EXT-23: one at a time. */
static int
check_place(struct entering *e, struct mls_store_txn *t)
{
	struct mls_buf id = e->group.info.context.group_id;
	struct mls_arena arena = { 0 };
	struct mls_joining other;
	bool found;
	int rc;

	rc = mls__place_check_external(e->client, t, id, e->o.resync != 0);
	if (rc == 0)
		rc = mls__joining_read(&other, &found, &arena, e->client, t,
		    id);
	if (rc == 0 && found)
		rc = MLS_E_COMMIT_PENDING;
	mls__arena_free(&arena);
	return rc;
}

/* The group as anybody may know it, with a key to sign with; our own keys are
 * still to be. */
static int
look(struct entering *e, const struct mls_store_txn *t)
{
	mls_group *g;
	int rc = mls__outside_group(&g, &e->group);

	if (rc != 0)
		return rc;
	g->client = e->client;
	g->txn = *t;
	g->state->sign_key = mls__key_ref(e->sign);
	e->m.g = e->m.c->group = g;
	return 0;
}

/* Where several share our credential, our signature key has to tell. */
static uint32_t
find_former(const struct entering *e)
{
	struct mls_tree *t = e->m.g->tree;
	uint32_t at = mls__same_find(e->client->context, t, &e->leaf);

	if (at == MLS_NO_LEAF || mls__tree_find(t, MLS_INDEX_IDENTITY,
	    e->leaf.credential.raw, mls__leaf_node(at)) == MLS_NO_NODE)
		return at;
	at = mls__tree_find(t, MLS_INDEX_SIGNATURE, e->leaf.signature_key,
	    MLS_NO_NODE);
	return at != MLS_NO_NODE ? mls__node_leaf(at) : MLS_NO_LEAF;
}

static int
make_leaf(struct entering *e)
{
	struct mls_leaf_parts parts = {
		.signature_key = mls__key_public(e->sign),
		.extensions = e->o.leaf_extensions };
	int rc;

	rc = mls__grease_draw(&parts.grease, e->client->context,
	    e->group.suite);
	if (rc == 0)
		rc = mls__own_leaf(&e->leaf, &e->m.c->arena, e->client,
		    e->group.suite, &parts);
	if (rc != 0)
		return rc;
	e->former = MLS_NO_LEAF;
	if (!e->o.resync)
		return 0;
	e->former = find_former(e);
	return e->former != MLS_NO_LEAF ? 0 : MLS_E_MEMBER_NOT_FOUND;
}

/* EXT-21: our leaf is one that this group can have, without those who leave by
 * our commit. */
static int
check_leaf(struct entering *e)
{
	struct mls_transition *t = &e->m.t;

	return mls__rule_leaf_group(&e->leaf.capabilities,
	    t->applied.extensions) != 0 ||
	    mls__rule_credential_type(t->diff, &e->leaf) != 0 ?
	    MLS_E_EXTERNAL_JOIN_INCOMPATIBLE : mls__tree_error(t->diff);
}

/* RFC 9420 §8.3: the proposal, and the init secret that it makes. */
static int
make_init(struct entering *e, struct mls_item *item,
    const struct mls_sender *sender)
{
	const struct mls_suite *s = e->group.suite;
	struct mls_arena *arena = &e->m.c->arena;
	uint8_t *enc = mls__arena_alloc(arena, s->nenc);
	uint8_t *seed = mls__arena_alloc(arena, s->seed_len);
	uint8_t secret[MLS_MAX_HASH];
	struct mls_hpke_info info;
	struct mls_writer w = { 0 };
	int rc;

	if (enc == NULL || seed == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = mls__random(seed, s->seed_len, s);
	if (rc == 0)
		rc = mls__hpke_prepare(&info, s, mls__buf(NULL, 0));
	if (rc == 0)
		rc = mls__hpke_export_send(secret, s->nh, enc, &info,
		    e->external_pub, seed,
		    mls__buf_str(MLS_EXTERNAL_INIT_LABEL));
	if (rc == 0)
		rc = mls__secret_set(&e->m.t.init, mls__buf(secret, s->nh));
	mls__wipe(seed, s->seed_len);
	mls__wipe(secret, sizeof(secret));
	if (rc != 0)
		return rc;
	mls__proposal_write_external_init(&w, mls__buf(enc, s->nenc));
	rc = mls__item_written(item, arena, e->m.g, &w, sender);
	mls__writer_free(&w);
	return rc;
}

/* ExternalInit, the Remove of our former self, what was asked for, who leaves.
 */
static int
make_list(struct entering *e)
{
	const struct mls_sender sender = { MLS_SENDER_NEW_MEMBER_COMMIT, 0 };
	struct mls_intent remove = { .type = MLS_EFFECT_REMOVE,
		.leaf = e->former };
	struct mls_list *list = &e->m.t.list;
	struct mls_arena *arena = &e->m.c->arena;
	struct mls_cached *c;
	size_t i;
	int rc;

	list->items = mls__arena_array(arena, e->o.n_intents +
	    e->o.n_self_removes + 2, sizeof(*list->items));
	if (list->items == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = make_init(e, &list->items[list->n++], &sender);
	if (rc == 0 && e->former != MLS_NO_LEAF)
		rc = mls__intent_item(&list->items[list->n++], NULL, arena,
		    e->m.g, &sender, &remove);
	for (i = 0; rc == 0 && i < e->o.n_intents; i++) {
		/* The rest is judged with the list. */
		if (e->o.intents[i].type == MLS_EFFECT_UPDATE)
			return MLS_E_EXTERNAL_COMMIT_PROPOSAL_TYPE;
		rc = mls__intent_item(&list->items[list->n++], NULL, arena,
		    e->m.g, &sender, &e->o.intents[i]);
	}
	for (i = 0; rc == 0 && i < e->o.n_self_removes; i++)
		rc = mls__self_remove_take(e->m.g, arena,
		    e->o.self_removes[i]);
	for (c = e->m.g->cache; c != NULL; c = c->next)
		mls__item_cached(&list->items[list->n++], c);
	return rc;
}

/* The new group, as a batch that makes it whole. */
static int
stage(struct entering *e, const struct mls_secret *tag)
{
	struct mls_transition *t = &e->m.t;
	struct mls_header header = { .active = 1, .revision = 1,
		.epoch = t->header.epoch, .oldest = t->header.epoch,
		.oldest_psk = t->header.epoch, .suite = t->header.suite };
	int rc = mls__transition_settle(t, tag);

	if (rc == 0)
		rc = mls__tree_merge_prepare(t->diff);
	if (rc != 0)
		return rc;
	mls__tree_merge(t->diff);
	t->diff = NULL;
	rc = mls__stage_state(&e->m.c->batch, NULL, &header, t->next,
	    e->m.g->tree);
	/* Its keys are saved when it is released. */
	if (rc == 0) {
		mls__epoch_begun(&t->next->epoch); /* ST-05 */
		e->m.c->next = t->next;
		t->next = NULL;
	}
	return rc;
}

static int
write_message(mls_change *c)
{
	const struct mls_making *m = c->making;
	struct mls_writer w = { 0 };
	int rc;

	mls__message_head(&w, m->wire_format);
	mls__public_message_write(&w, m->content, m->auth,
	    m->head.sender.type, mls__buf(NULL, 0));
	rc = mls__writer_take(&c->message, &c->arena, &w);
	mls__writer_free(&w);
	return rc;
}

/* Path, signature, the new epoch. */
static int
commit(struct entering *e)
{
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	struct mls_transition *t = &e->m.t;
	struct mls_secret tag = { 0 };
	mls_change *c = e->m.c;
	int rc;

	send.aad = e->o.aad;
	t->next->sign_key = mls__key_ref(e->sign);
	e->m.with_path = true;
	rc = mls__committing_path(&e->m, &e->leaf, e->sign);
	if (rc == 0)
		rc = mls__effects(&c->summary.effects, &c->summary.n_effects,
		    &c->arena, e->m.g, &t->list, t->committer,
		    &e->m.update.leaf);
	if (rc == 0)
		rc = mls__committing_sign(&tag, &e->m, &send);
	if (rc == 0)
		rc = write_message(c);
	if (rc == 0)
		rc = stage(e, &tag);
	mls__secret_wipe(&tag);
	return rc;
}

static int
make(struct entering *e, const struct mls_store_txn *t)
{
	struct mls_transition *next = &e->m.t;
	mls_change *c = e->m.c;
	int rc;

	rc = look(e, t);
	if (rc == 0)
		rc = mls__making_new(c);
	if (rc == 0)
		rc = make_leaf(e);
	if (rc == 0)
		rc = mls__transition_new(next, e->m.g, &c->arena,
		    MLS_NO_LEAF);
	if (rc != 0)
		return rc;
	mls__key_free(next->next->sign_key);
	next->next->sign_key = NULL;
	next->own = true;
	c->resync = e->o.resync != 0;
	c->making->head.sender.type = MLS_SENDER_NEW_MEMBER_COMMIT;
	c->making->head.sender.index = 0;
	c->epoch = e->m.g->header.epoch;
	rc = make_list(e);
	if (rc == 0)
		rc = mls__transition_apply(next);
	if (rc == 0)
		rc = check_leaf(e);
	if (rc == 0)
		rc = mls__transition_psks(next);
	if (rc == 0)
		rc = mls__external_leaf(next, &e->leaf);
	if (rc != 0)
		return rc;
	c->summary.kind = MLS_CHANGE_EXTERNAL_JOIN;
	c->summary.by = MLS_BY_NEW_MEMBER;
	c->summary.sender = next->committer;
	c->summary.epoch = next->header.epoch;
	return commit(e);
}

int
mls_group_join_external(mls_change **out, mls_client *client,
    struct mls_buf group_info, struct mls_buf tree,
    const struct mls_external_options *options)
{
	struct mls_store_txn t = { 0 };
	struct entering e;
	int rc;

	if (out == NULL || client == NULL)
		return MLS_E_ARGUMENT;
	memset(&e, 0, sizeof(e));
	e.client = client;
	if (options != NULL)
		memcpy(&e.o, options, options->size < sizeof(e.o) ?
		    options->size : sizeof(e.o));
	if ((e.o.n_intents != 0 && e.o.intents == NULL) ||
	    (e.o.n_self_removes != 0 && e.o.self_removes == NULL))
		return MLS_E_ARGUMENT;
	rc = mls__plugins_usable(client->context->plugins);
	if (rc == 0)
		rc = mls__change_new(&e.m.c, client, NULL);
	if (rc != 0)
		return mls__api(MLS_MAY_MAKE, rc);
	rc = mls__outside_read(&e.group, &e.m.c->arena, client->context,
	    group_info, tree);
	if (rc == 0)
		rc = check_external_pub(&e);
	if (rc == 0)
		rc = mls__client_sign_key(&e.sign, client, NULL,
		    e.group.suite);
	if (rc == 0)
		rc = mls__txn_begin(&t, &client->store, false);
	if (rc == 0)
		rc = check_place(&e, &t);
	if (rc == 0)
		rc = make(&e, &t);
	mls__txn_end(&t);
	if (e.m.g != NULL)
		e.m.g->txn.txn = NULL;
	mls__committing_free(&e.m);
	mls__key_free(e.sign);
	if (rc != 0) {
		mls_change_drop(e.m.c);
		return mls__api(MLS_MAY_MAKE, rc);
	}
	*out = e.m.c;
	return 0;
}
