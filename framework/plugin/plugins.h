/* SPDX-License-Identifier: MIT */
/*
 * What the layers above see of providers: instances, routes, suite rows,
 * randomness, parallel loops and the log.  All of it hangs off one struct
 * mls_plugins, which a context owns.
 */
#ifndef MLS_PLUGIN_PLUGINS_H
#define MLS_PLUGIN_PLUGINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/compat.h"
#include "libmls/errors.h"
#include "libmls/provider.h"

struct mls_plugins;

/* One running provider: a descriptor and the context of its init. */
struct mls_instance {
	const struct mls_provider *desc;
	void *ctx;
	const char *name; /* of its [provider NAME] section */
	struct mls_plugins *plugins;
	struct mls_serial *serial; /* of a MLS_PROVIDER_SERIAL one, or NULL */
};

/* No provider may announce longer ones. */
#define MLS_MAX_KEY 64   /* AEAD keys and KEM shared secrets */
#define MLS_MAX_NONCE 32
#define MLS_MAX_TAG 64

/* The algorithm of a role, and who serves it. */
struct mls_route {
	struct mls_instance *inst;
	const struct mls_alg *alg;
};

/* A ciphersuite as data: RFC 9420 §17.1, or a row of the config. */
struct mls_suite_row {
	uint16_t number;
	uint16_t kem, kdf, aead;
	uint16_t signature; /* TLS SignatureScheme */
	const char *name;
};

struct mls_plugins_options {
	const char *config_file; /* this file alone, or NULL */
	bool no_files;           /* read no file at all */
	const char *config_text; /* more config, later than any file, or NULL */
	const char *provider_dir; /* NULL: MLS_PROVIDER_DIR, else built in */
	const char *sysconfdir, *datadir; /* NULL: built in */
	const char *userconfdir; /* NULL: XDG_CONFIG_HOME, else HOME/.config */
	const struct mls_provider *const *statics; /* NULL-terminated or NULL */
	/* Called from any thread, with one line.  Up to MLS_LOG_WARNING, or
	 * what MLS_LOG=error|warning|info|debug says. */
	void (*log)(void *payload, int level, const char *text);
	void *payload;
};

/* plugins_new: reads the configuration; opens only critical providers. */
int mls__plugins_new(struct mls_plugins **out,
    const struct mls_plugins_options *options);
void mls__plugins_free(struct mls_plugins *p);

/* plugins_usable(p): CONTEXT_FORKED in a child process. */
int mls__plugins_usable(const struct mls_plugins *p);

/* plugins_row(p, number): the suite's row, or NULL. */
const struct mls_suite_row *mls__plugins_row(struct mls_plugins *p,
    uint16_t number);

/* plugins_rows(p, list): all rows known, ascending. */
size_t mls__plugins_rows(struct mls_plugins *p,
    const struct mls_suite_row *const **list);

/*
 * plugins_route(out, p, row, role): who serves the role of the suite: opens
 * modules, checks known answers at the first use of an algorithm, falls back
 * along the configured list.  If that is exhausted, the error of the first in
 * it that is there and failed, or PROVIDER_MISSING.
 * role is MLS_ROLE_*; the algorithm's number comes from the row.
 */
int mls__plugins_route(struct mls_route *out, struct mls_plugins *p,
    const struct mls_suite_row *row, uint16_t role);

/*
 * plugins_second(out, p, row, first, role): who checks what `first` does in
 * that role, by `verify-with` of the suite or of [route]; NULL if that is not
 * set, or if nobody it names offers the algorithm, which is logged.  All that
 * it names must start.  Signatures are checked by the role verify.
 */
int mls__plugins_second(struct mls_instance **out, struct mls_plugins *p,
    const struct mls_suite_row *row, const struct mls_route *first,
    uint16_t role);

/* plugins_instance(out, p, name): start the provider of that section, or the
 * one registered under that name.  PROVIDER_MISSING if there is none; the
 * remembered reason if it could not start. */
