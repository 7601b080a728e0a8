/* SPDX-License-Identifier: MIT */
/* framework/group/inspect: every object as text. */
#include "message_fixture.h"

#include "libmls/mls.h"

TestSuite(inspect, .init = set_up, .fini = tear_down);

static int
inspect(struct mls_bytes *text, struct mls_buf in)
{
	struct mls_bytes t = { (uint8_t *)text, 77 };
	int rc = mls_inspect(&t, NULL, in);

	if (rc != 0) { /* nothing is written */
		cr_assert_eq(t.data, (uint8_t *)text);
		cr_assert_eq(t.len, 77);
		return rc;
	}
	cr_assert_eq(t.data[t.len], 0);
	cr_assert_eq(strlen((char *)t.data), t.len);
	*text = t;
	return 0;
}

static void
shows(struct mls_buf in, const char *const *lines)
{
	struct mls_bytes text;

	cr_assert_eq(inspect(&text, in), 0);
	for (; *lines != NULL; lines++)
		cr_assert_not_null(strstr((char *)text.data, *lines),
		    "no '%s' in:\n%s", *lines, (char *)text.data);
	mls_bytes_free(&text);
}

/* Whole messages, and each cut everywhere. */
Test(inspect, messages)
{
	struct mls_writer w = { 0 };
	struct mls_bytes text;
	unsigned which;
	uint8_t *copy;
	size_t i;

	for (which = 0; put_message(&w, which); which++) {
		cr_assert_eq(inspect(&text, mls__writer_buf(&w)), 0, "%u",
		    which);
		cr_assert_eq(strncmp((char *)text.data, "MLSMessage\n", 11),
		    0);
		/* What is said in a message is not shown. */
		cr_assert_null(strstr((char *)text.data, "hello"));
		cr_assert_null(strstr((char *)text.data, "68656c6c6f"));
		mls_bytes_free(&text);
		for (i = 0; i < w.len; i++) {
			copy = malloc(i + 1);
			memcpy(copy, w.data, i);
			cr_assert_neq(inspect(&text, mls__buf(copy, i)), 0,
			    "%u cut at %zu", which, i);
			free(copy);
		}
		mls__writer_reset(&w);
	}
	mls__writer_free(&w);
}

Test(inspect, commit)
{
	static const char *const lines[] = {
		"wire_format: mls_public_message (0x0001)\n",
		"group_id: \"group\"\n", "epoch: 9\n",
		"sender: member, leaf 1\n", "content: commit\n",
		"proposal: add\n", "proposal: update\n", "removed: leaf 7\n",
		"proposal: psk\n", "psktype: external\n",
		"proposal: reinit\n", "cipher_suite: grease (0x0a0a)\n",
		"proposal: external_init\n",
		"proposal: group_context_extensions\n",
		"proposal reference: 0102", "leaf_node_source: commit\n",
		"path node 1\n", "encrypted_path_secret: for 1 recipients\n",
		"confirmation_tag: 0102", "membership_tag: 0102", NULL
	};
	struct mls_writer w = { 0 };

	put_public(&w, MLS_SENDER_MEMBER, MLS_CONTENT_COMMIT);
	shows(mls__writer_buf(&w), lines);
	mls__writer_free(&w);
}

/* What is encrypted shows as its length. */
Test(inspect, encrypted)
{
	static const char *const private[] = { "PrivateMessage\n",
		"content_type: application\n", "authenticated_data: 616164\n",
		"encrypted_sender_data: (28 octets)\n",
		"ciphertext: (90 octets)\n", NULL };
	static const char *const welcome[] = { "Welcome\n", "secrets 1\n",
		"kem_output: (32 octets)\n", "ciphertext: (51 octets)\n",
		"encrypted_group_info: (100 octets)\n", NULL };
	struct mls_writer w = { 0 };

	put_message(&w, 12);
	shows(mls__writer_buf(&w), private);
	mls__writer_reset(&w);
	put_message(&w, 13);
	shows(mls__writer_buf(&w), welcome);
	mls__writer_free(&w);
}

