/* SPDX-License-Identifier: MIT */
/* What the config gave, for `mls-provider list` and for tests. */
#ifndef MLS_PLUGIN_REPORT_H
#define MLS_PLUGIN_REPORT_H

#include "plugin/plugins.h"

/* A provider.  Strings live as long as the plugins. */
struct mls_provider_report {
	const char *name;
	const char *file; /* of its section; NULL: none */
	unsigned line;
	const char *module; /* path, or NULL: in the program itself */
	bool builtin, critical;
	const char *problem; /* why it is not used, or NULL */
	const struct mls_provider *desc; /* NULL if it was not loaded */
	const struct mls_alg *algs;
	size_t n_algs;
};

/* report_file(p, i): the i-th config file that was read, or ignored and why;
 * NULL behind the last. */
const char *mls__report_file(const struct mls_plugins *p, size_t i);

const char *mls__report_dir(const struct mls_plugins *p);

/* report_provider(out, p, i): start the i-th provider, and tell.  A keystore
 * is only loaded, since it may want a parameter of the application.  False
 * behind the last. */
bool mls__report_provider(struct mls_provider_report *out,
    struct mls_plugins *p, size_t i);

/* Who serves something, by which setting, and who was passed over. */
struct mls_route_report {
	const char *name; /* NULL: nobody */
	const char *second; /* who checks it, or NULL */
	char where[512];  /* FILE:LINE: [section] key, or built-in default */
	char passed[1024]; /* "name: reason; ...", or "" */
};
int mls__report_route(struct mls_route_report *out, struct mls_plugins *p,
    const struct mls_suite_row *row, uint16_t role);

/*
 * report_rule(out, p, row, role, i): the i-th setting that could say who
 * serves the role, the most special first; false behind the last.  The first
 * that is set decides.
 */
struct mls_rule_report {
	const char *names; /* its list, or NULL: not set */
	char where[512];   /* as above; "[section] key" if it is not set */
};
bool mls__report_rule(struct mls_rule_report *out, struct mls_plugins *p,
    const struct mls_suite_row *row, uint16_t role, size_t i);

/* report_choice(out, p, row, role, i): what the i-th provider of the list that
 * decides says to it, each on its own; false behind the last. */
struct mls_choice_report {
	char name[72];
	char why_not[1024]; /* "": it serves */
};
bool mls__report_choice(struct mls_choice_report *out, struct mls_plugins *p,
    const struct mls_suite_row *row, uint16_t role, size_t i);

/* key: "keystore", "rng" or "executor". */
int mls__report_service(struct mls_route_report *out, struct mls_plugins *p,
    const char *key);

#endif
