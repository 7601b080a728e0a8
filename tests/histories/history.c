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
 *
 * Who serves the cryptography is to be no matter: members with different
 * providers agree, and with the same seeds each provider makes the same octets.
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
    "  --crypto LIST        whom the crypto of all is routed to (openssl)\n"
    "  --providers A,B,...  member i by the i-th of these, over and over,\n"
    "                       each with a context of its own\n"
    "  --sign LIST          who signs\n"
    "  --verify-with NAME   who does everything a second time\n"
    "  --rng-seed N   what the library draws (default: by --seed)\n"
    "  --digest       at a clock that stands still; print hashes over all\n"
    "                 messages: of their octets, and of their order (kind,\n"
    "                 epoch and sender of each)\n"
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

void
play_made(struct play *p, const char *kind, const struct person *by,
    const struct mls_bytes *message)
{
	if (p->o.digest)
		digest_add(&p->digest, kind, place.epoch, by->id,
		    octets(message));
}

static uint64_t
standing_clock(void *payload)
{
	(void)payload;
	return 1700000000;
}

/* The i-th of a list, over and over. */
static void
nth(char *out, size_t cap, const char *list, unsigned i)
{
	unsigned n = 1;
	const char *s;

	for (s = list; *s != '\0'; s++)
		n += *s == ',';
	for (s = list, i %= n; i > 0; i--)
		s = strchr(s, ',') + 1;
	snprintf(out, cap, "%.*s", (int)strcspn(s, ","), s);
}

static void
open_contexts(struct play *p)
{
	char route[320], who[100], sign[100] = "", second[100] = "";
	const struct options *o = &p->o;
	unsigned i;

	if (o->sign != NULL)
		snprintf(sign, sizeof(sign), "sign = %.80s\n", o->sign);
	if (o->verify_with != NULL)
		snprintf(second, sizeof(second), "verify-with = %.80s\n",
		    o->verify_with);
	p->n_contexts = o->providers != NULL ? p->n : 1;
	for (i = 0; i < p->n_contexts; i++) {
		snprintf(who, sizeof(who), "%s", crypto_default());
		if (o->providers != NULL)
			nth(who, sizeof(who), o->providers, i);
		snprintf(route, sizeof(route), "crypto = %s\n%s%s", who, sign,
		    second);
		p->contexts[i] = context_routed(&p->policy, route);
	}
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
	if (o->rng_seeded)
		dice.state = o->rng_seed;
	if (o->digest)
		policy.now = standing_clock;
	policy.past_epochs = draw(5);
	if (policy.past_epochs == 0)
		policy.past_epochs = UINT32_MAX;
	policy.padding = draw(2) * 64;
	policy.tolerate = draw(4) * MLS_TOLERATE_PENDING_SEND;
	if (o->observe)
		policy.external = MLS_EXTERNAL_JOIN | MLS_EXTERNAL_RESYNC |
		    MLS_EXTERNAL_ADD;
	p->policy = policy;
	folder_new(p->folder, sizeof(p->folder));
	p->n = o->members < MOST_PEOPLE ? o->members : MOST_PEOPLE;
	open_contexts(p);
	for (i = 0; i < p->n; i++)
		person_new(&p->people[i], p->contexts[i % p->n_contexts], i,
		    draw_store(o), p->folder);
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
	for (i = 0; i < p->n_contexts; i++)
		mls_context_free(p->contexts[i]);
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
		if (o.digest)
			digest_print(&p.digest, suite);
		end(&p);
	}
	return 0;
}
