/* SPDX-License-Identifier: MIT */
/* mls_inspect: leaves, extensions, key packages, trees. */
#include "group/inspect.h"

typedef const char *(*name_fn)(unsigned v);

/* A list of uint16, one a line. */
static void
codes(struct mls_text *t, const char *title, struct mls_buf list, name_fn fn)
{
	struct mls_reader r;
	const char *known = NULL;
	unsigned v;

	if (list.len == 0) {
		mls__text_line(t, title, "(none)");
		return;
	}
	mls__reader_init(&r, list);
	mls__text_open(t, "%s", title);
	while (mls__reader_more(&r)) {
		v = mls__read_u16(&r);
		if (r.error != 0)
			break;
		if (fn != NULL)
			known = fn(v);
		else if (t->context != NULL)
			known = mls_suite_name(t->context, (uint16_t)v);
		mls__text_code(t, "-", v, known);
	}
	mls__text_close(t);
}

static void
credential(struct mls_text *t, const struct mls_credential *c)
{
	mls__text_open(t, "credential");
	mls__text_code(t, "type", c->type, mls__name_credential(c->type));
	if (c->type == MLS_CRED_BASIC)
		mls__text_string(t, "identity", c->identity);
	else
		mls__text_hex(t, "body", c->identity);
	mls__text_close(t);
}

static void
required(struct mls_text *t, struct mls_buf data)
{
	struct mls_reader r;
	struct mls_buf extensions, proposals, credentials;

	mls__reader_init(&r, data);
	extensions = mls__read_opaque(&r);
	proposals = mls__read_opaque(&r);
	credentials = mls__read_opaque(&r);
	if (mls__reader_end(&r) != 0) {
		mls__text_hex(t, "malformed", data);
		return;
	}
	codes(t, "extensions", extensions, mls__name_extension);
	codes(t, "proposals", proposals, mls__name_proposal);
	codes(t, "credentials", credentials, mls__name_credential);
}

static void
external_senders(struct mls_text *t, struct mls_buf data)
{
	struct mls_credential c;
	struct mls_reader r, list;
	struct mls_buf key;
	unsigned i;

	mls__reader_init(&r, data);
	list = mls__read_vector(&r);
	for (i = 0; mls__reader_more(&list); i++) {
		key = mls__read_opaque(&list);
		mls__credential_read(&c, &list);
		if (list.error != 0)
			break;
		mls__text_open(t, "sender %u", i);
		mls__text_hex(t, "signature_key", key);
		credential(t, &c);
		mls__text_close(t);
	}
	mls__reader_join(&r, &list);
	if (mls__reader_end(&r) != 0)
		mls__text_hex(t, "malformed", data);
}

static void
extension_data(struct mls_text *t, const struct mls_extension *e)
{
	struct mls_reader r;
	struct mls_buf value;

	mls__reader_init(&r, e->data);
	switch (e->type) {
	case MLS_EXT_APPLICATION_ID:
	case MLS_EXT_EXTERNAL_PUB:
		value = mls__read_opaque(&r);
		if (mls__reader_end(&r) != 0)
			mls__text_hex(t, "malformed", e->data);
		else if (e->type == MLS_EXT_APPLICATION_ID)
			mls__text_string(t, "id", value);
		else
			mls__text_hex(t, "external_pub", value);
		break;
	case MLS_EXT_RATCHET_TREE:
		if (mls__inspect_tree(t, e->data) != 0)
			mls__text_hex(t, "malformed", e->data);
		break;
	case MLS_EXT_REQUIRED_CAPABILITIES:
		required(t, e->data);
		break;
	case MLS_EXT_EXTERNAL_SENDERS:
		external_senders(t, e->data);
		break;
	default:
		mls__text_hex(t, "data", e->data);
		break;
	}
}

void
mls__inspect_extensions(struct mls_text *t, const char *name,
    struct mls_buf list)
{
	struct mls_extension e;
	struct mls_reader r;
	const char *known;

	if (list.len == 0) {
		mls__text_line(t, name, "(none)");
		return;
	}
	mls__text_open(t, "%s", name);
	mls__reader_init(&r, list);
	while (mls__extension_next(&e, &r)) {
		known = mls__name_extension(e.type);
		if (known != NULL)
			mls__text_open(t, "%s (0x%04x)", known, e.type);
		else
			mls__text_open(t, "extension 0x%04x", e.type);
		extension_data(t, &e);
		mls__text_close(t);
	}
	mls__text_close(t);
}

