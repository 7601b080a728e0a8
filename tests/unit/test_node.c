/* SPDX-License-Identifier: MIT */
/* Credentials, leaf and parent nodes, extension lists: octets and limits. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/error.h"
#include "fixture.h"
#include "tree/node.h"

/* What of a leaf a test may set otherwise. */
struct form {
	uint16_t credential;
	uint8_t source;
	size_t certificates, identity;
	struct mls_buf list; /* the last capability list */
	struct mls_buf extensions;
};

static const struct form plain = { .credential = MLS_CRED_BASIC,
	.source = MLS_LEAF_KEY_PACKAGE, .identity = 5 };

static uint8_t zeros[2 << 20];

static void
write_leaf(struct mls_writer *w, const struct form *f)
{
	static const uint8_t grease[] = { 0, 1, 0x0a, 0x0a, 0, 1 };
	size_t i, at;

	mls__write_opaque(w, mls__buf_str("encryption"));
	mls__write_opaque(w, mls__buf_str("signature"));
	mls__write_u16(w, f->credential);
	if (f->credential == MLS_CRED_X509) {
		at = mls__write_open(w);
		for (i = 0; i < f->certificates; i++)
			mls__write_opaque(w, mls__buf_str("certificate"));
		mls__write_close(w, at);
	} else {
		mls__write_opaque(w, mls__buf(zeros, f->identity));
	}
	for (i = 0; i < 4; i++)
		mls__write_opaque(w, mls__buf(grease, sizeof(grease)));
	mls__write_opaque(w, f->list);
	mls__write_u8(w, f->source);
	if (f->source == MLS_LEAF_KEY_PACKAGE) {
		mls__write_u64(w, 7);
		mls__write_u64(w, UINT64_MAX);
	} else if (f->source == MLS_LEAF_COMMIT) {
		mls__write_opaque(w, mls__buf_str("hash"));
	}
	mls__write_opaque(w, f->extensions);
	mls__write_opaque(w, mls__buf_str("sig"));
}

static int
read_form(const struct form *f)
{
	struct mls_writer w = { 0 };
	struct mls_node *node = NULL;
	struct mls_leaf leaf;
	struct mls_reader r;
	int rc;

	write_leaf(&w, f);
	mls__reader_init(&r, mls__writer_buf(&w));
	mls__leaf_read(&leaf, &r);
	rc = mls__reader_end(&r);
	/* What was taken once is not asked for its credential again. */
	if (rc != MLS_E_UNKNOWN_CREDENTIAL_TYPE)
		cr_assert_eq(mls__node_new_leaf(&node, mls__writer_buf(&w)),
		    rc);
	cr_assert_eq(node == NULL, rc != 0);
	mls__node_free(node);
	mls__writer_free(&w);
	return rc;
}

Test(node, WIRE_05_06_20_25_leaf_octets)
{
	struct form f = plain;
	struct mls_writer w = { 0 };
	struct mls_node *node = NULL, *other = NULL;
	const struct mls_leaf *l;
	size_t i;

	write_leaf(&w, &f);
	cr_assert_eq(mls__node_new_leaf(&node, mls__writer_buf(&w)), 0);
	l = &node->open->leaf;
	cr_assert(mls__equal(l->raw, mls__writer_buf(&w)));
	cr_assert(mls__equal(node->raw, l->raw));
	cr_assert(mls__equal(l->encryption_key, mls__buf_str("encryption")));
	cr_assert(mls__equal(l->signature_key, mls__buf_str("signature")));
	cr_assert_eq(l->credential.identity.len, 5);
	cr_assert_eq(l->credential.raw.len, 8);
	cr_assert_eq(l->capabilities.raw.len, 4 * 7 + 1);
	cr_assert_eq(l->not_before, 7);
	cr_assert_eq(l->not_after, UINT64_MAX);
	cr_assert_eq(l->tbs.len + 4, l->raw.len);
	cr_assert(mls__equal(l->signature, mls__buf_str("sig")));
	cr_assert(mls__list16_has(l->capabilities.proposals, 0x0a0a));
	cr_assert_not(mls__list16_has(l->capabilities.proposals, 0x0100));
	for (i = 0; i < w.len; i++)
		cr_assert_neq(mls__node_new_leaf(&other, mls__buf(w.data,
		    i)), 0);
	mls__write_u8(&w, 0);
	cr_assert_eq(mls__node_new_leaf(&other, mls__writer_buf(&w)),
	    MLS_E_TRAILING_BYTES);
	mls__node_free(node);
	mls__writer_free(&w);
}

