/* SPDX-License-Identifier: MIT */
/* Groups whose parents are all set, without their members. */
#include <stdlib.h>
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

/* Makes everybody's key package; *roles: who will have the even leaves. */
static void
scattered_packages(struct mls_bytes *packages, struct role *roles,
    struct world *w, uint32_t n)
{
	struct member m;
	uint32_t i;

	for (i = 1; i < n; i++) {
		if (i % 2 != 0) {
			packages[i - 1] = package_extra(w, i);
			continue;
		}
		member_extra(&m, w, i);
		role_new(&roles[i / 2], &m, w, i);
		packages[i - 1] = m.package;
		memset(&m.package, 0, sizeof(m.package));
		member_free(&m);
	}
}

static void
remove_odd(const struct member *m, const struct world *w, uint32_t n)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent *removes = must_alloc(n / 2, sizeof(*removes));
	struct mls_bytes message;
	mls_change *c;
	uint32_t i;

	for (i = 0; i < n / 2; i++) {
		removes[i].type = MLS_EFFECT_REMOVE;
		removes[i].leaf = 2 * i + 1;
	}
	o.intents = removes;
	o.n_intents = n / 2;
	must(w, mls_group_make_commit(&c, m->group, &o), "remove");
	must(w, mls_change_release(&message, c), "remove");
	change_take(c, w);
	mls_bytes_free(&message);
	free(removes);
}

/* All even leaves commit.  One that shares the least with those before it is
 * next, so that the blank part halves; by turns each would seal to half the
 * group. */
static void
fill_parents(struct member *m, struct world *w, struct role *roles,
    uint32_t n)
{
	struct mls_bytes message;
	uint32_t half, leaf, i, bit;

	for (half = 1; 2 * half < n; half *= 2)
		;
	for (i = 0; i < half; i++) {
		for (leaf = 0, bit = 1; bit < half; bit *= 2)
			leaf = 2 * leaf + ((i & bit) != 0);
		if (2 * leaf >= n)
			continue;
		play(m->group, w, &roles[leaf]);
		change_take(member_commit(&message, NULL, m, w, NULL, 0,
		    MLS_COMMIT_FORCE_PATH), w);
		mls_bytes_free(&message);
	}
}

void
group_scattered(struct member *creator, struct world *w, uint32_t n)
{
	struct mls_bytes *packages = must_alloc(n, sizeof(*packages)), message;
	struct role *roles = must_alloc((n + 1) / 2, sizeof(*roles));
	uint32_t i;

	member_new(creator, w, 0);
	member_found(creator, w);
	scattered_packages(packages, roles, w, n);
	change_take(member_commit(&message, NULL, creator, w, packages, n - 1,
	    MLS_COMMIT_TREE_BESIDE), w);
	role_of(&roles[0], creator->group);
	remove_odd(creator, w, n);
	fill_parents(creator, w, roles, n);
	for (i = 0; i < n - 1; i++)
		mls_bytes_free(&packages[i]);
	mls_bytes_free(&message);
	free(packages);
	free(roles);
}
