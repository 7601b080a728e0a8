/* SPDX-License-Identifier: MIT */
/* The whole: made from the config, freed in the end. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "plugin/internal.h"
#include "plugin/text.h"

/* Provider modules that need no section: what a config-less install has. */
static const char *const known_modules[] = { "openssl", "gcrypt", "sodium",
	"evercrypt", "awslc", "sqlite", "memory", "threads" };
#define KNOWN_MODULES (sizeof(known_modules) / sizeof(known_modules[0]))

static char *
join(const char *dir, const char *name, const char *end)
{
	size_t len = strlen(dir) + strlen(name) + strlen(end) + 2;
	char *path = mls__alloc(len);

	if (path != NULL)
		snprintf(path, len, "%s/%s%s", dir, name, end);
	return path;
}

static bool
masked(const struct mls_plugins *p, const char *name)
{
	const char *pos = p->disable, *s;
	char glob[128];
	size_t len;

	while (pos != NULL && (s = mls__list_next(&pos, &len)) != NULL) {
		if (len >= sizeof(glob))
			continue;
		memcpy(glob, s, len);
		glob[len] = '\0';
		if (fnmatch(glob, name, 0) == 0)
			return true;
	}
	return false;
}

static struct mls_candidate *
add(struct mls_plugins *p, const char *name)
{
	struct mls_candidate *c = mls__candidate(p, name, strlen(name));

	if (c != NULL)
		return c;
	c = &p->candidates[p->n_candidates++];
	c->name = name;
	c->masked = masked(p, name);
	return c;
}

static void
register_static(struct mls_plugins *p, const struct mls_provider *desc,
    bool builtin)
{
	struct mls_candidate *c = add(p, desc->name);

	c->module.desc = desc;
	c->registered = true;
	c->builtin = builtin;
	c->masked = c->masked && !builtin;
}

static int
add_section(struct mls_plugins *p, const struct mls_section *s)
{
	const struct mls_setting *module = mls__config_get(s, "module");
	const struct mls_setting *enabled = mls__config_get(s, "enabled");
	struct mls_candidate *c = add(p, s->name);

	c->section = s;
	if (enabled != NULL && strcmp(enabled->value, "no") == 0)
		c->disabled = enabled;
	if (c->registered)
		return 0;
	if (module == NULL && c->disabled == NULL)
		return mls__config_fail(&p->config, s->file, s->line,
		    MLS_E_CONFIG_SYNTAX, "[provider %s] lacks 'module'",
		    s->name);
	if (module == NULL)
		return 0;
	c->path = module->value[0] == '/' ? strdup(module->value) :
	    join(p->provider_dir, module->value, "");
	return c->path != NULL ? 0 : MLS_E_OUT_OF_MEMORY;
}

static int
add_known(struct mls_plugins *p, const char *name)
{
	struct mls_candidate *c;
	char *path;

	if (mls__candidate(p, name, strlen(name)) != NULL)
		return 0;
	path = join(p->provider_dir, name, ".so");
	if (path == NULL)
		return MLS_E_OUT_OF_MEMORY;
	if (access(path, R_OK) != 0) {
		free(path);
		return 0;
	}
	c = add(p, name);
	c->path = path;
	return 0;
}

static int
add_candidates(struct mls_plugins *p, const struct mls_plugins_options *o)
{
	size_t n = 0, i;
	int error = 0;

	while (o->statics != NULL && o->statics[n] != NULL)
		n++;
	p->candidates = mls__array_alloc(n + p->config.count + KNOWN_MODULES +
	    2, sizeof(*p->candidates));
	if (p->candidates == NULL)
		return MLS_E_OUT_OF_MEMORY;
	register_static(p, &mls__system, true);
	register_static(p, &mls__serial, true);
	for (i = 0; i < n; i++) {
		if (o->statics[i]->magic != MLS_PROVIDER_MAGIC ||
		    o->statics[i]->name == NULL)
			return MLS_E_PROVIDER_CONTRACT;
		register_static(p, o->statics[i], false);
	}
	for (i = 0; i < p->config.count && error == 0; i++)
		if (strcmp(p->config.sections[i]->kind, "provider") == 0)
			error = add_section(p, p->config.sections[i]);
	for (i = 0; i < KNOWN_MODULES && error == 0; i++)
		error = add_known(p, known_modules[i]);
	return error;
}

