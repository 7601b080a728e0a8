/* SPDX-License-Identifier: MIT */
/* Snapshots of observers: they go on where they were; damage is found. */
#include "observer_fixture.h"

#include "group/group.h"

TestSuite(snapshot, .init = set_up, .fini = tear_down);

static struct mls_bytes
save(void)
{
	struct mls_bytes b;

	must(mls_observer_save(&b, server));
	return b;
}

static void
reload(void)
{
	struct mls_bytes b = save(), again;

	mls_observer_close(server);
	server = NULL;
	must(mls_observer_load(&server, context, octets(&b)));
	again = save();
	same(octets(&again), octets(&b));
	mls_bytes_free(&again);
	mls_bytes_free(&b);
}

Test(snapshot, goes_on)
{
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_bytes b, info_;
	uint16_t suite;

	for (suite = 1; suite <= 7; suite++) {
		make_group(&alice, suite, "group");
		observe(&alice, 1);
		reload();
		sees(&alice);
		cr_expect_eq(seen().partial, 0);
		cr_expect_eq(seen().offer, 1);
		b = add(&alice, &bob, suite);
		deliver(&b, NULL, NULL);
		reload();
		sees(&bob);
		b = propose(&bob, &update);
		deliver(&b, &alice, NULL);
		reload();
		sees(&alice);
		cr_expect_eq(seen().proposals, 1);
		b = commit(&alice, NULL, 0, NULL);
		deliver(&b, &bob, NULL);
		reload();
		sees(&bob);
		b = in_private(&bob, false);
		must(passes(octets(&b)));
		take(&alice, &b);
		mls_bytes_free(&b);
		reload();
		cr_expect_eq(seen().lost, 1);
		info_ = publish(&bob, 0);
		must(mls_observer_resync(server, octets(&info_), NO_OCTETS,
		    NULL));
		mls_bytes_free(&info_);
		reload();
		sees(&bob);
		cr_expect_eq(seen().partial, 1);
		tear_down();
		set_up();
	}
}

/* §11.2 */
Test(snapshot, of_an_end)
{
	struct mls_intent end = { .type = MLS_EFFECT_REINIT };
	struct mls_bytes b;

	pair(1);
	b = commit(&alice, &end, 1, NULL);
	deliver(&b, NULL, NULL);
	reload();
	sees(&alice);
	cr_expect_eq(seen().ended, 1);
}

/* A snapshot with all that can be in it. */
static struct mls_bytes
rich(void)
{
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_bytes b;

	pair(1);
	b = add(&alice, &carol, 1);
	deliver(&b, &bob, NULL);
	b = propose(&bob, &update);
	deliver(&b, &alice, &carol);
	b = publish(&alice, MLS_PUBLISH_TREE_BESIDE);
	must(mls_observer_offer(server, octets(&b)));
	mls_bytes_free(&b);
	return save();
}

Test(snapshot, damaged)
{
	struct mls_bytes b = rich();
	mls_observer *o = NULL;
	size_t i;
	uint8_t bit;
	int rc;

	for (i = 0; i < b.len; i++)
		must_fail(mls_observer_load(&o, context,
		    (struct mls_buf){ b.data, i }),
		    MLS_E_STORED_STATE_MALFORMED);
	for (i = 0; i < b.len; i++) {
		bit = (uint8_t)(1u << i % 8);
		b.data[i] ^= bit;
		rc = mls_observer_load(&o, context, octets(&b));
		cr_expect(rc == MLS_E_STORED_STATE_MALFORMED ||
		    (rc == MLS_E_STORE_VERSION && i >= 4 && i < 6) ||
		    (rc == MLS_E_UNSUPPORTED_CIPHER_SUITE && i >= 6 &&
		    i < 8), "octet %zu: %d", i, rc);
		b.data[i] ^= bit;
	}
	cr_expect_null(o);
	must_fail(mls_observer_load(NULL, context, octets(&b)),
	    MLS_E_ARGUMENT);
	must_fail(mls_observer_save(NULL, server), MLS_E_ARGUMENT);
	must(mls_observer_load(&o, context, octets(&b)));
	mls_observer_close(o);
	mls_bytes_free(&b);
}

/* The hash at the end made to fit what is before it. */
static void
seal_again(struct mls_bytes *b)
{
	const struct mls_suite *s;
	struct mls_buf body;
	uint8_t hash[MLS_MAX_HASH];

	must(mls__crypto_suite(&s, context->crypto, 1));
	body = (struct mls_buf){ b->data, b->len - s->nh };
	must(mls__hash(hash, s, &body, 1));
	memcpy(b->data + body.len, hash, s->nh);
}

/* What fits its hash may still be wrong: it is refused or taken, whatever it
 * is, and what is taken can be worked with. */
Test(snapshot, forged)
{
	struct mls_bytes b = rich(), c = commit(&alice, NULL, 0, NULL);
	mls_change *change;
	size_t i, taken = 0;
	uint8_t bit;

	for (i = 0; i < b.len; i++) {
		bit = (uint8_t)(1u << i % 8);
		b.data[i] ^= bit;
		seal_again(&b);
		mls_observer_close(server);
		server = NULL;
		if (mls_observer_load(&server, context, octets(&b)) == 0) {
			taken++;
			if (mls_observer_process(&change, server,
			    octets(&c)) == 0) {
				must(mls_change_apply(change));
				mls_change_drop(change);
			}
		}
		b.data[i] ^= bit;
	}
	/* Those of a GroupInfo, of proposals, and of what a tag covers. */
	cr_expect_lt(taken, b.len / 2);
	mls_bytes_free(&b);
	mls_bytes_free(&c);
}

/* A proposal that nobody of this group can have made in this epoch. */
Test(snapshot, alien_proposal)
{
	static const uint8_t head[] = { 5, 'g', 'r', 'o', 'u', 'p', 0, 0, 0, 0,
		0, 0, 0, 2, 1, 0, 0, 0, 1 }; /* epoch 2, of member 1 */
	struct mls_bytes b = rich();
	mls_observer *o;
	size_t at, i;

	for (at = 0; memcmp(b.data + at, head, sizeof(head)) != 0; at++)
		cr_assert_lt(at + sizeof(head), b.len);
	for (i = 1; i < sizeof(head); i++) {
		if (i == 14)
			continue; /* of another kind of sender */
		b.data[at + i] ^= 8;
		seal_again(&b);
		must_fail(mls_observer_load(&o, context, octets(&b)),
		    MLS_E_STORED_STATE_MALFORMED);
		b.data[at + i] ^= 8;
	}
	seal_again(&b);
	must(mls_observer_load(&o, context, octets(&b)));
	mls_observer_close(o);
	mls_bytes_free(&b);
}

/* The policy may have become stricter. */
Test(snapshot, too_large)
{
	struct mls_policy p = MLS_POLICY_INIT;
	struct mls_bytes b = rich();
	mls_context *narrow;
	mls_observer *o;

	p.max_members = 2;
	narrow = open_context(&p);
	must_fail(mls_observer_load(&o, narrow, octets(&b)),
	    MLS_E_TREE_TOO_LARGE);
	mls_context_free(narrow);
	mls_bytes_free(&b);
}
