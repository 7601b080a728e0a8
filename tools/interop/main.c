/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "interop.h"

static const char help[] =
    "usage: mls-interop [-gj] [-p PORT] [-a ADDRESS] [-c PROVIDER,...]\n"
    "                   [-n NAME]\n"
    "\n"
    "Serves libmls to the interoperability harness of the MLS working group,\n"
    "by gRPC, until it is interrupted.  For tests: it accepts everybody.\n"
    "\n"
    "  -g               make no GREASE, for peers that cannot bear it\n"
    "  -j               speak lines of JSON on standard input and output\n"
    "                   instead: {\"call\": NAME, \"in\": {...}}, answered by\n"
    "                   {\"out\": {...}} or {\"error\": TEXT}\n"
    "  -p PORT          [50051]\n"
    "  -a ADDRESS       [127.0.0.1]\n"
    "  -c PROVIDER,...  providers of the cryptography [as configured]\n"
    "  -n NAME          what it calls itself [libmls]\n";

int
main(int argc, char **argv)
{
	const char *port = "50051", *host = "127.0.0.1", *crypto = NULL;
	const char *name = "libmls";
	char address[300];
	struct world w;
	bool grease = true, lines = false;
	int letter, rc;

	while ((letter = getopt(argc, argv, "a:c:ghjn:p:")) != -1) {
		switch (letter) {
		case 'a': host = optarg; break;
		case 'c': crypto = optarg; break;
		case 'g': grease = false; break;
		case 'j': lines = true; break;
		case 'n': name = optarg; break;
		case 'p': port = optarg; break;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			fputs(help, stderr);
			return 2;
		}
	}
	if (optind != argc || (size_t)snprintf(address, sizeof(address),
	    "%s:%s", host, port) >= sizeof(address)) {
		fputs(help, stderr);
		return 2;
	}
	rc = world_init(&w, name, crypto, grease);
	if (rc != 0) {
		fprintf(stderr, "mls-interop: %s\n", mls_strerror(rc));
		return 1;
	}
	if (lines) {
		rc = talk(&w) ? 0 : 1;
	} else if (!serve(&w, address)) {
		fprintf(stderr, "mls-interop: cannot listen at %s\n",
		    address);
		rc = 1;
	}
	world_close(&w);
	return rc;
}
