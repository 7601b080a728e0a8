/* SPDX-License-Identifier: MIT */
/* Clients: an identity with a keystore.  Included by mls.h. */
#ifndef LIBMLS_CLIENT_H
#define LIBMLS_CLIENT_H

#include "libmls/context.h"
#include "libmls/types.h"

MLS_C_BEGIN

typedef struct mls_client mls_client;

struct mls_client_options {
	size_t size;
	struct mls_buf identity; /* whose the store is; of the basic credential */
	const char *keystore;    /* provider; NULL: as configured */
	const struct mls_param *params; /* for it, such as { "path", ... } */
	size_t n_params;
	/* client_create, for another credential than basic: its type, which
	 * the policy lists, and its body as on the wire (for X.509 the vector
	 * of certificates). */
	uint16_t credential_type;
	struct mls_buf credential;
};
#define MLS_CLIENT_OPTIONS_INIT MLS_SIZED(struct mls_client_options)

/* client_create: CLIENT_EXISTS if the store has one of this identity.
 * client_open: with an empty identity, the only one of the store;
 * CLIENT_NOT_FOUND. */
MLS_API int mls_client_create(mls_client **out, mls_context *context,
    const struct mls_client_options *options);
MLS_API int mls_client_open(mls_client **out, mls_context *context,
    const struct mls_client_options *options);

/* client_close: after its groups and changes are closed. */
MLS_API void mls_client_close(mls_client *client);

MLS_API struct mls_buf mls_client_identity(const mls_client *client);

/*
 * client_set_credential: for all that is made from now on; groups have it once
 * a commit of ours brings it (MLS_COMMIT_NEW_CREDENTIAL).  type
 * MLS_CREDENTIAL_BASIC with an empty body is the identity.
 *
 * client_signature_key(public, client, suite, private): one signature key for
 * all packages and groups of that suite from now on, as a certificate wants it;
 * otherwise each has a fresh one, which heals better.  private: octets as
 * key_package_import takes them, or empty: the one there is, made if there is
 * none.  public may be NULL.
 */
MLS_API int mls_client_set_credential(mls_client *client, uint16_t type,
    struct mls_buf body);
MLS_API int mls_client_signature_key(struct mls_bytes *public_key,
    mls_client *client, uint16_t suite, struct mls_buf private_key);

struct mls_key_package_options {
	size_t size;
	uint16_t suite;    /* 0: suite 0x0001 */
	uint64_t lifetime; /* seconds from now; 0: 90 days */
	/* 1: it may serve for more than one join (§16.8), and says so by an
	 * extension last_resort. */
	int last_resort;
	/* Encoded Extension structs, for the package and for its leaf; their
	 * types are the policy's. */
	struct mls_buf extensions, leaf_extensions;
};
#define MLS_KEY_PACKAGE_OPTIONS_INIT MLS_SIZED(struct mls_key_package_options)

/*
 * key_package_new(out, client, options): an MLSMessage with a KeyPackage
 * (§10), for others to add us with.  Its init, leaf and signature keys are
 * fresh, and stored until it is used or deleted.
 */
MLS_API int mls_key_package_new(struct mls_bytes *out, mls_client *client,
    const struct mls_key_package_options *options);

/* key_package_import: one made elsewhere, with its private keys (KEM and
 * ECDSA scalars big-endian, EdDSA seeds).  PRIVATE_KEY_MISMATCH. */
MLS_API int mls_key_package_import(mls_client *client,
    struct mls_buf key_package, struct mls_buf init_private,
    struct mls_buf leaf_private, struct mls_buf signature_private);

/* key_package_delete(client, key_package): forget its private keys. */
MLS_API int mls_key_package_delete(mls_client *client,
    struct mls_buf key_package);

/* key_package_export(init, leaf, signature, client, key_package): the private
 * keys of one of ours, as key_package_import takes them.  PROVIDER_FAILED for
 * keys that cannot leave their device. */
MLS_API int mls_key_package_export(struct mls_bytes *init_private,
    struct mls_bytes *leaf_private, struct mls_bytes *signature_private,
    mls_client *client, struct mls_buf key_package);

/*
 * Proposals of those who are no members (§12.1.8), MLSMessages in public.
 *
 * propose_join(out, client, group_id, epoch, key_package): an Add of ourselves
 * with a key package (MLSMessage) of ours.
 * external_sender_new(out, client, suite): an ExternalSender with our
 * credential and a fresh key, for a group's external_senders extension.
 * external_propose(out, client, group_info, intent): to the group of a
 * GroupInfo (MLSMessage), in whose external_senders one of our senders stands:
 * an ADD, REMOVE, PSK, EXTENSIONS or REINIT; EXTERNAL_SENDERS_ABSENT,
 * EXTERNAL_SENDER_INDEX.
 * group_info_find(leaf, client, group_info, tree, identity): a member of the
 * group of a GroupInfo, whom such a REMOVE may be about; tree: the ratchet
 * tree beside it, or empty.  The whole of it is checked as for a join.
 * MEMBER_NOT_FOUND.
 */
struct mls_intent;
MLS_API int mls_propose_join(struct mls_bytes *out, mls_client *client,
    struct mls_buf group_id, uint64_t epoch, struct mls_buf key_package);
MLS_API int mls_external_sender_new(struct mls_bytes *out,
    mls_client *client, uint16_t suite);
MLS_API int mls_external_propose(struct mls_bytes *out, mls_client *client,
    struct mls_buf group_info, const struct mls_intent *intent);
MLS_API int mls_group_info_find(uint32_t *leaf, mls_client *client,
    struct mls_buf group_info, struct mls_buf tree, struct mls_buf identity);

/* psk_put, psk_delete: external pre-shared keys (§8.4), by id.  id at most
 * 4 KiB and not empty. */
MLS_API int mls_psk_put(mls_client *client, struct mls_buf id,
    struct mls_buf value);
MLS_API int mls_psk_delete(mls_client *client, struct mls_buf id);

/* client_groups(client, fn, payload): for each group of the client; a value
 * other than 0 ends the walk and is returned. */
MLS_API int mls_client_groups(mls_client *client,
    int (*fn)(void *payload, struct mls_buf group_id), void *payload);

MLS_C_END

#endif
