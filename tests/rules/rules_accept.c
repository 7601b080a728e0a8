/* SPDX-License-Identifier: MIT */
/* What has to be taken (RFC 9420 §5.3, §7.3, §13.4, §13.5), and the edges of
 * what we make ourselves. */
#include "rules/welcome.h"

static uint64_t clock_now;

static uint64_t
now(void *payload)
{
	(void)payload;
	return clock_now;
}

/* A party that lives at a time of ours. */
static void
party_at(struct party *p, uint64_t time)
{
	struct mls_policy policy = MLS_POLICY_INIT;

	clock_now = time;
	policy.now = now;
	policy.clock_skew = 60;
	party_new(p, &policy, 4);
}

#define NOON 1800000000u

/* An extension of this type, in the package alone, in the leaf alone. */
static uint16_t type_tried;
static size_t length_tried;

static struct mls_buf
some_extension(struct party *p)
{
	static const uint8_t zeros[5000];

	return extension(p, type_tried, mls__buf(zeros, length_tried));
}

static void
in_package(struct party *p, struct mls_key_package *kp)
{
	kp->extensions = some_extension(p);
}

static void
in_leaf(struct party *p, struct mls_leaf *l)
{
	l->extensions = some_extension(p);
}

Test(accept, WIRE_22_28_unknown_and_grease)
{
	static const uint16_t types[] = { 0x0a0a, 0xeaea, 0xf0f0 };
	static const size_t lengths[] = { 0, 1, 5000 };
	struct package_spec package = { .package = in_package };
	struct package_spec leaf = { .leaf = in_leaf };
	struct mls_buf value, proposal;
	struct party p;
	size_t i, k;

	party_new(&p, NULL, 4);
	for (i = 0; i < 3; i++) {
		type_tried = types[i];
		for (k = 0; k < 3; k++) {
			length_tried = lengths[k];
			value = propose_add(&p, forge_package(&p, 4,
			    &package));
			accepted_both(&p, value);
			/* and is signed */
			package.bad_signature = true;
			value = propose_add(&p, forge_package(&p, 4,
			    &package));
			refused_both(&p, value, MLS_E_KEY_PACKAGE_SIGNATURE);
			package.bad_signature = false;
		}
		refused_both(&p, propose_add(&p, forge_package(&p, 4,
		    &leaf)), MLS_E_LEAF_EXTENSION_UNLISTED);
		refused(&p, &p.m[0], commit_of(&p, 1, 1, propose_extensions(
		    &p, some_extension(&p))),
		    MLS_E_GCE_EXTENSION_UNSUPPORTED);
		proposal = keep(&p, mls__buf((const uint8_t[]){
		    (uint8_t)(types[i] >> 8), (uint8_t)types[i], 0 }, 3));
		refused_both(&p, proposal, MLS_E_UNKNOWN_PROPOSAL_TYPE);
	}
	party_free(&p);
}

/* A type of GREASE that we list ourselves is none that we support. */
Test(accept, WIRE_30_own_lists)
{
	struct mls_message m;
	struct mls_reader r;
	uint16_t type = 0;
	struct party p;
	struct entry e;
	struct mls_bytes kp;

	party_new(&p, NULL, 4);
	p.context->policy.no_grease = 0;
	kp = make_package(&p.m[4], p.suite);
	must(mls__message_read(&m, &p.arena, keep_bytes(&p, kp), NULL));
	mls__reader_init(&r, m.u.key_package.leaf.capabilities.extensions);
	while (mls__reader_more(&r) && !mls__is_grease(type))
		type = mls__read_u16(&r);
	cr_assert(mls__is_grease(type));
	cr_assert_not(mls__understands(&p.context->policy, type));
	entry_new(&e, &p, 0);
	e.info.context.extensions = extension(&p, type, text("x"));
	join_refused(&e, entry_welcome(&e), NO_OCTETS,
	    MLS_E_JOINER_EXTENSION_UNSUPPORTED);
	e.info.context.extensions = NO_OCTETS;
	join_accepted(&e, entry_welcome(&e), NO_OCTETS);
	entry_free(&e);
	party_free(&p);
}

