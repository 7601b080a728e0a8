/* SPDX-License-Identifier: MIT */
#include "group/rules.h"

#include <stdlib.h>
#include <string.h>

#include "crypto/kem.h"

struct mls_judge
mls__judge(const mls_group *g)
{
	struct mls_judge j = { g->context, g->suite,
		g->state->context.group_id, g->state->context.extensions };

	return j;
}

/* LEAF-05 */
static bool
lists_defaults(const struct mls_capabilities *c)
{
	struct mls_reader r;

	mls__reader_init(&r, c->extensions);
	while (mls__reader_more(&r))
		if (mls__extension_is_default(mls__read_u16(&r)))
			return true;
	mls__reader_init(&r, c->proposals);
	while (mls__reader_more(&r))
		if (mls__proposal_is_default(mls__read_u16(&r)))
			return true;
	return false;
}

/* LEAF-06, KP-10: the group's version and suite are listed. */
static bool
lists_parameters(const struct mls_judge *j, const struct mls_capabilities *c)
{
	uint32_t tolerate = j->context->policy.tolerate;

	return mls__list16_has(c->versions, MLS_VERSION_MLS10) &&
	    ((tolerate & MLS_TOLERATE_UNLISTED_SUITE) != 0 ||
	    mls__list16_has(c->suites, j->suite->row->number));
}

/* LEAF-04, KP-08 */
static bool
lists_extensions(const struct mls_leaf *leaf, struct mls_buf extensions)
{
	struct mls_extension e;
	struct mls_reader r;

	mls__reader_init(&r, extensions);
	while (mls__extension_next(&e, &r))
		if (!mls__leaf_supports_extension(&leaf->capabilities,
		    e.type))
			return false;
	return true;
}

/* LEAF-16, LEAF-17 */
static int
check_borders(const struct mls_policy *p, const struct mls_leaf *leaf)
{
	if (leaf->source != MLS_LEAF_KEY_PACKAGE)
		return 0;
	if (leaf->not_after < leaf->not_before)
		return MLS_E_LIFETIME_INVERTED;
	if (p->max_lifetime != UINT64_MAX &&
	    leaf->not_after - leaf->not_before > p->max_lifetime)
		return MLS_E_LIFETIME_TOO_LONG;
	return 0;
}

int
mls__rule_leaf(const struct mls_judge *j, const struct mls_leaf *leaf)
{
	const struct mls_policy *p = &j->context->policy;
	const struct mls_capabilities *c = &leaf->capabilities;
	int rc;

	rc = mls__rule_extensions(j->context, leaf->extensions,
	    MLS_IN_LEAF);
	if (rc != 0)
		return rc;
	if (!mls__list16_has(c->credentials, leaf->credential.type))
		return MLS_E_LEAF_CREDENTIAL_UNLISTED; /* LEAF-03 */
	if (!lists_extensions(leaf, leaf->extensions))
		return MLS_E_LEAF_EXTENSION_UNLISTED; /* LEAF-04 */
	if ((p->tolerate & MLS_TOLERATE_DEFAULT_TYPES) == 0 &&
	    lists_defaults(c))
		return MLS_E_DEFAULT_TYPE_LISTED; /* LEAF-05 */
	if (!lists_parameters(j, c))
		return MLS_E_LEAF_GROUP_PARAMETERS_UNLISTED; /* LEAF-06 */
	rc = check_borders(p, leaf);
	if (rc == 0)
		rc = mls__x509_check(leaf); /* CRED-06, CRED-07 */
	if (rc == 0)
		rc = mls__check_signature_key(j->suite, leaf->signature_key);
	if (rc == 0)
		rc = mls__kem_check_public(j->suite, leaf->encryption_key);
	return rc;
}

int
mls__rule_leaf_group(const struct mls_capabilities *c,
    struct mls_buf extensions)
{
	struct mls_extension e;
	struct mls_reader r, req, list;
	struct mls_buf data;