Test(node, WIRE_14_19_CRED_05_LIMIT_13_leaf_fields)
{
	struct form f = plain;

	for (f.source = 1; f.source <= 3; f.source++)
		cr_assert_eq(read_form(&f), 0);
	cr_assert_eq(read_form(&f), MLS_E_UNKNOWN_LEAF_NODE_SOURCE);
	f.source = 0;
	cr_assert_eq(read_form(&f), MLS_E_UNKNOWN_LEAF_NODE_SOURCE);
	f = plain;
	f.credential = 0x1a1a;
	cr_assert_eq(read_form(&f), MLS_E_UNKNOWN_CREDENTIAL_TYPE);
	f.credential = MLS_CRED_X509;
	cr_assert_eq(read_form(&f), MLS_E_X509_CHAIN_EMPTY);
	f.certificates = MLS_LIMIT_CHAIN;
	cr_assert_eq(read_form(&f), 0);
	f.certificates++;
	cr_assert_eq(read_form(&f), MLS_E_CREDENTIAL_TOO_LARGE);
	f = plain;
	f.identity = MLS_LIMIT_CREDENTIAL - 6;
	cr_assert_eq(read_form(&f), 0);
	f.identity++;
	cr_assert_eq(read_form(&f), MLS_E_CREDENTIAL_TOO_LARGE);
}

Test(node, WIRE_07_26_LIMIT_12_capability_lists)
{
	struct form f = plain;

	f.list = mls__buf(zeros, 3);
	cr_assert_eq(read_form(&f), MLS_E_VECTOR_PARTIAL_ELEMENT);
	f.list.len = 2 * MLS_LIMIT_CAPABILITIES;
	cr_assert_eq(read_form(&f), 0);
	f.list.len += 2;
	cr_assert_eq(read_form(&f), MLS_E_TOO_MANY_CAPABILITIES);
}

static int
read_extensions(struct mls_writer *w)
{
	struct form f = plain;
	int rc;

	f.extensions = mls__writer_buf(w);
	rc = read_form(&f);
	mls__writer_free(w);
	return rc;
}

static void
extension(struct mls_writer *w, uint16_t type, size_t len)
{
	mls__write_u16(w, type);
	mls__write_opaque(w, mls__buf(zeros, len));
}

Test(node, WIRE_07_21_LIMIT_11_extension_lists)
{
	struct mls_writer w = { 0 };
	struct mls_buf data;
	uint16_t i;

	for (i = 0; i < MLS_LIMIT_EXTENSIONS; i++)
		extension(&w, (uint16_t)(0xf000 + i), i);
	cr_assert(mls__extension_find(&data, mls__writer_buf(&w), 0xf007));
	cr_assert_eq(data.len, 7);
	cr_assert_not(mls__extension_find(&data, mls__writer_buf(&w), 7));
	cr_assert_eq(read_extensions(&w), 0);
	for (i = 0; i <= MLS_LIMIT_EXTENSIONS; i++)
		extension(&w, (uint16_t)(0xf000 + i), i);
	cr_assert_eq(read_extensions(&w), MLS_E_TOO_MANY_EXTENSIONS);
	extension(&w, 0xf000, 3);
	extension(&w, 0xf001, 3);
	extension(&w, 0xf000, 2);
	cr_assert_eq(read_extensions(&w), MLS_E_DUPLICATE_EXTENSION);
	extension(&w, MLS_EXT_RATCHET_TREE, sizeof(zeros));
	cr_assert_eq(read_extensions(&w), 0);
	extension(&w, 0xf000, MLS_LIMIT_EXTENSION_BYTES);
	cr_assert_eq(read_extensions(&w), MLS_E_TOO_MANY_EXTENSIONS);
	extension(&w, 0xf000, 3);
	mls__write_u8(&w, 0);
	cr_assert_eq(read_extensions(&w), MLS_E_VECTOR_PARTIAL_ELEMENT);
}

