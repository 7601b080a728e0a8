/* SPDX-License-Identifier: MIT */
/* What happens within a group. */
#include "walk.h"

#include <stdlib.h>

static struct room *
room_any(void)
{
	struct room *r = &walk.rooms[draw(ROOMS)];

	return r->used && !r->over ? r : NULL;
}

static struct mls_bytes
package(unsigned who, uint16_t suite)
{
	struct mls_key_package_options o = MLS_KEY_PACKAGE_OPTIONS_INIT;
	struct mls_bytes b;

	o.suite = suite;
	o.last_resort = chance(15);
	must(mls_key_package_new(&b, walk.people[who].client, &o));
	return b;
}

static uint32_t
leaf_of(const struct room *r, unsigned who)
{
	struct mls_group_info_view v = MLS_GROUP_INFO_VIEW_INIT;

	must(mls_group_info(&v, r->seats[who].group));
	return v.own_leaf;
}

/* One that fits, or false.  owned: what it borrows. */
static bool
intent_draw(struct mls_intent *out, struct mls_bytes *owned, struct room *r,
    unsigned by, bool by_value)
{
	static const char *const psks[PSKS] = { "psk0", "psk1", "psk2",
		"psk3" };
	unsigned who, kind = draw(100);

	memset(out, 0, sizeof(*out));
	if (kind < 40) {
		if (!room_stranger(&who, r))
			return false;
		r->seats[who].asked = true;
		*owned = package(who, r->suite);
		out->type = MLS_EFFECT_ADD;
		out->key_package = octets(owned);
	} else if (kind < 55) {
		who = room_member(r);
		if (who == by || room_members(r) < 3)
			return false;
		out->type = MLS_EFFECT_REMOVE;
		out->leaf = leaf_of(r, who);
	} else if (kind < 70) {
		out->type = MLS_EFFECT_PSK;
		out->psk_id = text(psks[draw(PSKS)]);
	} else if (kind < 85) {
		out->type = MLS_EFFECT_CUSTOM;
		out->proposal_type = NOTE;
		out->body = text("\6remark");
	} else {
		out->type = MLS_EFFECT_UPDATE;
		return !by_value;
	}
	return true;
}

static void
waits(struct room *r, const struct mls_bytes *message, bool leaves)
{
	r->waiting++;
	if (leaves && r->n_leavers < MOST_LEAVERS)
		r->leavers[r->n_leavers++] = *message;
}

bool
walk_propose(void)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_intent intent = { .type = MLS_EFFECT_SELF_REMOVE };
	struct mls_bytes owned = { NULL, 0 }, message;
	struct room *r = room_any();
	bool leaves = chance(10);
	mls_change *c;
	unsigned by;

	if (r == NULL || r->waiting >= 12)
		return false;
	by = room_member(r);
	if (leaves && (room_members(r) < 3 || r->n_leavers == MOST_LEAVERS))
		return false;
	if (!leaves && !intent_draw(&intent, &owned, r, by, false))
		return false;
	o.framing = leaves || chance(50) ? MLS_FRAMING_PUBLIC :
	    MLS_FRAMING_PRIVATE;
	must(mls_group_make_proposal(&c, r->seats[by].group, &intent, &o));
	must(mls_change_release(&message, c));
	mls_change_drop(c);
	room_tell(r, by, &message, by);
	waits(r, &message, leaves);
	mls_bytes_free(&owned);
	if (!leaves)
		mls_bytes_free(&message);
	return true;
}

/* By one who wants to come in, or by the porter. */
bool
walk_propose_outside(void)
{
	struct mls_bytes owned = { NULL, 0 }, info = { NULL, 0 }, message;
	struct room *r = room_any();
	struct mls_intent intent;
	unsigned who;

	if (r == NULL || r->waiting >= 12)
		return false;
	if (!r->door) {
		if (!room_stranger(&who, r))
			return false;
		r->seats[who].asked = true;
		owned = package(who, r->suite);
		must(mls_propose_join(&message, walk.people[who].client,
		    text(r->id), r->epoch, octets(&owned)));
	} else {
		if (!intent_draw(&intent, &owned, r, PORTER, true))
			return false;
		info = room_info(r, chance(50));
		must(mls_external_propose(&message,
		    walk.people[PORTER].client, octets(&info), &intent));
	}
	room_tell(r, PORTER, &message, PORTER);
	waits(r, &message, false);
	mls_bytes_free(&owned);
	mls_bytes_free(&info);
	mls_bytes_free(&message);
	return true;
}

static void
commit(struct room *r, unsigned by, struct mls_intent *v, size_t n,
    uint32_t flags)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_send_options send = MLS_SEND_OPTIONS_INIT;
	mls_change *c;

	send.framing = chance(50) ? MLS_FRAMING_PUBLIC : MLS_FRAMING_PRIVATE;
	o.intents = v;
	o.n_intents = n;
	o.flags = flags;
	o.send = &send;
	must(mls_group_make_commit(&c, r->seats[by].group, &o));
	room_commit(r, by, c);
}

