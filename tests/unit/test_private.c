/* SPDX-License-Identifier: MIT */
/* framework/message: private messages (RFC 9420 §6.3). */
#include "message_fixture.h"

TestSuite(private, .init = set_up, .fini = tear_down);

/* One sender, one generation. */
struct scene {
	const struct mls_suite *s;
	struct mls_content_head head;
	struct mls_message_key key;
	struct mls_secret secret;
	struct mls_writer body, auth, w;
	struct mls_private_seal seal;
	struct mls_arena arena;
};

static void
open_scene(struct scene *sc, uint16_t number, uint8_t type)
{
	memset(sc, 0, sizeof(*sc));
	sc->s = suite(number);
	sc->head = head_of(MLS_SENDER_MEMBER, type);
	memset(&sc->key, 0x5a, sizeof(sc->key));
	sc->secret.len = (uint8_t)sc->s->nh;
	memset(sc->secret.data, 0x33, sc->s->nh);
	put_body(&sc->body, type);
	mls__auth_write(&sc->auth, PART(64), type, PART(32));
	sc->seal.head = &sc->head;
	sc->seal.body = mls__writer_buf(&sc->body);
	sc->seal.auth = mls__writer_buf(&sc->auth);
	sc->seal.sender_data.leaf = 1;
	sc->seal.sender_data.generation = 0x01020304;
	memcpy(sc->seal.sender_data.reuse_guard, "abcd", 4);
	sc->seal.key = &sc->key;
	sc->seal.sender_data_secret = &sc->secret;
}

static void
close_scene(struct scene *sc)
{
	mls__writer_free(&sc->body);
	mls__writer_free(&sc->auth);
	mls__writer_free(&sc->w);
	mls__arena_free(&sc->arena);
}

static int
seal(struct scene *sc)
{
	mls__writer_reset(&sc->w);
	return mls__private_seal(&sc->w, sc->s, &sc->seal);
}

static struct mls_private_message
parsed(struct scene *sc)
{
	struct mls_private_message m;
	struct mls_reader r;

	mls__reader_init(&r, mls__writer_buf(&sc->w));
	mls__private_message_read(&m, &r);
	cr_assert_eq(mls__reader_end(&r), 0);
	return m;
}

/* As a receiver does; nothing is written on failure. */
static int
open_message(struct mls_authentic *out, struct scene *sc,
    const struct mls_private_message *m)
{
	struct mls_sender_data sd = { .leaf = 99 };
	int rc;

	rc = mls__sender_data_open(&sd, sc->s, &sc->secret, m);
	if (rc != 0) {
		cr_assert_eq(sd.leaf, 99);
		return rc;
	}
	cr_assert_eq(sd.leaf, 1);
	cr_assert_eq(sd.generation, 0x01020304);
	memset(out, 0x77, sizeof(*out));
	rc = mls__private_open(out, &sc->arena, sc->s, m, &sd, &sc->key);
	if (rc != 0)
		cr_assert_eq(out->wire_format, 0x7777); /* FRAME-19 */
	return rc;
}

static int
reopen(struct scene *sc)
{
	struct mls_private_message m = parsed(sc);
	struct mls_authentic a;

	return open_message(&a, sc, &m);
}

/* Zeros of any number pass. */
Test(private, MSG_07_round_trip)
{
	static const size_t padding[] = { 0, 1, 70000 };
	struct mls_writer content = { 0 };
	struct mls_private_message m;
	struct mls_authentic a;
	struct scene sc;
	uint16_t number;
	uint8_t type;

	for (number = 1; number <= 7; number++) {
		for (type = 1; type <= 3; type++) {
			open_scene(&sc, number, type);
			sc.seal.padding = padding[(number + type) % 3];
			cr_assert_eq(seal(&sc), 0);
			m = parsed(&sc);
			cr_assert_eq(open_message(&a, &sc, &m), 0);
			cr_assert_eq(a.wire_format, 2);
			cr_assert_eq(a.content.type, type);
			cr_assert(mls__equal(a.content.body, sc.seal.body));
			cr_assert(mls__equal(a.auth, sc.seal.auth));
			mls__writer_reset(&content);
			mls__content_write(&content, &sc.head, sc.seal.body);
			cr_assert(mls__equal(a.content.raw,
			    mls__writer_buf(&content)));
			close_scene(&sc);
		}
	}
	mls__writer_free(&content);
}

static bool
inside(struct mls_buf part, const uint8_t *p)
{
	return p >= part.data && p < part.data + part.len;
}

