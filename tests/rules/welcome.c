/* SPDX-License-Identifier: MIT */
#include "rules/welcome.h"

void
entry_new(struct entry *e, struct party *p, uint32_t flags)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct mls_bytes kp = make_package(&p->m[p->n], p->suite);

	add.key_package = octets(&kp);
	o.intents = &add;
	o.n_intents = 1;
	o.flags = flags;
	entry_make(e, p, &p->m[0], &p->m[p->n], &o);
	mls_bytes_free(&kp);
}

void
entry_make(struct entry *e, struct party *p, struct member *maker,
    struct member *newcomer, const struct mls_commit_options *o)
{
	struct mls_reader r;

	memset(e, 0, sizeof(*e));
	e->p = p;
	e->maker = maker;
	e->newcomer = newcomer;
	must(mls_group_make_commit(&e->c, maker->group, o));
	e->m = e->c->making;
	mls__reader_init(&r, keep(p, e->m->group_info));
	mls__group_info_read(&e->info, &r);
	must(mls__reader_end(&r));
	e->key = e->c->next->sign_key;
	mls__extension_find(&e->tree, e->info.extensions,
	    MLS_EXT_RATCHET_TREE);
}

void
entry_free(struct entry *e)
{
	mls_change_drop(e->c);
}

struct mls_buf
entry_bare(struct entry *e)
{
	const struct mls_suite *s = e->maker->group->suite;
	uint8_t seeds[8 * MLS_MAX_KEY];
	struct mls_buf out;
	size_t len = e->m->n_newcomers * s->seed_len;

	/* Drawn at release otherwise. */
	cr_assert_leq(len, sizeof(seeds));
	must(mls__random(seeds, len, s));
	e->m->seeds = seeds;
	must(mls__welcome_make(&out, e->c));
	e->m->seeds = NULL;
	return out;
}

struct mls_buf
entry_welcome(struct entry *e)
{
	struct mls_writer w = { 0 };

	mls__group_context_write(&w, &e->info.context);
	e->info.context.raw = keep_writer(e->p, &w);
	must(mls__group_info_sign(&w, &e->info, e->maker->group->suite,
	    e->key));
	e->m->group_info = keep_writer(e->p, &w);
	return entry_bare(e);
}

void
entry_psk(struct entry *e, const struct mls_psk_id *id)
{
	struct mls_psk psk = { .id = *id };
	struct mls_store_txn t = { 0 };

	must(mls__txn_begin(&t, &e->maker->client->store, false));
	must(mls__psk_find(&psk.value, &e->p->arena, e->maker->client, &t,
	    id, MLS_E_PSK_UNAVAILABLE));
	mls__txn_end(&t);
	must(mls__psk_secret(&e->m->psk, e->maker->group->suite, &psk, 1));
	e->m->psks = mls__arena_array(&e->p->arena, 1, sizeof(*e->m->psks));
	e->m->psks[0] = *id;
	e->m->n_psks = 1;
}

void
entry_retag(struct entry *e)
{
	const struct mls_suite *s = e->maker->group->suite;
	struct mls_writer w = { 0 };
	struct mls_epoch epoch;
	struct mls_secret tag;

	mls__group_context_write(&w, &e->info.context);
	must(mls__epoch_enter(&epoch, s, &e->m->joiner, &e->m->psk,
	    mls__writer_buf(&w)));
	mls__writer_free(&w);
	must(mls__confirmation_tag(&tag, s, &epoch,
	    e->info.context.confirmed_transcript_hash));
	e->info.confirmation_tag = keep(e->p, mls__secret_buf(&tag));
}

void
entry_tree(struct entry *e, struct mls_buf tree)
{
	const struct mls_suite *s = e->maker->group->suite;
	uint8_t hash[MLS_MAX_HASH];
	struct mls_tree *t;

	e->tree = tree;
	e->info.extensions = extension(e->p, MLS_EXT_RATCHET_TREE, tree);
	if (mls__tree_read(&t, s, tree, 1000, NULL) != 0)
		return;
	must(mls__tree_hash(hash, t));
	mls__tree_free(t);
	e->info.context.tree_hash = keep(e->p, mls__buf(hash, s->nh));
}

/* The nodes of a tree as they stand: each optional<Node>. */
static size_t
split(struct mls_buf *nodes, size_t most, struct mls_buf tree)
{
	struct mls_reader r, list;
	struct mls_parent parent;
	struct mls_leaf leaf;
	const uint8_t *from;
	size_t n = 0;

	mls__reader_init(&r, tree);
	list = mls__read_vector(&r);
	for (; n < most && mls__reader_more(&list); n++) {
		from = list.pos;
		if (mls__read_present(&list)) {
			if (mls__read_u8(&list) == 1)
				mls__leaf_read(&leaf, &list);
			else
				mls__parent_read(&parent, &list);
		}
		nodes[n] = mls__reader_since(&list, from);
	}
	must(list.error);
	return n;
}

void
entry_node(struct entry *e, uint32_t node, struct mls_buf raw)
{
	struct mls_writer w = { 0 };
	struct mls_buf nodes[64];
	size_t n = split(nodes, 64, e->tree), i, at;

	at = mls__write_open(&w);
	for (i = 0; i < n; i++) {
		if (i != node) {
			mls__write_bytes(&w, nodes[i]);
			continue;
		}
		mls__write_u8(&w, raw.len != 0);
		if (raw.len == 0)
			continue;
		mls__write_u8(&w, i % 2 == 0 ? 1 : 2);
		mls__write_bytes(&w, raw);
	}
	mls__write_close(&w, at);
	entry_tree(e, keep_writer(e->p, &w));
}

struct mls_buf
entry_raw(struct entry *e, uint32_t node)
{
	struct mls_buf nodes[64], raw;
	size_t n = split(nodes, 64, e->tree);

	cr_assert(node < n && nodes[node].len > 1);
	raw = mls__buf(nodes[node].data + 2, nodes[node].len - 2);
	return keep(e->p, raw);
}

struct mls_welcome
welcome_of(struct party *p, struct mls_buf message)
{
	struct mls_message m;

	must(mls__message_read(&m, &p->arena, keep(p, message), NULL));
	return m.u.welcome;
}

struct mls_buf
welcome_bytes(struct party *p, const struct mls_welcome *w)
{
	struct mls_writer out = { 0 };

	mls__message_head(&out, MLS_WIRE_WELCOME);
	mls__welcome_write(&out, w);
	return keep_writer(p, &out);
}

void
join_refused_at(int line, struct entry *e, struct mls_buf welcome,
    struct mls_buf tree, int error, const char *name)
{
	struct mls_buf before = party_store(e->p, e->newcomer), after;
	mls_change *c = NULL;
	int rc = mls_group_join(&c, e->newcomer->client, welcome, tree);
	const struct mls_error_info *info_ = mls_error_info(rc);

	cr_assert_eq(rc, error, "line %d: %s, not %s", line, rc == 0 ?
	    "accepted" : info_ != NULL ? info_->name : "?", name);
	mls_change_drop(c);
	after = party_store(e->p, e->newcomer);
	cr_assert(mls__equal(before, after), "line %d: the store changed",
	    line);
}
