/* SPDX-License-Identifier: MIT */
/* framework/message: decoding and encoding. */
#include "message_fixture.h"

TestSuite(message, .init = set_up, .fini = tear_down);

static int
read_message(struct mls_buf in)
{
	struct mls_arena arena = { 0 };
	struct mls_message m = { .version = 77 };
	int rc = mls__message_read(&m, &arena, in, NULL);

	if (rc != 0)
		cr_assert_eq(m.version, 77); /* nothing is written */
	mls__arena_free(&arena);
	return rc;
}

/* WIRE-05, WIRE-06, CRYPT and group rules staying out of decoding. */
Test(message, WIRE_05_06_every_message_cut_everywhere)
{
	struct mls_writer w = { 0 };
	unsigned which;
	uint8_t *copy;
	size_t i;

	for (which = 0; put_message(&w, which); which++) {
		cr_assert_eq(w.error, 0);
		cr_assert_eq(read_message(mls__writer_buf(&w)), 0, "%u",
		    which);
		for (i = 0; i < w.len; i++) {
			/* A copy of its own, for the sanitizer's sake. */
			copy = malloc(i + 1);
			memcpy(copy, w.data, i);
			cr_assert_neq(read_message(mls__buf(copy, i)), 0,
			    "%u cut at %zu", which, i);
			free(copy);
		}
		mls__write_u8(&w, 0);
		cr_assert_eq(read_message(mls__writer_buf(&w)),
		    MLS_E_TRAILING_BYTES, "%u", which);
		mls__writer_reset(&w);
	}
	cr_assert_eq(which, 16);
	mls__writer_free(&w);
}

/* Any octet may be anything: no crash, and nothing written on failure. */
Test(message, every_message_flipped_everywhere)
{
	static const uint8_t flips[] = { 0x01, 0x40, 0x80, 0xff };
	struct mls_writer w = { 0 };
	unsigned which;
	size_t i, j;

	for (which = 0; put_message(&w, which); which++) {
		for (i = 0; i < w.len; i++) {
			for (j = 0; j < sizeof(flips); j++) {
				w.data[i] ^= flips[j];
				read_message(mls__writer_buf(&w));
				w.data[i] ^= flips[j];
			}
		}
		mls__writer_reset(&w);
	}
	mls__writer_free(&w);
}

/* A membership tag behind the message of a non-member. */
Test(message, WIRE_06_stray_membership_tag)
{
	struct mls_writer w = { 0 };

	put_public(&w, MLS_SENDER_NEW_MEMBER_PROPOSAL, MLS_CONTENT_PROPOSAL);
	mls__write_opaque(&w, PART(32));
	cr_assert_eq(read_message(mls__writer_buf(&w)),
	    MLS_E_TRAILING_BYTES);
	mls__writer_free(&w);
}

/* Set a number of `size` octets at `at`, and expect the error. */
static void
expect_patched(struct mls_writer *w, size_t at, size_t size, unsigned value,
    int error)
{
	uint8_t old[2];

	memcpy(old, w->data + at, size);
	w->data[at] = (uint8_t)(size == 2 ? value >> 8 : value);
	if (size == 2)
		w->data[at + 1] = (uint8_t)value;
	cr_assert_eq(read_message(mls__writer_buf(w)), error,
	    "%x at %zu", value, at);
	memcpy(w->data + at, old, size);
}

#define SENDER_AT (4 + 6 + 8)      /* header, group id, epoch */
#define TYPE_AT (SENDER_AT + 5 + 4) /* sender with index, aad */

