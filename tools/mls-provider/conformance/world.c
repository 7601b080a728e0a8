/* SPDX-License-Identifier: MIT */
/* The provider, opened as the library opens it. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "conform.h"
#include "crypto/suite.h"
#include "libmls/mls.h"
#include "plugin/internal.h"
#include "plugin/suites.h"
#include "plugin/text.h"
#include "sha2.h"

#define CONFIG_MAX 16384

static void
note(void *payload, int level, const char *text)
{
	struct conf_world *w = payload;

	if (level <= MLS_LOG_WARNING)
		snprintf(w->said, sizeof(w->said), "%s", text);
}

const char *
conf_param(const struct conf_options *o, const char *name)
{
	size_t len = strlen(name), i;

	for (i = o->n_params; i-- > 0;)
		if (strncmp(o->params[i], name, len) == 0 &&
		    o->params[i][len] == '=')
			return o->params[i] + len + 1;
	return NULL;
}

/* A keystore that takes a path gets one in a folder of the case's own. */
static void
own_path(char *text, size_t cap, struct conf *t)
{
	if (!t->shared->wants_path || conf_param(t->o, "path") != NULL)
		return;
	if (t->dir[0] == '\0') {
		snprintf(t->dir, sizeof(t->dir), "%s/case", t->o->dir);
		NEED(t, mkdir(t->dir, 0700) == 0 || errno == EEXIST,
		    "%s: %s", t->dir, strerror(errno));
	}
	mls__append(text, cap, "x-path = %s/store\n", t->dir);
}

/* The section of the provider, as config files have it: so the parameters go
 * the way that they go for an administrator. */
static void
section(char *text, size_t cap, struct conf *t, const char *name,
    const char *module, const char *extra)
{
	const char *value;
	size_t i;

	mls__append(text, cap, "[provider %s]\n", name);
	if (module != NULL)
		mls__append(text, cap, "module = %s\n", module);
	for (i = 0; i < t->o->n_params; i++) {
		value = strchr(t->o->params[i], '=');
		mls__append(text, cap, "x-%.*s = %s\n",
		    (int)(value - t->o->params[i]), t->o->params[i],
		    value + 1);
	}
	own_path(text, cap, t);
	mls__append(text, cap, "%s", extra != NULL ? extra : "");
}

static int
configure(struct conf_world *w, const char *text, bool files,
    const struct mls_provider *const *statics)
{
	struct mls_plugins_options options = { .no_files = !files,
		.config_text = text, .statics = statics, .log = note,
		.payload = w };
	int error;

	memset(w, 0, sizeof(*w));
	error = mls__plugins_new(&w->plugins, &options);
	if (error != 0)
		snprintf(w->why, sizeof(w->why), "%s", w->said[0] != '\0' ?
		    w->said : mls_strerror(error));
	return error;
}

static int
prepare(struct conf_world *w, struct conf *t, const char *extra)
{
	static const struct mls_provider *const lenders[] = {
		&sha2_provider, NULL };
	const char *module = t->shared->module;
	char text[CONFIG_MAX] = "";
	bool direct = t->o->path != NULL;

	section(text, sizeof(text), t, t->o->name,
	    module[0] != '\0' ? module : NULL, extra);
	if (direct)
		mls__append(text, sizeof(text), "[route]\nhash = reference\n");
	return configure(w, text, !direct, direct ? lenders : NULL);
}

static int
start(struct conf_world *w, const char *name)
{
	struct mls_candidate *c;
	int error;

	error = mls__plugins_instance(&w->inst, w->plugins, name);
	if (error == 0)
		return 0;
	c = mls__candidate(w->plugins, name, strlen(name));
	snprintf(w->why, sizeof(w->why), "%s", c != NULL ?
	    mls__candidate_reason(c) : "no section of the config has this "
	    "name");
	conf_world_close(w);
	return error;
}

int
conf_world_open(struct conf_world *w, struct conf *t, const char *extra)
{
	int error = prepare(w, t, extra);

	return error != 0 ? error : start(w, t->o->name);
}

