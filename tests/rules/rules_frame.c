/* SPDX-License-Identifier: MIT */
/* FRAME: framing, public messages, authentication (RFC 9420 §6). */
#include "rules/forge.h"

/* A public proposal of Bob's, to remove Carol. */
static struct mls_buf
remove_carol(struct forge *f)
{
	return forge_message(f, propose_remove(f->p, 2));
}

#define WITH_PROPOSAL(p, f) \
	struct party p; \
	struct forge f; \
	party_new(&p, NULL, 3); \
	forge_new(&f, &p, 1, MLS_CONTENT_PROPOSAL)

Test(frame, FRAME_01_group_id)
{
	WITH_PROPOSAL(p, f);

	f.head.group_id = text("other");
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_GROUP_ID_UNKNOWN);
	f.head.group_id = text("rules");
	accepted(&p, &p.m[0], remove_carol(&f));
	party_free(&p);
}

Test(frame, FRAME_02_handshake_epoch)
{
	struct commit_spec spec = { 0 };
	struct mls_bytes old;
	struct mls_buf commit;
	WITH_PROPOSAL(p, f);

	f.head.epoch--;
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_HANDSHAKE_EPOCH);
	f.head.epoch += 2;
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_HANDSHAKE_EPOCH);
	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	f.head.epoch++;
	refused(&p, &p.m[0], forge_commit(&f, &spec), MLS_E_HANDSHAKE_EPOCH);
	must(mls_group_commit(&old, NULL, p.m[1].group, NULL));
	commit = keep_bytes(&p, old);
	must(mls_group_settle(p.m[1].group, 1));
	take(&p.m[0], commit);
	refused(&p, &p.m[0], commit, MLS_E_HANDSHAKE_EPOCH);
	party_free(&p);
}

Test(frame, FRAME_03_future_epoch)
{
	WITH_PROPOSAL(p, f);

	forge_new(&f, &p, 1, MLS_CONTENT_APPLICATION);
	forge_private(&f);
	f.head.epoch++;
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_EPOCH_IN_FUTURE);
	f.head.epoch--;
	accepted(&p, &p.m[0], forge_message(&f, text("hi")));
	party_free(&p);
}

Test(frame, FRAME_04_unknown_sender_leaf)
{
	WITH_PROPOSAL(p, f);

	f.head.sender.index = 3;
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_UNKNOWN_SENDER_LEAF);
	f.head.sender.index = 9;
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_UNKNOWN_SENDER_LEAF);
	party_free(&p);
}

Test(frame, LIMIT_03_sender_index)
{
	WITH_PROPOSAL(p, f);

	f.head.sender.index = MLS_MAX_LEAVES;
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_LEAF_INDEX_TOO_LARGE);
	f.head.sender.index = 0xffffffff;
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_LEAF_INDEX_TOO_LARGE);
	party_free(&p);
}

Test(frame, FRAME_05_content_signature)
{
	WITH_PROPOSAL(p, f);

	f.on_signature = hook_flip;
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_CONTENT_SIGNATURE);
	f.on_signature = NULL;
	f.key = p.m[2].group->state->sign_key;
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_CONTENT_SIGNATURE);
	party_free(&p);
}

Test(frame, FRAME_05_other_context)
{
	struct mls_writer w = { 0 };
	struct mls_secret tag;
	struct mls_buf auth;
	WITH_PROPOSAL(p, f);

	/* Signed for another GroupContext, tagged for this one. */
	f.body = propose_remove(&p, 2);
	f.context = flipped(&p, f.context, 5);
	forge_sign(&f);
	mls__auth_write(&w, f.signature, f.head.type, NO_OCTETS);
	auth = keep_writer(&p, &w);
	mls__content_tbs(&w, f.wire_format, f.content, MLS_SENDER_MEMBER,
	    p.m[1].group->state->context.raw);
	must(mls__membership_tag(&tag, f.g->suite, &f.membership,
	    mls__writer_buf(&w), auth));
	mls__writer_free(&w);
	mls__message_head(&w, f.wire_format);
	mls__public_message_write(&w, f.content, auth, MLS_SENDER_MEMBER,
	    mls__secret_buf(&tag));
	refused(&p, &p.m[0], keep_writer(&p, &w), MLS_E_CONTENT_SIGNATURE);
	party_free(&p);
}