bool
walk_commit(void)
{
	struct mls_intent v[4];
	struct mls_bytes owned[4] = { { NULL, 0 } };
	struct room *r = room_any();
	uint32_t flags = 0;
	size_t n = 0, i, want = draw(4);
	unsigned by;

	if (r == NULL)
		return false;
	by = room_member(r);
	for (i = 0; i < want; i++) {
		if (!intent_draw(&v[n], &owned[n], r, by, true))
			continue;
		/* one Remove: two could be of the same leaf */
		if (v[n].type == MLS_EFFECT_REMOVE && n > 0)
			continue;
		n++;
	}
	for (i = 1; i < n; i++) /* nor is a PSK there twice */
		if (v[i].type == MLS_EFFECT_PSK) {
			mls_bytes_free(&owned[i]);
			v[i] = v[n - 1];
			owned[i--] = owned[n - 1];
			owned[--n] = (struct mls_bytes){ NULL, 0 };
		}
	if (chance(20))
		flags |= MLS_COMMIT_FORCE_PATH;
	if (chance(40))
		flags |= MLS_COMMIT_TREE_BESIDE;
	if (chance(10))
		flags |= MLS_COMMIT_NEW_SIGNATURE_KEY;
	commit(r, by, v, n, flags);
	for (i = 0; i < 4; i++)
		mls_bytes_free(&owned[i]);
	return true;
}

/* external_senders with the porter, or no extensions. */
bool
walk_door(void)
{
	struct mls_intent intent = { .type = MLS_EFFECT_EXTENSIONS };
	struct room *r = room_any();
	struct mls_bytes sender = { NULL, 0 };
	uint8_t list[600];
	size_t len = 0;

	if (r == NULL)
		return false;
	if (!r->door) {
		must(mls_external_sender_new(&sender,
		    walk.people[PORTER].client, r->suite));
		check(sender.len + 6 < sizeof(list) && sender.len < 16000);
		list[len++] = 0;
		list[len++] = 5;
		/* opaque<V> of a vector of one ExternalSender */
		list[len++] = 0x40 | (uint8_t)((sender.len + 2) >> 8);
		list[len++] = (uint8_t)(sender.len + 2);
		list[len++] = 0x40 | (uint8_t)(sender.len >> 8);
		list[len++] = (uint8_t)sender.len;
		memcpy(list + len, sender.data, sender.len);
		len += sender.len;
		if (sender.len < 64) { /* in the shortest form */
			list[2] = (uint8_t)(sender.len + 1);
			list[3] = (uint8_t)sender.len;
			memmove(list + 4, list + 6, sender.len);
			len -= 2;
		}
	}
	intent.extensions = (struct mls_buf){ list, len };
	r->door = !r->door;
	commit(r, room_member(r), &intent, 1, 0);
	mls_bytes_free(&sender);
	return true;
}

/* An epoch that all members of a room were in, of it or of another room. */
static bool
common_past(uint64_t *epoch, const struct room *r, const struct room *of)
{
	uint64_t from = 0;
	unsigned i;

	for (i = 0; i < WALKERS; i++) {
		if (!r->seats[i].in)
			continue;
		if (!of->seats[i].in)
			return false;
		if (of->seats[i].since > from)
			from = of->seats[i].since;
	}
	if (of->epoch > from + 20)
		from = of->epoch - 20;
	*epoch = from + draw((unsigned)(of->epoch - from) + 1);
	return true;
}

bool
walk_past(void)
{
	struct mls_intent intent = { .type = MLS_EFFECT_PSK };
	struct room *r = room_any(), *of;

	if (r == NULL)
		return false;
	of = chance(50) ? r : &walk.rooms[draw(ROOMS)];
	if (!of->used || !common_past(&intent.epoch, r, of))
		return false;
	intent.group_id = of == r && chance(50) ? NO_OCTETS : text(of->id);
	/* A newcomer has no past: what waits is left for another time. */
	commit(r, room_member(r), &intent, 1, MLS_COMMIT_NO_CACHED);
	return true;
}

bool
walk_renew(void)
{
	struct room *r = room_any();
	struct mls_identity own;
	uint8_t body[20];
	unsigned by, type;
	size_t len;

	if (r == NULL)
		return false;
	by = room_member(r);
	must(mls_group_member(&own, r->seats[by].group, leaf_of(r, by)));
	type = own.credential_type == BADGE ? MLS_CREDENTIAL_BASIC : BADGE;
	len = strlen(walk.people[by].name);
	body[0] = (uint8_t)len;
	memcpy(body + 1, walk.people[by].name, len);
	must(mls_client_set_credential(walk.people[by].client,
	    (uint16_t)type, type == BADGE ?
	    (struct mls_buf){ body, len + 1 } : NO_OCTETS));
	commit(r, by, NULL, 0, MLS_COMMIT_NEW_CREDENTIAL);
	must(mls_group_member(&own, r->seats[by].group, leaf_of(r, by)));
	check(own.credential_type == type);
	return true;
}
