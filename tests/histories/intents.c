/* SPDX-License-Identifier: MIT */
/* What to propose. */
#include "play.h"

#include <stdlib.h>

/* An encoded list: the test extension with a few octets, and perhaps that
 * everybody must know it. */
static struct mls_bytes
draw_extensions(void)
{
	static const uint8_t required[] = { 0x00, 0x03, 0x07,
		0x02, TEST_EXTENSION >> 8, TEST_EXTENSION & 0xff, 0x00,
		0x02, 0x00, 0x01 };
	struct mls_bytes b = { malloc(64), 0 };
	uint8_t len = (uint8_t)draw(40);

	check(b.data != NULL);
	if (chance(20))
		return b; /* none */
	if (chance(40)) {
		memcpy(b.data, required, sizeof(required));
		b.len = sizeof(required);
	}
	b.data[b.len++] = TEST_EXTENSION >> 8;
	b.data[b.len++] = TEST_EXTENSION & 0xff;
	b.data[b.len++] = len;
	draw_octets(b.data + b.len, len);
	b.len += len;
	return b;
}

static struct mls_intent *
new_intent(struct intents *out, int type)
{
	struct mls_intent *intent = &out->v[out->n++];

	memset(intent, 0, sizeof(*intent));
	intent->type = type;
	return intent;
}

static void
intend_add(struct intents *out, struct play *p)
{
	unsigned order[MOST_PEOPLE], i, many = 1 + draw(chance(20) ? 8 : 3);
	struct person *who;
	struct mls_bytes *kp;

	shuffle(order, p->n);
	for (i = 0; i < p->n && many > 0 && out->n < MOST_INTENTS; i++) {
		who = &p->people[order[i]];
		if (who->in)
			continue;
		kp = &out->owned[out->n];
		*kp = person_package(who, p->suite);
		play_made(p, "key package", who, kp);
		new_intent(out, MLS_EFFECT_ADD)->key_package = octets(kp);
		many--;
	}
}

static void
intend_remove(struct intents *out, struct play *p, struct person *by)
{
	struct person *who = play_random(p);
	unsigned i;

	if (who == by || play_members(p) - out->n < 2)
		return;
	for (i = 0; i < out->n; i++)
		if (out->v[i].type == MLS_EFFECT_REMOVE &&
		    out->v[i].leaf == view(who).own_leaf)
			return;
	new_intent(out, MLS_EFFECT_REMOVE)->leaf = view(who).own_leaf;
}

static void
intend_psk(struct intents *out)
{
	static const char *const names[PSKS] = { "psk0", "psk1", "psk2",
		"psk3" };

	new_intent(out, MLS_EFFECT_PSK)->psk_id = text(names[draw(PSKS)]);
}

static void
intend_extensions(struct intents *out)
{
	struct mls_bytes *list = &out->owned[out->n];

	*list = draw_extensions();
	new_intent(out, MLS_EFFECT_EXTENSIONS)->extensions = octets(list);
}

void
intents_draw(struct intents *out, struct play *p, struct person *by,
    bool by_value)
{
	unsigned members = play_members(p);

	memset(out, 0, sizeof(*out));
	if (members < p->target && chance(70))
		intend_add(out, p);
	else if (members > p->target)
		intend_remove(out, p, by);
	if (chance(10) && out->n < MOST_INTENTS)
		intend_remove(out, p, by);
	if (chance(15) && out->n < MOST_INTENTS)
		intend_psk(out);
	if (chance(8) && out->n < MOST_INTENTS)
		intend_extensions(out);
	if (!by_value && chance(50) && out->n < MOST_INTENTS)
		new_intent(out, MLS_EFFECT_UPDATE);
}

void
intents_free(struct intents *v)
{
	unsigned i;

	for (i = 0; i < MOST_INTENTS; i++)
		mls_bytes_free(&v->owned[i]);
}