static void
warn_unknown(struct mls_plugins *p, const struct mls_section *s,
    const struct mls_setting *set, const char *name, size_t len)
{
	bool crypto = strcmp(set->key, "rng") != 0 &&
	    strcmp(set->key, "executor") != 0;
	char have[512] = "";
	size_t i;

	for (i = 0; i < p->n_candidates; i++)
		if (!crypto || !p->candidates[i].builtin)
			mls__append(have, sizeof(have), "%s%s",
			    have[0] != '\0' ? ", " : "",
			    p->candidates[i].name);
	mls__log(p, MLS_LOG_WARNING, "%s:%u: [%s%s%s] %s = '%.*s': no such "
	    "provider (have: %s)", set->file, set->line, s->kind,
	    *s->name != '\0' ? " " : "", s->name, set->key, (int)len, name,
	    have[0] != '\0' ? have : "none");
}

/* Names in lists that no provider has: said at once, an error only for the
 * call that finds nobody else. */
static void
check_lists(struct mls_plugins *p)
{
	static const char *const lists[] = { "crypto", "kem", "aead", "hash",
		"sign", "verify", "keystore", "rng", "executor", "verify-with",
		NULL };
	const struct mls_setting *set;
	const struct mls_section *s;
	const char *pos, *name;
	size_t i, j, len;

	for (i = 0; i < p->config.count; i++) {
		s = p->config.sections[i];
		if (strcmp(s->kind, "route") != 0 &&
		    strcmp(s->kind, "suite") != 0)
			continue;
		for (j = 0; lists[j] != NULL; j++) {
			set = mls__config_get(s, lists[j]);
			pos = set != NULL ? set->value : "";
			while ((name = mls__list_next(&pos, &len)) != NULL)
				if (mls__candidate(p, name, len) == NULL)
					warn_unknown(p, s, set, name, len);
		}
	}
}

static int
start_critical(struct mls_plugins *p)
{
	const struct mls_setting *s;
	struct mls_candidate *c;
	size_t i;
	int error;

	for (i = 0; i < p->n_candidates; i++) {
		c = &p->candidates[i];
		s = mls__config_get(c->section, "critical");
		if (s == NULL || strcmp(s->value, "yes") != 0 ||
		    c->disabled != NULL || c->masked)
			continue;
		error = mls__candidate_start(p, c);
		if (error == MLS_E_OUT_OF_MEMORY)
			return error;
		if (error != 0) {
			mls__log(p, MLS_LOG_ERROR, "%s:%u: %s is critical and "
			    "failed to start: %s", s->file, s->line, c->name,
			    mls__candidate_reason(c));
			return MLS_E_PROVIDER_CRITICAL;
		}
	}
	return 0;
}

static int
log_level(void)
{
	static const char *const names[] = { "error", "warning", "info",
		"debug" };
	const char *s = mls__compat_getenv("MLS_LOG");
	int i;

	for (i = MLS_LOG_ERROR; s != NULL && i <= MLS_LOG_DEBUG; i++)
		if (strcmp(s, names[i]) == 0)
			return i;
	return MLS_LOG_WARNING;
}

static int
configure(struct mls_plugins *p, const struct mls_plugins_options *o)
{
	const struct mls_setting *s;
	const char *dir = o->provider_dir;
	int error;

	if (dir == NULL)
		dir = mls__compat_getenv("MLS_PROVIDER_DIR");
	if (dir == NULL || *dir == '\0')
		dir = MLS_PROVIDER_DIR;
	p->provider_dir = strdup(dir);
	if (p->provider_dir == NULL)
		return MLS_E_OUT_OF_MEMORY;
	error = mls__confdir_read(p, o);
	if (error == 0)
		error = mls__rows_build(p);
	if (error == 0)
		error = add_candidates(p, o);
	if (error != 0)
		return error;
	s = mls__config_get(mls__config_section(&p->config, "mls", ""),
	    "self-test");
	if (s != NULL && strcmp(s->value, "first") != 0)
		p->self_test = strcmp(s->value, "always") == 0 ?
		    SELF_TEST_ALWAYS : SELF_TEST_NEVER;
	return 0;
}

