/* SPDX-License-Identifier: MIT */
/* Proposals, key packages and commits with a defect. */
#include "rules/forge.h"

#include "base/customs.h"
#include "group/self_remove.h"

struct mls_buf
propose_remove(struct party *p, uint32_t leaf)
{
	struct mls_writer w = { 0 };

	mls__proposal_write_remove(&w, leaf);
	return keep_writer(p, &w);
}

struct mls_buf
propose_add(struct party *p, struct mls_buf package)
{
	struct mls_writer w = { 0 };

	mls__proposal_write_add(&w, package);
	return keep_writer(p, &w);
}

struct mls_buf
propose_psk(struct party *p, const struct mls_psk_id *id)
{
	struct mls_writer w = { 0 };

	mls__proposal_write_psk(&w, id);
	return keep_writer(p, &w);
}

struct mls_buf
propose_extensions(struct party *p, struct mls_buf list)
{
	struct mls_writer w = { 0 };

	mls__proposal_write_extensions(&w, list);
	return keep_writer(p, &w);
}

struct mls_buf
propose_reinit(struct party *p, const struct mls_reinit *r)
{
	struct mls_writer w = { 0 };

	mls__proposal_write_reinit(&w, r);
	return keep_writer(p, &w);
}

static struct mls_leaf
leaf_of(struct party *p, mls_group *g)
{
	const struct mls_leaf *old;
	struct mls_leaf leaf;
	struct mls_reader r;

	must(mls__group_enter(g));
	old = mls__tree_leaf(g->tree, g->state->keys.leaf);
	cr_assert_not_null(old);
	mls__reader_init(&r, keep(p, old->raw));
	mls__leaf_read(&leaf, &r);
	mls__group_leave(g);
	return leaf;
}

static struct mls_buf
sign_leaf(struct party *p, const struct mls_leaf *fields, mls_group *g,
    const struct mls_privkey *key, uint32_t index)
{
	struct mls_node *node;
	struct mls_buf raw;

	must(mls__leaf_sign(&node, fields, g->suite,
	    p->leaf_key != NULL ? p->leaf_key : key,
	    g->state->context.group_id, index));
	raw = keep(p, node->raw);
	mls__node_free(node);
	return raw;
}

struct mls_buf
propose_update(struct party *p, size_t who, leaf_hook hook)
{
	mls_group *g = p->m[who].group;
	struct mls_leaf fields = leaf_of(p, g);
	struct mls_writer w = { 0 };

	fields.source = MLS_LEAF_UPDATE;
	fields.encryption_key = fresh_key(p);
	if (hook != NULL)
		hook(p, &fields);
	mls__proposal_write_update(&w, sign_leaf(p, &fields, g,
	    g->state->sign_key, g->state->keys.leaf));
	return keep_writer(p, &w);
}

/* A package of the client's own, with its private keys. */
static struct mls_own_package
fresh_package(struct party *p, struct member *m)
{
	struct mls_bytes b = make_package(m, p->suite);
	struct mls_store_txn t = { 0 };
	struct mls_own_package own;
	struct mls_arena arena = { 0 };
	struct mls_message message;
	uint8_t ref[MLS_MAX_HASH];
	bool found;

	must(mls__message_read(&message, &arena, octets(&b), NULL));
	must(mls__key_package_ref(ref, p->s, message.u.key_package.raw));
	must(mls__txn_begin(&t, &m->client->store, false));
	must(mls__own_package_find(&own, &found, m->client, &t,
	    mls__buf(ref, p->s->nh)));
	cr_assert(found);
	mls__txn_end(&t);
	mls__arena_free(&arena);
	mls_bytes_free(&b);
	return own;
}

/* The outsider's leaf is that of a package, until a path makes it another. */
static void
meet_stranger(struct party *p)
{
	struct mls_own_package own;
	struct mls_reader r;

	if (p->stranger_key != NULL)
		return;
	own = fresh_package(p, &p->m[p->n]);
	mls__reader_init(&r, keep(p, own.package.leaf.raw));
	mls__leaf_read(&p->stranger, &r);
	p->stranger_key = mls__key_ref(own.sign);
	mls__own_package_free(&own);
}

