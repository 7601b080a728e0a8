/* SPDX-License-Identifier: MIT */
#ifndef MLS_GROUP_CLIENT_H
#define MLS_GROUP_CLIENT_H

#include "group/group.h"

/* A key package of ours with its private keys. */
struct mls_own_package {
	struct mls_arena arena;
	struct mls_key_package package;
	const struct mls_suite *suite;
	struct mls_privkey *init, *leaf, *sign;
};
void mls__own_package_free(struct mls_own_package *p);

/* References of our packages, consumed ones too. */
struct mls_own_refs {
	struct mls_arena arena;
	struct mls_buf *v; /* in order */
	size_t n, cap, most, head;
	bool more; /* than `most` */
	MLS_ARENA_ROOM(room);
};

/* own_refs(out, client, t, most): list them, if there are not more than these;
 * to be freed also after an error.  own_refs_has(r, ref): false: it is none of
 * ours. */
int mls__own_refs(struct mls_own_refs *out, mls_client *client,
    struct mls_store_txn *t, size_t most);
bool mls__own_refs_has(const struct mls_own_refs *r, struct mls_buf ref);
void mls__own_refs_free(struct mls_own_refs *r);

/* own_package_find(out, found, client, t, ref): by KeyPackageRef;
 * KEY_PACKAGE_CONSUMED once a group was joined with it: an empty record is
 * what is left of it then. */
int mls__own_package_find(struct mls_own_package *out, bool *found,
    mls_client *client, struct mls_store_txn *t, struct mls_buf ref);

/* package_read(out, arena, context, in): the KeyPackage in an MLSMessage.
 * package_store(client, p, issued): with its keys; issued: by us, now; else it
 * was made elsewhere. */
int mls__package_read(struct mls_key_package *out, struct mls_arena *arena,
    const mls_context *context, struct mls_buf in);
int mls__package_store(mls_client *client, const struct mls_own_package *p,
    bool issued);

/* Keys of records of a client. */
void mls__package_key(struct mls_writer *w, const mls_client *client,
    struct mls_buf ref);
void mls__init_key_key(struct mls_writer *w, const mls_client *client,
    struct mls_buf hash);
void mls__directory_key(struct mls_writer *w, const mls_client *client,
    struct mls_buf group_id);
void mls__psk_key(struct mls_writer *w, const mls_client *client,
    struct mls_buf id);

/* directory_find(number, found, client, t, group_id). */
int mls__directory_find(uint64_t *number, bool *found, mls_client *client,
    struct mls_store_txn *t, struct mls_buf group_id);

/* directory_add(number, client, t, group_id): a number never used before;
 * GROUP_ID_IN_USE. */
int mls__directory_add(uint64_t *number, mls_client *client,
    struct mls_store_txn *t, struct mls_buf group_id);

/* client_put(client, t, credential): the client's own record. */
int mls__client_put(mls_client *client, struct mls_store_txn *t,
    struct mls_buf credential);

/* directory_renew: the same, and whoever had the id is not found any more. */
int mls__directory_renew(uint64_t *number, mls_client *client,
    struct mls_store_txn *t, struct mls_buf group_id);

#endif