static struct mls_plugins *
allocate(void)
{
	struct mls_plugins *p = mls__alloc(sizeof(*p));

	if (p == NULL)
		return NULL;
	if (pthread_mutex_init(&p->lock, NULL) != 0)
		goto err0;
	if (pthread_mutex_init(&p->log_lock, NULL) != 0)
		goto err1;
	if (pthread_cond_init(&p->changed, NULL) != 0)
		goto err2;
	return p;
err2:
	pthread_mutex_destroy(&p->log_lock);
err1:
	pthread_mutex_destroy(&p->lock);
err0:
	free(p);
	return NULL;
}

int
mls__plugins_new(struct mls_plugins **out,
    const struct mls_plugins_options *options)
{
	struct mls_plugins *p = allocate();
	int error;

	if (p == NULL)
		return MLS_E_OUT_OF_MEMORY;
	mls__compat_process(&p->process);
	p->log = options->log;
	p->payload = options->payload;
	p->log_level = log_level();
	p->disable = mls__compat_getenv("MLS_PROVIDERS_DISABLE");
	error = configure(p, options);
	if (error != 0 && p->config.error[0] != '\0')
		mls__log(p, MLS_LOG_ERROR, "%s", p->config.error);
	if (error == 0) {
		check_lists(p);
		error = start_critical(p);
	}
	if (error != 0) {
		mls__plugins_free(p);
		return error;
	}
	*out = p;
	return 0;
}

/* What others may borrow until their fini: who lends more is stopped later. */
enum lends { NOTHING, HASHES, RANDOMNESS };

static enum lends
lends(const struct mls_candidate *c)
{
	size_t i;

	if (c->module.desc->rng != NULL)
		return RANDOMNESS;
	for (i = 0; i < c->n_algs; i++)
		if (c->algs[i].role == MLS_ROLE_HASH)
			return HASHES;
	return NOTHING;
}

static struct mls_candidate *
next_to_stop(struct mls_plugins *p)
{
	struct mls_candidate *c, *next = NULL;
	size_t i;

	for (i = 0; i < p->n_candidates; i++) {
		c = &p->candidates[i];
		if (c->running != NULL &&
		    (next == NULL || lends(c) < lends(next)))
			next = c;
	}
	return next;
}

/* One by one, since a fini that borrows may start one more; nothing is lent by
 * those that are gone. */
static void
stop(struct mls_plugins *p)
{
	struct mls_candidate *c;
	struct mls_running *r;

	while ((c = next_to_stop(p)) != NULL) {
		if (lends(c) == RANDOMNESS) {
			p->rng = NULL;
			p->rng_once.state = MLS_BAD;
			p->rng_once.error = MLS_E_RNG_FAILURE;
		}
		r = c->running;
		c->running = NULL;
		mls__instance_close(&r->inst);
	}
}

void
mls__plugins_free(struct mls_plugins *p)
{
	struct mls_candidate *c;
	size_t i;

	if (p == NULL)
		return;
	stop(p);
	for (i = 0; i < p->n_candidates; i++) {
		c = &p->candidates[i];
		mls__module_close(&c->module);
		free(c->path);
		free(c->tests);
	}
	free(p->candidates);
	free(p->rows);
	free(p->row_list);
	free(p->provider_dir);
	free(p->files);
	mls__config_free(&p->config);
	mls__compat_process_free(&p->process);
	pthread_cond_destroy(&p->changed);
	pthread_mutex_destroy(&p->log_lock);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

int
mls__plugins_usable(const struct mls_plugins *p)
{
	return mls__compat_process_same(&p->process) ? 0 :
	    MLS_E_CONTEXT_FORKED;
}
