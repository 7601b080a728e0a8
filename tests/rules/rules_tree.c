/* SPDX-License-Identifier: MIT */
/* TREE, LEAF: the tree of a group being joined (RFC 9420 §7.8, §7.9,
 * §12.4.3.1). */
#include "rules/welcome.h"

#define ENTRY(p, e) \
	struct party p; \
	struct entry e; \
	party_new(&p, NULL, 4); \
	entry_new(&e, &p, 0)

#define END(p, e) do { \
	entry_free(&e); \
	party_free(&p); \
} while (0)

static struct mls_leaf
leaf_at(struct entry *e, uint32_t leaf)
{
	struct mls_leaf fields;
	struct mls_reader r;

	mls__reader_init(&r, entry_raw(e, 2 * leaf));
	mls__leaf_read(&fields, &r);
	return fields;
}

/* A member's leaf with other fields, signed by that member. */
static void
resign(struct entry *e, uint32_t leaf, const struct mls_leaf *fields,
    uint32_t index)
{
	mls_group *g = e->p->m[leaf].group;
	struct mls_node *node;

	must(mls__leaf_sign(&node, fields, g->suite, g->state->sign_key,
	    g->state->context.group_id, index));
	entry_node(e, 2 * leaf, node->raw);
	mls__node_free(node);
}

static struct mls_parent
parent_at(struct entry *e, uint32_t node)
{
	struct mls_parent fields;
	struct mls_reader r;

	mls__reader_init(&r, entry_raw(e, node));
	mls__parent_read(&fields, &r);
	return fields;
}

static void
put_parent(struct entry *e, uint32_t node, const struct mls_parent *fields)
{
	struct mls_writer w = { 0 };

	mls__write_opaque(&w, fields->encryption_key);
	mls__write_opaque(&w, fields->parent_hash);
	mls__write_opaque(&w, fields->unmerged);
	entry_node(e, node, keep_writer(e->p, &w));
}

Test(tree, TREE_01_02_shape)
{
	ENTRY(p, e);

	entry_tree(&e, mls__buf("\0", 1));
	join_refused(&e, entry_welcome(&e), NO_OCTETS, MLS_E_TREE_EMPTY);
	entry_tree(&e, mls__buf("\1\0", 2));
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_TREE_TRAILING_BLANK);
	END(p, e);
}

Test(tree, TREE_06_WELCOME_17_hash)
{
	ENTRY(p, e);

	e.info.context.tree_hash = flipped(&p, e.info.context.tree_hash, 0);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_TREE_HASH_MISMATCH);
	END(p, e);
}

Test(tree, TREE_07_parent_hash_uncovered)
{
	struct mls_parent fields;
	ENTRY(p, e);

	fields = parent_at(&e, 3);
	fields.encryption_key = flipped(&p, fields.encryption_key, 3);
	put_parent(&e, 3, &fields);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_PARENT_HASH_UNCOVERED);
	END(p, e);
}

Test(tree, TREE_07_parent_hash_emptied)
{
	struct mls_parent fields;
	ENTRY(p, e);

	fields = parent_at(&e, 1);
	fields.parent_hash = NO_OCTETS;
	put_parent(&e, 1, &fields);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_PARENT_HASH_UNCOVERED);
	END(p, e);
}

Test(tree, TREE_12_to_16_unmerged)
{
	struct mls_parent fields, good;
	ENTRY(p, e);

	good = fields = parent_at(&e, 3);
	fields.unmerged = mls__buf("\0\0\0\2\0\0\0\1", 8);
	put_parent(&e, 3, &fields);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_UNMERGED_LEAVES_UNSORTED);
	fields.unmerged = mls__buf("\0\0\0\x63", 4);
	put_parent(&e, 3, &fields);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_UNMERGED_LEAF_OUT_OF_RANGE);
	fields.unmerged = mls__buf("\0\0\0\4", 4);
	put_parent(&e, 3, &fields);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_UNMERGED_LEAF_NOT_BELOW);
	fields.unmerged = mls__buf("\0\0\0\1", 4);
	put_parent(&e, 3, &fields);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_UNMERGED_LEAF_GAP);
	put_parent(&e, 3, &good);
	join_accepted(&e, entry_welcome(&e), NO_OCTETS);
	END(p, e);
}

