/* SPDX-License-Identifier: MIT */
#include "group/join.h"

#include <stdlib.h>
#include <string.h>

#include "group/arrival.h"
#include "group/proposals.h"
#include "group/effects.h"
#include "group/rules.h"
#include "group/state.h"

/* A Welcome being opened. */
struct opening {
	mls_change *c;
	mls_client *client;
	struct mls_store_txn t;
	struct mls_arena entries; /* all of them, until ours is found */
	struct mls_welcome welcome;
	struct mls_welcome_entry entry;
	struct mls_group_secrets secrets;
	struct mls_group_info info;
	struct mls_buf beside; /* a tree handed over */
	struct mls_secret joiner, psk;
	struct mls_arena arena; /* of secrets: it goes before the change */
	MLS_ARENA_ROOM(room);
};

/* WELCOME-03 */
static int
check_entries(const struct mls_welcome *w)
{
	struct mls_buf *v;
	size_t i;
	int rc = 0;

	v = mls__array_alloc(w->n, sizeof(*v));
	if (v == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; i < w->n; i++)
		v[i] = w->entries[i].new_member;
	if (mls__has_twins(v, w->n))
		rc = MLS_E_WELCOME_ENTRY_REPEATED;
	free(v);
	return rc;
}

/* WELCOME-01, WELCOME-02, CRYPT-01 */
static int
find_entry(struct opening *op)
{
	struct mls_join *j = op->c->join;
	bool found = false, consumed = false;
	struct mls_own_refs ours;
	size_t i;
	int rc;

	rc = mls__crypto_suite(&j->suite, op->client->context->crypto,
	    op->welcome.suite);
	if (rc == 0)
		rc = check_entries(&op->welcome);
	if (rc != 0)
		return rc;
	/* Of us there are few most often, of them as many as joined. */
	rc = mls__own_refs(&ours, op->client, &op->t, op->welcome.n);
	for (i = 0; rc == 0 && !found && i < op->welcome.n; i++) {
		op->entry = op->welcome.entries[i];
		if (op->entry.new_member.len > sizeof(j->ref) ||
		    !mls__own_refs_has(&ours, op->entry.new_member))
			continue;
		rc = mls__own_package_find(&j->own, &found, op->client,
		    &op->t, op->entry.new_member);
		if (rc == MLS_E_KEY_PACKAGE_CONSUMED) {
			consumed = true; /* KP-13; another may be fresh */
			found = false;
			rc = 0;
		}
	}
	mls__own_refs_free(&ours);
	if (rc != 0)
		return rc;
	if (!found)
		return consumed ? MLS_E_KEY_PACKAGE_CONSUMED :
		    MLS_E_WELCOME_NOT_FOR_US;
	j->suite = j->own.suite;
	if (op->welcome.suite != j->suite->row->number)
		return MLS_E_WELCOME_CIPHER_SUITE;
	rc = mls__welcome_entry_check(&op->entry, j->suite);
	if (rc == 0)
		memcpy(j->ref, op->entry.new_member.data, j->suite->nh);
	return rc;
}

/* WELCOME-05, but for what has an error of its own wherever PSKs are listed. */
static int
secrets_error(int rc)
{
	switch (rc) {
	case 0:
	case MLS_E_OUT_OF_MEMORY:      /* LIMIT-16 */
	case MLS_E_PSK_TOO_MANY:       /* PSK-08 */
	case MLS_E_UNKNOWN_PSK_TYPE:   /* WIRE-16 */
	case MLS_E_UNKNOWN_PSK_USAGE:  /* WIRE-17 */
		return rc;
	default:
		return MLS_E_GROUP_SECRETS_MALFORMED;
	}
}

