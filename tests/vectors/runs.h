/* SPDX-License-Identifier: MIT */
/* mls-vectors: files, and the ways to run them. */
#ifndef TESTS_VECTORS_RUNS_H
#define TESTS_VECTORS_RUNS_H

#include "vectors.h"

struct vec_counts {
	unsigned long passed, failed;
	unsigned long skipped; /* cases of suites that are not wanted */
};

/* files_load: one that cannot be read, or is of no known kind, is counted as
 * failed. */
void vec_files_load(struct vec_options *o, struct vec_counts *total);
void vec_files_free(struct vec_options *o);

/* What cases run with: providers by the configuration and more config text. */
struct vec_tools {
	struct mls_plugins *plugins;
	struct mls_crypto *crypto;
	struct vec_world *world;
};
int vec_tools_open(struct vec_tools *out, const struct vec_options *o,
    const char *config);
void vec_tools_close(struct vec_tools *tools);

/* run(total, tools, o, suites, loud): the cases of all files, with a line a
 * file if loud. */
void vec_run(struct vec_counts *total, const struct vec_tools *tools,
    const struct vec_options *o, struct vec_range suites, bool loud);

/* plain: as the configuration says.  alone: by o->provider, in the suites that
 * it serves whole, of which there must be one.  mixed: see mixed.c. */
int vec_plain(struct vec_counts *total, const struct vec_options *o);
int vec_alone(struct vec_counts *total, const struct vec_options *o);
int vec_mixed(struct vec_counts *total, const struct vec_options *o);

#endif
