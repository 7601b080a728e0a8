/* SPDX-License-Identifier: MIT */
/* A group whose parents are all set, without its members. */
#include <string.h>

#include "bench.h"
#include "group/client.h"

/* Whom a handle speaks for: what a commit takes of its maker. */
struct role {
	struct mls_path_keys keys;
	struct mls_privkey *sign_key;
};

static void
role_free(struct role *r)
{
	mls__path_keys_free(&r->keys);
	mls__key_free(r->sign_key);
	memset(r, 0, sizeof(*r));
}

/* Whom the handle speaks for now. */
static void
role_of(struct role *out, const mls_group *g)
{
	memset(out, 0, sizeof(*out));
	mls__path_keys_copy(&out->keys, &g->state->keys);
	out->sign_key = mls__key_ref(g->state->sign_key);
}

/* Who will have the leaf when this key package was added. */
static void
role_new(struct role *out, const struct member *m, const struct world *w,
    uint32_t leaf)
{
	struct mls_buf package = octets(&m->package);
	struct mls_store_txn t = { 0 };
	struct mls_own_package own;
	const struct mls_suite *s;
	uint8_t ref[MLS_MAX_HASH];
	bool found = false;

	/* Behind the head of an MLSMessage. */
	package.data += 4;
	package.len -= 4;
	must(w, mls__crypto_suite(&s, w->context->crypto, w->suite),
	    "the suite");
	must(w, mls__key_package_ref(ref, s, package), "a reference");
	must(w, mls__txn_begin(&t, &m->client->store, false), "a store");
	must(w, mls__own_package_find(&own, &found, m->client, &t,
	    mls__buf(ref, s->nh)), "a key package");
	mls__txn_end(&t);
	if (!found)
		broken("a key package is gone");
	memset(out, 0, sizeof(*out));
	out->keys.leaf = leaf;
	mls__path_keys_set(&out->keys, 0, mls__key_ref(own.leaf));
	out->sign_key = mls__key_ref(own.sign);
	mls__own_package_free(&own);
}

/* Speak for another; keys of nodes that others made since are not held. */
static void
play(mls_group *g, const struct world *w, struct role *r)
{
	struct mls_state *st = g->state;

	must(w, mls__group_enter(g), "the group");
	mls__path_keys_prune(&r->keys, g->tree);
	mls__group_leave(g);
	mls__path_keys_free(&st->keys);
	mls__key_free(st->sign_key);
	mls__path_keys_copy(&st->keys, &r->keys);
	st->sign_key = mls__key_ref(r->sign_key);
	role_free(r);
}

/* Whom the handle speaks for adds one or two; *last is the last of them. */
static uint32_t
extend(struct member *last, struct mls_bytes *welcome,
    const struct member *creator, struct world *w, uint32_t next, uint32_t n)
{
	uint32_t more = next + 1 < n ? 2 : 1, flags = MLS_COMMIT_FORCE_PATH;
	struct mls_bytes packages[2], message;

	if (more == 2)
		packages[0] = package_extra(w, next);
	if (next + more == n) {
		member_new(last, w, n - 1);
	} else {
		member_extra(last, w, next + more - 1);
		flags |= MLS_COMMIT_TREE_BESIDE;
	}
	packages[more - 1] = last->package;
	change_take(member_commit(&message, welcome, creator, w, packages,
	    more, flags), w);
	if (more == 2)
		mls_bytes_free(&packages[0]);
	mls_bytes_free(&message);
	return next + more;
}

void
group_full(struct member *creator, struct member *last, struct world *w,
    uint32_t n)
{
	struct role self = { .sign_key = NULL }, role;
	struct mls_bytes welcome;
	uint32_t next = 1;

	member_new(creator, w, 0);
	member_found(creator, w);
	for (;;) {
		next = extend(last, &welcome, creator, w, next, n);
		if (self.sign_key == NULL)
			role_of(&self, creator->group);
		if (next == n)
			break;
		role_new(&role, last, w, next - 1);
		play(creator->group, w, &role);
		member_free(last);
		mls_bytes_free(&welcome);
	}
	member_join(last, w, &welcome);
	mls_bytes_free(&welcome);
	play(creator->group, w, &self);
}
