/* SPDX-License-Identifier: MIT */
/* Who serves what. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/secret.h"
#include "plugin/internal.h"
#include "plugin/kat.h"
#include "plugin/suites.h"
#include "plugin/text.h"

static bool
take(struct mls_list *out, const struct mls_section *s, const char *key)
{
	const struct mls_setting *set = mls__config_get(s, key);

	if (set == NULL)
		return false;
	*out = (struct mls_list){ set->value, s->kind, s->name, key,
		set->file, set->line };
	return true;
}

static void
built_in(struct mls_list *out, const char *key, const char *names)
{
	*out = (struct mls_list){ names, "route", "", key, NULL, 0 };
}

/* The most special first: a role of the suite, the suite, a role, all. */
void
mls__list_of_suite(struct mls_list *out, const struct mls_plugins *p,
    uint16_t suite, uint16_t role)
{
	const char *key = mls__role_name(role);
	const struct mls_section *s;
	char name[8];

	snprintf(name, sizeof(name), "0x%04X", (unsigned)suite);
	s = mls__config_section(&p->config, "suite", name);
	if (!take(out, s, key) && !take(out, s, "crypto"))
		mls__list_of_service(out, p, key);
}

void
mls__list_of_service(struct mls_list *out, const struct mls_plugins *p,
    const char *key)
{
	const struct mls_section *s =
	    mls__config_section(&p->config, "route", "");

	if (take(out, s, key))
		return;
	if (strcmp(key, "keystore") == 0)
		built_in(out, key, "sqlite, memory");
	else if (strcmp(key, "rng") == 0)
		built_in(out, key, "system");
	else if (strcmp(key, "executor") == 0)
		built_in(out, key, "serial");
	else if (!take(out, s, "crypto"))
		built_in(out, "crypto", "openssl");
}

const char *
mls__list_where(char *buf, size_t cap, const struct mls_list *l)
{
	const char *space = *l->suite != '\0' ? " " : "";

	if (l->file == NULL)
		snprintf(buf, cap, "built-in default: [%s%s%s] %s",
		    l->section, space, l->suite, l->key);
	else
		snprintf(buf, cap, "%s:%u: [%s%s%s] %s", l->file, l->line,
		    l->section, space, l->suite, l->key);
	return buf;
}

static void
test_failed(struct mls_plugins *p, const struct mls_candidate *c,
    const struct mls_alg *a, const char *why)
{
	const char *name = mls__alg_name(a->role, a->id);

	mls__log(p, MLS_LOG_WARNING, "%s: %s 0x%04x%s%s%s failed its known-"
	    "answer test: %s; skipping", c->name, mls__role_name(a->role),
	    a->id, name != NULL ? " (" : "", name != NULL ? name : "",
	    name != NULL ? ")" : "", why);
}

/* The known-answer test of algorithm i, once. */
static int
tested(struct mls_plugins *p, struct mls_candidate *c, size_t i)
{
	char why[MLS_REASON] = "";
	int error;

	if (p->self_test == SELF_TEST_NEVER)
		return 0;
	pthread_mutex_lock(&p->lock);
	if (mls__once_enter(p, &c->tests[i], &error)) {
		pthread_mutex_unlock(&p->lock);
		error = mls__kat_run(&c->running->inst, &c->algs[i], why,
		    sizeof(why));
		if (error != 0 && error != MLS_E_OUT_OF_MEMORY)
			test_failed(p, c, &c->algs[i], why);
		pthread_mutex_lock(&p->lock);
		mls__once_leave(p, &c->tests[i], error, why);
	}
	pthread_mutex_unlock(&p->lock);
	return error;
}

/* Does the provider serve the algorithm?  why: MLS_REASON octets. */
static int
try(struct mls_route *out, char *why, struct mls_plugins *p,
    struct mls_candidate *c, uint16_t role, uint16_t id)
{
	size_t i;
	int error;

