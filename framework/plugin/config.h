/* SPDX-License-Identifier: MIT */
/* The config: its grammar, and the model that several files merge into. */
#ifndef MLS_PLUGIN_CONFIG_H
#define MLS_PLUGIN_CONFIG_H

#include <stddef.h>

#include "base/alloc.h"
#include "base/compat.h"
#include "libmls/errors.h"
#include "libmls/provider.h"

struct mls_setting {
	const char *key, *value;
	const char *file;
	unsigned line;
};

/* [kind name]; name is "" where the kind has none.  A suite's name is its
 * number, 0x%04X. */
struct mls_section {
	const char *kind, *name;
	const char *file; /* where it was first opened */
	unsigned line;
	struct mls_setting *settings;
	size_t count, cap;
};

struct mls_config {
	struct mls_arena arena; /* of every string in here */
	struct mls_section **sections;
	size_t count, cap;
	char error[512]; /* one line, FILE:LINE first */
};

/*
 * config_parse(c, file, text): merge a file; a key that an earlier file gave
 * is replaced.  CONFIG_SYNTAX, CONFIG_UNKNOWN, and c->error says why.  `file`
 * is copied.
 */
int mls__config_parse(struct mls_config *c, const char *file,
    struct mls_buf text);
void mls__config_free(struct mls_config *c);

/* config_section, config_get: NULL if there is none; section may be NULL. */
const struct mls_section *mls__config_section(const struct mls_config *c,
    const char *kind, const char *name);
const struct mls_setting *mls__config_get(const struct mls_section *section,
    const char *key);

/* config_string(c, s, len): a terminated copy in the arena, or NULL. */
char *mls__config_string(struct mls_config *c, const char *s, size_t len);

/* config_fail(c, file, line, error, ...): note the message, return error. */
int mls__config_fail(struct mls_config *c, const char *file, unsigned line,
    int error, const char *format, ...) MLS_PRINTF(5, 6);

#endif
