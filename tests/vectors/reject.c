/* SPDX-License-Identifier: MIT */
/* What passive clients have to refuse: each story from the state at the start
 * of its epoch, and all stories of an epoch one after the other. */
#include <stdio.h>
#include <string.h>

#include "passive.h"

/* A story: the messages, and which of them is to be refused. */
struct story {
	const json_t *json;
	char where[64]; /* of the entry in the case */
	size_t n;
	struct mls_buf *messages;
	size_t bad; /* the n-th: any */
	bool together; /* it may be fed beside others */
};

/* Stories fed to one group, and what it has taken. */
struct audience {
	struct passive *p;
	struct mls_buf *taken;
	size_t n_taken, room;
	bool sealed; /* a private message was taken */
	bool moved;  /* into another epoch */
	bool over;   /* a story spent the key of a message of the epoch */
	bool together; /* other stories came before */
	int error;   /* of the last message refused */
};

/* Why the story went wrong; the case goes on. */
static void
complain(const struct audience *a, const struct story *s, const char *what,
    const char *error)
{
	const char *rule = json_string_value(json_object_get(s->json,
	    "rule"));
	const char *why = json_string_value(json_object_get(s->json, "why"));

	vec_print(a->p->v, "%s: %s: %s: %s%s%s%s", s->where,
	    rule != NULL ? rule : "no rule", why != NULL ? why : "no reason",
	    what, error != NULL ? ": " : "", error != NULL ? error : "",
	    a->together ? " (all stories in one group)" : "");
}

/* As it had to be. */
static void
praise(const struct audience *a, const struct story *s)
{
	a->p->v->checks++;
	if (vec_world_options(a->p->v->world)->verbose)
		complain(a, s, "refused", vec_error_name(a->error));
}

static bool
read_messages(struct vec *v, struct story *s, bool with_commit)
{
	const json_t *proposals = vec_list(v, s->json, "proposals"), *p;
	size_t i, n = json_array_size(proposals);

	s->messages = mls__arena_array(&v->arena, n + 1,
	    sizeof(*s->messages));
	if (s->messages == NULL)
		return vec_fail(v, s->where, "is too much");
	json_array_foreach(proposals, i, p)
		s->messages[s->n++] = vec_hex_of(v, p, s->where);
	if (with_commit && !vec_absent(s->json, "commit"))
		s->messages[s->n++] = vec_hex(v, s->json, "commit");
	return !v->failed;
}

/* `at` tells which message is meant; a replay need not be written out. */
static bool
read_story(struct vec *v, struct story *s)
{
	const char *at = vec_text(v, s->json, "at");

	if (v->failed || !read_messages(v, s, strcmp(at, "proposals") != 0))
		return false;
	if (s->n == 0)
		return vec_fail(v, s->where, "has no message");
	s->bad = s->n - 1;
	if (strcmp(at, "any") == 0) {
		s->bad = s->n;
	} else if (strcmp(at, "second") == 0) {
		if (s->n == 1)
			s->messages[s->n++] = s->messages[0];
		s->bad = 1;
	} else if (strcmp(at, "commit") != 0 && strcmp(at, "proposals") != 0) {
		return vec_fail(v, s->where, "has an unknown `at`");
	}
	return true;
}

static bool
was_taken(const struct audience *a, struct mls_buf message)
{
	size_t i;

	for (i = 0; i < a->n_taken; i++)
		if (mls__equal(a->taken[i], message))
			return true;
	return false;
}

static bool
is_private(struct mls_buf message)
{
	struct mls_reader r;

	mls__reader_init(&r, message);
	mls__read_u16(&r);
	return mls__read_u16(&r) == 2 && r.error == 0;
}

/* What can be told of a group without its store. */
static bool
same_view(const struct mls_group_info_view *a,
    const struct mls_group_info_view *b)
{
	return a->epoch == b->epoch && a->members == b->members &&
	    a->active == b->active && a->proposals == b->proposals &&
	    mls__equal(a->tree_hash, b->tree_hash) &&
	    mls__equal(a->authenticator, b->authenticator);
}

