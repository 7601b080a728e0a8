/* SPDX-License-Identifier: MIT */
/* COMMIT: commits and their paths (RFC 9420 §12.4, §7.5, §7.6). */
#include "rules/forge.h"

#define PARTY(p) \
	struct commit_spec spec = { 0 }; \
	struct forge f; \
	struct party p; \
	party_new(&p, NULL, 4); \
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT)

Test(commit, COMMIT_01_path_required_empty_commit)
{
	PARTY(p);

	spec.pathless = true;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_REQUIRED_EMPTY_COMMIT);
	spec.pathless = false;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

Test(commit, COMMIT_02_path_required)
{
	struct mls_buf update;
	PARTY(p);

	spec.pathless = true;
	spec.n = 1;
	spec.values[0] = propose_remove(&p, 2);
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_PATH_REQUIRED);
	spec.values[0] = propose_extensions(&p, NO_OCTETS);
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_PATH_REQUIRED);
	spec.n = 2;
	spec.values[1] = good_add(&p);
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_PATH_REQUIRED);
	spec.n = 0;
	update = proposal_of(&p, 2, propose_update(&p, 2, NULL));
	take(&p.m[0], update);
	take(&p.m[1], update);
	spec.n_refs = 1;
	spec.refs[0] = last_ref(&p.m[0]);
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_PATH_REQUIRED);
	spec.pathless = false;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

Test(commit, COMMIT_03_path_not_required)
{
	PARTY(p);

	spec.n = 1;
	spec.values[0] = good_add(&p);
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	spec.pathless = true;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

static void
drop_node(struct party *p, struct mls_update_path *path)
{
	(void)p;
	path->n--;
}

static void
add_node(struct party *p, struct mls_update_path *path)
{
	struct mls_path_node *v = mls__arena_array(&p->arena, path->n + 1,
	    sizeof(*v));

	memcpy(v, path->nodes, path->n * sizeof(*v));
	v[path->n] = v[0];
	path->nodes = v;
	path->n++;
}

Test(commit, COMMIT_04_path_length)
{
	PARTY(p);

	spec.path = drop_node;
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_PATH_LENGTH);
	spec.path = add_node;
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_PATH_LENGTH);
	party_free(&p);
}

static void
drop_ciphertext(struct party *p, struct mls_update_path *path)
{
	(void)p;
	path->nodes[path->n - 1].n--;
}

static void
add_ciphertext(struct party *p, struct mls_update_path *path)
{
	struct mls_path_node *node = &path->nodes[path->n - 1];
	struct mls_ciphertext *v = mls__arena_array(&p->arena, node->n + 1,
	    sizeof(*v));

	memcpy(v, node->ciphertexts, node->n * sizeof(*v));
	v[node->n++] = path->nodes[0].ciphertexts[0];
	node->ciphertexts = v;
}

Test(commit, COMMIT_05_path_ciphertext_count)
{
	PARTY(p);

	spec.path = drop_ciphertext;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_CIPHERTEXT_COUNT);
	spec.path = add_ciphertext;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_CIPHERTEXT_COUNT);
	/* counted with the newcomer */
	spec.n = 1;
	spec.values[0] = good_add(&p);
	spec.path = add_ciphertext;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_CIPHERTEXT_COUNT);
	spec.path = NULL;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

static struct mls_buf some_key;

static void
leaf_key(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->encryption_key = some_key;
}

static void
top_key(struct party *p, struct mls_update_path *path)
{
	(void)p;
	path->nodes[path->n - 1].key = some_key;
}

Test(commit, COMMIT_06_committer_key_unchanged)
{
	PARTY(p);

	some_key = keep(&p, mls__key_public(f.g->state->keys.key[0]));
	spec.leaf = leaf_key;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_COMMITTER_KEY_UNCHANGED);
	party_free(&p);
}

Test(commit, COMMIT_07_path_key_in_tree)
{
	struct package_spec package = { .leaf = leaf_key };
	unsigned i;
	PARTY(p);

	/* Another's leaf, one's own old parent, an Add's. */
	some_key = keep(&p, mls__key_public(
	    p.m[2].group->state->keys.key[0]));
	spec.path = top_key;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_KEY_IN_TREE);
	for (i = MLS_MAX_LEVEL; p.m[1].group->state->keys.key[i] == NULL; )
		i--;
	some_key = keep(&p, mls__key_public(
	    p.m[1].group->state->keys.key[i]));
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_KEY_IN_TREE);
	some_key = fresh_key(&p);
	spec.n = 1;
	spec.values[0] = propose_add(&p, forge_package(&p, 4, &package));
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_KEY_IN_TREE);
	party_free(&p);
}

