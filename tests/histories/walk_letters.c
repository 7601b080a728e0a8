/* SPDX-License-Identifier: MIT */
/* Application messages, some of which take their time. */
#include "walk.h"

#include <stdlib.h>

static void
letter_free(struct letter *l)
{
	mls_bytes_free(&l->message);
	free(l->data.data);
	memset(l, 0, sizeof(*l));
}

void
walk_letters_free(void)
{
	unsigned i;

	for (i = 0; i < LETTERS; i++)
		letter_free(&walk.letters[i]);
}

static struct room *
room_by_serial(unsigned serial)
{
	unsigned i;

	for (i = 0; i < ROOMS; i++)
		if (walk.rooms[i].used && walk.rooms[i].serial == serial)
			return &walk.rooms[i];
	return NULL;
}

bool
walk_send(void)
{
	struct room *r = &walk.rooms[draw(ROOMS)];
	struct letter *l = &walk.letters[draw(LETTERS)];
	unsigned i;

	if (!r->used || r->over)
		return false;
	letter_free(l);
	l->serial = r->serial;
	l->epoch = r->epoch;
	l->from = room_member(r);
	l->data.len = draw(chance(90) ? 100 : 5000);
	l->data.data = malloc(l->data.len + 1);
	check(l->data.data != NULL);
	draw_octets(l->data.data, l->data.len);
	must(mls_group_send(&l->message, r->seats[l->from].group,
	    octets(&l->data)));
	for (i = 0; i < WALKERS; i++)
		l->due[i] = r->seats[i].in && i != l->from;
	return true;
}

static void
arrive(const struct letter *l, struct seat *s)
{
	const struct mls_summary *m;
	mls_change *c;

	must(mls_group_process(&c, s->group, octets(&l->message)));
	m = mls_change_summary(c);
	check(m->kind == MLS_CHANGE_MESSAGE);
	check(equal(m->data, octets(&l->data)));
	check(m->epoch == l->epoch);
	check(walker_of(&m->sender_identity) == l->from);
	must(mls_change_apply(c));
	mls_change_drop(c);
	must_fail(mls_group_process(&c, s->group, octets(&l->message)),
	    MLS_E_GENERATION_CONSUMED);
}

void
walk_deliver(void)
{
	struct letter *l;
	struct room *r;
	struct seat *s;
	unsigned i, k;

	for (i = 0; i < LETTERS; i++) {
		l = &walk.letters[i];
		r = l->serial != 0 ? room_by_serial(l->serial) : NULL;
		for (k = 0; r != NULL && k < WALKERS; k++) {
			s = &r->seats[k];
			if (!l->due[k] || chance(60))
				continue;
			l->due[k] = false;
			if (s->in && s->since <= l->epoch &&
			    r->epoch - l->epoch <= PAST)
				arrive(l, s);
		}
	}
}
