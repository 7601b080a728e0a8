/* SPDX-License-Identifier: MIT */
/* What is routed as a whole: keystore, randomness, executor. */
#include <stdio.h>
#include <string.h>

#include "base/compat.h"
#include "base/error.h"
#include "base/secret.h"
#include "plugin/internal.h"
#include "plugin/text.h"

typedef bool (*offers_fn)(const struct mls_provider *desc);

static bool
has_rng(const struct mls_provider *desc)
{
	return desc->rng != NULL;
}

static bool
has_executor(const struct mls_provider *desc)
{
	return desc->executor != NULL;
}

static bool
has_keystore(const struct mls_provider *desc)
{
	return desc->keystore != NULL;
}

/* The first of the list that loads (or starts, if start) and offers it; else
 * the error of the first that is there and failed. */
static int
choose(struct mls_candidate **out, struct mls_plugins *p, const char *key,
    offers_fn offers, bool start)
{
	char why[MLS_REASON_ALL] = "", where[512];
	int error, first = MLS_E_PROVIDER_MISSING;
	const char *pos, *name, *reason;
	struct mls_candidate *c;
	struct mls_list list;
	size_t len;

	mls__list_of_service(&list, p, key);
	pos = list.names;
	while ((name = mls__list_next(&pos, &len)) != NULL) {
		c = mls__candidate(p, name, len);
		error = c == NULL ? MLS_E_PROVIDER_MISSING :
		    start ? mls__candidate_start(p, c) :
		    mls__candidate_load(p, c);
		if (error == MLS_E_OUT_OF_MEMORY)
			return error;
		if (error == 0 && offers(c->module.desc)) {
			if (why[0] != '\0')
				mls__log(p, MLS_LOG_WARNING, "%s: %s serves "
				    "in their place (%s)", mls__list_where(where,
				    sizeof(where), &list), c->name, why);
			*out = c;
			return 0;
		}
		if (error != 0 && first == MLS_E_PROVIDER_MISSING)
			first = error;
		reason = c == NULL ? "no such provider" :
		    error == 0 ? "offers none" : mls__candidate_reason(c);
		mls__append(why, sizeof(why), "%s%.*s: %s",
		    why[0] != '\0' ? "; " : "", (int)len, name, reason);
	}
	mls__log(p, MLS_LOG_ERROR, "%s: no provider (%s)",
	    mls__list_where(where, sizeof(where), &list), why);
	return first;
}

/* Routed at the first use, then kept. */
static int
service(const struct mls_instance **out, struct mls_plugins *p,
    struct mls_once *once, struct mls_instance **slot, const char *key,
    offers_fn offers)
{
	struct mls_candidate *c = NULL;
	int error;

	pthread_mutex_lock(&p->lock);
	if (mls__once_enter(p, once, &error)) {
		pthread_mutex_unlock(&p->lock);
		error = choose(&c, p, key, offers, true);
		pthread_mutex_lock(&p->lock);
		if (error == 0)
			*slot = &c->running->inst;
		mls__once_leave(p, once, error, "");
	}
	if (error == 0)
		*out = *slot;
	pthread_mutex_unlock(&p->lock);
	return error;
}

int
mls__plugins_random(struct mls_plugins *p, uint8_t *out, size_t len)
{
	const struct mls_instance *inst;
	int error, status;

	error = service(&inst, p, &p->rng_once, &p->rng, "rng", has_rng);
	if (error == 0 && mls__instance_inside(inst))
		error = MLS_E_PROVIDER_FAILED;
	if (error != 0)
		return error == MLS_E_OUT_OF_MEMORY ? error :
		    MLS_E_RNG_FAILURE;
	mls__instance_lock(inst);
	status = inst->desc->rng->fill(inst->ctx, out, len);
	mls__instance_unlock(inst);
	mls__instance_said(inst, "fill", status);
	if (status == MLS_P_OK)
		return 0;
	mls__wipe(out, len);
	mls__log(p, MLS_LOG_ERROR, "%s: no randomness (status %d)",
	    inst->name, status);
	return MLS_E_RNG_FAILURE;
}

/* A loop that is watched: what an executor leaves out would look as if it had
 * been done, a signature as if it held. */
struct watched {
	mls_range_fn fn;
	void *arg;
	size_t n;
	atomic_size_t done;     /* how many indices ran */
	_Atomic uint64_t marks; /* of the ends of ranges, less of the beginnings */
};

/* A number of no pattern for each index (the finalizer of SplitMix64). */
static uint64_t
mark(size_t index)
{
	uint64_t v = index + 0x9e3779b97f4a7c15u;

	v = (v ^ v >> 30) * 0xbf58476d1ce4e5b9u;
	v = (v ^ v >> 27) * 0x94d049bb133111ebu;
	return v ^ v >> 31;
}

