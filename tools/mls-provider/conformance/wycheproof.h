/* SPDX-License-Identifier: MIT */
/*
 * Cases of Wycheproof, put to the library's own calls with the provider
 * beneath: what the library refuses itself, no provider needs to.
 *
 * "valid" is to be taken, "invalid" refused.  "acceptable" is decided by the
 * case's flags, the same for all providers, since members of one group must
 * agree (CRYPT-16); wycheproof_wants knows how.
 */
#ifndef CONFORMANCE_WYCHEPROOF_H
#define CONFORMANCE_WYCHEPROOF_H

#include <jansson.h>

#include "conform.h"
#include "crypto/suite.h"

enum wycheproof_answer {
	WYCHEPROOF_TAKEN,   /* with the result that the file has */
	WYCHEPROOF_REFUSED,
	WYCHEPROOF_WRONG,   /* taken, with another result */
	WYCHEPROOF_NOT_OURS /* a size that MLS does not use */
};

/* One file's groups of one algorithm. */
struct wycheproof {
	struct conf *t;
	const struct mls_alg *alg;
	struct mls_suite suite;
	struct mls_suite_row row;
	const json_t *group;
};

/* What there is for a kind of group: which algorithm it is of (0: none of
 * ours), and what becomes of a case. */
struct wycheproof_kind {
	const char *type, *algorithm; /* "" stands for any */
	uint16_t role;
	uint16_t (*id)(const json_t *group, const char *algorithm);
	enum wycheproof_answer (*run)(struct wycheproof *w,
	    const json_t *test);
};
extern const struct wycheproof_kind wycheproof_kinds[];

/* wycheproof_mlkem.c: the rows of ML-KEM. */
uint16_t wycheproof_mlkem_id(const json_t *group, const char *algorithm);
enum wycheproof_answer wycheproof_mlkem_keygen(struct wycheproof *w,
    const json_t *test);
enum wycheproof_answer wycheproof_mlkem_decaps(struct wycheproof *w,
    const json_t *test);
enum wycheproof_answer wycheproof_mlkem_encaps(struct wycheproof *w,
    const json_t *test);

/* wycheproof_text(v, name), _octets(t, v, name): "" and none where there is no
 * such member. */
const char *wycheproof_text(const json_t *v, const char *name);
struct mls_buf wycheproof_octets(struct conf *t, const json_t *v,
    const char *name);

#endif
