/* SPDX-License-Identifier: MIT */
/*
 * mls-mangle: every octet of every message of a history, cut off or flipped.
 *
 * Each must give an error of the table and leave group and store as they
 * were, octet by octet, and the good message must be taken afterwards.  The
 * one exception are the entries of other joiners in a Welcome, where a flip
 * may also go unnoticed.
 *
 * --stride N takes every N-th octet only, beginning anywhere.
 */
#include "world.h"

#include <stdlib.h>
#include <time.h>

static const char usage[] =
    "  --seed N       which bits flip (default 1)\n"
    "  --suite S[-T]  of this suite, or of these (default 1-7)\n"
    "  --stride N     every N-th octet only (default 1: each)\n"
    "  --epochs E     rounds of the history (default 1)\n";

enum { ALICE, BOB, CAROL, DAVE, ERIN, PEOPLE };

struct stage {
	uint16_t suite;
	unsigned stride;
	mls_context *context;
	struct person people[PEOPLE];
	unsigned long tried, unnoticed;
};

/* What takes octets: 0, or an error; *out is NULL if it makes no change. */
typedef int (*take_fn)(mls_change **out, struct person *by,
    struct mls_buf message, struct mls_buf beside);

static int
take_message(mls_change **out, struct person *by, struct mls_buf message,
    struct mls_buf beside)
{
	(void)beside;
	return mls_group_process(out, by->group, message);
}

static int
take_welcome(mls_change **out, struct person *by, struct mls_buf message,
    struct mls_buf beside)
{
	return mls_group_join(out, by->client, message, beside);
}

/* The tree is what is mangled. */
static int
take_tree(mls_change **out, struct person *by, struct mls_buf message,
    struct mls_buf beside)
{
	return mls_group_join(out, by->client, beside, message);
}

static int
take_package(mls_change **out, struct person *by, struct mls_buf message,
    struct mls_buf beside)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent add = { .type = MLS_EFFECT_ADD };

	(void)beside;
	add.key_package = message;
	o.intents = &add;
	o.n_intents = 1;
	return mls_group_make_commit(out, by->group, &o);
}

/* Octets of a message that may be flipped unnoticed. */
struct range {
	size_t from, to;
};

static struct mangling {
	struct stage *s;
	const char *what;
	struct person *by;
	take_fn take;
	struct mls_buf message, beside;
	struct range spared[PEOPLE];
	unsigned n_spared;
} nothing;

static bool
spared(const struct mangling *m, size_t at)
{
	unsigned i;

	for (i = 0; i < m->n_spared; i++)
		if (at >= m->spared[i].from && at < m->spared[i].to)
			return true;
	return false;
}

/* Take bad octets; they are in a block of their own, for the sanitizer. */
static void
take_bad(const struct mangling *m, const uint8_t *data, size_t len,
    bool lenient)
{
	uint8_t *copy = malloc(len > 0 ? len : 1);
	struct mls_buf bad = { copy, len };
	mls_change *c = NULL;
	int rc;

	check(copy != NULL);
	memcpy(copy, data, len);
	rc = m->take(&c, m->by, bad, m->beside);
	if (rc == 0 && !lenient)
		die(__FILE__, __LINE__, "it was taken");
	if (rc != 0 && (rc > 0 || mls_error_info(rc) == NULL))
		die(__FILE__, __LINE__, "%d is no error of the table", rc);
	check(rc == 0 || c == NULL);
	m->s->unnoticed += rc == 0;
	m->s->tried++;
	mls_change_drop(c);
	free(copy);
}

static void
mangle(struct mangling *m)
{
	struct shelf_version *before = shelf_hold(m->by->slot);
	bool member = m->by->group != NULL;
	struct stand was, is;
	uint8_t *data = malloc(m->message.len);
	char doing[96];
	size_t at;

	check(data != NULL);
	place.doing = doing;
	memcpy(data, m->message.data, m->message.len);
	if (member)
		stand_of(&was, m->by);
	for (at = draw(m->s->stride); at < m->message.len;
	    at += m->s->stride) {
		place.step++;
		snprintf(doing, sizeof(doing), "cutting octet %zu of %zu of "
		    "%s", at, m->message.len, m->what);
		take_bad(m, data, at, false);
		data[at] ^= (uint8_t)(1u << draw(8));
		snprintf(doing, sizeof(doing), "flipping octet %zu of %zu of "
		    "%s to %02x", at, m->message.len, m->what, data[at]);
		take_bad(m, data, m->message.len, spared(m, at));
		data[at] = m->message.data[at];
		if (!shelf_same(before, m->by->slot))
			die(__FILE__, __LINE__, "the store has changed");
	}
	if (member) {
		stand_of(&is, m->by);
		stands_agree(m->by, &was, &is);
	}
	shelf_drop(before);
	free(data);
}

