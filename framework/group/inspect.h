/* SPDX-License-Identifier: MIT */
/* MLS objects as indented text, for mls_inspect. */
#ifndef MLS_GROUP_INSPECT_H
#define MLS_GROUP_INSPECT_H

#include "libmls/mls.h"

#include "message/message.h"

/* Text being written: lines of "name: value", two spaces a level.  Errors are
 * sticky in w. */
struct mls_text {
	struct mls_writer w;
	unsigned depth;
	mls_context *context; /* for the names of suites; may be NULL */
};

/* text_open(t, title): a line alone; what follows is one level below it,
 * until text_close. */
void mls__text_open(struct mls_text *t, const char *format, ...)
    MLS_PRINTF(2, 3);
void mls__text_close(struct mls_text *t);

/* text_line: "name: value", the value of at most 255 octets and our own. */
void mls__text_line(struct mls_text *t, const char *name,
    const char *format, ...) MLS_PRINTF(3, 4);

/* text_hex: octets, the beginning of long ones.  text_size: their number
 * alone.  text_string: quoted if it is UTF-8 that can be printed, else hex. */
void mls__text_hex(struct mls_text *t, const char *name, struct mls_buf b);
void mls__text_size(struct mls_text *t, const char *name, struct mls_buf b);
void mls__text_string(struct mls_text *t, const char *name,
    struct mls_buf b);

/* text_code: a registered number with its name (NULL: none known).
 * text_suite: of a ciphersuite.  text_time: seconds since 1970. */
void mls__text_code(struct mls_text *t, const char *name, unsigned code,
    const char *known);
void mls__text_suite(struct mls_text *t, unsigned suite);
void mls__text_time(struct mls_text *t, const char *name, uint64_t when);

/* Names of numbers: NULL for one without.  Those of drafts go by the versions
 * that libmls knows. */
const char *mls__name_version(unsigned v);
const char *mls__name_wire_format(unsigned v);
const char *mls__name_extension(unsigned v);
const char *mls__name_proposal(unsigned v);
const char *mls__name_credential(unsigned v);

/* Parts of messages. */
void mls__inspect_leaf(struct mls_text *t, const struct mls_leaf *leaf);
void mls__inspect_extensions(struct mls_text *t, const char *name,
    struct mls_buf list);
void mls__inspect_key_package(struct mls_text *t,
    const struct mls_key_package *kp);
void mls__inspect_group_info(struct mls_text *t,
    const struct mls_group_info *info);
void mls__inspect_proposal(struct mls_text *t, const struct mls_proposal *p);
void mls__inspect_message(struct mls_text *t, const struct mls_message *m);

/* inspect_tree(t, in): the data of a ratchet_tree extension; the error of its
 * decoding. */
int mls__inspect_tree(struct mls_text *t, struct mls_buf in);

#endif