Test(message, WIRE_09_to_12_18_unknown_numbers)
{
	static const unsigned version[] = { 0, 2, 0x0a0a, 0xffff };
	static const unsigned format[] = { 0, 6, 0x0a0a, 0xf000 };
	static const unsigned type[] = { 0, 4, 255 };
	static const unsigned sender[] = { 0, 5, 255 };
	static const unsigned proposal[] = { 0, 8, 0x0a0a, 0xf001 };
	struct mls_writer w = { 0 };
	size_t i;

	put_public(&w, MLS_SENDER_MEMBER, MLS_CONTENT_PROPOSAL);
	for (i = 0; i < 4; i++) {
		expect_patched(&w, 0, 2, version[i],
		    MLS_E_UNKNOWN_PROTOCOL_VERSION);
		expect_patched(&w, 2, 2, format[i],
		    MLS_E_UNKNOWN_WIRE_FORMAT);
		expect_patched(&w, TYPE_AT + 1, 2, proposal[i],
		    MLS_E_UNKNOWN_PROPOSAL_TYPE);
	}
	for (i = 0; i < 3; i++) {
		expect_patched(&w, TYPE_AT, 1, type[i],
		    MLS_E_UNKNOWN_CONTENT_TYPE);
		expect_patched(&w, SENDER_AT, 1, sender[i],
		    MLS_E_UNKNOWN_SENDER_TYPE);
	}
	mls__writer_reset(&w);
	put_message(&w, 12); /* private message */
	for (i = 0; i < 3; i++)
		expect_patched(&w, SENDER_AT, 1, type[i],
		    MLS_E_UNKNOWN_CONTENT_TYPE);
	mls__writer_free(&w);
}

Test(message, peek_reads_the_header_alone)
{
	uint8_t head[4] = { 0, 1, 0, 3 };
	uint16_t format = 99;

	cr_assert_eq(mls__message_peek(&format, mls__buf(head, 4)), 0);
	cr_assert_eq(format, MLS_WIRE_WELCOME);
	head[3] = 6;
	cr_assert_eq(mls__message_peek(&format, mls__buf(head, 4)),
	    MLS_E_UNKNOWN_WIRE_FORMAT);
	cr_assert_eq(mls__message_peek(&format, mls__buf(head, 3)),
	    MLS_E_INPUT_TRUNCATED);
	cr_assert_eq(format, MLS_WIRE_WELCOME);
}

Test(message, KP_02_key_package_version)
{
	struct mls_writer w = { 0 };

	mls__message_head(&w, MLS_WIRE_KEY_PACKAGE);
	put_key_package(&w, 2);
	cr_assert_eq(read_message(mls__writer_buf(&w)),
	    MLS_E_KEY_PACKAGE_OUTER_VERSION);
	mls__writer_free(&w);
}

/* Judged by the length alone. */
Test(message, LIMIT_01_too_large)
{
	cr_assert_eq(read_message(mls__buf(octets, MLS_LIMIT_MESSAGE + 1)),
	    MLS_E_MESSAGE_TOO_LARGE);
}

static int
read_commit(struct mls_commit *out, struct mls_arena *arena,
    const struct mls_writer *w)
{
	struct mls_reader r;

	mls__reader_init(&r, mls__writer_buf(w));
	mls__commit_read(out, arena, &r);
	return mls__reader_end(&r);
}

Test(message, WIRE_08_13_LIMIT_04_commit_bounds_and_kinds)
{
	struct mls_arena arena = { 0 };
	struct mls_writer w = { 0 };
	struct mls_commit c;
	static const unsigned bad[] = { 0, 3, 255 };
	size_t i, at;

	/* WIRE-13 and WIRE-08 */
	for (i = 0; i < 3; i++) {
		mls__writer_reset(&w);
		mls__write_u8(&w, 2);
		mls__write_u8(&w, (uint8_t)bad[i]);
		mls__write_u8(&w, 0);
		mls__write_u8(&w, 0);
		cr_assert_eq(read_commit(&c, &arena, &w),
		    MLS_E_UNKNOWN_PROPOSAL_OR_REF);
		w.data[1] = MLS_BY_REFERENCE;
		cr_assert_eq(read_commit(&c, &arena, &w), 0);
		w.data[3] = (uint8_t)(i + 2);
		cr_assert_eq(read_commit(&c, &arena, &w),
		    MLS_E_OPTIONAL_BAD_PRESENCE);
		w.data[0] = 1; /* WIRE-07 */
		cr_assert_neq(read_commit(&c, &arena, &w), 0);
	}
	/* LIMIT-04 */
	for (i = 0; i < 2; i++) {
		mls__writer_reset(&w);
		for (at = 0; at < MLS_LIMIT_PROPOSALS + i; at++)
			mls__write_u16(&w, MLS_BY_REFERENCE << 8);
		mls__write_close(&w, 0);
		mls__write_u8(&w, 0);
		cr_assert_eq(read_commit(&c, &arena, &w), i == 0 ? 0 :
		    MLS_E_TOO_MANY_PROPOSALS);
	}
	mls__arena_free(&arena);
	mls__writer_free(&w);
}