	error = mls__candidate_start(p, c);
	if (error != 0) {
		snprintf(why, MLS_REASON, "%s", mls__candidate_reason(c));
		return error;
	}
	if (c->running == NULL) {
		snprintf(why, MLS_REASON, "stopped");
		return MLS_E_PROVIDER_MISSING;
	}
	for (i = 0; i < c->n_algs; i++)
		if (c->algs[i].role == role && c->algs[i].id == id)
			break;
	if (i == c->n_algs) {
		snprintf(why, MLS_REASON, "does not offer %s 0x%04x",
		    mls__role_name(role), id);
		return MLS_E_PROVIDER_MISSING;
	}
	error = tested(p, c, i);
	if (error != 0) {
		why[0] = '\0';
		mls__append(why, MLS_REASON, "known-answer test of %s 0x%04x: %s",
		    mls__role_name(role), id, c->tests[i].state == MLS_BAD ?
		    c->tests[i].reason : "busy");
		return error;
	}
	out->inst = &c->running->inst;
	out->alg = &c->algs[i];
	return 0;
}

int
mls__route_list(struct mls_route *out, char *why, struct mls_plugins *p,
    const struct mls_list *list, uint16_t role, uint16_t id,
    const struct mls_candidate *except)
{
	char reason[MLS_REASON];
	const char *pos = list->names, *name;
	struct mls_candidate *c;
	size_t len;
	int error;

	why[0] = '\0';
	while ((name = mls__list_next(&pos, &len)) != NULL) {
		c = mls__candidate(p, name, len);
		if (c != NULL && c == except)
			continue;
		if (c == NULL) {
			snprintf(reason, sizeof(reason), "no such provider");
			error = MLS_E_PROVIDER_MISSING;
		} else {
			error = try(out, reason, p, c, role, id);
		}
		if (error == 0 || error == MLS_E_OUT_OF_MEMORY)
			return error;
		mls__append(why, MLS_REASON_ALL, "%s%.*s: %s",
		    why[0] != '\0' ? "; " : "", (int)len, name, reason);
	}
	return MLS_E_PROVIDER_MISSING;
}

int
mls__plugins_route(struct mls_route *out, struct mls_plugins *p,
    const struct mls_suite_row *row, uint16_t role)
{
	char why[MLS_REASON_ALL], where[512];
	struct mls_route found;
	struct mls_list list;
	uint16_t id = mls__suite_id(row, role);
	int error;

	if (role == 0 || role > MLS_ROLE_VERIFY)
		return MLS_E_ARGUMENT;
	mls__list_of_suite(&list, p, row->number, role);
	error = mls__route_list(&found, why, p, &list, role, id, NULL);
	if (error == MLS_E_OUT_OF_MEMORY)
		return error;
	mls__list_where(where, sizeof(where), &list);
	if (error != 0) {
		mls__log(p, MLS_LOG_ERROR, "%s: no provider serves %s 0x%04x "
		    "of suite 0x%04x (%s)", where, mls__role_name(role), id,
		    row->number, why);
		return error;
	}
	if (why[0] != '\0')
		mls__log(p, MLS_LOG_WARNING, "%s: %s serves %s 0x%04x of suite "
		    "0x%04x in their place (%s)", where, found.inst->name,
		    mls__role_name(role), id, row->number, why);
	*out = found;
	return 0;
}

int
mls__plugins_instance(struct mls_instance **out, struct mls_plugins *p,
    const char *name)
{
	struct mls_candidate *c = mls__candidate(p, name, strlen(name));
	int error;

	if (c == NULL) {
		mls__log(p, MLS_LOG_ERROR, "%s: no such provider", name);
		return MLS_E_PROVIDER_MISSING;
	}
	error = mls__candidate_start(p, c);
	if (error == MLS_E_OUT_OF_MEMORY)
		return error;
	if (error != 0) {
		mls__log(p, MLS_LOG_ERROR, "%s: %s", name,
		    mls__candidate_reason(c));
		return error;
	}
	*out = &c->running->inst;
	return 0;
}