void
forge_joiner(struct forge *f, struct party *p, size_t by)
{
	meet_stranger(p);
	forge_new(f, p, by, MLS_CONTENT_COMMIT);
	f->head.sender.type = MLS_SENDER_NEW_MEMBER_COMMIT;
	f->head.sender.index = 0;
	f->key = p->stranger_key;
	f->joins = true;
}

void
forge_proposer(struct forge *f, struct party *p, uint8_t type)
{
	meet_stranger(p);
	forge_new(f, p, 0, MLS_CONTENT_PROPOSAL);
	f->head.sender.type = type;
	f->head.sender.index = 0;
	f->key = p->stranger_key;
}

struct mls_buf
external_init(struct forge *f)
{
	uint8_t enc[256], seed[256], secret[MLS_MAX_HASH];
	const struct mls_suite *s = f->g->suite;
	struct mls_privkey *external;
	struct mls_hpke_info info_;
	struct mls_writer w = { 0 };

	must(mls__epoch_external_key(&external, s, &f->g->state->epoch));
	must(mls__random(seed, s->seed_len, s));
	must(mls__hpke_prepare(&info_, s, NO_OCTETS));
	must(mls__hpke_export_send(secret, s->nh, enc, &info_,
	    mls__key_public(external), seed,
	    text("MLS 1.0 external init secret")));
	mls__key_free(external);
	must(mls__secret_set(&f->init, mls__buf(secret, s->nh)));
	mls__proposal_write_external_init(&w, mls__buf(enc, s->nenc));
	return keep_writer(f->p, &w);
}

static void
write_package(struct mls_writer *w, const struct mls_key_package *kp)
{
	mls__write_u16(w, kp->version);
	mls__write_u16(w, kp->suite);
	mls__write_opaque(w, kp->init_key);
	mls__write_bytes(w, kp->leaf.raw);
	mls__write_opaque(w, kp->extensions);
}

struct mls_buf
forge_package(struct party *p, size_t who, const struct package_spec *spec)
{
	struct mls_own_package own = fresh_package(p, &p->m[who]);
	const struct mls_privkey *key = p->leaf_key != NULL ? p->leaf_key :
	    own.sign;
	struct mls_key_package kp = own.package;
	struct mls_node *leaf;
	struct mls_writer w = { 0 };
	uint8_t sig[256];
	size_t len = sizeof(sig);

	if (spec->leaf != NULL)
		spec->leaf(p, &kp.leaf);
	must(mls__leaf_sign(&leaf, &kp.leaf, own.suite, key,
	    text("rules"), 1));
	kp.leaf.raw = leaf->raw;
	if (spec->bad_leaf_signature)
		kp.leaf.raw = flipped(p, leaf->raw, -2);
	if (spec->package != NULL)
		spec->package(p, &kp);
	write_package(&w, &kp);
	must(mls__sign_with_label(sig, &len, own.suite, key,
	    spec->leaf_label ? "LeafNodeTBS" : "KeyPackageTBS",
	    mls__writer_buf(&w)));
	sig[len - 2] ^= spec->bad_signature;
	mls__write_opaque(&w, mls__buf(sig, len));
	mls__node_free(leaf);
	mls__own_package_free(&own);
	return keep_writer(p, &w);
}

/* One proposal's effect on the tree, as far as it can have one. */
static void
affect(struct mls_transition *t, struct mls_item *item)
{
	const struct mls_proposal *in = item->proposal;
	uint32_t gone = mls__item_removes(item);
	struct mls_node *node = NULL;

	if (in->type == MLS_PROPOSAL_UPDATE &&
	    item->proposer != t->committer) {
		must(mls__node_new_leaf(&node, in->u.update.raw));
		must(mls__tree_update(t->diff, item->proposer, node));
	} else if (gone != MLS_NO_LEAF && gone != t->committer &&
	    mls__tree_leaf(t->diff, gone) != NULL) {
		must(mls__tree_remove(t->diff, gone));
	} else if (in->type == MLS_PROPOSAL_ADD) {
		must(mls__node_new_leaf(&node, in->u.add.leaf.raw));
		must(mls__tree_add(&item->leaf, t->diff, node));
		t->applied.added[t->applied.n_added++] = item->leaf;
	}
	mls__node_free(node);
}

