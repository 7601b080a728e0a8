/* SPDX-License-Identifier: MIT */
/*
 * mls-nonces: no key and nonce are used twice, whatever happens.
 *
 * Three people make messages, proposals and commits, release them or do not,
 * with stores that fail (busy, full, or nobody knows whether it was written),
 * with two handles of the same group, crashes and reloads in any order; every
 * aead_seal is recorded.  At times every draw of randomness of an operation
 * fails in turn: then nothing is given out and nothing has changed.
 *
 * `make check` takes few steps; more are had with --steps.
 */
#include "seals.h"

#include <stdlib.h>

static const char usage[] =
    "  --seed N       what happens (default 1)\n"
    "  --suite S[-T]  of this suite, or of these (default 1-7)\n"
    "  --steps N      how many in each suite (default 600)\n";

#define ACTORS 3
#define MOST_OPEN 6

/* Somebody with two handles of the same group, and changes of both that are
 * not through yet. */
struct actor {
	struct person p;
	mls_group *twin;
	mls_change *open[MOST_OPEN];
	bool of_twin[MOST_OPEN];
	bool unsure; /* has a proposal that the others may not have */
};

struct stage {
	uint16_t suite;
	mls_context *context;
	struct actor actor[ACTORS];
	struct person stranger; /* is added and removed, and never joins */
	struct mls_bytes package;
	struct {
		unsigned long released, refused, failed, unknown, crashes,
		    applied, cancelled, sweeps;
	} sum;
};

/* What may come of a call besides success, and what it tells us to do. */
enum outcome { DONE, AGAIN, REFUSED, REOPEN };

static enum outcome
outcome_of(const char *call, int rc)
{
	switch (rc) {
	case 0:
		return DONE;
	case MLS_E_STORE_BUSY:
	case MLS_E_STORE_FULL:
	case MLS_E_OUT_OF_MEMORY:
		return AGAIN;
	case MLS_E_CHANGE_STALE:
	case MLS_E_COMMIT_PENDING:
	case MLS_E_SEND_WHILE_COMMIT_PENDING:
	case MLS_E_COMMIT_BEFORE_SEND:
		return REFUSED;
	case MLS_E_RELOAD_REQUIRED:
	case MLS_E_REVISION_CHANGED:
		return REOPEN;
	default:
		die(__FILE__, __LINE__, "%s: %s", call, error_name(rc));
	}
}

static void
arm(unsigned percent)
{
	static const int statuses[] = { MLS_P_BUSY, MLS_P_FULL, MLS_P_NOMEM,
		MLS_P_IO, MLS_P_IO };
	unsigned i = draw(5);

	if (!chance(percent))
		return;
	shelf_fault.countdown = 1 + draw(2);
	shelf_fault.status = statuses[i];
	shelf_fault.written = i == 4;
}

static void
disarm(void)
{
	shelf_fault.countdown = 0;
}

/* Drop what is open of a handle; NULL: of both. */
static void
drop_open(struct actor *a, const bool *twin)
{
	unsigned i;

	for (i = 0; i < MOST_OPEN; i++) {
		if (twin != NULL && a->of_twin[i] != *twin)
			continue;
		mls_change_drop(a->open[i]);
		a->open[i] = NULL;
	}
}

static void
reopen(struct actor *a, bool twin)
{
	mls_group **at = twin ? &a->twin : &a->p.group;

	drop_open(a, &twin);
	mls_group_close(*at);
	must(mls_group_open(at, a->p.client, text(group_name)));
}

static void
crash(struct actor *a)
{
	drop_open(a, NULL);
	mls_group_close(a->twin);
	person_crash(&a->p, true);
	must(mls_group_open(&a->twin, a->p.client, text(group_name)));
}

/* The epoch; a handle that the other one left behind is opened again. */
static uint64_t
epoch_of(struct actor *a)
{
	struct mls_group_info_view v = MLS_GROUP_INFO_VIEW_INIT;
	int rc = mls_group_info(&v, a->p.group);

	if (rc == 0)
		return v.epoch;
	check(outcome_of("info", rc) == REOPEN);
	reopen(a, false);
	return view(&a->p).epoch;
}

/* Somebody takes a message, whatever the store does. */
static void
receive(struct stage *s, struct actor *to, struct mls_buf message)
{
	uint64_t epoch = epoch_of(to);
	enum outcome what = AGAIN;
	int rc, tries;

	for (tries = 0; what != DONE; tries++) {
		arm(tries < 4 ? 20 : 0);
		rc = mls_group_receive(to->p.group, message, NULL, NULL);
		disarm();
		/* It had been written after all. */
		if (tries > 0 && (rc == MLS_E_GENERATION_CONSUMED ||
		    (rc == MLS_E_HANDSHAKE_EPOCH &&
		    epoch_of(to) == epoch + 1)))
			break;
		what = outcome_of("receive", rc);
		s->sum.failed += what == AGAIN;
		s->sum.unknown += rc == MLS_E_RELOAD_REQUIRED;
		check(what != REFUSED);
		if (what == REOPEN)
			reopen(to, false);
	}
	if (chance(30))
		reopen(to, true);
}