static void
twin_keys(struct party *p, struct mls_update_path *path)
{
	(void)p;
	path->nodes[0].key = path->nodes[path->n - 1].key;
}

static void
like_the_leaf(struct party *p, struct mls_update_path *path)
{
	(void)p;
	path->nodes[0].key = path->leaf.encryption_key;
}

Test(commit, COMMIT_08_path_key_repeated)
{
	PARTY(p);

	spec.path = twin_keys;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_KEY_REPEATED);
	spec.path = like_the_leaf;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_KEY_REPEATED);
	party_free(&p);
}

static void
short_path_key(struct party *p, struct mls_update_path *path)
{
	(void)p;
	path->nodes[0].key = cut(path->nodes[0].key, 1);
}

Test(commit, CRYPT_02_path_key)
{
	PARTY(p);

	spec.path = short_path_key;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_HPKE_PUBLIC_KEY_INVALID);
	party_free(&p);
}

static void
flip_parent_hash(struct party *p, struct mls_leaf *l)
{
	l->parent_hash = flipped(p, l->parent_hash, 3);
}

static void
no_parent_hash(struct party *p, struct mls_leaf *l)
{
	(void)p;
	l->parent_hash = NO_OCTETS;
}

Test(commit, COMMIT_09_path_parent_hash)
{
	PARTY(p);

	spec.leaf = flip_parent_hash;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_PARENT_HASH);
	spec.leaf = no_parent_hash;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_PARENT_HASH);
	party_free(&p);
}

static void
flip_ciphertexts(struct party *p, struct mls_update_path *path)
{
	size_t i, k;

	for (i = 0; i < path->n; i++)
		for (k = 0; k < path->nodes[i].n; k++)
			path->nodes[i].ciphertexts[k].ct = flipped(p,
			    path->nodes[i].ciphertexts[k].ct, 0);
}

static void
short_enc(struct party *p, struct mls_update_path *path)
{
	(void)p;
	path->nodes[0].ciphertexts[0].enc =
	    cut(path->nodes[0].ciphertexts[0].enc, 1);
}

static void
short_ciphertext(struct party *p, struct mls_update_path *path)
{
	(void)p;
	path->nodes[0].ciphertexts[0].ct.len = 15;
}

Test(commit, COMMIT_11_path_secret_decrypt)
{
	PARTY(p);

	spec.path = flip_ciphertexts;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_SECRET_DECRYPT);
	spec.path = NULL;
	spec.old_context = true;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_SECRET_DECRYPT);
	refused(&p, &p.m[3], forge_commit(&f, &spec),
	    MLS_E_PATH_SECRET_DECRYPT);
	party_free(&p);
}

Test(commit, CRYPT_07_08_path_lengths)
{
	PARTY(p);

	/* Whoever it is for: it is refused by all. */
	spec.path = short_enc;
	refused(&p, &p.m[3], forge_commit(&f, &spec),
	    MLS_E_KEM_OUTPUT_LENGTH);
	spec.path = short_ciphertext;
	refused(&p, &p.m[3], forge_commit(&f, &spec),
	    MLS_E_CIPHERTEXT_LENGTH);
	party_free(&p);
}

Test(commit, COMMIT_12_path_key_mismatch)
{
	PARTY(p);

	spec.wrong_secret = true;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PATH_KEY_MISMATCH);
	refused(&p, &p.m[3], forge_commit(&f, &spec),
	    MLS_E_PATH_KEY_MISMATCH);
	party_free(&p);
}

Test(commit, COMMIT_14_confirmation_tag)
{
	PARTY(p);

	f.on_confirmation = hook_flip;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CONFIRMATION_TAG_INVALID);
	f.on_confirmation = NULL;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

Test(commit, COMMIT_17_18_APP_07_pending)
{
	struct mls_bytes b;
	mls_change *c, *made;
	PARTY(p);

	must(mls_group_make_commit(&made, p.m[0].group, NULL));
	must(mls_group_commit(&b, NULL, p.m[0].group, NULL));
	mls_bytes_free(&b);
	must_fail(mls_group_make_commit(&c, p.m[0].group, NULL),
	    MLS_E_COMMIT_PENDING);
	must_fail(mls_change_release(&b, made), MLS_E_COMMIT_PENDING);
	mls_change_drop(made);
	must_fail(mls_group_send(&b, p.m[0].group, text("x")),
	    MLS_E_SEND_WHILE_COMMIT_PENDING); /* APP-07 */
	/* COMMIT-18 */
	take(&p.m[0], forge_commit(&f, &spec));
	cr_assert_eq(info(&p.m[0]).pending, 0);
	party_free(&p);
}

