/* SPDX-License-Identifier: MIT */
/* RFC 9420 §10, §12.1, §12.4: key packages, proposals and commits as structs.
 * All borrow from the octets that were read. */
#ifndef MLS_MESSAGE_PROPOSAL_H
#define MLS_MESSAGE_PROPOSAL_H

#include "schedule/psk.h"
#include "tree/treekem.h"

struct mls_key_package {
	uint16_t version, suite;
	struct mls_buf init_key;
	struct mls_leaf leaf;
	struct mls_buf extensions;
	struct mls_buf signature;
	struct mls_buf tbs, raw;
};

void mls__key_package_read(struct mls_key_package *out,
    struct mls_reader *r);

/* key_package_sign(w, fields, s, key): append a signed KeyPackage made of
 * suite, init_key, leaf.raw and extensions. */
int mls__key_package_sign(struct mls_writer *w,
    const struct mls_key_package *fields, const struct mls_suite *s,
    const struct mls_privkey *key);
void mls__key_package_verify_job(struct mls_verify_job *job,
    const struct mls_key_package *kp); /* KP-04 */
int mls__key_package_ref(uint8_t *out, const struct mls_suite *s,
    struct mls_buf raw);

enum mls_proposal_kind {
	MLS_PROPOSAL_ADD = 1,
	MLS_PROPOSAL_UPDATE = 2,
	MLS_PROPOSAL_REMOVE = 3,
	MLS_PROPOSAL_PSK = 4,
	MLS_PROPOSAL_REINIT = 5,
	MLS_PROPOSAL_EXTERNAL_INIT = 6,
	MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS = 7
};

struct mls_reinit {
	struct mls_buf group_id;
	uint16_t version, suite;
	struct mls_buf extensions;
};

/* reinit_decode(out, r), reinit_encode(w, in): the ReInit by itself. */
void mls__reinit_decode(struct mls_reinit *out, struct mls_reader *r);
void mls__reinit_encode(struct mls_writer *w, const struct mls_reinit *in);

struct mls_proposal {
	uint16_t type;
	union {
		struct mls_key_package add;
		struct mls_leaf update;
		uint32_t removed; /* leaf index */
		struct mls_psk_id psk;
		struct mls_reinit reinit;
		struct mls_buf kem_output; /* external init */
		struct mls_buf extensions; /* group context extensions */
		struct mls_buf custom;     /* the body of another type */
	} u;
	struct mls_buf raw; /* the whole Proposal */
};

/* proposal_read: types 1 to 7, and those of the reader's customs. */
void mls__proposal_read(struct mls_proposal *out, struct mls_reader *r);

/* Writers of whole Proposals from their parts. */
void mls__proposal_write_add(struct mls_writer *w, struct mls_buf package);
void mls__proposal_write_update(struct mls_writer *w, struct mls_buf leaf);
void mls__proposal_write_remove(struct mls_writer *w, uint32_t leaf);
void mls__proposal_write_psk(struct mls_writer *w,
    const struct mls_psk_id *id);
void mls__proposal_write_reinit(struct mls_writer *w,
    const struct mls_reinit *reinit);
void mls__proposal_write_external_init(struct mls_writer *w,
    struct mls_buf kem_output);
void mls__proposal_write_extensions(struct mls_writer *w,
    struct mls_buf extensions);
void mls__proposal_write_custom(struct mls_writer *w, uint16_t type,
    struct mls_buf body);

/* proposal_check(p, s): the lengths that the suite fixes: CRYPT-07 of external
 * init, PSK-01. */
int mls__proposal_check(const struct mls_proposal *p,
    const struct mls_suite *s);

enum { MLS_LIMIT_PROPOSALS = 1 << 17 }; /* of one commit (LIMIT-04) */
enum { MLS_BY_VALUE = 1, MLS_BY_REFERENCE = 2 };

struct mls_proposal_or_ref {
	uint8_t kind;
	struct mls_proposal *proposal; /* by value */
	struct mls_buf ref;            /* by reference */
};

struct mls_commit {
	size_t n;
	struct mls_proposal_or_ref *proposals;
	bool has_path;
	struct mls_update_path path;
};

/* commit_read: what it takes of the arena grows with what was really read. */
void mls__commit_read(struct mls_commit *out, struct mls_arena *arena,
    struct mls_reader *r);

/* commit_write: proposals[].proposal->raw is written for values; path NULL:
 * none. */
void mls__commit_write(struct mls_writer *w,
    const struct mls_proposal_or_ref *proposals, size_t n,
    const struct mls_update_path *path);

/* commit_check(c, s): the lengths that the suite fixes: CRYPT-14 of references,
 * proposal_check of values, CRYPT-07 and CRYPT-08 of the path. */
int mls__commit_check(const struct mls_commit *c, const struct mls_suite *s);

#endif
