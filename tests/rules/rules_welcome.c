/* SPDX-License-Identifier: MIT */
/* WELCOME, GI: joining (RFC 9420 §12.4.3). */
#include "rules/welcome.h"

#define ENTRY(p, e, flags) \
	struct party p; \
	struct entry e; \
	party_new(&p, NULL, 4); \
	entry_new(&e, &p, flags)

#define END(p, e) do { \
	entry_free(&e); \
	party_free(&p); \
} while (0)

Test(welcome, WELCOME_accepted)
{
	ENTRY(p, e, 0);
	join_accepted(&e, entry_bare(&e), NO_OCTETS);
	join_accepted(&e, entry_welcome(&e), NO_OCTETS);
	join_accepted(&e, entry_welcome(&e), e.tree);
	END(p, e);
}

Test(welcome, WELCOME_01_not_for_us)
{
	struct mls_welcome w;
	ENTRY(p, e, 0);

	w = welcome_of(&p, entry_bare(&e));
	e.newcomer = &p.m[1];
	join_refused(&e, entry_bare(&e), NO_OCTETS, MLS_E_WELCOME_NOT_FOR_US);
	e.newcomer = &p.m[4];
	w.n = 0;
	join_refused(&e, welcome_bytes(&p, &w), NO_OCTETS,
	    MLS_E_WELCOME_NOT_FOR_US);
	END(p, e);
}

Test(welcome, WELCOME_02_CRYPT_01_cipher_suite)
{
	struct mls_welcome w;
	ENTRY(p, e, 0);

	w = welcome_of(&p, entry_bare(&e));
	w.suite = p.other; /* of one that nobody implements, CRYPT-01 */
	join_refused(&e, welcome_bytes(&p, &w), NO_OCTETS, p.other != 0 ?
	    MLS_E_WELCOME_CIPHER_SUITE : MLS_E_UNSUPPORTED_CIPHER_SUITE);
	w.suite = 0x0a0a; /* CRYPT-01 */
	join_refused(&e, welcome_bytes(&p, &w), NO_OCTETS,
	    MLS_E_UNSUPPORTED_CIPHER_SUITE);
	END(p, e);
}

Test(welcome, WELCOME_03_entry_repeated)
{
	struct mls_welcome w;
	struct mls_welcome_entry twice[2];
	ENTRY(p, e, 0);

	w = welcome_of(&p, entry_bare(&e));
	twice[0] = twice[1] = w.entries[0];
	w.entries = twice;
	w.n = 2;
	join_refused(&e, welcome_bytes(&p, &w), NO_OCTETS,
	    MLS_E_WELCOME_ENTRY_REPEATED);
	twice[1].new_member = flipped(&p, twice[1].new_member, 0);
	join_accepted(&e, welcome_bytes(&p, &w), NO_OCTETS);
	END(p, e);
}

Test(welcome, WELCOME_04_group_secrets_decrypt)
{
	struct mls_welcome w, v;
	ENTRY(p, e, 0);

	w = v = welcome_of(&p, entry_bare(&e));
	w.entries[0].secrets.ct = flipped(&p, v.entries[0].secrets.ct, 2);
	join_refused(&e, welcome_bytes(&p, &w), NO_OCTETS,
	    MLS_E_GROUP_SECRETS_DECRYPT);
	w = welcome_of(&p, entry_bare(&e));
	w.group_info = flipped(&p, w.group_info, 9);
	join_refused(&e, welcome_bytes(&p, &w), NO_OCTETS,
	    MLS_E_GROUP_SECRETS_DECRYPT);
	END(p, e);
}

Test(welcome, CRYPT_07_08_entry_lengths)
{
	struct mls_welcome w;
	ENTRY(p, e, 0);

	w = welcome_of(&p, entry_bare(&e));
	w.entries[0].secrets.enc = cut(w.entries[0].secrets.enc, 1);
	join_refused(&e, welcome_bytes(&p, &w), NO_OCTETS,
	    MLS_E_KEM_OUTPUT_LENGTH);
	w = welcome_of(&p, entry_bare(&e));
	w.entries[0].secrets.ct.len = 15;
	join_refused(&e, welcome_bytes(&p, &w), NO_OCTETS,
	    MLS_E_CIPHERTEXT_LENGTH);
	END(p, e);
}

