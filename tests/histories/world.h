/* SPDX-License-Identifier: MIT */
/*
 * What the history programs share: a seeded die, a context whose randomness
 * is seeded too, and people who keep their stores over a crash.
 */
#ifndef TESTS_HISTORIES_WORLD_H
#define TESTS_HISTORIES_WORLD_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "libmls/mls.h"
#include "shelf.h"

#define NO_OCTETS ((struct mls_buf){ NULL, 0 })
#define PSKS 4
#define TEST_EXTENSION 0xf001

enum store_kind { STORE_SHELF, STORE_MEMORY, STORE_SQLITE };

struct options {
	const char *program;
	uint64_t seed;
	bool rng_seeded; /* the library's randomness has a seed of its own */
	uint64_t rng_seed;
	/* For mls-history: who serves, or who serves each member; who signs and
	 * who checks, or NULL. */
	const char *providers, *sign, *verify_with;
	const char *token; /* for mls-walk: the module of a token, or NULL */
	bool digest;
	unsigned suite_from, suite_to;
	unsigned epochs, members, stride, steps, every;
	int store; /* enum store_kind, or -1: by the seed */
	bool verbose, observe;
};

/* options_read(o, argc, argv, usage): exits for --help and what it does not
 * know.  o holds the defaults. */
void options_read(struct options *o, int argc, char **argv,
    const char *usage);

/* Where a history is, for the line that a failure prints. */
extern struct place {
	const char *program;
	uint64_t seed;
	unsigned suite, epoch;
	unsigned long step;
	const char *doing;
} place;

#if defined(__GNUC__)
#define PRINTS(f, a) __attribute__((format(printf, f, a)))
#define NEVER_RETURNS __attribute__((noreturn))
#else
#define PRINTS(f, a)
#define NEVER_RETURNS
#endif
NEVER_RETURNS void die(const char *file, int line, const char *format, ...)
    PRINTS(3, 4);

#define check(cond) do { \
	if (!(cond)) \
		die(__FILE__, __LINE__, "%s does not hold", #cond); \
} while (0)

#define must(call) must_be(__FILE__, __LINE__, #call, (call), 0)
#define must_fail(call, error) \
	must_be(__FILE__, __LINE__, #call, (call), (error))
void must_be(const char *file, int line, const char *call, int rc, int want);

/* error_name(rc): for messages. */
const char *error_name(int rc);

/* The die of the history, and the one that the library draws from. */
uint64_t draw64(void);
unsigned draw(unsigned n);       /* 0..n-1 */
bool chance(unsigned percent);
void draw_seed(uint64_t seed);
void draw_octets(uint8_t *out, size_t len);
void shuffle(unsigned *v, unsigned n); /* a permutation of 0..n-1 */

/* A source of randomness for tests alone, linked in and never installed: what
 * it gives follows from its seed. */
extern const struct mls_provider dice_provider;
extern struct dice {
	uint64_t state;
	unsigned long draws; /* so far */
	unsigned countdown;  /* the draw that makes this 0 fails */
} dice;

static inline struct mls_buf
octets(const struct mls_bytes *b)
{
	struct mls_buf v = { b->data, b->len };

	return v;
}

static inline struct mls_buf
text(const char *s)
{
	struct mls_buf b = { (const uint8_t *)s, strlen(s) };

	return b;
}

static inline bool
equal(struct mls_buf a, struct mls_buf b)
{
	return a.len == b.len && (a.len == 0 ||
	    memcmp(a.data, b.data, a.len) == 0);
}

/* provider_folder(): of the modules: MLS_TEST_PROVIDERDIR, or as build/run
 * says. */
const char *provider_folder(void);

/* crypto_default(): whose cryptography: MLS_TEST_CRYPTO, or as asked. */
const char *crypto_default(void);

/* context_open(policy, crypto): crypto NULL: the default; else that provider.  policy->credential may be NULL: everybody
 * may join.  context_routed(policy, route): what [route] says of cryptography. */
mls_context *context_open(const struct mls_policy *policy,
    const struct mls_provider *crypto);
int context_try(mls_context **out, const struct mls_policy *policy,
    const struct mls_provider *crypto);
mls_context *context_routed(const struct mls_policy *policy,
    const char *route);

/* folder_new(out, cap): a new folder for stores; folder_remove: with all that
 * is in it. */
void folder_new(char *out, size_t cap);
void folder_remove(const char *folder);

struct person {
	mls_context *context;
	mls_client *client;
	mls_group *group; /* NULL: none; may be one that we left */
	enum store_kind store;
	unsigned id, slot;
	unsigned incarnation; /* counts joins */
	bool in;              /* a member in the epoch that all agree on */
	char name[16];
	char path[128];
};

extern const char *group_name;

/* person_new: with a new client, and PSKs "psk0" and so on. */
void person_new(struct person *p, mls_context *context, unsigned id,
    enum store_kind store, const char *folder);
void person_free(struct person *p);

/* person_crash: drop all handles and open them again.  With a store that
 * lives in its client only the group is opened again, unless `whole`. */
void person_crash(struct person *p, bool whole);

struct mls_bytes person_package(struct person *p, uint16_t suite);
struct mls_group_info_view view(const struct person *p);

/* What a member must agree on with all others, or with itself from before. */
struct stand {
	uint64_t epoch;
	uint32_t members, width;
	uint8_t tree_hash[64], authenticator[64], exported[32];
};
void stand_of(struct stand *out, const struct person *p);
void stands_agree(const struct person *p, const struct stand *a,
    const struct stand *b);

#endif
