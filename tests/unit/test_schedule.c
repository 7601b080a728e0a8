/* SPDX-License-Identifier: MIT */
/* framework/schedule: contexts, transcripts, PSKs, key schedule, ratchets. */
#include "crypto_fixture.h"

#include "libmls/errors.h"
#include "message/framing.h"
#include "schedule/context.h"
#include "schedule/epoch.h"
#include "schedule/psk.h"
#include "schedule/secret_tree.h"

/* Of the official vectors, suite 1: facts. */
static const char psk0_id[] =
    "4e96d00ea2059b6c70d0e8777970e65677abee0c4b90e881c4cf7b4aaa8d9184";
static const char psk0_nonce[] =
    "924a5371246476aca6a92eec7d295af3c9ed3f905aaeb97dc4748ac4cdc889fd";
static const char psk0_value[] =
    "62e3157cbb3799d0f54fb873e7f7e46257a01e9e4297413e769c4f0afeb1a206";
static const char psk1_id[] =
    "8034d46a6150c7c4817f7584edf51006ec8432c55ae1de77d0ccd51c523ed97d";
static const char psk1_nonce[] =
    "07ade6664316831d1ceddc1f7f8b26ff132f7130f4c6c6c51f07191d8f2a328e";
static const char psk1_value[] =
    "27f5dd47bf87802cdfac24f1bfde71595a62ea8bc6a9ab335ba23c98d5fee267";
static const char psk_result[] =
    "e582f70f0b6a48dc9a50583895bc90012147e59bf7ba90b29673075fdb646ff2";
static const char confirmation_key[] =
    "26ae359a9a9760cd1066cae16f1456ea7eaf52bd85d5dba5bb15cca04a90c83f";
static const char authenticated_content[] =
    "00010567726f7570000000000000345601000000000003220220e740a6faf2db"
    "65f5853148d75d9a335d7c4b94ab106fe5f237bc34fdcfc745840040402280c9"
    "21b6b2836ed4eca496dfa74a13c171f78b80822894032c4c03cc4fb9c24e505c"
    "0d0ba4e8edb63a3327442baa12555a57f28e4cfebb4f0c42997030e207203a1d"
    "8805d8390f441a622f81bcb7347be86db7cc491d0313163fa63c2f66aa92";
static const char interim_before[] =
    "2597552c42df799cd70e99c77c4f80e834a9418096a0b2c7bc66afbc48eebaa6";
static const char confirmed_after[] =
    "51a85b21149c86f3f8c2907017c449e96987242b7ba2be9db1ddd53fb2db0d1d";
static const char interim_after[] =
    "193f9e11118fd08ff626069543b481ec5f04145680b612bb84d8962a2e609211";

/* The first epoch of the key-schedule file, and what it exports. */
static const char init_secret[] =
    "a897b53575b4dd35fed4466e4e714bfa949eaa72e616a9c68a47b39cb7a60d2e";
static const char commit_secret[] =
    "a22606222e350fd7f0937168fe7548fb06626ab143cba7611d641693b1447509";
static const char psk_secret[] =
    "e871b247379522395689182736cb3d1e7b108d6ae934b802223975de8dc3f80b";
static const char group_context[] =
    "0001000120a897b53575b4dd35fed4466e4e714bfa949eaa72e616a9c68a47b3"
    "9cb7a60d2e0000000000000000209769e302a99c457350a8e636009b12a2fee0"
    "68664004606d6318eb3a1977d818205e57c9364dc71f0f71b19ffe561ab77257"
    "c490708a47e29f8f73f2b318201d2f00";
static const char joiner_secret[] =
    "4fb996ba26b29a70f3ce6c310151ce8701cb812d027f4d4bbf5cc4e9f884638d";
static const char external_pub[] =
    "640117516be304ac1160933c894a6df9290231f1843f3685c124fc42c785c02c";
static const char exported_label[] =
    "9ba13d54ecdec7cbefcb47b4268d7b1990fabc6d6e67681e167959389d84e4e4";
static const char exported_context[] =
    "884f1af892ab002f5be4c5d5081ade9e0e6418c6ea7a9a92e90534f19dcef785";
static const char exported[] =
    "dbce4e25e59ab4dfa6f6200f113ed08393cf6e7286d024811141c6a4dd11c0cb";

/* A secret tree of one leaf, of the secret-tree file. */
static const char tree_secret[] =
    "d69fcc35969e94680461974bd26c7cda7594cbf45985c4bf668c3b3118b765ab";

TestSuite(schedule, .init = set_up, .fini = tear_down);

