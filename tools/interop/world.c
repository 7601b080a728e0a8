/* SPDX-License-Identifier: MIT */
#include "interop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
accept_all(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	(void)payload;
	(void)where;
	(void)identity;
	(void)previous;
	return 0;
}

static void
log_problem(void *payload, int level, const char *text)
{
	(void)payload;
	if (level <= MLS_LOG_WARNING)
		fprintf(stderr, "mls-interop: %s\n", text);
}

int
world_init(struct world *w, const char *name, const char *crypto,
    bool grease)
{
	const MlsClient__MLSClient_Service service =
	    MLS_CLIENT__MLSCLIENT__INIT(rpc_);
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_policy policy = MLS_POLICY_INIT;
	char config[256];
	int len;

	memset(w, 0, sizeof(*w));
	w->service = service;
	w->name = name;
	policy.credential = accept_all;
	policy.no_grease = !grease;
	policy.max_lifetime = UINT64_MAX;
	policy.external = MLS_EXTERNAL_JOIN | MLS_EXTERNAL_RESYNC |
	    MLS_EXTERNAL_ADD;
	/* The harness sends when it likes, and peers have their ways. */
	policy.tolerate = MLS_TOLERATE_PENDING_SEND |
	    MLS_TOLERATE_UNCOMMITTED | MLS_TOLERATE_UNLISTED_SUITE |
	    MLS_TOLERATE_DEFAULT_TYPES;
	len = snprintf(config, sizeof(config),
	    "[route]\nkeystore = memory\n%s%s\n",
	    crypto != NULL ? "crypto = " : "", crypto != NULL ? crypto : "");
	if (len < 0 || (size_t)len >= sizeof(config))
		return MLS_E_ARGUMENT;
	o.config_text = config;
	o.log = log_problem;
	o.policy = &policy;
	return mls_context_new(&w->context, &o);
}

void
world_close(struct world *w)
{
	size_t i;

	for (i = 0; i < w->n_entries; i++)
		entry_free(w, (uint32_t)i + 1);
	free(w->entries);
	mls_context_free(w->context);
}

struct world *
world_of(MlsClient__MLSClient_Service *service)
{
	return (struct world *)service;
}

int
complain(struct world *w, const char *text, uint32_t id)
{
	if (id != 0)
		snprintf(w->complaint, sizeof(w->complaint), "%s: %u", text,
		    (unsigned)id);
	else
		snprintf(w->complaint, sizeof(w->complaint), "%s", text);
	return MLS_E_ARGUMENT;
}

bool
done(struct world *w, int rc)
{
	const struct mls_error_info *info = mls_error_info(rc);

	if (rc == 0)
		return true;
	if (w->complaint[0] == '\0')
		snprintf(w->complaint, sizeof(w->complaint), "%s: %s",
		    info != NULL ? info->name : "?", mls_strerror(rc));
	return false;
}

int
actor_new(struct actor **out, struct world *w, struct mls_buf identity)
{
	struct mls_client_options o = MLS_CLIENT_OPTIONS_INIT;
	struct actor *a = malloc(sizeof(*a));
	int rc;

	if (a == NULL)
		return MLS_E_OUT_OF_MEMORY;
	o.identity = identity;
	rc = mls_client_create(&a->client, w->context, &o);
	if (rc != 0) {
		free(a);
		return rc;
	}
	a->refs = 1;
	*out = a;
	return 0;
}

void
actor_drop(struct actor *a)
{
	if (a == NULL || --a->refs != 0)
		return;
	mls_client_close(a->client);
	free(a);
}

int
entry_new(struct entry **out, uint32_t *id, struct world *w,
    struct actor *actor)
{
	struct entry *e = calloc(1, sizeof(*e)), **more;

	if (e == NULL)
		return MLS_E_OUT_OF_MEMORY;
	more = realloc(w->entries, (w->n_entries + 1) * sizeof(*more));
	if (more == NULL) {
		free(e);
		return MLS_E_OUT_OF_MEMORY;
	}
	w->entries = more;
	w->entries[w->n_entries++] = e;
	e->actor = actor;
	e->framing = MLS_FRAMING_PUBLIC;
	actor->refs++;
	*out = e;
	*id = (uint32_t)w->n_entries;
	return 0;
}

int
entry_any(struct entry **out, struct world *w, uint32_t id)
{
	if (id == 0 || id > w->n_entries || w->entries[id - 1] == NULL)
		return complain(w, "there is no such number", id);
	*out = w->entries[id - 1];
	return 0;
}

int
entry_state(struct entry **out, struct world *w, uint32_t id)
{
	struct entry *e;
	int rc = entry_any(&e, w, id);

	if (rc == 0 && e->group == NULL)
		rc = complain(w, "no state has this number", id);
	if (rc == 0)
		*out = e;
	return rc;
}

int
entry_package(struct entry **out, struct world *w, uint32_t id)
{
	struct entry *e;
	int rc = entry_any(&e, w, id);

	if (rc == 0 && e->package.data == NULL)
		rc = complain(w, "no transaction has this number", id);
	if (rc == 0)
		*out = e;
	return rc;
}

static void
forget_sent(struct entry *e)
{
	size_t i;

	for (i = 0; i < e->n_sent; i++)
		mls_bytes_free(&e->sent[i]);
	free(e->sent);
	e->sent = NULL;
	e->n_sent = 0;
}

void
entry_free(struct world *w, uint32_t id)
{
	struct entry *e;

	if (id == 0 || id > w->n_entries || w->entries[id - 1] == NULL)
		return;
	e = w->entries[id - 1];
	w->entries[id - 1] = NULL;
	mls_group_close(e->group);
	mls_bytes_free(&e->package);
	forget_sent(e);
	actor_drop(e->actor);
	free(e);
}

static uint64_t
epoch_of(const struct entry *e)
{
	struct mls_group_info_view v = MLS_GROUP_INFO_VIEW_INIT;

	return mls_group_info(&v, e->group) == 0 ? v.epoch : UINT64_MAX;
}

int
entry_note(struct entry *e, struct mls_buf proposal)
{
	struct mls_bytes copy = { malloc(proposal.len), proposal.len }, *more;
	uint64_t epoch = epoch_of(e);

	if (epoch != e->epoch)
		forget_sent(e);
	e->epoch = epoch;
	more = realloc(e->sent, (e->n_sent + 1) * sizeof(*more));
	if (more != NULL)
		e->sent = more;
	if (copy.data == NULL || more == NULL) {
		free(copy.data);
		return MLS_E_OUT_OF_MEMORY;
	}
	memcpy(copy.data, proposal.data, proposal.len);
	e->sent[e->n_sent++] = copy;
	return 0;
}

bool
entry_sent(const struct entry *e, struct mls_buf proposal)
{
	size_t i;

	if (epoch_of(e) != e->epoch)
		return false;
	for (i = 0; i < e->n_sent; i++)
		if (e->sent[i].len == proposal.len && memcmp(e->sent[i].data,
		    proposal.data, proposal.len) == 0)
			return true;
	return false;
}
