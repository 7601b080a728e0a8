/* SPDX-License-Identifier: MIT */
/* Clients: an identity with a store. */
#include "group/client.h"

#include <stdlib.h>
#include <string.h>

#include "group/erase.h"
#include "group/leaf.h"
#include "group/meta.h"

static void
client_key(struct mls_writer *w, enum mls_record_type type,
    const mls_client *client)
{
	mls__writer_reset(w);
	mls__write_u8(w, (uint8_t)type);
	mls__write_u32(w, client->number);
}

void
mls__package_key(struct mls_writer *w, const mls_client *client,
    struct mls_buf ref)
{
	client_key(w, MLS_REC_KEY_PACKAGE, client);
	mls__write_bytes(w, ref);
}

void
mls__init_key_key(struct mls_writer *w, const mls_client *client,
    struct mls_buf hash)
{
	client_key(w, MLS_REC_INIT_KEY, client);
	mls__write_bytes(w, hash);
}

void
mls__directory_key(struct mls_writer *w, const mls_client *client,
    struct mls_buf group_id)
{
	client_key(w, MLS_REC_DIRECTORY, client);
	mls__write_bytes(w, group_id);
}

void
mls__psk_key(struct mls_writer *w, const mls_client *client,
    struct mls_buf id)
{
	client_key(w, MLS_REC_PSK, client);
	mls__write_bytes(w, id);
}

int
mls__directory_find(uint64_t *number, bool *found, mls_client *client,
    struct mls_store_txn *t, struct mls_buf group_id)
{
	struct mls_arena arena = { 0 };
	struct mls_writer key = { 0 };
	struct mls_buf record;
	struct mls_reader r;
	uint64_t n;
	int rc;

	mls__directory_key(&key, client, group_id);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_get(&record, found, &arena, t,
		    mls__writer_buf(&key));
	if (rc == 0 && *found) {
		mls__reader_init(&r, record);
		n = mls__read_u64(&r);
		if (mls__reader_end(&r) != 0)
			rc = MLS_E_STORED_STATE_MALFORMED;
		else
			*number = n;
	}
	mls__writer_free(&key);
	mls__arena_free(&arena);
	return rc;
}

int
mls__directory_renew(uint64_t *number, mls_client *client,
    struct mls_store_txn *t, struct mls_buf group_id)
{
	struct mls_writer key = { 0 }, value = { 0 };
	struct mls_meta meta;
	uint64_t n = 0;
	int rc;

	rc = mls__meta_read(&meta, t);
	if (rc == 0) {
		n = meta.next_group++;
		rc = mls__meta_write(t, &meta);
	}
	if (rc == 0) {
		mls__directory_key(&key, client, group_id);
		mls__write_u64(&value, n);
		rc = key.error != 0 ? key.error : value.error;
	}
	if (rc == 0)
		rc = mls__txn_put(t, mls__writer_buf(&key),
		    mls__writer_buf(&value));
	if (rc == 0)
		*number = n;
	mls__writer_free(&key);
	mls__writer_free(&value);
	return rc;
}

int
mls__directory_add(uint64_t *number, mls_client *client,
    struct mls_store_txn *t, struct mls_buf group_id)
{
	uint64_t n;
	bool found;
	int rc;

	rc = mls__directory_find(&n, &found, client, t, group_id);
	if (rc == 0 && found)
		rc = MLS_E_GROUP_ID_IN_USE;
	return rc != 0 ? rc : mls__directory_renew(number, client, t,
	    group_id);
}

/* Looking for a client of an identity, or for the only one. */
struct search {
	mls_client *client;
	struct mls_buf identity;
	size_t found;
	int rc;
};

static int
copy_bytes(struct mls_bytes *out, struct mls_buf in)
{
	uint8_t *copy = mls__alloc(in.len);

	if (copy == NULL)
		return MLS_E_OUT_OF_MEMORY;
	if (in.len != 0)
		memcpy(copy, in.data, in.len);
	out->data = copy;
	out->len = in.len;
	return 0;
}

