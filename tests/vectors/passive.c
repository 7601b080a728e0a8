/* SPDX-License-Identifier: MIT */
/* passive-client-*: a member that joins and follows, by the public API alone,
 * and once more by a group that is closed and opened again on the way. */
#include "passive.h"

#include <stdio.h>
#include <string.h>

#include "base/customs.h"
#include "message/message.h"

void
passive_compare(struct passive *p, const json_t *in, const char *field,
    const char *where)
{
	struct mls_group_info_view info = MLS_GROUP_INFO_VIEW_INIT;

	/* Who was removed has none. */
	if (json_is_null(json_object_get(in, field)))
		return;
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
	const char *s = json_string_value(json_object_get(p->v->json,
	    "initial_epoch_authenticator"));

	for (; s != NULL && *s != '\0'; s++)
		p->state = p->state * 31 + (unsigned char)*s;
}

/* In every second place or so, if at all. */
void
passive_maybe_reopen(struct passive *p)
{
	p->state = p->state * 1664525u + 1013904223u;
	if (p->reload && !p->v->failed && p->state >> 31 != 0)
		reopen(p);
}

int
passive_take(struct passive *p, int *kind, struct mls_buf message)
{
	mls_change *c = NULL;
	int rc = mls_group_process(&c, p->group, message);

	if (rc == 0) {
		*kind = mls_change_summary(c)->kind;
		rc = mls_change_apply(c);
	}
	mls_change_drop(c);
	return rc;
}

void
passive_receive(struct passive *p, struct mls_buf message, int kind,
    const char *where)
{
	int got;

	if (!p->v->failed && vec_ok(p->v, where, passive_take(p, &got,
	    message)))
		vec_same(p->v, where, (uint64_t)got, (uint64_t)kind);
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
		passive_receive(p, vec_hex_of(p->v, proposal, where),
		    MLS_CHANGE_PROPOSAL, where);
		passive_maybe_reopen(p);
	}
	snprintf(where, sizeof(where), "epochs[%zu].commit", index);
	passive_receive(p, vec_hex(p->v, epoch, "commit"), MLS_CHANGE_COMMIT,
	    where);
	passive_maybe_reopen(p);
	snprintf(where, sizeof(where), "epochs[%zu].epoch_authenticator",
	    index);
	if (!p->v->failed)
		passive_compare(p, epoch, "epoch_authenticator", where);
}

static const char *const slots[] = { "0", "1" };

/* A client of the name `passive` with the store of that slot. */
static int
open_client(struct passive *p, bool create)
{
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	struct mls_param slot = { "slot", slots[p->slot] };

	o.identity = mls__buf((const uint8_t *)"passive", 7);
	o.keystore = "shelf";
	o.params = &slot;
	o.n_params = 1;
	return create ? mls_client_create(&p->client, p->context, &o) :
	    mls_client_open(&p->client, p->context, &o);
}

void
passive_copy(struct passive *out, const struct passive *of,
    struct shelf_version *then)
{
	struct mls_group_info_view info = MLS_GROUP_INFO_VIEW_INIT;

	*out = *of;
	out->slot = PASSIVE_COPY;
	out->client = NULL;
	out->group = NULL;
	shelf_put(PASSIVE_COPY, then);
	if (vec_ok(of->v, "copy", mls_group_info(&info, of->group)) &&
	    vec_ok(of->v, "copy", open_client(out, false)))
		vec_ok(of->v, "copy", mls_group_open(&out->group, out->client,
		    info.group_id));
}

void
passive_close(struct passive *p)
{
	mls_group_close(p->group);
	mls_client_close(p->client);
	p->group = NULL;
	p->client = NULL;
}

static bool
rejected(const json_t *json)
{
	return json_is_true(json_object_get(json, "reject_welcome"));
}

/* There is no group to come into. */
static bool
hopeless(const json_t *json)
{
	return rejected(json) && (vec_absent(json, "good_welcome") ||
	    vec_absent(json, "initial_epoch_authenticator"));
}

/* Some write an EdDSA key with the public key behind it. */
static struct mls_buf
signature_key(struct vec *v)
{
	struct mls_buf key = vec_hex(v, v->json, "signature_priv");

	if (v->suite != NULL && key.len == 2 * v->suite->sign.alg->secret_len)
		key.len /= 2;
	return key;
}

