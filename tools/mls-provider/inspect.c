/* SPDX-License-Identifier: MIT */
#define _XOPEN_SOURCE 700 /* realpath */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libmls/mls.h"
#include "plugin/loader.h"
#include "plugin/report.h"
#include "plugin/suites.h"
#include "tool.h"

static void
print_flags(uint32_t flags)
{
	printf("flags    %s%s%s\n", (flags & MLS_PROVIDER_SERIAL) != 0 ?
	    " serial: one thread at a time" : "",
	    (flags & MLS_PROVIDER_VOLATILE) != 0 ?
	    " volatile: its keystore ends with its context" : "",
	    flags == 0 ? " none" : "");
}

static void
print_descriptor(const char *path, const struct mls_provider *d)
{
	printf("file      %s\n", path);
	printf("name      %s\n", d->name);
	printf("version   %s\n", d->version != NULL ? d->version : "-");
	printf("vendor    %s\n", d->vendor != NULL ? d->vendor : "-");
	printf("ABI       %u, descriptor of %zu octets\n", (unsigned)d->abi,
	    d->size);
	print_flags(d->flags);
	printf("self-test %s\n", d->self_test != NULL ? "yes" : "no");
	printf("offers   %s%s%s%s\n", d->crypto != NULL ? " crypto" : "",
	    d->keystore != NULL ? " keystore" : "",
	    d->rng != NULL ? " rng" : "",
	    d->executor != NULL ? " executor" : "");
}

static void
print_suites(struct mls_plugins *p)
{
	const struct mls_suite_row *const *rows;
	struct mls_route_report r;
	size_t n = mls__plugins_rows(p, &rows), i;
	uint16_t role;

	printf("\nsuites and roles, each after its known-answer test\n");
	for (i = 0; i < n; i++) {
		printf("  0x%04x %-52s", rows[i]->number, rows[i]->name);
		for (role = MLS_ROLE_KEM; role <= MLS_ROLE_VERIFY; role++)
			if (mls__report_route(&r, p, rows[i], role) == 0)
				printf(" %s", r.name != NULL ?
				    mls__role_name(role) : "-");
		printf("\n");
	}
}

/* Started by itself, with no config but this one module. */
static int
inspect_running(const char *path)
{
	struct mls_plugins_options options = { .no_files = true,
		.log = tool_log };
	struct mls_provider_report r;
	struct mls_plugins *p;
	char *text;
	size_t len = strlen(path) + 128, i;
	int error;

	text = malloc(len);
	if (text == NULL)
		return MLS_E_OUT_OF_MEMORY;
	snprintf(text, len, "[provider module]\nmodule = %s\n"
	    "[route]\ncrypto = module\n", path);
	options.config_text = text;
	error = mls__plugins_new(&p, &options);
	free(text);
	if (error != 0)
		return error;
	for (i = 0; mls__report_provider(&r, p, i); i++) {
		if (strcmp(r.name, "module") != 0)
			continue;
		if (r.problem != NULL)
			error = MLS_E_PROVIDER_INIT;
		else if (r.n_algs > 0) {
			printf("\nalgorithms\n");
			print_algorithms(r.algs, r.n_algs);
			print_suites(p);
		}
	}
	mls__plugins_free(p);
	return error;
}

int
inspect_command(const char *file)
{
	struct mls_module m;
	char why[512] = "", *path;
	int error;

	path = realpath(file, NULL);
	if (path == NULL) {
		fprintf(stderr, "mls-provider: %s: %s\n", file,
		    strerror(errno));
		return 1;
	}
	error = mls__module_open(&m, path, why, sizeof(why));
	if (error != 0) {
		fprintf(stderr, "mls-provider: %s: %s\n", path,
		    why[0] != '\0' ? why : mls_strerror(error));
		free(path);
		return 1;
	}
	print_descriptor(path, m.desc);
	error = inspect_running(path);
	if (error != 0)
		fprintf(stderr, "mls-provider: %s: %s\n", path,
		    mls_strerror(error));
	mls__module_close(&m);
	free(path);
	return error != 0;
}
