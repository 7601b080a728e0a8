/* SPDX-License-Identifier: MIT */
/*
 * What modules share that pass everything on to a good one, but for one fault.
 * Parameters: module, the path of the good one; fault, the name of the fault;
 * the others are the good one's.
 */
#ifndef TESTS_FAULTS_WRONG_H
#define TESTS_FAULTS_WRONG_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "libmls/provider.h"

struct wrong {
	const struct mls_provider *good;
	void *ctx; /* the good one's */
	char fault[32];
	unsigned calls; /* of what goes wrong after a while */
	char path[256]; /* the parameter of this name, or "" */
};

static inline bool
fault_is(const struct wrong *w, const char *fault)
{
	return strcmp(w->fault, fault) == 0;
}

static inline void
copy_text(char *out, size_t cap, const char *text)
{
	strncpy(out, text, cap - 1);
	out[cap - 1] = '\0';
}

/* Takes our own parameters out. */
static inline size_t
take_params(struct wrong *w, const char **module, struct mls_param *rest,
    const struct mls_param *params, size_t n)
{
	size_t left = 0;

	for (; n > 0; n--, params++) {
		if (strcmp(params->name, "module") == 0)
			*module = params->value;
		else if (strcmp(params->name, "fault") == 0)
			copy_text(w->fault, sizeof(w->fault), params->value);
		else
			rest[left++] = *params;
		if (strcmp(params->name, "path") == 0)
			copy_text(w->path, sizeof(w->path), params->value);
	}
	return left;
}

static inline int
wrong_init(const struct mls_host *host, const struct mls_param *params,
    size_t n, void **ctx)
{
	struct wrong *w = calloc(1, sizeof(*w));
	struct mls_param rest[16];
	const char *module = "";
	void *dl;
	int rc;

	if (w == NULL || n > 16)
		return MLS_P_NOMEM;
	n = take_params(w, &module, rest, params, n);
	dl = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	w->good = dl != NULL ? dlsym(dl, "mls_provider_1") : NULL;
	rc = MLS_P_IO;
	if (w->good != NULL)
		rc = w->good->init(host, rest, fault_is(w, "parameter") ? 0 :
		    n, &w->ctx);
	if (rc == MLS_P_OK)
		*ctx = w;
	else
		free(w);
	return rc;
}

static inline void
wrong_fini(void *ctx)
{
	struct wrong *w = ctx;

	w->good->fini(w->ctx);
	free(w);
}

#endif