/* A client that has all that the Welcome asks for. */
static void
prepare(struct passive *p)
{
	struct vec *v = p->v;
	const json_t *psk;
	size_t i;
	int rc;

	shelf_clear();
	if (!vec_ok(v, "client", open_client(p, true)))
		return;
	rc = mls_key_package_import(p->client,
	    vec_hex(v, v->json, "key_package"),
	    vec_hex(v, v->json, "init_priv"),
	    vec_hex(v, v->json, "encryption_priv"), signature_key(v));
	/* One that nobody can join with may be refused here already. */
	if (!hopeless(v->json))
		vec_ok(v, "key_package", rc);
	json_array_foreach(vec_array(v, v->json, "external_psks"), i, psk)
		vec_ok(v, "external_psks", mls_psk_put(p->client,
		    vec_hex(v, psk, "psk_id"), vec_hex(v, psk, "psk")));
}

int
passive_join(struct passive *p, const json_t *in, const char *welcome,
    const char *tree)
{
	struct mls_buf octets = vec_hex(p->v, in, welcome), beside = { NULL, 0 };
	mls_change *c = NULL;
	int rc;

	if (!vec_absent(in, tree))
		beside = vec_hex(p->v, in, tree);
	if (p->v->failed)
		return MLS_E_ARGUMENT;
	rc = mls_group_join(&c, p->client, octets, beside);
	if (rc == 0)
		rc = mls_change_apply(c);
	if (rc == 0)
		rc = mls_change_group(&p->group, c);
	mls_change_drop(c);
	return rc;
}

static void
enter(struct passive *p)
{
	const json_t *json = p->v->json;
	bool bad = rejected(json);

	vec_ok(p->v, bad ? "good_welcome" : "welcome", bad ?
	    passive_join(p, json, "good_welcome", "good_ratchet_tree") :
	    passive_join(p, json, "welcome", "ratchet_tree"));
	if (!p->v->failed && p->reload)
		reopen(p);
	if (!p->v->failed)
		passive_compare(p, json, "initial_epoch_authenticator",
		    "initial_epoch_authenticator");
}

/* The whole story: plain, or with all that has to be refused by a group that
 * is closed now and then. */
static void
run(struct vec *v, unsigned grants, bool hard)
{
	struct passive p = { .v = v, .slot = PASSIVE_SLOT, .reload = hard };
	const json_t *epochs, *epoch;
	size_t i;

	if (!vec_ok(v, "context", vec_world_context(&p.context, v->world,
	    grants)))
		return;
	seed(&p);
	prepare(&p);
	if (!v->failed && hard && rejected(v->json))
		passive_reject_welcome(&p);
	if (v->failed || hopeless(v->json))
		goto out;
	enter(&p);
	if (!v->failed)
		passive_messages(&p, 0);
	epochs = rejected(v->json) ? vec_list(v, v->json, "epochs") :
	    vec_array(v, v->json, "epochs");
	json_array_foreach(epochs, i, epoch) {
		if (!v->failed && hard)
			passive_reject(&p, epoch, i);
		if (!v->failed)
			follow(&p, epoch, i);
		if (!v->failed)
			passive_messages(&p, i + 1);
	}
out:
	passive_close(&p);
}

/* Whether the client says that it takes SelfRemove proposals. */
static bool
leaves_by_itself(struct vec *v)
{
	struct mls_buf in = vec_hex(v, v->json, "key_package");
	struct mls_message m;

	return !v->failed && mls__message_read(&m, &v->arena, in,
	    &mls__customs_any) == 0 &&
	    m.wire_format == MLS_WIRE_KEY_PACKAGE &&
	    mls__list16_has(m.u.key_package.leaf.capabilities.proposals,
	    VEC_SELF_REMOVE);
}

void
vec_passive(struct vec *v)
{
	unsigned grants = 0, more;

	if (vec_world_options(v->world)->any_lifetime)
		grants = VEC_GRANT_LIFETIMES | VEC_GRANT_LONG_LIVES;
	if (leaves_by_itself(v))
		grants |= VEC_GRANT_SELF_REMOVE;
	/* With no more leave than the good messages ask for. */
	for (;;) {
		run(v, grants, false);
		more = v->failed ? vec_grant(v->error) & ~grants : 0;
		if (more == 0)
			break;
		if (vec_world_options(v->world)->verbose)
			vec_print(v, "%s: leave is needed: %s", v->where,
			    vec_error_name(v->error));
		grants |= more;
		v->failed = false;
		v->error = 0;
	}
	if (!v->failed)
		run(v, grants, true);
}