/* Take a message, or find it refused with nothing changed. */
static bool
feed(struct audience *a, const struct story *s, struct mls_buf message)
{
	struct mls_group_info_view before = MLS_GROUP_INFO_VIEW_INIT;
	struct mls_group_info_view after = MLS_GROUP_INFO_VIEW_INIT;
	struct shelf_version *store = shelf_hold(a->p->slot);
	int kind = 0;
	bool same;

	a->p->v->checks++;
	a->error = mls_group_info(&before, a->p->group);
	if (a->error == 0)
		a->error = passive_take(a->p, &kind, message);
	if (a->error == 0) {
		a->sealed |= is_private(message);
		a->moved |= kind == MLS_CHANGE_COMMIT;
		if (a->n_taken < a->room)
			a->taken[a->n_taken++] = message;
	}
	same = a->error == 0 || (shelf_same(store, a->p->slot) &&
	    mls_group_info(&after, a->p->group) == 0 &&
	    same_view(&before, &after));
	shelf_drop(store);
	if (!same)
		complain(a, s, "refused, but something changed",
		    vec_error_name(a->error));
	return same;
}

/* One key cannot open the messages of two stories (MSG-09), and a cache has
 * its limits (LIMIT-05). */
static bool
is_spent(const struct audience *a)
{
	return a->together && (a->error == MLS_E_GENERATION_CONSUMED ||
	    a->error == MLS_E_PROPOSAL_CACHE_FULL);
}

/* A message before the one that is meant. */
static bool
feed_good(struct audience *a, const struct story *s, size_t i)
{
	if (!feed(a, s, s->messages[i]))
		return false;
	if (a->error == 0 || s->bad == s->n || is_spent(a))
		return true;
	complain(a, s, "a good message is refused", vec_error_name(a->error));
	return false;
}

/* Whether the story went as it has to. */
static bool
tell(struct audience *a, const struct story *s)
{
	size_t i, last = s->bad == s->n ? s->n - 1 : s->bad;

	a->error = 0;
	for (i = 0; i <= last; i++) {
		if (i != s->bad && was_taken(a, s->messages[i]))
			continue;
		if (!(i == s->bad ? feed(a, s, s->messages[i]) :
		    feed_good(a, s, i)))
			return false;
		if (s->bad == s->n && a->error != 0)
			break;
	}
	if (a->error == 0)
		complain(a, s, "taken, not refused", NULL);
	return a->error != 0;
}

/* A message of the epoch itself, after the stories. */
static bool
feed_own(struct audience *a, const struct story *s, struct mls_buf message,
    const char *complaint)
{
	int kind, rc;

	if (a->over || was_taken(a, message))
		return true;
	rc = passive_take(a->p, &kind, message);
	a->over = rc == MLS_E_GENERATION_CONSUMED && a->sealed &&
	    is_private(message);
	if (rc != 0 && !a->over)
		complain(a, s, complaint, vec_error_name(rc));
	return rc == 0 || a->over;
}

static bool
ends_well(struct audience *a, const struct story *s, const json_t *epoch)
{
	const json_t *want = json_object_get(epoch, "epoch_authenticator");
	struct mls_group_info_view info = MLS_GROUP_INFO_VIEW_INIT;

	if (a->over || json_is_null(want))
		return true;
	if (mls_group_info(&info, a->p->group) == 0 &&
	    mls__equal(info.authenticator, vec_hex_of(a->p->v, want,
	    s->where)))
		return true;
	complain(a, s, "the epoch ends otherwise after it", NULL);
	return false;
}

