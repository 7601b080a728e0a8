/* SPDX-License-Identifier: MIT */
/* What libmls lends a provider, and what the built-in ones share. */
#include <stdio.h>

#include "base/secret.h"
#include "plugin/internal.h"

static void
host_log(void *self, int level, const char *text)
{
	struct mls_running *r = self;
	struct mls_plugins *p = r->inst.plugins;

	if (level == MLS_LOG_ERROR) {
		pthread_mutex_lock(&p->log_lock);
		snprintf(r->said, sizeof(r->said), "%s", text);
		pthread_mutex_unlock(&p->log_lock);
	}
	mls__log(p, level, "%s: %s", r->inst.name, text);
}

/* What a provider is told of our errors. */
static int
status_of(int error, int other)
{
	return error == 0 ? MLS_P_OK : error == MLS_E_OUT_OF_MEMORY ?
	    MLS_P_NOMEM : other;
}

static int
host_random(void *self, uint8_t *out, size_t len)
{
	struct mls_running *r = self;

	/* A source of randomness may want a seed; not from itself. */
	if (r->inst.desc->rng != NULL)
		return mls__compat_random(out, len) == 0 ? MLS_P_OK :
		    MLS_P_IO;
	return status_of(mls__plugins_random(r->inst.plugins, out, len),
	    MLS_P_IO);
}

/* Whoever serves hashes, but for the one that asks. */
static int
borrow(struct mls_route *out, struct mls_running *r, uint16_t kdf)
{
	char why[MLS_REASON_ALL];
	struct mls_list list;
	int error;

	mls__list_of_suite(&list, r->inst.plugins, 0, MLS_ROLE_HASH);
	error = mls__route_list(out, why, r->inst.plugins, &list,
	    MLS_ROLE_HASH, kdf, r->candidate);
	return status_of(error, MLS_P_UNSUPPORTED);
}

static int
host_hash(void *self, uint16_t kdf, const struct mls_buf *in, size_t n,
    uint8_t *out)
{
	struct mls_route route;
	int status = borrow(&route, self, kdf);

	if (status != MLS_P_OK)
		return status;
	mls__instance_lock(route.inst);
	status = route.inst->desc->crypto->hash(route.inst->ctx, kdf, in, n,
	    out);
	mls__instance_unlock(route.inst);
	return mls__instance_said(route.inst, "hash", status);
}

static int
host_hmac(void *self, uint16_t kdf, struct mls_buf key,
    const struct mls_buf *in, size_t n, uint8_t *out)
{
	struct mls_route route;
	int status = borrow(&route, self, kdf);

	if (status != MLS_P_OK)
		return status;
	mls__instance_lock(route.inst);
	status = route.inst->desc->crypto->hmac(route.inst->ctx, kdf, key, in,
	    n, out);
	mls__instance_unlock(route.inst);
	return mls__instance_said(route.inst, "hmac", status);
}

void
mls__host_init(struct mls_running *r)
{
	r->host.size = sizeof(r->host);
	r->host.self = r;
	r->host.log = host_log;
	r->host.random = host_random;
	r->host.hash = host_hash;
	r->host.hmac = host_hmac;
}

int
mls__builtin_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	char text[160];

	if (n > 0) {
		snprintf(text, sizeof(text), "unknown parameter: %s",
		    params[0].name);
		host->log(host->self, MLS_LOG_ERROR, text);
		return MLS_P_ARGUMENT;
	}
	*ctx = NULL;
	return MLS_P_OK;
}