	mls__reader_init(&r, extensions);
	while (mls__extension_next(&e, &r))
		if (!mls__leaf_supports_extension(c, e.type))
			return MLS_E_LEAF_GROUP_EXTENSION_UNSUPPORTED;
	if (!mls__extension_find(&data, extensions,
	    MLS_EXT_REQUIRED_CAPABILITIES))
		return 0;
	mls__reader_init(&req, data);
	list = mls__read_vector(&req);
	while (mls__reader_more(&list))
		if (!mls__leaf_supports_extension(c, mls__read_u16(&list)))
			return MLS_E_REQUIRED_EXTENSION_MISSING;
	list = mls__read_vector(&req);
	while (mls__reader_more(&list))
		if (!mls__leaf_supports_proposal(c, mls__read_u16(&list)))
			return MLS_E_REQUIRED_PROPOSAL_MISSING;
	list = mls__read_vector(&req);
	while (mls__reader_more(&list))
		if (!mls__list16_has(c->credentials, mls__read_u16(&list)))
			return MLS_E_REQUIRED_CREDENTIAL_MISSING;
	return 0;
}

int
mls__rule_lifetime(const struct mls_judge *j, const struct mls_leaf *leaf,
    int error)
{
	const struct mls_policy *p = &j->context->policy;
	uint64_t now = mls__now(j->context), skew = p->clock_skew;

	if (leaf->source != MLS_LEAF_KEY_PACKAGE ||
	    (p->tolerate & MLS_TOLERATE_LIFETIMES) != 0)
		return 0;
	if (leaf->not_before > now && leaf->not_before - now > skew)
		return error;
	if (leaf->not_after < now && now - leaf->not_after > skew)
		return error;
	return 0;
}

int
mls__rule_key_package(const struct mls_judge *j,
    const struct mls_key_package *kp)
{
	int rc;

	if (kp->version != MLS_VERSION_MLS10)
		return MLS_E_KEY_PACKAGE_VERSION; /* KP-01 */
	if (kp->suite != j->suite->row->number)
		return MLS_E_KEY_PACKAGE_CIPHER_SUITE; /* KP-03 */
	if (kp->leaf.source != MLS_LEAF_KEY_PACKAGE)
		return MLS_E_KEY_PACKAGE_LEAF_SOURCE; /* KP-05 */
	if (mls__equal(kp->init_key, kp->leaf.encryption_key))
		return MLS_E_INIT_KEY_IS_LEAF_KEY; /* KP-06 */
	if (!lists_parameters(j, &kp->leaf.capabilities))
		return MLS_E_KEY_PACKAGE_SUITE_UNLISTED; /* KP-10 */
	rc = mls__rule_extensions(j->context, kp->extensions,
	    MLS_IN_KEY_PACKAGE);
	if (rc == 0)
		rc = mls__rule_leaf(j, &kp->leaf);
	if (rc == 0)
		rc = mls__kem_check_public(j->suite, kp->init_key);
	return rc;
}

int
mls__verify_packages(const struct mls_suite *s,
    const struct mls_key_package *const *v, size_t n)
{
	struct mls_verify_job *jobs = mls__array_alloc(2 * n, sizeof(*jobs));
	struct mls_writer *w = mls__array_alloc(n, sizeof(*w));
	int rc = 0;
	size_t i;

	if (jobs == NULL || w == NULL)
		rc = MLS_E_OUT_OF_MEMORY;
	for (i = 0; rc == 0 && i < n; i++) {
		mls__key_package_verify_job(&jobs[2 * i], v[i]);
		mls__leaf_verify_job(&jobs[2 * i + 1], &w[i], &v[i]->leaf,
		    mls__buf(NULL, 0), 0);
		rc = w[i].error;
	}
	if (rc == 0)
		rc = mls__verify_many(s, jobs, 2 * n);
	for (i = 0; w != NULL && i < n; i++)
		mls__writer_free(&w[i]);
	free(w);
	free(jobs);
	return rc;
}

int
mls__verify_leaf(const struct mls_judge *j, const struct mls_leaf *leaf,
    uint32_t index)
{
	MLS_WRITER_ROOM(w, 512);
	struct mls_verify_job job;
	int rc;

	mls__leaf_verify_job(&job, &w, leaf, j->group_id, index);
	rc = w.error;
	if (rc == 0)
		rc = mls__verify_with_label(j->suite, &job);
	mls__writer_free(&w);
	return rc;
}