static int
search_client(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct mls_buf identity, credential;
	struct search *s = arg;
	struct mls_reader r;
	uint32_t number;
	int rc;

	mls__reader_init(&r, key);
	mls__read_u8(&r);
	number = mls__read_u32(&r);
	if (mls__reader_end(&r) != 0)
		return MLS_E_STORED_STATE_MALFORMED;
	mls__reader_init(&r, value);
	identity = mls__read_opaque(&r);
	credential = mls__read_opaque(&r);
	if (mls__reader_end(&r) != 0)
		return MLS_E_STORED_STATE_MALFORMED;
	if (s->identity.len != 0 && !mls__equal(s->identity, identity))
		return 0;
	if (s->found++ != 0)
		return 0;
	s->client->number = number;
	rc = copy_bytes(&s->client->identity, identity);
	return rc != 0 ? rc : copy_bytes(&s->client->credential, credential);
}

static int
open_client(struct search *s, mls_client *client,
    const struct mls_client_options *o, struct mls_store_txn *t)
{
	const uint8_t prefix = MLS_REC_CLIENT;
	struct mls_meta meta;
	int rc;

	s->client = client;
	s->identity = o->identity;
	rc = mls__meta_read(&meta, t);
	if (rc == 0)
		rc = mls__txn_scan(t, mls__buf(&prefix, 1), search_client, s);
	return rc;
}

static int
start(mls_client **out, struct mls_client_options *o, mls_context *context,
    const struct mls_client_options *options)
{
	mls_client *client;
	int rc;

	if (out == NULL || context == NULL || options == NULL)
		return MLS_E_ARGUMENT;
	memset(o, 0, sizeof(*o));
	memcpy(o, options, options->size < sizeof(*o) ?
	    options->size : sizeof(*o));
	rc = mls__plugins_usable(context->plugins);
	if (rc != 0)
		return rc;
	client = mls__alloc(sizeof(*client));
	if (client == NULL)
		return MLS_E_OUT_OF_MEMORY;
	client->context = context;
	client->store.plugins = context->plugins;
	client->spares = mls__spares_new();
	rc = client->spares == NULL ? MLS_E_OUT_OF_MEMORY :
	    mls__plugins_keystore(&client->store.inst, context->plugins,
	    o->keystore, o->params, o->n_params);
	if (rc != 0) {
		mls_client_close(client);
		return rc;
	}
	*out = client;
	return 0;
}

int
mls__client_put(mls_client *client, struct mls_store_txn *t,
    struct mls_buf credential)
{
	struct mls_writer key = { 0 }, w = { 0 };
	int rc;

	client_key(&key, MLS_REC_CLIENT, client);
	mls__write_opaque(&w, mls_client_identity(client));
	mls__write_opaque(&w, credential);
	rc = key.error != 0 ? key.error : w.error;
	if (rc == 0)
		rc = mls__txn_put(t, mls__writer_buf(&key),
		    mls__writer_buf(&w));
	mls__writer_free(&key);
	mls__writer_free(&w);
	return rc;
}

/* The record of a new client. */
static int
add_client(mls_client *client, const struct mls_client_options *o,
    struct mls_store_txn *t)
{
	bool basic = o->credential_type == 0 ||
	    o->credential_type == MLS_CRED_BASIC;
	struct mls_meta meta;
	int rc;

	rc = mls__meta_read(&meta, t);
	if (rc != 0)
		return rc;
	client->number = meta.next_client++;
	rc = copy_bytes(&client->identity, o->identity);
	if (rc == 0)
		rc = mls__credential_make(&client->credential,
		    client->context, basic ? MLS_CRED_BASIC :
		    o->credential_type, basic ? o->identity : o->credential);
	if (rc == 0)
		rc = mls__meta_write(t, &meta);
	if (rc == 0)
		rc = mls__client_put(client, t, mls__buf(
		    client->credential.data, client->credential.len));
	return rc;
}

int
mls_client_create(mls_client **out, mls_context *context,
    const struct mls_client_options *options)
{
	struct mls_store_txn t = { 0 };
	struct mls_client_options o;
	struct search s = { 0 };
	mls_client *client;
	int rc;

	rc = start(&client, &o, context, options);
	if (rc != 0)
		return mls__api(MLS_MAY_CLIENT, rc);
	if (o.identity.len == 0)
		rc = MLS_E_ARGUMENT;
	else if (o.identity.len > MLS_LIMIT_CREDENTIAL)
		rc = MLS_E_CREDENTIAL_TOO_LARGE;
	if (rc == 0)
		rc = mls__txn_begin(&t, &client->store, true);
	if (rc == 0)
		rc = open_client(&s, client, &o, &t);
	if (rc == 0 && s.found != 0)
		rc = MLS_E_CLIENT_EXISTS;
	if (rc == 0)
		rc = add_client(client, &o, &t);
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	if (rc != 0) {
		mls_client_close(client);
		return mls__api(MLS_MAY_CLIENT, rc);
	}
	*out = client;
	return 0;
}