/* Each of the three, given for a package that is another's. */
Test(accept, CRYPT_13_private_keys)
{
	struct mls_bytes kp[2], key[2][3];
	struct mls_buf in[3];
	struct party p;
	size_t i, k;

	party_new(&p, NULL, 4);
	for (i = 0; i < 2; i++) {
		kp[i] = make_package(&p.m[3 + i], p.suite);
		must(mls_key_package_export(&key[i][0], &key[i][1],
		    &key[i][2], p.m[3 + i].client, octets(&kp[i])));
	}
	for (k = 0; k < 3; k++) {
		for (i = 0; i < 3; i++)
			in[i] = octets(&key[i == k][i]);
		must_fail(mls_key_package_import(p.m[0].client,
		    octets(&kp[0]), in[0], in[1], in[2]),
		    MLS_E_PRIVATE_KEY_MISMATCH);
	}
	must(mls_key_package_import(p.m[0].client, octets(&kp[0]),
	    octets(&key[0][0]), octets(&key[0][1]), octets(&key[0][2])));
	for (i = 0; i < 2; i++) {
		for (k = 0; k < 3; k++)
			mls_bytes_free(&key[i][k]);
		mls_bytes_free(&kp[i]);
	}
	party_free(&p);
}

/* Of Erin, whose leaf is the one that she was added by, the lifetime is over;
 * her Update is taken, as her messages are, and who joins bears with her. */
Test(accept, CRED_09_LEAF_15_expired_members)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent in = { .type = MLS_EFFECT_ADD };
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_bytes b, kp, welcome;
	struct member x;
	mls_change *c;
	struct party p;
	struct entry e;

	party_at(&p, NOON);
	kp = make_package(&p.m[4], p.suite);
	in.key_package = octets(&kp);
	o.intents = &in;
	o.n_intents = 1;
	must(mls_group_commit(&b, &welcome, p.m[0].group, &o));
	must(mls_group_settle(p.m[0].group, 1));
	mls_bytes_free(&b);
	join(&p.m[4], octets(&welcome));
	mls_bytes_free(&kp);
	mls_bytes_free(&welcome);
	clock_now = NOON + 3u * 365 * 24 * 3600;
	must(mls_group_send(&b, p.m[4].group, text("still here")));
	accepted(&p, &p.m[0], octets(&b));
	mls_bytes_free(&b);
	must(mls_group_make_proposal(&c, p.m[4].group, &update, NULL));
	must(mls_change_release(&b, c));
	mls_change_drop(c);
	accepted(&p, &p.m[0], octets(&b));
	mls_bytes_free(&b);
	x = make_member(p.context, "x");
	kp = make_package(&x, p.suite);
	in.key_package = octets(&kp);
	entry_make(&e, &p, &p.m[0], &x, &o);
	join_accepted(&e, entry_bare(&e), NO_OCTETS);
	entry_free(&e);
	mls_bytes_free(&kp);
	close_member(&x);
	party_free(&p);
}

/* Alice's is from a commit, Bob's from an Update, Carol's and Dave's as they
 * came. */
