/* SPDX-License-Identifier: MIT */
/* What the modules of this layer share: contexts, clients, groups, changes. */
#ifndef MLS_GROUP_GROUP_H
#define MLS_GROUP_GROUP_H

#include "group/store.h"
#include "libmls/mls.h"
#include "message/message.h"
#include "schedule/context.h"
#include "schedule/epoch.h"

#include "base/customs.h"
#include "base/error.h"
#include "group/families.h"

struct mls_context {
	struct mls_plugins *plugins;
	struct mls_crypto *crypto;
	struct mls_policy policy; /* with the defaults filled in */
	uint16_t *extensions;     /* what policy.extensions points to; so */
	struct mls_custom_proposal *proposals;
	uint16_t *credentials;
	struct mls_customs customs; /* for readers of what comes in */
	uint32_t max_skipped[2];  /* by ratchet kind */
};

struct mls_client {
	mls_context *context;
	struct mls_store store;
	uint32_t number;
	struct mls_bytes identity;
	struct mls_bytes credential; /* encoded */
	struct mls_spares *spares;   /* of changes that are over */
};

/* The small record that preconditions are checked against. */
struct mls_header {
	uint8_t active;
	uint8_t pathless; /* a commit without path was released (COMMIT-27) */
	uint8_t reinit;   /* the last commit held a ReInit (REINIT-01) */
	uint64_t revision; /* counts what a handle must not miss: new epochs,
	                    * cached proposals, parked commits */
	uint64_t epoch;
	uint64_t oldest;     /* the first epoch that late messages are kept for */
	uint64_t oldest_psk; /* the first epoch whose resumption PSK is kept */
	uint16_t suite;
};

/* An epoch as we hold it.  Built aside, then swapped in; never changed. */
struct mls_state {
	struct mls_arena arena;
	struct mls_group_context context;
	struct mls_epoch epoch;
	struct mls_secret interim, confirmation_tag;
	uint32_t width;
	struct mls_privkey *sign_key;
	struct mls_path_keys keys;
};

/* A proposal of this epoch that was applied to the cache. */
struct mls_cached {
	struct mls_cached *next;
	struct mls_arena arena;
	uint32_t order;
	struct mls_buf ref;
	struct mls_authentic authentic;
	struct mls_privkey *leaf_key; /* of an Update of ours */
};

/* What an observer's group has beside. */
struct mls_sight {
	bool partial; /* proposals of this epoch may have gone by unseen */
	struct mls_bytes info; /* a GroupInfo of it, of a member; or empty */
};

/* A group of a client; or one that is observed: with no client, no store, no
 * keys, and inactive once it was lost. */
struct mls_group {
	unsigned refs;
	const mls_context *context;
	mls_client *client;
	const struct mls_suite *suite;
	uint64_t number;
	struct mls_header header;
	struct mls_state *state;
	struct mls_tree *tree;
	struct mls_cached *cache; /* by order of arrival */
	uint32_t cached, next_order;
	struct mls_store_txn txn; /* of the call that is in the group */
	unsigned entered;         /* how deep calls are nested */
	bool parked;
	bool reload_required;
	bool pathless;      /* as in the header, set before a release */
	int lineage;        /* MLS_LINEAGE_* of a group at epoch 0, or 0 */
	struct mls_sight sight;
	uint64_t spent[2];  /* generations of ours known to be used */
};

enum mls_stage { /* of a change */
	MLS_STAGE_RECEIVED, MLS_STAGE_MADE, MLS_STAGE_RELEASED, MLS_STAGE_DONE
};

/* A key of a received message, to be spent when the change is applied. */
struct mls_spend {
	bool wanted;
	uint64_t epoch;
	uint32_t leaf, generation;
	uint8_t kind;
};

struct mls_join;
struct mls_making;

struct mls_change {
	struct mls_arena arena;
	struct mls_summary summary;
	enum mls_stage stage;
	mls_group *group;   /* a reference; NULL for a join until applied */
	mls_client *client;
	uint64_t epoch;     /* that it was made in */
	struct mls_batch batch;
	struct mls_spend spend;
	bool parked;        /* its batch is the parked one of the store */
	bool resync;        /* an external join: in the place of a group here */
	/* a commit or a join: what takes the place of the group's own */
	struct mls_state *next;
	struct mls_header header;
	struct mls_tree *tree; /* a diff; for a join a tree of its own */
	struct mls_cached *proposal; /* to be cached */
	struct mls_making *making;   /* our own output, until released */
	struct mls_join *join;
	struct mls_buf message, welcome; /* once released */
};

/*
 * group_enter(g): usable, not behind the store; opens a read transaction that
 * tree loads use.  Calls may nest, so that a callback may look at the group.
 * group_begin(g): the same with a write transaction, not nested; group_commit
 * ends it well, and notes if nobody knows what became of it.  group_leave ends
 * either.
 */
int mls__group_enter(mls_group *g);
int mls__group_begin(mls_group *g);
int mls__group_commit(mls_group *g);
void mls__group_leave(mls_group *g);

/* give(out, w, rc): what w has becomes the caller's, unless something
 * failed. */
int mls__give(struct mls_bytes *out, struct mls_writer *w, int rc);

/* give_view(out, size, view, known): a copy into a caller's struct of maybe
 * another size. */
void mls__give_view(void *out, size_t size, const void *view, size_t known);

void mls__group_ref(mls_group *g);
const struct mls_policy *mls__policy(const mls_group *g);
uint64_t mls__now(const mls_context *context);

/* bytes_copy(out, in): octets for the caller. */
int mls__bytes_copy(struct mls_bytes *out, struct mls_buf in);

/* group_load(out, client, number): from the store. */
int mls__group_load(mls_group **out, mls_client *client, uint64_t number);
int mls__group_reload(mls_group *g);

/* group_look(out, client, number, t): a group to look at within a transaction
 * of the caller's, and to close before that ends. */
int mls__group_look(mls_group **out, mls_client *client, uint64_t number,
    const struct mls_store_txn *t);

/* group_erase(client, t, group_id, number): all records of it, its place in the
 * directory too.  group_erase_records: without that. */
int mls__group_erase_records(mls_client *client, struct mls_store_txn *t,
    uint64_t number);
int mls__group_erase(mls_client *client, struct mls_store_txn *t,
    struct mls_buf group_id, uint64_t number);
struct mls_tree_source mls__group_source(mls_group *g);

struct mls_state *mls__state_new(void);
void mls__state_free(struct mls_state *s);

/* state_context(s, suite, fields): encode the GroupContext and keep it. */
int mls__state_context(struct mls_state *s,
    const struct mls_group_context *fields);

static inline bool
mls__group_observed(const mls_group *g)
{
	return g->client == NULL;
}

void mls__cached_free(struct mls_cached *c);
void mls__cache_clear(mls_group *g);

/* change_new(out, client, group): client NULL: the group's is observed; group
 * NULL: it is to be joined. */
int mls__change_new(mls_change **out, mls_client *client, mls_group *group);

/* change_begin(c, same_epoch): the transaction of an application: the group as
 * the change found it, or CHANGE_STALE and none.
 * change_swap(c): the next epoch takes the place of the group's; cannot
 * fail. */
int mls__change_begin(const mls_change *c, bool same_epoch);
void mls__change_swap(mls_change *c);

#endif
