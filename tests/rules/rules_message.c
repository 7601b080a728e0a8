/* SPDX-License-Identifier: MIT */
/* MSG: private messages (RFC 9420 §6.3, §9). */
#include "rules/forge.h"

#define PARTY(p, f) \
	struct party p; \
	struct forge f; \
	party_new(&p, NULL, 3); \
	forge_new(&f, &p, 1, MLS_CONTENT_APPLICATION); \
	forge_private(&f)

static struct mls_buf
said(struct party *p, size_t by, const char *words)
{
	struct mls_bytes b;

	must(mls_group_send(&b, p->m[by].group, text(words)));
	return keep_bytes(p, b);
}

/* Member `by` commits, and the others take it. */
static void
next_epoch(struct party *p, size_t by, const struct mls_commit_options *o)
{
	struct mls_bytes b;
	struct mls_buf message;
	size_t i;

	must(mls_group_commit(&b, NULL, p->m[by].group, o));
	must(mls_group_settle(p->m[by].group, 1));
	message = keep_bytes(p, b);
	for (i = 0; i < p->n; i++)
		if (i != by)
			take(&p->m[i], message);
}

Test(message, MSG_01_sender_data_decrypt)
{
	struct mls_message m;
	struct mls_buf real;
	PARTY(p, f);

	accepted(&p, &p.m[0], forge_message(&f, text("hi")));
	f.on_sender_data = hook_flip;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_SENDER_DATA_DECRYPT);
	/* A flip within the sample. */
	real = said(&p, 1, "hi");
	must(mls__message_read(&m, &p.arena, real, NULL));
	refused(&p, &p.m[0], flipped(&p, real,
	    m.u.private_message.ciphertext.data - real.data),
	    MLS_E_SENDER_DATA_DECRYPT);
	accepted(&p, &p.m[0], real);
	party_free(&p);
}

Test(message, MSG_02_sender_data_malformed)
{
	PARTY(p, f);

	f.on_sender_plain = hook_cut;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_SENDER_DATA_MALFORMED);
	f.on_sender_plain = hook_longer;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_SENDER_DATA_MALFORMED);
	party_free(&p);
}

Test(message, MSG_03_LIMIT_03_unknown_leaf)
{
	PARTY(p, f);

	f.sender_data.leaf = 3;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_SENDER_DATA_UNKNOWN_LEAF);
	f.sender_data.leaf = 77;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_SENDER_DATA_UNKNOWN_LEAF);
	f.sender_data.leaf = MLS_MAX_LEAVES; /* LIMIT-03 */
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_LEAF_INDEX_TOO_LARGE);
	f.sender_data.leaf = 0xffffffff;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_LEAF_INDEX_TOO_LARGE);
	party_free(&p);
}

static struct mls_buf
hook_tiny(struct party *p, struct mls_buf b)
{
	(void)p;
	return mls__buf(b.data, 15);
}

Test(message, CRYPT_08_ciphertext_length)
{
	PARTY(p, f);

	f.on_ciphertext = hook_tiny;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_CIPHERTEXT_LENGTH);
	f.on_ciphertext = NULL;
	f.on_sender_data = hook_tiny;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_CIPHERTEXT_LENGTH);
	party_free(&p);
}

Test(message, MSG_05_12_18_content_decrypt)
{
	PARTY(p, f);

	f.on_ciphertext = hook_flip;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_CONTENT_DECRYPT);
	f.on_ciphertext = NULL;
	f.ratchet_kind = MLS_RATCHET_HANDSHAKE;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_CONTENT_DECRYPT);
	f.ratchet_kind = MLS_RATCHET_APPLICATION;
	/* MSG-12: the key is still there. */
	accepted(&p, &p.m[0], forge_message(&f, text("hi")));
	party_free(&p);
}

Test(message, MSG_05_authenticated_data)
{
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_bytes b;
	struct mls_buf m;
	mls_change *c;
	long at;
	PARTY(p, f);

	o.aad = text("shown");
	must(mls_group_make_message(&c, p.m[1].group, text("hi"), &o));
	must(mls_change_release(&b, c));
	mls_change_drop(c);
	m = keep_bytes(&p, b);
	for (at = 0; memcmp(m.data + at, "shown", 5) != 0; )
		at++;
	refused(&p, &p.m[0], flipped(&p, m, at), MLS_E_CONTENT_DECRYPT);
	accepted(&p, &p.m[0], m);
	/* Sealed with other data than was signed. */
	forge_private(&f);
	accepted(&p, &p.m[0], forge_message(&f, text("hi")));
	f.outer_aad = text("other");
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_PRIVATE_CONTENT_SIGNATURE);
	party_free(&p);
}

Test(message, MSG_06_content_malformed)
{
	struct commit_spec spec = { 0 };
	PARTY(p, f);

	f.on_plain = hook_tiny;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_PRIVATE_CONTENT_MALFORMED);
	f.on_plain = hook_empty;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_PRIVATE_CONTENT_MALFORMED);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	forge_private(&f);
	f.outer_type = MLS_CONTENT_PROPOSAL;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_PRIVATE_CONTENT_MALFORMED);
	f.outer_type = MLS_CONTENT_COMMIT;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

Test(message, MSG_07_padding)
{
	static const size_t lengths[] = { 0, 1, 70000 };
	static uint8_t zeros[70000];
	size_t i;
	PARTY(p, f);

	for (i = 0; i < 3; i++) {
		f.padding = mls__buf(zeros, lengths[i]);
		accepted(&p, &p.m[0], forge_message(&f, text("hi")));
	}
	f.padding = mls__buf(zeros, 9);
	for (i = 0; i < 9; i += 4) {
		f.padding = flipped(&p, f.padding, (long)i);
		refused(&p, &p.m[0], forge_message(&f, text("hi")),
		    MLS_E_PADDING_NONZERO);
		f.padding = mls__buf(zeros, 9);
	}
	party_free(&p);
}

