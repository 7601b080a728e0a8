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

static const struct mls_alg *
offered(const struct mls_candidate *c, uint16_t role, uint16_t id)
{
	size_t i;

	for (i = 0; i < c->n_algs; i++)
		if (c->algs[i].role == role && c->algs[i].id == id)
			return &c->algs[i];
	return NULL;
}

/* Is this thread in a call into a SERIAL provider?  It does not enter another
 * then: two that borrow from each other would wait for each other for good. */
static bool
in_serial_call(struct mls_plugins *p)
{
	bool inside = false;
	struct mls_candidate *c;
	size_t i;

	pthread_mutex_lock(&p->lock);
	for (i = 0; i < p->n_candidates; i++) {
		c = &p->candidates[i];
		inside = inside || (c->start.state == MLS_GOOD &&
		    c->running != NULL &&
		    mls__instance_inside(&c->running->inst));
	}
	pthread_mutex_unlock(&p->lock);
	return inside;
}

/* Does the provider serve the algorithm?  why: MLS_REASON octets. */
static int
try(struct mls_route *out, char *why, struct mls_plugins *p,
    struct mls_candidate *c, uint16_t role, uint16_t id)
{
	const struct mls_alg *alg;
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
	if (c->running->inst.serial != NULL && in_serial_call(p)) {
		snprintf(why, MLS_REASON, "no SERIAL provider lends another");
		return MLS_E_PROVIDER_FAILED;
	}
	alg = offered(c, role, id);
	if (alg == NULL) {
		snprintf(why, MLS_REASON, "does not offer %s 0x%04x",
		    mls__role_name(role), id);
		return MLS_E_PROVIDER_MISSING;
	}
	error = tested(p, c, (size_t)(alg - c->algs));
	if (error != 0) {
		why[0] = '\0';
		mls__append(why, MLS_REASON, "known-answer test of %s 0x%04x: %s",
		    mls__role_name(role), id,
		    c->tests[alg - c->algs].state == MLS_BAD ?
		    c->tests[alg - c->algs].reason : "busy");
		return error;
	}
	out->inst = &c->running->inst;
	out->alg = alg;
	return 0;
}

static void
note(char *why, const char *name, size_t len, const char *reason)
{
	mls__append(why, MLS_REASON_ALL, "%s%.*s: %s",
	    why[0] != '\0' ? "; " : "", (int)len, name, reason);
}

/* Nobody asked for the names of the built-in list: that one of them is not
 * installed is worth no word as long as another serves. */
static void
note_absent(char *why, struct mls_plugins *p, const struct mls_list *list)
{
	const char *pos = list->names, *name;
	size_t len;

	while ((name = mls__list_next(&pos, &len)) != NULL)
		if (mls__candidate(p, name, len) == NULL)
			note(why, name, len, "no such provider");
}

int
mls__route_list(struct mls_route *out, char *why, struct mls_plugins *p,
    const struct mls_list *list, uint16_t role, uint16_t id,
    const struct mls_candidate *except)
{
	int error, first = MLS_E_PROVIDER_MISSING;
	const char *pos = list->names, *name;
	char reason[MLS_REASON];
	struct mls_candidate *c;
	size_t len;

	why[0] = '\0';
	while ((name = mls__list_next(&pos, &len)) != NULL) {
		c = mls__candidate(p, name, len);
		if (c == NULL && !list->optional)
			note(why, name, len, "no such provider");
		if (c == NULL || c == except)
			continue;
		error = try(out, reason, p, c, role, id);
		if (error == 0 || error == MLS_E_OUT_OF_MEMORY)
			return error;
		note(why, name, len, reason);
		/* Who is there and fails tells more than who is not. */
		if (first == MLS_E_PROVIDER_MISSING)
			first = error;
	}
	if (list->optional)
		note_absent(why, p, list);
	return first;
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

/* Is there one in the list, but for the first, that says it can?  All must
 * start: a check that was asked for is not left out silently. */
static int
second_offers(bool *out, struct mls_plugins *p, const struct mls_list *list,
    const struct mls_instance *first, uint16_t role, uint16_t id)
{
	const char *pos = list->names, *name;
	struct mls_candidate *c;
	char where[512];
	size_t len;
	int error;

	*out = false;
	while ((name = mls__list_next(&pos, &len)) != NULL) {
		c = mls__candidate(p, name, len);
		error = c != NULL ? mls__candidate_start(p, c) :
		    MLS_E_PROVIDER_MISSING;
		if (error == MLS_E_OUT_OF_MEMORY)
			return error;
		if (error != 0 || c->running == NULL) {
			mls__log(p, MLS_LOG_ERROR, "%s = '%.*s': %s",
			    mls__list_where(where, sizeof(where), list),
			    (int)len, name, c == NULL ? "no such provider" :
			    mls__candidate_reason(c));
			return error != 0 ? error : MLS_E_PROVIDER_MISSING;
		}
		if (&c->running->inst != first && offered(c, role, id) != NULL)
			*out = true;
	}
	return 0;
}

/* Both write into buffers of the same size.  Who checks a signature need not
 * know how long a private key is. */
static bool
same_sizes(const struct mls_alg *a, const struct mls_alg *b)
{
	return a->public_len == b->public_len &&
	    a->output_len == b->output_len && a->aux_len == b->aux_len &&
	    a->seed_len == b->seed_len &&
	    (a->role != b->role || a->secret_len == b->secret_len);
}

int
mls__plugins_second(struct mls_instance **out, struct mls_plugins *p,
    const struct mls_suite_row *row, const struct mls_route *first,
    uint16_t role)
{
	uint16_t id = mls__suite_id(row, role);
	char why[MLS_REASON_ALL], where[512];
	struct mls_route found;
	struct mls_list list;
	bool offers;
	int error;

	*out = NULL;
	if (!mls__list_of_second(&list, p, row->number))
		return 0;
	if (role == MLS_ROLE_SIGN)
		role = MLS_ROLE_VERIFY;
	error = second_offers(&offers, p, &list, first->inst, role, id);
	if (error != 0)
		return error;
	mls__list_where(where, sizeof(where), &list);
	if (!offers) {
		mls__log(p, MLS_LOG_WARNING, "%s: nobody but %s offers %s "
		    "0x%04x of suite 0x%04x, which is not checked", where,
		    first->inst->name, mls__role_name(role), id, row->number);
		return 0;
	}
	error = mls__route_list(&found, why, p, &list, role, id,
	    ((struct mls_running *)first->inst)->candidate);
	if (error == 0 && !same_sizes(found.alg, first->alg)) {
		snprintf(why, sizeof(why), "%s announces other sizes than %s",
		    found.inst->name, first->inst->name);
		error = MLS_E_PROVIDER_CONTRACT;
	}
	if (error == 0)
		*out = found.inst;
	else if (error != MLS_E_OUT_OF_MEMORY)
		mls__log(p, MLS_LOG_ERROR, "%s: nobody can check %s 0x%04x of "
		    "suite 0x%04x (%s)", where, mls__role_name(role), id,
		    row->number, why);
	return error;
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