static void
broadcast(struct stage *s, const struct actor *from, struct mls_buf message,
    bool to_all)
{
	unsigned i;

	for (i = 0; i < ACTORS; i++)
		if (&s->actor[i] != from && (to_all || chance(60)))
			receive(s, &s->actor[i], message);
}

static mls_change **
free_place(struct actor *a, bool twin)
{
	unsigned i = draw(MOST_OPEN);

	mls_change_drop(a->open[i]); /* refused, and forgotten */
	a->open[i] = NULL;
	a->of_twin[i] = twin;
	return &a->open[i];
}

static int
make_commit(mls_change **out, struct stage *s, struct actor *a, mls_group *g)
{
	static const uint32_t flags[] = { 0, 0, MLS_COMMIT_FORCE_PATH,
		MLS_COMMIT_TREE_BESIDE, MLS_COMMIT_TREE_BESIDE,
		MLS_COMMIT_NEW_SIGNATURE_KEY };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	struct mls_intent intent = { .type = MLS_EFFECT_ADD };

	intent.key_package = octets(&s->package);
	if (mls_group_find(&intent.leaf, g, text(s->stranger.name)) == 0)
		intent.type = MLS_EFFECT_REMOVE;
	if (chance(20)) {
		intent.type = MLS_EFFECT_PSK;
		intent.psk_id = text("psk1");
	}
	send.framing = chance(60) ? MLS_FRAMING_PUBLIC : MLS_FRAMING_PRIVATE;
	o.intents = &intent;
	o.n_intents = 1;
	o.flags = flags[draw(6)];
	if (a->unsure || chance(50))
		o.flags |= MLS_COMMIT_NO_CACHED;
	o.send = &send;
	return mls_group_make_commit(out, g, &o);
}

static int
make_proposal(mls_change **out, mls_group *g)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_intent intent = { .type = MLS_EFFECT_UPDATE };

	o.framing = chance(30) ? MLS_FRAMING_PUBLIC : MLS_FRAMING_PRIVATE;
	return mls_group_make_proposal(out, g, &intent, &o);
}

static void
make(struct stage *s, struct actor *a)
{
	bool twin = chance(30);
	mls_group *g = twin ? a->twin : a->p.group;
	struct shelf_version *before = shelf_hold(a->p.slot);
	mls_change **at = free_place(a, twin);
	unsigned kind = draw(10);
	int rc;

	place.doing = "making something";
	if (kind < 5)
		rc = mls_group_make_message(at, g, text("the same words"),
		    NULL);
	else if (kind < 6)
		rc = make_proposal(at, g);
	else
		rc = make_commit(at, s, a, g);
	check(shelf_same(before, a->p.slot));
	shelf_drop(before);
	if (outcome_of("make", rc) == REOPEN)
		reopen(a, twin);
}

static void
release(struct stage *s, struct actor *a)
{
	unsigned i = draw(MOST_OPEN), n;
	struct mls_bytes message = { NULL, 0 };
	const struct mls_summary *summary;
	enum outcome what;
	int rc;

	place.doing = "releasing";
	for (n = 0; n < MOST_OPEN && a->open[i] == NULL; n++)
		i = (i + 1) % MOST_OPEN;
	if (a->open[i] == NULL)
		return;
	summary = mls_change_summary(a->open[i]);
	arm(40);
	rc = mls_change_release(&message, a->open[i]);
	disarm();
	check(rc == 0 || message.data == NULL);
	if (rc == MLS_E_CHANGE_MISUSE) /* released before, and through */
		rc = MLS_E_CHANGE_STALE;
	what = outcome_of("release", rc);
	s->sum.released += what == DONE;
	s->sum.refused += what == REFUSED;
	s->sum.failed += what == AGAIN;
	s->sum.unknown += rc == MLS_E_RELOAD_REQUIRED;
	if (summary->kind == MLS_CHANGE_PROPOSAL && what == REOPEN)
		a->unsure = true;
	if (what == DONE && summary->kind != MLS_CHANGE_COMMIT) {
		broadcast(s, a, octets(&message),
		    summary->kind == MLS_CHANGE_PROPOSAL);
		mls_change_drop(a->open[i]);
		a->open[i] = NULL;
	}
	mls_bytes_free(&message);
	if (what == REOPEN)
		reopen(a, a->of_twin[i]);
}

