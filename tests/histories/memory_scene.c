/* SPDX-License-Identifier: MIT */
/* The scenario of mls-memory: all that is done with groups. */
#include "memory.h"

#include "heap.h"

/* The calls. */

static int
put_psk(struct stage *s, struct person *p)
{
	(void)s;
	return mls_psk_put(p->client, text("shared"), text("a PSK of all"));
}

static int
delete_psk(struct stage *s, struct person *p)
{
	(void)s;
	return mls_psk_delete(p->client, text("psk3"));
}

static int
new_package(struct stage *s, struct person *p)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;

	o.suite = s->suite;
	return mls_key_package_new(&s->package[p->id], p->client, &o);
}

static int
delete_package(struct stage *s, struct person *p)
{
	return mls_key_package_delete(p->client, octets(&s->package[p->id]));
}

static int
create(struct stage *s, struct person *p)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;

	o.suite = s->suite;
	o.group_id = text(group_name);
	return mls_group_create(&p->group, p->client, &o);
}

static int
open_twin(struct stage *s, struct person *p)
{
	return mls_group_open(&s->twin, p->client, text(group_name));
}

static int
delete_group(struct stage *s, struct person *p)
{
	(void)s;
	return mls_group_delete(p->client, text(group_name));
}

static int
commit(struct stage *s, struct person *p, const struct mls_intent *intents,
    size_t n, uint32_t flags)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;

	o.intents = intents;
	o.n_intents = n;
	o.flags = flags | s->flags;
	return mls_group_make_commit(&s->change, p->group, &o);
}

static int
commit_two_adds(struct stage *s, struct person *p)
{
	struct mls_intent add[2] = { { .type = MLS_EFFECT_ADD },
		{ .type = MLS_EFFECT_ADD } };

	add[0].key_package = octets(&s->package[1]);
	add[1].key_package = octets(&s->package[2]);
	return commit(s, p, add, 2, 0);
}

static int
commit_path(struct stage *s, struct person *p)
{
	return commit(s, p, NULL, 0, MLS_COMMIT_FORCE_PATH);
}

static int
commit_new_key(struct stage *s, struct person *p)
{
	return commit(s, p, NULL, 0, MLS_COMMIT_NEW_SIGNATURE_KEY);
}

static int
commit_psk(struct stage *s, struct person *p)
{
	struct mls_intent psk = { .type = MLS_EFFECT_PSK };

	psk.psk_id = text("shared");
	return commit(s, p, &psk, 1, 0);
}

/* So many that who reads the Welcome allocates for them. */
#define MANY_PSKS 24

static int
commit_dave(struct stage *s, struct person *p)
{
	struct mls_intent in[1 + MANY_PSKS];
	size_t i;

	memset(in, 0, sizeof(in));
	in[0].type = MLS_EFFECT_ADD;
	in[0].key_package = octets(&s->package[3]);
	for (i = 1; i <= MANY_PSKS; i++) {
		in[i].type = MLS_EFFECT_PSK;
		in[i].psk_id = text("shared");
	}
	return commit(s, p, in, 1 + MANY_PSKS, MLS_COMMIT_TREE_BESIDE);
}

static int
commit_removal(struct stage *s, struct person *p)
{
	struct mls_intent remove = { .type = MLS_EFFECT_REMOVE, .leaf = 2 };

	return commit(s, p, &remove, 1, 0);
}

static int
propose(struct stage *s, struct person *p, int type)
{
	static const uint8_t extensions[] = { 0xf0, 0x01, 2, 1, 2 };
	struct mls_intent in = { .type = type };

	if (type == MLS_EFFECT_EXTENSIONS) {
		in.extensions.data = extensions;
		in.extensions.len = sizeof(extensions);
	}
	return mls_group_make_proposal(&s->change, p->group, &in, NULL);
}

static int
propose_update(struct stage *s, struct person *p)
{
	return propose(s, p, MLS_EFFECT_UPDATE);
}