static struct mls_secret
filled(uint8_t octet, size_t len)
{
	struct mls_secret s = { .len = (uint8_t)len };

	memset(s.data, octet, len);
	return s;
}

static int
read_context(struct mls_group_context *out, struct mls_buf in)
{
	struct mls_reader r;

	mls__reader_init(&r, in);
	mls__group_context_read(out, &r);
	return mls__reader_end(&r);
}

static void
write_context(struct mls_writer *w, size_t id_len, const char *extensions)
{
	static const uint8_t octets[5000];
	struct bytes ext = hex(extensions);
	struct mls_group_context c = {
		.version = 2, .suite = 1, .group_id = mls__buf(octets, id_len),
		.epoch = 0x0102030405060708, .tree_hash = mls__buf(octets, 32),
		.confirmed_transcript_hash = mls__buf(octets, 32),
		.extensions = BUF(ext)
	};

	mls__group_context_write(w, &c);
	cr_assert_eq(w->error, 0);
}

Test(schedule, WIRE_05_25_32_context_round_trip_and_truncation)
{
	struct mls_writer w = { 0 }, again = { 0 };
	struct mls_group_context c;
	struct mls_buf in;
	size_t i;

	write_context(&w, 0, "0a0a00f001020102");
	in = mls__writer_buf(&w);
	/* WIRE-32: a version that we do not know decodes. */
	cr_assert_eq(read_context(&c, in), 0);
	cr_assert_eq(c.version, 2);
	cr_assert_eq(c.epoch, 0x0102030405060708);
	cr_assert(mls__equal(c.raw, in));
	mls__group_context_write(&again, &c);
	cr_assert(mls__equal(mls__writer_buf(&again), in));
	for (i = 0; i < in.len; i++)
		cr_assert_neq(read_context(&c, mls__buf(in.data, i)), 0);
	mls__writer_free(&w);
	mls__writer_free(&again);
}

Test(schedule, WIRE_21_LIMIT_15_context_limits)
{
	struct mls_writer w = { 0 };
	struct mls_group_context c;

	write_context(&w, 4096, "");
	cr_assert_eq(read_context(&c, mls__writer_buf(&w)), 0);
	mls__writer_reset(&w);
	write_context(&w, 4097, "");
	cr_assert_eq(read_context(&c, mls__writer_buf(&w)),
	    MLS_E_OPAQUE_TOO_LARGE);
	mls__writer_reset(&w);
	write_context(&w, 4, "f00100f00100");
	cr_assert_eq(read_context(&c, mls__writer_buf(&w)),
	    MLS_E_DUPLICATE_EXTENSION);
	mls__writer_free(&w);
}

Test(schedule, CRYPT_14_context_hash_lengths)
{
	const struct mls_suite *s = suite(1);
	struct mls_secret hash = filled(1, 32);
	struct mls_group_context c = { .version = 1, .suite = 1, .epoch = 1 };

	c.tree_hash = c.confirmed_transcript_hash = mls__secret_buf(&hash);
	cr_assert_eq(mls__group_context_check(&c, s), 0);
	c.tree_hash.len = 31;
	cr_assert_eq(mls__group_context_check(&c, s), MLS_E_HASH_LENGTH);
	c.tree_hash.len = 32;
	c.confirmed_transcript_hash.len = 0;
	cr_assert_eq(mls__group_context_check(&c, s), MLS_E_HASH_LENGTH);
	c.epoch = 0;
	cr_assert_eq(mls__group_context_check(&c, s), 0);
	c.confirmed_transcript_hash.len = 31;
	cr_assert_eq(mls__group_context_check(&c, s), MLS_E_HASH_LENGTH);
}

Test(schedule, KS_02_transcript_facts)
{
	const struct mls_suite *s = suite(1);
	struct bytes in = hex(authenticated_content);
	struct bytes before = hex(interim_before);
	struct bytes confirmed = hex(confirmed_after);
	struct bytes interim = hex(interim_after), key = hex(confirmation_key);
	struct mls_arena arena = { 0 };
	struct mls_epoch e = { .init = { 0 } };
	struct mls_secret out, tag;
	struct mls_authentic a;
	struct mls_reader r;

	mls__reader_init(&r, BUF(in));
	mls__authentic_read(&a, &arena, &r);
	cr_assert_eq(mls__reader_end(&r), 0);
	cr_assert_eq(mls__transcript_confirmed(&out, s, BUF(before),
	    a.wire_format, a.content.raw, a.signature), 0);
	EXPECT(out.data, confirmed);
	cr_assert_eq(mls__transcript_interim(&out, s, BUF(confirmed),
	    a.confirmation_tag), 0);
	EXPECT(out.data, interim);
	mls__secret_set(&e.confirmation, BUF(key));
	cr_assert_eq(mls__confirmation_tag(&tag, s, &e, BUF(confirmed)), 0);
	cr_assert_eq(mls__tag_check(&tag, a.confirmation_tag,
	    MLS_E_CONFIRMATION_TAG_INVALID), 0);
	mls__arena_free(&arena);
}