Test(node, defaults)
{
	static const uint8_t list[] = { 0xf0, 1 };
	struct mls_capabilities c = { .extensions = mls__buf(list, 2),
		.proposals = mls__buf(list, 2) };
	uint16_t i;

	for (i = 0; i < 12; i++) {
		cr_assert_eq(mls__leaf_supports_extension(&c, i),
		    i >= 1 && i <= 5);
		cr_assert_eq(mls__leaf_supports_proposal(&c, i),
		    i >= 1 && i <= 7);
	}
	cr_assert(mls__leaf_supports_extension(&c, 0xf001));
	cr_assert(mls__leaf_supports_proposal(&c, 0xf001));
}

Test(node, parent_octets)
{
	static const uint32_t list[] = { 1, 4, 0x10203 };
	struct mls_node *node = NULL, *other = NULL;
	const struct mls_parent *p;
	struct mls_writer w = { 0 };
	size_t i;

	cr_assert_eq(mls__node_make_parent(&node, mls__buf_str("key"),
	    mls__buf_str("hash"), list, 3), 0);
	p = &node->open->parent;
	cr_assert_not(node->is_leaf);
	cr_assert_eq(mls__unmerged_count(p), 3);
	for (i = 0; i < 3; i++)
		cr_assert_eq(mls__unmerged_at(p, i), list[i]);
	cr_assert_eq(mls__unmerged_from(p, 0), 0);
	cr_assert_eq(mls__unmerged_from(p, 4), 1);
	cr_assert_eq(mls__unmerged_from(p, 5), 2);
	cr_assert_eq(mls__unmerged_from(p, 0x10204), 3);
	for (i = 0; i < node->raw.len; i++)
		cr_assert_neq(mls__node_new_parent(&other,
		    mls__buf(node->raw.data, i)), 0);
	mls__write_opaque(&w, mls__buf_str("key"));
	mls__write_opaque(&w, mls__buf_str("hash"));
	mls__write_opaque(&w, mls__buf(zeros, 5));
	cr_assert_eq(mls__node_new_parent(&other, mls__writer_buf(&w)),
	    MLS_E_VECTOR_PARTIAL_ELEMENT);
	mls__writer_free(&w);
	cr_assert_eq(mls__node_ref(node), node);
	mls__node_free(node);
	cr_assert_eq(node->refs, 1);
	mls__node_free(node);
}

static int
verify(const struct mls_suite *s, const struct mls_leaf *leaf,
    const char *group, uint32_t index)
{
	struct mls_verify_job job;
	struct mls_writer w = { 0 };
	int rc;

	mls__leaf_verify_job(&job, &w, leaf, mls__buf_str(group), index);
	rc = mls__verify_with_label(s, &job);
	mls__writer_free(&w);
	return rc;
}

Test(node, LEAF_01_02_leaf_signatures)
{
	struct form f = plain;
	struct mls_writer w = { 0 };
	struct mls_node *form = NULL, *made;
	struct mls_privkey *key;
	struct fixture fix;
	struct mls_leaf fields;
	int bound, source;

	fixture_open(&fix, 1);
	cr_assert_eq(mls__key_generate_sign(&key, fix.suite), 0);
	write_leaf(&w, &f);
	cr_assert_eq(mls__node_new_leaf(&form, mls__writer_buf(&w)), 0);
	fields = form->open->leaf;
	fields.signature_key = mls__key_public(key);
	for (source = 1; source <= 3; source++) {
		fields.source = (uint8_t)source;
		bound = source == MLS_LEAF_KEY_PACKAGE ? 0 :
		    MLS_E_LEAF_GROUP_SIGNATURE;
		made = NULL;
		cr_assert_eq(mls__leaf_sign(&made, &fields, fix.suite, key,
		    mls__buf_str("g"), 5), 0);
		cr_assert_eq(made->open->leaf.source, source);
		cr_assert_eq(verify(fix.suite, &made->open->leaf, "g", 5), 0);
		cr_assert_eq(verify(fix.suite, &made->open->leaf, "h", 5), bound);
		cr_assert_eq(verify(fix.suite, &made->open->leaf, "g", 6), bound);
		made->open->leaf.tbs.len--;
		cr_assert_eq(verify(fix.suite, &made->open->leaf, "g", 5),
		    bound != 0 ? bound : MLS_E_LEAF_SIGNATURE);
		mls__node_free(made);
	}
	mls__node_free(form);
	mls__writer_free(&w);
	mls__key_free(key);
	fixture_close(&fix);
}
