/* SPDX-License-Identifier: MIT */
/*
 * The keystore `memory`: records that live as long as the context.
 *
 * A transaction keeps what it writes beside the committed map, and commit
 * moves that in; where no reader is about, no node is copied for it, and it
 * cannot fail.  A reader sees what was committed when it began, whatever
 * happens meanwhile: while there are any, a commit copies the nodes that it
 * shares with them.  Readers never wait for a transaction, only for a commit
 * that is under way.  A second writer waits until the first one of another
 * thread is through, and is BUSY if the same thread holds it.
 *
 * A value is wiped as soon as no version has it: when the commit that
 * replaces or deletes it returns, or when the last reader ends that began
 * before that.
 *
 * A path, which applications give to whatever keystore is configured, is not
 * used; it has no other parameters.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/gate.h"
#include "libmls/provider.h"
#include "changes.h"

struct store {
	struct mls_gate writers;
	pthread_mutex_t lock;     /* of the two below */
	struct mls_map committed; /* changed by the writer alone */
	uint64_t readers;
	uint64_t ranks; /* state of the generator; the writer's */
};

struct mls_txn {
	struct store *store;
	struct mls_map map; /* a reader's */
	struct mls_changes changes;
	bool writable;
};

/* splitmix64: ranks need only be independent of the keys' order. */
static uint32_t
draw_rank(struct store *s)
{
	uint64_t z = s->ranks += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (uint32_t)(z >> 32);
}

static int
check_params(const struct mls_host *host, const struct mls_param *params,
    size_t n)
{
	char text[160];

	for (; n > 0; n--, params++) {
		if (strcmp(params->name, "path") == 0)
			continue;
		snprintf(text, sizeof(text), "unknown parameter: %s",
		    params->name);
		if (host != NULL && MLS_HAS(host, log))
			host->log(host->self, MLS_LOG_ERROR, text);
		return MLS_P_ARGUMENT;
	}
	return MLS_P_OK;
}

static int
memory_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	struct store *s;

	if (check_params(host, params, n) != MLS_P_OK)
		return MLS_P_ARGUMENT;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return MLS_P_NOMEM;
	/* So that who chooses keys cannot choose the tree's shape. */
	if (host == NULL || !MLS_HAS(host, random) || host->random(host->self,
	    (uint8_t *)&s->ranks, sizeof(s->ranks)) != 0)
		s->ranks = (uintptr_t)s;
	if (mls__gate_init(&s->writers) != MLS_P_OK)
		goto err;
	if (pthread_mutex_init(&s->lock, NULL) != 0)
		goto err_gate;
	*ctx = s;
	return MLS_P_OK;
err_gate:
	mls__gate_fini(&s->writers);
err:
	free(s);
	return MLS_P_NOMEM;
}

static void
memory_fini(void *ctx)
{
	struct store *s = ctx;

	if (s == NULL)
		return;
	mls__map_drop(s->committed);
	pthread_mutex_destroy(&s->lock);
	mls__gate_fini(&s->writers);
	free(s);
}

static int
begin(void *ctx, uint32_t writable, struct mls_txn **out)
{
	struct store *s = ctx;
	struct mls_txn *t = calloc(1, sizeof(*t));
	int status;

	if (t == NULL)
		return MLS_P_NOMEM;
	t->store = s;
	t->writable = writable != 0;
	if (writable) {
		status = mls__gate_enter(&s->writers);
		if (status != MLS_P_OK) {
			free(t);
			return status;
		}
	} else {
		pthread_mutex_lock(&s->lock);
		t->map = mls__map_share(s->committed);
		s->readers++;
		pthread_mutex_unlock(&s->lock);
	}
	*out = t;
	return MLS_P_OK;
}

/* What the transaction's changes are beside. */
static struct mls_map
base(const struct mls_txn *t)
{
	return t->writable ? t->store->committed : t->map;
}

static int
get(struct mls_txn *t, struct mls_buf key, mls_record_fn fn, void *arg)
{
	return mls__changes_get(&t->changes, base(t), key, fn, arg);
}

static int
scan(struct mls_txn *t, struct mls_buf prefix, mls_record_fn fn, void *arg)
{
	return mls__changes_scan(&t->changes, base(t), prefix, fn, arg);
}

static int
put(struct mls_txn *t, struct mls_buf key, struct mls_buf value)
{
	if (!t->writable)
		return MLS_P_ARGUMENT;
	return mls__changes_put(&t->changes, draw_rank(t->store), key, value);
}

static int
del(struct mls_txn *t, struct mls_buf key)
{
	if (!t->writable)
		return MLS_P_ARGUMENT;
	return mls__changes_del(&t->changes, draw_rank(t->store), key);
}

static void
rollback(struct mls_txn *t)
{
	struct store *s;

	if (t == NULL)
		return;
	s = t->store;
	if (t->writable) {
		mls__changes_drop(&t->changes);
		mls__gate_leave(&s->writers);
	} else {
		/* Who finds no reader shares nothing. */
		mls__map_drop(t->map);
		pthread_mutex_lock(&s->lock);
		s->readers--;
		pthread_mutex_unlock(&s->lock);
	}
	free(t);
}

/* While readers have the map that was committed: another one. */
static int
commit_beside(struct store *s, struct mls_changes *c)
{
	struct mls_map map = mls__map_share(s->committed), old;
	int status = mls__changes_apply(&map, c);

	if (status == MLS_P_OK) {
		pthread_mutex_lock(&s->lock);
		old = s->committed;
		s->committed = map;
		pthread_mutex_unlock(&s->lock);
		map = old;
	}
	mls__map_drop(map);
	return status;
}

static int
commit(struct mls_txn *t)
{
	struct store *s = t->store;
	int status = MLS_P_OK;
	bool alone;

	if (t->writable) {
		pthread_mutex_lock(&s->lock);
		alone = s->readers == 0;
		if (alone)
			status = mls__changes_apply(&s->committed, &t->changes);
		pthread_mutex_unlock(&s->lock);
		if (!alone)
			status = commit_beside(s, &t->changes);
	}
	rollback(t); /* what is left of it */
	return status;
}

static const struct mls_keystore_ops keystore = {
	.size = sizeof(keystore),
	.begin = begin,
	.get = get,
	.scan = scan,
	.put = put,
	.del = del,
	.commit = commit,
	.rollback = rollback,
};

MLS_PROVIDER(memory) = {
	MLS_PROVIDER_HEADER,
	.name = "memory",
	.version = "1",
	.vendor = "libmls",
	.flags = MLS_PROVIDER_VOLATILE,
	.init = memory_init,
	.fini = memory_fini,
	.keystore = &keystore,
};
