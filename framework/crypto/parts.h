/* SPDX-License-Identifier: MIT */
/*
 * Labelled inputs as lists of pieces.  Hashes and MACs take the list as it is,
 * so that a content as large as the tree is not copied; the rest takes a flat
 * copy, which lies on the stack while it is small.
 */
#ifndef MLS_CRYPTO_PARTS_H
#define MLS_CRYPTO_PARTS_H

#include <stddef.h>
#include <stdint.h>

#include "libmls/provider.h"

#define MLS_LABEL "MLS 1.0 "
#define MLS_LABELLED_PARTS 4

/* { opaque label<V>; opaque content<V> }, borrowing both. */
struct mls_labelled {
	uint8_t head[16], mid[4];
	struct mls_buf part[MLS_LABELLED_PARTS];
};

/* labelled(l, prefix, label, content): the label is prefix, of at most eight
 * octets, then label.  VECTOR_TOO_LONG. */
int mls__labelled(struct mls_labelled *l, const char *prefix,
    const char *label, struct mls_buf content);

struct mls_flat {
	struct mls_buf buf; /* the result */
	uint8_t *heap;
	uint8_t stack[320];
};

/* flat(f, in, n): one copy of n pieces; flat_free wipes it, and may follow a
 * failed mls__flat. */
int mls__flat(struct mls_flat *f, const struct mls_buf *in, size_t n);
void mls__flat_free(struct mls_flat *f);

#endif