Test(schedule, CRYPT_09_tags_of_other_lengths_never_pass)
{
	struct mls_secret want = filled(7, 32);
	uint8_t got[33];
	int error = MLS_E_MEMBERSHIP_TAG_INVALID;
	size_t i;

	memset(got, 7, sizeof(got));
	cr_assert_eq(mls__tag_check(&want, mls__buf(got, 32), error), 0);
	for (i = 0; i <= 33; i++)
		if (i != 32)
			cr_assert_eq(mls__tag_check(&want, mls__buf(got, i),
			    error), MLS_E_MAC_LENGTH);
	for (i = 0; i < 32; i++) {
		got[i] ^= 0x80;
		cr_assert_eq(mls__tag_check(&want, mls__buf(got, 32), error),
		    error);
		got[i] ^= 0x80;
	}
}

static int
read_psk(struct mls_psk_id *out, const struct bytes *in)
{
	struct mls_reader r;

	mls__reader_init(&r, BUF(*in));
	mls__psk_id_read(out, &r);
	return mls__reader_end(&r);
}

Test(schedule, WIRE_25_psk_id_forms)
{
	static const char *const good[] = { "0103616263021122", "010000",
		"0201020a0b00000000000000050133" };
	struct mls_psk_id id;
	struct mls_writer w = { 0 };
	struct bytes in, cut;
	size_t i;

	for (i = 0; i < 3; i++) {
		in = hex(good[i]);
		cr_assert_eq(read_psk(&id, &in), 0);
		cr_assert_eq(id.raw.data, in.data);
		cr_assert_eq(id.raw.len, in.len);
		mls__writer_reset(&w);
		mls__psk_id_write(&w, &id);
		cr_assert_eq(w.len, in.len);
		EXPECT(w.data, in);
		for (cut = in; cut.len > 0;) {
			cut.len--;
			cr_assert_neq(read_psk(&id, &cut), 0);
		}
	}
	mls__writer_free(&w);
}

Test(schedule, WIRE_16_17_psk_types_and_usages)
{
	struct bytes in = hex("0103616263021122");
	struct mls_psk_id id;
	unsigned i;

	/* WIRE-16 */
	for (i = 0; i < 256; i++) {
		in.data[0] = (uint8_t)i;
		if (i != 1 && i != 2)
			cr_assert_eq(read_psk(&id, &in),
			    MLS_E_UNKNOWN_PSK_TYPE);
	}
	/* WIRE-17 */
	in = hex("0201020a0b00000000000000050133");
	for (i = 0; i < 256; i++) {
		in.data[1] = (uint8_t)i;
		cr_assert_eq(read_psk(&id, &in), i >= 1 && i <= 3 ? 0 :
		    MLS_E_UNKNOWN_PSK_USAGE);
	}
}

Test(schedule, PSK_07_08_psk_facts)
{
	const struct mls_suite *s = suite(1);
	struct bytes b[6] = { hex(psk0_id), hex(psk0_nonce), hex(psk0_value),
		hex(psk1_id), hex(psk1_nonce), hex(psk1_value) };
	struct bytes want = hex(psk_result);
	struct mls_psk psks[2];
	struct mls_secret out;
	uint8_t zero[32] = { 0 };
	size_t i;

	memset(psks, 0, sizeof(psks));
	for (i = 0; i < 2; i++) {
		psks[i].id.type = MLS_PSK_EXTERNAL;
		psks[i].id.id = BUF(b[3 * i]);
		psks[i].id.nonce = BUF(b[3 * i + 1]);
		psks[i].value = BUF(b[3 * i + 2]);
	}
	cr_assert_eq(mls__psk_secret(&out, s, psks, 2), 0);
	EXPECT(out.data, want);
	cr_assert_eq(mls__psk_secret(&out, s, NULL, 0), 0);
	cr_assert_eq(out.len, 32);
	cr_assert_arr_eq(out.data, zero, 32);
	/* PSK-08: refused before any is looked at; out stays. */
	out = filled(9, 32);
	cr_assert_eq(mls__psk_secret(&out, s, NULL, 65536),
	    MLS_E_PSK_TOO_MANY);
	cr_assert_eq(out.data[0], 9);
}

