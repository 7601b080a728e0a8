/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

static const char help[] =
    "usage: mls-bench [--sizes N,...] [--suite N] [--keystore NAME]\n"
    "       mls-bench [OPTION...] MODE PROVIDER SUITE N\n"
    "\n"
    "Without a mode: a table of what each operation costs in groups of 10,\n"
    "100 and 1,000 members: time, and how often the library hashed, sealed,\n"
    "signed, copied a tree node, read or wrote a record.\n"
    "\n"
    "  --sizes N,...    other sizes, from 3\n"
    "  --suite N        ciphersuite (1)\n"
    "  --keystore NAME  memory (the default) or sqlite\n"
    "  --executor NAME  instead of the configured one\n"
    "\n"
    "With a mode: one workload as JSON lines, to compare implementations, with\n"
    "all cryptography of PROVIDER, a list of them, or `best', which is\n"
    "doc/examples/best.conf.  MODE is\n"
    "\n"
    "  sparse     no parent node is set yet: add_all, join, commit, process\n"
    "  full       all are\n"
    "  join_full  to join such a group, seven members of which just came\n"
    "  join_hostile  the same, half of which are unmerged at all parents\n"
    "  apps       application messages of 32 octets to 16 MiB\n"
    "  hold       what a member that joined keeps in memory\n"
    "  cold       a fresh process opens a group in a file, takes a message in,\n"
    "             sends one\n"
    "  many       N groups of two in one process\n"
    "\n"
    "floor_us is what the calls of providers alone took, played again in a bare\n"
    "loop; ratio is cpu_us to that; ranges is the part of cpu_us that was spent\n"
    "in ranges of the executor, which threads can share.\n"
    "\n"
    "Environment: MLS_CONFIG and MLS_PROVIDER_DIR say where providers are;\n"
    "TMPDIR is where sqlite's files are put.\n"
    "\n"
    "Exit code: 0; 1 something failed; 2 wrong usage.\n";

#define MOST_SIZES 16

static int
usage(const char *what, const char *arg)
{
	fprintf(stderr, "mls-bench: %s%s; see mls-bench --help\n", what, arg);
	return 2;
}

static bool
number(unsigned long *out, const char *s, unsigned long least,
    unsigned long most, char stop)
{
	char *end;

	errno = 0;
	*out = strtoul(s, &end, 0);
	return errno == 0 && end != s && *s != '-' &&
	    (*end == '\0' || *end == stop) && *out >= least && *out <= most;
}

static size_t
read_sizes(uint32_t *out, const char *list)
{
	unsigned long v;
	size_t n = 0;

	while (list != NULL && n < MOST_SIZES) {
		if (!number(&v, list, 3, 1u << 17, ','))
			return 0;
		out[n++] = (uint32_t)v;
		list = strchr(list, ',');
		list = list != NULL ? list + 1 : NULL;
	}
	return list == NULL ? n : 0;
}

static int
peer_main(struct world *w, const char *program, char **argv)
{
	unsigned long suite, n;
	int rc;

	w->provider = argv[1];
	if (strcmp(w->provider, "best") == 0) {
		w->config = BEST_CONF;
		/* Threads are asked for, so that figures compare. */
		if (w->executor == NULL)
			w->executor = "serial";
	}
	if (!number(&suite, argv[2], 1, 0xffff, '\0'))
		return usage("not a suite: ", argv[2]);
	if (!number(&n, argv[3], 3, 1u << 17, '\0'))
		return usage("not a size from 3 on: ", argv[3]);
	w->suite = (uint16_t)suite;
	world_open(w);
	rc = peer_command(w, program, argv[0], (uint32_t)n);
	world_close(w);
	return rc == 0 ? 0 : usage("unknown mode ", argv[0]);
}

int
main(int argc, char **argv)
{
	uint32_t sizes[MOST_SIZES] = { 10, 100, 1000 };
	struct world w = { .keystore = "memory", .suite = 1 };
	size_t n = 3;
	unsigned long v;
	int i, rc;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "--help") == 0 ||
		    strcmp(argv[i], "-h") == 0) {
			fputs(help, stdout);
			return 0;
		}
		if (i + 1 == argc)
			return usage("not an option, or without its value: ",
			    argv[i]);
		if (strcmp(argv[i], "--sizes") == 0) {
			n = read_sizes(sizes, argv[++i]);
			if (n == 0)
				return usage("not sizes: ", argv[i]);
		} else if (strcmp(argv[i], "--suite") == 0) {
			if (!number(&v, argv[++i], 1, 0xffff, '\0'))
				return usage("not a suite: ", argv[i]);
			w.suite = (uint16_t)v;
		} else if (strcmp(argv[i], "--executor") == 0) {
			w.executor = argv[++i];
		} else if (strcmp(argv[i], "--keystore") == 0) {
			w.keystore = argv[++i];
		} else {
			return usage("unknown option ", argv[i]);
		}
	}
	if (argc - i == 4)
		return peer_main(&w, argv[0], argv + i);
	if (i != argc)
		return usage("expected MODE PROVIDER SUITE N, not ", argv[i]);
	world_open(&w);
	rc = table_command(&w, sizes, n);
	world_close(&w);
	return rc;
}