Test(commit, COMMIT_19_own_commit_mismatch)
{
	PARTY(p);

	forge_new(&f, &p, 0, MLS_CONTENT_COMMIT);
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_OWN_COMMIT_MISMATCH);
	accepted(&p, &p.m[1], forge_commit(&f, &spec));
	party_free(&p);
}

static int asked, shown_removal;

static int
no_adds(void *payload, const struct mls_summary *s)
{
	size_t i;

	(void)payload;
	asked++;
	shown_removal += s->removes_us;
	for (i = 0; i < s->n_effects; i++)
		if (s->effects[i].type == MLS_EFFECT_ADD &&
		    s->epoch > 4)
			return 1;
	return 0;
}

Test(commit, COMMIT_20_GROUP_04_KS_05_removed)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_psk_id psk = { .type = MLS_PSK_EXTERNAL,
		.id = text("theirs") };
	struct commit_spec spec = { .n = 2 };
	uint8_t out[32];
	struct mls_bytes b;
	struct party p;
	struct forge f;
	mls_change *c;

	policy.commit = no_adds;
	party_new(&p, &policy, 4);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	must(mls_psk_put(p.m[1].client, text("theirs"), text("value")));
	/* whoever is removed need not hold the PSK */
	psk.nonce = nonce(&p, 1);
	spec.values[0] = propose_psk(&p, &psk);
	spec.values[1] = propose_remove(&p, 0);
	refused(&p, &p.m[2], forge_commit(&f, &spec), MLS_E_PSK_UNAVAILABLE);
	f.on_confirmation = hook_cut;
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_MAC_LENGTH);
	f.on_confirmation = NULL;
	shown_removal = 0;
	take(&p.m[0], forge_commit(&f, &spec));
	cr_assert_eq(shown_removal, 1);
	cr_assert_eq(info(&p.m[0]).active, 0);
	/* GROUP-04, KS-05 */
	must_fail(mls_group_send(&b, p.m[0].group, text("x")),
	    MLS_E_GROUP_INACTIVE);
	must_fail(mls_group_make_commit(&c, p.m[0].group, NULL),
	    MLS_E_GROUP_INACTIVE);
	must_fail(mls_group_export(out, 32, p.m[0].group, "x", NO_OCTETS),
	    MLS_E_EXPORTER_EPOCH_GONE);
	party_free(&p);
}

Test(commit, PROP_30_policy_rejected)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct commit_spec spec = { .n = 1 };
	struct party p;
	struct forge f;

	policy.commit = no_adds;
	party_new(&p, &policy, 4);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	spec.values[0] = good_add(&p);
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_POLICY_REJECTED);
	/* FRAME-19: what is false is not shown. */
	asked = 0;
	p.unwatched = true;
	f.on_confirmation = hook_flip;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CONFIRMATION_TAG_INVALID);
	cr_assert_eq(asked, 0);
	party_free(&p);
}

Test(commit, LIMIT_10_epoch_exhausted)
{
	mls_change *c;
	PARTY(p);

	p.unwatched = true;
	p.m[0].group->header.epoch = UINT64_MAX;
	must_fail(mls_group_make_commit(&c, p.m[0].group, NULL),
	    MLS_E_EPOCH_EXHAUSTED);
	f.head.epoch = UINT64_MAX;
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_EPOCH_EXHAUSTED);
	party_free(&p);
}

Test(commit, COMMIT_27_pathless_once)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	const struct mls_summary *s;
	struct mls_bytes kp, b;
	mls_change *c;
	PARTY(p);

	(void)spec;
	kp = make_package(&p.m[4], p.suite);
	add.key_package = octets(&kp);
	o.intents = &add;
	o.n_intents = 1;
	must(mls_group_commit(&b, NULL, p.m[0].group, &o));
	must(mls_group_settle(p.m[0].group, 0));
	mls_bytes_free(&b);
	must(mls_group_make_commit(&c, p.m[0].group, &o));
	s = mls_change_summary(c);
	cr_assert_eq(s->n_effects, 2);
	cr_assert_eq(s->effects[1].type, MLS_EFFECT_PATH);
	mls_change_drop(c);
	mls_bytes_free(&kp);
	party_free(&p);
}