static int
propose_extensions(struct stage *s, struct person *p)
{
	return propose(s, p, MLS_EFFECT_EXTENSIONS);
}

static int
make_message(struct stage *s, struct person *p)
{
	return mls_group_make_message(&s->change, p->group, text("hello"),
	    NULL);
}

static int
send_message(struct stage *s, struct person *p)
{
	return mls_group_send(&s->message, p->group, text("hello again"));
}

static int
release(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_release(&s->message, s->change);
}

static int
take_welcome(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_welcome(&s->welcome, s->change);
}

static int
take_tree(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_tree(&s->tree, s->change);
}

static int
apply(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_apply(s->change);
}

static int
cancel(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_cancel(s->change);
}

static int
discard(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_discard(s->change);
}

static int
pending(struct stage *s, struct person *p)
{
	return mls_group_pending(&s->change, p->group);
}

static int
settle(struct stage *s, struct person *p)
{
	(void)s;
	return mls_group_settle(p->group, 1);
}

static int
process(struct stage *s, struct person *p)
{
	return mls_group_process(&s->change, p->group, octets(&s->message));
}

static int
receive(struct stage *s, struct person *p)
{
	return mls_group_receive(p->group, octets(&s->message), NULL, NULL);
}

static int
join(struct stage *s, struct person *p)
{
	return mls_group_join(&s->change, p->client, octets(&s->welcome),
	    octets(&s->tree));
}

/* Who is there, which a join tells when it is asked. */
static int
summary(struct stage *s, struct person *p)
{
	(void)p;
	return mls_change_summary(s->change) != NULL ? 0 :
	    MLS_E_OUT_OF_MEMORY;
}

static int
export(struct stage *s, struct person *p)
{
	uint8_t out[48];

	(void)s;
	return mls_group_export(out, sizeof(out), p->group, "memory",
	    text("a context"));
}

static int
group_tree(struct stage *s, struct person *p)
{
	return mls_group_tree(&s->tree, p->group);
}

static int
inspect(struct stage *s, struct person *p)
{
	return mls_inspect(&s->tree, p->context, octets(&s->welcome));
}

/* Parts of the scenario. */

static void
drop(struct stage *s)
{
	mls_change_drop(s->change);
	s->change = NULL;
}

static void
renew(struct mls_bytes *b)
{
	mls_bytes_free(b);
}

static void
make(struct stage *s, const char *name, struct person *p, runner run)
{
	attempt(s, name, p, run);
	renew(&s->message);
	s->maker = run;
	attempt(s, "release", p, release);
	s->maker = NULL;
	s->flags = 0;
}

static void
make_and_apply(struct stage *s, const char *name, struct person *p,
    runner run)
{
	make(s, name, p, run);
	attempt(s, "apply of our own", p, apply);
	drop(s);
}

static void
process_and_apply(struct stage *s, struct person *p)
{
	attempt(s, "process", p, process);
	attempt(s, "apply", p, apply);
	drop(s);
}

static void
join_and_apply(struct stage *s, struct person *p)
{
	attempt(s, "join", p, join);
	attempt(s, "summary of a join", p, summary);
	attempt(s, "apply of a join", p, apply);
	if (s->change != NULL)
		must(mls_change_group(&p->group, s->change));
	drop(s);
}

static void
agree(struct stage *s)
{
	struct stand first, other;
	unsigned i;

	stand_of(&first, ALICE);
	for (i = 1; i < PEOPLE; i++) {
		if (s->person[i].group == NULL || !view(&s->person[i]).active)
			continue;
		stand_of(&other, &s->person[i]);
		stands_agree(&s->person[i], &first, &other);
	}
}