static void
run_watched(void *arg, size_t from, size_t to)
{
	struct watched *w = arg;

	if (from >= to || to > w->n) {
		atomic_fetch_add(&w->done, w->n + 1); /* never n again */
		return;
	}
	w->fn(w->arg, from, to);
	atomic_fetch_add(&w->done, to - from);
	atomic_fetch_add(&w->marks, mark(to) - mark(from));
}

/* Where as many ranges end as begin, the indices before and behind ran equally
 * often.  If that holds everywhere between 0 and n, the marks cancel out there;
 * and if n of them ran in all, each ran once. */
static bool
ran_once_each(struct watched *w)
{
	return atomic_load(&w->done) == w->n &&
	    atomic_load(&w->marks) == mark(w->n) - mark(0);
}

int
mls__plugins_parallel(struct mls_plugins *p, const struct mls_instance *inst,
    size_t n, size_t grain, mls_range_fn fn, void *arg)
{
	const struct mls_instance *executor = NULL;
	struct watched w = { fn, arg, n, 0, 0 };

	if (n == 0)
		return 0;
	/* Who cannot be had is done without. */
	if (n > grain && (inst == NULL || inst->serial == NULL))
		(void)service(&executor, p, &p->executor_once, &p->executor,
		    "executor", has_executor);
	if (executor == NULL) {
		fn(arg, 0, n);
		return 0;
	}
	executor->desc->executor->parallel_for(executor->ctx, n,
	    grain != 0 ? grain : 1, run_watched, &w);
	return ran_once_each(&w) ? 0 : mls__instance_broke(executor,
	    "parallel_for: it did not run every index once");
}

/* A loop of what can fail. */
struct each {
	int (*fn)(void *arg, size_t i);
	void *arg;
	_Atomic uint64_t first; /* the lowest that failed: index and status */
};

static void
run_each(void *arg, size_t from, size_t to)
{
	struct each *e = arg;
	uint64_t first, mine;
	int rc;

	for (; from < to; from++) {
		first = atomic_load(&e->first);
		if (from >= first >> 32)
			return;
		rc = e->fn(e->arg, from);
		if (rc == 0)
			continue;
		mine = (uint64_t)from << 32 | (uint32_t)rc;
		while (mine < first && !atomic_compare_exchange_weak(
		    &e->first, &first, mine))
			;
		return;
	}
}

int
mls__plugins_each(struct mls_plugins *p, const struct mls_instance *inst,
    size_t n, size_t grain, int (*fn)(void *arg, size_t i), void *arg)
{
	struct each e = { fn, arg, UINT64_MAX };
	uint64_t first;
	int rc;

	MLS_DEBUG_ASSERT(n < UINT32_MAX);
	rc = mls__plugins_parallel(p, inst, n, grain, run_each, &e);
	first = atomic_load(&e.first);
	return rc == 0 && first != UINT64_MAX ? (int)(uint32_t)first : rc;
}

static int
named_keystore(struct mls_candidate **out, struct mls_plugins *p,
    const char *name)
{
	struct mls_candidate *c = mls__candidate(p, name, strlen(name));
	int error;

	if (c == NULL) {
		mls__log(p, MLS_LOG_ERROR, "%s is neither installed nor in a "
		    "config file", name);
		return MLS_E_STORE_MISSING;
	}
	error = mls__candidate_load(p, c);
	if (error == MLS_E_OUT_OF_MEMORY)
		return error;
	if (error != 0) {
		mls__log(p, MLS_LOG_ERROR, "%s: %s", name,
		    mls__candidate_reason(c));
		return error;
	}
	if (!has_keystore(c->module.desc)) {
		mls__log(p, MLS_LOG_ERROR, "%s: not a keystore", name);
		return MLS_E_STORE_MISSING;
	}
	*out = c;
	return 0;
}

int
mls__plugins_keystore(struct mls_instance **out, struct mls_plugins *p,
    const char *name, const struct mls_param *params, size_t n)
{
	struct mls_candidate *c = NULL;
	struct mls_running *r = NULL;
	char why[MLS_REASON];
	int error, status;

	if (name != NULL)
		error = named_keystore(&c, p, name);
	else
		error = choose(&c, p, "keystore", has_keystore, false);
	if (error != 0)
		return error == MLS_E_PROVIDER_MISSING ?
		    MLS_E_STORE_MISSING : error;
	error = mls__instance_new(&r, &status, p, c, params, n);
	if (error == 0) {
		*out = &r->inst;
		return 0;
	}
	if (r != NULL) {
		mls__running_why(why, sizeof(why), r, status);
		mls__log(p, MLS_LOG_ERROR, "%s: the store does not open: %s",
		    c->name, why);
	}
	mls__running_free(r);
	return mls__error_of_store(status);
}