/* The epoch goes on as if nothing had been refused. */
static bool
go_on(struct audience *a, const struct story *s, const json_t *epoch)
{
	struct mls_buf commit = vec_hex(a->p->v, epoch, "commit");
	const json_t *p;
	size_t i;

	if (a->moved)
		return !was_taken(a, commit) || ends_well(a, s, epoch);
	json_array_foreach(json_object_get(epoch, "proposals"), i, p)
		if (!feed_own(a, s, vec_hex_of(a->p->v, p, s->where),
		    "a proposal of the epoch is refused after it"))
			return false;
	return feed_own(a, s, commit,
	    "the commit of the epoch is refused after it") &&
	    ends_well(a, s, epoch);
}

/* One story in a group of its own. */
static bool
try_alone(struct passive *p, struct story *s, const json_t *epoch,
    struct shelf_version *then)
{
	struct passive copy;
	struct audience a = { .p = &copy, .room = s->n };
	bool good;

	a.taken = mls__arena_array(&p->v->arena, s->n, sizeof(*a.taken));
	passive_copy(&copy, p, then);
	good = a.taken != NULL && !p->v->failed && tell(&a, s);
	s->together = good && !a.moved;
	if (good)
		praise(&a, s);
	good = good && go_on(&a, s, epoch);
	passive_close(&copy);
	return good;
}

/* Those that went well alone, one after the other. */
static bool
try_together(struct passive *p, const struct story *stories, size_t n,
    const json_t *epoch, struct shelf_version *then)
{
	struct story end = { .json = epoch, .where = "epoch" };
	struct passive copy;
	struct audience a = { .p = &copy, .together = true };
	bool good = true;
	size_t i;

	for (i = 0; i < n; i++)
		a.room += stories[i].n;
	a.taken = mls__arena_array(&p->v->arena, a.room, sizeof(*a.taken));
	if (a.taken == NULL)
		return false;
	passive_copy(&copy, p, then);
	for (i = 0; i < n && !p->v->failed; i++)
		if (stories[i].together)
			good &= tell(&a, &stories[i]);
	good = good && !p->v->failed && go_on(&a, &end, epoch);
	passive_close(&copy);
	return good;
}

void
passive_reject(struct passive *p, const json_t *epoch, size_t index)
{
	const json_t *list = vec_list(p->v, epoch, "reject"), *entry;
	size_t n = json_array_size(list), i;
	struct shelf_version *then;
	struct story *stories;
	char where[96];
	bool good = true;

	if (n == 0)
		return;
	stories = mls__arena_array(&p->v->arena, n, sizeof(*stories));
	if (stories == NULL) {
		vec_fail(p->v, "reject", "is too much");
		return;
	}
	then = shelf_hold(p->slot);
	json_array_foreach(list, i, entry) {
		stories[i].json = entry;
		snprintf(stories[i].where, sizeof(stories[i].where),
		    "epochs[%zu].reject[%zu]", index, i);
		if (!read_story(p->v, &stories[i]))
			break;
		good &= try_alone(p, &stories[i], epoch, then);
	}
	if (!p->v->failed)
		good &= try_together(p, stories, n, epoch, then);
	shelf_drop(then);
	snprintf(where, sizeof(where), "epochs[%zu].reject", index);
	if (!good)
		vec_fail(p->v, where, "not all is as it has to be");
}

void
passive_reject_welcome(struct passive *p)
{
	struct story s = { .json = p->v->json, .where = "welcome" };
	struct shelf_version *store = shelf_hold(p->slot);
	struct audience a = { .p = p };

	a.error = passive_join(p, p->v->json, "welcome", "ratchet_tree");
	if (p->v->failed) {
		; /* no hex string */
	} else if (a.error == 0) {
		complain(&a, &s, "taken, not refused", NULL);
		vec_fail(p->v, "welcome", "is taken, not refused");
	} else if (!shelf_same(store, p->slot)) {
		complain(&a, &s, "refused, but something changed",
		    vec_error_name(a.error));
		vec_fail(p->v, "welcome", "changed something");
	} else {
		praise(&a, &s);
	}
	shelf_drop(store);
}