static void
founding(struct stage *s)
{
	unsigned i;

	for (i = 0; i < PEOPLE; i++)
		attempt(s, "psk_put", &s->person[i], put_psk);
	attempt(s, "psk_delete", ALICE, delete_psk);
	attempt(s, "key_package_new", ALICE, new_package);
	attempt(s, "key_package_delete", ALICE, delete_package);
	for (i = 1; i < PEOPLE; i++)
		attempt(s, "key_package_new", &s->person[i], new_package);
	attempt(s, "group_create", ALICE, create);
	make(s, "make_commit with two adds", ALICE, commit_two_adds);
	attempt(s, "change_welcome", ALICE, take_welcome);
	attempt(s, "inspect", ALICE, inspect);
	renew(&s->tree);
	attempt(s, "apply of our own", ALICE, apply);
	drop(s);
	join_and_apply(s, BOB);
	join_and_apply(s, CAROL);
	renew(&s->welcome);
	agree(s);
}

static void
commits(struct stage *s)
{
	make_and_apply(s, "make_commit with a path", BOB, commit_path);
	process_and_apply(s, ALICE);
	attempt(s, "receive of a commit", CAROL, receive);
	agree(s);
	make(s, "make_commit to be cancelled", CAROL, commit_path);
	drop(s);
	attempt(s, "group_pending", CAROL, pending);
	attempt(s, "cancel", CAROL, cancel);
	drop(s);
	make(s, "make_commit with a PSK", CAROL, commit_psk);
	drop(s);
	attempt(s, "settle", CAROL, settle);
	process_and_apply(s, ALICE);
	attempt(s, "receive of a PSK", BOB, receive);
	agree(s);
}

static void
proposals(struct stage *s)
{
	make(s, "make_proposal: update", BOB, propose_update);
	drop(s);
	process_and_apply(s, ALICE);
	attempt(s, "receive of a proposal", CAROL, receive);
	make(s, "make_proposal: extensions", CAROL, propose_extensions);
	drop(s);
	process_and_apply(s, ALICE);
	attempt(s, "receive of a proposal", BOB, receive);
	make_and_apply(s, "make_commit with a new key", ALICE,
	    commit_new_key);
	process_and_apply(s, BOB);
	process_and_apply(s, CAROL);
	agree(s);
}

static void
messages(struct stage *s)
{
	make(s, "make_message", ALICE, make_message);
	drop(s);
	process_and_apply(s, BOB);
	attempt(s, "process", CAROL, process);
	attempt(s, "discard", CAROL, discard);
	drop(s);
	renew(&s->message);
	attempt(s, "send", BOB, send_message);
	attempt(s, "receive of a message", ALICE, receive);
	attempt(s, "receive of a message", CAROL, receive);
	attempt(s, "export", ALICE, export);
	attempt(s, "tree", ALICE, group_tree);
	renew(&s->tree);
	attempt(s, "group_open", ALICE, open_twin);
	mls_group_close(s->twin);
	s->twin = NULL;
	agree(s);
}

static void
parting(struct stage *s)
{
	make(s, "make_commit with an add", BOB, commit_dave);
	attempt(s, "change_welcome", BOB, take_welcome);
	attempt(s, "change_tree", BOB, take_tree);
	attempt(s, "apply of our own", BOB, apply);
	drop(s);
	attempt(s, "receive of a commit", ALICE, receive);
	process_and_apply(s, CAROL);
	join_and_apply(s, DAVE);
	renew(&s->tree);
	renew(&s->welcome);
	agree(s);
	make_and_apply(s, "make_commit with a removal", DAVE,
	    commit_removal);
	process_and_apply(s, ALICE);
	process_and_apply(s, BOB);
	process_and_apply(s, CAROL);
	check(!view(CAROL).active);
	agree(s);
	mls_group_close(CAROL->group);
	CAROL->group = NULL;
	attempt(s, "group_delete", CAROL, delete_group);
}

void
scene_play(struct stage *s)
{
	founding(s);
	commits(s);
	proposals(s);
	messages(s);
	scene_side(s);
	scene_watch(s);
	agree(s);
	parting(s);
}
