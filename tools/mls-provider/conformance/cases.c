/* SPDX-License-Identifier: MIT */
/* Which cases there are for a provider. */
#include <dirent.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conform.h"
#include "plugin/suites.h"

static void
add(struct conf *t, const struct conf_test *test, const struct mls_alg *alg,
    const char *subject, const char *name)
{
	struct conf_shared *s = t->shared;
	struct conf_case c = { .test = test };

	if (alg != NULL)
		c.alg = *alg;
	snprintf(c.name, sizeof(c.name), "%s: %s", subject, name);
	if (t->o->only != NULL && fnmatch(t->o->only, c.name, 0) != 0)
		return;
	NEED(t, s->n_cases < CONF_MAX_CASES, "more than %u cases",
	    CONF_MAX_CASES);
	s->cases[s->n_cases++] = c;
}

static void
add_all(struct conf *t, const struct conf_test *tests,
    const struct mls_alg *alg, const char *subject)
{
	for (; tests->name != NULL; tests++)
		add(t, tests, alg, subject, tests->name);
}

static void
add_algorithm(struct conf *t, const struct mls_alg *a)
{
	const char *name = mls__alg_name(a->role, a->id);
	char subject[64], number[8];

	snprintf(number, sizeof(number), "0x%04x", (unsigned)a->id);
	snprintf(subject, sizeof(subject), "%s %s", mls__role_name(a->role),
	    name != NULL ? name : number);
	switch (a->role) {
	case MLS_ROLE_KEM:
		add_all(t, conf_kem_tests, a, subject);
		add_all(t, conf_key_tests, a, subject);
		break;
	case MLS_ROLE_AEAD:
		add_all(t, conf_aead_tests, a, subject);
		break;
	case MLS_ROLE_HASH:
		add_all(t, conf_hash_tests, a, subject);
		break;
	case MLS_ROLE_SIGN:
		add_all(t, conf_sign_tests, a, subject);
		add_all(t, conf_key_tests, a, subject);
		break;
	case MLS_ROLE_VERIFY:
		add_all(t, conf_verify_tests, a, subject);
	}
}

/* By roles, whatever the order of the list. */
static void
add_algorithms(struct conf *t, const struct mls_suite_row *row)
{
	const struct mls_alg *list = NULL;
	size_t n = t->ops->algorithms(t->ctx, &list), i;
	uint16_t role;

	for (role = MLS_ROLE_KEM; role <= MLS_ROLE_VERIFY; role++)
		for (i = 0; i < n; i++)
			if (list[i].role == role && (row == NULL ||
			    list[i].id == mls__suite_id(row, role)))
				add_algorithm(t, &list[i]);
}

static int
json(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return len > 5 && strcmp(e->d_name + len - 5, ".json") == 0;
}

static void
add_wycheproof(struct conf *t)
{
	struct dirent **list;
	int n, i;

	n = scandir(t->o->wycheproof, &list, json, alphasort);
	NEED(t, n >= 0, "%s: this folder cannot be read", t->o->wycheproof);
	NEED(t, n > 0, "%s: no file in it ends in .json", t->o->wycheproof);
	for (i = 0; i < n; i++)
		add(t, &conf_wycheproof_test, NULL, "wycheproof",
		    list[i]->d_name);
}

/* Whether a keystore wants a path is found out by giving it one: without one
 * it might open the store that its user has. */
static void
start(struct conf *t, const struct mls_provider *desc)
{
	struct conf_world *w = &t->world;
	char why[CONF_TEXT];

	t->shared->wants_path = desc->keystore != NULL &&
	    conf_param(t->o, "path") == NULL;
	conf_doing(t, "starting the provider");
	if (conf_world_open(w, t, NULL) == 0)
		return;
	snprintf(why, sizeof(why), "%s", w->why);
	NEED(t, t->shared->wants_path, "it does not start: %.300s", why);
	t->shared->wants_path = false;
	NEED(t, conf_world_open(w, t, NULL) == 0,
	    "it does not start: %.300s", why);
}

void
conf_list(struct conf *t)
{
	const struct mls_suite_row *row = NULL;

	conf_find(t);
	t->desc = conf_load(t);
	start(t, t->desc);
	t->ops = t->desc->crypto;
	t->ctx = t->world.inst->ctx;
	snprintf(t->shared->title, sizeof(t->shared->title),
	    "%.100s%s%.60s%s%.300s", t->desc->name,
	    t->desc->version != NULL ? " " : "",
	    t->desc->version != NULL ? t->desc->version : "",
	    t->shared->module[0] != '\0' ? ", " : "", t->shared->module);
	if (t->o->suite != NULL) {
		row = conf_row(&t->world, t->o);
		NEED(t, row != NULL, "there is no suite %s", t->o->suite);
	}
	add_all(t, conf_provider_tests, NULL, "provider");
	if (t->ops != NULL) {
		add_all(t, conf_table_tests, NULL, "crypto");
		add_algorithms(t, row);
	}
	if (t->desc->keystore != NULL && row == NULL) {
		add_all(t, conf_keystore_tests, NULL, "keystore");
		add_all(t, conf_lasting_tests, NULL, "keystore");
	}
	if (t->desc->rng != NULL && row == NULL)
		add_all(t, conf_rng_tests, NULL, "rng");
	if (t->desc->executor != NULL && row == NULL)
		add_all(t, conf_executor_tests, NULL, "executor");
	if (t->o->wycheproof != NULL && t->ops != NULL)
		add_wycheproof(t);
	NEED(t, t->shared->n_cases > 0, "no case is called %s",
	    t->o->only != NULL ? t->o->only : "anything");
	conf_close(t);
}

void
conf_run(struct conf *t)
{
	if (!t->c->test->bare)
		conf_open(t);
	t->c->test->run(t);
	if (t->world.plugins != NULL)
		conf_close(t);
}
