/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "plugin/report.h"
#include "plugin/suites.h"
#include "tool.h"

static void
print_files(const struct mls_plugins *p)
{
	const char *file;
	size_t i;

	printf("Config files, in the order of reading:\n");
	for (i = 0; (file = mls__report_file(p, i)) != NULL; i++)
		printf("  %s\n", file);
	if (i == 0)
		printf("  none; built-in defaults\n");
	printf("\nProvider folder: %s\n", mls__report_dir(p));
}

static void
print_kinds(const struct mls_provider *d)
{
	printf("    offers %s%s%s%s\n", d->crypto != NULL ? " crypto" : "",
	    d->keystore != NULL ? " keystore" : "",
	    d->rng != NULL ? " rng" : "",
	    d->executor != NULL ? " executor" : "");
}

static int
print_provider(const struct mls_provider_report *r)
{
	printf("  %s%s\n", r->name, r->critical ? " (critical)" : "");
	if (r->builtin)
		printf("    built in\n");
	else if (r->module == NULL)
		printf("    no module\n");
	else
		printf("    module  %s\n", r->module);
	if (r->file != NULL)
		printf("    config  %s:%u\n", r->file, r->line);
	if (r->desc != NULL && !r->builtin)
		printf("    version %s%s%s\n",
		    r->desc->version != NULL ? r->desc->version : "?",
		    r->desc->vendor != NULL ? ", " : "",
		    r->desc->vendor != NULL ? r->desc->vendor : "");
	if (r->problem != NULL) {
		printf("    skipped %s\n", r->problem);
		return 1;
	}
	print_kinds(r->desc);
	print_algorithms(r->algs, r->n_algs);
	return 0;
}

static void
print_row(const struct mls_suite_row *row, uint16_t role,
    const struct mls_route_report *r)
{
	uint16_t id = mls__suite_id(row, role);
	const char *alg = mls__alg_name(role, id);
	char number[8];

	snprintf(number, sizeof(number), "0x%04x", (unsigned)id);
	printf("    %-7s %-24s %-12s %s\n", mls__role_name(role),
	    alg != NULL ? alg : number, r->name != NULL ? r->name : "NOBODY",
	    r->where);
	if (r->passed[0] != '\0')
		printf("            not %s\n", r->passed);
	if (r->second != NULL)
		printf("            checked by %s\n", r->second);
}

static int
print_suites(struct mls_plugins *p)
{
	const struct mls_suite_row *const *rows;
	struct mls_route_report r;
	size_t n = mls__plugins_rows(p, &rows), i;
	uint16_t role;
	int code = 0;

	printf("\nWho serves each role of each suite, and by which setting:\n");
	for (i = 0; i < n; i++) {
		printf("  0x%04x %s\n", rows[i]->number, rows[i]->name);
		for (role = MLS_ROLE_KEM; role <= MLS_ROLE_VERIFY; role++) {
			if (mls__report_route(&r, p, rows[i], role) != 0)
				return 1;
			print_row(rows[i], role, &r);
			if (r.name == NULL)
				code = 1;
		}
	}
	return code;
}

static int
print_services(struct mls_plugins *p)
{
	static const char *const keys[] = { "keystore", "rng", "executor" };
	struct mls_route_report r;
	size_t i;
	int code = 0;

	printf("\nWho serves the rest:\n");
	for (i = 0; i < 3; i++) {
		if (mls__report_service(&r, p, keys[i]) != 0)
			return 1;
		printf("    %-8s %-12s %s\n", keys[i],
		    r.name != NULL ? r.name : "NOBODY", r.where);
		if (r.passed[0] != '\0')
			printf("             not %s\n", r.passed);
		if (r.name == NULL)
			code = 1;
	}
	return code;
}

int
list_command(void)
{
	struct mls_provider_report r;
	struct mls_plugins *p;
	size_t i;
	int code;

	if (!tool_plugins(&p))
		return 1;
	print_files(p);
	printf("\nProviders:\n");
	for (i = 0, code = 0; mls__report_provider(&r, p, i); i++)
		code |= print_provider(&r);
	code |= print_suites(p);
	code |= print_services(p);
	mls__plugins_free(p);
	return code;
}
