/* SPDX-License-Identifier: MIT */
/* Key packages with their private keys, from elsewhere and to elsewhere. */
#include <string.h>

#include "group/client.h"

static int
import_key(struct mls_privkey **out, const struct mls_suite *s,
    uint16_t role, struct mls_buf priv, struct mls_buf pub)
{
	struct mls_privkey *key;
	int rc = mls__key_import(&key, s, role, priv);

	if (rc != 0)
		return rc;
	if (!mls__equal(mls__key_public(key), pub)) {
		mls__key_free(key);
		return MLS_E_PRIVATE_KEY_MISMATCH; /* CRYPT-13 */
	}
	*out = key;
	return 0;
}

int
mls_key_package_import(mls_client *client, struct mls_buf key_package,
    struct mls_buf init_private, struct mls_buf leaf_private,
    struct mls_buf signature_private)
{
	struct mls_own_package p = { 0 };
	int rc;

	if (client == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__package_read(&p.package, &p.arena, client->context,
	    key_package);
	if (rc == 0)
		rc = mls__crypto_suite(&p.suite, client->context->crypto,
		    p.package.suite);
	if (rc == 0)
		rc = import_key(&p.init, p.suite, MLS_ROLE_KEM, init_private,
		    p.package.init_key);
	if (rc == 0)
		rc = import_key(&p.leaf, p.suite, MLS_ROLE_KEM, leaf_private,
		    p.package.leaf.encryption_key);
	if (rc == 0)
		rc = import_key(&p.sign, p.suite, MLS_ROLE_SIGN,
		    signature_private, p.package.leaf.signature_key);
	if (rc == 0)
		rc = mls__package_store(client, &p, false);
	mls__own_package_free(&p);
	return mls__api(MLS_MAY_PACKAGE, rc);
}

static int
export_keys(struct mls_writer w[3], mls_client *client,
    struct mls_buf key_package)
{
	struct mls_own_package own;
	struct mls_key_package package;
	struct mls_store_txn t = { 0 };
	struct mls_arena arena = { 0 };
	const struct mls_suite *s;
	uint8_t ref[MLS_MAX_HASH];
	bool found = false;
	int rc;

	memset(&own, 0, sizeof(own));
	rc = mls__package_read(&package, &arena, client->context,
	    key_package);
	if (rc == 0)
		rc = mls__crypto_suite(&s, client->context->crypto,
		    package.suite);
	if (rc == 0)
		rc = mls__key_package_ref(ref, s, package.raw);
	if (rc == 0)
		rc = mls__txn_begin(&t, &client->store, false);
	if (rc == 0)
		rc = mls__own_package_find(&own, &found, client, &t,
		    mls__buf(ref, s->nh));
	mls__txn_end(&t);
	if (rc == 0 && !found)
		rc = MLS_E_KEY_PACKAGE_NOT_FOUND;
	if (rc == 0) {
		mls__key_export(&w[0], own.init);
		mls__key_export(&w[1], own.leaf);
		mls__key_export(&w[2], own.sign);
		rc = w[0].error != 0 ? w[0].error :
		    w[1].error != 0 ? w[1].error : w[2].error;
	}
	mls__own_package_free(&own);
	mls__arena_free(&arena);
	return rc;
}

int
mls_key_package_export(struct mls_bytes *init_private,
    struct mls_bytes *leaf_private, struct mls_bytes *signature_private,
    mls_client *client, struct mls_buf key_package)
{
	struct mls_bytes *const out[3] = { init_private, leaf_private,
		signature_private };
	struct mls_writer w[3] = { { 0 }, { 0 }, { 0 } };
	int rc, i;

	if (init_private == NULL || leaf_private == NULL ||
	    signature_private == NULL || client == NULL)
		return MLS_E_ARGUMENT;
	rc = mls__plugins_usable(client->context->plugins);
	if (rc == 0)
		rc = export_keys(w, client, key_package);
	for (i = 0; i < 3; i++) {
		if (rc == 0)
			*out[i] = (struct mls_bytes){ w[i].data, w[i].len };
		else
			mls__writer_free(&w[i]);
	}
	return mls__api(MLS_MAY_PACKAGE, rc);
}
