/* SPDX-License-Identifier: MIT */
#include "plugin/report.h"

#include <stdio.h>
#include <string.h>

#include "plugin/internal.h"
#include "plugin/suites.h"
#include "plugin/text.h"

const char *
mls__report_file(const struct mls_plugins *p, size_t i)
{
	return i < p->n_files ? p->files[i] : NULL;
}

const char *
mls__report_dir(const struct mls_plugins *p)
{
	return p->provider_dir;
}

/* A keystore alone is not started: it may lack its path. */
static int
look(struct mls_plugins *p, struct mls_candidate *c)
{
	const struct mls_provider *desc;
	int error = mls__candidate_load(p, c);

	if (error != 0)
		return error;
	desc = c->module.desc;
	if (desc->crypto == NULL && desc->rng == NULL &&
	    desc->executor == NULL)
		return 0;
	return mls__candidate_start(p, c);
}

bool
mls__report_provider(struct mls_provider_report *out, struct mls_plugins *p,
    size_t i)
{
	const struct mls_setting *critical;
	struct mls_candidate *c;
	int error;

	if (i >= p->n_candidates)
		return false;
	c = &p->candidates[i];
	error = look(p, c);
	critical = mls__config_get(c->section, "critical");
	*out = (struct mls_provider_report){
		.name = c->name,
		.file = c->section != NULL ? c->section->file : NULL,
		.line = c->section != NULL ? c->section->line : 0,
		.module = c->path,
		.builtin = c->builtin,
		.critical = critical != NULL &&
		    strcmp(critical->value, "yes") == 0,
		.problem = error != 0 ? mls__candidate_reason(c) : NULL,
		.desc = c->module.desc,
		.algs = c->algs,
		.n_algs = c->n_algs,
	};
	return true;
}

int
mls__report_route(struct mls_route_report *out, struct mls_plugins *p,
    const struct mls_suite_row *row, uint16_t role)
{
	struct mls_instance *second;
	struct mls_route route;
	struct mls_list list;
	int error;

	*out = (struct mls_route_report){ 0 };
	mls__list_of_suite(&list, p, row->number, role);
	mls__list_where(out->where, sizeof(out->where), &list);
	error = mls__route_list(&route, out->passed, p, &list, role,
	    mls__suite_id(row, role), NULL);
	if (error == 0) {
		out->name = route.inst->name;
		error = mls__plugins_second(&second, p, row, &route, role);
		if (error == 0 && second != NULL)
			out->second = second->name;
	}
	return error == MLS_E_OUT_OF_MEMORY ? error : 0;
}

bool
mls__report_rule(struct mls_rule_report *out, struct mls_plugins *p,
    const struct mls_suite_row *row, uint16_t role, size_t i)
{
	struct mls_list list;

	if (!mls__list_rule(&list, p, row->number, role, i))
		return false;
	out->names = list.names;
	mls__list_where(out->where, sizeof(out->where), &list);
	return true;
}

bool
mls__report_choice(struct mls_choice_report *out, struct mls_plugins *p,
    const struct mls_suite_row *row, uint16_t role, size_t i)
{
	const char *pos, *name;
	struct mls_route route;
	struct mls_list list;
	size_t len;

	mls__list_of_suite(&list, p, row->number, role);
	pos = list.names;
	while ((name = mls__list_next(&pos, &len)) != NULL && i > 0)
		i--;
	if (name == NULL)
		return false;
	snprintf(out->name, sizeof(out->name), "%.*s", (int)len, name);
	list.names = out->name;
	list.optional = false;
	if (mls__route_list(&route, out->why_not, p, &list, role,
	    mls__suite_id(row, role), NULL) == 0)
		out->why_not[0] = '\0';
	return true;
}

static bool
offers(const struct mls_provider *desc, const char *key)
{
	return strcmp(key, "rng") == 0 ? desc->rng != NULL :
	    strcmp(key, "executor") == 0 ? desc->executor != NULL :
	    desc->keystore != NULL;
}

int
mls__report_service(struct mls_route_report *out, struct mls_plugins *p,
    const char *key)
{
	struct mls_candidate *c;
	const char *pos, *name;
	struct mls_list list;
	size_t len;
	int error;

	*out = (struct mls_route_report){ 0 };
	mls__list_of_service(&list, p, key);
	mls__list_where(out->where, sizeof(out->where), &list);
	pos = list.names;
	while ((name = mls__list_next(&pos, &len)) != NULL) {
		c = mls__candidate(p, name, len);
		error = c != NULL ? look(p, c) : 0;
		if (error == MLS_E_OUT_OF_MEMORY)
			return error;
		if (c != NULL && error == 0 && offers(c->module.desc, key)) {
			out->name = c->name;
			return 0;
		}
		mls__append(out->passed, sizeof(out->passed), "%s%.*s: %s",
		    out->passed[0] != '\0' ? "; " : "", (int)len, name,
		    c == NULL ? "no such provider" : error != 0 ?
		    mls__candidate_reason(c) : "offers none");
	}
	return 0;
}
