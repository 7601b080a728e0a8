/* SPDX-License-Identifier: MIT */
/*
 * The conformance run.  A case is a test of the provider as a whole, or of one
 * of its algorithms; it runs in a process of its own, opens the provider as
 * the library would, and ends that process with its verdict.  So a case that
 * finds a fault just stops, and what crashes or hangs takes nothing else down.
 */
#ifndef CONFORMANCE_CONFORM_H
#define CONFORMANCE_CONFORM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdnoreturn.h>

#include "base/compat.h"
#include "base/secret.h"
#include "plugin/plugins.h"

#define CONF_TEXT 480
#define CONF_MAX_CASES 2048
#define CONF_SLOTS 8

/* What the command line said. */
struct conf_options {
	const char *name; /* of a section of the config, or of our own */
	const char *path; /* of a module that is opened directly, or NULL */
	const char *const *params; /* "name=value" */
	size_t n_params;
	const char *suite;     /* text of a number, or NULL: all there is */
	const char *only;      /* glob of names of cases, or NULL */
	const char *wycheproof; /* folder, or NULL */
	unsigned timeout;      /* seconds for a case */
	char dir[256];         /* for what cases write */
};

struct conf;
struct conf_test {
	const char *name;
	void (*run)(struct conf *t);
	bool bare; /* it opens the provider itself, or in other processes */
};

struct conf_case {
	char name[128];
	const struct conf_test *test;
	struct mls_alg alg; /* zero where the test is of no algorithm */
};

enum conf_verdict {
	CONF_OPEN,
	CONF_TAKEN, /* somebody writes one */
	CONF_OK,
	CONF_FAILED,
	CONF_SKIPPED,
	CONF_SILENT /* not worth a line */
};

/* What the processes of a case and the command itself share. */
struct conf_shared {
	_Atomic int verdict;
	char text[CONF_TEXT];  /* why, or what came of it */
	char doing[CONF_TEXT]; /* in case of a crash */
	/* Of the process that lists the cases: */
	char module[4096]; /* "": it is built in */
	bool wants_path;
	char title[CONF_TEXT];
	size_t n_cases;
	struct conf_case cases[CONF_MAX_CASES];
};

/* A provider opened for a case.  Several can be. */
struct conf_world {
	struct mls_plugins *plugins;
	struct mls_instance *inst;
	char said[CONF_TEXT]; /* the last warning or error that was logged */
	char why[CONF_TEXT];  /* it could not be opened */
};

struct conf {
	const struct conf_options *o;
	const struct conf_case *c;
	struct conf_shared *shared;
	struct conf_world world;
	const struct mls_alg *alg; /* NULL where the test is of none */
	const struct mls_provider *desc;
	const struct mls_crypto_ops *ops;
	void *ctx;
	char dir[320]; /* of this case alone; there once it was asked for */
	struct {
		uint8_t *base;
		size_t size;
	} slots[CONF_SLOTS];
};

/* verdict.c: how a case ends.  The first verdict counts. */

/* conf_fail, _skip, _pass(t, format, ...): from any thread or process. */
noreturn void conf_fail(struct conf *t, const char *format, ...)
    MLS_PRINTF(2, 3);
noreturn void conf_skip(struct conf *t, const char *format, ...)
    MLS_PRINTF(2, 3);
noreturn void conf_pass(struct conf *t, const char *format, ...)
    MLS_PRINTF(2, 3);
noreturn void conf_silent(struct conf *t);

#define NEED(t, condition, ...) \
	do { \
		if (!(condition)) \
			conf_fail((t), __VA_ARGS__); \
	} while (0)

/* conf_expect(t, status, want, ...): this very status, after doing what the
 * text says; conf_refused: any of the ABI's but OK. */
void conf_expect(struct conf *t, int status, int want, const char *format,
    ...) MLS_PRINTF(4, 5);
void conf_refused(struct conf *t, int status, const char *format, ...)
    MLS_PRINTF(3, 4);
const char *conf_status(int status);

/* conf_doing(t, ...): told if the case crashes from here on. */
void conf_doing(struct conf *t, const char *format, ...) MLS_PRINTF(2, 3);

/* child.c: processes. */

/* conf_child(shared, o, c, body): run body for c in a process of its own, and
 * wait for its verdict, which is in shared afterwards in any case.  A signal
 * that is to end the command, or 0. */
int conf_child(struct conf_shared *shared, const struct conf_options *o,
    const struct conf_case *c, void (*body)(struct conf *t));