/* Without the MLSMessage around it, though it starts like one. */
Test(inspect, bare)
{
	static const char *const info[] = { "GroupInfo\n",
		"tree_hash: 0102", "signer: leaf 4294967295\n", NULL };
	static const char *const package[] = { "KeyPackage\n",
		"cipher_suite: 0x0001\n", "init_key: 0102",
		"not_before: 1970-01-01 00:00:00 UTC (0)\n",
		"not_after: 18446744073709551615\n", "identity: 0102030000\n",
		"-: grease (0x0a0a)\n", NULL };
	struct mls_writer w = { 0 };
	struct mls_bytes text;

	put_message(&w, 14);
	shows(mls__buf(w.data + 4, w.len - 4), info);
	mls__writer_reset(&w);
	put_message(&w, 15);
	shows(mls__buf(w.data + 4, w.len - 4), package);
	cr_assert_eq(inspect(&text, mls__buf(w.data + 4, w.len - 4)), 0);
	cr_assert_eq(strncmp((char *)text.data, "KeyPackage\n", 11), 0);
	mls_bytes_free(&text);
	mls__writer_free(&w);
}

static void
put_tree(struct mls_writer *w)
{
	size_t at = mls__write_open(w), in;

	mls__write_u8(w, 1); /* node 0 */
	mls__write_u8(w, 1);
	put_leaf(w, MLS_LEAF_KEY_PACKAGE);
	mls__write_u8(w, 1); /* node 1 */
	mls__write_u8(w, 2);
	mls__write_opaque(w, PART(32));
	mls__write_opaque(w, PART(0));
	in = mls__write_open(w);
	mls__write_u32(w, 1);
	mls__write_close(w, in);
	mls__write_u8(w, 0); /* node 2 */
	mls__write_close(w, at);
}

Test(inspect, tree)
{
	static const char *const lines[] = { "RatchetTree\n",
		"  node 0: leaf 0\n", "  node 1: parent\n",
		"    parent_hash: (empty)\n", "    unmerged_leaf: 1\n",
		"  blank node: 2\n", NULL };
	struct mls_writer w = { 0 };
	struct mls_bytes text;

	put_tree(&w);
	shows(mls__writer_buf(&w), lines);
	cr_assert_eq(inspect(&text, mls__buf(w.data, w.len - 1)),
	    MLS_E_VECTOR_OVERRUNS_INPUT);
	mls__write_u8(&w, 0);
	cr_assert_eq(inspect(&text, mls__writer_buf(&w)),
	    MLS_E_TRAILING_BYTES);
	mls__writer_free(&w);
}

/* A parent in a leaf's place. */
Test(inspect, tree_node_position)
{
	struct bytes tree = hex("0501" "02000000");
	struct bytes unknown = hex("0201" "03");
	struct bytes none = hex("00");
	struct mls_bytes text;

	cr_assert_eq(inspect(&text, BUF(tree)), MLS_E_TREE_NODE_POSITION);
	cr_assert_eq(inspect(&text, BUF(unknown)), MLS_E_UNKNOWN_NODE_TYPE);
	cr_assert_eq(inspect(&text, BUF(none)), MLS_E_TREE_EMPTY);
	cr_assert_neq(inspect(&text, PART(0)), 0);
}

/* Names of others must not reach a terminal raw. */
Test(inspect, strings)
{
	static const struct { const char *in, *out; } cases[] = {
		{ "group", "group_id: \"group\"\n" },
		{ "gr\xc3\xbc\xc3\x9f", "group_id: \"gr\xc3\xbc\xc3\x9f\"\n" },
		{ "a\nb", "group_id: 610a62\n" },
		{ "\x1b[31m", "group_id: 1b5b33316d\n" },
		{ "\xc2\x9b", "group_id: c29b\n" },
		{ "\xe2\x80\xae", "group_id: e280ae\n" },
		{ "\xc0\x80", "group_id: c080\n" },
		{ "\xed\xa0\x80", "group_id: eda080\n" },
		{ "\xe2\x82", "group_id: e282\n" },
		{ "a\"b", "group_id: 612262\n" },
		{ "", "group_id: (empty)\n" },
	};
	struct mls_writer w = { 0 };
	const char *lines[2] = { NULL, NULL };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		mls__message_head(&w, MLS_WIRE_PRIVATE_MESSAGE);
		mls__write_opaque(&w, TEXT(cases[i].in));
		mls__write_u64(&w, 9);
		mls__write_u8(&w, MLS_CONTENT_COMMIT);
		mls__write_opaque(&w, PART(0));
		mls__write_opaque(&w, PART(28));
		mls__write_opaque(&w, PART(90));
		lines[0] = cases[i].out;
		shows(mls__writer_buf(&w), lines);
		mls__writer_reset(&w);
	}
	mls__writer_free(&w);
}
