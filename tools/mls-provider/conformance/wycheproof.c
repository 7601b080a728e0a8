/* SPDX-License-Identifier: MIT */
#include "wycheproof.h"

#include <stdio.h>
#include <string.h>

#include "keys.h"
#include "plugin/suites.h"

const char *
wycheproof_text(const json_t *v, const char *name)
{
	const char *text = json_string_value(json_object_get(v, name));

	return text != NULL ? text : "";
}

struct mls_buf
wycheproof_octets(struct conf *t, const json_t *v, const char *name)
{
	const char *text = wycheproof_text(v, name);
	size_t len = strlen(text) / 2, i;
	uint8_t *out = conf_alloc(t, len);
	unsigned octet;

	for (i = 0; i < len; i++) {
		NEED(t, sscanf(text + 2 * i, "%2x", &octet) == 1,
		    "member %s is no hexadecimal text", name);
		out[i] = (uint8_t)octet;
	}
	return mls__buf(out, len);
}

/*
 * How each flag of an acceptable case is treated:
 *
 *   ZeroSharedSecret  refused: RFC 9180 §7.1.4, CRYPT-03
 *   CompressedPublic  refused: RFC 9180 §7.1.1 has one form, CRYPT-02
 *   the others of XDH taken: RFC 7748 §5 has no bad public keys, on the curve
 *                     or the twist, and reduces what is above the prime
 */
static const struct {
	const char *flag;
	bool take;
} decided[] = {
	{ "ZeroSharedSecret", false },
	{ "CompressedPublic", false },
	{ "CompressedPoint", false },
	{ "Twist", true },
	{ "NonCanonicalPublic", true },
	{ "SpecialPublicKey", true },
	{ "SmallPublicKey", true },
	{ "LowOrderPublic", true },
	{ "EdgeCaseMultiplication", true },
	{ "EdgeCaseShared", true },
	{ "Ktv", true },
};
#define DECIDED (sizeof(decided) / sizeof(decided[0]))

/* The first row that fits decides; all flags have to be known. */
static bool
acceptable(struct conf *t, const json_t *test)
{
	const json_t *flags = json_object_get(test, "flags"), *v;
	size_t i, j, best = DECIDED;

	json_array_foreach(flags, i, v) {
		for (j = 0; j < DECIDED; j++)
			if (strcmp(decided[j].flag,
			    json_string_value(v)) == 0)
				break;
		NEED(t, j < DECIDED, "an acceptable case has the flag %s, for "
		    "which nothing was decided", json_string_value(v));
		best = j < best ? j : best;
	}
	NEED(t, best < DECIDED, "an acceptable case has no flags");
	return decided[best].take;
}

static bool
wants(struct conf *t, const json_t *test)
{
	const char *result = wycheproof_text(test, "result");

	if (strcmp(result, "acceptable") == 0)
		return acceptable(t, test);
	NEED(t, strcmp(result, "valid") == 0 ||
	    strcmp(result, "invalid") == 0, "a result of '%s'", result);
	return strcmp(result, "valid") == 0;
}

struct sum {
	size_t cases, agree, others;
	char first[CONF_TEXT]; /* case that does not agree */
};

static void
run_case(struct wycheproof *w, const struct wycheproof_kind *k,
    const json_t *test, struct sum *sum)
{
	static const char *const answers[] = { "it is taken",
		"it is refused", "it comes to another result" };
	int id = (int)json_integer_value(json_object_get(test, "tcId"));
	enum wycheproof_answer a;
	bool take = wants(w->t, test);

	sum->cases++;
	conf_doing(w->t, "case %d (%.100s)", id,
	    wycheproof_text(test, "comment"));
	a = k->run(w, test);
	if (a == WYCHEPROOF_NOT_OURS) {
		sum->cases--;
		sum->others++;
	} else if (a == (take ? WYCHEPROOF_TAKEN : WYCHEPROOF_REFUSED)) {
		sum->agree++;
	} else if (sum->first[0] == '\0') {
		snprintf(sum->first, sizeof(sum->first), "case %d (%.100s, "
		    "%s): %s", id, wycheproof_text(test, "comment"),
		    wycheproof_text(test, "result"), answers[a]);
	}
}

static const struct wycheproof_kind *
kind_of(const char *type, const char *algorithm)
{
	const struct wycheproof_kind *k = wycheproof_kinds;

	for (; k->type != NULL; k++)
		if (strcmp(k->type, type) == 0 && (k->algorithm[0] == '\0' ||
		    strcmp(k->algorithm, algorithm) == 0))
			return k;
	return NULL;
}

/* The groups of a file may be of several algorithms, of which the provider
 * offers some.  False if this one is of none that MLS uses. */
static bool
run_group(struct conf *t, const json_t *group, const char *algorithm,
    struct sum *sum, char *missing)
{
	const json_t *tests = json_object_get(group, "tests"), *test;
	const struct wycheproof_kind *k;
	struct wycheproof w = { .t = t, .group = group };
	char number[8];
	const char *name;
	uint16_t id;
	size_t i;

	k = kind_of(wycheproof_text(group, "type"), algorithm);
	if (k == NULL)
		return false;
	id = k->id(group, algorithm);
	if (id == 0) {
		sum->others += json_array_size(tests);
		return false;
	}
	w.alg = find_alg(t, k->role, id);
	if (w.alg == NULL) {
		name = mls__alg_name(k->role, id);
		snprintf(number, sizeof(number), "0x%04x", (unsigned)id);
		snprintf(missing, CONF_TEXT, "it does not offer %s %s",
		    mls__role_name(k->role), name != NULL ? name : number);
		return true;
	}
	conf_suite(&w.suite, &w.row, &t->world, w.alg);
	json_array_foreach(tests, i, test)
		run_case(&w, k, test, sum);
	return true;
}

static json_t *
read_file(struct conf *t)
{
	const char *name = strchr(t->c->name, ' ') + 1;
	char path[4096];
	json_error_t error;
	json_t *root;

	snprintf(path, sizeof(path), "%s/%s", t->o->wycheproof, name);
	root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	NEED(t, root != NULL, "line %d: %s", error.line, error.text);
	if (!json_is_array(json_object_get(root, "testGroups")))
		conf_silent(t);
	return root;
}

static void
run_file(struct conf *t)
{
	json_t *root = read_file(t);
	const json_t *groups = json_object_get(root, "testGroups"), *group;
	const char *algorithm = wycheproof_text(root, "algorithm");
	char missing[CONF_TEXT] = "";
	struct sum sum = { 0, 0, 0, "" };
	bool ours = false;
	size_t i;

	json_array_foreach(groups, i, group)
		ours |= run_group(t, group, algorithm, &sum, missing);
	if (!ours)
		conf_silent(t);
	if (sum.cases == 0)
		conf_skip(t, "%s", missing);
	NEED(t, sum.agree == sum.cases,
	    "%zu of %zu agree; the first that does not: %s", sum.agree,
	    sum.cases, sum.first);
	if (sum.others > 0)
		conf_pass(t, "%zu of %zu agree; %zu have sizes that MLS does "
		    "not use", sum.agree, sum.cases, sum.others);
	conf_pass(t, "%zu of %zu agree", sum.agree, sum.cases);
}

const bool conf_has_wycheproof = true;
const struct conf_test conf_wycheproof_test = { "", run_file, false };