int
mls__rule_own_package(const mls_client *client, const struct mls_suite *s,
    const struct mls_key_package *kp)
{
	struct mls_judge j = { client->context, s, { NULL, 0 }, { NULL, 0 } };
	int rc = mls__rule_key_package(&j, kp);

	if (rc == 0 && !lists_extensions(&kp->leaf, kp->extensions))
		rc = MLS_E_KEY_PACKAGE_EXTENSION_UNLISTED; /* KP-08 */
	if (rc == 0)
		rc = mls__rule_lifetime(&j, &kp->leaf,
		    MLS_E_LIFETIME_NOT_CURRENT_OWN); /* LEAF-13 */
	return rc;
}

int
mls__rule_credential_type(struct mls_tree *t, const struct mls_leaf *leaf)
{
	const struct mls_capset *set;
	size_t i;

	for (i = 0; (set = mls__tree_capset(t, i)) != NULL; i++) {
		if (!mls__list16_has(set->capabilities.credentials,
		    leaf->credential.type))
			return MLS_E_CREDENTIAL_TYPE_UNSUPPORTED_BY_MEMBER;
		if (!mls__list16_has(leaf->capabilities.credentials,
		    set->credential_type))
			return MLS_E_CREDENTIAL_TYPE_IN_USE_UNSUPPORTED;
	}
	return 0;
}

bool
mls__credential_types_agree(struct mls_tree *t)
{
	uint16_t types[MLS_LIMIT_CAPABILITIES]; /* more fit in no list */
	const struct mls_capset *set;
	size_t n = 0, i, k;

	for (i = 0; (set = mls__tree_capset(t, i)) != NULL; i++) {
		for (k = 0; k < n; k++)
			if (types[k] == set->credential_type)
				break;
		if (k < n)
			continue;
		if (n == sizeof(types) / sizeof(types[0]))
			return false;
		types[n++] = set->credential_type;
	}
	for (i = 0; (set = mls__tree_capset(t, i)) != NULL; i++)
		for (k = 0; k < n; k++)
			if (!mls__list16_has(set->capabilities.credentials,
			    types[k]))
				return false;
	return true;
}

int
mls__rule_members_support(struct mls_tree *t, struct mls_buf extensions)
{
	const struct mls_capset *set;
	size_t i;
	int rc;

	for (i = 0; (set = mls__tree_capset(t, i)) != NULL; i++) {
		rc = mls__rule_leaf_group(&set->capabilities, extensions);
		if (rc == MLS_E_LEAF_GROUP_EXTENSION_UNSUPPORTED)
			return MLS_E_GCE_EXTENSION_UNSUPPORTED; /* PROP-12 */
		if (rc != 0)
			return MLS_E_GCE_REQUIRED_CAPABILITIES; /* PROP-11 */
	}
	return 0;
}

void
mls__identity_of(struct mls_identity *out, const struct mls_leaf *leaf)
{
	struct mls_buf data;
	struct mls_reader r;

	memset(out, 0, sizeof(*out));
	out->credential_type = leaf->credential.type;
	out->identity = leaf->credential.identity;
	out->signature_key = leaf->signature_key;
	if (mls__extension_find(&data, leaf->extensions,
	    MLS_EXT_APPLICATION_ID)) {
		mls__reader_init(&r, data);
		out->application_id = mls__read_opaque(&r);
	}
}

int
mls__ask_credential(const mls_context *context, int where,
    const struct mls_leaf *leaf, const struct mls_leaf *previous)
{
	const struct mls_policy *p = &context->policy;
	struct mls_identity now, before;

	/* CRED-01: what is not new to the group is not asked again. */
	if (previous != NULL &&
	    mls__equal(leaf->credential.raw, previous->credential.raw) &&
	    mls__equal(leaf->signature_key, previous->signature_key))
		return 0;
	if (p->credential == NULL)
		return MLS_E_CREDENTIAL_VALIDATOR_MISSING; /* CRED-04 */
	mls__identity_of(&now, leaf);
	if (previous != NULL)
		mls__identity_of(&before, previous);
	if (p->credential(p->payload, where, &now,
	    previous != NULL ? &before : NULL) == 0)
		return 0;
	return previous != NULL ? MLS_E_CREDENTIAL_SUCCESSOR_REJECTED :
	    MLS_E_CREDENTIAL_REJECTED;
}
