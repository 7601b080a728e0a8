/* SPDX-License-Identifier: MIT */
/* The evercrypt provider: its nonces, its limits, and what it leaves on the
 * stack. */
#define _XOPEN_SOURCE 700
#include "openssl.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#define X25519 0x0020
#define P256 0x0010
#define ED25519 0x0807
#define ECDSA 0x0403

TestSuite(evercrypt, .init = open_module, .fini = close_module);

/* RFC 6979 A.2.5, with the lower one of s and n - s: as the nonces are those
 * of the RFC, so is every signature. */
Test(evercrypt, signatures_are_deterministic)
{
	struct mls_key *key = import(MLS_ROLE_SIGN, ECDSA,
	    "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721");
	struct octets sig = { 72, { 0 } };

	cr_assert_eq(ops->sign(ctx, key, STR("sample"), sig.data, &sig.len),
	    MLS_P_OK);
	cr_expect_eq(sig.len, 71);
	expect(sig.data, "3045022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b"
	    "56aaf991c34d0ea84eaf3716"
	    "0220"
	    "0834e36ad29a83bf2bc9385e491d6099c8fdf9d1ed67aa7ea5f51f93782857a9");
	ops->key_release(ctx, key);
}

/* Lengths past what the proofs hold for are refused before a look at what
 * they are the lengths of. */
Test(evercrypt, too_long_is_refused)
{
	struct mls_buf far = buf("", ((size_t)1 << 31) + 1);
	struct mls_buf two[] = { STR("x"), buf("", (size_t)1 << 31) };
	struct mls_key *key = some_key(MLS_ROLE_SIGN, ED25519, 1);
	uint8_t out[64] = { 0 };
	size_t len = sizeof(out);

	cr_expect_eq(ops->hash(ctx, 1, &far, 1, out), MLS_P_ARGUMENT);
	cr_expect_eq(ops->hash(ctx, 1, two, 2, out), MLS_P_ARGUMENT);
	two[1].len = SIZE_MAX;
	cr_expect_eq(ops->hmac(ctx, 1, two[0], two, 2, out), MLS_P_ARGUMENT);
	cr_expect_eq(ops->hmac(ctx, 1, far, two, 1, out), MLS_P_ARGUMENT);
	cr_expect_eq(ops->sign(ctx, key, far, out, &len), MLS_P_ARGUMENT);
	cr_expect_eq(ops->verify(ctx, ED25519, buf(out, 32), far,
	    buf(out, 64)), MLS_P_ARGUMENT);
	cr_expect_eq(ops->aead_seal(ctx, 3, out, out, two[0], far, out),
	    MLS_P_ARGUMENT);
	cr_expect_eq(ops->aead_seal(ctx, 3, out, out, far, two[0], out),
	    MLS_P_ARGUMENT);
	cr_expect_eq(ops->aead_open(ctx, 3, out, out, far, buf(out, 20), out),
	    MLS_P_ARGUMENT);
	far.len += 16;
	cr_expect_eq(ops->aead_open(ctx, 3, out, out, two[0], far, out),
	    MLS_P_VERIFY);
	ops->key_release(ctx, key);
}

/* One operation with a secret, in a thread whose stack is looked at later; of
 * the secret `more` is derived within. */
#define STACK ((size_t)1 << 20)

struct job {
	void (*run)(struct job *);
	struct mls_key *key;
	uint16_t id;
	uint8_t secret[32], more[64], out[200], room[200];
	size_t len;
};

static void *
start(void *arg)
{
	struct job *j = arg;

	j->run(j);
	return NULL;
}

/* Whether eight octets of the secret are still there, as they are or as one
 * word of a big-endian number. */
static bool
found(const uint8_t *stack, const uint8_t *what, size_t n)
{
	uint8_t word[8];
	size_t i, j;

	for (; n > 0; n -= 8, what += 8) {
		for (j = 0; j < 8; j++)
			word[j] = what[7 - j];
		for (i = 0; i + 8 <= STACK; i += 4)
			if (memcmp(stack + i, what, 8) == 0 ||
			    memcmp(stack + i, word, 8) == 0)
				return true;
	}
	return false;
}

/* The stack is a file's, and is read from that: no tool that watches memory
 * then minds a look at what is out of use. */