static struct mls_secret
secret_of(const char *text)
{
	struct bytes b = hex(text);
	struct mls_secret s;

	cr_assert_eq(mls__secret_set(&s, BUF(b)), 0);
	return s;
}

static void
expect_secret(const struct mls_secret *s, const char *want)
{
	struct bytes b = hex(want);

	cr_assert_eq(s->len, b.len);
	EXPECT(s->data, b);
}

Test(schedule, KS_01_06_08_epoch_facts)
{
	const struct mls_suite *s = suite(1);
	struct mls_secret init = secret_of(init_secret);
	struct mls_secret commit = secret_of(commit_secret);
	struct mls_secret psk = secret_of(psk_secret), joiner, welcome;
	struct bytes context = hex(group_context), pub = hex(external_pub);
	struct bytes data = hex(exported_context), want = hex(exported);
	struct mls_privkey *key;
	struct mls_epoch e;
	uint8_t out[32];

	cr_assert_eq(mls__epoch_joiner(&joiner, s, &init, &commit,
	    BUF(context)), 0);
	expect_secret(&joiner, joiner_secret);
	cr_assert_eq(mls__epoch_welcome_secret(&welcome, s, &joiner, &psk),
	    0);
	expect_secret(&welcome, "ddcd9ced2d264798f876cbd00a200cdc"
	    "4d77311dfef96975257efb66b0ef2c4d");
	cr_assert_eq(mls__epoch_enter(&e, s, &joiner, &psk, BUF(context)),
	    0);
	expect_secret(&e.init, "505be2ce2ff922aa11e0a03d76346dda"
	    "2981f1d9edf5cf98ecfc8757f69b00c9");
	expect_secret(&e.sender_data, "9b3995e08589548b75e149190060cf35"
	    "228df0eefe3527ea2fb39e49a84125b4");
	expect_secret(&e.encryption, "01588615c93d02c83bda0b587473303b"
	    "1637a92bf80783206d963f9197c40a13");
	expect_secret(&e.exporter, "5a097e149f2a375d0b9e1d1f4dc3a9c6"
	    "c1788df888e5441f41a8791f4dc56cea");
	expect_secret(&e.authenticator, "7375d449cde2c5a856c13c8eb52c16bf"
	    "9ef29eceef59b09d1f946bd1bac24643");
	expect_secret(&e.external, "b5cb5666cfb9c501ed76715c6ed1cafb"
	    "ed5061cd6b86898ae5d3fd4cb05abb26");
	expect_secret(&e.confirmation, "feabd690de3b4ce985a3dfad86a4c4e6"
	    "a0be9b84e7cc764842784f2a6b938b75");
	expect_secret(&e.membership, "970744ba7edd21700a3e106cb4e2b4c6"
	    "57cef6b41a1fe5b5a1418f86e76e037e");
	expect_secret(&e.resumption, "d78ca815e192823f5c7c94b0156bdc7a"
	    "f4791cfb3f240fff613c0c03c01dabd5");
	cr_assert_eq(mls__epoch_external_key(&key, s, &e), 0);
	cr_assert(mls__equal(mls__key_public(key), BUF(pub)));
	mls__key_free(key);
	cr_assert_eq(mls__epoch_export(out, 32, s, &e, exported_label,
	    BUF(data)), 0);
	EXPECT(out, want);
}

Test(schedule, ST_01_MSG_18_secret_tree_facts)
{
	const struct mls_suite *s = suite(1);
	struct mls_secret root = secret_of(tree_secret), ratchet[2];
	struct mls_message_key key;
	struct bytes want;
	uint32_t i;

	cr_assert_eq(mls__secret_tree_leaf(&ratchet[MLS_RATCHET_HANDSHAKE],
	    &ratchet[MLS_RATCHET_APPLICATION], s, &root), 0);
	cr_assert_eq(mls__ratchet_step(&key, &root, s,
	    &ratchet[MLS_RATCHET_HANDSHAKE], 0), 0);
	want = hex("a2d6b8a9255478e9b79a076872ae3563");
	EXPECT(key.key, want);
	want = hex("8e8fc08a4eb5189b7b558527");
	EXPECT(key.nonce, want);
	for (i = 0; i <= 15; i++)
		cr_assert_eq(mls__ratchet_step(&key,
		    &ratchet[MLS_RATCHET_APPLICATION], s,
		    &ratchet[MLS_RATCHET_APPLICATION], i), 0);
	want = hex("0f2d1b9e1d5c09abefb0edabd8349e9f");
	EXPECT(key.key, want);
	want = hex("a08d3a0243b6216cc92671ec");
	EXPECT(key.nonce, want);
}

