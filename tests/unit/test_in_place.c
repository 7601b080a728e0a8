/* SPDX-License-Identifier: MIT */
/* Messages that are sent and received in one buffer of the caller's. */
#include "three.h"

#define LEN 1000

/* What arrives, and whether it lies in the buffer. */
struct arrival {
	const uint8_t *room;
	size_t size, len;
	bool inside;
	uint8_t data[LEN];
};

static int
look(void *payload, const struct mls_summary *summary)
{
	struct arrival *a = payload;
	const uint8_t *p = summary->data.data;

	a->inside = p >= a->room && p < a->room + a->size;
	a->len = summary->data.len;
	cr_assert_leq(a->len, sizeof(a->data));
	memcpy(a->data, p, a->len);
	return 0;
}

static void
fill(uint8_t *out, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = (uint8_t)(i * 7 + len);
}

static struct three
begin(void)
{
	struct three t;

	three_open(&t, NULL);
	two_meet(&t, 1, "in place");
	return t;
}

/* Sent from `at` in the room, and received where it is. */
static void
exchange(struct three *t, size_t len, size_t at)
{
	struct arrival a = { .len = 0 };
	uint8_t room[LEN + 600], want[LEN];
	struct mls_buf data = { room + at, len };
	size_t size, made;

	must(mls_group_send_size(&size, t->alice.group, len));
	cr_assert_leq(size, sizeof(room));
	fill(want, len);
	memcpy(room + at, want, len);
	must(mls_group_send_in_place(&made, room, sizeof(room),
	    t->alice.group, data));
	cr_assert_leq(made, size);
	a.room = room;
	a.size = made;
	must(mls_group_receive_in_place(t->bob.group, room, made, look,
	    &a));
	cr_expect(a.inside || len == 0, "%zu octets at %zu", len, at);
	cr_expect(a.len == len && memcmp(a.data, want, len) == 0,
	    "%zu octets at %zu", len, at);
}

Test(in_place, data_may_lie_anywhere)
{
	static const size_t lens[] = { 0, 1, 63, 64, LEN };
	struct three t = begin();
	size_t i, at;

	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		for (at = 0; at < 500; at += 71)
			exchange(&t, lens[i], at);
	three_close(&t);
}

/* It is the same message as others make. */
Test(in_place, the_two_ways_understand_each_other)
{
	struct three t = begin();
	struct arrival a = { .len = 0 };
	uint8_t room[400];
	struct mls_bytes message;
	size_t made;

	must(mls_group_send_in_place(&made, room, sizeof(room),
	    t.alice.group, text("hello")));
	must(mls_group_receive(t.bob.group, (struct mls_buf){ room, made },
	    look, &a));
	cr_expect(a.len == 5 && memcmp(a.data, "hello", 5) == 0);
	must(mls_group_send(&message, t.bob.group, text("again")));
	must(mls_group_receive_in_place(t.alice.group, message.data,
	    message.len, look, &a));
	cr_expect(a.len == 5 && memcmp(a.data, "again", 5) == 0);
	mls_bytes_free(&message);
	/* What is not application data is taken as ever. */
	must(mls_group_commit(&message, NULL, t.alice.group, NULL));
	must(mls_group_settle(t.alice.group, 1));
	must(mls_group_receive_in_place(t.bob.group, message.data,
	    message.len, NULL, NULL));
	agree(&t.alice, &t.bob);
	mls_bytes_free(&message);
	three_close(&t);
}

static int
generation_of(void *payload, const struct mls_summary *summary)
{
	*(uint32_t *)payload = summary->generation;
	return 0;
}

/* Too little room spends no generation and leaves the data alone. */
Test(in_place, too_little_room)
{
	struct three t = begin();
	uint8_t room[400], same[400];
	struct mls_buf data = { room, 32 };
	uint32_t generation = 99;
	size_t size, made = 7;

	memset(room, 5, sizeof(room));
	memcpy(same, room, sizeof(room));
	must(mls_group_send_size(&size, t.alice.group, 32));
	must_fail(mls_group_send_in_place(&made, room, 32 + 16,
	    t.alice.group, data), MLS_E_BUFFER_TOO_SMALL);
	cr_expect_eq(made, 7);
	cr_expect(memcmp(room, same, sizeof(room)) == 0);
	must(mls_group_send_in_place(&made, room, size, t.alice.group, data));
	must(mls_group_receive_in_place(t.bob.group, room, made,
	    generation_of, &generation));
	cr_expect_eq(generation, 0);
	three_close(&t);
}

static bool
occurs(const uint8_t *in, size_t len, const char *what)
{
	size_t n = strlen(what), i;

	for (i = 0; i + n <= len; i++)
		if (memcmp(in + i, what, n) == 0)
			return true;
	return false;
}

static int
refuse(void *payload, const struct mls_summary *summary)
{
	(void)payload;
	(void)summary;
	return 1;
}

/* What is refused leaves no plaintext; what is not genuine stays as it is. */
Test(in_place, nothing_stays_of_what_was_not_taken)
{
	static const char secret[] = "nobody is to read this again";
	struct three t = begin();
	uint8_t room[400], same[400];
	size_t made;

	must(mls_group_send_in_place(&made, room, sizeof(room),
	    t.alice.group, text(secret)));
	room[made - 1] ^= 1;
	memcpy(same, room, made);
	must_fail(mls_group_receive_in_place(t.bob.group, room, made, NULL,
	    NULL), MLS_E_CONTENT_DECRYPT);
	cr_expect(memcmp(room, same, made) == 0);
	room[made - 1] ^= 1;
	must_fail(mls_group_receive_in_place(t.bob.group, room, made,
	    refuse, NULL), MLS_E_POLICY_REJECTED);
	cr_expect(!occurs(room, made, secret));
	must_fail(mls_group_receive_in_place(NULL, room, made, NULL, NULL),
	    MLS_E_ARGUMENT);
	must_fail(mls_group_send_in_place(&made, NULL, 1, t.alice.group,
	    text("x")), MLS_E_ARGUMENT);
	must_fail(mls_group_send_size(NULL, t.alice.group, 1),
	    MLS_E_ARGUMENT);
	three_close(&t);
}