/* The Welcome with other octets in its GroupSecrets. */
static struct mls_buf
with_secrets(struct entry *e, struct mls_buf pt)
{
	const struct mls_suite *s = e->p->m[0].group->suite;
	struct mls_welcome w = welcome_of(e->p, entry_bare(e));
	struct mls_hpke_info info_;
	struct mls_hpke_job job;
	uint8_t seed[256] = { 1 }, enc[256], *ct;

	ct = mls__arena_alloc(&e->p->arena, pt.len + s->nt);
	cr_assert_neq(ct, NULL);
	memset(&job, 0, sizeof(job));
	must(mls__hpke_prepare_label(&info_, s, "Welcome", w.group_info));
	job.pub = e->m->newcomers[0].init_key;
	job.seed = seed;
	job.plaintext = pt;
	job.enc = enc;
	job.ct = ct;
	must(mls__hpke_seal_many(&info_, &job, 1));
	w.entries[0].secrets.enc = mls__buf(enc, s->nenc);
	w.entries[0].secrets.ct = mls__buf(ct, pt.len + s->nt);
	return welcome_bytes(e->p, &w);
}

Test(welcome, WELCOME_05_group_secrets_malformed)
{
	struct mls_group_secrets gs;
	struct mls_writer w = { 0 };
	struct mls_buf pt;
	ENTRY(p, e, 0);

	memset(&gs, 0, sizeof(gs));
	gs.joiner_secret = mls__secret_buf(&e.m->joiner);
	mls__group_secrets_write(&w, &gs);
	pt = keep_writer(&p, &w);
	join_accepted(&e, with_secrets(&e, pt), NO_OCTETS);
	join_refused(&e, with_secrets(&e, longer(&p, pt, 1)), NO_OCTETS,
	    MLS_E_GROUP_SECRETS_MALFORMED);
	join_refused(&e, with_secrets(&e, cut(pt, 1)), NO_OCTETS,
	    MLS_E_GROUP_SECRETS_MALFORMED);
	join_refused(&e, with_secrets(&e, NO_OCTETS), NO_OCTETS,
	    MLS_E_GROUP_SECRETS_MALFORMED);
	END(p, e);
}

/* GroupSecrets with n times this PSK. */
static struct mls_buf
with_psks(struct entry *e, const struct mls_psk_id *id, size_t n)
{
	struct mls_group_secrets gs = { .n = n };
	struct mls_psk_id *psks = mls__arena_array(&e->p->arena, n,
	    sizeof(*psks));
	struct mls_writer w = { 0 };

	cr_assert_neq(psks, NULL);
	gs.joiner_secret = mls__secret_buf(&e->m->joiner);
	gs.psks = psks;
	while (n > 0)
		psks[--n] = *id;
	mls__group_secrets_write(&w, &gs);
	return with_secrets(e, keep_writer(e->p, &w));
}

/* What has an error of its own in a proposal has it here too. */
Test(welcome, WIRE_16_17_PSK_08_in_group_secrets)
{
	static const uint8_t types[] = { 0, 3, 255 }, usages[] = { 0, 4 };
	struct mls_psk_id id;
	size_t i;
	ENTRY(p, e, 0);

	memset(&id, 0, sizeof(id));
	id.nonce = nonce(&p, 1);
	for (i = 0; i < sizeof(types); i++) {
		id.type = types[i];
		join_refused(&e, with_psks(&e, &id, 1), NO_OCTETS,
		    MLS_E_UNKNOWN_PSK_TYPE);
	}
	id.type = MLS_PSK_RESUMPTION;
	for (i = 0; i < sizeof(usages); i++) {
		id.usage = usages[i];
		join_refused(&e, with_psks(&e, &id, 1), NO_OCTETS,
		    MLS_E_UNKNOWN_PSK_USAGE);
	}
	id.type = MLS_PSK_EXTERNAL;
	join_refused(&e, with_psks(&e, &id, 65536), NO_OCTETS,
	    MLS_E_PSK_TOO_MANY);
	join_refused(&e, with_psks(&e, &id, 65535), NO_OCTETS,
	    MLS_E_WELCOME_PSK_REPEATED);
	END(p, e);
}

Test(welcome, CRYPT_15_secret_length)
{
	ENTRY(p, e, MLS_COMMIT_FORCE_PATH);

	cr_assert_eq(e.m->newcomers[0].path.len, p.s->nh);
	e.m->newcomers[0].path.len = (uint8_t)(p.s->nh - 1);
	join_refused(&e, entry_bare(&e), NO_OCTETS, MLS_E_SECRET_LENGTH);
	e.m->newcomers[0].path.len = (uint8_t)p.s->nh;
	join_accepted(&e, entry_bare(&e), NO_OCTETS);
	e.m->joiner.len = (uint8_t)(p.s->nh + 1);
	join_refused(&e, entry_bare(&e), NO_OCTETS, MLS_E_SECRET_LENGTH);
	END(p, e);
}

