/* SPDX-License-Identifier: MIT */
/* Those outside of an observed history: they ask to be added, or come in, by
 * what the observer hands out. */
#include "play.h"

/* What somebody needs to come in by. */
static void
handed_out(struct mls_bytes *group_info, struct mls_bytes *tree,
    struct play *p)
{
	struct person *by = play_random(p);
	uint32_t flags = chance(50) ? MLS_PUBLISH_TREE_BESIDE : 0;

	must(mls_group_publish(group_info, by->group, flags));
	must(mls_observer_offer(p->watch, octets(group_info)));
	mls_bytes_free(group_info);
	must(mls_observer_group_info(group_info, p->watch));
	must(mls_observer_tree(tree, p->watch));
}

/* Who left before, and is still known to its store. */
static void
forget(struct person *who)
{
	if (who->group == NULL)
		return;
	mls_group_close(who->group);
	who->group = NULL;
	must(mls_group_delete(who->client, text(group_name)));
}

bool
play_enter(struct play *p)
{
	struct mls_external_options o = MLS_EXTERNAL_OPTIONS_INIT;
	struct person *who = &p->people[draw(p->n)];
	struct mls_bytes group_info, tree, message;
	mls_change *c;
	unsigned i;

	if (p->watch == NULL || play_members(p) < 2 || !chance(15))
		return false;
	place.doing = "coming in from outside";
	handed_out(&group_info, &tree, p);
	o.resync = who->in;
	if (!who->in)
		forget(who);
	must(mls_group_join_external(&c, who->client, octets(&group_info),
	    octets(&tree), &o));
	must(mls_change_release(&message, c));
	watch_commit(p, octets(&message), NO_OCTETS);
	must(mls_change_apply(c));
	mls_group_close(who->group);
	must(mls_change_group(&who->group, c));
	mls_change_drop(c);
	for (i = 0; i < p->n; i++)
		if (p->people[i].in && &p->people[i] != who)
			check(!play_take(p, &p->people[i],
			    octets(&message)));
	who->in = true;
	who->incarnation++;
	p->sum.entered++;
	mls_bytes_free(&group_info);
	mls_bytes_free(&tree);
	mls_bytes_free(&message);
	return true;
}

bool
play_ask(struct play *p, struct person **by, struct mls_bytes *message)
{
	struct person *who = &p->people[draw(p->n)];
	struct mls_bytes package;

	if (p->watch == NULL || who->in || !chance(50))
		return false;
	package = person_package(who, p->suite);
	must(mls_propose_join(message, who->client, text(group_name),
	    view(play_random(p)).epoch, octets(&package)));
	mls_bytes_free(&package);
	*by = who;
	p->sum.asked++;
	return true;
}