static void
affect_all(struct forge *f, struct mls_transition *t)
{
	static const uint16_t order[] = { MLS_PROPOSAL_UPDATE,
		MLS_PROPOSAL_REMOVE, 0x000a, MLS_PROPOSAL_ADD };
	struct mls_item *item;
	struct mls_psk *psk;
	size_t i, k;

	t->applied.extensions = f->g->state->context.extensions;
	t->applied.added = mls__arena_array(&f->p->arena, t->list.n + 1,
	    sizeof(*t->applied.added));
	t->applied.psks = mls__arena_array(&f->p->arena, t->list.n + 1,
	    sizeof(*t->applied.psks));
	for (k = 0; k < 4; k++)
		for (i = 0; i < t->list.n; i++)
			if (t->list.items[i].proposal->type == order[k])
				affect(t, &t->list.items[i]);
	for (i = 0; i < t->list.n; i++) {
		item = &t->list.items[i];
		if (item->proposal->type ==
		    MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS)
			t->applied.extensions = item->proposal->u.extensions;
		if (item->proposal->type != MLS_PROPOSAL_PSK)
			continue;
		psk = &t->applied.psks[t->applied.n_psks++];
		psk->id = item->proposal->u.psk;
		if (mls__psk_find(&psk->value, &f->p->arena, f->by->client,
		    &f->g->txn, &psk->id, MLS_E_PSK_UNAVAILABLE) != 0)
			psk->value = text("not held");
	}
}

static struct mls_cached *
find_ref(mls_group *g, struct mls_buf ref)
{
	struct mls_cached *c;

	for (c = g->cache; c != NULL; c = c->next)
		if (mls__equal(c->ref, ref))
			return c;
	return NULL;
}

/* The list as the commit will say it; refs that the forger does not hold have
 * no effect on his tree. */
static struct mls_proposal_or_ref *
list_of(struct forge *f, struct mls_transition *t,
    const struct commit_spec *spec)
{
	struct mls_arena *arena = &f->p->arena;
	size_t n = spec->n + spec->n_refs, i;
	struct mls_proposal_or_ref *v = mls__arena_array(arena, n + 1,
	    sizeof(*v));
	struct mls_item *items = mls__arena_array(arena, n + 1,
	    sizeof(*items));
	struct mls_proposal *parsed;
	struct mls_cached *c;
	struct mls_reader r;

	t->list.items = items;
	for (i = 0; i < spec->n_refs; i++) {
		v[i].kind = MLS_BY_REFERENCE;
		v[i].ref = spec->refs[i];
		c = find_ref(f->g, spec->refs[i]);
		if (c == NULL)
			continue;
		items[t->list.n].proposal = &c->authentic.content.u.proposal;
		items[t->list.n++].proposer =
		    c->authentic.content.sender.index;
	}
	for (; i < n; i++) {
		parsed = mls__arena_alloc(arena, sizeof(*parsed));
		v[i].kind = MLS_BY_VALUE;
		v[i].proposal = parsed;
		mls__reader_init(&r, spec->values[i - spec->n_refs]);
		r.customs = &mls__customs_any;
		mls__proposal_read(parsed, &r);
		parsed->raw = spec->values[i - spec->n_refs];
		if (mls__reader_end(&r) != 0)
			continue;
		items[t->list.n].proposal = parsed;
		items[t->list.n++].proposer = t->committer;
	}
	return v;
}