Test(tree, TREE_17_duplicate_parent_key)
{
	struct mls_parent fields;
	ENTRY(p, e);

	fields = parent_at(&e, 3);
	fields.encryption_key = parent_at(&e, 1).encryption_key;
	put_parent(&e, 3, &fields);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_DUPLICATE_PARENT_KEY);
	END(p, e);
}

Test(tree, TREE_18_parent_over_empty_side)
{
	ENTRY(p, e);

	entry_node(&e, 4, NO_OCTETS);
	entry_node(&e, 6, NO_OCTETS);
	entry_node(&e, 5, NO_OCTETS);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_PARENT_OVER_EMPTY_SIDE);
	END(p, e);
}

Test(tree, LEAF_02_swapped)
{
	struct mls_buf one, two;
	ENTRY(p, e);

	one = entry_raw(&e, 2);
	two = entry_raw(&e, 4);
	entry_node(&e, 2, two);
	entry_node(&e, 4, one);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_LEAF_GROUP_SIGNATURE);
	END(p, e);
}

Test(tree, TREE_19_LEAF_02_to_06_leaf_rules)
{
	struct mls_leaf fields, good;
	uint32_t leaf;
	ENTRY(p, e);

	for (leaf = 0; leaf < 4; leaf += 3) {
		good = fields = leaf_at(&e, leaf);
		fields.capabilities.credentials = mls__buf("\0\2", 2);
		resign(&e, leaf, &fields, leaf);
		join_refused(&e, entry_welcome(&e), NO_OCTETS,
		    MLS_E_LEAF_CREDENTIAL_UNLISTED);
		fields = good;
		fields.extensions = extension(&p, 0xf001, text("x"));
		resign(&e, leaf, &fields, leaf);
		join_refused(&e, entry_welcome(&e), NO_OCTETS,
		    MLS_E_LEAF_EXTENSION_UNLISTED);
		fields = good;
		fields.capabilities.extensions = mls__buf("\0\1", 2);
		resign(&e, leaf, &fields, leaf);
		join_refused(&e, entry_welcome(&e), NO_OCTETS,
		    MLS_E_DEFAULT_TYPE_LISTED);
		fields = good;
		fields.capabilities.suites = NO_OCTETS;
		resign(&e, leaf, &fields, leaf);
		join_refused(&e, entry_welcome(&e), NO_OCTETS,
		    MLS_E_LEAF_GROUP_PARAMETERS_UNLISTED);
		resign(&e, leaf, &good, leaf + 1);
		join_refused(&e, entry_welcome(&e), NO_OCTETS,
		    MLS_E_LEAF_GROUP_SIGNATURE);
		resign(&e, leaf, &good, leaf);
	}
	END(p, e);
}

Test(tree, LEAF_22_23_duplicate_keys)
{
	struct mls_leaf fields, good;
	ENTRY(p, e);

	good = fields = leaf_at(&e, 2);
	fields.signature_key = leaf_at(&e, 0).signature_key;
	resign(&e, 2, &fields, 2);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_DUPLICATE_SIGNATURE_KEY);
	fields = good;
	fields.encryption_key = leaf_at(&e, 0).encryption_key;
	resign(&e, 2, &fields, 2);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_DUPLICATE_ENCRYPTION_KEY);
	END(p, e);
}