Test(frame, FRAME_06_membership_tag)
{
	WITH_PROPOSAL(p, f);

	f.on_membership = hook_flip;
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_MEMBERSHIP_TAG_INVALID);
	f.on_membership = NULL;
	f.membership.data[3] ^= 1;
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_MEMBERSHIP_TAG_INVALID);
	f.membership.data[3] ^= 1;
	accepted(&p, &p.m[0], remove_carol(&f));
	party_free(&p);
}

Test(frame, FRAME_07_tag_before_signature)
{
	WITH_PROPOSAL(p, f);

	p.unwatched = true;
	f.on_membership = hook_flip;
	f.on_signature = hook_flip;
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_MEMBERSHIP_TAG_INVALID);
	party_free(&p);
}

Test(frame, CRYPT_09_mac_length)
{
	struct mls_buf (*const hooks[])(struct party *, struct mls_buf) = {
		hook_cut, hook_longer, hook_empty };
	struct commit_spec spec = { 0 };
	size_t i;
	WITH_PROPOSAL(p, f);

	for (i = 0; i < 3; i++) {
		f.on_membership = hooks[i];
		refused(&p, &p.m[0], remove_carol(&f), MLS_E_MAC_LENGTH);
	}
	for (i = 0; i < 2; i++) {
		forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
		f.on_confirmation = hooks[i];
		refused(&p, &p.m[0], forge_commit(&f, &spec),
		    MLS_E_MAC_LENGTH);
	}
	party_free(&p);
}

Test(frame, FRAME_08_public_application_data)
{
	WITH_PROPOSAL(p, f);

	forge_new(&f, &p, 1, MLS_CONTENT_APPLICATION);
	refused(&p, &p.m[0], forge_message(&f, text("hi")),
	    MLS_E_APPLICATION_DATA_PUBLIC);
	party_free(&p);
}

Test(frame, FRAME_09_confirmation_tag_missing)
{
	struct commit_spec spec = { 0 };
	WITH_PROPOSAL(p, f);

	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	f.on_confirmation = hook_empty;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CONFIRMATION_TAG_MISSING);
	f.on_confirmation = NULL;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	forge_private(&f);
	f.on_confirmation = hook_empty;
	refused(&p, &p.m[0], forge_commit(&f, &spec),
	    MLS_E_CONFIRMATION_TAG_MISSING);
	f.on_confirmation = NULL;
	accepted(&p, &p.m[0], forge_commit(&f, &spec));
	party_free(&p);
}

/* An outsider's message: no membership tag. */
static struct mls_buf
outsider(struct forge *f, uint8_t type, struct mls_buf body)
{
	f->head.sender.type = type;
	f->head.sender.index = 0;
	return forge_message(f, body);
}

Test(frame, FRAME_10_12_14_15_16_outsiders)
{
	struct commit_spec spec = { .pathless = true };
	struct mls_buf commit;
	struct package_spec good = { 0 };
	WITH_PROPOSAL(p, f);

	forge_new(&f, &p, 1, MLS_CONTENT_COMMIT);
	forge_commit(&f, &spec);
	commit = f.body;
	refused(&p, &p.m[0], outsider(&f, MLS_SENDER_EXTERNAL, commit),
	    MLS_E_EXTERNAL_SENDER_CONTENT);
	refused(&p, &p.m[0], outsider(&f, MLS_SENDER_NEW_MEMBER_PROPOSAL,
	    commit), MLS_E_NEW_MEMBER_PROPOSAL_CONTENT);
	refused(&p, &p.m[0], outsider(&f, MLS_SENDER_NEW_MEMBER_COMMIT,
	    commit), MLS_E_EXTERNAL_COMMIT_DISALLOWED);
	forge_new(&f, &p, 1, MLS_CONTENT_PROPOSAL);
	refused(&p, &p.m[0], outsider(&f, MLS_SENDER_EXTERNAL,
	    propose_remove(&p, 2)), MLS_E_EXTERNAL_SENDERS_ABSENT);
	refused(&p, &p.m[0], outsider(&f, MLS_SENDER_NEW_MEMBER_PROPOSAL,
	    propose_remove(&p, 2)), MLS_E_NEW_MEMBER_PROPOSAL_NOT_ADD);
	refused(&p, &p.m[0], outsider(&f, MLS_SENDER_NEW_MEMBER_PROPOSAL,
	    propose_add(&p, forge_package(&p, 3, &good))),
	    MLS_E_NEW_MEMBER_ADD_UNAUTHORISED);
	refused(&p, &p.m[0], outsider(&f, MLS_SENDER_NEW_MEMBER_COMMIT,
	    propose_remove(&p, 2)), MLS_E_NEW_MEMBER_COMMIT_CONTENT);
	party_free(&p);
}