Test(accept, LEAF_20_sources_in_a_tree)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent in = { .type = MLS_EFFECT_ADD };
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct member dave;
	struct mls_bytes b, kp, welcome;
	struct mls_identity who;
	mls_change *c;
	struct party p;
	size_t i;

	party_new(&p, NULL, 3);
	kp = make_package(&p.m[3], p.suite);
	in.key_package = octets(&kp);
	must(mls_group_make_proposal(&c, p.m[1].group, &update, NULL));
	must(mls_change_release(&b, c));
	mls_change_drop(c);
	take(&p.m[0], octets(&b));
	mls_bytes_free(&b);
	o.intents = &in;
	o.n_intents = 1;
	must(mls_group_commit(&b, &welcome, p.m[0].group, &o));
	must(mls_group_settle(p.m[0].group, 1));
	mls_bytes_free(&b);
	join(&p.m[3], octets(&welcome));
	mls_bytes_free(&kp);
	mls_bytes_free(&welcome);
	/* Who joins now sees all three kinds. */
	dave = make_member(p.context, "x");
	kp = make_package(&dave, p.suite);
	in.key_package = octets(&kp);
	must(mls_group_commit(&b, &welcome, p.m[0].group, &o));
	must(mls_group_settle(p.m[0].group, 1));
	mls_bytes_free(&b);
	join(&dave, octets(&welcome));
	agree(&p.m[0], &dave);
	must(mls__group_enter(dave.group));
	for (i = 0; i < 4; i++)
		cr_assert_eq(mls__tree_leaf(dave.group->tree,
		    (uint32_t)i)->source, i == 1 ? MLS_LEAF_UPDATE :
		    i == 3 ? MLS_LEAF_KEY_PACKAGE : MLS_LEAF_COMMIT);
	mls__group_leave(dave.group);
	must(mls_group_member(&who, dave.group, 3));
	mls_bytes_free(&kp);
	mls_bytes_free(&welcome);
	close_member(&dave);
	party_free(&p);
}

static void
same_application_id(struct party *p, struct mls_leaf *l)
{
	l->extensions = extension(p, MLS_EXT_APPLICATION_ID,
	    mls__buf("\5phone", 6));
}

/* Two have one; the application sees what they say. */
Test(accept, CRED_10_application_id)
{
	struct commit_spec spec = { .leaf = same_application_id };
	struct mls_identity who;
	struct mls_buf message;
	struct party p;
	struct forge f;

	party_new(&p, NULL, 4);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	message = forge_commit(&f, &spec);
	take(&p.m[0], message);
	take(&p.m[2], message);
	forge_new(&f, &p, 2, MLS_CONTENT_COMMIT);
	take(&p.m[0], forge_commit(&f, &spec));
	must(mls_group_member(&who, p.m[0].group, 1));
	cr_assert(mls__equal(who.application_id, text("phone")));
	must(mls_group_member(&who, p.m[0].group, 2));
	cr_assert(mls__equal(who.application_id, text("phone")));
	must(mls_group_member(&who, p.m[0].group, 3));
	cr_assert_eq(who.application_id.len, 0);
	party_free(&p);
}

/* RFC 9420 §5.2: over the whole KeyPackage, and by its suite's hash. */
Test(accept, KP_15_reference)
{
	uint8_t ref[MLS_MAX_HASH], again[MLS_MAX_HASH];
	struct package_spec spec = { 0 };
	struct mls_buf raw;
	struct party p;
	size_t i;

	party_new(&p, NULL, 3);
	raw = forge_package(&p, 3, &spec);
	must(mls__key_package_ref(ref, p.s, raw));
	must(mls__ref_hash(again, p.s, "MLS 1.0 KeyPackage Reference", raw));
	cr_assert_arr_eq(ref, again, p.s->nh);
	for (i = 0; i < raw.len; i += 11) {
		must(mls__key_package_ref(again, p.s, flipped(&p, raw,
		    (long)i)));
		cr_assert_arr_neq(ref, again, p.s->nh);
	}
	party_free(&p);
}

/* Both borders pass; a second beyond them we do not send it. */
Test(accept, LEAF_13_own_lifetime)
{
	struct mls_bytes kp, b;
	struct mls_message m;
	uint64_t from, to;
	struct party p;
	size_t i;

	party_at(&p, NOON);
	kp = make_package(&p.m[4], p.suite);
	must(mls__message_read(&m, &p.arena, keep(&p, octets(&kp)), NULL));
	from = m.u.key_package.leaf.not_before;
	to = m.u.key_package.leaf.not_after;
	for (i = 0; i < 4; i++) {
		clock_now = i < 2 ? from - 60 - i : to + 60 + (i - 2);
		if (i % 2 == 0) {
			must(mls_propose_join(&b, p.m[4].client,
			    text("rules"), 1, octets(&kp)));
			mls_bytes_free(&b);
		} else {
			must_fail(mls_propose_join(&b, p.m[4].client,
			    text("rules"), 1, octets(&kp)),
			    MLS_E_LIFETIME_NOT_CURRENT_OWN);
		}
	}
	mls_bytes_free(&kp);
	party_free(&p);
}