Test(welcome, WELCOME_06_to_09_psks)
{
	struct mls_psk_id ids[2];
	struct mls_writer w = { 0 };
	ENTRY(p, e, 0);

	memset(ids, 0, sizeof(ids));
	ids[0].type = MLS_PSK_EXTERNAL;
	ids[0].id = text("unknown");
	ids[0].nonce = nonce(&p, 5);
	e.m->psks = ids;
	e.m->n_psks = 1;
	join_refused(&e, entry_bare(&e), NO_OCTETS, MLS_E_WELCOME_PSK_MISSING);
	ids[0].nonce.len--;
	join_refused(&e, entry_bare(&e), NO_OCTETS,
	    MLS_E_WELCOME_PSK_NONCE_LENGTH);
	ids[0].nonce.len++;
	ids[1] = ids[0];
	e.m->n_psks = 2;
	join_refused(&e, entry_bare(&e), NO_OCTETS,
	    MLS_E_WELCOME_PSK_REPEATED);
	ids[0].type = ids[1].type = MLS_PSK_RESUMPTION;
	ids[0].usage = MLS_PSK_BRANCH;
	ids[1].usage = MLS_PSK_REINIT;
	ids[0].group_id = ids[1].group_id = text("old");
	ids[1].nonce = nonce(&p, 6);
	join_refused(&e, entry_bare(&e), NO_OCTETS,
	    MLS_E_WELCOME_LINEAGE_PSK_REPEATED);
	ids[0].usage = ids[1].usage = MLS_PSK_APPLICATION;
	join_refused(&e, entry_bare(&e), NO_OCTETS, MLS_E_WELCOME_PSK_MISSING);
	mls__writer_free(&w);
	END(p, e);
}

Test(welcome, WELCOME_10_11_group_info)
{
	ENTRY(p, e, 0);

	e.m->psk.data[0] ^= 1;
	join_refused(&e, entry_bare(&e), NO_OCTETS, MLS_E_GROUP_INFO_DECRYPT);
	e.m->psk.data[0] ^= 1;
	entry_welcome(&e);
	e.m->group_info = longer(&p, e.m->group_info, 1);
	join_refused(&e, entry_bare(&e), NO_OCTETS,
	    MLS_E_GROUP_INFO_MALFORMED);
	END(p, e);
}

Test(welcome, WELCOME_12_13_20_context)
{
	ENTRY(p, e, 0);

	e.info.context.suite = p.other;
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_GROUP_INFO_CIPHER_SUITE);
	e.info.context.suite = p.suite;
	e.info.context.version = 2;
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_GROUP_INFO_VERSION);
	e.info.context.version = 1;
	e.info.context.epoch = 0;
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_WELCOME_EPOCH_ZERO);
	END(p, e);
}

Test(welcome, CRYPT_14_hash_length)
{
	struct mls_buf hash;
	ENTRY(p, e, 0);

	hash = e.info.context.tree_hash;
	e.info.context.tree_hash = cut(hash, 1);
	join_refused(&e, entry_welcome(&e), NO_OCTETS, MLS_E_HASH_LENGTH);
	e.info.context.tree_hash = hash;
	e.info.context.confirmed_transcript_hash = NO_OCTETS;
	join_refused(&e, entry_welcome(&e), NO_OCTETS, MLS_E_HASH_LENGTH);
	END(p, e);
}

Test(welcome, WELCOME_14_group_id_in_use)
{
	ENTRY(p, e, 0);

	make_group(e.newcomer, p.suite, "rules");
	join_refused(&e, entry_bare(&e), NO_OCTETS, MLS_E_GROUP_ID_IN_USE);
	END(p, e);
}

Test(welcome, WELCOME_15_16_tree)
{
	struct mls_buf tree;
	ENTRY(p, e, 0);

	tree = e.tree;
	join_refused(&e, entry_welcome(&e), flipped(&p, tree, 20),
	    MLS_E_RATCHET_TREE_CONFLICT);
	e.info.extensions = NO_OCTETS;
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_RATCHET_TREE_MISSING);
	join_accepted(&e, entry_welcome(&e), tree);
	END(p, e);
}

Test(welcome, WELCOME_18_own_leaf_absent)
{
	struct package_spec spec = { 0 };
	struct mls_key_package kp;
	struct mls_reader r;
	ENTRY(p, e, 0);

	mls__reader_init(&r, forge_package(&p, 4, &spec));
	mls__key_package_read(&kp, &r);
	entry_node(&e, 8, kp.leaf.raw);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_OWN_LEAF_ABSENT);
	END(p, e);
}

Test(welcome, WELCOME_19_signer_is_self)
{
	struct mls_store_txn t = { 0 };
	struct mls_own_package own;
	bool found;
	ENTRY(p, e, 0);

	must(mls__txn_begin(&t, &e.newcomer->client->store, false));
	must(mls__own_package_find(&own, &found, e.newcomer->client, &t,
	    e.m->newcomers[0].ref));
	mls__txn_end(&t);
	e.key = own.sign;
	e.info.signer = 4;
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_WELCOME_SIGNER_IS_SELF);
	mls__own_package_free(&own);
	END(p, e);
}