/* WELCOME-04, WELCOME-05, WELCOME-08, CRYPT-15 */
static int
open_secrets(struct opening *op)
{
	const struct mls_ciphertext *ct = &op->entry.secrets;
	const struct mls_suite *s = op->c->join->suite;
	struct mls_arena *arena = &op->arena;
	struct mls_hpke_info info;
	struct mls_reader r;
	uint8_t *pt;
	int rc;

	pt = mls__arena_alloc(arena, ct->ct.len);
	if (pt == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = mls__hpke_prepare_label(&info, s, "Welcome",
	    op->welcome.group_info);
	if (rc == 0)
		rc = mls__hpke_open(pt, &info, op->c->join->own.init, ct->enc,
		    mls__buf(NULL, 0), ct->ct, MLS_E_GROUP_SECRETS_DECRYPT);
	if (rc != 0)
		return rc;
	mls__reader_init(&r, mls__buf(pt, ct->ct.len - s->nt));
	mls__group_secrets_read(&op->secrets, arena, &r);
	rc = secrets_error(mls__reader_end(&r));
	if (rc == 0)
		rc = mls__group_secrets_check(&op->secrets, s);
	if (rc == 0)
		rc = mls__secret_set(&op->joiner, op->secrets.joiner_secret);
	return rc;
}

/* WELCOME-07, WELCOME-09 */
static int
check_psks(struct opening *op)
{
	struct mls_lineage *from = &op->c->join->lineage;
	const struct mls_psk_id *id;
	struct mls_buf *v;
	size_t i, lineage = 0;
	int rc = 0;

	v = mls__array_alloc(op->secrets.n, sizeof(*v));
	if (v == NULL)
		return MLS_E_OUT_OF_MEMORY;
	for (i = 0; i < op->secrets.n; i++) {
		id = &op->secrets.psks[i];
		v[i] = id->raw;
		if (id->type != MLS_PSK_RESUMPTION ||
		    id->usage == MLS_PSK_APPLICATION)
			continue;
		lineage++;
		*from = (struct mls_lineage){ id->usage, id->group_id,
			id->epoch };
	}
	if (mls__has_twins(v, op->secrets.n))
		rc = MLS_E_WELCOME_PSK_REPEATED;
	else if (lineage > 1)
		rc = MLS_E_WELCOME_LINEAGE_PSK_REPEATED;
	free(v);
	return rc != 0 || lineage == 0 ? rc : mls__arena_copy(&from->group_id,
	    &op->c->arena, from->group_id);
}

/* WELCOME-06 */
static int
find_psks(struct opening *op)
{
	struct mls_arena *arena = &op->arena;
	struct mls_psk *psks;
	size_t i;
	int rc;

	psks = mls__arena_array(arena, op->secrets.n, sizeof(*psks));
	if (psks == NULL)
		return MLS_E_OUT_OF_MEMORY;
	rc = check_psks(op);
	for (i = 0; rc == 0 && i < op->secrets.n; i++) {
		psks[i].id = op->secrets.psks[i];
		rc = mls__psk_find(&psks[i].value, arena, op->client, &op->t,
		    &psks[i].id, psks[i].id.type == MLS_PSK_RESUMPTION &&
		    psks[i].id.usage == MLS_PSK_BRANCH ?
		    MLS_E_BRANCH_PARENT_UNKNOWN : MLS_E_WELCOME_PSK_MISSING);
	}
	if (rc == 0)
		rc = mls__psk_secret(&op->psk, op->c->join->suite, psks,
		    op->secrets.n);
	return rc;
}

/* WELCOME-10 to WELCOME-13, CRYPT-14 */
static int
open_info(struct opening *op)
{
	const struct mls_suite *s = op->c->join->suite;
	struct mls_buf ct = op->welcome.group_info;
	uint8_t key[MLS_MAX_HASH], nonce[MLS_MAX_HASH];
	struct mls_reader r;
	uint8_t *room, *pt;
	int rc;

	room = mls__arena_octets(&op->c->arena, MLS_GROUP_INFO_ROOM + ct.len);
	if (room == NULL)
		return MLS_E_OUT_OF_MEMORY;
	pt = room + MLS_GROUP_INFO_ROOM;
	rc = mls__epoch_welcome(key, nonce, s, &op->joiner, &op->psk);
	if (rc == 0)
		rc = mls__aead_open(pt, s, key, nonce, mls__buf(NULL, 0), ct,
		    MLS_E_GROUP_INFO_DECRYPT);
	mls__wipe(key, sizeof(key));
	mls__wipe(nonce, sizeof(nonce));
	if (rc != 0)
		return rc;
	mls__reader_init(&r, mls__buf(pt, ct.len - s->nt));
	mls__group_info_read(&op->info, &r);
	if (mls__reader_end(&r) != 0)
		return MLS_E_GROUP_INFO_MALFORMED;
	mls__group_info_head(&op->info, room);
	if (op->info.context.suite != s->row->number)
		return MLS_E_GROUP_INFO_CIPHER_SUITE;
	if (op->info.context.version != op->c->join->own.package.version)
		return MLS_E_GROUP_INFO_VERSION;
	if (op->info.confirmation_tag.len != s->nh)
		return MLS_E_GROUP_INFO_TAG_LENGTH; /* GI-05 */
	return mls__group_context_check(&op->info.context, s);
}

/* WELCOME-14, WELCOME-20, WELCOME-25, REINIT-10 */
static int
check_group(struct opening *op)
{
	const struct mls_group_context *context = &op->info.context;
	const struct mls_suite *s = op->c->join->suite;
	int rc;

	if (context->epoch == 0)
		return MLS_E_WELCOME_EPOCH_ZERO;
	rc = mls__place_check(op->client, &op->t, context->group_id,
	    &op->c->join->lineage);
	if (rc == 0)
		rc = mls__rule_group_extensions(op->client->context, s,
		    context->extensions, mls__buf(NULL, 0));
	if (rc == 0)
		rc = mls__rule_info_extensions(op->client->context, s,
		    op->info.extensions);
	if (rc == 0 && (!mls__understood(op->client->context,
	    context->extensions) || mls__rule_leaf_group(
	    &op->c->join->own.package.leaf.capabilities,
	    context->extensions) != 0))
		rc = MLS_E_JOINER_EXTENSION_UNSUPPORTED;
	return rc;
}

/* WELCOME-21, WELCOME-22: the keys above us that the committer made. */
static int
derive_path(struct mls_state *st, struct mls_tree *tree, struct opening *op)
{
	struct mls_secret secret;
	uint32_t node;
	int rc;

	if (!op->secrets.has_path_secret)
		return 0;
	rc = mls__secret_set(&secret, op->secrets.path_secret);
	node = mls__node_common(mls__leaf_node(st->keys.leaf),
	    mls__leaf_node(op->info.signer));
	if (rc == 0)
		rc = mls__path_join(&st->keys, tree, node, &secret);
	mls__secret_wipe(&secret);
	return rc;
}

/* The state of the epoch that we join in. */
static int
make_state(struct opening *op, struct mls_tree *tree, uint32_t leaf)
{
	const struct mls_suite *s = op->c->join->suite;
	struct mls_own_package *own = &op->c->join->own;
	struct mls_state *st = mls__state_new();
	struct mls_secret tag = { 0 };
	int rc;

	if (st == NULL)
		return MLS_E_OUT_OF_MEMORY;
	st->keys.leaf = leaf;
	mls__path_keys_set(&st->keys, 0, mls__key_ref(own->leaf));
	st->sign_key = mls__key_ref(own->sign);
	st->width = mls__tree_width(tree);
	rc = derive_path(st, tree, op);
	if (rc == 0)
		rc = mls__state_context(st, &op->info.context);
	if (rc == 0)
		rc = mls__epoch_enter(&st->epoch, s, &op->joiner, &op->psk,
		    st->context.raw);
	if (rc == 0)
		rc = mls__confirmation_tag(&tag, s, &st->epoch,
		    st->context.confirmed_transcript_hash);
	if (rc == 0)
		rc = mls__tag_check(&tag, op->info.confirmation_tag,
		    MLS_E_WELCOME_CONFIRMATION_TAG); /* WELCOME-24 */
	if (rc == 0) {
		st->confirmation_tag = tag;
		rc = mls__transcript_interim(&st->interim, s,
		    st->context.confirmed_transcript_hash,
		    mls__secret_buf(&tag));
	}
	mls__secret_wipe(&tag);
	if (rc != 0) {
		mls__state_free(st);
		return rc;
	}
	op->c->next = st;
	return 0;
}

/* What the application is shown: who let us in; who is there is told when it
 * is asked for. */
static int
describe(struct opening *op)
{
	struct mls_summary *summary = &op->c->summary;
	struct mls_leaf room;

	summary->kind = MLS_CHANGE_JOIN;
	summary->epoch = op->info.context.epoch;
	summary->sender = op->info.signer;
	summary->by = MLS_BY_MEMBER;
	summary->lineage = op->c->join->lineage.usage;
	summary->parent = op->c->join->lineage.group_id;
	summary->group_id = op->info.context.group_id;
	summary->n_effects = mls__tree_members(op->c->tree);
	return mls__identity_copy(&summary->sender_identity, &op->c->arena,
	    mls__tree_look(&room, op->c->tree, op->info.signer));
}

static int
check_lineage(struct opening *op)
{
	struct mls_follower f = { op->client, &op->t, op->c->join->lineage,
		&op->info.context, op->c->tree };

	return f.lineage.usage != 0 ? mls__lineage_check(&f) : 0;
}

/* The encoded tree, which is kept for as long as the change. */
static int
read_tree(struct opening *op)
{
	struct mls_buf *tree = &op->c->join->tree;
	struct mls_arrival a = { op->client->context, op->c->join->suite,
		&op->info, op->beside, true };
	bool inside = true;
	int rc = mls__arrival_find(tree, &inside, &a);

	if (rc == 0 && !inside) {
		rc = mls__arena_copy(tree, &op->c->arena, *tree);
		a.beside = *tree;
	}
	return rc == 0 ? mls__arrival_tree(&op->c->tree, &a) : rc;
}

static int
open_welcome(struct opening *op)
{
	uint32_t leaf;
	int rc;

	rc = find_entry(op);
	mls__arena_free(&op->entries);
	if (rc == 0)
		rc = open_secrets(op);
	if (rc == 0)
		rc = find_psks(op);
	if (rc == 0)
		rc = open_info(op);
	if (rc == 0)
		rc = check_group(op);
	if (rc != 0)
		return rc;
	rc = read_tree(op);
	if (rc == 0)
		rc = check_lineage(op);
	if (rc == 0)
		rc = mls__arrival_leaf(&leaf, op->c->tree,
		    &op->c->join->own.package.leaf);
	if (rc == 0 && leaf == op->info.signer)
		rc = MLS_E_WELCOME_SIGNER_IS_SELF; /* WELCOME-19 */
	if (rc == 0)
		rc = make_state(op, op->c->tree, leaf);
	if (rc != 0)
		return rc;
	op->c->header.active = 1;
	op->c->header.revision = 1;
	op->c->header.epoch = op->info.context.epoch;
	op->c->header.oldest = op->info.context.epoch;
	op->c->header.oldest_psk = op->info.context.epoch;
	op->c->header.suite = op->info.context.suite;
	return describe(op);
}

static int
read_welcome(struct opening *op, struct mls_buf welcome, struct mls_buf tree)
{
	struct mls_message m;
	int rc;

	/* Both are as large as the tree: they are not copied, and of all the
	 * entries but one is needed. */
	op->beside = tree;
	rc = mls__message_read(&m, &op->entries, welcome,
	    &op->client->context->customs);
	if (rc == 0 && m.wire_format != MLS_WIRE_WELCOME)
		rc = MLS_E_UNEXPECTED_WIRE_FORMAT;
	if (rc == 0)
		op->welcome = m.u.welcome;
	return rc;
}

int
mls_group_join(mls_change **out, mls_client *client, struct mls_buf welcome,
    struct mls_buf tree)
{
	struct opening op;
	int rc;

	if (out == NULL || client == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__plugins_usable(client->context->plugins);
	if (rc != 0)
		return mls__api(MLS_MAY_JUDGE, rc);
	memset(&op, 0, sizeof(op));
	op.client = client;
	mls__arena_on(&op.arena, op.room, sizeof(op.room));
	rc = mls__change_new(&op.c, client, NULL);
	if (rc != 0)
		return mls__api(MLS_MAY_JUDGE, rc);
	op.c->join = mls__alloc(sizeof(*op.c->join));
	if (op.c->join == NULL)
		rc = MLS_E_OUT_OF_MEMORY;
	if (rc == 0)
		rc = read_welcome(&op, welcome, tree);
	if (rc == 0)
		rc = mls__txn_begin(&op.t, &client->store, false);
	if (rc == 0)
		rc = open_welcome(&op);
	mls__txn_end(&op.t);
	mls__arena_free(&op.entries);
	mls__secret_wipe(&op.joiner);
	mls__secret_wipe(&op.psk);
	mls__arena_free(&op.arena); /* ST-05 */
	if (rc != 0) {
		mls_change_drop(op.c);
		return mls__api(MLS_MAY_JUDGE, rc);
	}
	*out = op.c;
	return 0;
}