/* The longest message is far from what an AEAD takes. */
Test(accept, APP_04_LIMIT_01_message_size)
{
	const size_t most = 16u << 20;
	uint8_t *data = calloc(1, most + 1);
	struct party p;
	mls_change *c;

	cr_assert_not_null(data);
	party_new(&p, NULL, 3);
	must_fail(mls_group_make_message(&c, p.m[0].group, mls__buf(data,
	    most + 1), NULL), MLS_E_MESSAGE_TOO_LARGE);
	must(mls_group_make_message(&c, p.m[0].group, mls__buf(data, most),
	    NULL));
	mls_change_drop(c);
	free(data);
	party_free(&p);
}

Test(accept, APP_06_gaps_can_be_seen)
{
	struct mls_bytes b[3];
	mls_change *c;
	struct party p;
	size_t i;

	party_new(&p, NULL, 3);
	for (i = 0; i < 3; i++)
		must(mls_group_send(&b[i], p.m[1].group, text("x")));
	for (i = 0; i < 3; i += 2) {
		must(mls_group_process(&c, p.m[0].group, octets(&b[i])));
		cr_assert_eq(mls_change_summary(c)->generation, i);
		cr_assert_eq(mls_change_summary(c)->epoch,
		    info(&p.m[0]).epoch);
		must(mls_change_apply(c));
		mls_change_drop(c);
	}
	for (i = 0; i < 3; i++)
		mls_bytes_free(&b[i]);
	party_free(&p);
}

static uint64_t
count(struct party *p, int what)
{
	return mls__counted(p->context->plugins, what);
}

/* Whoever has not the group's secrets causes neither a signature to be checked
 * nor a key to be opened, and of records few. */
Test(accept, LIMIT_18_junk_is_cheap)
{
	uint64_t verify, open, records;
	struct mls_buf junk[4];
	struct mls_message m;
	struct mls_bytes b;
	struct forge f;
	struct party p;
	size_t i;

	party_new(&p, NULL, 4);
	forge_new(&f, &p, 1, MLS_CONTENT_PROPOSAL);
	f.membership.data[0] ^= 1;
	junk[0] = forge_message(&f, propose_update(&p, 1, NULL));
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	f.membership.data[0] ^= 1;
	junk[1] = forge_commit(&f, &(struct commit_spec){ .n = 0 });
	must(mls_group_send(&b, p.m[1].group, text("hi")));
	junk[2] = keep_bytes(&p, b);
	must(mls__message_read(&m, &p.arena, junk[2], NULL));
	junk[2] = flipped(&p, junk[2],
	    m.u.private_message.sender_data.data - junk[2].data);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	f.head.epoch++;
	junk[3] = forge_commit(&f, &(struct commit_spec){ .n = 0 });
	for (i = 0; i < 4; i++) {
		verify = count(&p, MLS_COUNT_VERIFY);
		open = count(&p, MLS_COUNT_OPEN);
		records = count(&p, MLS_COUNT_RECORD_READ);
		cr_assert_neq(mls_group_process(&(mls_change *){ NULL },
		    p.m[0].group, junk[i]), 0);
		cr_assert_eq(count(&p, MLS_COUNT_VERIFY), verify, "%zu", i);
		cr_assert_eq(count(&p, MLS_COUNT_OPEN), open, "%zu", i);
		cr_assert_leq(count(&p, MLS_COUNT_RECORD_READ), records + 2,
		    "%zu", i);
	}
	party_free(&p);
}