/* conf_apart(t, body, arg): in a further process, which must end well. */
void conf_apart(struct conf *t, void (*body)(struct conf *t, void *arg),
    void *arg);

/* conf_fork(t): fork; conf_join(t, pid, what): it must end well. */
int conf_fork(struct conf *t);
void conf_join(struct conf *t, int pid, const char *what);
noreturn void conf_leave(void);

/* conf_common(t, size): zeroed octets that further processes share. */
void *conf_common(struct conf *t, size_t size);

/* cases.c */

/* conf_list(t): the body of the process that lists the cases. */
void conf_list(struct conf *t);

/* conf_run(t): the body of the others. */
void conf_run(struct conf *t);

/* world.c */

/* conf_open(t): the provider, with the command's parameters; or the case has
 * failed. */
void conf_open(struct conf *t);
void conf_close(struct conf *t);

/* world_open(w, t, extra): with further lines for the provider's section, or
 * NULL; an error of the library, and w->why.  world_copy: desc, registered
 * in the program, in place of the module. */
int conf_world_open(struct conf_world *w, struct conf *t, const char *extra);
int conf_world_copy(struct conf_world *w, struct conf *t,
    const struct mls_provider *desc);
void conf_world_close(struct conf_world *w);

/* conf_find(t): which module it is, for all that follows.  conf_load(t): the
 * module opened, and nothing started. */
void conf_find(struct conf *t);
const struct mls_provider *conf_load(struct conf *t);

/* conf_param(o, name): the value that the command line gives, or NULL. */
const char *conf_param(const struct conf_options *o, const char *name);

/* conf_row(w, o): the suite that was asked for, or NULL. */
const struct mls_suite_row *conf_row(struct conf_world *w,
    const struct conf_options *o);

/* conf_suite(out, row, w, alg): as much of a suite as has to do with one
 * algorithm, for calls of the library. */
struct mls_suite;
void conf_suite(struct mls_suite *out, struct mls_suite_row *row,
    struct conf_world *w, const struct mls_alg *alg);

/* buffer.c */

/*
 * conf_in(t, slot, data, len): a copy that cannot be written to, and behind
 * which nothing can be read.  conf_out(t, slot, len): room of which not an
 * octet too many can be written to; conf_whole(t, slot, len, what): nor was one
 * before it.  Octets of a slot last until its next use.
 */
struct mls_buf conf_in(struct conf *t, int slot, const void *data, size_t len);
uint8_t *conf_out(struct conf *t, int slot, size_t len);
void conf_whole(struct conf *t, int slot, size_t len, const char *what);
#define CONF_PATTERN 0xa5 /* what conf_out is filled with */
bool conf_untouched(const uint8_t *out, size_t len);

/* conf_guard(t): tell apart faults behind a buffer from others. */
void conf_guard(struct conf *t);

/* conf_fill(out, len, seed): octets that look random, always the same. */
void conf_fill(uint8_t *out, size_t len, uint32_t seed);

/* conf_alloc(t, size): zeroed, never NULL; nobody frees it. */
void *conf_alloc(struct conf *t, size_t size);

/* Octets of a vector. */
struct conf_hex {
	size_t len;
	uint8_t data[1100];
};
struct conf_hex conf_hex(const char *text);
#define HEX_BUF(h) mls__buf((h).data, (h).len)

/* threads.c */

/* A piece of work whose result depends on i alone: up to 256 octets. */
typedef void (*conf_work)(struct conf *t, void *arg, unsigned i,
    uint8_t out[256]);

/* conf_threads(t, work, arg): the results of many threads at once are those
 * of one; skipped for SERIAL providers. */
void conf_threads(struct conf *t, conf_work work, void *arg);

/* conf_together(t, n, body, arg): n threads run body at once. */
void conf_together(struct conf *t, unsigned n,
    void (*body)(struct conf *t, void *arg, unsigned i), void *arg);

/* The tests, by what they are of; the tables end with a name of NULL. */
extern const struct conf_test conf_provider_tests[], conf_table_tests[],
    conf_hash_tests[], conf_aead_tests[], conf_key_tests[], conf_kem_tests[],
    conf_sign_tests[], conf_verify_tests[], conf_keystore_tests[],
    conf_lasting_tests[], conf_rng_tests[], conf_executor_tests[];

/* wycheproof.c, or no_wycheproof.c where no library reads JSON: the case of a
 * file, which the name of the case ends with. */
extern const struct conf_test conf_wycheproof_test;
extern const bool conf_has_wycheproof;

#endif