static void
capabilities(struct mls_text *t, const struct mls_capabilities *c)
{
	mls__text_open(t, "capabilities");
	codes(t, "versions", c->versions, mls__name_version);
	codes(t, "cipher_suites", c->suites, NULL);
	codes(t, "extensions", c->extensions, mls__name_extension);
	codes(t, "proposals", c->proposals, mls__name_proposal);
	codes(t, "credentials", c->credentials, mls__name_credential);
	mls__text_close(t);
}

void
mls__inspect_leaf(struct mls_text *t, const struct mls_leaf *leaf)
{
	mls__text_hex(t, "encryption_key", leaf->encryption_key);
	mls__text_hex(t, "signature_key", leaf->signature_key);
	credential(t, &leaf->credential);
	capabilities(t, &leaf->capabilities);
	switch (leaf->source) {
	case MLS_LEAF_KEY_PACKAGE:
		mls__text_line(t, "leaf_node_source", "key_package");
		mls__text_time(t, "not_before", leaf->not_before);
		mls__text_time(t, "not_after", leaf->not_after);
		break;
	case MLS_LEAF_UPDATE:
		mls__text_line(t, "leaf_node_source", "update");
		break;
	default:
		mls__text_line(t, "leaf_node_source", "commit");
		mls__text_hex(t, "parent_hash", leaf->parent_hash);
		break;
	}
	mls__inspect_extensions(t, "extensions", leaf->extensions);
	mls__text_hex(t, "signature", leaf->signature);
}

void
mls__inspect_key_package(struct mls_text *t, const struct mls_key_package *kp)
{
	mls__text_open(t, "KeyPackage");
	mls__text_code(t, "version", kp->version,
	    mls__name_version(kp->version));
	mls__text_suite(t, kp->suite);
	mls__text_hex(t, "init_key", kp->init_key);
	mls__text_open(t, "leaf_node");
	mls__inspect_leaf(t, &kp->leaf);
	mls__text_close(t);
	mls__inspect_extensions(t, "extensions", kp->extensions);
	mls__text_hex(t, "signature", kp->signature);
	mls__text_close(t);
}

static void
unmerged(struct mls_text *t, struct mls_buf list)
{
	struct mls_reader r;

	mls__reader_init(&r, list);
	while (mls__reader_more(&r))
		mls__text_line(t, "unmerged_leaf", "%lu",
		    (unsigned long)mls__read_u32(&r));
}

/* A node that is there. */
static void
node(struct mls_text *t, struct mls_reader *r, uint32_t index)
{
	enum { NODE_LEAF = 1, NODE_PARENT = 2 };
	uint8_t type = mls__read_u8(r);
	struct mls_parent parent;
	struct mls_leaf leaf;

	if (type == NODE_LEAF)
		mls__leaf_read(&leaf, r);
	else if (type == NODE_PARENT)
		mls__parent_read(&parent, r);
	else
		mls__reader_fail(r, MLS_E_UNKNOWN_NODE_TYPE);
	if (r->error == 0 && (type == NODE_LEAF) != mls__node_is_leaf(index))
		mls__reader_fail(r, MLS_E_TREE_NODE_POSITION);
	if (r->error != 0)
		return;
	if (type == NODE_LEAF) {
		mls__text_open(t, "node %lu: leaf %lu", (unsigned long)index,
		    (unsigned long)mls__node_leaf(index));
		mls__inspect_leaf(t, &leaf);
	} else {
		mls__text_open(t, "node %lu: parent", (unsigned long)index);
		mls__text_hex(t, "encryption_key", parent.encryption_key);
		mls__text_hex(t, "parent_hash", parent.parent_hash);
		unmerged(t, parent.unmerged);
	}
	mls__text_close(t);
}

/* RFC 9420 §12.4.3.3: optional<Node> ratchet_tree<V> */
int
mls__inspect_tree(struct mls_text *t, struct mls_buf in)
{
	struct mls_reader r, list;
	uint32_t index;

	mls__reader_init(&r, in);
	list = mls__read_vector(&r);
	mls__text_open(t, "RatchetTree");
	for (index = 0; mls__reader_more(&list); index++) {
		if (mls__read_present(&list))
			node(t, &list, index);
		else if (list.error == 0)
			mls__text_line(t, "blank node", "%lu",
			    (unsigned long)index);
	}
	if (list.error == 0 && index == 0)
		mls__reader_fail(&list, MLS_E_TREE_EMPTY);
	mls__text_close(t);
	mls__reader_join(&r, &list);
	return mls__reader_end(&r);
}