Test(frame, FRAME_17_framing_policy)
{
	struct mls_policy policy = MLS_POLICY_INIT;
	struct party p;
	struct forge f;

	policy.receive_framing = MLS_FRAMING_PRIVATE;
	party_new(&p, &policy, 3);
	forge_new(&f, &p, 1, MLS_CONTENT_PROPOSAL);
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_FRAMING_POLICY);
	forge_private(&f);
	accepted(&p, &p.m[0], remove_carol(&f));
	party_free(&p);
}

Test(frame, FRAME_22_own_messages_coming_back)
{
	struct mls_intent update = { .type = MLS_EFFECT_UPDATE };
	struct mls_send_options o = MLS_SEND_OPTIONS_INIT;
	struct mls_bytes b;
	struct mls_buf proposal;
	mls_change *c;
	WITH_PROPOSAL(p, f);

	o.framing = MLS_FRAMING_PUBLIC;
	must(mls_group_make_proposal(&c, p.m[0].group, &update, &o));
	must(mls_change_release(&b, c));
	mls_change_drop(c);
	proposal = keep_bytes(&p, b);
	take(&p.m[0], proposal);
	cr_assert_eq(info(&p.m[0]).proposals, 1);
	must(mls_group_commit(&b, NULL, p.m[0].group, NULL));
	take(&p.m[0], keep_bytes(&p, b));
	cr_assert_eq(info(&p.m[0]).pending, 0);
	party_free(&p);
}

Test(frame, WIRE_31_wrong_kind_of_message)
{
	struct mls_bytes kp, message;
	mls_change *c;
	WITH_PROPOSAL(p, f);

	kp = make_package(&p.m[3], p.suite);
	refused(&p, &p.m[0], octets(&kp), MLS_E_UNEXPECTED_WIRE_FORMAT);
	must_fail(mls_group_join(&c, p.m[3].client, octets(&kp), NO_OCTETS),
	    MLS_E_UNEXPECTED_WIRE_FORMAT);
	must(mls_group_send(&message, p.m[0].group, text("hi")));
	must_fail(mls_group_join(&c, p.m[3].client, octets(&message),
	    NO_OCTETS), MLS_E_UNEXPECTED_WIRE_FORMAT);
	mls_bytes_free(&kp);
	mls_bytes_free(&message);
	party_free(&p);
}

Test(frame, FRAME_11_13_EXT_16_external_senders)
{
	struct mls_intent in = { .type = MLS_EFFECT_EXTENSIONS };
	struct mls_commit_options o = MLS_COMMIT_OPTIONS_INIT;
	struct mls_writer w = { 0 };
	struct mls_bytes b;
	size_t at;
	WITH_PROPOSAL(p, f);

	at = mls__write_open(&w);
	mls__write_opaque(&w, mls__key_public(f.key));
	mls__write_bytes(&w, mls__buf("\0\1\6server", 9));
	mls__write_close(&w, at);
	in.extensions = extension(&p, MLS_EXT_EXTERNAL_SENDERS,
	    keep_writer(&p, &w));
	o.intents = &in;
	o.n_intents = 1;
	must(mls_group_commit(&b, NULL, p.m[0].group, &o));
	must(mls_group_settle(p.m[0].group, 1));
	mls_bytes_free(&b);
	f.head.sender.type = MLS_SENDER_EXTERNAL;
	f.head.epoch++;
	f.head.sender.index = 1;
	refused(&p, &p.m[0], remove_carol(&f), MLS_E_EXTERNAL_SENDER_INDEX);
	f.head.sender.index = 0;
	refused(&p, &p.m[0], forge_message(&f, propose_update(&p, 1, NULL)),
	    MLS_E_EXTERNAL_SENDER_PROPOSAL_TYPE);
	f.on_signature = hook_flip;
	refused(&p, &p.m[0], remove_carol(&f),
	    MLS_E_EXTERNAL_PROPOSAL_SIGNATURE); /* EXT-16 */
	f.on_signature = NULL;
	accepted(&p, &p.m[0], remove_carol(&f));
	party_free(&p);
}