/* Mangle a message for somebody, then hand over the good one. */
static void
give(struct stage *s, const char *what, struct person *to,
    const struct mls_bytes *message)
{
	struct mangling m = nothing;

	m.s = s;
	m.what = what;
	m.by = to;
	m.take = take_message;
	m.message = octets(message);
	mangle(&m);
	place.doing = what;
	must(mls_group_receive(to->group, octets(message), NULL, NULL));
}

static void
give_all(struct stage *s, const char *what, const struct person *from,
    struct mls_bytes *message)
{
	unsigned i;
	bool first = true;

	for (i = 0; i < PEOPLE; i++) {
		if (s->people[i].group == NULL || &s->people[i] == from)
			continue;
		if (first)
			give(s, what, &s->people[i], message);
		else
			must(mls_group_receive(s->people[i].group,
			    octets(message), NULL, NULL));
		first = false;
	}
	mls_bytes_free(message);
}

static void
agree(const struct stage *s)
{
	struct stand a, b;
	unsigned i;

	stand_of(&a, &s->people[ALICE]);
	for (i = 1; i < PEOPLE; i++) {
		if (s->people[i].group == NULL)
			continue;
		stand_of(&b, &s->people[i]);
		stands_agree(&s->people[i], &a, &b);
	}
}

/* Reading of a Welcome, as far as its entries go: RFC 9420 §12.4.3.1. */
static size_t
read_length(const uint8_t *p, size_t *at)
{
	unsigned more = 1u << (p[*at] >> 6), i;
	size_t len = p[(*at)++] & 0x3f;

	for (i = 1; i < more; i++)
		len = len << 8 | p[(*at)++];
	return len;
}

/* Spare all entries but the own one, whose place among them is known. */
static void
spare_others(struct mangling *m, unsigned own)
{
	const uint8_t *p = m->message.data;
	size_t at = 2 + 2 + 2, end, begin, len;
	unsigned i, j;

	len = read_length(p, &at);
	end = at + len;
	for (i = 0; at < end; i++) {
		begin = at;
		for (j = 0; j < 3; j++) { /* reference, KEM output, seal */
			len = read_length(p, &at);
			at += len;
		}
		if (i == own)
			continue;
		m->spared[m->n_spared].from = begin;
		m->spared[m->n_spared++].to = at;
	}
	check(at == end && i > own);
}

static void
join(struct stage *s, unsigned who, unsigned place_in,
    const struct mls_bytes *welcome, const struct mls_bytes *tree)
{
	struct person *p = &s->people[who];
	struct mangling m = nothing;
	mls_change *c;

	m.s = s;
	m.by = p;
	m.what = "a Welcome";
	m.take = take_welcome;
	m.message = octets(welcome);
	m.beside = octets(tree);
	spare_others(&m, place_in);
	mangle(&m);
	if (tree->len > 0) {
		m = nothing;
		m.s = s;
		m.by = p;
		m.what = "a tree beside a Welcome";
		m.take = take_tree;
		m.message = octets(tree);
		m.beside = octets(welcome);
		mangle(&m);
	}
	place.doing = "joining";
	must(mls_group_join(&c, p->client, octets(welcome), octets(tree)));
	must(mls_change_apply(c));
	must(mls_change_group(&p->group, c));
	mls_change_drop(c);
}

/* Somebody adds two, who join. */
static void
add_two(struct stage *s, unsigned by, unsigned first, uint32_t flags,
    uint32_t framing)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	struct mls_intent add[2];
	struct mls_bytes kp[2], message, welcome, tree = { NULL, 0 };
	struct mangling m = nothing;
	mls_change *c;
	unsigned i;

	memset(add, 0, sizeof(add));
	for (i = 0; i < 2; i++) {
		kp[i] = person_package(&s->people[first + i], s->suite);
		add[i].type = MLS_EFFECT_ADD;
		add[i].key_package = octets(&kp[i]);
	}
	m.s = s;
	m.by = &s->people[by];
	m.what = "a key package";
	m.take = take_package;
	m.message = octets(&kp[0]);
	mangle(&m);
	place.doing = "adding";
	send.framing = framing;
	o.intents = add;
	o.n_intents = 2;
	o.flags = flags;
	o.send = &send;
	must(mls_group_make_commit(&c, s->people[by].group, &o));
	must(mls_change_release(&message, c));
	must(mls_change_welcome(&welcome, c));
	if ((flags & MLS_COMMIT_TREE_BESIDE) != 0)
		must(mls_change_tree(&tree, c));
	must(mls_change_apply(c));
	mls_change_drop(c);
	give_all(s, "a commit that adds", &s->people[by], &message);
	for (i = 0; i < 2; i++) {
		join(s, first + i, i, &welcome, &tree);
		mls_bytes_free(&kp[i]);
	}
	mls_bytes_free(&welcome);
	mls_bytes_free(&tree);
	agree(s);
}

