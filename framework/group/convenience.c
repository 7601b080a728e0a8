/* SPDX-License-Identifier: MIT */
/* The common case in one call each. */
#include "group/making.h"

int
mls_group_send(struct mls_bytes *message, mls_group *group,
    struct mls_buf data)
{
	mls_change *c;
	int rc;

	rc = mls_group_make_message(&c, group, data, NULL);
	if (rc != 0)
		return mls__api(MLS_MAY_MAKE, rc);
	rc = mls_change_release(message, c);
	mls_change_drop(c);
	return mls__api(MLS_MAY_MAKE, rc);
}

int
mls_group_receive(mls_group *group, struct mls_buf message,
    int (*fn)(void *payload, const struct mls_summary *summary),
    void *payload)
{
	mls_change *c;
	int rc;

	rc = mls_group_process(&c, group, message);
	if (rc != 0)
		return mls__api(MLS_MAY_JUDGE, rc);
	/* Shown first, applied then: a crash repeats, and loses nothing. */
	if (fn != NULL && fn(payload, mls_change_summary(c)) != 0)
		rc = MLS_E_POLICY_REJECTED;
	if (rc == 0)
		rc = mls_change_apply(c);
	mls_change_drop(c);
	return mls__api(MLS_MAY_JUDGE, rc);
}

int
mls_group_commit(struct mls_bytes *message, struct mls_bytes *welcome,
    mls_group *group, const struct mls_commit_options *options)
{
	mls_change *c;
	int rc;

	if (message == NULL)
		return MLS_E_ARGUMENT;
	rc = mls_group_make_commit(&c, group, options);
	if (rc != 0)
		return mls__api(MLS_MAY_MAKE, rc);
	rc = mls__making_release(message, welcome, c);
	mls_change_drop(c);
	return mls__api(MLS_MAY_MAKE, rc);
}

int
mls_group_settle(mls_group *group, int accepted)
{
	mls_change *c;
	int rc;

	rc = mls_group_pending(&c, group);
	if (rc != 0)
		return mls__api(MLS_MAY_APPLY, rc);
	if (c == NULL)
		return MLS_E_CHANGE_STALE;
	rc = accepted ? mls_change_apply(c) : mls_change_cancel(c);
	mls_change_drop(c);
	return mls__api(MLS_MAY_APPLY, rc);
}
