/* SPDX-License-Identifier: MIT */
/* Tests of keystores across contexts and processes: what is durable, and what
 * a process leaves that was killed. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "store.h"

static void
need_lasting(struct conf *t)
{
	if ((t->desc->flags & MLS_PROVIDER_VOLATILE) != 0)
		conf_skip(t, "it is volatile: it forgets all when it is "
		    "stopped");
}

static void
durable(struct conf *t)
{
	need_lasting(t);
	store_clear(t);
	store_set(t, "lasting", "value");
	store_set(t, "deleted", "value");
	store_set(t, "deleted", NULL);
	store_rollback(t, store_begin(t, true));
	conf_close(t);
	conf_open(t);
	store_is(t, "lasting", "value", "what was committed before a stop");
	store_is(t, "deleted", NULL, "what was deleted before a stop");
	store_clear(t);
}

static void
volatile_store(struct conf *t)
{
	if ((t->desc->flags & MLS_PROVIDER_VOLATILE) == 0)
		conf_skip(t, "it is not volatile");
	store_set(t, "passing", "value");
	conf_close(t);
	conf_open(t);
	store_is(t, "passing", NULL, "what a volatile store was to forget");
}

static void
write_in_child(struct conf *t, void *arg)
{
	(void)arg;
	conf_open(t);
	store_clear(t);
	store_set(t, "of the first", "value");
	conf_close(t);
}

static void
read_in_child(struct conf *t, void *arg)
{
	(void)arg;
	conf_open(t);
	store_is(t, "of the first", "value", "what another process put");
	store_set(t, "of the second", "value");
	conf_close(t);
}

static void
shared(struct conf *t)
{
	t->desc = conf_load(t);
	need_lasting(t);
	conf_apart(t, write_in_child, NULL);
	conf_apart(t, read_in_child, NULL);
	conf_open(t);
	store_is(t, "of the second", "value", "what another process put");
	store_clear(t);
}

/* One context cannot write while another does. */
static void
busy_beside(struct conf *t, struct conf *other)
{
	struct mls_txn *txn = NULL;

	conf_doing(t, "begin beside another context that writes");
	conf_expect(t, other->desc->keystore->begin(other->ctx, 1, &txn),
	    MLS_P_BUSY, "beginning to write beside another context");
	NEED(t, txn == NULL, "begin fails, and gives a transaction");
}

static void
second_context(struct conf *t)
{
	struct conf other = *t;
	struct mls_txn *txn;

	need_lasting(t);
	store_clear(t);
	memset(&other.world, 0, sizeof(other.world));
	memset(other.slots, 0, sizeof(other.slots));
	conf_open(&other);
	txn = store_begin(t, true);
	store_put(t, txn, store_name(t, "shared"), mls__buf("value", 5));
	busy_beside(t, &other);
	store_commit(t, txn);
	store_is(&other, "shared", "value", "what another context put");
	txn = store_begin(&other, true);
	busy_beside(&other, t);
	store_rollback(&other, txn);
	conf_close(&other);
	store_is(t, "shared", "value", "what another context read");
	store_clear(t);
}

/* What is with another path is another store; and so is every context of a
 * volatile one. */
static void
apart(struct conf *t)
{
	struct conf other = *t;

	if (!t->shared->wants_path &&
	    (t->desc->flags & MLS_PROVIDER_VOLATILE) == 0)
		conf_skip(t, "it has one store alone");
	store_set(t, "of the first", "value");
	memset(&other.world, 0, sizeof(other.world));
	snprintf(other.dir, sizeof(other.dir), "%s/other", t->o->dir);
	NEED(t, mkdir(other.dir, 0700) == 0, "%s: %s", other.dir,
	    strerror(errno));
	conf_open(&other);
	store_is(&other, "of the first", NULL, "what is in another store");
	store_set(&other, "of the second", "value");
	conf_close(&other);
	store_is(t, "of the first", "value", "what another store has not");
	store_is(t, "of the second", NULL, "what is in another store");
}

/* Steps of two processes, one after the other. */
struct steps {
	atomic_int at;
	int status;
};

static void
wait_step(struct conf *t, struct steps *s, int step)
{
	const struct timespec pause = { 0, 1000000 };

	while (atomic_load(&s->at) < step) {
		NEED(t, t->shared->verdict == CONF_OPEN, "the other process "
		    "failed");
		nanosleep(&pause, NULL);
	}
}

static void
hold(struct conf *t, struct steps *s)
{
	struct mls_txn *txn;

	conf_open(t);
	txn = store_begin(t, true);
	store_put(t, txn, store_name(t, "held"), mls__buf("value", 5));
	atomic_store(&s->at, 1);
	wait_step(t, s, 2);
	store_commit(t, txn);
	conf_close(t);
}