/* The parked commit is taken or given up. */
static void
settle(struct stage *s, struct actor *a)
{
	bool accepted = chance(40), twin = chance(20);
	struct mls_bytes message = { NULL, 0 };
	uint64_t epoch = epoch_of(a);
	mls_group *g = twin ? a->twin : a->p.group;
	mls_change *c = NULL;
	unsigned i;
	int rc;

	place.doing = "settling";
	rc = mls_group_pending(&c, g);
	if (rc == 0 && c != NULL)
		must(mls_change_release(&message, c));
	if (rc == 0 && c != NULL) {
		arm(40);
		rc = accepted ? mls_change_apply(c) : mls_change_cancel(c);
		disarm();
		s->sum.unknown += rc == MLS_E_RELOAD_REQUIRED;
		s->sum.applied += rc == 0 && accepted;
		s->sum.cancelled += rc == 0 && !accepted;
	}
	mls_change_drop(c);
	if (outcome_of("settle", rc) == REOPEN)
		reopen(a, twin);
	if (twin)
		reopen(a, false);
	if (epoch_of(a) != epoch) {
		check(epoch_of(a) == epoch + 1 && message.data != NULL);
		broadcast(s, a, octets(&message), true);
		for (i = 0; i < ACTORS; i++)
			s->actor[i].unsure = false;
	}
	mls_bytes_free(&message);
}

static void
agree(struct stage *s)
{
	struct stand a, b;
	unsigned i;

	for (i = 0; i < ACTORS; i++) {
		reopen(&s->actor[i], false); /* the twin may be further */
		stand_of(i == 0 ? &a : &b, &s->actor[i].p);
		if (i > 0)
			stands_agree(&s->actor[i].p, &a, &b);
	}
}

/* CRYPT-11: each draw of an operation fails in turn. */
static void
sweep(struct stage *s, struct actor *a, int kind)
{
	struct shelf_version *before;
	struct mls_bytes message;
	mls_change *c;
	bool through;
	unsigned n;
	int rc;

	place.doing = "failing draws of randomness";
	crash(a);
	if (view(&a->p).pending)
		must(mls_group_settle(a->p.group, 0));
	for (n = 1, through = false; !through; n++) {
		before = shelf_hold(a->p.slot);
		message.data = NULL;
		c = NULL;
		dice.countdown = n;
		if (kind == 0)
			rc = mls_group_make_message(&c, a->p.group,
			    text("words"), NULL);
		else if (kind == 1)
			rc = make_proposal(&c, a->p.group);
		else
			rc = make_commit(&c, s, a, a->p.group);
		if (kind == 0 && rc == MLS_E_COMMIT_BEFORE_SEND)
			through = true;
		else if (rc == 0)
			rc = mls_change_release(&message, c);
		if (rc == 0) {
			through = dice.countdown > 0;
			check(through);
			if (kind == 1)
				a->unsure = true;
			if (kind == 2)
				must(mls_change_cancel(c));
		} else if (!through) {
			must_fail(rc, MLS_E_RNG_FAILURE);
			check(message.data == NULL);
			check(shelf_same(before, a->p.slot));
		}
		dice.countdown = 0;
		mls_change_drop(c);
		mls_bytes_free(&message);
		shelf_drop(before);
	}
	s->sum.sweeps++;
}

/* COMMIT-27: equal commits without a path, of which the first one's write
 * failed; their Welcomes differ by the tree. */
static void
add_again(struct stage *s, struct actor *a, unsigned failing)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };
	struct mls_bytes message;
	mls_change *c;
	unsigned i;

	place.doing = "adding again after a failure";
	add.key_package = octets(&s->package);
	send.framing = MLS_FRAMING_PUBLIC;
	o.intents = &add;
	o.n_intents = 1;
	o.send = &send;
	for (i = 0; i < 3; i++) {
		must(mls_group_make_commit(&c, a->p.group, &o));
		if (i < 2) {
			shelf_fault.countdown = failing;
			shelf_fault.status = MLS_P_IO;
			shelf_fault.written = false;
			must_fail(mls_change_release(&message, c),
			    MLS_E_RELOAD_REQUIRED);
			disarm();
		} else {
			must(mls_change_release(&message, c));
			must(mls_change_cancel(c));
			mls_bytes_free(&message);
		}
		mls_change_drop(c);
		crash(a);
		o.flags ^= MLS_COMMIT_TREE_BESIDE;
		/* With a path there is nothing to reserve. */
		failing = 1;
	}
}