Test(message, WIRE_25_CRYPT_07_08_14_PSK_01_commit_round_trip_and_lengths)
{
	const struct mls_suite *s = suite(1);
	struct mls_arena arena = { 0 };
	struct mls_writer w = { 0 }, again = { 0 };
	struct mls_commit c;

	put_commit(&w);
	cr_assert_eq(read_commit(&c, &arena, &w), 0);
	cr_assert_eq(c.n, 8);
	cr_assert_eq(c.proposals[2].proposal->u.removed, 7);
	cr_assert_eq(c.proposals[4].proposal->u.reinit.version, 2);
	mls__commit_write(&again, c.proposals, c.n, &c.path);
	cr_assert(mls__equal(mls__writer_buf(&w), mls__writer_buf(&again)));
	cr_assert_eq(mls__commit_check(&c, s), 0);
	c.path.nodes[1].ciphertexts[0].ct.len = s->nt - 1;
	cr_assert_eq(mls__commit_check(&c, s), MLS_E_CIPHERTEXT_LENGTH);
	c.path.nodes[1].ciphertexts[0].enc.len = s->nenc - 1;
	cr_assert_eq(mls__commit_check(&c, s), MLS_E_KEM_OUTPUT_LENGTH);
	c.proposals[7].ref.len = s->nh - 1;
	cr_assert_eq(mls__commit_check(&c, s), MLS_E_HASH_LENGTH);
	c.proposals[5].proposal->u.kem_output.len = s->nenc + 1;
	cr_assert_eq(mls__commit_check(&c, s), MLS_E_KEM_OUTPUT_LENGTH);
	c.proposals[3].proposal->u.psk.nonce.len = 0;
	cr_assert_eq(mls__commit_check(&c, s), MLS_E_PSK_NONCE_LENGTH);
	mls__arena_free(&arena);
	mls__writer_free(&w);
	mls__writer_free(&again);
}

Test(message, LIMIT_14_CRYPT_07_08_14_welcome_entries)
{
	const struct mls_suite *s = suite(1);
	struct mls_welcome_entry e = { PART(32), { PART(32), PART(16) } };
	struct mls_writer w = { 0 };
	size_t i, at, extra;

	for (extra = 0; extra < 2; extra++) {
		mls__writer_reset(&w);
		mls__message_head(&w, MLS_WIRE_WELCOME);
		mls__write_u16(&w, 1);
		at = mls__write_open(&w);
		for (i = 0; i < MLS_LIMIT_WELCOME_ENTRIES + extra; i++)
			mls__write_bytes(&w, mls__buf("\0\0\0", 3));
		mls__write_close(&w, at);
		mls__write_opaque(&w, PART(3));
		cr_assert_eq(read_message(mls__writer_buf(&w)), extra == 0 ?
		    0 : MLS_E_TOO_MANY_WELCOME_ENTRIES);
	}
	mls__writer_free(&w);
	cr_assert_eq(mls__welcome_entry_check(&e, s), 0);
	e.secrets.ct.len--;
	cr_assert_eq(mls__welcome_entry_check(&e, s),
	    MLS_E_CIPHERTEXT_LENGTH);
	e.secrets.enc.len++;
	cr_assert_eq(mls__welcome_entry_check(&e, s),
	    MLS_E_KEM_OUTPUT_LENGTH);
	e.new_member.len--;
	cr_assert_eq(mls__welcome_entry_check(&e, s), MLS_E_HASH_LENGTH);
}

