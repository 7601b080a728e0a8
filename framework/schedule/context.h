/* SPDX-License-Identifier: MIT */
/* RFC 9420 §8.1 and §8.2: GroupContext and transcript hashes. */
#ifndef MLS_SCHEDULE_CONTEXT_H
#define MLS_SCHEDULE_CONTEXT_H

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/suite.h"

struct mls_group_context {
	uint16_t version, suite;
	struct mls_buf group_id;
	uint64_t epoch;
	struct mls_buf tree_hash;
	struct mls_buf confirmed_transcript_hash;
	struct mls_buf extensions; /* content of the list */
	struct mls_buf raw;        /* after reading: the whole encoding */
};

void mls__group_context_read(struct mls_group_context *out,
    struct mls_reader *r);
void mls__group_context_write(struct mls_writer *w,
    const struct mls_group_context *c);

/* group_context_check(c, s): HASH_LENGTH unless its hashes have nh octets; the
 * transcript hash of epoch 0 is empty (CRYPT-14). */
int mls__group_context_check(const struct mls_group_context *c,
    const struct mls_suite *s);

/* transcript_confirmed(out, s, interim, wire_format, content, signature):
 * content is the encoded FramedContent of a commit; interim may be empty. */
int mls__transcript_confirmed(struct mls_secret *out,
    const struct mls_suite *s, struct mls_buf interim, uint16_t wire_format,
    struct mls_buf content, struct mls_buf signature);
int mls__transcript_interim(struct mls_secret *out, const struct mls_suite *s,
    struct mls_buf confirmed, struct mls_buf confirmation_tag);

#endif
