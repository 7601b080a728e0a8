/* SPDX-License-Identifier: MIT */
/* Messages under way: delayed, dropped, out of order, met twice. */
#include "play.h"

#include <stdlib.h>

static bool
may_send(const struct play *p, const struct person *by)
{
	struct mls_group_info_view v = view(by);

	return (v.proposals == 0 ||
	    (p->policy.tolerate & MLS_TOLERATE_UNCOMMITTED) != 0) &&
	    (!v.pending ||
	    (p->policy.tolerate & MLS_TOLERATE_PENDING_SEND) != 0);
}

static void
make_letter(struct letter *l, struct play *p, struct person *by)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	uint8_t aad[32];
	mls_change *c;

	l->data.len = draw(4) == 0 ? draw(2000) : draw(64);
	l->data.data = malloc(l->data.len + 1);
	check(l->data.data != NULL);
	draw_octets(l->data.data, l->data.len);
	draw_octets(aad, sizeof(aad));
	o.aad.data = aad;
	o.aad.len = draw(sizeof(aad));
	o.padding = chance(30) ? draw(300) : 0;
	must(mls_group_make_message(&c, by->group, octets(&l->data), &o));
	if (chance(10)) { /* made for nothing */
		mls_change_drop(c);
		must(mls_group_make_message(&c, by->group, octets(&l->data),
		    &o));
	}
	must(mls_change_release(&l->message, c));
	mls_change_drop(c);
	l->epoch = view(by).epoch;
	l->leaf = view(by).own_leaf;
	l->sender = by->id;
	play_made(p, "message", by, &l->message);
}

static int
draw_due(const struct play *p)
{
	unsigned keep = p->policy.past_epochs == UINT32_MAX ? 0 :
	    p->policy.past_epochs;

	switch (draw(10)) {
	case 0:
		return -1; /* lost on the way */
	case 1:
	case 2:
		return (int)draw(keep + 3); /* perhaps too late */
	default:
		return 0;
	}
}

void
play_send(struct play *p)
{
	struct person *by = play_random(p);
	struct letter *l;
	unsigned i;

	if (!may_send(p, by))
		return;
	l = calloc(1, sizeof(*l));
	check(l != NULL);
	make_letter(l, p, by);
	watch_letter(p, octets(&l->message));
	for (i = 0; i < p->n; i++) {
		l->due[i] = -1;
		l->incarnation[i] = p->people[i].incarnation;
		if (p->people[i].in && i != by->id)
			l->due[i] = draw_due(p);
	}
	l->next = p->letters;
	p->letters = l;
	p->sum.messages++;
}

/* What is to come of it. */
static int
verdict(const struct play *p, const struct letter *l, const struct person *to)
{
	struct mls_group_info_view v = view(to);
	uint64_t keep = p->policy.past_epochs == UINT32_MAX ? 0 :
	    p->policy.past_epochs;

	if (l->incarnation[to->id] != to->incarnation ||
	    v.epoch - l->epoch > keep)
		return MLS_E_EPOCH_SECRETS_GONE;
	return 0;
}

static void
judge(const struct play *p, const struct letter *l, mls_change *c)
{
	const struct mls_summary *s = mls_change_summary(c);

	check(s->kind == MLS_CHANGE_MESSAGE);
	check(s->epoch == l->epoch);
	check(s->sender == l->leaf);
	check(s->own == 0);
	check(s->framing == MLS_FRAMING_PRIVATE);
	check(equal(s->data, octets(&l->data)));
	check(equal(s->sender_identity.identity,
	    text(p->people[l->sender].name)));
}

static void
arrive(struct play *p, const struct letter *l, struct person *to)
{
	struct mls_buf message = octets(&l->message);
	struct shelf_version *before = shelf_hold(to->slot);
	mls_change *c, *twin = NULL;

	if (chance(15)) { /* looked at, and dropped */
		must(mls_group_process(&c, to->group, message));
		judge(p, l, c);
		mls_change_drop(c);
		check(to->store != STORE_SHELF || shelf_same(before,
		    to->slot));
	}
	must(mls_group_process(&c, to->group, message));
	judge(p, l, c);
	if (chance(10))
		must(mls_group_process(&twin, to->group, message));
	check(to->store != STORE_SHELF || shelf_same(before, to->slot));
	if (chance(10))
		must(mls_change_discard(c));
	else
		must(mls_change_apply(c));
	must_fail(mls_change_apply(c), MLS_E_CHANGE_MISUSE);
	mls_change_drop(c);
	if (twin != NULL)
		must_fail(mls_change_apply(twin), MLS_E_CHANGE_STALE);
	mls_change_drop(twin);
	if (chance(20))
		must_fail(mls_group_process(&c, to->group, message),
		    MLS_E_GENERATION_CONSUMED);
	shelf_drop(before);
}

static void
deliver(struct play *p, struct letter *l, struct person *to)
{
	mls_change *c;
	int want;

	l->due[to->id] = -1;
	if (to->group == NULL)
		return;
	want = verdict(p, l, to);
	if (want == 0) {
		arrive(p, l, to);
		p->sum.late += l->epoch != view(to).epoch;
	} else {
		must_fail(mls_group_process(&c, to->group,
		    octets(&l->message)), want);
		p->sum.gone++;
	}
}

void
play_deliver(struct play *p)
{
	unsigned order[64], i, n = 0, j;
	struct letter *l, *due[64];

	place.doing = "delivering messages";
	for (l = p->letters; l != NULL && n < 64; l = l->next)
		due[n++] = l;
	shuffle(order, n);
	for (i = 0; i < n; i++) {
		l = due[order[i]];
		for (j = 0; j < p->n; j++) {
			place.step++;
			if (l->due[j] == 0)
				deliver(p, l, &p->people[j]);
		}
	}
}

static void
free_letter(struct letter *l)
{
	mls_bytes_free(&l->message);
	mls_bytes_free(&l->data);
	free(l);
}

void
play_age(struct play *p)
{
	struct letter **at = &p->letters, *l;
	bool waited;
	unsigned i;

	while ((l = *at) != NULL) {
		waited = false;
		for (i = 0; i < p->n; i++) {
			if (l->due[i] > 0)
				l->due[i]--;
			waited = waited || l->due[i] >= 0;
		}
		if (waited) {
			at = &l->next;
		} else {
			*at = l->next;
			free_letter(l);
		}
	}
}

void
play_forget(struct play *p)
{
	struct letter *l;

	while ((l = p->letters) != NULL) {
		p->letters = l->next;
		free_letter(l);
	}
}