Test(schedule, KS_04_CRYPT_10_exporter_lengths)
{
	const struct mls_suite *s = suite(1);
	struct mls_epoch e = { .exporter = filled(3, 32) };
	static uint8_t out[65536];

	cr_assert_eq(mls__epoch_export(out, 0, s, &e, "x", TEXT("")),
	    MLS_E_EXPORTER_LENGTH);
	cr_assert_eq(mls__epoch_export(out, 1, s, &e, "x", TEXT("")), 0);
	cr_assert_eq(mls__epoch_export(out, 255 * 32, s, &e, "x", TEXT("")),
	    0);
	cr_assert_eq(mls__epoch_export(out, 255 * 32 + 1, s, &e, "x",
	    TEXT("")), MLS_E_KDF_LENGTH);
	cr_assert_eq(mls__epoch_export(out, 65536, s, &e, "x", TEXT("")),
	    MLS_E_KDF_LENGTH);
}

Test(schedule, epoch_is_stored_whole)
{
	const struct mls_suite *s = suite(2);
	struct mls_secret secret = filled(5, s->nh);
	struct mls_epoch e, back;
	struct mls_writer w = { 0 };
	struct mls_reader r;
	size_t i;

	cr_assert_eq(mls__epoch_derive(&e, s, &secret), 0);
	mls__secret_wipe(&e.init); /* erased ones are stored as such */
	cr_assert_eq(e.encryption.len, s->nh);
	mls__epoch_write(&w, &e);
	mls__epoch_begun(&e); /* what has had its use is not */
	cr_assert_eq(e.encryption.len, 0);
	mls__reader_init(&r, mls__writer_buf(&w));
	mls__epoch_read(&back, &r);
	cr_assert_eq(mls__reader_end(&r), 0);
	cr_assert(mls__equal(mls__buf(&back, sizeof(back)),
	    mls__buf(&e, sizeof(e))));
	for (i = 0; i < w.len; i++) {
		mls__reader_init(&r, mls__buf(w.data, i));
		mls__epoch_read(&back, &r);
		cr_assert_neq(mls__reader_end(&r), 0);
		cr_assert_eq(back.exporter.len, 0);
	}
	w.data[0] = 65;
	mls__reader_init(&r, mls__writer_buf(&w));
	mls__epoch_read(&back, &r);
	cr_assert_eq(r.error, MLS_E_SECRET_LENGTH);
	mls__writer_free(&w);
}

Test(schedule, ratchet_step_in_place_and_without_key)
{
	const struct mls_suite *s = suite(3);
	struct mls_secret secret = filled(8, s->nh), next, alone;
	struct mls_message_key key, other;

	cr_assert_eq(mls__ratchet_step(&key, &next, s, &secret, 4), 0);
	cr_assert_eq(mls__ratchet_step(NULL, &alone, s, &secret, 4), 0);
	cr_assert(mls__equal_ct(mls__secret_buf(&next),
	    mls__secret_buf(&alone)));
	cr_assert_eq(mls__ratchet_step(&other, &secret, s, &secret, 4), 0);
	cr_assert(mls__equal_ct(mls__secret_buf(&next),
	    mls__secret_buf(&secret)));
	cr_assert_arr_eq(&key, &other, sizeof(key));
}

Test(schedule, MSG_04_sender_data_sample)
{
	const struct mls_suite *s = suite(5);
	struct mls_secret secret = filled(2, s->nh);
	struct mls_message_key a, b;
	uint8_t ct[65] = { 0 };

	cr_assert_eq(s->nh, 64);
	cr_assert_eq(mls__sender_data_key(&a, s, &secret, mls__buf(ct, 20)),
	    0);
	cr_assert_eq(mls__sender_data_key(&b, s, &secret, mls__buf(ct, 21)),
	    0);
	cr_assert_arr_neq(&a, &b, sizeof(a));
	cr_assert_eq(mls__sender_data_key(&a, s, &secret, mls__buf(ct, 64)),
	    0);
	ct[64] = 1;
	cr_assert_eq(mls__sender_data_key(&b, s, &secret, mls__buf(ct, 65)),
	    0);
	cr_assert_arr_eq(&a, &b, sizeof(a));
	ct[63] = 1;
	cr_assert_eq(mls__sender_data_key(&b, s, &secret, mls__buf(ct, 65)),
	    0);
	cr_assert_arr_neq(&a, &b, sizeof(a));
}
