/* SPDX-License-Identifier: MIT */
/* What tests of verification share. */
#ifndef CONFORMANCE_VERIFY_H
#define CONFORMANCE_VERIFY_H

#include "keys.h"

/* A good signature. */
struct good {
	struct octets pub, msg, sig;
};

/* verify_good(t, g): the known answer of the library, for tests to change;
 * skips where there is none.  verify_it(t, g): a status. */
void verify_good(struct conf *t, struct good *g);
int verify_it(struct conf *t, const struct good *g);

/* verify_refused(t, g, what): a signature that is none: never OK, nor a fault
 * of the key. */
void verify_refused(struct conf *t, const struct good *g, const char *what);

/* ecdsa.c: forms other than DER's one. */
void ecdsa_forms(struct conf *t);

#endif
