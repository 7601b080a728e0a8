/* SPDX-License-Identifier: MIT */
/* An observer beside a party.  It sees what the members see, and is asked
 * about each message that one of them is asked about: it has to say the same,
 * but for what only keys can tell. */
#include "rules/forge.h"

#include "group/observer.h"
#include "group/proposals.h"

/* What nobody can see who has no keys, of messages in public. */
static const int out_of_sight[] = {
	/* The tags are a member's to check, but for their lengths. */
	MLS_E_MEMBERSHIP_TAG_INVALID, MLS_E_CONFIRMATION_TAG_INVALID,
	/* What a path holds for its receivers. */
	MLS_E_PATH_SECRET_DECRYPT, MLS_E_PATH_KEY_MISMATCH,
	MLS_E_SECRET_LENGTH, MLS_E_HPKE_DH_ZERO,
	/* What is for whoever has the external key. */
	MLS_E_EXTERNAL_INIT_OPEN,
	/* What is in somebody's store. */
	MLS_E_PSK_UNAVAILABLE, MLS_E_RESUMPTION_PSK_UNAVAILABLE,
	MLS_E_OWN_UPDATE_KEY_MISSING, MLS_E_OWN_COMMIT_MISMATCH,
	MLS_E_GROUP_INACTIVE
};

/* What is seen of messages in private: the header. */
static const int in_sight[] = {
	MLS_E_GROUP_ID_UNKNOWN, MLS_E_HANDSHAKE_EPOCH,
	MLS_E_EPOCH_IN_FUTURE, MLS_E_FRAMING_POLICY,
	MLS_E_GROUP_REINITIALISED, MLS_E_SENDER_DATA_MALFORMED
};

static bool
is_in(const int *v, size_t n, int error)
{
	while (n-- > 0)
		if (v[n] == error)
			return true;
	return false;
}

static bool
in_private(struct mls_buf message)
{
	uint16_t wire_format;

	return mls__message_peek(&wire_format, message) == 0 &&
	    wire_format == MLS_WIRE_PRIVATE_MESSAGE;
}

void
watch_begin(struct party *p, struct member *m)
{
	struct mls_observer_options o = MLS_OBSERVER_OPTIONS_INIT;
	struct mls_bytes group_info;

	mls_observer_close(p->watch);
	p->watch = NULL;
	o.from_start = 1;
	if (mls_group_publish(&group_info, m->group, 0) != 0)
		return;
	must(mls_observer_new(&p->watch, p->context, octets(&group_info),
	    NO_OCTETS, &o));
	mls_bytes_free(&group_info);
}

void
watch_take(struct party *p, struct mls_buf message)
{
	mls_change *c;

	if (p->watch == NULL || in_private(message) ||
	    mls_observer_process(&c, p->watch, message) != 0)
		return;
	must(mls_change_apply(c));
	mls_change_drop(c);
}

/* The observer is where the member is. */
static bool
beside(const struct party *p, const struct member *m)
{
	const mls_group *a = m->group, *b;

	if (p->watch == NULL)
		return false;
	b = p->watch->group;
	return mls__equal(a->state->context.raw, b->state->context.raw) &&
	    a->cached == b->cached;
}

/* It has not seen all that the member has: tests that do things by themselves
 * do not tell it. */
static void
catch_up(struct party *p, struct member *m)
{
	const struct mls_cached *c;
	struct mls_cached *copy;

	if (beside(p, m))
		return;
	watch_begin(p, m);
	for (c = m->group->cache; c != NULL && p->watch != NULL;
	    c = c->next) {
		must(mls__cached_new(&copy, m->group,
		    &c->authentic));
		mls__cache_add(p->watch->group, copy);
	}
}

static bool
agrees(int member, int observer, struct mls_buf message)
{
	if (observer == member)
		return true;
	if (observer != 0)
		return false;
	if (in_private(message))
		return !is_in(in_sight, sizeof(in_sight) / sizeof(int),
		    member);
	return is_in(out_of_sight, sizeof(out_of_sight) / sizeof(int),
	    member);
}

void
watch_ask(int line, struct party *p, struct member *m, struct mls_buf message,
    int member)
{
	const struct mls_error_info *e;
	mls_change *c = NULL;
	int rc;

	if (p->unwatched)
		return;
	catch_up(p, m);
	if (p->watch == NULL)
		return;
	rc = mls_observer_process(&c, p->watch, message);
	e = mls_error_info(rc);
	cr_assert(agrees(member, rc, message), "line %d: an observer says %s",
	    line, rc == 0 ? "success" : e != NULL ? e->name : "?");
	mls_change_drop(c);
	cr_assert(beside(p, m), "line %d: the observer changed", line);
}
