/* SPDX-License-Identifier: MIT */
/*
 * mls-walk: operations drawn at random from all that there are, on several
 * groups at once.  After each epoch all members and an observer are compared.
 *
 * `make check` walks a short way.  The whole of it is
 *
 *	mls-walk --steps 10000
 */
#include "walk.h"

#include <time.h>

static const char usage[] =
    "  --seed N   what happens (default 1)\n"
    "  --steps N  how many operations (default 400)\n"
    "  --token M  keys of suites 1 and 3 stay in a token, of the module M\n"
    "  --verbose  a line an operation\n"
    "The long form is --steps 10000.\n";

struct walk walk;

static const struct operation {
	const char *name;
	unsigned weight;
	bool (*run)(void);
} operations[] = {
	{ "send", 20, walk_send },
	{ "propose", 18, walk_propose },
	{ "propose from outside", 8, walk_propose_outside },
	{ "commit", 25, walk_commit },
	{ "external join", 6, walk_enter },
	{ "resync", 4, walk_return },
	{ "external senders", 4, walk_door },
	{ "resumption PSK", 5, walk_past },
	{ "new credential", 4, walk_renew },
	{ "create", 3, walk_create },
	{ "reinit", 4, walk_reinit },
	{ "branch", 3, walk_branch },
	{ "dissolve", 1, walk_dissolve },
	{ "crash", 6, walk_crash },
};
#define OPERATIONS (sizeof(operations) / sizeof(operations[0]))

static unsigned
pick(void)
{
	unsigned total = 0, i, n;

	for (i = 0; i < OPERATIONS; i++)
		total += operations[i].weight;
	n = draw(total);
	for (i = 0; n >= operations[i].weight; i++)
		n -= operations[i].weight;
	return i;
}

static int
judge(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	if (previous == NULL)
		return 0;
	check(where == MLS_AT_UPDATE || where == MLS_AT_COMMIT ||
	    where == MLS_AT_RESYNC);
	return walker_of(identity) != walker_of(previous);
}

/* A new credential is of the same person. */
static int
same(void *payload, const struct mls_identity *one,
    const struct mls_identity *other)
{
	(void)payload;
	return walker_of(one) != walker_of(other);
}

static void
noted(void *payload, mls_group *group, const struct mls_effect *effect)
{
	struct room *r = room_of(group);

	(void)payload;
	check(effect->proposal_type == NOTE);
	check(r != NULL);
	r->applied++;
}

static void
begin(uint64_t seed, const char *token)
{
	static const struct mls_custom_proposal note = { .type = NOTE,
		.flags = MLS_CUSTOM_NO_PATH | MLS_CUSTOM_EXTERNAL |
		MLS_CUSTOM_EXTERNAL_COMMIT, .apply = noted };
	static const uint16_t badge = BADGE;
	struct mls_policy policy = MLS_POLICY_INIT;
	unsigned i;

	memset(&walk, 0, sizeof(walk));
	draw_seed(seed);
	place.doing = "beginning";
	policy.credential = judge;
	policy.same = same;
	policy.past_epochs = PAST;
	policy.external = MLS_EXTERNAL_JOIN | MLS_EXTERNAL_RESYNC |
	    MLS_EXTERNAL_ADD;
	policy.tolerate = MLS_TOLERATE_UNCOMMITTED;
	policy.drafts = MLS_DRAFT_SELF_REMOVE;
	policy.proposals = &note;
	policy.n_proposals = 1;
	policy.credentials = &badge;
	policy.n_credentials = 1;
	walk.context = token != NULL ? token_context(&policy, token) :
	    context_open(&policy, NULL);
	for (i = 0; i <= PORTER; i++)
		person_new(&walk.people[i], walk.context, i,
		    chance(70) || token != NULL ? STORE_SHELF : STORE_MEMORY,
		    NULL);
}

static void
end(void)
{
	unsigned i;

	walk_letters_free();
	for (i = 0; i < ROOMS; i++)
		if (walk.rooms[i].used)
			room_end(&walk.rooms[i]);
	for (i = 0; i <= PORTER; i++)
		person_free(&walk.people[i]);
	mls_context_free(walk.context);
	shelf_clear();
}

int
main(int argc, char **argv)
{
	struct options o = { .seed = 1, .suite_from = 1, .suite_to = 7,
		.members = 2, .steps = 400, .stride = 1, .store = -1 };
	unsigned i, most = 0;

	options_read(&o, argc, argv, usage);
	printf("mls-walk --seed %llu --steps %u\n",
	    (unsigned long long)o.seed, o.steps);
	begin(o.seed, o.token);
	while (place.step < o.steps) {
		i = pick();
		place.doing = operations[i].name;
		if (!operations[i].run())
			continue;
		place.step++;
		walk.done[i]++;
		walk_deliver();
		if (o.token != NULL)
			most = token_check() > most ? token_check() : most;
		if (o.verbose)
			printf("%lu: %s\n", place.step, operations[i].name);
	}
	if (o.token != NULL) {
		printf("%u keys in the token, %u at most: those that are "
		    "needed\n", token_check(), most);
		token_end();
	}
	end();
	for (i = 0; i < OPERATIONS; i++)
		printf("%s%lu %s", i == 0 ? "" : ", ", walk.done[i],
		    operations[i].name);
	printf("; %u groups, %lu of %lu handshake messages not for the eyes of "
	    "their observers: no divergence\n", walk.rooms_made, walk.unseen,
	    walk.shown);
	return 0;
}
