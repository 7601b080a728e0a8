/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "libmls/mls.h"
#include "plugin/suites.h"
#include "tool.h"

static const char help[] =
    "usage: mls-provider list\n"
    "       mls-provider explain SUITE\n"
    "       mls-provider inspect FILE\n"
    "       mls-provider test [OPTION...] FILE|NAME\n"
    "       mls-provider bench [--suite SUITE] [--seconds S] NAME...\n"
    "\n"
    "Shows the providers of libmls: where its cryptography, storage and\n"
    "randomness come from.\n"
    "\n"
    "  list          what the config gives, what was skipped and why, and who\n"
    "                serves each role of each ciphersuite\n"
    "  explain SUITE which setting of which file decided who serves each role of\n"
    "                a suite (0x0001, or its name), and what it overrode\n"
    "  inspect FILE  what a provider module says of itself, and which suites\n"
    "                and roles it serves\n"
    "  test FILE|NAME\n"
    "                whether a provider does all that libmls relies on, as TAP:\n"
    "                --suite S, --param NAME=VALUE, --only GLOB, --timeout S,\n"
    "                --wycheproof DIR; see mls-provider(1)\n"
    "  bench NAME... operations a second of these providers, side by side\n"
    "\n"
    "Environment: MLS_CONFIG=FILE is read instead of all config files;\n"
    "MLS_PROVIDER_DIR=DIR is where modules are; MLS_PROVIDERS_DISABLE=GLOB,...\n"
    "masks providers; MLS_LOG=error|warning|info|debug.\n"
    "\n"
    "Exit code: 0 all is well; 1 a provider or a role has a problem; 2 wrong\n"
    "usage.\n";

void
tool_log(void *payload, int level, const char *text)
{
	static const char *const names[] = { "error", "warning", "note",
		"debug" };

	(void)payload;
	fprintf(stderr, "mls-provider: %s: %s\n",
	    names[level >= 0 && level <= MLS_LOG_DEBUG ? level : 0], text);
}

static void
quiet(void *payload, int level, const char *text)
{
	if (level == MLS_LOG_ERROR)
		tool_log(payload, level, text);
}

bool
tool_plugins(struct mls_plugins **out)
{
	struct mls_plugins_options options = { .log = quiet };
	int error = mls__plugins_new(out, &options);

	if (error != 0)
		fprintf(stderr, "mls-provider: %s\n", mls_strerror(error));
	return error == 0;
}

void
print_algorithms(const struct mls_alg *algs, size_t n)
{
	const char *name;
	uint16_t role;
	size_t i, col;

	for (role = MLS_ROLE_KEM; role <= MLS_ROLE_VERIFY; role++) {
		for (i = 0, col = 0; i < n; i++) {
			if (algs[i].role != role)
				continue;
			if (col++ == 0)
				printf("    %-7s", mls__role_name(role));
			name = mls__alg_name(role, algs[i].id);
			if (name != NULL)
				printf(" %s", name);
			else
				printf(" 0x%04x", algs[i].id);
		}
		if (col > 0)
			printf("\n");
	}
}

static int
usage(const char *what, const char *arg)
{
	fprintf(stderr, "mls-provider: %s%s; see mls-provider --help\n", what,
	    arg);
	return 2;
}

int
main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : NULL;

	if (verb == NULL)
		return usage("no command given", "");
	if (strcmp(verb, "--help") == 0 || strcmp(verb, "-h") == 0 ||
	    strcmp(verb, "help") == 0 ||
	    (argc > 2 && strcmp(argv[2], "--help") == 0)) {
		fputs(help, stdout);
		return 0;
	}
	if (strcmp(verb, "list") == 0)
		return argc == 2 ? list_command() :
		    usage("list takes no argument: ", argv[2]);
	if (strcmp(verb, "explain") == 0)
		return argc == 3 ? explain_command(argv[2]) :
		    usage("explain takes one suite", "");
	if (strcmp(verb, "inspect") == 0)
		return argc == 3 ? inspect_command(argv[2]) :
		    usage("inspect takes one file", "");
	if (strcmp(verb, "test") == 0)
		return test_command(argc - 2, argv + 2);
	if (strcmp(verb, "bench") == 0)
		return bench_command(argc - 2, argv + 2);
	return usage("unknown command ", verb);
}