static void
propose(struct stage *s, unsigned by, int type, uint32_t framing)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_intent intent = { .type = type };
	struct mls_bytes message;
	mls_change *c;

	place.doing = "proposing";
	o.framing = framing;
	o.aad = text("authenticated");
	intent.psk_id = text("psk2");
	must(mls_group_make_proposal(&c, s->people[by].group, &intent, &o));
	must(mls_change_release(&message, c));
	mls_change_drop(c);
	give_all(s, "a proposal", &s->people[by], &message);
}

static void
commit(struct stage *s, unsigned by, const struct mls_intent *intent,
    uint32_t flags, uint32_t framing)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	struct mls_bytes message;

	place.doing = "committing";
	send.framing = framing;
	o.flags = flags;
	o.send = &send;
	o.intents = intent;
	o.n_intents = intent != NULL;
	must(mls_group_commit(&message, NULL, s->people[by].group, &o));
	must(mls_group_settle(s->people[by].group, 1));
	give_all(s, "a commit", &s->people[by], &message);
}

/* Said now, and read an epoch later by the first who gets it. */
static void
talk(struct stage *s, unsigned by, bool late)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_bytes message;
	mls_change *c;

	place.doing = "talking";
	o.padding = 17;
	o.aad = text("aad");
	must(mls_group_make_message(&c, s->people[by].group,
	    text("Does anybody read this?"), &o));
	must(mls_change_release(&message, c));
	mls_change_drop(c);
	if (late)
		commit(s, by, NULL, 0, MLS_FRAMING_PRIVATE);
	give_all(s, late ? "a late message" : "a message", &s->people[by],
	    &message);
}

static void
play(struct stage *s)
{
	struct mls_intent removal = { .type = MLS_EFFECT_REMOVE };
	unsigned i;

	add_two(s, ALICE, BOB, 0, MLS_FRAMING_PUBLIC);
	talk(s, BOB, false);
	talk(s, CAROL, true);
	propose(s, BOB, MLS_EFFECT_UPDATE, MLS_FRAMING_PUBLIC);
	propose(s, CAROL, MLS_EFFECT_PSK, MLS_FRAMING_PRIVATE);
	commit(s, ALICE, NULL, MLS_COMMIT_NEW_SIGNATURE_KEY,
	    MLS_FRAMING_PUBLIC);
	propose(s, ALICE, MLS_EFFECT_UPDATE, MLS_FRAMING_PRIVATE);
	add_two(s, CAROL, DAVE, MLS_COMMIT_TREE_BESIDE |
	    MLS_COMMIT_FORCE_PATH, MLS_FRAMING_PRIVATE);
	talk(s, DAVE, false);
	/* Bob, Dave and Erin go, for another round. */
	for (i = BOB; i < PEOPLE; i++) {
		removal.leaf = view(&s->people[i]).own_leaf;
		commit(s, ALICE, &removal, 0, i == DAVE ?
		    MLS_FRAMING_PRIVATE : MLS_FRAMING_PUBLIC);
		check(!view(&s->people[i]).active);
		mls_group_close(s->people[i].group);
		s->people[i].group = NULL;
		must(mls_group_delete(s->people[i].client, text(group_name)));
	}
}

static void
run(struct stage *s, const struct options *o, unsigned suite)
{
	struct mls_group_options g = MLS_GROUP_OPTIONS_INIT;
	struct mls_policy policy = MLS_POLICY_INIT;
	clock_t start = clock();
	unsigned i;

	memset(s, 0, sizeof(*s));
	place.suite = suite;
	place.step = 0;
	place.doing = "beginning";
	draw_seed(o->seed * 1000003u + suite);
	s->suite = (uint16_t)suite;
	s->stride = o->stride;
	policy.tolerate = MLS_TOLERATE_UNCOMMITTED;
	s->context = context_open(&policy, NULL);
	for (i = 0; i < PEOPLE; i++)
		person_new(&s->people[i], s->context, i, STORE_SHELF, NULL);
	g.suite = s->suite;
	g.group_id = text(group_name);
	must(mls_group_create(&s->people[ALICE].group,
	    s->people[ALICE].client, &g));
	for (place.epoch = 1; place.epoch <= o->epochs; place.epoch++)
		play(s);
	for (i = 0; i < PEOPLE; i++)
		person_free(&s->people[i]);
	mls_context_free(s->context);
	shelf_clear();
	printf("suite %u: %lu mangled messages refused, %lu flips of other "
	    "joiners' entries unnoticed (%.1f s)\n", suite,
	    s->tried - s->unnoticed, s->unnoticed,
	    (double)(clock() - start) / CLOCKS_PER_SEC);
}

int
main(int argc, char **argv)
{
	struct options o = { .seed = 1, .suite_from = 1, .suite_to = 7,
		.members = PEOPLE, .stride = 1, .epochs = 1 };
	static struct stage s;
	unsigned suite;

	options_read(&o, argc, argv, usage);
	printf("mls-mangle --seed %llu --stride %u\n",
	    (unsigned long long)o.seed, o.stride);
	for (suite = o.suite_from; suite <= o.suite_to; suite++)
		run(&s, &o, suite);
	return 0;
}
