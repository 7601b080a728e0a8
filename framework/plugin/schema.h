/* SPDX-License-Identifier: MIT */
/* Which sections and keys there are, and what their values may be. */
#ifndef MLS_PLUGIN_SCHEMA_H
#define MLS_PLUGIN_SCHEMA_H

#include "plugin/config.h"

/* schema_section(c, file, line, kind, *name): name becomes the one form that
 * sections are merged by. */
int mls__schema_section(struct mls_config *c, const char *file, unsigned line,
    const char *kind, char **name);

/*
 * schema_setting(c, section, in, *key): *key becomes the key to store by:
 * `kem` and `aead` of a suite are two keys each: the number of its row, stored
 * as `kem-id` and `aead-id`, and a list of providers.
 */
int mls__schema_setting(struct mls_config *c,
    const struct mls_section *section, const struct mls_setting *in,
    const char **key);

#endif
