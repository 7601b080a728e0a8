/* SPDX-License-Identifier: MIT */
/* mls_inspect: tells the kind of an object by trying its decoders. */
#include "group/inspect.h"

#include <string.h>

#include "base/secret.h"
#include "group/group.h"

#define HASH_LEAST 32 /* octets of the shortest hash of a suite */

/* One kind: decode all of `in`, then write it. */
typedef int (*kind_fn)(struct mls_text *t, struct mls_arena *arena,
    struct mls_buf in);

static int
as_message(struct mls_text *t, struct mls_arena *arena, struct mls_buf in)
{
	struct mls_message m;
	int rc = mls__message_read(&m, arena, in, t->context != NULL ?
	    &t->context->customs : NULL);

	if (rc == 0)
		mls__inspect_message(t, &m);
	return rc;
}

static int
as_key_package(struct mls_text *t, struct mls_arena *arena,
    struct mls_buf in)
{
	struct mls_key_package kp;
	struct mls_reader r;
	int rc;

	(void)arena;
	mls__reader_init(&r, in);
	mls__key_package_read(&kp, &r);
	rc = mls__reader_end(&r);
	if (rc == 0)
		mls__inspect_key_package(t, &kp);
	return rc;
}

static int
as_group_info(struct mls_text *t, struct mls_arena *arena, struct mls_buf in)
{
	struct mls_group_info info;
	struct mls_reader r;
	int rc;

	(void)arena;
	mls__reader_init(&r, in);
	mls__group_info_read(&info, &r);
	rc = mls__reader_end(&r);
	/* The beginning of a PublicMessage can pass for one, but not for one
	 * of any suite. */
	if (rc == 0 && (info.context.tree_hash.len < HASH_LEAST ||
	    info.context.tree_hash.len != info.confirmation_tag.len))
		rc = MLS_E_HASH_LENGTH;
	if (rc == 0)
		mls__inspect_group_info(t, &info);
	return rc;
}

static int
as_tree(struct mls_text *t, struct mls_arena *arena, struct mls_buf in)
{
	(void)arena;
	return mls__inspect_tree(t, in);
}

static int
text_take(struct mls_bytes *out, struct mls_text *t)
{
	mls__write_u8(&t->w, 0);
	if (t->w.error != 0)
		return t->w.error;
	out->data = mls__alloc(t->w.len);
	if (out->data == NULL)
		return MLS_E_OUT_OF_MEMORY;
	memcpy(out->data, t->w.data, t->w.len);
	out->len = t->w.len - 1;
	return 0;
}

/*
 * A bare KeyPackage or GroupInfo starts like an MLSMessage: the octets of its
 * cipher suite stand where the wire format would.  So every kind is tried;
 * what fits none is judged as the message that it claims to be, else as a
 * tree.
 */
int
mls_inspect(struct mls_bytes *text, mls_context *context, struct mls_buf in)
{
	static const kind_fn kinds[] = { as_message, as_key_package,
		as_group_info, as_tree };
	struct mls_text t = { .context = context };
	struct mls_arena arena = { 0 };
	int rc = MLS_E_ARGUMENT, first = 0;
	size_t i;

	if (text == NULL || (in.data == NULL && in.len != 0))
		return MLS_E_ARGUMENT;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		mls__writer_reset(&t.w);
		t.depth = 0;
		rc = kinds[i](&t, &arena, in);
		if (rc == 0)
			break;
		if (i == 0)
			first = rc;
	}
	if (rc == 0)
		rc = text_take(text, &t);
	else if (in.len >= 2 && in.data[0] == 0 &&
	    in.data[1] == MLS_VERSION_MLS10)
		rc = first;
	mls__writer_free(&t.w);
	mls__arena_free(&arena);
	return rc;
}