static void
step(struct stage *s)
{
	struct actor *a = &s->actor[draw(ACTORS)];
	unsigned what = draw(100);

	if (what < 40) {
		make(s, a);
	} else if (what < 80) {
		release(s, a);
	} else if (what < 91) {
		settle(s, a);
	} else if (what < 94) {
		place.doing = "crashing";
		crash(a);
		s->sum.crashes++;
	} else if (what < 97) {
		place.doing = "opening the second handle again";
		reopen(a, true);
	} else if (what < 98) {
		sweep(s, a, (int)draw(3));
	} else {
		place.doing = "comparing";
		agree(s);
	}
}

static void
join(struct actor *a, struct mls_buf welcome)
{
	mls_change *c;

	must(mls_group_join(&c, a->p.client, welcome, NO_OCTETS));
	must(mls_change_apply(c));
	must(mls_change_group(&a->p.group, c));
	mls_change_drop(c);
}

static void
begin(struct stage *s, const struct options *o, unsigned suite)
{
	struct mls_group_options g = MLS_GROUP_OPTIONS_INIT;
	struct mls_commit_options commit = MLS_COMMIT_OPTIONS_INIT;
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_intent add[ACTORS - 1];
	struct mls_bytes kp[ACTORS - 1], message, welcome;
	unsigned i;

	memset(s, 0, sizeof(*s));
	place.suite = suite;
	s->suite = (uint16_t)suite;
	place.step = 0;
	place.doing = "beginning";
	draw_seed(o->seed * 1000003u + suite);
	seals_watched = false; /* a new context asks for known answers */
	policy.tolerate = draw(2) *
	    (MLS_TOLERATE_PENDING_SEND | MLS_TOLERATE_UNCOMMITTED);
	s->context = context_open(&policy, seals_provider());
	person_new(&s->stranger, s->context, ACTORS, STORE_SHELF, NULL);
	s->package = person_package(&s->stranger, s->suite);
	for (i = 0; i < ACTORS; i++)
		person_new(&s->actor[i].p, s->context, i, STORE_SHELF, NULL);
	g.suite = s->suite;
	g.group_id = text(group_name);
	must(mls_group_create(&s->actor[0].p.group, s->actor[0].p.client,
	    &g));
	memset(add, 0, sizeof(add));
	for (i = 0; i < ACTORS - 1; i++) {
		kp[i] = person_package(&s->actor[i + 1].p, s->suite);
		add[i].type = MLS_EFFECT_ADD;
		add[i].key_package = octets(&kp[i]);
	}
	commit.intents = add;
	commit.n_intents = ACTORS - 1;
	must(mls_group_commit(&message, &welcome, s->actor[0].p.group,
	    &commit));
	must(mls_group_settle(s->actor[0].p.group, 1));
	for (i = 0; i < ACTORS - 1; i++) {
		join(&s->actor[i + 1], octets(&welcome));
		mls_bytes_free(&kp[i]);
	}
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
	for (i = 0; i < ACTORS; i++)
		must(mls_group_open(&s->actor[i].twin, s->actor[i].p.client,
		    text(group_name)));
	seals_watched = true;
}

static void
end(struct stage *s)
{
	unsigned i;

	for (i = 0; i < ACTORS; i++) {
		drop_open(&s->actor[i], NULL);
		mls_group_close(s->actor[i].twin);
		person_free(&s->actor[i].p);
	}
	mls_bytes_free(&s->package);
	person_free(&s->stranger);
	mls_context_free(s->context);
	shelf_clear();
}

int
main(int argc, char **argv)
{
	struct options o = { .seed = 1, .suite_from = 1, .suite_to = 7,
		.members = 3, .stride = 1, .steps = 600 };
	static struct stage s;
	unsigned suite;

	options_read(&o, argc, argv, usage);
	printf("mls-nonces --seed %llu --steps %u\n",
	    (unsigned long long)o.seed, o.steps);
	for (suite = o.suite_from; suite <= o.suite_to; suite++) {
		begin(&s, &o, suite);
		add_again(&s, &s.actor[0], 1);
		add_again(&s, &s.actor[1], 2);
		while (place.step++ < o.steps)
			step(&s);
		agree(&s);
		printf("suite %u: %lu released, %lu refused, %lu failed, "
		    "%lu unknown, %lu crashes, %lu applied, %lu cancelled, "
		    "%lu sweeps of draws\n", suite, s.sum.released,
		    s.sum.refused, s.sum.failed, s.sum.unknown,
		    s.sum.crashes, s.sum.applied, s.sum.cancelled,
		    s.sum.sweeps);
		end(&s);
	}
	printf("%lu seals, no key and nonce twice\n", seals_seen);
	seals_free();
	return 0;
}
