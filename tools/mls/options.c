/* SPDX-License-Identifier: MIT */
/* Options: one table for all commands, which name the letters they take. */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "mls.h"

static const struct row {
	char letter;
	const char *name, *value, *text;
} rows[] = {
	{ 's', "store", "DIR", "your store [$MLS_STORE, else\n"
	    "$XDG_DATA_HOME/mls, else ~/.local/share/mls]" },
	{ 'g', "group", "GROUP", "name, id in hex, or the beginning of one\n"
	    "[$MLS_GROUP, else the only group]" },
	{ 'd', "dir", "DIR", "the mailbox: a folder that members share" },
	{ 'o', "output", "FILE", "where the message goes [standard output]" },
	{ 'w', "welcome", "FILE", "where the Welcome for new members goes" },
	{ 't', "tree", "FILE", "the ratchet tree, beside the Welcome" },
	{ 'p', "propose", NULL, "send a proposal, for someone to commit" },
	{ 'a', "apply", NULL, "apply the commit at once; only if nobody else\n"
	    "can have committed" },
	{ 'P', "public", NULL, "authenticated, but not encrypted" },
	{ 'k', "new-key", NULL, "a new signature key too" },
	{ 'l', "last-resort", NULL, "good for more than one group" },
	{ 'S', "suite", "SUITE", "ciphersuite, by number or name [0x0001]" },
	{ 'D', "days", "N", "good for N days [90]" },
	{ 'n', "length", "N", "octets [32]" },
	{ 'c', "context", "TEXT", "what the secret is bound to" },
	{ 'r', "raw", NULL, "the octets alone" },
	{ 'A', "ascii", NULL, "without line drawing characters" },
	{ 'v', "verbose", NULL, "say more; twice: also what providers say" },
	{ 'h', "help", NULL, "show this" },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool
takes(const struct command *command, char letter)
{
	return letter == 'h' || letter == 'v' ||
	    (command != NULL && strchr(command->options, letter) != NULL);
}

static int
number(unsigned long *out, const char *text, const char *name)
{
	char *end;

	errno = 0;
	*out = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || *text < '0' || *text > '9' ||
	    *out == 0 || *out > 100000)
		return say(USAGE, "--%s takes a number, not '%s'", name,
		    text);
	return OK;
}

static int
set(struct options *o, int letter, const char *value)
{
	switch (letter) {
	case 's': o->store = value; break;
	case 'g': o->group = value; break;
	case 'd': o->dir = value; break;
	case 'o': o->output = value; break;
	case 'w': o->welcome = value; break;
	case 't': o->tree = value; break;
	case 'S': o->suite = value; break;
	case 'c': o->context = value; break;
	case 'D': return number(&o->days, value, "days");
	case 'n': return number(&o->length, value, "length");
	case 'p': o->propose = true; break;
	case 'a': o->apply = true; break;
	case 'P': o->public = true; break;
	case 'k': o->new_key = true; break;
	case 'l': o->last_resort = true; break;
	case 'r': o->raw = true; break;
	case 'A': o->ascii = true; break;
	case 'v': o->verbose++; break;
	case 'h': o->help = true; break;
	default: break;
	}
	return OK;
}

int
options_parse(struct app *app, int argc, char **argv)
{
	struct option longs[ROWS + 1] = { { NULL, 0, NULL, 0 } };
	char shorts[2 * ROWS + 2], *s = shorts;
	const char *name = app->command->name;
	int status = OK, letter;
	size_t i, n = 0;

	*s++ = ':';
	for (i = 0; i < ROWS; i++) {
		if (!takes(app->command, rows[i].letter))
			continue;
		longs[n].name = rows[i].name;
		longs[n].has_arg = rows[i].value != NULL ?
		    required_argument : no_argument;
		longs[n++].val = rows[i].letter;
		*s++ = rows[i].letter;
		if (rows[i].value != NULL)
			*s++ = ':';
	}
	*s = '\0';
	optind = 1;
	while (status == OK && (letter = getopt_long(argc, argv, shorts,
	    longs, NULL)) != -1) {
		if (letter == ':')
			status = say(USAGE, "'%s' wants a value; see 'mls %s "
			    "--help'", argv[optind - 1], name);
		else if (letter == '?')
			status = say(USAGE, "'mls %s' has no option '%s'; see "
			    "'mls %s --help'", name, argv[optind - 1], name);
		else
			status = set(&app->opt, letter, optarg);
	}
	app->argc = argc - optind;
	app->argv = argv + optind;
	return status;
}

void
options_help(const struct command *command)
{
	char head[32];
	const char *p, *end;
	size_t i;

	printf("usage: mls %s [options]%s%s\n\n%s.\n", command->name,
	    command->args[0] != '\0' ? " " : "", command->args,
	    command->brief);
	if (command->text != NULL)
		printf("\n%s", command->text);
	puts("\noptions:");
	for (i = 0; i < ROWS; i++) {
		if (!takes(command, rows[i].letter))
			continue;
		snprintf(head, sizeof(head), "-%c, --%s%s%s", rows[i].letter,
		    rows[i].name, rows[i].value != NULL ? " " : "",
		    rows[i].value != NULL ? rows[i].value : "");
		for (p = rows[i].text; p != NULL; p = end) {
			end = strchr(p, '\n');
			printf("  %-22s  %.*s\n", p == rows[i].text ? head :
			    "", end != NULL ? (int)(end - p) : (int)strlen(p),
			    p);
			end = end != NULL ? end + 1 : NULL;
		}
	}
}

int
args(const struct app *app, int least, int most)
{
	if (app->argc >= least && app->argc <= most)
		return OK;
	return say(USAGE, "usage: mls %s [options]%s%s; see 'mls %s --help'",
	    app->command->name, app->command->args[0] != '\0' ? " " : "",
	    app->command->args, app->command->name);
}
