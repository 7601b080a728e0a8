/* SPDX-License-Identifier: MIT */
/* The verbs of mls-provider; each returns an exit code. */
#ifndef MLS_PROVIDER_TOOL_H
#define MLS_PROVIDER_TOOL_H

#include "plugin/plugins.h"

int list_command(void);
int inspect_command(const char *file);
int explain_command(const char *suite);
int bench_command(int argc, char **argv);

/* tool_plugins(out): by the config; false, after having said why not.  What is
 * passed over stands in what a verb prints, so that only errors are logged. */
bool tool_plugins(struct mls_plugins **out);

/* test_command(argc, argv): what stands behind the verb. */
int test_command(int argc, char **argv);

/* tool_log: the log of the library, on standard error. */
void tool_log(void *payload, int level, const char *text);

/* print_algorithms(algs, n): a line a role. */
void print_algorithms(const struct mls_alg *algs, size_t n);

#endif
