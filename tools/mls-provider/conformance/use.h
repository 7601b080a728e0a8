/* SPDX-License-Identifier: MIT */
/* What tests of a provider as a whole share. */
#ifndef CONFORMANCE_USE_H
#define CONFORMANCE_USE_H

#include "conform.h"

/* conf_use(t, w): each table once; of cryptography, the known answers of the
 * library. */
void conf_use(struct conf *t, struct conf_world *w);

/* tables.c */
void conf_newer_tables(struct conf *t);
void conf_older_tables(struct conf *t);

#endif
