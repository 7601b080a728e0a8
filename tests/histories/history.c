/* SPDX-License-Identifier: MIT */
/*
 * mls-history: long random histories of many members.
 *
 * In each epoch people talk, messages are delayed, lost and out of order,
 * proposals go round, one or two commit, some crash, some come and some go;
 * after it all members must agree, also with what their stores say.
 *
 * With --observe a server looks on, which has no keys, and strangers come in by
 * what it hands out.
 *
 * `make check` plays short ones.  The whole of it is
 *
 *	mls-history --suite 1-7 --epochs 500 --members 40
 */
#include "play.h"

#include <time.h>

#ifdef TEST_SQLITE
#define FILE_STORE STORE_SQLITE
#else
#define FILE_STORE STORE_SHELF
#endif

static const char usage[] =
    "  --seed N       what happens (default 1)\n"
    "  --suite S[-T]  of this suite, or of these (default 1-3)\n"
    "  --epochs E     how long (default 30)\n"
    "  --members M    how many people, 2 to 40 (default 8)\n"
    "  --store KIND   shelf, memory or sqlite (default: some of each)\n"
    "  --observe      in public, with an observer beside\n"
    "  --verbose      a line an epoch\n"
    "The long form is --suite 1-7 --epochs 500 --members 40.\n";

unsigned
play_members(const struct play *p)
{
	unsigned i, n = 0;

	for (i = 0; i < p->n; i++)
		n += p->people[i].in;
	return n;
}

struct person *
play_random(struct play *p)
{
	unsigned skip = draw(play_members(p)), i;

	for (i = 0; i < p->n; i++)
		if (p->people[i].in && skip-- == 0)
			break;
	return &p->people[i];
}

static enum store_kind
draw_store(const struct options *o)
{
	unsigned n = draw(10);

	if (o->store >= 0)
		return (enum store_kind)o->store;
	return n < 7 ? STORE_SHELF : n < 9 ? STORE_MEMORY : FILE_STORE;
}

static void
begin(struct play *p, const struct options *o, unsigned suite)
{
	struct mls_group_options g = MLS_GROUP_OPTIONS_INIT;
	struct mls_policy policy = MLS_POLICY_INIT;
	unsigned i;

	memset(p, 0, sizeof(*p));
	p->o = *o;
	p->suite = (uint16_t)suite;
	place.suite = suite;
	place.epoch = 0;
	place.doing = "beginning";
	draw_seed(o->seed * 1000003u + suite);
	policy.past_epochs = draw(5);
	if (policy.past_epochs == 0)
		policy.past_epochs = UINT32_MAX;
	policy.padding = draw(2) * 64;
	policy.tolerate = draw(4) * MLS_TOLERATE_PENDING_SEND;
	if (o->observe)
		policy.external = MLS_EXTERNAL_JOIN | MLS_EXTERNAL_RESYNC |
		    MLS_EXTERNAL_ADD;
	p->policy = policy;
	p->context = context_open(&policy, NULL);
	folder_new(p->folder, sizeof(p->folder));
	p->n = o->members < MOST_PEOPLE ? o->members : MOST_PEOPLE;
	for (i = 0; i < p->n; i++)
		person_new(&p->people[i], p->context, i, draw_store(o),
		    p->folder);
	g.suite = p->suite;
	g.group_id = text(group_name);
	must(mls_group_create(&p->people[0].group, p->people[0].client, &g));
	p->people[0].in = true;
	p->target = p->n;
	watch_begin(p);
}

static void
end(struct play *p)
{
	unsigned i;

	play_forget(p);
	watch_end(p);
	for (i = 0; i < p->n; i++)
		person_free(&p->people[i]);
	mls_context_free(p->context);
	folder_remove(p->folder);
	shelf_clear();
}

/* All agree with one another, and who is opened again with itself. */
static void
agree(struct play *p, unsigned percent)
{
	struct stand first, other;
	bool have = false;
	uint32_t leaf;
	unsigned i, j;

	place.doing = "comparing the members";
	for (i = 0; i < p->n; i++) {
		if (!p->people[i].in)
			continue;
		stand_of(&other, &p->people[i]);
		if (!have)
			first = other;
		have = true;
		stands_agree(&p->people[i], &first, &other);
		check(other.members == play_members(p));
		if (!chance(percent))
			continue;
		p->sum.reloads++;
		person_crash(&p->people[i], chance(50));
		stand_of(&other, &p->people[i]);
		stands_agree(&p->people[i], &first, &other);
		for (j = 0; j < p->n; j++)
			check((mls_group_find(&leaf, p->people[i].group,
			    text(p->people[j].name)) == 0) ==
			    p->people[j].in);
	}
}

static void
play_epoch(struct play *p)
{
	unsigned i;

	if (chance(10))
		p->target = 2 + draw(p->n - 1);
	place.doing = "sending";
	for (i = draw(4); i > 0; i--)
		play_send(p);
	play_deliver(p);
	if (chance(50))
		play_propose(p);
	if (chance(30))
		agree(p, 10);
	place.doing = "sending";
	if (chance(50))
		play_send(p);
	play_deliver(p);
	if (!play_enter(p))
		play_commit(p);
	play_age(p);
	play_deliver(p);
	agree(p, 20);
	watch_agree(p);
}

static void
tell(const struct play *p, double seconds)
{
	printf("suite %u: %lu commits (%lu competing, %lu crashes), "
	    "%lu proposals, %lu joins, %lu removals, %lu messages "
	    "(%lu late, %lu too late), %lu reloads: no divergence "
	    "(%.1f s)\n", p->suite, p->sum.commits, p->sum.competing,
	    p->sum.crashes, p->sum.proposals, p->sum.joins, p->sum.removals,
	    p->sum.messages, p->sum.late, p->sum.gone, p->sum.reloads,
	    seconds);
	if (p->o.observe)
		printf("observed: %lu handshake messages, %lu of them unseen, "
		    "%lu times lost; %lu came in, %lu asked to\n",
		    p->sum.watched, p->sum.unseen, p->sum.resyncs,
		    p->sum.entered, p->sum.asked);
}

int
main(int argc, char **argv)
{
	struct options o = { .seed = 1, .suite_from = 1, .suite_to = 3,
		.epochs = 30, .members = 8, .stride = 1, .store = -1 };
	static struct play p;
	clock_t start;
	unsigned suite;

	options_read(&o, argc, argv, usage);
	printf("mls-history --seed %llu --epochs %u --members %u\n",
	    (unsigned long long)o.seed, o.epochs, o.members);
	for (suite = o.suite_from; suite <= o.suite_to; suite++) {
		start = clock();
		begin(&p, &o, suite);
		while (place.epoch < o.epochs) {
			place.epoch++;
			play_epoch(&p);
			if (o.verbose)
				printf("epoch %u: %u members, step %lu\n",
				    place.epoch, play_members(&p),
				    place.step);
		}
		tell(&p, (double)(clock() - start) / CLOCKS_PER_SEC);
		end(&p);
	}
	return 0;
}
