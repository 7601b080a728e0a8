/* SPDX-License-Identifier: MIT */
/* passive-client-*: a member that joins and follows, by the public API alone,
 * and once more by a group that is closed and opened again on the way. */
#include <stdio.h>

#include "libmls/mls.h"
#include "vectors.h"

/* The case's member. */
struct passive {
	struct vec *v;
	mls_client *client;
	mls_group *group;
	bool reload;    /* now and then */
	uint32_t state; /* of the draw when */
};

static int
accept_all(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	(void)where;
	(void)identity;
	(void)previous;
	return 0;
}

int
vec_passive_context(mls_context **out, const char *config,
    void (*log)(void *payload, int level, const char *text))
{
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_policy p = MLS_POLICY_INIT;

	p.credential = accept_all;
	p.max_lifetime = UINT64_MAX;
	p.external = MLS_EXTERNAL_JOIN | MLS_EXTERNAL_RESYNC | MLS_EXTERNAL_ADD;
	p.tolerate = MLS_TOLERATE_DEFAULT_TYPES | MLS_TOLERATE_LIFETIMES |
	    MLS_TOLERATE_UNLISTED_SUITE;
	o.policy = &p;
	o.log = log;
	o.config_text = config;
	return mls_context_new(out, &o);
}

static void
compare(struct passive *p, const json_t *in, const char *field,
    const char *where)
{
	struct mls_group_info_view info = MLS_GROUP_INFO_VIEW_INIT;

	if (vec_ok(p->v, where, mls_group_info(&info, p->group)))
		vec_equal(p->v, where, info.authenticator,
		    vec_hex(p->v, in, field));
}

/* Close the group and take it from the store again. */
static void
reopen(struct passive *p)
{
	struct mls_group_info_view info = MLS_GROUP_INFO_VIEW_INIT;
	struct mls_buf id = { NULL, 0 };

	if (!vec_ok(p->v, "reload", mls_group_info(&info, p->group)) ||
	    !vec_ok(p->v, "reload", mls__arena_copy(&id, &p->v->arena,
	    info.group_id)))
		return;
	mls_group_close(p->group);
	p->group = NULL;
	vec_ok(p->v, "reload", mls_group_open(&p->group, p->client, id));
}

/* Other places in every case, the same ones in every run. */
static void
seed(struct passive *p)
{
	struct mls_reader r;

	mls__reader_init(&r, vec_hex(p->v, p->v->json,
	    "initial_epoch_authenticator"));
	p->state = mls__read_u32(&r);
}

/* In every second place or so, if at all. */
static void
maybe_reopen(struct passive *p)
{
	p->state = p->state * 1664525u + 1013904223u;
	if (p->reload && !p->v->failed && p->state >> 31 != 0)
		reopen(p);
}

static void
receive(struct passive *p, struct mls_buf message, int kind,
    const char *where)
{
	mls_change *c = NULL;

	if (p->v->failed || !vec_ok(p->v, where, mls_group_process(&c,
	    p->group, message)))
		return;
	vec_same(p->v, where, (uint64_t)mls_change_summary(c)->kind,
	    (uint64_t)kind);
	vec_ok(p->v, where, mls_change_apply(c));
	mls_change_drop(c);
}

static void
follow(struct passive *p, const json_t *epoch, size_t index)
{
	const json_t *proposal;
	char where[64];
	size_t i;

	json_array_foreach(vec_array(p->v, epoch, "proposals"), i, proposal) {
		snprintf(where, sizeof(where), "epochs[%zu].proposals[%zu]",
		    index, i);
		receive(p, vec_hex_of(p->v, proposal, where),
		    MLS_CHANGE_PROPOSAL, where);
		maybe_reopen(p);
	}
	snprintf(where, sizeof(where), "epochs[%zu].commit", index);
	receive(p, vec_hex(p->v, epoch, "commit"), MLS_CHANGE_COMMIT, where);
	maybe_reopen(p);
	snprintf(where, sizeof(where), "epochs[%zu].epoch_authenticator",
	    index);
	if (!p->v->failed)
		compare(p, epoch, "epoch_authenticator", where);
}

/* A client that has all that the Welcome asks for. */
static void
prepare(struct passive *p)
{
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	struct vec *v = p->v;
	const json_t *psk;
	size_t i;

	o.identity = mls__buf((const uint8_t *)"passive", 7);
	o.keystore = "memory";
	if (!vec_ok(v, "client", mls_client_create(&p->client, v->context,
	    &o)))
		return;
	vec_ok(v, "key_package", mls_key_package_import(p->client,
	    vec_hex(v, v->json, "key_package"),
	    vec_hex(v, v->json, "init_priv"),
	    vec_hex(v, v->json, "encryption_priv"),
	    vec_hex(v, v->json, "signature_priv")));
	json_array_foreach(vec_array(v, v->json, "external_psks"), i, psk)
		vec_ok(v, "external_psks", mls_psk_put(p->client,
		    vec_hex(v, psk, "psk_id"), vec_hex(v, psk, "psk")));
}

static void
join(struct passive *p)
{
	const json_t *beside = json_object_get(p->v->json, "ratchet_tree");
	struct mls_buf tree = { NULL, 0 };
	mls_change *c = NULL;

	if (beside != NULL && !json_is_null(beside))
		tree = vec_hex_of(p->v, beside, "ratchet_tree");
	if (p->v->failed || !vec_ok(p->v, "welcome", mls_group_join(&c,
	    p->client, vec_hex(p->v, p->v->json, "welcome"), tree)))
		return;
	if (vec_ok(p->v, "welcome", mls_change_apply(c)))
		vec_ok(p->v, "welcome", mls_change_group(&p->group, c));
	mls_change_drop(c);
}

static void
run(struct vec *v, bool reload)
{
	struct passive p = { v, NULL, NULL, reload, 0 };
	const json_t *epoch;
	size_t i;

	seed(&p);
	prepare(&p);
	if (!v->failed)
		join(&p);
	if (!v->failed && reload)
		reopen(&p);
	if (!v->failed)
		compare(&p, v->json, "initial_epoch_authenticator",
		    "initial_epoch_authenticator");
	json_array_foreach(vec_array(v, v->json, "epochs"), i, epoch)
		if (!v->failed)
			follow(&p, epoch, i);
	mls_group_close(p.group);
	mls_client_close(p.client);
}

void
vec_passive(struct vec *v)
{
	run(v, false);
	if (!v->failed)
		run(v, true);
}