/* Each octet of each field. */
Test(private, MSG_01_05_FRAME_19_every_flip)
{
	struct mls_private_message m, bad;
	struct mls_reader r;
	struct mls_authentic a;
	struct scene sc;
	uint8_t *p;
	int rc, want;

	open_scene(&sc, 1, MLS_CONTENT_APPLICATION);
	cr_assert_eq(seal(&sc), 0);
	m = parsed(&sc);
	for (p = sc.w.data; p < sc.w.data + sc.w.len; p++) {
		*p ^= 0x02;
		mls__reader_init(&r, mls__writer_buf(&sc.w));
		mls__private_message_read(&bad, &r);
		rc = mls__reader_end(&r);
		want = 0;
		if (rc == 0) {
			rc = open_message(&a, &sc, &bad);
			if (inside(m.ciphertext, p) &&
			    p >= m.ciphertext.data + sc.s->nh)
				want = MLS_E_CONTENT_DECRYPT;
			else if (inside(m.aad, p))
				want = MLS_E_CONTENT_DECRYPT;
			else
				want = MLS_E_SENDER_DATA_DECRYPT;
			cr_assert_eq(rc, want, "at %td: %d", p - sc.w.data,
			    rc);
		}
		cr_assert_neq(rc, 0);
		*p ^= 0x02;
	}
	cr_assert_eq(reopen(&sc), 0);
	close_scene(&sc);
}

/* Padding forged as part of what follows the content. */
Test(private, MSG_07_padding_must_be_zero)
{
	static const size_t len[] = { 1, 2, 3, 70000 };
	struct scene sc;
	size_t i, j, at, auth;
	size_t place[3];

	for (i = 0; i < 4; i++) {
		open_scene(&sc, 1, MLS_CONTENT_PROPOSAL);
		auth = sc.auth.len;
		memset(mls__write_space(&sc.auth, len[i]), 0, len[i]);
		sc.seal.auth = mls__writer_buf(&sc.auth);
		cr_assert_eq(seal(&sc), 0);
		cr_assert_eq(reopen(&sc), 0);
		place[0] = 0;
		place[1] = len[i] / 2;
		place[2] = len[i] - 1;
		for (j = 0; j < 3; j++) {
			at = auth + place[j];
			sc.auth.data[at] = 1;
			cr_assert_eq(seal(&sc), 0);
			cr_assert_eq(reopen(&sc), MLS_E_PADDING_NONZERO);
			sc.auth.data[at] = 0;
		}
		close_scene(&sc);
	}
}

Test(private, MSG_06_content_of_another_form)
{
	struct scene sc;
	size_t i;

	open_scene(&sc, 1, MLS_CONTENT_COMMIT);
	sc.head.type = MLS_CONTENT_PROPOSAL;
	cr_assert_eq(seal(&sc), 0);
	cr_assert_eq(reopen(&sc), MLS_E_PRIVATE_CONTENT_MALFORMED);
	close_scene(&sc);
	open_scene(&sc, 1, MLS_CONTENT_COMMIT);
	for (i = 0; i < sc.auth.len; i++) {
		sc.seal.auth.len = i;
		cr_assert_eq(seal(&sc), 0);
		cr_assert_eq(reopen(&sc), MLS_E_PRIVATE_CONTENT_MALFORMED);
	}
	sc.seal.auth.len = 0;
	for (i = 0; i < sc.body.len; i += 11) {
		sc.seal.body.len = i;
		cr_assert_eq(seal(&sc), 0);
		cr_assert_eq(reopen(&sc), MLS_E_PRIVATE_CONTENT_MALFORMED);
	}
	close_scene(&sc);
}

Test(private, MSG_02_sender_data_of_other_lengths)
{
	static const size_t len[] = { 0, 11, 12, 13, 200, 300 };
	uint8_t plain[300] = { 0, 0, 0, 1, 1, 2, 3, 4, 'a', 'b', 'c', 'd' };
	uint8_t ct[400];
	struct mls_private_message m;
	struct mls_message_key key;
	struct mls_authentic a;
	struct scene sc;
	size_t i;

	open_scene(&sc, 1, MLS_CONTENT_APPLICATION);
	cr_assert_eq(seal(&sc), 0);
	m = parsed(&sc);
	cr_assert_eq(mls__sender_data_key(&key, sc.s, &sc.secret,
	    m.ciphertext), 0);
	for (i = 0; i < 6; i++) {
		cr_assert_eq(mls__aead_seal(ct, sc.s, key.key, key.nonce,
		    m.sender_data_aad, mls__buf(plain, len[i])), 0);
		m.sender_data = mls__buf(ct, len[i] + sc.s->nt);
		cr_assert_eq(open_message(&a, &sc, &m), len[i] == 12 ? 0 :
		    MLS_E_SENDER_DATA_MALFORMED);
	}
	close_scene(&sc);
}