Test(tree, LEAF_07_10_joined_tree)
{
	static const uint16_t types[] = { 0xf001 };
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_leaf fields;
	struct party p;
	struct entry e;

	policy.extensions = types;
	policy.n_extensions = 1;
	party_new(&p, &policy, 4);
	entry_new(&e, &p, 0);
	fields = leaf_at(&e, 1);
	fields.capabilities.extensions = NO_OCTETS;
	resign(&e, 1, &fields, 1);
	e.info.context.extensions = extension(&p, 0xf001, text("x"));
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_LEAF_GROUP_EXTENSION_UNSUPPORTED);
	e.info.context.extensions = extension(&p,
	    MLS_EXT_REQUIRED_CAPABILITIES, mls__buf("\2\xf0\1\0\0", 5));
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_REQUIRED_EXTENSION_MISSING);
	END(p, e);
}

Test(tree, LIMIT_02_tree_too_large)
{
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct package_spec spec = { 0 };
	struct mls_bytes kp;
	struct party p;
	struct entry e;
	mls_change *c;

	party_new(&p, NULL, 4);
	entry_new(&e, &p, 0);
	/* The newcomer's own context takes less. */
	e.newcomer->client->context->policy.max_members = 4;
	join_refused(&e, entry_bare(&e), NO_OCTETS, MLS_E_TREE_TOO_LARGE);
	refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_add(&p,
	    forge_package(&p, 4, &spec))), MLS_E_TREE_TOO_LARGE);
	kp = make_package(&p.m[4], p.suite);
	add.key_package = octets(&kp);
	must_fail(mls_group_make_commit(&c, p.m[0].group,
	    &(struct mls_commit_options){ .size = sizeof(struct
	    mls_commit_options), .intents = &add, .n_intents = 1 }),
	    MLS_E_TREE_TOO_LARGE);
	mls_bytes_free(&kp);
	END(p, e);
}

Test(tree, TREE_14_unmerged_leaf_blank)
{
	struct mls_parent fields;
	ENTRY(p, e);

	fields = parent_at(&e, 3);
	fields.encryption_key = flipped(&p, fields.encryption_key, 3);
	fields.unmerged = mls__buf("\0\0\0\5", 4);
	put_parent(&e, 7, &fields);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_UNMERGED_LEAF_BLANK);
	END(p, e);
}

Test(tree, TREE_03_04_nodes_in_wrong_places)
{
	struct mls_writer w = { 0 };
	struct mls_buf leaf;
	size_t at;
	ENTRY(p, e);

	leaf = entry_raw(&e, 0);
	at = mls__write_open(&w);
	mls__write_u8(&w, 0);
	mls__write_bytes(&w, mls__buf("\1\1", 2));
	mls__write_bytes(&w, leaf);
	mls__write_close(&w, at);
	entry_tree(&e, keep_writer(&p, &w));
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_TREE_NODE_POSITION);
	at = mls__write_open(&w);
	mls__write_bytes(&w, mls__buf("\1\1", 2));
	mls__write_bytes(&w, leaf);
	mls__write_bytes(&w, mls__buf("\1\2\1k\0\0", 6));
	mls__write_close(&w, at);
	entry_tree(&e, keep_writer(&p, &w));
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_TREE_EVEN_LENGTH);
	END(p, e);
}

/* Alice and the rest know X.509 as well; Bob has it. */
Test(tree, LEAF_11_12_credential_types)
{
	struct mls_leaf fields;
	uint32_t leaf;
	ENTRY(p, e);

	fields = leaf_at(&e, 1);
	fields.credential.type = MLS_CRED_X509;
	fields.credential.raw = x509_chain(&p, fields.signature_key);
	fields.capabilities.credentials = mls__buf("\0\2\0\1", 4);
	resign(&e, 1, &fields, 1);
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_CREDENTIAL_TYPE_IN_USE_UNSUPPORTED);
	for (leaf = 0; leaf < 4; leaf++) {
		fields = leaf_at(&e, leaf);
		fields.capabilities.credentials = mls__buf("\0\2\0\1", 4);
		resign(&e, leaf, &fields, leaf);
	}
	/* Only the newcomer does not. */
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_CREDENTIAL_TYPE_UNSUPPORTED_BY_MEMBER);
	END(p, e);
}
