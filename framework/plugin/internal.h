/* SPDX-License-Identifier: MIT */
/*
 * What the files of this folder share.
 *
 * Locking: `lock` guards states and caches, `log_lock` the texts; neither is
 * held while foreign code runs, since a provider may call back through its
 * host from any thread.  Who starts a provider or tests an algorithm marks it
 * as busy; others wait on `changed`, unless he waits for them: the same thread
 * coming again (a provider that wants a hash of itself), or two that start
 * providers that borrow from each other, are told that it is busy.
 */
#ifndef MLS_PLUGIN_INTERNAL_H
#define MLS_PLUGIN_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/compat.h"
#include "plugin/config.h"
#include "plugin/loader.h"
#include "plugin/plugins.h"

#define MLS_REASON 256

enum mls_once_state { MLS_IDLE, MLS_BUSY, MLS_GOOD, MLS_BAD };

/* The state of something that is done once. */
struct mls_once {
	enum mls_once_state state;
	pthread_t owner; /* while BUSY */
	int error;
	char reason[MLS_REASON]; /* if BAD */
};

/* A thread that waits for another to be done. */
struct mls_waiter {
	struct mls_waiter *next;
	pthread_t thread;
	const struct mls_once *on;
};

/* The lock of a SERIAL instance, and whose it is while it is held. */
struct mls_serial {
	pthread_mutex_t mutex;
	_Atomic(pthread_t) holder;
	atomic_bool held;
};

struct mls_candidate;

/* An instance, with what it borrows from us. */
struct mls_running {
	struct mls_instance inst; /* first */
	struct mls_host host;
	struct mls_candidate *candidate;
	struct mls_serial serial;
	char said[MLS_REASON]; /* last ERROR text of the provider */
};

/* A provider that the config names or the application registered. */
struct mls_candidate {
	const char *name;
	const struct mls_section *section; /* NULL: registered only */
	bool registered, builtin;
	const struct mls_setting *disabled; /* enabled = no */
	bool masked;                        /* by MLS_PROVIDERS_DISABLE */
	char *path;                         /* of the module, or NULL */
	struct mls_module module;
	struct mls_once load, start;
	struct mls_running *running; /* if started */
	const struct mls_alg *algs;
	size_t n_algs;
	struct mls_once *tests; /* one an algorithm */
};

struct mls_plugins {
	struct mls_config config;
	struct mls_candidate *candidates;
	size_t n_candidates;
	struct mls_suite_row *rows; /* ascending */
	const struct mls_suite_row **row_list;
	size_t n_rows;
	char *provider_dir;
	const char *disable; /* globs */
	const char **files;  /* that were read or ignored, with a note */
	size_t n_files, cap_files;
	enum { SELF_TEST_FIRST, SELF_TEST_ALWAYS, SELF_TEST_NEVER } self_test;
	struct mls_process process; /* that it was made in */
	pthread_mutex_t lock, log_lock;
	pthread_cond_t changed;
	struct mls_waiter *waiters;
	struct mls_once rng_once, executor_once;
	struct mls_instance *rng, *executor;
	void (*log)(void *payload, int level, const char *text);
	void *payload;
	int log_level;
	char cause[MLS_REASON];
	_Atomic uint64_t counters[MLS_COUNT_MAX];
};

/* confdir.c: read all that is to be read, into p->config. */
int mls__confdir_read(struct mls_plugins *p,
    const struct mls_plugins_options *options);

/* instance.c */

/* once_enter(p, o, error): true: it is the caller's to do, then once_leave.
 * False: done before, *error says how; or, PROVIDER_FAILED, in vain to wait
 * for.  p->lock is held. */
bool mls__once_enter(struct mls_plugins *p, struct mls_once *o, int *error);
void mls__once_leave(struct mls_plugins *p, struct mls_once *o, int error,
    const char *reason);

struct mls_candidate *mls__candidate(struct mls_plugins *p, const char *name,
    size_t len);

/* candidate_load, _start(p, c): once, and remembered; they take p->lock. */
int mls__candidate_load(struct mls_plugins *p, struct mls_candidate *c);
int mls__candidate_start(struct mls_plugins *p, struct mls_candidate *c);

/* candidate_reason(c): why the last of these did not work. */
const char *mls__candidate_reason(const struct mls_candidate *c);

/* instance_new(out, *status, p, c, params, n): init; *status is what the
 * provider says.  After PROVIDER_INIT there is an instance too, for what it
 * said; it is given to running_free. */
int mls__instance_new(struct mls_running **out, int *status,
    struct mls_plugins *p, struct mls_candidate *c,
    const struct mls_param *params, size_t n);
void mls__running_free(struct mls_running *r);

/* running_why(buf, cap, r, status): why an init failed. */
void mls__running_why(char *buf, size_t cap, struct mls_running *r,
    int status);

/* algs.c: the algorithms that a provider offers, once it has started, with the
 * sizes and operations that they need; PROVIDER_CONTRACT, with the reason. */
int mls__algs_learn(struct mls_candidate *c, const struct mls_running *r,
    char *why, size_t cap);

/* list.c: the list that a role is routed by, and where it stands. */
struct mls_list {
	const char *names; /* NULL: not set */
	const char *section, *key;
	char suite[8]; /* 0x0001, or "" */
	const char *file; /* NULL: built in, or not set */
	unsigned line;
	bool optional; /* whoever is not there is passed over silently */
};
void mls__list_of_suite(struct mls_list *out, const struct mls_plugins *p,
    uint16_t suite, uint16_t role);

/* list_rule(out, p, suite, role, i): the i-th setting that may say who serves
 * the role, the most special first; names is NULL if it is not set.  The last
 * always is.  False behind it. */
bool mls__list_rule(struct mls_list *out, const struct mls_plugins *p,
    uint16_t suite, uint16_t role, size_t i);
void mls__list_of_service(struct mls_list *out, const struct mls_plugins *p,
    const char *key);

/* list_of_second(out, p, suite): false if nobody is to check. */
bool mls__list_of_second(struct mls_list *out, const struct mls_plugins *p,
    uint16_t suite);

/* where(buf, list): "FILE:LINE: [suite 0x0001] sign". */
const char *mls__list_where(char *buf, size_t cap, const struct mls_list *l);

/* route.c */

/* route_list(out, why, p, list, role, id, except): the first of the list that
 * offers the algorithm; why: what was tried, MLS_REASON_ALL octets.  Without
 * one, the error of the first that is there and failed, or PROVIDER_MISSING. */
#define MLS_REASON_ALL 1024
int mls__route_list(struct mls_route *out, char *why, struct mls_plugins *p,
    const struct mls_list *list, uint16_t role, uint16_t id,
    const struct mls_candidate *except);

/* host.c: what a provider is lent. */
void mls__host_init(struct mls_running *r);

/* rows.c: the suites of the RFC and of the config. */
int mls__rows_build(struct mls_plugins *p);

/* serial.c, sysrng.c: built-in providers. */
extern const struct mls_provider mls__serial, mls__system;

/* builtin_init: the init of those, which have neither context nor parameters. */
int mls__builtin_init(const struct mls_host *host,
    const struct mls_param *params, size_t n, void **ctx);

#endif