int
mls_client_open(mls_client **out, mls_context *context,
    const struct mls_client_options *options)
{
	struct mls_store_txn t = { 0 };
	struct mls_client_options o;
	struct search s = { 0 };
	mls_client *client;
	int rc;

	rc = start(&client, &o, context, options);
	if (rc != 0)
		return mls__api(MLS_MAY_CLIENT, rc);
	rc = mls__txn_begin(&t, &client->store, false);
	if (rc == 0)
		rc = open_client(&s, client, &o, &t);
	if (rc == 0 && s.found == 0)
		rc = MLS_E_CLIENT_NOT_FOUND;
	if (rc == 0 && s.found > 1)
		rc = MLS_E_ARGUMENT;
	mls__txn_end(&t);
	if (rc != 0) {
		mls_client_close(client);
		return mls__api(MLS_MAY_CLIENT, rc);
	}
	if (client->store.holds)
		mls__erase(&client->store);
	*out = client;
	return 0;
}

void
mls_client_close(mls_client *client)
{
	if (client == NULL)
		return;
	if (client->store.inst != NULL)
		mls__instance_close(client->store.inst);
	mls_bytes_free(&client->identity);
	mls_bytes_free(&client->credential);
	mls__spares_drop(client->spares);
	free(client);
}

struct mls_buf
mls_client_identity(const mls_client *client)
{
	return mls__buf(client->identity.data, client->identity.len);
}

/* One record of a client's, put or deleted in a transaction of its own. */
static int
write_one(mls_client *client, const struct mls_writer *key,
    const struct mls_buf *value)
{
	struct mls_store_txn t = { 0 };
	int rc = key->error;

	if (rc == 0)
		rc = mls__txn_begin(&t, &client->store, true);
	if (rc == 0 && value != NULL)
		rc = mls__txn_put(&t, mls__writer_buf(key), *value);
	else if (rc == 0)
		rc = mls__txn_del(&t, mls__writer_buf(key));
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	return rc;
}

static int
write_psk(mls_client *client, struct mls_buf id, const struct mls_buf *value)
{
	struct mls_writer key = { 0 };
	int rc;

	if (client == NULL || id.len == 0)
		return MLS_E_ARGUMENT;
	if (id.len > MLS_LIMIT_OPAQUE)
		return MLS_E_OPAQUE_TOO_LARGE;
	mls__psk_key(&key, client, id);
	rc = write_one(client, &key, value);
	mls__writer_free(&key);
	return rc;
}

int
mls_psk_put(mls_client *client, struct mls_buf id, struct mls_buf value)
{
	return mls__api(MLS_MAY_CLIENT, write_psk(client, id, &value));
}

int
mls_psk_delete(mls_client *client, struct mls_buf id)
{
	return mls__api(MLS_MAY_CLIENT, write_psk(client, id, NULL));
}

struct group_walk {
	struct mls_writer ids;
};

static int
note_group(void *arg, struct mls_buf key, struct mls_buf value)
{
	struct group_walk *walk = arg;

	(void)value;
	mls__write_opaque(&walk->ids, mls__buf(key.data + 5, key.len - 5));
	return walk->ids.error;
}

int
mls_client_groups(mls_client *client,
    int (*fn)(void *payload, struct mls_buf group_id), void *payload)
{
	struct mls_store_txn t = { 0 };
	struct group_walk walk = { { 0 } };
	struct mls_writer key = { 0 };
	struct mls_reader r;
	int rc;

	if (client == NULL || fn == NULL)
		return MLS_E_ARGUMENT;
	mls__directory_key(&key, client, mls__buf(NULL, 0));
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_begin(&t, &client->store, false);
	if (rc == 0)
		rc = mls__txn_scan(&t, mls__writer_buf(&key), note_group,
		    &walk);
	mls__txn_end(&t);
	/* Outside of the transaction, so that fn may use the client. */
	mls__reader_init(&r, mls__writer_buf(&walk.ids));
	while (rc == 0 && mls__reader_more(&r))
		rc = fn(payload, mls__read_opaque(&r));
	mls__writer_free(&walk.ids);
	mls__writer_free(&key);
	return rc;
}