Test(message, MSG_08_FRAME_05_content_signature)
{
	PARTY(p, f);

	f.on_signature = hook_flip;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_PRIVATE_CONTENT_SIGNATURE);
	/* Bob names Carol: all know each other's keys. */
	forge_new(&f, &p, 1, MLS_CONTENT_APPLICATION);
	f.head.sender.index = f.sender_data.leaf = f.ratchet_leaf = 2;
	forge_private(&f);
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_PRIVATE_CONTENT_SIGNATURE);
	/* FRAME-05: signed to travel in public */
	forge_new(&f, &p, 1, MLS_CONTENT_PROPOSAL);
	f.body = propose_remove(&p, 2);
	forge_sign(&f);
	forge_private(&f);
	refused(&p, &p.m[0], forge_seal(&f, NO_OCTETS),
	    MLS_E_PRIVATE_CONTENT_SIGNATURE);
	party_free(&p);
}

Test(message, MSG_09_ST_10_generation_consumed)
{
	struct mls_buf one, two;
	PARTY(p, f);

	one = said(&p, 1, "one");
	two = said(&p, 1, "two");
	take(&p.m[0], one);
	refused(&p, &p.m[0], one, MLS_E_GENERATION_CONSUMED);
	take(&p.m[0], two); /* ST-10 */
	refused(&p, &p.m[0], two, MLS_E_GENERATION_CONSUMED);
	party_free(&p);
}

Test(message, MSG_10_LIMIT_06_generation_too_far)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct party p;
	struct forge f;

	policy.max_forward = 10;
	party_new(&p, &policy, 3);
	forge_new(&f, &p, 1, MLS_CONTENT_APPLICATION);
	forge_private(&f);
	f.sender_data.generation = 10;
	accepted(&p, &p.m[0], forge_message(&f, text("hi")));
	f.sender_data.generation = 11;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_GENERATION_TOO_FAR);
	f.sender_data.generation = 0xffffffff;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_GENERATION_TOO_FAR);
	party_free(&p);
}

Test(message, MSG_11_LIMIT_07_generation_too_old)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_buf m[6];
	struct party p;
	size_t i;

	policy.max_skipped = 2;
	party_new(&p, &policy, 3);
	for (i = 0; i < 6; i++)
		m[i] = said(&p, 1, "hi");
	take(&p.m[0], m[5]);
	refused(&p, &p.m[0], m[0], MLS_E_GENERATION_TOO_OLD);
	refused(&p, &p.m[0], m[3], MLS_E_GENERATION_TOO_OLD);
	accepted(&p, &p.m[0], m[4]);
	party_free(&p);
}

Test(message, MSG_13_APP_05_LIMIT_08_epoch_secrets_gone)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct mls_buf late;
	struct party p;

	policy.past_epochs = 1;
	party_new(&p, &policy, 3);
	late = said(&p, 1, "late");
	next_epoch(&p, 0, NULL);
	accepted(&p, &p.m[0], late); /* APP-05 */
	next_epoch(&p, 0, NULL);
	refused(&p, &p.m[0], late, MLS_E_EPOCH_SECRETS_GONE);
	party_free(&p);
}

Test(message, MSG_14_own_private_message)
{
	PARTY(p, f);

	refused(&p, &p.m[1], said(&p, 1, "hi"), MLS_E_OWN_PRIVATE_MESSAGE);
	f.head.sender.index = f.sender_data.leaf = 0;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_OWN_PRIVATE_MESSAGE);
	party_free(&p);
}

Test(message, FRAME_18_past_sender)
{
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_intent intents[2] = {
		{ .type = MLS_EFFECT_REMOVE, .leaf = 2 },
		{ .type = MLS_EFFECT_ADD } };
	const struct mls_summary *s;
	struct mls_bytes kp, b;
	struct mls_buf late;
	struct forge old;
	mls_change *c;
	PARTY(p, f);

	late = said(&p, 2, "late");
	old = f;
	old.sender_data.leaf = old.head.sender.index = 3;
	kp = make_package(&p.m[3], p.suite);
	intents[1].key_package = octets(&kp);
	o.intents = intents;
	o.n_intents = 2;
	forge_message(&f, text("hi"));
	must(mls_group_commit(&b, NULL, p.m[0].group, &o));
	must(mls_group_settle(p.m[0].group, 1));
	mls_bytes_free(&b);
	mls_bytes_free(&kp);
	/* Dave has Carol's leaf now; what she said then is hers. */
	must(mls_group_process(&c, p.m[0].group, late));
	s = mls_change_summary(c);
	cr_assert(mls__equal(s->sender_identity.identity, text("carol")));
	cr_assert_eq(s->epoch + 1, info(&p.m[0]).epoch);
	mls_change_drop(c);
	refused(&p, &p.m[0], forge_message(&old, text("hi")),
	    MLS_E_PAST_EPOCH_SENDER_UNKNOWN);
	party_free(&p);
}

Test(message, KS_10_other_group)
{
	struct mls_group_options o = MLS_GROUP_OPTIONS_INIT;
	mls_group *twin;
	PARTY(p, f);

	o.suite = p.suite;
	o.group_id = text("twin");
	must(mls_group_create(&twin, p.m[0].client, &o));
	mls_group_close(p.m[0].group);
	p.m[0].group = twin;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_GROUP_ID_UNKNOWN);
	party_free(&p);
}