static int
read_secrets(struct mls_group_secrets *out, struct mls_arena *arena,
    struct mls_buf in)
{
	struct mls_reader r;

	mls__reader_init(&r, in);
	mls__group_secrets_read(out, arena, &r);
	return mls__reader_end(&r);
}

Test(message, WIRE_08_CRYPT_15_PSK_08_WELCOME_08_group_secrets)
{
	const struct mls_suite *s = suite(1);
	struct mls_psk_id ids[2] = {
		{ .type = 1, .id = PART(2), .nonce = PART(32) },
		{ .type = 2, .usage = 1, .nonce = PART(32) }
	};
	struct mls_group_secrets gs = { PART(32), true, PART(32), 2, ids };
	struct mls_group_secrets back;
	struct mls_arena arena = { 0 };
	struct mls_writer w = { 0 };
	struct mls_buf in;
	size_t i, at;

	mls__group_secrets_write(&w, &gs);
	in = mls__writer_buf(&w);
	cr_assert_eq(read_secrets(&back, &arena, in), 0);
	cr_assert_eq(back.n, 2);
	cr_assert_eq(back.psks[1].usage, 1);
	cr_assert_eq(mls__group_secrets_check(&back, s), 0);
	for (i = 0; i < in.len; i++)
		cr_assert_neq(read_secrets(&back, &arena,
		    mls__buf(in.data, i)), 0);
	w.data[33] = 2; /* WIRE-08: presence of path_secret */
	cr_assert_eq(read_secrets(&back, &arena, in),
	    MLS_E_OPTIONAL_BAD_PRESENCE);
	ids[1].nonce.len = 31;
	cr_assert_eq(mls__group_secrets_check(&gs, s),
	    MLS_E_WELCOME_PSK_NONCE_LENGTH);
	ids[1].usage = MLS_PSK_REINIT; /* of the suite before, perhaps */
	cr_assert_eq(mls__group_secrets_check(&gs, s),
	    MLS_E_WELCOME_PSK_NONCE_LENGTH);
	ids[1].nonce.len = 64;
	cr_assert_eq(mls__group_secrets_check(&gs, s), 0);
	ids[1].nonce.len = 65;
	cr_assert_eq(mls__group_secrets_check(&gs, s),
	    MLS_E_WELCOME_PSK_NONCE_LENGTH);
	ids[1].usage = MLS_PSK_APPLICATION;
	ids[1].nonce.len = 48;
	cr_assert_eq(mls__group_secrets_check(&gs, s),
	    MLS_E_WELCOME_PSK_NONCE_LENGTH);
	gs.path_secret.len = 33;
	cr_assert_eq(mls__group_secrets_check(&gs, s), MLS_E_SECRET_LENGTH);
	gs.path_secret.len = 32;
	gs.joiner_secret.len = 31;
	cr_assert_eq(mls__group_secrets_check(&gs, s), MLS_E_SECRET_LENGTH);

	/* PSK-08 */
	mls__writer_reset(&w);
	mls__write_u16(&w, 0);
	at = mls__write_open(&w);
	for (i = 0; i < 65536; i++)
		mls__write_bytes(&w, mls__buf("\1\0\0", 3));
	mls__write_close(&w, at);
	cr_assert_eq(read_secrets(&back, &arena, mls__writer_buf(&w)),
	    MLS_E_PSK_TOO_MANY);
	mls__arena_free(&arena);
	mls__writer_free(&w);
}

/* Read a signed object, flip an octet of what is signed, and of the rest. */
static void
check_signed(const struct mls_suite *s, struct mls_verify_job *job,
    const struct mls_writer *w, int error)
{
	size_t i;

	cr_assert_eq(mls__verify_with_label(s, job), 0);
	for (i = 0; i < job->content.len; i += 7) {
		w->data[i] ^= 1;
		cr_assert_eq(mls__verify_with_label(s, job), error);
		w->data[i] ^= 1;
	}
	job->label = "LeafNodeTBS";
	cr_assert_eq(mls__verify_with_label(s, job), error);
}

