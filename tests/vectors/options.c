/* SPDX-License-Identifier: MIT */
/* The command line: options, and files with or without one of --app. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vectors.h"

static const char usage[] =
    "usage: mls-vectors [OPTION...] FILE...\n"
    "\n"
    "Runs test vectors for MLS through the library: the official ones, and\n"
    "passive-client files with messages that have to be refused (`reject`,\n"
    "`reject_welcome`).\n"
    "\n"
    "  --app FILE       application messages and exported secrets for the\n"
    "                   cases of the FILE behind it (or, behind all, of the\n"
    "                   last one)\n"
    "  --extension N    the passive clients support extension type N\n"
    "  --proposal N     and proposal type N, whose body is one opaque<V>\n"
    "  --any-lifetime   no leaf is too old, too new or too long valid; else\n"
    "                   only where a case's good messages ask for it\n"
    "  --suites S[-T]   the cases of these suites alone\n"
    "  --provider NAME  all by this provider, in the suites that it serves\n"
    "  --mixed pairs|all\n"
    "                   each role by another provider, so that each two meet\n"
    "                   in each two roles; or in all ways that there are\n"
    "  --verbose        also print what was refused as it has to be, and why\n"
    "\n"
    "N: decimal, or 0x and hexadecimal.  Exit status: 0 all passed, 1 some\n"
    "failed, 2 nothing was run.\n";

static int
bad(const char *option, const char *what)
{
	fprintf(stderr, "mls-vectors: %s: %s\n%s", option, what, usage);
	return 2;
}

static bool
read_type(uint16_t *types, size_t *n, const char *text)
{
	unsigned long value;
	char *end;

	value = strtoul(text, &end, 0);
	if (*text < '0' || *text > '9' || *end != '\0' || value == 0 ||
	    value > UINT16_MAX || *n == VEC_TYPES)
		return false;
	types[(*n)++] = (uint16_t)value;
	return true;
}

/* An option's value: behind `=`, or the next argument. */
static const char *
value_of(const char *arg, const char *name, int *i, int argc, char **argv)
{
	size_t len = strlen(name);

	if (strncmp(arg, name, len) != 0)
		return NULL;
	if (arg[len] == '=')
		return arg + len + 1;
	if (arg[len] != '\0')
		return NULL;
	return *i + 1 < argc ? argv[++*i] : "";
}

static bool
read_range(struct vec_range *out, const char *value)
{
	char *end;

	out->from = out->to = (unsigned)strtoul(value, &end, 0);
	if (*end == '-')
		out->to = (unsigned)strtoul(end + 1, &end, 0);
	return *end == '\0' && out->from >= 1 && out->from <= out->to &&
	    out->to <= UINT16_MAX;
}

/* Who serves: as read_option; -2: another option. */
static int
read_route(struct vec_options *o, int *i, int argc, char **argv)
{
	const char *arg = argv[*i], *value;

	if ((value = value_of(arg, "--suites", i, argc, argv)) != NULL) {
		if (!read_range(&o->suites, value))
			return bad(arg, "no suites");
	} else if ((value = value_of(arg, "--provider", i, argc, argv)) !=
	    NULL) {
		o->provider = value;
	} else if ((value = value_of(arg, "--mixed", i, argc, argv)) != NULL) {
		o->mixed = true;
		o->all = strcmp(value, "all") == 0;
		if (!o->all && strcmp(value, "pairs") != 0)
			return bad(arg, "pairs or all");
	} else {
		return -2;
	}
	return -1;
}

/* -1: go on; else the exit status. */
static int
read_option(struct vec_options *o, const char **app, int *i, int argc,
    char **argv)
{
	const char *arg = argv[*i], *value;
	int status = read_route(o, i, argc, argv);

	if (status != -2)
		return status;
	if (strcmp(arg, "--help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (strcmp(arg, "--any-lifetime") == 0) {
		o->any_lifetime = true;
	} else if (strcmp(arg, "--verbose") == 0) {
		o->verbose = true;
	} else if ((value = value_of(arg, "--app", i, argc, argv)) != NULL) {
		if (*value == '\0' || *app != NULL)
			return bad(arg, "one file for each FILE");
		*app = value;
	} else if ((value = value_of(arg, "--extension", i, argc, argv)) !=
	    NULL) {
		if (!read_type(o->extensions, &o->n_extensions, value))
			return bad(arg, "no number of a type");
	} else if ((value = value_of(arg, "--proposal", i, argc, argv)) !=
	    NULL) {
		if (!read_type(o->proposals, &o->n_proposals, value))
			return bad(arg, "no number of a type");
	} else {
		return bad(arg, "unknown option");
	}
	return -1;
}

int
vec_options_read(struct vec_options *o, int argc, char **argv)
{
	const char *app = NULL;
	int i, status;

	memset(o, 0, sizeof(*o));
	o->files = calloc((size_t)argc, sizeof(*o->files));
	if (o->files == NULL)
		return bad(argv[0], "out of memory");
	for (i = 1; i < argc; i++) {
		if (strncmp(argv[i], "--", 2) == 0) {
			status = read_option(o, &app, &i, argc, argv);
			if (status >= 0)
				return status;
			continue;
		}
		o->files[o->n_files++] = (struct vec_file){
			.path = argv[i], .app = app };
		app = NULL;
	}
	if (o->n_files == 0)
		return bad("FILE", "none is named");
	if (app != NULL && o->files[o->n_files - 1].app != NULL)
		return bad("--app", "one file for each FILE");
	if (app != NULL)
		o->files[o->n_files - 1].app = app;
	return -1;
}
