/* SPDX-License-Identifier: MIT */
/*
 * What passive clients are ready to take.  A policy as strict as the rules
 * would refuse some of the official files, whose leaves have expired or list
 * what they should not; one as lax as these need would take what others must
 * refuse.  So a context is made with just those grants that the good messages
 * of a case turn out to need.
 */
#include <stdlib.h>
#include <string.h>

#include "histories/shelf.h"
#include "vectors.h"

/* Longer lives are as good as unlimited (LEAF-17). */
#define CENTURY (100ull * 366 * 24 * 3600)

/* The payload of a policy. */
struct ground {
	unsigned grants;
};

struct vec_world {
	const struct vec_options *options;
	const char *config;
	void (*log)(void *payload, int level, const char *text);
	mls_context *contexts[VEC_GRANTS];
	struct ground grounds[VEC_GRANTS];
};

static const struct {
	int error;
	unsigned grant;
} needs[] = {
	{ MLS_E_DEFAULT_TYPE_LISTED, VEC_GRANT_DEFAULT_TYPES },
	{ MLS_E_LIFETIME_NOT_CURRENT, VEC_GRANT_LIFETIMES },
	{ MLS_E_LIFETIME_TOO_LONG, VEC_GRANT_LONG_LIVES },
	{ MLS_E_LEAF_GROUP_PARAMETERS_UNLISTED, VEC_GRANT_UNLISTED_SUITE },
	{ MLS_E_KEY_PACKAGE_SUITE_UNLISTED, VEC_GRANT_UNLISTED_SUITE },
	{ MLS_E_CREDENTIAL_SUCCESSOR_REJECTED, VEC_GRANT_NEW_NAMES },
	{ MLS_E_RESYNC_IDENTITY, VEC_GRANT_NEW_NAMES },
	{ MLS_E_PATH_REQUIRED, VEC_GRANT_NO_PATH },
	{ MLS_E_EXTERNAL_SENDER_PROPOSAL_TYPE, VEC_GRANT_OUTSIDE },
	{ MLS_E_EXTERNAL_COMMIT_PROPOSAL_TYPE, VEC_GRANT_COMING_IN },
};

unsigned
vec_grant(int error)
{
	size_t i;

	for (i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (needs[i].error == error)
			return needs[i].grant;
	return 0;
}

/* Who takes the place of another has the same name (CRED-02, EXT-09). */
static int
judge_credential(void *payload, int where, const struct mls_identity *identity,
    const struct mls_identity *previous)
{
	const struct ground *ground = payload;

	(void)where;
	if (previous == NULL || (ground->grants & VEC_GRANT_NEW_NAMES) != 0)
		return 0;
	/* A chain of certificates may be another one of the same subject. */
	if (identity->credential_type == MLS_CREDENTIAL_X509)
		return previous->credential_type == MLS_CREDENTIAL_X509 ?
		    0 : 1;
	return identity->credential_type == previous->credential_type &&
	    mls__equal(identity->identity, previous->identity) ? 0 : 1;
}

int
vec_world_new(struct vec_world **out, const struct vec_options *options,
    const char *config, void (*log)(void *payload, int level, const char *text))
{
	struct vec_world *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return MLS_E_OUT_OF_MEMORY;
	w->options = options;
	w->config = config;
	w->log = log;
	*out = w;
	return 0;
}

void
vec_world_free(struct vec_world *world)
{
	size_t i;

	if (world == NULL)
		return;
	for (i = 0; i < VEC_GRANTS; i++)
		mls_context_free(world->contexts[i]);
	free(world);
	shelf_clear();
}

const struct vec_options *
vec_world_options(const struct vec_world *world)
{
	return world->options;
}

/* Returns how many. */
static size_t
proposal_types(struct mls_custom_proposal *out, const struct vec_options *o,
    unsigned grants)
{
	uint32_t flags = 0;
	size_t i, n = 0;

	if ((grants & VEC_GRANT_NO_PATH) != 0)
		flags |= MLS_CUSTOM_NO_PATH;
	if ((grants & VEC_GRANT_OUTSIDE) != 0)
		flags |= MLS_CUSTOM_EXTERNAL;
	if ((grants & VEC_GRANT_COMING_IN) != 0)
		flags |= MLS_CUSTOM_EXTERNAL_COMMIT;
	memset(out, 0, VEC_TYPES * sizeof(*out));
	for (i = 0; i < o->n_proposals; i++) {
		if (o->proposals[i] == VEC_SELF_REMOVE &&
		    (grants & VEC_GRANT_SELF_REMOVE) != 0)
			continue; /* of a form of its own */
		out[n].type = o->proposals[i];
		out[n++].flags = flags;
	}
	return n;
}

static uint32_t
tolerance(unsigned grants)
{
	uint32_t t = 0;

	if ((grants & VEC_GRANT_DEFAULT_TYPES) != 0)
		t |= MLS_TOLERATE_DEFAULT_TYPES;
	if ((grants & VEC_GRANT_LIFETIMES) != 0)
		t |= MLS_TOLERATE_LIFETIMES;
	if ((grants & VEC_GRANT_UNLISTED_SUITE) != 0)
		t |= MLS_TOLERATE_UNLISTED_SUITE;
	return t;
}

static int
make_context(mls_context **out, struct vec_world *world, unsigned grants)
{
	static const struct mls_provider *const linked[] = {
		&shelf_provider, NULL
	};
	static const uint16_t credentials[] = { MLS_CREDENTIAL_X509 };
	const struct vec_options *have = world->options;
	struct mls_context_options o = MLS_CONTEXT_OPTIONS_INIT;
	struct mls_custom_proposal customs[VEC_TYPES];
	struct mls_policy p = MLS_POLICY_INIT;

	world->grounds[grants].grants = grants;
	p.n_proposals = proposal_types(customs, have, grants);
	p.payload = &world->grounds[grants];
	p.credential = judge_credential;
	p.max_lifetime = (grants & VEC_GRANT_LONG_LIVES) != 0 ? UINT64_MAX :
	    CENTURY;
	p.external = MLS_EXTERNAL_JOIN | MLS_EXTERNAL_RESYNC |
	    MLS_EXTERNAL_ADD;
	p.tolerate = tolerance(grants);
	if ((grants & VEC_GRANT_SELF_REMOVE) != 0)
		p.drafts = MLS_DRAFT_SELF_REMOVE;
	p.extensions = have->extensions;
	p.n_extensions = have->n_extensions;
	p.proposals = customs;
	p.credentials = credentials;
	p.n_credentials = 1;
	o.policy = &p;
	o.providers = linked;
	o.log = world->log;
	o.config_text = world->config;
	return mls_context_new(out, &o);
}

int
vec_world_context(mls_context **out, struct vec_world *world, unsigned grants)
{
	int rc = 0;

	if (world->contexts[grants] == NULL)
		rc = make_context(&world->contexts[grants], world, grants);
	if (rc == 0)
		*out = world->contexts[grants];
	return rc;
}
