/* SPDX-License-Identifier: MIT */
/* --app: what passive clients are sent and export, in a file beside that of
 * their cases. */
#include <stdio.h>
#include <stdlib.h>

#include "passive.h"

static void
check_place(struct passive *p, const json_t *epoch, const char *where)
{
	struct mls_group_info_view info = MLS_GROUP_INFO_VIEW_INIT;
	struct vec *v = p->v;

	if (!vec_ok(v, where, mls_group_info(&info, p->group)))
		return;
	if (json_object_get(epoch, "epoch") != NULL)
		vec_same(v, "app: epoch", info.epoch, vec_number(v, epoch,
		    "epoch"));
	if (json_object_get(epoch, "own_leaf") != NULL)
		vec_same(v, "app: own_leaf", info.own_leaf, vec_number(v,
		    epoch, "own_leaf"));
}

static void
check_export(struct passive *p, const json_t *exporter, const char *where)
{
	struct vec *v = p->v;
	uint64_t len = vec_number(v, exporter, "length");
	struct mls_buf context = vec_hex(v, exporter, "context");
	const char *label = vec_text(v, exporter, "label");
	uint8_t *out;

	if (v->failed)
		return;
	if (len > UINT16_MAX) {
		vec_fail(v, where, "is longer than any secret");
		return;
	}
	out = mls__arena_alloc(&v->arena, (size_t)len);
	if (out == NULL)
		vec_fail(v, where, "is too much");
	else if (vec_ok(v, where, mls_group_export(out, (size_t)len,
	    p->group, label, context)))
		vec_equal(v, where, mls__buf(out, (size_t)len),
		    vec_hex(v, exporter, "secret"));
}

/* A message that was read has no key any more (MSG-09). */
static void
read_again(struct passive *p, struct mls_buf message, const char *where)
{
	struct shelf_version *before = shelf_hold(p->slot);
	mls_change *c = NULL;

	if (mls_group_process(&c, p->group, message) == 0)
		vec_fail(p->v, where, "is taken a second time");
	mls_change_drop(c);
	vec_true(p->v, where, shelf_same(before, p->slot));
	shelf_drop(before);
}

static void
check_message(struct passive *p, const json_t *in, const char *where)
{
	struct vec *v = p->v;
	struct mls_buf message = vec_hex(v, in, "message");
	const struct mls_summary *s;
	mls_change *c = NULL;

	if (v->failed || !vec_ok(v, where, mls_group_process(&c, p->group,
	    message)))
		return;
	s = mls_change_summary(c);
	vec_same(v, where, (uint64_t)s->kind, MLS_CHANGE_MESSAGE);
	vec_equal(v, where, s->data, vec_hex(v, in, "plaintext"));
	vec_equal(v, where, s->aad, vec_hex(v, in, "authenticated_data"));
	vec_same(v, where, s->sender, vec_number(v, in, "sender_leaf"));
	vec_same(v, where, s->epoch, vec_number(v, in, "sent_in_epoch"));
	vec_ok(v, where, mls_change_apply(c));
	mls_change_drop(c);
	if (!v->failed)
		read_again(p, message, where);
}

void
passive_messages(struct passive *p, size_t k)
{
	const json_t *epochs, *epoch, *m;
	char where[64];
	size_t i;

	if (p->v->app == NULL || json_is_null(p->v->app))
		return;
	epochs = vec_array(p->v, p->v->app, "epochs");
	epoch = json_array_get(epochs, k);
	if (json_array_size(epochs) >
	    json_array_size(json_object_get(p->v->json, "epochs")) + 1)
		vec_fail(p->v, "app: epochs", "are more than the case has");
	if (epoch == NULL || json_is_null(epoch))
		return;
	snprintf(where, sizeof(where), "app: epochs[%zu]", k);
	check_place(p, epoch, where);
	snprintf(where, sizeof(where), "app: epochs[%zu].exporter", k);
	if (!p->v->failed && !vec_absent(epoch, "exporter"))
		check_export(p, vec_object(p->v, epoch, "exporter"), where);
	json_array_foreach(vec_list(p->v, epoch, "messages"), i, m) {
		snprintf(where, sizeof(where), "app: epochs[%zu].messages[%zu]",
		    k, i);
		if (!p->v->failed)
			check_message(p, m, where);
		passive_maybe_reopen(p);
	}
}
