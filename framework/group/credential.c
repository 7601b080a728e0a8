/* SPDX-License-Identifier: MIT */
/* RFC 9420 §5.3: what a client says it is, and the key that says it. */
#include <stdlib.h>
#include <string.h>

#include "group/erase.h"
#include "group/leaf.h"

int
mls__credential_make(struct mls_bytes *out, const mls_context *context,
    uint16_t type, struct mls_buf body)
{
	struct mls_credential parsed;
	struct mls_writer w = { 0 };
	struct mls_reader r;
	int rc;

	mls__write_u16(&w, type);
	if (type == MLS_CRED_BASIC || type == MLS_CRED_X509)
		mls__write_opaque(&w, body);
	else
		mls__write_bytes(&w, body);
	rc = w.error;
	if (rc == 0) {
		mls__reader_init(&r, mls__writer_buf(&w));
		r.customs = &context->customs;
		mls__credential_read(&parsed, &r);
		rc = mls__reader_end(&r);
	}
	if (rc != 0) {
		mls__writer_free(&w);
		return rc;
	}
	out->data = w.data;
	out->len = w.len;
	return 0;
}

static int
write_client(mls_client *client, struct mls_buf credential)
{
	struct mls_store_txn t = { 0 };
	int rc = mls__txn_begin(&t, &client->store, true);

	if (rc == 0)
		rc = mls__client_put(client, &t, credential);
	if (rc == 0)
		rc = mls__txn_commit(&t);
	mls__txn_end(&t);
	return rc;
}

int
mls_client_set_credential(mls_client *client, uint16_t type,
    struct mls_buf body)
{
	struct mls_bytes credential;
	int rc;

	if (client == NULL)
		return MLS_E_ARGUMENT;
	if (type == MLS_CRED_BASIC && body.len == 0)
		body = mls_client_identity(client);
	rc = mls__plugins_usable(client->context->plugins);
	if (rc == 0)
		rc = mls__credential_make(&credential, client->context, type,
		    body);
	if (rc != 0)
		return mls__api(MLS_MAY_PACKAGE, rc);
	rc = write_client(client, mls__buf(credential.data, credential.len));
	if (rc == 0) {
		mls_bytes_free(&client->credential);
		client->credential = credential;
	} else {
		mls_bytes_free(&credential);
	}
	return mls__api(MLS_MAY_PACKAGE, rc);
}

static void
signer_key(struct mls_writer *w, const mls_client *client,
    const struct mls_suite *s)
{
	mls__writer_reset(w);
	mls__write_u8(w, MLS_REC_SIGNER);
	mls__write_u32(w, client->number);
	mls__write_u16(w, s->row->number);
}

/* *out is NULL if there is none. */
static int
find_signer(struct mls_privkey **out, mls_client *client,
    struct mls_store_txn *t, const struct mls_suite *s)
{
	struct mls_arena arena = { 0 };
	struct mls_writer key = { 0 };
	struct mls_buf record;
	struct mls_reader r;
	bool found;
	int rc;

	*out = NULL;
	signer_key(&key, client, s);
	rc = key.error;
	if (rc == 0)
		rc = mls__txn_get(&record, &found, &arena, t,
		    mls__writer_buf(&key));
	if (rc == 0 && found) {
		mls__reader_init(&r, record);
		rc = mls__key_read(out, &r, s);
		mls__store_saw(t->store, *out);
		if (rc == 0 && mls__reader_end(&r) != 0)
			rc = MLS_E_STORED_STATE_MALFORMED;
	}
	mls__writer_free(&key);
	mls__arena_free(&arena);
	return rc;
}

int
mls__client_sign_key(struct mls_privkey **out, mls_client *client,
    struct mls_store_txn *t, const struct mls_suite *s)
{
	struct mls_store_txn own = { 0 };
	int rc = 0;

	if (t == NULL) {
		rc = mls__txn_begin(&own, &client->store, false);
		t = &own;
	}
	if (rc == 0)
		rc = find_signer(out, client, t, s);
	mls__txn_end(&own);
	if (rc == 0 && *out == NULL)
		rc = mls__key_generate_sign(out, s);
	return rc;
}

static int
put_signer(mls_client *client, struct mls_store_txn *t,
    const struct mls_suite *s, struct mls_privkey *key)
{
	struct mls_batch b = { .direct = t };
	struct mls_writer w = { 0 };
	int rc = mls__holds_ask(t);

	if (rc != 0)
		return rc;
	signer_key(&b.key, client, s);
	mls__batch_write_key(&b, &w, key);
	if (w.error != 0)
		mls__writer_fail(&b.ops, w.error);
	mls__batch_put(&b, mls__writer_buf(&w));
	rc = mls__batch_error(&b);
	mls__writer_free(&w);
	mls__batch_free(&b);
	return rc;
}

/* The key there is, or the one that is handed over or made. */
static int
take_signer(struct mls_privkey **out, mls_client *client,
    const struct mls_suite *s, struct mls_buf private_key)
{
	struct mls_store_txn t = { 0 };
	int rc;

	rc = mls__txn_begin(&t, &client->store, true);
	if (rc == 0 && private_key.len == 0)
		rc = find_signer(out, client, &t, s);
	if (rc == 0 && *out == NULL) {
		rc = private_key.len != 0 ? mls__key_import(out, s,
		    MLS_ROLE_SIGN, private_key) :
		    mls__key_generate_sign(out, s);
		if (rc == 0)
			rc = put_signer(client, &t, s, *out);
		if (rc == 0)
			rc = mls__txn_commit(&t);
	}
	mls__txn_end(&t);
	return rc;
}

int
mls_client_signature_key(struct mls_bytes *public_key, mls_client *client,
    uint16_t suite, struct mls_buf private_key)
{
	struct mls_privkey *key = NULL;
	const struct mls_suite *s;
	struct mls_writer w = { 0 };
	int rc;

	if (client == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__plugins_usable(client->context->plugins);
	if (rc == 0)
		rc = mls__crypto_suite(&s, client->context->crypto,
		    suite != 0 ? suite : 1);
	if (rc == 0)
		rc = take_signer(&key, client, s, private_key);
	if (rc == 0 && public_key != NULL) {
		mls__write_bytes(&w, mls__key_public(key));
		rc = w.error;
		if (rc == 0)
			*public_key = (struct mls_bytes){ w.data, w.len };
		else
			mls__writer_free(&w);
	}
	mls__key_free(key);
	return mls__api(MLS_MAY_PACKAGE, rc);
}
