/* SPDX-License-Identifier: MIT */
/* Application messages and proposals of ours, made. */
#include <stdint.h>
#include <string.h>

#include "group/client.h"
#include "group/effects.h"
#include "group/intent.h"
#include "group/making.h"
#include "group/self_remove.h"

static int
sign_plain(mls_change *c, uint8_t type, struct mls_buf body,
    const struct mls_send_options *options)
{
	struct mls_writer w = MLS_WRITER_IN(&c->arena);
	struct mls_buf signature;
	int rc;

	rc = mls__making_sign(&signature, c, type, body, options);
	if (rc != 0)
		return rc;
	mls__auth_write(&w, signature, type, mls__buf(NULL, 0));
	c->making->auth = mls__writer_buf(&w);
	return w.error;
}

static int
make_message(mls_change *c, struct mls_buf data, bool stays,
    const struct mls_send_options *options)
{
	int rc = mls__may_send(c->group, true);

	if (rc == 0)
		rc = mls__making_new(c);
	if (rc == 0 && stays)
		c->summary.data = data;
	else if (rc == 0)
		rc = mls__arena_copy(&c->summary.data, &c->arena, data);
	if (rc != 0)
		return rc;
	c->summary.kind = MLS_CHANGE_MESSAGE;
	return sign_plain(c, MLS_CONTENT_APPLICATION, c->summary.data,
	    options);
}

/* A proposal of ours is judged as if it had been received, and as it would be
 * if it were committed alone. */
static int
make_proposal(mls_change *c, const struct mls_intent *intent,
    const struct mls_send_options *options)
{
	mls_group *g = c->group;
	const struct mls_sender sender = { MLS_SENDER_MEMBER,
		g->state->keys.leaf };
	struct mls_item item;
	struct mls_list list = { 1, &item };
	struct mls_privkey *key = NULL;
	int rc = mls__may_send(g, false);

	if (rc == 0)
		rc = mls__making_new(c);
	if (rc == 0)
		rc = mls__intent_item(&item, &key, &c->arena, g, &sender,
		    intent);
	if (rc == 0)
		rc = mls__cache_room(g, &sender);
	if (rc == 0)
		rc = mls__rule_own_proposal(g, item.proposal, &sender);
	if (rc == 0) {
		c->proposal = mls__alloc(sizeof(*c->proposal));
		if (c->proposal == NULL)
			rc = MLS_E_OUT_OF_MEMORY;
	}
	if (rc != 0) {
		mls__key_free(key);
		return rc;
	}
	c->proposal->leaf_key = key;
	c->summary.kind = MLS_CHANGE_PROPOSAL;
	rc = mls__effects(&c->summary.effects, &c->summary.n_effects,
	    &c->arena, g, &list, MLS_NO_LEAF, NULL);
	if (rc != 0)
		return rc;
	rc = sign_plain(c, MLS_CONTENT_PROPOSAL, item.raw, options);
	return rc != 0 ? rc : mls__self_remove_framing(item.proposal,
	    c->making->wire_format);
}

/* Options of an older application are shorter. */
static void
take_options(struct mls_send_options *o, const struct mls_send_options *in)
{
	memset(o, 0, sizeof(*o));
	if (in != NULL)
		memcpy(o, in, in->size < sizeof(*o) ? in->size : sizeof(*o));
}

int
mls__message_make(mls_change **out, mls_group *g, struct mls_buf data,
    bool stays, const struct mls_send_options *options)
{
	struct mls_send_options o;
	mls_change *c = NULL;
	int rc;

	take_options(&o, options);
	rc = mls__group_enter(g);
	if (rc != 0)
		return rc;
	rc = mls__change_new(&c, g->client, g);
	if (rc == 0)
		rc = make_message(c, data, stays, &o);
	mls__group_leave(g);
	if (rc != 0)
		mls_change_drop(c);
	else
		*out = c;
	return rc;
}

int
mls_group_make_message(mls_change **out, const mls_group *group,
    struct mls_buf data, const struct mls_send_options *options)
{
	if (out == NULL || group == NULL)
		return MLS_E_ARGUMENT;
	return mls__api(MLS_MAY_MAKE, mls__message_make(out,
	    (mls_group *)(uintptr_t)group, data, false, options));
}

int
mls_group_make_proposal(mls_change **out, const mls_group *group,
    const struct mls_intent *intent, const struct mls_send_options *options)
{
	mls_group *g = (mls_group *)(uintptr_t)group;
	struct mls_send_options o;
	mls_change *c = NULL;
	int rc;

	if (out == NULL || group == NULL || intent == NULL)
		return MLS_E_ARGUMENT;
	take_options(&o, options);
	if (intent->type == MLS_EFFECT_SELF_REMOVE && o.framing == 0)
		o.framing = MLS_FRAMING_PUBLIC; /* XTN-02 */
	rc = mls__group_enter(g);
	if (rc != 0)
		return mls__api(MLS_MAY_MAKE, rc);
	rc = mls__change_new(&c, g->client, g);
	if (rc == 0)
		rc = make_proposal(c, intent, &o);
	mls__group_leave(g);
	if (rc != 0) {
		mls_change_drop(c);
		return mls__api(MLS_MAY_MAKE, rc);
	}
	*out = c;
	return 0;
}
