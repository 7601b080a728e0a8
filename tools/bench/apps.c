/* SPDX-License-Identifier: MIT */
/* Application messages, and many groups. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "peer.h"

static int
look(void *payload, const struct mls_summary *summary)
{
	size_t *len = payload;

	*len = summary->data.len;
	return 0;
}

void
talk(struct peer *p, struct member *from, struct member *to, size_t size)
{
	char seal[32], open[32];
	struct meter out = { .op = seal, .floor = true,
		.store = from->client->store.inst };
	struct meter in = { .op = open, .floor = true,
		.store = to->client->store.inst };
	struct mls_bytes sent;
	struct mls_buf data = { NULL, size };
	uint8_t *text = must_alloc(size, 1);
	double since;
	size_t len;

	snprintf(seal, sizeof(seal), "app_encrypt_%zu", size);
	snprintf(open, sizeof(open), "app_decrypt_%zu", size);
	memset(text, 7, size);
	data.data = text;
	/* The first of an epoch derives what the others find. */
	must(p->w, mls_group_send(&sent, from->group, data), "send");
	must(p->w, mls_group_receive(to->group, octets(&sent), look, &len),
	    "receive");
	mls_bytes_free(&sent);
	since = now_us();
	while (more(&out, MESSAGES, since)) {
		meter_begin(&out, p->w);
		must(p->w, mls_group_send(&sent, from->group, data), "send");
		meter_end(&out, p->w);
		meter_begin(&in, p->w);
		must(p->w, mls_group_receive(to->group, octets(&sent), look,
		    &len), "receive");
		meter_end(&in, p->w);
		if (len != size)
			broken("a message was not what was sent");
		out.bytes = in.bytes = sent.len;
		mls_bytes_free(&sent);
	}
	emit(p, &out);
	emit(p, &in);
	free(text);
}

/* The same in one buffer of ours. */
static void
talk_in_place(struct peer *p, struct member *from, struct member *to,
    size_t size)
{
	char seal[40], open[40];
	struct meter out = { .op = seal, .floor = true,
		.store = from->client->store.inst };
	struct meter in = { .op = open, .floor = true,
		.store = to->client->store.inst };
	struct mls_buf data = { NULL, size };
	double since = now_us();
	uint8_t *room;
	size_t need, len, got;

	snprintf(seal, sizeof(seal), "app_encrypt_in_place_%zu", size);
	snprintf(open, sizeof(open), "app_decrypt_in_place_%zu", size);
	must(p->w, mls_group_send_size(&need, from->group, size), "send");
	room = must_alloc(need, 1);
	data.data = room;
	while (more(&out, MESSAGES, since)) {
		meter_begin(&out, p->w);
		must(p->w, mls_group_send_in_place(&len, room, need,
		    from->group, data), "send");
		meter_end(&out, p->w);
		meter_begin(&in, p->w);
		must(p->w, mls_group_receive_in_place(to->group, room, len,
		    look, &got), "receive");
		meter_end(&in, p->w);
		if (got != size)
			broken("a message was not what was sent");
		out.bytes = in.bytes = len;
	}
	emit(p, &out);
	emit(p, &in);
	free(room);
}

void
mode_apps(struct peer *p)
{
	static const size_t sizes[] = { 32, 1024, 65536, 1 << 24 };
	struct mls_bytes welcome;
	struct crowd c;
	size_t i;

	crowd_new(&c, p);
	welcome = add_all(p, &c.creator, c.packages, 1);
	member_join(&c.one, p->w, &welcome);
	member_join(&c.last[0], p->w, &welcome);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		talk(p, &c.one, &c.last[0], sizes[i]);
		talk_in_place(p, &c.one, &c.last[0], sizes[i]);
	}
	mls_bytes_free(&welcome);
	crowd_free(&c, p);
}

/* A group of two of these clients, with the handles that are at hand in
 * either. */
static void
pair(struct peer *p, struct member *a, struct member *b)
{
	struct mls_key_package_options kp = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_bytes message, welcome;

	kp.suite = p->w->suite;
	must(p->w, mls_key_package_new(&b->package, b->client, &kp),
	    "a key package");
	member_found(a, p->w);
	change_take(member_commit(&message, &welcome, a, p->w, &b->package, 1,
	    0), p->w);
	member_join(b, p->w, &welcome);
	mls_bytes_free(&b->package);
	mls_bytes_free(&message);
	mls_bytes_free(&welcome);
}

/* n groups of two, all open at once; messages in the first and the last. */
void
mode_many(struct peer *p)
{
	struct meter open = { .op = "many_open" };
	mls_group **held = must_alloc(p->n, 2 * sizeof(*held));
	struct member a, b;
	unsigned long base;
	uint32_t i;
	char further[80];

	member_new(&a, p->w, 0);
	member_new(&b, p->w, 1);
	mls_bytes_free(&b.package);
	base = status_kb("VmRSS");
	meter_begin(&open, p->w);
	for (i = 0; i < p->n; i++) {
		pair(p, &a, &b);
		if (i == 0)
			talk(p, &a, &b, 32);
		held[2 * i] = a.group;
		held[2 * i + 1] = b.group;
	}
	meter_end(&open, p->w);
	snprintf(further, sizeof(further),
	    ",\"rss_kb\":%lu,\"base_rss_kb\":%lu", status_kb("VmRSS"), base);
	emit_more(p, &open, further);
	meter_free(&open);
	for (i = 0; i < p->n; i += p->n > 1 ? p->n - 1 : 1) {
		a.group = held[2 * i];
		b.group = held[2 * i + 1];
		talk(p, &a, &b, 32);
	}
	for (i = 0; i < 2 * p->n; i++)
		mls_group_close(held[i]);
	a.group = b.group = NULL;
	free(held);
	member_free(&a);
	member_free(&b);
}
