/* SPDX-License-Identifier: MIT */
/* A Welcome taken: its key package is spent, the group is there. */
#include <stdlib.h>

#include "group/effects.h"
#include "group/join.h"
#include "group/last_resort.h"
#include "group/state.h"

void
mls__join_free(struct mls_join *j)
{
	if (j == NULL)
		return;
	mls__own_package_free(&j->own);
	free(j);
}

int
mls__join_describe(mls_change *c)
{
	struct mls_summary *summary = &c->summary;
	struct mls_effect *v;
	struct mls_reader nodes;
	struct mls_leaf leaf;
	uint32_t at = MLS_NO_NODE;
	size_t n = 0;

	if (c->join == NULL || summary->effects != NULL)
		return 0;
	v = mls__arena_array(&c->arena, summary->n_effects, sizeof(*v));
	if (v == NULL)
		return MLS_E_OUT_OF_MEMORY;
	mls__tree_members_begin(&nodes, c->join->tree);
	for (; n < summary->n_effects &&
	    mls__tree_members_next(&leaf, &at, &nodes); n++) {
		v[n].type = MLS_EFFECT_ADD;
		v[n].leaf = mls__node_leaf(at);
		v[n].by = MLS_BY_MEMBER;
		v[n].proposer = MLS_NO_LEAF;
		mls__identity_of(&v[n].identity, &leaf);
	}
	summary->effects = v;
	return 0;
}

/* Whether a successor of ours has stayed alone: another one came first. */
static int
is_alone(bool *out, struct mls_store_txn *t, uint64_t number)
{
	struct mls_arena arena = { 0 };
	struct mls_lineage lineage;
	int rc = mls__lineage_read(&lineage, out, &arena, t, number);

	*out = rc == 0 && *out && lineage.usage == MLS_LINEAGE_REINIT;
	mls__arena_free(&arena);
	return rc;
}

/* Whether a group of this id is here that does not make room. */
static int
is_taken(bool *out, mls_client *client, struct mls_store_txn *t,
    struct mls_buf group_id, const struct mls_lineage *lineage)
{
	struct mls_header header;
	bool found, gone;
	uint64_t number;
	int rc;

	*out = false;
	rc = mls__directory_find(&number, &found, client, t, group_id);
	if (rc == 0 && found)
		rc = mls__header_read(&header, &found, t, number);
	if (rc != 0 || !found)
		return rc;
	gone = !header.active || (header.reinit &&
	    mls__lineage_same_id(lineage, group_id));
	if (!gone && lineage != NULL && lineage->usage == MLS_LINEAGE_REINIT)
		rc = is_alone(&gone, t, number);
	*out = !gone;
	return rc;
}

/* REINIT-10 */
static int
check_expected(mls_client *client, struct mls_store_txn *t,
    struct mls_buf group_id)
{
	bool expected;
	int rc = mls__lineage_expected(&expected, client, t, group_id);

	return rc == 0 && expected ? MLS_E_REINIT_PSK_MISSING : rc;
}

int
mls__place_check(mls_client *client, struct mls_store_txn *t,
    struct mls_buf group_id, const struct mls_lineage *lineage)
{
	bool taken;
	int rc = is_taken(&taken, client, t, group_id, lineage);

	if (rc == 0 && taken)
		rc = MLS_E_GROUP_ID_IN_USE; /* WELCOME-14 */
	if (rc != 0 || (lineage != NULL &&
	    lineage->usage == MLS_LINEAGE_REINIT))
		return rc;
	return check_expected(client, t, group_id);
}

int
mls__place_check_external(mls_client *client, struct mls_store_txn *t,
    struct mls_buf group_id, bool resync)
{
	/* Where a successor could come, there is nothing to resync. */
	const struct mls_lineage heir = { MLS_LINEAGE_REINIT, group_id, 0 };
	bool taken;
	int rc;

	if (!resync)
		return mls__place_check(client, t, group_id, NULL);
	rc = is_taken(&taken, client, t, group_id, &heir);
	return rc != 0 || taken ? rc : check_expected(client, t, group_id);
}

int
mls__place_stale(int rc)
{
	return rc == MLS_E_GROUP_ID_IN_USE || rc == MLS_E_REINIT_PSK_MISSING ?
	    MLS_E_CHANGE_STALE : rc;
}

int
mls__place_take(uint64_t *number, mls_client *client,
    struct mls_store_txn *t, struct mls_buf group_id)
{
	uint64_t old;
	bool found;
	int rc;

	rc = mls__directory_find(&old, &found, client, t, group_id);
	if (rc == 0 && found)
		rc = mls__group_erase(client, t, group_id, old);
	if (rc == 0)
		rc = mls__directory_add(number, client, t, group_id);
	return rc;
}

/* The whole tree goes straight into the store. */
static int
write_group(mls_change *c, struct mls_store_txn *t, uint64_t number)
{
	struct mls_batch b = { .direct = t, .number = number };
	int rc;

	rc = mls__stage_state(&b, NULL, &c->header, c->next, c->tree);
	if (rc == 0)
		rc = mls__stage_own(&b, NULL, c->next);
	mls__batch_free(&b);
	return rc;
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
		rc = mls__place_stale(mls__place_check(c->client, &t,
		    c->summary.group_id, &j->lineage));
	if (rc == 0)
		rc = mls__lineage_settle(c->client, &t, &j->lineage,
		    c->summary.group_id);
	if (rc == 0)
		rc = mls__place_take(&number, c->client, &t,
		    c->summary.group_id);
	mls__package_key(&key, c->client, ref);
	if (rc == 0)
		rc = key.error;
	/* WELCOME-27: the init key goes; the leaf key is the group's now.  Not
	 * so a package of last resort (KP-13). */
	if (rc == 0 && !mls__is_last_resort(&j->own.package))
		rc = mls__txn_put(&t, mls__writer_buf(&key),
		    mls__buf(NULL, 0));
	if (rc == 0)
		rc = write_group(c, &t, number);
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	mls__writer_free(&key);
	if (rc != 0)
		return rc;
	/* It is in the store by now: this cannot be tried again, and nodes are
	 * read from there.  ST-05: the group has a state of its own, and the
	 * init key goes. */
	mls__tree_free(c->tree);
	mls__state_free(c->next);
	mls__own_package_free(&j->own);
	c->tree = NULL;
	c->next = NULL;
	return mls__group_load(&c->group, c->client, number) != 0 ?
	    MLS_E_RELOAD_REQUIRED : 0;
}