Test(message, KP_04_key_packages_are_signed)
{
	const struct mls_suite *s = suite(1);
	struct mls_key_package fields = { .suite = 1, .init_key = PART(32) };
	struct mls_privkey *key = NULL;
	struct mls_writer leaf = { 0 }, w = { 0 };
	struct mls_key_package kp;
	struct mls_verify_job job;
	struct mls_reader r;

	cr_assert_eq(mls__key_generate_sign(&key, s), 0);
	put_leaf(&leaf, MLS_LEAF_KEY_PACKAGE);
	fields.leaf.raw = mls__writer_buf(&leaf);
	cr_assert_eq(mls__key_package_sign(&w, &fields, s, key), 0);
	mls__reader_init(&r, mls__writer_buf(&w));
	mls__key_package_read(&kp, &r);
	cr_assert_eq(mls__reader_end(&r), 0);
	mls__key_package_verify_job(&job, &kp);
	cr_assert_eq(job.pub.data, kp.leaf.signature_key.data); /* DEC-06 */
	job.pub = mls__key_public(key);
	check_signed(s, &job, &w, MLS_E_KEY_PACKAGE_SIGNATURE);
	mls__key_free(key);
	mls__writer_free(&leaf);
	mls__writer_free(&w);
}

Test(message, GI_02_group_infos_are_signed)
{
	const struct mls_suite *s = suite(1);
	struct mls_group_info fields = { .confirmation_tag = PART(32),
		.signer = 3 };
	struct mls_privkey *key = NULL;
	struct mls_writer context = { 0 }, w = { 0 };
	struct mls_group_info info;
	struct mls_verify_job job;
	struct mls_reader r;

	cr_assert_eq(mls__key_generate_sign(&key, s), 0);
	put_context(&context);
	fields.context.raw = mls__writer_buf(&context);
	cr_assert_eq(mls__group_info_sign(&w, &fields, s, key), 0);
	mls__reader_init(&r, mls__writer_buf(&w));
	mls__group_info_read(&info, &r);
	cr_assert_eq(mls__reader_end(&r), 0);
	cr_assert_eq(info.signer, 3);
	mls__group_info_verify_job(&job, &info, mls__key_public(key));
	check_signed(s, &job, &w, MLS_E_GROUP_INFO_SIGNATURE);
	mls__key_free(key);
	mls__writer_free(&context);
	mls__writer_free(&w);
}

Test(message, FRAME_20_21_what_is_signed_and_referred_to)
{
	const struct mls_suite *s = suite(1);
	struct mls_arena arena = { 0 };
	struct mls_writer w = { 0 }, tbs = { 0 };
	struct mls_message m;
	uint8_t ref[2][MLS_MAX_HASH];
	uint8_t type;
	size_t len;

	put_public(&w, MLS_SENDER_MEMBER, MLS_CONTENT_PROPOSAL);
	cr_assert_eq(mls__message_read(&m, &arena, mls__writer_buf(&w), NULL), 0);
	cr_assert_eq(mls__proposal_ref(ref[0], s, &m.u.public_message), 0);
	m.u.public_message.wire_format = MLS_WIRE_PRIVATE_MESSAGE;
	cr_assert_eq(mls__proposal_ref(ref[1], s, &m.u.public_message), 0);
	cr_assert_arr_neq(ref[0], ref[1], s->nh);
	for (type = 1; type <= 4; type++) {
		mls__writer_reset(&tbs);
		mls__content_tbs(&tbs, 1, TEXT("content"), type,
		    TEXT("context"));
		len = 2 + 2 + 7 + (type == 1 || type == 4 ? 7 : 0);
		cr_assert_eq(tbs.len, len);
	}
	mls__arena_free(&arena);
	mls__writer_free(&w);
	mls__writer_free(&tbs);
}
