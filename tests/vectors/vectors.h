/* SPDX-License-Identifier: MIT */
/* mls-vectors: what the kinds of official test vectors share. */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/alloc.h"
#include "base/compat.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/key.h"
#include "crypto/suite.h"
#include "libmls/mls.h"

/* What the command line asks for. */
#define VEC_TYPES 64 /* at most as many of a kind */
struct vec_file {
	const char *path, *app; /* app: the file beside it, or NULL */
	const char *name;
	json_t *json, *beside;
	const struct vec_kind *kind; /* NULL: the file is not to be run */
};
/* from 0: all, also cases that are of no suite. */
struct vec_range {
	unsigned from, to;
};
struct vec_options {
	struct vec_file *files;
	size_t n_files;
	struct vec_range suites;
	const char *provider;
	bool mixed, all;
	uint16_t extensions[VEC_TYPES], proposals[VEC_TYPES];
	size_t n_extensions, n_proposals;
	bool any_lifetime, verbose;
};

/* options_read(o, argc, argv): -1, or the status to exit with.  o->files is
 * to be freed in either case. */
int vec_options_read(struct vec_options *o, int argc, char **argv);

struct vec_world;

/* One case of a file.  The first complaint is kept and fails the case. */
struct vec {
	const json_t *json, *app; /* app: the case of --app, or NULL */
	const char *file;
	size_t index;
	struct mls_crypto *crypto;
	struct vec_world *world; /* of passive clients */
	const struct mls_suite *suite; /* of cipher_suite, or NULL */
	struct mls_arena arena;
	unsigned long checks; /* how much was compared */
	bool failed;
	int error; /* that vec_ok complained of */
	char where[96], why[256];
};

/* A kind of file: told by the keys of its cases. */
struct vec_kind {
	const char *name;
	const char *keys[4];
	void (*run)(struct vec *v);
};
extern const struct vec_kind vec_kinds[];

/* Values of a case; an absent or malformed one fails the case, and gives
 * nothing.  `in` is the object that has the field. */
struct mls_buf vec_hex(struct vec *v, const json_t *in, const char *field);
struct mls_buf vec_hex_of(struct vec *v, const json_t *text,
    const char *field);
struct mls_secret vec_secret(struct vec *v, const json_t *in,
    const char *field);
const char *vec_text(struct vec *v, const json_t *in, const char *field);
uint64_t vec_number(struct vec *v, const json_t *in, const char *field);
const json_t *vec_object(struct vec *v, const json_t *in, const char *field);
const json_t *vec_array(struct vec *v, const json_t *in, const char *field);
/* vec_list: an array too, or NULL if it is absent or null. */
const json_t *vec_list(struct vec *v, const json_t *in, const char *field);
bool vec_absent(const json_t *in, const char *field);

/* Private keys of the case's suite; NULL fails the case. */
struct mls_privkey *vec_key(struct vec *v, uint16_t role, struct mls_buf priv,
    const char *field);

/* vec_print(v, ...): a line that says where the case is, and then this. */
void vec_print(const struct vec *v, const char *format, ...) MLS_PRINTF(2, 3);
const char *vec_error_name(int rc);

/* Checks; each returns whether it held. */
bool vec_fail(struct vec *v, const char *field, const char *why);
bool vec_ok(struct vec *v, const char *field, int rc);
bool vec_true(struct vec *v, const char *field, bool holds);
bool vec_equal(struct vec *v, const char *field, struct mls_buf got,
    struct mls_buf want);
bool vec_same(struct vec *v, const char *field, uint64_t got, uint64_t want);

/* vec_hex and vec_equal in one. */
bool vec_expect(struct vec *v, const json_t *in, const char *field,
    struct mls_buf got);

void vec_tree_math(struct vec *v);
void vec_deserialization(struct vec *v);
void vec_crypto_basics(struct vec *v);
void vec_secret_tree(struct vec *v);
void vec_message_protection(struct vec *v);
void vec_key_schedule(struct vec *v);
void vec_psk_secret(struct vec *v);
void vec_transcript_hashes(struct vec *v);
void vec_welcome(struct vec *v);
void vec_tree_operations(struct vec *v);
void vec_tree_validation(struct vec *v);
void vec_treekem(struct vec *v);
void vec_messages(struct vec *v);
void vec_passive(struct vec *v);

/*
 * Contexts for passive clients; config: more of it, or NULL.
 * vec_world_context(out, world, grants): one
 * that takes what the bits VEC_GRANT_* say.  vec_grant(error): the bit without
 * which this error comes, or 0.
 */
#define VEC_GRANT_DEFAULT_TYPES 1u /* LEAF-05 */
#define VEC_GRANT_LIFETIMES 2u     /* LEAF-14 */
#define VEC_GRANT_LONG_LIVES 4u    /* LEAF-17 */
#define VEC_GRANT_UNLISTED_SUITE 8u /* LEAF-06, KP-10 */
#define VEC_GRANT_NEW_NAMES 16u    /* CRED-02, EXT-09 */
#define VEC_GRANT_NO_PATH 32u      /* for --proposal types, COMMIT-02 */
#define VEC_GRANT_OUTSIDE 64u      /* for them, FRAME-11 */
#define VEC_GRANT_COMING_IN 128u   /* for them, EXT-05 */
#define VEC_GRANT_SELF_REMOVE 256u /* of the draft, type VEC_SELF_REMOVE */
#define VEC_SELF_REMOVE 0x000a
#define VEC_GRANTS 512u
int vec_world_new(struct vec_world **out, const struct vec_options *options,
    const char *config,
    void (*log)(void *payload, int level, const char *text));
void vec_world_free(struct vec_world *world);
const struct vec_options *vec_world_options(const struct vec_world *world);
int vec_world_context(mls_context **out, struct vec_world *world,
    unsigned grants);
unsigned vec_grant(int error);

#endif