static void
make_path(struct forge *f, struct mls_transition *t,
    struct mls_update_path *update, const struct commit_spec *spec)
{
	struct mls_leaf_list added = { t->applied.n_added,
		t->applied.added };
	struct mls_leaf fields = f->joins ? f->p->stranger :
	    leaf_of(f->p, f->g);
	const struct mls_privkey *key = f->joins ? f->p->stranger_key :
	    f->g->state->sign_key;
	struct mls_path_making pm;
	struct mls_node *node;
	unsigned i;

	must(mls__path_make(&pm, t->diff, &fields, key,
	    f->g->state->context.group_id, t->committer));
	fields = *mls__tree_leaf(t->diff, t->committer);
	if (spec->leaf != NULL)
		spec->leaf(f->p, &fields);
	must(mls__node_new_leaf(&node, sign_leaf(f->p, &fields, f->g, key,
	    spec->sign_as != 0 ? spec->sign_as - 1 : t->committer)));
	mls__tree_put(t->diff, mls__leaf_node(t->committer), node);
	mls__node_free(node);
	must(mls__transition_context(t,
	    f->g->state->context.confirmed_transcript_hash));
	for (i = 0; spec->wrong_secret && i < pm.n; i++)
		pm.secrets[i].data[0] ^= 1;
	must(mls__path_seal(update, &f->p->arena, &pm, t->diff,
	    spec->old_context ? f->g->state->context.raw :
	    t->next->context.raw, added));
	if (spec->path != NULL)
		spec->path(f->p, update);
	t->commit_secret = pm.commit_secret;
	mls__path_making_free(&pm);
}

struct mls_buf
forge_commit(struct forge *f, const struct commit_spec *spec)
{
	struct mls_update_path update;
	struct mls_proposal_or_ref *v;
	struct mls_transition t;
	struct mls_writer w = { 0 };
	struct mls_secret tag;

	must(mls__group_enter(f->g));
	must(mls__transition_new(&t, f->g, &f->p->arena, f->joins ?
	    MLS_NO_LEAF : f->g->state->keys.leaf));
	v = list_of(f, &t, spec);
	affect_all(f, &t);
	if (f->joins) {
		t.committer = mls__tree_free_leaf(t.diff);
		t.init = f->init;
	}
	t.commit_secret.len = (uint8_t)f->g->suite->nh;
	if (!spec->pathless)
		make_path(f, &t, &update, spec);
	t.commit_secret.data[0] ^= spec->other_commit_secret;
	mls__commit_write(&w, v, spec->n + spec->n_refs,
	    spec->pathless ? NULL : &update);
	f->body = keep_writer(f->p, &w);
	forge_sign(f);
	must(mls__transition_transcript(&t, f->wire_format, f->content,
	    f->signature));
	must(mls__transition_enter(&tag, &t));
	mls__transition_free(&t);
	mls__group_leave(f->g);
	return forge_seal(f, keep(f->p, mls__secret_buf(&tag)));
}

struct mls_buf
cache(struct party *p, size_t by, struct mls_buf value)
{
	struct mls_buf message = proposal_of(p, by, value);
	size_t i;

	for (i = 0; i < p->n; i++)
		take(&p->m[i], message);
	watch_take(p, message);
	return keep(p, last_ref(&p->m[0]));
}

struct mls_buf
commit_refs(struct party *p, size_t n, struct mls_buf a, struct mls_buf b)
{
	struct commit_spec spec = { .n_refs = n, .refs = { a, b } };
	struct forge f;

	forge_new(&f, p, 1, MLS_CONTENT_COMMIT);
	return forge_commit(&f, &spec);
}

struct mls_buf
commit_mixed(struct party *p, struct mls_buf ref, struct mls_buf value)
{
	struct commit_spec spec = { .n_refs = 1, .refs = { ref }, .n = 1,
		.values = { value } };
	struct forge f;

	forge_new(&f, p, 1, MLS_CONTENT_COMMIT);
	return forge_commit(&f, &spec);
}

struct mls_buf
good_add(struct party *p)
{
	struct package_spec spec = { 0 };

	return propose_add(p, forge_package(p, p->n, &spec));
}