int
conf_world_copy(struct conf_world *w, struct conf *t,
    const struct mls_provider *desc)
{
	const struct mls_provider *const statics[] = { desc, &sha2_provider,
		NULL };
	char text[CONFIG_MAX] = "";
	int error;

	section(text, sizeof(text), t, desc->name, NULL, NULL);
	mls__append(text, sizeof(text), "[route]\nhash = reference\n");
	error = configure(w, text, false, statics);
	return error != 0 ? error : start(w, desc->name);
}

void
conf_find(struct conf *t)
{
	char real[PATH_MAX];
	struct mls_candidate *c;
	struct conf_world w;

	if (t->o->path != NULL) {
		snprintf(t->shared->module, sizeof(t->shared->module), "%s",
		    t->o->path);
		return;
	}
	NEED(t, configure(&w, NULL, true, NULL) == 0, "%s", w.why);
	c = mls__candidate(w.plugins, t->o->name, strlen(t->o->name));
	NEED(t, c != NULL, "neither a section of the config nor a file is "
	    "called %s", t->o->name);
	if (c->path != NULL)
		snprintf(t->shared->module, sizeof(t->shared->module), "%s",
		    realpath(c->path, real) != NULL ? real : c->path);
	conf_world_close(&w);
}

const struct mls_provider *
conf_load(struct conf *t)
{
	struct mls_candidate *c;
	struct conf_world w;

	NEED(t, prepare(&w, t, NULL) == 0, "%s", w.why);
	c = mls__candidate(w.plugins, t->o->name, strlen(t->o->name));
	NEED(t, c != NULL && mls__candidate_load(w.plugins, c) == 0, "%s",
	    c != NULL ? mls__candidate_reason(c) : "it is gone");
	return c->module.desc;
}

void
conf_world_close(struct conf_world *w)
{
	mls__plugins_free(w->plugins);
	w->plugins = NULL;
	w->inst = NULL;
}

void
conf_open(struct conf *t)
{
	conf_doing(t, "starting the provider");
	NEED(t, conf_world_open(&t->world, t, NULL) == 0,
	    "it does not start: %.300s", t->world.why);
	t->desc = t->world.inst->desc;
	t->ops = t->desc->crypto;
	t->ctx = t->world.inst->ctx;
	conf_doing(t, "%s", "");
}

void
conf_close(struct conf *t)
{
	conf_doing(t, "stopping the provider");
	conf_world_close(&t->world);
	conf_doing(t, "%s", "");
}

const struct mls_suite_row *
conf_row(struct conf_world *w, const struct conf_options *o)
{
	uint16_t number;

	if (!mls__suite_number(&number, o->suite))
		return NULL;
	return mls__plugins_row(w->plugins, number);
}

void
conf_suite(struct mls_suite *out, struct mls_suite_row *row,
    struct conf_world *w, const struct mls_alg *alg)
{
	struct mls_route route = { w->inst, alg };

	memset(out, 0, sizeof(*out));
	memset(row, 0, sizeof(*row));
	out->plugins = w->plugins;
	out->row = row;
	switch (alg->role) {
	case MLS_ROLE_KEM:
		out->kem = route;
		row->kem = alg->id;
		out->npk = alg->public_len;
		out->nsk = alg->secret_len;
		out->nsecret = alg->output_len;
		out->nenc = alg->aux_len;
		out->seed_len = alg->seed_len;
		break;
	case MLS_ROLE_AEAD:
		out->aead = route;
		row->aead = alg->id;
		out->nk = alg->secret_len;
		out->nt = alg->output_len;
		out->nn = alg->aux_len;
		break;
	case MLS_ROLE_HASH:
		out->hash = route;
		row->kdf = alg->id;
		out->nh = alg->output_len;
		break;
	default:
		out->verify = route;
		row->signature = alg->id;
		out->max_sig = alg->output_len;
	}
}