static void
leaves_nothing(struct job *j)
{
	static uint8_t copy[STACK];
	FILE *file = tmpfile();
	pthread_attr_t attr;
	pthread_t t;
	void *stack;

	cr_assert_not_null(file);
	cr_assert_eq(ftruncate(fileno(file), STACK), 0);
	stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_SHARED,
	    fileno(file), 0);
	cr_assert_neq(stack, MAP_FAILED);
	pthread_attr_init(&attr);
	cr_assert_eq(pthread_attr_setstack(&attr, stack, STACK), 0);
	cr_assert_eq(pthread_create(&t, &attr, start, j), 0);
	pthread_join(t, NULL);
	pthread_attr_destroy(&attr);
	munmap(stack, STACK);
	cr_assert_eq(pread(fileno(file), copy, STACK, 0), STACK);
	fclose(file);
	cr_expect_not(found(copy, j->secret, 32), "%u", j->id);
	cr_expect_not(found(copy, j->more, 64), "%u", j->id);
}

static void
run_hmac(struct job *j)
{
	struct mls_buf in[] = { buf(j->secret, 32), STR("and more") };

	cr_expect_eq(ops->hmac(ctx, j->id, buf(j->secret, 32), in, 2, j->out),
	    MLS_P_OK);
}

static void
run_aead(struct job *j)
{
	cr_expect_eq(ops->aead_seal(ctx, j->id, j->secret, j->room,
	    STR("aad"), buf(j->secret, 32), j->out), MLS_P_OK);
	cr_expect_eq(ops->aead_open(ctx, j->id, j->secret, j->room,
	    STR("aad"), buf(j->out, 48), j->room), MLS_P_OK);
}

static void
run_kem(struct job *j)
{
	cr_expect_eq(ops->kem_decap(ctx, j->key, buf(j->room, j->len),
	    j->out), MLS_P_OK);
	cr_expect_eq(ops->kem_encap(ctx, j->id, buf(j->room, j->len),
	    j->secret, j->room + 70, j->out), MLS_P_OK);
}

static void
run_sign(struct job *j)
{
	j->len = sizeof(j->out);
	cr_expect_eq(ops->sign(ctx, j->key, STR("m"), j->out, &j->len), 0);
}

static void
run_import(struct job *j)
{
	cr_expect_eq(ops->key_import(ctx, j->len == 0 ? MLS_ROLE_KEM :
	    MLS_ROLE_SIGN, j->id, buf(j->secret, 32), &j->key), MLS_P_OK);
}

static void
draw(struct job *j, uint16_t id, void (*run)(struct job *))
{
	size_t i;

	memset(j, 0, sizeof(*j));
	j->run = run;
	j->id = id;
	for (i = 0; i < 32; i++)
		j->secret[i] = (uint8_t)(7 * i + 0x31 + id);
	memset(j->more, 0xa5, sizeof(j->more));
}

/* The ephemeral key that comes of a seed; the expanded key of Ed25519, which
 * SHA-512 makes and only the lowest bits and the highest are changed of. */
static void
derive(struct job *j)
{
	struct mls_buf seed = buf(j->secret, 32);
	struct mls_key *key = NULL;
	size_t len = 32;
	uint32_t kind;

	if (j->id == ED25519)
		cr_assert_eq(ops->hash(ctx, 3, &seed, 1, j->more), MLS_P_OK);
	if (!offered(MLS_ROLE_KEM, j->id))
		return;
	cr_assert_eq(ops->key_derive(ctx, j->id, seed, &key), MLS_P_OK);
	cr_assert_eq(ops->key_save(ctx, key, &kind, j->more, &len), MLS_P_OK);
	ops->key_release(ctx, key);
}

static void
check_symmetric(uint16_t id)
{
	struct job j;

	draw(&j, id, run_hmac);
	leaves_nothing(&j);
	if (!offered(MLS_ROLE_AEAD, id))
		return;
	draw(&j, id, run_aead);
	leaves_nothing(&j);
}

static void
check_key(uint16_t role, uint16_t id, void (*run)(struct job *))
{
	struct octets pub;
	struct job j;

	draw(&j, id, run_import);
	derive(&j);
	j.len = role == MLS_ROLE_SIGN;
	leaves_nothing(&j);
	pub = public_of(j.key);
	memcpy(j.room, pub.data, pub.len);
	j.len = pub.len;
	j.run = run;
	leaves_nothing(&j);
	ops->key_release(ctx, j.key);
}

/* AddressSanitizer keeps its own room between what is on the stack. */
#ifdef __SANITIZE_ADDRESS__
#define NOT_HERE true
#else
#define NOT_HERE false
#endif

Test(evercrypt, secrets_leave_the_stack)
{
	uint16_t id;

	if (NOT_HERE)
		cr_skip_test("AddressSanitizer");
	for (id = 1; id <= 3; id++)
		check_symmetric(id);
	check_key(MLS_ROLE_KEM, X25519, run_kem);
	check_key(MLS_ROLE_KEM, P256, run_kem);
	check_key(MLS_ROLE_SIGN, ED25519, run_sign);
	check_key(MLS_ROLE_SIGN, ECDSA, run_sign);
}
