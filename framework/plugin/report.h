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
	char where[512];  /* FILE:LINE: [section] key, or built-in default */
	char passed[1024]; /* "name: reason; ...", or "" */
};
int mls__report_route(struct mls_route_report *out, struct mls_plugins *p,
    const struct mls_suite_row *row, uint16_t role);

/* key: "keystore", "rng" or "executor". */
int mls__report_service(struct mls_route_report *out, struct mls_plugins *p,
    const char *key);

#endif
