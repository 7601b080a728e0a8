/* SPDX-License-Identifier: MIT */
#include "group/publish.h"

#include <stdint.h>
#include <string.h>

#include "crypto/forms.h"
#include "group/leaf.h"
#include "group/lineage.h"
#include "group/making.h"

static void
write_extensions(struct mls_writer *w,
    const struct mls_group_info_parts *parts)
{
	size_t at;

	if (parts->tree != NULL) {
		mls__write_u16(w, MLS_EXT_RATCHET_TREE);
		at = mls__write_open(w);
		mls__tree_write(w, parts->tree);
		mls__write_close(w, at);
	}
	if (parts->external_pub.len != 0) {
		mls__write_u16(w, MLS_EXT_EXTERNAL_PUB);
		at = mls__write_open(w);
		mls__write_opaque(w, parts->external_pub);
		mls__write_close(w, at);
	}
	mls__grease_write(w, parts->grease);
}

int
mls__group_info_make(struct mls_buf *out, struct mls_arena *arena,
    const struct mls_group_info_parts *parts)
{
	struct mls_writer w = { 0 };
	struct mls_group_info info;
	int rc;

	memset(&info, 0, sizeof(info));
	info.context = *parts->context;
	info.confirmation_tag = parts->tag;
	info.signer = parts->signer;
	write_extensions(&w, parts);
	rc = mls__writer_take(&info.extensions, arena, &w);
	if (rc == 0)
		rc = mls__group_info_sign(&w, &info, parts->suite,
		    parts->sign_key);
	if (rc == 0)
		rc = mls__writer_take(out, arena, &w);
	mls__writer_free(&w);
	return rc;
}

/* EXT-24: an outsider's commit is its signature's; who alters one of ECDSA
 * makes another commit of it. */
static bool
strong_enough(const mls_group *g)
{
	return (mls__policy(g)->external & MLS_EXTERNAL_STRONG) == 0 ||
	    !mls__form_scalar(MLS_ROLE_SIGN, g->suite->row->signature);
}

/* GI-08: our key is the one that the tree shows: a handle that is behind was
 * found out when the group was entered. */
static int
publish(struct mls_writer *w, mls_group *g, uint32_t flags)
{
	const struct mls_state *st = g->state;
	struct mls_group_info_parts parts = {
		.suite = g->suite, .context = &st->context,
		.tag = mls__secret_buf(&st->confirmation_tag),
		.signer = st->keys.leaf, .sign_key = st->sign_key,
		.tree = (flags & MLS_PUBLISH_TREE_BESIDE) == 0 ? g->tree :
		    NULL,
	};
	struct mls_arena arena = { 0 };
	struct mls_privkey *external = NULL;
	struct mls_buf info;
	int rc = mls__grease_draw(&parts.grease, g->context,
	    g->suite);

	if (rc != 0)
		return rc;
	if ((flags & MLS_PUBLISH_NO_EXTERNAL_PUB) == 0) {
		/* No outsider could begin it. */
		if (mls__lineage_waits(g))
			return MLS_E_EXTERNAL_COMMIT_DISALLOWED;
		if (!strong_enough(g))
			return MLS_E_WEAK_SIGNATURE_FOR_EXTERNAL;
		rc = mls__epoch_external_key(&external, g->suite, &st->epoch);
		if (rc != 0)
			return rc;
		parts.external_pub = mls__key_public(external); /* GI-09 */
	}
	rc = mls__group_info_make(&info, &arena, &parts);
	if (rc == 0)
		rc = mls__tree_error(g->tree);
	if (rc == 0) {
		mls__message_head(w, MLS_WIRE_GROUP_INFO);
		mls__write_bytes(w, info);
		rc = w->error;
	}
	mls__key_free(external);
	mls__arena_free(&arena);
	return rc;
}

int
mls_group_publish(struct mls_bytes *out, const mls_group *group,
    uint32_t flags)
{
	mls_group *g = (mls_group *)(uintptr_t)group;
	struct mls_writer w = { 0 };
	int rc;

	if (out == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__group_enter(g);
	if (rc != 0)
		return mls__api(MLS_MAY_PUBLISH, rc);
	rc = mls__may_send(g, false);
	if (rc == 0)
		rc = publish(&w, g, flags);
	mls__group_leave(g);
	return mls__api(MLS_MAY_PUBLISH, mls__give(out, &w, rc));
}
