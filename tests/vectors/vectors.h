/* SPDX-License-Identifier: MIT */
/* mls-vectors: what the kinds of official test vectors share. */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include <jansson.h>
#include <stdbool.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/key.h"
#include "crypto/suite.h"
#include "libmls/mls.h"

/* One case of a file.  The first complaint is kept and fails the case. */
struct vec {
	const json_t *json;
	struct mls_crypto *crypto;
	mls_context *context; /* of the passive client */
	const struct mls_suite *suite; /* of cipher_suite, or NULL */
	struct mls_arena arena;
	unsigned long checks; /* how much was compared */
	bool failed;
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

/* Private keys of the case's suite; NULL fails the case. */
struct mls_privkey *vec_key(struct vec *v, uint16_t role, struct mls_buf priv,
    const char *field);

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

/* The context that passive clients run in; config: more of it, or NULL. */
int vec_passive_context(mls_context **out, const char *config,
    void (*log)(void *payload, int level, const char *text));

#endif