Test(welcome, WELCOME_21_path_secret_misplaced)
{
	ENTRY(p, e, 0);

	/* The tree has just doubled: its root is blank. */
	e.m->newcomers[0].path.len = (uint8_t)p.s->nh;
	join_refused(&e, entry_bare(&e), NO_OCTETS,
	    MLS_E_WELCOME_PATH_SECRET_MISPLACED);
	END(p, e);
}

Test(welcome, WELCOME_22_path_key_mismatch)
{
	ENTRY(p, e, MLS_COMMIT_FORCE_PATH);

	e.m->newcomers[0].path.data[7] ^= 1;
	join_refused(&e, entry_bare(&e), NO_OCTETS,
	    MLS_E_WELCOME_PATH_KEY_MISMATCH);
	END(p, e);
}

Test(welcome, WELCOME_24_GI_05_confirmation_tag)
{
	struct mls_buf tag;
	ENTRY(p, e, 0);

	tag = e.info.confirmation_tag;
	e.info.confirmation_tag = flipped(&p, tag, 0);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_WELCOME_CONFIRMATION_TAG);
	e.info.confirmation_tag = cut(tag, 1);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_GROUP_INFO_TAG_LENGTH);
	e.info.confirmation_tag = NO_OCTETS;
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_GROUP_INFO_TAG_LENGTH);
	END(p, e);
}

Test(welcome, WELCOME_25_extension_unsupported)
{
	ENTRY(p, e, 0);

	e.info.context.extensions = extension(&p, 0xf001, text("x"));
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_JOINER_EXTENSION_UNSUPPORTED);
	e.info.context.extensions = extension(&p, MLS_EXT_APPLICATION_ID,
	    mls__buf("\1a", 2));
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_EXTENSION_WRONG_PLACE);
	END(p, e);
}

Test(welcome, GI_01_LIMIT_03_signer_unknown)
{
	ENTRY(p, e, 0);

	e.info.signer = 5;
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_GROUP_INFO_SIGNER_UNKNOWN);
	e.info.signer = 99;
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_GROUP_INFO_SIGNER_UNKNOWN);
	e.info.signer = MLS_MAX_LEAVES;
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_LEAF_INDEX_TOO_LARGE);
	END(p, e);
}

Test(welcome, GI_02_signature)
{
	ENTRY(p, e, 0);

	e.info.signer = 1;
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_GROUP_INFO_SIGNATURE);
	e.info.signer = 0;
	entry_welcome(&e);
	e.m->group_info = flipped(&p, e.m->group_info, -2);
	join_refused(&e, entry_bare(&e), NO_OCTETS,
	    MLS_E_GROUP_INFO_SIGNATURE);
	END(p, e);
}

Test(welcome, GI_06_unknown_extension)
{
	ENTRY(p, e, 0);

	e.info.extensions = joined(&p, e.info.extensions,
	    extension(&p, 0x2a2a, text("grease")));
	join_accepted(&e, entry_welcome(&e), NO_OCTETS);
	END(p, e);
}

Test(welcome, KP_13_key_package_consumed)
{
	struct mls_bytes message, welcome;
	mls_change *one, *two;
	ENTRY(p, e, 0);

	must(mls_change_release(&message, e.c));
	must(mls_change_welcome(&welcome, e.c));
	must(mls_group_join(&one, e.newcomer->client, octets(&welcome),
	    NO_OCTETS));
	must(mls_group_join(&two, e.newcomer->client, octets(&welcome),
	    NO_OCTETS));
	must(mls_change_apply(one));
	must_fail(mls_change_apply(two), MLS_E_CHANGE_STALE);
	must(mls_change_group(&e.newcomer->group, one));
	mls_change_drop(one);
	mls_change_drop(two);
	join_refused(&e, octets(&welcome), NO_OCTETS,
	    MLS_E_KEY_PACKAGE_CONSUMED);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	END(p, e);
}

Test(welcome, WELCOME_18_own_leaf_changed)
{
	struct mls_store_txn t = { 0 };
	struct mls_own_package own;
	struct mls_leaf fields;
	struct mls_node *node;
	bool found;
	ENTRY(p, e, 0);

	must(mls__txn_begin(&t, &e.newcomer->client->store, false));
	must(mls__own_package_find(&own, &found, e.newcomer->client, &t,
	    e.m->newcomers[0].ref));
	mls__txn_end(&t);
	fields = own.package.leaf;
	fields.not_after--;
	must(mls__leaf_sign(&node, &fields, own.suite, own.sign, NO_OCTETS,
	    0));
	entry_node(&e, 8, node->raw);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_OWN_LEAF_ABSENT);
	mls__node_free(node);
	mls__own_package_free(&own);
	END(p, e);
}
