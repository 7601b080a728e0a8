/* SPDX-License-Identifier: MIT */
/* What the files of this folder share. */
#ifndef MLS_MESSAGE_UTIL_H
#define MLS_MESSAGE_UTIL_H

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/labels.h"

/* A list that grows in an arena; all zero is empty. */
struct mls_list {
	void *items;
	size_t n, cap;
};

/* list_push(list, arena, size): a new zeroed element, or NULL.  The room
 * doubles, so that what a list takes stays in proportion to the elements that
 * were read. */
void *mls__list_push(struct mls_list *list, struct mls_arena *arena,
    size_t size);

/* writer_cut(w, len): wipe and drop what stands behind len. */
void mls__writer_cut(struct mls_writer *w, size_t len);

/* write_signature(w, at, s, key, label): sign what was written since `at` and
 * append the signature; cuts w back to `at` on failure. */
int mls__write_signature(struct mls_writer *w, size_t at,
    const struct mls_suite *s, const struct mls_privkey *key,
    const char *label);

#endif