Test(private, CRYPT_08_ciphertexts_shorter_than_a_tag)
{
	struct mls_private_message m, cut;
	struct mls_sender_data sd = { .leaf = 1 };
	struct mls_authentic a;
	struct scene sc;
	size_t i;

	open_scene(&sc, 1, MLS_CONTENT_APPLICATION);
	cr_assert_eq(seal(&sc), 0);
	m = parsed(&sc);
	for (i = 0; i < sc.s->nt; i++) {
		cut = m;
		cut.sender_data.len = i;
		cr_assert_eq(open_message(&a, &sc, &cut),
		    MLS_E_CIPHERTEXT_LENGTH);
		cut = m;
		cut.ciphertext.len = i;
		cr_assert_eq(open_message(&a, &sc, &cut),
		    MLS_E_CIPHERTEXT_LENGTH);
		cr_assert_eq(mls__private_open(&a, &sc.arena, sc.s, &cut,
		    &sd, &sc.key), MLS_E_CIPHERTEXT_LENGTH);
	}
	close_scene(&sc);
}

/* The guard goes into the first four octets of the nonce. */
Test(private, MSG_15_reuse_guard)
{
	struct mls_private_message m;
	struct scene sc;
	uint8_t nonce[32], plain[400];
	size_t i;

	open_scene(&sc, 1, MLS_CONTENT_APPLICATION);
	cr_assert_eq(seal(&sc), 0);
	m = parsed(&sc);
	memcpy(nonce, sc.key.nonce, sizeof(nonce));
	for (i = 0; i < 4; i++)
		nonce[i] ^= (uint8_t)"abcd"[i];
	cr_assert_eq(mls__aead_open(plain, sc.s, sc.key.key, nonce,
	    m.content_aad, m.ciphertext, MLS_E_CONTENT_DECRYPT), 0);
	cr_assert_eq(plain[0], 5);
	cr_assert_arr_eq(plain + 1, "hello", 5);
	close_scene(&sc);
}

static int
broken_seal(void *ctx, uint16_t aead, const uint8_t *key,
    const uint8_t *nonce, struct mls_buf aad, struct mls_buf pt, uint8_t *ct)
{
	(void)ctx, (void)aead, (void)key, (void)nonce;
	(void)aad, (void)pt, (void)ct;
	return MLS_P_IO;
}

/* What was in the writer stays, and no plaintext is left. */
Test(private, MSG_16_19_refusals_leave_the_writer)
{
	struct changed broken;
	struct scene sc;
	size_t i;

	open_scene(&sc, 1, MLS_CONTENT_APPLICATION);
	/* Room that is known to hold nothing. */
	memset(mls__write_space(&sc.w, 200), 0, 200);
	mls__writer_reset(&sc.w);
	mls__write_bytes(&sc.w, TEXT("before"));
	sc.head.sender.type = MLS_SENDER_EXTERNAL;
	cr_assert_eq(mls__private_seal(&sc.w, sc.s, &sc.seal),
	    MLS_E_PRIVATE_SENDER_NOT_MEMBER);
	sc.head.sender.type = MLS_SENDER_MEMBER;
	sc.seal.padding = MLS_LIMIT_MESSAGE;
	cr_assert_eq(mls__private_seal(&sc.w, sc.s, &sc.seal),
	    MLS_E_PADDING_TOO_LARGE);
	sc.seal.padding = SIZE_MAX;
	cr_assert_eq(mls__private_seal(&sc.w, sc.s, &sc.seal),
	    MLS_E_PADDING_TOO_LARGE);
	sc.seal.padding = 0;
	sc.seal.body.len = MLS_LIMIT_MESSAGE;
	cr_assert_eq(mls__private_seal(&sc.w, sc.s, &sc.seal),
	    MLS_E_MESSAGE_TOO_LARGE);
	sc.seal.body = mls__writer_buf(&sc.body);
	change(&broken, sc.s, &sc.s->aead);
	broken.ops.aead_seal = broken_seal;
	cr_assert_neq(mls__private_seal(&sc.w, &broken.suite, &sc.seal), 0);
	cr_assert_eq(sc.w.len, 6);
	cr_assert_arr_eq(sc.w.data, "before", 6);
	for (i = 6; i + 5 <= sc.w.cap && i < 200; i++)
		cr_assert_arr_neq(sc.w.data + i, "hello", 5);
	close_scene(&sc);
}
