/* SPDX-License-Identifier: MIT */
/* Loads and starts providers, each once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/secret.h"
#include "plugin/internal.h"
#include "plugin/suites.h"

/* Is it this thread that does it, or one that waits for this thread? */
static bool
needs_me(const struct mls_plugins *p, const struct mls_once *o)
{
	const struct mls_waiter *w;

	while (o->state == MLS_BUSY) {
		if (pthread_equal(o->owner, pthread_self()))
			return true;
		for (w = p->waiters; w != NULL; w = w->next)
			if (pthread_equal(w->thread, o->owner))
				break;
		if (w == NULL)
			return false;
		o = w->on;
	}
	return false;
}

static void
wait_for(struct mls_plugins *p, const struct mls_once *o)
{
	struct mls_waiter me = { p->waiters, pthread_self(), o }, **at;

	p->waiters = &me;
	pthread_cond_wait(&p->changed, &p->lock);
	for (at = &p->waiters; *at != &me; at = &(*at)->next)
		;
	*at = me.next;
}

bool
mls__once_enter(struct mls_plugins *p, struct mls_once *o, int *error)
{
	while (o->state == MLS_BUSY) {
		if (needs_me(p, o)) {
			*error = MLS_E_PROVIDER_FAILED;
			return false;
		}
		wait_for(p, o);
	}
	*error = o->state == MLS_BAD ? o->error : 0;
	if (o->state != MLS_IDLE)
		return false;
	o->state = MLS_BUSY;
	o->owner = pthread_self();
	return true;
}

void
mls__once_leave(struct mls_plugins *p, struct mls_once *o, int error,
    const char *reason)
{
	o->state = error == 0 ? MLS_GOOD :
	    error == MLS_E_OUT_OF_MEMORY ? MLS_IDLE : MLS_BAD;
	o->error = error;
	snprintf(o->reason, sizeof(o->reason), "%s", reason);
	pthread_cond_broadcast(&p->changed);
}

struct mls_candidate *
mls__candidate(struct mls_plugins *p, const char *name, size_t len)
{
	struct mls_candidate *c;
	size_t i;

	for (i = 0; i < p->n_candidates; i++) {
		c = &p->candidates[i];
		if (strlen(c->name) == len && memcmp(c->name, name, len) == 0)
			return c;
	}
	return NULL;
}

const char *
mls__candidate_reason(const struct mls_candidate *c)
{
	if (c->masked)
		return "masked by MLS_PROVIDERS_DISABLE";
	if (c->disabled != NULL)
		return "disabled by 'enabled = no'";
	if (c->load.state == MLS_BAD)
		return c->load.reason;
	if (c->start.state == MLS_BAD)
		return c->start.reason;
	return "busy: it needs itself to start";
}

static bool
critical(const struct mls_candidate *c)
{
	const struct mls_setting *s = mls__config_get(c->section, "critical");

	return s != NULL && strcmp(s->value, "yes") == 0;
}

/* Once for each provider that is passed over; critical ones are an error. */
static void
warn_skipped(struct mls_plugins *p, const struct mls_candidate *c,
    const char *reason)
{
	const struct mls_setting *m = mls__config_get(c->section, "module");

	if (critical(c))
		return;
	if (m != NULL && !c->registered)
		mls__log(p, MLS_LOG_WARNING, "%s:%u: %s: %s; skipping",
		    m->file, m->line, m->value, reason);
	else
		mls__log(p, MLS_LOG_WARNING, "%s: %s; skipping", c->name,
		    reason);
}

int
mls__candidate_load(struct mls_plugins *p, struct mls_candidate *c)
{
	struct mls_module module;
	char why[MLS_REASON] = "";
	int error;

	if (c->masked || c->disabled != NULL)
		return MLS_E_PROVIDER_MISSING;
	pthread_mutex_lock(&p->lock);
	if (mls__once_enter(p, &c->load, &error)) {
		module = c->module;
		pthread_mutex_unlock(&p->lock);
		error = c->registered ?
		    mls__descriptor_check(module.desc, why, sizeof(why)) :
		    mls__module_open(&module, c->path, why, sizeof(why));
		if (error != 0 && error != MLS_E_OUT_OF_MEMORY)
			warn_skipped(p, c, why);
		pthread_mutex_lock(&p->lock);
		if (error == 0)
			c->module = module;
		mls__once_leave(p, &c->load, error, why);
	}
	pthread_mutex_unlock(&p->lock);
	return error;
}

/* The x- keys of the section, then those of the application. */
static size_t
gather(struct mls_param *all, const struct mls_section *s,
    const struct mls_param *params, size_t n)
{
	size_t i, j, count = 0;

	for (i = 0; s != NULL && i < s->count; i++)
		if (strncmp(s->settings[i].key, "x-", 2) == 0)
			all[count++] = (struct mls_param){
				s->settings[i].key + 2, s->settings[i].value };
	for (i = 0; i < n; i++) {
		for (j = 0; j < count; j++)
			if (strcmp(all[j].name, params[i].name) == 0)
				break;
		all[j] = params[i];
		if (j == count)
			count++;
	}
	return count;
}

static struct mls_running *
running_alloc(struct mls_plugins *p, struct mls_candidate *c)
{
	struct mls_running *r = mls__alloc(sizeof(*r));

	if (r == NULL)
		return NULL;
	if (pthread_mutex_init(&r->serial.mutex, NULL) != 0) {
		free(r);
		return NULL;
	}
	r->candidate = c;
	r->inst.desc = c->module.desc;
	r->inst.name = c->name;
	r->inst.plugins = p;
	if ((c->module.desc->flags & MLS_PROVIDER_SERIAL) != 0)
		r->inst.serial = &r->serial;
	mls__host_init(r);
	return r;
}

