/* SPDX-License-Identifier: MIT */
/* RFC 9420 §5.3, §7.1, §7.2, §13.4: credentials, leaf and parent nodes,
 * extension lists.  The structs are views that borrow from an encoding. */
#ifndef MLS_TREE_NODE_H
#define MLS_TREE_NODE_H

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/labels.h"
#include "tree/math.h"

#define MLS_VERSION_MLS10 1

enum { MLS_CRED_BASIC = 1, MLS_CRED_X509 = 2 };
enum { MLS_LEAF_KEY_PACKAGE = 1, MLS_LEAF_UPDATE = 2, MLS_LEAF_COMMIT = 3 };
enum {
	MLS_EXT_APPLICATION_ID = 1,
	MLS_EXT_RATCHET_TREE = 2,
	MLS_EXT_REQUIRED_CAPABILITIES = 3,
	MLS_EXT_EXTERNAL_PUB = 4,
	MLS_EXT_EXTERNAL_SENDERS = 5
};

/* Sizes that decoding enforces (LIMIT-11 to LIMIT-15). */
enum {
	MLS_LIMIT_EXTENSIONS = 64,
	MLS_LIMIT_EXTENSION_BYTES = 1 << 20, /* a list, but for ratchet_tree */
	MLS_LIMIT_CAPABILITIES = 256,        /* entries of one list */
	MLS_LIMIT_CREDENTIAL = 64 << 10,
	MLS_LIMIT_CHAIN = 10 /* certificates of a credential */
};

struct mls_credential {
	uint16_t type;
	struct mls_buf identity; /* basic: the identity; x509: the certificates,
	                            each an opaque<V> */
	struct mls_buf raw;      /* the whole Credential */
};

/* Lists of uint16 as they stand on the wire, GREASE and twins included. */
struct mls_capabilities {
	struct mls_buf versions, suites, extensions, proposals, credentials;
	struct mls_buf raw;
};

struct mls_leaf {
	struct mls_buf encryption_key, signature_key;
	struct mls_credential credential;
	struct mls_capabilities capabilities;
	uint8_t source;
	uint64_t not_before, not_after; /* source key_package */
	struct mls_buf parent_hash;     /* source commit */
	struct mls_buf extensions;      /* content of the list */
	struct mls_buf signature;
	struct mls_buf tbs; /* the encoding up to the signature */
	struct mls_buf raw; /* the whole LeafNode */
};

struct mls_parent {
	struct mls_buf encryption_key, parent_hash;
	struct mls_buf unmerged; /* uint32 each, ascending */
	struct mls_buf raw;
};

/*
 * A node of a tree: immutable, counted references (one thread at a time),
 * with its encoding in the same allocation, unless that is borrowed.  A leaf
 * may be closed, which means that it is not decoded: a tree of many leaves that
 * nobody looks at takes little room.
 */
struct mls_node {
	unsigned refs;
	bool is_leaf, closed;
	struct mls_buf raw;
	union {
		struct mls_leaf leaf;
		struct mls_parent parent;
	} open[]; /* as much as the kind takes; nothing if it is closed */
};

struct mls_extension {
	uint16_t type;
	struct mls_buf data;
};

/* Decoders: sticky error in r; cap and list limits are checked here, rules
 * that need group state are not. */
void mls__credential_read(struct mls_credential *out, struct mls_reader *r);
void mls__credential_write_basic(struct mls_writer *w,
    struct mls_buf identity);
void mls__capabilities_read(struct mls_capabilities *out,
    struct mls_reader *r);
void mls__leaf_read(struct mls_leaf *out, struct mls_reader *r);
void mls__parent_read(struct mls_parent *out, struct mls_reader *r);

/* extensions_read(r): the content of an extension list, checked for twins
 * (WIRE-21) and LIMIT-11; extension_next: walk it; extension_find: false if
 * absent. */
struct mls_buf mls__extensions_read(struct mls_reader *r);
bool mls__extension_next(struct mls_extension *out, struct mls_reader *list);
bool mls__extension_find(struct mls_buf *data, struct mls_buf list,
    uint16_t type);

/* list16_has(list, v): v is in a capability list. */
bool mls__list16_has(struct mls_buf list, uint16_t v);

/* default types (§13.1 to §13.4) count as supported and are never listed. */
bool mls__extension_is_default(uint16_t type);
bool mls__proposal_is_default(uint16_t type);

/* leaf_supports_*: listed or default. */
bool mls__leaf_supports_extension(const struct mls_capabilities *c,
    uint16_t type);
bool mls__leaf_supports_proposal(const struct mls_capabilities *c,
    uint16_t type);

/* node_leaf/node_parent_new(out, raw): decode a copy; trailing octets are
 * refused. */
int mls__node_new_leaf(struct mls_node **out, struct mls_buf raw);
int mls__node_new_parent(struct mls_node **out, struct mls_buf raw);

/* node_borrow(out, raw, is_leaf): of an encoding that was decoded before and
 * lives as long as the node is looked at; a leaf is closed. */
int mls__node_borrow(struct mls_node **out, struct mls_buf raw, bool is_leaf);

/* leaf_of(room, node): of an open or a closed leaf; that of a closed one is
 * decoded into *room. */
const struct mls_leaf *mls__leaf_of(struct mls_leaf *room,
    const struct mls_node *node);

/* node_make_parent(out, key, parent_hash, unmerged, n): encode one. */
int mls__node_make_parent(struct mls_node **out, struct mls_buf key,
    struct mls_buf parent_hash, const uint32_t *unmerged, size_t n);

/* unmerged_count(p), unmerged_at(p, i): the list as numbers.
 * unmerged_from(p, leaf): the first position whose entry is not below leaf;
 * the list being ascending. */
size_t mls__unmerged_count(const struct mls_parent *p);
uint32_t mls__unmerged_at(const struct mls_parent *p, size_t i);
size_t mls__unmerged_from(const struct mls_parent *p, uint32_t leaf);

/* node_key, node_parent_hash(node): of either kind; the hash is empty for a
 * leaf of another source than commit. */
struct mls_buf mls__node_key(const struct mls_node *node);
struct mls_buf mls__node_parent_hash(const struct mls_node *node);

struct mls_node *mls__node_ref(struct mls_node *node);
void mls__node_free(struct mls_node *node); /* drops a reference */

/*
 * leaf_sign(out, fields, s, key, group_id, leaf): encodes the fields (all but
 * signature, tbs, raw) and signs them: §7.2 LeafNodeTBS.  group_id and leaf
 * are used for the sources update and commit.
 */
int mls__leaf_sign(struct mls_node **out, const struct mls_leaf *fields,
    const struct mls_suite *s, const struct mls_privkey *key,
    struct mls_buf group_id, uint32_t leaf);

/* x509_check(leaf): if its credential is X.509, each entry is a certificate and
 * the first one is for its signature key: CRED-06, CRED-07. */
int mls__x509_check(const struct mls_leaf *leaf);

/* leaf_verify_job(job, w, leaf, group_id, index): the job that checks its
 * signature: LEAF-01 or LEAF-02; w holds the signed content while the job
 * lives (one writer per job). */
void mls__leaf_verify_job(struct mls_verify_job *job, struct mls_writer *w,
    const struct mls_leaf *leaf, struct mls_buf group_id, uint32_t index);

#endif