int mls__plugins_instance(struct mls_instance **out, struct mls_plugins *p,
    const char *name);

/*
 * plugins_keystore(out, p, name, params, n): a new instance of its own of the
 * keystore provider `name` (NULL: the first of the route that can be loaded),
 * with the application's parameters added to those of the config.  A store
 * that is there and cannot be opened is an error (STORE_*), never a reason to
 * go on to the next.  STORE_MISSING if there is none, or the error of a module
 * that could not be loaded.  Closed with
 * mls__instance_close, before p is freed.
 */
int mls__plugins_keystore(struct mls_instance **out, struct mls_plugins *p,
    const char *name, const struct mls_param *params, size_t n);
void mls__instance_close(struct mls_instance *inst);

/* plugins_random(p, out, len): from the routed RNG; RNG_FAILURE or
 * OUT_OF_MEMORY. */
int mls__plugins_random(struct mls_plugins *p, uint8_t *out, size_t len);

/*
 * plugins_parallel(p, inst, n, grain, fn, arg): the routed executor runs fn
 * over 0..n in ranges; inline where inst (may be NULL) is SERIAL.
 * PROVIDER_CONTRACT if it did not run each index once, or others.
 */
int mls__plugins_parallel(struct mls_plugins *p,
    const struct mls_instance *inst, size_t n, size_t grain, mls_range_fn fn,
    void *arg);

/* plugins_each(p, inst, n, grain, fn, arg): the same, for what can fail: the
 * status of the lowest index that fails, which all below it have not, whatever
 * the ranges were.  Some above it are not run. */
int mls__plugins_each(struct mls_plugins *p, const struct mls_instance *inst,
    size_t n, size_t grain, int (*fn)(void *arg, size_t i), void *arg);

/* instance_lock, _unlock: around each call into a SERIAL provider; _inside: is
 * this thread in such a call?  What it borrows must not come from there. */
void mls__instance_lock(const struct mls_instance *inst);
void mls__instance_unlock(const struct mls_instance *inst);
bool mls__instance_inside(const struct mls_instance *inst);

/* instance_said(inst, op, status): the status; one that the ABI does not know
 * is logged. */
int mls__instance_said(const struct mls_instance *inst, const char *op,
    int status);

/* instance_broke(inst, how): PROVIDER_CONTRACT, logged. */
int mls__instance_broke(const struct mls_instance *inst, const char *how);

/* plugins_cause(p, buf, len): the last ERROR text that was logged, copied into
 * buf, which is returned; "" if there was none. */
const char *mls__plugins_cause(struct mls_plugins *p, char *buf, size_t len);

void mls__log(struct mls_plugins *p, int level, const char *format, ...)
    MLS_PRINTF(3, 4);

/*
 * Operations of the library counted for tools/bench and tests; one block a
 * context.  Never branched on; exact while one thread works.
 */
enum mls_counter {
	MLS_COUNT_HASH,       /* calls of hash */
	MLS_COUNT_HASH_BYTES, /* octets hashed by them */
	MLS_COUNT_HMAC,
	MLS_COUNT_SEAL,  /* HPKE seals */
	MLS_COUNT_OPEN,  /* HPKE opens */
	MLS_COUNT_SIGN,
	MLS_COUNT_VERIFY,
	MLS_COUNT_KEYGEN, /* KEM keys derived */
	MLS_COUNT_AEAD,
	MLS_COUNT_NODE_COPY, /* tree nodes copied into a diff */
	MLS_COUNT_RECORD_READ,
	MLS_COUNT_READ_BYTES,
	MLS_COUNT_RECORD_WRITE,
	MLS_COUNT_RECORD_BYTES, /* written */
	MLS_COUNT_MAX
};
void mls__count(struct mls_plugins *p, enum mls_counter which, uint64_t n);
uint64_t mls__counted(const struct mls_plugins *p, enum mls_counter which);

#endif
