/* SPDX-License-Identifier: MIT */
/* A Welcome taken: its key package is spent, the group is there. */
#include <stdlib.h>

#include "group/join.h"

void
mls__join_free(struct mls_join *j)
{
	if (j == NULL)
		return;
	mls__own_package_free(&j->own);
	free(j);
}

int
mls__join_apply(mls_change *c)
{
	struct mls_join *j = c->join;
	struct mls_own_package again;
	struct mls_buf ref = mls__buf(j->ref, j->suite->nh);
	struct mls_store_txn t = { 0 };
	struct mls_writer key = { 0 };
	uint64_t number;
	bool found;
	int rc;

	rc = mls__txn_begin(&t, &c->client->store, true);
	if (rc == 0)
		rc = mls__own_package_find(&again, &found, c->client, &t,
		    ref);
	if (rc == 0 && found)
		mls__own_package_free(&again);
	else if (rc == 0 || rc == MLS_E_KEY_PACKAGE_CONSUMED)
		rc = MLS_E_CHANGE_STALE; /* KP-13 */
	if (rc == 0)
		rc = mls__directory_add(&number, c->client, &t,
		    c->summary.group_id);
	if (rc == MLS_E_GROUP_ID_IN_USE)
		rc = MLS_E_CHANGE_STALE;
	mls__package_key(&key, c->client, ref);
	if (rc == 0)
		rc = key.error;
	/* WELCOME-27: the init key goes; the leaf key is the group's now. */
	if (rc == 0)
		rc = mls__txn_put(&t, mls__writer_buf(&key),
		    mls__buf(NULL, 0));
	if (rc == 0)
		rc = mls__batch_play(&t, mls__writer_buf(&c->batch.ops),
		    number);
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	mls__writer_free(&key);
	/* It is in the store by now: this cannot be tried again. */
	if (rc == 0 && mls__group_load(&c->group, c->client, number) != 0)
		rc = MLS_E_RELOAD_REQUIRED;
	return rc;
}
