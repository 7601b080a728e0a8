/* SPDX-License-Identifier: MIT */
/* What the scenario of mls-memory has beside its main line: clients, reading
 * a group, messages that come late, commits in one call and their echo. */
#include "memory.h"

int
client_try(mls_client **out, const struct stage *s, mls_context *context,
    int (*make)(mls_client **, mls_context *,
    const struct mls_client_options *))
{
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	struct mls_param path = { "path", NULL };
	char name[80];

	snprintf(name, sizeof(name), "%s/somebody.db", s->folder);
	path.value = name;
	o.identity = text("somebody");
	o.keystore = s->o->store == STORE_SQLITE ? "sqlite" : "memory";
	o.params = &path;
	o.n_params = s->o->store == STORE_SQLITE ? 1 : 0;
	return make(out, context, &o);
}

static int
create_client(struct stage *s, struct person *p)
{
	return client_try(&s->side, s, p->context, mls_client_create);
}

static int
open_client(struct stage *s, struct person *p)
{
	return client_try(&s->side, s, p->context, mls_client_open);
}

static void
close_client(struct stage *s)
{
	mls_client_close(s->side);
	s->side = NULL;
}

static int
is_ours(void *found, struct mls_buf group_id)
{
	*(bool *)found = equal(group_id, text(group_name));
	return 0;
}

static int
list_groups(struct stage *s, struct person *p)
{
	bool found = false;
	int rc = mls_client_groups(p->client, is_ours, &found);

	(void)s;
	check(rc != 0 || found);
	return rc;
}

static int
find_members(struct stage *s, struct person *p)
{
	struct mls_identity identity;
	uint32_t leaf = 0, again = 0;
	int rc;

	rc = mls_group_find(&leaf, p->group, text(s->person[1].name));
	if (rc == 0)
		rc = mls_group_member(&identity, p->group, leaf);
	if (rc == 0)
		rc = mls_group_find_key(&again, p->group,
		    identity.signature_key);
	check(rc != 0 || again == leaf);
	return rc == 0 ? mls_group_next(&again, p->group, leaf + 1) : rc;
}

static int
look_at_nodes(struct stage *s, struct person *p)
{
	struct mls_node_view v = MLS_NODE_VIEW_INIT;
	uint32_t node;
	int rc = 0;

	(void)s;
	for (node = 0; rc == 0 && node < 5; node++)
		rc = mls_group_node(&v, p->group, node);
	return rc;
}

static int
receive(struct stage *s, struct person *p)
{
	return mls_group_receive(p->group, octets(&s->message), NULL, NULL);
}

static int
process(struct stage *s, struct person *p)
{
	return mls_group_process(&s->change, p->group, octets(&s->message));
}

static int
apply(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_apply(s->change);
}

/* Each with a path, so that one that failed leaves no key half used. */
static int
commit_in_one(struct stage *s, struct person *p, const struct mls_intent *add)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;

	o.intents = add;
	o.n_intents = add != NULL;
	o.flags = MLS_COMMIT_FORCE_PATH;
	return mls_group_commit(&s->message, &s->welcome, p->group, &o);
}

static int
commit_add(struct stage *s, struct person *p)
{
	struct mls_intent add = { .type = MLS_EFFECT_ADD };

	add.key_package = octets(&s->package[3]);
	return commit_in_one(s, p, &add);
}

static int
commit_path(struct stage *s, struct person *p)
{
	return commit_in_one(s, p, NULL);
}

static int
settle_no(struct stage *s, struct person *p)
{
	(void)s;
	return mls_group_settle(p->group, 0);
}

static void
clients(struct stage *s)
{
	attempt(s, "client_create", ALICE, create_client);
	close_client(s);
	if (s->o->store == STORE_SQLITE) {
		attempt(s, "client_open", ALICE, open_client);
		close_client(s);
	}
	attempt(s, "client_groups", ALICE, list_groups);
	attempt(s, "group_find and so on", ALICE, find_members);
	attempt(s, "group_node", ALICE, look_at_nodes);
}

/* The second message first. */
static void
late_messages(struct stage *s)
{
	struct mls_bytes first;

	mls_bytes_free(&s->message);
	must(mls_group_send(&first, ALICE->group, text("first")));
	must(mls_group_send(&s->message, ALICE->group, text("second")));
	attempt(s, "receive out of turn", BOB, receive);
	mls_bytes_free(&s->message);
	s->message = first;
	attempt(s, "receive of a late message", BOB, receive);
	mls_bytes_free(&s->message);
}

static void
commits_in_one(struct stage *s)
{
	attempt(s, "group_commit with an add", ALICE, commit_add);
	mls_bytes_free(&s->message);
	mls_bytes_free(&s->welcome);
	attempt(s, "settle: no", ALICE, settle_no);
	attempt(s, "group_commit", ALICE, commit_path);
	mls_bytes_free(&s->welcome);
	attempt(s, "process of an echo", ALICE, process);
	attempt(s, "apply of an echo", ALICE, apply);
	mls_change_drop(s->change);
	s->change = NULL;
	must(receive(s, BOB));
	must(receive(s, CAROL));
}

void
scene_side(struct stage *s)
{
	clients(s);
	late_messages(s);
	commits_in_one(s);
}