static void
status_text(char *buf, size_t cap, int status)
{
	static const char *const texts[] = { "success", "not genuine",
		"unsupported", "bad argument", "no space", "out of memory",
		"not found", "busy", "full", "input or output failed",
		"login needed", "device gone" };

	if (mls__status_known(status))
		snprintf(buf, cap, "%s", texts[status]);
	else
		snprintf(buf, cap, "%d is no status of ABI %u", status,
		    MLS_PROVIDER_ABI);
}

void
mls__running_why(char *buf, size_t cap, struct mls_running *r, int status)
{
	struct mls_plugins *p = r->inst.plugins;

	pthread_mutex_lock(&p->log_lock);
	if (r->said[0] != '\0')
		snprintf(buf, cap, "%s", r->said);
	else
		status_text(buf, cap, status);
	pthread_mutex_unlock(&p->log_lock);
}

void
mls__running_free(struct mls_running *r)
{
	if (r == NULL)
		return;
	pthread_mutex_destroy(&r->serial.mutex);
	free(r);
}

int
mls__instance_new(struct mls_running **out, int *status,
    struct mls_plugins *p, struct mls_candidate *c,
    const struct mls_param *params, size_t n)
{
	size_t count = c->section != NULL ? c->section->count : 0;
	struct mls_running *r = running_alloc(p, c);
	struct mls_param *all = mls__array_alloc(count + n, sizeof(*all));
	int error = MLS_E_OUT_OF_MEMORY;

	*status = MLS_P_NOMEM;
	if (r == NULL || all == NULL)
		goto out;
	count = gather(all, c->section, params, n);
	*status = r->inst.desc->init(&r->host, all, count, &r->inst.ctx);
	*out = r;
	r = NULL;
	error = *status == MLS_P_OK ? 0 : MLS_E_PROVIDER_INIT;
out:
	free(all);
	mls__running_free(r);
	return error;
}

void
mls__instance_close(struct mls_instance *inst)
{
	if (inst == NULL)
		return;
	if (inst->desc->fini != NULL)
		inst->desc->fini(inst->ctx);
	mls__running_free((struct mls_running *)inst);
}

static int
start(struct mls_plugins *p, struct mls_candidate *c, char *why, size_t cap)
{
	const struct mls_provider *desc = c->module.desc;
	struct mls_running *r = NULL;
	int error, status;
	char text[64];

	error = mls__instance_new(&r, &status, p, c, NULL, 0);
	if (error != 0) {
		if (r != NULL)
			mls__running_why(why, cap, r, status);
		mls__running_free(r);
		return status == MLS_P_NOMEM ? MLS_E_OUT_OF_MEMORY : error;
	}
	error = mls__algs_learn(c, r, why, cap);
	if (error == 0 && p->self_test == SELF_TEST_ALWAYS &&
	    desc->self_test != NULL &&
	    (status = desc->self_test(r->inst.ctx)) != MLS_P_OK) {
		status_text(text, sizeof(text), status);
		snprintf(why, cap, "its self-test failed: %s", text);
		error = MLS_E_PROVIDER_KNOWN_ANSWER;
	}
	if (error != 0) {
		free(c->tests);
		c->tests = NULL;
		c->n_algs = 0;
		mls__instance_close(&r->inst);
		return error;
	}
	c->running = r;
	return 0;
}

int
mls__candidate_start(struct mls_plugins *p, struct mls_candidate *c)
{
	char why[MLS_REASON] = "";
	int error;

	error = mls__candidate_load(p, c);
	if (error != 0)
		return error;
	pthread_mutex_lock(&p->lock);
	if (mls__once_enter(p, &c->start, &error)) {
		pthread_mutex_unlock(&p->lock);
		error = start(p, c, why, sizeof(why));
		if (error != 0 && error != MLS_E_OUT_OF_MEMORY)
			warn_skipped(p, c, why);
		pthread_mutex_lock(&p->lock);
		mls__once_leave(p, &c->start, error, why);
	}
	pthread_mutex_unlock(&p->lock);
	return error;
}

int
mls__instance_said(const struct mls_instance *inst, const char *op,
    int status)
{
	if (!mls__status_known(status))
		mls__log(inst->plugins, MLS_LOG_ERROR, "provider %s broke the "
		    "contract of %s: %d is no status of ABI %u", inst->name,
		    op, status, MLS_PROVIDER_ABI);
	return status;
}

int
mls__instance_broke(const struct mls_instance *inst, const char *how)
{
	mls__log(inst->plugins, MLS_LOG_ERROR, "provider %s broke the contract "
	    "of %s", inst->name, how);
	return MLS_E_PROVIDER_CONTRACT;
}

void
mls__instance_lock(const struct mls_instance *inst)
{
	struct mls_serial *s = inst->serial;

	if (s == NULL)
		return;
	pthread_mutex_lock(&s->mutex);
	atomic_store(&s->holder, pthread_self());
	atomic_store(&s->held, true);
}

void
mls__instance_unlock(const struct mls_instance *inst)
{
	struct mls_serial *s = inst->serial;

	if (s == NULL)
		return;
	atomic_store(&s->held, false);
	pthread_mutex_unlock(&s->mutex);
}

bool
mls__instance_inside(const struct mls_instance *inst)
{
	struct mls_serial *s = inst->serial;

	return s != NULL && atomic_load(&s->held) &&
	    pthread_equal(atomic_load(&s->holder), pthread_self());
}
