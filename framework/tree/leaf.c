/* SPDX-License-Identifier: MIT */
/* RFC 9420 §5.3, §7.2: credentials, capabilities and leaf nodes. */
#include "tree/node.h"

#include <stdlib.h>

#include "base/customs.h"
#include "base/error.h"

#define LEAF_LABEL "LeafNodeTBS"

/* CRED-05, LIMIT-13 */
static struct mls_buf
read_chain(struct mls_reader *r)
{
	struct mls_reader sub = mls__read_vector(r);
	const uint8_t *from = sub.pos;
	size_t n = 0;

	while (mls__reader_more(&sub)) {
		mls__read_opaque(&sub);
		n++;
	}
	if (n == 0)
		mls__reader_fail(&sub, MLS_E_X509_CHAIN_EMPTY);
	if (n > MLS_LIMIT_CHAIN)
		mls__reader_fail(&sub, MLS_E_CREDENTIAL_TOO_LARGE);
	mls__reader_join(r, &sub);
	return mls__reader_since(&sub, from);
}

void
mls__credential_read(struct mls_credential *out, struct mls_reader *r)
{
	const uint8_t *from = r->pos;

	out->type = mls__read_u16(r);
	if (out->type == MLS_CRED_BASIC)
		out->identity = mls__read_opaque(r);
	else if (out->type == MLS_CRED_X509)
		out->identity = read_chain(r);
	else
		out->identity = mls__read_credential_body(r, out->type);
	out->raw = mls__reader_since(r, from);
	if (out->raw.len > MLS_LIMIT_CREDENTIAL) /* LIMIT-13 */
		mls__reader_fail(r, MLS_E_CREDENTIAL_TOO_LARGE);
}

void
mls__credential_write_basic(struct mls_writer *w, struct mls_buf identity)
{
	mls__write_u16(w, MLS_CRED_BASIC);
	mls__write_opaque(w, identity);
}

/* WIRE-07, LIMIT-12 */
static struct mls_buf
read_list16(struct mls_reader *r)
{
	struct mls_buf list = mls__read_opaque(r);

	if (list.len % 2 != 0)
		mls__reader_fail(r, MLS_E_VECTOR_PARTIAL_ELEMENT);
	else if (list.len / 2 > MLS_LIMIT_CAPABILITIES)
		mls__reader_fail(r, MLS_E_TOO_MANY_CAPABILITIES);
	return list;
}

void
mls__capabilities_read(struct mls_capabilities *out, struct mls_reader *r)
{
	const uint8_t *from = r->pos;

	out->versions = read_list16(r);
	out->suites = read_list16(r);
	out->extensions = read_list16(r);
	out->proposals = read_list16(r);
	out->credentials = read_list16(r);
	out->raw = mls__reader_since(r, from);
}

void
mls__leaf_read(struct mls_leaf *out, struct mls_reader *r)
{
	const uint8_t *from = r->pos;
	struct mls_leaf leaf = { .source = 0 };

	leaf.encryption_key = mls__read_short(r);
	leaf.signature_key = mls__read_short(r);
	mls__credential_read(&leaf.credential, r);
	mls__capabilities_read(&leaf.capabilities, r);
	leaf.source = mls__read_u8(r);
	switch (leaf.source) {
	case MLS_LEAF_KEY_PACKAGE:
		leaf.not_before = mls__read_u64(r);
		leaf.not_after = mls__read_u64(r);
		break;
	case MLS_LEAF_UPDATE:
		break;
	case MLS_LEAF_COMMIT:
		leaf.parent_hash = mls__read_short(r);
		break;
	default: /* WIRE-14 */
		mls__reader_fail(r, MLS_E_UNKNOWN_LEAF_NODE_SOURCE);
	}
	leaf.extensions = mls__extensions_read(r);
	leaf.tbs = mls__reader_since(r, from);
	leaf.signature = mls__read_short(r);
	leaf.raw = mls__reader_since(r, from);
	*out = leaf;
}

static void
write_tbs(struct mls_writer *w, const struct mls_leaf *leaf)
{
	mls__write_opaque(w, leaf->encryption_key);
	mls__write_opaque(w, leaf->signature_key);
	mls__write_bytes(w, leaf->credential.raw);
	mls__write_opaque(w, leaf->capabilities.versions);
	mls__write_opaque(w, leaf->capabilities.suites);
	mls__write_opaque(w, leaf->capabilities.extensions);
	mls__write_opaque(w, leaf->capabilities.proposals);
	mls__write_opaque(w, leaf->capabilities.credentials);
	mls__write_u8(w, leaf->source);
	if (leaf->source == MLS_LEAF_KEY_PACKAGE) {
		mls__write_u64(w, leaf->not_before);
		mls__write_u64(w, leaf->not_after);
	} else if (leaf->source == MLS_LEAF_COMMIT) {
		mls__write_opaque(w, leaf->parent_hash);
	}
	mls__write_opaque(w, leaf->extensions);
}

/* What binds a leaf made within a group to its place there. */
static void
write_place(struct mls_writer *w, uint8_t source, struct mls_buf group_id,
    uint32_t leaf)
{
	if (source == MLS_LEAF_KEY_PACKAGE)
		return;
	mls__write_opaque(w, group_id);
	mls__write_u32(w, leaf);
}

int
mls__leaf_sign(struct mls_node **out, const struct mls_leaf *fields,
    const struct mls_suite *s, const struct mls_privkey *key,
    struct mls_buf group_id, uint32_t leaf)
{
	struct mls_writer w = { 0 };
	size_t tbs, len = s->max_sig;
	uint8_t *sig = mls__alloc(len);
	int rc = MLS_E_OUT_OF_MEMORY;

	if (sig == NULL)
		goto out;
	write_tbs(&w, fields);
	tbs = w.len;
	write_place(&w, fields->source, group_id, leaf);
	rc = w.error;
	if (rc == 0)
		rc = mls__sign_with_label(sig, &len, s, key, LEAF_LABEL,
		    mls__writer_buf(&w));
	if (rc != 0)
		goto out;
	w.len = tbs;
	mls__write_opaque(&w, mls__buf(sig, len));
	rc = w.error;
	if (rc == 0)
		rc = mls__node_new_leaf(out, mls__writer_buf(&w));
out:
	mls__writer_free(&w);
	free(sig);
	return rc;
}

void
mls__leaf_verify_job(struct mls_verify_job *job, struct mls_writer *w,
    const struct mls_leaf *leaf, struct mls_buf group_id, uint32_t index)
{
	mls__write_bytes(w, leaf->tbs);
	write_place(w, leaf->source, group_id, index);
	job->pub = leaf->signature_key;
	job->label = LEAF_LABEL;
	job->content = mls__writer_buf(w);
	job->sig = leaf->signature;
	job->error = leaf->source == MLS_LEAF_KEY_PACKAGE ?
	    MLS_E_LEAF_SIGNATURE : MLS_E_LEAF_GROUP_SIGNATURE;
	job->status = 0;
}

bool
mls__list16_has(struct mls_buf list, uint16_t v)
{
	struct mls_reader r;

	mls__reader_init(&r, list);
	while (mls__reader_more(&r))
		if (mls__read_u16(&r) == v && r.error == 0)
			return true;
	return false;
}

bool
mls__leaf_supports_extension(const struct mls_capabilities *c, uint16_t type)
{
	return mls__extension_is_default(type) ||
	    mls__list16_has(c->extensions, type);
}

bool
mls__leaf_supports_proposal(const struct mls_capabilities *c, uint16_t type)
{
	return mls__proposal_is_default(type) ||
	    mls__list16_has(c->proposals, type);
}
