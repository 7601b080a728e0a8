/* SPDX-License-Identifier: MIT */
/* A provider of algorithms that are nobody's, to test the plugin layer. */
#ifndef TOY_H
#define TOY_H

#include "plugin/plugins.h"

#define TOY_KEM 0xf010
#define TOY_KDF 0xf011
#define TOY_AEAD 0xf012
#define TOY_SIGN 0xf013

/* The suite row of them, 0xF042, as config text. */
#define TOY_SUITE \
	"[suite 0xF042]\nname = TOY\nkem = 0xF010\nkdf = 0xF011\n" \
	"aead = 0xF012\nsignature = 0xF013\n"

extern const struct mls_provider toy; /* crypto, rng, keystore */
extern const struct mls_provider toy_serial; /* "serial-toy" */
extern const struct mls_provider toy_broken; /* "broken": init fails */
extern const struct mls_provider toy_future; /* "future": ABI 2 */

/* What the last init was given: "name=value;", how many are running, and
 * whether there is no memory to start another. */
extern char toy_params[256];
extern int toy_running;
extern bool toy_starving;

/* The log of a test, a line each. */
struct toy_log {
	char text[16384];
};
void toy_log(void *payload, int level, const char *text);

#endif