static void
second_process(struct conf *t)
{
	struct steps *s = conf_common(t, sizeof(*s));
	struct mls_txn *txn = NULL;
	int pid;

	t->desc = conf_load(t);
	need_lasting(t);
	pid = conf_fork(t);
	if (pid == 0) {
		hold(t, s);
		conf_leave();
	}
	wait_step(t, s, 1);
	conf_open(t);
	conf_doing(t, "begin beside another process that writes");
	conf_expect(t, t->desc->keystore->begin(t->ctx, 1, &txn), MLS_P_BUSY,
	    "beginning to write beside another process");
	atomic_store(&s->at, 2);
	conf_join(t, pid, "the process that wrote");
	store_is(t, "held", "value", "what another process committed");
	store_clear(t);
}

/* Ends a process as a crash or the power would. */
static void
kill_it(struct conf *t, int pid)
{
	int status = 0;

	kill((pid_t)pid, SIGKILL);
	while (waitpid((pid_t)pid, &status, 0) < 0)
		;
	NEED(t, WIFSIGNALED(status), "a process ended before it was killed");
}

static void
half_done(struct conf *t, struct steps *s)
{
	struct mls_txn *txn;
	uint8_t big[50000];
	size_t i;

	conf_open(t);
	store_set(t, "before", "value");
	txn = store_begin(t, true);
	memset(big, 'x', sizeof(big));
	for (i = 0; i < 40; i++)
		store_put(t, txn, store_key(t, &i, sizeof(i)),
		    mls__buf(big, sizeof(big)));
	store_put(t, txn, store_name(t, "half"), mls__buf("value", 5));
	store_put(t, txn, store_name(t, "before"), mls__buf("half", 4));
	atomic_store(&s->at, 1);
	for (;;)
		pause();
}

static void
killed_half_done(struct conf *t)
{
	struct steps *s = conf_common(t, sizeof(*s));
	struct mls_txn *txn;
	size_t i = 7;
	int pid;

	t->desc = conf_load(t);
	need_lasting(t);
	pid = conf_fork(t);
	if (pid == 0)
		half_done(t, s);
	wait_step(t, s, 1);
	kill_it(t, pid);
	conf_open(t);
	store_is(t, "before", "value", "what was committed before a kill");
	store_is(t, "half", NULL, "what a killed transaction had put");
	txn = store_begin(t, true);
	store_has(t, txn, store_key(t, &i, sizeof(i)), NULL,
	    "what a killed transaction had put");
	store_rollback(t, txn);
	store_clear(t);
}

/* Two records with the same number in each transaction; `at` follows. */
static void
count_on(struct conf *t, struct steps *s)
{
	struct mls_txn *txn;
	struct mls_buf value;
	int i;

	conf_open(t);
	for (i = atomic_load(&s->at) + 1;; i++) {
		value = mls__buf(&i, sizeof(i));
		txn = store_begin(t, true);
		store_put(t, txn, store_name(t, "first"), value);
		store_put(t, txn, store_name(t, "second"), value);
		store_commit(t, txn);
		atomic_store(&s->at, i);
	}
}

static int
take(void *arg, struct mls_buf key, struct mls_buf value)
{
	(void)key;
	if (value.len == sizeof(int))
		memcpy(arg, value.data, sizeof(int));
	return 0;
}

static void
check_count(struct conf *t, struct steps *s)
{
	int first = 0, second = 0, at = atomic_load(&s->at);
	struct store_key a = store_name(t, "first"),
	    b = store_name(t, "second");
	struct mls_txn *txn;

	conf_open(t);
	txn = store_begin(t, false);
	t->desc->keystore->get(txn, KEY_BUF(a), take, &first);
	t->desc->keystore->get(txn, KEY_BUF(b), take, &second);
	store_rollback(t, txn);
	NEED(t, first == second, "a process was killed, and of a transaction "
	    "half is there: %d and %d", first, second);
	NEED(t, first >= at && first <= at + 1, "a process was killed after "
	    "it had committed %d, and %d is there", at, first);
	conf_close(t);
	atomic_store(&s->at, first);
}

static void
killed_anywhere(struct conf *t)
{
	struct steps *s = conf_common(t, sizeof(*s));
	struct timespec pause = { 0, 0 };
	int pid, round, begin;

	t->desc = conf_load(t);
	need_lasting(t);
	for (round = 0; round < 12; round++) {
		begin = atomic_load(&s->at);
		pid = conf_fork(t);
		if (pid == 0)
			count_on(t, s);
		wait_step(t, s, begin + 3);
		pause.tv_nsec = round * 700000 + 100000;
		nanosleep(&pause, NULL);
		kill_it(t, pid);
		check_count(t, s);
	}
	conf_open(t);
	store_clear(t);
}

const struct conf_test conf_lasting_tests[] = {
	{ "what is committed outlives the context", durable, false },
	{ "a volatile store forgets", volatile_store, false },
	{ "two processes, one after the other", shared, true },
	{ "two stores are apart", apart, false },
	{ "a second context is told BUSY", second_context, false },
	{ "a second process is told BUSY", second_process, true },
	{ "a process is killed in a transaction", killed_half_done, true },
	{ "processes are killed at any time", killed_anywhere, true },
	{ "deleted values are in no file", store_erased, false },
	{ NULL, NULL, false },
};
